//! Quantisation tables on the libjpeg scale, and division by them.

use super::config::{Effort, EncoderConfig, QuantTables};
use super::fdct::{Block, SCALE};
use crate::annex_k::{QUANT_CHROMINANCE, QUANT_LUMINANCE};
use crate::zigzag::{ZIGZAG, Zigzag};
use tintype_lanes::{I16x8, Words};

/// Steps of luminance, row by row, that grow about linearly with frequency: 19.2 (1 + (r / 5.3)^1.75), where
/// r² = u² + v² + 0.7 u v, and 12 for DC. The parameters were found by descent on bytes at equal SSIMULACRA2, over nine
/// photographs at qualities of 55 to 81 on its scale, with [`Effort::Best`].
#[rustfmt::skip]
const TUNED_LUMINANCE: [u8; 64] = [
     12,  20,  23,  26,  31,  37,  43,  50,
     20,  22,  24,  28,  33,  39,  46,  54,
     23,  24,  28,  32,  37,  43,  50,  58,
     26,  28,  32,  36,  42,  48,  55,  63,
     31,  33,  37,  42,  47,  54,  61,  70,
     37,  39,  43,  48,  54,  61,  68,  77,
     43,  46,  50,  55,  61,  68,  76,  85,
     50,  54,  58,  63,  70,  77,  85,  94,
];

/// Steps of chroma, row by row: 19.2 (1 + (r / 5.67)^2.92), where r² = u² + v² + 0.4 u v, and 9 for DC; found together with
/// [`TUNED_LUMINANCE`].
#[rustfmt::skip]
const TUNED_CHROMINANCE: [u8; 64] = [
      9,  19,  20,  22,  26,  32,  42,  55,
     19,  20,  21,  23,  28,  35,  45,  59,
     20,  21,  22,  26,  31,  39,  50,  65,
     22,  23,  26,  30,  36,  46,  58,  75,
     26,  28,  31,  36,  44,  55,  69,  87,
     32,  35,  39,  46,  55,  67,  83, 103,
     42,  45,  50,  58,  69,  83, 101, 123,
     55,  59,  65,  75,  87, 103, 123, 147,
];

/// Division of one coefficient's magnitude by its step, as two multiplications that keep the upper 16 bits.
///
/// With `d = 8 q` and `L = ceil(log2 d)`, `x / d` is `x * ceil(2^(14+L) / d) >> (14 + L)` for every `x < 2^14`: the
/// reciprocal is too large by less than `1 / d` parts of its own last place times `x`, which is less than the distance
/// to the next whole number. A magnitude and its bias stay under 2^14 because a coefficient of 8-bit samples is at most
/// 2^10 (ITU-T T.81, F.1.1.4), scaled by 8, and a bias at most half of 8 × 255.
#[derive(Clone, Debug)]
struct Divisors {
    /// Added to the magnitude: half a step, which rounds to nearest.
    bias: [[i16; 8]; 8],
    /// `ceil(2^(14+L) / d)`, unsigned.
    reciprocal: [[i16; 8]; 8],
    /// `2^(18-L)`, unsigned: the rest of the shift.
    shift: [[i16; 8]; 8],
}

/// A quantisation table: steps of 1 to 255, transposed as blocks are.
#[derive(Clone, Debug)]
pub(crate) struct QuantTable {
    steps: [u8; 64],
    divisors: Divisors,
}

impl QuantTable {
    /// The table of luminance (0) or chroma (1).
    pub(crate) fn new(number: u8, config: &EncoderConfig) -> Self {
        let base = match (config.tables, number) {
            (QuantTables::AnnexK, 0) => &QUANT_LUMINANCE,
            (QuantTables::AnnexK, _) => &QUANT_CHROMINANCE,
            (QuantTables::Tuned, 0) => &TUNED_LUMINANCE,
            (QuantTables::Tuned, _) => &TUNED_CHROMINANCE,
        };
        // Optimised quantisation drops what costs more than it shows. Finer tables give it more to choose from, and bring
        // the quality back to that of plain rounding.
        let finer = config.tables == QuantTables::Tuned && config.effort == Effort::Best;
        let percent = percentage(config.quality) * if finer { 7 } else { 8 };
        let mut steps = [1; 64];
        for (u, column) in steps.as_chunks_mut::<8>().0.iter_mut().enumerate() {
            for (step, &base) in column.iter_mut().zip(base.iter().skip(u).step_by(8)) {
                *step = ((u32::from(base) * percent + 400) / 800).clamp(1, 255) as u8;
            }
        }
        Self { divisors: Divisors::new(&steps), steps }
    }

    /// The steps in zigzag order.
    pub(crate) fn zigzag(&self) -> [u8; 64] {
        ZIGZAG.map(|place| self.steps.get(usize::from(place)).copied().unwrap_or(1))
    }

    /// The steps, transposed as blocks are.
    pub(crate) fn steps(&self) -> &[u8; 64] {
        &self.steps
    }

    /// Divides every coefficient by its step, rounding to nearest, halves away from zero.
    ///
    /// Bit `k` of the result says whether coefficient `k` of the zigzag sequence is other than zero.
    #[inline(never)]
    pub(crate) fn quantize(&self, block: &mut Block) -> u64 {
        divide::<Words>(block, &self.divisors)
    }
}

/// The Independent JPEG Group's quality scale, in percent of the table: 5000 / q below 50, 200 - 2 q above.
fn percentage(quality: u8) -> u32 {
    let quality = u32::from(quality.clamp(1, 100));
    if quality < 50 { 5000 / quality } else { 200 - 2 * quality }
}

impl Divisors {
    fn new(steps: &[u8; 64]) -> Self {
        let mut divisors = Self { bias: [[0; 8]; 8], reciprocal: [[0; 8]; 8], shift: [[0; 8]; 8] };
        let Self { bias, reciprocal, shift } = &mut divisors;
        let places = bias.as_flattened_mut().iter_mut();
        let places = places.zip(reciprocal.as_flattened_mut()).zip(shift.as_flattened_mut());
        for (&step, ((bias, reciprocal), shift)) in steps.iter().zip(places) {
            let divisor = u32::from(step.max(1)) * u32::from(SCALE);
            let log = divisor.next_power_of_two().trailing_zeros();
            *bias = (divisor / 2) as i16;
            *reciprocal = (1u32 << (14 + log)).div_ceil(divisor) as i16;
            *shift = (1u32 << (18 - log)) as i16;
        }
        divisors
    }
}

#[inline(always)]
fn divide<V: I16x8>(block: &mut Block, divisors: &Divisors) -> u64 {
    let Divisors { bias, reciprocal, shift } = divisors;
    let mut quantized = [V::splat(0); 8];
    let columns = quantized.iter_mut().zip(block).zip(bias).zip(reciprocal).zip(shift);
    for ((((quantized, lanes), bias), reciprocal), shift) in columns {
        let c = V::load(lanes);
        let biased = c.abs().add(V::load(bias));
        let magnitude = biased.mul_high_unsigned(V::load(reciprocal)).mul_high_unsigned(V::load(shift));
        let sign = c.shr::<15>();
        *quantized = magnitude.xor(sign).sub(sign);
        quantized.store(lanes);
    }
    V::nonzero_in::<Zigzag>(quantized)
}

#[cfg(test)]
mod tests {
    use super::*;
    use tintype_lanes::scalar;

    #[test]
    fn quality_fifty_is_annex_k_and_one_hundred_divides_by_one() {
        let table = |number, quality| {
            let config = EncoderConfig { quality, tables: QuantTables::AnnexK, ..EncoderConfig::new(1, 1) };
            QuantTable::new(number, &config).zigzag()
        };
        assert_eq!(table(0, 50)[..6], [16, 11, 12, 14, 12, 10]);
        assert_eq!(table(1, 50)[..6], [17, 18, 18, 24, 21, 24]);
        assert_eq!(table(0, 100), [1; 64]);
        assert_eq!(table(1, 1), [255; 64]);
    }

    #[test]
    fn the_reciprocals_divide_exactly() {
        for step in 1..=255u8 {
            let divisors = Divisors::new(&[step; 64]);
            let divisor = i32::from(step) * 8;
            for chunk in (-8200..=8200i16).collect::<alloc::vec::Vec<_>>().chunks(64) {
                let mut block: Block = [[0; 8]; 8];
                block.as_flattened_mut()[..chunk.len()].copy_from_slice(chunk);
                divide::<Words>(&mut block, &divisors);
                for (&c, &quantized) in chunk.iter().zip(block.as_flattened()) {
                    let c = i32::from(c);
                    let exact = (c.abs() + divisor / 2) / divisor * c.signum();
                    assert_eq!(i32::from(quantized), exact, "{c} / {divisor}");
                }
            }
        }
    }

    #[test]
    fn simd_and_scalar_give_the_same_bits() {
        let mut state = 0xDEAD_BEEF_1234_5677u64;
        for quality in 1..=100 {
            let table = QuantTable::new(quality % 2, &EncoderConfig { quality, ..EncoderConfig::new(1, 1) });
            for magnitude in [10, 300, 8192] {
                let mut block: Block = [[0; 8]; 8];
                for c in block.as_flattened_mut() {
                    state ^= state << 13;
                    state ^= state >> 7;
                    state ^= state << 17;
                    *c = (state % (2 * magnitude + 1)) as i16 - magnitude as i16;
                }
                let (mut a, mut b) = (block, block);
                let masks = [
                    divide::<Words>(&mut a, &table.divisors),
                    divide::<scalar::Words>(&mut b, &table.divisors),
                ];
                assert_eq!((a, masks[0]), (b, masks[1]));
                for (k, &place) in ZIGZAG.iter().enumerate() {
                    assert_eq!(masks[0] >> k & 1 != 0, a.as_flattened()[usize::from(place)] != 0);
                }
            }
        }
    }
}
