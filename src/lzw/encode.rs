//! Compresses bytes into codes.

use super::{CODES, MAX_BITS};

/// Compresses the indices of one frame.
pub(crate) struct Compressor {
    /// Strings by what they consist of: a prefix and a byte in the upper bits, the code in the lower ones; 0 where there is none.
    /// No more than half of the places are taken.
    strings: Box<[u32; SLOTS]>,
    /// The code that clears the table; the next one ends the data.
    clear: u32,
    /// The code of the next string that is added.
    next: u32,
    /// Bits of a code.
    width: u32,
    /// The code of the string that may still go on.
    prefix: Option<u32>,
    /// Bits that make no whole byte yet, the first in the lowest place.
    bits: u32,
    count: u32,
}

/// Places for strings.
const SLOT_BITS: u32 = MAX_BITS + 1;
const SLOTS: usize = 1 << SLOT_BITS;

impl Compressor {
    /// A compressor of bytes below `1 << bits`, of 2 to 8 bits. Its first code goes to `out`.
    pub(crate) fn new(bits: u32, out: &mut Vec<u8>) -> Self {
        let mut compressor = Self {
            strings: Box::new([0; SLOTS]),
            clear: 1 << bits,
            next: 0,
            width: bits + 1,
            prefix: None,
            bits: 0,
            count: 0,
        };
        compressor.restart(out);
        compressor
    }

    /// Bytes that a compressor holds.
    pub(crate) const MEMORY: u64 = 4 * SLOTS as u64 + 64;

    /// Compresses bytes; codes that are complete go to the end of `out`.
    pub(crate) fn push(&mut self, bytes: &[u8], out: &mut Vec<u8>) {
        for &byte in bytes {
            let Some(prefix) = self.prefix else {
                self.prefix = Some(byte.into());
                continue;
            };
            let string = prefix << 8 | u32::from(byte);
            match self.find(string) {
                Ok(code) => self.prefix = Some(code),
                Err(free) => {
                    self.emit(prefix, out);
                    self.add(string, free, out);
                    self.prefix = Some(byte.into());
                }
            }
        }
    }

    /// Writes what is left, and the code that ends the data.
    pub(crate) fn finish(mut self, out: &mut Vec<u8>) {
        if let Some(prefix) = self.prefix {
            self.emit(prefix, out);
            // Whoever expands it adds a string now.
            self.next += 1;
            self.widen();
        }
        self.emit(self.clear + 1, out);
        if self.count > 0 {
            out.push(self.bits as u8);
        }
    }

    /// The code of a string, or else a free place for it.
    #[allow(clippy::indexing_slicing)] // slots have as many bits as the index of the table
    fn find(&self, string: u32) -> Result<u32, usize> {
        let mut slot = (string.wrapping_mul(0x9e37_79b1) >> (32 - SLOT_BITS)) as usize;
        loop {
            match self.strings[slot % SLOTS] {
                0 => return Err(slot % SLOTS),
                found if found >> MAX_BITS == string => return Ok(found & (CODES as u32 - 1)),
                _ => slot += 1,
            }
        }
    }

    /// Adds a string, or begins anew when that was the last there is a code for.
    fn add(&mut self, string: u32, slot: usize, out: &mut Vec<u8>) {
        if let Some(free) = self.strings.get_mut(slot) {
            *free = string << MAX_BITS | self.next;
        }
        self.next += 1;
        self.widen();
        if self.next as usize == CODES {
            self.restart(out);
        }
    }

    /// Makes codes longer if the next one may need it: whoever expands them is one string behind.
    fn widen(&mut self) {
        if self.next > 1 << self.width && self.width < MAX_BITS {
            self.width += 1;
        }
    }

    fn restart(&mut self, out: &mut Vec<u8>) {
        self.emit(self.clear, out);
        self.strings.fill(0);
        self.next = self.clear + 2;
        self.width = self.clear.ilog2() + 1;
    }

    fn emit(&mut self, code: u32, out: &mut Vec<u8>) {
        self.bits |= code << self.count;
        self.count += self.width;
        while self.count >= 8 {
            out.push(self.bits as u8);
            self.bits >>= 8;
            self.count -= 8;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Expander, State};
    use super::*;

    #[test]
    fn bytes_come_back_by_this_expander_and_by_another() {
        let mut state = 5u32;
        let mut below = move |limit: usize| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            ((u64::from(state) * limit as u64) >> 32) as usize
        };
        for round in 0..200 {
            let bits = 2 + round % 7;
            let literals = 1 << bits;
            let length = [below(8), below(3000), below(90_000)][round % 3];
            let run = 1 + below(40);
            let bytes: Vec<u8> = (0..length)
                .map(|place| match round % 4 {
                    0 => below(literals) as u8,
                    1 => (place / run % literals) as u8,
                    2 => ((place.wrapping_mul(place) >> 7) % literals) as u8,
                    _ => 1,
                })
                .collect();
            let mut data = Vec::new();
            let mut compressor = Compressor::new(bits as u32, &mut data);
            bytes.chunks(1 + below(500)).for_each(|part| compressor.push(part, &mut data));
            compressor.finish(&mut data);
            let mut expander = Expander::new(bits as u8).unwrap();
            let mut found = vec![0; length + 1];
            let progress = expander.expand(&data, &mut found);
            assert_eq!((progress.used, expander.state()), (data.len(), State::Ended), "round {round}");
            assert!(found[..progress.written] == bytes, "round {round}");
            let mut other = weezl::decode::Decoder::new(weezl::BitOrder::Lsb, bits as u8);
            assert!(other.decode(&data).unwrap() == bytes, "round {round}");
        }
    }
}
