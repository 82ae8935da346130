//! The colour cache (RFC 9649, 3.6.2.3).

use alloc::vec;
use alloc::vec::Vec;

/// The factor of the hash.
const HASH: u32 = 0x1E35_A7BD;

/// Recent colours, each at the place that its hash gives.
#[derive(Default)]
pub(crate) struct ColorCache {
    /// Two to the number of bits, or none.
    colors: Vec<u32>,
    shift: u32,
}

impl ColorCache {
    /// Bytes of the largest.
    pub(crate) const MAX_BYTES: u64 = 4 << 11;

    /// A cache with room for two to the power of `bits` colours, or none for 0.
    pub(crate) fn new(bits: u32) -> Self {
        Self { colors: vec![0; if bits == 0 { 0 } else { 1 << bits }], shift: 32 - bits.max(1) }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.colors.is_empty()
    }

    /// The place at which a cache of this logarithm of a size has a colour, if any.
    #[inline(always)]
    pub(crate) fn place(color: u32, bits: u32) -> u32 {
        color.wrapping_mul(HASH) >> (32 - bits.max(1))
    }

    #[inline(always)]
    pub(crate) fn insert(&mut self, color: u32) {
        let place = color.wrapping_mul(HASH) >> self.shift;
        if let Some(slot) = self.colors.get_mut(place as usize) {
            *slot = color;
        }
    }

    /// The place that a colour has, if it is there.
    #[inline(always)]
    pub(crate) fn place_of(&self, color: u32) -> Option<u32> {
        let place = color.wrapping_mul(HASH) >> self.shift;
        (self.colors.get(place as usize) == Some(&color)).then_some(place)
    }

    /// The colour at a place; none beyond the cache.
    #[inline(always)]
    pub(crate) fn get(&self, place: u32) -> Option<u32> {
        self.colors.get(place as usize).copied()
    }
}
