//! Work is bounded: what small files may cost, and how near the engine's own count is to the instructions that run.

use std::fs;

use harness::resizer::types::{
    Alternative, Amount, Angle, Blend, Color, Effort, Error, Factor, Format, Length, Limit, Obscure, Options,
    Output, Overlay, Place, Position, Sharpen, Subsampling, Unsharp, Veil,
};
use harness::{Resizer, corpus};
use pictures::{Picture, PngColor, PngStyle, RareFormat, photograph, transparent_disc};

/// How far the count of work and the instructions may lie apart.
const FACTOR: f64 = 3.0;

/// What is added to both: where there is next to nothing to do, tables and odd chunks decide.
const SLACK: f64 = 2e6;

/// Renditions of all output formats, small and large.
fn jobs() -> Vec<Options> {
    let job = |width, format, lossless| {
        let mut options = Options::default();
        options.geometry.width = Some(Length::Pixels(width));
        options.output.format = format;
        options.output.lossless = lossless;
        options
    };
    vec![
        job(100, Format::Jpeg, false),
        job(800, Format::Jpeg, false),
        job(800, Format::Png, false),
        job(500, Format::Webp, false),
        job(500, Format::Webp, true),
        job(500, Format::Gif, false),
    ]
}

/// Renditions by every way of encoding.
fn encodings() -> Vec<Options> {
    let job = |format, change: fn(&mut Output)| {
        let mut options = Options::default();
        options.geometry.width = Some(Length::Pixels(700));
        options.output.format = format;
        change(&mut options.output);
        options
    };
    vec![
        job(Format::Jpeg, |output| output.effort = Effort::Fast),
        job(Format::Jpeg, |output| output.effort = Effort::Best),
        job(Format::Jpeg, |output| {
            (output.progressive, output.subsampling) = (Some(true), Subsampling::Full)
        }),
        job(Format::Jpeg, |output| (output.progressive, output.effort) = (Some(true), Effort::Best)),
        job(Format::Jpeg, |output| output.progressive = Some(false)),
        job(Format::Png, |output| output.effort = Effort::Best),
        job(Format::Png, |output| output.colors = Some(256)),
        job(Format::Png, |output| (output.colors, output.effort) = (Some(16), Effort::Best)),
        job(Format::Webp, |output| output.effort = Effort::Fast),
        job(Format::Webp, |output| output.effort = Effort::Best),
        job(Format::Webp, |output| output.sharp_chroma = true),
        job(Format::Webp, |output| (output.lossless, output.effort) = (true, Effort::Fast)),
        job(Format::Webp, |output| (output.lossless, output.effort) = (true, Effort::Best)),
        job(Format::Webp, |output| (output.lossless, output.near_lossless) = (true, 40)),
        job(Format::Jpeg, |output| output.auto_quality = true),
        job(Format::Webp, |output| output.auto_quality = true),
        job(Format::Jpeg, |output| output.max_bytes = Some(9000)),
        job(Format::Webp, |output| output.max_bytes = Some(6000)),
        job(Format::Gif, |output| output.effort = Effort::Fast),
        job(Format::Gif, |output| output.effort = Effort::Best),
    ]
}

/// Renditions of animations.
fn animations() -> Vec<Options> {
    let job = |format, width: Option<u32>, change: fn(&mut Output)| {
        let mut options = Options::default();
        options.input.frames = 0;
        options.geometry.width = width.map(Length::Pixels);
        options.output.format = format;
        change(&mut options.output);
        options
    };
    let mut jobs = Vec::new();
    for width in [None, Some(150)] {
        jobs.extend([
            job(Format::Webp, width, |_| ()),
            job(Format::Webp, width, |output| output.effort = Effort::Fast),
            job(Format::Webp, width, |output| output.effort = Effort::Best),
            job(Format::Webp, width, |output| output.quality = Some(95)),
            job(Format::Webp, width, |output| output.lossless = true),
            job(Format::Webp, width, |output| (output.lossless, output.effort) = (true, Effort::Best)),
            job(Format::Gif, width, |_| ()),
            job(Format::Gif, width, |output| output.effort = Effort::Fast),
            job(Format::Gif, width, |output| output.effort = Effort::Best),
        ]);
    }
    jobs
}

/// Animations: one that scrolls, one that changes in a few places, and one of few colours.
fn films() -> Vec<(String, Vec<u8>)> {
    let photo = photograph(400, 300);
    let scrolling = |step: u32| Picture::draw(240, 200, |x, y| photo.at(x + 20 * step, y + 10 * step));
    let changing = |step: u32| {
        Picture::draw(240, 200, |x, y| match x.abs_diff(30 + 30 * step) < 9 && y.abs_diff(90) < 9 {
            true => [250, (40 * step) as u8, 30, 255],
            false => photo.at(x, y),
        })
    };
    let drawing = |step: u32| {
        Picture::draw(240, 200, |x, y| match (x / 20 + y / 20 + step) % 5 {
            0 => [0; 4],
            shade => [(40 * shade) as u8, (x / 60) as u8, 90, 255],
        })
    };
    let film = |frame: &dyn Fn(u32) -> Picture| frame(0).gif(&(1..6).map(frame).collect::<Vec<_>>());
    let mut films = Vec::new();
    for (name, gif) in
        [("scrolling", film(&scrolling)), ("changing", film(&changing)), ("drawing", film(&drawing))]
    {
        for lossless in [false, true] {
            let mut options = Options::default();
            (options.input.frames, options.output.lossless) = (0, lossless);
            let webp = Resizer::new().resize(&gif, &options).unwrap().image;
            films.push((format!("{name}, WebP, lossless: {lossless}"), webp));
        }
        films.push((format!("{name}, GIF"), gif));
    }
    films
}

/// Renditions by every stage that changes detail or colours, and with an image laid over.
fn adjustments() -> Vec<Options> {
    let job = |change: &dyn Fn(&mut Options)| {
        let mut options = Options::default();
        options.geometry.width = Some(Length::Pixels(700));
        options.output.format = Format::Png;
        options.output.effort = Effort::Fast;
        change(&mut options);
        options
    };
    let factor = |tenths: u32| Factor::from_millionths(tenths * 100_000);
    let disc = transparent_disc(400, 400).png();
    let overlay = |place| Overlay {
        image: disc.clone().into(),
        opacity: factor(5),
        place,
        width: Some(Length::Pixels(300)),
        height: None,
        blend: Blend::SoftLight,
    };
    let part =
        |by| Obscure { x: Length::ZERO, y: Length::ZERO, width: Length::WHOLE, height: Length::WHOLE, by };
    vec![
        job(&|options| options.adjust.blur = factor(5)),
        job(&|options| options.adjust.blur = factor(19)),
        job(&|options| options.adjust.blur = factor(30)),
        job(&|options| options.adjust.blur = factor(1000)),
        job(&|options| options.adjust.unsharp = Some(Unsharp::MILD)),
        job(&|options| {
            options.adjust.sharpen =
                Some(Sharpen { sigma: factor(40), flat: factor(10), jagged: factor(20) });
        }),
        job(&|options| options.adjust.pixelate = 2),
        job(&|options| options.adjust.pixelate = 40),
        job(&|options| options.adjust.obscure = vec![part(Veil::Blur(factor(80))), part(Veil::Pixelate(9))]),
        job(&|options| options.adjust.brightness = factor(12)),
        job(&|options| {
            options.adjust.hue = Angle::from_millidegrees(50_000);
            options.adjust.vibrance = Amount::from_millionths(300_000);
            options.adjust.tint = Some(Color::WHITE);
        }),
        job(&|options| options.overlays = vec![overlay(Place::At(Position::default()))]),
        job(&|options| options.overlays = vec![overlay(Place::Tiled(9, 9)); 3]),
    ]
}

#[test]
fn work_is_within_a_factor_of_three_of_the_instructions_for_every_adjustment() {
    let sources = [
        ("photograph", photograph(1000, 800).jpeg()),
        ("disc", transparent_disc(700, 600).png()),
        ("gray", photograph(900, 700).png_as(&PngStyle { color: PngColor::Gray(8), ..PngStyle::default() })),
    ];
    let jobs = adjustments();
    let all = sources.iter().flat_map(|(name, source)| {
        let ratios = ratios(name, source, &jobs);
        assert_eq!(ratios.len(), jobs.len());
        ratios.into_iter().enumerate().map(|(job, (name, ratio))| (format!("job {job} of {name}"), ratio))
    });
    check(&all.collect::<Vec<_>>());
}

/// Instructions for each unit of work, of each job that gives a rendition.
fn ratios(name: &str, image: &[u8], jobs: &[Options]) -> Vec<(String, f64)> {
    let mut ratios = Vec::new();
    for options in jobs {
        let mut resizer = Resizer::new();
        if let Ok(Ok(rendition)) = resizer.try_resize(image, options) {
            let ratio = (resizer.fuel() as f64 + SLACK) / (rendition.work as f64 + SLACK);
            let outline = rendition.outline;
            let job = format!(
                "{name}: {:?} {}x{} to {}x{} {:?}",
                outline.source.format,
                outline.source.width,
                outline.source.height,
                outline.width,
                outline.height,
                options.output
            );
            if std::env::var_os("SHOW_WORK").is_some() {
                println!("{ratio:.2}\t{:.1}\t{}\t{job}", resizer.fuel() as f64 / 1e6, rendition.image.len());
            }
            ratios.push((job, ratio));
        }
    }
    ratios
}

fn check(ratios: &[(String, f64)]) {
    let outside = ratios.iter().filter(|(_, ratio)| !(1.0 / FACTOR..=FACTOR).contains(ratio));
    let outside: Vec<_> = outside.map(|(job, ratio)| format!("{ratio:.2} {job}")).collect();
    assert!(outside.is_empty(), "{} of {}:\n{}", outside.len(), ratios.len(), outside.join("\n"));
}

#[test]
fn work_is_within_a_factor_of_three_of_the_instructions() {
    let photo = photograph(1200, 900);
    let sources =
        [("JPEG", photo.jpeg()), ("PNG", photo.png()), ("WebP", photo.webp()), ("GIF", photo.gif(&[]))];
    let jobs = jobs();
    check(&sources.iter().flat_map(|(name, source)| ratios(name, source, &jobs)).collect::<Vec<_>>());
}

#[test]
fn work_is_within_a_factor_of_three_of_the_instructions_for_every_way_of_encoding() {
    let smooth = Picture::draw(900, 700, |x, y| [(x / 8) as u8, (y / 8) as u8, 90, 255]);
    let sources = [("photograph", photograph(1000, 800).jpeg()), ("smooth", smooth.png())];
    let mut jobs = encodings();
    let mut smallest = jobs[0].clone();
    smallest.output.effort = Effort::Default;
    smallest.alternatives =
        [Format::Webp, Format::Png].map(|format| Alternative { format, quality: None }).into();
    jobs.push(smallest);
    check(&sources.iter().flat_map(|(name, source)| ratios(name, source, &jobs)).collect::<Vec<_>>());
}

#[test]
fn work_is_within_a_factor_of_three_of_the_instructions_for_formats_that_are_rare() {
    let flat = Picture::draw(900, 700, |_, _| [200, 90, 90, 255]);
    let jobs = jobs();
    let mut all = Vec::new();
    for (name, picture) in [("photograph", photograph(900, 700)), ("flat", flat)] {
        for format in [RareFormat::Bmp, RareFormat::Qoi, RareFormat::Pnm, RareFormat::Tiff] {
            all.extend(ratios(&format!("{name} as {format:?}"), &picture.rare(format), &jobs));
        }
    }
    all.extend(ratios("icon", &photograph(256, 256).rare(RareFormat::Ico), &jobs));
    check(&all);
}

#[test]
fn work_is_within_a_factor_of_three_of_the_instructions_for_animations() {
    let jobs = animations();
    check(&films().iter().flat_map(|(name, film)| ratios(name, film, &jobs)).collect::<Vec<_>>());
}

#[test]
fn work_is_within_a_factor_of_three_of_the_instructions_for_photos_and_conformance_files() {
    for folder in ["photos", "conformance"] {
        let Some(files) = corpus::files(folder) else { return };
        let jobs = jobs();
        let all = files
            .iter()
            .flat_map(|path| ratios(&path.display().to_string(), &fs::read(path).unwrap(), &jobs));
        check(&all.collect::<Vec<_>>());
    }
}

#[test]
fn a_small_file_takes_little_however_large_an_image_it_announces() {
    // A GIF of one pixel on a canvas of 10,000 × 10,000, in 35 bytes.
    let canvas =
        b"GIF89a\x10\x27\x10\x27\x80\0\0\0\0\0\xff\xff\xff,\0\0\0\0\x01\0\x01\0\0\x02\x02\x44\x01\0;";
    let mut resizer = Resizer::new();
    let mut options = Options::default();
    options.geometry.width = Some(Length::Pixels(100));
    let refused = resizer.resize(canvas, &options);
    assert!(
        matches!(refused, Err(Error::LimitExceeded { limit: Limit::Work, .. })),
        "{} bytes",
        canvas.len()
    );
    assert!(resizer.fuel() < 6_000_000_000, "{} instructions", resizer.fuel());
    // A smaller one is an image like others.
    let small = [&canvas[..6], &[0xd0, 7, 0xd0, 7], &canvas[10..]].concat();
    assert_eq!(resizer.resize(&small, &options).unwrap().outline.height, 100);
}
