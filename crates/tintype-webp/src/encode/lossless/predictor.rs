//! The predictor transform (RFC 9649, 3.5.1): a mode for each block, and differences in place of pixels.
//!
//! The mode is the one whose differences cost least, at the price that differences had in the blocks before.

use super::blocks::Grid;
use super::entropy::{COST_FRACTION, Tally, costs_of, log2};
use super::flat::Colors;
use super::near::Leeway;
use crate::vp8l::predict::{BLACK, Kernel, MODES, subtract, with_mode};
use alloc::boxed::Box;
use alloc::vec;
use alloc::vec::Vec;
use core::ops::Range;

/// What a block pays for another mode than its neighbours', in bits.
const CHANGE: u32 = 4 << COST_FRACTION;

/// The mode of blocks of few colours. They all have the same, so that what repeats in them, as letters do, still repeats
/// in the differences.
const FEW_COLORS: u8 = 1;

/// What values of the four channels cost, as they occur: blue, green, red and alpha.
pub(super) struct Prices {
    counts: [[u32; 256]; 4],
    pub(super) costs: [[u16; 256]; 4],
}

impl Prices {
    /// Begins with small differences as the most frequent.
    pub(super) fn new() -> Box<Self> {
        let mut counts = [0; 256];
        for (value, count) in (0u32..).zip(&mut counts) {
            let size = value.min(256 - value);
            *count = 4096 / (4 + size * size);
        }
        let mut prices = Box::new(Self { counts: [counts; 4], costs: [[0; 256]; 4] });
        prices.update();
        prices
    }

    #[inline(always)]
    pub(super) fn count(&mut self, pixel: u32) {
        for (value, counts) in pixel.to_le_bytes().into_iter().zip(&mut self.counts) {
            if let Some(count) = counts.get_mut(usize::from(value)) {
                *count += 1;
            }
        }
    }

    /// Makes prices of what was counted.
    pub(super) fn update(&mut self) {
        for (counts, costs) in self.counts.iter().zip(&mut self.costs) {
            costs_of(counts, costs);
        }
    }

    /// What a few pixels cost.
    fn sum(&self, pixels: &[u32], with_alpha: bool) -> u32 {
        let [blue, green, red, alpha] = &self.costs;
        let cost =
            |costs: &[u16; 256], value: u8| costs.get(usize::from(value)).map_or(0, |&cost| u32::from(cost));
        let opaque = |[b, g, r, _]: [u8; 4]| cost(blue, b) + cost(green, g) + cost(red, r);
        let channels = pixels.iter().map(|pixel| pixel.to_le_bytes());
        if with_alpha {
            channels.map(|pixel| opaque(pixel) + cost(alpha, pixel[3])).sum()
        } else {
            channels.map(opaque).sum()
        }
    }
}

/// How modes are chosen.
#[derive(Clone, Copy)]
pub(super) struct Settings {
    /// Of how many rows one is looked at.
    pub(super) every: usize,
    /// Modes of a block that are looked at twice.
    pub(super) candidates: usize,
    /// Whether alpha counts.
    pub(super) alpha: bool,
}

/// The transform, in the course of being applied.
pub(super) struct Predictor {
    pub(super) grid: Grid,
    height: usize,
    pub(super) modes: Vec<u8>,
    prices: Box<Prices>,
    /// The row above as it was, and after its last pixel the first of the row below.
    above: Vec<u32>,
    row: Vec<u32>,
    scratch: Scratch,
    /// The row of blocks at hand.
    at: usize,
    settings: Settings,
    leeway: Leeway,
    /// With leeway: the row above as it was, and to how many bits to round pixels.
    before: Vec<u32>,
    steps: Vec<u8>,
}

impl Predictor {
    /// Bytes that it holds.
    pub(super) fn memory(grid: &Grid) -> u64 {
        let of_scratch = 4 * grid.width + 4 * size_of::<Tally>() + 4 * usize::from(MODES) * grid.columns;
        (grid.blocks() + 13 * (grid.width + 2) + of_scratch + size_of::<Prices>()) as u64
    }

    pub(super) fn new(grid: Grid, height: usize, settings: Settings, leeway: Leeway) -> Self {
        let width_with_leeway = if leeway.is_none() { 0 } else { grid.width };
        Self {
            height,
            modes: vec![0; grid.blocks()],
            prices: Prices::new(),
            above: vec![0; grid.width + 1],
            row: vec![0; grid.width + 1],
            scratch: Scratch {
                differences: vec![0; grid.width],
                costs: vec![[0; MODES as usize]; grid.columns],
                tallies: vec![Tally::EMPTY; 4],
            },
            at: 0,
            settings,
            leeway,
            before: vec![0; width_with_leeway],
            steps: vec![0; width_with_leeway],
            grid,
        }
    }

    /// Rough number of instructions of a step.
    pub(super) fn step_work(&self) -> u64 {
        let Settings { every, candidates, .. } = self.settings;
        let (every, twice) = (every as u64, candidates as u64 + 1);
        let of_pixel = 30 + (350 + 60 * twice) / every;
        // Each mode of a block is sent, too.
        of_pixel * self.grid.row_pixels() + (2000 * twice + 500) * self.grid.columns as u64
    }

    /// Replaces a row of blocks. Returns whether it was the last.
    pub(super) fn step(&mut self, pixels: &mut [u32]) -> bool {
        let first = self.at << self.grid.bits;
        if let (Some(beyond), Some(&next)) = (self.above.last_mut(), pixels.get(first * self.grid.width)) {
            *beyond = next;
        }
        let mut scratch = core::mem::take(&mut self.scratch);
        self.price(pixels, &mut scratch);
        for column in 0..self.grid.columns {
            let mode = self.choose(pixels, column, &mut scratch);
            if let Some(to) = self.modes.get_mut(self.at * self.grid.columns + column) {
                *to = mode;
            }
        }
        self.scratch = scratch;
        let last = (first + (1 << self.grid.bits)).min(self.height);
        (first..last).for_each(|y| self.replace(pixels, y));
        self.prices.update();
        self.at += 1;
        self.at >= self.grid.rows
    }

    /// Adds up what differences cost in each block at hand, by each mode, at the going prices.
    fn price(&self, pixels: &[u32], scratch: &mut Scratch) {
        let Scratch { costs, differences, .. } = scratch;
        costs.fill([0; MODES as usize]);
        let side = 1 << self.grid.bits;
        for row in self.rows(pixels, 0..self.grid.columns) {
            for mode in 0..MODES {
                let differences = predict(differences, mode, row, self.leeway);
                // The first pixel of a row has a mode of its own.
                let (first, others) = differences.split_at_checked(side - 1).unwrap_or((differences, &[]));
                for (block, costs) in core::iter::once(first).chain(others.chunks(side)).zip(&mut *costs) {
                    if let Some(cost) = costs.get_mut(usize::from(mode)) {
                        *cost += self.prices.sum(block, self.settings.alpha);
                    }
                }
            }
        }
    }

    /// The mode whose differences cost least in a block: of those that are cheap at the going prices, the one that is
    /// cheapest if what the block would take with prices of its own is added.
    fn choose(&self, pixels: &[u32], column: usize, scratch: &mut Scratch) -> u8 {
        let at = self.at * self.grid.columns + column;
        let mode_at = |at: Option<usize>| at.and_then(|at| self.modes.get(at)).copied();
        let left = if column > 0 { mode_at(at.checked_sub(1)) } else { None };
        let above = mode_at(at.checked_sub(self.grid.columns));
        let change = |mode: u8| if Some(mode) == left || Some(mode) == above { 0 } else { CHANGE };
        let prices = scratch.costs.get(column).copied().unwrap_or_default();
        let mut mode = 0..;
        let mut costs = prices.map(|cost| mode.next().map_or((cost, 0), |mode| (cost + change(mode), mode)));
        let plain = costs[0];
        costs.sort_unstable();
        let mut colors = Colors::new();
        let few = self.rows(pixels, column..column + 1).all(|row| colors.add(row.pixels));
        if few && colors.repeat(self.settings.alpha) && colors.cost() <= costs[0].0 {
            return FEW_COLORS;
        }
        let mut best = (u32::MAX, 0);
        for (cost, mode) in costs.into_iter().take(self.settings.candidates).chain([plain]) {
            if cost >= best.0 {
                continue;
            }
            let channels = if self.settings.alpha { 4 } else { 3 };
            let own = scratch.bits(mode, self.rows(pixels, column..column + 1), self.leeway, channels);
            best = best.min((cost + (own >> (16 - COST_FRACTION)) as u32, mode));
        }
        best.1
    }

    /// The rows of blocks by which their modes are chosen.
    fn rows<'a>(&'a self, pixels: &'a [u32], columns: Range<usize>) -> impl Iterator<Item = Row<'a>> {
        let width = self.grid.width;
        let top = self.at << self.grid.bits;
        let bottom = (top + (1 << self.grid.bits)).min(self.height);
        let start = (columns.start << self.grid.bits).max(1);
        let end = (columns.end << self.grid.bits).min(width);
        (top..bottom).step_by(self.settings.every).filter(|&y| y > 0).map(move |y| {
            let above =
                if y == top { Some(self.above.as_slice()) } else { pixels.get((y - 1) * width..=y * width) };
            Row {
                pixels: pixels.get(y * width + start - 1..y * width + end).unwrap_or_default(),
                above: above.and_then(|above| above.get(start - 1..=end)).unwrap_or_default(),
            }
        })
    }

    /// Replaces a row by its differences.
    fn replace(&mut self, pixels: &mut [u32], y: usize) {
        if !self.leeway.is_none() {
            return self.replace_with_leeway(pixels, y);
        }
        let width = self.grid.width;
        let Some(row) = pixels.get_mut(y * width..(y + 1) * width) else { return };
        let Some(old) = self.row.get_mut(..width) else { return };
        old.copy_from_slice(row);
        if y == 0 {
            // Opaque black, then the pixel to the left.
            row.iter_mut()
                .zip(core::iter::once(&BLACK).chain(&*old))
                .for_each(|(to, &left)| *to = subtract(*to, left));
        } else {
            if let (Some(first), Some(&above)) = (row.first_mut(), self.above.first()) {
                *first = subtract(*first, above);
            }
            let modes = self.modes.get(self.at * self.grid.columns..).unwrap_or_default();
            for (column, &mode) in modes.iter().take(self.grid.columns).enumerate() {
                let start = (column << self.grid.bits).max(1);
                let end = ((column + 1) << self.grid.bits).min(width);
                let old = old.get(start - 1..end).unwrap_or_default();
                let above = self.above.get(start - 1..=end).unwrap_or_default();
                differences(mode, row.get_mut(start..end).unwrap_or_default(), old, above);
            }
        }
        row.iter().for_each(|&pixel| self.prices.count(pixel));
        self.end_row(pixels.get((y + 1) * width));
    }

    /// As [`Predictor::replace`], where what the decoder will see may be something else. Modes are chosen as if not.
    fn replace_with_leeway(&mut self, pixels: &mut [u32], y: usize) {
        let (width, bits, leeway) = (self.grid.width, self.grid.bits, self.leeway);
        let Some((row, after)) =
            pixels.get_mut(y * width..).and_then(|rest| rest.split_at_mut_checked(width))
        else {
            return;
        };
        self.steps.fill(0);
        if leeway.bits > 0 && y > 0 {
            leeway.steps(&mut self.steps, &self.before, row, after);
        }
        self.before.copy_from_slice(row);
        let modes = self.modes.get(self.at * self.grid.columns..).unwrap_or_default();
        let (mut left, mut top_left) = (BLACK, BLACK);
        for (x, (pixel, &step)) in row.iter_mut().zip(&self.steps).enumerate() {
            let mode = match (x, y) {
                (0, 0) => 0,
                (_, 0) => 1,
                (0, _) => 2,
                _ => modes.get(x >> bits).copied().unwrap_or(0),
            };
            let above = |x: usize| self.above.get(x).copied().unwrap_or(0);
            let (top, top_right) = (above(x), above(x + 1));
            let prediction = with_mode(mode, Prediction { left, top_left, top, top_right });
            let outcome = leeway.settle(*pixel, prediction, step);
            self.prices.count(outcome.exact);
            *pixel = outcome.residual;
            (left, top_left) = (outcome.seen, top);
            if let Some(seen) = self.row.get_mut(x) {
                *seen = left;
            }
            if let (0, Some(beyond)) = (x, self.above.last_mut()) {
                *beyond = left;
            }
        }
        self.end_row(after.first());
    }

    /// Makes the row at hand the one above, and the first pixel of the next the one beyond its end.
    fn end_row(&mut self, next: Option<&u32>) {
        core::mem::swap(&mut self.above, &mut self.row);
        if let (Some(beyond), Some(&next)) = (self.above.last_mut(), next) {
            *beyond = next;
        }
    }
}

/// The prediction of a single pixel from those around it.
struct Prediction {
    left: u32,
    top_left: u32,
    top: u32,
    top_right: u32,
}

impl Kernel for Prediction {
    type Output = u32;

    #[inline(always)]
    fn run(self, predict: impl Fn(u32, u32, u32, u32) -> u32) -> u32 {
        predict(self.left, self.top_left, self.top, self.top_right)
    }
}

/// A row of a block.
#[derive(Clone, Copy)]
struct Row<'a> {
    /// Its pixels, after the one to their left.
    pixels: &'a [u32],
    /// Those above, and above right.
    above: &'a [u32],
}

/// What choosing a mode takes.
#[derive(Default)]
struct Scratch {
    /// The differences of a row.
    differences: Vec<u32>,
    /// What the differences of each block in a row of them cost by each mode.
    costs: Vec<[u32; MODES as usize]>,
    /// What a block's differences take, for each channel.
    tallies: Vec<Tally>,
}

impl Scratch {
    /// The bits that the differences of a block's rows take with codes of their own.
    fn bits<'a>(
        &mut self,
        mode: u8,
        rows: impl Iterator<Item = Row<'a>>,
        leeway: Leeway,
        channels: usize,
    ) -> u64 {
        let mut tallies = core::mem::take(&mut self.tallies);
        tallies.iter_mut().take(channels).for_each(|tally| *tally = Tally::EMPTY);
        for row in rows {
            for difference in predict(&mut self.differences, mode, row, leeway) {
                let values = difference.to_le_bytes().into_iter().take(channels);
                tallies.iter_mut().zip(values).for_each(|(tally, value)| tally.add(value));
            }
        }
        let bits = tallies.iter().take(channels).map(Tally::bits).sum();
        self.tallies = tallies;
        bits
    }
}

/// The differences of a row, for which there is room at `to`.
fn predict<'a>(to: &'a mut [u32], mode: u8, row: Row<'_>, leeway: Leeway) -> &'a [u32] {
    let to = to.get_mut(..row.pixels.len().saturating_sub(1)).unwrap_or_default();
    differences(mode, to, row.pixels, row.above);
    if leeway.hidden {
        let hidden = to.iter_mut().zip(row.pixels.iter().skip(1)).filter(|(_, pixel)| leeway.hides(**pixel));
        hidden.for_each(|(to, _)| *to &= 0xFF00_0000);
    }
    to
}

/// Writes the differences of a row whose pixels are `old`, which begins with the pixel to the left, as `above` with the one
/// above that.
///
/// The one place where predictions are made, because each kernel is compiled once for every mode.
#[inline(never)]
fn differences(mode: u8, to: &mut [u32], old: &[u32], above: &[u32]) {
    with_mode(mode, Difference { to, old, above });
}

struct Difference<'a> {
    to: &'a mut [u32],
    old: &'a [u32],
    above: &'a [u32],
}

impl Kernel for Difference<'_> {
    type Output = ();

    #[inline(always)]
    fn run(self, predict: impl Fn(u32, u32, u32, u32) -> u32) {
        for ((to, old), above) in self.to.iter_mut().zip(self.old.windows(2)).zip(self.above.windows(3)) {
            let (&[left, pixel], &[top_left, top, top_right]) = (old, above) else { continue };
            *to = subtract(pixel, predict(left, top_left, top, top_right));
        }
    }
}

/// Roughly the bits that the modes of `blocks` blocks take, in units of 2^-16.
pub(super) fn modes_bits(blocks: usize) -> u64 {
    blocks as u64 * u64::from(log2(MODES.into())) / 2
}
