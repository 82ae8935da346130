//! Images within the data: prefix codes, then tokens (RFC 9649, 3.6).

use super::bits::BitWriter;
use super::histogram::{Alphabets, GREEN, Histogram, OTHERS, extra_bits};
use super::lengths::write_code;
use super::matches::{Matcher, Search};
use super::parse::{Costs, Optimizer, greedy};
use super::prefix::Code;
use super::tokens::{Choice, Match, Source, Token, Walk};
use crate::vp8l::distance::value_symbol;
use alloc::vec;
use alloc::vec::Vec;

/// The codes of a group.
pub(super) struct Codes(Alphabets<Code>);

impl Codes {
    /// Writes the codes for symbols that occur this often. Counts the bits that the symbols will take.
    pub(super) fn write(bits: &mut BitWriter, histogram: &Histogram, symbol_bits: &mut u64) -> Self {
        let mut write = |counts: &[u32]| {
            let codes = write_code(bits, counts);
            let lengths = counts.iter().zip(&codes);
            *symbol_bits +=
                lengths.map(|(&count, code)| u64::from(count) * u64::from(code.length)).sum::<u64>();
            codes
        };
        let [green, red, blue, alpha, distance] = histogram.split();
        let green = write(green);
        let mut all = Vec::with_capacity(histogram.0.len());
        [red, blue, alpha, distance].map(&mut write).iter().for_each(|codes| all.extend_from_slice(codes));
        all.extend_from_slice(&green);
        Self(Alphabets(all))
    }

    #[inline(always)]
    fn put(&self, bits: &mut BitWriter, place: usize) {
        let code = self.0.0.get(place).copied().unwrap_or_default();
        bits.put(code.bits.into(), code.length.into());
    }

    /// Writes a token.
    #[inline(always)]
    pub(super) fn write_token(&self, bits: &mut BitWriter, token: Token) {
        match token {
            Token::Literal(color) => {
                let [blue, green, red, alpha] = color.to_le_bytes().map(usize::from);
                [OTHERS + green, red, 256 + blue, 512 + alpha]
                    .iter()
                    .for_each(|&place| self.put(bits, place));
            }
            Token::Cached(place) => self.put(bits, OTHERS + GREEN + place as usize),
            Token::Copy { length, distance } => {
                for (start, value) in [(OTHERS + 256, length), (768, distance)] {
                    let (symbol, count, extra) = value_symbol(value);
                    self.put(bits, start + symbol as usize);
                    bits.put(extra, count);
                }
            }
        }
    }
}

/// The most bits that writing an image of this many pixels by [`write_small`] holds, in bytes of memory.
pub(super) fn small_memory(pixels: usize) -> u64 {
    pixels as u64 * 6 + Matcher::memory(pixels) + Optimizer::BYTES + 32 * 1024
}

/// Writes an image that is sent with a transform, or that of the groups: in one go, with one group.
pub(super) fn write_small(bits: &mut BitWriter, pixels: &[u32], width: usize, search: Search) {
    bits.put(0, 1); // no colour cache
    let mut matches = vec![Match::default(); pixels.len()];
    let mut matcher = Matcher::new(pixels.len(), search);
    while !matcher.step(pixels, &mut matches, width, usize::MAX / 2) {}
    let mut choices: Vec<Choice> = Vec::with_capacity(pixels.len());
    choices.resize(pixels.len(), Choice::LITERAL);
    let literals = count(&Source { pixels, matches: &matches, choices: &choices, width });
    let costs = Costs::new(&literals.0, 0);
    let mut at = 0;
    while let Some(choice) = choices.get_mut(at) {
        *choice = greedy(pixels, &matches, &costs, at, width);
        at += choice.pixels();
    }
    let mut best = (literals, vec![]);
    for round in 0..2 {
        let counted = count(&Source { pixels, matches: &matches, choices: &choices, width });
        if counted.1 < best.0.1 {
            let costs = Costs::new(&counted.0, 0);
            best = (counted, choices.clone());
            if round == 0 {
                let mut optimizer = Optimizer::new(costs, 0);
                while !optimizer.step(pixels, &matches, &mut choices, width, usize::MAX / 2) {}
            }
        }
    }
    let ((histogram, _), choices) = best;
    let source = Source { pixels, matches: &matches, choices: &choices, width };
    let codes = Codes::write(bits, &histogram, &mut 0);
    let mut walk = Walk::new(0);
    while let Some(token) = walk.next(&source) {
        codes.write_token(bits, token);
    }
}

/// Counts the symbols of an image, and the bits that it takes, about.
fn count(source: &Source<'_>) -> (Histogram, u64) {
    let mut histogram = Histogram::new(0);
    let mut extra = 0;
    let mut walk = Walk::new(0);
    while let Some(token) = walk.next(source) {
        histogram.add(token);
        extra += u64::from(extra_bits(token));
    }
    let bits = histogram.bits() + (extra << 16);
    (histogram, bits)
}
