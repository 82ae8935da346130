//! Luminance predicted by subblocks (RFC 6386, 12.3).
#![allow(clippy::indexing_slicing)] // places in arrays of constant size

use super::block::{self, Block, Pair, Quantized};
use super::config::Effort;
use super::costs;
use super::macroblock::{Means, Neighbours};
use super::predict::{SUB_MODES, all_modes, edge, join};
use super::quantizer::weigh;
use super::residue;
use super::tokens::{Blocks, WHOLE};
use super::trellis::Problem;
use crate::lanes::words::{I16x8, NativeWords};
use crate::vp8::modes::SubMode;
use crate::vp8::predict::{LEFT, LumaSpace};

/// Encodes luminance by subblocks, with its pixels and blocks, if error and bits together weigh less than `limit`.
pub(super) fn encode(
    space: &mut LumaSpace,
    blocks: &mut Blocks,
    source: &[[u8; 16]; 16],
    neighbours: &Neighbours<'_>,
    means: &Means<'_>,
    limit: u64,
) -> Option<[SubMode; 16]> {
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
    let mut weight = weigh(0, costs::SUBBLOCKS.into(), means.quantizer.luma);
    for at in 0..16 {
        let (column, row) = (at % 4, at / 4);
        let (x, y) = (column * 4, row * 4);
        let mode_costs = costs::of_sub_modes(above_modes[column], left_modes[row]);
        let context = usize::from(above[column] + left[row]);
        let predictions = all_modes(&edge(&work, x, y));
        let rows = core::array::from_fn(|row| join4(&source[y + row], x));
        let choice = choose::<NativeWords>(&rows, &predictions, mode_costs, context, means);
        weight += choice.weight;
        if weight >= limit {
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
    *space = work;
    blocks[..16].copy_from_slice(&chosen);
    Some(modes)
}

/// Four pixels, twice.
#[inline(always)]
fn join4(row: &[u8; 16], x: usize) -> [u8; 8] {
    let pixels = row.get(x..).and_then(|row| row.first_chunk()).copied().unwrap_or([0; 4]);
    join(pixels, pixels)
}

/// A mode of a subblock with its coefficients.
struct Choice {
    number: usize,
    weight: u64,
    block: Block,
}

/// Chooses the best mode of a subblock.
fn choose<V: I16x8>(
    source: &[[u8; 8]; 4],
    predictions: &[[[u8; 8]; 4]; 5],
    mode_costs: &[u16; 10],
    context: usize,
    means: &Means<'_>,
) -> Choice {
    let quantizer = means.quantizer;
    let pairs = if means.effort == Effort::Fast { 2 } else { 5 };
    let transformed: [Pair<V>; 5] = core::array::from_fn(|pair| {
        let empty = [V::splat(0); 4];
        if pair < pairs { block::forward_dct(source.each_ref(), predictions[pair].each_ref()) } else { empty }
    });
    let mut candidates = [Block::default(); 10];
    let mut least = [u64::MAX; 10];
    for (pair, &transformed) in transformed.iter().enumerate().take(pairs) {
        let Quantized { levels, distortion } = block::quantize(transformed, &quantizer.y);
        for (half, block) in block::blocks(levels).into_iter().enumerate() {
            let number = 2 * pair + half;
            candidates[number] = block;
            least[number] = weigh(distortion[half], mode_costs[number].into(), quantizer.luma);
        }
    }
    let kind = means.costs.of_kind(WHOLE);
    if means.effort == Effort::Best {
        return choose_optimized(&transformed, &candidates, &least, mode_costs, context, means);
    }
    let mut best = Choice { number: 0, weight: u64::MAX, block: Block::default() };
    for number in 0..2 * pairs {
        if least[number] < best.weight {
            let cost = costs::of_block(kind, 0, context, &candidates[number]);
            let weight = least[number] + weigh(0, cost, quantizer.luma);
            if weight < best.weight {
                best = Choice { number, weight, block: candidates[number] };
            }
        }
    }
    if means.effort != Effort::Fast {
        let coefficients = &block::separate(transformed[best.number / 2])[best.number % 2];
        best = optimize(coefficients, best.number, mode_costs, context, means);
    }
    best
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
    let (block, distortion) = Problem { coefficients, matrix, costs, first: 0, context, scale }.solve();
    let cost = costs::of_block(costs, 0, context, &block) + u32::from(mode_costs[number]);
    Choice { number, weight: weigh(distortion, cost, quantizer.luma), block }
}

/// How many of the best modes are optimised at the best effort.
const OPTIMIZED: usize = 4;

/// Optimises the best modes, and chooses among these.
fn choose_optimized<V: I16x8>(
    transformed: &[Pair<V>; 5],
    candidates: &[Block; 10],
    least: &[u64; 10],
    mode_costs: &[u16; 10],
    context: usize,
    means: &Means<'_>,
) -> Choice {
    let kind = means.costs.of_kind(WHOLE);
    let mut weights: [(u64, usize); 10] = core::array::from_fn(|number| {
        let cost = costs::of_block(kind, 0, context, &candidates[number]);
        (least[number] + weigh(0, cost, means.quantizer.luma), number)
    });
    weights.sort_unstable();
    let mut best = Choice { number: 0, weight: u64::MAX, block: Block::default() };
    for (_, number) in weights.into_iter().take(OPTIMIZED) {
        let coefficients = &block::separate(transformed[number / 2])[number % 2];
        let choice = optimize(coefficients, number, mode_costs, context, means);
        if choice.weight < best.weight {
            best = choice;
        }
    }
    best
}
