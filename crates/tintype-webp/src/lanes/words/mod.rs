//! Lanes of 16 bits: eight numbers at a time, two blocks of 4x4 next to each other.

#[cfg(any(test, not(any(all(target_arch = "wasm32", target_feature = "simd128"), target_arch = "x86_64"))))]
mod scalar;
#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
mod simd128;
#[cfg(target_arch = "x86_64")]
mod sse2;

#[cfg(not(any(all(target_arch = "wasm32", target_feature = "simd128"), target_arch = "x86_64")))]
pub(crate) use scalar::ScalarWords as NativeWords;
#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
pub(crate) use simd128::Simd128Words as NativeWords;
#[cfg(target_arch = "x86_64")]
pub(crate) use sse2::Sse2Words as NativeWords;

#[cfg(test)]
pub(crate) use scalar::ScalarWords;

/// Eight signed 16-bit lanes.
pub(crate) trait I16x8: Copy {
    /// The lanes that products are summed in.
    type Wide: I32x4;

    fn splat(lane: i16) -> Self;
    /// `even` in the even lanes, `odd` in the odd ones.
    fn pair(even: i16, odd: i16) -> Self;
    fn load(lanes: &[i16; 8]) -> Self;
    /// Eight bytes, zero-extended.
    fn widen(bytes: &[u8; 8]) -> Self;
    fn store(self, lanes: &mut [i16; 8]);
    /// Bits, from the least significant, that say which lanes of `low` and `high` are not zero.
    fn nonzero(low: Self, high: Self) -> u16;

    /// Wrapping sum.
    fn add(self, other: Self) -> Self;
    /// Wrapping difference.
    fn sub(self, other: Self) -> Self;
    /// The low half of the product.
    fn mul(self, other: Self) -> Self;
    /// The high half of the product of unsigned lanes.
    fn mul_high_unsigned(self, other: Self) -> Self;
    /// The larger of signed lanes.
    fn max(self, other: Self) -> Self;
    fn and(self, other: Self) -> Self;
    fn xor(self, other: Self) -> Self;
    fn shl<const BITS: u32>(self) -> Self;
    /// Arithmetic shift right.
    fn shr<const BITS: u32>(self) -> Self;

    /// Lanes 0 to 3 of both, interleaved.
    fn zip_low(self, other: Self) -> Self;
    /// Lanes 4 to 7 of both, interleaved.
    fn zip_high(self, other: Self) -> Self;
    /// As [`I16x8::zip_low`], in units of two lanes.
    fn zip2_low(self, other: Self) -> Self;
    /// As [`I16x8::zip_high`], in units of two lanes.
    fn zip2_high(self, other: Self) -> Self;
    /// Lanes 0 to 3 of `self`, then lanes 0 to 3 of `other`.
    fn zip4_low(self, other: Self) -> Self;
    /// Lanes 4 to 7 of `self`, then lanes 4 to 7 of `other`.
    fn zip4_high(self, other: Self) -> Self;

    /// Products of equal lanes, summed in pairs without overflow (unless all four factors are -32768).
    fn dot(self, other: Self) -> Self::Wide;
    /// Both, clamped to 16 bits.
    fn pack(low: Self::Wide, high: Self::Wide) -> Self;
}

/// Four signed 32-bit lanes.
pub(crate) trait I32x4: Copy {
    fn splat(lane: i32) -> Self;
    /// Wrapping sum.
    fn add(self, other: Self) -> Self;
    /// Arithmetic shift right.
    fn shr<const BITS: u32>(self) -> Self;
    /// Wrapping sums of the first two lanes, and of the last two.
    fn sum_halves(self) -> [i32; 2];
}

/// The absolute values of lanes above -32768.
#[inline(always)]
pub(crate) fn abs<V: I16x8>(lanes: V) -> V {
    lanes.max(V::splat(0).sub(lanes))
}

/// Transposes two 4x4 matrices, whose rows are next to each other.
#[inline(always)]
pub(crate) fn transpose_halves<V: I16x8>([r0, r1, r2, r3]: [V; 4]) -> [V; 4] {
    let (a, b) = (r0.zip_low(r1), r2.zip_low(r3));
    let (c, d) = (r0.zip_high(r1), r2.zip_high(r3));
    let (first, second) = (a.zip2_low(b), a.zip2_high(b));
    let (third, fourth) = (c.zip2_low(d), c.zip2_high(d));
    [first.zip4_low(third), first.zip4_high(third), second.zip4_low(fourth), second.zip4_high(fourth)]
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec::Vec;

    /// Lanes of every kind: extremes, small numbers and any.
    fn samples() -> impl Iterator<Item = [i16; 8]> {
        let mut seed = 0x9E37_79B9_7F4A_7C15u64;
        let mut next = move || {
            seed = seed.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
            (seed >> 40) as i16
        };
        (0..400).map(move |round| {
            core::array::from_fn(|_| match (round % 4, next()) {
                (0, any) => [i16::MIN, i16::MAX, -1, 0, 1, 255, 256, -255][usize::from(any as u16 % 8)],
                (1, any) => any % 300,
                (2, any) if any % 3 != 0 => 0,
                (_, any) => any,
            })
        })
    }

    fn lanes<V: I16x8>(v: V) -> [i16; 8] {
        let mut lanes = [0; 8];
        v.store(&mut lanes);
        lanes
    }

    /// Everything that the operations make of two vectors.
    fn everything<V: I16x8>(a: &[i16; 8], b: &[i16; 8]) -> (Vec<[i16; 8]>, Vec<i64>) {
        let (x, y) = (V::load(a), V::load(b));
        let bytes = a.map(|lane| lane as u8);
        let vectors: Vec<_> = [
            V::splat(a[0]),
            V::pair(a[0], a[1]),
            V::widen(&bytes),
            x.add(y),
            x.sub(y),
            x.mul(y),
            x.mul_high_unsigned(y),
            x.max(y),
            x.xor(y),
            x.and(y),
            x.shl::<2>(),
            x.shr::<3>(),
            x.zip_low(y),
            x.zip_high(y),
            x.zip2_low(y),
            x.zip2_high(y),
            x.zip4_low(y),
            x.zip4_high(y),
            abs(x),
            V::pack(x.dot(y), x.dot(x)),
            V::pack(x.dot(y).shr::<9>(), x.dot(x).add(V::Wide::splat(i32::from(a[1]))).shr::<16>()),
        ]
        .map(lanes)
        .into();
        let [low, high] = x.dot(y).sum_halves().map(i64::from);
        (vectors, [low, high, V::nonzero(x, y).into()].into())
    }

    #[test]
    fn every_operation_gives_the_same_bits_on_simd_and_scalar() {
        let all: Vec<_> = samples().collect();
        for pair in all.windows(2) {
            let (native, scalar) = (everything::<NativeWords>, everything::<ScalarWords>);
            assert_eq!(native(&pair[0], &pair[1]), scalar(&pair[0], &pair[1]));
        }
    }

    #[test]
    fn transposed_halves_have_their_columns_as_rows() {
        let matrix: [[i16; 8]; 4] =
            core::array::from_fn(|row| core::array::from_fn(|column| (row * 8 + column) as i16));
        let transposed = transpose_halves(matrix.each_ref().map(NativeWords::load)).map(lanes);
        for (row, column) in (0..4).flat_map(|row| (0..8).map(move |column| (row, column))) {
            assert_eq!(transposed[column % 4][column / 4 * 4 + row], matrix[row][column]);
        }
    }
}
