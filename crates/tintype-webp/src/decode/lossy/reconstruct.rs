//! Reconstruction: prediction, and the residue on top.
#![allow(clippy::indexing_slicing)] // places in arrays of constant size, from constants and blocks' numbers

use super::tokens::{Coefficients, Extent};
use crate::vp8::modes::{LumaMode, Mode};
use crate::vp8::predict::{Around, ChromaSpace, LEFT, LumaSpace, predict, predict_subblock};
use crate::vp8::transform;

/// Predicts and completes the luminance of a macroblock.
pub(crate) fn luma(space: &mut LumaSpace, mode: &LumaMode, coefficients: &Coefficients, around: Around) {
    match mode {
        LumaMode::Whole(mode) => {
            predict(space, 16, *mode, around);
            for block in 0..16 {
                add_residue(space, coefficients, block, block % 4 * 4, block / 4 * 4);
            }
        }
        LumaMode::Subblocks(modes) => {
            // All subblocks at the right edge see the pixels above and to the right of the macroblock.
            let beyond: [u8; 4] = core::array::from_fn(|x| space[0][LEFT + 16 + x]);
            for row in [4, 8, 12] {
                space[row][LEFT + 16..LEFT + 20].copy_from_slice(&beyond);
            }
            for (block, &mode) in modes.iter().enumerate() {
                let (x, y) = (block % 4 * 4, block / 4 * 4);
                predict_subblock(space, x, y, mode);
                add_residue(space, coefficients, block, x, y);
            }
        }
    }
}

/// Predicts and completes one of the planes of colour differences, whose blocks begin with the number `first`.
pub(crate) fn chroma(
    space: &mut ChromaSpace,
    mode: Mode,
    coefficients: &Coefficients,
    first: usize,
    around: Around,
) {
    predict(space, 8, mode, around);
    for block in 0..4 {
        add_residue(space, coefficients, first + block, block % 2 * 4, block / 2 * 4);
    }
}

/// Adds a block's residue.
fn add_residue<const WIDTH: usize, const HEIGHT: usize>(
    space: &mut [[u8; WIDTH]; HEIGHT],
    coefficients: &Coefficients,
    block: usize,
    x: usize,
    y: usize,
) {
    let extent = coefficients.extents[block];
    if extent == Extent::Nothing {
        return;
    }
    let [a, b, c, d, ..] = &mut space[y + 1..] else { return };
    let (Some(a), Some(b), Some(c), Some(d)) = (
        a[LEFT + x..].first_chunk_mut(),
        b[LEFT + x..].first_chunk_mut(),
        c[LEFT + x..].first_chunk_mut(),
        d[LEFT + x..].first_chunk_mut(),
    ) else {
        return;
    };
    let input = &coefficients.blocks[block];
    match extent {
        Extent::All => transform::add_dct(input, [a, b, c, d]),
        _ => transform::add_dc(input[0], [a, b, c, d]),
    }
}
