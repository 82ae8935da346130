//! Lanes: sixteen bytes or eight 16-bit numbers at a time, on the machine's SIMD unit where there is one.
//!
//! Kernels are written once, generic over [`U8x16`] or [`I16x8`]. [`Bytes`] and [`Words`] are the fastest implementations that
//! the build target has; those of [`scalar`] are plain arithmetic, and the definition of every operation. All are exact,
//! wrapping or saturating, so that a kernel gives the same bits on each.
//!
//! ```
//! use tintype_lanes::{I16x8, Words, scalar};
//!
//! fn doubled<V: I16x8>(numbers: &mut [i16; 8]) {
//!     let lanes = V::load(numbers);
//!     lanes.add(lanes).store(numbers);
//! }
//!
//! let (mut fast, mut plain) = ([1, 2, 3, 4, 5, 6, 7, 20_000], [1, 2, 3, 4, 5, 6, 7, 20_000]);
//! doubled::<Words>(&mut fast);
//! doubled::<scalar::Words>(&mut plain);
//! assert_eq!(fast, plain);
//! ```
#![no_std]

#[cfg(test)]
extern crate alloc;

mod bytes;
mod words;

pub use bytes::{U8x16, columns, rows};
pub use words::{I16x8, I32x4, Order, transpose, transpose_halves};

/// Plain arithmetic, on every machine.
pub mod scalar {
    pub use crate::bytes::scalar::Bytes;
    pub use crate::words::scalar::Words;
}

#[cfg(not(any(all(target_arch = "wasm32", target_feature = "simd128"), target_arch = "x86_64")))]
pub use scalar::{Bytes, Words};
#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
pub use {bytes::simd128::Bytes, words::simd128::Words};
#[cfg(target_arch = "x86_64")]
pub use {bytes::sse2::Bytes, words::sse2::Words};

/// Calls an SSE2 intrinsic.
#[cfg(target_arch = "x86_64")]
macro_rules! sse2 {
    ($call:expr) => {
        // SAFETY: the only demand of intrinsics on registers is that the machine has the instruction, and every
        // x86-64 has SSE2.
        unsafe { $call }
    };
}
#[cfg(target_arch = "x86_64")]
pub(crate) use sse2;

/// Numbers of 24 bits that look random, for tests; the same ones in each.
#[cfg(test)]
fn random() -> impl FnMut() -> u64 {
    let mut state = 0x9E37_79B9_7F4A_7C15u64;
    move || {
        state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        state >> 40
    }
}
