//! The size of the colour cache, and the first estimate of what symbols cost.
//!
//! All sizes are tried in one pass. A place of a smaller cache stands for several of a larger one, so that a colour that is
//! in one cache is in all that are larger.

use super::histogram::{GREEN, Histogram, OTHERS, symbols};
use super::parse::{Costs, greedy};
use super::tokens::{Match, Token};
use crate::vp8l::cache::ColorCache;
use crate::vp8l::distance::distance_code;
use alloc::vec::Vec;
use core::ops::Range;

/// Stretches of pixels that are looked at, at most, and the pixels in each.
const STRETCHES: usize = 16;
const STRETCH: usize = 1 << 13;

/// Pixels that are looked at, at most.
pub(super) const SAMPLE: usize = STRETCHES * STRETCH;

/// Pixels of copies that are long enough to say nothing about literals.
const LONG: usize = 16;

/// Bytes held while sizes are tried.
pub(super) fn memory(sizes: &[u32]) -> u64 {
    let of_costs = 6 * symbols(0) as u64;
    let of_size = |&bits: &u32| 4 * symbols(bits) as u64 + (4 << bits) + 128;
    of_costs + sizes.iter().map(of_size).sum::<u64>()
}

/// The best of the given sizes, which are logarithms in ascending order, and 0 for none; and counts of symbols with it.
pub(super) fn choose_cache(
    pixels: &[u32],
    matches: &[Match],
    width: usize,
    sizes: &[u32],
) -> (u32, Histogram) {
    let histograms = count(pixels, matches, width, sizes);
    let parts = pixels.len().div_ceil(SAMPLE).max(1) as u64;
    // Codes do not grow with the image, and there are several groups of them.
    let bits = |histogram: &Histogram| histogram.symbol_bits() * parts + 2 * histogram.code_bits();
    let best = sizes.iter().copied().zip(histograms).min_by_key(|(_, histogram)| bits(histogram));
    best.unwrap_or_else(|| (0, Histogram::new(0)))
}

/// The stretches that are looked at.
fn stretches(pixels: usize) -> impl Iterator<Item = Range<usize>> {
    let (length, apart) = if pixels <= SAMPLE { (pixels, pixels) } else { (STRETCH, pixels / STRETCHES) };
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

/// Counts the symbols with each size.
fn count(pixels: &[u32], matches: &[Match], width: usize, sizes: &[u32]) -> Vec<Histogram> {
    let literals = literal_costs(pixels, matches);
    let mut histograms: Vec<Histogram> = sizes.iter().map(|&bits| Histogram::new(bits)).collect();
    let most = sizes.len().max(1) - 1;
    for stretch in stretches(pixels.len()) {
        let mut caches: Vec<ColorCache> = sizes.iter().map(|&bits| ColorCache::new(bits)).collect();
        let mut at = stretch.start;
        while let (true, Some(&color)) = (at < stretch.end, pixels.get(at)) {
            let length = greedy(pixels, matches, &literals, at, width).pixels();
            // A token counts for the largest cache with which it is what it is: for smaller ones it is the same.
            if length > 1 {
                let best = matches.get(at).copied().unwrap_or_default();
                let distance = distance_code(best.distance(), width);
                add(&mut histograms, most, Token::Copy { length: length as u32, distance });
            } else {
                for (size, cache) in caches.iter().enumerate().rev() {
                    let Some(place) = cache.place_of(color) else {
                        add(&mut histograms, size, Token::Literal(color));
                        break;
                    };
                    add(&mut histograms, size, Token::Cached(place));
                }
            }
            for &color in pixels.get(at..at + length).unwrap_or_default() {
                caches.iter_mut().for_each(|cache| cache.insert(color));
            }
            at += length;
        }
    }
    let mut larger: Option<&Histogram> = None;
    for histogram in histograms.iter_mut().rev() {
        if let Some(larger) = larger {
            let uncached = histogram.0.iter_mut().zip(&larger.0).take(OTHERS + GREEN);
            uncached.for_each(|(count, larger)| *count += larger);
        }
        larger = Some(histogram);
    }
    histograms
}

fn add(histograms: &mut [Histogram], size: usize, token: Token) {
    if let Some(histogram) = histograms.get_mut(size) {
        histogram.add(token);
    }
}
