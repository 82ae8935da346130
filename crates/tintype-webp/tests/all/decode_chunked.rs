//! The same rows for every chunking.

use crate::common::bits::*;
use crate::common::vp8::{Frame, PLAIN, vp8};
use crate::common::*;

const CHUNKINGS: [&[usize]; 6] = [&[1], &[2, 1], &[7], &[1000, 1, 3], &[4096], &[13, 0, 0, 257]];

/// Files of each kind.
fn files() -> Vec<Vec<u8>> {
    let mut random = Random(3);
    let mut files: Vec<_> = [(70, 50, 3), (33, 90, 4)].map(|(w, h, c)| write(&picture(w, h, c))).into();
    for kinds in [&[0, 1, 2][..], &[3, 0], &[1]] {
        let mut bits = BitWriter::lossless(41, 23, true);
        bits.random_transforms((41, 23), kinds, &mut random);
        files.push(bits.file());
    }
    for (partitions, simple) in [(0, false), (2, true)] {
        let image = vp8(Frame { partitions, simple, ..PLAIN }, &mut random);
        files.push(riff(&[(b"VP8 ", &image)]));
        let alpha = [&[1 << 2], &vec![3; 40 * 50][..]].concat();
        files.push(riff(&[(b"VP8X", &vp8x(ALPHA, 40, 50)), (b"ALPH", &alpha), (b"VP8 ", &image)]));
    }
    files
}

/// Everything that a decode returns.
fn describe(file: &[u8], chunks: &[usize]) -> Result<Decoded, String> {
    decode_chunked(file, chunks, roomy()).map_err(|error| error.to_string())
}

#[test]
fn every_chunking_gives_the_same_rows_and_the_same_work() {
    for file in files() {
        let whole = describe(&file, &[usize::MAX]);
        assert!(whole.as_ref().is_ok_and(|decoded| decoded.flaw.is_none() && decoded.work > 0));
        for chunks in CHUNKINGS {
            assert!(describe(&file, chunks) == whole, "{chunks:?}");
        }
    }
}

#[test]
fn damaged_files_too_decode_alike_for_every_chunking() {
    let mut random = Random(7);
    for file in files() {
        for round in 0..40 {
            let mut bad = file.clone();
            let at = 12 + random.below(file.len() as u32 - 12) as usize;
            match round % 3 {
                0 => bad.truncate(at),
                1 => bad[at] ^= 1 << random.below(8),
                _ => drop(bad.drain(at..(at + 9).min(file.len()))),
            }
            let whole = describe(&bad, &[usize::MAX]);
            for chunks in CHUNKINGS {
                assert!(describe(&bad, chunks) == whole, "{round} {chunks:?}");
            }
        }
    }
}
