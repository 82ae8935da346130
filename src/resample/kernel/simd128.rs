//! The kernels on 128-bit wasm vectors. `i32x4.dot_i16x8_s` multiplies eight pairs and adds neighbours: two taps of four
//! sums at once.

use super::{BATCH, ROUNDING, end};
use core::arch::wasm32::*;

#[allow(unsafe_code)]
fn load(samples: &[i16; 8]) -> v128 {
    // SAFETY: the reference is to 16 readable bytes, and wasm loads need no alignment.
    unsafe { v128_load(samples.as_ptr().cast()) }
}

#[allow(unsafe_code)]
fn load_sums(sums: &[i32; 4]) -> v128 {
    // SAFETY: the reference is to 16 readable bytes, and wasm loads need no alignment.
    unsafe { v128_load(sums.as_ptr().cast()) }
}

#[allow(unsafe_code)]
fn store_sums(sums: &mut [i32; 4], value: v128) {
    // SAFETY: the reference is to 16 writable bytes, and wasm stores need no alignment.
    unsafe { v128_store(sums.as_mut_ptr().cast(), value) }
}

/// Two weights, four times.
fn pair(first: i16, second: i16) -> v128 {
    i16x8(first, second, first, second, first, second, first, second)
}

/// See [`super::add_batch`].
pub(super) fn add_batch(accumulator: &mut [i32], batch: &[i16], weights: [i16; BATCH]) {
    let len = accumulator.len();
    let [w0, w1, w2, w3] = weights;
    let (first, second) = (pair(w0, w1), pair(w2, w3));
    let (row0, rest) = batch.split_at(len);
    let (row1, rest) = rest.split_at(len);
    let (row2, row3) = rest.split_at(len);

    let (sums, last_sums) = accumulator.as_chunks_mut::<8>();
    let (row0, last0) = row0.as_chunks::<8>();
    let (row1, last1) = row1.as_chunks::<8>();
    let (row2, last2) = row2.as_chunks::<8>();
    let (row3, last3) = row3.as_chunks::<8>();
    for ((((sums, s0), s1), s2), s3) in sums.iter_mut().zip(row0).zip(row1).zip(row2).zip(row3) {
        let (s0, s1, s2, s3) = (load(s0), load(s1), load(s2), load(s3));
        let halves = sums.as_chunks_mut::<4>().0;
        if let [low, high] = halves {
            let added = i32x4_add(
                i32x4_dot_i16x8(i16x8_shuffle::<0, 8, 1, 9, 2, 10, 3, 11>(s0, s1), first),
                i32x4_dot_i16x8(i16x8_shuffle::<0, 8, 1, 9, 2, 10, 3, 11>(s2, s3), second),
            );
            store_sums(low, i32x4_add(load_sums(low), added));
            let added = i32x4_add(
                i32x4_dot_i16x8(i16x8_shuffle::<4, 12, 5, 13, 6, 14, 7, 15>(s0, s1), first),
                i32x4_dot_i16x8(i16x8_shuffle::<4, 12, 5, 13, 6, 14, 7, 15>(s2, s3), second),
            );
            store_sums(high, i32x4_add(load_sums(high), added));
        }
    }

    let tail = last_sums.iter_mut().zip(last0).zip(last1).zip(last2).zip(last3);
    for ((((sum, &s0), &s1), &s2), &s3) in tail {
        for (sample, weight) in [(s0, w0), (s1, w1), (s2, w2), (s3, w3)] {
            *sum = sum.wrapping_add(i32::from(sample) * i32::from(weight));
        }
    }
}

/// Four parts of a weighted sum of samples of one channel.
#[inline(always)]
fn parts1(samples: &[i16], weights: &[i16]) -> v128 {
    let mut sums = i32x4_splat(0);
    for (samples, weights) in samples.as_chunks::<8>().0.iter().zip(weights.as_chunks::<8>().0) {
        sums = i32x4_add(sums, i32x4_dot_i16x8(load(samples), load(weights)));
    }
    sums
}

/// Four pixels of one channel, each of its samples and weights.
pub(super) fn four_pixels1(pixels: [(&[i16], &[i16]); 4]) -> [i16; 4] {
    let [a, b, c, d] = pixels.map(|(samples, weights)| parts1(samples, weights));
    let halves = |first, second| {
        i32x4_add(i32x4_shuffle::<0, 4, 1, 5>(first, second), i32x4_shuffle::<2, 6, 3, 7>(first, second))
    };
    let (ab, cd) = (halves(a, b), halves(c, d));
    let sums = i32x4_add(i32x4_shuffle::<0, 1, 4, 5>(ab, cd), i32x4_shuffle::<2, 3, 6, 7>(ab, cd));
    ended(i32x4_add(sums, i32x4_splat(ROUNDING)))
}

pub(super) fn pixel1(samples: &[i16], weights: &[i16]) -> [i16; 1] {
    let sums = parts1(samples, weights);
    let sums = i32x4_add(sums, i32x4_shuffle::<2, 3, 0, 1>(sums, sums));
    let sum = i32x4_extract_lane::<0>(sums).wrapping_add(i32x4_extract_lane::<1>(sums));
    [end(sum.wrapping_add(ROUNDING))]
}

pub(super) fn pixel2(samples: &[i16], weights: &[i16]) -> [i16; 2] {
    let mut sums = i32x4_splat(0);
    for (samples, &[w0, w1, w2, w3]) in samples.as_chunks::<8>().0.iter().zip(weights.as_chunks::<4>().0) {
        let samples = load(samples);
        let by_channel = i16x8_shuffle::<0, 2, 1, 3, 4, 6, 5, 7>(samples, samples);
        sums = i32x4_add(sums, i32x4_dot_i16x8(by_channel, i16x8(w0, w1, w0, w1, w2, w3, w2, w3)));
    }
    let sums = i32x4_add(sums, i32x4_shuffle::<2, 3, 0, 1>(sums, sums));
    [
        end(i32x4_extract_lane::<0>(sums).wrapping_add(ROUNDING)),
        end(i32x4_extract_lane::<1>(sums).wrapping_add(ROUNDING)),
    ]
}

pub(super) fn pixel3(samples: &[i16], weights: &[i16]) -> [i16; 3] {
    let mut sums = i32x4_splat(ROUNDING);
    let mut samples = samples;
    for &[w0, w1] in weights.as_chunks::<2>().0 {
        // Two pixels are six samples; the other two lanes of the load do not count.
        let Some(vector) = samples.first_chunk::<8>() else { break };
        let vector = load(vector);
        let by_channel = i16x8_shuffle::<0, 3, 1, 4, 2, 5, 2, 5>(vector, vector);
        sums = i32x4_add(sums, i32x4_dot_i16x8(by_channel, pair(w0, w1)));
        samples = samples.get(6..).unwrap_or_default();
    }
    let [red, green, blue, _] = ended(sums);
    [red, green, blue]
}

pub(super) fn pixel4(samples: &[i16], weights: &[i16]) -> [i16; 4] {
    let mut sums = i32x4_splat(ROUNDING);
    for (samples, &[w0, w1]) in samples.as_chunks::<8>().0.iter().zip(weights.as_chunks::<2>().0) {
        let samples = load(samples);
        let by_channel = i16x8_shuffle::<0, 4, 1, 5, 2, 6, 3, 7>(samples, samples);
        sums = i32x4_add(sums, i32x4_dot_i16x8(by_channel, pair(w0, w1)));
    }
    ended(sums)
}

/// Ends four sums.
fn ended(sums: v128) -> [i16; 4] {
    let shifted = i32x4_shr(sums, super::WEIGHT_BITS);
    let narrow = i16x8_narrow_i32x4(shifted, shifted);
    [
        i16x8_extract_lane::<0>(narrow),
        i16x8_extract_lane::<1>(narrow),
        i16x8_extract_lane::<2>(narrow),
        i16x8_extract_lane::<3>(narrow),
    ]
}
