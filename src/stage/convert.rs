//! Converts colours to sRGB.

use super::{Cost, Next, Shape};
use crate::Result;
use crate::color::Conversion;
use crate::pixels::Channels;

/// Takes rows of 16-bit samples of the source's colour space, straight from the resampler, and gives rows of 8-bit samples
/// of sRGB: so nothing is rounded twice.
#[derive(Debug)]
pub(crate) struct Convert {
    from: Shape,
    conversion: Conversion,
    row: Vec<u8>,
}

impl Convert {
    /// For rows of this shape, but with samples of 16 bits.
    pub(crate) fn new(from: Shape, conversion: Conversion) -> Self {
        Self { from, conversion, row: Vec::new() }
    }

    /// The rows that it hands on.
    pub(crate) fn shape(&self) -> Shape {
        let channels = match self.from.channels {
            Channels::Cmyk => Channels::Rgb,
            other => other,
        };
        Shape { channels, ..self.from }
    }

    /// Predicts what it costs.
    pub(crate) fn cost(&self) -> Cost {
        Cost {
            memory: self.conversion.memory() + self.shape().row_bytes() as u64,
            work: self.conversion.work(self.from.pixels()),
        }
    }

    /// Takes the next row, and hands it on.
    pub(crate) fn push(&mut self, row: &[u16], next: Next<'_>) -> Result<()> {
        self.conversion.convert(self.from.channels, row, &mut self.row);
        next(&self.row)
    }
}
