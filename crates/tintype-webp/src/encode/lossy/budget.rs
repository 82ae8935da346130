//! The bits of modes. The format has 512 KiB for them, in any frame (RFC 6386, 9.1), which is plenty for most: a large
//! frame of noise would take more. So each macroblock gets an allowance, and takes simpler modes where it must.

use super::costs;
use crate::vp8::modes::{LumaMode, Mode, SubMode};

/// What the cheapest modes of a macroblock cost, and those of its colour differences alone, in 256ths of a bit.
const LEAST: u64 = costs::of_luma_mode(Mode::Dc) as u64 + LEAST_CHROMA;
const LEAST_CHROMA: u64 = costs::of_chroma_mode(Mode::Dc) as u64;

/// What a macroblock's segment and whether it has coefficients cost at the most, in 256ths of a bit.
const MOST_FLAGS: u64 = 3 * 256 + 8;

/// Bits of a frame's modes, spent and to be spent, in 256ths.
#[derive(Debug)]
pub(super) struct Budget {
    macroblocks: u64,
    done: u64,
    spent: u64,
    available: u64,
    flags: bool,
}

impl Budget {
    /// The budget of a frame of `macroblocks` macroblocks, whose modes take at most `bytes` bytes.
    pub(super) fn new(macroblocks: usize, bytes: usize) -> Self {
        let macroblocks = macroblocks as u64;
        // Bools take slightly more than their information.
        let all = bytes as u64 * 8 * 256 / 33 * 32;
        let flags = macroblocks * (LEAST + MOST_FLAGS) <= all;
        let available = if flags { all - macroblocks * MOST_FLAGS } else { all };
        Self { macroblocks, done: 0, spent: 0, available, flags }
    }

    /// Whether macroblocks can have segments, and flags that say that they have no coefficients.
    pub(super) fn flags(&self) -> bool {
        self.flags
    }

    /// What the modes of the next macroblock may cost. All get the same share, but some more as long as much is left.
    fn allowance(&self) -> u64 {
        let even = (self.available * (self.done + 1)) / self.macroblocks.max(1) + self.available / 8;
        let after = self.macroblocks.saturating_sub(self.done + 1) * LEAST;
        even.min(self.available.saturating_sub(after)).saturating_sub(self.spent).max(LEAST)
    }

    /// What the modes of the next macroblock's luminance may cost.
    pub(super) fn for_luma(&self) -> u32 {
        (self.allowance() - LEAST_CHROMA).min(u32::MAX.into()) as u32
    }

    /// What the mode of colour differences may cost, after luminance has taken its part.
    pub(super) fn for_chroma(&self, luma: u32) -> u32 {
        self.allowance().saturating_sub(luma.into()).clamp(LEAST_CHROMA, u32::MAX.into()) as u32
    }

    #[cfg(test)]
    pub(super) fn spent(&self) -> u64 {
        self.spent
    }

    /// Counts a macroblock whose modes cost this much.
    pub(super) fn spend(&mut self, cost: u32) {
        self.done += 1;
        self.spent += u64::from(cost);
    }
}

/// The cost of luminance modes, given those above and to the left.
pub(super) fn of_luma(luma: &LumaMode, above: &[SubMode; 4], left: &[SubMode; 4]) -> u32 {
    match luma {
        LumaMode::Whole(mode) => costs::of_luma_mode(*mode).into(),
        LumaMode::Subblocks(modes) => {
            let (mut above, mut cost) = (*above, u32::from(costs::SUBBLOCKS));
            for (row, &left) in modes.as_chunks::<4>().0.iter().zip(left) {
                let mut left = left;
                for (&mode, above) in row.iter().zip(&mut above) {
                    let costs = costs::of_sub_modes(*above, left);
                    cost += costs.get(mode as usize).map_or(0, |&cost| u32::from(cost));
                    (*above, left) = (mode, mode);
                }
            }
            cost
        }
    }
}
