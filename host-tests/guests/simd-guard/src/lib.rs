//! Clamps unsigned lanes from above and then narrows them with saturation, as kernels do with sums of pixels.
//!
//! Narrowing reads its lanes as signed, so the clamp must stay: rustc 1.95 drops it (rust-lang/rust#157456), and every
//! lane with its top bit set becomes 0 instead of the maximum. The lanes are arguments, and so unknown to the compiler.
#![cfg(target_arch = "wasm32")]
#![allow(unsafe_code)]
// The only unsafe thing here is to choose the names under which the functions are exported.

use core::arch::wasm32::{
    i64x2, i64x2_extract_lane, u8x16_narrow_i16x8, u16x8_min, u16x8_narrow_i32x4, u16x8_splat, u32x4_min,
    u32x4_splat,
};

/// Eight 16-bit lanes, four in each argument, clamped to 255 and narrowed to the eight bytes of the result.
// SAFETY: no other function of this module has the name.
#[unsafe(no_mangle)]
pub extern "C" fn narrow_16_to_8(low: i64, high: i64) -> i64 {
    let clamped = u16x8_min(i64x2(low, high), u16x8_splat(255));
    i64x2_extract_lane::<0>(u8x16_narrow_i16x8(clamped, clamped))
}

/// Four 32-bit lanes, two in each argument, clamped to 65535 and narrowed to the four 16-bit lanes of the result.
// SAFETY: no other function of this module has the name.
#[unsafe(no_mangle)]
pub extern "C" fn narrow_32_to_16(low: i64, high: i64) -> i64 {
    let clamped = u32x4_min(i64x2(low, high), u32x4_splat(65535));
    i64x2_extract_lane::<0>(u16x8_narrow_i32x4(clamped, clamped))
}
