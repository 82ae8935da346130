//! Makes squares of one colour.

use crate::Result;
use crate::stage::{Cost, Next, Shape, Stage};

/// Gives the pixels of each square their average colour, which counts as far as pixels are opaque. The squares at the right
/// and the lower edge are as large as there is room.
#[derive(Debug)]
pub(crate) struct Pixelate {
    shape: Shape,
    size: u32,
    /// Rows taken of the image, and of the current squares.
    taken: u32,
    rows: u32,
    /// The sums of each square: its channels, and how much they count.
    sums: Vec<u64>,
}

/// Numbers that a square has.
const NUMBERS: usize = 5;

impl Pixelate {
    /// For rows of this shape, with squares of this many pixels a side.
    pub(super) fn new(shape: Shape, size: u32) -> Self {
        Self { shape, size: size.max(1), taken: 0, rows: 0, sums: Vec::new() }
    }

    /// Rows that come before the first one leaves.
    pub(super) fn delay(&self) -> usize {
        self.size.min(self.shape.height) as usize
    }

    fn squares(&self) -> usize {
        self.shape.width.div_ceil(self.size) as usize
    }

    fn add(&mut self, row: &[u8]) {
        let count = self.shape.channels.count();
        let has_alpha = self.shape.channels.has_alpha();
        let squares = row.chunks(self.size as usize * count).zip(self.sums.as_chunks_mut::<NUMBERS>().0);
        for (pixels, sums) in squares {
            let Some((weight, sums)) = sums.split_last_mut() else { continue };
            for pixel in pixels.chunks_exact(count) {
                let alpha = pixel.last().copied().filter(|_| has_alpha).map_or(1, u64::from);
                *weight += alpha;
                sums.iter_mut().zip(pixel).for_each(|(sum, &sample)| *sum += u64::from(sample) * alpha);
            }
        }
    }

    /// The row of averages of squares of this many rows.
    fn averages(&self) -> Vec<u8> {
        let count = self.shape.channels.count();
        let has_alpha = self.shape.channels.has_alpha();
        let mut row = Vec::with_capacity(self.shape.row_bytes());
        for (start, sums) in
            (0..self.shape.width).step_by(self.size as usize).zip(self.sums.as_chunks::<NUMBERS>().0)
        {
            let columns = self.size.min(self.shape.width - start) as usize;
            let pixels = columns as u64 * u64::from(self.rows);
            let weight = sums.last().copied().unwrap_or(0);
            let mean = |sum: u64, of: u64| (sum + of / 2).checked_div(of).unwrap_or(0).min(255) as u8;
            let mut pixel: Vec<u8> = sums.iter().take(count).map(|&sum| mean(sum, weight)).collect();
            if let Some((alpha, color)) = pixel.split_last_mut().filter(|_| has_alpha) {
                *alpha = mean(weight, pixels);
                if *alpha == 0 {
                    color.fill(0);
                }
            }
            row.extend(pixel.iter().cycle().take(columns * count));
        }
        row
    }
}

impl Stage for Pixelate {
    fn shape(&self) -> Shape {
        self.shape
    }

    fn cost(&self) -> Cost {
        /// Work of adding a pixel and writing it, and of dividing the sums of a square.
        const PIXEL: u64 = 40;
        const SQUARE: u64 = 300;
        let squares = self.squares() as u64;
        let all = squares * u64::from(self.shape.height.div_ceil(self.size));
        Cost {
            memory: squares * NUMBERS as u64 * 8 + 2 * self.shape.row_bytes() as u64,
            work: self.shape.pixels() * PIXEL + all * SQUARE,
        }
    }

    fn push(&mut self, row: &[u8], next: Next<'_>) -> Result<()> {
        if self.rows == 0 {
            self.sums.clear();
            self.sums.resize(self.squares() * NUMBERS, 0);
        }
        self.add(row);
        self.taken += 1;
        self.rows += 1;
        if self.rows < self.size && self.taken < self.shape.height {
            return Ok(());
        }
        let averages = self.averages();
        let rows = std::mem::take(&mut self.rows);
        self.taken %= self.shape.height;
        (0..rows).try_for_each(|_| next(&averages))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pixels::{Channels, Depth};
    use crate::stage::tests::{gray, through};

    #[test]
    fn squares_have_their_average_and_the_last_ones_are_smaller() {
        let image = [10, 20, 30, 30, 40, 50, 7, 8, 9];
        let rows = through(Pixelate::new(gray(3, 3), 2), gray(3, 3), &image);
        assert_eq!(rows, [25, 25, 40, 25, 25, 40, 8, 8, 9]);
        assert_eq!(through(Pixelate::new(gray(3, 3), 1), gray(3, 3), &image), image);
        assert_eq!(through(Pixelate::new(gray(3, 3), 65_535), gray(3, 3), &image), [23; 9]);
    }

    #[test]
    fn hidden_colours_do_not_count() {
        let shape = Shape { width: 2, height: 1, channels: Channels::Rgba, depth: Depth::Eight };
        let rows = through(Pixelate::new(shape, 2), shape, &[0, 200, 0, 255, 255, 0, 0, 0]);
        assert_eq!(rows, [0, 200, 0, 128, 0, 200, 0, 128]);
    }
}
