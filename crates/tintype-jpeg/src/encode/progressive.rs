//! Progressive scans (ITU-T T.81, Annex G), each with Huffman tables of its own, all written at the end.

use alloc::vec::Vec;

use super::bit_writer::BitWriter;
use super::coefficients::{BlockRow, McuRow, Tokens, ZRL};
use super::entropy::{self, Counter, Sink, Writer};
use super::huffman::Codes;
use super::layout::Layout;
use super::segments::{self, ScanComponent};
use super::sequential;

/// Longest run of blocks that one symbol ends (T.81, Table G.1).
const MAX_EOB_RUN: u32 = 0x7FFF;
/// A script is chosen by at least this number of rows of MCUs, evenly spaced, where the image has as many.
const SAMPLED_ROWS: usize = 8;
/// At least one row in this many is taken.
const MAX_EVERY: usize = 8;
/// Correction bits that wait for the end of a run of ended blocks. The limit bounds memory; the format has none.
const MAX_PENDING_BITS: usize = 1 << 12;

/// The content of a scan.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Scan {
    /// DC coefficients of all components.
    Dc,
    /// A band of AC coefficients of one component.
    Ac {
        /// Index of the component.
        component: usize,
        /// First and last zigzag position.
        band: (u8, u8),
        /// Lowest bit that is coded; those below come in refinements.
        low: u8,
    },
    /// One more bit of a component's AC coefficients: bit `low`.
    Refine {
        /// Index of the component.
        component: usize,
        /// The bit.
        low: u8,
    },
}

/// A component's share of a script: where the band is split, and how many low bits come in refinements.
#[derive(Clone, Copy, Debug)]
struct Plan {
    /// Last zigzag position of the first band; 63 for a single band.
    split: u8,
    low: u8,
}

/// The scans in an order that shows a whole picture early: DC, the lower bands, the upper bands, then the low bits.
fn script(plans: &[Plan]) -> Vec<Scan> {
    let mut scans = alloc::vec![Scan::Dc];
    let plans = || (0..).zip(plans);
    scans.extend(plans().map(|(component, p)| Scan::Ac { component, band: (1, p.split), low: p.low }));
    let upper = plans().filter(|(_, p)| p.split < 63);
    scans.extend(upper.map(|(component, p)| Scan::Ac { component, band: (p.split + 1, 63), low: p.low }));
    for low in (0..3).rev() {
        let refined = plans().filter(|(_, p)| p.low > low);
        scans.extend(refined.map(|(component, _)| Scan::Refine { component, low }));
    }
    scans
}

/// A script that does well on most photographs.
pub(crate) fn usual_script(layout: &Layout) -> Vec<Scan> {
    let plans = [Plan { split: 8, low: 2 }, Plan { split: 8, low: 0 }, Plan { split: 8, low: 0 }];
    script(plans.get(..layout.components().len()).unwrap_or(&plans))
}

/// The script that codes the image in the fewest bits, by a sample of its rows: for each component in turn the number of
/// refined bits, then the split of the bands.
pub(crate) fn best_script(layout: &Layout, rows: &[McuRow]) -> Vec<Scan> {
    const SPLITS: [u8; 2] = [2, 8];
    let every = (rows.len() / SAMPLED_ROWS).clamp(1, MAX_EVERY);
    let cost = |scan| {
        let mut counter = Counter::new();
        walk(layout, rows.iter().step_by(every), scan, &mut counter);
        counter.bits(every as u64)
    };
    let plan = |component| {
        let first = |split, low| cost(Scan::Ac { component, band: (1, split), low });
        let second = |split: u8, low| cost(Scan::Ac { component, band: (split + 1, 63), low });
        // Refining one bit more costs that bit's scan, and saves in the first.
        let (mut whole, mut low) = (first(63, 0), 0);
        while low < 2 {
            let refined = first(63, low + 1);
            if refined + cost(Scan::Refine { component, low }) >= whole {
                break;
            }
            (whole, low) = (refined, low + 1);
        }
        let splits = SPLITS.map(|split| (first(split, low) + second(split, low), split));
        let (_, split) = splits.into_iter().fold((whole, 63), Ord::min);
        Plan { split, low }
    };
    script(&(0..layout.components().len()).map(plan).collect::<Vec<_>>())
}

/// Writes the scans of a script.
pub(crate) fn write(layout: &Layout, rows: &[McuRow], script: &[Scan], out: &mut Vec<u8>) {
    for &scan in script {
        let mut counter = Counter::new();
        walk(layout, rows.iter(), scan, &mut counter);
        let specs = counter.specs();
        entropy::write_tables(out, &specs);
        header(layout, scan, out);
        let codes = specs.each_ref().map(Codes::new);
        let mut writer = Writer { codes: &codes, bits: BitWriter::default(), out };
        walk(layout, rows.iter(), scan, &mut writer);
        writer.bits.finish(writer.out);
    }
}

fn header(layout: &Layout, scan: Scan, out: &mut Vec<u8>) {
    let selected = |components: core::ops::Range<usize>| -> Vec<ScanComponent> {
        let table = |c: usize| layout.components().get(c).map_or(0, |c| c.table);
        components.map(|c| ScanComponent { component: c, dc_table: table(c), ac_table: table(c) }).collect()
    };
    let one = |component| selected(component..component + 1);
    match scan {
        Scan::Dc => {
            let mut components = selected(0..layout.components().len());
            components.iter_mut().for_each(|c| c.ac_table = 0);
            segments::scan(out, &components, (0, 0), (0, 0));
        }
        Scan::Ac { component, band, low } => segments::scan(out, &one(component), band, (0, low)),
        Scan::Refine { component, low } => segments::scan(out, &one(component), (1, 63), (low + 1, low)),
    }
}

/// Passes the symbols of a scan to `sink` in the order of the file.
fn walk<'a>(layout: &Layout, rows: impl Iterator<Item = &'a McuRow>, scan: Scan, sink: &mut impl Sink) {
    let (Scan::Ac { component, .. } | Scan::Refine { component, .. }) = scan else {
        return sequential::walk_dc(layout, rows, sink);
    };
    let table = layout.components().get(component).map_or(0, |c| c.table);
    let mut band = Band { table: entropy::ac(table), run: 0, pending: Bits::default(), sink };
    for row in rows.flat_map(|row| row.of(layout).nth(component)).flatten() {
        match scan {
            Scan::Ac { band: (first, last), low, .. } => {
                band.first_pass(row, u32::from(first), u32::from(last), low)
            }
            Scan::Refine { low, .. } => band.refine(row, low),
            Scan::Dc => {}
        }
    }
    band.end_run();
}

/// A queue of correction bits.
#[derive(Default)]
struct Bits {
    /// Those before the last ones, as many in each.
    words: Vec<u32>,
    /// The last ones, lowest last.
    rest: u64,
    /// How many are in `rest`: less than 32.
    count: u32,
}

impl Bits {
    fn len(&self) -> usize {
        self.words.len() * 32 + self.count as usize
    }

    /// Appends the lowest `count` bits, less than 64.
    fn push(&mut self, bits: u64, count: u32) {
        for (bits, count) in [(bits >> 32, count.saturating_sub(32)), (bits, count.min(32))] {
            self.rest = self.rest << count | bits & ((1 << count) - 1);
            self.count += count;
            if self.count >= 32 {
                self.count -= 32;
                self.words.push((self.rest >> self.count) as u32);
            }
        }
    }

    /// Takes all of them.
    fn flush(&mut self, sink: &mut impl Sink) {
        self.words.drain(..).for_each(|word| sink.bits(word, 32));
        sink.bits((self.rest & ((1 << self.count) - 1)) as u32, self.count);
        self.count = 0;
    }
}

/// What a refinement says about a block.
///
/// The coefficients whose bits from the scan's on are not all zero are known, from the scans before, or new. A mask has a bit
/// for each position of the zigzag sequence.
#[derive(Default)]
struct Refinement {
    known: u64,
    new: u64,
    /// New ones that are positive.
    positive: u64,
    /// A bit for each known one, lowest last.
    corrections: u64,
}

impl Refinement {
    #[inline(always)]
    fn of_next(tokens: &mut Tokens<'_>, low: u8) -> Self {
        let low = u32::from(low);
        let mut block = Self::default();
        tokens.coefficients(|k, bits, size| {
            if size <= low {
                return;
            }
            // The highest of a value's bits says that it is positive; those of a negative one are inverted.
            let positive = bits >> (size - 1);
            let new = u64::from(size - low == 1);
            block.new |= new << k;
            block.known |= (1 - new) << k;
            block.positive |= u64::from(positive) << k;
            let correction = u64::from(bits >> low & 1 == positive);
            block.corrections = block.corrections << (1 - new) | correction & (1 - new);
        });
        block
    }

    /// The bits of those known ones that come after the first `done`, and before position `end`; and their number.
    #[inline(always)]
    fn corrections(&self, done: u32, end: u32) -> (u64, u32) {
        let before = self.known & ((1 << end) - 1);
        let (until, all) = (before.count_ones(), self.known.count_ones());
        let count = until - done;
        (self.corrections >> (all - until) & ((1 << count) - 1), count)
    }
}

/// The state of an AC scan.
struct Band<'a, S> {
    table: usize,
    /// Blocks that have ended since the last symbol.
    run: u32,
    /// Correction bits of those blocks.
    pending: Bits,
    sink: &'a mut S,
}

impl<S: Sink> Band<'_, S> {
    /// The first pass over a row of blocks (T.81, G.1.2.2).
    #[inline(never)]
    fn first_pass(&mut self, row: &BlockRow, first: u32, last: u32, low: u8) {
        let mut tokens = row.tokens();
        let low = u32::from(low);
        for _ in &row.dc {
            let mut next = first;
            tokens.coefficients(|k, bits, size| {
                if k < first || k > last || size <= low {
                    return;
                }
                self.end_run();
                let mut zeros = k - next;
                next = k + 1;
                while zeros > 15 {
                    self.sink.put(self.table, ZRL, 0, 0);
                    zeros -= 16;
                }
                // Without its low bits, a value's additional bits are those of the smaller value.
                let size = size - low;
                self.sink.put(self.table, (zeros << 4 | size) as u8, bits >> low, size);
            });
            if next <= last {
                self.end_block();
            }
        }
    }

    /// Bit `low` of a row of blocks whose higher bits are known (T.81, G.1.2.3).
    #[inline(never)]
    fn refine(&mut self, row: &BlockRow, low: u8) {
        let mut tokens = row.tokens();
        for _ in &row.dc {
            let block = Refinement::of_next(&mut tokens, low);
            // Known ones whose bits were written, and the position after the last new one.
            let (mut done, mut next) = (0, 1);
            let mut rest = block.new;
            while rest != 0 {
                let k = rest.trailing_zeros();
                rest &= rest - 1;
                let mut zeros = !block.known & ((1 << k) - 1) & (u64::MAX << next);
                while zeros.count_ones() > 15 {
                    (0..15).for_each(|_| zeros &= zeros - 1);
                    let end = zeros.trailing_zeros();
                    zeros &= zeros - 1;
                    self.put(ZRL, 0, 0, block.corrections(done, end), &mut done);
                }
                let (symbol, sign) = ((zeros.count_ones() << 4 | 1) as u8, (block.positive >> k) as u32 & 1);
                self.put(symbol, sign, 1, block.corrections(done, k), &mut done);
                next = k + 1;
            }
            if next < 64 {
                let (bits, count) = block.corrections(done, 63);
                // Position 63 is the last.
                let last = (block.known >> 63) as u32;
                self.pending.push(bits << last | block.corrections & u64::from(last), count + last);
                self.end_block();
            }
        }
    }

    /// A symbol of a refinement with its bits, and the correction bits of those that it passes.
    #[inline(always)]
    fn put(&mut self, symbol: u8, bits: u32, count: u32, corrections: (u64, u32), done: &mut u32) {
        self.end_run();
        self.sink.put(self.table, symbol, bits, count);
        let (bits, count) = corrections;
        if count > 32 {
            self.sink.bits((bits >> 32) as u32, count - 32);
        }
        let low = count.min(32);
        self.sink.bits((bits & ((1 << low) - 1)) as u32, low);
        *done += count;
    }

    /// The rest of a block is zero, or only corrected.
    #[inline(always)]
    fn end_block(&mut self) {
        self.run += 1;
        if self.run == MAX_EOB_RUN || self.pending.len() > MAX_PENDING_BITS {
            self.end_run();
        }
    }

    /// Writes the run of ended blocks, with the corrections that belong to them.
    #[inline(always)]
    fn end_run(&mut self) {
        if self.run > 0 {
            self.put_run();
        }
    }

    #[inline(never)]
    fn put_run(&mut self) {
        let size = self.run.max(1).ilog2();
        self.sink.put(self.table, (size << 4) as u8, self.run & ((1 << size) - 1), size);
        self.run = 0;
        self.pending.flush(self.sink);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What comes, bit by bit.
    #[derive(Default)]
    struct Recorder(Vec<bool>);

    impl Sink for Recorder {
        fn put(&mut self, _: usize, _: u8, bits: u32, count: u32) {
            self.bits(bits, count);
        }

        fn bits(&mut self, bits: u32, count: u32) {
            assert!(count == 32 || bits >> count == 0);
            self.0.extend((0..count).rev().map(|bit| bits >> bit & 1 == 1));
        }
    }

    #[test]
    fn correction_bits_come_out_in_the_order_in_which_they_were_pushed() {
        let mut queue = Bits::default();
        let mut expected = Recorder::default();
        for count in (0..64).chain([63, 1, 33, 31, 32]) {
            let bits = 0xB5C3_96E1_D278_4F0A & ((1u64 << count) - 1);
            queue.push(bits, count);
            expected.0.extend((0..count).rev().map(|bit| bits >> bit & 1 == 1));
            assert_eq!(queue.len(), expected.0.len());
        }
        let mut found = Recorder::default();
        queue.flush(&mut found);
        assert!(found.0 == expected.0 && queue.len() == 0);
    }

    #[test]
    fn a_refinement_divides_a_blocks_corrections_at_any_position() {
        let block = Refinement { known: 0b1011 << 60 | 0b110, corrections: 0b10110, ..Refinement::default() };
        assert_eq!(block.corrections(0, 1), (0, 0));
        assert_eq!(block.corrections(0, 3), (0b10, 2));
        assert_eq!(block.corrections(1, 61), (0b01, 2));
        assert_eq!(block.corrections(2, 63), (0b11, 2));
    }
}
