//! How files are written: through the engine's public functions.

use std::io::Cursor;

use tintype::{
    Alternative, Effort, Error, Format, Length, Limit, Options, Output, Session, Subsampling, resize,
};

const SIDE: u32 = 320;

fn png(pixel: impl Fn(u32, u32) -> [u8; 3]) -> Vec<u8> {
    let places = (0..SIDE).flat_map(|y| (0..SIDE).map(move |x| (x, y)));
    let pixels: Vec<u8> = places.flat_map(|(x, y)| pixel(x, y)).collect();
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, SIDE, SIDE);
    encoder.set_color(png::ColorType::Rgb);
    encoder.write_header().unwrap().write_image_data(&pixels).unwrap();
    file
}

/// Soft shapes with some grain.
fn photograph() -> Vec<u8> {
    png(|x, y| {
        let grain =
            (x.wrapping_mul(2_654_435_761) ^ y.wrapping_mul(2_246_822_519)).wrapping_mul(3_266_489_917) >> 28;
        let (dx, dy) = (x.abs_diff(SIDE / 2), y.abs_diff(SIDE / 3));
        let disc = if dx * dx + dy * dy < 8000 { 60 } else { 0 };
        [x / 2 + disc + grain, y / 3 + disc + grain, (x + y) / 4 + grain].map(|value| value as u8)
    })
}

/// Thin red lines on white.
fn lines() -> Vec<u8> {
    png(|x, y| if x % 23 < 2 || (x + 2 * y) % 37 < 3 { [230, 20, 20] } else { [250, 250, 250] })
}

/// A soft disc on transparency.
fn disc() -> Vec<u8> {
    let places = (0..SIDE).flat_map(|y| (0..SIDE).map(move |x| (x, y)));
    let pixels: Vec<u8> = places
        .flat_map(|(x, y)| {
            let far = (x.abs_diff(SIDE / 2).pow(2) + y.abs_diff(SIDE / 2).pow(2)) / 64;
            [(x * 7 % 200) as u8, (y * 5 % 220) as u8, (x ^ y) as u8, 255 - far.min(255) as u8]
        })
        .collect();
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, SIDE, SIDE);
    encoder.set_color(png::ColorType::Rgba);
    encoder.write_header().unwrap().write_image_data(&pixels).unwrap();
    file
}

fn encoded(source: &[u8], change: impl FnOnce(&mut Output)) -> Vec<u8> {
    let mut options = Options::default();
    change(&mut options.output);
    resize(source, &options).unwrap().image
}

fn pixels(file: &[u8]) -> Vec<u8> {
    let png = encoded(file, |output| output.format = Format::Png);
    let mut decoder = png::Decoder::new(Cursor::new(png));
    decoder.set_transformations(png::Transformations::EXPAND);
    let mut reader = decoder.read_info().unwrap();
    let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
    reader.next_frame(&mut pixels).unwrap();
    pixels
}

/// The mean squared difference of two images' samples.
fn difference(one: &[u8], other: &[u8]) -> f64 {
    let (one, other) = (pixels(one), pixels(other));
    let sum: f64 = one.iter().zip(&other).map(|(a, b)| f64::from(a.abs_diff(*b)).powi(2)).sum();
    sum / one.len() as f64
}

/// Whether a JPEG has a start of frame of this kind.
fn has_frame(jpeg: &[u8], kind: u8) -> bool {
    jpeg.windows(2).any(|marker| marker == [0xff, kind])
}

#[test]
fn a_progressive_jpeg_has_the_pixels_of_one_that_is_not() {
    let jpeg = |progressive| {
        encoded(&photograph(), |output| {
            (output.format, output.progressive) = (Format::Jpeg, Some(progressive))
        })
    };
    let (sequential, progressive) = (jpeg(false), jpeg(true));
    assert!(has_frame(&sequential, 0xc0) && has_frame(&progressive, 0xc2));
    assert_eq!(pixels(&sequential), pixels(&progressive));
}

#[test]
fn a_jpeg_is_progressive_where_that_makes_it_smaller_and_nothing_else_is_asked_for() {
    let is_progressive = |width, effort, asked| {
        let mut options = Options::default();
        options.geometry.width = Some(Length::Pixels(width));
        options.geometry.enlarge = true;
        options.output = Output { format: Format::Jpeg, effort, progressive: asked, ..options.output };
        has_frame(&resize(photograph(), &options).unwrap().image, 0xc2)
    };
    assert!(is_progressive(SIDE, Effort::Default, None) && is_progressive(SIDE, Effort::Best, None));
    assert!(!is_progressive(SIDE, Effort::Fast, None), "rows are to leave as they come");
    assert!(!is_progressive(200, Effort::Default, None), "it would be larger");
    assert!(!is_progressive(1460, Effort::Default, None), "it would be held for long");
    assert!(!is_progressive(SIDE, Effort::Default, Some(false)));
    assert!(is_progressive(200, Effort::Fast, Some(true)));
}

#[test]
fn a_small_jpeg_gets_the_most_effort_by_default() {
    let jpeg =
        |effort| encoded(&photograph(), |output| (output.format, output.effort) = (Format::Jpeg, effort));
    assert_eq!(jpeg(Effort::Default), jpeg(Effort::Best));
    assert!(jpeg(Effort::Default).len() * 20 < jpeg(Effort::Fast).len() * 19);
}

#[test]
fn whole_chroma_keeps_coloured_lines() {
    let jpeg = |subsampling| {
        encoded(&lines(), |output| (output.format, output.subsampling) = (Format::Jpeg, subsampling))
    };
    let [half, full] = [Subsampling::Half, Subsampling::Full].map(|of| difference(&jpeg(of), &lines()));
    assert!(full * 4.0 < half, "{full} and {half}");
}

#[test]
fn chroma_is_kept_whole_where_the_picture_needs_it() {
    let jpeg = |source: &[u8], subsampling, change: fn(&mut Output)| {
        encoded(source, |output| {
            (output.format, output.subsampling) = (Format::Jpeg, subsampling);
            change(output);
        })
    };
    let changes: [fn(&mut Output); 2] = [|_| (), |output| output.max_bytes = Some(20_000)];
    for change in changes {
        let auto = |source: &[u8]| jpeg(source, Subsampling::Auto, change);
        assert!(auto(&lines()) == jpeg(&lines(), Subsampling::Full, change));
        assert!(auto(&photograph()) == jpeg(&photograph(), Subsampling::Half, change));
    }
    let fast: fn(&mut Output) = |output| output.effort = Effort::Fast;
    assert!(jpeg(&lines(), Subsampling::Auto, fast) == jpeg(&lines(), Subsampling::Half, fast));
}

#[test]
fn chroma_that_is_averaged_with_care_keeps_more_of_coloured_lines() {
    let webp = |sharp| encoded(&lines(), |output| output.sharp_chroma = sharp);
    let [plain, sharp] = [false, true].map(|sharp| difference(&webp(sharp), &lines()));
    assert!(sharp < plain * 0.9, "{sharp} and {plain}");
    let photo = encoded(&photograph(), |output| output.format = Format::Jpeg);
    let of_planes = |sharp| encoded(&photo, |output| output.sharp_chroma = sharp);
    assert_ne!(of_planes(true), of_planes(false), "a JPEG's planes are taken as they are");
}

#[test]
fn near_lossless_stays_within_its_bound_for_fewer_bytes() {
    let source = photograph();
    let webp = |level| encoded(&source, |output| (output.lossless, output.near_lossless) = (true, level));
    let exact = webp(100);
    assert_eq!(pixels(&exact), pixels(&source));
    for (level, bound) in [(80, 1), (60, 3), (40, 7), (20, 15), (0, 31)] {
        let near = webp(level);
        assert!(near.len() < exact.len() || level == 80, "{level}: {} of {} bytes", near.len(), exact.len());
        let worst = pixels(&near).iter().zip(pixels(&source)).map(|(a, b)| a.abs_diff(b)).max().unwrap();
        assert!(worst <= bound, "{level}: {worst}");
    }
}

#[test]
fn near_lossless_is_for_lossless_webp() {
    for change in [
        |output: &mut Output| output.near_lossless = 60,
        |output: &mut Output| {
            (output.near_lossless, output.lossless, output.format) = (60, true, Format::Png)
        },
        |output: &mut Output| (output.near_lossless, output.lossless) = (101, true),
    ] {
        let mut options = Options::default();
        change(&mut options.output);
        let error = resize(photograph(), &options).unwrap_err();
        assert!(matches!(&error, Error::InvalidOption { name, .. } if name == "near-lossless"), "{error:?}");
    }
}

#[test]
fn more_effort_takes_fewer_bytes_and_more_work() {
    for format in [Format::Jpeg, Format::Png, Format::Webp] {
        let [fast, default, best] = [Effort::Fast, Effort::Default, Effort::Best].map(|effort| {
            let mut options = Options::default();
            (options.output.format, options.output.effort) = (format, effort);
            let rendition = resize(photograph(), &options).unwrap();
            (rendition.image.len(), rendition.work)
        });
        assert!(best.1 > fast.1, "{format:?}: {fast:?} {default:?} {best:?}");
        // The same quality of a lossy WebP is not the same picture.
        let fewer = best.0 < fast.0 && best.0 <= default.0 || format == Format::Webp;
        assert!(fewer, "{format:?}: {fast:?} {default:?} {best:?}");
    }
}

#[test]
fn a_file_has_no_more_bytes_than_it_may_have() {
    for format in [Format::Jpeg, Format::Webp] {
        for source in [photograph(), encoded(&photograph(), |output| output.format = Format::Jpeg), disc()] {
            let file = |max_bytes| {
                encoded(&source, |output| (output.format, output.max_bytes) = (format, max_bytes))
            };
            let whole = file(None);
            assert_eq!(file(Some(whole.len() as u32)), whole, "one that fits is changed");
            for share in [2, 4] {
                let most = whole.len() / share;
                let small = file(Some(most as u32)).len();
                // The quality is at most six steps below the highest that fits.
                let sized = |quality| {
                    encoded(&source, |output| (output.format, output.quality) = (format, Some(quality))).len()
                };
                let Some(highest) = (10..=85).rev().step_by(5).find(|&quality| sized(quality) <= most) else {
                    assert_eq!(small, sized(10));
                    continue;
                };
                let lowest = sized(highest.saturating_sub(6).max(10));
                assert!(
                    small <= most && small >= lowest,
                    "{format}: {small} of {most} bytes, {lowest} at a quality of {highest} less 6"
                );
            }
            let least = encoded(&source, |output| (output.format, output.quality) = (format, Some(10)));
            assert_eq!(file(Some(1)), least, "the least is not what a quality of 10 gives");
        }
    }
}

#[test]
fn what_has_no_quality_takes_no_notice_of_bytes() {
    for change in [
        |output: &mut Output| output.format = Format::Png,
        |output: &mut Output| output.format = Format::Gif,
        |output: &mut Output| output.lossless = true,
    ] {
        let bounded = encoded(&photograph(), |output| {
            change(output);
            output.max_bytes = Some(100);
        });
        assert_eq!(bounded, encoded(&photograph(), change));
    }
}

#[test]
fn a_search_is_done_in_steps_with_the_work_of_all_its_files() {
    let mut options = Options::default();
    (options.output.format, options.output.max_bytes) = (Format::Webp, Some(2000));
    let mut session = Session::stepped(options.clone());
    session.write(photograph()).unwrap();
    session.finish().unwrap();
    let (mut steps, mut file) = (0, Vec::new());
    while session.step().unwrap() {
        let more = session.read(usize::MAX).unwrap();
        assert!(more.is_empty() || file.is_empty(), "the file came in pieces");
        file.extend(more);
        steps += 1;
    }
    file.extend(session.read(usize::MAX).unwrap());
    let rendition = resize(photograph(), &options).unwrap();
    assert_eq!(file, rendition.image);
    assert!(steps > 20, "{steps} steps");
    let once = resize(photograph(), &Options::default()).unwrap();
    assert!(rendition.work > 2 * once.work, "{} and {}", rendition.work, once.work);

    options.limits.work = rendition.work - 1;
    let error = resize(photograph(), &options).unwrap_err();
    assert!(matches!(error, Error::LimitExceeded { limit: Limit::Work, .. }), "{error:?}");
}

#[test]
fn a_quality_by_what_is_seen_depends_on_the_picture() {
    let file = |source: &[u8], quality, auto| {
        encoded(source, |output| {
            (output.format, output.quality, output.auto_quality) = (Format::Jpeg, quality, auto);
        })
    };
    let found = |source: &[u8], asked| {
        let auto = file(source, asked, true);
        (40..=95).find(|&quality| file(source, Some(quality), false) == auto).unwrap()
    };
    let [photo, lines] = [photograph(), lines()].map(|source| found(&source, None));
    assert!(photo != lines, "{photo} for both");
    assert!(found(&photograph(), Some(50)) < photo);
    for source in [photograph(), disc()] {
        let webp = |auto| encoded(&source, |output| output.auto_quality = auto);
        assert_ne!(webp(true), webp(false));
    }
}

#[test]
fn bytes_bound_a_quality_by_what_is_seen() {
    for format in [Format::Jpeg, Format::Webp] {
        let file = |max_bytes| {
            encoded(&photograph(), |output| {
                (output.format, output.auto_quality, output.max_bytes) = (format, true, max_bytes);
            })
        };
        let seen = file(None).len() as u32;
        assert!(file(Some(seen / 2)).len() as u32 <= seen / 2);
        assert_eq!(file(Some(seen * 4)).len() as u32, seen);
    }
}

#[test]
fn a_picture_too_small_to_be_compared_has_the_quality_asked_for() {
    let small = |auto| {
        let mut options = Options::default();
        options.geometry.width = Some(Length::Pixels(40));
        options.output.auto_quality = auto;
        resize(photograph(), &options).unwrap().image
    };
    assert_eq!(small(true), small(false));
}

/// Makes a rendition as a JPEG, or as whatever is smallest of these formats.
fn smallest(source: &[u8], formats: &[Format]) -> tintype::Rendition {
    let mut options = Options::default();
    options.output.format = formats[0];
    let others = formats[1..].iter().map(|&format| Alternative { format, quality: None });
    options.alternatives = others.collect();
    resize(source, &options).unwrap()
}

#[test]
fn the_smallest_file_of_several_formats_is_the_rendition() {
    const FORMATS: [Format; 3] = [Format::Jpeg, Format::Png, Format::Webp];
    for (source, best) in [(photograph(), Format::Webp), (lines(), Format::Webp), (disc(), Format::Webp)] {
        let rendition = smallest(&source, &[Format::Png, Format::Jpeg, Format::Webp]);
        assert_eq!(rendition.outline.format, best);
        assert_eq!(tintype::sniff(&rendition.image), Some(best));
        let files = FORMATS.map(|format| encoded(&source, |output| output.format = format).len());
        assert!(rendition.image.len() <= *files.iter().min().unwrap(), "{files:?}");
    }
    // Without WebP, a photograph is smallest as a JPEG, and lines as a PNG.
    let formats = [Format::Png, Format::Jpeg];
    assert_eq!(smallest(&photograph(), &formats).outline.format, Format::Jpeg);
    assert_eq!(smallest(&lines(), &formats).outline.format, Format::Png);
}

#[test]
fn lines_are_smallest_without_loss() {
    let rendition = smallest(&lines(), &[Format::Webp, Format::Jpeg]);
    assert_eq!(pixels(&rendition.image), pixels(&lines()));
}

#[test]
fn what_is_transparent_never_becomes_a_jpeg() {
    let rendition = smallest(&disc(), &[Format::Png, Format::Jpeg]);
    assert_eq!(rendition.outline.format, Format::Png);
}

#[test]
fn an_alpha_channel_that_is_opaque_does_not_keep_a_photograph_from_being_a_jpeg() {
    let colors = pixels(&photograph());
    let rgba: Vec<u8> = colors.as_chunks().0.iter().flat_map(|&[r, g, b]| [r, g, b, 255]).collect();
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, SIDE, SIDE);
    encoder.set_color(png::ColorType::Rgba);
    encoder.write_header().unwrap().write_image_data(&rgba).unwrap();
    let rendition = smallest(&file, &[Format::Png, Format::Jpeg]);
    assert_eq!(rendition.image, encoded(&photograph(), |output| output.format = Format::Jpeg));
}

#[test]
fn the_format_of_a_stream_is_known_when_it_is_complete() {
    let mut options = Options::default();
    options.output.format = Format::Png;
    options.alternatives = vec![Alternative { format: Format::Jpeg, quality: Some(40) }];
    let mut session = Session::new(options);
    session.write(photograph()).unwrap();
    assert_eq!(session.read(1).unwrap(), [0; 0]);
    session.finish().unwrap();
    assert_eq!(session.outline().unwrap().format, Format::Jpeg);
    let file = session.read(usize::MAX).unwrap();
    assert_eq!(
        file,
        encoded(&photograph(), |output| (output.format, output.quality) = (Format::Jpeg, Some(40)))
    );
}

#[test]
fn alternatives_that_cannot_be_are_refused() {
    let refused = |format, quality| {
        let options = Options { alternatives: vec![Alternative { format, quality }], ..Options::default() };
        resize(lines(), &options).unwrap_err()
    };
    assert!(matches!(refused(Format::Avif, None), Error::Unsupported { format: Format::Avif, .. }));
    for (format, quality) in [(Format::Gif, None), (Format::Jpeg, Some(0)), (Format::Png, Some(101))] {
        let error = refused(format, quality);
        assert!(matches!(error, Error::InvalidOption { name, .. } if name == "alternative"));
    }
}
