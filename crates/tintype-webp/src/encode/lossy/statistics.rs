//! Statistics of tokens, and the probabilities that suit them.
#![allow(clippy::indexing_slicing)] // tables of constant size, by numbers whose ranges their makers know

use super::costs::of_bool;
use super::tokens::Sink;
use crate::vp8::probabilities::{DEFAULTS, TokenProbabilities, UPDATES};

/// How often bools were false and true: by kind of block, band, context, and place in the tree of tokens.
#[derive(Clone, Debug)]
pub(super) struct Statistics {
    counts: [[[[[u32; 2]; 11]; 3]; 8]; 4],
    /// The cost of bools of constant probability, in 256ths of a bit.
    constants: u64,
}

/// How many bools the probabilities that hold unless replaced stand for, as long as there are few.
const PRIOR: u32 = 24;

impl Sink for Statistics {
    #[inline(always)]
    fn bit(&mut self, (kind, band, context): (usize, usize, usize), node: usize, bit: bool) {
        // There are less than 2^32: 2^20 macroblocks of 400 coefficients each.
        self.counts[kind][band][context][node][usize::from(bit)] += 1;
    }

    #[inline(always)]
    fn constant(&mut self, bit: bool, probability: u8) {
        self.constants += u64::from(of_bool(bit, probability));
    }
}

impl Statistics {
    pub(super) fn new() -> Self {
        Self { counts: [[[[[0; 2]; 11]; 3]; 8]; 4], constants: 0 }
    }

    /// The probabilities to expect of what is to come.
    pub(super) fn expected(&self) -> TokenProbabilities {
        self.map(|[falses, trues], default, _| {
            let prior = u64::from(default) * u64::from(PRIOR) / 256;
            probability(u64::from(falses) + prior, u64::from(falses) + u64::from(trues) + u64::from(PRIOR))
        })
    }

    /// The probabilities that make the file smallest, given that replacing them takes bits.
    pub(super) fn fitted(&self) -> TokenProbabilities {
        self.map(|[falses, trues], default, update| {
            if falses + trues == 0 {
                return default;
            }
            let own = probability(falses.into(), u64::from(falses) + u64::from(trues));
            let cost = |probability: u8| cost([falses, trues], probability);
            let replacing = u64::from(of_bool(true, update)) + 8 * 256 - u64::from(of_bool(false, update));
            if cost(own) + replacing < cost(default) { own } else { default }
        })
    }

    /// The cost of all tokens, in 256ths of a bit.
    pub(super) fn cost(&self, probabilities: &TokenProbabilities) -> u64 {
        let counts = self.counts.as_flattened().as_flattened().as_flattened();
        let probabilities = probabilities.as_flattened().as_flattened().as_flattened();
        let bools = counts.iter().zip(probabilities).map(|(&counts, &probability)| cost(counts, probability));
        bools.sum::<u64>() + self.constants
    }

    /// What a function makes of counts, the probability that holds unless it is replaced, and that it is not.
    fn map(&self, function: impl Fn([u32; 2], u8, u8) -> u8) -> TokenProbabilities {
        let mut probabilities = DEFAULTS;
        let places = probabilities.as_flattened_mut().as_flattened_mut().as_flattened_mut();
        let updates = UPDATES.as_flattened().as_flattened().as_flattened();
        let counts = self.counts.as_flattened().as_flattened().as_flattened();
        for ((place, &update), &counts) in places.iter_mut().zip(updates).zip(counts) {
            *place = function(counts, *place, update);
        }
        probabilities
    }
}

/// The cost of bools, false and true as often as counted.
fn cost([falses, trues]: [u32; 2], probability: u8) -> u64 {
    let of = |count: u32, bit: bool| u64::from(count) * u64::from(of_bool(bit, probability));
    of(falses, false) + of(trues, true)
}

/// The probability in 256ths of what happened `count` times in `total`, which is more than zero.
pub(super) fn probability(count: u64, total: u64) -> u8 {
    ((count * 256 + total / 2) / total).clamp(1, 255) as u8
}
