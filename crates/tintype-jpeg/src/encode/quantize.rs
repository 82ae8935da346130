//! Quantisation tables on the libjpeg scale, and division by them.

use super::fdct::{Block, SCALE, ZIGZAG};

#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
use super::simd128 as kernels;
#[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
use scalar as kernels;

/// ITU-T T.81, Table K.1, row by row.
#[rustfmt::skip]
const LUMINANCE: [u8; 64] = [
    16, 11, 10, 16,  24,  40,  51,  61,
    12, 12, 14, 19,  26,  58,  60,  55,
    14, 13, 16, 24,  40,  57,  69,  56,
    14, 17, 22, 29,  51,  87,  80,  62,
    18, 22, 37, 56,  68, 109, 103,  77,
    24, 35, 55, 64,  81, 104, 113,  92,
    49, 64, 78, 87, 103, 121, 120, 101,
    72, 92, 95, 98, 112, 100, 103,  99,
];

/// ITU-T T.81, Table K.2, row by row.
#[rustfmt::skip]
const CHROMINANCE: [u8; 64] = [
    17, 18, 24, 47, 99, 99, 99, 99,
    18, 21, 26, 66, 99, 99, 99, 99,
    24, 26, 56, 99, 99, 99, 99, 99,
    47, 66, 99, 99, 99, 99, 99, 99,
    99, 99, 99, 99, 99, 99, 99, 99,
    99, 99, 99, 99, 99, 99, 99, 99,
    99, 99, 99, 99, 99, 99, 99, 99,
    99, 99, 99, 99, 99, 99, 99, 99,
];

/// Division of one coefficient's magnitude by its step, as two multiplications that keep the upper 16 bits.
///
/// With `d = 8 q` and `L = ceil(log2 d)`, `x / d` is `x * ceil(2^(14+L) / d) >> (14 + L)` for every `x < 2^14`: the
/// reciprocal is too large by less than `1 / d` parts of its own last place times `x`, which is less than the distance
/// to the next whole number. A magnitude and its bias stay under 2^14 because a coefficient of 8-bit samples is at most
/// 2^10 (ITU-T T.81, F.1.1.4), scaled by 8, and a bias at most half of 8 × 255.
#[derive(Clone, Debug)]
pub(super) struct Divisors {
    /// What is added to the magnitude: half a step rounds to nearest.
    pub bias: [[u16; 8]; 8],
    /// `ceil(2^(14+L) / d)`.
    pub reciprocal: [[u16; 8]; 8],
    /// `2^(18-L)`: the rest of the shift.
    pub shift: [[u16; 8]; 8],
}

/// A quantisation table: steps of 1 to 255, transposed as blocks are.
#[derive(Clone, Debug)]
pub(super) struct QuantTable {
    steps: [u8; 64],
    divisors: Divisors,
}

impl QuantTable {
    /// The table of luminance (0) or chroma (1) at a quality of 1 to 100.
    pub(super) fn new(table: u8, quality: u8) -> Self {
        let base = if table == 0 { &LUMINANCE } else { &CHROMINANCE };
        let mut steps = [1; 64];
        for (u, column) in steps.as_chunks_mut::<8>().0.iter_mut().enumerate() {
            for (step, &base) in column.iter_mut().zip(base.iter().skip(u).step_by(8)) {
                *step = scaled_step(base, quality);
            }
        }
        Self { divisors: Divisors::new(&steps), steps }
    }

    /// The steps in zigzag order.
    pub(super) fn zigzag(&self) -> [u8; 64] {
        ZIGZAG.map(|place| self.steps.get(usize::from(place)).copied().unwrap_or(1))
    }

    /// The steps, transposed as blocks are.
    pub(super) fn steps(&self) -> &[u8; 64] {
        &self.steps
    }

    /// Divides every coefficient by its step, rounding to nearest, halves away from zero.
    ///
    /// Bit `k` of the answer tells whether coefficient `k` of the zigzag sequence is other than zero.
    pub(super) fn quantize(&self, block: &mut Block) -> u64 {
        kernels::quantize(block, &self.divisors)
    }
}

/// The Independent JPEG Group's quality scale: a percentage of the Annex K table, 5000 / q below 50, 200 - 2 q above.
fn scaled_step(base: u8, quality: u8) -> u8 {
    let quality = u32::from(quality.clamp(1, 100));
    let percent = if quality < 50 { 5000 / quality } else { 200 - 2 * quality };
    ((u32::from(base) * percent + 50) / 100).clamp(1, 255) as u8
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
            *bias = (divisor / 2) as u16;
            *reciprocal = (1u32 << (14 + log)).div_ceil(divisor) as u16;
            *shift = 1 << (18 - log);
        }
        divisors
    }
}

// Where there are vectors, only the tests call it.
#[cfg_attr(all(target_arch = "wasm32", target_feature = "simd128"), allow(dead_code))]
pub(super) mod scalar {
    use super::{Block, Divisors, ZIGZAG};

    pub fn quantize(block: &mut Block, divisors: &Divisors) -> u64 {
        let Divisors { bias, reciprocal, shift } = divisors;
        for (((c, bias), reciprocal), shift) in block.iter_mut().zip(bias).zip(reciprocal).zip(shift) {
            for (((c, &bias), &reciprocal), &shift) in c.iter_mut().zip(bias).zip(reciprocal).zip(shift) {
                let magnitude = upper_half(upper_half(c.unsigned_abs() + bias, reciprocal), shift);
                let sign = *c >> 15;
                *c = (magnitude as i16 ^ sign) - sign;
            }
        }
        nonzero(block)
    }

    fn upper_half(a: u16, b: u16) -> u16 {
        ((u32::from(a) * u32::from(b)) >> 16) as u16
    }

    /// Bit `k` tells whether coefficient `k` of the zigzag sequence is other than zero.
    pub fn nonzero(block: &Block) -> u64 {
        let block = block.as_flattened();
        let mut mask = 0;
        for (k, &place) in (0u32..).zip(&ZIGZAG) {
            let set = block.get(usize::from(place)).is_some_and(|&c| c != 0);
            mask |= u64::from(set) << k;
        }
        mask
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quality_fifty_is_annex_k_and_one_hundred_divides_by_one() {
        assert_eq!(QuantTable::new(0, 50).zigzag()[..6], [16, 11, 12, 14, 12, 10]);
        assert_eq!(QuantTable::new(1, 50).zigzag()[..6], [17, 18, 18, 24, 21, 24]);
        assert_eq!(QuantTable::new(0, 100).zigzag(), [1; 64]);
        assert_eq!(QuantTable::new(1, 1).zigzag(), [255; 64]);
    }

    #[test]
    fn the_reciprocals_divide_exactly() {
        for step in 1..=255u8 {
            let divisors = Divisors::new(&[step; 64]);
            let divisor = i32::from(step) * 8;
            for chunk in (-8200..=8200i16).collect::<alloc::vec::Vec<_>>().chunks(64) {
                let mut block: Block = [[0; 8]; 8];
                block.as_flattened_mut()[..chunk.len()].copy_from_slice(chunk);
                kernels::quantize(&mut block, &divisors);
                for (&c, &quantized) in chunk.iter().zip(block.as_flattened()) {
                    let c = i32::from(c);
                    let exact = (c.abs() + divisor / 2) / divisor * c.signum();
                    assert_eq!(i32::from(quantized), exact, "{c} / {divisor}");
                }
            }
        }
    }

    #[test]
    fn the_vector_kernel_gives_the_bits_of_the_scalar_one() {
        let mut state = 0xDEAD_BEEF_1234_5677u64;
        for quality in 1..=100 {
            let table = QuantTable::new(quality % 2, quality);
            for magnitude in [10, 300, 8192] {
                let mut block: Block = [[0; 8]; 8];
                for c in block.as_flattened_mut() {
                    state ^= state << 13;
                    state ^= state >> 7;
                    state ^= state << 17;
                    *c = (state % (2 * magnitude + 1)) as i16 - magnitude as i16;
                }
                let (mut a, mut b) = (block, block);
                let masks =
                    (kernels::quantize(&mut a, &table.divisors), scalar::quantize(&mut b, &table.divisors));
                assert_eq!((a, masks.0), (b, masks.1));
                assert_eq!(masks.0, scalar::nonzero(&a));
            }
        }
    }
}
