//! The forward DCT (ITU-T T.81, A.3.3) after C. Loeffler, A. Ligtenberg and G. Moschytz, "Practical fast 1-D DCT
//! algorithms with 11 multiplications" (ICASSP 1989), in fixed point.
//!
//! Columns are transformed before rows and the result is left transposed: the vector kernel then transposes once,
//! and everything after it reads coefficients through [`ZIGZAG`](crate::zigzag::ZIGZAG), which is transposed as well.

#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
use super::simd128 as kernels;
#[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
use scalar as kernels;

/// Samples of a block, row by row.
pub(super) type Samples = [[u8; 8]; 8];

/// Coefficients of a block, transposed: `block[u][v]` has horizontal frequency `u` and vertical frequency `v`.
pub(super) type Block = [[i16; 8]; 8];

/// Coefficients are scaled by this.
pub(super) const SCALE: u16 = 8;

/// Transforms a block; the coefficients are those of T.81 times [`SCALE`].
pub(super) fn forward(samples: &Samples) -> Block {
    kernels::forward_dct(samples)
}

/// Fixed-point fraction bits of the constants.
pub(super) const CONST_BITS: u32 = 13;
/// Fraction bits kept between the passes; the most that 16 bits hold.
pub(super) const PASS1_BITS: u32 = 2;

/// Rotation constants times 2^13, named by their value in thousandths.
pub(super) mod rotation {
    pub const F_0_298: i32 = 2446;
    pub const F_0_390: i32 = 3196;
    pub const F_0_541: i32 = 4433;
    pub const F_0_765: i32 = 6270;
    pub const F_0_899: i32 = 7373;
    pub const F_1_175: i32 = 9633;
    pub const F_1_501: i32 = 12299;
    pub const F_1_847: i32 = 15137;
    pub const F_1_961: i32 = 16069;
    pub const F_2_053: i32 = 16819;
    pub const F_2_562: i32 = 20995;
    pub const F_3_072: i32 = 25172;
}

// Where there are vectors, only the tests call it.
#[cfg_attr(all(target_arch = "wasm32", target_feature = "simd128"), allow(dead_code))]
pub(super) mod scalar {
    use super::rotation::*;
    use super::{Block, CONST_BITS, PASS1_BITS, Samples};

    pub fn forward_dct(samples: &Samples) -> Block {
        let mut columns = [[0i32; 8]; 8];
        for (y, row) in (0u8..).zip(samples) {
            for (column, &sample) in columns.iter_mut().zip(row) {
                if let Some(place) = column.get_mut(usize::from(y)) {
                    *place = i32::from(sample) - 128;
                }
            }
        }
        // After the first pass, `columns[x][v]`.
        columns.iter_mut().for_each(|column| *column = pass::<{ CONST_BITS - PASS1_BITS }, true>(column));
        let mut out = [[0i16; 8]; 8];
        for v in 0..8 {
            let line = columns.map(|column| column.get(v).copied().unwrap_or(0));
            let transformed = pass::<{ CONST_BITS + PASS1_BITS }, false>(&line);
            for (frequencies, value) in out.iter_mut().zip(transformed) {
                if let Some(place) = frequencies.get_mut(v) {
                    *place = value as i16;
                }
            }
        }
        out
    }

    /// Divides by 2^`bits`, rounding to nearest.
    const fn descale(x: i32, bits: u32) -> i32 {
        (x + (1 << (bits - 1))) >> bits
    }

    /// One dimension. `SHIFT` is how far the products are scaled down; the first pass leaves `PASS1_BITS` of fraction,
    /// the second takes them away.
    #[inline(always)]
    fn pass<const SHIFT: u32, const FIRST: bool>(&[d0, d1, d2, d3, d4, d5, d6, d7]: &[i32; 8]) -> [i32; 8] {
        let (s0, s1, s2, s3) = (d0 + d7, d1 + d6, d2 + d5, d3 + d4);
        let (t4, t5, t6, t7) = (d3 - d4, d2 - d5, d1 - d6, d0 - d7);

        let (e0, e1, e2, e3) = (s0 + s3, s1 + s2, s1 - s2, s0 - s3);
        let whole = |x| if FIRST { x << PASS1_BITS } else { descale(x, PASS1_BITS) };
        let z = (e2 + e3) * F_0_541;

        let (z1, z2, z3, z4) = (t4 + t7, t5 + t6, t4 + t6, t5 + t7);
        let z5 = (z3 + z4) * F_1_175;
        let (z1, z2) = (-F_0_899 * z1, -F_2_562 * z2);
        let (z3, z4) = (z5 - F_1_961 * z3, z5 - F_0_390 * z4);

        [
            whole(e0 + e1),
            descale(F_1_501 * t7 + z1 + z4, SHIFT),
            descale(z + F_0_765 * e3, SHIFT),
            descale(F_3_072 * t6 + z2 + z3, SHIFT),
            whole(e0 - e1),
            descale(F_2_053 * t5 + z2 + z4, SHIFT),
            descale(z - F_1_847 * e2, SHIFT),
            descale(F_0_298 * t4 + z1 + z3, SHIFT),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn blocks() -> impl Iterator<Item = Samples> {
        let mut state = 0x1234_5678_9ABC_DEF1u64;
        (0..4000).map(move |i| {
            let mut block = [[0; 8]; 8];
            for sample in block.as_flattened_mut() {
                state ^= state << 13;
                state ^= state >> 7;
                state ^= state << 17;
                // Every fourth block is of extremes.
                *sample = if i % 4 == 0 { (state & 1) as u8 * 255 } else { state as u8 };
            }
            block
        })
    }

    /// T.81, A.3.3, as it stands.
    fn reference(samples: &Samples) -> [[f64; 8]; 8] {
        let cos = |x: usize, u: usize| ((2 * x + 1) as f64 * u as f64 * core::f64::consts::PI / 16.0).cos();
        let scale = |u: usize| if u == 0 { 0.5f64.sqrt() } else { 1.0 };
        let mut out = [[0.0; 8]; 8];
        for (u, column) in out.iter_mut().enumerate() {
            for (v, out) in column.iter_mut().enumerate() {
                let mut sum = 0.0;
                for (y, row) in samples.iter().enumerate() {
                    for (x, &sample) in row.iter().enumerate() {
                        sum += (f64::from(sample) - 128.0) * cos(x, u) * cos(y, v);
                    }
                }
                *out = sum * scale(u) * scale(v) / 4.0;
            }
        }
        out
    }

    #[test]
    fn the_transform_is_that_of_the_standard_to_a_fraction_of_a_level() {
        for samples in blocks().take(300) {
            for (ours, exact) in
                forward(&samples).as_flattened().iter().zip(reference(&samples).as_flattened())
            {
                let ours = f64::from(*ours) / f64::from(SCALE);
                assert!((ours - exact).abs() < 0.25, "{ours} for {exact}");
            }
        }
    }

    #[test]
    fn flat_blocks_have_only_a_dc_coefficient() {
        for level in 0..=255 {
            let block = forward(&[[level; 8]; 8]);
            assert_eq!(block[0][0], (i16::from(level) - 128) * 64);
            assert!(block.as_flattened()[1..].iter().all(|&c| c == 0));
        }
    }

    #[test]
    fn the_vector_kernel_gives_the_bits_of_the_scalar_one() {
        for samples in blocks().chain([[[0; 8]; 8], [[255; 8]; 8]]) {
            assert_eq!(kernels::forward_dct(&samples), scalar::forward_dct(&samples));
        }
    }
}
