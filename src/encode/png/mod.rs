//! PNG (ISO/IEC 15948). Large images are encoded row by row. Small ones are held as long as fewer bits may do for their
//! pixels, as indices of few colours mostly, and a photograph shows in its first rows that they do not. An image whose colours are to
//! be reduced is held in any case.

mod animation;
mod close;
mod colors;
mod deflate;
mod file;
mod filter;
mod held;
mod method;
mod quantized;

use super::{Encoder, Image, Memory, Work};
use crate::metadata::Attached;
use crate::palette::Quality;
use crate::pixels::Channels;
use crate::queue::Queue;
use crate::{Effort, Error, Output, Result};
pub(super) use animation::{AnimationEncoder, memory as animation_memory, work as animation_work};
use deflate::Deflater;
use file::{File, Kind, Outlet};
use held::{Held, Reduced};
use quantized::{Gathered, Quantized};
use std::collections::VecDeque;

/// Rows that are written for each that comes, once some have been held in vain.
const CATCH_UP: usize = 8;

/// Bytes of rows that one step of finishing writes.
const STEP_BYTES: usize = 128 << 10;

pub(super) struct PngEncoder {
    image: Image,
    effort: Effort,
    attached: Attached,
    outlet: Outlet,
    state: State,
    /// An image that turned out to have few colours, and the number of its rows that have come again.
    again: Option<(Box<Gathered>, usize)>,
    /// The work on a file that is finished.
    work: u64,
}

enum State {
    /// Rows are held, and their colours are counted.
    Gathered(Box<Gathered>),
    /// Rows are written as indices of colours that have been chosen.
    Quantized(File, Box<Quantized>),
    /// Rows are held.
    Held(Held),
    /// Rows are written as they come, or after those that have been held in vain.
    Rows(File, Option<Late>),
    /// Rows that have been held are written in fewer bits.
    Reduced(File, Reduced),
    Finished,
}

/// Rows that are written late: those that have been held, and those that have come since.
struct Late {
    held: Held,
    written: usize,
    waiting: VecDeque<Vec<u8>>,
}

impl Late {
    /// Takes the next row out; false if there is none.
    fn next(&mut self, out: &mut Vec<u8>) -> bool {
        let row = self.written;
        self.written += 1;
        self.held.restore(row, out)
            || self.waiting.pop_front().is_some_and(|row| {
                *out = row;
                true
            })
    }
}

impl PngEncoder {
    pub(super) fn new(output: &Output, image: Image, attached: Attached) -> Result<Self> {
        let (outlet, effort) = (Outlet::default(), output.effort);
        let state = match Held::new(image, &attached) {
            _ if reduces(output, image, &attached) => {
                State::Gathered(Box::new(Gathered::new(image, Quality::of(output))))
            }
            Some(held) => State::Held(held),
            None => State::Rows(File::new(outlet.clone(), image, Kind::of(image), effort, &attached)?, None),
        };
        Ok(Self { image, effort, attached, outlet, state, again: None, work: 0 })
    }

    /// Lets rows that have been gathered come again.
    fn repeat(&mut self, gathered: Box<Gathered>, first: usize) -> Result<()> {
        let rows = self.step_rows();
        for y in first..first + rows {
            let Some(row) = gathered.row(y) else { return Ok(()) };
            self.row(0, row)?;
        }
        self.again = Some((gathered, first + rows));
        Ok(())
    }

    fn file(&self, kind: Kind) -> Result<File> {
        File::new(self.outlet.clone(), self.image, kind, self.effort, &self.attached)
    }

    /// Rows that a step writes.
    fn step_rows(&self) -> usize {
        STEP_BYTES / (self.image.width as usize * self.image.pixel_bytes() as usize).max(1) + 1
    }

    fn end(&mut self, file: File) -> Result<bool> {
        self.work += file.finish()?;
        Ok(false)
    }
}

/// Writes some of the rows that are late; false once there are none.
fn catch_up(file: &mut File, late: &mut Option<Late>, rows: usize) -> Result<bool> {
    let mut row = Vec::new();
    for _ in 0..rows {
        row.clear();
        if !late.as_mut().is_some_and(|late| late.next(&mut row)) {
            *late = None;
            return Ok(false);
        }
        file.row(&row)?;
    }
    Ok(true)
}

impl Encoder for PngEncoder {
    fn row(&mut self, _: usize, row: &[u8]) -> Result<()> {
        if let State::Gathered(gathered) = &mut self.state {
            gathered.push(row);
            return Ok(());
        }
        if let State::Held(held) = &mut self.state {
            if held.push(row) {
                return Ok(());
            }
            let file = self.file(Kind::of(self.image))?;
            if let State::Held(held) = std::mem::replace(&mut self.state, State::Finished) {
                self.state = State::Rows(file, Some(Late { held, written: 0, waiting: VecDeque::new() }));
            }
        }
        let State::Rows(file, late) = &mut self.state else { return Err(Error::Ended) };
        match late {
            None => return file.row(row),
            Some(late) => late.waiting.push_back(row.to_vec()),
        }
        catch_up(file, late, CATCH_UP).map(|_| ())
    }

    fn finish(&mut self) -> Result<bool> {
        if let Some((gathered, first)) = self.again.take() {
            return self.repeat(gathered, first).map(|()| true);
        }
        let rows = self.step_rows();
        match std::mem::replace(&mut self.state, State::Finished) {
            State::Gathered(gathered) => {
                self.work = gathered.work();
                self.state = match Held::new(self.image, &self.attached).filter(|_| gathered.is_exact()) {
                    Some(held) => {
                        self.again = Some((gathered, 0));
                        State::Held(held)
                    }
                    None => {
                        let (kind, quantized) = gathered.reduce();
                        State::Quantized(self.file(kind)?, Box::new(quantized))
                    }
                };
                Ok(true)
            }
            State::Quantized(mut file, mut quantized) => {
                let mut row = Vec::new();
                for _ in 0..rows {
                    row.clear();
                    if !quantized.next(&mut row) {
                        self.work = quantized.work();
                        return self.end(file);
                    }
                    file.row(&row)?;
                }
                self.state = State::Quantized(file, quantized);
                Ok(true)
            }
            State::Held(held) => {
                let (kind, reduced, work) = held.reduce(self.effort)?;
                self.work += work;
                self.state = State::Reduced(self.file(kind)?, reduced);
                Ok(true)
            }
            State::Rows(mut file, mut late) => {
                if !catch_up(&mut file, &mut late, rows)? {
                    return self.end(file);
                }
                self.state = State::Rows(file, late);
                Ok(true)
            }
            State::Reduced(mut file, mut reduced) => {
                let mut row = Vec::new();
                for _ in 0..rows {
                    row.clear();
                    if !reduced.next(&mut row) {
                        return self.end(file);
                    }
                    file.row(&row)?;
                }
                self.state = State::Reduced(file, reduced);
                Ok(true)
            }
            State::Finished => Err(Error::Ended),
        }
    }

    fn work(&self) -> u64 {
        match &self.state {
            State::Gathered(gathered) => gathered.work(),
            State::Quantized(file, quantized) => file.work() + quantized.work(),
            State::Rows(file, _) | State::Reduced(file, _) => self.work + file.work(),
            State::Held(_) | State::Finished => self.work,
        }
    }

    fn drain(&mut self, sink: &mut Queue) {
        self.outlet.drain(sink);
    }
}

/// What deflating takes, rows that are held and those that wait for them, and the file: deflate stores what it cannot make
/// smaller.
pub(super) fn memory(output: &Output, image: Image) -> Memory {
    let stride = u64::from(image.width) * image.pixel_bytes();
    let deflating = Deflater::memory(stride, image.bytes(), output.effort);
    let held = match Held::memory(image) {
        0 => 0,
        held => held + image.bytes() / CATCH_UP as u64,
    };
    let file = |bytes: u64| bytes + u64::from(image.height) + bytes / 64 + (64 << 10);
    if output.colors.is_none() {
        return Memory { coder: deflating + held, pieces: file(image.bytes()) };
    }
    // The file comes at the end. What is gray may stay as it is.
    let bytes = if is_gray(image) { image.bytes() } else { image.pixels() };
    Memory { coder: deflating + held + quantized::memory(image) + file(bytes), pieces: 0 }
}

/// Whether an image gets a palette. That has colours, and a profile for gray has no place there.
fn reduces(output: &Output, image: Image, attached: &Attached) -> bool {
    output.colors.is_some() && !(is_gray(image) && attached.icc_for(image.colors()).is_some())
}

fn is_gray(image: Image) -> bool {
    matches!(image.channels(), Channels::Gray | Channels::GrayAlpha)
}

/// What happens to every pixel before it is deflated. The encoder counts the rest.
pub(super) fn work(image: Image) -> Work {
    Work { fixed: 400_000 + image.bytes() * 4 + image.pixels() * 12, per_byte: 0 }
}

/// Writing to memory fails only if the rows are not what was announced.
fn internal(error: impl std::fmt::Display) -> Error {
    Error::Internal(format!("encoding PNG: {error}"))
}

/// Adds samples of `bits` bits to `out`, one for each index.
fn pack(bits: u8, indices: &[u8], sample: impl Fn(u8) -> u8, out: &mut Vec<u8>) {
    let per_byte = usize::from(8 / bits);
    let shifts = (0..8).step_by(usize::from(bits)).map(|shift| 8 - bits - shift);
    out.extend(indices.chunks(per_byte).map(|indices| {
        let indices = indices.iter().zip(shifts.clone());
        indices.fold(0, |byte, (&index, shift)| byte | sample(index) << shift)
    }));
}

/// Pixels of a row as red, green, blue and alpha.
fn rgba(channels: Channels, row: &[u8]) -> impl DoubleEndedIterator<Item = [u8; 4]> + ExactSizeIterator {
    row.chunks_exact(channels.count()).map(|pixel| match *pixel {
        [gray] => [gray, gray, gray, 255],
        [gray, alpha] => [gray, gray, gray, alpha],
        [red, green, blue] => [red, green, blue, 255],
        [red, green, blue, alpha] => [red, green, blue, alpha],
        _ => [0; 4],
    })
}
