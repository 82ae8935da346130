//! Colour differences (RFC 6386, 12.2).
#![allow(clippy::indexing_slicing)] // places in arrays of constant size

use super::block::{self, Block};
use super::choice::{Means, Neighbours};
use super::config::Effort;
use super::costs;
use super::quantizer::weigh;
use super::residue;
use super::tokens::{Blocks, CHROMA, FIRST_U};
use super::trellis::Problem;
use crate::vp8::modes::Mode;
use crate::vp8::predict::{ChromaSpace, predict};
use tintype_lanes::{I16x8, Words};

const MODES: [Mode; 4] = [Mode::Dc, Mode::TrueMotion, Mode::Vertical, Mode::Horizontal];

/// A mode with its coefficients.
struct Choice {
    mode: Mode,
    weight: u64,
    blocks: [Block; 8],
    coefficients: [[i16; 16]; 8],
}

/// Encodes colour differences, by a mode that costs at most `most`, and puts their blocks and pixels in place.
pub(super) fn encode(
    spaces: &mut [ChromaSpace; 2],
    blocks: &mut Blocks,
    source: &[[[u8; 8]; 8]; 2],
    neighbours: &Neighbours<'_>,
    means: &Means<'_>,
    most: u32,
) -> Mode {
    let mut best = Choice {
        mode: Mode::Dc,
        weight: u64::MAX,
        blocks: [Block::default(); 8],
        coefficients: [[0; 16]; 8],
    };
    // The modes whose predictions are closest. Squared errors of coefficients are four times those of pixels.
    let mut ranking = MODES.map(|mode| {
        spaces.iter_mut().for_each(|space| predict(space, 8, mode, neighbours.around));
        let errors = source
            .iter()
            .zip(&*spaces)
            .map(|(source, space)| residue::error::<Words, 8, 16, 9>(source, space));
        let error = 4 * errors.sum::<u32>();
        (weigh(error, costs::of_chroma_mode(mode).into(), means.quantizer.chroma), mode)
    });
    ranking.sort_unstable_by_key(|&(error, _)| error);
    let looked_at = if means.effort == Effort::Best { 4 } else { 2 };
    let affordable = |mode: Mode| mode == Mode::Dc || u32::from(costs::of_chroma_mode(mode)) <= most;
    for (_, mode) in ranking.into_iter().filter(|&(_, mode)| affordable(mode)).take(looked_at) {
        spaces.iter_mut().for_each(|space| predict(space, 8, mode, neighbours.around));
        try_mode::<Words>(&mut best, mode, spaces, source, neighbours, means);
    }
    best.drop_vain_levels(means.quantizer.uv.factors);
    for (plane, space) in spaces.iter_mut().enumerate() {
        predict(space, 8, best.mode, neighbours.around);
        for (at, block) in best.blocks[4 * plane..4 * plane + 4].iter().enumerate() {
            let coefficients = residue::dequantize(block, means.quantizer.uv.factors);
            residue::add(space, at % 2 * 4, at / 2 * 4, &coefficients, block.end <= 1);
        }
    }
    blocks[FIRST_U..FIRST_U + 8].copy_from_slice(&best.blocks);
    best.mode
}

impl Choice {
    /// Drops levels that move all pixels of a block just as far to the other side of the source. Otherwise flat areas
    /// would go on swinging from block to block.
    fn drop_vain_levels(&mut self, [dc, _]: [i32; 2]) {
        for (block, coefficients) in self.blocks.iter_mut().zip(&self.coefficients) {
            // A pixel's part of the first coefficient is an eighth.
            let (wanted, moved) = (i32::from(coefficients[0]), (i32::from(block.levels[0]) * dc + 4) >> 3);
            if block.end == 1 && (wanted - 8 * moved).abs() >= wanted.abs() {
                *block = Block::default();
            }
        }
    }

    /// Optimises the coefficients.
    fn optimize(&mut self, neighbours: &Neighbours<'_>, means: &Means<'_>) {
        let (mut distortion, mut cost) = (0, u32::from(costs::of_chroma_mode(self.mode)));
        let (mut above, mut left) = (neighbours.above.uv, neighbours.left.uv);
        let (matrix, scale) = (&means.quantizer.uv, means.quantizer.chroma_levels);
        for (at, (coefficients, block)) in self.coefficients.iter().zip(&mut self.blocks).enumerate() {
            let (above, left) = (&mut above[at / 4][at % 2], &mut left[at / 4][at % 4 / 2]);
            let (costs, context) = (means.costs.of_kind(CHROMA), usize::from(*above + *left));
            let (better, error, bits) =
                Problem { coefficients, matrix, costs, first: 0, context, scale }.solve();
            (*block, distortion, cost) = (better, distortion + error, cost + bits);
            let any = u8::from(block.end > 0);
            (*above, *left) = (any, any);
        }
        self.weight = weigh(distortion, cost, means.quantizer.chroma);
    }
}

/// Replaces the best mode so far if this one, which has been predicted, is better.
fn try_mode<V: I16x8>(
    best: &mut Choice,
    mode: Mode,
    spaces: &[ChromaSpace; 2],
    source: &[[[u8; 8]; 8]; 2],
    neighbours: &Neighbours<'_>,
    means: &Means<'_>,
) {
    let quantizer = means.quantizer;
    let mut blocks = [Block::default(); 8];
    let mut coefficients = [[0; 16]; 8];
    let mut distortion = 0;
    for pair in 0..4 {
        let (source, space) = (&source[pair / 2], &spaces[pair / 2]);
        let transformed = residue::transform_pair::<V, 8, 16, 9>(source, space, 0, pair % 2 * 4);
        let quantized = block::quantize(transformed, &quantizer.uv);
        [blocks[2 * pair], blocks[2 * pair + 1]] = block::blocks(quantized.levels);
        distortion += quantized.distortion.iter().sum::<u32>();
        [coefficients[2 * pair], coefficients[2 * pair + 1]] = block::separate(transformed);
    }
    let mode_cost = u32::from(costs::of_chroma_mode(mode));
    if means.effort != Effort::Best && weigh(distortion, mode_cost, quantizer.chroma) >= best.weight {
        return;
    }
    let cost = mode_cost + cost(&blocks, neighbours, means);
    let weight = weigh(distortion, cost, quantizer.chroma);
    let mut choice = Choice { mode, weight, blocks, coefficients };
    if means.effort == Effort::Best {
        choice.optimize(neighbours, means);
    }
    if choice.weight < best.weight {
        *best = choice;
    }
}

/// The cost of the coefficients.
fn cost(blocks: &[Block; 8], neighbours: &Neighbours<'_>, means: &Means<'_>) -> u32 {
    let (mut above, mut left) = (neighbours.above.uv, neighbours.left.uv);
    let kind = means.costs.of_kind(CHROMA);
    let mut cost = 0;
    for (at, block) in blocks.iter().enumerate() {
        let (above, left) = (&mut above[at / 4][at % 2], &mut left[at / 4][at % 4 / 2]);
        cost += costs::of_block(kind, 0, usize::from(*above + *left), block);
        let any = u8::from(block.end > 0);
        (*above, *left) = (any, any);
    }
    cost
}
