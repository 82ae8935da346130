//! The canvas that the frames of a GIF are drawn on (GIF89a, section 23).

use super::frame::{Disposal, Frame};

/// Rows of RGBA, transparent at first.
#[derive(Debug, Default)]
pub(super) struct Canvas {
    width: usize,
    pixels: Vec<[u8; 4]>,
    /// The canvas before a frame that is to be removed again.
    saved: Vec<[u8; 4]>,
    /// Whether a frame has begun, and a row of it has been drawn.
    begun: bool,
    drawn: bool,
}

impl Canvas {
    /// Predicts the bytes that a canvas of `pixels` pixels holds.
    pub(super) fn memory(pixels: u64) -> u64 {
        2 * 4 * pixels
    }

    pub(super) fn new(width: u32, height: u32) -> Self {
        let pixels = vec![[0; 4]; width as usize * height as usize];
        Self { width: width as usize, pixels, ..Self::default() }
    }

    /// Whether a frame has begun.
    pub(super) fn has_begun(&self) -> bool {
        self.begun
    }

    /// Whether a row has been drawn.
    pub(super) fn is_drawn(&self) -> bool {
        self.drawn
    }

    /// Prepares to draw a frame.
    pub(super) fn begin(&mut self, frame: &Frame) {
        self.begun = true;
        if frame.disposal == Disposal::Restore {
            self.saved.clone_from(&self.pixels);
        }
    }

    /// Draws the indices of row `y` of a frame, as far as they are on the canvas.
    pub(super) fn draw(&mut self, frame: &Frame, y: u32, indices: &[u8]) {
        self.drawn = true;
        let row = self.pixels.chunks_exact_mut(self.width).nth((frame.top + y) as usize).unwrap_or_default();
        for (pixel, &index) in row.iter_mut().skip(frame.left as usize).zip(indices) {
            if let Some(&color @ [.., 1..=255]) = frame.colors.get(usize::from(index)) {
                *pixel = color;
            }
        }
    }

    /// Does what is to become of a frame when the next one comes.
    pub(super) fn dispose(&mut self, frame: &Frame) {
        match frame.disposal {
            Disposal::Keep => (),
            Disposal::Restore => std::mem::swap(&mut self.pixels, &mut self.saved),
            Disposal::Clear => {
                let rows = self.pixels.chunks_exact_mut(self.width).skip(frame.top as usize);
                for row in rows.take(frame.height as usize) {
                    row.iter_mut()
                        .skip(frame.left as usize)
                        .take(frame.width as usize)
                        .for_each(|pixel| *pixel = [0; 4]);
                }
            }
        }
    }

    /// A row of the canvas.
    pub(super) fn row(&self, y: u32) -> &[u8] {
        let start = y as usize * self.width;
        self.pixels.get(start..start + self.width).unwrap_or_default().as_flattened()
    }
}
