//! Prefix codes: lengths from counts, and codes from lengths (RFC 9649, 3.7.2).

use alloc::vec;
use alloc::vec::Vec;

/// Longest code of a symbol, and of the code for lengths.
pub(super) const MAX_LENGTH: u32 = 15;
pub(super) const MAX_LENGTH_OF_LENGTHS: u32 = 7;

/// A symbol's code, its first bit the least significant, and its length.
#[derive(Clone, Copy, Default)]
pub(super) struct Code {
    pub(super) bits: u16,
    pub(super) length: u16,
}

/// The lengths of the shortest code for symbols that occur this often, none of them above `limit`. Symbols that do not
/// occur have the length 0, and one that is alone the length 1.
pub(super) fn lengths_of(counts: &[u32], limit: u32) -> Vec<u8> {
    let mut lengths = vec![0; counts.len()];
    let symbols = || (0..).zip(counts).filter(|&(_, &count)| count > 0);
    if symbols().nth(1).is_none() {
        symbols().for_each(|(symbol, _)| set(&mut lengths, symbol, 1));
        return lengths;
    }
    let total: u32 = counts.iter().sum();
    let mut least = 1;
    loop {
        // Rare symbols count for more until no code is too long.
        let mut leaves: Vec<(u32, usize)> =
            symbols().map(|(symbol, &count)| (count.max(least), symbol)).collect();
        leaves.sort_unstable();
        if depths(&leaves, limit, &mut lengths) {
            return lengths;
        }
        least = (2 * least).max(total >> (limit + 2));
    }
}

fn set(lengths: &mut [u8], symbol: usize, length: u32) {
    if let Some(to) = lengths.get_mut(symbol) {
        *to = length as u8;
    }
}

/// Sets the lengths of Huffman's code for weights in ascending order. Returns whether none is above the limit.
fn depths(leaves: &[(u32, usize)], limit: u32, lengths: &mut [u8]) -> bool {
    // Leaves first, then inner nodes, in the order in which they are made, which is ascending too.
    let mut parents = vec![0u16; 2 * leaves.len()];
    let mut inner: Vec<u64> = Vec::with_capacity(leaves.len());
    let (mut leaf, mut node) = (0, 0);
    for made in leaves.len()..2 * leaves.len() - 1 {
        let mut weight = 0;
        for _ in 0..2 {
            let of_leaf = leaves.get(leaf).map(|&(count, _)| u64::from(count));
            let of_inner = inner.get(node).copied();
            let lightest = match (of_leaf, of_inner) {
                (Some(of_leaf), of_inner) if of_inner.is_none_or(|of_inner| of_leaf <= of_inner) => {
                    weight += of_leaf;
                    leaf += 1;
                    leaf - 1
                }
                (_, of_inner) => {
                    weight += of_inner.unwrap_or(0);
                    node += 1;
                    leaves.len() + node - 1
                }
            };
            if let Some(parent) = parents.get_mut(lightest) {
                *parent = made as u16;
            }
        }
        inner.push(weight);
    }
    // From the root down, parents become depths.
    let root = 2 * leaves.len() - 2;
    if let Some(depth) = parents.get_mut(root) {
        *depth = 0;
    }
    for at in (0..root).rev() {
        let parent = parents.get(at).map_or(0, |&parent| usize::from(parent));
        let depth = parents.get(parent).map_or(0, |&depth| depth + 1);
        if let Some(to) = parents.get_mut(at) {
            *to = depth;
        }
    }
    for (&(_, symbol), &depth) in leaves.iter().zip(&parents) {
        set(lengths, symbol, u32::from(depth).min(255));
    }
    parents.iter().take(leaves.len()).all(|&depth| u32::from(depth) <= limit)
}

/// The codes of symbols with these lengths. One that is alone takes no bits.
pub(super) fn codes_of(lengths: &[u8]) -> Vec<Code> {
    let mut codes = vec![Code::default(); lengths.len()];
    if lengths.iter().filter(|&&length| length > 0).nth(1).is_none() {
        return codes;
    }
    let mut next = 0u32;
    for length in 1..=MAX_LENGTH as u8 {
        next <<= 1;
        for (code, _) in codes.iter_mut().zip(lengths).filter(|&(_, &other)| other == length) {
            let bits = (next.reverse_bits() >> (32 - u32::from(length))) as u16;
            *code = Code { bits, length: length.into() };
            next += 1;
        }
    }
    codes
}

#[cfg(test)]
mod tests {
    use super::*;

    fn space(lengths: &[u8], limit: u32) -> u32 {
        lengths.iter().filter(|&&length| length > 0).map(|&length| 1 << (limit - u32::from(length))).sum()
    }

    #[test]
    fn lengths_are_those_of_the_shortest_code() {
        assert_eq!(lengths_of(&[1, 1, 2, 4, 8], 15), [4, 4, 3, 2, 1]);
        assert_eq!(lengths_of(&[5, 0, 5, 5, 5], 15), [2, 0, 2, 2, 2]);
        assert_eq!(lengths_of(&[0, 3, 0], 15), [0, 1, 0]);
        assert_eq!(lengths_of(&[0, 0], 15), [0, 0]);
    }

    #[test]
    fn codes_are_complete_and_within_the_limit_for_any_counts() {
        let mut fibonacci = vec![1u32, 1];
        while fibonacci.len() < 40 {
            fibonacci.push(fibonacci[fibonacci.len() - 1] + fibonacci[fibonacci.len() - 2]);
        }
        for (counts, limit) in
            [(&fibonacci[..], 15), (&fibonacci[..19], 7), (&[1; 2328][..], 15), (&[9, 1][..], 7)]
        {
            let lengths = lengths_of(counts, limit);
            assert_eq!(space(&lengths, limit), 1 << limit);
            assert!(lengths.iter().all(|&length| u32::from(length) <= limit));
        }
    }

    #[test]
    fn no_code_begins_with_another() {
        let codes = codes_of(&lengths_of(&[40, 1, 0, 7, 7, 3, 100], 15));
        let used: Vec<_> = codes.iter().filter(|code| code.length > 0).collect();
        for (at, a) in used.iter().enumerate() {
            for b in &used[at + 1..] {
                let shared = (1u32 << a.length.min(b.length)) - 1;
                assert_ne!(u32::from(a.bits) & shared, u32::from(b.bits) & shared);
            }
        }
    }
}
