//! Lanes of SSE2, which is part of the x86-64 baseline, so that no run-time detection is needed.
#![allow(unsafe_code)] // loads, stores and intrinsics, each justified where it stands

use super::U8x16;
use crate::sse2;
use core::arch::x86_64::*;

/// Sixteen bytes, of SSE2.
#[derive(Clone, Copy)]
pub struct Bytes(__m128i);

/// What `function` makes of the signed lanes at 16 bits each; results must fit 8.
#[inline(always)]
fn widened(lanes: __m128i, function: impl Fn(__m128i) -> __m128i) -> Bytes {
    Bytes(sse2!({
        // Each lane in both halves of 16 bits: shifting the upper one down spreads its sign.
        let low = _mm_srai_epi16::<8>(_mm_unpacklo_epi8(lanes, lanes));
        let high = _mm_srai_epi16::<8>(_mm_unpackhi_epi8(lanes, lanes));
        _mm_packs_epi16(function(low), function(high))
    }))
}

impl U8x16 for Bytes {
    #[inline(always)]
    fn splat(lane: u8) -> Self {
        Self(sse2!(_mm_set1_epi8(lane as i8)))
    }

    #[inline(always)]
    fn load(lanes: &[u8; 16]) -> Self {
        // SAFETY: the reference covers exactly the 16 bytes read; the load is the unaligned one.
        Self(unsafe { _mm_loadu_si128(lanes.as_ptr().cast()) })
    }

    #[inline(always)]
    fn load_halves(low: &[u8; 8], high: &[u8; 8]) -> Self {
        // SAFETY: the references cover exactly the 8 bytes that each load reads; they need no alignment.
        let (low, high) =
            unsafe { (_mm_loadl_epi64(low.as_ptr().cast()), _mm_loadl_epi64(high.as_ptr().cast())) };
        Self(sse2!(_mm_unpacklo_epi64(low, high)))
    }

    #[inline(always)]
    fn store_low(self, lanes: &mut [u8; 8]) {
        // SAFETY: the reference covers exactly the 8 bytes written; the store needs no alignment.
        unsafe { _mm_storel_epi64(lanes.as_mut_ptr().cast(), self.0) }
    }

    #[inline(always)]
    fn store_high(self, lanes: &mut [u8; 8]) {
        Self(sse2!(_mm_unpackhi_epi64(self.0, self.0))).store_low(lanes);
    }

    #[inline(always)]
    fn store(self, lanes: &mut [u8; 16]) {
        // SAFETY: the reference covers exactly the 16 bytes written; the store is the unaligned one.
        unsafe { _mm_storeu_si128(lanes.as_mut_ptr().cast(), self.0) }
    }

    #[inline(always)]
    fn zip_low(self, other: Self) -> Self {
        Self(sse2!(_mm_unpacklo_epi8(self.0, other.0)))
    }

    #[inline(always)]
    fn zip_high(self, other: Self) -> Self {
        Self(sse2!(_mm_unpackhi_epi8(self.0, other.0)))
    }

    #[inline(always)]
    fn zip2_low(self, other: Self) -> Self {
        Self(sse2!(_mm_unpacklo_epi16(self.0, other.0)))
    }

    #[inline(always)]
    fn zip2_high(self, other: Self) -> Self {
        Self(sse2!(_mm_unpackhi_epi16(self.0, other.0)))
    }

    #[inline(always)]
    fn zip4_low(self, other: Self) -> Self {
        Self(sse2!(_mm_unpacklo_epi32(self.0, other.0)))
    }

    #[inline(always)]
    fn zip4_high(self, other: Self) -> Self {
        Self(sse2!(_mm_unpackhi_epi32(self.0, other.0)))
    }

    #[inline(always)]
    fn zip8_low(self, other: Self) -> Self {
        Self(sse2!(_mm_unpacklo_epi64(self.0, other.0)))
    }

    #[inline(always)]
    fn zip8_high(self, other: Self) -> Self {
        Self(sse2!(_mm_unpackhi_epi64(self.0, other.0)))
    }

    #[inline(always)]
    fn and(self, other: Self) -> Self {
        Self(sse2!(_mm_and_si128(self.0, other.0)))
    }

    #[inline(always)]
    fn and_not(self, other: Self) -> Self {
        Self(sse2!(_mm_andnot_si128(other.0, self.0)))
    }

    #[inline(always)]
    fn or(self, other: Self) -> Self {
        Self(sse2!(_mm_or_si128(self.0, other.0)))
    }

    #[inline(always)]
    fn xor(self, other: Self) -> Self {
        Self(sse2!(_mm_xor_si128(self.0, other.0)))
    }

    #[inline(always)]
    fn add_signed(self, other: Self) -> Self {
        Self(sse2!(_mm_adds_epi8(self.0, other.0)))
    }

    #[inline(always)]
    fn sub_signed(self, other: Self) -> Self {
        Self(sse2!(_mm_subs_epi8(self.0, other.0)))
    }

    #[inline(always)]
    fn add_unsigned(self, other: Self) -> Self {
        Self(sse2!(_mm_adds_epu8(self.0, other.0)))
    }

    #[inline(always)]
    fn sub_unsigned(self, other: Self) -> Self {
        Self(sse2!(_mm_subs_epu8(self.0, other.0)))
    }

    #[inline(always)]
    fn max(self, other: Self) -> Self {
        Self(sse2!(_mm_max_epu8(self.0, other.0)))
    }

    #[inline(always)]
    fn is_zero(self) -> Self {
        Self(sse2!(_mm_cmpeq_epi8(self.0, _mm_setzero_si128())))
    }

    #[inline(always)]
    fn half(self) -> Self {
        // Without the lowest bits, none moves into the lane below.
        Self(sse2!(_mm_srli_epi16::<1>(_mm_and_si128(self.0, _mm_set1_epi8(-2)))))
    }

    #[inline(always)]
    fn shr<const BITS: u32>(self) -> Self {
        widened(self.0, |lanes| sse2!(_mm_sra_epi16(lanes, _mm_cvtsi32_si128(BITS as i32))))
    }

    #[inline(always)]
    fn scale<const FACTOR: i16>(self) -> Self {
        widened(self.0, |lanes| {
            sse2!({
                let product = _mm_mullo_epi16(lanes, _mm_set1_epi16(FACTOR));
                _mm_srai_epi16::<7>(_mm_add_epi16(product, _mm_set1_epi16(63)))
            })
        })
    }
}
