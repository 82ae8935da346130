//! Steps from matches to the last bit.

use super::super::bits::BitWriter;
use super::super::blocks::{Grid, Place};
use super::super::cached::choose_cache;
use super::super::cluster::Grouping;
use super::super::matches::Matcher;
use super::super::palette::Palette;
use super::super::parse::{Costs, Greedy, Optimizer};
use super::super::stream::{Codes, write_small};
use super::super::tokens::{Choice, Match, Source, Walk};
use super::{Encoder, STEP, Stage};
use alloc::vec;
use alloc::vec::Vec;

/// Symbols, in the course of being written.
pub(super) struct Writing {
    walk: Walk,
    place: Place,
    grid: Grid,
    blocks: Vec<u8>,
    codes: Vec<Codes>,
}

impl Encoder {
    pub(super) fn begin_matching(&mut self) -> Stage {
        self.bits.put(0, 1); // no more transforms
        self.palette = Palette::new();
        self.matches = vec![Match::default(); self.pixels.len()];
        Stage::Match(Matcher::new(self.pixels.len(), self.tuning.search))
    }

    pub(super) fn find_matches(&mut self, mut matcher: Matcher) -> Stage {
        let before = matcher.work();
        let ended = matcher.step(&self.pixels, &mut self.matches, self.coded_width, STEP / 2);
        self.work += matcher.work() - before;
        if !ended {
            return Stage::Match(matcher);
        }
        self.choices = vec![Choice::default(); self.pixels.len()];
        Stage::Cache
    }

    pub(super) fn choose_cache(&mut self) -> Stage {
        let (cache_bits, histogram) =
            choose_cache(&self.pixels, &self.matches, self.coded_width, self.tuning.cache_sizes);
        self.cache_bits = cache_bits;
        let costs = Costs::new(&histogram, cache_bits);
        if self.tuning.passes == 0 {
            return Stage::Choose(Greedy::new(costs, cache_bits));
        }
        Stage::Optimize(Optimizer::new(costs, cache_bits), self.tuning.passes)
    }

    /// Makes choices the cheap way.
    pub(super) fn choose(&mut self, mut greedy: Greedy) -> Stage {
        if !greedy.step(&self.pixels, &self.matches, &mut self.choices, self.coded_width, STEP) {
            return Stage::Choose(greedy);
        }
        self.begin_grouping(greedy.into_costs(), 0)
    }

    /// Makes choices the good way.
    pub(super) fn optimize(&mut self, mut optimizer: Optimizer, passes: u32) -> Stage {
        let width = self.coded_width;
        if !optimizer.step(&self.pixels, &self.matches, &mut self.choices, width, STEP) {
            return Stage::Optimize(optimizer, passes);
        }
        self.begin_grouping(optimizer.into_costs(), passes.saturating_sub(1))
    }

    fn source(&self) -> Source<'_> {
        Source {
            pixels: &self.pixels,
            matches: &self.matches,
            choices: &self.choices,
            width: self.coded_width,
        }
    }

    /// Begins to make groups or, if choices are to be made anew, to count symbols in a single one.
    fn begin_grouping(&mut self, costs: Costs, passes: u32) -> Stage {
        let grid = self.tuning.group_grid(self.coded_width, self.height);
        let groups = if passes > 0 { 1 } else { self.tuning.groups.min(self.pixels.len() / 1024) };
        self.work += 200_000 * groups as u64 * u64::from(self.tuning.rounds);
        Stage::Group(Grouping::new(grid, self.cache_bits, groups, self.tuning.rounds, costs), passes)
    }

    pub(super) fn group(&mut self, mut grouping: Grouping, passes: u32) -> Stage {
        if !grouping.step(&self.source(), STEP) {
            return Stage::Group(grouping, passes);
        }
        if passes > 0
            && let Some(histogram) = grouping.histograms.first()
        {
            let costs = Costs::new(histogram, self.cache_bits);
            return Stage::Optimize(Optimizer::new(costs, self.cache_bits), passes);
        }
        self.begin_writing(grouping)
    }

    /// Writes what stands before the symbols of the image.
    fn begin_writing(&mut self, grouping: Grouping) -> Stage {
        let Grouping { grid, blocks, histograms, extra_bits, .. } = grouping;
        self.bits.put((self.cache_bits > 0).into(), 1);
        if self.cache_bits > 0 {
            self.bits.put(self.cache_bits, 4);
        }
        let several = histograms.len() > 1;
        self.bits.put(several.into(), 1);
        if several {
            self.bits.put(grid.bits - 2, 3);
            let numbers: Vec<u32> = blocks.iter().map(|&group| u32::from(group) << 8).collect();
            write_small(&mut self.bits, &numbers, grid.columns, self.tuning.search);
        }
        let mut symbol_bits = extra_bits;
        let mut codes = Vec::with_capacity(histograms.len());
        for histogram in &histograms {
            codes.push(Codes::write(&mut self.bits, histogram, &mut symbol_bits));
        }
        self.work += 150_000 * histograms.len() as u64;
        self.bits.reserve(symbol_bits);
        Stage::Write(Writing {
            walk: Walk::new(self.cache_bits),
            place: Place::default(),
            grid,
            blocks,
            codes,
        })
    }

    pub(super) fn write(&mut self, mut writing: Writing) -> Stage {
        let mut bits = core::mem::take(&mut self.bits);
        let ended = writing.step(&self.source(), &mut bits);
        self.bits = bits;
        if !ended {
            return Stage::Write(writing);
        }
        self.pixels = Vec::new();
        self.matches = Vec::new();
        self.choices = Vec::new();
        Stage::Done
    }
}

impl Writing {
    /// Writes some symbols. Returns whether they were the last.
    fn step(&mut self, source: &Source<'_>, bits: &mut BitWriter) -> bool {
        let stop = self.walk.position() + STEP;
        while self.walk.position() < stop {
            let stretch = self.place.move_to(self.walk.position(), &self.grid);
            let group = self.blocks.get(stretch.block).map_or(0, |&group| usize::from(group));
            let Some(codes) = self.codes.get(group) else { return true };
            while self.walk.position() < stretch.end {
                let Some(token) = self.walk.next(source) else { return true };
                codes.write_token(bits, token);
            }
        }
        false
    }
}
