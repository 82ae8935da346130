//! The inverse transforms of lossless data (RFC 9649, 3.5), a row at a time.

use super::predictor;
use crate::vp8l::predict::add;
use alloc::vec::Vec;

/// A transform, with the data that it was sent with.
pub(crate) enum Transform {
    /// Pixels are differences from a prediction, in one of 14 modes for each block.
    Predictor {
        grid: Grid,
        modes: Vec<u8>,
        /// The row above, and after its last pixel the first of the row below it.
        above: Vec<u32>,
    },
    /// Red and blue are differences from multiples of other channels, with factors for each block.
    Color { grid: Grid, factors: Vec<u32> },
    /// Red and blue are differences from green.
    SubtractGreen,
    /// Green is an index of a table of colours; several stand in a pixel if the table is small.
    Index { width: usize, shift: u32, table: Vec<u32> },
}

/// Square blocks that cover an image.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Grid {
    /// The width of the image, in pixels.
    pub(crate) width: usize,
    /// The height of the image, in pixels.
    pub(crate) height: usize,
    /// The logarithm of a block's side.
    pub(crate) bits: u32,
}

impl Grid {
    pub(crate) fn columns(&self) -> usize {
        self.width.div_ceil(1 << self.bits)
    }

    pub(crate) fn rows(&self) -> usize {
        self.height.div_ceil(1 << self.bits)
    }

    /// The data of the blocks in the row of pixels `y`.
    fn row<'a, T>(&self, data: &'a [T], y: usize) -> &'a [T] {
        let start = (y >> self.bits) * self.columns();
        data.get(start..).unwrap_or_default()
    }
}

impl Transform {
    /// How the data names the transforms (RFC 9649, 3.5); the fourth is that of indices.
    pub(crate) const PREDICTOR: u32 = 0;
    pub(crate) const COLOR: u32 = 1;
    pub(crate) const SUBTRACT_GREEN: u32 = 2;
    const INDEX: u32 = 3;

    /// How the data names the transform.
    pub(crate) fn kind(&self) -> u32 {
        match self {
            Self::Predictor { .. } => Self::PREDICTOR,
            Self::Color { .. } => Self::COLOR,
            Self::SubtractGreen => Self::SUBTRACT_GREEN,
            Self::Index { .. } => Self::INDEX,
        }
    }

    /// Inverts the transform for the row `y`, in place. The row is as long as the widest there is.
    pub(crate) fn invert(&mut self, row: &mut [u32], y: usize) {
        match self {
            Self::Predictor { grid, modes, above } => {
                let Some(row) = row.get_mut(..grid.width) else { return };
                predictor::add_prediction(row, above, grid.row(modes, y), 1 << grid.bits, y == 0);
                if let Some(above) = above.get_mut(..grid.width) {
                    above.copy_from_slice(row);
                }
            }
            Self::Color { grid, factors } => {
                let row = row.get_mut(..grid.width).unwrap_or_default();
                for (pixels, &factors) in row.chunks_mut(1 << grid.bits).zip(grid.row(factors, y)) {
                    add_color(pixels, factors);
                }
            }
            Self::SubtractGreen => row.iter_mut().for_each(|pixel| {
                let green = *pixel >> 8 & 0xFF;
                let others = (*pixel & 0x00FF_00FF).wrapping_add(green << 16 | green);
                *pixel = *pixel & 0xFF00_FF00 | others & 0x00FF_00FF;
            }),
            Self::Index { width, shift, table } => look_up(row, *width, *shift, table),
        }
    }

    /// Rough number of instructions that a pixel takes.
    pub(crate) fn work(&self) -> u64 {
        match self {
            Self::Predictor { .. } => 16,
            Self::Color { .. } => 10,
            Self::SubtractGreen => 2,
            Self::Index { .. } => 40,
        }
    }
}

/// Inverts the colour transform of a block's pixels (RFC 9649, 3.5.2).
fn add_color(pixels: &mut [u32], factors: u32) {
    let [green_to_red, green_to_blue, red_to_blue, _] =
        factors.to_le_bytes().map(|factor| i32::from(factor as i8));
    let delta = |factor: i32, channel: u32| (factor * i32::from(channel as u8 as i8)) >> 5;
    for pixel in pixels {
        let green = *pixel >> 8;
        let red = (*pixel >> 16).wrapping_add_signed(delta(green_to_red, green));
        let blue = pixel
            .wrapping_add_signed(delta(green_to_blue, green))
            .wrapping_add_signed(delta(red_to_blue, red));
        *pixel = *pixel & 0xFF00_FF00 | (red & 0xFF) << 16 | blue & 0xFF;
    }
}

/// Replaces indices by colours (RFC 9649, 3.5.4). Indices beyond the table stand for transparent black.
fn look_up(row: &mut [u32], width: usize, shift: u32, table: &[u32]) {
    let color = |index: u32| table.get(index as usize).copied().unwrap_or(0);
    if shift == 0 {
        row.iter_mut().for_each(|pixel| *pixel = color(*pixel >> 8 & 0xFF));
        return;
    }
    let index_bits = 8 >> shift;
    let per_pixel = 1 << shift;
    // From the end, as there are more pixels than they are packed in.
    for packed in (0..width.div_ceil(per_pixel)).rev() {
        let indices = row.get(packed).map_or(0, |pixel| pixel >> 8 & 0xFF);
        let start = packed * per_pixel;
        let pixels = row.get_mut(start..width.min(start + per_pixel)).unwrap_or_default();
        for (place, pixel) in (0..).zip(pixels) {
            *pixel = color(indices >> (place * index_bits) & ((1 << index_bits) - 1));
        }
    }
}

/// Makes a table of colours from differences to the colour before, channel by channel (RFC 9649, 3.5.4).
pub(crate) fn sum_colors(differences: &[u32], table: &mut [u32]) {
    let mut color = 0;
    for (difference, entry) in differences.iter().zip(table) {
        color = add(color, *difference);
        *entry = color;
    }
}
