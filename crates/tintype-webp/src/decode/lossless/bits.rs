//! Bits of lossless data, least significant first (RFC 9649, 3.3).

/// A position in a run of bytes, with up to 63 bits read ahead.
///
/// Past the end of the bytes it reads zeros, which [`Bits::overrun`] reports.
#[derive(Clone, Copy, Default)]
pub(crate) struct Bits {
    /// The bits read ahead, from the least significant. Those from `count` on may hold a copy of bits that the next
    /// refill brings, which is harmless because it brings the same ones.
    buffer: u64,
    count: u32,
    /// The first byte that is not wholly in `buffer`.
    position: usize,
}

impl Bits {
    /// Makes at least 56 bits available.
    #[inline(always)]
    pub(crate) fn refill(&mut self, bytes: &[u8]) {
        match bytes.get(self.position..).and_then(|rest| rest.first_chunk()) {
            Some(&next) => {
                self.buffer |= u64::from_le_bytes(next) << self.count;
                self.position += ((63 - self.count) >> 3) as usize;
                self.count |= 56;
            }
            // By value, so that the hot path's copy can stay in registers.
            None => *self = self.refilled_at_the_end(bytes),
        }
    }

    #[cold]
    #[inline(never)]
    fn refilled_at_the_end(mut self, bytes: &[u8]) -> Self {
        while self.count < 56 {
            let byte = bytes.get(self.position).copied().unwrap_or(0);
            self.buffer |= u64::from(byte) << self.count;
            self.position += 1;
            self.count += 8;
        }
        self
    }

    /// Makes at least `count` bits available, at most 56.
    #[inline(always)]
    pub(crate) fn reserve(&mut self, bytes: &[u8], count: u32) {
        if self.count < count {
            self.refill(bytes);
        }
    }

    /// The bits read ahead; only those reserved count.
    #[inline(always)]
    pub(crate) fn peek(&self) -> u32 {
        self.buffer as u32
    }

    /// Drops `count` bits of those reserved.
    #[inline(always)]
    pub(crate) fn skip(&mut self, count: u32) {
        self.buffer >>= count;
        self.count = self.count.wrapping_sub(count);
    }

    /// Takes `count` bits of those reserved, at most 31.
    #[inline(always)]
    pub(crate) fn take(&mut self, count: u32) -> u32 {
        let bits = self.peek() & ((1 << count) - 1);
        self.skip(count);
        bits
    }

    /// Takes `count` bits, at most 31.
    pub(crate) fn read(&mut self, bytes: &[u8], count: u32) -> u32 {
        self.reserve(bytes, count);
        self.take(count)
    }

    /// The byte that holds the next bit.
    #[inline(always)]
    pub(crate) fn byte_position(&self) -> usize {
        self.position - (self.count as usize).div_ceil(8)
    }

    /// Whether bits past the end of `bytes` have been used.
    #[inline(always)]
    pub(crate) fn overrun(&self, bytes: &[u8]) -> bool {
        self.position.saturating_sub(bytes.len()) * 8 > self.count as usize
    }

    /// Accounts for the removal of the first `count` bytes, none of them after [`Bits::byte_position`].
    pub(crate) fn rebase(&mut self, count: usize) {
        self.position -= count;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bits_come_from_the_least_significant_on() {
        let bytes = [0b1010_0110, 0xFF, 0x00, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10];
        let mut bits = Bits::default();
        let taken = [1, 2, 3, 4, 10].map(|count| bits.read(&bytes, count));
        assert_eq!(taken, [0, 3, 4, 0b1110, 0b00_0011_1111]);
        assert_eq!(bits.byte_position(), 2);
    }

    #[test]
    fn a_position_survives_the_removal_of_used_bytes() {
        let bytes: [u8; 40] = core::array::from_fn(|at| (at * 37) as u8);
        let (mut whole, mut moved, mut base) = (Bits::default(), Bits::default(), 0);
        for count in (1..=23).cycle().take(24) {
            assert_eq!(whole.read(&bytes, count), moved.read(&bytes[base..], count));
            let used = moved.byte_position();
            moved.rebase(used);
            base += used;
        }
    }

    #[test]
    fn reading_past_the_end_gives_zeros_and_is_reported() {
        let bytes = [0xFF; 3];
        let mut bits = Bits::default();
        assert_eq!(bits.read(&bytes, 24), 0xFF_FFFF);
        assert!(!bits.overrun(&bytes));
        assert_eq!(bits.read(&bytes, 1), 0);
        assert!(bits.overrun(&bytes));
    }
}
