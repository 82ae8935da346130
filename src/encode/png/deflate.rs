//! The zlib stream of the rows (RFC 1950). It is made in bands of some rows each, because what is best for one of them, text
//! maybe, is not for the next, a photograph.

use super::close::Closely;
use super::filter::{Choice, Filters};
use super::method::{BEGIN, Compressor, Level, Method, Rows, deflate, filter_work};
use crate::queue::Queue;
use crate::{Effort, Result};
use simd_adler32::Adler32;
use zlib_rs::DeflateFlush;

/// Bytes of a band, at least.
const BAND: usize = 512 << 10;

/// Bytes that are filtered before they are deflated.
const STEP: usize = 64 << 10;

/// Bytes of a chunk of the file, at least.
const CHUNK: usize = 64 << 10;

/// Bytes of a compressor of `zlib-rs`, and of what is filtered and deflated at a time.
const COMPRESSOR: u64 = 400 << 10;
const PARTS: u64 = 4 * (64 << 10);

/// A zlib header without a dictionary, for a window of 32 KiB.
const HEADER: [u8; 2] = [0x78, 0xda];

/// Filters and deflates rows.
pub(super) struct Deflater {
    unit: usize,
    stride: usize,
    /// Bytes of all rows.
    all: usize,
    effort: Effort,
    filters: Filters,
    /// The last row that has been written, and those after it.
    above: Vec<u8>,
    band: Vec<u8>,
    filtered: Vec<u8>,
    /// The method of the last band, and what deflated it.
    method: Option<Method>,
    compressor: Option<Compressor>,
    checksum: Adler32,
    ready: Queue,
    finished: bool,
    work: u64,
}

impl Deflater {
    /// Bytes that it takes for rows of `stride` bytes, of `bytes` bytes in all.
    pub(super) fn memory(stride: u64, bytes: u64, effort: Effort) -> u64 {
        // One writes while another is tried.
        let compressors =
            2 * if effort == Effort::Fast { COMPRESSOR } else { COMPRESSOR.max(Closely::MEMORY) };
        let band = bytes.min(BAND as u64 + stride);
        // The band, what becomes of it, and rows in every way of filtering.
        compressors + PARTS + 2 * band + 10 * stride
    }

    /// For `rows` rows of `stride` bytes, of pixels of `unit` bytes or less.
    pub(super) fn new(stride: usize, rows: usize, unit: usize, effort: Effort) -> Self {
        let mut ready = Queue::default();
        ready.extend(&HEADER);
        Self {
            unit,
            stride: stride.max(1),
            all: rows.saturating_mul(stride),
            effort,
            filters: Filters::new(unit),
            above: vec![0; stride],
            band: Vec::with_capacity((BAND + stride).min(rows.saturating_mul(stride))),
            filtered: Vec::new(),
            method: None,
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
        let method = self.choose()?;
        self.set_level(method.level)?;
        self.method = Some(method);
        let count = (STEP / self.stride).max(1);
        for first in (0..self.band.len() / self.stride).step_by(count) {
            self.filtered.clear();
            self.filter(method.filter, first, count);
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

    fn choose(&mut self) -> Result<Method> {
        let rows = Rows { unit: self.unit, stride: self.stride, above: &self.above, rows: &self.band };
        let (method, work) = rows.choose(&mut self.filters, self.effort, self.method, self.all)?;
        self.work += work;
        Ok(method)
    }

    /// Deflates what follows at a level. If it is another one, that begins at a whole byte, and knows nothing of what was before.
    fn set_level(&mut self, level: Level) -> Result<()> {
        if self.method.is_none_or(|method| method.level != level) {
            self.filtered.clear();
            self.write(DeflateFlush::SyncFlush)?;
            self.compressor = Some(level.compressor(self.unit, self.stride + 1));
            self.work += BEGIN;
        }
        Ok(())
    }

    /// Deflates what has been filtered.
    fn write(&mut self, flush: DeflateFlush) -> Result<()> {
        if let Some(compressor) = &mut self.compressor {
            let (_, work) = deflate(compressor, &self.filtered, flush, |bytes| self.ready.extend(bytes))?;
            self.work += work;
        }
        Ok(())
    }

    /// Filters rows of the band, from `first` on.
    fn filter(&mut self, choice: Choice, first: usize, count: usize) {
        let before = self.filtered.len();
        let rows = Rows { unit: self.unit, stride: self.stride, above: &self.above, rows: &self.band };
        rows.filter(&mut self.filters, choice, first..first + count, &mut self.filtered);
        self.work += filter_work(choice, self.filtered.len() - before);
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
        let mixed = ((x * 7919 + y * 104_729) as u32).wrapping_mul(0x9e37_79b1);
        (mixed ^ mixed >> 15).wrapping_mul(0x85eb_ca6b) as usize >> 20
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
    fn each_band_of_an_image_is_deflated_in_its_own_way() {
        const STRIDE: usize = 300;
        let text = |x: usize, y: usize| (x % 30 * 89 + y % 9 * 57) as u8;
        let photo = |x: usize, y: usize| (x / 3 + y / 5 + noise(x, y) % 4) as u8;
        let rows = BAND.div_ceil(STRIDE);
        let mut deflater = Deflater::new(STRIDE, 2 * rows, 1, Effort::Default);
        let mut choices = Vec::new();
        for y in 0..2 * rows {
            let byte = |x| if y < rows { text(x, y) } else { photo(x, y) };
            deflater.row(&(0..STRIDE).map(byte).collect::<Vec<_>>()).unwrap();
            choices.extend(deflater.method.filter(|_| (y + 1) % rows == 0).map(|method| method.filter));
        }
        let [text, photo] = choices[..] else { panic!("{choices:?}") };
        assert_ne!(text, Choice::LeastDifferences);
        assert_eq!(photo, Choice::LeastDifferences);
    }

    #[test]
    fn a_close_look_at_a_large_image_is_left_to_the_best_effort() {
        const STRIDE: usize = 300;
        let looks_closely = |rows: usize, effort| {
            let mut deflater = Deflater::new(STRIDE, rows, 1, effort);
            let row =
                |y: usize| (0..STRIDE).map(move |x| (x % 30 * 89 + y % 9 * 57 + noise(x, y / 3) % 9) as u8);
            (0..BAND.div_ceil(STRIDE)).for_each(|y| deflater.row(&row(y).collect::<Vec<_>>()).unwrap());
            matches!(deflater.method, Some(Method { level: Level::Closely(_), .. }))
        };
        assert!(looks_closely(3_000, Effort::Default));
        assert!(!looks_closely(30_000, Effort::Default));
        assert!(looks_closely(30_000, Effort::Best));
    }
}
