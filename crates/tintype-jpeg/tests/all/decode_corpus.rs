//! The shared corpus: conformance files against reference images and decoders, hostile files for their manners.

use crate::common::*;
use std::time::{Duration, Instant};
use tintype_jpeg::decode::{DecodeError, Decoder, DecoderConfig, Output, Row, Scale, Step};

/// More pixels than a test without optimisation can decode in time.
const LARGE: u32 = if cfg!(debug_assertions) { 400_000 } else { 4_000_000 };

#[test]
fn corpus_images_are_close_to_their_reference_pngs() {
    let Some(corpus) = corpus() else { return };
    let mut compared = 0;
    for path in jpegs_under(&corpus.join("conformance/jpeg")) {
        let Some(expected) = load_png(&path.with_extension("png")) else { continue };
        let Ok(decoded) = decode(&std::fs::read(&path).unwrap(), Scale::FULL) else { continue };
        if decoded.image.channels != expected.channels {
            continue;
        }
        let ratio = psnr(&decoded.image, &expected);
        println!(
            "{ratio:6.1} dB, at most {} apart: {}",
            largest_difference(&decoded.image, &expected),
            path.display()
        );
        compared += 1;
        assert!(ratio > 40.0, "{}: {ratio} dB", path.display());
    }
    assert!(compared > 5);
}

#[test]
fn corpus_images_are_close_to_the_reference_decoders_planes() {
    let Some(corpus) = corpus() else { return };
    let folders = ["conformance/jpeg", "photos/variants"].map(|folder| jpegs_under(&corpus.join(folder)));
    let mut compared = 0;
    for path in folders.into_iter().flatten() {
        let file = std::fs::read(&path).unwrap();
        if read_header(&file).is_ok_and(|header| header.width * header.height > LARGE) {
            continue;
        }
        let ours = decode_planes(&file, Scale::FULL, Output::PlanarSubsampled, &[usize::MAX]);
        let theirs = reference_planes(&file);
        match (&ours, &theirs) {
            (Ok(ours), Ok(theirs)) => {
                let sizes =
                    |planes: &[Image]| -> Vec<_> { planes.iter().map(|p| (p.width, p.height)).collect() };
                if sizes(ours) != sizes(theirs) {
                    println!("sizes {:?} and {:?}: {}", sizes(ours), sizes(theirs), path.display());
                    continue;
                }
                for (ours, theirs) in ours.iter().zip(theirs) {
                    assert!(largest_difference(ours, theirs) <= 1, "{}", path.display());
                }
                compared += 1;
            }
            (ours, theirs) => println!(
                "ours {:?}, theirs {:?}: {}",
                ours.as_ref().map(|_| "fine"),
                theirs.as_ref().map(|_| "fine"),
                path.display()
            ),
        }
    }
    assert!(compared > 20);
}

/// Decodes as far as [`LARGE`] samples, and returns the damage's description or the error.
fn try_out(file: &[u8], scale: Scale, output: Output, chunk: usize) -> Result<Option<String>, DecodeError> {
    let mut decoder = Decoder::new(DecoderConfig::default());
    let mut chunks = file.chunks(chunk);
    let mut feed = |decoder: &mut Decoder| match chunks.next() {
        Some(chunk) => decoder.feed(chunk),
        None => decoder.finish(),
    };
    while decoder.header()?.is_none() {
        feed(&mut decoder);
    }
    decoder.start(scale, output)?;
    let mut samples = 0;
    while samples < LARGE as usize {
        let step = match output {
            Output::Interleaved | Output::Inks => match decoder.next_row()? {
                Row::Pixels(row) => Some(row.len()),
                Row::NeedInput => None,
                Row::Done => break,
            },
            _ => match decoder.next_strip()? {
                Step::Strip(strip) => {
                    Some(strip.planes().iter().flat_map(|rows| rows.iter()).map(<[u8]>::len).sum())
                }
                Step::NeedInput => None,
                Step::Done => break,
            },
        };
        match step {
            Some(count) => samples += count,
            None => feed(&mut decoder),
        }
    }
    Ok(decoder.damage().map(|flaw| flaw.to_string()))
}

#[test]
fn hostile_files_give_an_image_or_an_error_and_promptly() {
    let Some(corpus) = corpus() else { return };
    let outputs = [Output::Interleaved, Output::Inks, Output::Planar, Output::PlanarSubsampled];
    let mut slowest = (Duration::ZERO, String::new());
    let files = jpegs_under(&corpus.join("hostile"));
    assert!(files.len() > 50);
    for path in files {
        let file = std::fs::read(&path).unwrap();
        for (at, scale) in [Scale::FULL, Scale::HALF, Scale::QUARTER, Scale::EIGHTH].into_iter().enumerate() {
            let begun = Instant::now();
            let result = try_out(&file, scale, outputs[at % 3], 1 << 16);
            if scale == Scale::FULL {
                println!("{result:?}: {}", path.display());
            }
            slowest = slowest.max((begun.elapsed(), format!("{scale:?} {}", path.display())));
        }
    }
    println!("slowest: {slowest:?}");
}
