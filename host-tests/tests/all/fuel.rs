//! How much work the resizer does, in instructions: unlike time, the same on every machine.

use harness::Resizer;
use harness::resizer::types::{Format, Length, Options};
use pictures::{JpegStyle, Picture, photograph, transparent_disc};

/// A job, and the work that it was last known to take.
struct Job {
    name: &'static str,
    source: fn() -> Vec<u8>,
    format: Format,
    /// Millions of instructions. A change that moves them by more than [`TOLERANCE`] writes the new number here, and its
    /// commit says why.
    recorded: u64,
}

const JOBS: &[Job] = &[
    Job { name: "JPEG to JPEG", source: || photo().jpeg(), format: Format::Jpeg, recorded: 167 },
    Job { name: "progressive JPEG to JPEG", source: progressive, format: Format::Jpeg, recorded: 209 },
    Job { name: "JPEG to WebP", source: || photo().jpeg(), format: Format::Webp, recorded: 353 },
    Job { name: "JPEG to PNG", source: || photo().jpeg(), format: Format::Png, recorded: 242 },
    Job { name: "PNG with alpha to PNG", source: || disc().png(), format: Format::Png, recorded: 449 },
    Job { name: "lossless WebP to WebP", source: || disc().webp(), format: Format::Webp, recorded: 1335 },
    Job { name: "GIF to WebP", source: || photo().gif(&[]), format: Format::Webp, recorded: 755 },
];

/// Per cent by which a job may differ from its record.
const TOLERANCE: u64 = 3;

fn photo() -> Picture {
    photograph(1600, 1200)
}

fn disc() -> Picture {
    transparent_disc(1600, 1200)
}

fn progressive() -> Vec<u8> {
    photo().jpeg_as(&JpegStyle { progressive: true, ..JpegStyle::default() })
}

#[test]
fn jobs_take_the_work_that_is_on_record() {
    let mut moved = Vec::new();
    for Job { name, source, format, recorded } in JOBS {
        let mut resizer = Resizer::new();
        let mut options = Options::default();
        options.geometry.width = Some(Length::Pixels(400));
        options.output.format = *format;
        resizer.resize(&source(), &options).unwrap();
        let millions = resizer.fuel() / 1_000_000;
        if millions.abs_diff(*recorded) * 100 > recorded * TOLERANCE {
            moved.push(format!("{name}: {millions} million instructions, {recorded} on record"));
        }
    }
    assert!(moved.is_empty(), "{moved:#?}");
}
