//! Groups of prefix codes (RFC 9649, 3.7.2.2): blocks whose symbols are distributed alike share a group.
//!
//! Blocks begin in classes of similar cost. Then, in turn, the symbols of each class are counted, and each block goes to
//! the class whose codes suit it best. In between, classes are merged as long as that saves more bits of codes than it
//! costs bits of symbols.

use super::blocks::{Grid, Place};
use super::entropy::{COST_FRACTION, bits_of};
use super::histogram::{Histogram, Places, extra_bits, places, symbols};
use super::merge::{self, LANES, merge};
use super::parse::Costs;
use super::tokens::{Source, Walk};
use alloc::vec;
use alloc::vec::Vec;

/// Vectors of eight costs, one for each group.
const VECTORS: usize = LANES / 8;
const NO_COSTS: [[u32; 8]; VECTORS] = [[0; 8]; VECTORS];

/// What a block pays for another group than the block before it, in bits.
const CHANGE: u32 = 3 << COST_FRACTION;

/// Blocks, in the course of being grouped.
pub(super) struct Grouping {
    pub(super) grid: Grid,
    cache_bits: u32,
    /// The group of each block.
    pub(super) blocks: Vec<u8>,
    /// The counts of each group.
    pub(super) histograms: Vec<Histogram>,
    /// Bits that follow symbols.
    pub(super) extra_bits: u64,
    seeds: Vec<Seed>,
    /// What symbols cost before there are groups.
    costs: Costs,
    /// Of each symbol, the costs in each group.
    table: Vec<[[u16; 8]; VECTORS]>,
    /// Of each block in a row of them, the costs in each group.
    sums: Vec<[[u32; 8]; VECTORS]>,
    pass: Pass,
    rounds: u32,
    walk: Walk,
    place: Place,
    /// The row of blocks at hand.
    row: usize,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Pass {
    Seed,
    Count,
    Assign,
    Done,
}

/// The cost of a block, in all and without green, and its tokens.
#[derive(Clone, Copy, Default)]
struct Seed {
    all: u32,
    others: u32,
    tokens: u32,
}

impl Grouping {
    /// Bytes that grouping holds at most.
    pub(super) fn memory(grid: &Grid, cache_bits: u32) -> u64 {
        let (blocks, symbols) = (grid.blocks() as u64, symbols(cache_bits) as u64);
        let of_symbols = (LANES as u64 + 3) * 4 * symbols + (2 * LANES as u64 + 2) * symbols;
        let of_merging = merge::memory(symbols as usize);
        blocks * 30 + of_symbols + of_merging + 4 * LANES as u64 * grid.columns as u64 + 8192
    }

    /// Begins with `groups` groups at most.
    pub(super) fn new(grid: Grid, cache_bits: u32, groups: usize, rounds: u32, costs: Costs) -> Self {
        let groups = groups.clamp(1, LANES);
        Self {
            grid,
            cache_bits,
            blocks: vec![0; grid.blocks()],
            histograms: vec![Histogram::new(cache_bits); groups],
            extra_bits: 0,
            seeds: vec![Seed::default(); grid.blocks()],
            costs,
            table: vec![[[0; 8]; VECTORS]; symbols(cache_bits)],
            sums: vec![NO_COSTS; grid.columns],
            pass: if groups == 1 { Pass::Count } else { Pass::Seed },
            rounds: if groups == 1 { 0 } else { rounds },
            walk: Walk::new(cache_bits),
            place: Place::default(),
            row: 0,
        }
    }

    /// Goes on by about `some` pixels. Returns whether all blocks have their group, and all symbols are counted.
    pub(super) fn step(&mut self, source: &Source<'_>, some: usize) -> bool {
        let stop = self.walk.position().saturating_add(some);
        let ended = match self.pass {
            Pass::Seed => self.seed(source, stop),
            Pass::Count => self.count(source, stop),
            Pass::Assign => self.assign(source, stop),
            Pass::Done => return true,
        };
        if ended {
            self.walk = Walk::new(self.cache_bits);
            self.place = Place::default();
            self.row = 0;
            self.next_pass();
        }
        self.pass == Pass::Done
    }

    fn next_pass(&mut self) {
        self.pass = match self.pass {
            Pass::Seed => {
                self.classify();
                Pass::Count
            }
            Pass::Assign => Pass::Count,
            _ if self.rounds == 0 => {
                self.settle();
                Pass::Done
            }
            _ => {
                self.rounds -= 1;
                merge(&mut self.histograms);
                self.tabulate();
                Pass::Assign
            }
        };
        if self.pass == Pass::Count {
            self.histograms.iter_mut().for_each(|histogram| histogram.0.fill(0));
            self.extra_bits = 0;
        }
    }

    /// Adds up the costs of blocks. Returns whether that was the end, as the other passes do.
    fn seed(&mut self, source: &Source<'_>, stop: usize) -> bool {
        while self.walk.position() < stop {
            let stretch = self.place.move_to(self.walk.position(), &self.grid);
            let Some(seed) = self.seeds.get_mut(stretch.block) else { return true };
            while self.walk.position() < stretch.end {
                let Some(token) = self.walk.next(source) else { return true };
                let (green, others) = self.costs.green_and_others(token);
                seed.all = seed.all.saturating_add(green + others);
                seed.others = seed.others.saturating_add(others);
                seed.tokens += 1;
            }
        }
        false
    }

    /// Divides blocks into classes of similar cost for each symbol, and these by the share that is not green's. All classes
    /// take about as many bits.
    fn classify(&mut self) {
        let groups = self.histograms.len();
        let inner = if groups >= 16 { 4 } else { 1 };
        let seeds = core::mem::take(&mut self.seeds);
        let mut order: Vec<(u32, usize)> = (0..)
            .zip(&seeds)
            .filter(|(_, seed)| seed.tokens > 0)
            .map(|(block, seed)| (seed.all / seed.tokens, block))
            .collect();
        let mut first = 0;
        for class in parts(&mut order, &seeds, groups / inner) {
            for (share, block) in class.iter_mut() {
                let seed = seeds.get(*block).copied().unwrap_or_default();
                *share = (u64::from(seed.others) * 4096 / u64::from(seed.all.max(1))) as u32;
            }
            for (group, part) in (first..).zip(parts(class, &seeds, inner)) {
                for &mut (_, block) in part {
                    if let Some(to) = self.blocks.get_mut(block) {
                        *to = group;
                    }
                }
            }
            first += inner as u8;
        }
    }

    /// Counts the symbols of groups.
    fn count(&mut self, source: &Source<'_>, stop: usize) -> bool {
        while self.walk.position() < stop {
            let stretch = self.place.move_to(self.walk.position(), &self.grid);
            let group = self.blocks.get(stretch.block).map_or(0, |&group| usize::from(group));
            let Some(histogram) = self.histograms.get_mut(group) else { return true };
            while self.walk.position() < stretch.end {
                let Some(token) = self.walk.next(source) else { return true };
                histogram.add(token);
                self.extra_bits += u64::from(extra_bits(token));
            }
        }
        false
    }

    /// Lays out the costs of symbols in the groups side by side.
    fn tabulate(&mut self) {
        for (lane, histogram) in self.histograms.iter().enumerate() {
            let costs = Costs::new(histogram, self.cache_bits);
            for (costs, cost) in self.table.iter_mut().zip(costs.all()) {
                if let Some(to) = costs.as_flattened_mut().get_mut(lane) {
                    *to = *cost;
                }
            }
        }
        self.sums.fill(NO_COSTS);
    }

    /// Gives each block the group in which it costs least.
    fn assign(&mut self, source: &Source<'_>, stop: usize) -> bool {
        match self.histograms.len() {
            0..=8 => self.assign_vectors::<1>(source, stop),
            9..=16 => self.assign_vectors::<2>(source, stop),
            _ => self.assign_vectors::<VECTORS>(source, stop),
        }
    }

    /// The same where groups take `COUNT` vectors.
    fn assign_vectors<const COUNT: usize>(&mut self, source: &Source<'_>, stop: usize) -> bool {
        while self.walk.position() < stop {
            let stretch = self.place.move_to(self.walk.position(), &self.grid);
            if stretch.row != self.row {
                self.choose(self.row, stretch.row);
                self.row = stretch.row;
            }
            let costs = |place: usize| self.table.get(place).unwrap_or(&[[0; 8]; VECTORS]);
            // A copy, so that the compiler knows that it overlaps with nothing.
            let mut sums = [[0; 8]; COUNT];
            while self.walk.position() < stretch.end {
                let Some(token) = self.walk.next(source) else {
                    self.choose(self.row, self.grid.rows);
                    return true;
                };
                match places(token) {
                    Places::Literal(places) => add_costs(&mut sums, places.map(costs)),
                    Places::Copy(places) => add_costs(&mut sums, places.map(costs)),
                    Places::Cached(place) => add_costs(&mut sums, [costs(place)]),
                }
            }
            for (to, sums) in self.sums.get_mut(stretch.column).into_iter().flatten().zip(sums) {
                to.iter_mut().zip(sums).for_each(|(to, sum)| *to = to.wrapping_add(sum));
            }
        }
        false
    }

    /// Chooses the groups of a row of blocks, and of those that follow it up to another, where no tokens begin.
    fn choose(&mut self, row: usize, next: usize) {
        let groups = self.histograms.len();
        let start = row * self.grid.columns;
        let mut before = start.checked_sub(1).and_then(|at| self.blocks.get(at)).copied().unwrap_or(0);
        let rows = self.blocks.get_mut(start..next * self.grid.columns).unwrap_or_default();
        for (block, sums) in rows.iter_mut().zip(&self.sums) {
            let cost =
                |&(group, &sum): &(u8, &u32)| sum.saturating_add(if group == before { 0 } else { CHANGE });
            before = (0u8..)
                .zip(sums.as_flattened().iter().take(groups))
                .min_by_key(cost)
                .map_or(0, |(group, _)| group);
            *block = before;
        }
        rows.iter_mut().skip(self.grid.columns).for_each(|block| *block = before);
        self.sums.fill(NO_COSTS);
    }

    /// Drops groups that are empty, and all but one if that takes fewer bits.
    fn settle(&mut self) {
        let mut numbers = [0u8; LANES];
        let mut next = 0;
        for (number, histogram) in numbers.iter_mut().zip(&self.histograms) {
            *number = next;
            next += u8::from(!histogram.is_empty());
        }
        self.histograms.retain(|histogram| !histogram.is_empty());
        let mut counts = [0; LANES];
        for block in &mut self.blocks {
            *block = numbers.get(usize::from(*block)).copied().unwrap_or(0).min(next.max(1) - 1);
            counts.get_mut(usize::from(*block)).map(|count| *count += 1).unwrap_or_default();
        }
        let apart: u64 = self.histograms.iter().map(Histogram::bits).sum::<u64>() + bits_of(counts) * 3 / 4;
        let mut histograms = self.histograms.iter();
        let Some(mut all) = histograms.next().cloned() else { return };
        histograms.for_each(|histogram| all.add_all(histogram));
        if all.bits() <= apart {
            self.histograms = vec![all];
            self.blocks.fill(0);
        }
    }
}

/// Adds the costs of a token's symbols, of which there are at most four, so that 16 bits hold their sum. Sums that wrap, in the
/// largest blocks, make a poor choice and no wrong one.
#[inline(always)]
fn add_costs<const COUNT: usize, const SYMBOLS: usize>(
    sums: &mut [[u32; 8]; COUNT],
    symbols: [&[[u16; 8]; VECTORS]; SYMBOLS],
) {
    for (vector, sums) in sums.iter_mut().enumerate() {
        let mut token = [0u16; 8];
        for costs in symbols {
            let costs = costs.get(vector).copied().unwrap_or_default();
            token.iter_mut().zip(costs).for_each(|(sum, cost)| *sum += cost);
        }
        sums.iter_mut().zip(token).for_each(|(sum, cost)| *sum = sum.wrapping_add(cost.into()));
    }
}

/// Sorts blocks by a key, and cuts them into parts that cost about the same.
fn parts<'a>(
    blocks: &'a mut [(u32, usize)],
    seeds: &[Seed],
    count: usize,
) -> impl Iterator<Item = &'a mut [(u32, usize)]> {
    blocks.sort_unstable();
    let cost = |&(_, block): &(u32, usize)| seeds.get(block).map_or(0, |seed| u64::from(seed.all) + 1);
    let total: u64 = blocks.iter().map(cost).sum();
    let mut ends = Vec::with_capacity(count);
    let (mut sum, mut at) = (0, 0);
    for part in 1..=count as u64 {
        let start = at;
        while at < blocks.len() && (sum * count as u64) < total * part {
            sum += blocks.get(at).map_or(0, cost);
            at += 1;
        }
        ends.push(at - start);
    }
    let mut rest = blocks;
    ends.into_iter().map(move |length| {
        let (part, after) = core::mem::take(&mut rest).split_at_mut_checked(length).unwrap_or_default();
        rest = after;
        part
    })
}
