//! Components brought to the image's size: row by row, by triangle filters.
//!
//! A subsampled sample lies in the middle of the pixels that it was averaged from. A pixel's value lies between those
//! of two samples, by its distance to their centres. At half size that is 3/4 of the nearer and 1/4 of
//! the farther one, rounded alternately up and down so that no direction is favoured.
#![allow(clippy::indexing_slicing)] // kernels over slices whose lengths are set at their beginning

use super::band::Band;
use super::layout::{Layout, Plane};
use alloc::vec;
use alloc::vec::Vec;
use tintype_lanes::{I16x8, Words};

/// Plane samples per output pixel, in one dimension.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ratio {
    Same,
    Half,
    /// Numerator and denominator, the first the smaller.
    Other(u32, u32),
}

impl Ratio {
    fn new(plane: u32, image: u32) -> Self {
        match (plane, image) {
            (a, b) if a == b => Self::Same,
            (a, b) if 2 * a == b => Self::Half,
            (a, b) => Self::Other(a, b),
        }
    }

    /// The two samples that output `at` lies between, of `count`, and how far it is from the first to the second
    /// in 256ths.
    fn neighbours(self, at: u32, count: u32) -> Neighbours {
        let clamp = |sample: i64| sample.clamp(0, i64::from(count) - 1) as u32;
        let (a, b) = match self {
            Self::Same => (1, 1),
            Self::Half => (1, 2),
            Self::Other(a, b) => (i64::from(a), i64::from(b)),
        };
        // Centres: output `at` is at (at + 1/2)·a/b - 1/2 of the plane's samples.
        let position = (2 * i64::from(at) + 1) * a - b;
        let (first, rest) = (position.div_euclid(2 * b), position.rem_euclid(2 * b));
        Neighbours { first: clamp(first), second: clamp(first + 1), weight: (rest * 128 / b) as i32 }
    }
}

#[derive(Debug, Clone, Copy)]
struct Neighbours {
    first: u32,
    second: u32,
    weight: i32,
}

/// Brings one component to the image's size.
pub(crate) struct Upsampler {
    plane: Plane,
    horizontal: Ratio,
    vertical: Ratio,
    /// The rows above and below, mixed; with a copy of the first and last sample at either end.
    mixed: Vec<i16>,
    row: Vec<u8>,
}

impl Upsampler {
    pub(crate) fn new(plane: &Plane, layout: &Layout, scale: u32, sampling: (u32, u32)) -> Self {
        let horizontal = Ratio::new(plane.h * u32::from(plane.block_width), sampling.0 * scale);
        let vertical = Ratio::new(plane.v * u32::from(plane.block_height), sampling.1 * scale);
        let through = (horizontal, vertical) != (Ratio::Same, Ratio::Same);
        let width = (plane.width as usize).next_multiple_of(STEP);
        Self {
            plane: *plane,
            horizontal,
            vertical,
            mixed: if through { vec![0; width + 2] } else { Vec::new() },
            row: if through { vec![0; (layout.width as usize).max(2 * width)] } else { Vec::new() },
        }
    }

    /// The last plane row that output row `y` is made from.
    pub(crate) fn last_row(&self, y: u32) -> u32 {
        let around = self.vertical.neighbours(y, self.plane.height);
        if around.weight == 0 { around.first } else { around.second }
    }

    /// Output row `y`, at least `width` samples, from a strip that begins at plane row `start`.
    pub(crate) fn row<'a>(&'a mut self, band: &'a Band, start: u32, y: u32, width: usize) -> &'a [u8] {
        let around = self.vertical.neighbours(y, self.plane.height);
        let fetch = |row: u32| band.row(i64::from(row) - i64::from(start));
        let (first, second) = (fetch(around.first), fetch(around.second));
        match (self.horizontal, self.vertical) {
            (Ratio::Same, Ratio::Same) => return first,
            (Ratio::Same, Ratio::Half) => {
                let (near, far, bias) =
                    if y.is_multiple_of(2) { (second, first, 1) } else { (first, second, 2) };
                mix_rows::<Words>(near, far, bias, &mut self.row);
            }
            (Ratio::Half, Ratio::Same) => {
                widen_row::<Words>(first, &mut self.mixed);
                double::<Words, 1, 2, 2>(&self.mixed, &mut self.row);
            }
            (Ratio::Half, Ratio::Half) => {
                let (near, far) = if y.is_multiple_of(2) { (second, first) } else { (first, second) };
                weigh_rows::<Words>(near, far, &mut self.mixed);
                double::<Words, 8, 7, 4>(&self.mixed, &mut self.row);
            }
            _ => {
                for (out, (&a, &b)) in self.mixed.iter_mut().zip(first.iter().zip(second)) {
                    // 7 bits more than a sample has fit 16.
                    let sum = i32::from(a) * (256 - around.weight) + i32::from(b) * around.weight;
                    *out = (sum >> 1) as i16;
                }
                stretch(&self.mixed[..first.len()], self.horizontal, &mut self.row[..width]);
            }
        }
        &self.row
    }
}

/// Samples that a kernel takes at once. Rows made by kernels have room for a whole number of these.
const STEP: usize = 8;

/// The samples from `at` on, with zeros after the row's end.
#[inline(always)]
fn samples(row: &[u8], at: usize) -> [u8; STEP] {
    match row.get(at..).and_then(|rest| rest.first_chunk()) {
        Some(&samples) => samples,
        None => core::array::from_fn(|i| row.get(at + i).copied().unwrap_or(0)),
    }
}

/// 3/4 of the nearer row and 1/4 of the farther.
fn mix_rows<V: I16x8>(near: &[u8], far: &[u8], bias: i16, out: &mut [u8]) {
    for (at, out) in (0..near.len()).step_by(STEP).zip(out.as_chunks_mut::<STEP>().0) {
        let (near, far) = (V::widen(&samples(near, at)), V::widen(&samples(far, at)));
        let mixed = near.mul(V::splat(3)).add(far).add(V::splat(bias)).shr::<2>();
        *out = V::narrow(mixed, mixed)[0].to_le_bytes();
    }
}

fn widen_row<V: I16x8>(row: &[u8], mixed: &mut [i16]) {
    for (at, out) in (0..row.len()).step_by(STEP).zip(mixed[1..].as_chunks_mut().0) {
        V::widen(&samples(row, at)).store(out);
    }
    repeat_ends(mixed, row.len());
}

/// Three times the nearer row and once the farther.
fn weigh_rows<V: I16x8>(near: &[u8], far: &[u8], mixed: &mut [i16]) {
    for (at, out) in (0..near.len()).step_by(STEP).zip(mixed[1..].as_chunks_mut().0) {
        let (near, far) = (V::widen(&samples(near, at)), V::widen(&samples(far, at)));
        near.mul(V::splat(3)).add(far).store(out);
    }
    repeat_ends(mixed, near.len());
}

/// Puts copies of the first and last of `count` samples, which begin at 1, at either end.
fn repeat_ends(mixed: &mut [i16], count: usize) {
    mixed[0] = mixed[1];
    mixed[count + 1] = mixed[count];
}

/// Two samples for each: 3/4 of it, and 1/4 of its neighbour on either side.
fn double<V: I16x8, const EVEN: i16, const ODD: i16, const SHIFT: u32>(mixed: &[i16], out: &mut [u8]) {
    for (at, out) in (0..).step_by(STEP).zip(out.as_chunks_mut::<{ 2 * STEP }>().0) {
        let Some(around) = mixed.get(at..).and_then(|rest| rest.first_chunk::<{ STEP + 2 }>()) else {
            return;
        };
        let load = |from: usize| around[from..].first_chunk().map_or(V::splat(0), V::load);
        let centre = load(1).mul(V::splat(3));
        let even = centre.add(load(0)).add(V::splat(EVEN)).shr::<SHIFT>();
        let odd = centre.add(load(2)).add(V::splat(ODD)).shr::<SHIFT>();
        let [left, right] = V::narrow(even.zip_low(odd), even.zip_high(odd));
        *out = (u128::from(left) | u128::from(right) << 64).to_le_bytes();
    }
}

/// Any ratio. Samples have 7 bits after the point.
fn stretch(samples: &[i16], ratio: Ratio, out: &mut [u8]) {
    let count = samples.len() as u32;
    for (x, out) in (0..).zip(out) {
        let around = ratio.neighbours(x, count);
        let (a, b) = (samples[around.first as usize], samples[around.second as usize]);
        let sum = i32::from(a) * (256 - around.weight) + i32::from(b) * around.weight;
        *out = ((sum + (1 << 14)) >> 15) as u8;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tintype_lanes::scalar;

    fn row(length: usize, step: usize) -> Vec<u8> {
        (0..length).map(|x| (x * step) as u8).collect()
    }

    #[test]
    fn simd_and_scalar_give_the_same_bits_for_rows_of_every_length() {
        fn run<V: I16x8>(near: &[u8], far: &[u8]) -> [Vec<u8>; 3] {
            let room = near.len().next_multiple_of(STEP);
            let mut outs = [vec![0; room], vec![0; 2 * room], vec![0; 2 * room]];
            let mut mixed = vec![0; room + 2];
            let [rows, across, both] = &mut outs;
            mix_rows::<V>(near, far, 2, rows);
            widen_row::<V>(near, &mut mixed);
            double::<V, 1, 2, 2>(&mixed, across);
            weigh_rows::<V>(near, far, &mut mixed);
            double::<V, 8, 7, 4>(&mixed, both);
            rows.truncate(near.len());
            across.truncate(2 * near.len());
            both.truncate(2 * near.len());
            outs
        }
        for length in 1..40 {
            let (near, far) = (row(length, 37), row(length, 91));
            assert_eq!(run::<Words>(&near, &far), run::<scalar::Words>(&near, &far));
        }
    }

    #[test]
    fn a_doubled_row_lies_between_its_samples_and_keeps_its_ends() {
        let mut mixed = vec![0; 8 + 2];
        widen_row::<Words>(&[10, 50, 90], &mut mixed);
        let mut out = [0; 16];
        double::<Words, 1, 2, 2>(&mixed, &mut out);
        assert_eq!(out[..6], [10, 20, 40, 60, 80, 90]);
    }

    #[test]
    fn a_row_of_any_ratio_keeps_its_ends_and_rises_evenly() {
        let samples: Vec<i16> = [0, 30, 60, 90].map(|sample| sample << 7).to_vec();
        let mut out = [0; 16];
        stretch(&samples, Ratio::new(1, 4), &mut out);
        assert_eq!((out[0], out[15]), (0, 90));
        assert!(out.windows(2).all(|pair| (0..=8).contains(&(pair[1] - pair[0]))), "{out:?}");
    }
}
