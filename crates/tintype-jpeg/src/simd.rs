//! Eight 16-bit lanes, on the machine's SIMD unit where there is one.
//!
//! Kernels are written once, generic over [`I16x8`]. [`Native`] is the fastest implementation the build target
//! has; [`Scalar`] is plain arithmetic. Every operation is defined exactly, wrapping or saturating, so that a
//! kernel gives the same bits on both.
#![allow(unsafe_code)] // loads and stores of the vector types, each justified where it stands

/// Eight signed 16-bit lanes, with the operations the kernels need.
pub(crate) trait I16x8: Copy {
    /// Four signed 32-bit lanes.
    type I32x4: Copy;

    fn load(lanes: &[i16; 8]) -> Self;
    /// Eight bytes, zero-extended.
    fn widen(bytes: &[u8; 8]) -> Self;
    /// The lanes of `low` and of `high`, clamped to 0 to 255, each as eight bytes from the least significant. Whole
    /// words, because compilers for wasm tear arrays of bytes apart.
    fn narrow(low: Self, high: Self) -> [u64; 2];
    fn splat(lane: i16) -> Self;
    /// `even` in the even lanes, `odd` in the odd ones.
    fn pair(even: i16, odd: i16) -> Self;

    /// Wrapping sum.
    fn add(self, other: Self) -> Self;
    fn store(self, lanes: &mut [i16; 8]);
    /// The low half of the product.
    fn mul(self, other: Self) -> Self;

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
    fn dot(self, other: Self) -> Self::I32x4;
    fn splat32(lane: i32) -> Self::I32x4;
    /// Wrapping sum.
    fn add32(a: Self::I32x4, b: Self::I32x4) -> Self::I32x4;
    /// Wrapping difference.
    fn sub32(a: Self::I32x4, b: Self::I32x4) -> Self::I32x4;
    /// Arithmetic shift right.
    fn shr32<const BITS: u32>(a: Self::I32x4) -> Self::I32x4;
    /// Both, clamped to 16 bits.
    fn pack(low: Self::I32x4, high: Self::I32x4) -> Self;
}

/// Transposes an 8x8 matrix held as eight rows.
#[inline(always)]
pub(crate) fn transpose<V: I16x8>(r: [V; 8]) -> [V; 8] {
    let [a0, a1, a2, a3] = [r[0].zip_low(r[1]), r[2].zip_low(r[3]), r[4].zip_low(r[5]), r[6].zip_low(r[7])];
    let [b0, b1, b2, b3] =
        [r[0].zip_high(r[1]), r[2].zip_high(r[3]), r[4].zip_high(r[5]), r[6].zip_high(r[7])];
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

#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
pub(crate) type Native = wasm::Lanes;
#[cfg(target_arch = "x86_64")]
pub(crate) type Native = x86_64::Lanes;
#[cfg(not(any(all(target_arch = "wasm32", target_feature = "simd128"), target_arch = "x86_64")))]
pub(crate) type Native = Scalar;

/// The plain twin: the definition of every operation, and the fallback.
#[derive(Clone, Copy)]
#[cfg_attr(
    all(not(test), any(all(target_arch = "wasm32", target_feature = "simd128"), target_arch = "x86_64")),
    allow(dead_code)
)]
pub(crate) struct Scalar([i16; 8]);

#[allow(clippy::indexing_slicing)] // every index is a constant or comes from a range below the array's length
impl I16x8 for Scalar {
    type I32x4 = [i32; 4];

    fn load(lanes: &[i16; 8]) -> Self {
        Self(*lanes)
    }

    fn widen(bytes: &[u8; 8]) -> Self {
        Self(bytes.map(i16::from))
    }

    fn narrow(low: Self, high: Self) -> [u64; 2] {
        [low, high].map(|lanes| u64::from_le_bytes(lanes.0.map(|lane| lane.clamp(0, 255) as u8)))
    }

    fn splat(lane: i16) -> Self {
        Self([lane; 8])
    }

    fn pair(even: i16, odd: i16) -> Self {
        Self(core::array::from_fn(|i| if i % 2 == 0 { even } else { odd }))
    }

    fn add(self, other: Self) -> Self {
        Self(core::array::from_fn(|i| self.0[i].wrapping_add(other.0[i])))
    }

    fn mul(self, other: Self) -> Self {
        Self(core::array::from_fn(|i| self.0[i].wrapping_mul(other.0[i])))
    }

    fn store(self, lanes: &mut [i16; 8]) {
        *lanes = self.0;
    }

    fn shr<const BITS: u32>(self) -> Self {
        Self(self.0.map(|lane| lane >> BITS))
    }

    fn zip_low(self, other: Self) -> Self {
        Self(core::array::from_fn(|i| if i % 2 == 0 { self.0[i / 2] } else { other.0[i / 2] }))
    }

    fn zip_high(self, other: Self) -> Self {
        Self(core::array::from_fn(|i| if i % 2 == 0 { self.0[4 + i / 2] } else { other.0[4 + i / 2] }))
    }

    fn zip2_low(self, other: Self) -> Self {
        let (a, b) = (self.0, other.0);
        Self([a[0], a[1], b[0], b[1], a[2], a[3], b[2], b[3]])
    }

    fn zip2_high(self, other: Self) -> Self {
        let (a, b) = (self.0, other.0);
        Self([a[4], a[5], b[4], b[5], a[6], a[7], b[6], b[7]])
    }

    fn zip4_low(self, other: Self) -> Self {
        Self(core::array::from_fn(|i| if i < 4 { self.0[i] } else { other.0[i - 4] }))
    }

    fn zip4_high(self, other: Self) -> Self {
        Self(core::array::from_fn(|i| if i < 4 { self.0[i + 4] } else { other.0[i] }))
    }

    fn dot(self, other: Self) -> [i32; 4] {
        let product = |i: usize| i32::from(self.0[i]) * i32::from(other.0[i]);
        core::array::from_fn(|i| product(2 * i).wrapping_add(product(2 * i + 1)))
    }

    fn splat32(lane: i32) -> [i32; 4] {
        [lane; 4]
    }

    fn add32(a: [i32; 4], b: [i32; 4]) -> [i32; 4] {
        core::array::from_fn(|i| a[i].wrapping_add(b[i]))
    }

    fn sub32(a: [i32; 4], b: [i32; 4]) -> [i32; 4] {
        core::array::from_fn(|i| a[i].wrapping_sub(b[i]))
    }

    fn shr32<const BITS: u32>(a: [i32; 4]) -> [i32; 4] {
        a.map(|lane| lane >> BITS)
    }

    fn pack(low: [i32; 4], high: [i32; 4]) -> Self {
        let clamp = |lane: i32| lane.clamp(-32768, 32767) as i16;
        Self(core::array::from_fn(|i| clamp(if i < 4 { low[i] } else { high[i - 4] })))
    }
}

#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
mod wasm {
    use super::I16x8;
    use core::arch::wasm32::*;

    #[derive(Clone, Copy)]
    pub(crate) struct Lanes(v128);

    impl I16x8 for Lanes {
        type I32x4 = v128;

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
        fn narrow(low: Self, high: Self) -> [u64; 2] {
            let bytes = u8x16_narrow_i16x8(low.0, high.0);
            [u64x2_extract_lane::<0>(bytes), u64x2_extract_lane::<1>(bytes)]
        }

        #[inline(always)]
        fn splat(lane: i16) -> Self {
            Self(i16x8_splat(lane))
        }

        #[inline(always)]
        fn pair(even: i16, odd: i16) -> Self {
            Self(i16x8(even, odd, even, odd, even, odd, even, odd))
        }

        #[inline(always)]
        fn add(self, other: Self) -> Self {
            Self(i16x8_add(self.0, other.0))
        }

        #[inline(always)]
        fn mul(self, other: Self) -> Self {
            Self(i16x8_mul(self.0, other.0))
        }

        #[inline(always)]
        fn store(self, lanes: &mut [i16; 8]) {
            // SAFETY: the reference covers exactly the 16 bytes written, and `v128_store` needs no alignment.
            unsafe { v128_store(lanes.as_mut_ptr().cast(), self.0) }
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
        fn dot(self, other: Self) -> v128 {
            i32x4_dot_i16x8(self.0, other.0)
        }

        #[inline(always)]
        fn splat32(lane: i32) -> v128 {
            i32x4_splat(lane)
        }

        #[inline(always)]
        fn add32(a: v128, b: v128) -> v128 {
            i32x4_add(a, b)
        }

        #[inline(always)]
        fn sub32(a: v128, b: v128) -> v128 {
            i32x4_sub(a, b)
        }

        #[inline(always)]
        fn shr32<const BITS: u32>(a: v128) -> v128 {
            i32x4_shr(a, BITS)
        }

        #[inline(always)]
        fn pack(low: v128, high: v128) -> Self {
            Self(i16x8_narrow_i32x4(low, high))
        }
    }
}

// SSE2 is part of the x86-64 baseline, so no run-time detection is needed.
#[cfg(target_arch = "x86_64")]
mod x86_64 {
    use super::I16x8;
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
    pub(crate) struct Lanes(__m128i);

    impl I16x8 for Lanes {
        type I32x4 = __m128i;

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
        fn narrow(low: Self, high: Self) -> [u64; 2] {
            let halves = sse2!({
                let bytes = _mm_packus_epi16(low.0, high.0);
                [_mm_cvtsi128_si64(bytes), _mm_cvtsi128_si64(_mm_unpackhi_epi64(bytes, bytes))]
            });
            halves.map(|half| half as u64)
        }

        #[inline(always)]
        fn splat(lane: i16) -> Self {
            Self(sse2!(_mm_set1_epi16(lane)))
        }

        #[inline(always)]
        fn pair(even: i16, odd: i16) -> Self {
            Self(sse2!(_mm_set_epi16(odd, even, odd, even, odd, even, odd, even)))
        }

        #[inline(always)]
        fn add(self, other: Self) -> Self {
            Self(sse2!(_mm_add_epi16(self.0, other.0)))
        }

        #[inline(always)]
        fn mul(self, other: Self) -> Self {
            Self(sse2!(_mm_mullo_epi16(self.0, other.0)))
        }

        #[inline(always)]
        fn store(self, lanes: &mut [i16; 8]) {
            // SAFETY: the reference covers exactly the 16 bytes written; the store is the unaligned one.
            unsafe { _mm_storeu_si128(lanes.as_mut_ptr().cast(), self.0) }
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
        fn dot(self, other: Self) -> __m128i {
            sse2!(_mm_madd_epi16(self.0, other.0))
        }

        #[inline(always)]
        fn splat32(lane: i32) -> __m128i {
            sse2!(_mm_set1_epi32(lane))
        }

        #[inline(always)]
        fn add32(a: __m128i, b: __m128i) -> __m128i {
            sse2!(_mm_add_epi32(a, b))
        }

        #[inline(always)]
        fn sub32(a: __m128i, b: __m128i) -> __m128i {
            sse2!(_mm_sub_epi32(a, b))
        }

        #[inline(always)]
        fn shr32<const BITS: u32>(a: __m128i) -> __m128i {
            sse2!(_mm_sra_epi32(a, _mm_cvtsi32_si128(BITS as i32)))
        }

        #[inline(always)]
        fn pack(low: __m128i, high: __m128i) -> Self {
            Self(sse2!(_mm_packs_epi32(low, high)))
        }
    }
}
