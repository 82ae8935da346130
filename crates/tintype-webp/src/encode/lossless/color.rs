//! The colour transform (RFC 9649, 3.5.2): red and blue less multiples of green and red, with factors for each block.
//!
//! Factors are sought around those of least squares, and of the block before.

use super::blocks::Grid;
use super::entropy::COST_FRACTION;
use super::predictor::Prices;
use alloc::boxed::Box;
use alloc::vec;
use alloc::vec::Vec;

/// What a block pays for another factor than that of the block before, in bits.
const CHANGE: u32 = 6 << COST_FRACTION;

/// The transform, in the course of being applied.
pub(super) struct ColorTransform {
    pub(super) grid: Grid,
    height: usize,
    /// From the least significant byte: green to red, green to blue, red to blue.
    pub(super) factors: Vec<u32>,
    prices: Box<Prices>,
    /// Channels of a block.
    samples: Vec<[i8; 3]>,
    at: usize,
    every: usize,
    /// Whether to look around the factors that are likely.
    refine: bool,
}

/// `channel` in units of a factor.
#[inline(always)]
fn delta(factor: i32, channel: i8) -> u8 {
    ((factor * i32::from(channel)) >> 5) as u8
}

impl ColorTransform {
    /// Bytes that it holds.
    pub(super) fn memory(grid: &Grid) -> u64 {
        (4 * grid.blocks() + (3 << (2 * grid.bits)) + size_of::<Prices>()) as u64
    }

    pub(super) fn new(grid: Grid, height: usize, every: usize, refine: bool) -> Self {
        Self {
            height,
            factors: vec![0; grid.blocks()],
            prices: Prices::new(),
            samples: Vec::with_capacity(1 << (2 * grid.bits)),
            at: 0,
            every,
            refine,
            grid,
        }
    }

    /// Rough number of instructions of a step.
    pub(super) fn step_work(&self) -> u64 {
        let of_pixel = 55 + if self.refine { 240 } else { 100 } / self.every as u64;
        of_pixel * self.grid.row_pixels() + 1000 * self.grid.columns as u64
    }

    /// Transforms a row of blocks. Returns whether it was the last.
    pub(super) fn step(&mut self, pixels: &mut [u32]) -> bool {
        let mut before = [0; 3];
        for column in 0..self.grid.columns {
            self.sample(pixels, column);
            before = self.choose(before);
            let [green_to_red, green_to_blue, red_to_blue] = before.map(|factor| factor as i8 as u8);
            if let Some(to) = self.factors.get_mut(self.at * self.grid.columns + column) {
                *to = u32::from_le_bytes([green_to_red, green_to_blue, red_to_blue, 0xFF]);
            }
            self.replace(pixels, column, before);
        }
        self.prices.update();
        self.at += 1;
        self.at >= self.grid.rows
    }

    /// The places of a block's rows.
    fn rows(&self, column: usize) -> impl Iterator<Item = core::ops::Range<usize>> + use<> {
        let (width, bits) = (self.grid.width, self.grid.bits);
        let (top, start) = (self.at << bits, column << bits);
        let (bottom, end) = ((top + (1 << bits)).min(self.height), (start + (1 << bits)).min(width));
        (top..bottom).map(move |y| y * width + start..y * width + end)
    }

    fn sample(&mut self, pixels: &[u32], column: usize) {
        self.samples.clear();
        for row in self.rows(column).step_by(self.every) {
            self.samples.extend(pixels.get(row).unwrap_or_default().iter().map(|pixel| {
                let [blue, green, red, _] = pixel.to_le_bytes();
                [red as i8, green as i8, blue as i8]
            }));
        }
    }

    /// The factors with which the block costs least.
    fn choose(&self, before: [i32; 3]) -> [i32; 3] {
        let [blue_costs, _, red_costs, _] = &self.prices.costs;
        let Self { samples, refine, .. } = self;
        let green_to_red =
            seek(samples, before[0], *refine, red_costs, |&[red, green, _]| (green, red as u8));
        let green_to_blue =
            seek(samples, before[1], *refine, blue_costs, |&[_, green, blue]| (green, blue as u8));
        let red_to_blue = seek(samples, before[2], *refine, blue_costs, |&[red, green, blue]| {
            (red, (blue as u8).wrapping_sub(delta(green_to_blue, green)))
        });
        [green_to_red, green_to_blue, red_to_blue]
    }

    fn replace(
        &mut self,
        pixels: &mut [u32],
        column: usize,
        [green_to_red, green_to_blue, red_to_blue]: [i32; 3],
    ) {
        for row in self.rows(column) {
            for pixel in pixels.get_mut(row).unwrap_or_default() {
                let [blue, green, red, alpha] = pixel.to_le_bytes();
                let new_red = red.wrapping_sub(delta(green_to_red, green as i8));
                let new_blue = blue.wrapping_sub(delta(green_to_blue, green as i8));
                let new_blue = new_blue.wrapping_sub(delta(red_to_blue, red as i8));
                *pixel = u32::from_le_bytes([new_blue, green, new_red, alpha]);
                self.prices.count(*pixel);
            }
        }
    }
}

/// The factor that makes a channel cheapest, given with each value of it the value of the other channel.
#[inline(always)]
fn seek(
    samples: &[[i8; 3]],
    before: i32,
    refine: bool,
    costs: &[u16; 256],
    pair: impl Fn(&[i8; 3]) -> (i8, u8),
) -> i32 {
    let (mut products, mut squares) = (0i64, 0i64);
    for (other, value) in samples.iter().map(&pair) {
        products += i64::from(other) * i64::from(value as i8);
        squares += i64::from(other) * i64::from(other);
    }
    if squares == 0 {
        return before;
    }
    let least_squares = (32 * products / squares).clamp(-128, 127) as i32;
    let cost = |factor: i32| {
        let left = samples.iter().map(&pair).map(|(other, value)| value.wrapping_sub(delta(factor, other)));
        let sum: u32 = left.map(|left| costs.get(usize::from(left)).map_or(0, |&cost| u32::from(cost))).sum();
        let factor_cost = if factor == before { 0 } else { CHANGE };
        sum + factor_cost + if factor == 0 { 0 } else { CHANGE }
    };
    let mut best = (cost(0), 0);
    let mut attempt = |factor: i32| {
        if (-128..128).contains(&factor) && factor != best.1 {
            let new = (cost(factor), factor);
            if new.0 < best.0 {
                best = new;
            }
        }
        best.1
    };
    attempt(before);
    let mut center = attempt(least_squares);
    for step in if refine { &[4, 2][..] } else { &[] } {
        attempt(center - step);
        center = attempt(center + step);
    }
    center
}
