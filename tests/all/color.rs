//! What the engine makes of colours, compared with the mathematics of colour in floating point.

use crate::icc::{self, Curve, D50, Profile};
use tintype::{Format, Length, Options, inspect, resize};

type Triple = [f64; 3];

/// CIE XYZ, relative to D50, to linear sRGB.
const TO_SRGB: [Triple; 3] = [
    [3.133_856_1, -1.616_866_7, -0.490_614_6],
    [-0.978_768_4, 1.916_141_5, 0.033_454_0],
    [0.071_945_3, -0.228_991_4, 1.405_242_7],
];

const P3: [Triple; 3] =
    [[0.51512, 0.2412, -0.00105], [0.29198, 0.69225, 0.04189], [0.1571, 0.06657, 0.78407]];
const ADOBE: [Triple; 3] =
    [[0.60974, 0.31111, 0.01947], [0.20528, 0.62567, 0.06087], [0.14919, 0.06322, 0.74457]];
const PRO_PHOTO: [Triple; 3] =
    [[0.79767, 0.28804, 0.0], [0.13519, 0.71188, 0.0], [0.03134, 0.00009, 0.82491]];
const REC2020: [Triple; 3] =
    [[0.67348, 0.27904, -0.00194], [0.16566, 0.67534, 0.02998], [0.12505, 0.0456, 0.7968]];
const SRGB: [Triple; 3] =
    [[0.43607, 0.22249, 0.01392], [0.38515, 0.71687, 0.09708], [0.14307, 0.06061, 0.7141]];

fn srgb_of_xyz([x, y, z]: Triple) -> Triple {
    TO_SRGB.map(|[a, b, c]| {
        let light = (a * x + b * y + c * z).clamp(0.0, 1.0);
        if light <= 0.0031308 { light * 12.92 } else { 1.055 * light.powf(1.0 / 2.4) - 0.055 }
    })
}

fn srgb_of_light(colorants: [Triple; 3], light: Triple) -> Triple {
    let xyz = |axis: usize| (0..3).map(|color| colorants[color][axis] * light[color]).sum();
    srgb_of_xyz([xyz(0), xyz(1), xyz(2)])
}

fn lab_of_srgb(srgb: Triple) -> Triple {
    let light = srgb.map(|s| if s <= 0.04045 { s / 12.92 } else { ((s + 0.055) / 1.055).powf(2.4) });
    let f = |t: f64| if t > 216.0 / 24389.0 { t.cbrt() } else { (24389.0 / 27.0 * t + 16.0) / 116.0 };
    let [x, y, z]: Triple = core::array::from_fn(|axis| {
        f((0..3).map(|color| SRGB[color][axis] * light[color]).sum::<f64>() / D50[axis])
    });
    [116.0 * y - 16.0, 500.0 * (x - y), 200.0 * (y - z)]
}

/// The colour difference of CIE DE2000 (ISO/CIE 11664-6).
fn difference(one: Triple, other: Triple) -> f64 {
    let ([l1, a1, b1], [l2, a2, b2]) = (lab_of_srgb(one), lab_of_srgb(other));
    let seventh = |c: f64| (c.powi(7) / (c.powi(7) + 25f64.powi(7))).sqrt();
    let g = 1.5 - 0.5 * seventh((a1.hypot(b1) + a2.hypot(b2)) / 2.0);
    let (c1, c2) = ((g * a1).hypot(b1), (g * a2).hypot(b2));
    let hue = |a: f64, b: f64| b.atan2(g * a).to_degrees().rem_euclid(360.0);
    let (h1, h2) = (hue(a1, b1), hue(a2, b2));
    let gray = c1 * c2 == 0.0;
    let turn = if gray { 0.0 } else { (h2 - h1 + 540.0).rem_euclid(360.0) - 180.0 };
    let mean_hue = if gray { h1 + h2 } else { h1 + turn / 2.0 };
    let (l, c) = ((l1 + l2) / 2.0, (c1 + c2) / 2.0);
    let cos = |degrees: f64| degrees.to_radians().cos();
    let t = 1.0 - 0.17 * cos(mean_hue - 30.0) + 0.24 * cos(2.0 * mean_hue) + 0.32 * cos(3.0 * mean_hue + 6.0)
        - 0.2 * cos(4.0 * mean_hue - 63.0);
    let mean_hue = mean_hue.rem_euclid(360.0);
    let rotation = 60.0 * (-((mean_hue - 275.0) / 25.0).powi(2)).exp();
    let lightness = (l2 - l1) / (1.0 + 0.015 * (l - 50.0).powi(2) / (20.0 + (l - 50.0).powi(2)).sqrt());
    let chroma = (c2 - c1) / (1.0 + 0.045 * c);
    let hue = 2.0 * (c1 * c2).sqrt() * (turn / 2.0).to_radians().sin() / (1.0 + 0.015 * c * t);
    let twist = -2.0 * seventh(c) * rotation.to_radians().sin() * chroma * hue;
    (lightness.powi(2) + chroma.powi(2) + hue.powi(2) + twist).max(0.0).sqrt()
}

/// A PNG with some chunks before its pixels.
fn png(color: png::ColorType, width: u32, pixels: &[u8], chunks: &[(&[u8; 4], Vec<u8>)]) -> Vec<u8> {
    png_of_depth(png::BitDepth::Eight, color, width, pixels, chunks)
}

fn png_of_depth(
    depth: png::BitDepth,
    color: png::ColorType,
    width: u32,
    pixels: &[u8],
    chunks: &[(&[u8; 4], Vec<u8>)],
) -> Vec<u8> {
    let bytes = color.samples() * if depth == png::BitDepth::Sixteen { 2 } else { 1 };
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, width, (pixels.len() / bytes) as u32 / width);
    encoder.set_color(color);
    encoder.set_depth(depth);
    let mut writer = encoder.write_header().unwrap();
    for (kind, body) in chunks {
        writer.write_chunk(png::chunk::ChunkType(**kind), body).unwrap();
    }
    writer.write_image_data(pixels).unwrap();
    writer.finish().unwrap();
    file
}

fn iccp(profile: &[u8]) -> (&'static [u8; 4], Vec<u8>) {
    (b"iCCP", [b"a profile\0\0".to_vec(), fdeflate::compress_to_vec(profile)].concat())
}

fn pixels(file: &[u8]) -> Vec<u8> {
    let mut decoder = png::Decoder::new(std::io::Cursor::new(file));
    decoder.set_transformations(png::Transformations::EXPAND);
    let mut reader = decoder.read_info().unwrap();
    let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
    reader.next_frame(&mut pixels).unwrap();
    pixels
}

fn to(format: Format, change: impl FnOnce(&mut Options)) -> Options {
    let mut options = Options::default();
    options.output.format = format;
    change(&mut options);
    options
}

/// The pixels of the rendition without any options.
fn rendition(file: &[u8]) -> Vec<u8> {
    pixels(&resize(file, &to(Format::Png, |_| ())).unwrap().image)
}

/// Colours from everywhere in a cube.
fn cube(steps: usize) -> Vec<u8> {
    let level = |index: usize| (index % steps * 255 / (steps - 1)) as u8;
    (0..steps.pow(3)).flat_map(|n| [level(n / steps / steps), level(n / steps), level(n)]).collect()
}

#[test]
fn wide_colours_become_the_same_colours_in_srgb() {
    let curves = [
        (P3, Curve::Srgb),
        (ADOBE, Curve::Gamma(563.0 / 256.0)),
        (PRO_PHOTO, Curve::ProPhoto),
        (REC2020, Curve::Gamma(1.0)),
        (SRGB, Curve::Gamma(1.8)),
    ];
    for (colorants, curve) in curves {
        let profile = Profile::rgb(colorants, curve).bytes();
        let source = cube(17);
        let result = rendition(&png(png::ColorType::Rgb, 17, &source, &[iccp(&profile)]));
        let mut sum = 0.0;
        for (from, to) in source.as_chunks::<3>().0.iter().zip(result.as_chunks::<3>().0) {
            let exact = srgb_of_light(colorants, from.map(|sample| curve.light(f64::from(sample) / 255.0)));
            let off = difference(exact, to.map(|sample| f64::from(sample) / 255.0));
            let levels = to.iter().zip(exact).map(|(&to, exact)| (f64::from(to) - 255.0 * exact).abs());
            let levels = levels.fold(0.0, f64::max);
            assert!(off < 1.0 && levels < 1.5, "{curve:?}: {from:?} became {to:?}, off by {off} or {levels}");
            sum += off;
        }
        assert!(sum / 17f64.powi(3) < 0.3, "{curve:?}: {}", sum / 17f64.powi(3));
    }
}

#[test]
fn steps_of_curves_and_grids_come_to_the_same_as_curves_and_colours() {
    let of =
        |profile: Profile| rendition(&png(png::ColorType::Rgb, 17, &cube(17), &[iccp(&profile.bytes())]));
    for (colorants, curve) in [(ADOBE, Curve::Gamma(2.2)), (P3, Curve::Srgb)] {
        let (plain, steps) = (of(Profile::rgb(colorants, curve)), of(Profile::rgb_steps(colorants, curve)));
        assert!(plain != cube(17));
        for (index, (one, other)) in plain.chunks(3).zip(steps.chunks(3)).enumerate() {
            let [one, other]: [Triple; 2] =
                [one, other].map(|pixel| core::array::from_fn(|channel| f64::from(pixel[channel]) / 255.0));
            assert!(difference(one, other) < 1.5, "{index}: {one:?} and {other:?}");
        }
    }
    let same = of(Profile::rgb_steps(SRGB, Curve::Srgb));
    assert!(same == cube(17));
}

#[test]
fn profiles_with_any_byte_changed_are_read_without_harm() {
    let profiles = [
        Profile::rgb(P3, Curve::Srgb).named("name").bytes(),
        Profile::rgb_steps(P3, Curve::Srgb).bytes(),
        Profile::gray(Curve::Table([0.5; 64])).bytes(),
        Profile::cmyk(lab_of_inks).bytes(),
    ];
    let mut state = 1u32;
    let mut next = |below: usize| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 8) as usize % below
    };
    let jpeg = resize(png(png::ColorType::Rgb, 1, &[9; 3], &[]), &to(Format::Jpeg, |_| ())).unwrap().image;
    let inks = icc::cmyk_jpeg(&PATCHES[..1]);
    for profile in &profiles {
        for _ in 0..60 {
            let mut profile = profile.clone();
            for _ in 0..1 + next(4) {
                let place = next(profile.len().min(700));
                profile[place] = [0, 1, 0x7f, 0xff, next(256) as u8][next(5)];
            }
            profile.truncate(profile.len() - [0, next(profile.len())][next(2)]);
            if profile.is_empty() {
                continue;
            }
            let gray = png(png::ColorType::Grayscale, 1, &[9], &[iccp(&profile)]);
            for file in [with_segments(&jpeg, &profile), with_segments(&inks, &profile), gray] {
                inspect(&file).unwrap();
                resize(file, &Options::default()).unwrap();
            }
        }
    }
}

#[test]
fn what_lies_outside_of_srgb_is_clipped_and_alpha_stays() {
    let profile = Profile::rgb(P3, Curve::Srgb).bytes();
    let source = [255, 0, 0, 255, 0, 255, 0, 128, 77, 77, 77, 3];
    let result = rendition(&png(png::ColorType::Rgba, 3, &source, &[iccp(&profile)]));
    assert_eq!(result, source);
}

#[test]
fn sources_in_srgb_come_out_as_without_a_profile_however_that_is_rounded() {
    let table = Curve::Table(core::array::from_fn(|index| Curve::Srgb.light(index as f64 / 63.0)));
    let rounded = SRGB.map(|color| color.map(|value| value + 0.0003));
    let profiles = [(SRGB, Curve::Srgb), (SRGB, table), (rounded, Curve::Srgb)];
    let plain = png(png::ColorType::Rgb, 17, &cube(17), &[]);
    let jpeg = resize(plain.as_slice(), &to(Format::Jpeg, |_| ())).unwrap().image;
    for (colorants, curve) in profiles {
        let profile = Profile::rgb(colorants, curve).bytes();
        let tagged = png(png::ColorType::Rgb, 17, &cube(17), &[iccp(&profile)]);
        assert!(inspect(&tagged).unwrap().icc_profile.unwrap().usable);
        assert!(rendition(&tagged) == rendition(&plain));
        for format in [Format::Jpeg, Format::Webp] {
            let smaller = |file: &[u8]| {
                resize(file, &to(format, |options| options.geometry.width = Some(Length::Pixels(9)))).unwrap()
            };
            let (tagged, plain) = (smaller(&with_segments(&jpeg, &profile)), smaller(&jpeg));
            assert!(tagged.image == plain.image);
        }
    }
}

/// A JPEG with a profile in as many segments as `profile` fills, the last first.
fn with_segments(jpeg: &[u8], profile: &[u8]) -> Vec<u8> {
    let parts: Vec<&[u8]> = profile.chunks(60_000).collect();
    let segments = parts.iter().enumerate().rev().flat_map(|(index, part)| {
        let length = (part.len() as u16 + 16).to_be_bytes();
        let head = [b"\xff\xe2".as_slice(), &length, b"ICC_PROFILE\0", &[index as u8 + 1, parts.len() as u8]]
            .concat();
        [head, part.to_vec()].concat()
    });
    [&jpeg[..2], &segments.collect::<Vec<u8>>(), &jpeg[2..]].concat()
}

/// A WebP with a profile.
fn with_chunk(webp: &[u8], profile: &[u8], (width, height): (u32, u32)) -> Vec<u8> {
    let side = |side: u32| (side - 1).to_le_bytes()[..3].to_vec();
    let extended = [vec![0x20, 0, 0, 0], side(width), side(height)].concat();
    let chunk = |kind: &[u8; 4], body: &[u8]| {
        [kind.as_slice(), &(body.len() as u32).to_le_bytes(), body, &vec![0; body.len() % 2]].concat()
    };
    let body = [b"WEBP".to_vec(), chunk(b"VP8X", &extended), chunk(b"ICCP", profile), webp[12..].to_vec()];
    chunk(b"RIFF", &body.concat())
}

#[test]
fn profiles_are_found_in_every_format_that_has_them() {
    let profile = Profile::rgb(ADOBE, Curve::Gamma(2.2)).named("Wide").padded(150_000).bytes();
    let color = [60, 130, 200];
    let plain = png(png::ColorType::Rgb, 16, &color.repeat(256), &[]);
    let converted = rendition(&png(png::ColorType::Rgb, 16, &color.repeat(256), &[iccp(&profile)]));
    let exact = srgb_of_light(ADOBE, color.map(|sample| Curve::Gamma(2.2).light(f64::from(sample) / 255.0)));
    let lossless = |options: &mut Options| options.output.lossless = true;
    let webp = resize(plain.as_slice(), &to(Format::Webp, lossless)).unwrap().image;
    let jpeg =
        resize(plain.as_slice(), &to(Format::Jpeg, |options| options.output.quality = Some(100))).unwrap();
    let files = [
        png(png::ColorType::Rgb, 16, &color.repeat(256), &[iccp(&profile)]),
        with_chunk(&webp, &profile, (16, 16)),
        with_segments(&jpeg.image, &profile),
    ];
    for file in files {
        let described = inspect(&file).unwrap().icc_profile.unwrap();
        assert_eq!((described.size, described.usable), (profile.len() as u32, true));
        assert_eq!(described.name.as_deref(), Some("Wide"));
        for (pixel, first) in rendition(&file).chunks(3).zip(converted.chunks(3)) {
            assert!(pixel.iter().zip(first).all(|(a, b)| a.abs_diff(*b) <= 2), "{pixel:?}, not {first:?}");
        }
    }
    assert!(converted[..3].iter().zip(exact).all(|(&to, exact)| (f64::from(to) - 255.0 * exact).abs() < 0.6));
}

#[test]
fn gray_profiles_make_gray_of_gray() {
    // Dots grow by 20 % on paper, most in the middle.
    let dots = |sample: f64| 1.0 - sample + 0.2 * 4.0 * sample * (1.0 - sample);
    let curve = Curve::Table(core::array::from_fn(|index| (1.0 - dots(index as f64 / 63.0)).max(0.0)));
    let profile = Profile::gray(curve).bytes();
    let source: Vec<u8> = (0..=255).collect();
    let result = rendition(&png(png::ColorType::Grayscale, 256, &source, &[iccp(&profile)]));
    assert_eq!(result.len(), 256);
    for (from, to) in source.iter().zip(&result) {
        let exact = srgb_of_xyz(D50.map(|white| white * curve.light(f64::from(*from) / 255.0)));
        assert!(exact.iter().all(|exact| (f64::from(*to) - 255.0 * exact).abs() < 0.7), "{from}: {to}");
    }
    let pair: Vec<u8> = source.iter().flat_map(|&gray| [gray, 255 - gray]).collect();
    let with_alpha = rendition(&png(png::ColorType::GrayscaleAlpha, 256, &pair, &[iccp(&profile)]));
    let expected: Vec<u8> = result.iter().zip(&source).flat_map(|(&to, &gray)| [to, 255 - gray]).collect();
    assert_eq!(with_alpha, expected);
}

#[test]
fn profiles_that_are_broken_or_for_other_colours_are_ignored() {
    let p3 = Profile::rgb(P3, Curve::Srgb).bytes();
    let gray = Profile::gray(Curve::Gamma(1.0)).bytes();
    let mut beyond = p3.clone();
    beyond[140..144].copy_from_slice(&[0xff; 4]); // the size of the first tag
    let mut endless = p3.clone();
    endless[128..132].copy_from_slice(&[0xff; 4]); // the number of tags
    let source = cube(5);
    for profile in [&p3[..100], &p3[..p3.len() / 2], &[1; 500], &gray, &beyond, &endless] {
        let file = png(png::ColorType::Rgb, 5, &source, &[iccp(profile)]);
        let described = inspect(&file).unwrap().icc_profile.unwrap();
        assert_eq!((described.size as usize, described.usable), (profile.len(), false));
        assert!(rendition(&file) == source);
    }
}

#[test]
fn colours_stay_as_they_are_where_that_is_asked_for() {
    let profile = Profile::rgb(P3, Curve::Srgb).bytes();
    let source = cube(5);
    let file = png(png::ColorType::Rgb, 5, &source, &[iccp(&profile)]);
    assert!(rendition(&file) != source);
    for profile in [tintype::Profile::Keep, tintype::Profile::Strip] {
        let options = to(Format::Png, |options| options.output.profile = profile);
        assert!(pixels(&resize(file.as_slice(), &options).unwrap().image) == source);
    }
}

#[test]
fn a_png_without_a_profile_says_by_gamma_and_chromaticities_what_it_means() {
    let gamma = |gamma: u32| (b"gAMA", gamma.to_be_bytes().to_vec());
    let chromaticities =
        |numbers: [u32; 8]| (b"cHRM", numbers.into_iter().flat_map(u32::to_be_bytes).collect());
    let of_srgb = [31_270, 32_900, 64_000, 33_000, 30_000, 60_000, 15_000, 6_000];
    let of_p3 = [31_270, 32_900, 68_000, 32_000, 26_500, 69_000, 15_000, 6_000];
    let srgb = || (b"sRGB", vec![0]);
    let source = [15, 15, 15, 63, 63, 63, 127, 127, 127, 200, 100, 50];
    let result =
        |chunks: &[(&'static [u8; 4], Vec<u8>)]| rendition(&png(png::ColorType::Rgb, 4, &source, chunks));
    assert_eq!(result(&[gamma(100_000)])[..9], [69, 69, 69, 136, 136, 136, 187, 187, 187]);
    let gray = png(png::ColorType::Grayscale, 3, &[15, 63, 127], &[gamma(100_000)]);
    assert_eq!(rendition(&gray), [69, 136, 187]);

    assert_eq!(result(&[gamma(45_455)]), source);
    assert_eq!(result(&[gamma(45_455), chromaticities(of_srgb)]), source);
    assert_eq!(result(&[srgb(), gamma(100_000)]), source, "sRGB stands before gamma");
    let p3 = iccp(&Profile::rgb(P3, Curve::Srgb).bytes());
    let in_p3 = result(std::slice::from_ref(&p3));
    assert_eq!(in_p3[..9], source[..9]);
    assert!(in_p3[9] > 205 && in_p3[11] < 45, "{:?}", &in_p3[9..]);
    assert_eq!(result(&[chromaticities(of_p3)]), in_p3);
    assert_eq!(result(&[p3.clone(), srgb(), gamma(100_000)]), in_p3, "a profile stands before sRGB");
    assert_eq!(
        result(&[(b"cICP", vec![12, 13, 0, 1]), srgb()]),
        in_p3,
        "code points stand before everything"
    );
    assert_eq!(result(&[(b"cICP", vec![1, 13, 0, 1]), p3.clone()]), source);
    assert_eq!(result(&[(b"cICP", vec![2, 2, 0, 1]), p3.clone()]), in_p3, "what is unknown does not count");
    assert_eq!(result(&[iccp(&[1; 300]), gamma(100_000)])[..3], [69; 3], "nor does what is broken");
    let rec2020 = result(&[(b"cICP", vec![9, 14, 0, 1])]);
    assert!(rec2020[9] > 210 && rec2020[..3] == [30; 3], "{rec2020:?}");
    assert_eq!(result(&[chromaticities([0; 8])]), source);
    for absurd in [0, 1, 15, 625_000_001, u32::MAX] {
        assert_eq!(result(&[gamma(absurd)]), source, "{absurd}");
    }
}

#[test]
fn perceptual_quantisation_has_its_white_where_it_belongs() {
    let source = [148, 148, 148, 80, 80, 80, 255, 255, 255];
    let result = rendition(&png(png::ColorType::Rgb, 3, &source, &[(b"cICP", vec![9, 16, 0, 1])]));
    // It is gray, and written as such.
    assert!(result.len() == 3 && result[0] >= 253 && result[2] == 255, "203 nits are white: {result:?}");
    // 0.3137 of PQ is 11.8 nits, or 0.058 of white.
    assert!(result[1].abs_diff(68) <= 2, "{result:?}");
}

#[test]
fn samples_of_16_bits_are_rounded_to_the_nearest_of_8() {
    let samples: Vec<u16> = (0..65_536).step_by(41).map(|sample| sample as u16).collect();
    let bytes: Vec<u8> = samples.iter().flat_map(|sample| sample.to_be_bytes()).collect();
    let file =
        png_of_depth(png::BitDepth::Sixteen, png::ColorType::Grayscale, samples.len() as u32, &bytes, &[]);
    let nearest: Vec<u8> = samples.iter().map(|&sample| (f64::from(sample) / 257.0).round() as u8).collect();
    assert!(rendition(&file) == nearest);

    // Rows that differ below 8 bits, as bright as the row in the middle on average.
    let rows: Vec<u8> = (0..64u16).flat_map(|row| [1000 + 4 * row; 8]).flat_map(u16::to_be_bytes).collect();
    let file = png_of_depth(png::BitDepth::Sixteen, png::ColorType::Grayscale, 8, &rows, &[]);
    let options = to(Format::Png, |options| options.geometry.width = Some(Length::Pixels(1)));
    let result = pixels(&resize(file.as_slice(), &options).unwrap().image);
    let expected = (0..8).map(|row| (f64::from(1000 + 4 * (8 * row + 4) - 2) / 257.0).round() as u8);
    assert_eq!(result, expected.collect::<Vec<_>>());
}

#[test]
fn dark_16_bit_colours_in_linear_light_keep_their_steps() {
    let samples: Vec<u16> = (0..600).map(|step| step * 5).collect();
    let bytes: Vec<u8> = samples.iter().flat_map(|&sample| [sample; 3]).flat_map(u16::to_be_bytes).collect();
    let gamma = (b"gAMA", 100_000u32.to_be_bytes().to_vec());
    let file = png_of_depth(png::BitDepth::Sixteen, png::ColorType::Rgb, 600, &bytes, &[gamma]);
    // They are gray, and written as such.
    for (sample, to) in samples.iter().zip(rendition(&file)) {
        let [exact, ..] = srgb_of_xyz(D50.map(|white| white * f64::from(*sample) / 65_535.0));
        assert!((f64::from(to) - 255.0 * exact).abs() < 0.65, "{sample}: {to}");
    }
}

#[test]
fn a_gradient_keeps_its_levels_through_the_conversion() {
    let profile = Profile::rgb(P3, Curve::Srgb).bytes();
    // It goes on below 8 bits between two pixels of the rendition, as gradients in photographs do.
    let shade = |x: u32, y: u32| (x + y % 4) / 4;
    let source: Vec<u8> = (0..8)
        .flat_map(|y| (0..1020).map(move |x| shade(x, y)))
        .flat_map(|level| [level as u8, (level / 2 + 40) as u8, (255 - level) as u8])
        .collect();
    let file = png(png::ColorType::Rgb, 1020, &source, &[iccp(&profile)]);
    let options = to(Format::Png, |options| {
        options.geometry.width = Some(Length::Pixels(510));
        options.geometry.filter = tintype::Filter::Box;
    });
    let result = pixels(&resize(file.as_slice(), &options).unwrap().image);
    let row = &result[..3 * 510];
    for (x, pixel) in (0..510u32).zip(row.chunks(3)) {
        let mean = |of: fn(u32) -> u32| {
            (0..4).map(|n| f64::from(of(shade(2 * x + n % 2, n / 2)))).sum::<f64>() / 4.0 / 255.0
        };
        let exact = [mean(|level| level), mean(|level| level / 2 + 40), mean(|level| 255 - level)];
        let exact = srgb_of_light(P3, exact.map(|sample| Curve::Srgb.light(sample)));
        for (&to, exact) in pixel.iter().zip(exact) {
            assert!((f64::from(to) - 255.0 * exact).abs() < 0.7, "{x}: {pixel:?}, not {exact}");
        }
    }
}

#[test]
fn in_linear_light_lines_keep_their_brightness() {
    let lines: Vec<u8> =
        (0..64 * 64).flat_map(|index| [if index / 64 % 2 == 0 { 255 } else { 0 }; 3]).collect();
    let file = png(png::ColorType::Rgb, 64, &lines, &[]);
    let half = |file: &[u8], linear| {
        let options = to(Format::Png, |options| {
            options.geometry.width = Some(Length::Pixels(32));
            options.geometry.filter = tintype::Filter::Box;
            options.geometry.linear = linear;
        });
        pixels(&resize(file, &options).unwrap().image)
    };
    assert!(half(&file, false).iter().all(|&sample| sample == 128));
    assert!(half(&file, true).iter().all(|&sample| sample == 188));

    let jpeg =
        resize(file.as_slice(), &to(Format::Jpeg, |options| options.output.quality = Some(100))).unwrap();
    assert!(half(&jpeg.image, true).iter().all(|&sample| sample.abs_diff(188) <= 2));

    let with_alpha: Vec<u8> = (0..64 * 64).flat_map(|index| [90, 160, 230, (index % 64 * 4) as u8]).collect();
    let file = png(png::ColorType::Rgba, 64, &with_alpha, &[]);
    for (plain, linear) in half(&file, false).chunks(4).zip(half(&file, true).chunks(4)) {
        assert_eq!(plain[3], linear[3]);
        assert!(plain[3] == 0 || plain.iter().zip(linear).all(|(a, b)| a.abs_diff(*b) <= 1), "{linear:?}");
    }

    let tagged = png(png::ColorType::Rgb, 64, &lines, &[iccp(&Profile::rgb(P3, Curve::Srgb).bytes())]);
    assert!(half(&tagged, true).iter().all(|&sample| sample == 188));
}

#[test]
fn inks_become_the_colours_that_their_profile_names() {
    let profile = Profile::cmyk(lab_of_inks).bytes();
    let jpeg = icc::cmyk_jpeg(&PATCHES);
    let plain = rendition(&jpeg);
    let tagged = with_segments(&jpeg, &profile);
    assert!(inspect(&tagged).unwrap().icc_profile.unwrap().usable);
    for option in [tintype::Profile::Srgb, tintype::Profile::Keep, tintype::Profile::Strip] {
        let options = to(Format::Png, |options| options.output.profile = option);
        let result = pixels(&resize(tagged.as_slice(), &options).unwrap().image);
        for (index, inks) in PATCHES.iter().enumerate() {
            let at = (4 * 8 * PATCHES.len() + 8 * index + 4) * 3;
            let patch: [u8; 3] = result[at..at + 3].try_into().unwrap();
            let exact = srgb_of_inks(inks.map(|ink| f64::from(ink) / 255.0));
            let off = difference(exact, patch.map(|sample| f64::from(sample) / 255.0));
            assert!(off < 1.0, "{inks:?} became {patch:?}, off by {off}");
        }
    }
    // Without a profile, or with one for other colours, inks are multiplied.
    assert_eq!(plain[(4 * 8 * PATCHES.len() + 12) * 3..][..3], [0, 255, 255]);
    let wrong = with_segments(&jpeg, &Profile::rgb(P3, Curve::Srgb).bytes());
    assert!(!inspect(&wrong).unwrap().icc_profile.unwrap().usable && rendition(&wrong) == plain);
    assert!(resize(tagged.as_slice(), &to(Format::Jpeg, |_| ())).is_ok());
}

const PATCHES: [[u8; 4]; 10] = [
    [0, 0, 0, 0],
    [255, 0, 0, 0],
    [0, 255, 0, 0],
    [0, 0, 255, 0],
    [0, 0, 0, 255],
    [255, 255, 0, 0],
    [0, 255, 255, 0],
    [255, 255, 255, 255],
    [128, 0, 128, 0],
    [64, 64, 64, 64],
];

/// The colour of inks on paper, as CIE L*a*b*: linear in each ink.
fn lab_of_inks([c, m, y, k]: [f64; 4]) -> Triple {
    let paper = 1.0 - k;
    let lightness = 8.0 + 92.0 * (1.0 - 0.4 * c) * (1.0 - 0.5 * m) * (1.0 - 0.1 * y) * (1.0 - 0.95 * k);
    [lightness, paper * (70.0 * m - 35.0 * c), paper * (85.0 * y - 45.0 * c)]
}

/// The same in sRGB, with the darkest colour made black.
fn srgb_of_inks(inks: [f64; 4]) -> Triple {
    let xyz = |[l, a, b]: Triple| {
        let y = (l + 16.0) / 116.0;
        let light = |f: f64| if f > 6.0 / 29.0 { f.powi(3) } else { (f - 4.0 / 29.0) * 108.0 / 841.0 };
        [y + a / 500.0, y, y - b / 200.0].map(light)
    };
    let [_, black, _] = xyz(lab_of_inks([1.0; 4]));
    let relative = xyz(lab_of_inks(inks)).map(|value| (value - black) / (1.0 - black));
    srgb_of_xyz(core::array::from_fn(|axis| relative[axis] * D50[axis]))
}
