//! Huffman tables, laid out so that one look-up gives a code and the value after it.
//!
//! The codes are ITU-T T.81, annex C and F.2.2.
#![allow(clippy::indexing_slicing)] // look-ups by peeked bits: an index of n bits into a table of 2^n entries

use super::bits::Bits;
use alloc::boxed::Box;

/// Bits of the look-up for a code with its value.
const FAST_BITS: u32 = 10;
/// Bits of the look-up that skips several codes with their values.
const SKIP_BITS: u32 = 12;
/// The run of an end-of-block, beyond any index a valid run reaches.
pub(crate) const END_OF_BLOCK: usize = 128;

/// A code that is in no table.
#[derive(Debug)]
pub(crate) struct BadCode;

/// One Huffman table.
pub(crate) struct Huffman {
    /// By the next [`FAST_BITS`] bits; the layout is [`Entry`]'s.
    fast: Box<[Entry; 1 << FAST_BITS]>,
    /// By the next [`SKIP_BITS`] bits, as AC codes; made when first needed.
    skip: Option<Box<[Skip; 1 << SKIP_BITS]>>,
    symbols: [u8; 256],
    /// The first code longer than each length, left-aligned in 16 bits.
    limit: [u32; 17],
    /// The place in `symbols` of a code of each length, less the code.
    offset: [i32; 17],
}

/// The result of one look-up.
///
/// Bits 0 to 5: the number of bits of code and value together, or 0 where the value does not fit the look-up. Machines
/// use just these in a shift of 64 bits, which spares a mask on the way from one look-up to the next.
/// Bits 6 to 13: the run of zeros before the value, as AC code; [`END_OF_BLOCK`] for an end of block.
/// Bits 16 to 31: the value, signed. Where the value does not fit, bits 6 to 13 hold the symbol and 16 to 20 the
/// code's length, which is 0 where the code does not fit either.
#[derive(Clone, Copy)]
struct Entry(u32);

impl Entry {
    const LONG: Self = Self(0);

    fn fits(length: u32, run: usize, value: i32) -> Self {
        Self(length | (run as u32) << 6 | (value as u32) << 16)
    }

    fn code_only(length: u32, symbol: u8) -> Self {
        Self(u32::from(symbol) << 6 | length << 16)
    }

    #[inline(always)]
    fn total_bits(self) -> u32 {
        self.0 & 63
    }

    #[inline(always)]
    fn run(self) -> usize {
        (self.0 >> 6 & 0xFF) as usize
    }

    #[inline(always)]
    fn value(self) -> i32 {
        self.0 as i32 >> 16
    }

    fn symbol(self) -> u8 {
        (self.0 >> 6) as u8
    }

    fn code_bits(self) -> u32 {
        self.0 >> 16
    }
}

/// Several whole AC codes with their values in one step. Bits 0 to 3: the number of their bits, or 0 for none; bits 4
/// to 11: the number of coefficients that they cover; bit 15: whether the last is an end of block.
#[derive(Clone, Copy)]
struct Skip(u16);

impl Huffman {
    /// Reads one table from the body of a DHT segment; `None` if the codes do not fit their lengths.
    pub(crate) fn new(counts: &[u8; 16], listed: &[u8]) -> Option<Self> {
        let mut table = Self {
            fast: Box::new([Entry::LONG; 1 << FAST_BITS]),
            skip: None,
            symbols: [0; 256],
            limit: [0; 17],
            offset: [0; 17],
        };
        table.symbols.get_mut(..listed.len())?.copy_from_slice(listed);
        let (mut code, mut index) = (0u32, 0usize);
        for length in 1..=16u32 {
            let count = usize::from(counts[length as usize - 1]);
            table.offset[length as usize] = index as i32 - code as i32;
            for &symbol in listed.get(index..index + count)? {
                if code >= 1 << length {
                    return None;
                }
                table.enter(code, length, symbol);
                code += 1;
            }
            index += count;
            table.limit[length as usize] = code << (16 - length);
            code <<= 1;
        }
        (index == listed.len()).then_some(table)
    }

    /// Writes the entries of all look-ups that begin with `code`.
    fn enter(&mut self, code: u32, length: u32, symbol: u8) {
        let Some(free) = FAST_BITS.checked_sub(length) else { return };
        let (run, size) = (usize::from(symbol >> 4), u32::from(symbol & 15));
        for rest in 0..1u32 << free {
            self.fast[(code << free | rest) as usize] = match free.checked_sub(size) {
                None => Entry::code_only(length, symbol),
                Some(_) if size == 0 && run < 15 => Entry::fits(length, END_OF_BLOCK, i32::from(symbol >> 4)),
                Some(left) => Entry::fits(length + size, run, extend(rest >> left, size)),
            };
        }
    }

    /// Makes the table ready for [`Huffman::skip_coefficients`].
    pub(crate) fn prepare_skip(&mut self) {
        if self.skip.is_some() {
            return;
        }
        let fast = &self.fast;
        self.skip = Some(Box::new(core::array::from_fn(|bits| Self::whole_codes(fast, bits as u32))));
    }

    fn whole_codes(fast: &[Entry; 1 << FAST_BITS], bits: u32) -> Skip {
        let (mut used, mut covered) = (0, 0);
        loop {
            // Bits beyond those of the look-up read as zeros; an entry that would need them is not taken.
            let ahead = bits << used & ((1 << SKIP_BITS) - 1);
            let entry = fast[(ahead >> (SKIP_BITS - FAST_BITS)) as usize];
            let length = entry.total_bits();
            if length == 0 || used + length > SKIP_BITS {
                return Skip((used | covered << 4) as u16);
            }
            used += length;
            if entry.run() == END_OF_BLOCK {
                return Skip((used | covered << 4 | 1 << 15) as u16);
            }
            covered += entry.run() as u32 + 1;
        }
    }

    /// Skips AC codes from coefficient `k` to the end of the block.
    #[inline(always)]
    pub(crate) fn skip_coefficients(
        &self,
        bits: &mut Bits,
        bytes: &[u8],
        mut k: usize,
    ) -> Result<(), BadCode> {
        while k < 64 {
            bits.reserve_some(bytes);
            if let Some(skip) = &self.skip {
                let Skip(step) = skip[bits.peek(SKIP_BITS) as usize];
                let after = k + usize::from(step >> 4 & 0xFF);
                // Codes that reach the block's last coefficient are taken singly: the next belong to another block.
                if step & 15 != 0 && after < 64 {
                    bits.skip(u32::from(step & 15));
                    if step >> 15 != 0 {
                        return Ok(());
                    }
                    k = after;
                    continue;
                }
            }
            let (run, _) = self.coefficient(bits, bytes)?;
            k += run + 1;
        }
        if k > 64 && k <= END_OF_BLOCK { Err(BadCode) } else { Ok(()) }
    }

    /// The next AC code: the zeros before its value, and the value.
    #[inline(always)]
    pub(crate) fn coefficient(&self, bits: &mut Bits, bytes: &[u8]) -> Result<(usize, i32), BadCode> {
        bits.reserve_some(bytes);
        let entry = self.fast[bits.peek(FAST_BITS) as usize];
        if entry.total_bits() != 0 {
            bits.skip(entry.total_bits());
            return Ok((entry.run(), entry.value()));
        }
        bits.reserve(bytes);
        let symbol = self.long_symbol(bits, entry)?;
        let (run, size) = (usize::from(symbol >> 4), u32::from(symbol & 15));
        if size == 0 && run < 15 {
            return Ok((END_OF_BLOCK, i32::from(symbol >> 4)));
        }
        let value = bits.take(size);
        Ok((run, extend(value, size)))
    }

    /// The next DC code with its difference.
    #[inline(always)]
    pub(crate) fn difference(&self, bits: &mut Bits, bytes: &[u8]) -> Result<i32, BadCode> {
        let (run, value) = self.coefficient(bits, bytes)?;
        // As a DC code, a symbol is the size alone, so that the only symbol without a size is 0: no difference.
        match (run, value) {
            (0, value) => Ok(value),
            (END_OF_BLOCK, 0) => Ok(0),
            _ => Err(BadCode),
        }
    }

    #[inline(always)]
    fn long_symbol(&self, bits: &mut Bits, entry: Entry) -> Result<u8, BadCode> {
        let (symbol, length) = match entry.code_bits() {
            0 => self.longer_symbol(bits.peek(16))?,
            length => (entry.symbol(), length),
        };
        bits.skip(length);
        Ok(symbol)
    }

    /// The symbol, and its code's length, of a code that the look-up cannot hold. Inlined, rare as it is: around a call,
    /// compilers for wasm keep little in registers.
    #[inline(always)]
    fn longer_symbol(&self, peeked: u32) -> Result<(u8, u32), BadCode> {
        for length in FAST_BITS + 1..=16 {
            if peeked < self.limit[length as usize] {
                let index = (peeked >> (16 - length)) as i32 + self.offset[length as usize];
                let symbol = self.symbols.get(index as usize).copied().ok_or(BadCode)?;
                return Ok((symbol, length));
            }
        }
        Err(BadCode)
    }
}

/// The value that `size` bits stand for (T.81, F.2.2.1, EXTEND): the upper half of their range as it is, the lower
/// half negative.
#[inline(always)]
pub(crate) fn extend(bits: u32, size: u32) -> i32 {
    let negative = (1i32 << size) - 1;
    let bits = bits as i32;
    if size != 0 && bits < 1 << (size - 1) { bits - negative } else { bits }
}
