//! The same bytes for every chunking.

use crate::common::*;
use tintype_jpeg::decode::{Output, Scale};

const CHUNKINGS: [&[usize]; 6] = [&[1], &[2, 1], &[7], &[1000, 1, 3], &[4096], &[13, 0, 0, 257]];

#[test]
fn every_chunking_gives_the_same_rows() {
    for (sampling, channels) in [((1, 1), 1), ((2, 2), 3), ((2, 1), 3), ((4, 1), 3), ((1, 1), 4)] {
        let image = picture(70, 50, channels);
        for progressive in [false, true] {
            for restarts in [0, 1, 4] {
                let file = write(&image, Writing { sampling, progressive, restarts, ..PLAIN });
                for scale in [Scale::FULL, Scale::HALF, Scale::EIGHTH] {
                    let whole = decode(&file, scale).unwrap();
                    for chunks in CHUNKINGS {
                        let chunked = decode_chunked(&file, scale, chunks, roomy()).unwrap();
                        assert!(
                            chunked.image == whole.image,
                            "{sampling:?} {progressive} {restarts} {chunks:?}"
                        );
                    }
                }
            }
        }
    }
}

#[test]
fn every_chunking_gives_the_same_planes() {
    let image = picture(70, 50, 3);
    for progressive in [false, true] {
        let file = write(&image, Writing { sampling: (2, 2), progressive, restarts: 3, ..PLAIN });
        for eighths in 1..=8 {
            let scale = Scale::eighths(eighths).unwrap();
            for output in [Output::Planar, Output::PlanarSubsampled] {
                let whole = decode_planes(&file, scale, output, &[usize::MAX]).unwrap();
                for chunks in CHUNKINGS {
                    assert!(decode_planes(&file, scale, output, chunks).unwrap() == whole);
                }
            }
        }
    }
}

#[test]
fn damaged_files_too_decode_alike_for_every_chunking() {
    let image = picture(90, 60, 3);
    let mut seed = 7u32;
    for progressive in [false, true] {
        for restarts in [0, 2] {
            let file = write(&image, Writing { sampling: (2, 1), progressive, restarts, ..PLAIN });
            let scan = file.windows(2).position(|pair| pair == [0xFF, 0xDA]).unwrap() + 20;
            for round in 0..60 {
                let mut bad = file.clone();
                seed = seed.wrapping_mul(1664525).wrapping_add(1013904223);
                let at = scan + seed as usize / 7 % (bad.len() - scan);
                match round % 3 {
                    0 => bad.truncate(at),
                    1 => bad[at] ^= 1 << (seed % 8),
                    _ => drop(bad.drain(at..(at + 9).min(file.len()))),
                }
                let describe = |chunks: &[usize]| {
                    decode_chunked(&bad, Scale::HALF, chunks, roomy())
                        .map(|decoded| (decoded.image.data, decoded.flaw))
                };
                let whole = describe(&[usize::MAX]);
                for chunks in CHUNKINGS {
                    assert!(describe(chunks) == whole, "{progressive} {restarts} {round} {chunks:?}");
                }
            }
        }
    }
}
