//! The shared corpus: conformance files against reference images and another decoder, hostile files for their manners.

use crate::common::*;
use std::time::{Duration, Instant};
use tintype_webp::decode::{DecodeError, Decoder, DecoderConfig, Output, Row, info};

/// More pixels than a test without full optimisation should decode.
const LARGE: usize = if cfg!(debug_assertions) { 2_000_000 } else { 20_000_000 };

#[test]
fn corpus_images_are_those_of_the_reference_pngs() {
    let Some(corpus) = corpus() else { return };
    let folder = corpus.join("conformance/webp/image-webp");
    let mut compared = 0;
    for path in webps_under(&folder.join("images")) {
        let reference = folder.join("reference").join(path.strip_prefix(folder.join("images")).unwrap());
        let Some(expected) = load_png(&reference.with_extension("png")) else { continue };
        let decoded = decode(&std::fs::read(&path).unwrap());
        let Ok(decoded) = decoded else {
            println!("{:?}: {}", decoded.err(), path.display());
            continue;
        };
        if decoded.image.channels != expected.channels {
            println!("{} channels: {}", decoded.image.channels, path.display());
            continue;
        }
        assert_eq!(decoded.flaw, None, "{}", path.display());
        let difference = largest_difference(&decoded.image, &expected);
        println!("{difference}: {}", path.display());
        assert!(decoded.image == expected, "{}", path.display());
        compared += 1;
    }
    assert!(compared > 4, "{compared}");
}

#[test]
fn corpus_images_are_those_of_another_decoder() {
    let Some(corpus) = corpus() else { return };
    let folders =
        ["conformance/webp", "photos", "edge", "real"].map(|folder| webps_under(&corpus.join(folder)));
    let (mut compared, mut different) = (0, 0);
    for path in folders.into_iter().flatten() {
        let file = std::fs::read(&path).unwrap();
        if read_header(&file).is_ok_and(|header| header.width as usize * header.height as usize > LARGE) {
            continue;
        }
        match (decode(&file), reference(&file)) {
            (Ok(ours), Ok(theirs)) if ours.image.channels == theirs.channels => {
                if ours.image != theirs {
                    different += 1;
                    println!("{} apart: {}", largest_difference(&ours.image, &theirs), path.display());
                }
                compared += 1;
            }
            (ours, theirs) => println!(
                "ours {:?}, theirs {:?}: {}",
                ours.map(|decoded| (decoded.image.channels, decoded.flaw)),
                theirs.map(|image| image.channels),
                path.display()
            ),
        }
    }
    println!("{compared} compared, {different} different");
    assert!(compared > 20 && different == 0);
}

/// Decodes as far as [`LARGE`] samples, and returns the damage's description or the error.
fn try_out(file: &[u8], chunk: usize) -> Result<Option<String>, DecodeError> {
    let mut decoder = Decoder::new(DecoderConfig::default());
    let mut chunks = file.chunks(chunk);
    let mut feed = |decoder: &mut Decoder| match chunks.next() {
        Some(chunk) => decoder.feed(chunk),
        None => decoder.finish(),
    };
    while decoder.header()?.is_none() {
        feed(&mut decoder);
    }
    decoder.start(Output::Interleaved)?;
    let mut samples = 0;
    while samples < LARGE {
        match decoder.next_row()? {
            Row::Pixels(row) => samples += row.len(),
            Row::NeedInput => feed(&mut decoder),
            Row::Done => break,
        }
    }
    Ok(decoder.damage().map(|flaw| flaw.to_string()))
}

#[test]
fn hostile_files_give_an_image_or_an_error_and_promptly() {
    let (Some(corpus), Some(cases)) = (corpus(), cases()) else { return };
    let mut slowest = (Duration::ZERO, String::new());
    let files: Vec<_> = webps_under(&corpus.join("hostile")).into_iter().chain(webps_under(&cases)).collect();
    assert!(files.len() > 50);
    for path in files {
        let file = std::fs::read(&path).unwrap();
        let begun = Instant::now();
        let result = try_out(&file, 1 << 16);
        println!("{:?} {result:?}: {}", begun.elapsed(), path.display());
        slowest = slowest.max((begun.elapsed(), path.display().to_string()));
        assert_eq!(info(&file).is_ok(), read_header(&file).is_ok());
    }
    println!("slowest: {slowest:?}");
}
