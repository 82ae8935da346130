//! Sharpens an image.

use super::LUMA_WEIGHTS;
use super::blur::ONE;
use super::gauss::Gauss;
use crate::stage::{Cost, Next, Shape, Stage};
use crate::{Factor, Result, Sharpen, Unsharp};
use std::collections::VecDeque;

/// Adds to the lightness of each pixel what it has more than the pixels around it, times a factor. The hue stays.
#[derive(Debug)]
pub(crate) struct Sharpened {
    shape: Shape,
    gauss: Gauss,
    gain: Gain,
    /// Rows that wait for the blurred ones, with their lightness.
    waiting: VecDeque<(Vec<u8>, Vec<u16>)>,
}

/// What is added for a difference of lightness. Levels are those of bytes, times [`LEVEL`].
#[derive(Debug, Clone, Copy)]
pub(super) struct Gain {
    /// The least difference that counts as large.
    knee: i64,
    /// The strength below it.
    flat: i64,
    /// What is added for a difference of that size, and the strength beyond.
    base: i64,
    steep: i64,
    /// The most that is added, and taken away.
    most: (i64, i64),
}

/// A level of a byte, among samples of 16 bits.
const LEVEL: i64 = 255;
/// Fractional bits of strengths.
const BITS: u32 = 16;

fn strength(factor: Factor) -> i64 {
    ((u64::from(factor.millionths()) << BITS) / 1_000_000) as i64
}

impl Gain {
    /// The one of libvips, whose levels are hundredths of the lightness: differences are large from 2 on, and change it by at
    /// most 10 upwards and 20 downwards.
    pub(super) fn of_edges(Sharpen { flat, jagged, .. }: Sharpen) -> Self {
        let share = |hundredths: i64| LEVEL * 255 * hundredths / 100;
        let (knee, flat) = (share(2), strength(flat));
        let base = (knee * flat) >> BITS;
        Self { knee, flat, base, steep: strength(jagged), most: (share(10), share(20)) }
    }

    /// Of an unsharp mask.
    pub(super) fn of_mask(Unsharp { amount, threshold, .. }: Unsharp) -> Self {
        let (knee, steep) = (LEVEL * i64::from(threshold), strength(amount));
        let most = i64::from(ONE);
        Self { knee, flat: 0, base: (knee * steep) >> BITS, steep, most: (most, most) }
    }

    fn of(&self, difference: i64) -> i64 {
        let size = difference.abs();
        let gain = if size < self.knee {
            (size * self.flat) >> BITS
        } else {
            self.base + (((size - self.knee) * self.steep) >> BITS)
        };
        if difference < 0 { -gain.min(self.most.1) } else { gain.min(self.most.0) }
    }
}

impl Sharpened {
    /// For rows of this shape, with a standard deviation of more than 0 pixels.
    pub(super) fn new(shape: Shape, sigma: Factor, gain: Gain) -> Self {
        let planes = if shape.channels.has_alpha() { 2 } else { 1 };
        let gauss = Gauss::new(sigma.into(), shape.width, shape.height, planes);
        Self { shape, gauss, gain, waiting: VecDeque::new() }
    }

    /// The lightness of a row, times alpha if there is one, and then alpha.
    fn lightness(&self, row: &[u8]) -> Vec<u16> {
        let has_alpha = self.shape.channels.has_alpha();
        let pixels = row.chunks_exact(self.shape.channels.count());
        let light = |pixel: &[u8]| match *pixel {
            [gray] => u32::from(gray) * 255,
            [gray, alpha] => u32::from(gray) * u32::from(alpha),
            [red, green, blue] => luma([red, green, blue], 255),
            [red, green, blue, alpha] => luma([red, green, blue], alpha),
            _ => 0,
        };
        let mut planes = Vec::with_capacity(self.shape.width as usize * if has_alpha { 2 } else { 1 });
        planes.extend(pixels.clone().map(|pixel| light(pixel) as u16));
        if has_alpha {
            planes.extend(pixels.map(|pixel| u16::from(pixel.last().copied().unwrap_or(0)) * 255));
        }
        planes
    }
}

fn luma(color: [u8; 3], alpha: u8) -> u32 {
    let sum: u32 = color.iter().zip(LUMA_WEIGHTS).map(|(&sample, weight)| u32::from(sample) * weight).sum();
    (sum * u32::from(alpha) + (1 << 15)) >> 16
}

impl Stage for Sharpened {
    fn shape(&self) -> Shape {
        self.shape
    }

    fn cost(&self) -> Cost {
        /// Work of finding the lightness of a pixel, and of adding to it.
        const PIXEL: u64 = 90;
        let rows = self.gauss.delay() as u64 + 2;
        let row = self.shape.row_bytes() as u64 + u64::from(self.shape.width) * 4 + 64;
        Cost {
            memory: self.gauss.memory() + rows * row,
            work: self.gauss.work() + self.shape.pixels() * PIXEL,
        }
    }

    fn push(&mut self, row: &[u8], next: Next<'_>) -> Result<()> {
        let light = self.lightness(row);
        self.waiting.push_back((row.to_vec(), light.clone()));
        let Self { shape, gauss, gain, waiting } = self;
        let mut result = Ok(());
        gauss.push(light, &mut |blurred| {
            let Some((mut row, light)) = waiting.pop_front() else { return };
            add(&mut row, *shape, &light, blurred, gain);
            if result.is_ok() {
                result = next(&row);
            }
        });
        result
    }
}

/// Adds to a row what its lightness differs from the blurred one.
fn add(row: &mut [u8], shape: Shape, light: &[u16], blurred: &[u16], gain: &Gain) {
    let has_alpha = shape.channels.has_alpha();
    let (light, _) = light.split_at(shape.width as usize);
    let (blurred, alphas) = blurred.split_at(shape.width as usize);
    let mut alphas = alphas.iter();
    let pixels = row.chunks_exact_mut(shape.channels.count()).zip(light.iter().zip(blurred));
    for (pixel, (&light, &blurred)) in pixels {
        let (color, light, blurred) = match pixel.split_last_mut().filter(|_| has_alpha) {
            None => (pixel, i64::from(light), i64::from(blurred)),
            Some((&mut alpha, color)) => {
                let around = i64::from(alphas.next().copied().unwrap_or(0));
                if alpha == 0 {
                    continue;
                }
                // What is transparent does not count.
                let blurred = (i64::from(blurred) * i64::from(ONE) + around / 2) / around.max(1);
                (color, i64::from(light) * LEVEL / i64::from(alpha), blurred)
            }
        };
        let more = gain.of(light - blurred);
        let more = (more + LEVEL / 2).div_euclid(LEVEL);
        for sample in color {
            *sample = (i64::from(*sample) + more).clamp(0, 255) as u8;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pixels::{Channels, Depth};
    use crate::stage::tests::{gray, through};

    fn mask(sigma: u32, amount: u32, threshold: u32) -> Unsharp {
        let factor = |tenths: u32| Factor::from_millionths(tenths * 100_000);
        Unsharp { sigma: factor(sigma), amount: factor(amount), threshold }
    }

    fn sharpened(shape: Shape, by: Unsharp, image: &[u8]) -> Vec<u8> {
        through(Sharpened::new(shape, by.sigma, Gain::of_mask(by)), shape, image)
    }

    #[test]
    fn the_gains_are_those_of_libvips() {
        let by =
            Sharpen { sigma: Factor::ONE, flat: Factor::ONE, jagged: Factor::from_millionths(2_000_000) };
        let gain = Gain::of_edges(by);
        // A hundredth of the lightness.
        let level = LEVEL * 255 / 100;
        for (difference, more) in
            [(0, 0), (1, 1), (-1, -1), (2, 2), (4, 6), (-4, -6), (6, 10), (30, 10), (-30, -20)]
        {
            let off = gain.of(difference * level) - more * level;
            assert!(off.abs() < LEVEL / 2, "{difference}: {off}");
        }
    }

    #[test]
    fn a_flat_image_stays_as_it_is() {
        for pixel in [&[77][..], &[200, 100], &[255, 128, 0], &[255, 128, 3, 200], &[9, 8, 7, 0]] {
            let channels = [Channels::Gray, Channels::GrayAlpha, Channels::Rgb, Channels::Rgba];
            let shape =
                Shape { width: 9, height: 7, channels: channels[pixel.len() - 1], depth: Depth::Eight };
            let image = pixel.repeat(63);
            assert_eq!(sharpened(shape, mask(20, 50, 0), &image), image);
        }
    }

    #[test]
    fn an_edge_becomes_steeper_by_what_an_exact_mask_adds() {
        let image: Vec<u8> = (0..11).flat_map(|_| (0..40).map(|x| if x < 20 { 80 } else { 160 })).collect();
        let rows = sharpened(gray(40, 11), mask(10, 10, 0), &image);
        let bell = |x: i32| (-f64::from(x * x) / 2.0).exp();
        let sum: f64 = (-9..=9).map(bell).sum();
        for x in 15..25 {
            let value = |x: i32| if x < 20 { 80.0 } else { 160.0 };
            let blurred: f64 = (-9..=9).map(|d| bell(d) * value(x + d)).sum::<f64>() / sum;
            let exact = value(x) + value(x) - blurred;
            assert!((f64::from(rows[5 * 40 + x as usize]) - exact).abs() < 1.0, "{x}");
        }
    }

    #[test]
    fn differences_below_the_threshold_stay() {
        let image: Vec<u8> = (0..20).flat_map(|_| (0..20).map(|x| if x < 10 { 100 } else { 108 })).collect();
        assert_eq!(sharpened(gray(20, 20), mask(10, 20, 5), &image), image);
        assert_ne!(sharpened(gray(20, 20), mask(10, 20, 2), &image), image);
    }

    #[test]
    fn what_is_transparent_makes_no_edge() {
        let shape = Shape { width: 20, height: 20, channels: Channels::Rgba, depth: Depth::Eight };
        let image: Vec<u8> =
            (0..400).flat_map(|i| if i % 20 < 10 { [90, 90, 90, 255] } else { [255, 255, 255, 0] }).collect();
        assert_eq!(sharpened(shape, mask(20, 30, 0), &image), image);
    }
}
