//! A decode under way: from image data to rows of the canvas.

use super::alpha::Alpha;
use super::bitstream::Bitstream;
use super::budget::Budget;
use super::config::Damage;
use super::container::{Image, Place};
use super::error::{DecodeError, Flaw};
use super::input::Input;
use super::lossless::Lossless;
use super::lossy::{Lossy, STRIP_ROWS};
use super::progress::{Progress, Stop};
use super::strip::{Output, PlaneRows, Strip};
use alloc::boxed::Box;
use alloc::vec;
use alloc::vec::Vec;
use core::ops::Range;

/// The state of a decode that has begun.
pub(crate) struct Work {
    frame: Frame,
    alpha: Option<Alpha>,
    /// Where the frame stands on the canvas.
    place: Place,
    /// Rows of the canvas, and those made.
    height: u32,
    row: u32,
    channels: usize,
    output: Output,
    /// The row of the canvas made last; or the alpha channel of the last strip of planes.
    pixels: Vec<u8>,
    /// Bytes of image data that have not been used.
    left: u64,
    damage: Damage,
    flaw: Option<Flaw>,
    /// Whether the flaw ends the image.
    broken: bool,
}

enum Frame {
    Lossless(Box<Lossless>),
    Lossy(Box<Lossy>),
}

/// How a step ended.
pub(crate) enum Advance {
    Row,
    NeedInput,
    Done,
}

impl Work {
    /// Bytes that decoding holds for certain, apart from what the container's chunks take, and those to count in
    /// advance.
    pub(crate) fn memory(image: &Image, output: Output) -> (u64, u64) {
        let (width, height) = image.bitstream.size();
        let row = pixels_length(image, output) as u64;
        let (frame, allowance) = match image.bitstream {
            Bitstream::Lossless { .. } => {
                (Lossless::memory(width, height), Lossless::allowance(width, height))
            }
            Bitstream::Lossy { first_partition, partitions, .. } => {
                let first = image.size.min(first_partition.into());
                (Lossy::memory(width, height, [first, image.size - first], partitions), 0)
            }
        };
        let alpha = image.alpha.as_ref().map_or((0, 0), |data| Alpha::memory(data, width, height));
        let fixed = row + frame + alpha.0 + size_of::<Lossless>().max(size_of::<Lossy>()) as u64;
        (fixed, allowance + alpha.1)
    }

    /// Prepares to decode. The caller counts [`Work::memory`].
    pub(crate) fn new(image: Image, output: Output, damage: Damage) -> Self {
        let pixels = vec![0; pixels_length(&image, output)];
        let Image { canvas, channels, place, bitstream, alpha, size, .. } = image;
        let (width, height) = bitstream.size();
        Self {
            frame: match bitstream {
                Bitstream::Lossless { .. } => Frame::Lossless(Box::new(Lossless::new(width, height))),
                Bitstream::Lossy { first_partition, .. } => {
                    Frame::Lossy(Box::new(Lossy::new(width, height, size.min(first_partition.into()))))
                }
            },
            alpha: alpha.map(|data| Alpha::new(data, width, height)),
            place,
            height: canvas.1,
            row: 0,
            channels,
            output,
            pixels,
            left: size,
            damage,
            flaw: None,
            broken: false,
        }
    }

    pub(crate) fn output(&self) -> Output {
        self.output
    }

    /// Makes the next strip of planes.
    pub(crate) fn next_strip(
        &mut self,
        input: &mut Input,
        budget: &mut Budget,
    ) -> Result<Advance, DecodeError> {
        let Frame::Lossy(lossy) = &mut self.frame else { return Ok(Advance::Done) };
        if self.row == self.height {
            return Ok(Advance::Done);
        }
        let progress = if self.broken { Ok(Progress::Row) } else { lossy.next_strip(input, &mut self.left) };
        match progress {
            Ok(Progress::Row) if self.broken => lossy.repeat_last_row(),
            Ok(Progress::Row) => {}
            Ok(Progress::NeedInput) => return Ok(Advance::NeedInput),
            Err(Stop::Error(error)) => return Err(error),
            Err(Stop::Flaw(flaw)) => {
                self.broken = true;
                lossy.repeat_last_row();
                self.judge(flaw, self.row > 0)?;
            }
        }
        let Frame::Lossy(lossy) = &self.frame else { return Ok(Advance::Done) };
        let rows = lossy.strip().first().map_or(0, |luma| luma.rows);
        self.row += rows as u32;
        self.make_alpha_rows(rows, budget)?;
        Ok(Advance::Row)
    }

    /// Makes rows of alpha for a strip of planes.
    fn make_alpha_rows(&mut self, rows: usize, budget: &mut Budget) -> Result<(), DecodeError> {
        let width = self.place.width as usize;
        let Some(alpha) = &mut self.alpha else {
            self.pixels.fill(u8::MAX);
            return Ok(());
        };
        for to in self.pixels.chunks_exact_mut(width).take(rows) {
            to.copy_from_slice(alpha.next_row(budget)?);
        }
        match alpha.flaw() {
            Some(flaw) => self.judge(flaw, true),
            None => Ok(()),
        }
    }

    /// The strip of planes made last.
    pub(crate) fn strip(&self) -> Strip<'_> {
        let Frame::Lossy(lossy) = &self.frame else { return Strip::new(core::iter::empty()) };
        let planes = lossy.strip();
        let rows = planes.first().map_or(0, |luma| luma.rows);
        let width = self.place.width as usize;
        let alpha = PlaneRows { data: &self.pixels, stride: width, width, rows };
        Strip::new(planes.into_iter().chain((self.channels == 4).then_some(alpha)))
    }

    /// Makes the next row of the canvas.
    pub(crate) fn next_row(
        &mut self,
        input: &mut Input,
        budget: &mut Budget,
    ) -> Result<Advance, DecodeError> {
        if self.row == self.height {
            return Ok(Advance::Done);
        }
        let in_frame = (self.place.y..self.place.y + self.place.height).contains(&self.row);
        if !in_frame {
            if self.row == 0 || self.row == self.place.y + self.place.height {
                self.pixels.fill(0);
            }
        } else if !self.broken {
            match self.next_frame_row(input, budget) {
                Ok(Progress::Row) => {}
                Ok(Progress::NeedInput) => return Ok(Advance::NeedInput),
                Err(Stop::Error(error)) => return Err(error),
                Err(Stop::Flaw(flaw)) => {
                    self.broken = true;
                    // The rows that are missing repeat the last: it stays where it is.
                    self.judge(flaw, self.row > self.place.y)?;
                }
            }
        }
        self.row += 1;
        Ok(Advance::Row)
    }

    /// The row made last.
    pub(crate) fn pixels(&self) -> &[u8] {
        &self.pixels
    }

    /// Whether a flaw has ended the image: rows repeat the last one.
    pub(crate) fn is_broken(&self) -> bool {
        self.broken
    }

    /// Bytes of image data that have not been used.
    pub(crate) fn unused(&self) -> u64 {
        self.left
    }

    pub(crate) fn flaw(&self) -> Option<Flaw> {
        self.flaw
    }

    /// Rough number of instructions so far.
    pub(crate) fn work(&self) -> u64 {
        let frame = match &self.frame {
            Frame::Lossless(lossless) => lossless.work(),
            Frame::Lossy(lossy) => lossy.work(),
        };
        let rows = 20 * u64::from(self.row) * u64::from(self.place.width);
        rows + frame + self.alpha.as_ref().map_or(0, Alpha::work)
    }

    /// Records a flaw, or fails if it is not to be accepted.
    fn judge(&mut self, flaw: Flaw, acceptable: bool) -> Result<(), DecodeError> {
        self.flaw.get_or_insert(flaw);
        if self.damage == Damage::Refuse || !acceptable {
            return Err(DecodeError::Damaged(flaw));
        }
        Ok(())
    }

    /// Makes the next row of the frame, at its place in the row of the canvas.
    fn next_frame_row(&mut self, input: &mut Input, budget: &mut Budget) -> Result<Progress, Stop> {
        let start = self.place.x as usize * self.channels;
        let end = start + self.place.width as usize * self.channels;
        let Some(pixels) = self.pixels.get_mut(start..end) else { return Ok(Progress::Row) };
        match &mut self.frame {
            Frame::Lossy(lossy) => {
                let progress = lossy.next_row(input, &mut self.left, self.channels, pixels)?;
                if let Progress::NeedInput = progress {
                    return Ok(Progress::NeedInput);
                }
                if self.channels == 4 {
                    self.write_alpha(start..end, budget)?;
                }
            }
            Frame::Lossless(lossless) => {
                let (bytes, ended) = input.window(self.left);
                let length = bytes.len();
                let progress = lossless.next_row(bytes, ended, budget);
                let used = lossless.used(length) as u64;
                input.advance(used);
                self.left -= used;
                if let Progress::NeedInput = progress? {
                    return Ok(Progress::NeedInput);
                }
                write_pixels(lossless.row(), pixels, self.channels);
            }
        }
        let Some(pixels) = self.pixels.get_mut(start..end) else { return Ok(Progress::Row) };
        if self.channels == 4 && self.place.blend {
            clear_transparent(pixels);
        }
        Ok(Progress::Row)
    }

    /// Writes the next row of alpha, if there is any, to pixels.
    fn write_alpha(&mut self, range: Range<usize>, budget: &mut Budget) -> Result<(), DecodeError> {
        let Some(alpha) = &mut self.alpha else { return Ok(()) };
        let pixels = self.pixels.get_mut(range).unwrap_or_default().as_chunks_mut::<4>().0;
        for ([_, _, _, to], &alpha) in pixels.iter_mut().zip(alpha.next_row(budget)?) {
            *to = alpha;
        }
        match alpha.flaw() {
            Some(flaw) => self.judge(flaw, true),
            None => Ok(()),
        }
    }
}

/// Bytes of pixels that are held for output: a row, or the alpha channel of a strip.
fn pixels_length(image: &Image, output: Output) -> usize {
    let width = image.canvas.0 as usize;
    match output {
        Output::Interleaved => width * image.channels,
        Output::Planar if image.channels == 4 => width * STRIP_ROWS,
        Output::Planar => 0,
    }
}

/// Writes pixels as bytes: red, green, blue, and alpha if there are four channels.
fn write_pixels(row: &[u32], bytes: &mut [u8], channels: usize) {
    if channels == 4 {
        for (pixel, bytes) in row.iter().zip(bytes.as_chunks_mut::<4>().0) {
            let [blue, green, red, alpha] = pixel.to_le_bytes();
            *bytes = [red, green, blue, alpha];
        }
    } else {
        for (pixel, bytes) in row.iter().zip(bytes.as_chunks_mut::<3>().0) {
            let [blue, green, red, _] = pixel.to_le_bytes();
            *bytes = [red, green, blue];
        }
    }
}

/// What blending with a transparent canvas does to pixels (RFC 9649, 2.7.1.1): those without alpha lose their colour.
fn clear_transparent(pixels: &mut [u8]) {
    for pixel in pixels.as_chunks_mut::<4>().0 {
        if let [_, _, _, 0] = pixel {
            *pixel = [0; 4];
        }
    }
}
