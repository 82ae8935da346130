//! Merging groups of codes: two that save the most bits, as long as any do.
//!
//! What a pair would take is computed from the symbols that both have; those of one alone are the same as before.

use super::entropy::product;
use super::histogram::{Histogram, Used, code_bits};
use alloc::vec;
use alloc::vec::Vec;

/// The most groups.
pub(super) const LANES: usize = 32;

/// Bytes that merging holds, for histograms of this many symbols.
pub(super) fn memory(symbols: usize) -> u64 {
    (LANES * (8 * LANES + symbols / 8 + 5 * (size_of::<Alphabet>() + 8))) as u64
}

/// What a histogram's alphabet takes.
struct Alphabet {
    used: Used,
    total: u32,
    /// The sum of counts times their logarithms.
    products: u64,
    /// The bits of symbols and of their code.
    bits: u64,
}

impl Alphabet {
    fn new(counts: &[u32]) -> Self {
        let used = Used::of(counts);
        let total = counts.iter().sum();
        let products = counts.iter().map(|&count| product(count)).sum();
        let bits = product(total).saturating_sub(products) + code_bits(used.words());
        Self { used, total, products, bits }
    }

    /// The bits that two take together, given the counts of both.
    fn bits_with(&self, counts: &[u32], other: &Self, others: &[u32]) -> u64 {
        let mut products = self.products + other.products;
        for (at, (a, b)) in self.used.words().zip(other.used.words()).enumerate() {
            let mut both = a & b;
            while both != 0 {
                let symbol = at * 64 + both.trailing_zeros() as usize;
                both &= both - 1;
                if let (Some(&a), Some(&b)) = (counts.get(symbol), others.get(symbol)) {
                    products += product(a + b) - product(a) - product(b);
                }
            }
        }
        let either = self.used.words().zip(other.used.words()).map(|(a, b)| a | b);
        product(self.total + other.total).saturating_sub(products) + code_bits(either)
    }
}

/// Merges groups as long as that saves bits, and drops those that are empty.
pub(super) fn merge(histograms: &mut Vec<Histogram>) {
    histograms.retain(|histogram| !histogram.is_empty());
    let mut groups: Vec<[Alphabet; 5]> = histograms.iter().map(alphabets).collect();
    // What merging saves, by the earlier of two groups and the later one.
    let mut savings = vec![[0; LANES]; groups.len()];
    for at in 0..groups.len() {
        for other in at + 1..groups.len() {
            set(&mut savings, at, other, saved(histograms, &groups, at, other));
        }
    }
    while let Some((at, other)) = best(&savings) {
        let Some(from) = histograms.get_mut(other).map(core::mem::take) else { return };
        if let (Some(to), Some(group)) = (histograms.get_mut(at), groups.get_mut(at)) {
            to.add_all(&from);
            *group = alphabets(to);
        }
        for third in 0..groups.len() {
            set(&mut savings, other.min(third), other.max(third), 0);
            let there = histograms.get(third).is_some_and(|histogram| !histogram.is_empty());
            if third != at && there {
                let (first, second) = (at.min(third), at.max(third));
                set(&mut savings, first, second, saved(histograms, &groups, first, second));
            }
        }
    }
    histograms.retain(|histogram| !histogram.is_empty());
}

fn alphabets(histogram: &Histogram) -> [Alphabet; 5] {
    histogram.split().map(Alphabet::new)
}

fn set(savings: &mut [[u64; LANES]], at: usize, other: usize, saved: u64) {
    if let Some(to) = savings.get_mut(at).and_then(|savings| savings.get_mut(other)) {
        *to = saved;
    }
}

/// The pair that saves the most bits.
fn best(savings: &[[u64; LANES]]) -> Option<(usize, usize)> {
    let mut best = (0, None);
    for (at, savings) in savings.iter().enumerate() {
        for (other, &saved) in savings.iter().enumerate() {
            if saved > best.0 {
                best = (saved, Some((at, other)));
            }
        }
    }
    best.1
}

/// The bits that merging two groups saves.
fn saved(histograms: &[Histogram], groups: &[[Alphabet; 5]], at: usize, other: usize) -> u64 {
    let of = |at: usize| Some((histograms.get(at)?.split(), groups.get(at)?));
    let (Some((counts, group)), Some((others, other))) = (of(at), of(other)) else { return 0 };
    let apart: u64 = group.iter().chain(other).map(|alphabet| alphabet.bits).sum();
    let together = group.iter().zip(counts).zip(other.iter().zip(others));
    let together: u64 = together.map(|((a, counts), (b, others))| a.bits_with(counts, b, others)).sum();
    apart.saturating_sub(together)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::encode::lossless::tokens::Token;

    fn histogram(values: &[u32]) -> Histogram {
        let mut histogram = Histogram::new(3);
        values.iter().for_each(|&value| histogram.add(Token::Literal(value * 0x01_0101)));
        histogram
    }

    #[test]
    fn a_pair_takes_what_the_sum_of_its_histograms_does() {
        let a = histogram(&[0, 0, 3, 200, 255, 255, 255, 64]);
        let b = histogram(&[1, 3, 3, 255, 63, 64]);
        let mut sum = a.clone();
        sum.add_all(&b);
        let apart = a.bits() + b.bits();
        let histograms = [a, b];
        let groups: Vec<_> = histograms.iter().map(alphabets).collect();
        assert_eq!(saved(&histograms, &groups, 0, 1), apart - sum.bits());
    }

    #[test]
    fn groups_that_are_alike_become_one() {
        let low: Vec<u32> = (0..2000).map(|at| at % 8).collect();
        let high: Vec<u32> = (0..2000).map(|at| 128 + at % 8).collect();
        let mut histograms = [&low, &high, &low, &Vec::new(), &high].map(|values| histogram(values)).to_vec();
        merge(&mut histograms);
        let mut expected = [&low, &high].map(|values| histogram(values));
        expected.iter_mut().for_each(|histogram| histogram.0.iter_mut().for_each(|count| *count *= 2));
        assert_eq!(histograms.len(), 2);
        assert!(histograms.iter().zip(&expected).all(|(histogram, expected)| histogram.0 == expected.0));
    }
}
