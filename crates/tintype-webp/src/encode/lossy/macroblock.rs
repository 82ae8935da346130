//! Encodes macroblocks: chooses modes and coefficients, and reconstructs what decoders will see.

use super::budget;
use super::choice::{Means, Neighbours};
use super::chroma;
use super::luma4::{self, Split};
use super::luma16;
use super::store::Macroblock;
use super::tokens::Blocks;
use crate::vp8::modes::LumaMode;
use crate::vp8::predict::{ChromaSpace, LumaSpace};

/// The pixels of a macroblock.
#[derive(Clone, Debug)]
pub(super) struct Source {
    pub(super) y: [[u8; 16]; 16],
    pub(super) uv: [[[u8; 8]; 8]; 2],
}

/// The macroblock at work.
#[derive(Debug)]
pub(super) struct Workspace {
    /// Pixels as decoders reconstruct them, without the loop filter.
    pub(super) luma: LumaSpace,
    pub(super) chroma: [ChromaSpace; 2],
    pub(super) blocks: Blocks,
}

impl Workspace {
    pub(super) fn new() -> Self {
        Self { luma: [[0; 32]; 17], chroma: [[[0; 16]; 9]; 2], blocks: Default::default() }
    }

    /// Encodes a macroblock of a segment. The pixels around it are in place.
    pub(super) fn encode(
        &mut self,
        source: &Source,
        segment: u8,
        neighbours: &Neighbours<'_>,
        means: &Means<'_>,
    ) -> Macroblock {
        let luma = self.encode_luma(source, neighbours, means);
        let cost = budget::of_luma(&luma, neighbours.above_modes, neighbours.left_modes);
        let limit = means.budget.for_chroma(cost);
        let chroma = chroma::encode(&mut self.chroma, &mut self.blocks, &source.uv, neighbours, means, limit);
        let with_y2 = matches!(luma, LumaMode::Whole(_));
        let [yuv @ .., y2] = &self.blocks;
        let skip = yuv.iter().all(|block| block.end == 0) && !(with_y2 && y2.end > 0);
        Macroblock { segment, luma, chroma, skip }
    }

    fn encode_luma(&mut self, source: &Source, neighbours: &Neighbours<'_>, means: &Means<'_>) -> LumaMode {
        let most = means.budget.for_luma();
        let whole = luma16::choose(&mut self.luma, &source.y, neighbours, means, most);
        // More modes are more work for decoders, and cost macroblocks below and to the right more.
        let limit = whole.weight - whole.weight / 64;
        let split = if whole.worth_splitting(means, most) {
            luma4::encode(&self.luma, &source.y, neighbours, means, limit, &whole.shares)
        } else {
            None
        };
        let (above, left) = (neighbours.above_modes, neighbours.left_modes);
        let affordable =
            |split: &Split| budget::of_luma(&LumaMode::Subblocks(split.modes), above, left) <= most;
        let split = split.filter(affordable);
        match split {
            Some(split) if split.weight < whole.weight => {
                LumaMode::Subblocks(split.keep(&mut self.luma, &mut self.blocks))
            }
            _ => {
                let mode = whole.mode;
                whole.reconstruct(&mut self.luma, &mut self.blocks, neighbours.around, means);
                LumaMode::Whole(mode)
            }
        }
    }
}
