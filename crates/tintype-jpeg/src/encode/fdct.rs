//! The forward DCT (ITU-T T.81, A.3.3) after C. Loeffler, A. Ligtenberg and G. Moschytz, "Practical fast 1-D DCT
//! algorithms with 11 multiplications" (ICASSP 1989), in fixed point.
//!
//! Columns are transformed before rows and the result is left transposed, so that one transposition is enough;
//! everything after it reads coefficients through [`ZIGZAG`](crate::zigzag::ZIGZAG), which is transposed as well.

use tintype_lanes::{I16x8, I32x4, Words, transpose};

/// Samples of a block, row by row.
pub(crate) type Samples<'a> = [&'a [u8; 8]; 8];

/// Coefficients of a block, transposed: `block[u][v]` has horizontal frequency `u` and vertical frequency `v`.
pub(crate) type Block = [[i16; 8]; 8];

/// Coefficients are scaled by this.
pub(crate) const SCALE: u16 = 8;

/// Bits after the point of the constants.
const CONST_BITS: u32 = 13;
/// Bits kept after the point between the passes; the most that 16 bits hold.
const PASS1_BITS: u32 = 2;

/// Rotation constants times 2^13, named by their value in thousandths.
mod rotation {
    pub(crate) const F_0_298: i16 = 2446;
    pub(crate) const F_0_390: i16 = 3196;
    pub(crate) const F_0_541: i16 = 4433;
    pub(crate) const F_0_765: i16 = 6270;
    pub(crate) const F_0_899: i16 = 7373;
    pub(crate) const F_1_175: i16 = 9633;
    pub(crate) const F_1_501: i16 = 12299;
    pub(crate) const F_1_847: i16 = 15137;
    pub(crate) const F_1_961: i16 = 16069;
    pub(crate) const F_2_053: i16 = 16819;
    pub(crate) const F_2_562: i16 = 20995;
    pub(crate) const F_3_072: i16 = 25172;
}
use rotation::*;

/// Transforms a block; the coefficients are those of T.81 times [`SCALE`].
#[inline(never)]
pub(crate) fn forward(samples: Samples<'_>) -> Block {
    transform::<Words>(samples)
}

#[inline(always)]
fn transform<V: I16x8>(samples: Samples<'_>) -> Block {
    let rows = samples.map(|row| V::widen(row).add(V::splat(-128)));
    let columns = transpose(pass::<V, { CONST_BITS - PASS1_BITS }, true>(rows));
    let frequencies = pass::<V, { CONST_BITS + PASS1_BITS }, false>(columns);
    let mut block = [[0; 8]; 8];
    block.iter_mut().zip(frequencies).for_each(|(lanes, v)| v.store(lanes));
    block
}

/// One dimension, eight lines at a time. `SHIFT` is how far the products are scaled down; the first pass leaves
/// [`PASS1_BITS`] after the point, the second takes them away.
#[inline(always)]
fn pass<V: I16x8, const SHIFT: u32, const FIRST: bool>([d0, d1, d2, d3, d4, d5, d6, d7]: [V; 8]) -> [V; 8] {
    let (s0, s1, s2, s3) = (d0.add(d7), d1.add(d6), d2.add(d5), d3.add(d4));
    let (t4, t5, t6, t7) = (d3.sub(d4), d2.sub(d5), d1.sub(d6), d0.sub(d7));

    let (e0, e1, e2, e3) = (s0.add(s3), s1.add(s2), s1.sub(s2), s0.sub(s3));
    let whole = |x: V| match FIRST {
        true => x.shl::<PASS1_BITS>(),
        false => x.add(V::splat(1 << (PASS1_BITS - 1))).shr::<PASS1_BITS>(),
    };

    let odd = Pairs::new(t4.add(t6), t5.add(t7));
    let z3 = odd.weigh(F_1_175 - F_1_961, F_1_175);
    let z4 = odd.weigh(F_1_175, F_1_175 - F_0_390);
    let (even, t47, t56) = (Pairs::new(e3, e2), Pairs::new(t4, t7), Pairs::new(t5, t6));

    [
        whole(e0.add(e1)),
        t47.weigh(-F_0_899, F_1_501 - F_0_899).add(z4).scaled::<SHIFT>(),
        even.weigh(F_0_541 + F_0_765, F_0_541).scaled::<SHIFT>(),
        t56.weigh(-F_2_562, F_3_072 - F_2_562).add(z3).scaled::<SHIFT>(),
        whole(e0.sub(e1)),
        t56.weigh(F_2_053 - F_2_562, -F_2_562).add(z4).scaled::<SHIFT>(),
        even.weigh(F_0_541, F_0_541 - F_1_847).scaled::<SHIFT>(),
        t47.weigh(F_0_298 - F_0_899, -F_0_899).add(z3).scaled::<SHIFT>(),
    ]
}

/// Eight pairs of numbers to be weighed together.
#[derive(Clone, Copy)]
struct Pairs<V> {
    low: V,
    high: V,
}

impl<V: I16x8> Pairs<V> {
    #[inline(always)]
    fn new(first: V, second: V) -> Self {
        Self { low: first.zip_low(second), high: first.zip_high(second) }
    }

    /// `first` times the first of each pair, plus `second` times the second.
    #[inline(always)]
    fn weigh(self, first: i16, second: i16) -> Sums<V> {
        let weights = V::pair(first, second);
        Sums { low: self.low.dot(weights), high: self.high.dot(weights) }
    }
}

/// Eight 32-bit sums.
#[derive(Clone, Copy)]
struct Sums<V: I16x8> {
    low: V::Wide,
    high: V::Wide,
}

impl<V: I16x8> Sums<V> {
    #[inline(always)]
    fn add(self, other: Self) -> Self {
        Self { low: self.low.add(other.low), high: self.high.add(other.high) }
    }

    /// Divided by 2^`SHIFT`, rounding to nearest.
    #[inline(always)]
    fn scaled<const SHIFT: u32>(self) -> V {
        let half = V::Wide::splat(1 << (SHIFT - 1));
        V::pack(self.low.add(half).shr::<SHIFT>(), self.high.add(half).shr::<SHIFT>())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tintype_lanes::scalar;

    fn blocks() -> impl Iterator<Item = [[u8; 8]; 8]> {
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
    fn reference(samples: &[[u8; 8]; 8]) -> [[f64; 8]; 8] {
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
                forward(samples.each_ref()).as_flattened().iter().zip(reference(&samples).as_flattened())
            {
                let ours = f64::from(*ours) / f64::from(SCALE);
                assert!((ours - exact).abs() < 0.25, "{ours} for {exact}");
            }
        }
    }

    #[test]
    fn flat_blocks_have_only_a_dc_coefficient() {
        for level in 0..=255 {
            let block = forward([&[level; 8]; 8]);
            assert_eq!(block[0][0], (i16::from(level) - 128) * 64);
            assert!(block.as_flattened()[1..].iter().all(|&c| c == 0));
        }
    }

    #[test]
    fn simd_and_scalar_give_the_same_bits() {
        for samples in blocks().chain([[[0; 8]; 8], [[255; 8]; 8]]) {
            assert_eq!(
                transform::<Words>(samples.each_ref()),
                transform::<scalar::Words>(samples.each_ref())
            );
        }
    }
}
