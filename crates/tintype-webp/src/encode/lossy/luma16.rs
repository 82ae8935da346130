//! Luminance predicted as a whole, with its first coefficients in a block of their own (RFC 6386, 12.2 and 14.3).
#![allow(clippy::indexing_slicing)] // places in arrays of constant size

use super::block::{self, Block};
use super::choice::{Means, Neighbours};
use super::config::Effort;
use super::costs;
use super::luma4::LEAST_SUB_MODE;
use super::quantizer::weigh;
use super::residue;
use super::tokens::{AFTER_Y2, Blocks, Y2, Y2_BLOCK};
use super::trellis::Problem;
use crate::vp8::modes::Mode;
use crate::vp8::predict::{Around, LumaSpace, predict};
use crate::vp8::transform::inverse_wht;
use tintype_lanes::{I16x8, Words};

/// A mode with its coefficients.
pub(super) struct Whole {
    pub(super) mode: Mode,
    /// Error and bits together.
    pub(super) weight: u64,
    /// What each block is of that, as it was before coefficients were optimised.
    pub(super) shares: [u64; 16],
    blocks: [Block; 16],
    y2: Block,
    y2_distortion: u32,
    coefficients: [[i16; 16]; 16],
}

const MODES: [Mode; 4] = [Mode::Dc, Mode::TrueMotion, Mode::Vertical, Mode::Horizontal];

/// Chooses the best of the modes that cost at most `most`.
pub(super) fn choose(
    space: &mut LumaSpace,
    source: &[[u8; 16]; 16],
    neighbours: &Neighbours<'_>,
    means: &Means<'_>,
    most: u32,
) -> Whole {
    let mut best = Whole {
        mode: Mode::Dc,
        weight: u64::MAX,
        shares: [0; 16],
        blocks: [Block::default(); 16],
        y2_distortion: 0,
        y2: Block::default(),
        coefficients: [[0; 16]; 16],
    };
    // The modes whose predictions are closest. Squared errors of coefficients are four times those of pixels.
    let mut ranking = MODES.map(|mode| {
        predict(space, 16, mode, neighbours.around);
        let error = residue::error::<Words, 16, 32, 17>(source, space);
        (weigh(4 * error, costs::of_luma_mode(mode).into(), means.quantizer.luma), mode)
    });
    ranking.sort_unstable_by_key(|&(error, _)| error);
    let looked_at = if means.effort == Effort::Best { 4 } else { 1 };
    let affordable = |mode: Mode| mode == Mode::Dc || u32::from(costs::of_luma_mode(mode)) <= most;
    for (_, mode) in ranking.into_iter().filter(|&(_, mode)| affordable(mode)).take(looked_at) {
        predict(space, 16, mode, neighbours.around);
        try_mode::<Words>(&mut best, mode, space, source, neighbours, means);
    }
    best
}

/// Replaces the best mode so far if this one, which has been predicted, is better.
fn try_mode<V: I16x8>(
    best: &mut Whole,
    mode: Mode,
    space: &LumaSpace,
    source: &[[u8; 16]; 16],
    neighbours: &Neighbours<'_>,
    means: &Means<'_>,
) {
    let quantizer = means.quantizer;
    let mut firsts = [0; 16];
    let mut blocks = [Block::default(); 16];
    let mut coefficients = [[0; 16]; 16];
    let mut distortions = [0; 16];
    for pair in 0..8 {
        let (x, y) = (pair % 2 * 8, pair / 2 * 4);
        let mut transformed = residue::transform_pair::<V, 16, 32, 17>(source, space, x, y);
        [firsts[2 * pair], firsts[2 * pair + 1]] = block::take_dc(&mut transformed);
        let quantized = block::quantize(transformed, &quantizer.y);
        [blocks[2 * pair], blocks[2 * pair + 1]] = block::blocks(quantized.levels);
        [distortions[2 * pair], distortions[2 * pair + 1]] = quantized.distortion;
        [coefficients[2 * pair], coefficients[2 * pair + 1]] = block::separate(transformed);
    }
    let second = block::forward_wht(&firsts);
    let (y2, error) = quantize_y2::<V>(&second, means);
    let distortion = distortions.iter().sum::<u32>() + error / 4;
    let mode_cost = u32::from(costs::of_luma_mode(mode));
    if means.effort != Effort::Best && weigh(distortion, mode_cost, quantizer.luma) >= best.weight {
        return;
    }
    let mut whole =
        Whole { mode, weight: 0, shares: [0; 16], y2_distortion: error / 4, blocks, y2, coefficients };
    whole.weigh(&distortions, neighbours, means);
    if means.effort == Effort::Best {
        whole.optimize(neighbours, means);
    }
    if whole.weight < best.weight {
        *best = whole;
    }
}

/// Quantises the block of first coefficients. Returns it with its squared error.
fn quantize_y2<V: I16x8>(coefficients: &[i16; 16], means: &Means<'_>) -> (Block, u32) {
    let row = |row: usize| {
        let mut lanes = [0; 8];
        lanes[..4].copy_from_slice(&coefficients[4 * row..4 * row + 4]);
        V::load(&lanes)
    };
    let quantized = block::quantize([row(0), row(1), row(2), row(3)], &means.quantizer.y2);
    let [block, _] = block::blocks(quantized.levels);
    (block, quantized.distortion[0])
}

impl Whole {
    /// Optimises the coefficients.
    fn optimize(&mut self, neighbours: &Neighbours<'_>, means: &Means<'_>) {
        let (mut above, mut left) = (neighbours.above.y, neighbours.left.y);
        let (matrix, scale) = (&means.quantizer.y, means.quantizer.luma_levels);
        let y2_context = usize::from(neighbours.above.y2 + neighbours.left.y2);
        let mut cost = u32::from(costs::of_luma_mode(self.mode))
            + costs::of_block(means.costs.of_kind(Y2), 0, y2_context, &self.y2);
        let mut distortion = self.y2_distortion;
        for (at, (coefficients, block)) in self.coefficients.iter().zip(&mut self.blocks).enumerate() {
            let (above, left) = (&mut above[at % 4], &mut left[at / 4]);
            let (costs, context) = (means.costs.of_kind(AFTER_Y2), usize::from(*above + *left));
            let (better, error, bits) =
                Problem { coefficients, matrix, costs, first: 1, context, scale }.solve();
            (*block, distortion, cost) = (better, distortion + error, cost + bits);
            let any = u8::from(block.end > 1);
            (*above, *left) = (any, any);
        }
        self.weight = weigh(distortion, cost, means.quantizer.luma);
    }

    /// Weighs the coefficients, given the squared errors of those of each block.
    fn weigh(&mut self, distortions: &[u32; 16], neighbours: &Neighbours<'_>, means: &Means<'_>) {
        let (mut above, mut left) = (neighbours.above.y, neighbours.left.y);
        let y2_context = usize::from(neighbours.above.y2 + neighbours.left.y2);
        let common = u32::from(costs::of_luma_mode(self.mode))
            + costs::of_block(means.costs.of_kind(Y2), 0, y2_context, &self.y2);
        let common = weigh(self.y2_distortion, common, means.quantizer.luma);
        let kind = means.costs.of_kind(AFTER_Y2);
        for (at, (block, share)) in self.blocks.iter().zip(&mut self.shares).enumerate() {
            let (above, left) = (&mut above[at % 4], &mut left[at / 4]);
            let cost = costs::of_block(kind, 1, usize::from(*above + *left), block);
            *share = common / 16 + weigh(distortions[at], cost, means.quantizer.luma);
            let any = u8::from(block.end > 1);
            (*above, *left) = (any, any);
        }
        self.weight = self.shares.iter().sum::<u64>() + common % 16;
    }

    /// Whether prediction by subblocks could be better: not where its modes alone would weigh more, or cost more than
    /// `most`.
    pub(super) fn worth_splitting(&self, means: &Means<'_>, most: u32) -> bool {
        let modes = u32::from(costs::SUBBLOCKS) + 16 * LEAST_SUB_MODE;
        modes <= most && self.weight > weigh(0, modes, means.quantizer.luma)
    }

    /// Puts the blocks and the pixels in place.
    pub(super) fn reconstruct(
        self,
        space: &mut LumaSpace,
        blocks: &mut Blocks,
        around: Around,
        means: &Means<'_>,
    ) {
        predict(space, 16, self.mode, around);
        let firsts = inverse_wht(&residue::dequantize(&self.y2, means.quantizer.y2.factors));
        for (at, (block, first)) in self.blocks.iter().zip(firsts).enumerate() {
            let mut coefficients = residue::dequantize(block, means.quantizer.y.factors);
            coefficients[0] = first;
            residue::add(space, at % 4 * 4, at / 4 * 4, &coefficients, block.end <= 1);
        }
        blocks[..16].copy_from_slice(&self.blocks);
        blocks[Y2_BLOCK] = self.y2;
    }
}
