//! How often symbols occur.

use super::entropy::bits_of;
use super::tokens::Token;
use crate::vp8l::distance::value_symbol;
use alloc::vec;
use alloc::vec::Vec;

/// Literals of green and lengths of copies, before the places of the colour cache.
pub(super) const GREEN: usize = 256 + 24;

/// Symbols of the other codes: red, blue, alpha and distances.
pub(super) const OTHERS: usize = 3 * 256 + DISTANCES;
const DISTANCES: usize = 40;

/// Symbols of all five codes, with a colour cache of this logarithm of a size.
pub(super) fn symbols(cache_bits: u32) -> usize {
    OTHERS + GREEN + if cache_bits == 0 { 0 } else { 1 << cache_bits }
}

/// Something for each symbol of the five codes of a group, in one run: red, blue, alpha, distances, and green.
#[derive(Clone, Default)]
pub(super) struct Alphabets<T>(pub(super) Vec<T>);

impl<T: Copy + Default> Alphabets<T> {
    pub(super) fn new(cache_bits: u32) -> Self {
        Self(vec![T::default(); symbols(cache_bits)])
    }

    /// The five alphabets, in the order in which their codes are written.
    pub(super) fn split(&self) -> [&[T]; 5] {
        let (red, rest) = self.0.split_at_checked(256).unwrap_or_default();
        let (blue, rest) = rest.split_at_checked(256).unwrap_or_default();
        let (alpha, rest) = rest.split_at_checked(256).unwrap_or_default();
        let (distance, green) = rest.split_at_checked(DISTANCES).unwrap_or_default();
        [green, red, blue, alpha, distance]
    }
}

/// The symbols of a token, as places in [`Alphabets`].
pub(super) enum Places {
    /// Green, red, blue and alpha.
    Literal([usize; 4]),
    Cached(usize),
    /// The length and the distance.
    Copy([usize; 2]),
}

#[inline(always)]
pub(super) fn places(token: Token) -> Places {
    match token {
        Token::Literal(color) => {
            let [blue, green, red, alpha] = color.to_le_bytes().map(usize::from);
            Places::Literal([OTHERS + green, red, 256 + blue, 512 + alpha])
        }
        Token::Cached(place) => Places::Cached(OTHERS + GREEN + place as usize),
        Token::Copy { length, distance } => {
            let (length, distance) = (value_symbol(length).0, value_symbol(distance).0);
            Places::Copy([OTHERS + 256 + length as usize, 768 + distance as usize])
        }
    }
}

/// How often each symbol occurs.
pub(super) type Histogram = Alphabets<u32>;

impl Histogram {
    #[inline(always)]
    pub(super) fn add(&mut self, token: Token) {
        let mut count = |place: usize| self.0.get_mut(place).map(|count| *count += 1).unwrap_or_default();
        match places(token) {
            Places::Literal(places) => places.into_iter().for_each(count),
            Places::Copy(places) => places.into_iter().for_each(count),
            Places::Cached(place) => count(place),
        }
    }

    /// Whether no symbol occurs.
    pub(super) fn is_empty(&self) -> bool {
        self.0.iter().all(|&count| count == 0)
    }

    pub(super) fn add_all(&mut self, other: &Self) {
        for (count, other) in self.0.iter_mut().zip(&other.0) {
            *count += other;
        }
    }

    /// The bits that the symbols and their codes take, about, without those that follow symbols, in units of 2^-16.
    pub(super) fn bits(&self) -> u64 {
        self.symbol_bits() + self.code_bits()
    }

    /// The bits that the symbols take.
    pub(super) fn symbol_bits(&self) -> u64 {
        self.split().into_iter().map(|counts| bits_of(counts.iter().copied())).sum()
    }

    /// The bits that the codes take, about.
    pub(super) fn code_bits(&self) -> u64 {
        self.split().into_iter().map(|counts| code_bits(Used::of(counts).words())).sum()
    }
}

/// Which symbols of an alphabet occur: a bit for each.
pub(super) struct Used(Vec<u64>);

impl Used {
    pub(super) fn of(counts: &[u32]) -> Self {
        let word = |counts: &[u32]| {
            (0..).zip(counts).fold(0, |word, (bit, &count)| word | u64::from(count > 0) << bit)
        };
        Self(counts.chunks(64).map(word).collect())
    }

    pub(super) fn words(&self) -> impl Iterator<Item = u64> {
        self.0.iter().copied()
    }
}

/// The bits that a code takes, about, given which symbols it has, in units of 2^-16.
pub(super) fn code_bits(words: impl Iterator<Item = u64>) -> u64 {
    let (mut used, mut runs, mut last) = (0, 0, 0);
    for word in words {
        used += u64::from(word.count_ones());
        runs += u64::from((word & !(word << 1 | last)).count_ones());
        last = word >> 63;
    }
    if used <= 2 { 12 << 16 } else { (50 + used * 3 + runs * 4) << 16 }
}

/// The bits that follow the symbols of a token.
pub(super) fn extra_bits(token: Token) -> u32 {
    match token {
        Token::Copy { length, distance } => value_symbol(length).1 + value_symbol(distance).1,
        _ => 0,
    }
}
