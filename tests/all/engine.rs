//! What the engine promises, on images that the tests make themselves.

use tintype::{
    Color, Crop, Error, Filter, Fit, Format, Gravity, Length, Limit, Options, Position, Rotation, Session,
    resize,
};

/// Pixels with their layout, and back from a PNG.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Picture {
    width: u32,
    height: u32,
    color: png::ColorType,
    pixels: Vec<u8>,
}

impl Picture {
    fn new(
        color: png::ColorType,
        width: u32,
        height: u32,
        mut pixel: impl FnMut(u32, u32) -> Vec<u8>,
    ) -> Self {
        let pixels = (0..height).flat_map(|y| (0..width).map(move |x| (x, y))).flat_map(|(x, y)| pixel(x, y));
        Self { width, height, color, pixels: pixels.collect() }
    }

    fn rgb(width: u32, height: u32, pixel: impl Fn(u32, u32) -> [u8; 3]) -> Self {
        Self::new(png::ColorType::Rgb, width, height, |x, y| pixel(x, y).to_vec())
    }

    fn rgba(width: u32, height: u32, pixel: impl Fn(u32, u32) -> [u8; 4]) -> Self {
        Self::new(png::ColorType::Rgba, width, height, |x, y| pixel(x, y).to_vec())
    }

    fn to_png(&self) -> Vec<u8> {
        self.to_png_with_exif(None)
    }

    fn to_png_with_exif(&self, exif: Option<&[u8]>) -> Vec<u8> {
        let mut file = Vec::new();
        let mut encoder = png::Encoder::new(&mut file, self.width, self.height);
        encoder.set_color(self.color);
        let mut writer = encoder.write_header().unwrap();
        if let Some(exif) = exif {
            writer.write_chunk(png::chunk::eXIf, exif).unwrap();
        }
        writer.write_image_data(&self.pixels).unwrap();
        writer.finish().unwrap();
        file
    }

    fn from_png(file: &[u8]) -> Self {
        let mut decoder = png::Decoder::new(std::io::Cursor::new(file));
        decoder.set_transformations(png::Transformations::EXPAND);
        let mut reader = decoder.read_info().unwrap();
        let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
        let info = reader.next_frame(&mut pixels).unwrap();
        let (color, pixels) = colored(info.color_type, pixels);
        Self { width: info.width, height: info.height, color, pixels }
    }

    fn at(&self, x: u32, y: u32) -> &[u8] {
        let count = self.color.samples();
        &self.pixels[(y * self.width + x) as usize * count..][..count]
    }
}

/// Pixels with three colours, as they are written if they are gray.
fn colored(color: png::ColorType, samples: Vec<u8>) -> (png::ColorType, Vec<u8>) {
    match color {
        png::ColorType::Grayscale => {
            (png::ColorType::Rgb, samples.iter().flat_map(|&gray| [gray; 3]).collect())
        }
        png::ColorType::GrayscaleAlpha => {
            let pixels = samples.as_chunks().0.iter().flat_map(|&[gray, alpha]| [gray, gray, gray, alpha]);
            (png::ColorType::Rgba, pixels.collect())
        }
        _ => (color, samples),
    }
}

/// A gradient with a different colour in each corner, none of them symmetric.
fn corners(width: u32, height: u32) -> Picture {
    Picture::rgb(width, height, |x, y| {
        [(x * 255 / width.max(1)) as u8, (y * 255 / height.max(1)) as u8, ((x * 7 + y * 13) % 200) as u8]
    })
}

/// A picture with detail everywhere.
fn noise(width: u32, height: u32) -> Picture {
    Picture::rgb(width, height, |x, y| {
        let n = (x.wrapping_mul(2_654_435_761) ^ y.wrapping_mul(40_503)).wrapping_mul(2_246_822_519) >> 24;
        [n as u8, (x + n / 4) as u8, y as u8]
    })
}

fn to_png(change: impl FnOnce(&mut Options)) -> Options {
    let mut options = Options::default();
    options.output.format = Format::Png;
    change(&mut options);
    options
}

fn rendition(picture: &Picture, change: impl FnOnce(&mut Options)) -> Picture {
    Picture::from_png(&resize(picture.to_png(), &to_png(change)).unwrap().image)
}

/// A crop to a box.
fn region(x: u32, y: u32, width: u32, height: u32) -> Crop {
    let (x, y) = (Length::Pixels(x), Length::Pixels(y));
    Crop { width: Length::Pixels(width), height: Length::Pixels(height), position: Position::At { x, y } }
}

/// A minimal EXIF structure with an orientation.
fn exif(orientation: u8) -> Vec<u8> {
    let mut tiff = b"MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0".to_vec();
    tiff.extend([orientation, 0, 0, 0, 0, 0, 0]);
    tiff
}

#[test]
fn without_geometry_a_png_comes_back_pixel_by_pixel() {
    let picture = Picture::rgba(37, 21, |x, y| [x as u8 * 6, y as u8 * 11, 90, (x * y % 256) as u8]);
    assert_eq!(rendition(&picture, |_| ()), picture);
}

#[test]
fn one_side_gives_the_other_by_the_aspect_ratio() {
    let picture = corners(400, 301);
    let by_width = rendition(&picture, |options| options.geometry.width = Some(Length::Pixels(100)));
    assert_eq!((by_width.width, by_width.height), (100, 75));
    let by_height = rendition(&picture, |options| options.geometry.height = Some(Length::Pixels(100)));
    assert_eq!((by_height.width, by_height.height), (133, 100));
}

#[test]
fn images_are_enlarged_only_where_asked() {
    let picture = corners(40, 30);
    for (fit, kept, enlarged) in [
        (Fit::Contain, (40, 30), (80, 60)),
        (Fit::Cover, (30, 30), (80, 80)),
        (Fit::Crop, (40, 30), (80, 80)),
        (Fit::Fill, (40, 30), (80, 80)),
        (Fit::Stretch, (30, 30), (80, 80)),
        (Fit::Outside, (40, 30), (107, 80)),
    ] {
        let size = |enlarge| {
            let result = rendition(&picture, |options| {
                options.geometry.width = Some(Length::Pixels(80));
                options.geometry.height = Some(Length::Pixels(80));
                options.geometry.fit = fit;
                options.geometry.enlarge = enlarge;
            });
            (result.width, result.height)
        };
        assert_eq!(size(false), kept, "{fit:?}");
        assert_eq!(size(true), enlarged, "{fit:?}");
    }
}

#[test]
fn cover_keeps_the_part_that_gravity_names() {
    let picture = corners(300, 100);
    let left_edge = |gravity| {
        let result = rendition(&picture, |options| {
            options.geometry.width = Some(Length::Pixels(50));
            options.geometry.height = Some(Length::Pixels(50));
            options.geometry.fit = Fit::Cover;
            options.geometry.position = Position::gravity(gravity);
        });
        assert_eq!((result.width, result.height), (50, 50));
        i32::from(result.at(0, 25)[0])
    };
    for (gravity, red) in [(Gravity::West, 0), (Gravity::Center, 85), (Gravity::East, 170)] {
        assert!((left_edge(gravity) - red).abs() < 3, "{gravity:?}: {} is not {red}", left_edge(gravity));
    }
}

#[test]
fn cover_without_enlargement_cuts_whole_pixels() {
    let picture = corners(40, 30);
    let result = rendition(&picture, |options| {
        options.geometry.width = Some(Length::Pixels(400));
        options.geometry.height = Some(Length::Pixels(100));
        options.geometry.fit = Fit::Cover;
        options.geometry.position = Position::gravity(Gravity::South);
    });
    assert_eq!((result.width, result.height), (40, 10));
    assert_eq!(result.at(3, 0), picture.at(3, 20));
}

#[test]
fn a_crop_is_cut_before_resampling_and_nothing_outside_of_it_bleeds_in() {
    let picture = Picture::rgb(100, 100, |x, y| {
        if (20..60).contains(&x) && (30..70).contains(&y) { [10, 200, 10] } else { [255, 0, 255] }
    });
    let result = rendition(&picture, |options| {
        options.geometry.crop = Some(region(20, 30, 40, 40));
        options.geometry.width = Some(Length::Pixels(13));
    });
    assert!(result.pixels.chunks(3).all(|pixel| pixel == [10, 200, 10]));
}

#[test]
fn a_crop_that_juts_out_is_clipped_and_one_outside_is_refused() {
    let picture = corners(20, 20);
    let clipped = rendition(&picture, |options| {
        options.geometry.crop = Some(region(15, 10, 60_000, 5));
    });
    assert_eq!((clipped.width, clipped.height), (5, 5));
    assert_eq!(clipped.at(0, 0), picture.at(15, 10));

    let outside = to_png(|options| {
        options.geometry.crop = Some(region(20, 0, 1, 1));
    });
    let error = resize(picture.to_png(), &outside).unwrap_err();
    assert!(matches!(&error, Error::InvalidOption { name, .. } if name == "crop"), "{error:?}");
}

#[test]
fn every_exif_orientation_comes_out_upright() {
    let upright = corners(24, 16);
    let stored_at = |orientation, x, y| {
        let (right, bottom) = (23, 15);
        let (x, y) = match orientation {
            1 => (x, y),
            2 => (right - x, y),
            3 => (right - x, bottom - y),
            4 => (x, bottom - y),
            5 => (y, x),
            6 => (right - y, x),
            7 => (right - y, bottom - x),
            _ => (y, bottom - x),
        };
        <[u8; 3]>::try_from(upright.at(x, y)).unwrap()
    };
    for orientation in 1..=8 {
        let (width, height) = if orientation < 5 { (24, 16) } else { (16, 24) };
        let stored = Picture::rgb(width, height, |x, y| stored_at(orientation, x, y));
        let file = stored.to_png_with_exif(Some(&exif(orientation)));
        let result = resize(file.clone(), &to_png(|_| ())).unwrap();
        assert_eq!(result.outline.source.orientation, orientation);
        assert_eq!(Picture::from_png(&result.image), upright, "orientation {orientation}");

        let as_stored = resize(file, &to_png(|options| options.geometry.auto_orient = false)).unwrap();
        assert_eq!(Picture::from_png(&as_stored.image), stored, "orientation {orientation} left alone");
    }
}

#[test]
fn crop_refers_to_the_upright_image_and_fit_to_the_rotated_one() {
    let upright = corners(30, 20);
    let stored = Picture::rgb(20, 30, |x, y| <[u8; 3]>::try_from(upright.at(29 - y, x)).unwrap());
    let options = to_png(|options| {
        options.geometry.crop = Some(region(4, 2, 20, 10));
        options.geometry.rotate = Rotation::Quarter;
    });
    let result = resize(stored.to_png_with_exif(Some(&exif(6))), &options).unwrap();
    let result = Picture::from_png(&result.image);
    assert_eq!((result.width, result.height), (10, 20));
    // The crop's bottom left corner comes to the top left, its top left to the top right.
    assert_eq!(result.at(0, 0), upright.at(4, 11));
    assert_eq!(result.at(9, 0), upright.at(4, 2));
}

#[test]
fn flips_follow_the_rotation() {
    let picture = corners(8, 4);
    let result = rendition(&picture, |options| {
        options.geometry.rotate = Rotation::Quarter;
        options.geometry.flip_horizontal = true;
    });
    // A quarter turn puts the bottom left corner at the top left; the flip then exchanges left and right.
    assert_eq!(result.at(3, 0), picture.at(0, 3));
    assert_eq!(result.at(0, 0), picture.at(0, 0));
}

#[test]
fn colours_under_transparent_pixels_do_not_bleed() {
    let disc = Picture::rgba(200, 200, |x, y| {
        let (dx, dy) = (x as i32 - 100, y as i32 - 100);
        if dx * dx + dy * dy < 80 * 80 { [0, 255, 0, 255] } else { [255, 0, 255, 0] }
    });
    for filter in [Filter::Box, Filter::Bilinear, Filter::CatmullRom, Filter::Mitchell, Filter::Lanczos3] {
        let result = rendition(&disc, |options| {
            options.geometry.width = Some(Length::Pixels(33));
            options.geometry.filter = filter;
        });
        for pixel in result.pixels.chunks(4) {
            assert!(
                pixel[3] == 0 || (pixel[0] < 3 && pixel[1] > 250 && pixel[2] < 3),
                "{filter:?}: {pixel:?}"
            );
        }
    }
}

#[test]
fn a_background_is_drawn_under_transparent_pixels() {
    let glass = Picture::rgba(10, 10, |_, _| [255, 255, 255, 128]);
    let result = rendition(&glass, |options| {
        options.geometry.background = Some(Color { red: 0, green: 0, blue: 0, alpha: 255 });
    });
    assert_eq!(result.color, png::ColorType::Rgb);
    assert_eq!(result.at(5, 5), [128, 128, 128]);
}

#[test]
fn extreme_shapes_survive() {
    for (width, height) in [(1, 1), (1, 5000), (5000, 1), (3, 2)] {
        for target in [1, 2, 7, 500] {
            let result = rendition(&corners(width, height), |options| {
                options.geometry.width = Some(Length::Pixels(target));
                options.geometry.height = Some(Length::Pixels(target));
            });
            assert!(result.width <= target && result.height <= target);
        }
    }
}

#[test]
fn a_flat_colour_stays_flat_with_every_filter() {
    let flat = Picture::rgb(97, 61, |_, _| [200, 100, 3]);
    for filter in [Filter::Box, Filter::Bilinear, Filter::CatmullRom, Filter::Mitchell, Filter::Lanczos3] {
        for (width, height) in [(40, 17), (96, 61), (300, 200)] {
            let result = rendition(&flat, |options| {
                options.geometry.width = Some(Length::Pixels(width));
                options.geometry.height = Some(Length::Pixels(height));
                options.geometry.fit = Fit::Fill;
                options.geometry.enlarge = true;
                options.geometry.filter = filter;
            });
            assert!(result.pixels.chunks(3).all(|pixel| pixel == [200, 100, 3]), "{filter:?} to {width}");
        }
    }
}

#[test]
fn the_result_does_not_depend_on_the_chunks() {
    let picture = corners(150, 90);
    for (name, source) in [("PNG", picture.to_png()), ("WebP", to_webp(&picture))] {
        let mut options = Options::default();
        options.geometry.width = Some(Length::Pixels(60));
        let whole = resize(&source, &options).unwrap();
        for size in [1, 2, 31, 33, 1000] {
            let mut session = Session::new(options.clone());
            let mut image = Vec::new();
            for chunk in source.chunks(size) {
                session.write(chunk).unwrap();
                image.extend(session.read(7).unwrap());
            }
            session.finish().unwrap();
            while let chunk @ [_, ..] = session.read(7).unwrap().as_slice() {
                image.extend(chunk);
            }
            assert_eq!(session.outline(), Some(whole.outline), "{name} in chunks of {size}");
            assert!(image == whole.image, "{name} in chunks of {size}");
        }
    }
}

fn to_webp(picture: &Picture) -> Vec<u8> {
    let options = Options::default();
    resize(picture.to_png(), &options).unwrap().image
}

#[test]
fn a_streamed_png_is_under_way_before_its_end() {
    let source = corners(400, 400).to_png();
    let mut session = Session::new(to_png(|options| options.geometry.width = Some(Length::Pixels(100))));
    session.write(&source[..source.len() / 2]).unwrap();
    assert_eq!(session.outline().unwrap().height, 100);
}

#[test]
fn every_output_format_is_what_it_says() {
    for format in [Format::Jpeg, Format::Png, Format::Webp] {
        for lossless in [false, true] {
            let mut options = to_png(|options| options.output.format = format);
            options.output.lossless = lossless;
            match resize(corners(64, 48).to_png(), &options) {
                Ok(result) => assert_eq!(tintype::sniff(&result.image), Some(format)),
                Err(error) => {
                    assert!(lossless && format == Format::Jpeg, "{format:?}: {error}");
                    assert!(matches!(error, Error::InvalidOption { name, .. } if name == "lossless"));
                }
            }
        }
    }
}

#[test]
fn lossless_webp_comes_back_pixel_by_pixel() {
    let picture = Picture::rgba(33, 20, |x, y| [x as u8 * 7, y as u8 * 9, 5, 100 + y as u8]);
    let mut options = Options::default();
    options.output.lossless = true;
    let webp = resize(picture.to_png(), &options).unwrap().image;
    assert_eq!(Picture::from_png(&resize(webp, &to_png(|_| ())).unwrap().image), picture);
}

#[test]
fn a_higher_quality_costs_more_bytes() {
    let noise = noise(200, 200);
    for format in [Format::Jpeg, Format::Webp] {
        let size = |quality| {
            let mut options = Options::default();
            options.output.format = format;
            options.output.quality = Some(quality);
            resize(noise.to_png(), &options).unwrap().image.len()
        };
        assert!(size(20) < size(60) && size(60) < size(95), "{format:?}");
    }
}

#[test]
fn limits_are_enforced_from_the_header() {
    let source = corners(100, 50).to_png();
    let refused = |change: fn(&mut Options)| match resize(&source, &to_png(change)) {
        Err(Error::LimitExceeded { limit, .. }) => limit,
        other => panic!("not refused: {other:?}"),
    };
    assert_eq!(refused(|options| options.limits.source_bytes = 100), Limit::SourceBytes);
    assert_eq!(refused(|options| options.limits.source_pixels = 4999), Limit::SourcePixels);
    assert_eq!(refused(|options| options.limits.output_side = 99), Limit::OutputSide);
    assert_eq!(refused(|options| options.limits.output_pixels = 4999), Limit::OutputPixels);
    assert_eq!(refused(|options| options.limits.memory = 1 << 20), Limit::Memory);
    assert_eq!(refused(|options| options.limits.work = 200_000), Limit::Work);
}

#[test]
fn a_session_that_works_in_steps_gives_the_same_bytes() {
    let source = noise(900, 700).to_png();
    for format in [Format::Jpeg, Format::Png] {
        let options = to_png(|options| options.output.format = format);
        let expected = resize(&source, &options).unwrap();
        let mut session = Session::stepped(options);
        session.write(&source).unwrap();
        assert_eq!((session.work(), session.outline()), (0, None), "nothing is done before the first step");
        let (mut image, mut steps) = (Vec::new(), 0);
        while session.step().unwrap() {
            image.extend(session.read(usize::MAX).unwrap());
            steps += 1;
        }
        session.finish().unwrap();
        while session.step().unwrap() {}
        image.extend(session.read(usize::MAX).unwrap());
        assert!(image == expected.image, "{format:?}");
        assert!(steps > 3, "{format:?}: {steps} steps");
    }
}

/// A session that has taken a small picture, to be enlarged to 16 megapixels of PNG, with this memory.
fn enlarging(memory: u64) -> Session {
    let options = to_png(|options| {
        (options.geometry.width, options.geometry.enlarge) = (Some(Length::Pixels(4000)), true);
        options.limits.memory = memory;
    });
    let mut session = Session::stepped(options);
    session.write(noise(60, 60).to_png()).unwrap();
    session.finish().unwrap();
    session
}

#[test]
fn enlarging_a_small_picture_takes_many_steps() {
    let mut session = enlarging(11 << 20);
    let (mut before, mut most, mut bytes) = (0, 0, 0);
    while session.step().unwrap() {
        most = most.max(session.work() - before);
        before = session.work();
        bytes += session.read(usize::MAX).unwrap().len();
    }
    assert!(most < before / 10, "{most} of {before} units of work in a step");
    assert!(bytes > 3 << 20, "{bytes} bytes");
}

#[test]
fn a_file_that_nobody_reads_counts_against_the_limit_of_memory() {
    let unread = |memory| {
        let mut session = enlarging(memory);
        loop {
            match session.step() {
                Ok(true) => (),
                Ok(false) => return Ok(()),
                Err(error) => return Err(error),
            }
        }
    };
    let Err(Error::LimitExceeded { limit: Limit::Memory, needed, .. }) = unread(11 << 20) else {
        panic!("a whole file in 11 MiB")
    };
    assert_eq!(unread(needed), Ok(()), "{needed} bytes were said to be enough");
}

#[test]
fn work_does_not_depend_on_the_chunks() {
    let picture = noise(300, 200);
    let in_format = |format| {
        let mut options = Options::default();
        (options.output.format, options.output.lossless) = (format, format == Format::Webp);
        resize(picture.to_png(), &options).unwrap().image
    };
    let after = |mut file: Vec<u8>| {
        file.extend([0; 100_000]);
        file
    };
    let sources = [
        ("PNG", picture.to_png()),
        ("PNG before other bytes", after(picture.to_png())),
        ("JPEG", in_format(Format::Jpeg)),
        ("JPEG before other bytes", after(in_format(Format::Jpeg))),
        ("lossy WebP", to_webp(&picture)),
        ("lossless WebP", in_format(Format::Webp)),
        ("GIF", gif(3, 2, true)),
    ];
    for (name, source) in sources {
        let options = to_png(|options| options.geometry.width = Some(Length::Pixels(3)));
        let whole = resize(&source, &options).unwrap().work;
        for size in [1, 77, 70_000] {
            let mut session = Session::new(options.clone());
            source.chunks(size).for_each(|chunk| session.write(chunk).unwrap());
            session.finish().unwrap();
            assert_eq!(session.work(), whole, "{name} in chunks of {size}");
        }
    }
}

#[test]
fn more_work_is_told_for_more_pixels() {
    let source = noise(300, 200).to_png();
    let options = to_png(|options| options.geometry.width = Some(Length::Pixels(100)));
    let whole = resize(&source, &options).unwrap().work;
    let larger =
        resize(&source, &to_png(|options| options.geometry.width = Some(Length::Pixels(200)))).unwrap().work;
    assert!(whole < larger, "{whole} {larger}");
    let exact = |work| {
        resize(&source, &to_png(|o| (o.geometry.width, o.limits.work) = (Some(Length::Pixels(100)), work)))
    };
    assert!(exact(whole).is_ok());
    assert!(matches!(exact(whole / 2), Err(Error::LimitExceeded { limit: Limit::Work, .. })));
}

/// A file with some bytes replaced.
fn patched(mut file: Vec<u8>, at: usize, bytes: &[u8]) -> Vec<u8> {
    file[at..at + bytes.len()].copy_from_slice(bytes);
    file
}

#[test]
fn the_pixels_of_a_png_are_checked_before_its_codec_sees_it() {
    let file = corners(4, 4).to_png();
    let vast = patched(file, 16, &[0x7F, 0xFF, 0xFF, 0xFF, 0x7F, 0xFF, 0xFF, 0xFF]);
    let needed = u64::from(i32::MAX as u32).pow(2);
    let error = resize(vast, &Options::default()).unwrap_err();
    assert!(
        matches!(error, Error::LimitExceeded { limit: Limit::SourcePixels, needed: n, .. } if n == needed),
        "{error:?}"
    );
}

#[test]
fn a_kind_of_jpeg_that_is_not_handled_is_named_in_a_sentence() {
    let options = to_png(|options| options.output.format = Format::Jpeg);
    let jpeg = resize(corners(8, 8).to_png(), &options).unwrap().image;
    let frame = jpeg.windows(2).position(|marker| marker == [0xFF, 0xC0]).unwrap();
    for (at, byte, message) in [
        (1, 0xC3, "JPEG with lossless coding is not supported"),
        (1, 0xC6, "JPEG with hierarchical coding is not supported"),
        (1, 0xC9, "JPEG with arithmetic coding is not supported"),
        (4, 12, "JPEG with 12 bits per sample is not supported"),
    ] {
        let error = resize(patched(jpeg.clone(), frame + at, &[byte]), &Options::default()).unwrap_err();
        assert_eq!(error.to_string(), message);
    }
}

#[test]
fn options_out_of_range_are_named() {
    let source = corners(4, 4).to_png();
    let name = |change: fn(&mut Options)| match resize(&source, &to_png(change)) {
        Err(Error::InvalidOption { name, .. }) => name,
        other => panic!("not refused: {other:?}"),
    };
    assert_eq!(name(|options| options.geometry.width = Some(Length::Pixels(0))), "width");
    assert_eq!(name(|options| options.geometry.height = Some(Length::Pixels(0))), "height");
    assert_eq!(name(|options| options.output.quality = Some(0)), "quality");
    assert_eq!(name(|options| options.output.quality = Some(101)), "quality");
    assert_eq!(name(|options| options.output.location = true), "location");
    // What a caller's language makes of -1.
    assert_eq!(name(|options| options.geometry.inset.left = u32::MAX), "inset");
    assert_eq!(name(|options| options.geometry.padding.top = u32::MAX), "padding");
}

#[test]
fn what_is_not_handled_says_so() {
    let avif = b"\0\0\0\x1cftypavif\0\0\0\0avifmif1miafMA1B and so on";
    let error = resize(avif.as_slice(), &Options::default()).unwrap_err();
    assert!(matches!(error, Error::Unsupported { format: Format::Avif, .. }), "{error:?}");
    let error = resize(corners(2, 2).to_png(), &to_png(|options| options.output.format = Format::Avif));
    assert!(matches!(error, Err(Error::Unsupported { format: Format::Avif, .. })), "{error:?}");
    for source in [b"".as_slice(), b"no image", b"no image, and longer than any signature is"] {
        assert_eq!(resize(source, &Options::default()).unwrap_err(), Error::Unrecognized);
    }
}

#[test]
fn a_source_that_ends_too_early_is_malformed() {
    let png = corners(100, 100).to_png();
    let webp = to_webp(&corners(100, 100));
    let mut options = Options::default();
    options.input.allow_damaged = false;
    for (source, format) in [(png, Format::Png), (webp, Format::Webp)] {
        for keep in [33, source.len() / 2, source.len() - 30] {
            let error = resize(&source[..keep], &options).unwrap_err();
            assert!(
                matches!(&error, Error::Malformed { format: told, .. } if *told == format),
                "{format:?} cut to {keep}: {error:?}"
            );
        }
    }
}

#[test]
fn a_jpeg_or_webp_that_ends_too_early_keeps_what_is_there_unless_that_is_refused() {
    for (format, lossless) in [(Format::Jpeg, false), (Format::Webp, false), (Format::Webp, true)] {
        let mut options = to_png(|options| options.output.format = format);
        options.output.lossless = lossless;
        let whole = resize(corners(200, 200).to_png(), &options).unwrap().image;
        let cut = &whole[..whole.len() * 2 / 3];

        (options.output.format, options.output.lossless) = (Format::Png, false);
        assert!(!resize(&whole, &options).unwrap().damaged);
        let kept = resize(cut, &options).unwrap();
        assert!(kept.damaged);
        let kept = Picture::from_png(&kept.image);
        let (expected, top) = (corners(200, 200), &kept.at(20, 20)[..2]); // blue is too fine for halved chroma
        assert!(top.iter().zip(expected.at(20, 20)).all(|(a, b)| a.abs_diff(*b) < 40), "{format:?} {top:?}");

        options.input.allow_damaged = false;
        let error = resize(cut, &options).unwrap_err();
        assert!(matches!(&error, Error::Malformed { format: told, .. } if *told == format), "{error:?}");
    }
}

#[test]
fn nothing_is_accepted_after_the_end() {
    let mut session = Session::new(Options::default());
    session.write(corners(8, 8).to_png()).unwrap();
    session.finish().unwrap();
    assert_eq!(session.write(b"more".as_slice()), Err(Error::Ended));

    let mut session = Session::new(Options::default());
    assert_eq!(session.write([b'x'; 64].as_slice()), Err(Error::Unrecognized));
    assert_eq!(session.write(corners(8, 8).to_png()), Err(Error::Ended));
    assert_eq!(session.finish(), Err(Error::Ended));
    assert_eq!(session.read(1), Err(Error::Ended));
}

#[test]
fn inspection_tells_what_the_file_says() {
    let file = corners(20, 10).to_png_with_exif(Some(&exif(6)));
    let info = tintype::inspect(&file).unwrap();
    assert_eq!((info.source.width, info.source.height, info.source.orientation), (20, 10, 6));
    assert_eq!((info.frames, info.source.bit_depth, info.source.alpha), (1, 8, false));
    assert_eq!(info.exif, Some(tintype::Exif::default()));
}

/// A GIF with a canvas of 4 × 4 pixels and one frame of 2 × 2 black pixels.
fn gif(left: u8, top: u8, interlaced: bool) -> Vec<u8> {
    let mut file = b"GIF89a\x04\0\x04\0\x80\0\0\0\0\0\xff\xff\xff,".to_vec();
    file.extend([left, 0, top, 0, 2, 0, 2, 0, if interlaced { 0x40 } else { 0 }]);
    // The codes 4 (clear), 0, 0, 0, 0 and 5 (end), of three bits each and then, as there are nine, of four.
    file.extend(b"\x02\x03\x04\x00\x05\0;");
    file
}

#[test]
fn a_frame_of_a_gif_may_lie_anywhere_and_enlarges_the_canvas() {
    for interlaced in [false, true] {
        for (left, top) in [(0, 0), (1, 2), (3, 3), (4, 0), (0, 4), (9, 9), (200, 1)] {
            let made = resize(gif(left, top, interlaced), &to_png(|_| ())).unwrap();
            let picture = Picture::from_png(&made.image);
            let (width, height) = (u32::from(left) + 2, u32::from(top) + 2);
            assert_eq!((picture.width, picture.height), (width.max(4), height.max(4)));
            for (x, y) in (0..picture.width).flat_map(|x| (0..picture.height).map(move |y| (x, y))) {
                let covered = (u32::from(left)..u32::from(left) + 2).contains(&x)
                    && (u32::from(top)..u32::from(top) + 2).contains(&y);
                let expected = if covered { [0, 0, 0, 255] } else { [0, 0, 0, 0] };
                assert_eq!(picture.at(x, y), expected, "{left} {top} {interlaced}: {x} {y}");
            }
        }
    }
}
