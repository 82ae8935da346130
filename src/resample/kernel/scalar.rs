//! The kernels in plain Rust: what they mean, and what machines without simd128 run.

use super::{BATCH, ROUNDING, end};

/// See [`super::add_batch`].
pub(super) fn add_batch(accumulator: &mut [i32], batch: &[i16], weights: [i16; BATCH]) {
    for (row, weight) in batch.chunks_exact(accumulator.len().max(1)).zip(weights) {
        for (sum, &sample) in accumulator.iter_mut().zip(row) {
            *sum = sum.wrapping_add(i32::from(sample) * i32::from(weight));
        }
    }
}

fn pixel<const N: usize>(samples: &[i16], weights: &[i16]) -> [i16; N] {
    let mut sums = [ROUNDING; N];
    for (sample, &weight) in samples.as_chunks::<N>().0.iter().zip(weights) {
        for (sum, &sample) in sums.iter_mut().zip(sample) {
            *sum = sum.wrapping_add(i32::from(sample) * i32::from(weight));
        }
    }
    sums.map(end)
}

pub(super) fn pixel1(samples: &[i16], weights: &[i16]) -> [i16; 1] {
    pixel(samples, weights)
}

/// Four pixels of one channel, each of its samples and weights.
pub(super) fn four_pixels1(pixels: [(&[i16], &[i16]); 4]) -> [i16; 4] {
    pixels.map(|(samples, weights)| {
        let [sample] = pixel1(samples, weights);
        sample
    })
}

pub(super) fn pixel2(samples: &[i16], weights: &[i16]) -> [i16; 2] {
    pixel(samples, weights)
}

pub(super) fn pixel3(samples: &[i16], weights: &[i16]) -> [i16; 3] {
    pixel(samples, weights)
}

pub(super) fn pixel4(samples: &[i16], weights: &[i16]) -> [i16; 4] {
    pixel(samples, weights)
}
