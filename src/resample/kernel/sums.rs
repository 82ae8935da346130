//! The kernels, on lanes: products of neighbouring lanes are summed at once, so that each step weighs two samples of a sum.

use super::{BATCH, ROUNDING, end};
use crate::resample::filter::WEIGHT_BITS;
use tintype_lanes::{I16x8, I32x4};

/// See [`super::add_batch`].
#[inline(always)]
pub(super) fn add_batch<V: I16x8>(accumulator: &mut [i32], batch: &[i16], weights: [i16; BATCH]) {
    let len = accumulator.len();
    let [w0, w1, w2, w3] = weights;
    let (first, second) = (V::pair(w0, w1), V::pair(w2, w3));
    let (row0, rest) = batch.split_at(len);
    let (row1, rest) = rest.split_at(len);
    let (row2, row3) = rest.split_at(len);

    let (sums, last_sums) = accumulator.as_chunks_mut::<8>();
    let (row0, last0) = row0.as_chunks::<8>();
    let (row1, last1) = row1.as_chunks::<8>();
    let (row2, last2) = row2.as_chunks::<8>();
    let (row3, last3) = row3.as_chunks::<8>();
    for ((((sums, s0), s1), s2), s3) in sums.iter_mut().zip(row0).zip(row1).zip(row2).zip(row3) {
        let [s0, s1, s2, s3] = [s0, s1, s2, s3].map(V::load);
        let (low, high) = sums.split_at_mut(4);
        add_to::<V>(low, s0.zip_low(s1).dot(first).add(s2.zip_low(s3).dot(second)));
        add_to::<V>(high, s0.zip_high(s1).dot(first).add(s2.zip_high(s3).dot(second)));
    }

    let tail = last_sums.iter_mut().zip(last0).zip(last1).zip(last2).zip(last3);
    for ((((sum, &s0), &s1), &s2), &s3) in tail {
        for (sample, weight) in [(s0, w0), (s1, w1), (s2, w2), (s3, w3)] {
            *sum = sum.wrapping_add(i32::from(sample) * i32::from(weight));
        }
    }
}

/// Adds to four sums.
#[inline(always)]
fn add_to<V: I16x8>(sums: &mut [i32], added: V::Wide) {
    if let Some(sums) = sums.first_chunk_mut() {
        V::Wide::load(sums).add(added).store(sums);
    }
}

/// Four parts of a weighted sum of samples of one channel.
#[inline(always)]
fn parts1<V: I16x8>((samples, weights): (&[i16], &[i16])) -> V::Wide {
    let mut sums = V::Wide::splat(0);
    for (samples, weights) in samples.as_chunks::<8>().0.iter().zip(weights.as_chunks::<8>().0) {
        sums = sums.add(V::load(samples).dot(V::load(weights)));
    }
    sums
}

/// Four pixels of one channel, each of its samples and weights.
#[inline(always)]
pub(super) fn four_pixels1<V: I16x8>(pixels: [(&[i16], &[i16]); 4]) -> [i16; 4] {
    let sums = V::Wide::sum_each(pixels.map(parts1::<V>));
    ended::<V>(sums.add(V::Wide::splat(ROUNDING)))
}

/// A pixel of one channel.
#[inline(always)]
pub(super) fn pixel1<V: I16x8>(samples: &[i16], weights: &[i16]) -> [i16; 1] {
    let [even, odd] = parts1::<V>((samples, weights)).sum_halves();
    [end(even.wrapping_add(odd).wrapping_add(ROUNDING))]
}

/// A pixel of gray and alpha.
#[inline(always)]
pub(super) fn pixel2<V: I16x8>(samples: &[i16], weights: &[i16]) -> [i16; 2] {
    let mut sums = V::Wide::splat(0);
    for (samples, &[w0, w1, w2, w3]) in samples.as_chunks::<8>().0.iter().zip(weights.as_chunks::<4>().0) {
        let weights = V::load(&[w0, w1, w0, w1, w2, w3, w2, w3]);
        sums = sums.add(V::load(samples).pairs_of_2().dot(weights));
    }
    let mut lanes = [0; 4];
    sums.store(&mut lanes);
    let [gray0, alpha0, gray1, alpha1] = lanes;
    [(gray0, gray1), (alpha0, alpha1)]
        .map(|(even, odd): (i32, i32)| end(even.wrapping_add(odd).wrapping_add(ROUNDING)))
}

/// A pixel of RGB.
#[inline(always)]
pub(super) fn pixel3<V: I16x8>(samples: &[i16], weights: &[i16]) -> [i16; 3] {
    let mut sums = V::Wide::splat(ROUNDING);
    let mut samples = samples;
    for &[w0, w1] in weights.as_chunks::<2>().0 {
        // Two pixels are six samples; the other two lanes of the load do not count.
        let Some(lanes) = samples.first_chunk::<8>() else { break };
        sums = sums.add(V::load(lanes).pairs_of_3().dot(V::pair(w0, w1)));
        samples = samples.get(6..).unwrap_or_default();
    }
    let [red, green, blue, _] = ended::<V>(sums);
    [red, green, blue]
}

/// A pixel of RGBA.
#[inline(always)]
pub(super) fn pixel4<V: I16x8>(samples: &[i16], weights: &[i16]) -> [i16; 4] {
    let mut sums = V::Wide::splat(ROUNDING);
    for (samples, &[w0, w1]) in samples.as_chunks::<8>().0.iter().zip(weights.as_chunks::<2>().0) {
        sums = sums.add(V::load(samples).pairs_of_4().dot(V::pair(w0, w1)));
    }
    ended::<V>(sums)
}

/// Ends four sums.
#[inline(always)]
fn ended<V: I16x8>(sums: V::Wide) -> [i16; 4] {
    let shifted = sums.shr::<WEIGHT_BITS>();
    let mut lanes = [0; 8];
    V::pack(shifted, shifted).store(&mut lanes);
    let [first, second, third, fourth, ..] = lanes;
    [first, second, third, fourth]
}
