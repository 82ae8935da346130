//! Coefficient tokens (RFC 6386, 13): how blocks become bools, and in which contexts.
#![allow(clippy::indexing_slicing)] // tables of constant size, by numbers whose ranges their makers know

use super::block::Block;
use crate::vp8::tokens::{BANDS, CATEGORY_3, CATEGORY_4, CATEGORY_5, CATEGORY_6, ZIGZAG};

/// Kinds of blocks.
pub(super) const AFTER_Y2: usize = 0;
pub(super) const Y2: usize = 1;
pub(super) const CHROMA: usize = 2;
pub(super) const WHOLE: usize = 3;

/// The blocks of a macroblock: 16 of Y, four of U, four of V, and Y2.
pub(super) type Blocks = [Block; 25];
pub(super) const FIRST_U: usize = 16;
pub(super) const Y2_BLOCK: usize = 24;

/// Whether the blocks at a macroblock's right or lower edge have coefficients.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Context {
    pub(super) y: [u8; 4],
    pub(super) uv: [[u8; 2]; 2],
    pub(super) y2: u8,
}

impl Context {
    /// Records a macroblock without coefficients. One that is predicted by subblocks has no Y2, and leaves that alone.
    pub(super) fn clear(&mut self, with_y2: bool) {
        *self = Self { y2: if with_y2 { 0 } else { self.y2 }, ..Self::default() };
    }
}

/// Visits a macroblock's blocks in their order, each with its kind, its first coefficient and its context.
pub(super) fn each_block(
    blocks: &Blocks,
    with_y2: bool,
    above: &mut Context,
    left: &mut Context,
    mut visit: impl FnMut(usize, usize, usize, &Block),
) {
    let mut next = |kind: usize, first: usize, block: &Block, above: &mut u8, left: &mut u8| {
        visit(kind, first, usize::from(*above + *left), block);
        let any = u8::from(usize::from(block.end) > first);
        (*above, *left) = (any, any);
    };
    let (kind, first) = if with_y2 { (AFTER_Y2, 1) } else { (WHOLE, 0) };
    if with_y2 {
        next(Y2, 0, &blocks[Y2_BLOCK], &mut above.y2, &mut left.y2);
    }
    for (at, block) in blocks[..FIRST_U].iter().enumerate() {
        next(kind, first, block, &mut above.y[at % 4], &mut left.y[at / 4]);
    }
    for (at, block) in blocks[FIRST_U..Y2_BLOCK].iter().enumerate() {
        let (above, left) = (&mut above.uv[at / 4], &mut left.uv[at / 4]);
        next(CHROMA, 0, block, &mut above[at % 2], &mut left[at % 4 / 2]);
    }
}

/// Takes the bools of tokens.
pub(super) trait Sink {
    /// A bool at a place in the tree of tokens, where probabilities of its own hold.
    fn bit(&mut self, place: (usize, usize, usize), node: usize, bit: bool);
    /// A bool of a constant probability.
    fn constant(&mut self, bit: bool, probability: u8);
}

/// Turns a block's coefficients from `first` on to bools.
pub(super) fn write_block(sink: &mut impl Sink, kind: usize, first: usize, context: usize, block: &Block) {
    let end = usize::from(block.end).min(16);
    let mut place = (kind, usize::from(BANDS[first]), context);
    let mut after_zero = false;
    for at in first..end {
        if !after_zero {
            sink.bit(place, 0, true);
        }
        let level = block.levels[usize::from(ZIGZAG[at])];
        let magnitude = level.unsigned_abs();
        write_magnitude(sink, place, magnitude);
        if level != 0 {
            sink.constant(level < 0, 128);
        }
        after_zero = level == 0;
        place = (kind, usize::from(BANDS[at + 1]), usize::from(magnitude.min(2)));
    }
    if end < 16 {
        sink.bit(if end > first { place } else { (kind, usize::from(BANDS[first]), context) }, 0, false);
    }
}

#[inline(always)]
fn write_magnitude(sink: &mut impl Sink, place: (usize, usize, usize), level: u16) {
    sink.bit(place, 1, level > 0);
    if level == 0 {
        return;
    }
    sink.bit(place, 2, level > 1);
    if level == 1 {
        return;
    }
    sink.bit(place, 3, level > 4);
    if level <= 4 {
        sink.bit(place, 4, level > 2);
        if level > 2 {
            sink.bit(place, 5, level > 3);
        }
        return;
    }
    write_large(sink, place, level);
}

fn write_large(sink: &mut impl Sink, place: (usize, usize, usize), level: u16) {
    sink.bit(place, 6, level > 10);
    if level <= 10 {
        sink.bit(place, 7, level > 6);
        return match level {
            5 | 6 => sink.constant(level == 6, 159),
            _ => {
                sink.constant((level - 7) & 2 != 0, 165);
                sink.constant((level - 7) & 1 != 0, 145);
            }
        };
    }
    sink.bit(place, 8, level > 34);
    let (base, probabilities): (u16, &[u8]) = if level <= 34 {
        sink.bit(place, 9, level > 18);
        if level > 18 { (19, &CATEGORY_4) } else { (11, &CATEGORY_3) }
    } else {
        sink.bit(place, 10, level > 66);
        if level > 66 { (67, &CATEGORY_6) } else { (35, &CATEGORY_5) }
    };
    for (bit, &probability) in (0..probabilities.len()).rev().zip(probabilities) {
        sink.constant((level - base) >> bit & 1 == 1, probability);
    }
}
