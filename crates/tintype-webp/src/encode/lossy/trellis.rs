//! Rate-distortion optimised quantisation: of all ways to round a block's coefficients to the nearest step or the one
//! below, and to end the block, the one whose bits and error together weigh least, by dynamic programming over the
//! contexts that one token leaves for the next.
#![allow(clippy::indexing_slicing)] // positions up to 15, places below 16, contexts below 3, bands below 8

use super::block::Block;
use super::costs::{KindCosts, of_extra};
use super::quantizer::{Matrix, weigh};
use crate::vp8::tokens::{BANDS, ZIGZAG};

/// A token on the best way to a context.
#[derive(Clone, Copy, Default)]
struct Step {
    level: u16,
    /// The context before it.
    context: u8,
}

/// The way that weighs least to the end of a block: where it ends, and the context there.
struct End {
    weight: u64,
    position: usize,
    context: usize,
}

/// More than any way weighs, by far, but not so much that sums overflow.
const FAR: u64 = u64::MAX / 4;

/// A block to optimise.
pub(super) struct Problem<'a> {
    pub(super) coefficients: &'a [i16; 16],
    pub(super) matrix: &'a Matrix,
    pub(super) costs: &'a KindCosts,
    /// The first coefficient that is coded, and its context.
    pub(super) first: usize,
    pub(super) context: usize,
    /// What a bit is worth.
    pub(super) worth: u64,
}

impl Problem<'_> {
    /// Finds the best levels. Returns them with the squared error.
    pub(super) fn solve(&self) -> (Block, u32) {
        let magnitudes: [u32; 16] =
            core::array::from_fn(|at| self.coefficients[usize::from(ZIGZAG[at])].unsigned_abs().into());
        let all: u32 = magnitudes[self.first..].iter().map(|&magnitude| magnitude * magnitude).sum();
        let nearest = self.nearest(&magnitudes);
        let Some(last) = (self.first..16).rev().find(|&at| nearest[at] > 0) else {
            return (Block::default(), all);
        };
        let mut steps = [[Step::default(); 3]; 16];
        let start = &self.costs[usize::from(BANDS[self.first])][self.context];
        let mut end =
            End { weight: weigh(all, start.end.into(), self.worth), position: self.first, context: 0 };
        // The weights of the best ways to each context; a way that goes on after a zero cannot end.
        let mut weights = [FAR; 3];
        weights[self.context] = if self.context == 0 { weigh(0, start.more.into(), self.worth) } else { 0 };
        let mut rest = all;
        for at in self.first..=last {
            let costs = &self.costs[usize::from(BANDS[at])];
            rest -= magnitudes[at] * magnitudes[at];
            let before = weights;
            weights = [FAR; 3];
            let (nearest, factor) = (nearest[at], self.factor(at));
            for level in nearest.saturating_sub(1)..=nearest {
                let error = magnitudes[at].abs_diff(level * factor);
                let (context, level) = (level.min(2) as usize, level as u16);
                let alone = weigh(error * error, of_extra(level), self.worth);
                for (from, &weight) in before.iter().enumerate() {
                    let weight = weight + alone + weigh(0, costs[from].of_token(level), self.worth);
                    if weight < weights[context] {
                        weights[context] = weight;
                        steps[at][context] = Step { level, context: from as u8 };
                    }
                }
            }
            for (context, &weight) in weights.iter().enumerate().skip(1) {
                let cost = if at < 15 { self.costs[usize::from(BANDS[at + 1])][context].end } else { 0 };
                let weight = weight + weigh(rest, cost.into(), self.worth);
                if weight < end.weight {
                    end = End { weight, position: at + 1, context };
                }
            }
        }
        self.follow(&steps, &end, &magnitudes)
    }

    fn factor(&self, at: usize) -> u32 {
        self.matrix.factors[usize::from(at > 0)] as u32
    }

    /// The nearest levels.
    #[inline(always)]
    fn nearest(&self, magnitudes: &[u32; 16]) -> [u32; 16] {
        let [dc, ac] = self.matrix.reciprocals();
        core::array::from_fn(|at| {
            let (factor, reciprocal) = (self.factor(at), if at == 0 { dc } else { ac });
            ((magnitudes[at] + factor / 2) * reciprocal) >> 16
        })
    }

    /// Follows the best way back from its end.
    fn follow(&self, steps: &[[Step; 3]; 16], end: &End, magnitudes: &[u32; 16]) -> (Block, u32) {
        let mut block = Block::default();
        let mut distortion = magnitudes[end.position..].iter().map(|&magnitude| magnitude * magnitude).sum();
        if end.position == self.first {
            return (block, distortion);
        }
        block.end = end.position as u8;
        let mut context = end.context;
        for at in (self.first..end.position).rev() {
            let step = steps[at][context];
            let place = usize::from(ZIGZAG[at]);
            let level = step.level as i16;
            block.levels[place] = if self.coefficients[place] < 0 { -level } else { level };
            let error = magnitudes[at].abs_diff(u32::from(step.level) * self.factor(at));
            distortion += error * error;
            context = step.context.into();
        }
        (block, distortion)
    }
}
