//! What is known of the frame's macroblocks until it is written: their modes and their coefficients, a byte each where
//! they are small.

use super::block::Block;
use super::tokens::{Blocks, Context, each_block};
use crate::vp8::modes::{LumaMode, Mode, SubMode};
use crate::vp8::tokens::ZIGZAG;
use alloc::boxed::Box;
use alloc::vec::Vec;

/// A macroblock, but for its coefficients.
#[derive(Clone, Copy, Debug)]
pub(super) struct Macroblock {
    pub(super) segment: u8,
    pub(super) luma: LumaMode,
    pub(super) chroma: Mode,
    /// Whether it has no coefficients.
    pub(super) skip: bool,
}

impl Macroblock {
    pub(super) fn with_y2(&self) -> bool {
        matches!(self.luma, LumaMode::Whole(_))
    }
}

/// Most bytes of a macroblock's modes.
pub(super) const MAX_MODES: usize = 1 + 8;

/// The values that take one byte, not two, are less than this away from zero.
pub(super) const SMALL: i16 = 63;

const MODES: [Mode; 4] = [Mode::Dc, Mode::Vertical, Mode::Horizontal, Mode::TrueMotion];

/// A row of macroblocks.
#[derive(Debug)]
pub(super) struct StoredRow {
    modes: Box<[u8]>,
    tokens: Box<[u8]>,
}

/// A row of macroblocks in the making, whose buffers serve all rows.
#[derive(Debug)]
pub(super) struct RowWriter {
    modes: Vec<u8>,
    tokens: Vec<u8>,
}

impl RowWriter {
    pub(super) fn new(columns: usize, max_tokens: usize) -> Self {
        Self {
            modes: Vec::with_capacity(columns * MAX_MODES),
            tokens: Vec::with_capacity(columns * max_tokens),
        }
    }

    /// Adds a macroblock.
    pub(super) fn push(&mut self, macroblock: &Macroblock, blocks: &Blocks) {
        let with_y2 = macroblock.with_y2();
        let luma = match macroblock.luma {
            LumaMode::Whole(mode) => mode as u8,
            LumaMode::Subblocks(_) => 0,
        };
        let flags = u8::from(macroblock.skip) << 2 | u8::from(with_y2) << 3;
        self.modes.push(macroblock.segment & 3 | flags | luma << 4 | (macroblock.chroma as u8) << 6);
        if let LumaMode::Subblocks(modes) = macroblock.luma {
            let pairs = modes.as_chunks::<2>().0.iter();
            self.modes.extend(pairs.map(|&[first, second]| first as u8 | (second as u8) << 4));
        }
        if !macroblock.skip {
            // Contexts do not matter here.
            let (mut above, mut left) = Default::default();
            each_block(blocks, with_y2, &mut above, &mut left, |_, first, _, block| {
                self.push_block(first, block)
            });
        }
    }

    fn push_block(&mut self, first: usize, block: &Block) {
        self.tokens.push(block.end);
        for &place in ZIGZAG.iter().take(block.end.into()).skip(first) {
            let level = block.levels.get(usize::from(place)).copied().unwrap_or(0);
            if (-SMALL..=SMALL).contains(&level) {
                self.tokens.push(level as u8 & 0x7F);
            } else {
                let [high, low] = level.to_be_bytes();
                self.tokens.extend([high | 0x80, low]);
            }
        }
    }

    /// Ends the row.
    pub(super) fn end(&mut self) -> StoredRow {
        let row = StoredRow { modes: self.modes.as_slice().into(), tokens: self.tokens.as_slice().into() };
        self.modes.clear();
        self.tokens.clear();
        row
    }
}

/// Reads modes of macroblocks back.
pub(super) struct ModeReader<'a>(core::slice::Iter<'a, u8>);

impl Iterator for ModeReader<'_> {
    type Item = Macroblock;

    fn next(&mut self) -> Option<Macroblock> {
        let &byte = self.0.next()?;
        let mode = |bits: u8| MODES.get(usize::from(bits & 3)).copied().unwrap_or_default();
        let luma = if byte >> 3 & 1 == 1 {
            LumaMode::Whole(mode(byte >> 4))
        } else {
            let mut modes = [SubMode::Dc; 16];
            for (pair, &byte) in modes.as_chunks_mut::<2>().0.iter_mut().zip(self.0.by_ref()) {
                *pair = [byte & 15, byte >> 4].map(sub_mode);
            }
            LumaMode::Subblocks(modes)
        };
        Some(Macroblock { segment: byte & 3, luma, chroma: mode(byte >> 6), skip: byte >> 2 & 1 == 1 })
    }
}

fn sub_mode(number: u8) -> SubMode {
    super::predict::SUB_MODES.get(usize::from(number)).copied().unwrap_or_default()
}

impl StoredRow {
    /// Frees the coefficients, which are not needed any more.
    pub(super) fn discard(&mut self) {
        self.tokens = Box::default();
    }

    pub(super) fn modes(&self) -> ModeReader<'_> {
        ModeReader(self.modes.iter())
    }

    /// Visits the blocks of all macroblocks, each with its kind, its first coefficient and its context. `above` has a
    /// context for each column.
    pub(super) fn each_block(
        &self,
        above: &mut [Context],
        mut visit: impl FnMut(usize, usize, usize, &Block),
    ) {
        let mut left = Context::default();
        let mut bytes = self.tokens.iter().copied();
        let mut blocks: Blocks = Default::default();
        for (macroblock, above) in self.modes().zip(above) {
            let with_y2 = macroblock.with_y2();
            if macroblock.skip {
                above.clear(with_y2);
                left.clear(with_y2);
                continue;
            }
            read_blocks(&mut bytes, with_y2, &mut blocks);
            each_block(&blocks, with_y2, above, &mut left, &mut visit);
        }
    }
}

/// Reads the blocks of a macroblock back.
fn read_blocks(bytes: &mut impl Iterator<Item = u8>, with_y2: bool, blocks: &mut Blocks) {
    let [yuv @ .., y2] = blocks;
    let order = with_y2.then_some(y2).into_iter().chain(yuv);
    for (at, block) in order.enumerate() {
        let first = usize::from(with_y2 && (1..17).contains(&at));
        *block = Block { levels: [0; 16], end: bytes.next().unwrap_or(0) };
        for &place in ZIGZAG.iter().take(block.end.into()).skip(first) {
            let byte = bytes.next().unwrap_or(0);
            let level = if byte & 0x80 == 0 {
                i16::from((byte << 1) as i8 >> 1)
            } else {
                // The flag took the place of a copy of the sign.
                i16::from_be_bytes([((byte << 1) as i8 >> 1) as u8, bytes.next().unwrap_or(0)])
            };
            if let Some(to) = block.levels.get_mut(usize::from(place)) {
                *to = level;
            }
        }
    }
}
