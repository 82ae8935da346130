//! Animated PNG (PNG, third edition, 11.3.6): each frame is the smallest rectangle of what changes.
//!
//! The number of frames stands before the first of them, so that files of frames are held until there are no more. If colours are
//! to be reduced, so are their pixels, and the files are made in the end.

use super::super::{Encoder, Image, Memory, Work};
use super::deflate::Deflater;
use super::file::{Kind, Outlet, begin};
use super::film::{self, Film, Packer, Unpacker};
use super::frame::{CHUNK, Frame, chunk};
use super::quantized::{self, Indexer};
use super::{PngEncoder, STEP_BYTES, internal, reduces, rgba};
use crate::metadata::Attached;
use crate::palette::{Color, Quality, seen};
use crate::pixels::Depth;
use crate::queue::Queue;
use crate::{Error, Limit, Output, Result};
use png::chunk::ChunkType;
use std::collections::VecDeque;

pub(in crate::encode) struct AnimationEncoder {
    output: Output,
    image: Image,
    attached: Attached,
    /// The canvas before the frame that comes, empty at first, and the one after it.
    before: Vec<u8>,
    coming: Vec<u8>,
    /// The frame that is being written, or was.
    frame: Option<Frame>,
    coder: Option<Coder>,
    next_row: usize,
    row: Vec<u8>,
    /// If colours are to be reduced, those of all frames so far, and the frames.
    film: Option<Film>,
    waiting: VecDeque<Frame>,
    reduction: Option<Reduction>,
    /// The kind of the file.
    kind: Kind,
    /// Chunks of frames that are complete, without the one that describes the first of them, and the number of frames.
    chunks: Vec<Vec<u8>>,
    first: Vec<u8>,
    frames: u32,
    /// The number of the next chunk of the animation.
    sequence: u32,
    /// Bytes of frames that are held, and that may be.
    held: u64,
    room: u64,
    outlet: Outlet,
    /// Writes the only frame there is, and the number of its rows that it has.
    still: Option<(Box<PngEncoder>, usize)>,
    work: u64,
}

/// What takes the rows of a frame.
enum Coder {
    /// They are written as the file has them.
    File(Box<Deflater>),
    /// They wait for the palette.
    Film(Box<Packer>),
}

/// Frames whose colours are being reduced.
struct Reduction {
    indexer: Indexer,
    current: Option<Reduced>,
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

/// Rough number of instructions of comparing a byte.
const COMPARE: u64 = 3;

/// What shows what was there before.
const CLEAR: Color = [0; 4];

impl AnimationEncoder {
    pub(in crate::encode) fn new(output: &Output, image: Image, attached: Attached, room: u64) -> Self {
        Self {
            output: *output,
            image,
            before: Vec::new(),
            coming: Vec::with_capacity(image.bytes() as usize),
            frame: None,
            coder: None,
            next_row: 0,
            row: Vec::new(),
            film: reduces(output, image, &attached).then(|| Film::new(Quality::of(output))),
            waiting: VecDeque::new(),
            reduction: None,
            kind: Kind::of(image),
            chunks: Vec::new(),
            first: Vec::new(),
            frames: 0,
            sequence: 0,
            held: 0,
            room,
            outlet: Outlet::default(),
            attached,
            still: None,
            work: 0,
        }
    }

    fn unit(&self) -> usize {
        self.image.pixel_bytes() as usize
    }

    fn stride(&self) -> usize {
        self.image.width as usize * self.unit()
    }

    /// Begins to write the frame that has come, unless it looks like the one before, which it prolongs then.
    fn begin(&mut self, delay: u32) {
        self.work += COMPARE * self.coming.len() as u64;
        let changed = match self.before.is_empty() {
            true => Some(Frame::whole(self.image)),
            false => Frame::changed(&self.before, &self.coming, self.stride(), self.unit()),
        };
        match (changed, &mut self.frame) {
            (Some(mut changed), _) => {
                self.end();
                changed.blends = !self.before.is_empty() && self.is_overlay(&changed);
                changed.delay = delay;
                let (width, height) = (changed.width * self.unit(), changed.height);
                let deflater = || Deflater::new(width, height, self.unit(), self.output.effort);
                self.coder = Some(match self.film {
                    Some(_) => Coder::Film(Box::new(Packer::new())),
                    None => Coder::File(Box::new(deflater())),
                });
                self.frame = Some(changed);
                self.next_row = 0;
            }
            (None, Some(frame)) => frame.delay = frame.delay.saturating_add(delay),
            (None, None) => (),
        }
    }

    /// Whether a frame is drawn over what was there: what changes becomes opaque, and most of it does not change. Where colours
    /// are reduced, whatever does not change stays, so that it does not flicker.
    fn is_overlay(&self, frame: &Frame) -> bool {
        let (unit, stride) = (self.unit(), self.stride());
        let (has_alpha, is_reduced) = (self.image.channels().has_alpha(), self.film.is_some());
        if self.image.depth != Depth::Eight || !has_alpha && !is_reduced {
            return false;
        }
        let mut same = 0;
        for y in 0..frame.height {
            let (before, after) =
                (frame.row(&self.before, y, stride, unit), frame.row(&self.coming, y, stride, unit));
            for (before, after) in before.chunks_exact(unit).zip(after.chunks_exact(unit)) {
                match before == after {
                    true => same += 1,
                    false if !has_alpha || after.last() == Some(&255) => (),
                    false => return false,
                }
            }
        }
        is_reduced || 2 * same > frame.width * frame.height
    }

    /// Goes on to write the frame. Returns whether there is more to do.
    fn step(&mut self) -> Result<bool> {
        let (unit, stride) = (self.unit(), self.stride());
        let (Some(frame), Some(mut coder)) = (&mut self.frame, self.coder.take()) else {
            return Ok(false);
        };
        let rows = STEP_BYTES / (frame.width * unit).max(1) + 1;
        let last = frame.height.min(self.next_row + rows);
        let channels = self.image.channels();
        for y in self.next_row..last {
            let row = frame.row(&self.coming, y, stride, unit);
            let before = frame.row(&self.before, y, stride, unit);
            let is_same = |at: usize| {
                let pixel = at * unit..(at + 1) * unit;
                frame.blends && before.get(pixel.clone()) == row.get(pixel)
            };
            match (&mut coder, &mut self.film) {
                (Coder::Film(packer), Some(film)) => {
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
                (Coder::Film(_), None) => return Err(Error::Ended),
            }
        }
        self.next_row = last;
        let is_whole = last >= frame.height;
        match coder {
            Coder::File(mut deflater) => {
                if is_whole {
                    deflater.finish()?;
                    self.work += deflater.work();
                }
                self.held += frame.take_ready(&mut deflater);
                self.coder = (!is_whole).then_some(Coder::File(deflater));
            }
            Coder::Film(packer) if is_whole => {
                let (packed, work) = packer.finish()?;
                self.work += work;
                self.held += packed.len() as u64 + CHUNK;
                frame.packed = packed;
            }
            Coder::Film(packer) => {
                Limit::Memory.check(self.held + packer.len(), self.room)?;
                self.coder = Some(Coder::Film(packer));
            }
        }
        Limit::Memory.check(self.held, self.room)?;
        Ok(!is_whole)
    }

    /// Ends the frame that has been written, now that it is known how long it is shown.
    fn end(&mut self) {
        let Some(frame) = self.frame.take() else { return };
        match self.film {
            Some(_) => self.waiting.push_back(frame),
            None => self.add(frame),
        }
    }

    /// Adds the chunks of a frame.
    fn add(&mut self, frame: Frame) {
        let control = frame.control(self.next_number());
        if self.frames == 0 {
            self.first = control;
        } else {
            self.chunks.push(chunk(b"fcTL", &[&control]));
        }
        for data in frame.data {
            let chunk = match self.frames {
                0 => chunk(b"IDAT", &[&data]),
                _ => chunk(b"fdAT", &[&self.next_number().to_be_bytes(), &data]),
            };
            self.chunks.push(chunk);
        }
        self.frames += 1;
    }

    /// Goes on to reduce the colours of frames. Returns whether there is more to do.
    fn reduce(&mut self) -> Result<bool> {
        let Some(reduction) = &mut self.reduction else { return Ok(false) };
        let Some(mut reduced) = reduction.current.take() else {
            let Some(frame) = self.waiting.pop_front() else { return Ok(false) };
            reduction.indexer.begin(frame.width);
            reduction.current = Some(Reduced::new(frame, &self.kind, &self.output));
            return Ok(true);
        };
        let Reduced { frame, colors, deflater, next_row, .. } = &mut reduced;
        let rows = STEP_BYTES / (frame.width * self.kind.unit()).max(1) + 1;
        for _ in 0..rows.min(frame.height - *next_row) {
            let (colors, work) = colors.row()?;
            self.work += work;
            self.row.clear();
            reduction.indexer.row(colors.iter().copied(), &mut self.row);
            deflater.row(&self.row)?;
            *next_row += 1;
        }
        let is_whole = *next_row >= frame.height;
        if is_whole {
            deflater.finish()?;
            self.work += deflater.work();
        }
        self.held += frame.take_ready(deflater);
        Limit::Memory.check(self.held, self.room)?;
        if is_whole {
            self.held -= reduced.packed;
            self.add(reduced.frame);
        } else {
            reduction.current = Some(reduced);
        }
        Ok(true)
    }

    /// Goes on to write the only frame as a still. Returns whether there is more to do.
    fn step_still(&mut self) -> Result<bool> {
        let stride = self.stride();
        let Some((still, next)) = &mut self.still else { return Ok(false) };
        for _ in 0..STEP_BYTES / stride.max(1) + 1 {
            let start = *next * stride;
            let Some(row) = self.before.get(start..start + stride).filter(|row| !row.is_empty()) else {
                return still.finish();
            };
            still.row(0, row)?;
            *next += 1;
        }
        Ok(true)
    }

    fn next_number(&mut self) -> u32 {
        self.sequence += 1;
        self.sequence - 1
    }
}

impl Reduction {
    fn work(&self) -> u64 {
        let current = self.current.as_ref().map_or(0, |reduced| reduced.deflater.work());
        self.indexer.work() + current
    }
}

impl Reduced {
    fn new(mut frame: Frame, kind: &Kind, output: &Output) -> Self {
        let colors = std::mem::take(&mut frame.packed);
        Self {
            packed: colors.len() as u64 + CHUNK,
            colors: Unpacker::new(colors, frame.width),
            deflater: Deflater::new(
                kind.stride(frame.width as u32),
                frame.height,
                kind.unit(),
                output.effort,
            ),
            frame,
            next_row: 0,
        }
    }
}

impl Encoder for AnimationEncoder {
    fn row(&mut self, _: usize, row: &[u8]) -> Result<()> {
        self.coming.extend_from_slice(row);
        Ok(())
    }

    fn end_frame(&mut self, delay: u32) -> Result<bool> {
        if self.coder.is_none() {
            self.begin(self.output.delay.unwrap_or(delay));
        }
        if self.step()? {
            return Ok(true);
        }
        std::mem::swap(&mut self.before, &mut self.coming);
        self.coming.clear();
        self.coming.reserve_exact(self.image.bytes() as usize);
        Ok(false)
    }

    fn finish(&mut self) -> Result<bool> {
        if self.still.is_some() {
            return self.step_still();
        }
        if self.reduce()? {
            return Ok(true);
        }
        if self.frames == 0 && self.waiting.is_empty() {
            let still = PngEncoder::new(&self.output, self.image, std::mem::take(&mut self.attached))?;
            self.still = Some((Box::new(still), 0));
            (self.frame, self.film) = (None, None);
            return Ok(true);
        }
        self.end();
        if let Some(film) = self.film.take() {
            // The canvases are not looked at any more.
            (self.before, self.coming) = (Vec::new(), Vec::new());
            let (kind, indexer) = film.reduce();
            self.kind = kind;
            self.reduction = Some(Reduction { indexer, current: None });
            return Ok(true);
        }
        let kind = std::mem::replace(&mut self.kind, Kind::of(self.image));
        let mut writer = begin(self.outlet.clone(), self.image, kind, &self.attached)?;
        let loops = self.output.loops.or(self.image.loops).unwrap_or(0);
        let numbers = [self.frames.to_be_bytes(), loops.to_be_bytes()].concat();
        writer.write_chunk(ChunkType(*b"acTL"), &numbers).map_err(internal)?;
        writer.write_chunk(ChunkType(*b"fcTL"), &self.first).map_err(internal)?;
        std::mem::take(&mut self.chunks).into_iter().for_each(|chunk| self.outlet.push(chunk));
        writer.finish().map_err(internal)?;
        Ok(false)
    }

    fn work(&self) -> u64 {
        let still = self.still.as_ref().map_or(0, |(still, _)| still.work());
        let coder = match &self.coder {
            Some(Coder::File(deflater)) => deflater.work(),
            Some(Coder::Film(packer)) => packer.work(),
            None => 0,
        };
        let reduction = self.reduction.as_ref().map_or(0, Reduction::work);
        still + self.work + coder + reduction
    }

    fn drain(&mut self, sink: &mut Queue) {
        self.outlet.drain(sink);
        if let Some((still, _)) = &mut self.still {
            still.drain(sink);
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
