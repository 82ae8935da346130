//! Lanes of 16 bits, and of 32 in which their products are summed.

pub(crate) mod scalar;
#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
pub(crate) mod simd128;
#[cfg(target_arch = "x86_64")]
pub(crate) mod sse2;

/// Eight signed 16-bit lanes.
pub trait I16x8: Copy {
    /// The lanes that products are summed in.
    type Wide: I32x4;

    /// The same number in every lane.
    fn splat(lane: i16) -> Self;
    /// `even` in the even lanes, `odd` in the odd ones.
    fn pair(even: i16, odd: i16) -> Self;
    /// The lanes from memory.
    fn load(lanes: &[i16; 8]) -> Self;
    /// Eight bytes, zero-extended.
    fn widen(bytes: &[u8; 8]) -> Self;
    /// Sums of neighbouring bytes.
    fn add_neighbours(bytes: &[u8; 16]) -> Self;
    /// Eight RGB pixels as pairs of lanes: red and green of the first four pixels and of the last four, then green and
    /// blue of both.
    fn rgb_pairs(pixels: &[u8; 24]) -> [[Self; 2]; 2];

    /// The lanes to memory.
    fn store(self, lanes: &mut [i16; 8]);
    /// The lanes of `low` and of `high`, clamped to 0 to 255, each as eight bytes from the least significant. Whole
    /// words, because compilers for wasm tear arrays of bytes apart.
    fn narrow(low: Self, high: Self) -> [u64; 2];
    /// As [`I16x8::narrow`], to memory.
    fn store_narrow(low: Self, high: Self, bytes: &mut [u8; 16]);
    /// Bits, from the least significant, that say which lanes of `low` and `high` are not zero.
    fn nonzero(low: Self, high: Self) -> u16;
    /// As [`I16x8::nonzero`], for the 64 lanes of a block, whose bits stand in the order `O`.
    fn nonzero_in<O: Order>(block: [Self; 8]) -> u64;

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
    /// Absolute values; that of -32768 is itself, or unsigned, right.
    fn abs(self) -> Self;
    /// The bits of both.
    fn and(self, other: Self) -> Self;
    /// The bits of one of them.
    fn xor(self, other: Self) -> Self;
    /// Shift left.
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

    /// Two pairs of pixels of two channels: of each pair, both samples of the first channel, then both of the second.
    fn pairs_of_2(self) -> Self;
    /// A pair of pixels of three channels, which the first six lanes hold: both samples of each channel in turn. The last two lanes
    /// may be any.
    fn pairs_of_3(self) -> Self;
    /// A pair of pixels of four channels: both samples of each channel in turn.
    fn pairs_of_4(self) -> Self;

    /// Products of equal lanes, summed in pairs without overflow (unless all four factors are -32768).
    fn dot(self, other: Self) -> Self::Wide;
    /// Both, clamped to 16 bits.
    fn pack(low: Self::Wide, high: Self::Wide) -> Self;
}

/// Four signed 32-bit lanes.
pub trait I32x4: Copy {
    /// The same number in every lane.
    fn splat(lane: i32) -> Self;
    /// The lanes from memory.
    fn load(lanes: &[i32; 4]) -> Self;
    /// The lanes to memory.
    fn store(self, lanes: &mut [i32; 4]);
    /// Wrapping sum.
    fn add(self, other: Self) -> Self;
    /// Wrapping difference.
    fn sub(self, other: Self) -> Self;
    /// Arithmetic shift right.
    fn shr<const BITS: u32>(self) -> Self;
    /// Wrapping sums of the first two lanes, and of the last two.
    fn sum_halves(self) -> [i32; 2];
    /// The wrapping sum of all lanes of each.
    fn sum_each(all: [Self; 4]) -> Self;
}

/// An order of the places of a block of 8x8.
pub trait Order {
    /// The places, each of which occurs once.
    const PLACES: [u8; 64];
}

/// Transposes an 8x8 matrix held as eight rows.
#[inline(always)]
pub fn transpose<V: I16x8>([r0, r1, r2, r3, r4, r5, r6, r7]: [V; 8]) -> [V; 8] {
    let [a0, a1, a2, a3] = [r0.zip_low(r1), r2.zip_low(r3), r4.zip_low(r5), r6.zip_low(r7)];
    let [b0, b1, b2, b3] = [r0.zip_high(r1), r2.zip_high(r3), r4.zip_high(r5), r6.zip_high(r7)];
    let [c0, c1, c2, c3] = [a0.zip2_low(a1), a0.zip2_high(a1), a2.zip2_low(a3), a2.zip2_high(a3)];
    let [d0, d1, d2, d3] = [b0.zip2_low(b1), b0.zip2_high(b1), b2.zip2_low(b3), b2.zip2_high(b3)];
    [
        c0.zip4_low(c2),
        c0.zip4_high(c2),
        c1.zip4_low(c3),
        c1.zip4_high(c3),
        d0.zip4_low(d2),
        d0.zip4_high(d2),
        d1.zip4_low(d3),
        d1.zip4_high(d3),
    ]
}

/// Transposes two 4x4 matrices, whose rows are next to each other.
#[inline(always)]
pub fn transpose_halves<V: I16x8>([r0, r1, r2, r3]: [V; 4]) -> [V; 4] {
    let (a, b) = (r0.zip_low(r1), r2.zip_low(r3));
    let (c, d) = (r0.zip_high(r1), r2.zip_high(r3));
    let (first, second) = (a.zip2_low(b), a.zip2_high(b));
    let (third, fourth) = (c.zip2_low(d), c.zip2_high(d));
    [first.zip4_low(third), first.zip4_high(third), second.zip4_low(fourth), second.zip4_high(fourth)]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Words, random, scalar};
    use alloc::vec::Vec;

    /// Lanes of every kind: extremes, small numbers and any.
    fn samples() -> impl Iterator<Item = [i16; 8]> {
        let mut random = random();
        let mut next = move || random() as i16;
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

    /// The lanes clamped to 16 bits, before and after the lower bits are shifted out.
    fn wide_lanes<V: I16x8>(wide: V::Wide) -> [[i16; 8]; 2] {
        [lanes(V::pack(wide, wide.shr::<9>())), lanes(V::pack(wide.shr::<14>(), wide.shr::<16>()))]
    }

    /// The last place first.
    struct Reversed;

    impl Order for Reversed {
        const PLACES: [u8; 64] = {
            let mut places = [0; 64];
            let mut at = 0;
            while at < 64 {
                places[at] = 63 - at as u8;
                at += 1;
            }
            places
        };
    }

    /// Everything that the operations make of two vectors.
    fn everything<V: I16x8>(a: &[i16; 8], b: &[i16; 8]) -> (Vec<[i16; 8]>, Vec<u64>) {
        let bytes: [u8; 16] = core::array::from_fn(|i| (if i < 8 { a[i] } else { b[i - 8] }) as u8);
        let pixels: [u8; 24] = core::array::from_fn(|i| bytes[i % 16].wrapping_add(i as u8));
        let (x, y) = (V::load(a), V::load(b));
        let mut out: Vec<_> = [
            V::splat(a[0]),
            V::pair(a[0], a[1]),
            V::widen(&core::array::from_fn(|i| bytes[i])),
            V::add_neighbours(&bytes),
            x.add(y),
            x.sub(y),
            x.mul(y),
            x.mul_high_unsigned(y),
            x.abs(),
            x.max(y),
            x.and(y),
            x.xor(y),
            x.shl::<2>(),
            x.shr::<3>(),
            x.zip_low(y),
            x.zip_high(y),
            x.zip2_low(y),
            x.zip2_high(y),
            x.zip4_low(y),
            x.zip4_high(y),
            x.pairs_of_2(),
            x.pairs_of_3().zip4_low(y),
            x.pairs_of_3().zip2_high(y).zip2_low(y),
            x.pairs_of_4(),
        ]
        .map(lanes)
        .into();
        out.extend(V::rgb_pairs(&pixels).as_flattened().iter().copied().map(lanes));
        let (sums, others) = (x.dot(y), x.dot(x));
        let wide = [sums, V::Wide::splat(i32::from(a[0]) * 1000), sums.add(others), sums.sub(others)];
        out.extend(wide.into_iter().flat_map(wide_lanes::<V>));
        let mut stored = [0; 16];
        V::store_narrow(x, y, &mut stored);
        let [low, high] = V::narrow(x, y);
        assert_eq!(stored, (u128::from(low) | u128::from(high) << 64).to_le_bytes());
        let mut stored = [0; 4];
        let loaded = V::Wide::load(&[a[0], a[1], b[0], b[1]].map(i32::from)).add(sums);
        V::Wide::sum_each([loaded, sums, others, loaded.sub(others)]).add(loaded).store(&mut stored);
        let mut numbers = Vec::from([low, high, V::nonzero(x, y).into()]);
        numbers.push(V::nonzero_in::<Reversed>([x, y, y, x, x, x, y, y]));
        numbers.extend(stored.map(|sum| sum as u64));
        numbers.extend(sums.sum_halves().map(|sum| sum as u64));
        (out, numbers)
    }

    #[test]
    fn every_operation_gives_the_same_bits_on_simd_and_scalar() {
        let all: Vec<_> = samples().collect();
        for pair in all.windows(2) {
            assert_eq!(
                everything::<Words>(&pair[0], &pair[1]),
                everything::<scalar::Words>(&pair[0], &pair[1])
            );
        }
    }

    #[test]
    fn bits_of_lanes_stand_in_the_order_that_is_named() {
        let mut block = [[0; 8]; 8];
        block[0][3] = -5;
        block[7][7] = 1;
        let bits = Words::nonzero_in::<Reversed>(block.each_ref().map(Words::load));
        assert_eq!(bits, 1 | 1 << 60);
    }

    #[test]
    fn transposed_halves_have_their_columns_as_rows() {
        let matrix: [[i16; 8]; 4] =
            core::array::from_fn(|row| core::array::from_fn(|column| (row * 8 + column) as i16));
        let transposed = transpose_halves(matrix.each_ref().map(Words::load)).map(lanes);
        for (row, column) in (0..4).flat_map(|row| (0..8).map(move |column| (row, column))) {
            assert_eq!(transposed[column % 4][column / 4 * 4 + row], matrix[row][column]);
        }
    }

    #[test]
    fn a_transposed_matrix_has_its_columns_as_rows() {
        fn check<V: I16x8>() {
            let matrix: [[i16; 8]; 8] =
                core::array::from_fn(|row| core::array::from_fn(|column| (row * 8 + column) as i16));
            let transposed = transpose(matrix.each_ref().map(V::load)).map(lanes);
            for (row, column) in (0..8).flat_map(|row| (0..8).map(move |column| (row, column))) {
                assert_eq!(transposed[column][row], matrix[row][column]);
            }
        }
        check::<Words>();
        check::<scalar::Words>();
    }
}
