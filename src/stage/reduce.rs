//! Small images of parts of an image, to look at it as a whole.

use std::ops::Range;

use super::{Cost, Shape};
use crate::pixels::Channels;

/// Fractional bits of a place in an image.
pub(super) const PLACE: u32 = 16;

/// A small image. A sample is premultiplied, and 255 times as large as in 8 bits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Reduced {
    pub width: usize,
    pub height: usize,
    pub channels: Channels,
    pub samples: Vec<u32>,
}

/// The size of an image whose longer side is reduced to at most `longest` pixels.
pub(super) fn reduced_size(image: Shape, longest: u32) -> (u32, u32) {
    let longer = image.width.max(image.height).max(1);
    let longest = longer.min(longest);
    let side = |side: u32| {
        let side = (u64::from(side) * u64::from(longest) + u64::from(longer) / 2) / u64::from(longer);
        (side as u32).max(1)
    };
    (side(image.width), side(image.height))
}

/// What it costs to reduce an image to a size.
pub(super) fn cost(from: Shape, (width, height): (u32, u32)) -> Cost {
    /// Work of adding a sample, and of a pixel of the small image.
    const SAMPLE: u64 = 10;
    const PIXEL: u64 = 170;
    let pixels = u64::from(width) * u64::from(height);
    let memory = 4 * pixels * from.channels.count() as u64;
    Cost { memory, work: from.bytes() * SAMPLE + pixels * PIXEL }
}

impl Reduced {
    /// Averages the pixels of a part of an image: its columns and rows, in units of 2 to the power of -[`PLACE`] pixels.
    pub(super) fn new(
        image: &[u8],
        from: Shape,
        (across, down): (Range<u64>, Range<u64>),
        (width, height): (u32, u32),
    ) -> Self {
        let (width, height) = (width as usize, height as usize);
        let mut samples = Vec::with_capacity(width * height * from.channels.count());
        for y in 0..height {
            let rows = cell(&down, y, height);
            for x in 0..width {
                average(image, from, cell(&across, x, width), rows.clone(), &mut samples);
            }
        }
        Self { width, height, channels: from.channels, samples }
    }

    /// Averages the pixels of all of an image.
    pub(super) fn whole(image: &[u8], from: Shape, size: (u32, u32)) -> Self {
        let side = |length: u32| 0..u64::from(length) << PLACE;
        Self::new(image, from, (side(from.width), side(from.height)), size)
    }
}

/// The pixels of one of `parts` equal parts of a span, at least one.
fn cell(span: &Range<u64>, index: usize, parts: usize) -> Range<usize> {
    let length = span.end - span.start;
    let place = |index: usize| ((span.start + length * index as u64 / parts.max(1) as u64) >> PLACE) as usize;
    let last = (span.end.saturating_sub(1) >> PLACE) as usize;
    let start = place(index).min(last);
    start..place(index + 1).clamp(start + 1, last + 1)
}

/// Adds the average of a part of an image: premultiplied, times 255.
fn average(image: &[u8], from: Shape, columns: Range<usize>, rows: Range<usize>, out: &mut Vec<u32>) {
    let count = from.channels.count();
    let pixels = (columns.len() * rows.len()).max(1) as u64;
    let mut sums = [0u64; 4];
    for y in rows {
        let start = y * from.row_bytes();
        let part = image.get(start + columns.start * count..start + columns.end * count).unwrap_or_default();
        let mut of_row = [0u64; 4];
        match from.channels {
            Channels::Gray => of_row[0] = part.iter().map(|&gray| u64::from(gray) * 255).sum(),
            Channels::GrayAlpha => add_premultiplied::<2>(part, &mut of_row),
            Channels::Rgb => {
                for pixel in part.as_chunks::<3>().0 {
                    of_row.iter_mut().zip(pixel).for_each(|(sum, &sample)| *sum += u64::from(sample) * 255);
                }
            }
            Channels::Rgba => add_premultiplied::<4>(part, &mut of_row),
        }
        sums.iter_mut().zip(of_row).for_each(|(sum, of_row)| *sum += of_row);
    }
    out.extend(sums.iter().take(count).map(|sum| ((sum + pixels / 2) / pixels) as u32));
}

fn add_premultiplied<const N: usize>(part: &[u8], sums: &mut [u64; 4]) {
    for pixel in part.as_chunks::<N>().0 {
        let Some((&alpha, color)) = pixel.split_last() else { continue };
        let alpha = u64::from(alpha);
        let samples = color.iter().map(|&sample| u64::from(sample) * alpha).chain([alpha * 255]);
        sums.iter_mut().zip(samples).for_each(|(sum, sample)| *sum += sample);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pixels::Depth;

    #[test]
    fn cells_are_averages_whatever_the_sizes() {
        let from = Shape { width: 4, height: 2, channels: Channels::Gray, depth: Depth::Eight };
        let image = [0, 10, 20, 30, 40, 50, 60, 70];
        let reduced = |size| Reduced::whole(&image, from, size).samples;
        assert_eq!(reduced((2, 1)), [25 * 255, 45 * 255]);
        assert_eq!(reduced((1, 1)), [35 * 255]);
        assert_eq!(reduced((4, 2)), image.map(|sample| u32::from(sample) * 255));
        assert_eq!(reduced((8, 1))[..4], [20 * 255, 20 * 255, 30 * 255, 30 * 255]);
    }

    #[test]
    fn transparent_pixels_weigh_nothing() {
        let from = Shape { width: 2, height: 1, channels: Channels::Rgba, depth: Depth::Eight };
        let reduced = Reduced::whole(&[100, 50, 0, 255, 255, 255, 255, 0], from, (1, 1));
        assert_eq!(reduced.samples, [100 * 255 / 2, 50 * 255 / 2, 0, 65_025 / 2 + 1]);
    }

    #[test]
    fn the_longer_side_is_limited() {
        let size = |width, height| {
            reduced_size(Shape { width, height, channels: Channels::Rgb, depth: Depth::Eight }, 128)
        };
        assert_eq!(size(1000, 500), (128, 64));
        assert_eq!(size(3, 2), (3, 2));
        assert_eq!(size(65_535, 1), (128, 1));
    }
}
