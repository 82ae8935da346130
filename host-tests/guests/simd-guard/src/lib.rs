//! Clamps unsigned lanes from above and then narrows them with saturation, as kernels do with sums of pixels.
//!
//! Narrowing reads its lanes as signed, so the clamp must stay: rustc 1.95 drops it (rust-lang/rust#157456), and every
//! lane with its top bit set becomes 0 instead of the maximum. The lanes are arguments, and so unknown to the compiler,
//! and all lanes of the result are used, for it is only then that the clamp is lost.
#![cfg(target_arch = "wasm32")]
#![allow(unsafe_code)]
// The only unsafe thing here is to choose the names under which the functions are exported.

use core::arch::wasm32::{
    i64x2, i64x2_extract_lane, u8x16_narrow_i16x8, u16x8_min, u16x8_narrow_i32x4, u16x8_splat, u32x4_min,
    u32x4_splat, v128,
};

/// Sixteen 16-bit lanes, four in each argument, clamped to 255 and narrowed to bytes; the lower or upper eight of them.
// SAFETY: no other function of this module has the name.
#[unsafe(no_mangle)]
pub extern "C" fn narrow_16_to_8(a: i64, b: i64, c: i64, d: i64, upper: i32) -> i64 {
    let clamp = |lanes| u16x8_min(lanes, u16x8_splat(255));
    half(u8x16_narrow_i16x8(clamp(i64x2(a, b)), clamp(i64x2(c, d))), upper)
}

/// Eight 32-bit lanes, two in each argument, clamped to 65535 and narrowed to 16 bits; the lower or upper four of them.
// SAFETY: no other function of this module has the name.
#[unsafe(no_mangle)]
pub extern "C" fn narrow_32_to_16(a: i64, b: i64, c: i64, d: i64, upper: i32) -> i64 {
    let clamp = |lanes| u32x4_min(lanes, u32x4_splat(65535));
    half(u16x8_narrow_i32x4(clamp(i64x2(a, b)), clamp(i64x2(c, d))), upper)
}

fn half(lanes: v128, upper: i32) -> i64 {
    if upper == 0 { i64x2_extract_lane::<0>(lanes) } else { i64x2_extract_lane::<1>(lanes) }
}
