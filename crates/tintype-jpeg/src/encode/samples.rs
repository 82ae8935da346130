//! The samples of one row of MCUs: rows come in as pixels or planes, blocks go out.

use alloc::vec;
use alloc::vec::Vec;

use super::color;
use super::fdct::Samples;
use super::layout::{BLOCK, Component, Layout};

/// The rows of one component within a row of MCUs.
#[derive(Debug)]
struct Strip {
    samples: Vec<u8>,
    /// Width of the component.
    width: usize,
    /// Width up to the end of the last MCU.
    stride: usize,
    /// Rows of a full strip.
    rows: usize,
    /// Rows that were written.
    filled: usize,
    /// Rows of the component that earlier strips held.
    before: usize,
    /// Rows of the component.
    height: usize,
}

impl Strip {
    fn new(layout: &Layout, component: &Component) -> Self {
        let (stride, rows) = (layout.padded_width(component), component.v * BLOCK);
        Self {
            samples: vec![0; stride * rows],
            width: component.width,
            stride,
            rows,
            filled: 0,
            before: 0,
            height: component.height,
        }
    }

    /// Rows that fit now: up to the end of the strip or of the component.
    fn wanted(&self) -> usize {
        (self.rows - self.filled).min(self.height - self.before - self.filled)
    }

    /// The next row, which counts as filled; it is `stride` long.
    fn next_row(&mut self) -> &mut [u8] {
        let start = self.filled * self.stride;
        self.filled += 1;
        self.samples.get_mut(start..start + self.stride).unwrap_or_default()
    }

    fn push(&mut self, row: &[u8]) {
        let width = self.width;
        let place = self.next_row();
        place.iter_mut().zip(row).for_each(|(place, &sample)| *place = sample);
        replicate(place, width);
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
}

/// Repeats the last of `width` samples to the end of a row.
fn replicate(row: &mut [u8], width: usize) {
    if let Some((samples, beyond)) = row.split_at_mut_checked(width)
        && let Some(&last) = samples.last()
    {
        beyond.fill(last);
    }
}

/// All components' rows within a row of MCUs.
#[derive(Debug)]
pub(crate) struct Strips {
    strips: Vec<Strip>,
    /// Rows of Cb and Cr at full size that wait to be averaged: an upper and a lower row of each.
    full: [Vec<u8>; 4],
    factors: (usize, usize),
    width: usize,
}

impl Strips {
    pub(crate) fn new(layout: &Layout) -> Self {
        let strips: Vec<Strip> = layout.components().iter().map(|c| Strip::new(layout, c)).collect();
        let factors = layout.chroma_factors();
        let stride = strips.first().map_or(0, |luma| luma.stride);
        let full = match factors {
            (1, _) => [const { Vec::new() }; 4],
            (_, 1) => [vec![0; stride], vec![0; stride], Vec::new(), Vec::new()],
            _ => [vec![0; stride], vec![0; stride], vec![0; stride], vec![0; stride]],
        };
        Self { strips, full, factors, width: layout.width }
    }

    /// Memory held, in bytes.
    pub(crate) fn bytes(&self) -> usize {
        self.strips.iter().map(|s| s.samples.len()).sum::<usize>()
            + self.full.iter().map(Vec::len).sum::<usize>()
    }

    /// Rows that a component can take before the row of MCUs is complete.
    pub(crate) fn wanted(&self, component: usize) -> usize {
        self.strips.get(component).map_or(0, Strip::wanted)
    }

    /// Width of a component in samples.
    pub(crate) fn row_length(&self, component: usize) -> usize {
        self.strips.get(component).map_or(0, |strip| strip.width)
    }

    /// Rows that a component got since the start, and its height.
    pub(crate) fn progress(&self, component: usize) -> (usize, usize) {
        self.strips.get(component).map_or((0, 0), |strip| (strip.before + strip.filled, strip.height))
    }

    /// Whether the components' rows end at the same height.
    pub(crate) fn level(&self) -> bool {
        match self.strips.as_slice() {
            [y, cb, cr] => cb.filled == y.filled / self.factors.1 && cr.filled == cb.filled,
            _ => true,
        }
    }

    /// Whether every component's rows of this row of MCUs are there.
    pub(crate) fn complete(&self) -> bool {
        self.strips.iter().all(|strip| strip.wanted() == 0 && strip.filled > 0)
    }

    /// The first row of blocks of a component within this row of MCUs, counted from the top of the image.
    pub(crate) fn first_block_row(&self, component: usize) -> usize {
        self.strips.get(component).map_or(0, |strip| strip.before / BLOCK)
    }

    /// Takes a row of one component.
    pub(crate) fn push_plane(&mut self, component: usize, row: &[u8]) {
        if let Some(strip) = self.strips.get_mut(component) {
            strip.push(row);
        }
    }

    /// Takes a row of RGB pixels.
    pub(crate) fn push_rgb(&mut self, rgb: &[u8]) {
        self.push_pixels(|y, cb, cr| color::rgb_to_ycbcr(rgb, y, cb, cr));
    }

    /// Takes a row of each component, all at the luminance's width.
    pub(crate) fn push_ycbcr(&mut self, y_row: &[u8], cb_row: &[u8], cr_row: &[u8]) {
        self.push_pixels(|y, cb, cr| {
            y.copy_from_slice(y_row);
            cb.copy_from_slice(cb_row);
            cr.copy_from_slice(cr_row);
        });
    }

    /// Takes a row of pixels, which `fill` writes to rows of Y, Cb and Cr at full width, and averages the chroma.
    fn push_pixels(&mut self, fill: impl FnOnce(&mut [u8], &mut [u8], &mut [u8])) {
        let Self { strips, full: [cb_upper, cr_upper, cb_lower, cr_lower], factors, width } = self;
        let [y_strip, cb_strip, cr_strip] = strips.as_mut_slice() else { return };
        let lower = y_strip.filled % 2 == 1;
        let last = y_strip.before + y_strip.filled + 1 == y_strip.height;
        let y = y_strip.next_row();
        let fill = |y: &mut [u8], cb: &mut [u8], cr: &mut [u8]| {
            if let (Some(y), Some(cb), Some(cr)) =
                (y.get_mut(..*width), cb.get_mut(..*width), cr.get_mut(..*width))
            {
                fill(y, cb, cr);
            }
            [y, cb, cr].into_iter().for_each(|row| replicate(row, *width));
        };
        match *factors {
            (1, _) => fill(y, cb_strip.next_row(), cr_strip.next_row()),
            (_, 1) => {
                fill(y, cb_upper, cr_upper);
                color::average_pairs(cb_upper, cb_strip.next_row());
                color::average_pairs(cr_upper, cr_strip.next_row());
            }
            _ if lower => {
                fill(y, cb_lower, cr_lower);
                color::average_squares(cb_upper, cb_lower, cb_strip.next_row());
                color::average_squares(cr_upper, cr_lower, cr_strip.next_row());
            }
            _ => {
                fill(y, cb_upper, cr_upper);
                if last {
                    color::average_squares(cb_upper, cb_upper, cb_strip.next_row());
                    color::average_squares(cr_upper, cr_upper, cr_strip.next_row());
                }
            }
        }
    }

    /// The samples of a block: row `row` and column `column` of the component's blocks in this row of MCUs.
    #[inline(always)]
    pub(crate) fn block(&self, component: usize, row: usize, column: usize) -> Samples<'_> {
        let mut block = [&[128; BLOCK]; BLOCK];
        if let Some(strip) = self.strips.get(component)
            && let Some(from) = strip.samples.get(row * BLOCK * strip.stride + column * BLOCK..)
        {
            for (row, place) in block.iter_mut().enumerate() {
                if let Some(samples) = from.get(row * strip.stride..).and_then(|row| row.first_chunk()) {
                    *place = samples;
                }
            }
        }
        block
    }

    /// Completes the row of MCUs at the bottom of the image.
    pub(crate) fn fill_below(&mut self) {
        self.strips.iter_mut().for_each(Strip::fill_below);
    }

    /// Begins the next row of MCUs.
    pub(crate) fn advance(&mut self) {
        self.strips.iter_mut().for_each(Strip::advance);
    }
}
