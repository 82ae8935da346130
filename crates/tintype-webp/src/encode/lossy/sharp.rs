//! Sharp colours: luminance and colour differences are chosen together, so that decoded pixels come closest.
//!
//! Decoders interpolate colour differences between those of neighbouring squares of four pixels. Next to a change of colour
//! that gives pixels colours of their neighbours, and where a decoded colour leaves its range and is cut off, lightness
//! changes too: thin lines fade. So the error of what a decoder makes of the samples is added back to them, some times.
#![allow(clippy::indexing_slicing)] // rows and columns within the strip, whose sizes are checked at the start

use super::color;
use alloc::vec;
use alloc::vec::Vec;

/// How often the error is added back to luminance and colours, and then to luminance alone, which the eye sees best.
const ROUNDS: usize = 6;
const LUMA_ROUNDS: usize = 3;

/// Bits after the point of samples at work.
const BITS: u32 = 6;

/// Rows of pixels of a strip.
const ROWS: usize = 16;

/// Refines the samples of strips.
#[derive(Debug)]
pub(super) struct Sharpener {
    width: usize,
    /// The colours of the strip's rows, and whether they count: where pixels are not opaque, samples stay as they are.
    pixels: Vec<[u8; 4]>,
    /// The last colour differences of the strip above, if there is one.
    above: [Vec<u8>; 2],
}

/// A plane at work, without what is beyond the image's edge, with its stride and [`BITS`] after the point.
type Plane = Vec<i32>;

impl Sharpener {
    /// Bytes that it holds.
    pub(super) fn memory(width: usize) -> usize {
        // Pixels, luminance, colour differences and their errors.
        width * ROWS * 4
            + width * ROWS * 4
            + 4 * width.div_ceil(2) * ROWS / 2 * 4
            + 8 * width
            + size_of::<Self>()
    }

    pub(super) fn new(width: usize) -> Self {
        Self { width, pixels: Vec::with_capacity(width * ROWS), above: [Vec::new(), Vec::new()] }
    }

    /// Takes a row of pixels of red, green, blue and alpha.
    pub(super) fn push(&mut self, row: impl Iterator<Item = [u8; 4]>) {
        self.pixels.extend(row);
    }

    /// Refines the samples of the rows that were pushed: luminance and both colour differences, each with its stride.
    pub(super) fn refine(&mut self, luma: (&mut [u8], usize), chroma: [(&mut [u8], usize); 2]) {
        let (width, half) = (self.width, self.width.div_ceil(2));
        let rows = self.pixels.len() / width.max(1);
        let scaled = |samples: &[u8], stride: usize, width: usize, rows: usize| -> Plane {
            let mut plane = Vec::with_capacity(width * rows);
            for row in samples.chunks(stride.max(1)).take(rows) {
                plane.extend(row.iter().take(width).map(|&sample| i32::from(sample) << BITS));
            }
            plane
        };
        let mut y = scaled(luma.0, luma.1, width, rows);
        let mut uv = [0, 1].map(|plane| scaled(chroma[plane].0, chroma[plane].1, half, rows.div_ceil(2)));
        if y.len() < rows * width || uv.iter().any(|plane| plane.len() < rows.div_ceil(2) * half) {
            return;
        }
        for round in 0..ROUNDS + LUMA_ROUNDS {
            let errors = self.add_errors(&mut y, &uv);
            if round < ROUNDS {
                for (sample, error) in uv.iter_mut().flatten().zip(errors.iter().flatten()) {
                    *sample = (*sample + error / 4).clamp(0, 255 << BITS);
                    if round + 1 == ROUNDS {
                        *sample = i32::from(rounded(*sample)) << BITS;
                    }
                }
            }
        }
        write(luma, &y, width);
        for ((to, from), above) in chroma.into_iter().zip(&uv).zip(&mut self.above) {
            write(to, from, half);
            above.clear();
            above.extend(from[from.len() - half..].iter().map(|&sample| rounded(sample)));
        }
        self.pixels.clear();
    }

    /// Adds to luminance the error of decoded pixels. Returns that of the colours, summed up for each sample.
    fn add_errors(&self, y: &mut Plane, uv: &[Plane; 2]) -> [Plane; 2] {
        let half = self.width.div_ceil(2);
        let mut sums = uv.each_ref().map(|plane| vec![0; plane.len()]);
        let mut between = [vec![0; half], vec![0; half]];
        for (row, (y, pixels)) in y.chunks_mut(self.width).zip(self.pixels.chunks(self.width)).enumerate() {
            for (plane, to) in between.iter_mut().enumerate() {
                self.interpolate_rows(plane, &uv[plane], row, to);
            }
            for (x, (y, &[r, g, b, alpha])) in y.iter_mut().zip(pixels).enumerate() {
                if alpha < 255 {
                    continue;
                }
                // Three quarters of the nearer sample, and one of that on the other side.
                let near = x / 2;
                let other = if x % 2 == 0 { near.saturating_sub(1) } else { (near + 1).min(half - 1) };
                let chroma = [0, 1].map(|at| (3 * between[at][near] + between[at][other] + 8) >> 4);
                let decoded = color::decode::<BITS>(*y, chroma);
                let target = [r, g, b].map(|sample| i32::from(sample) << BITS);
                let error = core::array::from_fn(|channel| target[channel] - decoded[channel]);
                let [_, differences @ ..] = color::differences(error);
                let luma = color::limited(lightness(target) - lightness(decoded));
                *y = (*y + luma).clamp(0, 255 << BITS);
                for (sums, difference) in sums.iter_mut().zip(differences) {
                    sums[row / 2 * half + near] += difference;
                }
            }
        }
        sums
    }

    /// Four times the colour differences at a row of pixels. The strip below is not there yet: its first row stands to
    /// be the last one of this.
    fn interpolate_rows(&self, plane: usize, samples: &Plane, row: usize, to: &mut [i32]) {
        let half = to.len();
        let near = row / 2;
        let last = samples.len() / half - 1;
        let other = if row % 2 == 1 { Some((near + 1).min(last)) } else { near.checked_sub(1) };
        let near = &samples[near * half..][..half];
        for (x, (to, &sample)) in to.iter_mut().zip(near).enumerate() {
            let other = match other {
                Some(row) => samples[row * half + x],
                None => self.above[plane].get(x).map_or(sample, |&above| i32::from(above) << BITS),
            };
            *to = 3 * sample + other;
        }
    }
}

/// How light a colour is: its luminance (ITU-R BT.709) in linear light, for which squares of samples stand well enough, on
/// the scale of samples.
#[inline(always)]
fn lightness(rgb: [i32; 3]) -> i32 {
    let [r, g, b] = rgb.map(|sample| (sample * sample) as u32 >> 8);
    // At most 255 * 2^BITS squared.
    ((54 * r + 183 * g + 19 * b).isqrt()) as i32
}

fn rounded(sample: i32) -> u8 {
    ((sample + (1 << (BITS - 1))) >> BITS).clamp(0, 255) as u8
}

/// Writes a plane to the rows of a strip; beyond the image's edge, the last sample repeats.
fn write((to, stride): (&mut [u8], usize), plane: &Plane, width: usize) {
    for (to, from) in to.chunks_mut(stride.max(1)).zip(plane.chunks(width.max(1))) {
        let last = from.last().map_or(0, |&sample| rounded(sample));
        let (inside, beyond) = to.split_at_mut(width.min(to.len()));
        inside.iter_mut().zip(from).for_each(|(to, &sample)| *to = rounded(sample));
        beyond.fill(last);
    }
}
