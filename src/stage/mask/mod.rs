//! Cuts a shape out of an image.

mod outline;

pub(crate) use outline::bounds;

use super::{Cost, Next, Shape, Stage};
use crate::{Color, Mask, Result};
use outline::{Edge, Outline};

/// Lays a shape with smooth edges on rows, and draws what lies outside of it.
#[derive(Debug)]
pub(crate) struct Masked {
    from: Shape,
    to: Shape,
    /// Columns and rows of the image that the result begins after.
    start: (u32, u32),
    outline: Outline,
    outside: Color,
    /// Rows that have come.
    taken: u32,
    /// The lines of the outline that the current row meets.
    edges: Vec<Edge>,
    /// By how much more than the column before a column is covered, in [`PARTS`] of a pixel: by what lies to the right of
    /// the outline's left half.
    steps: Vec<i32>,
    /// How much of each column is covered, in [`PARTS`] of a pixel.
    coverage: Vec<u32>,
    wide: Vec<u8>,
}

/// Lines that a row is cut into to measure how much of it is covered.
const LINES: u32 = 64;
/// Parts of a pixel in one of its lines.
const LINE: i32 = 256;
/// Parts of a pixel.
const PARTS: u32 = LINES * LINE as u32;

impl Masked {
    /// For rows of this shape.
    pub(crate) fn new(from: Shape, mask: Mask) -> Self {
        let outside = mask.outside.unwrap_or(Color::TRANSPARENT);
        let (width, height) = size(mask, from.width, from.height);
        Self {
            from,
            to: Shape { width, height, channels: from.channels.with(outside), ..from },
            start: ((from.width - width) / 2, (from.height - height) / 2),
            outline: Outline::new(mask.shape, width, height),
            outside,
            taken: 0,
            edges: Vec::new(),
            steps: Vec::new(),
            coverage: Vec::new(),
            wide: Vec::new(),
        }
    }

    /// Measures how much of each column of a row of the result is covered.
    fn measure(&mut self, row: u32) {
        let width = self.to.width as usize;
        self.steps.clear();
        self.steps.resize(width + 2, 0);
        self.outline.edges_in(row, &mut self.edges);
        for line in 0..LINES {
            let y = f64::from(row) + (f64::from(line) + 0.5) / f64::from(LINES);
            self.outline.crossings(y, &self.edges, |x, enters| {
                let x = (x * f64::from(LINE) + 0.5) as u64;
                let (column, part) = ((x / LINE as u64) as usize, (x % LINE as u64) as i32);
                let sign = if enters { 1 } else { -1 };
                if let Some([here, after]) = self.steps.get_mut(column..column + 2) {
                    *here += sign * (LINE - part);
                    *after += sign * part;
                }
            });
        }
        let mut covered = 0;
        self.steps.iter_mut().for_each(|step| {
            covered += *step;
            *step = covered;
        });
        // The right half mirrors the left: what lies to the left of the one and to the right of the other is covered.
        let left = self.steps.get(..width).unwrap_or_default();
        let both = left.iter().zip(left.iter().rev());
        self.coverage.clear();
        self.coverage.extend(both.map(|(here, mirrored)| (here + mirrored - covered).max(0) as u32));
    }

    /// Draws the image where it is covered, and the outside elsewhere.
    fn draw(&mut self) {
        let Color { red, green, blue, alpha: outside_alpha } = self.outside;
        let outside = [red, green, blue];
        let has_alpha = self.to.channels.has_alpha();
        for (pixel, &coverage) in self.wide.chunks_exact_mut(self.to.channels.count()).zip(&self.coverage) {
            if coverage == PARTS {
                continue;
            }
            let mut opaque = 255;
            let (alpha, color) = match pixel.split_last_mut().filter(|_| has_alpha) {
                Some(alpha_and_color) => alpha_and_color,
                None => (&mut opaque, pixel),
            };
            let inner = u64::from(*alpha) * u64::from(coverage);
            let outer = u64::from(outside_alpha) * u64::from(PARTS - coverage);
            let sum = inner + outer;
            *alpha = ((sum + u64::from(PARTS / 2)) / u64::from(PARTS)) as u8;
            if *alpha == 0 {
                color.fill(0);
                continue;
            }
            for (sample, outside) in color.iter_mut().zip(outside) {
                let mixed = u64::from(*sample) * inner + u64::from(outside) * outer;
                *sample = ((mixed + sum / 2) / sum.max(1)) as u8;
            }
        }
    }
}

/// The size of an image of this size once a mask has cut it.
pub(crate) fn size(mask: Mask, width: u32, height: u32) -> (u32, u32) {
    if mask.trim { bounds(mask.shape, width, height) } else { (width, height) }
}

impl Stage for Masked {
    fn shape(&self) -> Shape {
        self.to
    }

    fn cost(&self) -> Cost {
        /// Work of measuring a row, a column of it, and of moving a sample.
        const ROW: u64 = 6000;
        const PIXEL: u64 = 30;
        const SAMPLE: u64 = 4;
        /// Bytes of the longest outline.
        const OUTLINE: u64 = 2 * 40 * 257;
        let (to, width) = (self.to, u64::from(self.to.width));
        Cost {
            memory: to.row_bytes() as u64 + 8 * (width + 2) + OUTLINE,
            work: u64::from(to.height) * ROW + to.pixels() * PIXEL + to.bytes() * SAMPLE,
        }
    }

    fn push(&mut self, row: &[u8], next: Next<'_>) -> Result<()> {
        let y = self.taken.checked_sub(self.start.1);
        self.taken = (self.taken + 1) % self.from.height;
        let Some(y) = y.filter(|y| *y < self.to.height) else { return Ok(()) };
        self.measure(y);
        let bytes = self.from.pixel_bytes();
        let shown = row.get(self.start.0 as usize * bytes..).unwrap_or_default();
        let shown = shown.get(..self.to.width as usize * bytes).unwrap_or_default();
        self.wide.clear();
        self.from.channels.widen(shown, self.to.channels, &mut self.wide);
        self.draw();
        next(&self.wide)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::MaskShape;
    use crate::pixels::{Channels, Depth};
    use crate::stage::tests::{gray, through};

    /// The alphas of a masked opaque image.
    fn alphas(width: u32, height: u32, shape: MaskShape) -> Vec<Vec<u8>> {
        let from = gray(width, height);
        let rows = through(Masked::new(from, Mask::new(shape)), from, &vec![50; (width * height) as usize]);
        let alphas: Vec<u8> = rows.as_chunks().0.iter().map(|&[_, alpha]| alpha).collect();
        alphas.chunks_exact(width as usize).map(<[u8]>::to_vec).collect()
    }

    /// The area of a shape, in pixels.
    fn area(alphas: &[Vec<u8>]) -> f64 {
        alphas.iter().flatten().map(|&alpha| f64::from(alpha) / 255.0).sum()
    }

    #[test]
    fn shapes_are_symmetric() {
        use MaskShape::{Circle, Diamond, Ellipse, Rounded};
        for mask in [Circle, Ellipse, Rounded(1), Rounded(3), Rounded(100), Diamond] {
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
        near(&alphas(100, 60, MaskShape::Circle), PI * 900.0);
        near(&alphas(101, 60, MaskShape::Circle), PI * 900.0);
        near(&alphas(100, 60, MaskShape::Ellipse), PI * 1500.0);
        near(&alphas(50, 40, MaskShape::Rounded(10)), 2000.0 - (4.0 - PI) * 100.0);
        near(&alphas(50, 40, MaskShape::Rounded(1000)), 2000.0 - (4.0 - PI) * 400.0);
        near(&alphas(1, 1, MaskShape::Circle), PI / 4.0);
        near(&alphas(2, 1, MaskShape::Ellipse), PI / 2.0);
    }

    #[test]
    fn every_shape_is_the_same_on_the_left_and_on_the_right() {
        for (_, shape) in MaskShape::NAMED {
            for (width, height) in [(1, 1), (2, 9), (31, 16), (40, 41)] {
                let rows = alphas(width, height, *shape);
                let mirrored: Vec<Vec<u8>> =
                    rows.iter().map(|row| row.iter().rev().copied().collect()).collect();
                assert_eq!(rows, mirrored, "{shape:?} of {width}x{height}");
            }
        }
    }

    #[test]
    fn shapes_of_straight_lines_have_their_area_and_touch_opposite_sides() {
        // Areas in a square of 1 by 1, by the formulas of geometry; a heart's by integration, 180 π of 32 by 32.
        let (root3, root5) = (3f64.sqrt(), 5f64.sqrt());
        let golden = (1.0 + root5) / 2.0;
        let pentagon = (25.0 + 10.0 * root5).sqrt() / 4.0 / (golden * golden);
        for (shape, area_of_one) in [
            (MaskShape::Triangle, root3 / 4.0),
            (MaskShape::TriangleDown, root3 / 4.0),
            (MaskShape::Pentagon, pentagon),
            (MaskShape::PentagonDown, pentagon),
            (MaskShape::Hexagon, 3.0 * root3 / 8.0),
            (MaskShape::Diamond, 0.5),
            (MaskShape::Heart, 180.0 * std::f64::consts::PI / (32.0 * 32.0)),
        ] {
            for (width, height) in [(300, 300), (600, 300), (301, 500)] {
                let rows = alphas(width, height, shape);
                let (box_width, box_height) = bounds(shape, width, height);
                assert!(box_width == width || box_height == height, "{shape:?} of {width}x{height}");
                // All but the hexagon are at least as wide as high.
                let side = if matches!(shape, MaskShape::Hexagon) { box_height } else { box_width };
                let expected = area_of_one * f64::from(side) * f64::from(side);
                let found = area(&rows);
                assert!((found / expected - 1.0).abs() < 0.01, "{shape:?}: {found} instead of {expected}");
                let touched = |row: &[u8]| row.iter().any(|&alpha| alpha > 0);
                let (first, last) = (rows.first().unwrap(), rows.last().unwrap());
                let (top, bottom) = (touched(first), touched(last));
                let left = rows.iter().any(|row| row[0] > 0);
                assert_eq!((top && bottom, left), (box_height == height, box_width == width), "{shape:?}");
            }
        }
    }

    #[test]
    fn a_star_and_a_heart_have_notches() {
        let star = alphas(100, 100, MaskShape::Star);
        assert_eq!([star[99][25], star[94][50], star[30][20], star[30][50]], [0, 0, 0, 255]);
        assert!(star[90][22] > 0 && star[50][50] == 255 && star[38][2] > 0);
        let heart = alphas(100, 100, MaskShape::Heart);
        assert_eq!([heart[10][50], heart[12][25], heart[60][50], heart[90][10]], [0, 255, 255, 0]);
    }

    #[test]
    fn trimming_leaves_the_smallest_rectangle() {
        let from = gray(100, 40);
        let mask = Mask { trim: true, ..Mask::new(MaskShape::Circle) };
        let masked = Masked::new(from, mask);
        assert_eq!((masked.shape().width, masked.shape().height), (40, 40));
        // The middle of the image stays.
        let pixels: Vec<u8> = (0..40).flat_map(|y| (0..100).map(move |x| x + y)).collect();
        let rows = through(masked, from, &pixels);
        assert_eq!(rows[2 * (20 * 40 + 20)..][..2], [70, 255]);
        assert_eq!(bounds(MaskShape::Triangle, 100, 100), (100, 87));
        assert_eq!(bounds(MaskShape::Hexagon, 100, 100), (87, 100));
        assert_eq!(bounds(MaskShape::Star, 200, 95), (100, 95));
        assert_eq!(bounds(MaskShape::Ellipse, 7, 9), (7, 9));
        assert_eq!(bounds(MaskShape::Star, 1, 1), (1, 1));
    }

    #[test]
    fn the_outside_has_its_colour() {
        let red = Color { red: 255, green: 0, blue: 0, alpha: 255 };
        let outside = |color| Mask { outside: Some(color), ..Mask::new(MaskShape::Circle) };
        // The circle covers π / 4 of a single pixel.
        let one = |channels| Shape { width: 1, height: 1, channels, depth: Depth::Eight };
        let mixed = |channels, color, row: &[u8]| {
            through(Masked::new(one(channels), outside(color)), one(channels), row)
        };
        assert_eq!(mixed(Channels::Gray, Color::WHITE, &[55]), [98]);
        assert_eq!(mixed(Channels::Gray, red, &[0]), [55, 0, 0]);
        assert_eq!(mixed(Channels::Rgba, red, &[0, 255, 0, 255]), [55, 200, 0, 255]);
        // As much as the pixel covers counts for its colour: 128 π / 4 and 255 (1 - π / 4).
        assert_eq!(mixed(Channels::Rgba, red, &[0, 0, 0, 128]), [90, 0, 0, 155]);
    }

    #[test]
    fn corners_are_round_and_everything_else_is_whole() {
        let rows = alphas(6, 5, MaskShape::Rounded(2));
        // The circle around (2, 2) covers π / 3 + 1 - √3 of the pixel in the corner, and 0.9132 of its neighbours.
        assert_eq!(rows[0], [80, 233, 255, 255, 233, 80]);
        assert_eq!(rows[1], [233, 255, 255, 255, 255, 233]);
        assert_eq!(rows[2], [255; 6]);
        assert_eq!(rows[4], rows[0]);
    }

    #[test]
    fn a_circle_lies_in_the_middle() {
        let rows = alphas(20, 10, MaskShape::Circle);
        assert!(rows.iter().all(|row| row[..5].iter().chain(&row[15..]).all(|&alpha| alpha == 0)));
        assert!(rows[5][5] > 200 && rows[5][10] == 255);
    }

    #[test]
    fn alpha_is_multiplied_and_what_is_gone_has_no_colour() {
        let from = Shape { width: 4, height: 4, channels: Channels::Rgba, depth: Depth::Eight };
        let rows =
            through(Masked::new(from, Mask::new(MaskShape::Circle)), from, &[90, 80, 70, 100].repeat(16));
        let opaque = alphas(4, 4, MaskShape::Circle).concat();
        for (pixel, &alpha) in rows.as_chunks::<4>().0.iter().zip(&opaque) {
            assert!((f64::from(pixel[3]) - f64::from(alpha) / 2.55).abs() <= 1.0);
            assert_eq!(pixel[..3], if pixel[3] == 0 { [0; 3] } else { [90, 80, 70] });
        }
        let from = Shape { width: 100, height: 1, channels: Channels::Rgb, depth: Depth::Eight };
        let rows = through(Masked::new(from, Mask::new(MaskShape::Circle)), from, &[90; 300]);
        assert_eq!(rows[..4], [0; 4]);
        assert_eq!(rows[192..204], [0, 0, 0, 0, 90, 90, 90, 100, 90, 90, 90, 100]);
    }
}
