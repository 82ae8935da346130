//! Encodes the rectangle of a frame, a step at a time.

use super::difference::{Base, Rect};
use super::error::EncodeError;
use crate::encode::Effort;
use crate::encode::lossless::{self, AlphaEncoder};
use crate::encode::lossy;
use alloc::boxed::Box;
use alloc::vec;
use alloc::vec::Vec;

/// How a frame is encoded.
#[derive(Clone, Copy, Debug)]
pub enum Coding {
    /// With loss.
    Lossy(lossy::Config),
    /// Without loss.
    Lossless(lossless::Config),
}

/// The side of a macroblock.
const BLOCK: usize = 16;

/// Rough numbers of instructions of encoding a pixel with loss and of writing a byte of the result; and of comparing a pixel.
const LOSSY_PIXEL: u64 = 300;
const LOSSY_BYTE: u64 = 150;
const BEST_LOSSY_BYTE: u64 = 3000;
const COMPARE: u64 = 8;

/// What is drawn in a rectangle, and how.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Drawing {
    pub(super) rect: Rect,
    /// Whether it is blended with the canvas.
    pub(super) blend: bool,
    /// Whether pixels have alpha.
    pub(super) alpha: bool,
}

impl Drawing {
    /// Decides how the rectangle of a canvas is drawn on a base.
    pub(super) fn new(base: &Base<'_>, canvas: &[u8], rect: Rect, lossless: bool) -> Self {
        let channels = base.channels;
        let (mut under, mut blocks) = (base.buffer(), vec![true; rect.width.div_ceil(BLOCK)]);
        let (mut can_blend, mut unchanged, mut same_blocks, mut translucent) = (true, 0usize, 0usize, false);
        for (y, row) in canvas.chunks_exact(under.len()).enumerate().skip(rect.y).take(rect.height) {
            base.row(y, &mut under);
            let pixels = rect
                .part(row, channels)
                .chunks_exact(channels)
                .zip(rect.part(&under, channels).chunks_exact(channels));
            for (x, (pixel, under)) in pixels.enumerate() {
                let alpha = |pixel: &[u8]| pixel.get(3).copied().unwrap_or(255);
                translucent |= alpha(pixel) < 255;
                if pixel == under {
                    unchanged += 1;
                    continue;
                }
                // Decoders round what is blended differently.
                can_blend &= alpha(pixel) == 255;
                if let Some(same) = blocks.get_mut(x / BLOCK) {
                    *same = false;
                }
            }
            if (y - rect.y + 1).is_multiple_of(BLOCK) || y + 1 == rect.y + rect.height {
                same_blocks += blocks.iter().filter(|&&same| same).count();
                blocks.fill(true);
            }
        }
        // Otherwise alpha would cost more than it saves.
        let saves = if lossless { unchanged > 0 } else { same_blocks > 0 };
        let blend = can_blend && saves;
        Self { rect, blend, alpha: blend || translucent }
    }
}

/// Encodes a rectangle.
pub(super) struct Coder {
    pub(super) drawing: Drawing,
    inner: Inner,
    /// Rows of the rectangle that have been given to the encoder.
    rows: usize,
    work: u64,
    /// Instructions of a byte of a lossy image.
    per_byte: u64,
}

enum Inner {
    Lossless(Box<lossless::Encoder>),
    Lossy(Box<lossy::Encoder>, Vec<u8>),
    Alpha(Vec<u8>, Box<AlphaEncoder>),
    Done,
}

impl Coder {
    /// Bytes that encoding holds for a rectangle of this size, with the result.
    pub(super) fn memory(width: u32, height: u32, alpha: bool, coding: &Coding) -> u64 {
        let row = 2 * 4 * u64::from(width);
        row + match coding {
            Coding::Lossless(config) => lossless::Encoder::memory(width, height, alpha, *config),
            Coding::Lossy(config) => {
                lossy::Encoder::memory(width, height, lossy::Input::Rgba, config)
                    + AlphaEncoder::memory(width, height, Effort::default())
            }
        }
    }

    pub(super) fn new(drawing: Drawing, coding: Coding) -> Result<Self, EncodeError> {
        let Drawing { rect, alpha, .. } = drawing;
        let (width, height) = (rect.width as u32, rect.height as u32);
        let inner = match coding {
            Coding::Lossless(config) => {
                Inner::Lossless(Box::new(lossless::Encoder::new(width, height, alpha, config)?))
            }
            Coding::Lossy(config) => {
                let input = if alpha { lossy::Input::Rgba } else { lossy::Input::Rgb };
                let plane = Vec::with_capacity(if alpha { rect.area() } else { 0 });
                Inner::Lossy(Box::new(lossy::Encoder::new(width, height, input, config)?), plane)
            }
        };
        let per_byte = match coding {
            Coding::Lossy(config) if config.effort == Effort::Best => BEST_LOSSY_BYTE,
            _ => LOSSY_BYTE,
        };
        Ok(Self { drawing, inner, rows: 0, work: COMPARE * rect.area() as u64, per_byte })
    }

    /// Rough number of instructions so far.
    pub(super) fn work(&self) -> u64 {
        self.work
            + match &self.inner {
                Inner::Lossless(encoder) => encoder.work(),
                Inner::Alpha(_, encoder) => encoder.work(),
                _ => 0,
            }
    }

    /// Does a bounded part of the work. Returns the chunks of the frame when they are complete.
    pub(super) fn step(&mut self, base: &Base<'_>, canvas: &[u8]) -> Result<Option<Vec<u8>>, EncodeError> {
        let rect = self.drawing.rect;
        if self.rows < rect.height {
            let end = (self.rows + BLOCK).min(rect.height);
            self.push_rows(base, canvas, end)?;
            self.rows = end;
            return Ok(None);
        }
        self.inner = match core::mem::replace(&mut self.inner, Inner::Done) {
            Inner::Lossless(mut encoder) => {
                if !encoder.step() {
                    self.work += encoder.work();
                    return Ok(Some(chunks(&[(b"VP8L", &encoder.into_bytes()?)])));
                }
                Inner::Lossless(encoder)
            }
            Inner::Lossy(mut encoder, plane) => {
                if encoder.step()? {
                    Inner::Lossy(encoder, plane)
                } else {
                    let image = encoder.finish()?;
                    self.work += self.per_byte * image.len() as u64;
                    if !self.drawing.alpha {
                        return Ok(Some(chunks(&[(b"VP8 ", &image)])));
                    }
                    let (width, height) = (rect.width as u32, rect.height as u32);
                    Inner::Alpha(image, Box::new(AlphaEncoder::new(plane, width, height, Effort::default())?))
                }
            }
            Inner::Alpha(image, mut encoder) => {
                if !encoder.step() {
                    self.work += encoder.work();
                    return Ok(Some(chunks(&[(b"ALPH", &encoder.into_bytes()?), (b"VP8 ", &image)])));
                }
                Inner::Alpha(image, encoder)
            }
            Inner::Done => Inner::Done,
        };
        Ok(None)
    }

    /// Gives the encoder rows of the rectangle up to `end`, at most as many as a macroblock has.
    fn push_rows(&mut self, base: &Base<'_>, canvas: &[u8], end: usize) -> Result<(), EncodeError> {
        let Drawing { rect, blend, alpha } = self.drawing;
        let channels = base.channels;
        let stride = channels * base.width;
        let lossless = matches!(self.inner, Inner::Lossless(_));
        let mut under = base.buffer();
        let rows = || canvas.chunks_exact(stride).enumerate().skip(rect.y + self.rows).take(end - self.rows);
        let mut same = vec![blend && !lossless; rect.width.div_ceil(BLOCK)];
        if blend && !lossless {
            for (y, row) in rows() {
                base.row(y, &mut under);
                let blocks = rect.part(row, channels).chunks(BLOCK * channels);
                let blocks = blocks.zip(rect.part(&under, channels).chunks(BLOCK * channels));
                same.iter_mut().zip(blocks).for_each(|(same, (row, under))| *same &= row == under);
            }
        }
        let mut out = Vec::with_capacity(4 * rect.width);
        for (y, row) in rows() {
            base.row(y, &mut under);
            out.clear();
            let pixels = rect
                .part(row, channels)
                .chunks_exact(channels)
                .zip(rect.part(&under, channels).chunks_exact(channels));
            for (x, (pixel, under)) in pixels.enumerate() {
                let (color, opacity) = pixel.split_at(3.min(pixel.len()));
                let opacity = opacity.first().copied().unwrap_or(255);
                let in_block = same.get(x / BLOCK).copied().unwrap_or(false);
                // What is translucent already must not be drawn twice.
                let hidden = blend && pixel == under && (lossless || in_block || opacity < 255);
                if lossless && hidden {
                    out.extend([0; 3])
                } else {
                    out.extend_from_slice(color)
                }
                if alpha {
                    out.push(if hidden { 0 } else { opacity });
                }
            }
            match &mut self.inner {
                Inner::Lossless(encoder) => encoder.push_row(&out)?,
                Inner::Lossy(encoder, plane) => {
                    encoder.push_row(&out)?;
                    if alpha {
                        plane.extend(out.iter().skip(3).step_by(4));
                    }
                    self.work += LOSSY_PIXEL * rect.width as u64;
                }
                Inner::Alpha(..) | Inner::Done => (),
            }
        }
        Ok(())
    }
}

/// Chunks, one after the other.
fn chunks(contents: &[(&[u8; 4], &[u8])]) -> Vec<u8> {
    let size = contents.iter().map(|(_, content)| 8 + content.len().next_multiple_of(2)).sum();
    let mut out = Vec::with_capacity(size);
    for (id, content) in contents {
        crate::encode::container::write_chunk(&mut out, id, content);
    }
    out
}
