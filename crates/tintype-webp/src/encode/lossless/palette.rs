//! Tables of colours (RFC 9649, 3.5.4).

use alloc::vec;
use alloc::vec::Vec;

/// Colours of the largest table.
const MAX_COLORS: usize = 256;

/// The colours of an image, as long as a table holds them.
pub(super) struct Palette {
    /// Places of colours by their hash, one more than the place, and 0 for none.
    slots: Vec<u16>,
    /// Empty if there were too many.
    colors: Vec<u32>,
    full: bool,
    last: Option<u32>,
}

impl Palette {
    /// Bytes that it holds.
    pub(super) const BYTES: u64 = 2 * 1024 + 8 * MAX_COLORS as u64;

    pub(super) fn new() -> Self {
        Self { slots: vec![0; 1024], colors: Vec::with_capacity(MAX_COLORS), full: false, last: None }
    }

    /// Takes the colours of a row.
    pub(super) fn add(&mut self, row: &[u32]) {
        for &color in row {
            if self.full {
                return;
            }
            if self.last == Some(color) {
                continue;
            }
            self.last = Some(color);
            let (slot, place) = self.find(color);
            if place.is_none() {
                self.full = self.colors.len() >= MAX_COLORS;
                self.colors.push(color);
                if let Some(slot) = self.slots.get_mut(slot) {
                    *slot = self.colors.len() as u16;
                }
            }
        }
        if self.full {
            self.colors = Vec::new();
        }
    }

    /// The slot of a colour or, if it is not there, the one for it; and its place.
    #[inline(always)]
    fn find(&self, color: u32) -> (usize, Option<usize>) {
        let mut slot = (color.wrapping_mul(0x9E37_79B1) >> 22) as usize;
        loop {
            let place = self.slots.get(slot).map_or(0, |&place| usize::from(place));
            match place.checked_sub(1) {
                Some(place) if self.colors.get(place) != Some(&color) => slot = (slot + 1) % 1024,
                place => return (slot, place),
            }
        }
    }

    /// The colours, if there are not too many.
    pub(super) fn colors(&self) -> Option<&[u32]> {
        if self.full { None } else { Some(&self.colors) }
    }

    /// Puts the colours in ascending order.
    pub(super) fn sort(&mut self) {
        self.colors.sort_unstable();
        self.slots.fill(0);
        let colors = core::mem::take(&mut self.colors);
        for (place, &color) in (1..).zip(&colors) {
            // Among none, so that the search ends at a free slot.
            let mut slot = (color.wrapping_mul(0x9E37_79B1) >> 22) as usize;
            while self.slots.get(slot).is_some_and(|&taken| taken > 0) {
                slot = (slot + 1) % 1024;
            }
            if let Some(slot) = self.slots.get_mut(slot) {
                *slot = place;
            }
        }
        self.colors = colors;
    }

    /// The logarithm of the number of indices that share a pixel.
    pub(super) fn shift(&self) -> u32 {
        match self.colors.len() {
            0..=2 => 3,
            3..=4 => 2,
            5..=16 => 1,
            _ => 0,
        }
    }

    /// Colours as differences from the one before, as the table is sent.
    pub(super) fn differences(&self) -> Vec<u32> {
        let before = core::iter::once(&0).chain(&self.colors);
        self.colors
            .iter()
            .zip(before)
            .map(|(&color, &before)| crate::vp8l::predict::subtract(color, before))
            .collect()
    }

    /// Replaces a row's pixels by their indices, as opaque greens, several to a pixel if the table is small. The row
    /// begins at `from`; those to write begin at `to`, which is not after it.
    pub(super) fn pack(&self, pixels: &mut [u32], from: usize, to: usize, width: usize) {
        let shift = self.shift();
        let index_bits = 8 >> shift;
        let mut last = (0, 0);
        for packed in 0..width.div_ceil(1 << shift) {
            let start = packed << shift;
            let mut green = 0;
            for place in 0..(width - start).min(1 << shift) {
                let color = pixels.get(from + start + place).copied().unwrap_or(0);
                if place == 0 && packed == 0 || last.0 != color {
                    last = (color, self.find(color).1.unwrap_or(0) as u32);
                }
                green |= last.1 << (place as u32 * index_bits);
            }
            if let Some(pixel) = pixels.get_mut(to + packed) {
                *pixel = 0xFF00_0000 | green << 8;
            }
        }
    }
}
