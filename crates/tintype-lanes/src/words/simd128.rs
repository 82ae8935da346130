//! Lanes of WebAssembly's 128-bit vectors.
#![allow(unsafe_code)] // loads and stores, each justified where it stands

use super::{I16x8, I32x4, Order};
use core::arch::wasm32::*;

/// Eight 16-bit numbers, of WebAssembly's 128-bit vectors.
#[derive(Clone, Copy)]
pub struct Words(v128);

/// Four 32-bit numbers, of WebAssembly's 128-bit vectors.
#[derive(Clone, Copy)]
pub struct Wide(v128);

#[inline(always)]
fn load_bytes(bytes: &[u8; 16]) -> v128 {
    // SAFETY: the reference covers exactly the 16 bytes read, and `v128_load` needs no alignment.
    unsafe { v128_load(bytes.as_ptr().cast()) }
}

/// The shuffle that spreads two neighbouring channels of four RGB pixels, the first at byte `start`, to lanes.
#[allow(clippy::indexing_slicing)] // evaluated by the compiler
const fn spread(start: u8) -> [u8; 16] {
    let mut shuffle = [0x80; 16];
    let mut pixel = 0;
    while pixel < 4 {
        shuffle[4 * pixel] = start + 3 * pixel as u8;
        shuffle[4 * pixel + 2] = start + 3 * pixel as u8 + 1;
        pixel += 1;
    }
    shuffle
}

/// `gather()[i][j]` brings from bytes `16 j..` of a block's flags those of positions `16 i..` in an order.
#[allow(clippy::indexing_slicing)] // evaluated by the compiler
const fn gather<O: Order>() -> [[[u8; 16]; 4]; 4] {
    let mut gather = [[[0x80; 16]; 4]; 4];
    let mut k = 0;
    while k < 64 {
        let place = O::PLACES[k];
        gather[k / 16][place as usize / 16][k % 16] = place % 16;
        k += 1;
    }
    gather
}

impl I16x8 for Words {
    type Wide = Wide;

    #[inline(always)]
    fn splat(lane: i16) -> Self {
        Self(i16x8_splat(lane))
    }

    #[inline(always)]
    fn pair(even: i16, odd: i16) -> Self {
        Self(i16x8(even, odd, even, odd, even, odd, even, odd))
    }

    #[inline(always)]
    fn load(lanes: &[i16; 8]) -> Self {
        // SAFETY: the reference covers exactly the 16 bytes read, and `v128_load` needs no alignment.
        Self(unsafe { v128_load(lanes.as_ptr().cast()) })
    }

    #[inline(always)]
    fn widen(bytes: &[u8; 8]) -> Self {
        // SAFETY: the reference covers exactly the 8 bytes read, and the load needs no alignment.
        Self(u16x8_extend_low_u8x16(unsafe { v128_load64_zero(bytes.as_ptr().cast()) }))
    }

    #[inline(always)]
    fn add_neighbours(bytes: &[u8; 16]) -> Self {
        Self(u16x8_extadd_pairwise_u8x16(load_bytes(bytes)))
    }

    #[inline(always)]
    fn rgb_pairs(pixels: &[u8; 24]) -> [[Self; 2]; 2] {
        let at = |start: usize| {
            let bytes = pixels.get(start..).and_then(|bytes| bytes.first_chunk()).unwrap_or(&[0; 16]);
            load_bytes(bytes)
        };
        let (first, last) = (at(0), at(8));
        let pairs = |shuffle, last_shuffle| {
            [
                Self(i8x16_swizzle(first, load_bytes(shuffle))),
                Self(i8x16_swizzle(last, load_bytes(last_shuffle))),
            ]
        };
        // The last four pixels begin at byte 12, which is the second load's fourth.
        [pairs(const { &spread(0) }, const { &spread(4) }), pairs(const { &spread(1) }, const { &spread(5) })]
    }

    #[inline(always)]
    fn store(self, lanes: &mut [i16; 8]) {
        // SAFETY: the reference covers exactly the 16 bytes written, and `v128_store` needs no alignment.
        unsafe { v128_store(lanes.as_mut_ptr().cast(), self.0) }
    }

    #[inline(always)]
    fn narrow(low: Self, high: Self) -> [u64; 2] {
        let bytes = u8x16_narrow_i16x8(low.0, high.0);
        [u64x2_extract_lane::<0>(bytes), u64x2_extract_lane::<1>(bytes)]
    }

    #[inline(always)]
    fn store_narrow(low: Self, high: Self, bytes: &mut [u8; 16]) {
        // SAFETY: the reference covers exactly the 16 bytes written, and `v128_store` needs no alignment.
        unsafe { v128_store(bytes.as_mut_ptr().cast(), u8x16_narrow_i16x8(low.0, high.0)) }
    }

    #[inline(always)]
    fn nonzero(low: Self, high: Self) -> u16 {
        // Saturation keeps what is not zero from becoming zero.
        u8x16_bitmask(i8x16_ne(i8x16_narrow_i16x8(low.0, high.0), u8x16_splat(0)))
    }

    #[inline(always)]
    fn nonzero_in<O: Order>([a, b, c, d, e, f, g, h]: [Self; 8]) -> u64 {
        // Saturation keeps what is not zero from becoming zero.
        let flags = [(a, b), (c, d), (e, f), (g, h)].map(|(a, b)| i8x16_narrow_i16x8(a.0, b.0));
        let mut mask = 0;
        for (i, gather) in (0u32..).zip(const { &gather::<O>() }) {
            let mut quarter = u8x16_splat(0);
            for (flags, gather) in flags.iter().zip(gather) {
                quarter = v128_or(quarter, i8x16_swizzle(*flags, load_bytes(gather)));
            }
            let set = u8x16_bitmask(i8x16_ne(quarter, u8x16_splat(0)));
            mask |= u64::from(set) << (16 * i);
        }
        mask
    }

    #[inline(always)]
    fn add(self, other: Self) -> Self {
        Self(i16x8_add(self.0, other.0))
    }

    #[inline(always)]
    fn sub(self, other: Self) -> Self {
        Self(i16x8_sub(self.0, other.0))
    }

    #[inline(always)]
    fn mul(self, other: Self) -> Self {
        Self(i16x8_mul(self.0, other.0))
    }

    #[inline(always)]
    fn mul_high_unsigned(self, other: Self) -> Self {
        let (low, high) = (u32x4_extmul_low_u16x8(self.0, other.0), u32x4_extmul_high_u16x8(self.0, other.0));
        Self(i16x8_shuffle::<1, 3, 5, 7, 9, 11, 13, 15>(low, high))
    }

    #[inline(always)]
    fn max(self, other: Self) -> Self {
        Self(i16x8_max(self.0, other.0))
    }

    #[inline(always)]
    fn and(self, other: Self) -> Self {
        Self(v128_and(self.0, other.0))
    }

    #[inline(always)]
    fn abs(self) -> Self {
        Self(i16x8_abs(self.0))
    }

    #[inline(always)]
    fn xor(self, other: Self) -> Self {
        Self(v128_xor(self.0, other.0))
    }

    #[inline(always)]
    fn shl<const BITS: u32>(self) -> Self {
        Self(i16x8_shl(self.0, BITS))
    }

    #[inline(always)]
    fn shr<const BITS: u32>(self) -> Self {
        Self(i16x8_shr(self.0, BITS))
    }

    #[inline(always)]
    fn zip_low(self, other: Self) -> Self {
        Self(i16x8_shuffle::<0, 8, 1, 9, 2, 10, 3, 11>(self.0, other.0))
    }

    #[inline(always)]
    fn zip_high(self, other: Self) -> Self {
        Self(i16x8_shuffle::<4, 12, 5, 13, 6, 14, 7, 15>(self.0, other.0))
    }

    #[inline(always)]
    fn zip2_low(self, other: Self) -> Self {
        Self(i32x4_shuffle::<0, 4, 1, 5>(self.0, other.0))
    }

    #[inline(always)]
    fn zip2_high(self, other: Self) -> Self {
        Self(i32x4_shuffle::<2, 6, 3, 7>(self.0, other.0))
    }

    #[inline(always)]
    fn zip4_low(self, other: Self) -> Self {
        Self(i64x2_shuffle::<0, 2>(self.0, other.0))
    }

    #[inline(always)]
    fn zip4_high(self, other: Self) -> Self {
        Self(i64x2_shuffle::<1, 3>(self.0, other.0))
    }

    #[inline(always)]
    fn pairs_of_2(self) -> Self {
        Self(i16x8_shuffle::<0, 2, 1, 3, 4, 6, 5, 7>(self.0, self.0))
    }

    #[inline(always)]
    fn pairs_of_3(self) -> Self {
        Self(i16x8_shuffle::<0, 3, 1, 4, 2, 5, 3, 6>(self.0, self.0))
    }

    #[inline(always)]
    fn pairs_of_4(self) -> Self {
        Self(i16x8_shuffle::<0, 4, 1, 5, 2, 6, 3, 7>(self.0, self.0))
    }

    #[inline(always)]
    fn dot(self, other: Self) -> Wide {
        Wide(i32x4_dot_i16x8(self.0, other.0))
    }

    #[inline(always)]
    fn pack(low: Wide, high: Wide) -> Self {
        Self(i16x8_narrow_i32x4(low.0, high.0))
    }
}

impl I32x4 for Wide {
    #[inline(always)]
    fn splat(lane: i32) -> Self {
        Self(i32x4_splat(lane))
    }

    #[inline(always)]
    fn load(lanes: &[i32; 4]) -> Self {
        // SAFETY: the reference covers exactly the 16 bytes read, and `v128_load` needs no alignment.
        Self(unsafe { v128_load(lanes.as_ptr().cast()) })
    }

    #[inline(always)]
    fn store(self, lanes: &mut [i32; 4]) {
        // SAFETY: the reference covers exactly the 16 bytes written, and `v128_store` needs no alignment.
        unsafe { v128_store(lanes.as_mut_ptr().cast(), self.0) }
    }

    #[inline(always)]
    fn add(self, other: Self) -> Self {
        Self(i32x4_add(self.0, other.0))
    }

    #[inline(always)]
    fn sub(self, other: Self) -> Self {
        Self(i32x4_sub(self.0, other.0))
    }

    #[inline(always)]
    fn shr<const BITS: u32>(self) -> Self {
        Self(i32x4_shr(self.0, BITS))
    }

    #[inline(always)]
    fn sum_each([a, b, c, d]: [Self; 4]) -> Self {
        let halves = |first: Self, second: Self| {
            let (first, second) = (first.0, second.0);
            i32x4_add(i32x4_shuffle::<0, 4, 1, 5>(first, second), i32x4_shuffle::<2, 6, 3, 7>(first, second))
        };
        let (ab, cd) = (halves(a, b), halves(c, d));
        Self(i32x4_add(i32x4_shuffle::<0, 1, 4, 5>(ab, cd), i32x4_shuffle::<2, 3, 6, 7>(ab, cd)))
    }

    #[inline(always)]
    fn sum_halves(self) -> [i32; 2] {
        let sums = i32x4_add(self.0, i32x4_shuffle::<1, 0, 3, 2>(self.0, self.0));
        [i32x4_extract_lane::<0>(sums), i32x4_extract_lane::<2>(sums)]
    }
}
