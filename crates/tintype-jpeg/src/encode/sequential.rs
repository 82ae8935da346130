//! The one scan of a baseline image, with all components interleaved (ITU-T T.81, F.1).

use alloc::vec::Vec;

use super::bit_writer::BitWriter;
use super::coefficients::{BlockRow, EOB, McuRow, Tokens, additional_bits, category};
use super::entropy::{self, Counter, Sink, TABLES, Writer};
use super::huffman::{Codes, Histogram, HuffmanSpec};
use super::layout::{Component, Layout};
use super::segments::{self, ScanComponent};
use crate::annex_k::{HUFFMAN_AC, HUFFMAN_DC};

/// DC predictors of the components.
#[derive(Clone, Debug, Default)]
struct Predictors([i16; 3]);

/// The scan while it is written.
#[derive(Debug)]
pub(crate) struct Scan {
    codes: [Codes; TABLES],
    bits: BitWriter,
    predictors: Predictors,
}

/// The tables of Annex K.
pub(crate) fn fixed_tables(layout: &Layout) -> [HuffmanSpec; TABLES] {
    let [dc, chroma_dc] = HUFFMAN_DC;
    let [ac, chroma_ac] = HUFFMAN_AC;
    let mut specs = [dc, chroma_dc, ac, chroma_ac].map(HuffmanSpec::from);
    if layout.tables() == 1 {
        let [_, dc, _, ac] = &mut specs;
        let none = HuffmanSpec::optimal(&Histogram::new());
        (*dc, *ac) = (none.clone(), none);
    }
    specs
}

/// The best tables for some rows. If other rows are to follow (`open`), every symbol that they may have gets a code.
pub(crate) fn optimal_tables(layout: &Layout, rows: &[McuRow], open: bool) -> [HuffmanSpec; TABLES] {
    let mut counter = Counter::new();
    let mut predictors = Predictors::default();
    rows.iter().for_each(|row| walk::<true>(layout, row, &mut predictors, &mut counter));
    if open {
        for (possible, counted) in fixed_tables(layout).iter().zip(&mut counter.histograms) {
            counted.allow(possible.symbols().iter().copied());
        }
    }
    counter.specs()
}

impl Scan {
    /// Writes tables and scan header.
    pub(crate) fn start(layout: &Layout, specs: &[HuffmanSpec; TABLES], out: &mut Vec<u8>) -> Self {
        entropy::write_tables(out, specs);
        let components: Vec<ScanComponent> = (0..)
            .zip(layout.components())
            .map(|(component, c)| ScanComponent { component, dc_table: c.table, ac_table: c.table })
            .collect();
        segments::scan(out, &components, (0, 63), (0, 0));
        Self {
            codes: specs.each_ref().map(Codes::new),
            bits: BitWriter::default(),
            predictors: Predictors::default(),
        }
    }

    /// Writes a row of MCUs.
    pub(crate) fn write(&mut self, layout: &Layout, row: &McuRow, out: &mut Vec<u8>) {
        let mut writer = Writer { codes: &self.codes, bits: core::mem::take(&mut self.bits), out };
        walk::<true>(layout, row, &mut self.predictors, &mut writer);
        self.bits = writer.bits;
    }

    /// Writes what is pending.
    pub(crate) fn finish(mut self, out: &mut Vec<u8>) {
        self.bits.finish(out);
    }
}

/// One row of blocks on its way through the MCUs.
#[derive(Clone, Default)]
struct Cursor<'a> {
    component: usize,
    across: usize,
    table: u8,
    dc: core::slice::Iter<'a, i16>,
    tokens: Tokens<'a>,
}

impl<'a> Cursor<'a> {
    fn new(component: usize, c: &Component, row: &'a BlockRow) -> Self {
        Self { component, across: c.h, table: c.table, dc: row.dc.iter(), tokens: row.tokens() }
    }

    /// The difference of the next block's DC coefficient to the one before; beyond the image there is none, and zero is
    /// written, which costs least. Returns whether there is a block.
    #[inline(always)]
    fn dc(&mut self, predictor: &mut i16, sink: &mut impl Sink) -> bool {
        let value = self.dc.next().copied();
        let difference = value.map_or(0, |value| value.wrapping_sub(*predictor));
        *predictor = value.unwrap_or(*predictor);
        let size = category(difference.unsigned_abs());
        sink.put(entropy::dc(self.table), size as u8, additional_bits(difference, size), size);
        value.is_some()
    }

    /// The AC coefficients of the block whose DC coefficient was taken last.
    #[inline(always)]
    fn ac(&mut self, inside: bool, sink: &mut impl Sink) {
        let table = entropy::ac(self.table);
        if inside {
            self.tokens.block(|symbol, bits, count| sink.put(table, symbol, bits, count));
        } else {
            sink.put(table, EOB, 0, 0);
        }
    }
}

/// Passes the symbols of a row of MCUs to `sink` in the order of the file, with AC coefficients or without.
#[inline(always)]
fn walk<const AC: bool>(layout: &Layout, row: &McuRow, predictors: &mut Predictors, sink: &mut impl Sink) {
    let mut cursors: Vec<Cursor<'_>> = Vec::with_capacity(4);
    for ((index, component), rows) in (0..).zip(layout.components()).zip(row.of(layout)) {
        cursors.extend(rows.iter().map(|row| Cursor::new(index, component, row)));
    }
    for _ in 0..layout.mcus_wide {
        for cursor in &mut cursors {
            let Some(predictor) = predictors.0.get_mut(cursor.component) else { continue };
            for _ in 0..cursor.across {
                let inside = cursor.dc(predictor, sink);
                if AC {
                    cursor.ac(inside, sink);
                }
            }
        }
    }
}

/// Passes the symbols of a scan of nothing but DC coefficients to `sink`.
pub(crate) fn walk_dc<'a>(layout: &Layout, rows: impl Iterator<Item = &'a McuRow>, sink: &mut impl Sink) {
    let mut predictors = Predictors::default();
    rows.for_each(|row| walk::<false>(layout, row, &mut predictors, sink));
}
