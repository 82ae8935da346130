//! Prefix codes as they stand in the data: the lengths of their symbols' codes (RFC 9649, 3.7.2.1).

use super::bits::Bits;

/// Longest code.
pub(crate) const MAX_LENGTH: usize = 15;

/// The data is no prefix code.
#[derive(Debug)]
pub(crate) struct BadCode;

/// A code as it stands in the data.
pub(crate) enum Shape {
    /// One symbol, without any bits.
    One(u16),
    /// Two symbols in ascending order, of one bit each.
    Two(u16, u16),
    /// Symbols with these numbers of codes of each length, which are as many as fit.
    Many([u16; MAX_LENGTH + 1]),
}

/// Reads a simple code: one or two symbols (RFC 9649, 3.7.2.1.1).
pub(crate) fn simple(bits: &mut Bits, bytes: &[u8], alphabet: usize) -> Result<Shape, BadCode> {
    let two = bits.read(bytes, 1) == 1;
    let width = if bits.read(bytes, 1) == 1 { 8 } else { 1 };
    let first = bits.read(bytes, width) as u16;
    let second = if two { bits.read(bytes, 8) as u16 } else { first };
    if usize::from(first.max(second)) >= alphabet {
        return Err(BadCode);
    }
    Ok(if first == second { Shape::One(first) } else { Shape::Two(first.min(second), first.max(second)) })
}

/// The order in which the lengths of the code for lengths stand (RFC 9649, 3.7.2.1.2).
const ORDER: [usize; 19] = [17, 18, 0, 1, 2, 3, 4, 5, 16, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15];

/// Reads the lengths of a normal code (RFC 9649, 3.7.2.1.2).
pub(crate) fn read_lengths(bits: &mut Bits, bytes: &[u8], lengths: &mut [u8]) -> Result<(), BadCode> {
    let mut code_lengths = [0; 19];
    let count = 4 + bits.read(bytes, 4) as usize;
    for &symbol in ORDER.iter().take(count) {
        if let Some(length) = code_lengths.get_mut(symbol) {
            *length = bits.read(bytes, 3) as u8;
        }
    }
    let table = length_table(&code_lengths)?;
    let mut left = lengths.len();
    if bits.read(bytes, 1) == 1 {
        let width = 2 + 2 * bits.read(bytes, 3);
        left = 2 + bits.read(bytes, width) as usize;
        if left > lengths.len() {
            return Err(BadCode);
        }
    }
    let (mut at, mut before) = (0, 8);
    while at < lengths.len() && left > 0 {
        left -= 1;
        // A code of at most 7 bits and as many more.
        bits.reserve(bytes, 14);
        let (symbol, length) = table.get(bits.peek() as usize & 127).copied().unwrap_or_default();
        bits.skip(length.into());
        let (value, run) = match symbol {
            0..=15 => (symbol, 1),
            16 => (before, 3 + bits.take(2) as usize),
            17 => (0, 3 + bits.take(3) as usize),
            _ => (0, 11 + bits.take(7) as usize),
        };
        lengths.get_mut(at..at + run).ok_or(BadCode)?.fill(value);
        if value != 0 {
            before = value;
        }
        at += run;
    }
    Ok(())
}

/// Symbols and lengths for every 7 bits, of the code for lengths.
fn length_table(lengths: &[u8; 19]) -> Result<[(u8, u8); 128], BadCode> {
    let mut table = [(0, 0); 128];
    let mut code = 0u8;
    match shape(lengths)? {
        Shape::One(symbol) => table = [(symbol as u8, 0); 128],
        _ => {
            for length in 1..=7u8 {
                for (symbol, _) in (0..).zip(lengths).filter(|&(_, &other)| other == length) {
                    // `code` counts in units of the longest code.
                    let first = usize::from(code.reverse_bits() >> 1);
                    for entry in table.iter_mut().skip(first).step_by(1 << length) {
                        *entry = (symbol, length);
                    }
                    code = code.wrapping_add(128 >> length);
                }
            }
        }
    }
    Ok(table)
}

/// Counts a code's lengths, and checks that it is complete, or a single symbol of any length.
pub(crate) fn shape(lengths: &[u8]) -> Result<Shape, BadCode> {
    let mut counts = [0u16; MAX_LENGTH + 1];
    for &length in lengths {
        if let Some(count) = counts.get_mut(usize::from(length)) {
            *count += 1;
        }
    }
    let zeros = core::mem::take(counts.first_mut().ok_or(BadCode)?);
    if usize::from(zeros) + 1 == lengths.len() {
        let symbol = lengths.iter().position(|&length| length > 0).ok_or(BadCode)?;
        return Ok(Shape::One(symbol as u16));
    }
    let space: u32 =
        (0..).zip(&counts).map(|(length, &count)| u32::from(count) << (MAX_LENGTH as u32 - length)).sum();
    if space == 1 << MAX_LENGTH { Ok(Shape::Many(counts)) } else { Err(BadCode) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_that_is_not_complete_is_refused() {
        assert!(shape(&[1, 2, 0, 0]).is_err());
        assert!(shape(&[1, 1, 1]).is_err());
        assert!(shape(&[0, 0, 0]).is_err());
        assert!(matches!(shape(&[0, 9, 0]), Ok(Shape::One(1))));
        assert!(matches!(shape(&[1, 2, 2]), Ok(Shape::Many(_))));
    }
}
