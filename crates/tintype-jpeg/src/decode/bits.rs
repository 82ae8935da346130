//! Bits of entropy-coded data, most significant first.

/// Zeros after the bytes, so that all of them can be read eight at a time.
pub(crate) const PADDING: usize = 8;

/// A position in unstuffed entropy-coded bytes, with up to 63 bits read ahead.
///
/// The bytes are followed by [`PADDING`] zeros, and past those it reads zeros, too, which [`Bits::overrun`] reports.
#[derive(Clone, Copy, Default)]
pub(crate) struct Bits {
    /// The bits read ahead, from the most significant. Those below `count` may hold a copy of bits that the next
    /// refill brings, which is harmless because it brings the same ones.
    buffer: u64,
    count: u32,
    /// The first byte that is not wholly in `buffer`.
    position: usize,
}

impl Bits {
    /// Makes at least 16 bits available: enough for a look-up. Fewer refills are fewer branches that go either way.
    #[inline(always)]
    pub(crate) fn reserve_some(&mut self, bytes: &[u8]) {
        if self.count < 16 {
            self.refill(bytes);
        }
    }

    /// Makes at least 32 bits available: enough for any Huffman code with the value after it.
    #[inline(always)]
    pub(crate) fn reserve(&mut self, bytes: &[u8]) {
        if self.count < 32 {
            self.refill(bytes);
        }
    }

    #[inline(always)]
    fn refill(&mut self, bytes: &[u8]) {
        let next = bytes.get(self.position..).and_then(|rest| rest.first_chunk());
        self.buffer |= next.map_or(0, |&next| u64::from_be_bytes(next)) >> self.count;
        self.position += ((63 - self.count) >> 3) as usize;
        self.count |= 56;
    }

    /// The next `count` bits, 1 to 32 of those reserved, which stay.
    #[inline(always)]
    pub(crate) fn peek(&self, count: u32) -> u32 {
        (self.buffer >> (64 - count)) as u32
    }

    /// Drops `count` bits of those reserved.
    #[inline(always)]
    pub(crate) fn skip(&mut self, count: u32) {
        self.buffer <<= count;
        self.count = self.count.wrapping_sub(count);
    }

    /// Takes `count` bits, 0 to 16 of those reserved.
    #[inline(always)]
    pub(crate) fn take(&mut self, count: u32) -> u32 {
        let bits = ((self.buffer >> 32) >> (32 - count)) as u32;
        self.skip(count);
        bits
    }

    /// The byte that holds the next bit.
    pub(crate) fn byte_position(&self) -> usize {
        self.position - (self.count as usize).div_ceil(8)
    }

    /// Whether bits past the first `length` bytes have been used.
    #[inline(always)]
    pub(crate) fn overrun(&self, length: usize) -> bool {
        self.position * 8 - self.count as usize > length * 8
    }

    /// Accounts for the removal of the first `count` bytes, none of them after [`Bits::byte_position`].
    pub(crate) fn rebase(&mut self, count: usize) {
        self.position -= count;
    }
}
