//! Lanes of SSE2, which is part of the x86-64 baseline, so that no run-time detection is needed.
#![allow(unsafe_code)] // loads, stores and intrinsics, each justified where it stands

use super::{I16x8, I32x4};
use core::arch::x86_64::*;

/// Calls an SSE2 intrinsic.
macro_rules! sse2 {
    ($call:expr) => {
        // SAFETY: the only demand of intrinsics on registers is that the machine has the instruction, and every
        // x86-64 has SSE2.
        unsafe { $call }
    };
}

#[derive(Clone, Copy)]
pub(crate) struct Sse2Words(__m128i);

#[derive(Clone, Copy)]
pub(crate) struct Wide(__m128i);

impl I16x8 for Sse2Words {
    type Wide = Wide;

    #[inline(always)]
    fn splat(lane: i16) -> Self {
        Self(sse2!(_mm_set1_epi16(lane)))
    }

    #[inline(always)]
    fn pair(even: i16, odd: i16) -> Self {
        Self(sse2!(_mm_set_epi16(odd, even, odd, even, odd, even, odd, even)))
    }

    #[inline(always)]
    fn load(lanes: &[i16; 8]) -> Self {
        // SAFETY: the reference covers exactly the 16 bytes read; the load is the unaligned one.
        Self(unsafe { _mm_loadu_si128(lanes.as_ptr().cast()) })
    }

    #[inline(always)]
    fn widen(bytes: &[u8; 8]) -> Self {
        // SAFETY: the reference covers exactly the 8 bytes read; the load needs no alignment.
        let low = unsafe { _mm_loadl_epi64(bytes.as_ptr().cast()) };
        Self(sse2!(_mm_unpacklo_epi8(low, _mm_setzero_si128())))
    }

    #[inline(always)]
    fn store(self, lanes: &mut [i16; 8]) {
        // SAFETY: the reference covers exactly the 16 bytes written; the store is the unaligned one.
        unsafe { _mm_storeu_si128(lanes.as_mut_ptr().cast(), self.0) }
    }

    #[inline(always)]
    fn nonzero(low: Self, high: Self) -> u16 {
        // Saturation keeps what is not zero from becoming zero.
        let zeros = sse2!({
            let bytes = _mm_packs_epi16(low.0, high.0);
            _mm_movemask_epi8(_mm_cmpeq_epi8(bytes, _mm_setzero_si128()))
        });
        !(zeros as u16)
    }

    #[inline(always)]
    fn max(self, other: Self) -> Self {
        Self(sse2!(_mm_max_epi16(self.0, other.0)))
    }

    #[inline(always)]
    fn add(self, other: Self) -> Self {
        Self(sse2!(_mm_add_epi16(self.0, other.0)))
    }

    #[inline(always)]
    fn sub(self, other: Self) -> Self {
        Self(sse2!(_mm_sub_epi16(self.0, other.0)))
    }

    #[inline(always)]
    fn mul(self, other: Self) -> Self {
        Self(sse2!(_mm_mullo_epi16(self.0, other.0)))
    }

    #[inline(always)]
    fn mul_high_unsigned(self, other: Self) -> Self {
        Self(sse2!(_mm_mulhi_epu16(self.0, other.0)))
    }

    #[inline(always)]
    fn and(self, other: Self) -> Self {
        Self(sse2!(_mm_and_si128(self.0, other.0)))
    }

    #[inline(always)]
    fn xor(self, other: Self) -> Self {
        Self(sse2!(_mm_xor_si128(self.0, other.0)))
    }

    #[inline(always)]
    fn shl<const BITS: u32>(self) -> Self {
        Self(sse2!(_mm_sll_epi16(self.0, _mm_cvtsi32_si128(BITS as i32))))
    }

    #[inline(always)]
    fn shr<const BITS: u32>(self) -> Self {
        Self(sse2!(_mm_sra_epi16(self.0, _mm_cvtsi32_si128(BITS as i32))))
    }

    #[inline(always)]
    fn zip_low(self, other: Self) -> Self {
        Self(sse2!(_mm_unpacklo_epi16(self.0, other.0)))
    }

    #[inline(always)]
    fn zip_high(self, other: Self) -> Self {
        Self(sse2!(_mm_unpackhi_epi16(self.0, other.0)))
    }

    #[inline(always)]
    fn zip2_low(self, other: Self) -> Self {
        Self(sse2!(_mm_unpacklo_epi32(self.0, other.0)))
    }

    #[inline(always)]
    fn zip2_high(self, other: Self) -> Self {
        Self(sse2!(_mm_unpackhi_epi32(self.0, other.0)))
    }

    #[inline(always)]
    fn zip4_low(self, other: Self) -> Self {
        Self(sse2!(_mm_unpacklo_epi64(self.0, other.0)))
    }

    #[inline(always)]
    fn zip4_high(self, other: Self) -> Self {
        Self(sse2!(_mm_unpackhi_epi64(self.0, other.0)))
    }

    #[inline(always)]
    fn dot(self, other: Self) -> Wide {
        Wide(sse2!(_mm_madd_epi16(self.0, other.0)))
    }

    #[inline(always)]
    fn pack(low: Wide, high: Wide) -> Self {
        Self(sse2!(_mm_packs_epi32(low.0, high.0)))
    }
}

impl I32x4 for Wide {
    #[inline(always)]
    fn splat(lane: i32) -> Self {
        Self(sse2!(_mm_set1_epi32(lane)))
    }

    #[inline(always)]
    fn add(self, other: Self) -> Self {
        Self(sse2!(_mm_add_epi32(self.0, other.0)))
    }

    #[inline(always)]
    fn shr<const BITS: u32>(self) -> Self {
        Self(sse2!(_mm_sra_epi32(self.0, _mm_cvtsi32_si128(BITS as i32))))
    }

    #[inline(always)]
    fn sum_halves(self) -> [i32; 2] {
        sse2!({
            let sums = _mm_add_epi32(self.0, _mm_srli_si128::<4>(self.0));
            [_mm_cvtsi128_si32(sums), _mm_cvtsi128_si32(_mm_srli_si128::<8>(sums))]
        })
    }
}
