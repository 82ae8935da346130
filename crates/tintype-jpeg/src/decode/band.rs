//! The rows of one component that are at hand, and blocks turned into their samples.

use super::idct::{self, Block};
use super::layout::{CONTEXT_ROWS, Plane};
use alloc::vec;
use alloc::vec::Vec;

/// The rows of one component that are at hand: a strip, after the last rows of the strip before.
pub(crate) struct Band {
    pub(crate) plane: Plane,
    pub(crate) stride: usize,
    pub(crate) quant: [i16; 64],
    latched: bool,
    samples: Vec<u8>,
    /// The DC that blocks with nothing else are filled from.
    pub(crate) fill: i16,
    /// The coefficients worth storing: those up to this place of the zigzag sequence.
    pub(crate) wanted: usize,
}

impl Band {
    pub(crate) fn new(plane: Plane) -> Self {
        let stride = plane.stride();
        Self {
            plane,
            quant: [1; 64],
            latched: false,
            stride,
            samples: vec![128; stride * (CONTEXT_ROWS + plane.strip_rows())],
            fill: 0,
            wanted: plane.last_wanted(),
        }
    }

    /// Takes the quantisation table, unless one was taken before.
    pub(crate) fn latch_quant(&mut self, quant: &[i16; 64]) {
        if !self.latched {
            (self.quant, self.latched) = (*quant, true);
        }
    }

    /// Whether there are coefficients that are not wanted.
    pub(crate) fn skips(&self) -> bool {
        self.wanted < 63
    }

    /// The strip's samples.
    pub(crate) fn strip(&self) -> &[u8] {
        self.samples.get(CONTEXT_ROWS * self.stride..).unwrap_or_default()
    }

    fn strip_mut(&mut self) -> &mut [u8] {
        self.samples.get_mut(CONTEXT_ROWS * self.stride..).unwrap_or_default()
    }

    /// A row of the strip, or with a negative number, one of the last rows of the strip before; without padding.
    pub(crate) fn row(&self, row: i64) -> &[u8] {
        let start = (row + CONTEXT_ROWS as i64).max(0) as usize * self.stride;
        self.samples.get(start..).and_then(|rows| rows.get(..self.plane.width as usize)).unwrap_or_default()
    }

    /// Keeps the strip's last rows as those before the next strip.
    pub(crate) fn roll(&mut self) {
        let kept = CONTEXT_ROWS * self.stride;
        let start = self.samples.len() - kept;
        self.samples.copy_within(start.., 0);
    }

    /// Where the samples of a block of the strip begin.
    fn block_start(&self, column: usize, row: usize) -> usize {
        row * usize::from(self.plane.block_height) * self.stride
            + column * usize::from(self.plane.block_width)
    }

    /// Turns a block into samples, and its coefficients into zeros.
    #[inline(always)]
    pub(crate) fn transform(&mut self, coefficients: &mut [i16; 64], last: usize, column: usize, row: usize) {
        let start = self.block_start(column, row);
        let (width, height, stride) = (self.plane.block_width, self.plane.block_height, self.stride);
        // The fields are borrowed apart from each other.
        let block = Block { coefficients, quant: &self.quant, last };
        let out = self.samples.get_mut(CONTEXT_ROWS * stride + start..).unwrap_or_default();
        idct::inverse_dct(block, width, height, out, stride);
    }

    /// Sets the only sample of a block.
    #[inline(always)]
    pub(crate) fn set(&mut self, sample: u8, column: usize, row: usize) {
        let at = (CONTEXT_ROWS + row) * self.stride + column;
        if let Some(to) = self.samples.get_mut(at) {
            *to = sample;
        }
    }

    /// Fills a block from the last DC known.
    pub(crate) fn fill(&mut self, column: usize, row: usize) {
        let start = self.block_start(column, row);
        let (width, height, stride) = (self.plane.block_width, self.plane.block_height, self.stride);
        let sample = idct::flat_sample(self.fill, self.quant[0]);
        idct::fill(sample, width, height, self.strip_mut().get_mut(start..).unwrap_or_default(), stride);
    }
}
