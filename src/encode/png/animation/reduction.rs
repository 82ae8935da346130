//! Writes frames in the colours of a palette, once it has been chosen.

use super::super::STEP_BYTES;
use super::super::deflate::Deflater;
use super::super::file::Kind;
use super::super::quantized::Indexer;
use super::chunks::Chunks;
use super::film::{Film, Unpacker};
use super::frame::{CHUNK, Frame};
use super::room::Room;
use crate::{Effort, Result};
use std::collections::VecDeque;

/// Frames whose colours are being reduced.
pub(super) struct Reduction {
    effort: Effort,
    indexer: Indexer,
    /// The kind of the file.
    kind: Kind,
    waiting: VecDeque<Frame>,
    current: Option<Reduced>,
    row: Vec<u8>,
    work: u64,
}

/// A frame whose colours are being reduced.
struct Reduced {
    frame: Frame,
    /// Bytes of its colours.
    packed: u64,
    /// Brings its colours back.
    colors: Unpacker,
    /// Takes its indices.
    deflater: Deflater,
    next_row: usize,
}

impl Reduction {
    pub(super) fn new(film: Film, waiting: VecDeque<Frame>, effort: Effort) -> Self {
        let (kind, indexer) = film.reduce();
        Self { effort, indexer, kind, waiting, current: None, row: Vec::new(), work: 0 }
    }

    /// Goes on. Returns whether there is more to do.
    pub(super) fn step(&mut self, room: &mut Room, chunks: &mut Chunks) -> Result<bool> {
        let Some(mut reduced) = self.current.take() else {
            let Some(frame) = self.waiting.pop_front() else { return Ok(false) };
            self.indexer.begin(frame.width);
            self.current = Some(Reduced::new(frame, &self.kind, self.effort));
            return Ok(true);
        };
        let is_whole = self.rows(&mut reduced)?;
        room.hold(reduced.frame.take_ready(&mut reduced.deflater))?;
        if is_whole {
            self.work += reduced.deflater.work();
            room.release(reduced.packed);
            chunks.add(reduced.frame);
        } else {
            self.current = Some(reduced);
        }
        Ok(true)
    }

    /// Writes some rows of a frame. Returns whether these were the last.
    fn rows(&mut self, reduced: &mut Reduced) -> Result<bool> {
        let Reduced { frame, colors, deflater, next_row, .. } = reduced;
        let rows = STEP_BYTES / (frame.width * self.kind.unit()).max(1) + 1;
        for _ in 0..rows.min(frame.height - *next_row) {
            let (colors, work) = colors.row()?;
            self.work += work;
            self.row.clear();
            self.indexer.row(colors.iter().copied(), &mut self.row);
            deflater.row(&self.row)?;
            *next_row += 1;
        }
        let is_whole = *next_row >= frame.height;
        if is_whole {
            deflater.finish()?;
        }
        Ok(is_whole)
    }

    /// The kind of the file.
    pub(super) fn kind(self) -> Kind {
        self.kind
    }

    /// The work so far.
    pub(super) fn work(&self) -> u64 {
        let current = self.current.as_ref().map_or(0, |reduced| reduced.deflater.work());
        self.work + self.indexer.work() + current
    }
}

impl Reduced {
    fn new(mut frame: Frame, kind: &Kind, effort: Effort) -> Self {
        let colors = std::mem::take(&mut frame.packed);
        let stride = kind.stride(frame.width as u32);
        Self {
            packed: colors.len() as u64 + CHUNK,
            colors: Unpacker::new(colors, frame.width),
            deflater: Deflater::new(stride, frame.height, kind.unit(), effort),
            frame,
            next_row: 0,
        }
    }
}
