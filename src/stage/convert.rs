//! Converts colours to sRGB.

use super::{Cost, Next, Shape};
use crate::Result;
use crate::color::Conversion;

/// Takes rows of 16-bit samples of the source's colour space, straight from the resampler, and gives rows of 8-bit samples
/// of sRGB: so nothing is rounded twice.
#[derive(Debug)]
pub(crate) struct Convert {
    shape: Shape,
    conversion: Conversion,
    row: Vec<u8>,
}

impl Convert {
    /// To rows of this shape.
    pub(crate) fn new(shape: Shape, conversion: Conversion) -> Self {
        Self { shape, conversion, row: Vec::new() }
    }

    /// Predicts what it costs.
    pub(crate) fn cost(&self) -> Cost {
        Cost {
            memory: self.conversion.memory() + self.shape.row_bytes() as u64,
            work: self.conversion.work(self.shape.pixels()),
        }
    }

    /// Takes the next row, and hands it on.
    pub(crate) fn push(&mut self, row: &[u16], next: Next<'_>) -> Result<()> {
        self.conversion.convert(self.shape.channels, row, &mut self.row);
        next(&self.row)
    }
}
