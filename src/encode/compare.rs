//! Decodes a file that was just encoded, to compare it with its rows.

use super::Image;
use super::held::Held;
use super::likeness::{Likeness, luma};
use crate::decode::{self, Decoder, Step};
use crate::pixels::Layout;
use crate::plan::{Detail, Scale};
use crate::queue::Queue;
use crate::{Error, Format, Input, Limits, Options, Result};

/// A file that is being decoded.
pub(super) struct Comparison {
    decoder: Box<dyn Decoder>,
    /// The layout of the rows that it is decoded to, once its header has been read.
    layout: Option<Layout>,
    /// Pieces of the file that have been fed, and whether its end has been signalled.
    fed: usize,
    ended: bool,
    /// Rows that have been compared.
    rows: usize,
    likeness: Likeness,
    max_memory: u64,
}

/// Bytes that comparing a picture takes, with its decoder.
pub(super) fn memory(image: Image) -> u64 {
    // A decoder holds some rows, its tables, and the part of the file that it reads; or all of it, if that has EXIF data.
    let decoder = (1 << 20) + 200 * u64::from(image.width) + image.samples();
    decoder + Likeness::memory(image.width)
}

impl Comparison {
    pub(super) fn new(format: Format, image: Image) -> Result<Self> {
        let max_memory = memory(image);
        let limits = Limits { work: u64::MAX, ..Limits::default() };
        let options = Options {
            input: Input { allow_damaged: false, ..Input::default() },
            limits,
            ..Options::default()
        };
        Ok(Self {
            decoder: decode::decoder(format, &options, max_memory)?,
            layout: None,
            fed: 0,
            ended: false,
            rows: 0,
            likeness: Likeness::new(image.width),
            max_memory,
        })
    }

    /// Decodes some rows and compares them. Returns whether there is more to do.
    pub(super) fn step(&mut self, file: &Queue, held: &Held, image: Image) -> Result<bool> {
        let enough = self.rows + super::held::rows_at_once(image);
        while self.rows < enough {
            if self.rows >= image.height as usize {
                return Ok(false);
            }
            if !self.advance(held, image)? {
                self.feed(file)?;
            }
        }
        Ok(true)
    }

    /// The structure that is lost; see [`Likeness::loss`].
    pub(super) fn loss(&self) -> Option<i64> {
        self.likeness.loss()
    }

    /// The work so far, in units of [`crate::Limits::work`].
    pub(super) fn work(&self, image: Image) -> u64 {
        self.decoder.work() + self.rows as u64 * u64::from(image.width) * PIXEL_WORK
    }

    /// Goes on as far as the input reaches, for a while; false if it needs more.
    fn advance(&mut self, held: &Held, image: Image) -> Result<bool> {
        let detail = Detail { scale: Scale::FULL, halved_chroma: true, whole_pixels: false };
        let Some(layout) = self.layout else {
            let Step::Ready(header) = self.decoder.header()? else { return Ok(false) };
            self.decoder.start(detail, self.max_memory)?;
            self.layout = Some(header.layout);
            return Ok(true);
        };
        let Self { decoder, likeness, rows, .. } = self;
        let step = decoder.advance(&mut |lane, row| {
            if lane == 0 {
                likeness.push(&luma(image.layout, held.first_lane(*rows)), &luma(layout, row));
                *rows += 1;
            }
            Ok(())
        })?;
        match step {
            Step::Ready(true) => Ok(true),
            Step::NeedInput => Ok(false),
            Step::Ready(false) => Err(Error::Internal("a file was encoded that ends too early".into())),
        }
    }

    fn feed(&mut self, file: &Queue) -> Result<()> {
        match file.piece(self.fed) {
            Some(piece) => {
                self.fed += 1;
                self.decoder.feed(piece.to_vec())
            }
            None if self.ended => Err(Error::Internal("a file was encoded that is not complete".into())),
            None => {
                self.ended = true;
                self.decoder.finish();
                Ok(())
            }
        }
    }
}

/// The work of comparing a pixel.
const PIXEL_WORK: u64 = 30;
