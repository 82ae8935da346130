//! Frames of an animation whose colours are to be reduced. A file has one palette, which stands before all frames: so they wait,
//! deflated, until the colours of all of them are known.

use super::super::file::Kind;
use super::super::internal;
use super::super::method::{BEGIN, Compressor, Level, deflate};
use super::super::quantized::Indexer;
use crate::palette::{Color, Histogram, Quality};
use crate::queue::Queue;
use crate::{Error, Result};
use zlib_rs::{DeflateFlush, Inflate, InflateFlush};

/// Bytes of a pixel.
const UNIT: usize = 4;

/// Bytes that are inflated at a time.
const PIECE: usize = 8 << 10;

/// Rough numbers of instructions: of a pixel whose colour is counted, and of a byte that comes back.
const COUNT: u64 = 120;
const RESTORE: u64 = 12;

/// Bytes of what inflates a frame, besides its pieces.
pub(super) const MEMORY: u64 = 64 << 10;

/// The colours of all frames so far.
pub(super) struct Film {
    histogram: Histogram,
    quality: Quality,
}

impl Film {
    pub(super) fn new(quality: Quality) -> Self {
        Self { histogram: Histogram::new(), quality }
    }

    /// Chooses the palette. Returns the kind of the file, and what makes indices of its colours.
    pub(super) fn reduce(self) -> (Kind, Indexer) {
        Indexer::new(&self.histogram, self.quality)
    }
}

/// Deflates the colours of a frame, as differences from those to the left.
pub(super) struct Packer {
    compressor: Compressor,
    row: Vec<u8>,
    packed: Queue,
    work: u64,
}

impl Packer {
    pub(super) fn new() -> Self {
        Self {
            compressor: Level::FAST.compressor(UNIT, 0),
            row: Vec::new(),
            packed: Queue::default(),
            work: BEGIN,
        }
    }

    /// Takes a row, whose colours count for the palette.
    pub(super) fn row(&mut self, colors: impl Iterator<Item = Color>, film: &mut Film) -> Result<()> {
        self.row.clear();
        let mut left = [0; UNIT];
        for color in colors {
            film.histogram.add(color);
            self.row.extend(color.iter().zip(left).map(|(sample, left)| sample.wrapping_sub(left)));
            left = color;
        }
        self.work += COUNT * (self.row.len() / UNIT) as u64;
        self.write(DeflateFlush::NoFlush)
    }

    /// Ends the frame.
    pub(super) fn finish(&mut self) -> Result<Queue> {
        self.row.clear();
        self.write(DeflateFlush::Finish)?;
        Ok(std::mem::take(&mut self.packed))
    }

    /// The work so far.
    pub(super) fn work(&self) -> u64 {
        self.work
    }

    /// Bytes so far.
    pub(super) fn len(&self) -> u64 {
        self.packed.len() as u64
    }

    fn write(&mut self, flush: DeflateFlush) -> Result<()> {
        let (_, work) = deflate(&mut self.compressor, &self.row, flush, |bytes| self.packed.extend(bytes))?;
        self.work += work;
        Ok(())
    }
}

/// Inflates a frame row by row.
pub(super) struct Unpacker {
    inflate: Inflate,
    packed: Queue,
    piece: Vec<u8>,
    /// Bytes of the piece that have been inflated.
    used: usize,
    row: Vec<u8>,
}

impl Unpacker {
    /// For a frame of this many pixels in a row.
    pub(super) fn new(packed: Queue, width: usize) -> Self {
        let inflate = Inflate::new(false, 15);
        Self { inflate, packed, piece: Vec::new(), used: 0, row: vec![0; width * UNIT] }
    }

    /// The colours of the next row, and the work on them.
    pub(super) fn row(&mut self) -> Result<(&[Color], u64)> {
        let mut filled = 0;
        while filled < self.row.len() {
            if self.used == self.piece.len() {
                (self.piece, self.used) = (self.packed.take(PIECE), 0);
            }
            let (input, output) = (self.inflate.total_in(), self.inflate.total_out());
            let (Some(input_left), Some(room)) = (self.piece.get(self.used..), self.row.get_mut(filled..))
            else {
                return Err(Error::Ended);
            };
            let result = self.inflate.decompress(input_left, room, InflateFlush::NoFlush);
            result.map_err(|error| internal(error.as_str()))?;
            let (read, written) = (self.inflate.total_in() - input, self.inflate.total_out() - output);
            if (read, written) == (0, 0) {
                return Err(internal("a frame is too short"));
            }
            self.used += read as usize;
            filled += written as usize;
        }
        let (colors, _) = self.row.as_chunks_mut::<UNIT>();
        let mut left = [0; UNIT];
        for color in colors.iter_mut() {
            color.iter_mut().zip(left).for_each(|(sample, left)| *sample = sample.wrapping_add(left));
            left = *color;
        }
        let work = RESTORE * (UNIT * colors.len()) as u64;
        Ok((colors, work))
    }
}
