//! Draws a background under transparent pixels.

use super::{Cost, Next, Shape, Stage};
use crate::pixels::{Channels, Depth};
use crate::{Color, Result};

/// Composites rows over a colour.
#[derive(Debug)]
pub(crate) struct Flatten {
    from: Shape,
    to: Channels,
    background: Color,
    row: Vec<u8>,
}

impl Flatten {
    /// For rows of this shape, which have alpha. An `opaque` background leaves no alpha: where the colour is translucent,
    /// white lies under it.
    pub(crate) fn new(from: Shape, background: Color, opaque: bool) -> Self {
        let background = if opaque { over(background, Color::WHITE) } else { background };
        let Color { red, green, blue, alpha } = background;
        let to = match (alpha, from.channels) {
            (255, Channels::GrayAlpha) if red == green && green == blue => Channels::Gray,
            (255, _) => Channels::Rgb,
            _ => Channels::Rgba,
        };
        Self { from, to, background, row: Vec::new() }
    }

    /// Composites a row of samples of this many bytes.
    fn flatten<const BYTES: usize>(&mut self, row: &[u8]) {
        self.row.clear();
        let (to, out) = (self.to, &mut self.row);
        let full = (1 << (8 * BYTES)) - 1;
        let background = samples(self.background).map(|sample| sample * (full / 255));
        let mut draw = |pixel: [[u8; BYTES]; 4]| {
            let read = |bytes: [u8; BYTES]| bytes.iter().fold(0, |value, &byte| value << 8 | u64::from(byte));
            let pixel = mixed(pixel.map(read), background, full);
            let mut write = |samples: &[u64]| {
                let bytes = samples.iter().filter_map(|sample| sample.to_be_bytes().last_chunk().copied());
                bytes.for_each(|bytes: [u8; BYTES]| out.extend(bytes));
            };
            match (to, pixel) {
                (Channels::Gray, [gray, ..]) => write(&[gray]),
                (Channels::Rgb, [red, green, blue, _]) => write(&[red, green, blue]),
                _ => write(&pixel),
            }
        };
        let row = row.as_chunks().0;
        if self.from.channels == Channels::GrayAlpha {
            row.as_chunks().0.iter().for_each(|&[gray, alpha]| draw([gray, gray, gray, alpha]));
        } else {
            row.as_chunks().0.iter().for_each(|&pixel| draw(pixel));
        }
    }
}

impl Stage for Flatten {
    fn shape(&self) -> Shape {
        Shape { channels: self.to, ..self.from }
    }

    fn cost(&self) -> Cost {
        /// Work of mixing a pixel.
        const PIXEL: u64 = 50;
        Cost { memory: self.shape().row_bytes() as u64, work: self.from.pixels() * PIXEL }
    }

    fn push(&mut self, row: &[u8], next: Next<'_>) -> Result<()> {
        match self.from.depth {
            Depth::Eight => self.flatten::<1>(row),
            Depth::Sixteen => self.flatten::<2>(row),
        }
        next(&self.row)
    }
}

/// The Porter-Duff operator "over" on colours that are not premultiplied
/// (Compositing and Blending Level 1, section 9.1.4).
pub(crate) fn over(top: Color, under: Color) -> Color {
    let [red, green, blue, alpha] = mixed(samples(top), samples(under), 255).map(|sample| sample as u8);
    Color { red, green, blue, alpha }
}

fn samples(color: Color) -> [u64; 4] {
    let Color { red, green, blue, alpha } = color;
    [red, green, blue, alpha].map(u64::from)
}

/// The operator on samples from 0 to `full`, the last of which is alpha.
fn mixed(top: [u64; 4], under: [u64; 4], full: u64) -> [u64; 4] {
    let ([.., top_alpha], [.., under_alpha]) = (top, under);
    // Alphas in units of 1/full², so that nothing is rounded before the end.
    let (top_alpha, under_alpha) = (top_alpha * full, under_alpha * (full - top_alpha));
    let alpha = top_alpha + under_alpha;
    let mix = |top: u64, under: u64| {
        (top * top_alpha + under * under_alpha + alpha / 2).checked_div(alpha).unwrap_or(0)
    };
    let ([red, green, blue, _], [under_red, under_green, under_blue, _]) = (top, under);
    [mix(red, under_red), mix(green, under_green), mix(blue, under_blue), (alpha + full / 2) / full]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flattened(channels: Channels, row: &[u8], background: Color, opaque: bool) -> (Channels, Vec<u8>) {
        let from =
            Shape { width: (row.len() / channels.count()) as u32, height: 1, channels, depth: Depth::Eight };
        let mut flatten = Flatten::new(from, background, opaque);
        let mut out = Vec::new();
        let mut keep = |row: &[u8]| {
            out.extend_from_slice(row);
            Ok(())
        };
        flatten.push(row, &mut keep).unwrap();
        (flatten.shape().channels, out)
    }

    #[test]
    fn a_colour_shows_through_as_far_as_pixels_are_transparent() {
        assert_eq!(
            flattened(Channels::Rgba, &[200, 0, 0, 0, 200, 0, 0, 255], Color::WHITE, true),
            (Channels::Rgb, vec![255, 255, 255, 200, 0, 0])
        );
    }

    #[test]
    fn long_samples_are_mixed_as_they_are() {
        let from = Shape { width: 2, height: 1, channels: Channels::GrayAlpha, depth: Depth::Sixteen };
        let mut flatten = Flatten::new(from, Color::WHITE, false);
        let mut keep = |row: &[u8]| {
            // 65535 and 1000 in halves, rounded; and 1000 as it is.
            assert_eq!(row, [33_267u16.to_be_bytes(), 1000u16.to_be_bytes()].as_flattened());
            Ok(())
        };
        let row = [1000u16, 32_768, 1000, 65_535].map(u16::to_be_bytes);
        flatten.push(row.as_flattened(), &mut keep).unwrap();
    }

    #[test]
    fn a_coloured_background_makes_gray_images_coloured() {
        let blue = Color { red: 0, green: 0, blue: 255, alpha: 255 };
        assert_eq!(
            flattened(Channels::GrayAlpha, &[100, 0, 100, 255], blue, false),
            (Channels::Rgb, vec![0, 0, 255, 100, 100, 100])
        );
    }

    #[test]
    fn a_translucent_background_adds_its_alpha_unless_no_alpha_may_stay() {
        let veil = Color { red: 0, green: 0, blue: 0, alpha: 128 };
        let row = [255, 255, 255, 0, 255, 255, 255, 255];
        assert_eq!(
            flattened(Channels::Rgba, &row, veil, false),
            (Channels::Rgba, vec![0, 0, 0, 128, 255, 255, 255, 255])
        );
        assert_eq!(
            flattened(Channels::Rgba, &row, veil, true),
            (Channels::Rgb, vec![127, 127, 127, 255, 255, 255])
        );
    }
}
