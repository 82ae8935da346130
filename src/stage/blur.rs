//! Surrounds an image with a blurred enlargement of itself.

use std::ops::Range;

use super::reduce::{self, PLACE, Reduced, reduced_size};
use super::{Cost, Next, Shape, Stage};
use crate::{Result, Sides};

/// Holds the image, makes a small blurred one of the part that would cover the result, and enlarges that around the image.
#[derive(Debug)]
pub(crate) struct Backdrop {
    from: Shape,
    to: Shape,
    sides: Sides,
    held: Vec<u8>,
}

/// The longest side of the small image.
const LONGEST: u32 = 128;

impl Backdrop {
    /// For rows of this shape.
    pub(crate) fn new(from: Shape, sides: Sides) -> Self {
        Self { from, to: from.grown(sides), sides, held: Vec::new() }
    }

    fn emit(&mut self, next: Next<'_>) -> Result<()> {
        let small = Small::new(&self.held, self.from, self.to);
        let (width, count) = (self.to.width as usize, self.to.channels.count());
        let (left, top) = (self.sides.left as usize, self.sides.top as usize);
        let columns = left..left + self.from.width as usize;
        let mut row = vec![0; self.to.row_bytes()];
        let mut line = Vec::new();
        for y in 0..self.to.height as usize {
            let bytes = self.from.row_bytes();
            let image = y.checked_sub(top).and_then(|y| self.held.get(y * bytes..(y + 1) * bytes));
            small.blend_rows(y, self.to.height, &mut line);
            let mut draw = |columns: Range<usize>| {
                let part = row.get_mut(columns.start * count..columns.end * count).unwrap_or_default();
                small.draw(&line, columns, self.to, part);
            };
            let Some(image) = image else {
                draw(0..width);
                next(&row)?;
                continue;
            };
            draw(0..columns.start);
            draw(columns.end..width);
            if let Some(part) = row.get_mut(columns.start * count..columns.end * count) {
                part.copy_from_slice(image);
            }
            next(&row)?;
        }
        self.held = Vec::new();
        Ok(())
    }
}

impl Stage for Backdrop {
    fn shape(&self) -> Shape {
        self.to
    }

    fn cost(&self) -> Cost {
        /// Work of blurring a sample of the small image, and of enlarging one.
        const BLUR: u64 = 120;
        const ENLARGE: u64 = 20;
        let size = reduced_size(self.to, LONGEST);
        let small = reduce::cost(self.from, size);
        let (row, samples) = (self.to.row_bytes() as u64, small.memory / 4);
        let blurred = Cost {
            memory: self.from.bytes() + 2 * row + small.memory,
            work: samples * BLUR + self.to.bytes() * ENLARGE,
        };
        small + blurred
    }

    fn push(&mut self, row: &[u8], next: Next<'_>) -> Result<()> {
        let all = self.from.bytes() as usize;
        if self.held.is_empty() {
            self.held.reserve_exact(all);
        }
        self.held.extend_from_slice(row);
        if self.held.len() >= all { self.emit(next) } else { Ok(()) }
    }
}

/// The small blurred image.
struct Small(Reduced);

impl Small {
    /// Of the part of an image that covers a result of the shape `to` when it is enlarged.
    fn new(image: &[u8], from: Shape, to: Shape) -> Self {
        let part = covering((from.width, from.height), (to.width, to.height));
        let mut small = Self(Reduced::new(image, from, part, reduced_size(to, LONGEST)));
        small.blur();
        small
    }

    /// Blurs it with three boxes along each axis, which come near to a Gaussian bell whose sigma is a twentieth of the
    /// longer side.
    fn blur(&mut self) {
        let radius = (self.0.width.max(self.0.height) * 6 + 64) / 128;
        let count = self.0.channels.count();
        let row = self.0.width * count;
        let mut line = Vec::new();
        for _ in 0..3 {
            for start in (0..self.0.height).flat_map(|y| (0..count).map(move |channel| y * row + channel)) {
                blur_line(&mut self.0.samples, start, count, self.0.width, radius, &mut line);
            }
            for start in 0..row {
                blur_line(&mut self.0.samples, start, row, self.0.height, radius, &mut line);
            }
        }
    }

    /// Blends two rows into the one that lies at row `y` of `height` rows, with 4 more fractional bits.
    fn blend_rows(&self, y: usize, height: u32, line: &mut Vec<u32>) {
        let (above, below, share) = between(y, height as usize, self.0.height);
        let row = self.0.width * self.0.channels.count();
        let row_at = |y: usize| self.0.samples.get(y * row..(y + 1) * row).unwrap_or_default();
        line.clear();
        let blended =
            row_at(above).iter().zip(row_at(below)).map(|(a, b)| (a * (256 - share) + b * share) >> 4);
        line.extend(blended);
    }

    /// Draws some columns of an enlarged row.
    fn draw(&self, line: &[u32], columns: Range<usize>, to: Shape, out: &mut [u8]) {
        let count = self.0.channels.count();
        for (x, pixel) in columns.zip(out.chunks_exact_mut(count)) {
            let (left, right, share) = between(x, to.width as usize, self.0.width);
            let at = |x: usize| line.get(x * count..(x + 1) * count).unwrap_or_default();
            let mut blended = [0u32; 4];
            for (blended, (a, b)) in blended.iter_mut().zip(at(left).iter().zip(at(right))) {
                *blended = a * (256 - share) + b * share;
            }
            self.narrow(blended, pixel);
        }
    }

    fn narrow(&self, [a, b, c, d]: [u32; 4], pixel: &mut [u8]) {
        /// A blended sample of 1 in 8 bits.
        const ONE: u32 = 255 << 12;
        let narrow = |sample: u32| ((sample + ONE / 2) / ONE) as u8;
        let straight = |sample: u32, alpha: u32| {
            let sum = u64::from(sample) * 255 + u64::from(alpha / 2);
            sum.checked_div(alpha.into()).unwrap_or(0) as u8
        };
        match (pixel, self.0.channels) {
            ([gray, alpha], _) => {
                *alpha = narrow(b);
                *gray = if *alpha == 0 { 0 } else { straight(a, b) };
            }
            ([red, green, blue, alpha], _) => {
                *alpha = narrow(d);
                let color = if *alpha == 0 { [0; 3] } else { [a, b, c].map(|sample| straight(sample, d)) };
                [*red, *green, *blue] = color;
            }
            (pixel, _) => pixel.iter_mut().zip([a, b, c]).for_each(|(out, sample)| *out = narrow(sample)),
        }
    }
}

/// The columns and rows of an image, between pixels, that cover a size when they are enlarged.
fn covering((width, height): (u32, u32), (to_width, to_height): (u32, u32)) -> (Range<u64>, Range<u64>) {
    let [width, height, to_width, to_height] = [width, height, to_width, to_height].map(u64::from);
    let middle = |part: u64, side: u64| {
        let start = ((side << PLACE) - part) / 2;
        start..start + part
    };
    if to_width * height > to_height * width {
        let part = ((width * to_height) << PLACE) / to_width.max(1);
        (0..width << PLACE, middle(part, height))
    } else {
        let part = ((height * to_width) << PLACE) / to_height.max(1);
        (middle(part, width), 0..height << PLACE)
    }
}

/// Where pixel `index` of `length` lies in a line of `small` pixels: two neighbours, and the share of the second in 256.
fn between(index: usize, length: usize, small: usize) -> (usize, usize, u32) {
    let (index, length) = (index as u64, length.max(1) as u64);
    let place =
        ((2 * index + 1) * small as u64 * (1 << PLACE) / (2 * length)).saturating_sub(1 << (PLACE - 1));
    let last = small.saturating_sub(1);
    let before = ((place >> PLACE) as usize).min(last);
    (before, (before + 1).min(last), ((place >> (PLACE - 8)) & 255) as u32)
}

/// Replaces each sample of a line by the average of those within a distance; beyond its ends it goes on as it ends.
fn blur_line(
    samples: &mut [u32],
    start: usize,
    step: usize,
    length: usize,
    radius: usize,
    line: &mut Vec<u32>,
) {
    let whole = || samples.iter().skip(start).step_by(step).take(length).copied();
    let (first, last) = (whole().next().unwrap_or(0), whole().last().unwrap_or(0));
    line.clear();
    line.extend(std::iter::repeat_n(first, radius));
    line.extend(whole());
    line.extend(std::iter::repeat_n(last, radius + 1));
    let size = 2 * radius + 1;
    let (mut sum, count): (u32, u32) = (line.iter().take(size).sum(), size as u32);
    let steps = line.iter().skip(size).zip(line.iter());
    for (sample, (coming, going)) in samples.iter_mut().skip(start).step_by(step).take(length).zip(steps) {
        *sample = (sum + count / 2) / count;
        sum = sum + coming - going;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pixels::{Channels, Depth};
    use crate::stage::tests::{gray, through};

    #[test]
    fn an_image_of_one_colour_has_surroundings_of_that_colour() {
        for (width, height) in [(1, 1), (3, 2), (300, 7), (2, 500)] {
            for pixel in [&[77][..], &[200, 100], &[255, 128, 0], &[255, 128, 3, 200], &[0, 0, 0, 0]] {
                let channels = [Channels::Gray, Channels::GrayAlpha, Channels::Rgb, Channels::Rgba];
                let from = Shape { width, height, channels: channels[pixel.len() - 1], depth: Depth::Eight };
                let image = pixel.repeat((width * height) as usize);
                for sides in
                    [Sides::all(20), Sides { left: 3, ..Sides::ZERO }, Sides { top: 900, ..Sides::ZERO }]
                {
                    let rows = through(Backdrop::new(from, sides), from, &image);
                    assert!(rows.chunks_exact(pixel.len()).all(|other| other == pixel), "{from:?} {sides:?}");
                }
            }
        }
    }

    #[test]
    fn the_image_lies_unchanged_within_smooth_surroundings_that_resemble_it() {
        let from = gray(60, 20);
        let image: Vec<u8> =
            (0..20).flat_map(|y| (0..60).map(move |x| if x < 30 { 40 + y % 2 * 20 } else { 200 })).collect();
        let sides = Sides { top: 10, right: 0, bottom: 30, left: 0 };
        let rows = through(Backdrop::new(from, sides), from, &image);
        assert_eq!(rows[10 * 60..30 * 60], image);
        for row in rows
            .as_chunks::<60>()
            .0
            .iter()
            .enumerate()
            .filter(|(y, _)| !(10..30).contains(y))
            .map(|(_, row)| row)
        {
            assert!(row[0].abs_diff(50) < 12 && row[59].abs_diff(200) < 12, "{row:?}");
            assert!(row.array_windows().all(|&[a, b]| a <= b && b - a < 20), "{row:?}");
        }
    }

    #[test]
    fn a_symmetric_image_has_symmetric_surroundings() {
        let from = gray(9, 9);
        let image: Vec<u8> = (0..81).map(|i| if i == 40 { 255 } else { 0 }).collect();
        let rows = through(Backdrop::new(from, Sides::all(8)), from, &image);
        let turned: Vec<u8> = rows.iter().rev().copied().collect();
        let off = rows.iter().zip(&turned).map(|(a, b)| a.abs_diff(*b)).max();
        assert!(off <= Some(1), "{off:?}");
    }

    #[test]
    fn hidden_colours_do_not_show() {
        let from = Shape { width: 2, height: 1, channels: Channels::Rgba, depth: Depth::Eight };
        let rows = through(Backdrop::new(from, Sides::all(2)), from, &[0, 200, 0, 255, 255, 0, 0, 0]);
        assert!(rows.as_chunks::<4>().0.iter().all(|pixel| pixel[0] == 0 || pixel[3] == 0), "{rows:?}");
    }
}
