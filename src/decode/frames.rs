//! The frames of an animation: which of them are wanted, and how a decoder that draws them on a canvas hands it on.

use super::{Sink, Step};
use crate::{Error, Limit, Options, Result};

/// Which frames of a source become a rendition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Selection {
    /// The first; 0 is that of the source.
    first: u32,
    /// Number of them; 0 is all.
    count: u32,
    max_frames: u32,
    max_pixels: u64,
    max_frame_pixels: u64,
}

impl Selection {
    /// The frames that the options ask for, and their format has a place for.
    pub(super) fn of(options: &Options) -> Self {
        let count = if options.output.format.has_frames() { options.input.frames } else { 1 };
        Self {
            first: options.input.page,
            count,
            max_frames: options.limits.frames,
            max_pixels: options.limits.source_pixels,
            max_frame_pixels: options.limits.frame_pixels,
        }
    }

    /// Whether there may be more than one.
    pub(super) fn is_animated(self) -> bool {
        self.count != 1
    }

    /// Whether these are others than the first of the source alone.
    pub(super) fn needs_canvas(self) -> bool {
        self.first > 0 || self.is_animated()
    }

    /// Fails unless these are among `frames` frames.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidOption`].
    pub(super) fn check_frames(self, frames: u32) -> Result<()> {
        if self.first < frames {
            return Ok(());
        }
        let frames = if frames == 1 { "1 frame".into() } else { format!("{frames} frames") };
        Err(Error::invalid("page", format!("is {}, counted from 0, but the source has {frames}", self.first)))
    }
}

/// Draws the frames of an animation on a canvas.
pub(super) trait Draw {
    /// Goes on to the next frame, and returns for how many milliseconds it is shown; none after the last.
    fn next_frame(&mut self) -> Result<Step<Option<u32>>>;

    /// Draws a little. Ready with false if the frame is complete.
    fn draw(&mut self) -> Result<Step<bool>>;

    /// A row of the canvas.
    fn canvas_row(&self, y: u32) -> &[u8];
}

/// Goes through frames: draws those before the first that is wanted, and hands on the canvas after each of the others.
#[derive(Debug, Clone, Copy)]
pub(super) struct Frames {
    selection: Selection,
    /// Rows of the canvas, and its pixels.
    height: u32,
    pixels: u64,
    /// Frames that have begun.
    begun: u32,
    /// Milliseconds for which the last of them is shown.
    delay: u32,
    stage: Stage,
}

#[derive(Debug, Clone, Copy)]
enum Stage {
    /// The first frame that is wanted has not come.
    Seek,
    /// A frame is being drawn.
    Draw,
    /// The canvas goes out, from this row on.
    Rows(u32),
}

impl Frames {
    pub(super) fn new(selection: Selection, (width, height): (u32, u32)) -> Self {
        let pixels = u64::from(width) * u64::from(height);
        Self { selection, height, pixels, begun: 0, delay: 0, stage: Stage::Seek }
    }

    /// Milliseconds for which the current frame is shown.
    pub(super) fn delay(&self) -> u32 {
        self.delay
    }

    /// Draws a little, or hands on a row. Ready with false after the last row of the canvas.
    pub(super) fn advance(&mut self, animation: &mut impl Draw, sink: Sink<'_>) -> Result<Step<bool>> {
        match self.stage {
            Stage::Seek => match animation.next_frame()? {
                Step::NeedInput => return Ok(Step::NeedInput),
                Step::Ready(Some(delay)) => self.begin(delay)?,
                Step::Ready(None) => {
                    self.selection.check_frames(self.begun)?;
                    return Ok(Step::Ready(false));
                }
            },
            Stage::Draw => match animation.draw()? {
                Step::NeedInput => return Ok(Step::NeedInput),
                Step::Ready(true) => (),
                Step::Ready(false) if self.begun > self.selection.first => self.stage = Stage::Rows(0),
                Step::Ready(false) => self.stage = Stage::Seek,
            },
            Stage::Rows(y) if y >= self.height => return Ok(Step::Ready(false)),
            Stage::Rows(y) => {
                self.stage = Stage::Rows(y + 1);
                sink(0, animation.canvas_row(y))?;
            }
        }
        Ok(Step::Ready(true))
    }

    /// Goes on to the next frame that is wanted; false if there is none.
    pub(super) fn next(&mut self, animation: &mut impl Draw) -> Result<Step<bool>> {
        let Selection { first, count, .. } = self.selection;
        if count > 0 && self.begun - first.min(self.begun) >= count {
            return Ok(Step::Ready(false));
        }
        Ok(match animation.next_frame()? {
            Step::NeedInput => Step::NeedInput,
            Step::Ready(None) => Step::Ready(false),
            Step::Ready(Some(delay)) => {
                self.begin(delay)?;
                Step::Ready(true)
            }
        })
    }

    fn begin(&mut self, delay: u32) -> Result<()> {
        self.begun += 1;
        if self.selection.needs_canvas() {
            Limit::FramePixels.check(self.pixels, self.selection.max_frame_pixels)?;
        }
        Limit::Frames.check(self.begun.into(), self.selection.max_frames.into())?;
        Limit::SourcePixels.check(self.pixels * u64::from(self.begun), self.selection.max_pixels)?;
        (self.delay, self.stage) = (delay, Stage::Draw);
        Ok(())
    }
}
