//! Prefix codes as they stand in the data: the lengths of their symbols' codes (RFC 9649, 3.7.2.1).

use super::bits::BitWriter;
use super::prefix::{Code, MAX_LENGTH, MAX_LENGTH_OF_LENGTHS, codes_of, lengths_of};
use alloc::vec::Vec;

/// The order in which the lengths of the code for lengths stand (RFC 9649, 3.7.2.1.2).
const ORDER: [usize; 19] = [17, 18, 0, 1, 2, 3, 4, 5, 16, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15];

/// Writes a code for symbols that occur this often, and returns it.
pub(super) fn write_code(bits: &mut BitWriter, counts: &[u32]) -> Vec<Code> {
    let mut used = (0..).zip(counts).filter(|&(_, &count)| count > 0).map(|(symbol, _)| symbol);
    let symbols = (used.next(), used.next(), used.next());
    let lengths = lengths_of(counts, MAX_LENGTH);
    match symbols {
        (first, None, _) if first.unwrap_or(0) < 256 => write_simple(bits, first.unwrap_or(0), None),
        (Some(first), Some(second), None) if second < 256 => write_simple(bits, first, Some(second)),
        _ => write_lengths(bits, &lengths),
    }
    codes_of(&lengths)
}

/// Writes a code of one or two symbols (RFC 9649, 3.7.2.1.1).
fn write_simple(bits: &mut BitWriter, first: u32, second: Option<u32>) {
    bits.put(1, 1);
    bits.put(second.is_some().into(), 1);
    let width = if first > 1 { 8 } else { 1 };
    bits.put((width == 8).into(), 1);
    bits.put(first, width);
    if let Some(second) = second {
        bits.put(second, 8);
    }
}

/// A symbol of the code for lengths, with the bits after it.
#[derive(Clone, Copy)]
struct Item {
    symbol: u8,
    extra: u8,
}

impl Item {
    fn extra_bits(self) -> u32 {
        match self.symbol {
            16 => 2,
            17 => 3,
            18 => 7,
            _ => 0,
        }
    }
}

/// Writes a code by its lengths (RFC 9649, 3.7.2.1.2).
fn write_lengths(bits: &mut BitWriter, lengths: &[u8]) {
    let mut items = items_of(lengths);
    let trimmed = trim(&mut items);
    let mut counts = [0; 19];
    for item in &items {
        if let Some(count) = counts.get_mut(usize::from(item.symbol)) {
            *count += 1;
        }
    }
    let lengths = lengths_of(&counts, MAX_LENGTH_OF_LENGTHS);
    let codes = codes_of(&lengths);
    let in_order = || ORDER.iter().map(|&symbol| lengths.get(symbol).copied().unwrap_or(0));
    let count = in_order().rposition(|length| length > 0).map_or(4, |last| (last + 1).max(4));
    bits.put(0, 1);
    bits.put(count as u32 - 4, 4);
    in_order().take(count).for_each(|length| bits.put(length.into(), 3));
    bits.put(trimmed.into(), 1);
    if trimmed {
        let number = items.len() as u32 - 2;
        let pairs = (32 - number.leading_zeros()).div_ceil(2).max(1);
        bits.put(pairs - 1, 3);
        bits.put(number, 2 * pairs);
    }
    for item in items {
        let code = codes.get(usize::from(item.symbol)).copied().unwrap_or_default();
        bits.put(code.bits.into(), code.length.into());
        bits.put(item.extra.into(), item.extra_bits());
    }
}

/// Drops the zeros at the end, if saying how many items there are takes less. Returns whether it did.
fn trim(items: &mut Vec<Item>) -> bool {
    let zeros = items.iter().rev().take_while(|item| matches!(item.symbol, 0 | 17 | 18)).count();
    let saved: u32 = items.iter().rev().take(zeros).map(|item| item.extra_bits() + 3).sum();
    let left = items.len() - zeros;
    let worth = left >= 2 && saved > 12;
    if worth {
        items.truncate(left);
    }
    worth
}

/// Lengths by runs.
fn items_of(lengths: &[u8]) -> Vec<Item> {
    let mut items = Vec::with_capacity(lengths.len());
    let mut before = 8;
    for run in lengths.chunk_by(|a, b| a == b) {
        let &[value, ..] = run else { continue };
        let mut left = run.len();
        if value != 0 && value != before {
            items.push(Item { symbol: value, extra: 0 });
            before = value;
            left -= 1;
        }
        while left > 0 {
            let (symbol, base, some) = match (value, left) {
                (_, 1 | 2) => (value, 0, 1),
                (0, 3..=10) => (17, 3, left),
                (0, _) => (18, 11, left.min(138)),
                _ => (16, 3, left.min(6)),
            };
            items.push(Item { symbol, extra: some.saturating_sub(base) as u8 * u8::from(symbol > 15) });
            left -= some;
        }
    }
    items
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_stand_for_the_lengths() {
        let lengths: Vec<u8> = [(8, 7), (0, 2), (3, 3), (0, 10), (3, 12), (0, 300), (1, 1), (0, 4)]
            .into_iter()
            .flat_map(|(value, run)| core::iter::repeat_n(value, run))
            .collect();
        let (mut read, mut before) = (Vec::new(), 8);
        for item in items_of(&lengths) {
            let (value, run) = match item.symbol {
                16 => (before, item.extra + 3),
                17 => (0, item.extra + 3),
                18 => (0, item.extra + 11),
                value => (value, 1),
            };
            read.extend(core::iter::repeat_n(value, run.into()));
            before = if value == 0 { before } else { value };
        }
        assert_eq!(read, lengths);
    }
}
