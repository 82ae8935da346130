//! The zlib stream of the rows (RFC 1950). It is made in bands of some rows each, because what is best for one of them, text
//! maybe, is not for the next, a photograph.

use super::filter::{Choice, Filters};
use crate::Effort;
use miniz_oxide::deflate::core::deflate_flags::{
    TDEFL_FILTER_MATCHES, TDEFL_GREEDY_PARSING_FLAG, TDEFL_RLE_MATCHES,
};
use miniz_oxide::deflate::core::{CompressorOxide, TDEFLFlush, compress_to_output};
use simd_adler32::Adler32;

/// Bytes of a band, at least, and of its part on which methods are tried.
const BAND: usize = 192 << 10;
const SAMPLE: usize = 48 << 10;

/// Bytes of a chunk of the file, at least.
const CHUNK: usize = 64 << 10;

/// Bytes that are held besides rows: two compressors, a band as it is, filtered and deflated, and a chunk.
pub(super) const MEMORY: u64 = 2 * (400 << 10) + 3 * (BAND as u64 + (16 << 10)) + 2 * CHUNK as u64;

/// A zlib header without a dictionary, for a window of 32 KiB.
const HEADER: [u8; 2] = [0x78, 0xda];

/// How a band is filtered and deflated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
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
    const ALL: [Self; 3] = [Self::Plain, Self::Filtered, Self::Differences];

    fn filter(self) -> Choice {
        match self {
            Self::Plain => Choice::None,
            Self::Filtered => Choice::FewestPairs,
            Self::Differences => Choice::LeastDifferences,
        }
    }

    fn level(self, effort: Effort) -> Level {
        match (self, effort) {
            (Self::Differences, Effort::Fast | Effort::Default) => RUNS,
            (Self::Differences, Effort::Best) => LONG_MATCHES,
            (_, Effort::Fast) => QUICK,
            (_, Effort::Default) => USUAL,
            (_, Effort::Best) => THOROUGH,
        }
    }

    /// The level on which the method is tried.
    fn trial(self) -> Level {
        if self == Self::Differences { RUNS } else { QUICK }
    }
}

/// How hard matches are looked for, and what that costs.
#[derive(Debug, Clone, Copy)]
struct Level {
    /// Number of places at which a match is looked for, and how it is taken.
    flags: u32,
    /// Work of a byte that goes in, and of one that comes out, in units of [`crate::Limits::work`].
    per_input: u64,
    per_output: u64,
}

const RUNS: Level = Level { flags: TDEFL_RLE_MATCHES, per_input: 50, per_output: 50 };
const QUICK: Level = Level { flags: TDEFL_GREEDY_PARSING_FLAG | 32, per_input: 40, per_output: 300 };
const USUAL: Level = Level { flags: 128, per_input: 60, per_output: 1200 };
const THOROUGH: Level = Level { flags: 768, per_input: 60, per_output: 4000 };
const LONG_MATCHES: Level = Level { flags: TDEFL_FILTER_MATCHES | 768, per_input: 60, per_output: 2500 };

/// Work of a byte that is filtered by [`Choice::FewestPairs`] and by [`Choice::LeastDifferences`], and of a new compressor.
const PAIRS: u64 = 60;
const DIFFERENCES: u64 = 15;
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
    /// What deflates, and the method that it is made for. Its bytes end where another one begins.
    compressor: Option<(Method, Box<CompressorOxide>)>,
    checksum: Adler32,
    ready: Vec<u8>,
    finished: bool,
    work: u64,
}

impl Deflater {
    /// For rows of `stride` bytes, of pixels of `unit` bytes or less.
    pub(super) fn new(stride: usize, unit: usize, effort: Effort) -> Self {
        Self {
            stride: stride.max(1),
            effort,
            filters: Filters::new(unit),
            above: vec![0; stride],
            band: Vec::new(),
            filtered: Vec::new(),
            compressor: None,
            checksum: Adler32::new(),
            ready: HEADER.to_vec(),
            finished: false,
            work: 0,
        }
    }

    /// Takes the next row.
    pub(super) fn row(&mut self, row: &[u8]) {
        self.band.extend_from_slice(row);
        if self.band.len() >= BAND {
            self.write_band(TDEFLFlush::None);
        }
    }

    /// Writes the last rows, at least one, and the end.
    pub(super) fn finish(&mut self) {
        self.write_band(TDEFLFlush::Finish);
        self.ready.extend(self.checksum.finish().to_be_bytes());
        self.finished = true;
    }

    /// Takes the bytes that are ready, if they are enough for a chunk or the last.
    pub(super) fn take_ready(&mut self) -> Option<Vec<u8>> {
        let is_enough = self.ready.len() >= CHUNK || self.finished && !self.ready.is_empty();
        is_enough.then(|| std::mem::take(&mut self.ready))
    }

    /// The work so far, in units of [`crate::Limits::work`].
    pub(super) fn work(&self) -> u64 {
        self.work
    }

    fn write_band(&mut self, flush: TDEFLFlush) {
        let method = self.choose();
        self.filter(method.filter(), 0, usize::MAX);
        let last = self.band.len().saturating_sub(self.stride);
        if let Some(row) = self.band.get(last..last + self.stride) {
            self.above.copy_from_slice(row);
        }
        self.band.clear();
        self.checksum.write(&self.filtered);
        let mut compressor = self.compressor(method);
        let bytes = deflate(&mut compressor, &self.filtered, flush, &mut self.ready);
        self.count(method.level(self.effort), bytes);
        self.compressor = Some((method, compressor));
    }

    /// The compressor for a method: the last one, or a new one after the end of that.
    fn compressor(&mut self, method: Method) -> Box<CompressorOxide> {
        match self.compressor.take() {
            Some((last, compressor)) if last == method => return compressor,
            // Other methods go on at a whole byte.
            Some((_, mut compressor)) => _ = deflate(&mut compressor, &[], TDEFLFlush::Sync, &mut self.ready),
            None => (),
        }
        self.work += BEGIN;
        Box::new(CompressorOxide::new(method.level(self.effort).flags))
    }

    /// Filters rows of the band, from `first` on.
    fn filter(&mut self, choice: Choice, first: usize, count: usize) {
        self.filtered.clear();
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
        self.work += per_byte * self.filtered.len() as u64;
    }

    /// The method that makes least of the middle of the band; of equal ones, the first.
    fn choose(&mut self) -> Method {
        let rows = self.band.len() / self.stride;
        let count = (SAMPLE / self.stride).clamp(1, rows.max(1));
        let first = rows.saturating_sub(count) / 2;
        // Matches of filtered bytes are worth their cost in few images.
        let tried = |method: &Method| self.effort != Effort::Fast || *method != Method::Filtered;
        let methods: Vec<Method> = Method::ALL.into_iter().filter(tried).collect();
        let mut best = (usize::MAX, Method::Plain);
        for method in methods {
            self.filter(method.filter(), first, count);
            let level = method.trial();
            let mut compressor = Box::new(CompressorOxide::new(level.flags));
            let bytes = deflate(&mut compressor, &self.filtered, TDEFLFlush::Finish, &mut Vec::new());
            self.work += BEGIN;
            self.count(level, bytes);
            if bytes < best.0 {
                best = (bytes, method);
            }
        }
        best.1
    }

    /// Counts the work of deflating what has been filtered.
    fn count(&mut self, level: Level, written: usize) {
        self.work += level.per_input * self.filtered.len() as u64 + level.per_output * written as u64;
    }
}

/// Deflates bytes, and returns how many they have become.
fn deflate(compressor: &mut CompressorOxide, bytes: &[u8], flush: TDEFLFlush, out: &mut Vec<u8>) -> usize {
    let before = out.len();
    compress_to_output(compressor, bytes, flush, |bytes| {
        out.extend_from_slice(bytes);
        true
    });
    out.len() - before
}

#[cfg(test)]
mod tests {
    use super::*;

    fn deflated(stride: usize, effort: Effort, byte: impl Fn(usize, usize) -> u8) -> Vec<u8> {
        let mut deflater = Deflater::new(stride, 1, effort);
        let mut file = Vec::new();
        for y in 0..2000 {
            deflater.row(&(0..stride).map(|x| byte(x, y)).collect::<Vec<_>>());
            file.extend(deflater.take_ready().unwrap_or_default());
        }
        deflater.finish();
        file.extend(deflater.take_ready().unwrap_or_default());
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
