//! Lanes of WebAssembly's 128-bit vectors.
#![allow(unsafe_code)] // loads and stores, each justified where it stands

use super::{I16x8, I32x4};
use core::arch::wasm32::*;

#[derive(Clone, Copy)]
pub(crate) struct Simd128Words(v128);

#[derive(Clone, Copy)]
pub(crate) struct Wide(v128);

impl I16x8 for Simd128Words {
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
    fn store(self, lanes: &mut [i16; 8]) {
        // SAFETY: the reference covers exactly the 16 bytes written, and `v128_store` needs no alignment.
        unsafe { v128_store(lanes.as_mut_ptr().cast(), self.0) }
    }

    #[inline(always)]
    fn nonzero(low: Self, high: Self) -> u16 {
        // Saturation keeps what is not zero from becoming zero.
        u8x16_bitmask(i8x16_ne(i8x16_narrow_i16x8(low.0, high.0), u8x16_splat(0)))
    }

    #[inline(always)]
    fn max(self, other: Self) -> Self {
        Self(i16x8_max(self.0, other.0))
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
    fn and(self, other: Self) -> Self {
        Self(v128_and(self.0, other.0))
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
    fn add(self, other: Self) -> Self {
        Self(i32x4_add(self.0, other.0))
    }

    #[inline(always)]
    fn shr<const BITS: u32>(self) -> Self {
        Self(i32x4_shr(self.0, BITS))
    }

    #[inline(always)]
    fn sum_halves(self) -> [i32; 2] {
        let sums = i32x4_add(self.0, i32x4_shuffle::<1, 0, 3, 2>(self.0, self.0));
        [i32x4_extract_lane::<0>(sums), i32x4_extract_lane::<2>(sums)]
    }
}
