//! Gives samples the colours and the bits that they are to have.

use super::{Cost, Next, Shape};
use crate::color::{Conversion, Space};
use crate::pixels::{Depth, Samples};
use crate::{Error, Result};

/// Takes rows straight from the resampler, and gives rows of bytes. Colours are converted to sRGB with 16-bit samples, so
/// that nothing is rounded twice.
#[derive(Debug)]
pub(crate) struct Convert {
    shape: Shape,
    colors: Option<Colors>,
    long: Vec<u16>,
    row: Vec<u8>,
}

/// Converts colours, to samples of one size.
#[derive(Debug)]
pub(crate) enum Colors {
    Eight(Conversion<u8>),
    Sixteen(Conversion<u16>),
}

impl Colors {
    /// From a space to sRGB with samples of this size; `None` if that would change next to nothing.
    pub(crate) fn new(space: &Space, depth: Depth) -> Option<Self> {
        match depth {
            Depth::Eight => Conversion::new(space).map(Self::Eight),
            Depth::Sixteen => Conversion::new(space).map(Self::Sixteen),
        }
    }
}

impl Convert {
    /// To rows of this shape. Rows that come have 16-bit samples if there are `colors` to convert, or if the shape has them.
    pub(crate) fn new(shape: Shape, colors: Option<Colors>) -> Self {
        Self { shape, colors, long: Vec::new(), row: Vec::new() }
    }

    /// Predicts what it costs.
    pub(crate) fn cost(&self) -> Cost {
        /// Work of writing the bytes of a 16-bit sample.
        const SAMPLE: u64 = 6;
        let pixels = self.shape.pixels();
        let (tables, work) = match &self.colors {
            None => (0, 0),
            Some(Colors::Eight(conversion)) => (conversion.memory(), conversion.work(pixels)),
            Some(Colors::Sixteen(conversion)) => (conversion.memory(), conversion.work(pixels)),
        };
        let row = self.shape.row_bytes() as u64;
        match (self.shape.depth, &self.colors) {
            (Depth::Eight, None) => Cost::default(),
            (Depth::Eight, Some(_)) => Cost { memory: tables + row, work },
            (Depth::Sixteen, _) => {
                Cost { memory: tables + 2 * row, work: work + self.shape.bytes() / 2 * SAMPLE }
            }
        }
    }

    /// Takes the next row, and hands it on.
    pub(crate) fn push(&mut self, row: Samples<'_>, next: Next<'_>) -> Result<()> {
        let Self { shape, colors, long, row: out } = self;
        match (row, colors, shape.depth) {
            (Samples::Eight(row), None, Depth::Eight) => return next(row),
            (Samples::Sixteen(row), Some(Colors::Eight(conversion)), _) => {
                conversion.convert(shape.channels, row, out);
            }
            (Samples::Sixteen(row), Some(Colors::Sixteen(conversion)), _) => {
                conversion.convert(shape.channels, row, long);
                write(long, out);
            }
            (Samples::Sixteen(row), None, Depth::Sixteen) => write(row, out),
            _ => return Err(Error::Internal("a row does not have the bits that it should have".into())),
        }
        next(out)
    }
}

fn write(row: &[u16], out: &mut Vec<u8>) {
    out.clear();
    out.extend(row.iter().flat_map(|sample| sample.to_be_bytes()));
}
