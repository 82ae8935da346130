//! WebAssembly SIMD kernels. Each has a scalar twin of the same name beside the code that calls it, and gives the same bits.

use core::arch::wasm32::*;

use super::fdct::rotation::*;
use super::fdct::{Block, CONST_BITS, PASS1_BITS, Samples};
use super::quantize::Divisors;
use crate::ycbcr::from_rgb::{CB_G, CB_R, CHROMA_OFFSET, CR_B, CR_G, HALF, Y_B, Y_G, Y_R};
use crate::zigzag::ZIGZAG;

#[inline(always)]
fn load<T>(lanes: &[T; 8]) -> v128 {
    const { assert!(size_of::<T>() == 2) };
    // SAFETY: the reference covers the 16 bytes that are read, and a v128 load needs no alignment.
    unsafe { v128_load(lanes.as_ptr().cast()) }
}

#[inline(always)]
fn store(lanes: &mut [i16; 8], v: v128) {
    // SAFETY: the reference covers the 16 bytes that are written, and a v128 store needs no alignment.
    unsafe { v128_store(lanes.as_mut_ptr().cast(), v) }
}

#[inline(always)]
fn load_bytes(bytes: &[u8; 16]) -> v128 {
    // SAFETY: the reference covers the 16 bytes that are read, and a v128 load needs no alignment.
    unsafe { v128_load(bytes.as_ptr().cast()) }
}

#[inline(always)]
fn store_bytes(bytes: &mut [u8; 16], v: v128) {
    // SAFETY: the reference covers the 16 bytes that are written, and a v128 store needs no alignment.
    unsafe { v128_store(bytes.as_mut_ptr().cast(), v) }
}

/// Pairs of 16-bit constants for `i32x4_dot_i16x8`: `a` for even lanes, `b` for odd ones.
#[inline(always)]
fn pair(a: i32, b: i32) -> v128 {
    i32x4_splat((b << 16) | (a & 0xFFFF))
}

// ---- colour ---------------------------------------------------------------------------------------------------------

/// Shuffle that spreads two channels of four RGB pixels, which begin at byte `start`, to pairs of 16-bit lanes.
#[allow(clippy::indexing_slicing)] // evaluated by the compiler
const fn spread(start: u8, first: u8, second: u8) -> [u8; 16] {
    let mut shuffle = [0x80; 16];
    let mut pixel = 0;
    while pixel < 4 {
        shuffle[4 * pixel] = start + 3 * pixel as u8 + first;
        shuffle[4 * pixel + 2] = start + 3 * pixel as u8 + second;
        pixel += 1;
    }
    shuffle
}

/// Four pixels to 32-bit Y, Cb and Cr.
#[inline(always)]
fn four_pixels<const START: u8>(bytes: v128) -> [v128; 3] {
    let rg = i8x16_swizzle(bytes, load_bytes(const { &spread(START, 0, 1) }));
    let gb = i8x16_swizzle(bytes, load_bytes(const { &spread(START, 1, 2) }));
    // A weight must fit in 15 bits: green's is shared between the two products, and a half is taken away as -0.5.
    let sum = |a, b| i32x4_add(i32x4_dot_i16x8(rg, a), i32x4_dot_i16x8(gb, b));
    let y = sum(pair(Y_R, Y_G - 16384), pair(16384, Y_B));
    let cb = sum(pair(CB_R, CB_G), pair(0, -HALF));
    let cr = sum(pair(-HALF, CR_G), pair(0, CR_B));
    let offset = i32x4_splat(CHROMA_OFFSET);
    [i32x4_add(y, i32x4_splat(HALF)), i32x4_sub(offset, cb), i32x4_sub(offset, cr)].map(|v| i32x4_shr(v, 16))
}

pub(super) fn rgb_to_ycbcr(rgb: &[u8], y: &mut [u8], cb: &mut [u8], cr: &mut [u8]) {
    let (pixels, rest) = rgb.as_chunks::<48>();
    let ((y, y_rest), (cb, cb_rest), (cr, cr_rest)) =
        (y.as_chunks_mut::<16>(), cb.as_chunks_mut::<16>(), cr.as_chunks_mut::<16>());
    for (((pixels, y), cb), cr) in pixels.iter().zip(y).zip(cb).zip(cr) {
        let at = |start: usize| {
            let mut bytes = [0; 16];
            bytes.copy_from_slice(pixels.get(start..start + 16).unwrap_or(&[0; 16]));
            load_bytes(&bytes)
        };
        let a = four_pixels::<0>(at(0));
        let b = four_pixels::<0>(at(12));
        let c = four_pixels::<0>(at(24));
        let d = four_pixels::<4>(at(32));
        let narrow = |a, b, c, d| u8x16_narrow_i16x8(i16x8_narrow_i32x4(a, b), i16x8_narrow_i32x4(c, d));
        store_bytes(y, narrow(a[0], b[0], c[0], d[0]));
        store_bytes(cb, narrow(a[1], b[1], c[1], d[1]));
        store_bytes(cr, narrow(a[2], b[2], c[2], d[2]));
    }
    super::color::scalar::rgb_to_ycbcr(rest, y_rest, cb_rest, cr_rest);
}

pub(super) fn average_pairs(row: &[u8], out: &mut [u8]) {
    let (pairs, rest) = row.as_chunks::<32>();
    let (out, out_rest) = out.as_chunks_mut::<16>();
    let rounding = i16x8(0, 1, 0, 1, 0, 1, 0, 1);
    for (pairs, out) in pairs.iter().zip(out) {
        let half = |v| u16x8_shr(i16x8_add(u16x8_extadd_pairwise_u8x16(v), rounding), 1);
        let [a, b] = halves(pairs);
        store_bytes(out, u8x16_narrow_i16x8(half(a), half(b)));
    }
    super::color::scalar::average_pairs(rest, out_rest);
}

pub(super) fn average_squares(upper: &[u8], lower: &[u8], out: &mut [u8]) {
    let ((upper, upper_rest), (lower, lower_rest)) = (upper.as_chunks::<32>(), lower.as_chunks::<32>());
    let (out, out_rest) = out.as_chunks_mut::<16>();
    let rounding = i16x8(1, 2, 1, 2, 1, 2, 1, 2);
    for ((upper, lower), out) in upper.iter().zip(lower).zip(out) {
        let quarter = |u, l| {
            let sum = i16x8_add(u16x8_extadd_pairwise_u8x16(u), u16x8_extadd_pairwise_u8x16(l));
            u16x8_shr(i16x8_add(sum, rounding), 2)
        };
        let ([a, b], [c, d]) = (halves(upper), halves(lower));
        store_bytes(out, u8x16_narrow_i16x8(quarter(a, c), quarter(b, d)));
    }
    super::color::scalar::average_squares(upper_rest, lower_rest, out_rest);
}

#[inline(always)]
fn halves(bytes: &[u8; 32]) -> [v128; 2] {
    let (halves, _) = bytes.as_chunks::<16>();
    match halves {
        [a, b] => [load_bytes(a), load_bytes(b)],
        _ => [u8x16_splat(0); 2],
    }
}

// ---- forward DCT ----------------------------------------------------------------------------------------------------

pub(super) fn forward_dct(samples: &Samples) -> Block {
    let rows = samples.map(|row| {
        let bytes = u64x2(u64::from_le_bytes(row), 0);
        i16x8_sub(u16x8_extend_low_u8x16(bytes), i16x8_splat(128))
    });
    let columns = transpose(&pass::<{ CONST_BITS - PASS1_BITS }, true>(&rows));
    let frequencies = pass::<{ CONST_BITS + PASS1_BITS }, false>(&columns);
    let mut block = [[0; 8]; 8];
    block.iter_mut().zip(frequencies).for_each(|(lanes, v)| store(lanes, v));
    block
}

/// `x * a + y * b` in 32 bits, scaled down and rounded, for 16-bit lanes interleaved in `low` and `high`.
#[inline(always)]
fn rotate<const SHIFT: u32>((low, high): (v128, v128), weights: v128, plus: Option<(v128, v128)>) -> v128 {
    let half = i32x4_splat(1 << (SHIFT - 1));
    let (mut l, mut h) = (i32x4_dot_i16x8(low, weights), i32x4_dot_i16x8(high, weights));
    if let Some((pl, ph)) = plus {
        (l, h) = (i32x4_add(l, pl), i32x4_add(h, ph));
    }
    i16x8_narrow_i32x4(i32x4_shr(i32x4_add(l, half), SHIFT), i32x4_shr(i32x4_add(h, half), SHIFT))
}

#[inline(always)]
fn interleave(a: v128, b: v128) -> (v128, v128) {
    (i16x8_shuffle::<0, 8, 1, 9, 2, 10, 3, 11>(a, b), i16x8_shuffle::<4, 12, 5, 13, 6, 14, 7, 15>(a, b))
}

/// One dimension, eight lines at a time; the sums of products are the scalar twin's, gathered in pairs.
#[inline(always)]
fn pass<const SHIFT: u32, const FIRST: bool>(&[d0, d1, d2, d3, d4, d5, d6, d7]: &[v128; 8]) -> [v128; 8] {
    let (add, sub) = (i16x8_add, i16x8_sub);
    let (s0, s1, s2, s3) = (add(d0, d7), add(d1, d6), add(d2, d5), add(d3, d4));
    let (t4, t5, t6, t7) = (sub(d3, d4), sub(d2, d5), sub(d1, d6), sub(d0, d7));

    let (e0, e1, e2, e3) = (add(s0, s3), add(s1, s2), sub(s1, s2), sub(s0, s3));
    let whole = |x| {
        if FIRST {
            i16x8_shl(x, PASS1_BITS)
        } else {
            i16x8_shr(i16x8_add(x, i16x8_splat(1 << (PASS1_BITS - 1))), PASS1_BITS)
        }
    };
    let even = interleave(e3, e2);

    let z34 = interleave(add(t4, t6), add(t5, t7));
    let both = |weights| (i32x4_dot_i16x8(z34.0, weights), i32x4_dot_i16x8(z34.1, weights));
    let z3 = both(pair(F_1_175 - F_1_961, F_1_175));
    let z4 = both(pair(F_1_175, F_1_175 - F_0_390));
    let (t47, t56) = (interleave(t4, t7), interleave(t5, t6));

    [
        whole(add(e0, e1)),
        rotate::<SHIFT>(t47, pair(-F_0_899, F_1_501 - F_0_899), Some(z4)),
        rotate::<SHIFT>(even, pair(F_0_541 + F_0_765, F_0_541), None),
        rotate::<SHIFT>(t56, pair(-F_2_562, F_3_072 - F_2_562), Some(z3)),
        whole(sub(e0, e1)),
        rotate::<SHIFT>(t56, pair(F_2_053 - F_2_562, -F_2_562), Some(z4)),
        rotate::<SHIFT>(even, pair(F_0_541, F_0_541 - F_1_847), None),
        rotate::<SHIFT>(t47, pair(F_0_298 - F_0_899, -F_0_899), Some(z3)),
    ]
}

#[inline(always)]
fn transpose(&[r0, r1, r2, r3, r4, r5, r6, r7]: &[v128; 8]) -> [v128; 8] {
    let (a0, a1) = interleave(r0, r4);
    let (a2, a3) = interleave(r1, r5);
    let (a4, a5) = interleave(r2, r6);
    let (a6, a7) = interleave(r3, r7);
    let (b0, b1) = interleave(a0, a4);
    let (b2, b3) = interleave(a1, a5);
    let (b4, b5) = interleave(a2, a6);
    let (b6, b7) = interleave(a3, a7);
    let (c0, c1) = interleave(b0, b4);
    let (c2, c3) = interleave(b1, b5);
    let (c4, c5) = interleave(b2, b6);
    let (c6, c7) = interleave(b3, b7);
    [c0, c1, c2, c3, c4, c5, c6, c7]
}

// ---- quantisation ---------------------------------------------------------------------------------------------------

pub(super) fn quantize(block: &mut Block, divisors: &Divisors) -> u64 {
    let Divisors { bias, reciprocal, shift } = divisors;
    for (((lanes, bias), reciprocal), shift) in block.iter_mut().zip(bias).zip(reciprocal).zip(shift) {
        let c = load(lanes);
        let biased = i16x8_add(i16x8_abs(c), load(bias));
        let magnitude = upper_half(upper_half(biased, load(reciprocal)), load(shift));
        let sign = i16x8_shr(c, 15);
        store(lanes, i16x8_sub(v128_xor(magnitude, sign), sign));
    }
    nonzero(block)
}

#[inline(always)]
fn upper_half(a: v128, b: v128) -> v128 {
    let low = u32x4_shr(u32x4_extmul_low_u16x8(a, b), 16);
    let high = u32x4_shr(u32x4_extmul_high_u16x8(a, b), 16);
    u16x8_narrow_i32x4(low, high)
}

/// `GATHER[i][j]` brings from bytes `16 j..` of a block's flags those of zigzag positions `16 i..`.
#[allow(clippy::indexing_slicing)] // evaluated by the compiler
const GATHER: [[[u8; 16]; 4]; 4] = {
    let mut gather = [[[0x80; 16]; 4]; 4];
    let mut k = 0;
    while k < 64 {
        let place = ZIGZAG[k];
        gather[k / 16][place as usize / 16][k % 16] = place % 16;
        k += 1;
    }
    gather
};

pub(super) fn nonzero(block: &Block) -> u64 {
    let [a, b, c, d, e, f, g, h] = block.each_ref().map(load);
    // Saturation keeps what is not zero from becoming zero.
    let flags = [(a, b), (c, d), (e, f), (g, h)].map(|(a, b)| i8x16_narrow_i16x8(a, b));
    let mut mask = 0;
    for (i, gather) in (0u32..).zip(&GATHER) {
        let mut quarter = u8x16_splat(0);
        for (flags, gather) in flags.iter().zip(gather) {
            quarter = v128_or(quarter, i8x16_swizzle(*flags, load_bytes(gather)));
        }
        let set = u8x16_bitmask(i8x16_ne(quarter, u8x16_splat(0)));
        mask |= u64::from(set) << (16 * i);
    }
    mask
}
