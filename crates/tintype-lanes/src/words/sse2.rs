//! Lanes of SSE2, which is part of the x86-64 baseline, so that no run-time detection is needed.
#![allow(unsafe_code)] // loads, stores and intrinsics, each justified where it stands

use super::{I16x8, I32x4, Order};
use crate::sse2;
use core::arch::x86_64::*;

/// Eight 16-bit numbers, of SSE2.
#[derive(Clone, Copy)]
pub struct Words(__m128i);

/// Four 32-bit numbers, of SSE2.
#[derive(Clone, Copy)]
pub struct Wide(__m128i);

#[inline(always)]
fn load_bytes(bytes: &[u8; 16]) -> __m128i {
    // SAFETY: the reference covers exactly the 16 bytes read; the load is the unaligned one.
    unsafe { _mm_loadu_si128(bytes.as_ptr().cast()) }
}

/// Four RGB pixels, the first at byte `A`, the others at bytes `B`, `C` and `D`, each with the byte after it.
#[inline(always)]
fn four_pixels<const A: i32, const B: i32, const C: i32, const D: i32>(bytes: __m128i) -> __m128i {
    sse2!({
        let first = _mm_unpacklo_epi32(_mm_srli_si128::<A>(bytes), _mm_srli_si128::<B>(bytes));
        let last = _mm_unpacklo_epi32(_mm_srli_si128::<C>(bytes), _mm_srli_si128::<D>(bytes));
        _mm_unpacklo_epi64(first, last)
    })
}

/// The two lowest bytes of each 32-bit lane, as a pair of 16-bit lanes.
#[inline(always)]
fn spread(bytes: __m128i) -> Words {
    Words(sse2!({
        let even = _mm_and_si128(bytes, _mm_set1_epi32(0xFF));
        let odd = _mm_and_si128(_mm_slli_epi32::<8>(bytes), _mm_set1_epi32(0xFF_0000));
        _mm_or_si128(even, odd)
    }))
}

/// The position in an order of each place in a block.
#[allow(clippy::indexing_slicing)] // evaluated by the compiler
const fn positions<O: Order>() -> [u8; 64] {
    let mut positions = [0; 64];
    let mut k = 0;
    while k < 64 {
        positions[O::PLACES[k] as usize] = k as u8;
        k += 1;
    }
    positions
}

impl I16x8 for Words {
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
    fn add_neighbours(bytes: &[u8; 16]) -> Self {
        let bytes = load_bytes(bytes);
        Self(sse2!({
            let even = _mm_and_si128(bytes, _mm_set1_epi16(0xFF));
            _mm_add_epi16(even, _mm_srli_epi16::<8>(bytes))
        }))
    }

    #[inline(always)]
    fn rgb_pairs(pixels: &[u8; 24]) -> [[Self; 2]; 2] {
        let at = |start: usize| {
            let bytes = pixels.get(start..).and_then(|bytes| bytes.first_chunk()).unwrap_or(&[0; 16]);
            load_bytes(bytes)
        };
        // The last four pixels begin at byte 12, which is the second load's fourth.
        let pixels = [four_pixels::<0, 3, 6, 9>(at(0)), four_pixels::<4, 7, 10, 13>(at(8))];
        [pixels.map(spread), pixels.map(|pixels| spread(sse2!(_mm_srli_epi32::<8>(pixels))))]
    }

    #[inline(always)]
    fn store(self, lanes: &mut [i16; 8]) {
        // SAFETY: the reference covers exactly the 16 bytes written; the store is the unaligned one.
        unsafe { _mm_storeu_si128(lanes.as_mut_ptr().cast(), self.0) }
    }

    #[inline(always)]
    fn narrow(low: Self, high: Self) -> [u64; 2] {
        let halves = sse2!({
            let bytes = _mm_packus_epi16(low.0, high.0);
            [_mm_cvtsi128_si64(bytes), _mm_cvtsi128_si64(_mm_unpackhi_epi64(bytes, bytes))]
        });
        halves.map(|half| half as u64)
    }

    #[inline(always)]
    fn store_narrow(low: Self, high: Self, bytes: &mut [u8; 16]) {
        // SAFETY: the reference covers exactly the 16 bytes written; the store is the unaligned one.
        unsafe { _mm_storeu_si128(bytes.as_mut_ptr().cast(), _mm_packus_epi16(low.0, high.0)) }
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
    fn nonzero_in<O: Order>([a, b, c, d, e, f, g, h]: [Self; 8]) -> u64 {
        let set = |low, high| u64::from(Self::nonzero(low, high));
        let mut places = set(a, b) | set(c, d) << 16 | set(e, f) << 32 | set(g, h) << 48;
        let mut mask = 0;
        while places != 0 {
            let position =
                const { positions::<O>() }.get(places.trailing_zeros() as usize).copied().unwrap_or(0);
            mask |= 1 << position;
            places &= places - 1;
        }
        mask
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
    fn max(self, other: Self) -> Self {
        Self(sse2!(_mm_max_epi16(self.0, other.0)))
    }

    #[inline(always)]
    fn and(self, other: Self) -> Self {
        Self(sse2!(_mm_and_si128(self.0, other.0)))
    }

    #[inline(always)]
    fn abs(self) -> Self {
        Self(sse2!(_mm_max_epi16(self.0, _mm_sub_epi16(_mm_setzero_si128(), self.0))))
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
    fn pairs_of_2(self) -> Self {
        Self(sse2!(_mm_shufflehi_epi16::<0b11_01_10_00>(_mm_shufflelo_epi16::<0b11_01_10_00>(self.0))))
    }

    #[inline(always)]
    fn pairs_of_3(self) -> Self {
        Self(sse2!(_mm_unpacklo_epi16(self.0, _mm_srli_si128::<6>(self.0))))
    }

    #[inline(always)]
    fn pairs_of_4(self) -> Self {
        Self(sse2!(_mm_unpacklo_epi16(self.0, _mm_srli_si128::<8>(self.0))))
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
    fn load(lanes: &[i32; 4]) -> Self {
        // SAFETY: the reference covers exactly the 16 bytes read; the load is the unaligned one.
        Self(unsafe { _mm_loadu_si128(lanes.as_ptr().cast()) })
    }

    #[inline(always)]
    fn store(self, lanes: &mut [i32; 4]) {
        // SAFETY: the reference covers exactly the 16 bytes written; the store is the unaligned one.
        unsafe { _mm_storeu_si128(lanes.as_mut_ptr().cast(), self.0) }
    }

    #[inline(always)]
    fn add(self, other: Self) -> Self {
        Self(sse2!(_mm_add_epi32(self.0, other.0)))
    }

    #[inline(always)]
    fn sub(self, other: Self) -> Self {
        Self(sse2!(_mm_sub_epi32(self.0, other.0)))
    }

    #[inline(always)]
    fn shr<const BITS: u32>(self) -> Self {
        Self(sse2!(_mm_sra_epi32(self.0, _mm_cvtsi32_si128(BITS as i32))))
    }

    #[inline(always)]
    fn sum_each([a, b, c, d]: [Self; 4]) -> Self {
        Self(sse2!({
            let ab = _mm_add_epi32(_mm_unpacklo_epi32(a.0, b.0), _mm_unpackhi_epi32(a.0, b.0));
            let cd = _mm_add_epi32(_mm_unpacklo_epi32(c.0, d.0), _mm_unpackhi_epi32(c.0, d.0));
            _mm_add_epi32(_mm_unpacklo_epi64(ab, cd), _mm_unpackhi_epi64(ab, cd))
        }))
    }

    #[inline(always)]
    fn sum_halves(self) -> [i32; 2] {
        sse2!({
            let sums = _mm_add_epi32(self.0, _mm_srli_si128::<4>(self.0));
            [_mm_cvtsi128_si32(sums), _mm_cvtsi128_si32(_mm_srli_si128::<8>(sums))]
        })
    }
}
