//! The size of the colour cache, and the first estimate of what symbols cost.

use super::histogram::Histogram;
use super::parse::{Costs, greedy};
use super::tokens::{Match, Token};
use crate::vp8l::cache::ColorCache;
use crate::vp8l::distance::distance_code;
use alloc::vec::Vec;
use core::ops::Range;

/// Stretches of pixels that are looked at, at most, and the pixels in each.
const STRETCHES: usize = 16;
const STRETCH: usize = 1 << 13;

/// Pixels of copies that are long enough to say nothing about literals.
const LONG: usize = 16;

/// Tries sizes of the colour cache on stretches of an image, a size at a time.
pub(super) struct CacheTrial {
    sizes: Vec<u32>,
    /// What literals cost where copies are short.
    literals: Option<Costs>,
    /// The best so far: bits, the logarithm of the size, and counts.
    best: Option<(u64, u32, Histogram)>,
}

impl CacheTrial {
    /// Bytes held by a trial of sizes up to two to the power of `cache_bits`.
    pub(super) fn memory(cache_bits: u32) -> u64 {
        8 * super::histogram::symbols(cache_bits) as u64 + 16384 + ColorCache::MAX_BYTES
    }

    /// Tries the given sizes, as logarithms; 0 is for none.
    pub(super) fn new(sizes: &[u32]) -> Self {
        Self { sizes: sizes.iter().rev().copied().collect(), literals: None, best: None }
    }

    /// Tries a size. Returns whether it was the last.
    pub(super) fn step(&mut self, pixels: &[u32], matches: &[Match], width: usize) -> bool {
        let Some(size) = self.sizes.pop() else { return true };
        let literals = self.literals.get_or_insert_with(|| literal_costs(pixels, matches));
        let histogram = count(pixels, matches, literals, width, size);
        let parts = pixels.len().div_ceil(STRETCH * STRETCHES).max(1) as u64;
        // Codes do not grow with the image, and there are several groups of them.
        let bits = histogram.symbol_bits() * parts + 2 * histogram.code_bits();
        if self.best.as_ref().is_none_or(|&(least, ..)| bits < least) {
            self.best = Some((bits, size, histogram));
        }
        self.sizes.is_empty()
    }

    /// The best size, and counts of symbols with it.
    pub(super) fn into_best(self) -> (u32, Histogram) {
        self.best.map_or_else(|| (0, Histogram::new(0)), |(_, size, histogram)| (size, histogram))
    }
}

/// The stretches that are looked at.
fn stretches(pixels: usize) -> impl Iterator<Item = Range<usize>> {
    let whole = pixels <= STRETCH * STRETCHES;
    let (length, apart) = if whole { (pixels, pixels) } else { (STRETCH, pixels / STRETCHES) };
    (0..pixels).step_by(apart.max(1)).map(move |start| start..(start + length).min(pixels))
}

/// What literals cost where copies are short.
fn literal_costs(pixels: &[u32], matches: &[Match]) -> Costs {
    let mut histogram = Histogram::new(0);
    for stretch in stretches(pixels.len()) {
        let mut at = stretch.start;
        while let (true, Some(&color)) = (at < stretch.end, pixels.get(at)) {
            let length = matches.get(at).map_or(1, |best| best.length());
            if length < LONG {
                histogram.add(Token::Literal(color));
            }
            at += if length < LONG { 1 } else { length };
        }
    }
    Costs::new(&histogram, 0)
}

fn count(pixels: &[u32], matches: &[Match], literals: &Costs, width: usize, cache_bits: u32) -> Histogram {
    let mut histogram = Histogram::new(cache_bits);
    for stretch in stretches(pixels.len()) {
        let mut cache = ColorCache::new(cache_bits);
        let mut at = stretch.start;
        while let (true, Some(&color)) = (at < stretch.end, pixels.get(at)) {
            let length = greedy(pixels, matches, literals, at, width).pixels();
            let token = if length > 1 {
                let best = matches.get(at).copied().unwrap_or_default();
                Token::Copy { length: length as u32, distance: distance_code(best.distance(), width) }
            } else {
                cache.place_of(color).map_or(Token::Literal(color), Token::Cached)
            };
            if cache_bits > 0 {
                let passed = pixels.get(at..at + length).unwrap_or_default();
                passed.iter().for_each(|&color| cache.insert(color));
            }
            histogram.add(token);
            at += length;
        }
    }
    histogram
}
