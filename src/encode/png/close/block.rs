//! Blocks of tokens (RFC 1951, 3.2.3 to 3.2.7).

use super::codes::{codes, lengths};

/// The symbol after the last token.
const END: usize = 256;

/// The most bits of a code, and of one for lengths of codes.
const MOST: usize = 15;
const MOST_OF_LENGTHS: usize = 7;

/// The order in which lengths of codes for lengths stand.
const ORDER: [usize; 19] = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

/// A byte, or a match.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Token {
    Byte(u8),
    /// Its length less 3, and its distance less 1.
    Match(u8, u16),
}

/// The symbol of a match's length less 3, and its additional bits.
pub(super) fn length_symbol(length: u8) -> (usize, u32) {
    match length {
        255 => (285, 0),
        0..8 => (257 + usize::from(length), 0),
        _ => {
            let extra = length.ilog2() - 2;
            (257 + 4 * extra as usize + usize::from(length >> extra), extra)
        }
    }
}

/// The symbol of a match's distance less 1, and its additional bits.
pub(super) fn distance_symbol(distance: u16) -> (usize, u32) {
    match distance {
        0..4 => (distance.into(), 0),
        _ => {
            let extra = distance.ilog2() - 1;
            (2 * extra as usize + usize::from(distance >> extra), extra)
        }
    }
}

/// How often each symbol comes.
#[derive(Debug, Clone)]
pub(super) struct Counts {
    pub(super) symbols: [u32; 286],
    pub(super) distances: [u32; 30],
}

impl Default for Counts {
    fn default() -> Self {
        Self { symbols: [0; 286], distances: [0; 30] }
    }
}

impl Counts {
    /// Before anything has come.
    pub(super) const ALIKE: Self = Self { symbols: [1; 286], distances: [1; 30] };

    pub(super) fn add(&mut self, token: Token) {
        let (symbol, distance) = match token {
            Token::Byte(byte) => (byte.into(), None),
            Token::Match(length, distance) => {
                (length_symbol(length).0, self.distances.get_mut(distance_symbol(distance).0))
            }
        };
        if let Some(count) = self.symbols.get_mut(symbol) {
            *count += 1;
        }
        if let Some(count) = distance {
            *count += 1;
        }
    }

    /// Half as often each.
    pub(super) fn halved(&self) -> Self {
        Self {
            symbols: self.symbols.map(|count| count / 2),
            distances: self.distances.map(|count| count / 2),
        }
    }

    /// The lengths of codes for symbols and for distances.
    pub(super) fn lengths(&self) -> (Vec<u8>, Vec<u8>) {
        (lengths(&self.symbols, MOST), lengths(&self.distances, MOST))
    }
}

/// Bits on their way to bytes, the lowest first.
#[derive(Debug, Default)]
pub(super) struct Bits {
    pub(super) bytes: Vec<u8>,
    bits: u64,
    count: u32,
}

impl Bits {
    fn put(&mut self, value: u32, count: u32) {
        self.bits |= u64::from(value) << self.count;
        self.count += count;
        while self.count >= 8 {
            self.bytes.push(self.bits as u8);
            (self.bits, self.count) = (self.bits >> 8, self.count - 8);
        }
    }

    /// Goes on at a whole byte.
    fn align(&mut self) {
        self.put(0, self.count.wrapping_neg() % 8);
    }

    /// An empty block that ends at a whole byte.
    pub(super) fn flush(&mut self) {
        self.put(0, 3);
        self.align();
        self.bytes.extend([0, 0, 255, 255]);
    }

    /// Writes a block, with codes of its own unless the fixed ones take fewer bits.
    pub(super) fn block(&mut self, tokens: &[Token], is_last: bool) {
        let mut counts = Counts::default();
        tokens.iter().for_each(|&token| counts.add(token));
        counts.symbols[END] = 1;
        let own = counts.lengths();
        let fixed = fixed();
        let header = Header::new(&own);
        self.put(is_last.into(), 1);
        if header.bits() + size(&counts, &own) < size(&counts, &fixed) {
            self.put(2, 2);
            header.write(self);
            self.tokens(tokens, &own);
        } else {
            self.put(1, 2);
            self.tokens(tokens, &fixed);
        }
        if is_last {
            self.align();
        }
    }

    fn tokens(&mut self, tokens: &[Token], (symbols, distances): &(Vec<u8>, Vec<u8>)) {
        let with_codes = |lengths: &[u8]| -> Vec<(u32, u32)> {
            codes(lengths)
                .into_iter()
                .zip(lengths)
                .map(|(code, &length)| (code.into(), length.into()))
                .collect()
        };
        let (symbols, distances) = (with_codes(symbols), with_codes(distances));
        let of = |codes: &[(u32, u32)], symbol: usize| codes.get(symbol).copied().unwrap_or_default();
        for &token in tokens {
            match token {
                Token::Byte(byte) => {
                    let (code, bits) = of(&symbols, byte.into());
                    self.put(code, bits);
                }
                Token::Match(length, distance) => {
                    let (symbol, extra) = length_symbol(length);
                    let (code, bits) = of(&symbols, symbol);
                    self.put(code | (u32::from(length) & ((1 << extra) - 1)) << bits, bits + extra);
                    let (symbol, extra) = distance_symbol(distance);
                    let (code, bits) = of(&distances, symbol);
                    self.put(code, bits);
                    self.put(u32::from(distance) & ((1 << extra) - 1), extra);
                }
            }
        }
        let (code, bits) = of(&symbols, END);
        self.put(code, bits);
    }
}

/// Bits of all tokens.
fn size(counts: &Counts, (symbols, distances): &(Vec<u8>, Vec<u8>)) -> u64 {
    let sum = |counts: &[u32], lengths: &[u8]| -> u64 {
        counts.iter().zip(lengths).map(|(&count, &length)| u64::from(count) * u64::from(length)).sum()
    };
    // What is added to symbols is the same in any block.
    sum(&counts.symbols, symbols) + sum(&counts.distances, distances)
}

/// The lengths of the fixed codes.
fn fixed() -> (Vec<u8>, Vec<u8>) {
    let length = |symbol| match symbol {
        0..144 | 280.. => 8,
        144..256 => 9,
        _ => 7,
    };
    ((0..288).map(length).collect(), vec![5; 30])
}

/// What says which codes a block has.
struct Header {
    symbols: usize,
    distances: usize,
    /// Symbols that stand for lengths, each with what is added to it, and the bits of that.
    runs: Vec<(usize, u32, u32)>,
    lengths: Vec<u8>,
    /// How many of these are written.
    written: usize,
}

impl Header {
    fn new((symbols, distances): &(Vec<u8>, Vec<u8>)) -> Self {
        let used = |lengths: &[u8], least: usize| {
            lengths.iter().rposition(|&length| length > 0).map_or(least, |last| least.max(last + 1))
        };
        let (symbol_count, distance_count) = (used(symbols, 257), used(distances, 1));
        let all: Vec<u8> =
            symbols.iter().take(symbol_count).chain(distances.iter().take(distance_count)).copied().collect();
        let runs = runs(&all);
        let mut counts = [0; 19];
        for &(symbol, ..) in &runs {
            if let Some(count) = counts.get_mut(symbol) {
                *count += 1;
            }
        }
        // One symbol alone would be no complete code.
        if counts.iter().filter(|count| **count > 0).count() < 2 {
            let [first, .., last] = &mut counts;
            (*first, *last) = ((*first).max(1), (*last).max(1));
        }
        let lengths = lengths(&counts, MOST_OF_LENGTHS);
        let is_used = |&at: &usize| lengths.get(at).is_some_and(|length| *length > 0);
        let written = ORDER.iter().rposition(is_used).map_or(4, |last| (last + 1).max(4));
        Self { symbols: symbol_count, distances: distance_count, runs, lengths, written }
    }

    fn length(&self, symbol: usize) -> u32 {
        self.lengths.get(symbol).copied().unwrap_or(0).into()
    }

    fn bits(&self) -> u64 {
        let runs = self.runs.iter().map(|&(symbol, _, extra)| u64::from(self.length(symbol) + extra));
        14 + 3 * self.written as u64 + runs.sum::<u64>()
    }

    fn write(&self, bits: &mut Bits) {
        bits.put((self.symbols - 257) as u32, 5);
        bits.put((self.distances - 1) as u32, 5);
        bits.put((self.written - 4) as u32, 4);
        ORDER.iter().take(self.written).for_each(|&symbol| bits.put(self.length(symbol), 3));
        let codes = codes(&self.lengths);
        for &(symbol, added, extra) in &self.runs {
            bits.put(codes.get(symbol).copied().unwrap_or(0).into(), self.length(symbol));
            bits.put(added, extra);
        }
    }
}

/// Lengths as symbols: themselves, the one before 3 to 6 times, or zeros 3 to 138 times.
fn runs(lengths: &[u8]) -> Vec<(usize, u32, u32)> {
    let mut runs = Vec::new();
    for same in lengths.chunk_by(|one, other| one == other) {
        let (Some(&length), mut left) = (same.first(), same.len()) else { continue };
        if length > 0 {
            runs.push((length.into(), 0, 0));
            left -= 1;
        }
        while left > 0 {
            let (symbol, count, least, extra) = match (length, left) {
                (0, 11..) => (18, left.min(138), 11, 7),
                (0, 3..) => (17, left, 3, 3),
                (1.., 3..) => (16, left.min(6), 3, 2),
                _ => (length.into(), 1, 1, 0),
            };
            runs.push((symbol, (count - least) as u32, extra));
            left -= count;
        }
    }
    runs
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn symbols_are_those_of_the_tables() {
        let lengths = [
            (3, 257, 0),
            (10, 264, 0),
            (11, 265, 1),
            (66, 276, 3),
            (67, 277, 4),
            (257, 284, 5),
            (258, 285, 0),
        ];
        for (length, symbol, extra) in lengths {
            assert_eq!(length_symbol((length - 3) as u8), (symbol, extra), "{length}");
        }
        for (distance, symbol, extra) in
            [(1, 0, 0), (4, 3, 0), (5, 4, 1), (193, 15, 6), (24_577, 29, 13), (32_768, 29, 13)]
        {
            assert_eq!(distance_symbol((distance - 1) as u16), (symbol, extra), "{distance}");
        }
    }

    #[test]
    fn lengths_are_written_in_runs() {
        let lengths = [&[0; 150][..], &[7; 9], &[3, 3, 3], &[0, 0]].concat();
        assert_eq!(
            runs(&lengths),
            [
                (18, 127, 7),
                (18, 1, 7),
                (7, 0, 0),
                (16, 3, 2),
                (7, 0, 0),
                (7, 0, 0),
                (3, 0, 0),
                (3, 0, 0),
                (3, 0, 0),
                (0, 0, 0),
                (0, 0, 0)
            ]
        );
    }
}
