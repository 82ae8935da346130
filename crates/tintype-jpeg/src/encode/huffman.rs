//! Huffman tables: the fixed ones of ITU-T T.81, Annex K.3, and ones made for an image's own statistics.

use alloc::collections::BinaryHeap;
use alloc::vec::Vec;
use core::cmp::Reverse;

use crate::annex_k::HuffmanTable;

/// How often each symbol occurs.
#[derive(Clone, Debug)]
pub(crate) struct Histogram([u32; 256]);

impl Histogram {
    pub(crate) const fn new() -> Self {
        Self([0; 256])
    }

    #[inline(always)]
    #[allow(clippy::indexing_slicing)] // a byte indexes 256 entries
    pub(crate) fn count(&mut self, symbol: u8) {
        self.0[usize::from(symbol)] = self.0[usize::from(symbol)].saturating_add(1);
    }

    /// Counts a symbol `count` times.
    #[allow(clippy::indexing_slicing)] // a byte indexes 256 entries
    pub(crate) fn add(&mut self, symbol: u8, count: u32) {
        self.0[usize::from(symbol)] = self.0[usize::from(symbol)].saturating_add(count);
    }

    /// Counts every symbol of `symbols` that did not occur, so that the table can code it all the same.
    pub(crate) fn allow(&mut self, symbols: impl Iterator<Item = u8>) {
        for symbol in symbols {
            if self.get(symbol) == 0 {
                self.count(symbol);
            }
        }
    }

    #[allow(clippy::indexing_slicing)] // a byte indexes 256 entries
    pub(crate) fn get(&self, symbol: u8) -> u32 {
        self.0[usize::from(symbol)]
    }
}

/// A table as a DHT segment gives it: how many codes of each length, then their symbols, shortest first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct HuffmanSpec {
    /// Codes of 1 to 16 bits.
    pub(crate) counts: [u8; 16],
    symbols: Vec<u8>,
}

impl From<HuffmanTable> for HuffmanSpec {
    fn from(HuffmanTable { counts, symbols }: HuffmanTable) -> Self {
        Self { counts, symbols: symbols.to_vec() }
    }
}

impl HuffmanSpec {
    /// Symbols in the order of their codes.
    pub(crate) fn symbols(&self) -> &[u8] {
        &self.symbols
    }

    /// The best table for the statistics, with codes of at most 16 bits and none of all ones
    /// (ITU-T T.81, K.2, Figures K.1 to K.4).
    pub(crate) fn optimal(histogram: &Histogram) -> Self {
        let mut counts = [0; 16];
        if histogram.0.iter().all(|&count| count == 0) {
            return Self { counts, symbols: Vec::new() };
        }
        let mut lengths = code_lengths(histogram);
        // Symbols by their first length, ties by value; the limiting keeps their order.
        let symbols = lengths.symbols();
        limit_lengths(&mut lengths.counts);
        for (count, &n) in counts.iter_mut().zip(lengths.counts.iter().skip(1)) {
            *count = n as u8;
        }
        Self { counts, symbols }
    }
}

/// Longest code that unlimited Huffman coding of 32-bit counts of 257 symbols gives is far below this; see T.81, K.2.
const MAX_LENGTH: usize = 64;

struct Lengths {
    /// Codes of each length.
    counts: [u16; MAX_LENGTH],
    of: [u8; 257],
}

impl Lengths {
    /// The symbols that have codes, by length and value.
    #[allow(clippy::indexing_slicing)] // lengths are below MAX_LENGTH by construction
    fn symbols(&self) -> Vec<u8> {
        let mut places = [0; MAX_LENGTH];
        let mut used = 0;
        for (place, &count) in places.iter_mut().zip(&self.counts) {
            *place = used;
            used += usize::from(count);
        }
        let mut symbols = alloc::vec![0; used];
        for (symbol, &length) in (0..=255).zip(&self.of) {
            let place = &mut places[usize::from(length)];
            if let (1.., Some(to)) = (length, symbols.get_mut(*place)) {
                *to = symbol;
                *place += 1;
            }
        }
        // The reserved symbol is the last of the longest.
        symbols.pop();
        symbols
    }
}

/// Code lengths before limiting, with one code point reserved so that no code is all ones.
#[allow(clippy::indexing_slicing)] // indices are below 257 and lengths below MAX_LENGTH by construction
fn code_lengths(histogram: &Histogram) -> Lengths {
    const RESERVED: usize = 256;
    // A Huffman tree of depth n needs a total count of at least Fibonacci(n + 2): a total of 257 × 2^32 allows
    // less than 60 levels.
    let mut weight = [0u64; 257];
    for (weight, &count) in weight.iter_mut().zip(&histogram.0) {
        *weight = u64::from(count);
    }
    weight[RESERVED] = 1;

    // Two queues: leaves by rising weight, and the inner nodes, which come into being by rising weight.
    // The reserved symbol, which is the last, comes before its equals, and so gets a longest code.
    let leaves: BinaryHeap<_> =
        (0..257).filter(|&s| weight[s] > 0).map(|s| (weight[s], Reverse(s))).collect();
    let leaves: Vec<usize> = leaves.into_sorted_vec().into_iter().map(|(_, Reverse(s))| s).collect();
    let n = leaves.len();
    let mut node_weight: Vec<u64> = leaves.iter().map(|&s| weight[s]).collect();
    let mut parent = alloc::vec![0usize; 2 * n];
    let (mut leaf, mut inner) = (0, n);
    for node in n..(2 * n - 1) {
        let mut sum = 0;
        for _ in 0..2 {
            let take_leaf = leaf < n && (inner >= node || node_weight[leaf] <= node_weight[inner]);
            let child = if take_leaf { &mut leaf } else { &mut inner };
            parent[*child] = node;
            sum += node_weight[*child];
            *child += 1;
        }
        node_weight.push(sum);
    }
    let mut depth = alloc::vec![0u8; 2 * n];
    let mut lengths = Lengths { counts: [0; MAX_LENGTH], of: [0; 257] };
    for node in (0..(2 * n - 1).saturating_sub(1)).rev() {
        depth[node] = depth[parent[node]] + 1;
    }
    if n == 1 {
        // Only the reserved symbol: a table of no codes.
        return lengths;
    }
    for (node, &symbol) in leaves.iter().enumerate() {
        let length = usize::from(depth[node]).min(MAX_LENGTH - 1);
        lengths.counts[length] += 1;
        lengths.of[symbol] = length as u8;
    }
    lengths
}

/// Shortens codes to 16 bits (T.81, Figure K.3) and takes the reserved code point away.
#[allow(clippy::indexing_slicing)] // lengths are below MAX_LENGTH; a shorter pair exists because the code is complete
fn limit_lengths(counts: &mut [u16; MAX_LENGTH]) {
    for length in (17..MAX_LENGTH).rev() {
        while counts[length] > 0 {
            // Two codes of this length become one shorter; a code shorter by two or more becomes two longer.
            let Some(shorter) = (1..=length - 2).rev().find(|&l| counts[l] > 0) else { break };
            counts[length] -= 2;
            counts[length - 1] += 1;
            counts[shorter + 1] += 2;
            counts[shorter] -= 1;
        }
    }
    if let Some(count) = counts.iter_mut().rev().find(|count| **count > 0) {
        *count -= 1;
    }
}

/// Code and length of every symbol, together in a word: the code above [`LENGTH_BITS`] of length.
#[derive(Clone, Debug)]
pub(crate) struct Codes {
    codes: [u32; 256],
}

const LENGTH_BITS: u32 = 5;

impl Codes {
    /// Codes in the order of the lengths (ITU-T T.81, Annex C.2).
    pub(crate) fn new(spec: &HuffmanSpec) -> Self {
        let mut codes = [0; 256];
        let mut symbols = spec.symbols.iter();
        let mut bits = 0u32;
        for (length, &count) in (1u32..).zip(&spec.counts) {
            for &symbol in symbols.by_ref().take(usize::from(count)) {
                if let Some(code) = codes.get_mut(usize::from(symbol)) {
                    *code = bits << LENGTH_BITS | length;
                }
                bits += 1;
            }
            bits <<= 1;
        }
        Self { codes }
    }

    /// Code and its length in bits; a length of 0 means that the table has no code for the symbol.
    #[inline(always)]
    #[allow(clippy::indexing_slicing)] // a byte indexes 256 entries
    pub(crate) fn code(&self, symbol: u8) -> (u32, u32) {
        let code = self.codes[usize::from(symbol)];
        (code >> LENGTH_BITS, code & ((1 << LENGTH_BITS) - 1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn histogram(counts: &[(u8, u32)]) -> Histogram {
        let mut histogram = Histogram::new();
        counts.iter().for_each(|&(symbol, n)| histogram.0[usize::from(symbol)] = n);
        histogram
    }

    #[test]
    fn frequent_symbols_get_short_codes() {
        let spec = HuffmanSpec::optimal(&histogram(&[(3, 1000), (7, 10), (9, 10), (200, 1)]));
        let codes = Codes::new(&spec);
        let length = |symbol| codes.code(symbol).1;
        assert_eq!(length(3), 1);
        assert!(length(7) <= length(200) && length(200) > 0);
        assert_eq!(length(8), 0);
    }

    #[test]
    fn one_symbol_has_a_code_of_one_zero_bit() {
        let spec = HuffmanSpec::optimal(&histogram(&[(5, 9)]));
        assert_eq!((spec.counts[0], spec.symbols()), (1, [5].as_slice()));
        assert_eq!(Codes::new(&spec).code(5), (0, 1));
    }

    #[test]
    fn no_symbols_make_an_empty_table() {
        assert_eq!(HuffmanSpec::optimal(&Histogram::new()).symbols(), []);
    }

    #[test]
    fn codes_stay_within_sixteen_bits_for_the_steepest_statistics() {
        // Fibonacci numbers make the deepest trees.
        let (mut a, mut b) = (1u32, 1u32);
        let mut counts = alloc::vec![];
        for symbol in 0..45 {
            counts.push((symbol, a));
            (a, b) = (b, a.saturating_add(b));
        }
        for extra in [0, 100, 210] {
            let flat = (45..45 + extra).map(|symbol| (symbol, 1));
            let counts: Vec<_> = counts.iter().copied().chain(flat).collect();
            let spec = HuffmanSpec::optimal(&histogram(&counts));
            assert_eq!(spec.symbols().len(), counts.len());
            let used: u64 = (1..).zip(&spec.counts).map(|(length, &n)| u64::from(n) << (16 - length)).sum();
            assert!(used < 1 << 16, "all ones must stay free");
        }
    }
}
