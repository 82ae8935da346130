//! How much work the resizer does, in instructions: unlike time, the same on every machine.

use harness::Resizer;
use harness::resizer::types::{Format, Length, Options};
use pictures::{JpegStyle, Picture, photograph, transparent_disc};

/// A job, and the work that it was last known to take.
struct Job {
    name: &'static str,
    source: fn() -> Vec<u8>,
    format: Format,
    /// Frames that are asked for.
    frames: u32,
    /// Millions of instructions. A change that moves them by more than [`TOLERANCE`] writes the new number here, and its
    /// commit says why.
    recorded: u64,
}

/// All frames of an animation.
const ALL: u32 = 0;

const JOBS: &[Job] = &[
    Job { name: "JPEG to JPEG", source: || photo().jpeg(), format: Format::Jpeg, frames: 1, recorded: 197 },
    Job {
        name: "progressive JPEG to JPEG",
        source: progressive,
        format: Format::Jpeg,
        frames: 1,
        recorded: 248,
    },
    Job { name: "JPEG to WebP", source: || photo().jpeg(), format: Format::Webp, frames: 1, recorded: 229 },
    Job { name: "JPEG to PNG", source: || photo().jpeg(), format: Format::Png, frames: 1, recorded: 331 },
    Job {
        name: "PNG with alpha to PNG",
        source: || disc().png(),
        format: Format::Png,
        frames: 1,
        recorded: 505,
    },
    Job {
        name: "lossless WebP to WebP",
        source: || disc().webp(),
        format: Format::Webp,
        frames: 1,
        recorded: 790,
    },
    Job { name: "GIF to WebP", source: || photo().gif(&[]), format: Format::Webp, frames: 1, recorded: 616 },
    Job { name: "animated GIF to WebP", source: film, format: Format::Webp, frames: ALL, recorded: 970 },
    Job { name: "animated GIF to GIF", source: film, format: Format::Gif, frames: ALL, recorded: 1108 },
];

/// Per cent by which a job may differ from its record.
const TOLERANCE: u64 = 3;

fn photo() -> Picture {
    photograph(1600, 1200)
}

fn disc() -> Picture {
    transparent_disc(1600, 1200)
}

/// A picture that scrolls, and one that changes in a corner alone.
fn film() -> Vec<u8> {
    let photo = photograph(800, 600);
    let part = |left: u32, top: u32| Picture::draw(500, 400, |x, y| photo.at(left + x, top + y));
    let mut last = part(60, 40);
    last.pixels[..20_000].fill([200, 30, 30, 255]);
    part(0, 0).gif(&[part(30, 20), part(60, 40), last])
}

fn progressive() -> Vec<u8> {
    photo().jpeg_as(&JpegStyle { progressive: true, ..JpegStyle::default() })
}

#[test]
fn jobs_take_the_work_that_is_on_record() {
    let mut moved = Vec::new();
    for Job { name, source, format, frames, recorded } in JOBS {
        let mut resizer = Resizer::new();
        let mut options = Options::default();
        options.geometry.width = Some(Length::Pixels(400));
        options.output.format = *format;
        options.input.frames = *frames;
        resizer.resize(&source(), &options).unwrap();
        let millions = resizer.fuel() / 1_000_000;
        if millions.abs_diff(*recorded) * 100 > recorded * TOLERANCE {
            moved.push(format!("{name}: {millions} million instructions, {recorded} on record"));
        }
    }
    assert!(moved.is_empty(), "{moved:#?}");
}

/// Millions of instructions that describing a file may take: about a millisecond.
const DESCRIPTION: u64 = 3;

#[test]
fn describing_a_still_takes_no_more_work_the_larger_it_is() {
    let large = photograph(4000, 3000);
    for (name, file) in [("JPEG", large.jpeg()), ("PNG", large.png()), ("WebP", large.webp())] {
        let mut resizer = Resizer::new();
        resizer.describe(&file).unwrap();
        let fuel = resizer.fuel();
        assert!(fuel < DESCRIPTION * 1_000_000, "{name}: {fuel} instructions");
    }
}

/// Per cent that converting the colours of a large photograph may take more than leaving them.
const CONVERSION: u64 = 8;

#[test]
fn a_profile_of_a_large_photograph_costs_little() {
    let plain = photograph(4000, 3000).jpeg();
    let profile = display_p3();
    let length = u16::try_from(profile.len() + 16).unwrap().to_be_bytes();
    let segment = [b"\xff\xe2".as_slice(), &length, b"ICC_PROFILE\0\x01\x01", &profile].concat();
    let tagged = [&plain[..2], &segment, &plain[2..]].concat();
    let [plain, tagged] = [plain, tagged].map(|image| {
        let mut resizer = Resizer::new();
        let mut options = Options::default();
        options.geometry.width = Some(Length::Pixels(800));
        options.output.format = Format::Jpeg;
        resizer.resize(&image, &options).unwrap();
        resizer.fuel()
    });
    // If it cost next to nothing, the profile would not have been used.
    assert!(tagged > plain + plain / 100, "{plain}, {tagged} with a profile");
    assert!(tagged <= plain + plain * CONVERSION / 100, "{plain}, {tagged} with a profile");
}

/// A profile of Display P3 (ICC.1:2022): the colours that it has under D50, and the curve of sRGB.
fn display_p3() -> Vec<u8> {
    let fixed = |values: &[f64]| -> Vec<u8> {
        values.iter().flat_map(|value| ((value * 65_536.0).round() as i32).to_be_bytes()).collect()
    };
    let color = |xyz: [f64; 3]| [b"XYZ \0\0\0\0".to_vec(), fixed(&xyz)].concat();
    let curve = fixed(&[2.4, 1.0 / 1.055, 0.055 / 1.055, 1.0 / 12.92, 0.04045]);
    let curve = [b"para\0\0\0\0\0\x03\0\0".to_vec(), curve].concat();
    let tags = [
        (b"rXYZ", color([0.51512, 0.2412, -0.00105])),
        (b"gXYZ", color([0.29198, 0.69225, 0.04189])),
        (b"bXYZ", color([0.1571, 0.06657, 0.78407])),
        (b"rTRC", curve.clone()),
        (b"gTRC", curve.clone()),
        (b"bTRC", curve),
    ];
    let (mut list, mut data) = ((tags.len() as u32).to_be_bytes().to_vec(), Vec::new());
    for (name, value) in &tags {
        let place = 128 + 4 + 12 * tags.len() + data.len();
        let place = [place, value.len()].map(|number| (number as u32).to_be_bytes());
        list.extend([name.as_slice(), &place[0], &place[1]].concat());
        data.extend_from_slice(value);
    }
    let mut header = vec![0; 128];
    header[..4].copy_from_slice(&((128 + list.len() + data.len()) as u32).to_be_bytes());
    header[8..12].copy_from_slice(&[4, 0x40, 0, 0]);
    header[12..24].copy_from_slice(b"mntrRGB XYZ ");
    header[36..40].copy_from_slice(b"acsp");
    header[68..80].copy_from_slice(&fixed(&[0.9642, 1.0, 0.8249]));
    [header, list, data].concat()
}
