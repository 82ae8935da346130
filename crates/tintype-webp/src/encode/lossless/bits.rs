//! Bits of lossless data, least significant first (RFC 9649, 3.3).

use alloc::vec::Vec;

/// Bytes that grow by bits.
#[derive(Default)]
pub(super) struct BitWriter {
    bytes: Vec<u8>,
    /// Bits that are not yet in `bytes`: fewer than 32.
    buffer: u64,
    count: u32,
}

impl BitWriter {
    /// Appends `count` bits, at most 32.
    #[inline(always)]
    pub(super) fn put(&mut self, value: u32, count: u32) {
        self.buffer |= u64::from(value) << self.count;
        self.count += count;
        if self.count >= 32 {
            self.bytes.extend_from_slice(&(self.buffer as u32).to_le_bytes());
            self.buffer >>= 32;
            self.count -= 32;
        }
    }

    /// Makes room for `bits` more, and no more than that.
    pub(super) fn reserve(&mut self, bits: u64) {
        self.bytes.reserve_exact((bits / 8) as usize + 8);
    }

    /// All the bytes, the last filled up with zeros.
    pub(super) fn into_bytes(mut self) -> Vec<u8> {
        let rest = self.buffer.to_le_bytes();
        self.bytes.extend(rest.iter().take(self.count.div_ceil(8) as usize));
        self.bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bits_go_from_the_least_significant_on() {
        let mut bits = BitWriter::default();
        for (value, count) in [(0, 1), (3, 2), (4, 3), (0b1110, 4), (u32::MAX, 32), (0, 3), (1, 1)] {
            bits.put(value, count);
        }
        let all: u64 = 0b10 | 1 << 2 | 0b100 << 3 | 0b1110 << 6 | 0xFFFF_FFFF << 10 | 1 << 45;
        assert_eq!(bits.into_bytes(), (all | 0b100).to_le_bytes()[..6]);
    }
}
