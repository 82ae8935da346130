//! How rows are filtered and deflated, which some of them are tried on to find out.

use super::close::{self, Closely};
use super::filter::{Choice, Filters};
use super::internal;
use crate::{Effort, Result};
use std::ops::Range;
use zlib_rs::{Deflate, DeflateConfig, DeflateFlush, Status, Strategy};

/// Bytes of rows on which methods are tried, in parts from all over them.
pub(super) const SAMPLE: usize = 64 << 10;
const SAMPLES: usize = 4;

/// Every method is tried on at most this many bytes of rows.
const FEW: usize = 8 << 10;

/// Kinds of files are compared closely on at most this many bytes of rows.
const SEVERAL: usize = 20 << 10;

/// In an image with more bytes of rows than this, a close look takes seconds, and is left to the best effort.
const LARGE: usize = 8 << 20;

/// A harder level is worth its work if it saves this part of the bytes.
const WORTH: usize = 40;

/// How rows are filtered and deflated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Method {
    pub filter: Choice,
    pub level: Level,
}

/// How hard matches are looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Level {
    Zlib(Zlib),
    Closely(close::Effort),
}

/// A level of `zlib-rs`, and what that costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Zlib {
    level: i32,
    strategy: Strategy,
    /// Work of a byte that goes in, and of one that comes out, in units of [`crate::Limits::work`].
    per_input: u64,
    per_output: u64,
}

/// Deflates a stream.
pub(super) enum Compressor {
    Zlib(Deflate, Zlib),
    Closely(Box<Closely>),
}

impl Level {
    pub(super) const FAST: Self = Self::of_matches(4, 50, 450);

    /// What deflates rows of this many bytes, of pixels of `unit` bytes.
    pub(super) fn compressor(self, unit: usize, stride: usize) -> Compressor {
        match self {
            Self::Zlib(zlib) => {
                let (level, strategy, window_bits) = (zlib.level, zlib.strategy, -15);
                let config = DeflateConfig { level, strategy, window_bits, ..Default::default() };
                Compressor::Zlib(Deflate::new_with_config(config), zlib)
            }
            Self::Closely(effort) => Compressor::Closely(Box::new(Closely::new(effort, unit, stride))),
        }
    }

    const fn of_matches(level: i32, per_input: u64, per_output: u64) -> Self {
        Self::Zlib(Zlib { level, strategy: Strategy::Default, per_input, per_output })
    }
}

const QUICK: Level = Level::of_matches(2, 25, 350);
const USUAL: Level = Level::of_matches(6, 75, 650);

/// Matches of all lengths are weighed by the bits of their codes.
const GLANCE: Level = Level::Closely(close::Effort { depth: 8, enough: 20, rounds: 1 });
const CLOSE: Level = Level::Closely(close::Effort { depth: 16, enough: 34, rounds: 1 });
const CLOSEST: Level = Level::Closely(close::Effort { depth: 32, enough: 130, rounds: 2 });

/// Runs of a byte are the only matches.
const RUNS: Level = Level::Zlib(Zlib { level: 6, strategy: Strategy::Rle, per_input: 60, per_output: 270 });

/// Matches of 6 bytes and more.
const LONG: Level =
    Level::Zlib(Zlib { level: 7, strategy: Strategy::Filtered, per_input: 100, per_output: 1100 });

/// Work of a new compressor.
pub(super) const BEGIN: u64 = 300_000;

/// Work of filtering some bytes.
pub(super) fn filter_work(choice: Choice, bytes: usize) -> u64 {
    let per_byte = match choice {
        Choice::None => 1,
        Choice::Left => 3,
        Choice::FewestPairs => 100,
        Choice::LeastDifferences => 40,
    };
    per_byte * bytes as u64
}

/// The levels among which the bytes decide, the cheapest first.
///
/// The differences that photographs leave have few matches, and short ones cost more bits than they save.
fn levels(choice: Choice, effort: Effort, all: usize) -> &'static [Level] {
    match (choice, effort) {
        (Choice::LeastDifferences, Effort::Best) => &[RUNS, LONG, CLOSEST],
        (Choice::LeastDifferences, _) => &[RUNS],
        (_, Effort::Fast) => &[Level::FAST],
        (_, Effort::Default) if all > LARGE => &[USUAL],
        (_, Effort::Default) => &[USUAL, CLOSE],
        (_, Effort::Best) => &[USUAL, CLOSEST],
    }
}

/// The level at which a filter is tried.
fn trial(choice: Choice) -> Level {
    if choice == Choice::LeastDifferences { RUNS } else { QUICK }
}

/// Rows, and the one above them.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rows<'a> {
    pub unit: usize,
    pub stride: usize,
    pub above: &'a [u8],
    pub rows: &'a [u8],
}

impl Rows<'_> {
    /// Adds some of them to `out`, filtered.
    pub(super) fn filter(
        &self,
        filters: &mut Filters,
        choice: Choice,
        range: Range<usize>,
        out: &mut Vec<u8>,
    ) {
        let rows = self.rows.chunks_exact(self.stride);
        let above = std::iter::once(self.above).chain(rows.clone());
        for (row, above) in rows.zip(above).skip(range.start).take(range.len()) {
            filters.push(choice, row, above, out);
        }
    }

    /// The method that makes least of some of them, and the work on finding it. Another one than `before` has to be better
    /// by some per cent: beginning anew costs bytes. The image has `all` bytes of rows.
    pub(super) fn choose(
        &self,
        filters: &mut Filters,
        effort: Effort,
        before: Option<Method>,
        all: usize,
    ) -> Result<(Method, u64)> {
        let mut trials = Trials { rows: *self, all, filters, filtered: Vec::new(), work: 0 };
        let method = match before {
            None if self.rows.len() <= FEW => trials.of_all(effort)?.1,
            _ => trials.of_some(effort, before)?,
        };
        Ok((method, trials.work))
    }
}

/// The fewest bytes that rows become, roughly if they are many, and the work on finding that out.
pub(super) fn estimate(rows: Rows<'_>, effort: Effort) -> Result<(usize, u64)> {
    let filters = &mut Filters::new(rows.unit);
    let mut trials = Trials { rows, all: rows.rows.len(), filters, filtered: Vec::new(), work: 0 };
    let bytes = match rows.rows.len() <= FEW {
        true => trials.of_all(effort)?.0,
        false => {
            let looks_closely = rows.rows.len() <= SEVERAL && effort != Effort::Fast;
            let level = if looks_closely { GLANCE } else { USUAL };
            trials.filter(Choice::None);
            let plain = trials.deflate(level)?;
            trials.filter(Choice::Left);
            plain.min(trials.deflate(level)?)
        }
    };
    Ok((bytes, trials.work))
}

/// Tries methods on some rows.
struct Trials<'a> {
    rows: Rows<'a>,
    /// Bytes of all rows of the image.
    all: usize,
    filters: &'a mut Filters,
    filtered: Vec<u8>,
    work: u64,
}

impl Trials<'_> {
    /// The best of all methods. Of equal ones, the first.
    fn of_all(&mut self, effort: Effort) -> Result<(usize, Method)> {
        let mut best = None;
        let effort = if effort == Effort::Fast { effort } else { Effort::Best };
        for filter in Choice::ALL {
            self.filter(filter);
            for &level in levels(filter, effort, self.all) {
                let bytes = self.deflate(level)?;
                if best.is_none_or(|(least, _)| bytes < least) {
                    best = Some((bytes, Method { filter, level }));
                }
            }
        }
        best.ok_or_else(|| internal("no method"))
    }

    /// The best level for one of the filters that are best at a quick one.
    fn of_some(&mut self, effort: Effort, before: Option<Method>) -> Result<Method> {
        let mut best = None;
        for filter in self.best_filters(effort, before)? {
            let levels = levels(filter, effort, self.all);
            if let ([level], None) = (levels, best) {
                return Ok(Method { filter, level: *level });
            }
            self.filter(filter);
            for &level in levels {
                let bytes = self.deflate(level)?;
                // A level that takes three times the work has to be worth it, and a close look at some rows promises too much.
                let stays = before.is_some_and(|before| before.level == level);
                let is_sure = stays || !matches!(level, Level::Closely(_));
                let weighed = if is_sure { bytes } else { bytes + bytes / WORTH };
                if best.is_none_or(|(least, _)| weighed < least) {
                    best = Some((weighed, Method { filter, level }));
                }
            }
        }
        best.map(|(_, method)| method).ok_or_else(|| internal("no level"))
    }

    /// The filter that is best at a quick level, and none, whose long matches a quick level does not find.
    fn best_filters(&mut self, effort: Effort, before: Option<Method>) -> Result<Vec<Choice>> {
        let plain = self.try_out(Choice::None)?;
        let differences = self.try_out(Choice::LeastDifferences)?;
        // Without matches, text takes many times the bytes, and a part shows few of its matches: only noise is sure.
        let is_noise = differences > self.filtered.len() / 4 && differences + differences / 8 < plain;
        let mut tried = vec![(plain, Choice::None)];
        if is_noise {
            tried.push((differences, Choice::LeastDifferences));
        }
        // Filtered bytes match better in some images that are neither text nor photographs.
        if (effort != Effort::Fast || !is_noise) && differences < plain * 2 {
            tried.push((self.try_out(Choice::FewestPairs)?, Choice::FewestPairs));
            if !is_noise {
                tried.push((self.try_out(Choice::Left)?, Choice::Left));
            }
        }
        let weighed = tried.into_iter().map(|(bytes, filter)| {
            let stays = before.is_none_or(|before| before.filter == filter);
            (if stays { bytes } else { bytes + bytes / 32 }, filter)
        });
        let best = weighed.min().map(|(_, filter)| filter).ok_or_else(|| internal("no filter"))?;
        let one_does = effort == Effort::Fast || best == Choice::LeastDifferences;
        Ok(std::iter::once(best).chain((!one_does && best != Choice::None).then_some(Choice::None)).collect())
    }

    /// Bytes that a filter makes of the sample at a quick level.
    fn try_out(&mut self, filter: Choice) -> Result<usize> {
        self.filter(filter);
        self.deflate(trial(filter))
    }

    /// Filters the sample.
    fn filter(&mut self, choice: Choice) {
        self.filtered.clear();
        for range in sample(self.rows.rows.len(), self.rows.stride) {
            self.rows.filter(self.filters, choice, range, &mut self.filtered);
        }
        self.work += filter_work(choice, self.filtered.len());
    }

    /// Bytes that a level makes of what has been filtered.
    fn deflate(&mut self, level: Level) -> Result<usize> {
        let mut compressor = level.compressor(self.rows.unit, self.rows.stride + 1);
        let (written, work) = deflate(&mut compressor, &self.filtered, DeflateFlush::Finish, |_| ())?;
        self.work += BEGIN + work;
        Ok(written)
    }
}

/// The rows that stand for all of those with `bytes` bytes.
pub(super) fn sample(bytes: usize, stride: usize) -> Vec<Range<usize>> {
    let stride = stride.max(1);
    let rows = bytes / stride;
    let (count, parts) =
        if bytes <= SAMPLE { (rows, 1) } else { ((SAMPLE / SAMPLES / stride).max(1), SAMPLES) };
    let first = |part: usize| if parts == 1 { 0 } else { rows * (2 * part + 1) / (2 * parts) };
    (0..parts).map(first).map(|start| start..(start + count).min(rows)).collect()
}

/// Deflates bytes, and returns how many they have become, and the work on that.
pub(super) fn deflate(
    compressor: &mut Compressor,
    bytes: &[u8],
    flush: DeflateFlush,
    mut out: impl FnMut(&[u8]),
) -> Result<(usize, u64)> {
    let (compressor, costs) = match compressor {
        Compressor::Closely(compressor) => return Ok(compressor.write(bytes, flush, out)),
        Compressor::Zlib(compressor, costs) => (compressor, costs),
    };
    let mut buffer = [0; 8 << 10];
    let (mut left, mut written) = (bytes, 0);
    loop {
        let (input, output) = (compressor.total_in(), compressor.total_out());
        let status =
            compressor.compress(left, &mut buffer, flush).map_err(|error| internal(error.as_str()))?;
        left = left.get((compressor.total_in() - input) as usize..).unwrap_or_default();
        let new = buffer.get(..(compressor.total_out() - output) as usize).unwrap_or_default();
        out(new);
        written += new.len();
        let is_through = left.is_empty() && new.len() < buffer.len() && flush != DeflateFlush::Finish;
        if status == Status::StreamEnd || is_through {
            return Ok((written, costs.per_input * bytes.len() as u64 + costs.per_output * written as u64));
        }
    }
}
