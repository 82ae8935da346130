//! Kernels on blocks of 4x4: forward transforms and quantisation, of two blocks at a time.
#![allow(clippy::indexing_slicing)] // places in arrays of constant size

use super::quantizer::Matrix;
use tintype_lanes::{I16x8, I32x4, transpose_halves};

/// The quantised coefficients of a block, row by row.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Block {
    pub(super) levels: [i16; 16],
    /// The number of coefficients up to the last that is not zero, in the order in which they are coded.
    pub(super) end: u8,
}

/// Two blocks next to each other, by rows.
pub(super) type Pair<V> = [V; 4];

/// Two quantised blocks.
pub(super) struct Quantized<V> {
    pub(super) levels: Pair<V>,
    /// The squared errors of each block's coefficients: four times those of pixels.
    pub(super) distortion: [u32; 2],
}

/// The forward DCT of the difference between pixels and their prediction: what RFC 6386, 14.4, inverts.
#[inline(always)]
pub(super) fn forward_dct<V: I16x8>(source: [&[u8; 8]; 4], prediction: [&[u8; 8]; 4]) -> Pair<V> {
    let row = |at: usize| V::widen(source[at]).sub(V::widen(prediction[at]));
    // Eight times as large between the passes, which take 13 and 16 bits.
    let [sum, outer, difference, inner] = butterfly([row(0), row(1), row(2), row(3)]);
    let [first, third] = rotate::<V, 9>(outer, inner);
    let columns = [sum.shl::<3>(), first, difference.shl::<3>(), third];
    let [sum, outer, difference, inner] = butterfly(transpose_halves(columns));
    let [first, third] = rotate::<V, 16>(outer, inner);
    let half = V::splat(8);
    transpose_halves([sum.add(half).shr::<4>(), first, difference.add(half).shr::<4>(), third])
}

/// Sums and differences: those that make the even coefficients, and the terms of the odd ones.
#[inline(always)]
fn butterfly<V: I16x8>([r0, r1, r2, r3]: [V; 4]) -> [V; 4] {
    let (a, b) = (r0.add(r3), r1.add(r2));
    [a.add(b), r0.sub(r3), a.sub(b), r1.sub(r2)]
}

/// The odd coefficients, divided by a power of two.
#[inline(always)]
fn rotate<V: I16x8, const BITS: u32>(outer: V, inner: V) -> [V; 2] {
    // The square root of 2 times the cosine of pi/8, and times its sine, in 12 bits.
    const COSINE: i16 = 5352;
    const SINE: i16 = 2217;
    let (low, high) = (outer.zip_low(inner), outer.zip_high(inner));
    let half = V::Wide::splat(1 << (BITS - 1));
    [V::pair(COSINE, SINE), V::pair(SINE, -COSINE)].map(|factors| {
        V::pack(low.dot(factors).add(half).shr::<BITS>(), high.dot(factors).add(half).shr::<BITS>())
    })
}

/// The forward Walsh-Hadamard transform of the first coefficients of 16 blocks: what RFC 6386, 14.3, inverts.
pub(super) fn forward_wht(input: &[i16; 16]) -> [i16; 16] {
    let pass = |input: [i32; 16], shift: u32| -> [i32; 16] {
        // Columns become rows, so that two passes leave them as they were.
        core::array::from_fn(|at| {
            let (column, frequency) = (at / 4, at % 4);
            let [i0, i1, i2, i3] = [0, 4, 8, 12].map(|row| input[row + column]);
            let sum = match frequency {
                0 => i0 + i1 + i2 + i3,
                1 => i0 + i1 - i2 - i3,
                2 => i0 - i1 - i2 + i3,
                _ => i0 - i1 + i2 - i3,
            };
            (sum + shift as i32) >> shift
        })
    };
    pass(pass(input.map(i32::from), 0), 1).map(|value| value as i16)
}

/// Removes the first coefficient of both blocks and returns them.
#[inline(always)]
pub(super) fn take_dc<V: I16x8>(pair: &mut Pair<V>) -> [i16; 2] {
    let mut lanes = [0; 8];
    pair[0].store(&mut lanes);
    pair[0] = pair[0].and(V::load(&[0, -1, -1, -1, 0, -1, -1, -1]));
    [lanes[0], lanes[4]]
}

/// Quantises two blocks.
#[inline(always)]
pub(super) fn quantize<V: I16x8>(pair: Pair<V>, matrix: &Matrix) -> Quantized<V> {
    let [mut first, mut second] = [V::Wide::splat(0); 2];
    let levels = core::array::from_fn(|row| {
        let step = &matrix.rows[usize::from(row > 0)];
        let coefficients = pair[row];
        let sign = coefficients.shr::<15>();
        let magnitude = coefficients.abs();
        let level = magnitude.add(V::load(&step.bias)).mul_high_unsigned(V::load(&step.reciprocal));
        let error = magnitude.sub(level.mul(V::load(&step.factor)));
        let squares = error.dot(error);
        if row % 2 == 0 {
            first = first.add(squares);
        } else {
            second = second.add(squares);
        }
        level.xor(sign).sub(sign)
    });
    Quantized { levels, distortion: first.add(second).sum_halves().map(|sum| sum as u32) }
}

/// Separates two blocks' rows.
#[inline(always)]
pub(super) fn separate<V: I16x8>([r0, r1, r2, r3]: Pair<V>) -> [[i16; 16]; 2] {
    let store = |upper: V, lower: V| {
        let mut block = [0; 16];
        let (first, second) = block.split_at_mut(8);
        if let (Some(first), Some(second)) = (first.first_chunk_mut(), second.first_chunk_mut()) {
            upper.store(first);
            lower.store(second);
        }
        block
    };
    [store(r0.zip4_low(r1), r2.zip4_low(r3)), store(r0.zip4_high(r1), r2.zip4_high(r3))]
}

/// Separates two blocks of quantised coefficients, and finds their ends.
#[inline(always)]
pub(super) fn blocks<V: I16x8>(levels: Pair<V>) -> [Block; 2] {
    blocks_and_counts(levels).map(|(block, _)| block)
}

/// As [`blocks`], and counts the coefficients of each that are not zero.
#[inline(always)]
pub(super) fn blocks_and_counts<V: I16x8>(levels: Pair<V>) -> [(Block, u32); 2] {
    let [r0, r1, r2, r3] = levels;
    let places = u32::from(V::nonzero(r0, r1)) | u32::from(V::nonzero(r2, r3)) << 16;
    let [first, second] = separate(levels);
    let block = |levels: [i16; 16], places: u32| {
        let places = places & 0x0F0F_0F0F;
        (Block { levels, end: end(places) }, places.count_ones())
    };
    [block(first, places), block(second, places >> 4)]
}

/// The end of a block, of whose coefficients the nibbles at bits 0, 8, 16 and 24 say which are not zero.
#[inline(always)]
fn end(places: u32) -> u8 {
    // For each row, the position after the last of its coefficients.
    const ENDS: [[u8; 16]; 4] = {
        let mut ends = [[0; 16]; 4];
        let mut position = 0;
        while position < 16 {
            let place = crate::vp8::tokens::ZIGZAG[position] as usize;
            let mut set = 0;
            while set < 16 {
                if set >> (place % 4) & 1 == 1 {
                    ends[place / 4][set] = position as u8 + 1;
                }
                set += 1;
            }
            position += 1;
        }
        ends
    };
    let row = |row: usize| ENDS[row][(places >> (8 * row) & 15) as usize];
    row(0).max(row(1)).max(row(2).max(row(3)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::encode::lossy::quantizer::Matrix;
    use crate::vp8::transform::{add_dct, inverse_wht};
    use tintype_lanes::{Words, scalar};

    fn noise() -> impl FnMut() -> u8 {
        let mut seed = 3u32;
        move || {
            seed = seed.wrapping_mul(1664525).wrapping_add(1013904223);
            (seed >> 24) as u8
        }
    }

    fn rows(next: &mut impl FnMut() -> u8, round: usize) -> [[u8; 8]; 4] {
        core::array::from_fn(|_| {
            core::array::from_fn(|_| match round % 3 {
                0 => next(),
                1 => 100 + next() % 20,
                _ => next() / 128 * 255,
            })
        })
    }

    #[test]
    fn the_transform_is_what_the_decoder_inverts() {
        let mut next = noise();
        for round in 0..500 {
            let (source, prediction) = (rows(&mut next, round), rows(&mut next, round));
            let pair = forward_dct::<Words>(source.each_ref(), prediction.each_ref());
            for (half, coefficients) in separate(pair).iter().enumerate() {
                let mut pixels: [[u8; 4]; 4] =
                    core::array::from_fn(|y| core::array::from_fn(|x| prediction[y][4 * half + x]));
                add_dct(coefficients, pixels.each_mut());
                for (pixels, source) in pixels.iter().zip(&source) {
                    assert!(pixels.iter().zip(&source[4 * half..]).all(|(a, b)| a.abs_diff(*b) <= 2));
                }
            }
        }
    }

    #[test]
    fn the_second_transform_is_what_the_decoder_inverts() {
        let mut next = noise();
        for _ in 0..500 {
            let input: [i16; 16] = core::array::from_fn(|_| (i16::from(next()) - 128) * 15);
            let output = inverse_wht(&forward_wht(&input));
            assert!(input.iter().zip(output).all(|(a, b)| a.abs_diff(b) <= 1), "{input:?} {output:?}");
        }
    }

    type Everything = ([[i16; 16]; 2], [i16; 2], [[i16; 16]; 2], [u32; 2], [Block; 2]);

    fn everything<V: I16x8>(source: &[[u8; 8]; 4], prediction: &[[u8; 8]; 4], matrix: &Matrix) -> Everything {
        let mut pair = forward_dct::<V>(source.each_ref(), prediction.each_ref());
        let quantized = quantize(pair, matrix);
        let coefficients = separate(pair);
        let dc = take_dc(&mut pair);
        (coefficients, dc, separate(pair), quantized.distortion, blocks(quantized.levels))
    }

    #[test]
    fn every_kernel_gives_the_same_bits_on_simd_and_scalar() {
        let mut next = noise();
        for round in 0..500 {
            let (source, prediction) = (rows(&mut next, round), rows(&mut next, round));
            let matrix = Matrix::new([4 + round as i32 % 150, 4 + round as i32 % 280], [50, 40]);
            let native = everything::<Words>(&source, &prediction, &matrix);
            assert_eq!(native, everything::<scalar::Words>(&source, &prediction, &matrix));
        }
    }

    #[test]
    fn the_end_is_after_the_last_coefficient() {
        let matrix = Matrix::new([4, 4], [50, 50]);
        let mut next = noise();
        for round in 0..500 {
            let (source, prediction) = (rows(&mut next, round), rows(&mut next, round + 1));
            let pair = forward_dct::<Words>(source.each_ref(), prediction.each_ref());
            for block in blocks(quantize(pair, &matrix).levels) {
                let last =
                    (0..16).rev().find(|&at| block.levels[usize::from(crate::vp8::tokens::ZIGZAG[at])] != 0);
                assert_eq!(usize::from(block.end), last.map_or(0, |at| at + 1));
            }
        }
    }
}
