//! Components brought to the image's size: row by row, by triangle filters.
//!
//! A subsampled sample stands in the middle of the pixels that it was averaged from, so that a pixel's value lies
//! between those of two samples, by its distance to their centres. At half size that is 3/4 of the nearer and 1/4 of
//! the farther one, rounded alternately up and down so that no direction is favoured.
#![allow(clippy::indexing_slicing)] // kernels over slices whose lengths are set at their beginning

use super::layout::{Layout, Plane};
use super::scan::Band;
use alloc::vec;
use alloc::vec::Vec;

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

/// One component's way to the image's size.
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
        let width = plane.width as usize;
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
                mix_rows(near, far, bias, &mut self.row);
            }
            (Ratio::Half, Ratio::Same) => {
                widen_row(first, &mut self.mixed);
                double::<1, 2, 2>(&self.mixed, &mut self.row);
            }
            (Ratio::Half, Ratio::Half) => {
                let (near, far) = if y.is_multiple_of(2) { (second, first) } else { (first, second) };
                weigh_rows(near, far, &mut self.mixed);
                double::<8, 7, 4>(&self.mixed, &mut self.row);
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

fn mix_rows(near: &[u8], far: &[u8], bias: u16, out: &mut [u8]) {
    for (out, (&near, &far)) in out.iter_mut().zip(near.iter().zip(far)) {
        *out = ((3 * u16::from(near) + u16::from(far) + bias) >> 2) as u8;
    }
}

fn widen_row(row: &[u8], mixed: &mut [i16]) {
    for (out, &sample) in mixed[1..].iter_mut().zip(row) {
        *out = sample.into();
    }
    repeat_ends(mixed);
}

fn weigh_rows(near: &[u8], far: &[u8], mixed: &mut [i16]) {
    for (out, (&near, &far)) in mixed[1..].iter_mut().zip(near.iter().zip(far)) {
        *out = 3 * i16::from(near) + i16::from(far);
    }
    repeat_ends(mixed);
}

fn repeat_ends(mixed: &mut [i16]) {
    if let [before, first, .., last, after] = mixed {
        (*before, *after) = (*first, *last);
    } else if let [before, only, after] = mixed {
        (*before, *after) = (*only, *only);
    }
}

/// Two samples for each: 3/4 of it, and 1/4 of its neighbour on either side.
fn double<const EVEN: i16, const ODD: i16, const SHIFT: u32>(mixed: &[i16], out: &mut [u8]) {
    for (around, out) in mixed.windows(3).zip(out.as_chunks_mut::<2>().0) {
        let centre = 3 * around[1];
        *out = [((centre + around[0] + EVEN) >> SHIFT) as u8, ((centre + around[2] + ODD) >> SHIFT) as u8];
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
