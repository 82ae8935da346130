//! Progressive scans (ITU-T T.81, Annex G), each with Huffman tables of its own, all written at the end.

use alloc::vec::Vec;

use super::bit_writer::BitWriter;
use super::coefficients::{BlockRow, McuRow, ZRL, additional_bits, category};
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
struct Bits(Vec<bool>);

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
    fn first_pass(&mut self, row: &BlockRow, first: u32, last: u32, low: u8) {
        let mut tokens = row.tokens();
        for _ in &row.dc {
            let mut next = first;
            tokens.coefficients(|k, value| {
                let magnitude = value.unsigned_abs() >> low;
                if k < first || k > last || magnitude == 0 {
                    return;
                }
                self.end_run();
                let mut zeros = k - next;
                next = k + 1;
                while zeros > 15 {
                    self.sink.put(self.table, ZRL, 0, 0);
                    zeros -= 16;
                }
                let size = category(magnitude);
                let value = if value < 0 { -(magnitude as i16) } else { magnitude as i16 };
                self.sink.put(self.table, (zeros << 4 | size) as u8, additional_bits(value, size), size);
            });
            if next <= last {
                self.end_block();
            }
        }
    }

    /// Bit `low` of a row of blocks whose higher bits are known (T.81, G.1.2.3).
    fn refine(&mut self, row: &BlockRow, low: u8) {
        let mut tokens = row.tokens();
        let mut corrections = Bits::default();
        // Coefficients whose bits from `low` up are not all zero: position, magnitude, sign.
        let mut known = [(0u32, 0u16, false); 63];
        for _ in &row.dc {
            let mut count = 0;
            let mut newest = 0;
            tokens.coefficients(|k, value| {
                let magnitude = value.unsigned_abs() >> low;
                if let (1.., Some(place)) = (magnitude, known.get_mut(count)) {
                    *place = (k, magnitude, value >= 0);
                    count += 1;
                    newest = if magnitude == 1 { k } else { newest };
                }
            });
            let mut next = 1;
            let mut zeros = 0;
            for &(k, magnitude, positive) in known.iter().take(count) {
                zeros += k - next;
                next = k + 1;
                while zeros > 15 && k <= newest {
                    self.end_run();
                    self.sink.put(self.table, ZRL, 0, 0);
                    self.flush(&mut corrections);
                    zeros -= 16;
                }
                if magnitude > 1 {
                    corrections.0.push(magnitude & 1 == 1);
                    continue;
                }
                self.end_run();
                self.sink.put(self.table, (zeros << 4 | 1) as u8, u32::from(positive), 1);
                self.flush(&mut corrections);
                zeros = 0;
            }
            if next < 64 || zeros > 0 || !corrections.0.is_empty() {
                self.pending.0.append(&mut corrections.0);
                self.end_block();
            }
        }
    }

    /// The rest of a block is zero, or only corrected.
    fn end_block(&mut self) {
        self.run += 1;
        if self.run == MAX_EOB_RUN || self.pending.0.len() > MAX_PENDING_BITS {
            self.end_run();
        }
    }

    /// Writes the run of ended blocks, with the corrections that belong to them.
    fn end_run(&mut self) {
        if let Some(size) = self.run.checked_ilog2() {
            self.sink.put(self.table, (size << 4) as u8, self.run & ((1 << size) - 1), size);
            self.run = 0;
            let mut pending = core::mem::take(&mut self.pending);
            self.flush(&mut pending);
            self.pending = pending;
        }
    }

    fn flush(&mut self, bits: &mut Bits) {
        bits.0.drain(..).for_each(|bit| self.sink.bit(bit));
    }
}
