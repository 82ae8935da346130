//! Residues in workspaces: pairs of blocks to transform, and coefficients to add.

use super::block::{Block, Pair, forward_dct};
use crate::vp8::predict::LEFT;
use crate::vp8::transform;
use tintype_lanes::{I16x8, I32x4};

/// Transforms what a prediction, in a workspace, leaves of two neighbouring blocks at a place.
#[inline(always)]
pub(super) fn transform_pair<V: I16x8, const SIDE: usize, const WIDTH: usize, const HEIGHT: usize>(
    source: &[[u8; SIDE]; SIDE],
    space: &[[u8; WIDTH]; HEIGHT],
    x: usize,
    y: usize,
) -> Pair<V> {
    let source = core::array::from_fn(|row| eight(source.get(y + row), x));
    let prediction = core::array::from_fn(|row| eight(space.get(y + 1 + row), LEFT + x));
    forward_dct(source, prediction)
}

/// The squared error of a prediction in a workspace.
pub(super) fn error<V: I16x8, const SIDE: usize, const WIDTH: usize, const HEIGHT: usize>(
    source: &[[u8; SIDE]; SIDE],
    space: &[[u8; WIDTH]; HEIGHT],
) -> u32 {
    let mut sum = V::Wide::splat(0);
    for (source, space) in source.iter().zip(space.iter().skip(1)) {
        for x in (0..SIDE).step_by(8) {
            let error = V::widen(eight(Some(source), x)).sub(V::widen(eight(Some(space), LEFT + x)));
            sum = sum.add(error.dot(error));
        }
    }
    sum.sum_halves().map(|sum| sum as u32).iter().sum()
}

#[inline(always)]
fn eight<const LENGTH: usize>(row: Option<&[u8; LENGTH]>, x: usize) -> &[u8; 8] {
    row.and_then(|row| row.get(x..)?.first_chunk()).unwrap_or(&[0; 8])
}

/// A block's coefficients as decoders see them.
#[inline(always)]
pub(super) fn dequantize(block: &Block, [dc, ac]: [i32; 2]) -> [i16; 16] {
    let mut coefficients = block.levels.map(|level| (i32::from(level) * ac) as i16);
    let ([first, ..], [level, ..]) = (&mut coefficients, &block.levels);
    *first = (i32::from(*level) * dc) as i16;
    coefficients
}

/// Adds a block's residue to its prediction at a place. If it is `flat`, only the first coefficient is not zero.
#[inline(always)]
pub(super) fn add<const WIDTH: usize, const HEIGHT: usize>(
    space: &mut [[u8; WIDTH]; HEIGHT],
    x: usize,
    y: usize,
    coefficients: &[i16; 16],
    flat: bool,
) {
    let Some([a, b, c, d]) = space.get_mut(y + 1..).and_then(|rows| rows.first_chunk_mut::<4>()) else {
        return;
    };
    let place = LEFT + x;
    if let (Some(a), Some(b), Some(c), Some(d)) =
        (four(a, place), four(b, place), four(c, place), four(d, place))
    {
        match (coefficients, flat) {
            ([0, ..], true) => {}
            (&[dc, ..], true) => transform::add_dc(dc, [a, b, c, d]),
            _ => transform::add_dct(coefficients, [a, b, c, d]),
        }
    }
}

#[inline(always)]
fn four<const WIDTH: usize>(row: &mut [u8; WIDTH], x: usize) -> Option<&mut [u8; 4]> {
    row.get_mut(x..)?.first_chunk_mut()
}
