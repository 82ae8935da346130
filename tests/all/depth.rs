//! PNGs of 16 bits per channel.

#[allow(dead_code)] // the tests of colours need more of it
use crate::icc::{Curve, Profile};
use png::ColorType;
use tintype::{
    Color, Error, Extend, Extent, Filter, Fit, Format, Gravity, Length, Mask, MaskShape, Options, Position,
    Rotation, Sides, Smart, inspect, resize,
};

const COLORS: [ColorType; 4] =
    [ColorType::Grayscale, ColorType::GrayscaleAlpha, ColorType::Rgb, ColorType::Rgba];

/// A PNG of 16 bits per channel.
fn long_png(color: ColorType, width: u32, samples: &[u16], profile: Option<&[u8]>) -> Vec<u8> {
    let height = (samples.len() / color.samples()) as u32 / width;
    let mut info = png::Info::with_size(width, height);
    (info.color_type, info.bit_depth) = (color, png::BitDepth::Sixteen);
    info.icc_profile = profile.map(Into::into);
    let mut file = Vec::new();
    let mut writer = png::Encoder::with_info(&mut file, info).unwrap().write_header().unwrap();
    let bytes: Vec<u8> = samples.iter().flat_map(|sample| sample.to_be_bytes()).collect();
    writer.write_image_data(&bytes).unwrap();
    writer.finish().unwrap();
    file
}

/// The channels of a PNG of 16 bits per channel, and its samples.
fn long_samples(file: &[u8]) -> (ColorType, Vec<u16>) {
    let mut reader = png::Decoder::new(std::io::Cursor::new(file)).read_info().unwrap();
    let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
    let frame = reader.next_frame(&mut pixels).unwrap();
    assert_eq!(frame.bit_depth, png::BitDepth::Sixteen);
    (frame.color_type, pixels.as_chunks().0.iter().map(|&bytes| u16::from_be_bytes(bytes)).collect())
}

fn sixteen(change: impl FnOnce(&mut Options)) -> Options {
    let mut options = Options::default();
    (options.output.format, options.output.bit_depth) = (Format::Png, 16);
    change(&mut options);
    options
}

fn made(file: &[u8], change: impl FnOnce(&mut Options)) -> (ColorType, Vec<u16>) {
    long_samples(&resize(file, &sixteen(change)).unwrap().image)
}

fn noise(count: usize) -> Vec<u16> {
    let mut state = 7u32;
    let next = |_| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 16) as u16
    };
    (0..count).map(next).collect()
}

#[test]
fn a_source_that_is_not_resized_keeps_every_bit_however_it_is_turned() {
    for color in COLORS {
        let count = color.samples();
        let samples = noise(9 * 5 * count);
        let file = long_png(color, 9, &samples, None);
        assert_eq!(made(&file, |_| ()), (color, samples.clone()));
        let turned = made(&file, |options| options.geometry.rotate = Rotation::Half);
        let reversed: Vec<u16> = samples.chunks(count).rev().flatten().copied().collect();
        assert_eq!(turned, (color, reversed));
        let mirrored = made(&file, |options| options.geometry.flip_horizontal = true);
        let rows = samples.chunks(9 * count).flat_map(|row| row.chunks(count).rev().flatten());
        assert_eq!(mirrored, (color, rows.copied().collect()));
    }
}

#[test]
fn a_ramp_keeps_its_levels_when_it_is_resized() {
    let ramp: Vec<u16> = (0..=u16::MAX).collect();
    let rows: Vec<u16> = ramp.iter().chain(&ramp).copied().collect();
    let half = |options: &mut Options| options.geometry.width = Some(Length::Pixels(32_768));
    let limits = |options: &mut Options| options.limits.output_side = 65_536;
    let (color, samples) = made(&long_png(ColorType::Grayscale, 65_536, &rows, None), |options| {
        half(options);
        limits(options);
    });
    assert_eq!((color, samples.len()), (ColorType::Grayscale, 32_768));
    assert!(samples.is_sorted());
    let mut levels = samples.clone();
    levels.dedup();
    assert!(levels.len() > 16_000, "{} levels", levels.len());
    for (at, &sample) in samples.iter().enumerate() {
        let exact = 2 * at as u32 + 1;
        assert!(exact.abs_diff(sample.into()) <= 6, "{sample} in place of {exact}");
    }
}

#[test]
fn transparent_pixels_weigh_nothing() {
    let (visible, hidden) = ([12_345, 23_456, 34_567, 65_535], [65_535, 0, 65_535, 0]);
    let samples = [visible, hidden, hidden, visible].concat().repeat(16);
    let file = long_png(ColorType::Rgba, 8, &samples[..8 * 8 * 4], None);
    let (color, samples) = made(&file, |options| {
        options.geometry.width = Some(Length::Pixels(2));
        options.geometry.filter = Filter::Box;
    });
    assert_eq!((color, samples.len()), (ColorType::Rgba, 2 * 2 * 4));
    for pixel in samples.chunks(4) {
        let near = pixel.iter().zip(visible).take(3).all(|(sample, exact)| sample.abs_diff(exact) < 16);
        assert!(near && pixel[3].abs_diff(32_768) < 16, "{pixel:?}");
    }
}

#[test]
fn a_background_is_drawn_with_all_bits() {
    let file = long_png(ColorType::GrayscaleAlpha, 2, &[1001, 32_768, 1001, 65_535], None);
    let over_white = made(&file, |options| options.geometry.background = Some(Color::WHITE));
    assert_eq!(over_white, (ColorType::Grayscale, vec![33_268, 1001]));
}

#[test]
fn short_sources_get_long_samples_of_the_same_levels() {
    let mut options = sixteen(|_| ());
    options.output.bit_depth = 8;
    let samples: Vec<u16> = (0..=255).map(|level| level * 257).collect();
    let long = long_png(ColorType::Grayscale, 256, &samples, None);
    let short = resize(long, &options).unwrap().image;
    assert_eq!(made(&short, |_| ()), (ColorType::Grayscale, samples));
}

const P3: [[f64; 3]; 3] =
    [[0.51512, 0.2412, -0.00105], [0.29198, 0.69225, 0.04189], [0.1571, 0.06657, 0.78407]];

#[test]
fn a_profile_that_is_kept_leaves_every_bit_and_is_embedded() {
    let profile = Profile::rgb(P3, Curve::Srgb).bytes();
    let samples = noise(4 * 4 * 3);
    let file = long_png(ColorType::Rgb, 4, &samples, Some(&profile));
    let options = sixteen(|options| options.output.profile = tintype::Profile::Keep);
    let kept = resize(file, &options).unwrap().image;
    assert_eq!(long_samples(&kept), (ColorType::Rgb, samples));
    let reader = png::Decoder::new(std::io::Cursor::new(&kept)).read_info().unwrap();
    assert_eq!(reader.info().icc_profile.as_deref(), Some(profile.as_slice()));
}

#[test]
fn converted_colours_are_those_of_8_bits_and_finer() {
    let gray = Profile::gray(Curve::Gamma(1.8)).bytes();
    let steps = Profile::rgb_steps(P3, Curve::Srgb).bytes();
    let ramp: Vec<u16> = (0..4096).map(|at| at * 16).collect();
    let colors: Vec<u16> = ramp.iter().flat_map(|&level| [level, level / 2 + 9000, 40_000]).collect();
    let matrix = Profile::rgb(P3, Curve::Srgb).bytes();
    for (color, samples, profile) in [
        (ColorType::Grayscale, &ramp, &gray),
        (ColorType::Rgb, &colors, &matrix),
        (ColorType::Rgb, &colors, &steps),
    ] {
        let file = long_png(color, 4096, samples, Some(profile));
        let (_, long) = made(&file, |_| ());
        let (_, short) = {
            let options = sixteen(|options| options.output.bit_depth = 8);
            let short = resize(file.as_slice(), &options).unwrap().image;
            made(&short, |_| ())
        };
        assert_eq!(long.len(), short.len());
        assert!(long.iter().zip(&short).all(|(long, short)| long.abs_diff(*short) <= 200));
        let red: Vec<u16> = long.iter().step_by(color.samples()).copied().collect();
        let mut levels = red.clone();
        levels.dedup();
        assert!(red.is_sorted() && levels.len() > 1500, "{} levels", levels.len());
    }
}

#[test]
fn what_has_8_bits_only_is_refused_together_with_16() {
    type Change = fn(&mut Options);
    let changes: [(Change, &str); 10] = [
        (|options| options.output.bit_depth = 12, "is 12, must be 0, 8 or 16"),
        (|options| options.output.format = Format::Webp, "can be 16 only for PNG"),
        (|options| options.output.format = Format::Jpeg, "can be 16 only for PNG"),
        (|options| options.geometry.position = Position::Smart(Smart::Entropy), "smart position"),
        (|options| options.output.colors = Some(9), "colors"),
        (|options| options.geometry.fit = Fit::Pad, "fit.pad"),
        (|options| options.geometry.padding = Sides { top: 1, ..Sides::ZERO }, "padding"),
        (|options| options.geometry.mask = Some(Mask::new(MaskShape::Circle)), "mask"),
        (
            |options| {
                let position = Position::gravity(Gravity::Center);
                options.geometry.extend = Some(Extend { to: Extent::Size, position });
            },
            "extend",
        ),
        (
            |options| {
                let (width, height) = (Length::Pixels(1), Length::Pixels(1));
                let position = Position::Smart(Smart::Attention);
                options.geometry.crop = Some(tintype::Crop { width, height, position });
            },
            "smart position",
        ),
    ];
    let file = long_png(ColorType::Grayscale, 1, &[9], None);
    for (change, detail) in changes {
        let error = resize(file.as_slice(), &sixteen(change)).unwrap_err();
        assert!(matches!(&error, Error::InvalidOption { name, .. } if name == "bit-depth"), "{error}");
        assert!(error.to_string().contains(detail), "{error}");
    }
}

#[test]
fn the_depth_of_the_source_is_kept_where_that_can_be() {
    let deep = long_png(ColorType::Rgb, 2, &[1, 2, 3, 40_000, 50_000, 60_001], None);
    let depth_of = |file: &[u8], change: fn(&mut Options)| {
        let mut options = sixteen(|options| options.output.bit_depth = 0);
        change(&mut options);
        inspect(&resize(file, &options).unwrap().image).unwrap().source.bit_depth
    };
    assert_eq!(depth_of(&deep, |_| ()), 16);
    assert_eq!(made(&deep, |options| options.output.bit_depth = 0), made(&deep, |_| ()));
    let short = resize(&deep[..], &sixteen(|options| options.output.bit_depth = 8)).unwrap().image;
    assert_eq!(depth_of(&short, |_| ()), 8);
    assert_eq!(depth_of(&deep, |options| options.geometry.fit = Fit::Pad), 8);
    assert_eq!(depth_of(&deep, |options| options.output.colors = Some(2)), 8);
    assert_eq!(depth_of(&deep, |options| options.output.format = Format::Webp), 8);
}
