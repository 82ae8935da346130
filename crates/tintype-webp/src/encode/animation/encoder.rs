//! The encoder: from canvases to frames.

use super::coder::{Coder, Coding, Drawing};
use super::difference::{Base, Rect};
use super::error::EncodeError;
use super::file::{self, Attached, Frame, LONGEST};
use alloc::boxed::Box;
use alloc::vec::Vec;

/// The largest side that both codings have.
const MAX_SIDE: u32 = (1 << 14) - 1;

/// Rough number of instructions of taking and comparing a byte of a canvas.
const BYTE: u64 = 2;

/// Encodes canvases as the frames of an animation.
///
/// Write all rows of a canvas, [end the frame](Self::end_frame), and [step](Self::step) until it is encoded; then go on with
/// the next canvas. At the end, [`finish`](Self::finish) makes the file.
pub struct Encoder {
    width: u32,
    height: u32,
    /// Bytes of a pixel.
    channels: usize,
    /// The canvas before, empty before the first frame, and the one that is being written or encoded.
    before: Vec<u8>,
    canvas: Vec<u8>,
    frames: Vec<Frame>,
    stage: Stage,
    work: u64,
}

enum Stage {
    Rows,
    Compare(u32, Coding),
    Code { duration: u32, cleared: Option<Rect>, coder: Box<Coder> },
}

impl Encoder {
    /// Begins an animation whose canvases are RGBA if they have alpha, otherwise RGB.
    ///
    /// # Errors
    ///
    /// [`EncodeError::Dimensions`].
    pub fn new(width: u32, height: u32, has_alpha: bool) -> Result<Self, EncodeError> {
        if !(1..=MAX_SIDE).contains(&width) || !(1..=MAX_SIDE).contains(&height) {
            return Err(EncodeError::Dimensions { width, height });
        }
        let channels = if has_alpha { 4 } else { 3 };
        let (before, canvas, frames) = Default::default();
        Ok(Self { width, height, channels, before, canvas, frames, stage: Stage::Rows, work: 0 })
    }

    /// Bytes that the encoder holds at most, without the frames that are encoded: two canvases, and what one frame takes.
    pub fn memory(width: u32, height: u32, has_alpha: bool, coding: &Coding) -> u64 {
        let canvas = u64::from(width) * u64::from(height) * if has_alpha { 4 } else { 3 };
        2 * canvas + Coder::memory(width, height, true, coding)
    }

    /// Bytes of the frames that are encoded.
    pub fn held(&self) -> u64 {
        self.frames.iter().map(|frame| (frame.chunks.capacity() + size_of::<Frame>()) as u64).sum()
    }

    /// Rough number of instructions so far.
    pub fn work(&self) -> u64 {
        self.work
            + match &self.stage {
                Stage::Code { coder, .. } => coder.work(),
                _ => 0,
            }
    }

    /// Takes the next row of the canvas: three or four bytes for each pixel.
    ///
    /// # Errors
    ///
    /// [`EncodeError::RowLength`] and [`EncodeError::TooManyRows`].
    pub fn push_row(&mut self, row: &[u8]) -> Result<(), EncodeError> {
        let expected = self.width as usize * self.channels;
        if row.len() != expected {
            return Err(EncodeError::RowLength { expected, given: row.len() });
        }
        let all = expected * self.height as usize;
        if self.canvas.len() >= all || !matches!(self.stage, Stage::Rows) {
            return Err(EncodeError::TooManyRows);
        }
        if self.canvas.capacity() == 0 {
            self.canvas.reserve_exact(all);
        }
        if self.channels == 4 {
            // The colours of what is invisible make no difference.
            let pixels = row.as_chunks::<4>().0.iter();
            self.canvas.extend(pixels.flat_map(|&pixel| if pixel[3] == 0 { [0; 4] } else { pixel }));
        } else {
            self.canvas.extend_from_slice(row);
        }
        self.work += BYTE * expected as u64;
        Ok(())
    }

    /// Ends a frame that is shown for `duration` milliseconds, at most 16777215.
    ///
    /// # Errors
    ///
    /// [`EncodeError::Unfinished`] if rows are missing.
    pub fn end_frame(&mut self, duration: u32, coding: Coding) -> Result<(), EncodeError> {
        let all = self.width as usize * self.height as usize * self.channels;
        if self.canvas.len() < all || !matches!(self.stage, Stage::Rows) {
            return Err(EncodeError::Unfinished);
        }
        self.stage = Stage::Compare(duration.min(LONGEST), coding);
        Ok(())
    }

    /// Does a bounded part of the work on a frame that has ended. Returns whether there is more to do.
    ///
    /// # Errors
    ///
    /// [`EncodeError::Lossy`] and [`EncodeError::Lossless`].
    pub fn step(&mut self) -> Result<bool, EncodeError> {
        self.stage = match core::mem::replace(&mut self.stage, Stage::Rows) {
            Stage::Rows => return Ok(false),
            Stage::Compare(duration, coding) => match self.compare(duration, coding)? {
                Some(stage) => stage,
                None => {
                    self.canvas.clear();
                    return Ok(false);
                }
            },
            Stage::Code { duration, cleared, mut coder } => {
                let base = self.base(cleared);
                let Some(chunks) = coder.step(&base, &self.canvas)? else {
                    self.stage = Stage::Code { duration, cleared, coder };
                    return Ok(true);
                };
                self.work += coder.work();
                self.keep(Frame { drawing: coder.drawing, duration, clears: false, chunks }, cleared);
                return Ok(false);
            }
        };
        Ok(true)
    }

    /// Keeps a frame; its canvas is the one before from now on.
    fn keep(&mut self, frame: Frame, cleared: Option<Rect>) {
        if let Some(before) = self.frames.last_mut() {
            before.clears = cleared.is_some();
        }
        self.frames.push(frame);
        core::mem::swap(&mut self.before, &mut self.canvas);
        self.canvas.clear();
    }

    fn base(&self, cleared: Option<Rect>) -> Base<'_> {
        let Self { before, channels, width, .. } = self;
        Base { canvas: before, cleared, channels: *channels, width: *width as usize }
    }

    /// Chooses what to encode of a canvas; nothing if the frame before can go on instead.
    fn compare(&mut self, duration: u32, coding: Coding) -> Result<Option<Stage>, EncodeError> {
        self.work += BYTE * self.canvas.len() as u64;
        let lossless = matches!(coding, Coding::Lossless(_));
        let whole = Rect { x: 0, y: 0, width: self.width as usize, height: self.height as usize };
        let Some(before) = self.frames.last_mut() else {
            let has_alpha =
                self.channels == 4 && self.canvas.iter().skip(3).step_by(4).any(|&alpha| alpha < 255);
            let drawing = Drawing { rect: whole, blend: false, alpha: has_alpha };
            let coder = Box::new(Coder::new(drawing, coding)?);
            return Ok(Some(Stage::Code { duration, cleared: None, coder }));
        };
        if self.canvas == self.before && before.duration + duration <= LONGEST {
            before.duration += duration;
            return Ok(None);
        }
        let of_before = before.drawing.rect;
        let (kept, mut cleared) = (self.base(None).difference(&self.canvas), None);
        let mut rect = kept.unwrap_or(Rect { width: 1, height: 1, ..whole });
        if self.channels == 4 {
            let after = self.base(Some(of_before)).difference(&self.canvas);
            let after = after.unwrap_or(Rect { width: 1, height: 1, ..whole });
            self.work += BYTE * self.canvas.len() as u64;
            if after.area() < rect.area() {
                (rect, cleared) = (after, Some(of_before));
            }
        }
        let drawing = Drawing::new(&self.base(cleared), &self.canvas, rect, lossless);
        let coder = Box::new(Coder::new(drawing, coding)?);
        Ok(Some(Stage::Code { duration, cleared, coder }))
    }

    /// Makes the file, in pieces: it plays `loops` times, and forever if that is 0. One frame alone becomes a still.
    ///
    /// # Errors
    ///
    /// [`EncodeError::Unfinished`] if there is no frame, or one is not encoded; [`EncodeError::TooLarge`].
    pub fn finish(self, loops: u16, attached: &Attached<'_>) -> Result<Vec<Vec<u8>>, EncodeError> {
        if self.frames.is_empty() || !self.canvas.is_empty() || !matches!(self.stage, Stage::Rows) {
            return Err(EncodeError::Unfinished);
        }
        drop((self.before, self.canvas));
        file::pieces((self.width, self.height), self.frames, loops, attached)
    }
}
