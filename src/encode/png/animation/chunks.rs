//! The chunks of an animation (PNG, third edition, 11.3.6), which are numbered throughout.

use super::super::file::Outlet;
use super::super::internal;
use super::frame::{Frame, chunk};
use crate::Result;
use png::Writer;
use png::chunk::ChunkType;

/// The chunks of all frames so far.
#[derive(Default)]
pub(super) struct Chunks {
    /// The content of the one that describes the first frame, which stands with the header.
    first: Vec<u8>,
    others: Vec<Vec<u8>>,
    frames: u32,
    /// The number of the next one.
    next: u32,
}

impl Chunks {
    /// Whether there is no frame.
    pub(super) fn is_empty(&self) -> bool {
        self.frames == 0
    }

    /// Adds those of a frame.
    pub(super) fn add(&mut self, frame: Frame) {
        let control = frame.control(self.number());
        if self.is_empty() {
            self.first = control;
        } else {
            self.others.push(chunk(b"fcTL", &[&control]));
        }
        for data in frame.data {
            let chunk = match self.frames {
                0 => chunk(b"IDAT", &[&data]),
                _ => chunk(b"fdAT", &[&self.number().to_be_bytes(), &data]),
            };
            self.others.push(chunk);
        }
        self.frames += 1;
    }

    /// Writes those that stand before the pixels, and returns the others.
    pub(super) fn begin(self, writer: &mut Writer<Outlet>, loops: u32) -> Result<Vec<Vec<u8>>> {
        let numbers = [self.frames.to_be_bytes(), loops.to_be_bytes()].concat();
        writer.write_chunk(ChunkType(*b"acTL"), &numbers).map_err(internal)?;
        writer.write_chunk(ChunkType(*b"fcTL"), &self.first).map_err(internal)?;
        Ok(self.others)
    }

    fn number(&mut self) -> u32 {
        self.next += 1;
        self.next - 1
    }
}
