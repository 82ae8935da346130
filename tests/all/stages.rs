//! What surrounds an image, and what is cut out of it by its content: through the engine's public functions.

use std::io::Cursor;

use png::ColorType::{self, Grayscale, GrayscaleAlpha, Rgb, Rgba};
use tintype::{
    Angle, Color, Error, Extend, Fill, Fit, Format, Geometry, Gravity, Length, Limit, Mask, MaskShape,
    Options, Position, Rotation, Session, Setting, Sides, Smart, Tilt, Trim, resize,
};

const RED: Color = Color { red: 255, green: 0, blue: 0, alpha: 255 };

struct Picture {
    width: usize,
    height: usize,
    color: ColorType,
    pixels: Vec<u8>,
}

impl Picture {
    fn new<const N: usize>(width: u32, height: u32, pixel: impl Fn(u32, u32) -> [u8; N]) -> Self {
        let places = (0..height).flat_map(|y| (0..width).map(move |x| (x, y)));
        let pixels = places.flat_map(|(x, y)| pixel(x, y)).collect();
        let color = [Grayscale, GrayscaleAlpha, Rgb, Rgba][N - 1];
        Self { width: width as usize, height: height as usize, color, pixels }
    }

    fn to_png(&self) -> Vec<u8> {
        let mut file = Vec::new();
        let mut encoder = png::Encoder::new(&mut file, self.width as u32, self.height as u32);
        encoder.set_color(self.color);
        encoder.write_header().unwrap().write_image_data(&self.pixels).unwrap();
        file
    }

    fn from_png(file: &[u8]) -> Self {
        let mut decoder = png::Decoder::new(Cursor::new(file));
        decoder.set_transformations(png::Transformations::EXPAND);
        let mut reader = decoder.read_info().unwrap();
        let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
        let info = reader.next_frame(&mut pixels).unwrap();
        let (width, height) = (info.width as usize, info.height as usize);
        Self { width, height, color: info.color_type, pixels }
    }

    fn at(&self, x: usize, y: usize) -> &[u8] {
        let count = self.color.samples();
        &self.pixels[(y * self.width + x) * count..][..count]
    }

    fn corners(&self) -> [&[u8]; 4] {
        let (right, bottom) = (self.width - 1, self.height - 1);
        [self.at(0, 0), self.at(right, 0), self.at(0, bottom), self.at(right, bottom)]
    }
}

fn options(format: Format, geometry: Geometry) -> Options {
    let mut options = Options::default();
    (options.output.format, options.geometry) = (format, geometry);
    options
}

fn rendition(picture: &Picture, geometry: Geometry) -> Picture {
    Picture::from_png(&resize(picture.to_png(), &options(Format::Png, geometry)).unwrap().image)
}

/// As a JPEG or WebP, seen again as a PNG.
fn encoded(picture: &[u8], format: Format, geometry: Geometry) -> Picture {
    let file = resize(picture, &options(format, geometry)).unwrap().image;
    Picture::from_png(&resize(file, &options(Format::Png, Geometry::default())).unwrap().image)
}

fn gray(width: u32, height: u32) -> Picture {
    Picture::new(width, height, |x, y| [(100 + x * 10 + y) as u8])
}

fn tilt(degrees: f64, background: Option<Color>) -> Option<Tilt> {
    Some(Tilt { angle: Angle::try_from(degrees).unwrap(), background })
}

fn near(pixel: &[u8], expected: &[u8], off: u8) {
    assert_eq!(pixel.len(), expected.len(), "{pixel:?} {expected:?}");
    let is_near = pixel.iter().zip(expected).all(|(a, b)| a.abs_diff(*b) <= off);
    assert!(is_near, "{pixel:?} instead of {expected:?}");
}

#[test]
fn padding_is_transparent_or_has_the_colour_of_the_fill_or_of_what_lies_below() {
    let picture = gray(4, 3);
    let padded = Geometry { padding: Sides { top: 1, right: 2, bottom: 3, left: 4 }, ..Geometry::default() };

    let clear = rendition(&picture, padded);
    assert_eq!((clear.width, clear.height, clear.color), (10, 7, GrayscaleAlpha));
    assert_eq!(clear.corners(), [[0; 2]; 4]);
    assert_eq!((clear.at(4, 1), clear.at(7, 3)), (&[100, 255][..], &[132, 255][..]));

    let red = rendition(&picture, Geometry { fill: Some(Fill::Color(RED)), ..padded });
    assert_eq!((red.color, red.corners()), (Rgb, [&[255, 0, 0][..]; 4]));

    let white = rendition(&picture, Geometry { background: Some(Color::WHITE), ..padded });
    assert_eq!((white.color, white.corners()), (Grayscale, [&[255][..]; 4]));

    let veil = Color { alpha: 128, ..RED };
    let veiled = rendition(&picture, Geometry { fill: Some(Fill::Color(veil)), ..padded });
    assert_eq!((veiled.color, veiled.corners()), (Rgba, [&[255, 0, 0, 128][..]; 4]));
    let pink = Geometry { fill: Some(Fill::Color(veil)), background: Some(Color::WHITE), ..padded };
    let pink = rendition(&picture, pink);
    assert_eq!((pink.color, pink.corners()), (Rgb, [&[255, 127, 127][..]; 4]));
}

#[test]
fn surroundings_are_made_of_the_pixels_of_the_image() {
    let picture = gray(3, 2);
    let with = |fill| {
        let padding = Sides { top: 1, right: 1, bottom: 2, left: 4 };
        let result = rendition(&picture, Geometry { padding, fill: Some(fill), ..Geometry::default() });
        assert_eq!((result.width, result.height, result.color), (8, 5, Grayscale));
        result.pixels[2 * 8..3 * 8].to_vec()
    };
    assert_eq!(with(Fill::Edge), [101, 101, 101, 101, 101, 111, 121, 121]);
    assert_eq!(with(Fill::Mirror), [121, 121, 111, 101, 101, 111, 121, 121]);
    let blurred = with(Fill::Blur);
    assert_eq!(blurred[4..7], [101, 111, 121]);
    assert!(blurred.iter().all(|sample| (100..=121).contains(sample)), "{blurred:?}");
}

#[test]
fn a_picture_is_padded_and_extended_to_its_target() {
    let picture = gray(4, 3);
    let target = Geometry {
        width: Some(Length::Pixels(8)),
        height: Some(Length::Pixels(5)),
        fill: Some(Fill::Color(RED)),
        ..Geometry::default()
    };
    let padded = rendition(&picture, Geometry { fit: Fit::Pad, ..target });
    assert_eq!((padded.width, padded.height), (8, 5));
    assert_eq!((padded.at(1, 1), padded.at(2, 1)), (&[255, 0, 0][..], &[100, 100, 100][..]));
    assert_eq!(padded.at(5, 3), [132, 132, 132]);
    let extend = Extend { to: tintype::Extent::Size, position: Position::gravity(Gravity::SouthEast) };
    let padding = Sides::all(1);
    let extended = rendition(&picture, Geometry { extend: Some(extend), padding, ..target });
    assert_eq!((extended.width, extended.height), (10, 7));
    assert_eq!((extended.at(4, 3), extended.at(5, 3)), (&[255, 0, 0][..], &[100, 100, 100][..]));
    assert_eq!(extended.at(8, 5), [132, 132, 132]);
}

#[test]
fn quarter_turns_are_exact_and_go_clockwise() {
    let picture = gray(4, 3);
    let turned = |degrees| rendition(&picture, Geometry { tilt: tilt(degrees, None), ..Geometry::default() });
    let quarter = turned(90.0);
    assert_eq!((quarter.width, quarter.height, quarter.color), (3, 4, Grayscale));
    assert_eq!(quarter.pixels, [102, 101, 100, 112, 111, 110, 122, 121, 120, 132, 131, 130]);
    assert_eq!(turned(180.0).pixels, picture.pixels.iter().rev().copied().collect::<Vec<u8>>());
    assert_eq!(turned(-90.0).pixels, turned(270.0).pixels);
    assert_eq!(turned(360.0).pixels, picture.pixels);
}

#[test]
fn a_tilted_picture_has_corners_of_the_colour_asked_for() {
    let picture = Picture::new(60, 40, |_, _| [10, 200, 30]);
    let tilted = |background, below| {
        let geometry = Geometry { tilt: tilt(30.0, background), background: below, ..Geometry::default() };
        rendition(&picture, geometry)
    };
    let clear = tilted(None, None);
    assert_eq!((clear.width, clear.height, clear.color), (72, 65, Rgba));
    assert_eq!((clear.corners(), clear.at(36, 32)), ([&[0; 4][..]; 4], &[10, 200, 30, 255][..]));
    let red = tilted(Some(RED), None);
    assert_eq!((red.color, red.corners(), red.at(36, 32)), (Rgb, [&[255, 0, 0][..]; 4], &[10, 200, 30][..]));
    let white = tilted(None, Some(Color::WHITE));
    assert_eq!((white.color, white.corners()), (Rgb, [&[255; 3][..]; 4]));
}

#[test]
fn padding_around_a_tilted_picture_is_that_of_the_tilted_picture() {
    let picture = Picture::new(20, 20, |_, _| [10, 200, 30]);
    let geometry = Geometry {
        tilt: tilt(45.0, Some(RED)),
        padding: Sides::all(5),
        fill: Some(Fill::Edge),
        ..Geometry::default()
    };
    let result = rendition(&picture, geometry);
    assert_eq!((result.width, result.color, result.corners()), (38, Rgb, [&[255, 0, 0][..]; 4]));
}

#[test]
fn a_mask_covers_everything_that_is_there_with_the_background_below() {
    let picture = Picture::new(20, 10, |_, _| [10, 200, 30]);
    let masked = |mask, background| {
        rendition(&picture, Geometry { mask: Some(mask), background, ..Geometry::default() })
    };
    let circle = masked(Mask::new(MaskShape::Circle), None);
    assert_eq!(
        (circle.color, circle.at(4, 5), circle.at(10, 5)),
        (Rgba, &[0; 4][..], &[10, 200, 30, 255][..])
    );
    let ellipse = masked(Mask::new(MaskShape::Ellipse), Some(RED));
    assert_eq!((ellipse.color, ellipse.corners()), (Rgb, [&[255, 0, 0][..]; 4]));
    assert_eq!(ellipse.at(4, 5), [10, 200, 30]);
    let geometry = Geometry {
        mask: Some(Mask::new(MaskShape::Rounded(3))),
        padding: Sides::all(4),
        fill: Some(Fill::Color(RED)),
        ..Geometry::default()
    };
    let padded = rendition(&picture, geometry);
    // The circle around (3, 3) leaves 0.027 of the pixel in the corner.
    near(padded.at(0, 0), &[255, 0, 0, 7], 1);
    assert_eq!((padded.at(3, 3), padded.at(4, 4)), (&[255, 0, 0, 255][..], &[10, 200, 30, 255][..]));
    let dense = Geometry { density: tintype::Factor::from_millionths(2_000_000), ..geometry };
    assert_eq!(rendition(&picture, dense).width, 20 + 16);
}

#[test]
fn jpeg_has_the_background_or_white_under_everything_transparent() {
    let picture = Picture::new(64, 64, |_, _| [10, 200, 30]).to_png();
    let picture = resize(picture, &options(Format::Jpeg, Geometry::default())).unwrap().image;
    let geometries = [
        Geometry { padding: Sides::all(32), ..Geometry::default() },
        Geometry { tilt: tilt(45.0, None), ..Geometry::default() },
        Geometry { mask: Some(Mask::new(MaskShape::Circle)), ..Geometry::default() },
    ];
    for geometry in geometries {
        for (background, expected) in [(None, [255; 3]), (Some(RED), [254, 0, 0])] {
            let geometry = Geometry { background, ..geometry };
            let jpeg = encoded(&picture, Format::Jpeg, geometry);
            near(jpeg.at(1, 1), &expected, 6);
            near(jpeg.at(jpeg.width / 2, jpeg.height / 2), &[10, 200, 30], 6);
            let png = encoded(&picture, Format::Png, geometry);
            assert_eq!(png.color, if background.is_some() { Rgb } else { Rgba });
            let webp = encoded(&picture, Format::Webp, geometry);
            assert_eq!(webp.color, png.color);
            near(webp.at(webp.width / 2, webp.height / 2), png.at(png.width / 2, png.height / 2), 8);
        }
    }
}

#[test]
fn the_part_with_the_object_is_kept() {
    let picture = Picture::new(400, 100, |x, y| {
        let is_object = x.abs_diff(330) < 20 && y.abs_diff(50) < 20;
        if is_object { [255, (x * 83 % 256) as u8, (y * 57 % 256) as u8] } else { [60, 70, 80] }
    });
    for smart in [Smart::Attention, Smart::Entropy] {
        let geometry = Geometry {
            width: Some(Length::Pixels(50)),
            height: Some(Length::Pixels(50)),
            fit: Fit::Cover,
            position: Position::Smart(smart),
            ..Geometry::default()
        };
        let result = rendition(&picture, geometry);
        assert_eq!((result.width, result.height, result.color), (50, 50, Rgb));
        let bright = result.pixels.as_chunks::<3>().0.iter().filter(|pixel| pixel[0] > 150).count();
        assert!((350..=420).contains(&bright), "{smart:?}: {bright}");
    }
}

/// A picture with a white border of its own width at each side.
fn framed(format: Format) -> Vec<u8> {
    let picture = Picture::new(60, 40, |x, y| match (7..50).contains(&x) && (3..34).contains(&y) {
        true => [x as u8 * 4, y as u8 * 5, 90],
        false => [255; 3],
    });
    let options = Options::with([Setting::Format(format), Setting::Quality(95)]).unwrap();
    resize(picture.to_png(), &options).unwrap().image
}

#[test]
fn a_border_is_trimmed_before_anything_else_and_however_the_source_is_cut() {
    let trim = Trim { threshold: 60, color: None, equal_horizontal: false, equal_vertical: false };
    for format in [Format::Png, Format::Jpeg, Format::Webp] {
        let source = framed(format);
        for (settings, size) in [
            (vec![Setting::Trim(trim)], (43, 31)),
            (vec![Setting::Trim(trim), Setting::Rotate(Rotation::Quarter)], (31, 43)),
            (vec![Setting::Trim(Trim { equal_horizontal: true, equal_vertical: true, ..trim })], (46, 34)),
            (
                vec![Setting::Trim(trim), Setting::Inset(Sides::all(1)), Setting::Width(Length::WHOLE)],
                (41, 29),
            ),
        ] {
            let options = Options::with(settings.into_iter().chain([Setting::Format(Format::Png)])).unwrap();
            let whole = resize(source.as_slice(), &options).unwrap();
            assert_eq!((whole.outline.width, whole.outline.height), size, "{format:?} {options:?}");
            let mut session = Session::new(options.clone());
            source.chunks(50).for_each(|chunk| session.write(chunk).unwrap());
            session.finish().unwrap();
            assert!(session.read(usize::MAX).unwrap() == whole.image, "{format:?} {options:?}");
            assert!(session.work() > whole.work / 2);
        }
    }
}

#[test]
fn a_picture_of_one_colour_is_not_trimmed_and_its_source_counts_against_the_memory() {
    let plain = Picture::new(600, 400, |_, _| [9, 8, 7]).to_png();
    let trim = Trim { threshold: 10, color: None, equal_horizontal: false, equal_vertical: false };
    let mut options = Options::with([Setting::Trim(trim), Setting::Format(Format::Png)]).unwrap();
    assert_eq!(resize(plain.as_slice(), &options).unwrap().outline.width, 600);
    options.limits.memory = 4 << 20;
    let mut session = Session::new(options);
    let noise = Picture::new(1200, 1200, |x, y| {
        let n = (x.wrapping_mul(2_654_435_761) ^ y.wrapping_mul(40_503)).wrapping_mul(2_246_822_519) >> 16;
        [n as u8, (n >> 8) as u8, (n ^ x) as u8]
    });
    let noise = noise.to_png();
    let refused = noise.chunks(10_000).find_map(|chunk| session.write(chunk).err());
    assert!(matches!(refused, Some(Error::LimitExceeded { limit: Limit::Memory, .. })), "{refused:?}");
}
