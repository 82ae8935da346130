//! Animated PNG (PNG, third edition, 11.3.6): each frame is the smallest rectangle of what changes.
//!
//! The number of frames stands before the first of them, so that files of frames are held until there are no more. If colours are
//! to be reduced, so are their pixels, and the files are made in the end.

mod canvases;
mod chunks;
mod film;
mod frame;
mod reduction;
mod room;

use super::super::{Encoder, Image, Memory, Work};
use super::deflate::Deflater;
use super::file::{Kind, Outlet, begin};
use super::{PngEncoder, STEP_BYTES, internal, quantized, reduces, rgba};
use crate::metadata::Attached;
use crate::palette::{Color, Quality, seen};
use crate::pixels::Depth;
use crate::queue::Queue;
use crate::{Output, Result};
use canvases::Canvases;
use chunks::Chunks;
use film::{Film, Packer};
use frame::{CHUNK, Frame};
use reduction::Reduction;
use room::Room;
use std::collections::VecDeque;

pub(in crate::encode) struct AnimationEncoder {
    output: Output,
    image: Image,
    attached: Attached,
    canvases: Canvases,
    /// The frame that is being written, or was: how long it is shown is not known before the next one.
    current: Option<Current>,
    row: Vec<u8>,
    colors: Colors,
    chunks: Chunks,
    room: Room,
    outlet: Outlet,
    still: Option<Still>,
    work: u64,
}

/// A frame that is being written.
struct Current {
    frame: Frame,
    /// None once it is complete.
    coder: Option<Coder>,
    next_row: usize,
}

/// What takes the rows of a frame.
enum Coder {
    /// They are written as the file has them.
    File(Box<Deflater>),
    /// They wait for the palette.
    Film(Box<Packer>),
}

/// The colours of a file.
#[derive(Default)]
enum Colors {
    /// As they come.
    #[default]
    Any,
    /// To be reduced: those of all frames so far, and the frames.
    Counted(Film, VecDeque<Frame>),
    /// Those of a palette.
    Chosen(Box<Reduction>),
}

/// Writes the only frame there is.
struct Still {
    encoder: Box<PngEncoder>,
    next_row: usize,
}

/// Rough number of instructions of comparing a byte.
const COMPARE: u64 = 3;

/// What shows what was there before.
const CLEAR: Color = [0; 4];

impl AnimationEncoder {
    pub(in crate::encode) fn new(output: &Output, image: Image, attached: Attached, room: u64) -> Self {
        let colors = match reduces(output, image, &attached) {
            true => Colors::Counted(Film::new(Quality::of(output)), VecDeque::new()),
            false => Colors::Any,
        };
        Self {
            output: *output,
            image,
            canvases: Canvases::new(image),
            current: None,
            row: Vec::new(),
            colors,
            chunks: Chunks::default(),
            room: Room::new(room),
            outlet: Outlet::default(),
            attached,
            still: None,
            work: 0,
        }
    }

    /// Begins to write the frame that has come, unless it looks like the one before, which it prolongs then.
    fn begin(&mut self, delay: u32) {
        self.work += COMPARE * self.canvases.coming() as u64;
        match (self.canvases.frame(), &mut self.current) {
            (Some(mut frame), _) => {
                self.end();
                (frame.blends, frame.delay) = (self.is_overlay(&frame), delay);
                let coder = self.coder(&frame);
                self.current = Some(Current { frame, coder: Some(coder), next_row: 0 });
            }
            (None, Some(Current { frame, .. })) => frame.delay = frame.delay.saturating_add(delay),
            (None, None) => (),
        }
    }

    fn coder(&self, frame: &Frame) -> Coder {
        if let Colors::Counted(..) = self.colors {
            return Coder::Film(Box::new(Packer::new()));
        }
        let unit = self.canvases.unit();
        Coder::File(Box::new(Deflater::new(frame.width * unit, frame.height, unit, self.output.effort)))
    }

    /// Whether a frame is drawn over what was there: what changes becomes opaque, and most of it does not change. Where colours
    /// are reduced, whatever does not change stays, so that it does not flicker.
    fn is_overlay(&self, frame: &Frame) -> bool {
        let is_reduced = matches!(self.colors, Colors::Counted(..));
        let can_show_through = self.image.channels().has_alpha() || is_reduced;
        if self.canvases.is_first() || self.image.depth != Depth::Eight || !can_show_through {
            return false;
        }
        let change = self.canvases.change(frame);
        change.is_opaque && (is_reduced || 2 * change.same > frame.width * frame.height)
    }

    /// Goes on to write the frame. Returns whether there is more to do.
    fn step(&mut self) -> Result<bool> {
        let Some(current) = &mut self.current else { return Ok(false) };
        let (frame, Some(coder)) = (&mut current.frame, &mut current.coder) else { return Ok(false) };
        let (unit, channels) = (self.canvases.unit(), self.image.channels());
        let rows = STEP_BYTES / (frame.width * unit).max(1) + 1;
        let last = frame.height.min(current.next_row + rows);
        for y in current.next_row..last {
            let (before, row) = self.canvases.rows(frame, y);
            let is_same = |at: usize| {
                let pixel = at * unit..(at + 1) * unit;
                frame.blends && before.get(pixel.clone()) == row.get(pixel)
            };
            match (&mut *coder, &mut self.colors) {
                (Coder::Film(packer), Colors::Counted(film, _)) => {
                    let colors = rgba(channels, row).map(seen).enumerate();
                    packer.row(colors.map(|(at, color)| if is_same(at) { CLEAR } else { color }), film)?;
                }
                (Coder::File(deflater), _) => {
                    self.row.clear();
                    self.row.extend_from_slice(row);
                    let pixels = self.row.chunks_exact_mut(unit).enumerate();
                    pixels.filter(|(at, _)| is_same(*at)).for_each(|(_, pixel)| pixel.fill(0));
                    deflater.row(&self.row)?;
                }
                (Coder::Film(_), _) => return Err(internal("no colours are counted")),
            }
        }
        current.next_row = last;
        let is_whole = last >= frame.height;
        match coder {
            Coder::File(deflater) => {
                if is_whole {
                    deflater.finish()?;
                }
                self.room.hold(frame.take_ready(deflater))?;
            }
            Coder::Film(packer) if is_whole => {
                frame.packed = packer.finish()?;
                self.room.hold(frame.packed.len() as u64 + CHUNK)?;
            }
            Coder::Film(packer) => self.room.check(packer.len())?,
        }
        if is_whole {
            self.work += coder.work();
            current.coder = None;
        }
        Ok(!is_whole)
    }

    /// Ends the frame that has been written, now that it is known how long it is shown.
    fn end(&mut self) {
        let Some(Current { frame, .. }) = self.current.take() else { return };
        match &mut self.colors {
            Colors::Counted(_, waiting) => waiting.push_back(frame),
            _ => self.chunks.add(frame),
        }
    }

    /// Whether there is one frame, the current one.
    fn is_still(&self) -> bool {
        let waits = matches!(&self.colors, Colors::Counted(_, waiting) if !waiting.is_empty());
        self.chunks.is_empty() && !waits
    }

    /// Writes the file.
    fn write(&mut self) -> Result<()> {
        let kind = match std::mem::take(&mut self.colors) {
            Colors::Chosen(reduction) => {
                self.work += reduction.work();
                reduction.kind()
            }
            _ => Kind::of(self.image),
        };
        let mut writer = begin(self.outlet.clone(), self.image, kind, &self.attached)?;
        let loops = self.output.loops.or(self.image.loops).unwrap_or(0);
        let chunks = std::mem::take(&mut self.chunks).begin(&mut writer, loops)?;
        chunks.into_iter().for_each(|chunk| self.outlet.push(chunk));
        writer.finish().map_err(internal)
    }
}

impl Coder {
    /// The work so far.
    fn work(&self) -> u64 {
        match self {
            Self::File(deflater) => deflater.work(),
            Self::Film(packer) => packer.work(),
        }
    }
}

impl Still {
    /// Goes on to write what was shown last. Returns whether there is more to do.
    fn step(&mut self, canvases: &Canvases) -> Result<bool> {
        for _ in 0..STEP_BYTES / canvases.stride().max(1) + 1 {
            let Some(row) = canvases.last_row(self.next_row) else { return self.encoder.finish() };
            self.encoder.row(0, row)?;
            self.next_row += 1;
        }
        Ok(true)
    }
}

impl Encoder for AnimationEncoder {
    fn row(&mut self, _: usize, row: &[u8]) -> Result<()> {
        self.canvases.row(row);
        Ok(())
    }

    fn end_frame(&mut self, delay: u32) -> Result<bool> {
        if self.current.as_ref().is_none_or(|current| current.coder.is_none()) {
            self.begin(self.output.delay.unwrap_or(delay));
        }
        let goes_on = self.step()?;
        if !goes_on {
            self.canvases.advance();
        }
        Ok(goes_on)
    }

    fn finish(&mut self) -> Result<bool> {
        if let Some(still) = &mut self.still {
            return still.step(&self.canvases);
        }
        if let Colors::Chosen(reduction) = &mut self.colors
            && reduction.step(&mut self.room, &mut self.chunks)?
        {
            return Ok(true);
        }
        if self.is_still() {
            let attached = std::mem::take(&mut self.attached);
            let encoder = Box::new(PngEncoder::new(&self.output, self.image, attached)?);
            self.still = Some(Still { encoder, next_row: 0 });
            (self.current, self.colors) = (None, Colors::Any);
            return Ok(true);
        }
        self.end();
        match std::mem::take(&mut self.colors) {
            Colors::Counted(film, waiting) => {
                self.canvases.drop_pixels();
                self.colors = Colors::Chosen(Box::new(Reduction::new(film, waiting, self.output.effort)));
                Ok(true)
            }
            colors => {
                self.colors = colors;
                self.write()?;
                Ok(false)
            }
        }
    }

    fn work(&self) -> u64 {
        let still = self.still.as_ref().map_or(0, |still| still.encoder.work());
        let coder = self.current.as_ref().and_then(|current| current.coder.as_ref()).map_or(0, Coder::work);
        let reduction = match &self.colors {
            Colors::Chosen(reduction) => reduction.work(),
            _ => 0,
        };
        still + self.work + coder + reduction
    }

    fn drain(&mut self, sink: &mut Queue) {
        self.outlet.drain(sink);
        if let Some(still) = &mut self.still {
            still.encoder.drain(sink);
        }
    }
}

/// Two canvases, and what deflating a frame takes: frames that are complete are counted as they come.
pub(in crate::encode) fn memory(output: &Output, image: Image) -> Memory {
    let stride = u64::from(image.width) * image.pixel_bytes();
    let still = super::memory(output, image);
    let frame = Deflater::memory(stride, image.bytes(), output.effort);
    let film = if output.colors.is_some() { frame + quantized::memory(image) + film::MEMORY } else { frame };
    let coder = 2 * image.bytes() + 2 * stride + film.max(still.coder + still.pieces) + FIXED;
    Memory { coder, pieces: 0 }
}

/// Bytes of a piece of a frame, and of the beginning of a file.
const FIXED: u64 = 256 << 10;

/// What happens to every pixel before it is deflated. The encoder counts the rest.
pub(in crate::encode) fn work(image: Image) -> Work {
    Work { fixed: 400_000 + image.bytes() * 4, per_byte: 0 }
}
