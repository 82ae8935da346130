//! The size of the colour cache, and the first estimate of what symbols cost.

use super::histogram::Histogram;
use super::parse::greedy;
use super::tokens::{Match, Token};
use crate::vp8l::cache::ColorCache;
use crate::vp8l::distance::distance_code;
use alloc::vec::Vec;

/// Stretches of pixels that are looked at, at most, and the pixels in each.
const STRETCHES: usize = 16;
const STRETCH: usize = 1 << 13;

/// Tries sizes of the colour cache on stretches of an image, a size at a time.
pub(super) struct CacheTrial {
    sizes: Vec<u32>,
    /// The best so far: bits, the logarithm of the size, and counts.
    best: Option<(u64, u32, Histogram)>,
}

impl CacheTrial {
    /// Bytes held by a trial of sizes up to two to the power of `cache_bits`.
    pub(super) fn memory(cache_bits: u32) -> u64 {
        8 * super::histogram::symbols(cache_bits) as u64 + 4096 + ColorCache::MAX_BYTES
    }

    /// Tries the given sizes, as logarithms; 0 is for none.
    pub(super) fn new(sizes: &[u32]) -> Self {
        Self { sizes: sizes.iter().rev().copied().collect(), best: None }
    }

    /// Tries a size. Returns whether it was the last.
    pub(super) fn step(&mut self, pixels: &[u32], matches: &[Match], width: usize) -> bool {
        let Some(size) = self.sizes.pop() else { return true };
        let histogram = count(pixels, matches, width, size);
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

fn count(pixels: &[u32], matches: &[Match], width: usize, cache_bits: u32) -> Histogram {
    let mut histogram = Histogram::new(cache_bits);
    let stretch = STRETCH.max(pixels.len().min(STRETCH * STRETCHES));
    let apart = if stretch > STRETCH { stretch } else { pixels.len() / STRETCHES };
    for start in (0..pixels.len()).step_by(apart.max(1)) {
        let mut cache = ColorCache::new(cache_bits);
        let mut at = start;
        while at < (start + stretch).min(pixels.len()) {
            let Some(&color) = pixels.get(at) else { break };
            let choice = greedy(matches, at, width);
            let length = choice.pixels();
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
