//! What changes from one canvas to the next.

use alloc::vec;
use alloc::vec::Vec;
use core::ops::Range;

/// A part of the canvas.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Rect {
    pub(super) x: usize,
    pub(super) y: usize,
    pub(super) width: usize,
    pub(super) height: usize,
}

impl Rect {
    pub(super) fn area(self) -> usize {
        self.width * self.height
    }

    /// The bytes of a row that it covers.
    fn bytes(self, channels: usize) -> Range<usize> {
        self.x * channels..(self.x + self.width) * channels
    }

    /// The part of a row that it covers.
    pub(super) fn part(self, row: &[u8], channels: usize) -> &[u8] {
        row.get(self.bytes(channels)).unwrap_or_default()
    }
}

/// The canvas that a frame is drawn on.
#[derive(Clone, Copy)]
pub(super) struct Base<'a> {
    /// The canvas before; empty before the first frame.
    pub(super) canvas: &'a [u8],
    /// What the frame before clears.
    pub(super) cleared: Option<Rect>,
    /// Bytes of a pixel.
    pub(super) channels: usize,
    /// Pixels of a row.
    pub(super) width: usize,
}

impl Base<'_> {
    /// Copies a row.
    pub(super) fn row(&self, y: usize, out: &mut [u8]) {
        let stride = self.channels * self.width;
        match self.canvas.get(y * stride..(y + 1) * stride) {
            Some(row) => out.copy_from_slice(row),
            None => out.fill(0),
        }
        if let Some(rect) = self.cleared.filter(|rect| (rect.y..rect.y + rect.height).contains(&y)) {
            out.get_mut(rect.bytes(self.channels)).unwrap_or_default().fill(0);
        }
    }

    /// A row to copy to.
    pub(super) fn buffer(&self) -> Vec<u8> {
        vec![0; self.channels * self.width]
    }

    /// The smallest part with even distances from the left and the top outside of which a canvas is the same.
    pub(super) fn difference(&self, canvas: &[u8]) -> Option<Rect> {
        let mut base = self.buffer();
        let (mut rows, mut left, mut right) = (None, self.width, 0);
        for (y, row) in canvas.chunks_exact(base.len()).enumerate() {
            self.row(y, &mut base);
            if row == base {
                continue;
            }
            let differs = |(a, b): (&u8, &u8)| a != b;
            let first = row.iter().zip(&base).position(differs).unwrap_or(0) / self.channels;
            let last = row.iter().zip(&base).rposition(differs).unwrap_or(0) / self.channels;
            (left, right) = (left.min(first), right.max(last + 1));
            rows = Some((rows.map_or(y, |(top, _)| top), y + 1));
        }
        let (top, bottom) = rows?;
        let (x, y) = (left & !1, top & !1);
        Some(Rect { x, y, width: right - x, height: bottom - y })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_differs_is_found_and_begins_at_even_places() {
        let canvas = vec![7; 3 * 10 * 8];
        let base = Base { canvas: &canvas, cleared: None, channels: 3, width: 10 };
        assert_eq!(base.difference(&canvas), None);
        for (x, y) in [(0, 0), (9, 7), (3, 5), (4, 4)] {
            let mut other = canvas.clone();
            other[(y * 10 + x) * 3 + 2] = 8;
            let (left, top) = (x & !1, y & !1);
            let rect = Rect { x: left, y: top, width: x + 1 - left, height: y + 1 - top };
            assert_eq!(base.difference(&other), Some(rect));
            other[0] = 0;
            let rect = Rect { x: 0, y: 0, width: x + 1, height: y + 1 };
            assert_eq!(base.difference(&other), Some(rect));
        }
    }

    #[test]
    fn what_was_cleared_differs_where_the_canvas_does_not_become_transparent() {
        let mut canvas = vec![9; 4 * 6 * 6];
        let base_canvas = canvas.clone();
        let cleared = Rect { x: 2, y: 2, width: 3, height: 2 };
        let base = Base { canvas: &base_canvas, cleared: Some(cleared), channels: 4, width: 6 };
        assert_eq!(base.difference(&canvas), Some(cleared));
        for (y, x) in [(2, 2), (2, 3), (2, 4), (3, 2), (3, 3), (3, 4)] {
            canvas[(y * 6 + x) * 4..][..4].fill(0);
        }
        assert_eq!(base.difference(&canvas), None);
    }
}
