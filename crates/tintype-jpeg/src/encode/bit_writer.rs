//! Bits of entropy-coded data, with the zero byte that must follow every 0xFF (ITU-T T.81, F.1.2.3).

use alloc::vec::Vec;

/// Bits that do not yet fill a word.
#[derive(Clone, Debug, Default)]
pub(crate) struct BitWriter {
    /// The pending bits, lowest last; above them lies what was written before.
    bits: u64,
    /// How many are pending: less than 32 between calls.
    count: u32,
}

impl BitWriter {
    /// Appends the lowest `count` bits of `value`, which has no others. At most 32 at once.
    #[inline(always)]
    pub(crate) fn put(&mut self, out: &mut Vec<u8>, value: u32, count: u32) {
        debug_assert!(count <= 32 && (count == 32 || value >> count == 0));
        self.bits = self.bits << count | u64::from(value);
        self.count += count;
        if self.count >= 32 {
            self.count -= 32;
            put_word(out, (self.bits >> self.count) as u32);
        }
    }

    /// Fills the last byte with ones and writes what is pending.
    pub(crate) fn finish(&mut self, out: &mut Vec<u8>) {
        let padding = self.count.wrapping_neg() % 8;
        self.put(out, (1 << padding) - 1, padding);
        while self.count > 0 {
            self.count -= 8;
            put_byte(out, (self.bits >> self.count) as u8);
        }
    }
}

#[inline(always)]
fn put_word(out: &mut Vec<u8>, word: u32) {
    // A byte of 0xFF is a zero byte of the complement; the usual test finds any.
    let complement = !word;
    if complement.wrapping_sub(0x0101_0101) & word & 0x8080_8080 == 0 {
        out.extend_from_slice(&word.to_be_bytes());
    } else {
        word.to_be_bytes().into_iter().for_each(|byte| put_byte(out, byte));
    }
}

fn put_byte(out: &mut Vec<u8>, byte: u8) {
    out.push(byte);
    if byte == 0xFF {
        out.push(0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bits_come_out_in_order_with_stuffing_and_padding() {
        let mut out = Vec::new();
        let mut bits = BitWriter::default();
        for (value, count) in [(0b1, 1), (0b111_1111, 7), (0xABCD_EF01, 32), (0xFF, 8), (0, 0), (0b10, 2)] {
            bits.put(&mut out, value, count);
        }
        bits.finish(&mut out);
        assert_eq!(out, [0xFF, 0, 0xAB, 0xCD, 0xEF, 0x01, 0xFF, 0, 0b1011_1111]);
    }

    #[test]
    fn nothing_pending_adds_nothing() {
        let mut out = Vec::new();
        let mut bits = BitWriter::default();
        bits.put(&mut out, 0x1234_5678, 32);
        bits.finish(&mut out);
        assert_eq!(out, [0x12, 0x34, 0x56, 0x78]);
    }
}
