//! Rotates an image by any angle.

use super::{Cost, Next, Shape, Stage};
use crate::pixels::Channels;
use crate::{Angle, Color, Result, Rotation};

/// The size of the smallest upright rectangle around an image that is rotated by an angle, rounded to nearest.
pub(crate) fn size((width, height): (u32, u32), angle: Angle) -> (u32, u32) {
    let (sin, cos) = sine_and_cosine(angle);
    let (sin, cos) = (sin.abs(), cos.abs());
    let (width, height) = (f64::from(width), f64::from(height));
    let side = |length: f64| ((length + 0.5).floor() as u32).max(1);
    (side(width * cos + height * sin), side(width * sin + height * cos))
}

/// Exact at quarter turns, and the same on every machine.
fn sine_and_cosine(angle: Angle) -> (f64, f64) {
    match angle.millidegrees() {
        0 => (0.0, 1.0),
        90_000 => (1.0, 0.0),
        180_000 => (0.0, -1.0),
        270_000 => (-1.0, 0.0),
        millidegrees => {
            let radians = f64::from(millidegrees) / 1000.0 * core::f64::consts::PI / 180.0;
            (libm::sin(radians), libm::cos(radians))
        }
    }
}

/// Holds the image, and hands on the rows of the smallest upright rectangle around it when it is rotated about its middle.
///
/// A pixel of the result is a weighted sum of the 4 × 4 pixels around its middle (Catmull-Rom), as far as the rotated image
/// covers it; for the rest, it is background.
#[derive(Debug)]
pub(crate) struct Tilted {
    from: Shape,
    to: Shape,
    angle: Angle,
    background: Color,
    held: Vec<u8>,
}

impl Tilted {
    /// For rows of this shape, and an angle that is no multiple of a quarter turn.
    pub(crate) fn new(from: Shape, angle: Angle, background: Color) -> Self {
        let (width, height) = size((from.width, from.height), angle);
        let to = Shape { width, height, channels: from.channels.with(background), ..from };
        Self { from, to, angle, background, held: Vec::new() }
    }

    /// The rotation that is the same as an angle, if one is: it needs no interpolation.
    pub(crate) fn quarters(angle: Angle) -> Option<Rotation> {
        let millidegrees = angle.millidegrees();
        millidegrees.is_multiple_of(90_000).then(|| Rotation::from_quarters((millidegrees / 90_000).into()))
    }

    fn emit(&mut self, next: Next<'_>) -> Result<()> {
        match self.from.channels {
            Channels::Gray => self.emit_as::<1>(next),
            Channels::GrayAlpha => self.emit_as::<2>(next),
            Channels::Rgb => self.emit_as::<3>(next),
            Channels::Rgba => self.emit_as::<4>(next),
        }?;
        self.held = Vec::new();
        Ok(())
    }

    fn emit_as<const N: usize>(&self, next: Next<'_>) -> Result<()> {
        let image = Image::<N> {
            rows: self.held.as_chunks().0,
            width: self.from.width as usize,
            height: self.from.height as usize,
        };
        let (way, weights, edge) = (Way::new(self), weights(), Edge::new(self.angle));
        let background = premultiplied(self.background);
        let mut row = Vec::with_capacity(self.to.row_bytes());
        for y in 0..self.to.height {
            row.clear();
            let (mut u, mut v) = way.start(y);
            for _ in 0..self.to.width {
                let covered = edge.covered(u, self.from.width) * edge.covered(v, self.from.height);
                let pixel = if covered == 0 { [0; 4] } else { image.sample(u, v, &weights) };
                self.draw(pixel, covered, background, &mut row);
                (u, v) = (u + way.cos, v - way.sin);
            }
            next(&row)?;
        }
        Ok(())
    }

    /// Draws a pixel over the background, as far as it is covered.
    fn draw(&self, pixel: [u32; 4], covered: u32, background: [u32; 4], row: &mut Vec<u8>) {
        let mix = |sample: u32, background: u32| {
            // Below 2 to the power of 32: both samples are at most 255², and the shares add up to 2 to the power of 16.
            (sample * covered + background * (EDGE * EDGE - covered) + EDGE * EDGE / 2) / (EDGE * EDGE)
        };
        let mut mixed = [0; 4];
        for (mixed, (sample, background)) in mixed.iter_mut().zip(pixel.into_iter().zip(background)) {
            *mixed = mix(sample, background);
        }
        let [red, green, blue, alpha] = mixed;
        let narrow = |sample: u32| ((sample + 127) / 255) as u8;
        let straight = |sample: u32| match narrow(alpha) {
            0 => 0,
            255 => narrow(sample),
            _ => ((sample * 255 + alpha / 2) / alpha.max(1)).min(255) as u8,
        };
        match self.to.channels {
            Channels::Gray => row.push(narrow(red)),
            Channels::GrayAlpha => row.extend([straight(red), narrow(alpha)]),
            Channels::Rgb => row.extend([red, green, blue].map(narrow)),
            Channels::Rgba => row.extend([straight(red), straight(green), straight(blue), narrow(alpha)]),
        }
    }
}

impl Stage for Tilted {
    fn shape(&self) -> Shape {
        self.to
    }

    fn cost(&self) -> Cost {
        /// Work of a pixel of the result, and of interpolating a sample of the image.
        const PIXEL: u64 = 100;
        const SAMPLE: u64 = 200;
        let row = self.to.row_bytes() as u64;
        Cost {
            memory: self.from.bytes() + row + 8192,
            work: self.to.pixels() * PIXEL + self.from.bytes() * SAMPLE,
        }
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

/// A colour of four samples, premultiplied and 255 times as large as in 8 bits.
fn premultiplied(Color { red, green, blue, alpha }: Color) -> [u32; 4] {
    [red, green, blue, 255].map(|sample| u32::from(sample) * u32::from(alpha))
}

/// Fractional bits of a place in the image.
const PLACE: u32 = 32;

/// Where the middles of the result's pixels lie in the image, in units of 2 to the power of -[`PLACE`] pixels.
struct Way {
    /// The first of the first row.
    first: (i64, i64),
    /// A step to the right adds the cosine across, and subtracts the sine down; one down adds the sine across, and the
    /// cosine down.
    sin: i64,
    cos: i64,
}

impl Way {
    fn new(tilted: &Tilted) -> Self {
        let one = (1i64 << PLACE) as f64;
        let (sin, cos) = sine_and_cosine(tilted.angle);
        let (sin, cos) = ((sin * one) as i64, (cos * one) as i64);
        let Tilted { from, to, .. } = tilted;
        // From the middle of the result to the middle of its first pixel, in halves of a pixel.
        let (right, down) = (1 - i64::from(to.width), 1 - i64::from(to.height));
        let middle = |side: u32| i64::from(side) << (PLACE - 1);
        let u = middle(from.width) + (right * cos + down * sin) / 2;
        let v = middle(from.height) + (down * cos - right * sin) / 2;
        Self { first: (u, v), sin, cos }
    }

    fn start(&self, y: u32) -> (i64, i64) {
        let (u, v) = self.first;
        (u + i64::from(y) * self.sin, v + i64::from(y) * self.cos)
    }
}

/// Parts of the whole in which an edge is measured.
const EDGE: u32 = 256;
/// Distances from an edge per pixel that the table distinguishes.
const STEPS: i64 = 256;

/// How much of a pixel lies on one side of an edge of the rotated image, by the distance of its middle.
struct Edge {
    /// From a distance of -1 to one of 1, in [`EDGE`] parts of the whole.
    table: Vec<u32>,
}

impl Edge {
    fn new(angle: Angle) -> Self {
        let (sin, cos) = sine_and_cosine(angle);
        let (short, long) = (sin.abs().min(cos.abs()), sin.abs().max(cos.abs()));
        // A pixel, projected on a line across the edge, is a trapezoid of area 1: it is `short + long` wide below, and
        // `long - short` wide above.
        let half = (short + long) / 2.0;
        let inside = |distance: f64| {
            let from_end = half - distance.abs();
            let beyond = if from_end <= 0.0 {
                0.0
            } else if from_end < short {
                from_end * from_end / (2.0 * short * long)
            } else {
                (from_end - short / 2.0) / long
            };
            if distance < 0.0 { beyond } else { 1.0 - beyond }
        };
        let at = |step: i64| inside(step as f64 / STEPS as f64);
        Self { table: (-STEPS..=STEPS).map(|step| (at(step) * f64::from(EDGE) + 0.5) as u32).collect() }
    }

    /// How much of a pixel whose middle lies at this place is covered along one axis of an image of this length.
    fn covered(&self, place: i64, length: u32) -> u32 {
        let inside = |distance: i64| {
            let step = ((distance + (1 << (PLACE - 9))) >> (PLACE - 8)).clamp(-STEPS, STEPS) + STEPS;
            self.table.get(step as usize).copied().unwrap_or(0)
        };
        let (from_start, from_end) = (inside(place), inside((i64::from(length) << PLACE) - place));
        (from_start + from_end).saturating_sub(EDGE)
    }
}

/// Fractional bits of a weight.
const WEIGHT: u32 = 14;
/// Places between two pixels that have weights of their own.
const PHASES: usize = 256;

/// The weights of the four pixels around each place between the second and the third of them.
type Weights = [[i32; 4]; PHASES];

/// The weights of Catmull-Rom, which add up to exactly one.
fn weights() -> Weights {
    let one = 1 << WEIGHT;
    std::array::from_fn(|phase| {
        let t = phase as f64 / PHASES as f64;
        let fixed = |weight: f64| (weight * f64::from(one)).round() as i32;
        let first = fixed(((-0.5 * t + 1.0) * t - 0.5) * t);
        let second = fixed((1.5 * t - 2.5) * t * t + 1.0);
        let fourth = fixed((0.5 * t - 0.5) * t * t);
        [first, second, one - first - second - fourth, fourth]
    })
}

/// The image, as pixels of `N` samples, of which the last is alpha if their number is even.
struct Image<'a, const N: usize> {
    rows: &'a [[u8; N]],
    width: usize,
    height: usize,
}

impl<const N: usize> Image<'_, N> {
    const HAS_ALPHA: bool = N.is_multiple_of(2);
    /// Bits of a sample before it is weighted.
    const BITS: u32 = if Self::HAS_ALPHA { 16 } else { 8 };

    /// Red, green, blue and alpha at a place, premultiplied and 255 times as large as in 8 bits. Beyond its edges, the image
    /// goes on as it ends there.
    fn sample(&self, u: i64, v: i64, weights: &Weights) -> [u32; 4] {
        let split = |place: i64| {
            let place = place - (1 << (PLACE - 1));
            let phase = ((place >> (PLACE - 8)) & 255) as usize;
            ((place >> PLACE) as isize - 1, weights.get(phase).copied().unwrap_or_default())
        };
        let ((x, across), (y, down)) = (split(u), split(v));
        // Bits that are dropped between the two directions, so that sums stay within 32 bits.
        let between = Self::BITS - 1;
        let mut sums = [0i32; N];
        for (index, weight) in down.into_iter().enumerate() {
            let mut of_row = [0i32; N];
            for (pixel, weight) in self.four(x, y + index as isize).into_iter().zip(across) {
                let pixel = Self::premultiplied(pixel);
                of_row.iter_mut().zip(pixel).for_each(|(sum, sample)| *sum += sample * weight);
            }
            sums.iter_mut().zip(of_row).for_each(|(sum, of_row)| *sum += (of_row >> between) * weight);
        }
        let shift = 2 * WEIGHT - between + Self::BITS - 16;
        spread(sums.map(|sum| {
            let sample = (sum + (1 << (shift - 1))) >> shift;
            // Of 8 bits and as many of a fraction.
            let sample = if Self::HAS_ALPHA { sample } else { sample * 255 / 256 };
            sample.clamp(0, 65_025) as u32
        }))
    }

    /// Four pixels of a row, beginning with one that may lie outside.
    fn four(&self, x: isize, y: isize) -> [[u8; N]; 4] {
        let y = y.clamp(0, self.height as isize - 1) as usize;
        let row = self.rows.get(y * self.width..(y + 1) * self.width).unwrap_or_default();
        let inside = usize::try_from(x).ok().and_then(|x| row.get(x..)?.first_chunk().copied());
        inside.unwrap_or_else(|| {
            std::array::from_fn(|index| {
                let x = (x + index as isize).clamp(0, self.width as isize - 1);
                row.get(x as usize).copied().unwrap_or([0; N])
            })
        })
    }

    fn premultiplied(pixel: [u8; N]) -> [i32; N] {
        let samples = pixel.map(i32::from);
        let Some(&alpha) = samples.last().filter(|_| Self::HAS_ALPHA) else { return samples };
        let mut samples = samples.map(|sample| sample * alpha);
        if let Some(last) = samples.last_mut() {
            *last = alpha * 255;
        }
        samples
    }
}

/// Samples of any channels as red, green, blue and alpha.
fn spread<const N: usize>(samples: [u32; N]) -> [u32; 4] {
    match *samples.as_slice() {
        [gray] => [gray, gray, gray, 65_025],
        [gray, alpha] => [gray, gray, gray, alpha],
        [red, green, blue] => [red, green, blue, 65_025],
        [red, green, blue, alpha] => [red, green, blue, alpha],
        _ => [0; 4],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pixels::Depth;
    use crate::stage::tests::{gray, through};

    fn degrees(degrees: f64) -> Angle {
        Angle::try_from(degrees).unwrap()
    }

    fn tilted(from: Shape, image: &[u8], angle: Angle, background: Color) -> (Shape, Vec<u8>) {
        let tilted = Tilted::new(from, angle, background);
        (tilted.shape(), through(tilted, from, image))
    }

    #[test]
    fn quarter_turns_need_no_interpolation() {
        let quarters = |angle: f64| Tilted::quarters(degrees(angle));
        assert_eq!(quarters(0.0), Some(Rotation::None));
        assert_eq!(quarters(90.0), Some(Rotation::Quarter));
        assert_eq!(quarters(-90.0), Some(Rotation::ThreeQuarters));
        assert_eq!(quarters(540.0), Some(Rotation::Half));
        assert_eq!(quarters(90.001), None);
    }

    #[test]
    fn the_smallest_angle_changes_nothing_within() {
        let from = gray(9, 7);
        let image: Vec<u8> = (0..63).map(|i| (i * 37 % 256) as u8).collect();
        let (shape, rows) = tilted(from, &image, Angle::from_millidegrees(1), Color::WHITE);
        assert_eq!(shape, from);
        let inner = |image: &[u8]| -> Vec<u8> {
            image.as_chunks::<9>().0.iter().skip(1).take(5).flat_map(|row| row[1..8].to_vec()).collect()
        };
        let off = inner(&rows).iter().zip(inner(&image)).map(|(a, b)| a.abs_diff(b)).max();
        assert!(off <= Some(1), "{off:?}");
    }

    #[test]
    fn the_image_turns_clockwise() {
        // White at the left: after an eighth of a turn, at the upper left.
        let from = gray(40, 40);
        let image: Vec<u8> = (0..1600).map(|i| if i % 40 < 20 { 255 } else { 0 }).collect();
        let grey = Color { red: 99, green: 99, blue: 99, alpha: 255 };
        let (shape, rows) = tilted(from, &image, degrees(45.0), grey);
        assert_eq!((shape.width, shape.height, shape.channels), (57, 57, Channels::Gray));
        let at = |x: usize, y: usize| rows[y * 57 + x];
        assert_eq!((at(0, 0), at(56, 0), at(0, 56), at(56, 56)), (99, 99, 99, 99));
        assert_eq!((at(20, 20), at(28, 10), at(10, 28)), (255, 255, 255));
        assert_eq!((at(36, 36), at(28, 46), at(46, 28)), (0, 0, 0));
    }

    #[test]
    fn half_a_turn_more_gives_the_same_image_upside_down() {
        let from = Shape { width: 23, height: 11, channels: Channels::Rgb, depth: Depth::Eight };
        let image: Vec<u8> = (0..from.bytes()).map(|i| (i * 91 % 256) as u8).collect();
        let (_, one) = tilted(from, &image, degrees(33.3), Color::WHITE);
        let (_, other) = tilted(from, &image, degrees(213.3), Color::WHITE);
        let turned: Vec<u8> = other.as_chunks::<3>().0.iter().rev().flatten().copied().collect();
        let off = one.iter().zip(turned).map(|(a, b)| a.abs_diff(b)).max();
        assert!(off <= Some(3), "{off:?}");
    }

    #[test]
    fn a_colour_stays_the_same_within_and_transparency_is_smooth_at_the_edges() {
        let from = Shape { width: 50, height: 30, channels: Channels::Rgb, depth: Depth::Eight };
        let (shape, rows) = tilted(from, &[200, 100, 50].repeat(1500), degrees(30.0), Color::TRANSPARENT);
        assert_eq!(shape.channels, Channels::Rgba);
        let pixels = rows.as_chunks::<4>().0;
        let is_right = |pixel: &[u8; 4]| {
            let near =
                pixel.iter().zip([200, 100, 50]).all(|(&a, b)| a.abs_diff(b) <= 1 + 90 / pixel[3].max(1));
            *pixel == [0; 4] || (pixel[3] == 255 && pixel[..3] == [200, 100, 50]) || (pixel[3] < 255 && near)
        };
        assert!(pixels.iter().all(is_right));
        // What the pixels cover adds up to the area of the image.
        let area: f64 = pixels.iter().map(|pixel| f64::from(pixel[3]) / 255.0).sum();
        assert!((area - 1500.0).abs() < 1.0, "{area}");
        assert!(pixels.iter().any(|pixel| (100..150).contains(&pixel[3])));
    }

    #[test]
    fn an_opaque_background_leaves_opaque_images_opaque_and_shows_at_the_corners() {
        let from = Shape { width: 10, height: 10, channels: Channels::Gray, depth: Depth::Eight };
        let blue = Color { red: 0, green: 0, blue: 255, alpha: 255 };
        let (shape, rows) = tilted(from, &[255; 100], degrees(45.0), blue);
        assert_eq!((shape.width, shape.channels), (14, Channels::Rgb));
        assert_eq!(rows[..3], [0, 0, 255]);
        assert_eq!(rows[3 * (7 * 14 + 7)..][..3], [255; 3]);
        let from = Shape { channels: Channels::Rgba, ..from };
        let (shape, rows) = tilted(from, &[9, 9, 9, 100].repeat(100), degrees(45.0), blue);
        assert_eq!(shape.channels, Channels::Rgba);
        assert_eq!(rows[..4], [0, 0, 255, 255]);
        assert_eq!(rows[4 * (7 * 14 + 7)..][..4], [9, 9, 9, 100]);
    }

    #[test]
    fn hidden_colours_do_not_bleed() {
        let from = Shape { width: 8, height: 8, channels: Channels::Rgba, depth: Depth::Eight };
        let image = [[255, 0, 0, 0], [0, 255, 0, 255]].concat().repeat(32);
        let (_, rows) = tilted(from, &image, degrees(20.0), Color::TRANSPARENT);
        assert!(rows.as_chunks::<4>().0.iter().all(|pixel| pixel[0] == 0));
    }

    #[test]
    fn a_single_pixel_can_be_tilted() {
        let (shape, rows) = tilted(gray(1, 1), &[100], degrees(45.0), Color::TRANSPARENT);
        assert_eq!((shape.width, shape.height, shape.channels), (1, 1, Channels::GrayAlpha));
        // The pixel and its shadow share a regular octagon of 2 (√2 - 1); edges are measured one by one, which is near.
        assert!(rows[0] == 100 && rows[1].abs_diff(211) < 10, "{rows:?}");
    }
}
