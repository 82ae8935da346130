//! Rate-distortion optimised quantisation: of all ways to round a block's coefficients down or away, the one whose bits
//! and error together cost least, found by dynamic programming over where the next coefficient other than zero stands.
//!
//! After M. Crouse and K. Ramchandran, "Joint thresholding and quantizer selection for transform image coding:
//! entropy-constrained analysis and applications to baseline JPEG" (IEEE Transactions on Image Processing 6(2), 1997).
//! All costs are relative to a block of zeros, so that what is dropped costs nothing. A coefficient that costs no more than
//! those before it leaves them behind: the next one follows it, as a shorter run hardly takes more bits than a longer one.
//!
//! The error of a coefficient counts in squares of its step, so that the table's own weighting holds, and less where the
//! block is busy, which masks it, unless most of its coefficients are other than zero: such a block is noise, which looks
//! like itself only as long as it keeps its energy. The bits come from the statistics of the rows before, so that one pass
//! is enough.

use super::coefficients::{BlockRow, EOB, MAX_AC, McuRow, ZRL, category};
use super::fdct::{Block, SCALE};
use super::huffman::{Codes, Histogram, HuffmanSpec};
use super::layout::Layout;
use super::quantize::QuantTable;
use crate::annex_k::{HUFFMAN_AC, HuffmanTable};
use crate::zigzag::ZIGZAG;

/// Fraction bits of costs, which are in bits of the file.
const COST_BITS: u32 = 8;
/// Cost of an error of one step, in bits.
const STEP_COST: u64 = 28;
/// Fraction bits of [`Costs::weights`].
const WEIGHT_BITS: u32 = 20;
/// Fraction bits of [`weight`].
const BLOCK_BITS: u32 = 16;
/// Mean square of the AC coefficients, scaled as the transform leaves them, at which an error counts half.
const MASKING: u64 = 1 << 14;
/// Square of the number of coefficients other than zero at which an error counts double.
const NOISE: u64 = 683;
/// A coefficient that is coded as this or more is never dropped, which all but never pays; the search ends there.
const KEEP: u16 = 2;

/// The costs of errors and bits in the blocks of one quantisation table.
#[derive(Debug)]
struct Costs {
    /// Cost of a squared error of one, by place in a block.
    weights: [u64; 64],
    /// Scaled steps, by place in a block.
    steps: [u16; 64],
    /// Cost of each AC symbol with its additional bits.
    bits: [u32; 256],
    seen: Histogram,
}

/// Optimises blocks and learns from them.
#[derive(Debug)]
pub(crate) struct Trellis {
    /// Of luminance and chroma.
    costs: [Costs; 2],
    /// Those of the block at work; the first stands for its DC coefficient.
    candidates: [Candidate; 64],
    /// Candidates that the next coefficient may follow, by index: each costs more than those before it.
    open: [u8; 64],
}

/// A coefficient that rounding leaves other than zero.
#[derive(Clone, Copy, Debug, Default)]
struct Candidate {
    /// Position in the zigzag sequence.
    k: u32,
    place: u8,
    /// The value that is coded, without sign.
    magnitude: u16,
    /// Cost of the best way to code the block up to this coefficient, this included, beyond that of zeros.
    cost: i64,
    /// The candidate before it on that way, as an index; 0 is the DC coefficient.
    previous: u8,
}

impl Costs {
    fn new(table: &QuantTable, standard: HuffmanTable) -> Self {
        let steps = table.steps().map(|step| u16::from(step) * SCALE);
        let weights = steps.map(|step| (STEP_COST << (COST_BITS + WEIGHT_BITS)) / u64::from(step).pow(2));
        // The fixed table's code lengths stand for the statistics of a typical image until there are better ones.
        let mut seen = Histogram::new();
        let spec = HuffmanSpec::from(standard);
        let codes = Codes::new(&spec);
        for &symbol in spec.symbols() {
            seen.add(symbol, 1 << (16 - codes.code(symbol).1) >> 6 | 1);
        }
        let mut costs = Self { weights, steps, bits: [0; 256], seen };
        costs.learn();
        costs
    }

    /// Counts the symbols of a row of blocks.
    #[inline(never)]
    fn count(&mut self, blocks: &BlockRow) {
        let mut tokens = blocks.tokens();
        blocks.dc.iter().for_each(|_| tokens.block(|symbol, _, _| self.seen.count(symbol)));
    }

    /// Makes costs of the statistics: a symbol's information and its additional bits.
    fn learn(&mut self) {
        let total = log2((0..=255).fold(0u32, |sum, symbol| sum.saturating_add(self.seen.get(symbol))));
        for (symbol, bits) in (0u8..=255).zip(&mut self.bits) {
            let size = u32::from(symbol & 15) << COST_BITS;
            *bits = total.saturating_sub(log2(self.seen.get(symbol).max(1))).max(1 << COST_BITS) + size;
        }
    }

    /// Cost of an error at a place, in a block whose errors weigh `weight`.
    #[inline(always)]
    #[allow(clippy::indexing_slicing)] // places are below 64
    fn error(&self, place: u8, error: i32, weight: u64) -> i64 {
        // At most 2^53 of a scaled coefficient of 2^13 and a step of one, and 2^52 with the weight of a block.
        let squares = (i64::from(error) * i64::from(error)) as u64 * self.weights[usize::from(place)];
        (((squares >> WEIGHT_BITS) * weight) >> BLOCK_BITS) as i64
    }
}

/// Binary logarithm with [`COST_BITS`] of fraction, which is interpolated between powers of two.
fn log2(x: u32) -> u32 {
    let whole = x.max(1).ilog2();
    let fraction = ((u64::from(x.max(1)) << COST_BITS) >> whole) as u32 & ((1 << COST_BITS) - 1);
    (whole << COST_BITS) + fraction
}

impl Trellis {
    pub(crate) fn new(tables: &[QuantTable; 2]) -> Self {
        let [luminance, chroma] = tables;
        let [standard, chroma_standard] = HUFFMAN_AC;
        Self {
            costs: [Costs::new(luminance, standard), Costs::new(chroma, chroma_standard)],
            candidates: [Candidate::default(); 64],
            open: [0; 64],
        }
    }

    /// Learns the statistics of a row that was quantised.
    pub(crate) fn learn(&mut self, layout: &Layout, row: &McuRow) {
        for (component, rows) in layout.components().iter().zip(row.of(layout)) {
            let Some(costs) = self.costs.get_mut(usize::from(component.table)) else { continue };
            rows.iter().for_each(|blocks| costs.count(blocks));
        }
        self.costs.iter_mut().for_each(Costs::learn);
    }

    /// Changes the AC coefficients of a block that was rounded to nearest to those that cost least. `exact` is the block
    /// before quantisation; `nonzero` has a bit for each coefficient of the zigzag sequence that is not zero, and so does
    /// the result.
    #[inline(never)]
    #[allow(clippy::indexing_slicing)] // zigzag positions and places are below 64, candidates at most 63 and DC
    pub(crate) fn optimize(&mut self, table: u8, exact: &Block, block: &mut Block, nonzero: u64) -> u64 {
        let Self { costs, candidates, open } = self;
        let costs = &costs[usize::from(table & 1)];
        if nonzero & !1 == 0 {
            return nonzero;
        }
        let exact = exact.as_flattened();
        let block = block.as_flattened_mut();
        let weight = weight(exact, nonzero);
        let bits = |symbol: u32| i64::from(costs.bits[symbol as usize & 255]);

        open[0] = 0;
        let (mut count, mut opened) = (1, 1);
        let mut rest = nonzero & !1;
        while rest != 0 {
            let k = rest.trailing_zeros();
            rest &= rest - 1;
            let place = ZIGZAG[k as usize & 63];
            let target = i32::from(exact[usize::from(place)].unsigned_abs());
            let rounded = block[usize::from(place)].unsigned_abs().min(MAX_AC);
            let step = i32::from(costs.steps[usize::from(place)]);
            let zero = costs.error(place, target, weight);

            // One less costs bits less only where it needs fewer additional bits.
            let values = [rounded, if rounded > 1 && rounded.is_power_of_two() { rounded - 1 } else { 0 }];
            let mut best = Candidate { k, place, cost: i64::MAX, ..Candidate::default() };
            for value in values.into_iter().filter(|&value| value > 0) {
                let gain = costs.error(place, target - i32::from(value) * step, weight) - zero;
                let size = category(value);
                for &index in open[..opened].iter().rev() {
                    let from = &candidates[usize::from(index & 63)];
                    let zeros = k - from.k - 1;
                    let run = i64::from(zeros >> 4) * bits(u32::from(ZRL)) + bits((zeros & 15) << 4 | size);
                    let cost = from.cost + run + gain;
                    if cost < best.cost {
                        best = Candidate { magnitude: value, cost, previous: index, ..best };
                    }
                }
            }
            candidates[count] = best;
            while opened > 0
                && (best.magnitude >= KEEP
                    || candidates[usize::from(open[opened - 1] & 63)].cost >= best.cost)
            {
                opened -= 1;
            }
            open[opened] = count as u8;
            opened += 1;
            count += 1;
        }

        // Where to end the block.
        let mut last = (i64::MAX, 0);
        for &index in open[..opened].iter().rev() {
            let from = &candidates[usize::from(index & 63)];
            let end = if from.k == 63 { 0 } else { bits(u32::from(EOB)) };
            last = last.min((from.cost + end, usize::from(index)));
        }
        let mut kept = nonzero & 1;
        let mut index = count - 1;
        let mut next = last.1;
        while index > 0 {
            let Candidate { k, place, magnitude, previous, .. } = candidates[index];
            let mut value = 0;
            if index == next {
                value = magnitude as i16;
                kept |= 1 << k;
                next = usize::from(previous);
            }
            let c = &mut block[usize::from(place)];
            *c = if *c < 0 { -value } else { value };
            index -= 1;
        }
        kept
    }
}

/// How much an error weighs in this block, compared with a flat one of few coefficients, with [`BLOCK_BITS`] of fraction.
fn weight(exact: &[i16], nonzero: u64) -> u64 {
    // By Parseval's theorem at most 2^26.
    let energy: i32 = exact.iter().skip(1).map(|&c| i32::from(c) * i32::from(c)).sum();
    let busy = (1 << 8) + ((energy as u64) << 8) / (63 * MASKING);
    let count = u64::from(nonzero.count_ones());
    ((NOISE + count * count) << (BLOCK_BITS + 8)) / (NOISE * busy)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_weigh_less_where_texture_masks_them_and_more_in_noise() {
        const ONE: u64 = 1 << BLOCK_BITS;
        let mut texture = [0; 64];
        texture[1..8].fill(400);
        assert_eq!(weight(&[0; 64], 0), ONE);
        assert!(weight(&texture, 0xFE) < ONE * 3 / 4);
        for amplitude in [20, 100] {
            assert!(weight(&[amplitude; 64], u64::MAX) > ONE * 2);
        }
    }
}
