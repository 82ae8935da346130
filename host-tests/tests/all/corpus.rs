//! Files that others have made, where this machine has them.

use std::fs;

use harness::resizer::types::{Error, Format, Length, Options};
use harness::{Resizer, corpus};

#[test]
fn every_hostile_file_gives_a_rendition_or_an_error() {
    rendition_or_error("hostile");
}

#[test]
fn every_conformance_file_gives_a_rendition_or_an_error() {
    rendition_or_error("conformance");
}

/// Neither traps nor hangs nor faults of the component itself are accepted.
fn rendition_or_error(folder: &str) {
    let Some(files) = corpus::files(folder) else { return };
    let mut renditions = 0;
    let mut failures = Vec::new();
    for path in &files {
        let image = fs::read(path).unwrap();
        for format in [Format::Webp, Format::Png] {
            // An instance for each: one file must not help or hurt the next.
            let mut resizer = Resizer::new();
            let mut options = Options::default();
            options.geometry.width = Some(Length::Pixels(200));
            options.output.format = format;
            match resizer.try_resize(&image, &options) {
                Ok(Ok(_)) => renditions += 1,
                Ok(Err(Error::Internal(reason))) => failures.push(format!("{}: {reason}", path.display())),
                Ok(Err(_)) => {}
                Err(trap) => failures.push(format!("{}: {trap:?}", path.display())),
            }
        }
        if let Err(trap) = Resizer::new().try_describe(&image) {
            failures.push(format!("{} described: {trap:?}", path.display()));
        }
    }
    assert!(failures.is_empty(), "{} of {} files:\n{}", failures.len(), files.len(), failures.join("\n"));
    println!("{renditions} renditions of {} files", files.len());
}

#[test]
fn every_photo_of_a_decoded_format_gives_a_rendition() {
    let Some(files) = corpus::files("photos") else { return };
    let mut failures = Vec::new();
    for path in &files {
        let extension = path.extension().unwrap_or_default().to_ascii_lowercase();
        if !["jpg", "jpeg", "png", "webp", "gif"].iter().any(|known| extension == *known) {
            continue;
        }
        let mut resizer = Resizer::new();
        let mut options = Options::default();
        (options.geometry.width, options.geometry.height) =
            (Some(Length::Pixels(320)), Some(Length::Pixels(320)));
        match resizer.try_resize(&fs::read(path).unwrap(), &options) {
            Ok(Ok(rendition)) if rendition.outline.width <= 320 => {}
            // Arithmetic coding, for one.
            Ok(Err(Error::Unsupported { .. })) => {}
            other => failures.push(format!("{}: {other:?}", path.display())),
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}
