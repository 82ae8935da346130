//! Prefix codes (RFC 9649, 3.7.2.1): read as lengths, decoded by tables of two levels.

use super::bits::Bits;
use super::lengths::{BadCode, MAX_LENGTH, Shape, read_lengths, shape, simple};
use alloc::boxed::Box;
use alloc::vec;
use alloc::vec::Vec;

/// Symbols of the first code with the largest colour cache: more than any other alphabet has.
pub(crate) const MAX_ALPHABET: usize = 256 + 24 + (1 << 11);

/// More bytes than any group of five codes takes: no length takes more than 7 bits per symbol that it is for, so that
/// the codes take at most 2037, 224, 224, 224 and 35 bytes, and 10 each for what comes before.
pub(crate) const MAX_GROUP_BYTES: usize = 3072;

/// Bits that the first level of a table takes at most.
const ROOT: u32 = 9;

/// More entries than the tables of a group have in all. A table of two levels has at most 512 entries in the first
/// and, as equal lengths follow one another, few more than its symbols in the others.
const MAX_ENTRIES: usize = 1 << 13;

/// One code of a group.
#[derive(Clone, Copy, Default)]
pub(crate) struct Code {
    /// Where its table begins.
    start: u16,
    /// As many ones as the first level takes bits.
    mask: u16,
    /// The bits that the first level takes.
    root: u16,
}

/// The five codes of a prefix-code group: green with lengths and the colour cache, red, blue, alpha, distance.
pub(crate) struct Group {
    /// Entries hold a symbol above four bits with the length of its code. Where that exceeds the first level's, they
    /// hold half the distance to a table of the second level, above the length of the longest code there.
    table: Box<[u16]>,
    codes: [Code; 5],
    /// The colour of all pixels, if none of the codes for channels has more than one symbol.
    only: Option<u32>,
}

impl Group {
    fn new(table: Box<[u16]>, codes: [Code; 5]) -> Self {
        let [green, red, blue, alpha, _] = codes.map(|code| {
            let symbol = table.get(usize::from(code.start)).map_or(0, |entry| u32::from(entry >> 4));
            (code.root == 0 && symbol < 256).then_some(symbol)
        });
        let color = || Some(alpha? << 24 | red? << 16 | green? << 8 | blue?);
        Self { only: color(), table, codes }
    }

    /// The colour of all pixels, if there is but one.
    #[inline(always)]
    pub(crate) fn only(&self) -> Option<u32> {
        self.only
    }

    /// Decodes a symbol of at most 15 bits, which are reserved.
    #[inline(always)]
    pub(crate) fn symbol<const CODE: usize>(&self, bits: &mut Bits) -> u32 {
        let [green, red, blue, alpha, distance] = self.codes;
        let code = match CODE {
            0 => green,
            1 => red,
            2 => blue,
            3 => alpha,
            _ => distance,
        };
        let ahead = bits.peek();
        let at = |index: u32| u32::from(self.table.get(index as usize).copied().unwrap_or(0));
        let mut entry = at(u32::from(code.start) + (ahead & u32::from(code.mask)));
        let root = u32::from(code.root);
        if entry & 15 > root {
            let second = (ahead & ((1 << (entry & 15)) - 1)) >> root;
            entry = at(u32::from(code.start) + (entry >> 4) * 2 + second);
        }
        bits.skip(entry & 15);
        entry >> 4
    }

    /// Entries of all tables.
    pub(crate) fn entries(&self) -> usize {
        self.table.len()
    }
}

/// Memory that reading codes takes, used for one after another.
pub(crate) struct Scratch {
    lengths: Vec<u8>,
    sorted: Vec<u16>,
    table: Vec<u16>,
    /// Rough number of instructions since it was last asked for.
    work: u64,
}

impl Scratch {
    /// Bytes that it takes.
    pub(crate) const BYTES: u64 = (MAX_ALPHABET * 3 + MAX_ENTRIES * 2) as u64;

    pub(crate) fn new() -> Self {
        Self {
            lengths: vec![0; MAX_ALPHABET],
            sorted: vec![0; MAX_ALPHABET],
            table: Vec::with_capacity(MAX_ENTRIES),
            work: 0,
        }
    }

    /// Reads the five codes of a group into scratch memory. If they are not wanted, only checks them.
    pub(crate) fn read_group(
        &mut self,
        bits: &mut Bits,
        bytes: &[u8],
        cache_bits: u32,
        wanted: bool,
    ) -> Result<[Code; 5], BadCode> {
        let cache = if cache_bits == 0 { 0 } else { 1 << cache_bits };
        let mut codes = [Code::default(); 5];
        self.table.clear();
        for (code, alphabet) in codes.iter_mut().zip([256 + 24 + cache, 256, 256, 256, 40]) {
            let shape = self.read_shape(bits, bytes, alphabet)?;
            if wanted {
                *code = self.tabulate(&shape, alphabet).ok_or(BadCode)?;
            }
        }
        Ok(codes)
    }

    /// Rough number of instructions since the last call.
    pub(crate) fn take_work(&mut self) -> u64 {
        core::mem::take(&mut self.work)
    }

    /// The entries that the codes read last take.
    pub(crate) fn entries(&self) -> usize {
        self.table.len()
    }

    /// The group read last.
    pub(crate) fn group(&self, codes: [Code; 5]) -> Group {
        Group::new(self.table.as_slice().into(), codes)
    }

    /// Reads a code. Lengths of more than two symbols are left in `lengths`.
    fn read_shape(&mut self, bits: &mut Bits, bytes: &[u8], alphabet: usize) -> Result<Shape, BadCode> {
        self.work += 40;
        if bits.read(bytes, 1) == 1 {
            return simple(bits, bytes, alphabet);
        }
        self.work += 400 + 4 * alphabet as u64;
        let lengths = self.lengths.get_mut(..alphabet).ok_or(BadCode)?;
        lengths.fill(0);
        read_lengths(bits, bytes, lengths)?;
        shape(lengths)
    }

    /// Appends a code's table.
    fn tabulate(&mut self, shape: &Shape, alphabet: usize) -> Option<Code> {
        let start = u16::try_from(self.table.len()).ok()?;
        let counts = match *shape {
            Shape::One(symbol) => {
                self.table.push(symbol << 4);
                return Some(Code { start, mask: 0, root: 0 });
            }
            Shape::Two(first, second) => {
                self.table.extend([first << 4 | 1, second << 4 | 1]);
                return Some(Code { start, mask: 1, root: 1 });
            }
            Shape::Many(counts) => counts,
        };
        let longest = counts.iter().rposition(|&count| count > 0)? as u32;
        let sorted = sort(self.lengths.get(..alphabet)?, &counts, &mut self.sorted)?;
        let root = longest.min(ROOT);
        self.work += 12 * sorted.len() as u64 + (1 << root);
        fill(&mut self.table, sorted, counts, root, longest)?;
        Some(Code { start, mask: (1 << root) - 1, root: root as u16 })
    }
}

/// The symbols that have a code, in the order of their codes.
fn sort<'a>(lengths: &[u8], counts: &[u16; 16], sorted: &'a mut [u16]) -> Option<&'a [u16]> {
    let mut next = [0u16; MAX_LENGTH + 1];
    let mut total = 0;
    for (next, count) in next.iter_mut().zip(counts) {
        *next = total;
        total += count;
    }
    for (symbol, &length) in (0..).zip(lengths) {
        if length > 0 {
            let next = next.get_mut(usize::from(length))?;
            *sorted.get_mut(usize::from(*next))? = symbol;
            *next += 1;
        }
    }
    sorted.get(..usize::from(total))
}

/// Appends the two levels of a complete code's table.
fn fill(
    table: &mut Vec<u16>,
    sorted: &[u16],
    mut counts: [u16; MAX_LENGTH + 1],
    root: u32,
    longest: u32,
) -> Option<()> {
    let start = table.len();
    table.resize(start + (1 << root), 0);
    let mut symbols = sorted.iter();
    // The code from the most significant bit, and the table of the second level that its first bits belong to.
    let (mut code, mut prefix, mut second) = (0u32, u32::MAX, 0..0);
    for length in 1..=longest {
        code <<= 1;
        while *counts.get(length as usize)? > 0 {
            let entry = symbols.next()? << 4 | length as u16;
            let reversed = code.reverse_bits() >> (32 - length);
            if length <= root {
                let level = table.get_mut(start..start + (1 << root))?;
                level.iter_mut().skip(reversed as usize).step_by(1 << length).for_each(|to| *to = entry);
            } else {
                if prefix != reversed & ((1 << root) - 1) {
                    prefix = reversed & ((1 << root) - 1);
                    let width = second_width(&counts, root, length, longest);
                    second = table.len()..table.len() + (1 << width);
                    table.resize(second.end, 0);
                    let distance = u16::try_from((second.start - start) / 2).ok().filter(|&d| d < 1 << 12)?;
                    *table.get_mut(start + prefix as usize)? = distance << 4 | (root + width) as u16;
                }
                let level = table.get_mut(second.clone())?;
                let first = (reversed >> root) as usize;
                level.iter_mut().skip(first).step_by(1 << (length - root)).for_each(|to| *to = entry);
            }
            code += 1;
            *counts.get_mut(length as usize)? -= 1;
        }
    }
    Some(())
}

/// The bits that a table of the second level takes, if its first code has this length: as many as the codes that
/// are left fill.
fn second_width(counts: &[u16; MAX_LENGTH + 1], root: u32, length: u32, longest: u32) -> u32 {
    let mut width = length - root;
    let mut free = 1i32 << width;
    for length in length..longest {
        free -= i32::from(counts.get(length as usize).copied().unwrap_or(0));
        if free <= 0 {
            break;
        }
        width += 1;
        free <<= 1;
    }
    width
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Lengths of a complete code over `alphabet` symbols, in which each length occurs.
    fn lengths(alphabet: usize, seed: u32) -> Vec<u8> {
        let mut lengths = vec![0u8; alphabet];
        let mut seed = seed;
        let mut random = || {
            seed = seed.wrapping_mul(1664525).wrapping_add(1013904223);
            (seed >> 8) as usize
        };
        // Leaves are split until there are enough.
        let mut leaves = vec![1u8, 1];
        while leaves.len() < alphabet.min(3 + random() % alphabet) {
            let at = if random() % 3 == 0 { random() % leaves.len() } else { leaves.len() - 1 };
            if leaves[at] == 15 {
                if leaves.iter().all(|&length| length > 12) {
                    break;
                }
                leaves.sort_unstable_by(|a, b| b.cmp(a));
                continue;
            }
            leaves[at] += 1;
            leaves.push(leaves[at]);
        }
        for length in leaves {
            let free: Vec<usize> = (0..alphabet).filter(|&at| lengths[at] == 0).collect();
            lengths[free[random() % free.len()]] = length;
        }
        lengths
    }

    #[test]
    fn every_code_of_a_table_gives_its_symbol() {
        for seed in 0..60 {
            let alphabet = [256, MAX_ALPHABET, 40, 280][seed as usize % 4];
            let lengths = lengths(alphabet, seed);
            let mut scratch = Scratch::new();
            scratch.lengths[..alphabet].copy_from_slice(&lengths);
            let shape = shape(&lengths).unwrap();
            scratch.table.push(77);
            let code = scratch.tabulate(&shape, alphabet).unwrap();
            let group = scratch.group([code; 5]);
            assert!(group.entries() <= 1 + 512 + alphabet + 512, "{}", group.entries());
            let mut next = 0u32;
            for length in 1..=15u8 {
                next <<= 1;
                for symbol in (0..alphabet).filter(|&symbol| lengths[symbol] == length) {
                    let bytes = (next.reverse_bits() >> (32 - u32::from(length))).to_le_bytes();
                    let mut bits = Bits::default();
                    bits.refill(&bytes);
                    assert_eq!(group.symbol::<0>(&mut bits), symbol as u32);
                    assert_eq!(bits.byte_position(), usize::from(length / 8));
                    next += 1;
                }
            }
        }
    }
}
