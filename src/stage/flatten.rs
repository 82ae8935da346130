//! Draws a background under transparent pixels.

use super::{Cost, Next, Shape, Stage};
use crate::pixels::Channels;
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
        self.row.clear();
        let (to, background, out) = (self.to, self.background, &mut self.row);
        let mut draw = |[red, green, blue, alpha]: [u8; 4]| {
            let Color { red, green, blue, alpha } = over(Color { red, green, blue, alpha }, background);
            match to {
                Channels::Gray => out.push(red),
                Channels::Rgb => out.extend([red, green, blue]),
                _ => out.extend([red, green, blue, alpha]),
            }
        };
        if self.from.channels == Channels::GrayAlpha {
            row.as_chunks().0.iter().for_each(|&[gray, alpha]| draw([gray, gray, gray, alpha]));
        } else {
            row.as_chunks().0.iter().for_each(|&pixel| draw(pixel));
        }
        next(&self.row)
    }
}

/// The Porter-Duff operator "over" on colours that are not premultiplied
/// (Compositing and Blending Level 1, section 9.1.4).
pub(crate) fn over(top: Color, under: Color) -> Color {
    // Alphas in units of 1/255², so that nothing is rounded before the end.
    let top_alpha = u32::from(top.alpha) * 255;
    let under_alpha = u32::from(under.alpha) * u32::from(255 - top.alpha);
    let alpha = top_alpha + under_alpha;
    let mix = |top: u8, under: u8| {
        let sum = u32::from(top) * top_alpha + u32::from(under) * under_alpha;
        (sum + alpha / 2).checked_div(alpha).unwrap_or(0) as u8
    };
    Color {
        red: mix(top.red, under.red),
        green: mix(top.green, under.green),
        blue: mix(top.blue, under.blue),
        alpha: ((alpha + 127) / 255) as u8,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flattened(channels: Channels, row: &[u8], background: Color, opaque: bool) -> (Channels, Vec<u8>) {
        let from = Shape { width: (row.len() / channels.count()) as u32, height: 1, channels };
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
