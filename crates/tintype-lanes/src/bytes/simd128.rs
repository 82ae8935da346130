//! Lanes of WebAssembly's 128-bit vectors.
#![allow(unsafe_code)] // loads and stores, each justified where it stands

use super::U8x16;
use core::arch::wasm32::*;

/// Sixteen bytes, of WebAssembly's 128-bit vectors.
#[derive(Clone, Copy)]
pub struct Bytes(v128);

impl U8x16 for Bytes {
    #[inline(always)]
    fn splat(lane: u8) -> Self {
        Self(u8x16_splat(lane))
    }

    #[inline(always)]
    fn load(lanes: &[u8; 16]) -> Self {
        // SAFETY: the reference covers exactly the 16 bytes read, and `v128_load` needs no alignment.
        Self(unsafe { v128_load(lanes.as_ptr().cast()) })
    }

    #[inline(always)]
    fn load_halves(low: &[u8; 8], high: &[u8; 8]) -> Self {
        // SAFETY: the references cover exactly the 8 bytes that each load reads; they need no alignment.
        Self(unsafe { v128_load64_lane::<1>(v128_load64_zero(low.as_ptr().cast()), high.as_ptr().cast()) })
    }

    #[inline(always)]
    fn store_low(self, lanes: &mut [u8; 8]) {
        // SAFETY: the reference covers exactly the 8 bytes written; the store needs no alignment.
        unsafe { v128_store64_lane::<0>(self.0, lanes.as_mut_ptr().cast()) }
    }

    #[inline(always)]
    fn store_high(self, lanes: &mut [u8; 8]) {
        // SAFETY: the reference covers exactly the 8 bytes written; the store needs no alignment.
        unsafe { v128_store64_lane::<1>(self.0, lanes.as_mut_ptr().cast()) }
    }

    #[inline(always)]
    fn store(self, lanes: &mut [u8; 16]) {
        // SAFETY: the reference covers exactly the 16 bytes written, and `v128_store` needs no alignment.
        unsafe { v128_store(lanes.as_mut_ptr().cast(), self.0) }
    }

    #[inline(always)]
    fn zip_low(self, other: Self) -> Self {
        Self(i8x16_shuffle::<0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23>(self.0, other.0))
    }

    #[inline(always)]
    fn zip_high(self, other: Self) -> Self {
        Self(i8x16_shuffle::<8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31>(self.0, other.0))
    }

    #[inline(always)]
    fn zip2_low(self, other: Self) -> Self {
        Self(i16x8_shuffle::<0, 8, 1, 9, 2, 10, 3, 11>(self.0, other.0))
    }

    #[inline(always)]
    fn zip2_high(self, other: Self) -> Self {
        Self(i16x8_shuffle::<4, 12, 5, 13, 6, 14, 7, 15>(self.0, other.0))
    }

    #[inline(always)]
    fn zip4_low(self, other: Self) -> Self {
        Self(i32x4_shuffle::<0, 4, 1, 5>(self.0, other.0))
    }

    #[inline(always)]
    fn zip4_high(self, other: Self) -> Self {
        Self(i32x4_shuffle::<2, 6, 3, 7>(self.0, other.0))
    }

    #[inline(always)]
    fn zip8_low(self, other: Self) -> Self {
        Self(i64x2_shuffle::<0, 2>(self.0, other.0))
    }

    #[inline(always)]
    fn zip8_high(self, other: Self) -> Self {
        Self(i64x2_shuffle::<1, 3>(self.0, other.0))
    }

    #[inline(always)]
    fn and(self, other: Self) -> Self {
        Self(v128_and(self.0, other.0))
    }

    #[inline(always)]
    fn and_not(self, other: Self) -> Self {
        Self(v128_andnot(self.0, other.0))
    }

    #[inline(always)]
    fn or(self, other: Self) -> Self {
        Self(v128_or(self.0, other.0))
    }

    #[inline(always)]
    fn xor(self, other: Self) -> Self {
        Self(v128_xor(self.0, other.0))
    }

    #[inline(always)]
    fn add_signed(self, other: Self) -> Self {
        Self(i8x16_add_sat(self.0, other.0))
    }

    #[inline(always)]
    fn sub_signed(self, other: Self) -> Self {
        Self(i8x16_sub_sat(self.0, other.0))
    }

    #[inline(always)]
    fn add_unsigned(self, other: Self) -> Self {
        Self(u8x16_add_sat(self.0, other.0))
    }

    #[inline(always)]
    fn sub_unsigned(self, other: Self) -> Self {
        Self(u8x16_sub_sat(self.0, other.0))
    }

    #[inline(always)]
    fn max(self, other: Self) -> Self {
        Self(u8x16_max(self.0, other.0))
    }

    #[inline(always)]
    fn is_zero(self) -> Self {
        Self(i8x16_eq(self.0, u8x16_splat(0)))
    }

    #[inline(always)]
    fn half(self) -> Self {
        Self(u8x16_shr(self.0, 1))
    }

    #[inline(always)]
    fn shr<const BITS: u32>(self) -> Self {
        Self(i8x16_shr(self.0, BITS))
    }

    #[inline(always)]
    fn scale<const FACTOR: i16>(self) -> Self {
        let scaled = |lanes| i16x8_shr(i16x8_add(i16x8_mul(lanes, i16x8_splat(FACTOR)), i16x8_splat(63)), 7);
        let (low, high) = (i16x8_extend_low_i8x16(self.0), i16x8_extend_high_i8x16(self.0));
        Self(i8x16_narrow_i16x8(scaled(low), scaled(high)))
    }
}
