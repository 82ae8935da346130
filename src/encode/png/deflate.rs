//! The zlib stream of the rows (RFC 1950). It is made in bands of some rows each, because what is best for one of them, text
//! maybe, is not for the next, a photograph.

use super::filter::{Choice, Filters};
use super::internal;
use crate::queue::Queue;
use crate::{Effort, Result};
use simd_adler32::Adler32;
use zlib_rs::{Deflate, DeflateConfig, DeflateFlush, Status, Strategy};

/// Bytes of a band, at least.
const BAND: usize = 512 << 10;

/// Bytes of a band on which methods are tried, in parts from all over it.
const SAMPLE: usize = 64 << 10;
const SAMPLES: usize = 4;

/// Bytes that are filtered before they are deflated.
const STEP: usize = 64 << 10;

/// Bytes of a chunk of the file, at least.
const CHUNK: usize = 64 << 10;

/// Bytes of two compressors, and of what is filtered and deflated at a time.
const COMPRESSORS: u64 = 2 * (400 << 10);
const PARTS: u64 = 4 * (64 << 10);

/// A zlib header without a dictionary, for a window of 32 KiB.
const HEADER: [u8; 2] = [0x78, 0xda];

/// How a band is filtered and deflated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Method {
    /// Matches of the bytes as they are, which text, logos and dithered areas have.
    Plain,
    /// Matches of filtered bytes, which gradients have.
    Filtered,
    /// Codes for small differences, as of photographs: matches are rare, and would cost more bits than they save if they
    /// are short.
    Differences,
}

impl Method {
    fn filter(self) -> Choice {
        match self {
            Self::Plain => Choice::None,
            Self::Filtered => Choice::FewestPairs,
            Self::Differences => Choice::LeastDifferences,
        }
    }

    fn level(self, effort: Effort) -> Level {
        match (self, effort) {
            (Self::Differences, Effort::Best) => THOROUGH_LONG,
            (Self::Differences, _) => RUNS,
            (_, Effort::Fast) => FAST,
            (_, Effort::Default) => USUAL,
            (_, Effort::Best) => THOROUGH,
        }
    }

    /// The level at which the method is tried.
    fn trial(self) -> Level {
        if self == Self::Differences { RUNS } else { QUICK }
    }
}

/// How hard matches are looked for, and what that costs.
#[derive(Debug, Clone, Copy)]
struct Level {
    number: i32,
    strategy: Strategy,
    /// Work of a byte that goes in, and of one that comes out, in units of [`crate::Limits::work`].
    per_input: u64,
    per_output: u64,
}

impl Level {
    /// Work of deflating `bytes` bytes, `written` of which come out.
    fn work(self, bytes: usize, written: usize) -> u64 {
        self.per_input * bytes as u64 + self.per_output * written as u64
    }

    fn compressor(self) -> Deflate {
        let Self { number: level, strategy, .. } = self;
        Deflate::new_with_config(DeflateConfig { level, strategy, window_bits: -15, ..Default::default() })
    }

    const fn of_matches(number: i32, per_input: u64, per_output: u64) -> Self {
        Self { number, strategy: Strategy::Default, per_input, per_output }
    }
}

const QUICK: Level = Level::of_matches(2, 25, 350);
const FAST: Level = Level::of_matches(4, 50, 450);
const USUAL: Level = Level::of_matches(6, 75, 650);
const THOROUGH: Level = Level::of_matches(9, 280, 1900);

/// Runs of a byte are the only matches.
const RUNS: Level = Level { number: 6, strategy: Strategy::Rle, per_input: 60, per_output: 270 };

/// Matches of 6 bytes and more.
const THOROUGH_LONG: Level =
    Level { number: 7, strategy: Strategy::Filtered, per_input: 100, per_output: 1100 };

/// Work of a byte that is filtered by [`Choice::FewestPairs`] and by [`Choice::LeastDifferences`], and of a new compressor.
const PAIRS: u64 = 100;
const DIFFERENCES: u64 = 40;
const BEGIN: u64 = 300_000;

/// Filters and deflates rows.
pub(super) struct Deflater {
    stride: usize,
    effort: Effort,
    filters: Filters,
    /// The last row that has been written, and those after it.
    above: Vec<u8>,
    band: Vec<u8>,
    filtered: Vec<u8>,
    /// The method of the last band, the level at which it was deflated, and what deflated it.
    method: Method,
    level: Level,
    compressor: Option<Deflate>,
    checksum: Adler32,
    ready: Queue,
    finished: bool,
    work: u64,
}

impl Deflater {
    /// Bytes that it takes for rows of `stride` bytes, of `bytes` bytes in all.
    pub(super) fn memory(stride: u64, bytes: u64) -> u64 {
        let band = bytes.min(BAND as u64 + stride);
        // The band, what becomes of it, and rows in every way of filtering.
        COMPRESSORS + PARTS + 2 * band + 10 * stride
    }

    /// For `rows` rows of `stride` bytes, of pixels of `unit` bytes or less.
    pub(super) fn new(stride: usize, rows: usize, unit: usize, effort: Effort) -> Self {
        let mut ready = Queue::default();
        ready.extend(&HEADER);
        Self {
            stride: stride.max(1),
            effort,
            filters: Filters::new(unit),
            above: vec![0; stride],
            band: Vec::with_capacity((BAND + stride).min(rows.saturating_mul(stride))),
            filtered: Vec::new(),
            method: Method::Plain,
            level: USUAL,
            compressor: None,
            checksum: Adler32::new(),
            ready,
            finished: false,
            work: 0,
        }
    }

    /// Takes the next row.
    pub(super) fn row(&mut self, row: &[u8]) -> Result<()> {
        self.band.extend_from_slice(row);
        if self.band.len() >= BAND { self.write_band() } else { Ok(()) }
    }

    /// Writes the last rows, and the end.
    pub(super) fn finish(&mut self) -> Result<()> {
        if !self.band.is_empty() || self.compressor.is_none() {
            self.write_band()?;
        }
        self.filtered.clear();
        self.write(DeflateFlush::Finish)?;
        self.ready.extend(&self.checksum.finish().to_be_bytes());
        self.finished = true;
        Ok(())
    }

    /// Takes bytes that are ready for a chunk, if they are enough or the last.
    pub(super) fn take_ready(&mut self) -> Option<Vec<u8>> {
        let bytes = self.ready.len();
        let is_enough = bytes >= CHUNK || self.finished && bytes > 0;
        is_enough.then(|| self.ready.take(CHUNK))
    }

    /// The work so far, in units of [`crate::Limits::work`].
    pub(super) fn work(&self) -> u64 {
        self.work
    }

    fn write_band(&mut self) -> Result<()> {
        self.method = self.choose()?;
        self.set_level(self.method.level(self.effort))?;
        let count = (STEP / self.stride).max(1);
        for first in (0..self.band.len() / self.stride).step_by(count) {
            self.filtered.clear();
            self.filter(self.method.filter(), first, count);
            self.checksum.write(&self.filtered);
            self.write(DeflateFlush::NoFlush)?;
        }
        let last = self.band.len().saturating_sub(self.stride);
        if let Some(row) = self.band.get(last..last + self.stride) {
            self.above.copy_from_slice(row);
        }
        self.band.clear();
        Ok(())
    }

    /// Deflates what follows at a level. If it is another one, that begins at a whole byte, and knows nothing of what was before.
    fn set_level(&mut self, level: Level) -> Result<()> {
        let is_same = (self.level.number, self.level.strategy) == (level.number, level.strategy);
        if self.compressor.is_none() || !is_same {
            self.filtered.clear();
            self.write(DeflateFlush::SyncFlush)?;
            self.compressor = Some(level.compressor());
            self.work += BEGIN;
            self.level = level;
        }
        Ok(())
    }

    /// Deflates what has been filtered.
    fn write(&mut self, flush: DeflateFlush) -> Result<()> {
        if let Some(compressor) = &mut self.compressor {
            let written = deflate(compressor, &self.filtered, flush, |bytes| self.ready.extend(bytes))?;
            self.work += self.level.work(self.filtered.len(), written);
        }
        Ok(())
    }

    /// Filters rows of the band, from `first` on.
    fn filter(&mut self, choice: Choice, first: usize, count: usize) {
        let before = self.filtered.len();
        let rows = self.band.chunks_exact(self.stride);
        let above = std::iter::once(self.above.as_slice()).chain(rows.clone());
        for (row, above) in rows.zip(above).skip(first).take(count) {
            self.filters.push(choice, row, above, &mut self.filtered);
        }
        let per_byte = match choice {
            Choice::None => 1,
            Choice::FewestPairs => PAIRS,
            Choice::LeastDifferences => DIFFERENCES,
        };
        self.work += per_byte * (self.filtered.len() - before) as u64;
    }

    /// The method that makes least of some of the band. Another one than that of the band before has to be better by some
    /// per cent: beginning anew costs bytes.
    fn choose(&mut self) -> Result<Method> {
        let is_first = self.compressor.is_none();
        let plain = self.try_out(Method::Plain)?;
        let differences = self.try_out(Method::Differences)?;
        // Without matches, text takes many times the bytes, and a part shows few of its matches: only noise is sure.
        let is_noise = differences > self.filtered.len() / 4 && differences + differences / 8 < plain;
        let mut tried = vec![(plain, Method::Plain)];
        if is_noise {
            tried.push((differences, Method::Differences));
        }
        // Filtered bytes match better in some images that are neither text nor photographs.
        if (self.effort != Effort::Fast || !is_noise) && differences < plain * 2 {
            tried.push((self.try_out(Method::Filtered)?, Method::Filtered));
        }
        let weighed = tried.into_iter().map(|(bytes, method)| {
            let stays = is_first || method == self.method;
            (if stays { bytes } else { bytes + bytes / 32 }, method)
        });
        Ok(weighed.min().map_or(Method::Plain, |(_, method)| method))
    }

    /// Bytes that a method makes of rows from all over the band.
    fn try_out(&mut self, method: Method) -> Result<usize> {
        let rows = self.band.len() / self.stride;
        self.filtered.clear();
        if self.band.len() <= SAMPLE {
            self.filter(method.filter(), 0, rows);
        } else {
            let count = (SAMPLE / SAMPLES / self.stride).max(1);
            for part in 0..SAMPLES {
                self.filter(method.filter(), rows * (2 * part + 1) / (2 * SAMPLES), count);
            }
        }
        let level = method.trial();
        let written = deflate(&mut level.compressor(), &self.filtered, DeflateFlush::Finish, |_| ())?;
        self.work += BEGIN + level.work(self.filtered.len(), written);
        Ok(written)
    }
}

/// Deflates bytes, and returns how many they have become.
fn deflate(
    compressor: &mut Deflate,
    mut bytes: &[u8],
    flush: DeflateFlush,
    mut out: impl FnMut(&[u8]),
) -> Result<usize> {
    let mut buffer = [0; 8 << 10];
    let mut written = 0;
    loop {
        let (input, output) = (compressor.total_in(), compressor.total_out());
        let status =
            compressor.compress(bytes, &mut buffer, flush).map_err(|error| internal(error.as_str()))?;
        bytes = bytes.get((compressor.total_in() - input) as usize..).unwrap_or_default();
        let new = buffer.get(..(compressor.total_out() - output) as usize).unwrap_or_default();
        out(new);
        written += new.len();
        let is_through = bytes.is_empty() && new.len() < buffer.len() && flush != DeflateFlush::Finish;
        if status == Status::StreamEnd || is_through {
            return Ok(written);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn deflated(stride: usize, effort: Effort, byte: impl Fn(usize, usize) -> u8) -> Vec<u8> {
        let mut deflater = Deflater::new(stride, 2000, 1, effort);
        let mut file = Vec::new();
        let mut take = |deflater: &mut Deflater| {
            while let Some(chunk) = deflater.take_ready() {
                assert!(chunk.len() <= CHUNK);
                file.extend(chunk);
            }
        };
        for y in 0..2000 {
            deflater.row(&(0..stride).map(|x| byte(x, y)).collect::<Vec<_>>()).unwrap();
            take(&mut deflater);
        }
        deflater.finish().unwrap();
        take(&mut deflater);
        let inflated = fdeflate::decompress_to_vec(&file).unwrap();
        assert_eq!(inflated.len(), 2000 * (stride + 1), "the stream and its checksum are whole");
        file
    }

    /// A number that looks random.
    fn noise(x: usize, y: usize) -> usize {
        ((x * 7919 + y * 104_729) as u32).wrapping_mul(0x9e37_79b1) as usize >> 20
    }

    #[test]
    fn what_repeats_what_rises_and_what_is_noisy_are_each_deflated_well() {
        for effort in [Effort::Fast, Effort::Default, Effort::Best] {
            let text = deflated(300, effort, |x, y| (x % 30 * 89 + y % 9 * 57) as u8);
            assert!(text.len() < 6_000, "{effort:?}: {}", text.len());
            let gradient = deflated(300, effort, |x, y| (x * y / 90) as u8);
            assert!(gradient.len() < 60_000, "{effort:?}: {}", gradient.len());
            // Two bits of noise for each byte.
            let photo = deflated(300, effort, |x, y| (x / 3 + y / 5 + noise(x, y) % 4) as u8);
            assert!(photo.len() < 300 * 2000 * 37 / 100, "{effort:?}: {}", photo.len());
        }
    }

    #[test]
    fn parts_of_an_image_are_deflated_in_different_ways() {
        let text = |x: usize, y: usize| (x % 30 * 89 + y % 9 * 57) as u8;
        let photo = |x: usize, y: usize| (x / 3 + y / 5 + noise(x, y) % 4) as u8;
        let of = |byte: &dyn Fn(usize, usize) -> u8| deflated(300, Effort::Default, byte).len();
        let (all_text, all_photo) = (of(&text), of(&photo));
        let mixed = of(&|x, y| if y < 1311 { text(x, y) } else { photo(x, y) });
        assert!(mixed < all_text + all_photo * 7 / 20, "{mixed} of {all_text} and {all_photo}");
    }
}
