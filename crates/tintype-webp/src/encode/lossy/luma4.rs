//! Luminance predicted by subblocks (RFC 6386, 12.3).
#![allow(clippy::indexing_slicing)] // places in arrays of constant size

use super::block::{self, Block, Pair, Quantized};
use super::choice::{Means, Neighbours};
use super::config::Effort;
use super::costs;
use super::predict::{PairRows, SUB_MODES, all_modes, edge, join, word};
use super::quantizer::{Quantizer, weigh};
use super::residue;
use super::tokens::{Blocks, WHOLE};
use super::trellis::Problem;
use crate::vp8::modes::SubMode;
use crate::vp8::predict::{LEFT, LumaSpace};
use tintype_lanes::{I16x8, I32x4, Words};

/// Luminance by subblocks, as decoders see it.
pub(super) struct Split {
    pub(super) modes: [SubMode; 16],
    /// Error and bits together.
    pub(super) weight: u64,
    space: LumaSpace,
    blocks: [Block; 16],
}

impl Split {
    /// Puts the blocks and the pixels in place.
    pub(super) fn keep(self, space: &mut LumaSpace, blocks: &mut Blocks) -> [SubMode; 16] {
        *space = self.space;
        blocks[..16].copy_from_slice(&self.blocks);
        self.modes
    }
}

/// What a subblock's mode and the end of its block cost at the least, rather more than less.
pub(super) const LEAST_SUB_MODE: u32 = 100;

/// Per cent of its shares of the limit that subblocks still to come are expected to weigh at the least. Where the first few are
/// no better than their shares, the others are not looked at.
const LEAST_SHARE: u64 = 95;

/// Encodes luminance by subblocks if error and bits together weigh less than `limit`, which has these shares.
pub(super) fn encode(
    space: &LumaSpace,
    source: &[[u8; 16]; 16],
    neighbours: &Neighbours<'_>,
    means: &Means<'_>,
    limit: u64,
    shares: &[u64; 16],
) -> Option<Split> {
    let mut work = *space;
    // All subblocks at the right edge see the pixels above and to the right of the macroblock.
    let beyond: [u8; 4] = core::array::from_fn(|x| work[0][LEFT + 16 + x]);
    for row in [4, 8, 12] {
        work[row][LEFT + 16..LEFT + 20].copy_from_slice(&beyond);
    }
    let (mut above, mut left) = (neighbours.above.y, neighbours.left.y);
    let (mut above_modes, mut left_modes) = (*neighbours.above_modes, *neighbours.left_modes);
    let mut modes = [SubMode::Dc; 16];
    let mut chosen = [Block::default(); 16];
    // The modes of subblocks that are still to come cost something in any case.
    let least = weigh(0, LEAST_SUB_MODE, means.quantizer.luma);
    let mut weight = weigh(0, costs::SUBBLOCKS.into(), means.quantizer.luma);
    let mut expected = shares.iter().sum::<u64>();
    for at in 0..16 {
        let (column, row) = (at % 4, at / 4);
        let (x, y) = (column * 4, row * 4);
        let mode_costs = costs::of_sub_modes(above_modes[column], left_modes[row]);
        let context = usize::from(above[column] + left[row]);
        let predictions = all_modes(&edge(&work, x, y));
        let rows = core::array::from_fn(|row| {
            let pixels = word(&source[y + row], x);
            join(pixels, pixels)
        });
        let choice = choose::<Words>(&rows, &predictions, mode_costs, context, means);
        weight += choice.weight;
        expected -= shares[at];
        let rest = if means.effort == Effort::Best { 0 } else { expected / 100 * LEAST_SHARE };
        if weight + rest.max(least * (15 - at) as u64) >= limit {
            return None;
        }
        let mode = SUB_MODES[choice.number];
        for (row, pair) in predictions[choice.number / 2].iter().enumerate() {
            let half = choice.number % 2 * 4;
            work[y + 1 + row][LEFT + x..LEFT + x + 4].copy_from_slice(&pair[half..half + 4]);
        }
        let coefficients = residue::dequantize(&choice.block, means.quantizer.y.factors);
        residue::add(&mut work, x, y, &coefficients, choice.block.end <= 1);
        (above_modes[column], left_modes[row], modes[at]) = (mode, mode, mode);
        let any = u8::from(choice.block.end > 0);
        (above[column], left[row]) = (any, any);
        chosen[at] = choice.block;
    }
    Some(Split { modes, weight, space: work, blocks: chosen })
}

/// What a coefficient that is not zero costs at the least, in all but rare cases.
const LEAST_LEVEL: u32 = 550;

/// A mode of a subblock with its coefficients.
struct Choice {
    number: usize,
    weight: u64,
    block: Block,
}

/// Chooses the best mode of a subblock.
fn choose<V: I16x8>(
    source: &[[u8; 8]; 4],
    predictions: &[PairRows; 5],
    mode_costs: &[u16; 10],
    context: usize,
    means: &Means<'_>,
) -> Choice {
    let quantizer = means.quantizer;
    // Half of how many modes are looked at closely.
    let pairs = match means.effort {
        Effort::Fast => 1,
        Effort::Default => 2,
        Effort::Best => 5,
    };
    let numbers = shortlist(errors::<V>(source, predictions), mode_costs, quantizer);
    let mut transformed = [[V::splat(0); 4]; 5];
    let mut candidates = [Block::default(); 10];
    // What each candidate weighs without its coefficients' bits, and at the least.
    let (mut weights, mut least) = ([0; 10], [u64::MAX; 10]);
    for pair in 0..pairs {
        let [first, second] = [numbers[2 * pair], numbers[2 * pair + 1]];
        let half = |number: usize, row: usize| word(&predictions[number / 2][row], number % 2 * 4);
        let prediction: PairRows = core::array::from_fn(|row| join(half(first, row), half(second, row)));
        transformed[pair] = block::forward_dct(source.each_ref(), prediction.each_ref());
        let Quantized { levels, distortion } = block::quantize(transformed[pair], &quantizer.y);
        for (half, (block, count)) in block::blocks_and_counts(levels).into_iter().enumerate() {
            let at = 2 * pair + half;
            candidates[at] = block;
            weights[at] = weigh(distortion[half], mode_costs[numbers[at]].into(), quantizer.luma);
            least[at] = weights[at] + weigh(0, count * LEAST_LEVEL, quantizer.luma);
        }
    }
    let kind = means.costs.of_kind(WHOLE);
    if means.effort == Effort::Best {
        return choose_optimized(&transformed, &candidates, &weights, &numbers, mode_costs, context, means);
    }
    let likely = (0..2 * pairs).min_by_key(|&at| least[at]).unwrap_or(0);
    let mut best = (u64::MAX, likely);
    for at in core::iter::once(likely).chain(0..2 * pairs) {
        if least[at] < best.0 && (at != likely || best.0 == u64::MAX) {
            let cost = costs::of_block(kind, 0, context, &candidates[at]);
            best = best.min((weights[at] + weigh(0, cost, quantizer.luma), at));
        }
    }
    let (weight, at) = best;
    Choice { number: numbers[at], weight, block: candidates[at] }
}

/// The squared errors of the predictions in every mode.
#[inline(always)]
fn errors<V: I16x8>(source: &[[u8; 8]; 4], predictions: &[PairRows; 5]) -> [u32; 10] {
    let source = source.each_ref().map(V::widen);
    let mut errors = [0; 10];
    for (errors, rows) in errors.as_chunks_mut::<2>().0.iter_mut().zip(predictions) {
        let mut sum = V::Wide::splat(0);
        for (source, row) in source.into_iter().zip(rows) {
            let error = source.sub(V::widen(row));
            sum = sum.add(error.dot(error));
        }
        *errors = sum.sum_halves().map(|sum| sum as u32);
    }
    errors
}

/// The modes, those first whose predictions are closest, given what they cost.
#[inline(always)]
fn shortlist(errors: [u32; 10], mode_costs: &[u16; 10], quantizer: &Quantizer) -> [usize; 10] {
    // Squared errors of coefficients are four times those of pixels.
    let worth = quantizer.luma;
    let mut keys = [0; 10];
    for (number, ((&error, &cost), key)) in (0..).zip(errors.iter().zip(mode_costs).zip(&mut keys)) {
        *key = (error + ((u64::from(cost) * worth) >> 14) as u32) << 4 | number;
    }
    keys.sort_unstable();
    keys.map(|key| (key & 15) as usize % 10)
}

/// Optimises the coefficients of a mode.
fn optimize(
    coefficients: &[i16; 16],
    number: usize,
    mode_costs: &[u16; 10],
    context: usize,
    means: &Means<'_>,
) -> Choice {
    let (quantizer, costs) = (means.quantizer, means.costs.of_kind(WHOLE));
    let (matrix, scale) = (&quantizer.y, quantizer.luma_levels);
    let (block, distortion, cost) = Problem { coefficients, matrix, costs, first: 0, context, scale }.solve();
    let cost = cost + u32::from(mode_costs[number]);
    Choice { number, weight: weigh(distortion, cost, quantizer.luma), block }
}

/// How many of the best modes are optimised at the best effort.
const OPTIMIZED: usize = 4;

/// Optimises the best modes, and chooses among these.
fn choose_optimized<V: I16x8>(
    transformed: &[Pair<V>; 5],
    candidates: &[Block; 10],
    weights: &[u64; 10],
    numbers: &[usize; 10],
    mode_costs: &[u16; 10],
    context: usize,
    means: &Means<'_>,
) -> Choice {
    let kind = means.costs.of_kind(WHOLE);
    let mut ranking: [(u64, usize); 10] = core::array::from_fn(|at| {
        let cost = costs::of_block(kind, 0, context, &candidates[at]);
        (weights[at] + weigh(0, cost, means.quantizer.luma), at)
    });
    ranking.sort_unstable();
    let mut best = Choice { number: 0, weight: u64::MAX, block: Block::default() };
    for (_, at) in ranking.into_iter().take(OPTIMIZED) {
        let coefficients = &block::separate(transformed[at / 2])[at % 2];
        let choice = optimize(coefficients, numbers[at], mode_costs, context, means);
        if choice.weight < best.weight {
            best = choice;
        }
    }
    best
}
