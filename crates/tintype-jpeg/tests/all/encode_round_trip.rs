//! An independent decoder returns the image that was encoded.

use crate::encode_support::*;
use tintype_jpeg::encode::{Components, Effort, Encoder, EncoderConfig, Plane, Subsampling};
use zune_jpeg::zune_core::colorspace::ColorSpace;

fn every_mode() -> impl Iterator<Item = (Subsampling, Effort, bool)> {
    SUBSAMPLINGS
        .into_iter()
        .flat_map(|s| EFFORTS.map(|e| (s, e)))
        .flat_map(|(s, e)| [false, true].map(|p| (s, e, p)))
}

#[test]
fn every_subsampling_mode_and_size_comes_back() {
    for (subsampling, effort, progressive) in every_mode() {
        for (width, height) in SIZES {
            let rgb = photo(width, height);
            let config = EncoderConfig {
                subsampling,
                effort,
                progressive,
                quality: 92,
                ..EncoderConfig::new(width, height)
            };
            let file = encode_rgb(config, &rgb);
            let (decoded, w, h) = decode(&file, ColorSpace::RGB);
            assert_eq!((w, h), (width, height));
            let quality = psnr(&rgb, &decoded);
            let floor = if subsampling == Subsampling::S444 { 34.0 } else { 28.0 };
            assert!(
                quality > floor,
                "{subsampling:?} {effort:?} progressive {progressive} {width}x{height}: {quality:.1} dB"
            );
        }
    }
}

#[test]
fn gray_comes_back_in_every_mode_and_size() {
    for effort in EFFORTS {
        for progressive in [false, true] {
            for (width, height) in SIZES {
                let samples = gray(&photo(width, height));
                let config =
                    EncoderConfig { effort, progressive, quality: 92, ..EncoderConfig::new(width, height) };
                let (decoded, w, h) = decode(&encode_gray(config, &samples), ColorSpace::Luma);
                assert_eq!((w, h), (width, height));
                let quality = psnr(&samples, &decoded);
                assert!(
                    quality > 36.0,
                    "{effort:?} progressive {progressive} {width}x{height}: {quality:.1} dB"
                );
            }
        }
    }
}

#[test]
fn noise_at_the_best_quality_comes_back_almost_unchanged() {
    for effort in EFFORTS {
        for progressive in [false, true] {
            let samples = noise(61 * 47, 7);
            let config = EncoderConfig { effort, progressive, quality: 100, ..EncoderConfig::new(61, 47) };
            let (decoded, ..) = decode(&encode_gray(config, &samples), ColorSpace::Luma);
            let quality = psnr(&samples, &decoded);
            assert!(quality > 48.0, "{effort:?} progressive {progressive}: {quality:.1} dB");
        }
    }
}

#[test]
fn every_quality_decodes() {
    let rgb = photo(40, 40);
    for quality in 1..=100 {
        for progressive in [false, true] {
            let config =
                EncoderConfig { quality, progressive, effort: Effort::Best, ..EncoderConfig::new(40, 40) };
            assert_eq!(decode_rgb(&encode_rgb(config, &rgb)).len(), rgb.len());
        }
    }
}

#[test]
fn extreme_blocks_stay_in_range() {
    // Blocks that drive the DC and AC coefficients to their ends, next to each other.
    let (width, height) = (64, 64);
    let mut random = Random(99);
    let samples: Vec<u8> = (0..width * height)
        .map(|i| match (i / 8 % 8 + i / 512) % 4 {
            0 => 0,
            1 => 255,
            2 => 255 * (i % 2) as u8,
            _ => 255 * (random.below(2)) as u8,
        })
        .collect();
    for effort in EFFORTS {
        for progressive in [false, true] {
            let config = EncoderConfig {
                effort,
                progressive,
                quality: 100,
                ..EncoderConfig::new(width as u32, height as u32)
            };
            let (decoded, ..) = decode(&encode_gray(config, &samples), ColorSpace::Luma);
            assert!(psnr(&samples, &decoded) > 45.0);
        }
    }
}

/// Planes at their size in the file, of an image with smooth chroma.
fn planes(config: &EncoderConfig) -> [Vec<u8>; 3] {
    let encoder = Encoder::new(config.clone()).unwrap();
    [Plane::Y, Plane::Cb, Plane::Cr].map(|plane| {
        let (width, height) = encoder.plane_size(plane).unwrap();
        gray(&photo(width, height))
    })
}

#[test]
fn planes_at_their_own_size_come_back() {
    for (subsampling, effort, progressive) in every_mode() {
        for (width, height) in [(1, 1), (17, 33), (50, 70), (33, 16)] {
            let config = EncoderConfig {
                subsampling,
                effort,
                progressive,
                quality: 95,
                ..EncoderConfig::new(width, height)
            };
            let planes = planes(&config);
            let file = encode_planes(config, planes.each_ref().map(Vec::as_slice));
            let (decoded, ..) = decode(&file, ColorSpace::YCbCr);
            let y: Vec<u8> = decoded.chunks(3).map(|p| p[0]).collect();
            assert!(psnr(&planes[0], &y) > 36.0);
            if subsampling == Subsampling::S444 {
                let cb: Vec<u8> = decoded.chunks(3).map(|p| p[1]).collect();
                let cr: Vec<u8> = decoded.chunks(3).map(|p| p[2]).collect();
                assert!(psnr(&planes[1], &cb) > 32.0 && psnr(&planes[2], &cr) > 32.0);
            }
        }
    }
}

#[test]
fn full_planes_and_their_averages_make_the_same_file() {
    // Chroma that does not change within a square averages to itself.
    let (width, height) = (50u32, 38u32);
    let y = gray(&photo(width, height));
    let small = |seed: u8| -> Vec<u8> { (0..25 * 19).map(|i| (i % 97) as u8 + seed).collect() };
    let (cb, cr) = (small(60), small(90));
    let double = |plane: &[u8]| -> Vec<u8> {
        (0..width * height).map(|i| plane[(i / width / 2 * 25 + i % width / 2) as usize]).collect()
    };
    let config = EncoderConfig { subsampling: Subsampling::S420, ..EncoderConfig::new(width, height) };
    let mut encoder = Encoder::new(config.clone()).unwrap();
    encoder.write_ycbcr(&y, &double(&cb), &double(&cr)).unwrap();
    encoder.finish().unwrap();
    assert_eq!(encoder.take_output(), encode_planes(config, [&y, &cb, &cr]));
}

#[test]
fn the_file_is_the_same_for_every_batching_of_rows() {
    let (width, height) = (70, 53);
    let rgb = photo(width, height);
    for (subsampling, effort, progressive) in every_mode() {
        let config = EncoderConfig { subsampling, effort, progressive, ..EncoderConfig::new(width, height) };
        let whole = encode_rgb(config.clone(), &rgb);
        for batch in [1, 2, 3, 7, 16, 31] {
            let mut encoder = Encoder::new(config.clone()).unwrap();
            let mut file = vec![];
            for rows in rgb.chunks(width as usize * 3 * batch) {
                encoder.write_rgb(rows).unwrap();
                file.append(&mut encoder.take_output());
            }
            encoder.finish().unwrap();
            file.append(&mut encoder.take_output());
            assert!(
                file == whole,
                "{subsampling:?} {effort:?} progressive {progressive}, {batch} rows at a time"
            );
        }
    }
}

#[test]
fn gray_of_colour_is_smaller_than_colour() {
    let rgb = photo(64, 64);
    let config = EncoderConfig { components: Components::Gray, ..EncoderConfig::new(64, 64) };
    assert!(encode_gray(config, &gray(&rgb)).len() < encode_rgb(EncoderConfig::new(64, 64), &rgb).len());
}
