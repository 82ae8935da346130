//! Memory is bounded: an instance whose memory is limited to `limits.memory` never runs out of it.

use std::fs;

use harness::resizer::types::{
    Alternative, Angle, Blend, Color, Error, Factor, Fill, Fit, Format, Geometry, Length, Limit, Mask,
    MaskShape, Obscure, Options, Overlay, Place, Position, Rotation, Sides, Smart, Tilt, Trim, Unsharp, Veil,
};
use harness::{Resizer, corpus};
use pictures::{JpegColor, JpegStyle, Picture, PngColor, PngStyle, RareFormat, photograph, transparent_disc};

/// Limits in mebibytes, from one that nothing but thumbnails fits in; one for each of the jobs.
const LIMITS: [u64; 7] = [3, 6, 12, 24, 3, 48, 8];

/// What an instance has at the start and what an allocator wastes, in bytes.
const INSTANCE: u64 = (2 << 20) + (256 << 10);

/// A picture that nothing compresses.
fn noise(width: u32, height: u32) -> Picture {
    let mut state = 1u32;
    let mut random = move || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 24) as u8
    };
    Picture::draw(width, height, |_, _| [random(), random(), random(), random()])
}

/// A lossy WebP file of a picture, 600 pixels wide.
fn lossy_webp(picture: &Picture) -> Vec<u8> {
    let mut options = Options::default();
    options.geometry.width = Some(Length::Pixels(600));
    Resizer::new().resize(&picture.png(), &options).unwrap().image
}

/// Files of every kind that is decoded.
fn sources() -> Vec<(String, Vec<u8>)> {
    let mut sources = Vec::new();
    for (subject, picture) in [("photograph", photograph(1900, 900)), ("noise", noise(1900, 900))] {
        let mut add = |kind: String, file| sources.push((format!("{subject} as {kind}"), file));
        for color in
            [JpegColor::Gray, JpegColor::Subsampled, JpegColor::Full, JpegColor::Cmyk, JpegColor::Ycck]
        {
            for progressive in [false, true] {
                let style = JpegStyle { color, progressive, ..JpegStyle::default() };
                add(format!("{color:?} JPEG, progressive: {progressive}"), picture.jpeg_as(&style));
            }
        }
        let kinds = [
            PngColor::Gray(1),
            PngColor::GrayAlpha(16),
            PngColor::Rgb(8),
            PngColor::Rgba(16),
            PngColor::Palette,
        ];
        // A palette has no room for noise.
        for color in kinds.into_iter().filter(|color| *color != PngColor::Palette || subject != "noise") {
            for interlaced in [false, true] {
                let style = PngStyle { color, interlaced, ..PngStyle::default() };
                add(format!("{color:?} PNG, interlaced: {interlaced}"), picture.png_as(&style));
            }
        }
        for format in [RareFormat::Bmp, RareFormat::Qoi, RareFormat::Pnm, RareFormat::Tiff] {
            add(format!("{format:?}"), picture.rare(format));
        }
        add("lossless WebP".into(), picture.webp());
        add("GIF".into(), picture.gif(&[]));
        add("lossy WebP".into(), lossy_webp(&picture));
    }
    sources.push(("translucent WebP".into(), lossy_webp(&transparent_disc(900, 900))));
    sources
}

/// Small and large renditions in all formats, turned and not.
fn jobs() -> Vec<Options> {
    let jobs = [
        (60, Format::Jpeg, false),
        (1800, Format::Jpeg, false),
        (60, Format::Png, false),
        (1800, Format::Png, false),
        (200, Format::Webp, false),
        (900, Format::Webp, true),
        (700, Format::Gif, false),
    ];
    let options = jobs.into_iter().map(|(width, format, lossless)| {
        let mut options = Options::default();
        options.geometry.width = Some(Length::Pixels(width));
        options.geometry.flip_vertical = lossless;
        (options.output.format, options.output.lossless) = (format, lossless);
        options
    });
    options.collect()
}

/// Renditions by every stage that holds rows.
fn staged_jobs() -> Vec<Options> {
    let job = |format, change: fn(&mut Geometry)| {
        let mut options = Options::default();
        options.output.format = format;
        change(&mut options.geometry);
        options
    };
    let factor = |tenths: u32| Factor::from_millionths(tenths * 100_000);
    let mut blurred = job(Format::Jpeg, |geometry| geometry.width = Some(Length::Pixels(700)));
    blurred.adjust.blur = factor(150);
    blurred.adjust.unsharp = Some(Unsharp { sigma: factor(60), amount: factor(10), threshold: 0 });
    blurred.adjust.tint = Some(Color::WHITE);
    let mut overlaid = job(Format::Png, |geometry| geometry.width = Some(Length::Pixels(600)));
    let (x, width) = (Length::Pixels(20), Length::Share(factor(8)));
    overlaid.adjust.obscure = vec![Obscure { x, y: x, width, height: width, by: Veil::Blur(factor(90)) }];
    overlaid.adjust.pixelate = 30;
    overlaid.overlays = vec![
        Overlay {
            image: photograph(900, 700).jpeg().into(),
            opacity: factor(5),
            place: Place::Tiled(10, 10),
            width: Some(Length::Pixels(400)),
            height: Some(Length::Pixels(400)),
            blend: Blend::Overlay,
        };
        2
    ];
    let mut deep = job(Format::Png, |geometry| geometry.width = Some(Length::Pixels(700)));
    deep.output.bit_depth = 16;
    let mut smallest = job(Format::Webp, |geometry| geometry.width = Some(Length::Pixels(500)));
    smallest.alternatives =
        [Format::Jpeg, Format::Png].map(|format| Alternative { format, quality: None }).into();
    vec![
        job(Format::Jpeg, |geometry| {
            geometry.width = Some(Length::Pixels(700));
            geometry.trim =
                Some(Trim { threshold: 20, color: None, equal_horizontal: false, equal_vertical: true });
            geometry.tilt = Some(Tilt { angle: Angle::from_millidegrees(17_000), background: None });
            geometry.padding = Sides::all(30);
            geometry.fill = Some(Fill::Blur);
        }),
        job(Format::Png, |geometry| {
            (geometry.width, geometry.height) = (Some(Length::Pixels(300)), Some(Length::Pixels(300)));
            (geometry.fit, geometry.position) = (Fit::Cover, Position::Smart(Smart::Attention));
            geometry.mask = Some(Mask::new(MaskShape::Circle));
            geometry.rotate = Rotation::Quarter;
        }),
        job(Format::Webp, |geometry| {
            (geometry.width, geometry.height) = (Some(Length::Pixels(600)), Some(Length::Pixels(700)));
            (geometry.fit, geometry.fill) = (Fit::Pad, Some(Fill::Mirror));
            geometry.linear = true;
            geometry.auto_orient = false;
        }),
        blurred,
        overlaid,
        deep,
        smallest,
    ]
}

/// Makes a rendition in an instance with no more memory than `options.limits.memory`. The outer error is a trap.
fn rendition(image: &[u8], whole: bool, options: &Options) -> wasmtime::Result<Result<(), Error>> {
    let mut resizer = Resizer::limited(options.limits.memory as usize);
    if whole {
        return Ok(resizer.try_resize(image, options)?.map(|_| ()));
    }
    resizer.session(options).try_pump(image, 64 << 10)
}

/// A fault, in a line.
fn fault(name: &str, whole: bool, options: &Options, trap: &dyn std::fmt::Debug) -> String {
    let (limit, width, format) = (options.limits.memory, options.geometry.width, options.output.format);
    let trap = format!("{trap:?}");
    let trap = trap.lines().next().unwrap_or_default();
    format!("{name}, whole: {whole}, in {limit} bytes, to {format:?} {width:?}: {trap}")
}

#[test]
fn what_is_accepted_fits_in_the_memory_that_was_predicted() {
    let mut faults = Vec::new();
    for (index, (name, image)) in sources().into_iter().enumerate() {
        // Every other one is handed over whole.
        let plain = jobs().into_iter().enumerate().map(|(job, options)| (options, (index + job) % 2 == 1));
        // What comes after decoding does not ask for the source's kind: each has a third of it.
        let staged = staged_jobs().into_iter().skip(index % 3).step_by(3).map(|job| (job, false));
        for (mut options, whole) in plain.chain(staged) {
            // What is handed over whole is copied in before anything can be refused, and allocators want more than it.
            let overlays: usize = options.overlays.iter().map(|overlay| overlay.image.len()).sum();
            let handed = overlays + if whole { image.len() } else { 0 };
            options.limits.memory = 2 * handed as u64 + INSTANCE;
            loop {
                match rendition(&image, whole, &options) {
                    Ok(Ok(())) => break,
                    Ok(Err(Error::LimitExceeded { limit: Limit::Memory, needed, .. })) => {
                        assert!(needed > options.limits.memory, "{name}");
                        // How much of a source is kept to be read twice shows only as it comes.
                        let step = if options.geometry.trim.is_some() { 1 << 20 } else { 0 };
                        options.limits.memory = needed + step;
                    }
                    Ok(Err(other)) => panic!("{name}: {other:?}"),
                    Err(trap) => {
                        faults.push(fault(&name, whole, &options, &trap));
                        break;
                    }
                }
            }
        }
    }
    assert!(faults.is_empty(), "{}:\n{}", faults.len(), faults.join("\n"));
}

#[test]
fn small_pieces_of_a_source_take_no_more_room_than_large_ones() {
    let picture = photograph(400, 300);
    let rare = [RareFormat::Bmp, RareFormat::Tiff, RareFormat::Pnm].map(|format| picture.rare(format));
    for image in rare.into_iter().chain([picture.jpeg(), picture.png(), picture.webp(), picture.gif(&[])]) {
        let mut options = Options::default();
        options.geometry.width = Some(Length::Pixels(60));
        options.limits.memory = INSTANCE + 6 * image.len() as u64 + (4 << 20);
        let mut resizer = Resizer::limited(options.limits.memory as usize);
        resizer.session(&options).try_pump(&image, 300).expect("no trap").unwrap();
    }
}

#[test]
fn animations_fit_in_the_memory_that_was_predicted() {
    let frames: Vec<Picture> = (0..4).map(|_| noise(150, 120)).chain([photograph(150, 120)]).collect();
    let (gif, mut faults) = (frames[0].gif(&frames[1..]), Vec::new());
    for (format, width) in [(Format::Gif, 150), (Format::Gif, 300), (Format::Webp, 150)] {
        for whole in [false, true] {
            let mut options = Options::default();
            options.input.frames = 0;
            options.geometry.width = Some(Length::Pixels(width));
            (options.geometry.enlarge, options.output.format) = (true, format);
            options.limits.memory = if whole { 2 * gif.len() as u64 + INSTANCE } else { INSTANCE };
            loop {
                match rendition(&gif, whole, &options) {
                    Ok(Ok(())) => break,
                    // How large the frames become shows only as they come.
                    Ok(Err(Error::LimitExceeded { limit: Limit::Memory, .. })) => {
                        options.limits.memory += 100_000
                    }
                    Ok(Err(other)) => panic!("{other:?}"),
                    Err(trap) => {
                        faults.push(fault("an animation", whole, &options, &trap));
                        break;
                    }
                }
            }
        }
    }
    assert!(faults.is_empty(), "{}:\n{}", faults.len(), faults.join("\n"));
}

#[test]
fn an_instance_with_no_more_memory_than_the_limit_never_runs_out_on_files_of_others() {
    let (mut faults, jobs) = (Vec::new(), jobs());
    for folder in ["hostile", "conformance", "photos"] {
        for path in corpus::files(folder).unwrap_or_default() {
            let (name, image) = (path.display().to_string(), fs::read(&path).unwrap());
            for (limit, mut options) in
                LIMITS.iter().zip(&jobs).step_by(2).map(|(limit, job)| (limit, job.clone()))
            {
                options.limits.memory = limit << 20;
                for whole in [false, true] {
                    if whole && image.len() as u64 + INSTANCE > options.limits.memory {
                        continue;
                    }
                    if let Err(trap) = rendition(&image, whole, &options) {
                        faults.push(fault(&name, whole, &options, &trap));
                    }
                }
            }
        }
    }
    assert!(faults.is_empty(), "{}:\n{}", faults.len(), faults.join("\n"));
}
