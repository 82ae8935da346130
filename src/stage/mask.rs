//! Makes everything outside of a shape transparent.

use super::{Cost, Next, Shape, Stage};
use crate::{Mask, Result};

/// Lays a shape with smooth edges on rows: a rectangle whose corners are quarters of an ellipse, in the middle.
#[derive(Debug)]
pub(crate) struct Masked {
    from: Shape,
    outline: Rounded,
    /// Rows that have come.
    taken: u32,
    /// By how much less than the column before a column is cut away, in [`PARTS`] of a pixel.
    steps: Vec<u32>,
    /// How much of each column is covered, in [`PARTS`] of a pixel.
    coverage: Vec<u32>,
    wide: Vec<u8>,
}

/// A rectangle with round corners. Lengths are in pixels.
#[derive(Debug, Clone, Copy)]
struct Rounded {
    /// Width of the margins at its left and its right.
    margin: f64,
    /// Height of the margins above and below it.
    above: f64,
    /// Radii of its corners.
    radius: (f64, f64),
}

/// Lines that a row is cut into to measure how much of it is covered.
const LINES: u32 = 64;
/// Parts of a pixel in one of its lines.
const LINE: u32 = 256;
/// Parts of a pixel.
const PARTS: u32 = LINES * LINE;

impl Rounded {
    fn new(mask: Mask, width: u32, height: u32) -> Self {
        let (half_width, half_height) = (f64::from(width) / 2.0, f64::from(height) / 2.0);
        let half = half_width.min(half_height);
        let (margin, above, radius) = match mask {
            Mask::Rounded(radius) => {
                let radius = f64::from(radius).min(half);
                (0.0, 0.0, (radius, radius))
            }
            Mask::Circle => (half_width - half, half_height - half, (half, half)),
            Mask::Ellipse => (0.0, 0.0, (half_width, half_height)),
        };
        Self { margin, above, radius }
    }

    /// How much is cut away at each side of a line at this distance from the nearer of the top and bottom edges; `None`
    /// where nothing is left.
    fn cut(&self, from_edge: f64) -> Option<f64> {
        let (x, y) = self.radius;
        let inside = from_edge - self.above;
        if inside < 0.0 {
            return None;
        }
        let up = ((y - inside) / y).max(0.0);
        Some(self.margin + x * (1.0 - (1.0 - up * up).sqrt()))
    }
}

impl Masked {
    /// For rows of this shape.
    pub(crate) fn new(from: Shape, mask: Mask) -> Self {
        let outline = Rounded::new(mask, from.width, from.height);
        Self { from, outline, taken: 0, steps: Vec::new(), coverage: Vec::new(), wide: Vec::new() }
    }

    /// Measures how much of each column of the current row is covered.
    fn measure(&mut self) {
        let width = self.from.width as usize;
        self.steps.clear();
        self.steps.resize(width + 2, 0);
        for line in 0..LINES {
            let y = f64::from(self.taken) + (f64::from(line) + 0.5) / f64::from(LINES);
            let from_edge = y.min(f64::from(self.from.height) - y);
            let cut = self.outline.cut(from_edge).unwrap_or(f64::from(self.from.width));
            let cut = (cut * f64::from(LINE) + 0.5) as u64;
            let (column, part) = ((cut / u64::from(LINE)) as usize, (cut % u64::from(LINE)) as u32);
            let steps = self.steps.get_mut(column..column + 2).unwrap_or_default();
            if let [here, after] = steps {
                *here += LINE - part;
                *after += part;
            }
        }
        self.coverage.clear();
        let mut cut = PARTS;
        self.coverage.extend(self.steps.iter().take(width).map(|step| {
            cut -= step;
            cut
        }));
        // What is cut away at the right mirrors what is cut away at the left.
        for x in 0..width.div_ceil(2) {
            let cut = |x: usize| self.coverage.get(x).copied().unwrap_or(0);
            let covered = PARTS.saturating_sub(cut(x) + cut(width - 1 - x));
            for x in [x, width - 1 - x] {
                if let Some(coverage) = self.coverage.get_mut(x) {
                    *coverage = covered;
                }
            }
        }
    }
}

impl Stage for Masked {
    fn shape(&self) -> Shape {
        Shape { channels: self.from.channels.with_alpha(), ..self.from }
    }

    fn cost(&self) -> Cost {
        /// Work of measuring a row, a column of it, and of moving a sample.
        const ROW: u64 = 3000;
        const PIXEL: u64 = 20;
        const SAMPLE: u64 = 4;
        let (to, width) = (self.shape(), u64::from(self.from.width));
        Cost {
            memory: to.row_bytes() as u64 + 8 * (width + 2),
            work: u64::from(to.height) * ROW + to.pixels() * PIXEL + to.bytes() * SAMPLE,
        }
    }

    fn push(&mut self, row: &[u8], next: Next<'_>) -> Result<()> {
        self.measure();
        self.taken = (self.taken + 1) % self.from.height;
        let to = self.shape().channels;
        self.wide.clear();
        self.from.channels.widen(row, to, &mut self.wide);
        for (pixel, &coverage) in self.wide.chunks_exact_mut(to.count()).zip(&self.coverage) {
            let Some((alpha, color)) = pixel.split_last_mut() else { continue };
            *alpha = ((u32::from(*alpha) * coverage + PARTS / 2) / PARTS) as u8;
            if *alpha == 0 {
                color.fill(0);
            }
        }
        next(&self.wide)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pixels::{Channels, Depth};
    use crate::stage::tests::{gray, through};

    /// The alphas of a masked opaque image.
    fn alphas(width: u32, height: u32, mask: Mask) -> Vec<Vec<u8>> {
        let from = gray(width, height);
        let rows = through(Masked::new(from, mask), from, &vec![50; (width * height) as usize]);
        let alphas: Vec<u8> = rows.as_chunks().0.iter().map(|&[_, alpha]| alpha).collect();
        alphas.chunks_exact(width as usize).map(<[u8]>::to_vec).collect()
    }

    /// The area of a shape, in pixels.
    fn area(alphas: &[Vec<u8>]) -> f64 {
        alphas.iter().flatten().map(|&alpha| f64::from(alpha) / 255.0).sum()
    }

    #[test]
    fn shapes_are_symmetric() {
        for mask in [Mask::Circle, Mask::Ellipse, Mask::Rounded(1), Mask::Rounded(3), Mask::Rounded(100)] {
            for (width, height) in [(1, 1), (1, 7), (8, 1), (2, 2), (9, 9), (10, 7), (31, 16), (64, 64)] {
                let rows = alphas(width, height, mask);
                let upside_down: Vec<_> = rows.iter().rev().cloned().collect();
                let mirrored: Vec<Vec<u8>> =
                    rows.iter().map(|row| row.iter().rev().copied().collect()).collect();
                assert_eq!(rows, upside_down, "{mask:?} of {width}x{height}");
                assert_eq!(rows, mirrored, "{mask:?} of {width}x{height}");
                if width == height {
                    let turned = |x: usize, y: usize| rows[x][y].abs_diff(rows[y][x]);
                    let side = 0..width as usize;
                    let off = side.clone().flat_map(|y| side.clone().map(move |x| turned(x, y))).max();
                    assert!(off <= Some(1), "{mask:?} of {width}x{height}");
                }
            }
        }
    }

    #[test]
    fn shapes_have_their_area() {
        use std::f64::consts::PI;
        let near = |rows: &[Vec<u8>], expected: f64| {
            let area = area(rows);
            assert!((area - expected).abs() < 0.2 + expected / 2000.0, "{area} instead of {expected}");
        };
        near(&alphas(100, 60, Mask::Circle), PI * 900.0);
        near(&alphas(101, 60, Mask::Circle), PI * 900.0);
        near(&alphas(100, 60, Mask::Ellipse), PI * 1500.0);
        near(&alphas(50, 40, Mask::Rounded(10)), 2000.0 - (4.0 - PI) * 100.0);
        near(&alphas(50, 40, Mask::Rounded(1000)), 2000.0 - (4.0 - PI) * 400.0);
        near(&alphas(1, 1, Mask::Circle), PI / 4.0);
        near(&alphas(2, 1, Mask::Ellipse), PI / 2.0);
    }

    #[test]
    fn corners_are_round_and_everything_else_is_whole() {
        let rows = alphas(6, 5, Mask::Rounded(2));
        // The circle around (2, 2) covers π / 3 + 1 - √3 of the pixel in the corner, and 0.9132 of its neighbours.
        assert_eq!(rows[0], [80, 233, 255, 255, 233, 80]);
        assert_eq!(rows[1], [233, 255, 255, 255, 255, 233]);
        assert_eq!(rows[2], [255; 6]);
        assert_eq!(rows[4], rows[0]);
    }

    #[test]
    fn a_circle_lies_in_the_middle() {
        let rows = alphas(20, 10, Mask::Circle);
        assert!(rows.iter().all(|row| row[..5].iter().chain(&row[15..]).all(|&alpha| alpha == 0)));
        assert!(rows[5][5] > 200 && rows[5][10] == 255);
    }

    #[test]
    fn alpha_is_multiplied_and_what_is_gone_has_no_colour() {
        let from = Shape { width: 4, height: 4, channels: Channels::Rgba, depth: Depth::Eight };
        let rows = through(Masked::new(from, Mask::Circle), from, &[90, 80, 70, 100].repeat(16));
        let opaque = alphas(4, 4, Mask::Circle).concat();
        for (pixel, &alpha) in rows.as_chunks::<4>().0.iter().zip(&opaque) {
            assert!((f64::from(pixel[3]) - f64::from(alpha) / 2.55).abs() <= 1.0);
            assert_eq!(pixel[..3], if pixel[3] == 0 { [0; 3] } else { [90, 80, 70] });
        }
        let from = Shape { width: 100, height: 1, channels: Channels::Rgb, depth: Depth::Eight };
        let rows = through(Masked::new(from, Mask::Circle), from, &[90; 300]);
        assert_eq!(rows[..4], [0; 4]);
        assert_eq!(rows[192..204], [0, 0, 0, 0, 90, 90, 90, 100, 90, 90, 90, 100]);
    }
}
