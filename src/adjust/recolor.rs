//! Changes colours pixel by pixel, in one pass whatever is asked for.

use super::colors::Colors;
use crate::Result;
use crate::pixels::Channels;
use crate::stage::{Cost, Next, Shape, Stage};

/// Sends each pixel through a table, a matrix and a table, as far as [`Colors`] has them.
#[derive(Debug)]
pub(crate) struct Recolor {
    from: Shape,
    to: Channels,
    colors: Box<Colors>,
    /// What becomes of each gray, where there are no others.
    grays: Vec<[u8; 3]>,
    row: Vec<u8>,
}

impl Recolor {
    /// For rows of this shape. Gray rows stay gray if all grays do.
    pub(crate) fn new(from: Shape, colors: Colors) -> Self {
        let is_gray = matches!(from.channels, Channels::Gray | Channels::GrayAlpha);
        let grays: Vec<_> =
            if is_gray { (0..=255).map(|gray| colors.of([gray; 3])).collect() } else { Vec::new() };
        let stays = grays.iter().all(|&[red, green, blue]| red == green && green == blue);
        let to = match from.channels {
            Channels::Gray if !stays => Channels::Rgb,
            Channels::GrayAlpha if !stays => Channels::Rgba,
            channels => channels,
        };
        Self { from, to, colors: Box::new(colors), grays, row: Vec::new() }
    }
}

impl Stage for Recolor {
    fn shape(&self) -> Shape {
        Shape { channels: self.to, ..self.from }
    }

    fn cost(&self) -> Cost {
        /// Work of a pixel, and of making the tables.
        const GRAY: u64 = 20;
        const PIXEL: u64 = 110;
        const TABLES: u64 = 900_000;
        let pixel = if self.grays.is_empty() { PIXEL } else { GRAY };
        Cost {
            memory: Colors::MEMORY + self.shape().row_bytes() as u64,
            work: TABLES + self.from.pixels() * pixel,
        }
    }

    fn push(&mut self, row: &[u8], next: Next<'_>) -> Result<()> {
        let Self { from, to, colors, grays, row: out } = self;
        out.clear();
        let gray = |gray: u8| grays.get(usize::from(gray)).copied().unwrap_or_default();
        match (from.channels, to) {
            (Channels::Gray, Channels::Gray) => out.extend(row.iter().map(|&sample| gray(sample)[0])),
            (Channels::Gray, _) => out.extend(row.iter().flat_map(|&sample| gray(sample))),
            (Channels::GrayAlpha, Channels::GrayAlpha) => {
                out.extend(row.as_chunks().0.iter().flat_map(|&[sample, alpha]| [gray(sample)[0], alpha]));
            }
            (Channels::GrayAlpha, _) => {
                out.extend(row.as_chunks().0.iter().flat_map(|&[sample, alpha]| {
                    let [red, green, blue] = gray(sample);
                    [red, green, blue, alpha]
                }));
            }
            (Channels::Rgb, _) => out.extend(row.as_chunks().0.iter().flat_map(|&pixel| colors.of(pixel))),
            (Channels::Rgba, _) => {
                out.extend(row.as_chunks().0.iter().flat_map(|&[red, green, blue, alpha]| {
                    let [red, green, blue] = colors.of([red, green, blue]);
                    [red, green, blue, alpha]
                }));
            }
        }
        next(out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pixels::Depth;
    use crate::stage::tests::through;
    use crate::{Adjust, Factor, Tone};

    fn recolored(channels: Channels, adjust: &Adjust, pixel: &[u8]) -> Vec<u8> {
        let from = Shape { width: 2, height: 2, channels, depth: Depth::Eight };
        let recolor = Recolor::new(from, Colors::new(adjust).unwrap());
        through(recolor, from, &pixel.repeat(4))
    }

    #[test]
    fn gray_rows_stay_gray_unless_they_get_colours() {
        let brighter = Adjust { brightness: Factor::from_millionths(1_500_000), ..Adjust::default() };
        assert_eq!(recolored(Channels::Gray, &brighter, &[100]), [150; 4]);
        assert_eq!(recolored(Channels::GrayAlpha, &brighter, &[100, 7]), [150, 7].repeat(4));
        let sepia = Adjust { tone: Some(Tone::Sepia), ..Adjust::default() };
        let [red, green, blue] = [135, 120, 94];
        assert_eq!(recolored(Channels::Gray, &sepia, &[100]), [red, green, blue].repeat(4));
        assert_eq!(recolored(Channels::GrayAlpha, &sepia, &[100, 9]), [red, green, blue, 9].repeat(4));
        assert_eq!(recolored(Channels::Rgba, &sepia, &[100, 100, 100, 9]), [red, green, blue, 9].repeat(4));
    }
}
