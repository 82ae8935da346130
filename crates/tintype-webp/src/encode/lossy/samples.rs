//! The samples of a row of macroblocks: rows come in as pixels or planes, macroblocks go out.

use super::color;
use super::config::{Input, Plane};
use super::macroblock::Source;
use super::sharp::Sharpener;
use alloc::vec;
use alloc::vec::Vec;

/// The rows of a plane within a row of macroblocks.
#[derive(Debug)]
struct Strip {
    samples: Vec<u8>,
    width: usize,
    height: usize,
    /// Width up to the end of the last macroblock.
    stride: usize,
    /// Rows of a full strip.
    rows: usize,
    /// Rows that are there.
    filled: usize,
    /// Rows of the plane that earlier strips held.
    before: usize,
}

impl Strip {
    fn new(width: usize, height: usize, rows: usize) -> Self {
        let stride = width.next_multiple_of(rows);
        Self { samples: vec![0; stride * rows], width, height, stride, rows, filled: 0, before: 0 }
    }

    /// Rows that fit now: up to the end of the strip or of the plane.
    fn wanted(&self) -> usize {
        (self.rows - self.filled).min(self.height - self.before - self.filled)
    }

    /// Adds a row: `fill` writes it, and its last sample repeats up to the end of the last macroblock.
    fn push(&mut self, fill: impl FnOnce(&mut [u8])) {
        let row = self.samples.chunks_exact_mut(self.stride).nth(self.filled).unwrap_or_default();
        self.filled += 1;
        if let Some((row, beyond)) = row.split_at_mut_checked(self.width) {
            fill(row);
            beyond.fill(row.last().copied().unwrap_or(0));
        }
    }

    /// Repeats the last row down to the end of the strip.
    fn fill_below(&mut self) {
        let (start, end) = (self.filled.saturating_sub(1) * self.stride, self.filled * self.stride);
        for row in self.filled..self.rows {
            self.samples.copy_within(start..end, row * self.stride);
        }
    }

    fn advance(&mut self) {
        self.before += self.filled;
        self.filled = 0;
    }

    /// The samples of a block, which has as many columns and rows as the strip rows.
    fn block<const SIDE: usize>(&self, column: usize) -> [[u8; SIDE]; SIDE] {
        let mut block = [[0; SIDE]; SIDE];
        for (to, row) in block.iter_mut().zip(self.samples.chunks_exact(self.stride)) {
            if let Some(from) = row.get(column * SIDE..).and_then(|row| row.first_chunk()) {
                *to = *from;
            }
        }
        block
    }
}

/// All planes' rows within a row of macroblocks.
#[derive(Debug)]
pub(super) struct Samples {
    input: Input,
    y: Strip,
    cb: Strip,
    cr: Strip,
    /// With pixels that have one.
    alpha: Option<Strip>,
    sharpener: Option<Sharpener>,
    /// The upper one of two rows of pixels whose colours are averaged.
    upper: Vec<u8>,
}

impl Samples {
    /// Bytes that samples of an image of this width take.
    pub(super) fn memory(width: usize, input: Input, sharp: bool) -> usize {
        let sharper = if sharp && bytes_per_pixel(input) > 0 { Sharpener::memory(width) } else { 0 };
        let alpha = if input == Input::Rgba { 256 } else { 0 };
        width.div_ceil(16) * (256 + 2 * 64 + alpha) + width * bytes_per_pixel(input) + sharper
    }

    pub(super) fn new(width: usize, height: usize, input: Input, sharp: bool) -> Self {
        let (half_width, half_height) = (width.div_ceil(2), height.div_ceil(2));
        Self {
            input,
            y: Strip::new(width, height, 16),
            cb: Strip::new(half_width, half_height, 8),
            cr: Strip::new(half_width, half_height, 8),
            alpha: (input == Input::Rgba).then(|| Strip::new(width, height, 16)),
            sharpener: (sharp && bytes_per_pixel(input) > 0).then(|| Sharpener::new(width)),
            upper: vec![0; width * bytes_per_pixel(input)],
        }
    }

    pub(super) fn input(&self) -> Input {
        self.input
    }

    /// Rows that a plane can take before the row of macroblocks is complete.
    pub(super) fn wanted(&self, plane: Plane) -> usize {
        self.strip(plane).wanted()
    }

    /// Bytes of a row of a plane, or of pixels.
    pub(super) fn row_length(&self, plane: Plane) -> usize {
        match bytes_per_pixel(self.input) {
            0 => self.strip(plane).width,
            bytes => self.y.width * bytes,
        }
    }

    fn strip(&self, plane: Plane) -> &Strip {
        match plane {
            Plane::Y => &self.y,
            Plane::Cb => &self.cb,
            Plane::Cr => &self.cr,
        }
    }

    /// Takes a row of a plane.
    pub(super) fn push_plane(&mut self, plane: Plane, row: &[u8]) {
        let full_range = self.input == Input::JpegPlanes;
        let strip = match plane {
            Plane::Y => &mut self.y,
            Plane::Cb => &mut self.cb,
            Plane::Cr => &mut self.cr,
        };
        strip.push(|to| {
            let samples = to.iter_mut().zip(row);
            match plane {
                _ if !full_range => samples.for_each(|(to, &sample)| *to = sample),
                Plane::Y => samples.for_each(|(to, &sample)| *to = color::limit_luma(sample)),
                Plane::Cb | Plane::Cr => samples.for_each(|(to, &sample)| *to = color::limit_chroma(sample)),
            }
        });
    }

    /// Takes a row of pixels.
    pub(super) fn push_pixels(&mut self, row: &[u8]) {
        match self.input {
            Input::Rgba => self.push_pixels_of::<4>(row),
            _ => self.push_pixels_of::<3>(row),
        }
    }

    fn push_pixels_of<const BYTES: usize>(&mut self, row: &[u8]) {
        let first = self.y.filled.is_multiple_of(2);
        let last = self.y.before + self.y.filled + 1 == self.y.height;
        let pixels = row.as_chunks::<BYTES>().0;
        self.y.push(|to| {
            for (to, pixel) in to.iter_mut().zip(pixels) {
                *to = color::luma(rgb(pixel));
            }
        });
        if let Some(alpha) = &mut self.alpha {
            alpha.push(|to| {
                let alphas = pixels.iter().map(|pixel| pixel.last().copied().unwrap_or(255));
                to.iter_mut().zip(alphas).for_each(|(to, alpha)| *to = alpha);
            });
        }
        if let Some(sharpener) = &mut self.sharpener {
            let alpha = |pixel: &[u8; BYTES]| pixel.get(3).copied().unwrap_or(255);
            sharpener.push(pixels.iter().map(|pixel| {
                let [r, g, b] = rgb(pixel);
                [r, g, b, alpha(pixel)]
            }));
        }
        if !first {
            let upper = core::mem::take(&mut self.upper);
            self.push_chroma::<BYTES>(&upper, row);
            self.upper = upper;
        } else if last {
            self.push_chroma::<BYTES>(row, row);
        } else if self.upper.len() == row.len() {
            self.upper.copy_from_slice(row);
        }
    }

    /// Averages the colours of two rows of pixels.
    fn push_chroma<const BYTES: usize>(&mut self, upper: &[u8], lower: &[u8]) {
        let squares = || {
            let pairs = |row| {
                let (pixels, _): (&[[u8; BYTES]], _) = <[u8]>::as_chunks::<BYTES>(row);
                pixels.chunks(2)
            };
            pairs(upper).zip(pairs(lower)).map(|(upper, lower)| color::chroma(mean(upper, lower)))
        };
        self.cb.push(|to| to.iter_mut().zip(squares()).for_each(|(to, [cb, _])| *to = cb));
        self.cr.push(|to| to.iter_mut().zip(squares()).for_each(|(to, [_, cr])| *to = cr));
    }

    /// Whether all rows of this row of macroblocks are there.
    pub(super) fn complete(&self) -> bool {
        [&self.y, &self.cb, &self.cr].iter().all(|strip| strip.wanted() == 0 && strip.filled > 0)
    }

    /// Completes the row of macroblocks when all its rows are there: sharpens it if that is wanted, and at the bottom of
    /// the image fills it.
    pub(super) fn finish_row(&mut self) {
        if let Some(sharpener) = &mut self.sharpener {
            let luma = (self.y.samples.as_mut_slice(), self.y.stride);
            let chroma =
                [&mut self.cb, &mut self.cr].map(|strip| (strip.samples.as_mut_slice(), strip.stride));
            sharpener.refine(luma, chroma);
        }
        self.strips().for_each(Strip::fill_below);
    }

    /// Begins the next row of macroblocks.
    pub(super) fn advance(&mut self) {
        self.strips().for_each(Strip::advance);
    }

    fn strips(&mut self) -> impl Iterator<Item = &mut Strip> {
        [&mut self.y, &mut self.cb, &mut self.cr].into_iter().chain(&mut self.alpha)
    }

    /// The alpha of a macroblock of this row, if pixels have one.
    pub(super) fn alpha(&self, column: usize) -> Option<[[u8; 16]; 16]> {
        Some(self.alpha.as_ref()?.block(column))
    }

    /// A macroblock of this row.
    pub(super) fn macroblock(&self, column: usize) -> Source {
        Source { y: self.y.block(column), uv: [self.cb.block(column), self.cr.block(column)] }
    }
}

fn bytes_per_pixel(input: Input) -> usize {
    match input {
        Input::Rgb => 3,
        Input::Rgba => 4,
        Input::Planes | Input::JpegPlanes => 0,
    }
}

#[inline(always)]
fn rgb<const BYTES: usize>(pixel: &[u8; BYTES]) -> [u8; 3] {
    pixel.first_chunk().copied().unwrap_or([0; 3])
}

/// Four times the mean of pixels, which count as much as they are opaque.
#[inline(always)]
fn mean<const BYTES: usize>(upper: &[[u8; BYTES]], lower: &[[u8; BYTES]]) -> [i32; 3] {
    // A last column alone stands for two.
    let all = match (upper, lower) {
        ([a, b], [c, d]) => [a, b, c, d],
        ([a], [c]) => [a, a, c, c],
        _ => return [0; 3],
    };
    let alphas = all.map(|pixel| pixel.get(3).map_or(255, |&alpha| i32::from(alpha)));
    let sum: i32 = alphas.iter().sum();
    let channel = |channel: usize| all.map(|pixel| pixel.get(channel).map_or(0, |&sample| i32::from(sample)));
    core::array::from_fn(|at| {
        let samples = channel(at);
        if sum == 4 * 255 || sum == 0 {
            return samples.iter().sum();
        }
        let weighted: i32 = samples.iter().zip(alphas).map(|(sample, alpha)| sample * alpha).sum();
        (4 * weighted + sum / 2) / sum
    })
}
