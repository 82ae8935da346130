//! Scaled inverse DCTs: a block of 8x8 coefficients to any size from 1x1 to 8x8.
//!
//! The N-point transform of one dimension is `x[n] = Σ w(k)·X[k]·cos((2n+1)kπ/2N)`, `k < N`, with `w(0) = 1/√8` and
//! `w(k) = 1/2`: ITU-T T.81, A.3.3, with the cosines taken at N positions in place of 8. An N/8 decode is thus the
//! low-frequency part of the block, sampled N times. Fixed point: 13 bits for the cosines, 2 more bits kept between
//! the two passes.
#![allow(clippy::indexing_slicing)] // constant-size arrays indexed by constants and by loops below their sizes

use tintype_lanes::{I16x8, I32x4, Words, transpose};

const COSINE_BITS: u32 = 13;
const KEPT_BITS: u32 = 2;
/// Takes the first pass's result to [`KEPT_BITS`].
const FIRST_SHIFT: u32 = COSINE_BITS - KEPT_BITS;
/// Takes the second pass's result to whole samples; both passes together leave a factor of 8.
const SECOND_SHIFT: u32 = COSINE_BITS + KEPT_BITS + 3;
const FIRST_BIAS: i32 = 1 << (FIRST_SHIFT - 1);
/// Rounds, and moves samples from around 0 to around 128.
const SECOND_BIAS: i32 = (1 << (SECOND_SHIFT - 1)) + (128 << SECOND_SHIFT);

/// The last place of the zigzag sequence with which all coefficients stand in the first 4 rows and columns.
const LAST_WITHIN_4: usize = 9;

/// `√2·cos((2n+1)kπ/2N)` by `[n][k]`, and 1 for `k = 0`, in [`COSINE_BITS`]; 0 for `k >= N`.
struct Basis<const N: usize>;

impl<const N: usize> Basis<N> {
    const COSINES: [[i16; 8]; 8] = {
        let mut table = [[0; 8]; 8];
        let mut n = 0;
        while n < N {
            table[n][0] = 1 << COSINE_BITS;
            let mut k = 1;
            while k < N {
                table[n][k] = scaled_cosine((2 * n + 1) * k, 2 * N);
                k += 1;
            }
            n += 1;
        }
        table
    };
}

/// `√2·cos(π·numerator/denominator)` in [`COSINE_BITS`], rounded. Evaluated by the compiler only, whose arithmetic
/// is the same on every host.
const fn scaled_cosine(numerator: usize, denominator: usize) -> i16 {
    // Fold the angle to at most a quarter turn, where the series needs few terms.
    let mut angle = numerator % (2 * denominator);
    if angle > denominator {
        angle = 2 * denominator - angle;
    }
    let negative = 2 * angle > denominator;
    if negative {
        angle = denominator - angle;
    }
    let x = core::f64::consts::PI * angle as f64 / denominator as f64;
    let (mut sum, mut term) = (1.0, 1.0);
    let mut i = 1;
    while i < 12 {
        term *= -x * x / ((2 * i - 1) * (2 * i)) as f64;
        sum += term;
        i += 1;
    }
    let scaled = (core::f64::consts::SQRT_2 * sum * (1 << COSINE_BITS) as f64 + 0.5) as i16;
    if negative { -scaled } else { scaled }
}

/// One pass over eight lanes at once, the first `LANES` of them in use: from the first `K` coefficients, the others
/// being zero, to `N` samples.
///
/// Samples `n` and `N-1-n` share their even and odd coefficients up to a sign.
#[inline(always)]
fn pass<V: I16x8, const N: usize, const K: usize, const LANES: usize, const SHIFT: u32>(
    x: &[V; 8],
    bias: i32,
) -> [V; 8] {
    let cosines = &Basis::<N>::COSINES;
    let bias = V::Wide::splat(bias);
    let pairs = |a: usize, b: usize| {
        let low = x[a].zip_low(x[b]);
        (low, if LANES > 4 { x[a].zip_high(x[b]) } else { low })
    };
    let weigh = |(low, high): (V, V), even: i16, odd: i16| {
        let weights = V::pair(even, odd);
        (low.dot(weights), high.dot(weights))
    };
    let sum = |a: (V::Wide, V::Wide), b: (V::Wide, V::Wide)| (a.0.add(b.0), a.1.add(b.1));
    let shift = |low: V::Wide, high: V::Wide| V::pack(low.shr::<SHIFT>(), high.shr::<SHIFT>());

    let mut out = [V::splat(0); 8];
    // Spelt out rather than looped, so that every index is a constant and all stays in registers.
    macro_rules! mirrored {
        ($($n:literal)*) => {$(
            if $n < N.div_ceil(2) {
                let c = &cosines[$n];
                let mut even = sum(weigh(pairs(0, 2), c[0], c[2]), (bias, bias));
                if N.min(K) > 4 {
                    even = sum(even, weigh(pairs(4, 6), c[4], c[6]));
                }
                let mut odd = weigh(pairs(1, 3), c[1], c[3]);
                if N.min(K) > 5 {
                    odd = sum(odd, weigh(pairs(5, 7), c[5], c[7]));
                }
                out[N - 1 - $n] = shift(even.0.sub(odd.0), even.1.sub(odd.1));
                out[$n] = shift(even.0.add(odd.0), even.1.add(odd.1));
            }
        )*};
    }
    mirrored!(0 1 2 3);
    out
}

/// The first `K` columns, dequantised, which leaves zeros behind. Products wrap at 16 bits; those of valid images are far
/// below.
///
/// Each column is set to zero when it is read: all at once, it would be done by a call out of the module where this runs in
/// WebAssembly, which takes longer.
#[inline(always)]
fn dequantise<V: I16x8, const K: usize>(coefficients: &mut [i16; 64], quant: &[i16; 64]) -> [V; 8] {
    let mut columns = [V::splat(0); 8];
    let coefficients = coefficients.as_chunks_mut().0.iter_mut().zip(quant.as_chunks().0);
    for (to, (column, quant)) in columns.iter_mut().zip(coefficients).take(K) {
        *to = V::load(column).mul(V::load(quant));
        V::splat(0).store(column);
    }
    columns
}

/// The samples of each row, eight bytes from the least significant.
#[inline(always)]
fn narrowed<V: I16x8>(rows: &[V; 8]) -> [u64; 8] {
    let [[a, b], [c, d]] = [V::narrow(rows[0], rows[1]), V::narrow(rows[2], rows[3])];
    let [[e, f], [g, h]] = [V::narrow(rows[4], rows[5]), V::narrow(rows[6], rows[7])];
    [a, b, c, d, e, f, g, h]
}

/// Stores the first `W` samples of each row.
#[inline(always)]
fn store<const W: usize>(rows: &[u64], out: &mut [u8], stride: usize) {
    for (y, row) in rows.iter().enumerate() {
        let line = out.get_mut(y * stride..).and_then(|rest| rest.first_chunk_mut::<W>());
        if let (Some(line), Some(samples)) = (line, row.to_le_bytes().first_chunk()) {
            *line = *samples;
        }
    }
}

/// As [`store`], of any width.
fn store_any(rows: &[u64], width: usize, out: &mut [u8], stride: usize) {
    for (line, row) in out.chunks_mut(stride.max(1)).zip(rows) {
        line.iter_mut().zip(row.to_le_bytes()).take(width).for_each(|(to, from)| *to = from);
    }
}

/// A square transform of `N` samples a side from the first `K` rows and columns.
///
/// Never inlined, so that its result is in memory before it is stored: the branches there make compilers copy the arithmetic
/// for each of them.
#[inline(never)]
fn square<V: I16x8, const N: usize, const K: usize>(
    coefficients: &mut [i16; 64],
    quant: &[i16; 64],
) -> [u64; N] {
    let x = dequantise::<V, K>(coefficients, quant);
    let columns = pass::<V, N, K, K, FIRST_SHIFT>(&x, FIRST_BIAS);
    let rows = pass::<V, N, K, N, SECOND_SHIFT>(&transpose(columns), SECOND_BIAS);
    let rows = narrowed(&rows);
    core::array::from_fn(|y| rows[y])
}

/// The 2x2 transform, whose cosines are all 1: sums and differences, clamped between the passes as the others'.
#[inline(always)]
fn two_by_two(coefficients: &mut [i16; 64], quant: &[i16; 64], out: &mut [u8], stride: usize) {
    let mut x = |u: usize, v: usize| {
        let at = u * 8 + v;
        i32::from(core::mem::take(&mut coefficients[at]).wrapping_mul(quant[at]))
    };
    let [[a, b], [c, d]] = [[x(0, 0), x(0, 1)], [x(1, 0), x(1, 1)]];
    let keep = |sum: i32| (sum << KEPT_BITS).clamp(-32768, 32767);
    let columns = [(a, c), (b, d)].map(|(first, second)| (keep(first + second), keep(first - second)));
    let sample = |sum: i32| (((sum + 16) >> (KEPT_BITS + 3)) + 128).clamp(0, 255) as u8;
    let [(left, right), (left_down, right_down)] = columns;
    let rows = [
        [sample(left + left_down), sample(right + right_down)],
        [sample(left - left_down), sample(right - right_down)],
    ];
    for (y, row) in rows.into_iter().enumerate() {
        if let Some(line) = out.get_mut(y * stride..).and_then(|rest| rest.first_chunk_mut()) {
            *line = row;
        }
    }
}

/// Any size, one pass after the other.
#[inline(never)]
fn rectangle<V: I16x8>(coefficients: &mut [i16; 64], quant: &[i16; 64], width: u8, height: u8) -> [u64; 8] {
    let x = dequantise::<V, 8>(coefficients, quant);
    let columns = sized_pass::<V, FIRST_SHIFT>(width, &x, FIRST_BIAS);
    narrowed(&sized_pass::<V, SECOND_SHIFT>(height, &transpose(columns), SECOND_BIAS))
}

#[inline(always)]
fn sized_pass<V: I16x8, const SHIFT: u32>(size: u8, x: &[V; 8], bias: i32) -> [V; 8] {
    match size {
        1 => pass::<V, 1, 8, 8, SHIFT>(x, bias),
        2 => pass::<V, 2, 8, 8, SHIFT>(x, bias),
        3 => pass::<V, 3, 8, 8, SHIFT>(x, bias),
        4 => pass::<V, 4, 8, 8, SHIFT>(x, bias),
        5 => pass::<V, 5, 8, 8, SHIFT>(x, bias),
        6 => pass::<V, 6, 8, 8, SHIFT>(x, bias),
        7 => pass::<V, 7, 8, 8, SHIFT>(x, bias),
        _ => pass::<V, 8, 8, 8, SHIFT>(x, bias),
    }
}

/// A block as the entropy decoder leaves it.
pub(crate) struct Block<'a> {
    /// Column by column, see [`ZIGZAG`](crate::zigzag::ZIGZAG); where [`Plane::places`](super::layout::Plane::places) names.
    /// The transform leaves zeros where it reads.
    pub(crate) coefficients: &'a mut [i16; 64],
    /// As `coefficients`.
    pub(crate) quant: &'a [i16; 64],
    /// The last place of the zigzag sequence that may be other than zero.
    pub(crate) last: usize,
}

/// Writes `width`x`height` samples, 1 to 8 each, to the rows of `out`, `stride` bytes apart.
#[inline]
pub(crate) fn inverse_dct(block: Block<'_>, width: u8, height: u8, out: &mut [u8], stride: usize) {
    transform::<Words>(block, width, height, out, stride);
}

#[inline(always)]
fn transform<V: I16x8>(block: Block<'_>, width: u8, height: u8, out: &mut [u8], stride: usize) {
    if block.last == 0 {
        let sample = flat_sample(core::mem::take(&mut block.coefficients[0]), block.quant[0]);
        return fill(sample, width, height, out, stride);
    }
    let Block { coefficients, quant, last } = block;
    match (width, height) {
        (8, 8) if last <= LAST_WITHIN_4 => {
            store::<8>(&square::<V, 8, 4>(coefficients, quant), out, stride);
        }
        (8, 8) => store::<8>(&square::<V, 8, 8>(coefficients, quant), out, stride),
        (4, 4) => store::<4>(&square::<V, 4, 4>(coefficients, quant), out, stride),
        (2, 2) => two_by_two(coefficients, quant, out, stride),
        _ => {
            let rows = rectangle::<V>(coefficients, quant, width, height);
            store_any(&rows[..usize::from(height.min(8))], usize::from(width), out, stride);
        }
    }
}

/// The sample that a block with no other coefficient than its DC has everywhere: what the passes give, in one step.
#[inline(always)]
pub(crate) fn flat_sample(dc: i16, quant: i16) -> u8 {
    let scaled = (i32::from(dc.wrapping_mul(quant)) << KEPT_BITS).clamp(-32768, 32767);
    (((scaled + 16) >> (KEPT_BITS + 3)) + 128).clamp(0, 255) as u8
}

/// Sets `width`x`height` samples to one value.
#[inline(always)]
pub(crate) fn fill(sample: u8, width: u8, height: u8, out: &mut [u8], stride: usize) {
    match width {
        8 => fill_rows::<8>(sample, height, out, stride),
        4 => fill_rows::<4>(sample, height, out, stride),
        _ => (0..usize::from(width)).for_each(|x| {
            fill_rows::<1>(sample, height, out.get_mut(x..).unwrap_or_default(), stride);
        }),
    }
}

/// As [`fill`], with a width that makes a row one store.
#[inline(always)]
fn fill_rows<const W: usize>(sample: u8, height: u8, out: &mut [u8], stride: usize) {
    for y in 0..usize::from(height) {
        if let Some(row) = out.get_mut(y * stride..).and_then(|rest| rest.first_chunk_mut::<W>()) {
            *row = [sample; W];
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::zigzag::ZIGZAG;
    use tintype_lanes::scalar;

    fn noise(seed: &mut u64) -> u32 {
        *seed = seed.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        (*seed >> 33) as u32
    }

    /// What both transforms make of copies of a block.
    fn both(coefficients: &[i16; 64], quant: &[i16; 64], last: usize, size: (u8, u8)) -> [[u8; 64]; 2] {
        fn one<V: I16x8>(
            mut coefficients: [i16; 64],
            quant: &[i16; 64],
            last: usize,
            size: (u8, u8),
        ) -> [u8; 64] {
            let mut out = [7; 64];
            let block = Block { coefficients: &mut coefficients, quant, last };
            transform::<V>(block, size.0, size.1, &mut out, 8);
            let used = |&place: &u8| place / 8 < size.0 && place % 8 < size.1;
            assert!(
                ZIGZAG[..=last]
                    .iter()
                    .filter(|&place| used(place))
                    .all(|&place| coefficients[usize::from(place)] == 0)
            );
            out
        }
        [
            one::<Words>(*coefficients, quant, last, size),
            one::<scalar::Words>(*coefficients, quant, last, size),
        ]
    }

    #[test]
    fn simd_and_scalar_give_the_same_bits_for_any_coefficients() {
        let mut seed = 1;
        for round in 0..60 {
            let wild = round % 4 == 0;
            let range = if wild { 65536 } else { 400 };
            let mut coefficients = [0i16; 64];
            let last = noise(&mut seed) as usize % 64;
            for &place in &ZIGZAG[..=last] {
                coefficients[usize::from(place)] = (noise(&mut seed) % range).wrapping_sub(range / 2) as i16;
            }
            let quant = core::array::from_fn(|_| (noise(&mut seed) % if wild { 65536 } else { 20 }) as i16);
            for (width, height) in (1..=8).flat_map(|w| (1..=8).map(move |h| (w, h))) {
                let [native, scalar] = both(&coefficients, &quant, last, (width, height));
                assert_eq!(native, scalar, "{width}x{height}, last {last}");
            }
        }
    }

    #[test]
    fn knowing_where_the_zeros_begin_changes_nothing() {
        let mut seed = 2;
        for last in 0..64 {
            let mut coefficients = [0i16; 64];
            for &place in &ZIGZAG[..=last] {
                coefficients[usize::from(place)] = (noise(&mut seed) % 60) as i16 - 30;
            }
            let made = |last, size| both(&coefficients, &[3; 64], last, size);
            for size in (1..=8).flat_map(|w| (1..=8).map(move |h| (w, h))) {
                assert_eq!(made(last, size), made(63, size));
            }
        }
    }

    #[test]
    fn coefficients_that_a_size_has_no_use_for_change_nothing_at_their_common_place() {
        let mut seed = 5;
        for size in (1..=8).flat_map(|w| (1..=8).map(move |h| (w, h))).filter(|&size| size != (8, 8)) {
            let spare = if size.1 < 8 { 7 } else { 7 * 8 };
            let mut coefficients: [i16; 64] = core::array::from_fn(|_| (noise(&mut seed) % 60) as i16 - 30);
            let before = both(&coefficients, &[3; 64], 63, size);
            coefficients[spare] += 1000;
            assert_eq!(both(&coefficients, &[3; 64], 63, size), before, "{size:?}");
        }
    }

    #[test]
    fn the_two_by_two_transform_is_what_the_passes_give() {
        let mut seed = 4;
        for round in 0..200 {
            let range = if round % 2 == 0 { 65536 } else { 600 };
            let coefficients: [i16; 64] =
                core::array::from_fn(|_| (noise(&mut seed) % range).wrapping_sub(range / 2) as i16);
            let mut outs = [[0; 64]; 2];
            two_by_two(&mut coefficients.clone(), &[1; 64], &mut outs[0], 8);
            let rows = rectangle::<scalar::Words>(&mut coefficients.clone(), &[1; 64], 2, 2);
            store_any(&rows[..2], 2, &mut outs[1], 8);
            assert_eq!(outs[0], outs[1]);
        }
    }

    #[test]
    fn every_size_is_within_one_level_of_the_exact_transform() {
        let mut seed = 3;
        for _ in 0..10 {
            let coefficients: [i16; 64] =
                core::array::from_fn(|i| (noise(&mut seed) % if i == 0 { 800 } else { 40 }) as i16 - 20);
            for (width, height) in (1..=8).flat_map(|w| (1..=8).map(move |h| (w, h))) {
                let mut out = [0; 64];
                let block = Block { coefficients: &mut coefficients.clone(), quant: &[1; 64], last: 63 };
                inverse_dct(block, width, height, &mut out, 8);
                for y in 0..height {
                    for x in 0..width {
                        let exact = exact_sample(&coefficients, (x, width), (y, height));
                        let got = f64::from(out[usize::from(y) * 8 + usize::from(x)]);
                        assert!((exact - got).abs() <= 1.0, "{width}x{height} at {x},{y}: {got} for {exact}");
                    }
                }
            }
        }
    }

    fn exact_sample(coefficients: &[i16; 64], (x, width): (u8, u8), (y, height): (u8, u8)) -> f64 {
        let weight = |k: u8, n: u8, size: u8| match k {
            0 => 0.125f64.sqrt(),
            _ => {
                0.5 * (f64::from(2 * n + 1) * f64::from(k) * core::f64::consts::PI / f64::from(2 * size))
                    .cos()
            }
        };
        let mut sum = 128.0;
        for u in 0..width {
            for v in 0..height {
                let c = f64::from(coefficients[usize::from(u) * 8 + usize::from(v)]);
                sum += c * weight(u, x, width) * weight(v, y, height);
            }
        }
        sum.clamp(0.0, 255.0)
    }
}
