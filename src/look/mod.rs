//! What the pixels of an image show: colours, placeholders, a hash, and the point that draws attention.
//!
//! All of it is found in one small image, at most [`LONGEST`] pixels long, that the decoder makes at its own scale. Sums are
//! in integers; placeholders are calculated in floating point with basic operations, and with functions of `libm`, so that
//! the same image yields the same bytes on every machine.

mod blurhash;
mod difference;
mod palette;
mod thumbhash;

use crate::pixels::Channels;
use crate::stage::{Cost, Shape, attention_point};
use crate::{Color, Facts, Format, Geometry, Length, Looks, Options, Output, Pixels};

/// The longest side of the image to look at, in pixels.
const LONGEST: u32 = 100;

/// The options to decode an image with that is looked at.
pub(crate) fn options(options: &Options) -> Options {
    let side = Some(Length::Pixels(LONGEST));
    let auto_orient = options.geometry.auto_orient;
    let geometry = Geometry { auto_orient, width: side, height: side, ..Geometry::default() };
    let output = Output { format: Format::Png, describe: options.output.describe, ..Output::default() };
    let input = crate::Input { frames: 1, ..options.input };
    Options { geometry, output, input, limits: options.limits, ..Options::default() }
}

/// Collects the rows of a small image, and looks at it.
#[derive(Debug)]
pub(crate) struct Look {
    shape: Shape,
    looks: Looks,
    rows: Vec<u8>,
}

impl Look {
    /// For rows of this shape, if it is asked for in `facts`.
    pub(crate) fn new(shape: Shape, facts: Option<Facts>) -> Self {
        Self { shape, looks: facts.and_then(|facts| facts.pixels).unwrap_or_default(), rows: Vec::new() }
    }

    /// Predicts what it costs.
    pub(crate) fn cost(&self) -> Cost {
        /// Work of a pixel for each component of a placeholder; of a bin for each colour of a palette.
        const COMPONENT: u64 = 16;
        const BIN: u64 = 25 * palette::ROUNDS;
        const FIXED: u64 = 1_500_000;
        let pixels = self.shape.pixels();
        let components = u64::from(self.looks.blurhash_x * self.looks.blurhash_y) * 3 + 60;
        let bins = pixels.min(palette::BINS as u64) * u64::from(self.looks.palette);
        Cost {
            memory: pixels * 120 + (512 << 10),
            work: FIXED + pixels * components * COMPONENT + bins * BIN,
        }
    }

    /// Takes the next row.
    pub(crate) fn push(&mut self, row: &[u8]) {
        self.rows.extend_from_slice(row);
    }

    /// What the image shows, once all rows have come.
    pub(crate) fn pixels(&self) -> Pixels {
        let mut rgba = Vec::new();
        self.shape.channels.widen(&self.rows, Channels::Rgba, &mut rgba);
        let small = Small {
            width: self.shape.width as usize,
            height: self.shape.height as usize,
            pixels: rgba.as_chunks().0,
        };
        let average = small.average();
        Pixels {
            average,
            palette: palette::palette(small.pixels, self.looks.palette as usize),
            thumbhash: thumbhash::encode(&small),
            blurhash: blurhash::encode(&small, average, (self.looks.blurhash_x, self.looks.blurhash_y)),
            difference_hash: difference::hash(&small, average),
            attention: attention_point(&rgba, Shape { channels: Channels::Rgba, ..self.shape }),
        }
    }
}

/// A small image: rows of red, green, blue and alpha, not premultiplied.
struct Small<'a> {
    width: usize,
    height: usize,
    pixels: &'a [[u8; 4]],
}

impl Small<'_> {
    /// The mean of all colours, each as opaque as it is.
    fn average(&self) -> Color {
        let mut sums = [0u64; 4];
        for &[red, green, blue, alpha] in self.pixels {
            let alpha = u64::from(alpha);
            let weighted = [red, green, blue].map(|channel| u64::from(channel) * alpha);
            for (sum, value) in sums.iter_mut().zip(weighted.into_iter().chain([alpha])) {
                *sum += value;
            }
        }
        let [red, green, blue, alpha] = sums;
        let mean = |sum: u64, of: u64| (sum + of / 2).checked_div(of).unwrap_or(0) as u8;
        let [red, green, blue] = [red, green, blue].map(|sum| mean(sum, alpha));
        Color { red, green, blue, alpha: mean(alpha, self.pixels.len() as u64) }
    }

    /// The pixels over an opaque colour, 0 to 255 × 255 each.
    fn over(&self, color: Color) -> impl Iterator<Item = [u32; 3]> {
        let below = [color.red, color.green, color.blue].map(u32::from);
        self.pixels.iter().map(move |&[red, green, blue, alpha]| {
            let alpha = u32::from(alpha);
            let mut mixed = below.map(|channel| channel * (255 - alpha));
            for (mixed, channel) in mixed.iter_mut().zip([red, green, blue]) {
                *mixed += u32::from(channel) * alpha;
            }
            mixed
        })
    }
}

/// The cosines of a component along a side: `cos(π component (place + 1/2) / length)`, in the middle of each pixel.
fn cosines(component: usize, length: usize, offset: f64) -> Vec<f64> {
    let step = std::f64::consts::PI / length.max(1) as f64 * component as f64;
    (0..length).map(|place| libm::cos(step * (place as f64 + offset))).collect()
}

/// A channel's share of a component: the sum of its samples, each times the cosines of its column and row, divided by their
/// number.
fn component(samples: &[f64], across: &[f64], down: &[f64]) -> f64 {
    let rows = samples.chunks_exact(across.len().max(1));
    let row = |row: &[f64]| row.iter().zip(across).map(|(sample, cosine)| sample * cosine).sum::<f64>();
    let sum: f64 = rows.zip(down).map(|(samples, cosine)| row(samples) * cosine).sum();
    sum / samples.len().max(1) as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pixels::Depth;

    /// What is seen in an image.
    pub(super) fn look(width: u32, height: u32, pixel: impl Fn(u32, u32) -> [u8; 4]) -> Pixels {
        look_with(Looks::default(), width, height, pixel)
    }

    pub(super) fn look_with(
        looks: Looks,
        width: u32,
        height: u32,
        pixel: impl Fn(u32, u32) -> [u8; 4],
    ) -> Pixels {
        let shape = Shape { width, height, channels: Channels::Rgba, depth: Depth::Eight };
        let mut look = Look::new(shape, Some(Facts { pixels: Some(looks), location: false }));
        for y in 0..height {
            look.push(&(0..width).flat_map(|x| pixel(x, y)).collect::<Vec<_>>());
        }
        look.pixels()
    }

    #[test]
    fn the_average_counts_pixels_as_far_as_they_are_opaque() {
        let pixels = look(8, 4, |x, _| if x < 4 { [200, 100, 0, 255] } else { [0, 0, 255, 0] });
        assert_eq!(pixels.average, Color { red: 200, green: 100, blue: 0, alpha: 128 });
        assert_eq!(pixels.palette, [Color { red: 200, green: 100, blue: 0, alpha: 255 }]);
        let nothing = look(3, 3, |_, _| [9, 9, 9, 0]);
        assert_eq!((nothing.average, nothing.palette), (Color::TRANSPARENT, vec![]));
    }

    #[test]
    fn the_point_of_attention_is_where_the_only_thing_is() {
        let spot = |x: u32, y: u32| {
            if (60..72).contains(&x) && (8..20).contains(&y) { [250, 30, 30, 255] } else { [90, 90, 90, 255] }
        };
        let point = look(100, 60, spot).attention;
        let near = |share: crate::Factor, middle: u32| share.millionths().abs_diff(middle) < 150_000;
        assert!(near(point.x, 660_000) && near(point.y, 233_000), "{point:?}");
    }
}
