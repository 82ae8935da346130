//! Rate-distortion optimised quantisation: of all ways to round a block's coefficients to the nearest step or the one
//! below, and to end the block, the one whose bits and error together weigh least, by dynamic programming over the
//! contexts that one token leaves for the next.
#![allow(clippy::indexing_slicing)] // positions up to 15, places below 16, contexts below 3, bands below 8

use super::block::Block;
use super::costs::KindCosts;
use super::quantizer::{ErrorScale, Matrix};
use crate::vp8::tokens::{BANDS, ZIGZAG};

/// The ways to a coefficient that can be parts of the best: to the nearest level, and to the one below.
#[derive(Clone, Copy)]
struct Ways {
    weights: [u64; 2],
    /// The contexts that the levels leave.
    contexts: [u8; 2],
}

/// What leads back from a coefficient: for each way its level, and which of the ways before it goes on.
#[derive(Clone, Copy, Default)]
struct Back {
    levels: [u16; 2],
    from: [u8; 2],
}

/// The way that weighs least to the end of a block: where it ends, and which of the ways there it is.
struct End {
    weight: u64,
    position: usize,
    way: usize,
}

/// The low bits of weights sum up costs alone.
const COST_BITS: u32 = 20;

/// What a cost weighs.
#[inline(always)]
fn bits(cost: u32) -> u64 {
    u64::from(cost) << COST_BITS | u64::from(cost)
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
    /// What errors weigh.
    pub(super) scale: ErrorScale,
}

impl Problem<'_> {
    /// Finds the best levels. Returns them with the squared error and what they cost.
    pub(super) fn solve(&self) -> (Block, u32, u32) {
        let magnitudes: [u32; 16] =
            core::array::from_fn(|at| self.coefficients[usize::from(ZIGZAG[at])].unsigned_abs().into());
        let nearest = self.nearest(&magnitudes);
        let mut rest: u32 = magnitudes[self.first..].iter().map(|&magnitude| magnitude * magnitude).sum();
        let start = &self.costs[usize::from(BANDS[self.first])][self.context & 3];
        let Some(last) = (self.first..16).rev().find(|&at| nearest[at] > 0) else {
            return (Block::default(), rest, start.end.into());
        };
        let mut end = End { weight: self.error(rest) + bits(start.end.into()), position: self.first, way: 0 };
        // A way that goes on after a zero cannot end, so that only other contexts pay for going on here.
        let more = if self.context == 0 { start.more } else { 0 };
        let mut ways = Ways { weights: [bits(more.into()), FAR], contexts: [self.context as u8, 0] };
        let mut back = [Back::default(); 16];
        for at in self.first..=last {
            let magnitude = magnitudes[at];
            rest -= magnitude * magnitude;
            if nearest[at] == 0 {
                let (weight, from) = self.way(&ways, at, 0, magnitude);
                ways = Ways { weights: [weight, FAR], contexts: [0, 0] };
                back[at] = Back { levels: [0; 2], from: [from; 2] };
                continue;
            }
            (ways, back[at]) = self.advance(&ways, at, magnitude, nearest[at]);
            let rest = self.error(rest);
            for way in 0..2 {
                let context = usize::from(ways.contexts[way]);
                let cost = if at == 15 { 0 } else { self.costs[usize::from(BANDS[at + 1])][context & 3].end };
                let weight = ways.weights[way] + rest + bits(cost.into());
                if context > 0 && weight < end.weight {
                    end = End { weight, position: at + 1, way };
                }
            }
        }
        self.follow(&back, &end, &magnitudes)
    }

    /// The best way to a level of a coefficient: its weight, and which way it goes on from.
    #[inline(always)]
    fn way(&self, before: &Ways, at: usize, level: u32, magnitude: u32) -> (u64, u8) {
        let costs = &self.costs[usize::from(BANDS[at])];
        let level = level as u16;
        let weight =
            |way: usize| before.weights[way] + bits(costs[usize::from(before.contexts[way]) & 3].of(level));
        let (first, second) = (weight(0), if before.weights[1] < FAR { weight(1) } else { FAR });
        let error = magnitude.abs_diff(u32::from(level) * self.factor(at));
        let own = self.error(error * error);
        if second < first { (second + own, 1) } else { (first + own, 0) }
    }

    /// The best ways to a coefficient's levels.
    #[inline(always)]
    fn advance(&self, before: &Ways, at: usize, magnitude: u32, nearest: u32) -> (Ways, Back) {
        let (upper, from_upper) = self.way(before, at, nearest, magnitude);
        let level = nearest as u16;
        let context = level.min(2) as u8;
        // Where the coefficient is beyond the nearest level, the one below is off by more than a step. That is worth it
        // only for a zero.
        if nearest > 1 && magnitude >= nearest * self.factor(at) {
            let ways = Ways { weights: [upper, FAR], contexts: [context, 0] };
            return (ways, Back { levels: [level; 2], from: [from_upper; 2] });
        }
        let (lower, from_lower) = self.way(before, at, nearest - 1, magnitude);
        (
            Ways { weights: [upper, lower], contexts: [context, (level - 1).min(2) as u8] },
            Back { levels: [level, level - 1], from: [from_upper, from_lower] },
        )
    }

    /// What a squared error weighs.
    #[inline(always)]
    fn error(&self, error: u32) -> u64 {
        self.scale.weigh(error) << COST_BITS
    }

    #[inline(always)]
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
    fn follow(&self, back: &[Back; 16], end: &End, magnitudes: &[u32; 16]) -> (Block, u32, u32) {
        let mut block = Block::default();
        let cost = (end.weight & ((1 << COST_BITS) - 1)) as u32;
        let mut distortion = magnitudes[end.position..].iter().map(|&magnitude| magnitude * magnitude).sum();
        if end.position == self.first {
            return (block, distortion, cost);
        }
        block.end = end.position as u8;
        let mut way = end.way;
        for at in (self.first..end.position).rev() {
            let level = back[at].levels[way & 1];
            let place = usize::from(ZIGZAG[at]);
            block.levels[place] = if self.coefficients[place] < 0 { -(level as i16) } else { level as i16 };
            let error = magnitudes[at].abs_diff(u32::from(level) * self.factor(at));
            distortion += error * error;
            way = back[at].from[way & 1].into();
        }
        (block, distortion, cost)
    }
}
