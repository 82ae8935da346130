//! How much work the resizer does, in instructions: unlike time, the same on every machine.

use host_tests::Resizer;
use host_tests::pictures::{JpegStyle, photograph, transparent_disc};
use host_tests::resizer::types::{Format, Options};

/// Jobs by name, with the source, the format and the millions of instructions that they were last known to take.
///
/// A change that moves one of them by more than [`TOLERANCE`] writes the new number here, and its commit says why.
const RECORDED: &[(&str, fn() -> Vec<u8>, Format, u64)] = &[
    ("JPEG to JPEG", || photograph(1600, 1200).jpeg(), Format::Jpeg, 160),
    ("progressive JPEG to JPEG", || photograph(1600, 1200).jpeg_as(&progressive()), Format::Jpeg, 205),
    ("JPEG to WebP", || photograph(1600, 1200).jpeg(), Format::Webp, 1212),
    ("JPEG to PNG", || photograph(1600, 1200).jpeg(), Format::Png, 235),
    ("PNG with alpha to PNG", || transparent_disc(1600, 1200).png(), Format::Png, 444),
    ("lossless WebP to WebP", || transparent_disc(1600, 1200).webp(), Format::Webp, 1258),
    ("GIF to WebP", || photograph(1600, 1200).gif(&[]), Format::Webp, 1609),
];

/// Per cent by which a job may differ from its record.
const TOLERANCE: u64 = 3;

fn progressive() -> JpegStyle {
    JpegStyle { progressive: true, ..JpegStyle::default() }
}

#[test]
fn jobs_take_the_work_that_is_on_record() {
    let mut moved = Vec::new();
    for &(name, source, format, recorded) in RECORDED {
        let mut resizer = Resizer::new();
        let mut options: Options = resizer.defaults();
        options.geometry.width = Some(400);
        options.output.format = format;
        resizer.resize(&source(), &options).unwrap();
        let millions = resizer.fuel() / 1_000_000;
        if millions.abs_diff(recorded) * 100 > recorded * TOLERANCE {
            moved.push(format!("{name}: {millions} million instructions, {recorded} on record"));
        }
    }
    assert!(moved.is_empty(), "{moved:#?}");
}
