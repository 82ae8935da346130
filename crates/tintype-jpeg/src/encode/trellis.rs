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
/// Fraction bits of [`Step::weight`].
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
    /// By position in the zigzag sequence.
    steps: [Step; 64],
    /// Cost of each AC symbol with its additional bits.
    bits: [u32; 256],
    seen: Histogram,
}

/// The step of a coefficient.
#[derive(Clone, Copy, Debug)]
struct Step {
    /// Cost of a squared error of one.
    weight: u64,
    /// As coefficients are scaled.
    size: u16,
    /// The coefficient's place in a block.
    place: u8,
}

/// Optimises blocks and learns from them.
#[derive(Debug)]
pub(crate) struct Trellis {
    /// Of luminance and chroma.
    costs: [Costs; 2],
    choices: [Choice; 64],
    ways: [Way; 64],
}

/// A coefficient that rounding leaves other than zero, and the values that it may get, without sign.
#[derive(Clone, Copy, Debug, Default)]
struct Choice {
    /// Position in the zigzag sequence.
    k: u8,
    place: u8,
    /// As it is rounded. One less is a choice, too, where that takes fewer bits.
    value: u16,
    /// Cost of the error, beyond that of zero.
    gain: i64,
    /// The same of the value that is one less.
    gain_of_less: i64,
}

/// The best way to code a block up to a coefficient.
#[derive(Clone, Copy, Debug, Default)]
struct Way {
    /// The coefficient's value, without sign.
    value: u16,
    /// The choice before it that is other than zero, as an index; 0 is the DC coefficient.
    previous: u8,
}

/// The ways that the next coefficient may continue: each costs more than those before it.
struct Open {
    /// Positions of their last coefficients in the zigzag sequence.
    k: [u8; 64],
    /// Costs beyond that of zeros.
    cost: [i64; 64],
    /// As indices.
    way: [u8; 64],
    count: usize,
}

impl Costs {
    fn new(table: &QuantTable, standard: HuffmanTable) -> Self {
        let steps = ZIGZAG.map(|place| {
            let size = table.steps().get(usize::from(place)).map_or(SCALE, |&step| u16::from(step) * SCALE);
            let weight = (STEP_COST << (COST_BITS + WEIGHT_BITS)) / u64::from(size).pow(2);
            Step { weight, size, place }
        });
        // The fixed table's code lengths stand for the statistics of a typical image until there are better ones.
        let mut seen = Histogram::new();
        let spec = HuffmanSpec::from(standard);
        let codes = Codes::new(&spec);
        for &symbol in spec.symbols() {
            seen.add(symbol, 1 << (16 - codes.code(symbol).1) >> 6 | 1);
        }
        let mut costs = Self { steps, bits: [0; 256], seen };
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

    /// Lists what a block's coefficients may become, after the first choice, which stands for its DC coefficient, and returns
    /// how many there are with it.
    #[inline(never)]
    #[allow(clippy::indexing_slicing)] // zigzag positions and places are below 64, choices at most 63 and DC
    fn choices(
        &self,
        exact: &[i16; 64],
        block: &[i16; 64],
        nonzero: u64,
        choices: &mut [Choice; 64],
    ) -> usize {
        let weight = weight(exact, nonzero);
        let (mut count, mut rest) = (1, nonzero & !1);
        while rest != 0 {
            let k = rest.trailing_zeros();
            rest &= rest - 1;
            let step = &self.steps[k as usize & 63];
            let at = usize::from(step.place & 63);
            let target = i32::from(exact[at].unsigned_abs());
            let value = block[at].unsigned_abs().min(MAX_AC);
            let zero = step.error(target, weight);
            let gain =
                |value: u16| step.error(target - i32::from(value) * i32::from(step.size), weight) - zero;
            let (gain, gain_of_less) = (gain(value), gain(value - 1));
            choices[count & 63] = Choice { k: k as u8, place: step.place, value, gain, gain_of_less };
            count += 1;
        }
        count
    }

    /// Finds the best way to each of the choices, and returns the index of the last one that is not zero.
    #[inline(never)]
    #[allow(clippy::indexing_slicing)] // indices below 64 by their masks, symbols below 256
    fn search(&self, choices: &[Choice], ways: &mut [Way; 64]) -> usize {
        let bits = |symbol: u32| i64::from(self.bits[symbol as usize & 255]);
        let sixteen = bits(u32::from(ZRL));
        let mut open = Open { k: [0; 64], cost: [0; 64], way: [0; 64], count: 1 };
        for (index, choice) in choices.iter().enumerate().skip(1) {
            let k = u32::from(choice.k);
            let mut cost = i64::MAX;
            let mut way = Way::default();
            let mut consider = |value: u16, gain: i64| {
                let size = category(value);
                for at in (0..open.count).rev() {
                    let zeros = k - u32::from(open.k[at & 63]) - 1;
                    let run = i64::from(zeros >> 4) * sixteen + bits((zeros & 15) << 4 | size);
                    let sum = open.cost[at & 63] + run + gain;
                    if sum < cost {
                        (cost, way) = (sum, Way { value, previous: open.way[at & 63] });
                    }
                }
            };
            consider(choice.value, choice.gain);
            if choice.value > 1 && choice.value.is_power_of_two() {
                consider(choice.value - 1, choice.gain_of_less);
            }
            ways[index & 63] = way;
            if way.value >= KEEP {
                open.count = 0;
            }
            while open.count > 0 && open.cost[(open.count - 1) & 63] >= cost {
                open.count -= 1;
            }
            let at = open.count & 63;
            (open.k[at], open.cost[at], open.way[at]) = (choice.k, cost, index as u8);
            open.count += 1;
        }
        // Where to end the block.
        let mut last = (i64::MAX, 0);
        for at in (0..open.count).rev() {
            let end = if open.k[at & 63] == 63 { 0 } else { bits(u32::from(EOB)) };
            last = last.min((open.cost[at & 63] + end, open.way[at & 63]));
        }
        usize::from(last.1)
    }
}

impl Step {
    /// Cost of an error, in a block whose errors weigh `weight`.
    #[inline(always)]
    fn error(&self, error: i32, weight: u64) -> i64 {
        // At most 2^53 of a scaled coefficient of 2^13 and a step of one, and 2^52 with the weight of a block.
        let squares = (i64::from(error) * i64::from(error)) as u64 * self.weight;
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
            choices: [Choice::default(); 64],
            ways: [Way::default(); 64],
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
    pub(crate) fn optimize(&mut self, table: u8, exact: &Block, block: &mut Block, nonzero: u64) -> u64 {
        let Self { costs, choices, ways } = self;
        let (Some(costs), Some(exact), Some(block)) = (
            costs.get(usize::from(table)),
            exact.as_flattened().as_array(),
            block.as_flattened_mut().as_mut_array(),
        ) else {
            return nonzero;
        };
        if nonzero & !1 == 0 {
            return nonzero;
        }
        let count = costs.choices(exact, block, nonzero, choices);
        let choices = choices.get(..count).unwrap_or_default();
        let last = costs.search(choices, ways);
        follow(choices, ways, last, block) | nonzero & 1
    }
}

/// Gives a block's AC coefficients their values on the way that ends with a choice, and returns the mask of those that are not
/// zero.
#[inline(never)]
#[allow(clippy::indexing_slicing)] // indices below 64 by their masks
fn follow(choices: &[Choice], ways: &[Way; 64], last: usize, block: &mut [i16; 64]) -> u64 {
    let (mut kept, mut next) = (0, last);
    for (index, choice) in choices.iter().enumerate().skip(1).rev() {
        let way = ways[index & 63];
        let taken = index == next;
        let value = if taken { way.value as i16 } else { 0 };
        kept |= u64::from(taken) << (choice.k & 63);
        next = if taken { usize::from(way.previous) } else { next };
        let c = &mut block[usize::from(choice.place & 63)];
        *c = if *c < 0 { -value } else { value };
    }
    kept
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
