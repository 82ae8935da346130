//! A decode under way: from scans to strips, and from strips to rows.

use super::band::Band;
use super::color;
use super::cost;
use super::entropy::Entropy;
use super::error::Flaw;
use super::header::{ColorModel, Header};
use super::idct;
use super::input::Input;
use super::layout::{Layout, Output, Scale};
use super::scan::{Progress, Scan};
use super::scan_header::ScanHeader;
use super::store::Store;
use super::strip::{PlaneRows, Strip};
use super::tables::Tables;
use super::upsample::Upsampler;
use alloc::vec;
use alloc::vec::Vec;

/// The state of a decode that has begun.
pub(crate) struct Work {
    pub(crate) layout: Layout,
    pub(crate) output: Output,
    pub(crate) bands: Vec<Band>,
    pub(crate) scan: Option<Scan>,
    /// Coefficients, where the image does not stream.
    pub(crate) store: Option<Store>,
    /// Strips decoded so far.
    pub(crate) strips: u32,
    /// Whether the strip after those was begun.
    pub(crate) begun: bool,
    /// Interleaved rows given so far, and what they are made with.
    pub(crate) row: u32,
    pub(crate) upsamplers: Vec<Upsampler>,
    pub(crate) pixels: Vec<u8>,
}

/// Which kind of table a scan names that was never defined.
pub(crate) enum MissingTable {
    Quant,
    Huffman,
}

impl Work {
    pub(crate) fn new(header: &Header, layout: Layout, scale: Scale, output: Output, max_work: u64) -> Self {
        let sampling = header.max_sampling();
        let upsampler = |plane| Upsampler::new(plane, &layout, u32::from(scale.numerator()), sampling);
        let interleaved = output.is_interleaved();
        Self {
            bands: layout.planes.iter().copied().map(Band::new).collect(),
            store: (!header.streams).then(|| Store::new(&layout, max_work / cost::VISIT)),
            scan: None,
            strips: 0,
            begun: false,
            row: 0,
            upsamplers: layout.planes.iter().filter(|_| interleaved).map(upsampler).collect(),
            pixels: if interleaved { vec![0; layout.width as usize * layout.channels] } else { Vec::new() },
            output,
            layout,
        }
    }

    /// Sets up a scan's decoding; leaves `scan` empty if the scale needs nothing from it.
    pub(crate) fn begin_scan(
        &mut self,
        scan: ScanHeader,
        header: Option<&Header>,
        tables: &mut Tables,
        entropy: &mut Entropy,
    ) -> Result<(), MissingTable> {
        self.scan = None;
        for component in &scan.components {
            let (Some(band), Some(header)) = (self.bands.get_mut(component.index), header) else { continue };
            let index = header.components.get(component.index).map_or(0, |component| component.quant);
            // The table in force at a component's first scan holds for all of them (T.81, B.2.4.1).
            band.latch_quant(tables.quant(index).ok_or(MissingTable::Quant)?);
        }
        let scan = Scan::new(scan, &self.layout);
        if self.store.as_ref().is_some_and(|store| !store.wants(&scan)) {
            return Ok(());
        }
        for component in &scan.header.components {
            let (needs_dc, needs_ac) = scan.header.needs_tables();
            if needs_dc && tables.dc(component.dc).is_none() {
                return Err(MissingTable::Huffman);
            }
            if needs_ac {
                let table = tables.ac_mut(component.ac).ok_or(MissingTable::Huffman)?;
                if needs_dc && self.bands.get(component.index).is_some_and(Band::skips) {
                    table.prepare_skip();
                }
            }
        }
        if let Some(store) = &mut self.store
            && !store.admit(&scan)
        {
            entropy.flaw.get_or_insert(Flaw::BadSegment);
            return Ok(());
        }
        entropy.begin(tables.restart_interval);
        self.scan = Some(scan);
        Ok(())
    }

    pub(crate) fn stream_strip(
        &mut self,
        tables: &Tables,
        entropy: &mut Entropy,
        input: &mut Input,
    ) -> Progress {
        let Some(mut scan) = self.scan.take() else { return Progress::Complete };
        self.roll();
        let progress = scan.stream_row(tables, &mut self.bands, entropy, input);
        self.scan = Some(scan);
        if progress == Progress::Complete {
            self.finish_strip();
        }
        progress
    }

    pub(crate) fn store_scan(
        &mut self,
        tables: &Tables,
        entropy: &mut Entropy,
        input: &mut Input,
    ) -> Progress {
        let (Some(scan), Some(store)) = (&mut self.scan, &mut self.store) else { return Progress::Complete };
        store.add(scan, &self.layout, tables, entropy, input)
    }

    /// Makes a strip from the coefficients held.
    pub(crate) fn emit_strip(&mut self) {
        self.roll();
        let Some(store) = &self.store else { return };
        let mut coefficients = [0; 64];
        for (component, band) in self.bands.iter_mut().enumerate() {
            let (rows, columns) = (band.plane.v as usize, band.plane.padded_blocks.0 as usize);
            for row in 0..rows {
                let block_row = self.strips as usize * rows + row;
                if let Some(dcs) = store.lone_dcs(component, block_row) {
                    let quant = band.quant[0];
                    let samples = dcs.iter().map(|&dc| idct::flat_sample(dc, quant));
                    samples.enumerate().for_each(|(column, sample)| band.set(sample, column, row));
                    continue;
                }
                for column in 0..columns {
                    let last = store.block(component, block_row, column, &mut coefficients);
                    band.transform(&mut coefficients, last, column, row);
                }
            }
        }
        self.finish_strip();
    }

    /// Keeps the rows of the strip before that upsampling needs, once for each strip.
    fn roll(&mut self) {
        if !self.begun && self.output.is_interleaved() {
            self.bands.iter_mut().for_each(Band::roll);
        }
        self.begun = true;
    }

    fn finish_strip(&mut self) {
        self.strips += 1;
        self.begun = false;
    }

    /// The strip decoded last.
    pub(crate) fn strip(&self) -> Strip<'_> {
        Strip::new(self.bands.iter().map(|band| {
            let strip_rows = band.plane.strip_rows() as u32;
            let left = band.plane.height.saturating_sub((self.strips - 1) * strip_rows);
            PlaneRows {
                data: band.strip(),
                stride: band.stride,
                width: band.plane.width as usize,
                rows: left.min(strip_rows) as usize,
            }
        }))
    }

    /// Whether the strips so far hold all that the next row is made from.
    pub(crate) fn has_row(&self) -> bool {
        self.upsamplers.iter().zip(&self.bands).all(|(upsampler, band)| {
            u64::from(upsampler.last_row(self.row)) < u64::from(self.strips) * band.plane.strip_rows() as u64
        })
    }

    pub(crate) fn make_row(&mut self, color: ColorModel) -> &[u8] {
        let width = self.layout.width as usize;
        let (strips, y) = (self.strips, self.row);
        let mut rows: [&[u8]; 4] = [&[]; 4];
        for ((row, upsampler), band) in rows.iter_mut().zip(&mut self.upsamplers).zip(&self.bands) {
            let start = strips.saturating_sub(1) * band.plane.strip_rows() as u32;
            *row = upsampler.row(band, start, y, width);
        }
        match self.output {
            Output::Inks => color::interleave_inks(color, rows, &mut self.pixels),
            _ => color::interleave(color, rows, &mut self.pixels),
        }
        self.row += 1;
        &self.pixels
    }
}
