//! Earlier pixels that are the same as those at hand.
//!
//! Every pixel is linked to the one before that begins with the same two pixels or, within a run of a colour, to one
//! that has as much of its run before it. Then, from the end, each link is replaced by the longest match that a bounded
//! number of links leads to. As matches reach backwards, they need no links but those that are still there.

use super::tokens::Match;
use crate::vp8l::distance::{MAX_DISTANCE, MAX_LENGTH};
use alloc::vec;
use alloc::vec::Vec;

/// Pixels that a search compares at most, apart from those of its longest match.
const MAX_COMPARED: usize = 1024;

/// Pixels that searches compare at most, on average, before they look at fewer.
const MAX_COMPARED_EACH: u64 = 256;

/// A match that is long enough to end a search.
const LONG: usize = 256;

/// Finds the matches of an image.
pub(super) struct Matcher {
    /// Pixels before the current one that have links, then pixels that wait for their match.
    at: usize,
    linked: bool,
    /// By hash: one more than the last pixel that has it.
    heads: Vec<u32>,
    shift: u32,
    /// The run that the pixel before was in: where it ends.
    run_end: usize,
    settings: Search,
    /// Searches, and those that found a match, of late.
    tries: usize,
    found: usize,
    /// Pixels compared so far, and places at which they were.
    compared: u64,
    attempts: u64,
    /// Rough number of instructions of linking and of what is done for every pixel.
    base_work: u64,
}

/// How hard to look.
#[derive(Clone, Copy)]
pub(super) struct Search {
    /// Links to follow at most, for each pixel.
    pub(super) links: usize,
    /// A match of this length is taken over by the pixels before it, without a search of their own.
    pub(super) enough: usize,
}

/// The logarithm of the number of hashes, for an image with this many pixels.
fn hash_bits(pixels: usize) -> u32 {
    (usize::BITS - pixels.leading_zeros()).clamp(8, 18)
}

impl Matcher {
    /// Bytes held while the matches of this many pixels are found, apart from the matches.
    pub(super) fn memory(pixels: usize) -> u64 {
        4 << hash_bits(pixels)
    }

    pub(super) fn new(pixels: usize, settings: Search) -> Self {
        let bits = hash_bits(pixels);
        let heads = vec![0; 1 << bits];
        Self {
            at: 0,
            linked: false,
            heads,
            shift: 32 - bits,
            run_end: 0,
            settings,
            tries: 0,
            found: 0,
            compared: 0,
            attempts: 0,
            base_work: 0,
        }
    }

    /// Goes on by about `some` pixels. Returns whether all matches have been found. Every call gets the same slices, the
    /// matches being as many as the pixels.
    pub(super) fn step(&mut self, pixels: &[u32], matches: &mut [Match], width: usize, some: usize) -> bool {
        self.base_work += 50 * some.min(pixels.len()) as u64;
        if !self.linked {
            self.link(pixels, matches, some);
            if self.at + 1 >= pixels.len() {
                self.linked = true;
                self.heads = Vec::new();
                self.at = pixels.len();
                if let Some(last) = matches.last_mut() {
                    *last = Match::default();
                }
            }
            return false;
        }
        let end = self.at.saturating_sub(some);
        while self.at > end.max(1) {
            self.at -= 1;
            self.find(pixels, matches, width);
        }
        if self.at > 1 {
            return false;
        }
        if let Some(first) = matches.first_mut() {
            *first = Match::default();
        }
        true
    }

    /// Rough number of instructions so far.
    pub(super) fn work(&self) -> u64 {
        self.base_work + 25 * self.attempts + 4 * self.compared
    }

    /// Links pixels to earlier ones.
    fn link(&mut self, pixels: &[u32], matches: &mut [Match], some: usize) {
        let end = (self.at + some).min(pixels.len().saturating_sub(1));
        while self.at < end {
            let (Some(&color), Some(&next)) = (pixels.get(self.at), pixels.get(self.at + 1)) else { return };
            let key = if color == next {
                if self.at >= self.run_end {
                    let rest = pixels.get(self.at..).unwrap_or_default();
                    let run = rest.iter().take(4 * MAX_LENGTH).take_while(|&&other| other == color).count();
                    self.run_end = self.at + run;
                }
                (self.run_end - self.at) as u32 | 1 << 31
            } else {
                let third = pixels.get(self.at + 2).copied().unwrap_or(0);
                next.wrapping_add(third.wrapping_mul(0xC2B2_AE35))
            };
            let hash = color.wrapping_mul(0x9E37_79B1).wrapping_add(key).wrapping_mul(0x85EB_CA6B);
            let slot = self.heads.get_mut((hash >> self.shift) as usize);
            if let (Some(head), Some(link)) = (slot, matches.get_mut(self.at)) {
                *link = Match(*head);
                *head = self.at as u32 + 1;
            }
            self.at += 1;
        }
    }

    /// Finds the match of a pixel, and of those before it that it serves as well.
    fn find(&mut self, pixels: &[u32], matches: &mut [Match], width: usize) {
        let (mut length, distance) = self.search(pixels, matches, width, self.at);
        loop {
            let best = if length >= 2 { Match::new(length, distance) } else { Match::default() };
            if let Some(to) = matches.get_mut(self.at) {
                *to = best;
            }
            let before = self.at - 1;
            let same = length >= self.settings.enough
                && before >= distance.max(1)
                && pixels.get(before) == pixels.get(before - distance);
            if !same {
                return;
            }
            self.at = before;
            length = (length + 1).min(MAX_LENGTH);
        }
    }

    /// The longest match for a pixel that is found, and its distance.
    fn search(&mut self, pixels: &[u32], matches: &[Match], width: usize, at: usize) -> (usize, usize) {
        let Some(here) = pixels.get(at..) else { return (0, 0) };
        // Where pixels are such that searches compare many of them, time and again, the work must remain linear.
        let hard = self.compared > MAX_COMPARED_EACH * (pixels.len() - at) as u64 + (1 << 20);
        let here = here.get(..here.len().min(if hard { 32 } else { MAX_LENGTH })).unwrap_or_default();
        let mut best = (0, 0);
        let mut budget = MAX_COMPARED;
        let mut attempt = |distance: usize, best: &mut (usize, usize)| {
            let Some(there) = pixels.get(at - distance..) else { return false };
            self.attempts += 1;
            if here.get(best.0).is_none() || here.get(best.0) != there.get(best.0) {
                return true;
            }
            let length = here.iter().zip(there).take_while(|(a, b)| a == b).count();
            budget = budget.saturating_sub(length);
            self.compared += length as u64;
            if length > best.0 {
                *best = (length, distance);
            }
            length < LONG && budget > 0
        };
        for distance in [1, width] {
            if distance <= at && !attempt(distance, &mut best) {
                return best;
            }
        }
        let mut link = matches.get(at).map_or(0, |link| link.0 as usize);
        let mut left = match self.tries {
            few if few > 8 * self.found + 4096 => self.settings.links / 16,
            few if few > 2 * self.found + 4096 => self.settings.links / 4,
            _ => self.settings.links,
        };
        while link > 0 && left > 0 && at - (link - 1) <= MAX_DISTANCE {
            if !attempt(at - (link - 1), &mut best) {
                break;
            }
            link = matches.get(link - 1).map_or(0, |link| link.0 as usize);
            left -= 1;
        }
        self.count(best.0);
        best
    }

    /// Keeps an account of how many pixels find matches. Where few do, as in photographs, searches are short.
    fn count(&mut self, length: usize) {
        self.tries += 1;
        self.found += usize::from(length > 3);
        if self.tries >= 1 << 16 {
            self.tries /= 2;
            self.found /= 2;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matches(pixels: &[u32], width: usize) -> Vec<Match> {
        let mut matches = vec![Match::default(); pixels.len()];
        let mut matcher = Matcher::new(pixels.len(), Search { links: 32, enough: 8 });
        while !matcher.step(pixels, &mut matches, width, 7) {}
        matches
    }

    #[test]
    fn matches_are_the_same_pixels() {
        let mut seed = 1u32;
        for colors in [1, 2, 5, 200] {
            let pixels: Vec<u32> = (0..5000)
                .map(|_| {
                    seed = seed.wrapping_mul(1664525).wrapping_add(1013904223);
                    (seed >> 20) % colors
                })
                .collect();
            let found = matches(&pixels, 50);
            for (at, found) in found.iter().enumerate().filter(|(_, found)| found.distance() > 0) {
                let (length, distance) = (found.length(), found.distance());
                assert!(length >= 2 && distance <= at && at + length <= pixels.len());
                assert_eq!(pixels[at..at + length], pixels[at - distance..at - distance + length]);
            }
        }
    }

    #[test]
    fn a_repeated_passage_is_found_as_a_whole() {
        let passage: Vec<u32> = (0..300).map(|at: u32| at.wrapping_mul(0x9E37_79B9)).collect();
        let pixels = [&passage[..], &[1, 2, 3], &passage[..]].concat();
        let found = matches(&pixels, 10);
        assert_eq!((found[303].length(), found[303].distance()), (300, 303));
        assert_eq!((found[400].length(), found[400].distance()), (203, 303));
    }

    #[test]
    fn a_long_run_is_one_match_after_another() {
        let found = matches(&[5; 10_000], 100);
        assert!(found[1].length() == 4096 && found[1].distance() <= 100);
        assert_eq!(found[0].distance(), 0);
    }
}
