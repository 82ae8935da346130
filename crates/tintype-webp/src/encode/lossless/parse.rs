//! Which pixels become copies.
//!
//! The cheap way takes matches as they come. The good way knows what symbols cost, from counts of a parse before it, and
//! finds the cheapest way to every pixel: by a literal or cached colour from the one before, or by a copy. Copies
//! considered are of the pixel's match, of the pixel to the left, and of the row above, with the longest length for each
//! symbol.

use super::entropy::{COST_FRACTION, costs_of};
use super::histogram::{Alphabets, Histogram, Places, extra_bits, places};
use super::tokens::{Choice, From, Match, Token};
use crate::vp8l::cache::ColorCache;
use crate::vp8l::distance::{MAX_LENGTH, distance_code, value_symbol};
use alloc::vec;
use alloc::vec::Vec;

/// The longest copies of each symbol.
const ENDS: [usize; 24] = [
    1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512, 768, 1024, 1536, 2048, 3072, 4096,
];

/// A copy that is long enough not to look for ways into its middle.
const LONG: usize = 128;

/// What the symbols of a copy cost in the cheap way, in bits.
const COPY: u32 = 12;

/// Pixels that the cheap way copies without asking what they would cost otherwise.
const ALWAYS: usize = 64;

/// What the cheap way does at a pixel: it copies what costs more as literals. Otherwise it would copy many short passages
/// where literals take few bits, as in smooth photographs.
#[inline(always)]
pub(super) fn greedy(pixels: &[u32], matches: &[Match], costs: &Costs, at: usize, width: usize) -> Choice {
    let best = matches.get(at).copied().unwrap_or_default();
    let length = best.length();
    if length < 2 || matches.get(at + 1).is_some_and(|next| next.length() > length + 1) {
        return Choice::LITERAL;
    }
    let copy = Choice::copy(length, From::Match);
    if length >= ALWAYS {
        return copy;
    }
    let token = Token::Copy { length: length as u32, distance: distance_code(best.distance(), width) };
    let limit = (COPY + extra_bits(token)) << COST_FRACTION;
    let copied = pixels.get(at..at + length).unwrap_or_default();
    if costs.literals_exceed(copied, limit) { copy } else { Choice::LITERAL }
}

/// What symbols cost, in units of 2^-8 bits.
pub(super) struct Costs(Alphabets<u16>);

impl Costs {
    pub(super) fn new(histogram: &Histogram, cache_bits: u32) -> Self {
        let mut costs = Alphabets::new(cache_bits);
        let mut rest = costs.0.as_mut_slice();
        let [green, red, blue, alpha, distance] = histogram.split();
        for counts in [red, blue, alpha, distance, green] {
            let Some((these, after)) = rest.split_at_mut_checked(counts.len()) else { break };
            costs_of(counts, these);
            rest = after;
        }
        Self(costs)
    }

    /// The cost of a token, without the bits that follow its symbols.
    #[inline(always)]
    fn of(&self, token: Token) -> u32 {
        let (green, others) = self.green_and_others(token);
        green + others
    }

    /// Whether pixels cost more than this as literals.
    fn literals_exceed(&self, pixels: &[u32], limit: u32) -> bool {
        let mut sum = 0;
        pixels.iter().any(|&pixel| {
            sum += self.of(Token::Literal(pixel));
            sum > limit
        })
    }

    /// The cost of a token: what is due to green, lengths and cached colours, and the rest.
    #[inline(always)]
    pub(super) fn green_and_others(&self, token: Token) -> (u32, u32) {
        let cost = |place: usize| self.0.0.get(place).map_or(0, |&cost| u32::from(cost));
        match places(token) {
            Places::Literal([green, red, blue, alpha]) => (cost(green), cost(red) + cost(blue) + cost(alpha)),
            Places::Copy([length, distance]) => (cost(length), cost(distance)),
            Places::Cached(place) => (cost(place), 0),
        }
    }

    /// The costs of all symbols.
    pub(super) fn all(&self) -> &[u16] {
        &self.0.0
    }

    /// The costs of copies, by the symbols of their lengths, and by those of their distances.
    fn of_copies(&self) -> ([u32; 24], [u32; 40]) {
        let [green, .., distances] = self.0.split();
        let mut copies = ([0; 24], [0; 40]);
        let lengths = green.get(256..).unwrap_or_default();
        for (costs, to) in [(lengths, &mut copies.0[..]), (distances, &mut copies.1[..])] {
            for (symbol, (cost, to)) in (0u32..).zip(costs.iter().zip(to)) {
                *to = u32::from(*cost) + ((symbol.max(2) - 2) >> 1 << COST_FRACTION);
            }
        }
        copies
    }
}

/// Makes choices the cheap way.
pub(super) struct Greedy {
    at: usize,
    cache: ColorCache,
    costs: Costs,
}

impl Greedy {
    pub(super) fn new(costs: Costs, cache_bits: u32) -> Self {
        Self { at: 0, cache: ColorCache::new(cache_bits), costs }
    }

    /// Goes on by about `some` pixels. Returns whether all choices have been made.
    pub(super) fn step(
        &mut self,
        pixels: &[u32],
        matches: &[Match],
        choices: &mut [Choice],
        width: usize,
        some: usize,
    ) -> bool {
        let end = (self.at + some).min(pixels.len());
        while self.at < end {
            let mut choice = greedy(pixels, matches, &self.costs, self.at, width);
            let passed = pixels.get(self.at..self.at + choice.pixels()).unwrap_or_default();
            if let (Choice::LITERAL, &[color]) = (choice, passed)
                && self.cache.place_of(color).is_some()
            {
                choice = Choice::CACHED;
            } else if !self.cache.is_empty() {
                passed.iter().for_each(|&color| self.cache.insert(color));
            }
            if let Some(to) = choices.get_mut(self.at) {
                *to = choice;
            }
            self.at += choice.pixels();
        }
        self.at >= pixels.len()
    }

    pub(super) fn into_costs(self) -> Costs {
        self.costs
    }
}

/// Costs of ways, by the last bits of the pixel they lead to.
const RING: usize = 2 * MAX_LENGTH;

/// Finds the cheapest choices.
pub(super) struct Optimizer {
    at: usize,
    cache: ColorCache,
    costs: Costs,
    lengths: [u32; 24],
    distances: [u32; 40],
    ways: Vec<u64>,
    /// Where the pixels that are the same as those to their left end, and those that are the same as above.
    left_end: usize,
    above_end: usize,
    /// The pixel after the choices that have been put in order, which begins at the end.
    back: Option<usize>,
}

impl Optimizer {
    /// Bytes that it holds.
    pub(super) const BYTES: u64 = 8 * RING as u64 + 2 * 4096 + ColorCache::MAX_BYTES;

    pub(super) fn new(costs: Costs, cache_bits: u32) -> Self {
        let (lengths, distances) = costs.of_copies();
        let mut ways = vec![u64::MAX; RING];
        if let Some(first) = ways.first_mut() {
            *first = 0;
        }
        let cache = ColorCache::new(cache_bits);
        Self { at: 0, cache, costs, lengths, distances, ways, left_end: 0, above_end: 0, back: None }
    }

    /// Goes on by about `some` pixels. Returns whether all choices have been made.
    pub(super) fn step(
        &mut self,
        pixels: &[u32],
        matches: &[Match],
        choices: &mut [Choice],
        width: usize,
        some: usize,
    ) -> bool {
        if self.back.is_some() {
            return self.go_back(choices, some);
        }
        let end = (self.at + some).min(pixels.len());
        while self.at < end {
            self.advance(pixels, matches, choices, width);
        }
        if self.at >= pixels.len() {
            self.back = Some(pixels.len());
        }
        false
    }

    pub(super) fn into_costs(self) -> Costs {
        self.costs
    }

    /// Finds the ways from a pixel.
    #[inline(always)]
    fn advance(&mut self, pixels: &[u32], matches: &[Match], choices: &mut [Choice], width: usize) {
        let Some(&color) = pixels.get(self.at) else { return };
        let here = self.take_way(self.at);
        let (token, choice) = match self.cache.place_of(color) {
            Some(place) => (Token::Cached(place), Choice::CACHED),
            None => (Token::Literal(color), Choice::LITERAL),
        };
        self.offer(choices, self.at + 1, here + u64::from(self.costs.of(token)), choice);
        let best = matches.get(self.at).copied().unwrap_or_default();
        let left = run(pixels, self.at, 1, &mut self.left_end);
        let above = run(pixels, self.at, width, &mut self.above_end);
        let longest = best.length().max(left).max(above);
        let all = longest < LONG;
        let offers = [
            (left, 1, From::Left),
            (above, width, From::Above),
            (best.length(), best.distance(), From::Match),
        ];
        if longest >= 2 {
            for (length, distance, from) in offers {
                if length >= 2 && (all || length == longest) {
                    self.copies(choices, here, from, length, distance_code(distance, width), all);
                }
            }
        }
        if all {
            self.cache.insert(color);
            self.at += 1;
            return;
        }
        let end = self.at + longest;
        if !self.cache.is_empty() {
            let passed = pixels.get(self.at..end).unwrap_or_default();
            passed.iter().for_each(|&color| self.cache.insert(color));
        }
        (self.at + 1..end).for_each(|at| _ = self.take_way(at));
        self.at = end;
    }

    /// The cost of the cheapest way to a pixel, whose place is free again.
    #[inline(always)]
    fn take_way(&mut self, at: usize) -> u64 {
        self.ways.get_mut(at % RING).map_or(0, |way| core::mem::replace(way, u64::MAX))
    }

    /// Offers a way to a pixel.
    #[inline(always)]
    fn offer(&mut self, choices: &mut [Choice], to: usize, cost: u64, choice: Choice) {
        if let (Some(way), Some(last)) = (self.ways.get_mut(to % RING), choices.get_mut(to - 1))
            && cost < *way
        {
            *way = cost;
            *last = choice;
        }
    }

    /// Offers the ways by copies of up to a length, or of just that.
    #[inline(always)]
    fn copies(&mut self, choices: &mut [Choice], here: u64, from: From, length: usize, code: u32, all: bool) {
        let (symbol, ..) = value_symbol(code);
        let here = here + u64::from(self.distances.get(symbol as usize).copied().unwrap_or(0));
        let (last, ..) = value_symbol(length as u32);
        let lengths = self.lengths;
        if all {
            for (&end, &cost) in ENDS.iter().zip(&lengths).take(last as usize).skip(1) {
                self.offer(choices, self.at + end, here + u64::from(cost), Choice::copy(end, from));
            }
        }
        let cost = lengths.get(last as usize).copied().unwrap_or(0);
        self.offer(choices, self.at + length, here + u64::from(cost), Choice::copy(length, from));
    }

    /// Puts choices in order: from where their tokens end to where they begin.
    fn go_back(&mut self, choices: &mut [Choice], some: usize) -> bool {
        let mut end = self.back.unwrap_or(0);
        let stop = end.saturating_sub(some);
        while end > stop {
            let choice = choices.get(end - 1).copied().unwrap_or_default();
            end = end.saturating_sub(choice.pixels());
            if let Some(first) = choices.get_mut(end) {
                *first = choice;
            }
        }
        self.back = Some(end);
        end == 0
    }
}

/// Pixels from `at` on that are the same as those a distance before, at most as many as a copy takes. `end` is where
/// they ended when they were last looked for.
#[inline(always)]
fn run(pixels: &[u32], at: usize, distance: usize, end: &mut usize) -> usize {
    if *end <= at {
        let Some(before) = at.checked_sub(distance) else { return 0 };
        if pixels.get(at) != pixels.get(before) {
            return 0;
        }
        let (here, there) = (pixels.get(at..).unwrap_or_default(), pixels.get(before..).unwrap_or_default());
        *end = at + here.iter().zip(there).take_while(|(a, b)| a == b).count();
    }
    (*end - at).min(MAX_LENGTH)
}
