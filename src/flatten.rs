//! Draws a background under transparent pixels.

use crate::pixels::Channels;
use crate::{Color, Format, Geometry};

/// What becomes of a row's alpha.
#[derive(Debug)]
pub(crate) struct Flatten {
    from: Channels,
    to: Channels,
    background: Option<Color>,
    row: Vec<u8>,
}

impl Flatten {
    /// For rows laid out as `from`, on their way to an encoder of `format`.
    pub(crate) fn new(from: Channels, geometry: &Geometry, format: Format) -> Self {
        let background = if !from.has_alpha() {
            None
        } else if format == Format::Jpeg {
            Some(over_white(geometry.background.unwrap_or(Color::WHITE)))
        } else {
            geometry.background
        };
        let to = match background {
            Some(Color { red, green, blue, alpha: 255 }) if from == Channels::GrayAlpha => {
                if red == green && green == blue { Channels::Gray } else { Channels::Rgb }
            }
            Some(Color { alpha: 255, .. }) => Channels::Rgb,
            Some(_) => Channels::Rgba,
            None => from,
        };
        Self { from, to, background, row: Vec::new() }
    }

    /// The layout of rows that come out.
    pub(crate) fn channels(&self) -> Channels {
        self.to
    }

    /// Takes a row and gives it back, flattened.
    pub(crate) fn apply<'a>(&'a mut self, row: &'a [u8]) -> &'a [u8] {
        let Some(background) = self.background else { return row };
        self.row.clear();
        let (to, out) = (self.to, &mut self.row);
        let mut draw = |[red, green, blue, alpha]: [u8; 4]| {
            let [red, green, blue, alpha] = over(Color { red, green, blue, alpha }, background);
            match to {
                Channels::Gray => out.push(red),
                Channels::Rgb => out.extend([red, green, blue]),
                _ => out.extend([red, green, blue, alpha]),
            }
        };
        if self.from == Channels::GrayAlpha {
            row.as_chunks().0.iter().for_each(|&[gray, alpha]| draw([gray, gray, gray, alpha]));
        } else {
            row.as_chunks().0.iter().for_each(|&pixel| draw(pixel));
        }
        &self.row
    }
}

fn over_white(color: Color) -> Color {
    let [red, green, blue, alpha] = over(color, Color::WHITE);
    Color { red, green, blue, alpha }
}

/// The Porter-Duff operator "over" on colours that are not premultiplied
/// (Compositing and Blending Level 1, section 9.1.4).
fn over(top: Color, under: Color) -> [u8; 4] {
    // Alphas in units of 1/255², so that nothing is rounded before the end.
    let top_alpha = u32::from(top.alpha) * 255;
    let under_alpha = u32::from(under.alpha) * u32::from(255 - top.alpha);
    let alpha = top_alpha + under_alpha;
    let mix = |top: u8, under: u8| {
        let sum = u32::from(top) * top_alpha + u32::from(under) * under_alpha;
        (sum + alpha / 2).checked_div(alpha).unwrap_or(0) as u8
    };
    [
        mix(top.red, under.red),
        mix(top.green, under.green),
        mix(top.blue, under.blue),
        ((alpha + 127) / 255) as u8,
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn geometry(background: Option<Color>) -> Geometry {
        Geometry { background, ..Geometry::default() }
    }

    #[test]
    fn jpeg_gets_white_under_transparent_pixels_unless_told_otherwise() {
        let mut flatten = Flatten::new(Channels::Rgba, &geometry(None), Format::Jpeg);
        assert_eq!(flatten.channels(), Channels::Rgb);
        assert_eq!(flatten.apply(&[200, 0, 0, 0, 200, 0, 0, 255]), [255, 255, 255, 200, 0, 0]);
    }

    #[test]
    fn formats_with_alpha_keep_it_without_a_background() {
        let mut flatten = Flatten::new(Channels::Rgba, &geometry(None), Format::Png);
        assert_eq!(flatten.apply(&[200, 1, 2, 77]), [200, 1, 2, 77]);
    }

    #[test]
    fn a_coloured_background_makes_gray_images_coloured() {
        let blue = Color { red: 0, green: 0, blue: 255, alpha: 255 };
        let mut flatten = Flatten::new(Channels::GrayAlpha, &geometry(Some(blue)), Format::Png);
        assert_eq!(flatten.apply(&[100, 0, 100, 255]), [0, 0, 255, 100, 100, 100]);
    }

    #[test]
    fn a_translucent_background_adds_its_alpha() {
        let veil = Color { red: 0, green: 0, blue: 0, alpha: 128 };
        let mut flatten = Flatten::new(Channels::Rgba, &geometry(Some(veil)), Format::Webp);
        assert_eq!(
            flatten.apply(&[255, 255, 255, 0, 255, 255, 255, 255]),
            [0, 0, 0, 128, 255, 255, 255, 255]
        );
    }
}
