//! Where symbols go: to statistics first, then to bits.

use alloc::vec::Vec;

use super::bit_writer::BitWriter;
use super::huffman::{Codes, Histogram, HuffmanSpec};
use super::segments;

/// The tables of a frame: DC of luminance and chroma, then AC of both.
pub(crate) const TABLES: usize = 4;

/// Index of a DC table.
#[inline(always)]
pub(crate) const fn dc(table: u8) -> usize {
    (table & 1) as usize
}

/// Index of an AC table.
#[inline(always)]
pub(crate) const fn ac(table: u8) -> usize {
    2 + (table & 1) as usize
}

/// Takes the symbols of a scan in their order.
pub(crate) trait Sink {
    /// A Huffman symbol of a table, followed by `count` bits.
    fn put(&mut self, table: usize, symbol: u8, bits: u32, count: u32);

    /// The lowest `count` bits of `bits`, which has no others, without a symbol. At most 32.
    fn bits(&mut self, bits: u32, count: u32);
}

/// Counts symbols.
pub(crate) struct Counter {
    /// Statistics of each table.
    pub(crate) histograms: [Histogram; TABLES],
    /// Bits that follow symbols or stand alone.
    raw: u64,
}

impl Counter {
    pub(crate) const fn new() -> Self {
        Self { histograms: [const { Histogram::new() }; TABLES], raw: 0 }
    }

    /// The best tables for what was counted.
    pub(crate) fn specs(&self) -> [HuffmanSpec; TABLES] {
        self.histograms.each_ref().map(HuffmanSpec::optimal)
    }

    /// Bits that a scan of `times` as much as was counted takes, its best tables included.
    pub(crate) fn bits(&self, times: u64) -> u64 {
        let coded = |(histogram, spec): (&Histogram, &HuffmanSpec)| {
            let codes = Codes::new(spec);
            let table = 8 * (21 + spec.symbols().len() as u64);
            let cost = |&symbol: &u8| u64::from(histogram.get(symbol)) * u64::from(codes.code(symbol).1);
            spec.symbols().iter().map(cost).sum::<u64>() * times
                + if spec.symbols().is_empty() { 0 } else { table }
        };
        self.raw * times + self.histograms.iter().zip(&self.specs()).map(coded).sum::<u64>()
    }
}

impl Sink for Counter {
    #[inline(always)]
    #[allow(clippy::indexing_slicing)] // callers name tables by `dc` and `ac`, which are below TABLES
    fn put(&mut self, table: usize, symbol: u8, _: u32, count: u32) {
        self.histograms[table & (TABLES - 1)].count(symbol);
        self.raw += u64::from(count);
    }

    #[inline(always)]
    fn bits(&mut self, _: u32, count: u32) {
        self.raw += u64::from(count);
    }
}

/// Writes symbols as Huffman codes.
pub(crate) struct Writer<'a> {
    /// Codes of each table.
    pub(crate) codes: &'a [Codes; TABLES],
    /// Pending bits; a value of its own, so that it stays in registers.
    pub(crate) bits: BitWriter,
    /// Where bytes go.
    pub(crate) out: &'a mut Vec<u8>,
}

impl Sink for Writer<'_> {
    #[inline(always)]
    #[allow(clippy::indexing_slicing)] // callers name tables by `dc` and `ac`, which are below TABLES
    fn put(&mut self, table: usize, symbol: u8, bits: u32, count: u32) {
        // At most 16 bits of code and 16 more.
        let (code, length) = self.codes[table & (TABLES - 1)].code(symbol);
        self.bits.put(self.out, code << count | bits, length + count);
    }

    #[inline(always)]
    fn bits(&mut self, bits: u32, count: u32) {
        self.bits.put(self.out, bits, count);
    }
}

/// Writes the DHT segments of the tables that have codes.
pub(crate) fn write_tables(out: &mut Vec<u8>, specs: &[HuffmanSpec; TABLES]) {
    for (index, spec) in (0u8..).zip(specs) {
        if !spec.symbols().is_empty() {
            segments::huffman_table(out, index >> 1, index & 1, spec);
        }
    }
}
