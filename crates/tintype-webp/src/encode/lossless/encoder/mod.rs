//! The encoder: from rows of pixels to bytes, a step at a time.

mod symbols;
mod transforms;

use self::symbols::Writing;
use super::analysis::{self, Transforms};
use super::bits::BitWriter;
use super::cached;
use super::cluster::Grouping;
use super::color::ColorTransform;
use super::config::{Config, Effort, Tuning};
use super::error::EncodeError;
use super::matches::Matcher;
use super::palette::Palette;
use super::parse::{Greedy, Optimizer};
use super::predictor::Predictor;
use super::stream::small_memory;
use super::tokens::{Choice, Match};
use alloc::boxed::Box;
use alloc::vec::Vec;

/// Pixels that a step goes on by, about.
const STEP: usize = 1 << 16;

/// The largest side. The format has 16384 too, but not all decoders do.
const MAX_SIDE: u32 = (1 << 14) - 1;

/// Bytes for headers, codes and whatever is small.
const FIXED: u64 = 256 << 10;

/// Encodes the rows of an image as the content of a `VP8L` chunk.
pub struct Encoder {
    width: usize,
    height: usize,
    channels: usize,
    config: Config,
    tuning: Tuning,
    palette: Palette,
    /// Whether a pixel is not opaque.
    translucent: bool,
    /// Whether to write the size, which is not in an alpha channel.
    header: bool,
    rows: usize,
    /// Pixels, later what transforms make of them: alpha, red, green and blue from the most significant byte.
    pixels: Vec<u32>,
    /// The width of the image that is coded: smaller if several indices share a pixel.
    coded_width: usize,
    matches: Vec<Match>,
    choices: Vec<Choice>,
    cache_bits: u32,
    bits: BitWriter,
    stage: Stage,
    work: u64,
    /// The same image with another effort.
    alternative: Option<Box<Self>>,
}

enum Stage {
    /// Taking rows.
    Rows,
    Analyze,
    Pack(usize),
    SubtractGreen(usize, Transforms),
    Predict(Predictor),
    Color(ColorTransform),
    Match(Matcher),
    Cache,
    Choose(Greedy),
    Optimize(Optimizer, u32),
    Group(Grouping, u32),
    Write(Writing),
    Done,
}

impl Encoder {
    /// Prepares to encode an image, of RGBA if it has alpha, otherwise of RGB.
    ///
    /// # Errors
    ///
    /// If a side is 0 or more than 16383.
    pub fn new(width: u32, height: u32, has_alpha: bool, config: Config) -> Result<Self, EncodeError> {
        Self::check(width, height)?;
        Ok(Self::prepare(width as usize, height as usize, has_alpha, config))
    }

    /// Rejects sizes that are impossible.
    pub(super) fn check(width: u32, height: u32) -> Result<(), EncodeError> {
        let possible = (1..=MAX_SIDE).contains(&width) && (1..=MAX_SIDE).contains(&height);
        if possible { Ok(()) } else { Err(EncodeError::Size { width, height }) }
    }

    /// Prepares to encode an alpha channel.
    pub(super) fn without_header(width: usize, height: usize, effort: Effort) -> Self {
        let config = Config { effort, near_lossless: 100, exact: true };
        let mut encoder = Self::prepare(width, height, false, config);
        encoder.header = false;
        encoder.alternative.iter_mut().for_each(|alternative| alternative.header = false);
        encoder
    }

    fn prepare(width: usize, height: usize, has_alpha: bool, config: Config) -> Self {
        let alternative = config.alternative(width * height);
        Self {
            alternative: alternative.map(|config| Box::new(Self::prepare(width, height, has_alpha, config))),
            width,
            height,
            channels: if has_alpha { 4 } else { 3 },
            config,
            tuning: config.effort.tuning(),
            palette: Palette::new(),
            translucent: false,
            header: true,
            rows: 0,
            pixels: Vec::with_capacity(width * height),
            coded_width: width,
            matches: Vec::new(),
            choices: Vec::new(),
            cache_bits: 0,
            bits: BitWriter::default(),
            stage: Stage::Rows,
            work: 0,
        }
    }

    /// Takes the next row: three or four bytes for each pixel.
    ///
    /// # Errors
    ///
    /// If the row has another length, or there are more than the image is high.
    pub fn push_row(&mut self, row: &[u8]) -> Result<(), EncodeError> {
        let expected = self.width * self.channels;
        if row.len() != expected {
            return Err(EncodeError::RowLength { expected, actual: row.len() });
        }
        if self.rows >= self.height {
            return Err(EncodeError::TooManyRows);
        }
        if self.channels == 3 {
            let (pixels, _) = row.as_chunks::<3>();
            self.push_pixels(pixels.iter().map(|&[r, g, b]| u32::from_le_bytes([b, g, r, 0xFF])));
        } else {
            let (pixels, _) = row.as_chunks::<4>();
            let exact = self.config.exact;
            self.translucent |= pixels.iter().any(|&[.., a]| a < 0xFF);
            self.push_pixels(
                pixels.iter().map(
                    |&[r, g, b, a]| {
                        if a == 0 && !exact { 0 } else { u32::from_le_bytes([b, g, r, a]) }
                    },
                ),
            );
        }
        Ok(())
    }

    /// Takes the next row, of which there is one.
    pub(super) fn push_pixels(&mut self, row: impl Iterator<Item = u32>) {
        let start = self.pixels.len();
        self.pixels.extend(row.take(self.width));
        let row = self.pixels.get(start..).unwrap_or_default();
        self.palette.add(row);
        if let Some(alternative) = &mut self.alternative {
            alternative.translucent = self.translucent;
            alternative.push_pixels(row.iter().copied());
        }
        self.work += 12 * self.width as u64;
        self.rows += 1;
        if self.rows == self.height {
            self.stage = Stage::Analyze;
        }
    }

    /// Does a bounded part of the work that is left when all rows are there. Returns whether there is more to do.
    pub fn step(&mut self) -> bool {
        self.step_alone() || self.alternative.as_mut().is_some_and(|alternative| alternative.step())
    }

    fn step_alone(&mut self) -> bool {
        if matches!(self.stage, Stage::Done) {
            return false;
        }
        let stage = core::mem::replace(&mut self.stage, Stage::Done);
        self.work += self.step_work(&stage);
        self.stage = match stage {
            Stage::Rows => {
                self.stage = Stage::Rows;
                return false;
            }
            Stage::Analyze => self.analyze(),
            Stage::Pack(row) => self.pack(row),
            Stage::SubtractGreen(at, transforms) => self.subtract_green(at, transforms),
            Stage::Predict(predictor) => self.predict(predictor),
            Stage::Color(transform) => self.color(transform),
            Stage::Match(matcher) => self.find_matches(matcher),
            Stage::Cache => self.choose_cache(),
            Stage::Choose(greedy) => self.choose(greedy),
            Stage::Optimize(optimizer, passes) => self.optimize(optimizer, passes),
            Stage::Group(grouping, passes) => self.group(grouping, passes),
            Stage::Write(writing) => self.write(writing),
            Stage::Done => return false,
        };
        !matches!(self.stage, Stage::Done) || self.alternative.is_some()
    }

    /// Rough number of instructions of a step.
    fn step_work(&self, stage: &Stage) -> u64 {
        let some = self.pixels.len().min(STEP) as u64;
        match stage {
            Stage::Rows | Stage::Done => 0,
            // With what tables and codes take in any image.
            Stage::Analyze => 400_000 + 120 * self.pixels.len().min(analysis::SAMPLES) as u64,
            Stage::Pack(_) | Stage::SubtractGreen(..) => 10 * some,
            Stage::Predict(predictor) => predictor.step_work(),
            Stage::Color(transform) => transform.step_work(),
            Stage::Match(_) => 0, // counted as it goes on
            Stage::Cache => {
                let sizes = self.tuning.cache_sizes.len() as u64;
                (60 + 16 * sizes) * self.pixels.len().min(cached::SAMPLE) as u64
            }
            Stage::Choose(..) => 50 * some,
            Stage::Optimize(..) => 75 * some,
            Stage::Group(..) => 65 * some,
            Stage::Write(_) => 90 * some,
        }
    }

    /// Bytes that encoding an image of this size holds at most, from [`Encoder::new`] to the result, which is included.
    /// That is 15 to 16 bytes for each pixel, and up to a few megabytes for what does not grow with the image.
    pub fn memory(width: u32, height: u32, has_alpha: bool, config: Config) -> u64 {
        let (width, height) = (width as usize, height as usize);
        let tuning = config.effort.tuning();
        let pixels = width as u64 * height as u64;
        let cache_bits = tuning.cache_sizes.iter().copied().max().unwrap_or(0);
        let transforms = tuning.transform_grid(width, height);
        let groups = tuning.group_grid(width, height);
        // Pixels, matches, choices, and the bytes of literals without any structure.
        let each = 10 * pixels + if has_alpha { 9 * pixels / 2 } else { 7 * pixels / 2 };
        let of_transforms = Predictor::memory(&transforms) + ColorTransform::memory(&transforms);
        let of_symbols =
            cached::memory(tuning.cache_sizes) + Optimizer::BYTES + Grouping::memory(&groups, cache_bits);
        let of_blocks = small_memory(transforms.blocks()) + 12 * transforms.blocks() as u64;
        let alternative = config.alternative(width * height).map_or(0, |other| {
            Self::memory(width as u32, height as u32, has_alpha, other) + size_of::<Self>() as u64
        });
        alternative
            + each
            + Palette::BYTES * 2
            + of_transforms
            + Matcher::memory(width * height)
            + of_symbols
            + of_blocks
            + FIXED
    }

    /// Rough number of instructions so far.
    pub fn work(&self) -> u64 {
        self.work + self.alternative.as_ref().map_or(0, |alternative| alternative.work())
    }

    /// The content of the chunk.
    ///
    /// # Errors
    ///
    /// If rows are missing, or [`Encoder::step`] still has something to do.
    pub fn into_bytes(self) -> Result<Vec<u8>, EncodeError> {
        match self.stage {
            Stage::Done => {
                let bytes = self.bits.into_bytes();
                let other = self.alternative.map(|alternative| alternative.into_bytes()).transpose()?;
                Ok(other.filter(|other| other.len() < bytes.len()).unwrap_or(bytes))
            }
            _ => Err(EncodeError::Unfinished),
        }
    }
}
