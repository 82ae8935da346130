//! The inner loops: weighted sums of 16-bit samples in 32 bits.
//!
//! A sum of 16-bit products wraps around for no input that `widen` makes: samples are at most 2^14 in size, and the
//! absolute weights of a pixel add up to less than 2^15.

mod sums;

use super::BATCH;
use super::filter::{WEIGHT_BITS, Weights};
use tintype_lanes::Words;

/// Half a unit of the sums, which turns the shift that ends them into rounding.
pub(super) const ROUNDING: i32 = 1 << (WEIGHT_BITS - 1);

/// Samples after the end of a line that [`Across::resample`] may read. They weigh nothing.
pub(super) const OVERREAD: usize = 16;

/// Adds the rows of a batch, each times its weight, to an accumulator. `batch` is `BATCH` rows as long as the accumulator.
pub(super) fn add_batch(accumulator: &mut [i32], batch: &[i16], weights: [i16; BATCH]) {
    sums::add_batch::<Words>(accumulator, batch, weights);
}

/// Ends the sums of an accumulator.
pub(super) fn narrow_accumulator(accumulator: &[i32], line: &mut [i16]) {
    for (sample, &sum) in line.iter_mut().zip(accumulator) {
        *sample = end(sum);
    }
}

/// Ends a sum that started with [`ROUNDING`].
fn end(sum: i32) -> i16 {
    (sum >> WEIGHT_BITS).clamp(i16::MIN.into(), i16::MAX.into()) as i16
}

/// Horizontal resampling: weights laid out for the kernels.
#[derive(Debug)]
pub(super) struct Across {
    channels: usize,
    pixels: Vec<Taps>,
    weights: Vec<i16>,
}

/// Where one pixel's samples and weights start, and how many weights it has.
#[derive(Debug, Clone, Copy)]
struct Taps {
    sample: usize,
    weight: usize,
    len: usize,
}

impl Across {
    /// Lays out `columns` for lines that start with column `left`.
    pub(super) fn new(columns: &Weights, left: usize, channels: usize) -> Self {
        // As many pixels as fill a vector of eight samples, as far as they fill it evenly.
        let multiple = 8 / channels.next_power_of_two();
        let mut this = Self { channels, pixels: Vec::with_capacity(columns.len()), weights: Vec::new() };
        for pixel in 0..columns.len() {
            let (start, weights) = columns.of(pixel);
            let len = weights.len().next_multiple_of(multiple);
            let weight = this.weights.len();
            this.pixels.push(Taps { sample: (start - left) * channels, weight, len });
            this.weights.extend_from_slice(weights);
            this.weights.resize(weight + len, 0);
        }
        this
    }

    /// Resamples one line with [`OVERREAD`] samples of padding.
    pub(super) fn resample(&self, line: &[i16], out: &mut [i16]) {
        match self.channels {
            1 => self.resample_single(line, out),
            2 => self.resample_with::<2>(line, out, sums::pixel2::<Words>),
            3 => self.resample_with::<3>(line, out, sums::pixel3::<Words>),
            _ => self.resample_with::<4>(line, out, sums::pixel4::<Words>),
        }
    }

    /// Resamples a line of one channel, four pixels at a time.
    fn resample_single(&self, line: &[i16], out: &mut [i16]) {
        let ((fours, rest), (taps, last_taps)) = (out.as_chunks_mut::<4>(), self.pixels.as_chunks::<4>());
        for (out, taps) in fours.iter_mut().zip(taps) {
            *out = sums::four_pixels1::<Words>(taps.map(|taps| self.of(taps, line)));
        }
        for (out, taps) in rest.iter_mut().zip(last_taps) {
            let (samples, weights) = self.of(*taps, line);
            [*out] = sums::pixel1::<Words>(samples, weights);
        }
    }

    /// The samples of a pixel, and what follows them, and their weights.
    #[inline(always)]
    fn of<'a>(&'a self, taps: Taps, line: &'a [i16]) -> (&'a [i16], &'a [i16]) {
        let samples = line.get(taps.sample..).unwrap_or_default();
        (samples, self.weights.get(taps.weight..taps.weight + taps.len).unwrap_or_default())
    }

    fn resample_with<const N: usize>(
        &self,
        line: &[i16],
        out: &mut [i16],
        pixel: impl Fn(&[i16], &[i16]) -> [i16; N],
    ) {
        for (out, taps) in out.as_chunks_mut::<N>().0.iter_mut().zip(&self.pixels) {
            let (samples, weights) = self.of(*taps, line);
            *out = pixel(samples, weights);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tintype_lanes::scalar;

    /// Numbers that look random and are the same on every machine.
    fn noise(seed: u32) -> impl Iterator<Item = i16> {
        (1..).scan(seed, |state, _| {
            *state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            Some((*state >> 17) as i16)
        })
    }

    #[test]
    fn the_batch_kernel_gives_the_same_bits_on_any_lanes() {
        for len in [1, 7, 8, 9, 31, 400] {
            let batch: Vec<i16> = noise(1).take(len * BATCH).map(|sample| sample & 0x3fff).collect();
            let weights = [-1200, 16384, 300, -77];
            let mut plain: Vec<i32> = (0..len as i32).collect();
            let mut native = plain.clone();
            sums::add_batch::<scalar::Words>(&mut plain, &batch, weights);
            sums::add_batch::<Words>(&mut native, &batch, weights);
            assert_eq!(plain, native, "{len} samples");
            for (at, sum) in native.into_iter().enumerate() {
                let rows = batch.chunks(len).zip(weights);
                let products = rows.map(|(row, weight)| i32::from(row[at]) * i32::from(weight));
                assert_eq!(sum, at as i32 + products.sum::<i32>(), "{len} samples, {at}");
            }
        }
    }

    /// What a pixel is: each channel's samples, times their weights, in sum.
    fn pixel<const N: usize>(samples: &[i16], weights: &[i16]) -> [i16; N] {
        let mut sums = [ROUNDING; N];
        for (samples, &weight) in samples.as_chunks::<N>().0.iter().zip(weights) {
            sums.iter_mut()
                .zip(samples)
                .for_each(|(sum, &sample)| *sum += i32::from(sample) * i32::from(weight));
        }
        sums.map(end)
    }

    #[test]
    fn the_pixel_kernels_sum_weighted_samples_on_any_lanes() {
        for taps in [8, 16, 24] {
            let line: Vec<i16> = noise(2).take(taps * 4 + OVERREAD).map(|sample| sample & 0x3fff).collect();
            let weights: Vec<i16> = noise(3).take(taps).map(|weight| weight >> 3).collect();
            assert_eq!(sums::pixel1::<Words>(&line, &weights), pixel(&line, &weights));
            assert_eq!(sums::pixel1::<scalar::Words>(&line, &weights), pixel(&line, &weights));
            assert_eq!(sums::pixel2::<Words>(&line, &weights), pixel(&line, &weights));
            assert_eq!(sums::pixel2::<scalar::Words>(&line, &weights), pixel(&line, &weights));
            assert_eq!(sums::pixel3::<Words>(&line, &weights), pixel(&line, &weights));
            assert_eq!(sums::pixel3::<scalar::Words>(&line, &weights), pixel(&line, &weights));
            assert_eq!(sums::pixel4::<Words>(&line, &weights), pixel(&line, &weights));
            assert_eq!(sums::pixel4::<scalar::Words>(&line, &weights), pixel(&line, &weights));
            let four = [0, 1, 2, taps].map(|start| (&line[start..], weights.as_slice()));
            let each = four.map(|(samples, weights)| pixel::<1>(samples, weights)[0]);
            assert_eq!(sums::four_pixels1::<Words>(four), each);
            assert_eq!(sums::four_pixels1::<scalar::Words>(four), each);
        }
    }
}
