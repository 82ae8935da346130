//! The boolean entropy decoder (RFC 6386, 7).

/// A position in arithmetically coded bytes.
///
/// Past the end of the bytes it reads zeros, which [`BoolDecoder::overrun`] reports.
#[derive(Clone, Copy)]
pub(crate) struct BoolDecoder {
    /// The bits read ahead, from the most significant. Those below `count` may hold a copy of bits that the next
    /// refill brings, which is harmless because it brings the same ones.
    value: u64,
    count: u32,
    /// 128 to 255.
    range: u32,
    /// The first byte that is not wholly in `value`.
    position: usize,
}

impl Default for BoolDecoder {
    fn default() -> Self {
        Self { value: 0, count: 0, range: 255, position: 0 }
    }
}

impl BoolDecoder {
    /// The next bool, which is false with a probability of `probability` in 256.
    #[inline(always)]
    pub(crate) fn read(&mut self, bytes: &[u8], probability: u8) -> bool {
        if self.count < 8 {
            self.refill(bytes);
        }
        let split = 1 + (((self.range - 1) * u32::from(probability)) >> 8);
        let threshold = u64::from(split) << 56;
        let bit = self.value >= threshold;
        let (range, value) =
            if bit { (self.range - split, self.value - threshold) } else { (split, self.value) };
        let shift = range.leading_zeros() - 24;
        self.range = range << shift;
        self.value = value << shift;
        self.count -= shift;
        bit
    }

    #[inline(always)]
    fn refill(&mut self, bytes: &[u8]) {
        match bytes.get(self.position..).and_then(|rest| rest.first_chunk()) {
            Some(&next) => {
                self.value |= u64::from_be_bytes(next) >> self.count;
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
        while self.count <= 56 {
            let byte = bytes.get(self.position).copied().unwrap_or(0);
            self.value |= u64::from(byte) << (56 - self.count);
            self.position += 1;
            self.count += 8;
        }
        self
    }

    /// A flag, which is as often false as true.
    pub(crate) fn flag(&mut self, bytes: &[u8]) -> bool {
        self.read(bytes, 128)
    }

    /// A number of `bits` bits.
    pub(crate) fn literal(&mut self, bytes: &[u8], bits: u32) -> u8 {
        (0..bits).fold(0, |value, _| value << 1 | u8::from(self.flag(bytes)))
    }

    /// A number of `bits` bits and its sign, if a flag says that there is one.
    pub(crate) fn optional_signed(&mut self, bytes: &[u8], bits: u32) -> Option<i8> {
        if !self.flag(bytes) {
            return None;
        }
        let magnitude = self.literal(bytes, bits) as i8;
        Some(if self.flag(bytes) { -magnitude } else { magnitude })
    }

    /// The byte that holds the next bit.
    #[inline(always)]
    pub(crate) fn byte_position(&self) -> usize {
        self.position - (self.count as usize).div_ceil(8)
    }

    /// Whether all bits of the bytes have been shifted out, and more.
    #[inline(always)]
    pub(crate) fn overrun(&self, bytes: &[u8]) -> bool {
        self.position.saturating_sub(bytes.len()) * 8 > self.count as usize
    }

    /// Accounts for the removal of the first `count` bytes, none of them after [`BoolDecoder::byte_position`].
    pub(crate) fn rebase(&mut self, count: usize) {
        self.position -= count;
    }
}
