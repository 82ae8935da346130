//! Lanes in plain arithmetic: the definition of every operation.

use super::U8x16;

/// Sixteen bytes, of plain arithmetic.
#[derive(Clone, Copy)]
pub struct Bytes([u8; 16]);

impl Bytes {
    fn map(self, function: impl Fn(u8) -> u8) -> Self {
        Self(self.0.map(function))
    }

    fn zip_with(self, other: Self, function: impl Fn(u8, u8) -> u8) -> Self {
        let mut lanes = self.0;
        for (lane, other) in lanes.iter_mut().zip(other.0) {
            *lane = function(*lane, other);
        }
        Self(lanes)
    }

    /// Units of `UNIT` lanes from the lane `from` on, of both in turn.
    fn interleave<const UNIT: usize>(self, other: Self, from: usize) -> Self {
        let mut lanes = [0; 16];
        let units = self.0.as_chunks::<UNIT>().0.iter().zip(other.0.as_chunks::<UNIT>().0).skip(from / UNIT);
        for (pair, (first, second)) in lanes.chunks_exact_mut(2 * UNIT).zip(units) {
            let (to_first, to_second) = pair.split_at_mut(UNIT);
            to_first.copy_from_slice(first);
            to_second.copy_from_slice(second);
        }
        Self(lanes)
    }
}

impl U8x16 for Bytes {
    fn splat(lane: u8) -> Self {
        Self([lane; 16])
    }

    fn load(lanes: &[u8; 16]) -> Self {
        Self(*lanes)
    }

    fn load_halves(low: &[u8; 8], high: &[u8; 8]) -> Self {
        let mut lanes = [0; 16];
        let (first, second) = lanes.split_at_mut(8);
        first.copy_from_slice(low);
        second.copy_from_slice(high);
        Self(lanes)
    }

    fn store(self, lanes: &mut [u8; 16]) {
        *lanes = self.0;
    }

    fn store_low(self, lanes: &mut [u8; 8]) {
        lanes.copy_from_slice(self.0.split_at(8).0);
    }

    fn store_high(self, lanes: &mut [u8; 8]) {
        lanes.copy_from_slice(self.0.split_at(8).1);
    }

    fn zip_low(self, other: Self) -> Self {
        self.interleave::<1>(other, 0)
    }

    fn zip_high(self, other: Self) -> Self {
        self.interleave::<1>(other, 8)
    }

    fn zip2_low(self, other: Self) -> Self {
        self.interleave::<2>(other, 0)
    }

    fn zip2_high(self, other: Self) -> Self {
        self.interleave::<2>(other, 8)
    }

    fn zip4_low(self, other: Self) -> Self {
        self.interleave::<4>(other, 0)
    }

    fn zip4_high(self, other: Self) -> Self {
        self.interleave::<4>(other, 8)
    }

    fn zip8_low(self, other: Self) -> Self {
        self.interleave::<8>(other, 0)
    }

    fn zip8_high(self, other: Self) -> Self {
        self.interleave::<8>(other, 8)
    }

    fn and(self, other: Self) -> Self {
        self.zip_with(other, |a, b| a & b)
    }

    fn and_not(self, other: Self) -> Self {
        self.zip_with(other, |a, b| a & !b)
    }

    fn or(self, other: Self) -> Self {
        self.zip_with(other, |a, b| a | b)
    }

    fn xor(self, other: Self) -> Self {
        self.zip_with(other, |a, b| a ^ b)
    }

    fn add_signed(self, other: Self) -> Self {
        self.zip_with(other, |a, b| (a as i8).saturating_add(b as i8) as u8)
    }

    fn sub_signed(self, other: Self) -> Self {
        self.zip_with(other, |a, b| (a as i8).saturating_sub(b as i8) as u8)
    }

    fn add_unsigned(self, other: Self) -> Self {
        self.zip_with(other, u8::saturating_add)
    }

    fn sub_unsigned(self, other: Self) -> Self {
        self.zip_with(other, u8::saturating_sub)
    }

    fn max(self, other: Self) -> Self {
        self.zip_with(other, u8::max)
    }

    fn is_zero(self) -> Self {
        self.map(|lane| if lane == 0 { u8::MAX } else { 0 })
    }

    fn half(self) -> Self {
        self.map(|lane| lane >> 1)
    }

    fn shr<const BITS: u32>(self) -> Self {
        self.map(|lane| ((lane as i8) >> BITS) as u8)
    }

    fn scale<const FACTOR: i16>(self) -> Self {
        self.map(|lane| ((FACTOR * i16::from(lane as i8) + 63) >> 7) as u8)
    }
}
