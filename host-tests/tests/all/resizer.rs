//! `dist/resizer.wasm`, called as any component could call it.

use std::sync::LazyLock;

use harness::Resizer;
use tintype_jpeg::encode::{Encoder, EncoderConfig};

use harness::resizer::types::{Color, ColorModel, Error, Fit, Format, Length, Limit, Options, Rotation};
use pictures::{
    self, JpegColor, JpegStyle, Picture, PngColor, PngStyle, alike, gradient, lettering, orientation_chart,
    photograph, transparent_disc,
};

const ENCODED: [Format; 4] = [Format::Jpeg, Format::Png, Format::Webp, Format::Gif];

/// 12 megapixels, as phones make them.
static LARGE_PHOTOGRAPH: LazyLock<Vec<u8>> = LazyLock::new(|| photograph(4000, 3000).jpeg());

/// Default options with changes.
fn options(change: impl FnOnce(&mut Options)) -> Options {
    let mut options = Options::default();
    change(&mut options);
    options
}

fn to_width(width: u32, format: Format) -> Options {
    options(|options| {
        options.geometry.width = Some(Length::Pixels(width));
        options.output.format = format;
    })
}

/// The rendition's picture.
fn render(image: &[u8], options: &Options) -> Picture {
    let rendition = Resizer::new().resize(image, options).expect("a rendition");
    let picture = Picture::read(&rendition.image);
    assert_eq!((rendition.outline.width, rendition.outline.height), (picture.width, picture.height));
    picture
}

#[test]
fn a_photograph_becomes_a_smaller_one_in_every_format() {
    let photo = photograph(1200, 900);
    let expected = photo.shrunk(400, 300);
    for format in ENCODED {
        let rendition = render(&photo.jpeg(), &to_width(400, format));
        let difference = rendition.difference(&expected);
        // A palette of a photograph is coarse.
        let tolerance = if format == Format::Gif { 8.0 } else { 4.0 };
        assert!(difference < tolerance, "{format:?} differs by {difference}");
    }
}

#[test]
fn every_kind_of_jpeg_file_is_read() {
    let photo = photograph(300, 200);
    let expected = photo.shrunk(150, 100);
    for color in [JpegColor::Subsampled, JpegColor::Full, JpegColor::Cmyk, JpegColor::Ycck] {
        for (progressive, restart) in [(false, 0), (false, 4), (true, 0)] {
            let style = JpegStyle { quality: 95, color, progressive, restart, orientation: None };
            let file = photo.jpeg_as(&style);
            let difference = render(&file, &to_width(150, Format::Png)).difference(&expected);
            assert!(difference < 4.0, "{style:?} differs by {difference}");
            let model = Resizer::new().describe(&file).unwrap().source.color;
            let cmyk = matches!(color, JpegColor::Cmyk | JpegColor::Ycck);
            assert_eq!(model, if cmyk { ColorModel::Cmyk } else { ColorModel::Rgb }, "{style:?}");
        }
    }
}

#[test]
fn a_gray_jpeg_stays_gray() {
    let style = JpegStyle { color: JpegColor::Gray, ..JpegStyle::default() };
    let file = photograph(300, 200).jpeg_as(&style);
    let rendition = render(&file, &to_width(100, Format::Png));
    assert!(rendition.pixels.iter().all(|[r, g, b, _]| r == g && g == b));
    assert_eq!(Resizer::new().describe(&file).unwrap().source.color, ColorModel::Gray);
}

#[test]
fn every_kind_of_png_file_is_read() {
    let picture = gradient(120, 90);
    let expected = picture.shrunk(60, 45);
    for interlaced in [false, true] {
        for color in [PngColor::Rgb(8), PngColor::Rgb(16), PngColor::Rgba(8), PngColor::Rgba(16)] {
            let style = PngStyle { color, interlaced, ..PngStyle::default() };
            let difference =
                render(&picture.png_as(&style), &to_width(60, Format::Png)).difference(&expected);
            assert!(difference < 1.0, "{style:?} differs by {difference}");
        }
        let style = PngStyle { color: PngColor::Palette, interlaced, ..PngStyle::default() };
        let difference = render(&picture.png_as(&style), &to_width(60, Format::Png)).difference(&expected);
        assert!(difference < 16.0, "{style:?} differs by {difference}");
    }
}

#[test]
fn gray_png_files_of_every_depth_show_the_same_picture() {
    let checks =
        Picture::draw(64, 64, |x, y| if (x / 16 + y / 16) % 2 == 0 { [0, 0, 0, 255] } else { [255; 4] });
    for interlaced in [false, true] {
        for depth in [1, 2, 4, 8, 16] {
            let style = PngStyle { color: PngColor::Gray(depth), interlaced, ..PngStyle::default() };
            let rendition = render(&checks.png_as(&style), &to_width(64, Format::Png));
            let difference = rendition.difference(&checks);
            // The low byte of 16-bit black is not zero.
            assert!(difference <= 1.0, "{style:?} differs by {difference}");
        }
    }
}

#[test]
fn webp_and_gif_files_are_read() {
    let picture = gradient(120, 90);
    let expected = picture.shrunk(60, 45);
    let lossy = Resizer::new().resize(&picture.png(), &to_width(120, Format::Webp)).unwrap().image;
    for (file, tolerance) in [(picture.webp(), 1.0), (lossy, 4.0), (picture.gif(&[lettering(120, 90)]), 8.0)]
    {
        let difference = render(&file, &to_width(60, Format::Png)).difference(&expected);
        assert!(difference < tolerance, "{:?} differs by {difference}", &file[..12]);
    }
    let info = Resizer::new().describe(&picture.gif(&[lettering(120, 90)])).unwrap();
    assert_eq!((info.frames, info.source.format, info.source.width), (2, Format::Gif, 120));
}

#[test]
fn all_eight_orientations_come_out_upright() {
    let chart = orientation_chart(120, 80);
    for orientation in 1..=8 {
        let stored = chart.stored_as(orientation);
        let jpeg = JpegStyle { quality: 95, orientation: Some(orientation), ..JpegStyle::default() };
        let png = PngStyle { orientation: Some(orientation), ..PngStyle::default() };
        for file in [stored.jpeg_as(&jpeg), stored.png_as(&png), stored.webp_turned(Some(orientation))] {
            let described = Resizer::new().describe(&file).unwrap().source;
            let found = format!("{:?} with orientation {orientation}", described.format);
            assert_eq!(described.orientation, orientation, "{found}");
            assert_eq!((described.width, described.height), (stored.width, stored.height), "{found}");
            for format in ENCODED {
                let rendition = render(&file, &to_width(60, format));
                assert_eq!((rendition.width, rendition.height), (60, 40), "{found}");
                for (x, y) in [(100, 100), (900, 100), (100, 900), (900, 900), (500, 500)] {
                    let (seen, meant) = (rendition.at_permille(x, y), chart.at_permille(x, y));
                    assert!(alike(seen, meant, 24), "{found}: {seen:?} at {x}, {y} is not {meant:?}");
                }
            }
        }
    }
}

#[test]
fn an_orientation_is_ignored_where_that_is_asked_for() {
    let chart = orientation_chart(120, 80);
    let style = JpegStyle { orientation: Some(6), ..JpegStyle::default() };
    let file = chart.jpeg_as(&style);
    let rendition = render(&file, &options(|options| options.geometry.auto_orient = false));
    assert_eq!((rendition.width, rendition.height), (120, 80));
    assert!(alike(rendition.at(2, 2), chart.at(2, 2), 24));
}

#[test]
fn rotation_and_mirroring_move_the_corners() {
    let chart = orientation_chart(120, 80);
    for (rotation, flip, stored_as) in [
        (Rotation::Quarter, false, 8),
        (Rotation::Half, false, 3),
        (Rotation::ThreeQuarters, false, 6),
        (Rotation::None, true, 2),
    ] {
        let expected = chart.stored_as(stored_as);
        let rendition = render(
            &chart.png(),
            &options(|options| {
                options.output.format = Format::Png;
                options.geometry.rotate = rotation;
                options.geometry.flip_horizontal = flip;
            }),
        );
        assert_eq!(rendition.difference(&expected), 0.0, "{rotation:?}, flip {flip}");
    }
}

#[test]
fn colours_under_transparent_pixels_do_not_bleed() {
    let disc = transparent_disc(240, 240);
    for file in [disc.png(), disc.png_as(&PngStyle { interlaced: true, ..PngStyle::default() }), disc.webp()]
    {
        for width in [239, 101, 30, 7] {
            for format in [Format::Png, Format::Webp] {
                let rendition = render(
                    &file,
                    &options(|options| {
                        options.geometry.width = Some(Length::Pixels(width));
                        options.output.format = format;
                        options.output.lossless = true;
                    }),
                );
                let visible = rendition.pixels.iter().filter(|pixel| pixel[3] > 16);
                let bled = visible.clone().find(|pixel| pixel[0] > 40 || pixel[1] < 170 || pixel[2] > 90);
                assert!(visible.count() > 10, "{format:?} of width {width} shows a disc");
                assert_eq!(bled, None, "{format:?} of width {width}");
            }
        }
    }
}

#[test]
fn a_format_without_transparency_gets_a_background() {
    let file = transparent_disc(120, 120).png();
    let corner = |color| {
        let rendition = render(
            &file,
            &options(|options| {
                options.geometry.background = color;
                options.output.format = Format::Jpeg;
            }),
        );
        rendition.at(2, 2)
    };
    assert!(alike(corner(None), [255, 255, 255, 255], 10));
    let navy = Color { red: 10, green: 20, blue: 90, alpha: 255 };
    assert!(alike(corner(Some(navy)), [10, 20, 90, 255], 12));
}

#[test]
fn the_smallest_and_the_thinnest_pictures_work() {
    for format in ENCODED {
        for (picture, width, height) in
            [(gradient(1, 1), 1, 1), (gradient(1, 5000), 1, 500), (gradient(5000, 1), 500, 1)]
        {
            let shape = (picture.width, picture.height);
            for file in [picture.png(), picture.jpeg(), picture.webp()] {
                let rendition = render(
                    &file,
                    &options(|options| {
                        options.geometry.width = Some(Length::Pixels(500));
                        options.geometry.height = Some(Length::Pixels(500));
                        options.output.format = format;
                    }),
                );
                assert_eq!((rendition.width, rendition.height), (width, height), "{shape:?} as {format:?}");
            }
        }
    }
}

#[test]
fn pictures_grow_only_where_that_is_asked_for() {
    let file = photograph(100, 60).jpeg();
    for fit in [Fit::Contain, Fit::Fill, Fit::Cover] {
        let asked = |enlarge| {
            options(|options| {
                options.geometry.width = Some(Length::Pixels(300));
                options.geometry.height = Some(Length::Pixels(180));
                options.geometry.fit = fit;
                options.geometry.enlarge = enlarge;
            })
        };
        let kept = render(&file, &asked(false));
        assert_eq!((kept.width, kept.height), (100, 60), "{fit:?}");
        let grown = render(&file, &asked(true));
        assert_eq!((grown.width, grown.height), (300, 180), "{fit:?}");
    }
}

#[test]
fn chunks_of_any_size_give_the_bytes_of_one_call() {
    let photo = photograph(130, 97);
    let progressive = JpegStyle { progressive: true, ..JpegStyle::default() };
    let interlaced = PngStyle { interlaced: true, ..PngStyle::default() };
    let files = [
        photo.jpeg(),
        photo.jpeg_as(&progressive),
        photo.png(),
        photo.png_as(&interlaced),
        photo.webp(),
        photo.gif(&[]),
    ];
    for file in files {
        for format in ENCODED {
            let options = to_width(60, format);
            let whole = Resizer::new().resize(&file, &options).unwrap();
            for (write, read) in [(1, 1), (7, 1 << 20), (1000, 13), (usize::MAX, 1 << 20)] {
                let mut resizer = Resizer::new();
                let streamed = resizer.session(&options).pump(&file, write, read).unwrap();
                assert_eq!(
                    streamed, whole.image,
                    "{:?} in chunks of {write} to {format:?}",
                    whole.outline.source.format
                );
            }
        }
    }
}

#[test]
fn a_session_tells_the_outline_as_soon_as_it_has_the_header() {
    let file = photograph(400, 300).jpeg();
    let mut resizer = Resizer::new();
    let options = to_width(100, Format::Webp);
    let mut session = resizer.session(&options);
    assert!(session.outline().is_none());
    session.write(&file[..file.len() / 2]).unwrap();
    let outline = session.outline().expect("the header has been read");
    assert_eq!((outline.width, outline.height, outline.source.width), (100, 75, 400));
    session.write(&file[file.len() / 2..]).unwrap();
    session.finish().unwrap();
    assert_eq!(session.finish(), Err(Error::Ended));
}

#[test]
fn after_an_error_a_session_is_over() {
    let mut resizer = Resizer::new();
    let options = Options::default();
    let mut session = resizer.session(&options);
    let first =
        session.write(b"this is no image, however long one waits for it").and_then(|()| session.finish());
    assert_eq!(first, Err(Error::Unrecognized));
    assert_eq!(session.write(b"more"), Err(Error::Ended));
    assert_eq!(session.read(10), Err(Error::Ended));
}

#[test]
fn one_instance_serves_many_calls_and_gives_the_same_bytes_each_time() {
    let mut resizer = Resizer::new();
    let file = photograph(300, 200).jpeg();
    let options = to_width(120, Format::Webp);
    let first = resizer.resize(&file, &options).unwrap();
    let mut memory = 0;
    for round in 0..20 {
        // Whether a file that breaks off gives a rendition or an error, it must not affect the next.
        let _ = resizer.resize(&file[..file.len() / 3 + round], &to_width(50, Format::Png));
        assert_eq!(resizer.resize(&file, &options).unwrap(), first);
        if round == 9 {
            memory = resizer.memory();
        }
    }
    assert_eq!(resizer.memory(), memory, "memory is given back");
}

#[test]
fn twelve_megapixels_stream_through_a_few_mebibytes() {
    let (jpeg, source) = (to_width(800, Format::Jpeg), LARGE_PHOTOGRAPH.len());
    let mut resizer = Resizer::limited((10 << 20) + source);
    let rendition = resizer.resize(&LARGE_PHOTOGRAPH, &jpeg).unwrap();
    assert_eq!((rendition.outline.width, rendition.outline.height), (800, 600));
    println!("resize: {} bytes of memory, {} units of fuel", resizer.memory(), resizer.fuel());

    let mut resizer = Resizer::limited(4 << 20);
    let streamed = resizer.session(&jpeg).pump(&LARGE_PHOTOGRAPH, 64 << 10, 64 << 10).unwrap();
    assert!(streamed == rendition.image, "a session gives the same bytes");
    println!("session: {} bytes of memory", resizer.memory());

    let mut resizer = Resizer::limited(10 << 20);
    resizer.session(&to_width(800, Format::Webp)).pump(&LARGE_PHOTOGRAPH, 64 << 10, 64 << 10).unwrap();
    println!("session, to WebP: {} bytes of memory", resizer.memory());
}

/// A file of 11,548 × 8,660 pixels, with detail everywhere.
fn hundred_megapixels(progressive: bool) -> Vec<u8> {
    let (width, height) = (11_548, 8_660);
    let mut encoder =
        Encoder::new(EncoderConfig { progressive, ..EncoderConfig::new(width, height) }).unwrap();
    let mut row = vec![0; width as usize * 3];
    for y in 0..height {
        for (x, pixel) in row.as_chunks_mut::<3>().0.iter_mut().enumerate() {
            let (x, y) = (x as u32, y);
            let texture = ((x * x / 97) ^ (y * y / 89)) as u8 & 31;
            pixel.copy_from_slice(&[(x / 46) as u8 ^ texture, (y / 34) as u8 ^ texture, texture * 3]);
        }
        encoder.write_rgb(&row).unwrap();
    }
    encoder.finish().unwrap();
    encoder.take_output()
}

#[test]
fn a_hundred_megapixels_stream_through_a_few_mebibytes() {
    for (progressive, limit) in [(false, 4 << 20), (true, 24 << 20)] {
        let file = hundred_megapixels(progressive);
        let mut resizer = Resizer::limited(limit);
        let mut options = to_width(800, Format::Jpeg);
        options.limits.source_pixels = 101_000_000;
        options.limits.source_bytes = u64::MAX;
        let rendition = resizer.session(&options).pump(&file, 64 << 10, 64 << 10).unwrap();
        println!("{} bytes of file, {} of memory, progressive: {progressive}", file.len(), resizer.memory());
        let picture = Picture::read(&rendition);
        assert_eq!((picture.width, picture.height), (800, 600));
    }
}

#[test]
fn limits_are_checked_before_pixels_are_allocated() {
    let mut resizer = Resizer::new();
    let instance = resizer.memory();
    let options = options(|options| options.limits.source_pixels = 11_999_999);
    let error = resizer.resize(&LARGE_PHOTOGRAPH, &options).unwrap_err();
    let (limit, allowed, needed) = (Limit::SourcePixels, 11_999_999, 12_000_000);
    assert_eq!(error, Error::LimitExceeded { limit, allowed, needed });
    assert!(
        resizer.memory() < instance + LARGE_PHOTOGRAPH.len() * 2 + (2 << 20),
        "{} bytes",
        resizer.memory()
    );
}

#[test]
fn what_cannot_be_done_is_told_by_name() {
    let mut resizer = Resizer::new();
    let photo = pictures::photograph(40, 30).jpeg();
    let mut fail = |image: &[u8], change: &dyn Fn(&mut Options)| {
        let mut options = Options::default();
        change(&mut options);
        resizer.resize(image, &options).expect_err("an error")
    };
    assert_eq!(fail(b"", &|_| {}), Error::Unrecognized);
    assert_eq!(fail(b"<!doctype html><title>no image</title>", &|_| {}), Error::Unrecognized);
    let error = fail(&photo, &|options| options.output.format = Format::Avif);
    assert_eq!(error, Error::unsupported(Format::Avif, "encoding"));
    let error = fail(&photo, &|options| options.geometry.width = Some(Length::Pixels(0)));
    assert!(matches!(error, Error::InvalidOption { name, .. } if name == "width"));
    let header_only = &photo[..photo.len().min(200)];
    assert!(matches!(fail(header_only, &|_| {}), Error::Malformed { format: Format::Jpeg, .. }));
}

#[test]
fn a_file_that_has_to_be_held_whole_is_refused_before_it_fills_the_memory() {
    let mut options = to_width(300, Format::Jpeg);
    options.limits.memory = 8 << 20;
    let mut resizer = Resizer::limited(8 << 20);
    let mut session = resizer.session(&options);
    // Its EXIF data is at the end, and has to be known first.
    let mut source = photograph(64, 64).webp_turned(Some(6));
    source.resize(64 << 10, 0);
    let refusal = (0..200).find_map(|_| session.write(&source).err());
    let limit = 8 << 20;
    assert!(
        matches!(refusal, Some(Error::LimitExceeded { limit: Limit::Memory, allowed, .. }) if allowed == limit)
    );
}
