//! GIF (GIF89a): a still, or an animation whose frames are the smallest rectangles of what changes.
//!
//! A frame is written when the next one has come: only then is it known whether some of it has to become transparent. What stays as
//! it was is transparent within the rectangle, so that it costs little, and does not flicker where colours are dithered.

mod canvas;
mod file;
mod frame;

use super::{Encoder, Image, Memory, Work};
use crate::lzw::Compressor;
use crate::metadata::Attached;
use crate::palette::{Diffusion, Histogram, Nearest, Quality};
use crate::pixels::Channels;
use crate::queue::Queue;
use crate::{Error, Output, Result};
use canvas::{CLEAR, Pixel, Rect, bounds, clear, push_rgba};
use frame::{Code, Count, Global, View};

pub(super) struct GifEncoder {
    image: Image,
    attached: Attached,
    /// How often it plays; 0 is forever.
    loops: u32,
    /// Milliseconds for which each frame is shown, if that is not up to the source.
    delay: Option<u32>,
    quality: Quality,
    /// The canvas before the frame that waits, the one after it, and the one that comes. Each is empty at first.
    before: Vec<Pixel>,
    waiting: Vec<Pixel>,
    coming: Vec<Pixel>,
    /// Milliseconds for which the frame that waits is shown.
    waits: u32,
    clock: Clock,
    global: Option<Global>,
    stage: Stage,
    row: Vec<u8>,
    blank: Vec<Pixel>,
    out: Vec<u8>,
    work: u64,
}

/// What becomes of the frame that waits.
enum Stage {
    /// It waits for the rows of the next one.
    Rows,
    /// Its colours are counted. It may make its place transparent in the end.
    Count(Box<Count>, bool),
    /// Its pixels are written.
    Code(Box<Code>, bool),
    /// The file is complete.
    Done,
}

/// Rounds times to hundredths of a second so that they do not add up to others.
#[derive(Debug, Default)]
struct Clock {
    milliseconds: u64,
    hundredths: u64,
}

impl Clock {
    /// The time for which a frame is shown.
    fn show(&mut self, milliseconds: u32) -> u16 {
        self.milliseconds += u64::from(milliseconds);
        let time = ((self.milliseconds + 5) / 10).saturating_sub(self.hundredths);
        // Players take a hundredth for no time, and slow down.
        let least = if milliseconds > 10 { 2 } else { 0 };
        let time = time.clamp(least, LONGEST);
        self.hundredths += time;
        time as u16
    }
}

/// The longest time of a frame, in hundredths of a second.
const LONGEST: u64 = u16::MAX as u64;

/// Rough number of instructions of comparing a pixel.
const COMPARE: u64 = 12;

impl GifEncoder {
    pub(super) fn new(output: &Output, image: Image, attached: Attached) -> Self {
        Self {
            image,
            attached,
            loops: image.loops.map_or(1, |loops| output.loops.unwrap_or(loops)),
            delay: output.delay,
            quality: Quality::of(output),
            before: Vec::new(),
            waiting: Vec::new(),
            coming: Vec::new(),
            waits: 0,
            clock: Clock::default(),
            global: None,
            stage: Stage::Rows,
            row: Vec::new(),
            blank: vec![CLEAR; image.width as usize],
            out: Vec::new(),
            work: 0,
        }
    }

    /// Begins to write the frame that waits.
    fn begin(&mut self) {
        let width = self.image.width as usize;
        let whole = Rect { left: 0, top: 0, width, height: self.image.height as usize };
        let changed = match self.before.is_empty() {
            true => Some(whole),
            false => bounds(&self.before, &self.waiting, width, |before, after| before != after),
        };
        let vanishes =
            bounds(&self.waiting, &self.coming, width, |before, after| before != CLEAR && after == CLEAR);
        self.work += 2 * COMPARE * whole.area();
        let rect = match (changed, vanishes) {
            (Some(changed), Some(vanishes)) => changed.around(vanishes),
            (Some(rect), None) | (None, Some(rect)) => rect,
            (None, None) => Rect { width: 1, height: 1, ..whole },
        };
        self.stage = Stage::Count(Box::new(Count::new(rect, vanishes.is_some())), vanishes.is_some());
    }

    /// Goes on with the frame that waits. Returns whether there is more to do.
    fn step(&mut self) -> Result<bool> {
        match std::mem::replace(&mut self.stage, Stage::Rows) {
            Stage::Count(mut count, clears) => {
                if let Some(work) = count.step(self.view()) {
                    self.work += work;
                    self.stage = Stage::Count(count, clears);
                    return Ok(true);
                }
                let is_first = self.global.is_none();
                if is_first {
                    self.write_head(&count);
                }
                let time = if self.is_still() { 0 } else { self.clock.show(self.waits) };
                let global = self.global.as_mut().ok_or(Error::Ended)?;
                let (code, work) =
                    count.begin((time, clears), (global, is_first), self.quality, &mut self.out);
                self.work += work;
                self.stage = Stage::Code(Box::new(code), clears);
                Ok(true)
            }
            Stage::Code(mut code, clears) => {
                let view = View { before: &self.before, canvas: &self.waiting, blank: &self.blank };
                let global = self.global.as_mut().ok_or(Error::Ended)?;
                if let Some(work) = code.step(view, global, &mut self.out) {
                    self.work += work;
                    self.stage = Stage::Code(code, clears);
                    return Ok(true);
                }
                let rect = code.rect;
                code.finish(&mut self.out);
                self.go_on(clears.then_some(rect));
                Ok(false)
            }
            stage => {
                self.stage = stage;
                Ok(false)
            }
        }
    }

    fn view(&self) -> View<'_> {
        View { before: &self.before, canvas: &self.waiting, blank: &self.blank }
    }

    /// Whether there is one frame alone.
    fn is_still(&self) -> bool {
        self.before.is_empty() && self.coming.is_empty()
    }

    /// Writes what comes before the first frame.
    fn write_head(&mut self, count: &Count) {
        let is_still = self.is_still();
        let (global, work) = count.global(self.quality, !is_still);
        self.work += work;
        let size = (self.image.width, self.image.height);
        let loops = if is_still { 1 } else { self.loops };
        file::begin(size, &global.table, loops, &self.attached, &mut self.out);
        self.attached = Attached::default();
        self.global = Some(global);
    }

    /// Lets the frame that has come wait, now that the one before is written.
    fn go_on(&mut self, cleared: Option<Rect>) {
        std::mem::swap(&mut self.before, &mut self.waiting);
        std::mem::swap(&mut self.waiting, &mut self.coming);
        self.coming.clear();
        if let Some(rect) = cleared {
            clear(&mut self.before, self.image.width as usize, rect);
        }
    }
}

impl Encoder for GifEncoder {
    fn row(&mut self, _: usize, row: &[u8]) -> Result<()> {
        if self.coming.capacity() == 0 {
            self.coming.reserve_exact(self.image.pixels() as usize);
        }
        self.row.clear();
        self.image.channels().widen(row, Channels::Rgba, &mut self.row);
        push_rgba(&mut self.coming, &self.row);
        Ok(())
    }

    fn end_frame(&mut self, delay: u32) -> Result<bool> {
        if matches!(self.stage, Stage::Rows) {
            let delay = self.delay.unwrap_or(delay);
            if self.waiting.is_empty() {
                std::mem::swap(&mut self.waiting, &mut self.coming);
                self.waits = delay;
                return Ok(false);
            }
            let together = self.waits.saturating_add(delay);
            if self.waiting == self.coming && u64::from(together) <= 10 * LONGEST {
                self.waits = together;
                self.coming.clear();
                return Ok(false);
            }
            self.begin();
            return Ok(true);
        }
        let more = self.step()?;
        if !more {
            self.waits = self.delay.unwrap_or(delay);
        }
        Ok(more)
    }

    fn finish(&mut self) -> Result<bool> {
        match self.stage {
            Stage::Rows if self.waiting.is_empty() => {
                file::end(&mut self.out);
                self.stage = Stage::Done;
            }
            Stage::Rows => self.begin(),
            Stage::Done => return Ok(false),
            _ => _ = self.step()?,
        }
        Ok(true)
    }

    fn work(&self) -> u64 {
        self.work
    }

    fn drain(&mut self, sink: &mut Queue) {
        sink.push(std::mem::take(&mut self.out));
    }
}

/// Canvases, and what counting, choosing and compressing take. Codes take no more than a byte and a half for each pixel, and
/// blocks add a 255th.
pub(super) fn memory(image: Image) -> Memory {
    let canvases = if image.loops.is_some() { 3 } else { 1 };
    let width = u64::from(image.width);
    let row = (4 + 4 + 1) * width + Diffusion::memory(width);
    let palettes = Histogram::MEMORY + 3 * Nearest::MEMORY + PARTS;
    let coder = canvases * 4 * image.pixels() + row + palettes + Compressor::MEMORY;
    Memory { coder, pieces: image.pixels() * 3 / 2 + image.pixels() / 64 + 2048 }
}

/// Bytes that parts of a palette take while it is chosen.
const PARTS: u64 = 64 << 10;

/// What happens to every pixel. The encoder counts what it does with colours.
pub(super) fn work(image: Image) -> Work {
    Work { fixed: 1_900_000 + image.pixels() * 20, per_byte: 0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_rounded_so_that_their_sum_is_kept() {
        let mut clock = Clock::default();
        let times: Vec<u16> = [33; 6].iter().map(|&time| clock.show(time)).collect();
        assert_eq!(times, [3, 4, 3, 3, 4, 3]);
        assert_eq!([clock.show(0), clock.show(8), clock.show(12)], [0, 1, 2]);
        assert_eq!(Clock::default().show(u32::MAX), u16::MAX);
    }
}
