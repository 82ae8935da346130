//! The boolean entropy encoder (RFC 6386, 7).

use alloc::vec::Vec;

/// Bits that are written at a time.
const UNIT: u32 = 32;

/// Arithmetically coded bytes in the making.
#[derive(Debug)]
pub(super) struct BoolWriter {
    bytes: Vec<u8>,
    /// The bottom of the interval: a carry, `pending` bits and eight bits.
    low: u64,
    pending: u32,
    /// 128 to 255.
    range: u32,
}

impl BoolWriter {
    /// Appends to `bytes`.
    pub(super) fn new(bytes: Vec<u8>) -> Self {
        Self { bytes, low: 0, pending: 0, range: 255 }
    }

    /// Writes a bool that is false with a probability of `probability` in 256.
    #[inline(always)]
    pub(super) fn put(&mut self, bit: bool, probability: u8) {
        let split = 1 + (((self.range - 1) * u32::from(probability)) >> 8);
        let range = if bit {
            self.low += u64::from(split);
            self.range - split
        } else {
            split
        };
        let shift = range.leading_zeros() - 24;
        self.range = range << shift;
        self.low <<= shift;
        self.pending += shift;
        if self.pending >= UNIT {
            self.flush();
        }
    }

    /// Writes the oldest bits.
    fn flush(&mut self) {
        self.pending -= UNIT;
        let place = self.pending + 8;
        let unit = self.low >> place;
        self.low &= (1 << place) - 1;
        if unit >> UNIT != 0 {
            self.carry();
        }
        self.bytes.extend_from_slice(&(unit as u32).to_be_bytes());
    }

    #[cold]
    fn carry(&mut self) {
        for byte in self.bytes.iter_mut().rev() {
            *byte = byte.wrapping_add(1);
            if *byte != 0 {
                return;
            }
        }
    }

    /// Writes a flag, which is as often false as true.
    pub(super) fn flag(&mut self, bit: bool) {
        self.put(bit, 128);
    }

    /// Writes a number of `bits` bits.
    pub(super) fn literal(&mut self, value: u32, bits: u32) {
        (0..bits).rev().for_each(|bit| self.flag(value >> bit & 1 == 1));
    }

    /// Writes a number of `bits` bits and its sign, after a flag that says whether there is one.
    pub(super) fn optional_signed(&mut self, value: i32, bits: u32) {
        self.flag(value != 0);
        if value != 0 {
            self.literal(value.unsigned_abs(), bits);
            self.flag(value < 0);
        }
    }

    /// Ends the partition and returns all bytes.
    pub(super) fn finish(mut self) -> Vec<u8> {
        // Bools that are known take no bits, but push the others out.
        let bits = self.pending + 8;
        let unit = self.low << (40 - bits);
        if unit >> 40 != 0 {
            self.carry();
        }
        let [_, _, _, bytes @ ..] = unit.to_be_bytes();
        self.bytes.extend(bytes.iter().take(bits.div_ceil(8) as usize));
        self.bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decode::BoolDecoder;

    #[test]
    fn bools_are_read_as_they_were_written() {
        let mut seed = 1u32;
        let mut next = move || {
            seed = seed.wrapping_mul(1664525).wrapping_add(1013904223);
            (seed >> 16) as u16
        };
        for length in (0..80).chain([5000, 20000]) {
            let bools: Vec<(bool, u8)> = (0..length)
                .map(|at| {
                    let [random, probability] = next().to_be_bytes();
                    let probability = if at % 3 == 0 { 255 } else { probability.max(1) };
                    (if at % 7 == 0 { true } else { random >= probability }, probability)
                })
                .collect();
            let mut writer = BoolWriter::new(Vec::new());
            bools.iter().for_each(|&(bit, probability)| writer.put(bit, probability));
            let bytes = writer.finish();
            let mut reader = BoolDecoder::default();
            assert!(bools.iter().all(|&(bit, probability)| reader.read(&bytes, probability) == bit));
            assert!(!reader.overrun(&bytes));
        }
    }
}
