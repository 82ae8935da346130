//! Lanes in plain arithmetic: the definition of every operation.
#![allow(clippy::indexing_slicing)] // every index is a constant or comes from a range below the array's length

use super::{I16x8, I32x4, Order};
use core::array::from_fn;

/// Eight 16-bit numbers, of plain arithmetic.
#[derive(Clone, Copy)]
pub struct Words([i16; 8]);

/// Four 32-bit numbers, of plain arithmetic.
#[derive(Clone, Copy)]
pub struct Wide([i32; 4]);

impl Words {
    #[inline(always)]
    fn each(self, other: Self, operation: impl Fn(i16, i16) -> i16) -> Self {
        Self(from_fn(|i| operation(self.0[i], other.0[i])))
    }
}

impl I16x8 for Words {
    type Wide = Wide;

    fn splat(lane: i16) -> Self {
        Self([lane; 8])
    }

    fn pair(even: i16, odd: i16) -> Self {
        Self(from_fn(|i| if i % 2 == 0 { even } else { odd }))
    }

    fn load(lanes: &[i16; 8]) -> Self {
        Self(*lanes)
    }

    fn widen(bytes: &[u8; 8]) -> Self {
        Self(bytes.map(i16::from))
    }

    fn add_neighbours(bytes: &[u8; 16]) -> Self {
        Self(from_fn(|i| i16::from(bytes[2 * i]) + i16::from(bytes[2 * i + 1])))
    }

    fn rgb_pairs(pixels: &[u8; 24]) -> [[Self; 2]; 2] {
        let pairs = |pixel: usize, channel: usize| {
            Self(from_fn(|i| i16::from(pixels[3 * (pixel + i / 2) + channel + i % 2])))
        };
        [[pairs(0, 0), pairs(4, 0)], [pairs(0, 1), pairs(4, 1)]]
    }

    fn store(self, lanes: &mut [i16; 8]) {
        *lanes = self.0;
    }

    fn narrow(low: Self, high: Self) -> [u64; 2] {
        [low, high].map(|lanes| u64::from_le_bytes(lanes.0.map(|lane| lane.clamp(0, 255) as u8)))
    }

    fn store_narrow(low: Self, high: Self, bytes: &mut [u8; 16]) {
        let [low, high] = Self::narrow(low, high);
        *bytes = (u128::from(low) | u128::from(high) << 64).to_le_bytes();
    }

    fn nonzero(low: Self, high: Self) -> u16 {
        let bits =
            |lanes: [i16; 8]| lanes.iter().rev().fold(0, |bits, &lane| bits << 1 | u16::from(lane != 0));
        bits(low.0) | bits(high.0) << 8
    }

    fn nonzero_in<O: Order>(block: [Self; 8]) -> u64 {
        let set = |place: u8| block[usize::from(place / 8)].0[usize::from(place % 8)] != 0;
        O::PLACES.iter().rev().fold(0, |mask, &place| mask << 1 | u64::from(set(place)))
    }

    fn add(self, other: Self) -> Self {
        self.each(other, i16::wrapping_add)
    }

    fn sub(self, other: Self) -> Self {
        self.each(other, i16::wrapping_sub)
    }

    fn mul(self, other: Self) -> Self {
        self.each(other, i16::wrapping_mul)
    }

    fn mul_high_unsigned(self, other: Self) -> Self {
        self.each(other, |a, b| ((u32::from(a as u16) * u32::from(b as u16)) >> 16) as i16)
    }

    fn max(self, other: Self) -> Self {
        self.each(other, i16::max)
    }

    fn and(self, other: Self) -> Self {
        self.each(other, |a, b| a & b)
    }

    fn abs(self) -> Self {
        Self(self.0.map(i16::wrapping_abs))
    }

    fn xor(self, other: Self) -> Self {
        self.each(other, |a, b| a ^ b)
    }

    fn shl<const BITS: u32>(self) -> Self {
        Self(self.0.map(|lane| lane << BITS))
    }

    fn shr<const BITS: u32>(self) -> Self {
        Self(self.0.map(|lane| lane >> BITS))
    }

    fn zip_low(self, other: Self) -> Self {
        Self(from_fn(|i| if i % 2 == 0 { self.0[i / 2] } else { other.0[i / 2] }))
    }

    fn zip_high(self, other: Self) -> Self {
        Self(from_fn(|i| if i % 2 == 0 { self.0[4 + i / 2] } else { other.0[4 + i / 2] }))
    }

    fn zip2_low(self, other: Self) -> Self {
        let (a, b) = (self.0, other.0);
        Self([a[0], a[1], b[0], b[1], a[2], a[3], b[2], b[3]])
    }

    fn zip2_high(self, other: Self) -> Self {
        let (a, b) = (self.0, other.0);
        Self([a[4], a[5], b[4], b[5], a[6], a[7], b[6], b[7]])
    }

    fn zip4_low(self, other: Self) -> Self {
        Self(from_fn(|i| if i < 4 { self.0[i] } else { other.0[i - 4] }))
    }

    fn zip4_high(self, other: Self) -> Self {
        Self(from_fn(|i| if i < 4 { self.0[i + 4] } else { other.0[i] }))
    }

    fn pairs_of_2(self) -> Self {
        Self([0, 2, 1, 3, 4, 6, 5, 7].map(|lane: usize| self.0[lane]))
    }

    fn pairs_of_3(self) -> Self {
        Self([0, 3, 1, 4, 2, 5, 3, 6].map(|lane: usize| self.0[lane]))
    }

    fn pairs_of_4(self) -> Self {
        Self([0, 4, 1, 5, 2, 6, 3, 7].map(|lane: usize| self.0[lane]))
    }

    fn dot(self, other: Self) -> Wide {
        let product = |i: usize| i32::from(self.0[i]) * i32::from(other.0[i]);
        Wide(from_fn(|i| product(2 * i).wrapping_add(product(2 * i + 1))))
    }

    fn pack(low: Wide, high: Wide) -> Self {
        let clamp = |lane: i32| lane.clamp(-32768, 32767) as i16;
        Self(from_fn(|i| clamp(if i < 4 { low.0[i] } else { high.0[i - 4] })))
    }
}

impl I32x4 for Wide {
    fn splat(lane: i32) -> Self {
        Self([lane; 4])
    }

    fn load(lanes: &[i32; 4]) -> Self {
        Self(*lanes)
    }

    fn store(self, lanes: &mut [i32; 4]) {
        *lanes = self.0;
    }

    fn add(self, other: Self) -> Self {
        Self(from_fn(|i| self.0[i].wrapping_add(other.0[i])))
    }

    fn sub(self, other: Self) -> Self {
        Self(from_fn(|i| self.0[i].wrapping_sub(other.0[i])))
    }

    fn shr<const BITS: u32>(self) -> Self {
        Self(self.0.map(|lane| lane >> BITS))
    }

    fn sum_each(all: [Self; 4]) -> Self {
        Self(all.map(|lanes| lanes.0.into_iter().fold(0, i32::wrapping_add)))
    }

    fn sum_halves(self) -> [i32; 2] {
        let [a, b, c, d] = self.0;
        [a.wrapping_add(b), c.wrapping_add(d)]
    }
}
