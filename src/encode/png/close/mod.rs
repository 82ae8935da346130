//! Deflates closely (RFC 1951): of all ways to write bytes as matches, one of those that take the fewest bits. What a way takes
//! depends on the codes, and these on the way: so it is chosen by the codes of what came before, and again by its own.
//!
//! Matches of three bytes are found, as in `zlib`, but not in `zlib-rs` below its last level: they are pixels.

mod block;
mod codes;
mod matches;

use block::{Bits, Counts, Token, distance_symbol, length_symbol};
use matches::{Finder, LONGEST, Match, SHORTEST, WINDOW};
use zlib_rs::DeflateFlush;

/// Bytes for which a way is chosen at a time.
const SEGMENT: usize = 4 << 10;

/// Tokens of a block, at least.
const BLOCK: usize = 12 << 10;

/// The most matches of a byte, the longest ones.
const MATCHES: usize = 4;

/// Bits of a symbol that has not come.
const RARE: u8 = 13;

/// Bytes that are held of what came before, at most.
const HELD: usize = 2 * WINDOW;

/// Rough numbers of instructions: of a byte to which a way is chosen, of a place that is looked at, of a length that is weighed,
/// and of a byte that is written.
const STEP: u64 = 60;
const LOOK: u64 = 190;
const LENGTH: u64 = 30;
const WRITE: u64 = 600;

/// How closely it is looked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Effort {
    /// Positions that are looked at for a match.
    pub(super) depth: u32,
    /// The length of a match that is taken without looking further.
    pub(super) enough: usize,
    /// How often a way is chosen.
    pub(super) rounds: u32,
}

/// Deflates a stream.
pub(super) struct Closely {
    effort: Effort,
    finder: Finder,
    /// Bytes that matches may lie in, and those to be written; the position of the first, and the place of the first of the others.
    bytes: Vec<u8>,
    base: usize,
    next: usize,
    /// Matches of each byte of a segment.
    matches: Vec<Match>,
    ends: Vec<usize>,
    /// The fewest bits to each place of a segment, and the last token on the way.
    ways: Vec<(u32, Token)>,
    tokens: Vec<Token>,
    /// How often symbols came, those long ago hardly counting.
    recent: Counts,
    bits: Bits,
    /// Lengths of matches whose bits have been compared, and how often a way to a byte was chosen.
    lengths: u64,
    steps: u64,
}

/// The bits of every token.
struct Costs {
    bytes: [u8; 256],
    lengths: [u8; 256],
    distances: [u8; 30],
}

impl Closely {
    /// Bytes that it takes: its tables, what came before, matches and ways of a segment, and tokens of a block with their bytes.
    pub(super) const MEMORY: u64 = matches::MEMORY
        + (HELD + SEGMENT) as u64
        + (4 * MATCHES + 16) as u64 * (SEGMENT + LONGEST) as u64
        + 8 * (BLOCK + SEGMENT) as u64;

    /// For rows of this many bytes, of pixels of `unit` bytes.
    pub(super) fn new(effort: Effort, unit: usize, stride: usize) -> Self {
        Self {
            effort,
            finder: Finder::new(effort.depth, unit, stride),
            bytes: Vec::with_capacity(HELD + SEGMENT + 2 * LONGEST),
            base: 0,
            next: 0,
            matches: Vec::with_capacity(MATCHES * SEGMENT + LONGEST),
            ends: Vec::with_capacity(SEGMENT),
            ways: Vec::with_capacity(SEGMENT + LONGEST + 1),
            tokens: Vec::with_capacity(BLOCK + SEGMENT),
            recent: Counts::ALIKE,
            bits: Bits::default(),
            lengths: 0,
            steps: 0,
        }
    }

    /// Takes bytes, and hands on what is ready. Returns how many bytes that are, and the work on them.
    pub(super) fn write(
        &mut self,
        mut bytes: &[u8],
        flush: DeflateFlush,
        mut out: impl FnMut(&[u8]),
    ) -> (usize, u64) {
        let before = self.searched();
        while !bytes.is_empty() {
            let room = SEGMENT + LONGEST - (self.bytes.len() - self.next);
            let (first, rest) = bytes.split_at(room.min(bytes.len()));
            self.bytes.extend_from_slice(first);
            bytes = rest;
            if self.bytes.len() - self.next == SEGMENT + LONGEST {
                self.segment(SEGMENT);
            }
        }
        if flush != DeflateFlush::NoFlush {
            while self.next < self.bytes.len() {
                self.segment(SEGMENT.min(self.bytes.len() - self.next));
            }
            let is_last = flush == DeflateFlush::Finish;
            if is_last || !self.tokens.is_empty() {
                self.bits.block(&self.tokens, is_last);
                self.tokens.clear();
            }
            if !is_last {
                self.bits.flush();
            }
        }
        out(&self.bits.bytes);
        let written = self.bits.bytes.len();
        self.bits.bytes.clear();
        (written, self.searched() - before + WRITE * written as u64)
    }

    /// The work on choosing ways so far.
    fn searched(&self) -> u64 {
        STEP * self.steps + LOOK * self.finder.looks() + LENGTH * self.lengths
    }

    /// Makes tokens of this many bytes, and of those that the last match takes with it.
    fn segment(&mut self, count: usize) {
        self.find(count);
        let before = self.tokens.len();
        let rounds = self.effort.rounds + u32::from(self.base + self.next == 0);
        let mut counts = self.recent.clone();
        for _ in 0..rounds {
            self.tokens.truncate(before);
            self.way(count, &Costs::of(&counts));
            counts = self.recent.halved();
            self.tokens.iter().skip(before).for_each(|&token| counts.add(token));
        }
        self.recent = counts;
        let end = self.next + self.tokens.iter().skip(before).map(|token| token.length()).sum::<usize>();
        self.finder.skip(&self.bytes, self.base, self.next + count..end);
        self.next = end;
        if self.tokens.len() >= BLOCK {
            self.bits.block(&self.tokens, false);
            self.tokens.clear();
        }
        if self.next > HELD {
            let gone = self.next - WINDOW;
            self.bytes.drain(..gone);
            (self.base, self.next) = (self.base + gone, WINDOW);
        }
    }

    /// Finds the matches of bytes, but for those within one that is long enough.
    fn find(&mut self, count: usize) {
        self.matches.clear();
        self.ends.clear();
        let (mut at, end) = (self.next, self.next + count);
        while at < end {
            let before = self.matches.len();
            let length = self.finder.find(&self.bytes, self.base, at, &mut self.matches);
            if self.matches.len() > before + MATCHES {
                self.matches.drain(before..self.matches.len() - MATCHES);
            }
            let after = if length >= self.effort.enough { end.min(at + length) } else { at + 1 };
            self.finder.skip(&self.bytes, self.base, at + 1..after);
            self.ends.resize(after - self.next, self.matches.len());
            at = after;
        }
    }

    /// Takes the way of the fewest bits.
    fn way(&mut self, count: usize, costs: &Costs) {
        let mut ways = std::mem::take(&mut self.ways);
        let segment = self.bytes.get(self.next..).unwrap_or_default();
        ways.clear();
        ways.resize(segment.len().min(count + LONGEST) + 1, (u32::MAX, Token::Byte(0)));
        if let Some(first) = ways.first_mut() {
            first.0 = 0;
        }
        self.steps += count as u64;
        let (mut place, mut seen) = (0, 0);
        while let Some((&byte, &found)) = segment.get(place).zip(self.ends.get(place)) {
            let matches = self.matches.get(seen..found).unwrap_or_default();
            seen = found;
            let Some((&mut (so_far, _), after)) = ways.get_mut(place..).and_then(<[_]>::split_first_mut)
            else {
                break;
            };
            place += 1;
            let mut next = 0;
            for &(length, distance) in matches {
                let last = usize::from(length);
                let first = if last + SHORTEST < self.effort.enough { next } else { last };
                let bits = so_far + costs.distance(distance);
                let ends = after.get_mut(first + SHORTEST - 1..last + SHORTEST).unwrap_or_default();
                let lengths = costs.lengths.get(first..=last).unwrap_or_default();
                self.lengths += ends.len() as u64;
                for ((end, length_bits), length) in ends.iter_mut().zip(lengths).zip(first..) {
                    improve(end, bits + u32::from(*length_bits), Token::Match(length as u8, distance));
                }
                next = last + 1;
            }
            if next + SHORTEST > self.effort.enough {
                place += next + SHORTEST - 2;
            } else if let Some(end) = after.first_mut() {
                improve(end, so_far + costs.byte(byte), Token::Byte(byte));
            }
        }
        let start = self.tokens.len();
        let mut place = end(&ways, count);
        while place > 0 {
            let token = ways.get(place).map_or(Token::Byte(0), |&(_, token)| token);
            place = place.saturating_sub(token.length());
            self.tokens.push(token);
        }
        self.tokens.get_mut(start..).unwrap_or_default().reverse();
        self.ways = ways;
    }
}

/// The place of the end that takes the fewest bits for each byte, one of those behind `count` bytes.
fn end(ways: &[(u32, Token)], count: usize) -> usize {
    let known = ways.iter().enumerate().skip(count).filter(|(_, way)| way.0 < u32::MAX);
    let ends = known.map(|(place, way)| ((u64::from(way.0) << 16) / place.max(1) as u64, place));
    ends.min().map_or(count, |(_, place)| place)
}

fn improve(way: &mut (u32, Token), bits: u32, token: Token) {
    if bits < way.0 {
        *way = (bits, token);
    }
}

impl Token {
    /// Bytes that it stands for.
    fn length(self) -> usize {
        match self {
            Self::Byte(_) => 1,
            Self::Match(length, _) => usize::from(length) + SHORTEST,
        }
    }
}

impl Costs {
    /// The bits of tokens whose codes are those for others.
    fn of(counts: &Counts) -> Self {
        let (symbols, distances) = counts.lengths();
        let of = |lengths: &[u8], symbol: usize| match lengths.get(symbol) {
            None | Some(0) => RARE,
            Some(length) => *length,
        };
        let place = |at: usize| u8::try_from(at).unwrap_or(u8::MAX);
        Self {
            bytes: std::array::from_fn(|byte| of(&symbols, byte)),
            lengths: std::array::from_fn(|length| {
                let (symbol, extra) = length_symbol(place(length));
                of(&symbols, symbol) + extra as u8
            }),
            distances: std::array::from_fn(|symbol| {
                of(&distances, symbol) + (symbol / 2).saturating_sub(1) as u8
            }),
        }
    }

    fn byte(&self, byte: u8) -> u32 {
        self.bytes.get(usize::from(byte)).copied().unwrap_or(RARE).into()
    }

    fn distance(&self, distance: u16) -> u32 {
        self.distances.get(distance_symbol(distance).0).copied().unwrap_or(RARE).into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const EFFORT: Effort = Effort { depth: 16, enough: 60, rounds: 2 };

    /// Deflates bytes in pieces, between two of which what is there is flushed.
    fn deflated(bytes: &[u8], piece: usize, flushed: usize) -> Vec<u8> {
        let mut closely = Closely::new(EFFORT, 3, 300);
        let mut file = vec![0x78, 0xda];
        for (number, piece) in bytes.chunks(piece).enumerate() {
            let flush = if number == flushed { DeflateFlush::SyncFlush } else { DeflateFlush::NoFlush };
            let before = file.len();
            let (written, _) = closely.write(piece, flush, |bytes| file.extend(bytes));
            assert_eq!(before + written, file.len());
        }
        closely.write(&[], DeflateFlush::Finish, |bytes| file.extend(bytes));
        let mut checksum = simd_adler32::Adler32::new();
        checksum.write(bytes);
        file.extend(checksum.finish().to_be_bytes());
        assert!(fdeflate::decompress_to_vec(&file).unwrap() == bytes);
        file
    }

    fn noise(count: usize, bits: u32) -> Vec<u8> {
        let mut state = 7u32;
        let next = |_| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> (32 - bits)) as u8
        };
        (0..count).map(next).collect()
    }

    #[test]
    fn bytes_come_back_whatever_they_are() {
        let text: Vec<u8> =
            noise(300_000, 6).chunks(7).flat_map(|part| [part, &part[..1], b"the"].concat()).collect();
        let far = [noise(WINDOW, 8), noise(WINDOW, 8), noise(WINDOW + 1, 8)].concat();
        let all =
            [vec![], vec![9], vec![5, 5, 5], vec![0; 200_000], noise(50_000, 8), noise(90_000, 1), text, far];
        for bytes in all {
            let whole = deflated(&bytes, usize::MAX, usize::MAX).len();
            for (piece, flushed) in [(1000, 3), (SEGMENT, 0), (70_001, 1)] {
                let pieces = deflated(&bytes, piece, flushed).len();
                assert!(pieces.abs_diff(whole) < 200 + whole / 20, "{pieces} and {whole}");
            }
        }
    }

    #[test]
    fn what_repeats_takes_few_bytes() {
        assert!(deflated(&[7; 100_000], usize::MAX, 9).len() < 130);
        let pixels: Vec<u8> = noise(20_000, 2)
            .into_iter()
            .flat_map(|index| [[9, 8, 7], [1, 2, 3], [250; 3], [4; 3]][usize::from(index)])
            .collect();
        let of = deflated(&pixels, usize::MAX, 9).len();
        assert!(of < 20_000 * 4 / 8, "four bits for each pixel: {of}");
        let rows = noise(300, 8).repeat(100);
        assert!(deflated(&rows, usize::MAX, 9).len() < 700);
    }
}
