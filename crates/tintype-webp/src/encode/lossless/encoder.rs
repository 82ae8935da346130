//! The encoder: from rows of pixels to bytes, a step at a time.

use super::analysis::{self, Transforms};
use super::bits::BitWriter;
use super::cached::CacheTrial;
use super::cluster::{Grid, Grouping, Place};
use super::color::ColorTransform;
use super::config::{Config, Effort, Tuning};
use super::error::EncodeError;
use super::matches::Matcher;
use super::near;
use super::palette::Palette;
use super::parse::{Costs, Optimizer, greedy};
use super::predictor::Predictor;
use super::stream::{Codes, small_memory, write_small};
use super::tokens::{Choice, Match, Source, Walk};
use alloc::vec;
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
}

enum Stage {
    /// Taking rows.
    Rows,
    /// Near-lossless: the bits that rounding takes away, and the row.
    Round(u32, usize),
    Analyze,
    Pack(usize),
    SubtractGreen(usize, Transforms),
    Predict(Predictor),
    Color(ColorTransform),
    Match(Matcher),
    Cache(CacheTrial),
    Choose(usize),
    Optimize(Optimizer, u32),
    Group(Grouping),
    Write(Writing),
    Done,
}

/// Symbols, in the course of being written.
struct Writing {
    walk: Walk,
    place: Place,
    grid: Grid,
    blocks: Vec<u8>,
    codes: Vec<Codes>,
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
        Self { header: false, ..Self::prepare(width, height, false, config) }
    }

    fn prepare(width: usize, height: usize, has_alpha: bool, config: Config) -> Self {
        Self {
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
        self.palette.add(self.pixels.get(start..).unwrap_or_default());
        self.work += 12 * self.width as u64;
        self.rows += 1;
        if self.rows == self.height {
            let bits = near::bits_of_level(self.config.near_lossless);
            let round = bits > 0 && self.palette.colors().is_none();
            self.stage = if round { Stage::Round(bits, 1) } else { Stage::Analyze };
        }
    }

    /// Does a bounded part of the work that is left when all rows are there. Returns whether there is more to do.
    pub fn step(&mut self) -> bool {
        let stage = core::mem::replace(&mut self.stage, Stage::Done);
        self.work += self.step_work(&stage);
        self.stage = match stage {
            Stage::Rows => {
                self.stage = Stage::Rows;
                return false;
            }
            Stage::Round(bits, row) => self.round(bits, row),
            Stage::Analyze => self.analyze(),
            Stage::Pack(row) => self.pack(row),
            Stage::SubtractGreen(at, transforms) => self.subtract_green(at, transforms),
            Stage::Predict(predictor) => self.predict(predictor),
            Stage::Color(transform) => self.color(transform),
            Stage::Match(matcher) => self.find_matches(matcher),
            Stage::Cache(trial) => self.choose_cache(trial),
            Stage::Choose(at) => self.choose(at),
            Stage::Optimize(optimizer, passes) => self.optimize(optimizer, passes),
            Stage::Group(grouping) => self.group(grouping),
            Stage::Write(writing) => self.write(writing),
            Stage::Done => return false,
        };
        !matches!(self.stage, Stage::Done)
    }

    /// Rough number of instructions of a step.
    fn step_work(&self, stage: &Stage) -> u64 {
        let some = self.pixels.len().min(STEP) as u64;
        match stage {
            Stage::Rows | Stage::Done => 0,
            Stage::Analyze => 60 * self.pixels.len().min(1 << 19) as u64,
            Stage::Pack(_) | Stage::SubtractGreen(..) => 10 * some,
            Stage::Round(..) => 40 * some,
            Stage::Predict(predictor) => 400 * predictor.grid.row_pixels(),
            Stage::Color(transform) => 150 * transform.grid.row_pixels(),
            Stage::Match(_) => 120 * some,
            Stage::Cache(_) => 60 * self.pixels.len().min(1 << 18) as u64,
            Stage::Choose(_) => 15 * some,
            Stage::Optimize(..) | Stage::Write(_) => 60 * some,
            Stage::Group(_) => 50 * some,
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
            CacheTrial::memory(cache_bits) + Optimizer::BYTES + Grouping::memory(&groups, cache_bits);
        let of_blocks = small_memory(transforms.blocks()) + 12 * transforms.blocks() as u64;
        each + Palette::BYTES * 2
            + of_transforms
            + Matcher::memory(width * height)
            + of_symbols
            + of_blocks
            + FIXED
    }

    /// Rough number of instructions so far.
    pub fn work(&self) -> u64 {
        self.work
    }

    /// The content of the chunk.
    ///
    /// # Errors
    ///
    /// If rows are missing, or [`Encoder::step`] still has something to do.
    pub fn into_bytes(self) -> Result<Vec<u8>, EncodeError> {
        match self.stage {
            Stage::Done => Ok(self.bits.into_bytes()),
            _ => Err(EncodeError::Unfinished),
        }
    }

    fn transform_grid(&self) -> Grid {
        self.tuning.transform_grid(self.width, self.height)
    }

    /// Rounds some rows.
    fn round(&mut self, bits: u32, row: usize) -> Stage {
        let end = (row + STEP.div_ceil(self.width)).min(self.height - 1);
        (row..end).for_each(|y| near::round_row(&mut self.pixels, y, self.width, bits));
        match bits {
            _ if end + 1 < self.height => Stage::Round(bits, end),
            1 => Stage::Analyze,
            _ => Stage::Round(bits - 1, 1),
        }
    }

    /// Writes the header, and chooses transforms.
    fn analyze(&mut self) -> Stage {
        if self.header {
            self.bits.put(0x2F, 8);
            self.bits.put(self.width as u32 - 1, 14);
            self.bits.put(self.height as u32 - 1, 14);
            self.bits.put(self.translucent.into(), 1);
            self.bits.put(0, 3);
        }
        self.palette.sort();
        let transforms =
            analysis::choose(&self.pixels, self.width, &self.palette, self.transform_grid().blocks());
        if transforms.palette {
            self.begin_packing()
        } else if transforms.subtract_green {
            self.put_transform(2);
            Stage::SubtractGreen(0, transforms)
        } else {
            self.begin_predicting(transforms)
        }
    }

    fn put_transform(&mut self, kind: u32) {
        self.bits.put(1, 1);
        self.bits.put(kind, 2);
    }

    /// Writes the table of colours.
    fn begin_packing(&mut self) -> Stage {
        self.put_transform(3);
        let differences = self.palette.differences();
        self.bits.put(differences.len().max(1) as u32 - 1, 8);
        write_small(&mut self.bits, &differences, differences.len(), self.tuning.search);
        self.coded_width = self.width.div_ceil(1 << self.palette.shift());
        Stage::Pack(0)
    }

    fn pack(&mut self, row: usize) -> Stage {
        let some = STEP.div_ceil(self.width);
        let end = (row + some).min(self.height);
        for y in row..end {
            self.palette.pack(&mut self.pixels, y * self.width, y * self.coded_width, self.width);
        }
        if end < self.height {
            return Stage::Pack(end);
        }
        self.pixels.truncate(self.coded_width * self.height);
        self.begin_matching()
    }

    fn subtract_green(&mut self, at: usize, transforms: Transforms) -> Stage {
        let end = (at + STEP).min(self.pixels.len());
        for pixel in self.pixels.get_mut(at..end).unwrap_or_default() {
            let [blue, green, red, alpha] = pixel.to_le_bytes();
            *pixel = u32::from_le_bytes([blue.wrapping_sub(green), green, red.wrapping_sub(green), alpha]);
        }
        if end < self.pixels.len() {
            Stage::SubtractGreen(end, transforms)
        } else {
            self.begin_predicting(transforms)
        }
    }

    fn begin_predicting(&mut self, transforms: Transforms) -> Stage {
        if transforms.predict {
            let grid = self.transform_grid();
            Stage::Predict(Predictor::new(grid, self.height, self.translucent, self.tuning.every))
        } else {
            self.begin_matching()
        }
    }

    fn predict(&mut self, mut predictor: Predictor) -> Stage {
        if !predictor.step(&mut self.pixels) {
            return Stage::Predict(predictor);
        }
        self.put_transform(0);
        self.bits.put(predictor.grid.bits - 2, 3);
        let modes: Vec<u32> =
            predictor.modes.iter().map(|&mode| 0xFF00_0000 | u32::from(mode) << 8).collect();
        write_small(&mut self.bits, &modes, predictor.grid.columns, self.tuning.search);
        if self.tuning.colors {
            Stage::Color(ColorTransform::new(self.transform_grid(), self.height, self.tuning.every))
        } else {
            self.begin_matching()
        }
    }

    fn color(&mut self, mut transform: ColorTransform) -> Stage {
        if !transform.step(&mut self.pixels) {
            return Stage::Color(transform);
        }
        if transform.factors.iter().any(|&factors| factors & 0xFF_FFFF != 0) {
            self.put_transform(1);
            self.bits.put(transform.grid.bits - 2, 3);
            write_small(&mut self.bits, &transform.factors, transform.grid.columns, self.tuning.search);
        }
        self.begin_matching()
    }

    fn begin_matching(&mut self) -> Stage {
        self.bits.put(0, 1); // no more transforms
        self.palette = Palette::new();
        self.matches = vec![Match::default(); self.pixels.len()];
        Stage::Match(Matcher::new(self.pixels.len(), self.tuning.search))
    }

    fn find_matches(&mut self, mut matcher: Matcher) -> Stage {
        if !matcher.step(&self.pixels, &mut self.matches, self.coded_width, STEP) {
            return Stage::Match(matcher);
        }
        self.choices = vec![Choice::default(); self.pixels.len()];
        Stage::Cache(CacheTrial::new(self.tuning.cache_sizes))
    }

    fn choose_cache(&mut self, mut trial: CacheTrial) -> Stage {
        if !trial.step(&self.pixels, &self.matches, self.coded_width) {
            return Stage::Cache(trial);
        }
        let (cache_bits, histogram) = trial.into_best();
        self.cache_bits = cache_bits;
        let costs = Costs::new(&histogram, cache_bits);
        if self.tuning.passes == 0 {
            return Stage::Choose(0);
        }
        Stage::Optimize(Optimizer::new(costs, cache_bits), self.tuning.passes)
    }

    /// Makes choices the cheap way.
    fn choose(&mut self, mut at: usize) -> Stage {
        let end = at + STEP;
        while at < end {
            let Some(choice) = self.choices.get_mut(at) else { return self.begin_grouping(0) };
            *choice = greedy(&self.matches, at, self.coded_width);
            at += choice.pixels();
        }
        Stage::Choose(at)
    }

    /// Makes choices the good way.
    fn optimize(&mut self, mut optimizer: Optimizer, passes: u32) -> Stage {
        let width = self.coded_width;
        if !optimizer.step(&self.pixels, &self.matches, &mut self.choices, width, STEP) {
            return Stage::Optimize(optimizer, passes);
        }
        self.begin_grouping(passes.saturating_sub(1))
    }

    fn source(&self) -> Source<'_> {
        Source {
            pixels: &self.pixels,
            matches: &self.matches,
            choices: &self.choices,
            width: self.coded_width,
        }
    }

    fn begin_grouping(&mut self, passes: u32) -> Stage {
        let grid = self.tuning.group_grid(self.coded_width, self.height);
        let groups = if passes > 0 { 1 } else { self.tuning.groups.min(self.pixels.len() / 1024) };
        Stage::Group(Grouping::new(grid, self.cache_bits, groups, passes))
    }

    fn group(&mut self, mut grouping: Grouping) -> Stage {
        if !grouping.step(&self.source(), STEP) {
            return Stage::Group(grouping);
        }
        if grouping.passes > 0
            && let Some(histogram) = grouping.histograms.first()
        {
            let costs = Costs::new(histogram, self.cache_bits);
            return Stage::Optimize(Optimizer::new(costs, self.cache_bits), grouping.passes);
        }
        self.begin_writing(grouping)
    }

    /// Writes what stands before the symbols of the image.
    fn begin_writing(&mut self, grouping: Grouping) -> Stage {
        let Grouping { grid, blocks, histograms, extra_bits, .. } = grouping;
        self.bits.put((self.cache_bits > 0).into(), 1);
        if self.cache_bits > 0 {
            self.bits.put(self.cache_bits, 4);
        }
        let several = histograms.len() > 1;
        self.bits.put(several.into(), 1);
        if several {
            self.bits.put(grid.bits - 2, 3);
            let numbers: Vec<u32> = blocks.iter().map(|&group| u32::from(group) << 8).collect();
            write_small(&mut self.bits, &numbers, grid.columns, self.tuning.search);
        }
        let mut symbol_bits = extra_bits;
        let mut codes = Vec::with_capacity(histograms.len());
        for histogram in &histograms {
            codes.push(Codes::write(&mut self.bits, histogram, &mut symbol_bits));
        }
        self.bits.reserve(symbol_bits);
        Stage::Write(Writing {
            walk: Walk::new(self.cache_bits),
            place: Place::default(),
            grid,
            blocks,
            codes,
        })
    }

    fn write(&mut self, mut writing: Writing) -> Stage {
        let mut bits = core::mem::take(&mut self.bits);
        let ended = writing.step(&self.source(), &mut bits);
        self.bits = bits;
        if !ended {
            return Stage::Write(writing);
        }
        self.pixels = Vec::new();
        self.matches = Vec::new();
        self.choices = Vec::new();
        Stage::Done
    }
}

impl Writing {
    /// Writes some symbols. Returns whether they were the last.
    fn step(&mut self, source: &Source<'_>, bits: &mut BitWriter) -> bool {
        let stop = self.walk.position() + STEP;
        while self.walk.position() < stop {
            let column = self.place.move_to(self.walk.position(), &self.grid);
            let block = self.place.block(column, &self.grid);
            let group = self.blocks.get(block).map_or(0, |&group| usize::from(group));
            let (Some(token), Some(codes)) = (self.walk.next(source), self.codes.get(group)) else {
                return true;
            };
            codes.write_token(bits, token);
        }
        false
    }
}
