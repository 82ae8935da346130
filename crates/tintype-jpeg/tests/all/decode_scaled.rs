//! Scaled decodes against reduced full ones.

use crate::common::*;
use tintype_jpeg::decode::{Output, Scale};

#[test]
fn scaled_decodes_look_like_box_reduced_full_ones() {
    let image = picture(256, 192, 3);
    for progressive in [false, true] {
        for sampling in SAMPLINGS {
            let file = write(&image, Writing { sampling, progressive, ..PLAIN });
            let full = decode(&file, Scale::FULL).unwrap().image;
            for (scale, factor, floor) in
                [(Scale::HALF, 2, 25.0), (Scale::QUARTER, 4, 25.0), (Scale::EIGHTH, 8, 30.0)]
            {
                let scaled = decode(&file, scale).unwrap().image;
                let ratio = psnr(&scaled, &box_reduced(&full, factor));
                assert!(ratio > floor, "{sampling:?} progressive {progressive} 1/{factor}: {ratio} dB");
            }
        }
    }
}

#[test]
fn baseline_and_progressive_files_of_the_same_coefficients_decode_alike_at_every_scale() {
    let image = picture(123, 91, 3);
    for sampling in SAMPLINGS {
        let files =
            [false, true].map(|progressive| write(&image, Writing { sampling, progressive, ..PLAIN }));
        for scale in (1..=8).filter_map(Scale::eighths) {
            let [baseline, progressive] = files.each_ref().map(|file| decode(file, scale).unwrap().image);
            assert!(baseline == progressive, "{sampling:?} {scale:?}");
            for output in [Output::Planar, Output::PlanarSubsampled] {
                let [baseline, progressive] =
                    files.each_ref().map(|file| decode_planes(file, scale, output, &[usize::MAX]).unwrap());
                assert!(baseline == progressive, "{sampling:?} {scale:?} {output:?}");
            }
        }
    }
}

#[test]
fn sizes_are_rounded_up_at_every_scale() {
    for (width, height) in [(1, 1), (7, 9), (8, 8), (17, 33), (100, 3)] {
        let file = write(&picture(width, height, 3), Writing { sampling: (2, 2), ..PLAIN });
        for eighths in 1..=8 {
            let image = decode(&file, Scale::eighths(eighths).unwrap()).unwrap().image;
            let expected = [width, height].map(|size| (size * usize::from(eighths)).div_ceil(8));
            assert_eq!([image.width, image.height], expected);
        }
    }
}

/// FNV-1a.
fn digest(image: &Image) -> u64 {
    image
        .data
        .iter()
        .fold(0xcbf29ce484222325, |hash, &byte| (hash ^ u64::from(byte)).wrapping_mul(0x100000001b3))
}

#[test]
fn every_machine_gives_the_same_bytes() {
    let file = include_bytes!("../data/picture.jpg");
    let digests: Vec<u64> =
        (1..=8).map(|n| digest(&decode(file, Scale::eighths(n).unwrap()).unwrap().image)).collect();
    let expected = [
        4847429650228092296,
        412021485458113405,
        3405039183965294505,
        17249410301369808651,
        4471470280109123851,
        10174011272849288999,
        10434238771734254299,
        12807855086015580823,
    ];
    assert_eq!(digests, expected);
}
