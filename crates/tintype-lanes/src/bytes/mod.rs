//! Lanes of eight bits.

pub(crate) mod scalar;
#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
pub(crate) mod simd128;
#[cfg(target_arch = "x86_64")]
pub(crate) mod sse2;

/// Sixteen lanes of eight bits, which each operation takes as signed or as unsigned.
pub trait U8x16: Copy {
    /// The same byte in every lane.
    fn splat(lane: u8) -> Self;
    /// The lanes from memory.
    fn load(lanes: &[u8; 16]) -> Self;
    /// The first half of the lanes, and the second.
    fn load_halves(low: &[u8; 8], high: &[u8; 8]) -> Self;
    /// The lanes to memory.
    fn store(self, lanes: &mut [u8; 16]);
    /// Lanes 0 to 7 to memory.
    fn store_low(self, lanes: &mut [u8; 8]);
    /// Lanes 8 to 15 to memory.
    fn store_high(self, lanes: &mut [u8; 8]);

    /// Lanes 0 to 7 of both, interleaved.
    fn zip_low(self, other: Self) -> Self;
    /// Lanes 8 to 15 of both, interleaved.
    fn zip_high(self, other: Self) -> Self;
    /// As [`U8x16::zip_low`], in units of two lanes.
    fn zip2_low(self, other: Self) -> Self;
    /// As [`U8x16::zip_high`], in units of two lanes.
    fn zip2_high(self, other: Self) -> Self;
    /// As [`U8x16::zip_low`], in units of four lanes.
    fn zip4_low(self, other: Self) -> Self;
    /// As [`U8x16::zip_high`], in units of four lanes.
    fn zip4_high(self, other: Self) -> Self;
    /// Lanes 0 to 7 of `self`, then lanes 0 to 7 of `other`.
    fn zip8_low(self, other: Self) -> Self;
    /// Lanes 8 to 15 of `self`, then lanes 8 to 15 of `other`.
    fn zip8_high(self, other: Self) -> Self;

    /// The bits of both.
    fn and(self, other: Self) -> Self;
    /// The bits of `self` that `other` does not have.
    fn and_not(self, other: Self) -> Self;
    /// The bits of either.
    fn or(self, other: Self) -> Self;
    /// The bits of one of them.
    fn xor(self, other: Self) -> Self;

    /// Sum of signed lanes, clamped.
    fn add_signed(self, other: Self) -> Self;
    /// Difference of signed lanes, clamped.
    fn sub_signed(self, other: Self) -> Self;
    /// Sum of unsigned lanes, clamped.
    fn add_unsigned(self, other: Self) -> Self;
    /// Difference of unsigned lanes, clamped.
    fn sub_unsigned(self, other: Self) -> Self;
    /// The larger of unsigned lanes.
    fn max(self, other: Self) -> Self;
    /// All ones in lanes that are zero, and zero in others.
    fn is_zero(self) -> Self;
    /// Half of unsigned lanes, rounded down.
    fn half(self) -> Self;
    /// Arithmetic shift right of signed lanes.
    fn shr<const BITS: u32>(self) -> Self;
    /// `FACTOR` times each signed lane, divided by 128 and rounded to the nearest, down from the middle. The factor is
    /// less than 128.
    fn scale<const FACTOR: i16>(self) -> Self;
}

/// Swaps rows and columns: takes 16 rows of eight bytes, each vector holding a row and the eighth after it, and makes
/// eight columns of 16.
#[inline(always)]
pub fn columns<V: U8x16>([a, b, c, d, e, f, g, h]: [V; 8]) -> [V; 8] {
    let low = columns_of_half([a.zip_low(b), c.zip_low(d), e.zip_low(f), g.zip_low(h)]);
    let high = columns_of_half([a.zip_high(b), c.zip_high(d), e.zip_high(f), g.zip_high(h)]);
    let ([l0, l1, l2, l3], [h0, h1, h2, h3]) = (low, high);
    [
        l0.zip8_low(h0),
        l0.zip8_high(h0),
        l1.zip8_low(h1),
        l1.zip8_high(h1),
        l2.zip8_low(h2),
        l2.zip8_high(h2),
        l3.zip8_low(h3),
        l3.zip8_high(h3),
    ]
}

/// The inverse of [`columns`], but that each vector holds two neighbouring rows.
#[inline(always)]
pub fn rows<V: U8x16>([a, b, c, d, e, f, g, h]: [V; 8]) -> [V; 8] {
    let [l0, l1, l2, l3] = columns_of_half([a.zip_low(b), c.zip_low(d), e.zip_low(f), g.zip_low(h)]);
    let [h0, h1, h2, h3] = columns_of_half([a.zip_high(b), c.zip_high(d), e.zip_high(f), g.zip_high(h)]);
    [l0, l1, l2, l3, h0, h1, h2, h3]
}

/// Of pairs of rows, interleaved byte by byte, makes pairs of columns.
#[inline(always)]
fn columns_of_half<V: U8x16>([a, b, c, d]: [V; 4]) -> [V; 4] {
    let (first, second) = (a.zip2_low(b), c.zip2_low(d));
    let (third, fourth) = (a.zip2_high(b), c.zip2_high(d));
    [first.zip4_low(second), first.zip4_high(second), third.zip4_low(fourth), third.zip4_high(fourth)]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Bytes, random, scalar};
    use alloc::vec::Vec;

    /// Lanes of every kind: extremes, small numbers and any.
    fn samples() -> impl Iterator<Item = [u8; 16]> {
        let mut random = random();
        let mut next = move || random() as u8;
        (0..400).map(move |round| {
            core::array::from_fn(|_| match (round % 3, next()) {
                (0, any) => [0, 1, 127, 128, 129, 254, 255, 64][usize::from(any % 8)],
                (1, any) => any % 20,
                (_, any) => any,
            })
        })
    }

    fn lanes<V: U8x16>(v: V) -> [u8; 16] {
        let mut lanes = [0; 16];
        v.store(&mut lanes);
        lanes
    }

    /// Everything that the operations make of two vectors.
    fn everything<V: U8x16>(a: &[u8; 16], b: &[u8; 16]) -> Vec<[u8; 16]> {
        let (x, y) = (V::load(a), V::load(b));
        let zips = [
            x.zip_low(y),
            x.zip_high(y),
            x.zip2_low(y),
            x.zip2_high(y),
            x.zip4_low(y),
            x.zip4_high(y),
            x.zip8_low(y),
            x.zip8_high(y),
        ];
        let pairs = [
            x.and(y),
            x.and_not(y),
            x.or(y),
            x.xor(y),
            x.add_signed(y),
            x.sub_signed(y),
            x.add_unsigned(y),
            x.sub_unsigned(y),
            x.max(y),
        ];
        let (mut low, mut high) = ([0; 8], [0; 8]);
        x.store_low(&mut low);
        y.store_high(&mut high);
        let singles = [
            V::load_halves(&low, &high),
            V::splat(a[0]),
            x.is_zero(),
            x.half(),
            x.shr::<1>(),
            x.shr::<3>(),
            x.scale::<9>(),
            x.scale::<18>(),
            x.scale::<27>(),
        ];
        zips.into_iter().chain(pairs).chain(singles).map(lanes).collect()
    }

    #[test]
    fn every_operation_gives_the_same_bits_on_simd_and_scalar() {
        let all: Vec<_> = samples().collect();
        for pair in all.windows(2) {
            assert_eq!(
                everything::<Bytes>(&pair[0], &pair[1]),
                everything::<scalar::Bytes>(&pair[0], &pair[1])
            );
        }
    }

    #[test]
    fn rows_become_columns_and_columns_rows() {
        let rows_before: [[u8; 8]; 16] =
            core::array::from_fn(|y| core::array::from_fn(|x| (y * 8 + x) as u8));
        let vectors = core::array::from_fn(|at| {
            let both = [rows_before[at], rows_before[at + 8]].concat();
            Bytes::load(both.first_chunk().unwrap())
        });
        let columns = columns(vectors);
        for (x, column) in columns.into_iter().map(lanes).enumerate() {
            assert!((0..16).all(|y| column[y] == rows_before[y][x]));
        }
        let rows_after: Vec<u8> = rows(columns).into_iter().flat_map(lanes).collect();
        assert_eq!(rows_after, rows_before.concat());
    }
}
