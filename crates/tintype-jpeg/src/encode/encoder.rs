//! The encoder: rows to symbols, and symbols to bytes at the time that the configuration allows.

use super::coefficients::{MAX_BLOCK, McuRow, ROOM};
use super::config::{Components, Effort, EncoderConfig, Plane};
use super::error::EncodeError;
use super::layout::{BLOCK, Layout};
use super::quantize::QuantTable;
use super::samples::Strips;
use super::trellis::Trellis;
use super::{fdct, progressive, segments, sequential};
use crate::marker::{MAX_EXIF, MAX_ICC, MAX_RESOURCES, MAX_XMP};
use alloc::vec::Vec;

/// Bytes of symbols after which the Huffman tables are made from what was seen: a few megapixels of photograph, whose
/// statistics serve the rest of a larger image as well.
const SYMBOLS_FOR_TABLES: usize = 1 << 20;

/// A JPEG file in the making.
#[derive(Debug)]
pub struct Encoder {
    config: EncoderConfig,
    layout: Layout,
    tables: [QuantTable; 2],
    /// With [`Effort::Best`].
    trellis: Option<Trellis>,
    strips: Strips,
    /// The symbols of the row of MCUs at work.
    row: McuRow,
    stage: Stage,
    out: Vec<u8>,
}

/// The stages of a file: what happens to a row of symbols.
#[derive(Debug)]
#[allow(clippy::large_enum_variant)] // there is one, and it changes once
enum Stage {
    /// They are kept. The number counts the bytes of those kept so far.
    Collect(Vec<McuRow>, usize),
    /// They are written.
    Write(sequential::Scan),
    Finished,
}

impl EncoderConfig {
    fn check(&self) -> Result<(), EncodeError> {
        let &Self { width, height, quality, .. } = self;
        if !(1..=65535).contains(&width) || !(1..=65535).contains(&height) {
            return Err(EncodeError::Dimensions { width, height });
        }
        if !(1..=100).contains(&quality) {
            return Err(EncodeError::Quality { quality });
        }
        let excess =
            |data: &Option<Vec<u8>>, most| data.as_ref().map(Vec::len).filter(|&length| length > most);
        if let Some(length) = excess(&self.icc, MAX_ICC) {
            return Err(EncodeError::IccTooLong { length });
        }
        if let Some(length) = excess(&self.exif, MAX_EXIF) {
            return Err(EncodeError::ExifTooLong { length });
        }
        if let Some(length) = excess(&self.xmp, MAX_XMP) {
            return Err(EncodeError::XmpTooLong { length });
        }
        match excess(&self.resources, MAX_RESOURCES) {
            Some(length) => Err(EncodeError::ResourcesTooLong { length }),
            None => Ok(()),
        }
    }

    /// Upper bound, in bytes, of the memory that an encoder of this configuration holds, without output that was not
    /// taken.
    ///
    /// It allows for the worst image: a photograph's coefficients take a tenth to a twentieth of their share.
    /// [`Encoder::memory`] returns the memory in use.
    pub fn predicted_memory(&self) -> u64 {
        let layout = Layout::new(self);
        let mcu_row: usize = layout
            .components()
            .iter()
            .map(|c| {
                let samples = layout.padded_width(c) * c.v * BLOCK;
                let symbols = c.blocks_wide * c.v * (MAX_BLOCK + size_of::<i16>()) + c.v * ROOM;
                // A vector that grows has up to twice what it holds.
                samples + symbols * 2
            })
            .sum();
        let chroma_rows = layout.mcus_wide * BLOCK * 8;
        let blocks: usize = layout.components().iter().map(|c| c.blocks_wide * c.blocks_high).sum();
        let all = (blocks * (MAX_BLOCK + size_of::<i16>())) as u64;
        let kept = match (self.progressive, self.effort) {
            (true, _) => all,
            (false, Effort::Fast) => 0,
            (false, _) => all.min(SYMBOLS_FOR_TABLES as u64),
        };
        (mcu_row + chroma_rows + size_of::<Encoder>()) as u64 + kept
    }
}

impl Encoder {
    /// Begins a file; its headers are ready as output at once.
    ///
    /// # Errors
    /// [`EncodeError::Dimensions`], [`EncodeError::Quality`], [`EncodeError::IccTooLong`],
    /// [`EncodeError::ExifTooLong`], [`EncodeError::XmpTooLong`] or [`EncodeError::ResourcesTooLong`] if the
    /// configuration is out of range.
    pub fn new(mut config: EncoderConfig) -> Result<Self, EncodeError> {
        config.check()?;
        let layout = Layout::new(&config);
        let tables = [QuantTable::new(0, &config), QuantTable::new(1, &config)];
        let mut out = Vec::new();
        segments::start_of_image(&mut out);
        segments::jfif(&mut out, config.density);
        // Taken, so that they are not held twice.
        if let Some(exif) = config.exif.take() {
            segments::exif(&mut out, &exif);
        }
        if let Some(xmp) = config.xmp.take() {
            segments::xmp(&mut out, &xmp);
        }
        if let Some(resources) = config.resources.take() {
            segments::resources(&mut out, &resources);
        }
        if let Some(icc) = config.icc.take() {
            segments::icc(&mut out, &icc);
        }
        for (number, table) in (0..layout.tables()).zip(&tables) {
            segments::quant_table(&mut out, number, table);
        }
        segments::frame(&mut out, &layout, config.progressive);
        let stage = if config.effort == Effort::Fast && !config.progressive {
            Stage::Write(sequential::Scan::start(&layout, &sequential::fixed_tables(&layout), &mut out))
        } else {
            Stage::Collect(Vec::new(), 0)
        };
        let trellis = (config.effort == Effort::Best).then(|| Trellis::new(&tables));
        let (strips, row) = (Strips::new(&layout), McuRow::new(&layout));
        Ok(Self { config, layout, tables, trellis, strips, row, stage, out })
    }

    /// Writes one or more rows of RGB pixels, three bytes each.
    ///
    /// # Errors
    /// [`EncodeError::WrongComponents`] for a gray image, [`EncodeError::PartialRow`] if the length is not a whole number
    /// of rows, [`EncodeError::TooManyRows`] beyond the image's height, [`EncodeError::PlanesNotLevel`] and
    /// [`EncodeError::Finished`]. Nothing is written then.
    pub fn write_rgb(&mut self, rows: &[u8]) -> Result<(), EncodeError> {
        self.expect(Components::YCbCr)?;
        let length = self.layout.width * 3;
        self.check_pixel_rows(rows.len(), length)?;
        for row in rows.chunks_exact(length) {
            self.strips.push_rgb(row);
            self.encode_if_complete();
        }
        Ok(())
    }

    /// Writes one or more rows of gray pixels, one byte each.
    ///
    /// # Errors
    /// As [`write_rgb`](Self::write_rgb); [`EncodeError::WrongComponents`] for a colour image.
    pub fn write_gray(&mut self, rows: &[u8]) -> Result<(), EncodeError> {
        self.expect(Components::Gray)?;
        let length = self.layout.width;
        self.check_pixel_rows(rows.len(), length)?;
        for row in rows.chunks_exact(length) {
            self.strips.push_plane(0, row);
            self.encode_if_complete();
        }
        Ok(())
    }

    /// Writes one or more rows of Y, Cb and Cr samples, all at the full width and height of the image; chroma is averaged
    /// down to its size in the file.
    ///
    /// # Errors
    /// As [`write_rgb`](Self::write_rgb), and [`EncodeError::UnequalPlanes`] if the lengths differ.
    pub fn write_ycbcr(&mut self, y: &[u8], cb: &[u8], cr: &[u8]) -> Result<(), EncodeError> {
        self.expect(Components::YCbCr)?;
        if y.len() != cb.len() || y.len() != cr.len() {
            return Err(EncodeError::UnequalPlanes);
        }
        let length = self.layout.width;
        self.check_pixel_rows(y.len(), length)?;
        for ((y, cb), cr) in y.chunks_exact(length).zip(cb.chunks_exact(length)).zip(cr.chunks_exact(length))
        {
            self.strips.push_ycbcr(y, cb, cr);
            self.encode_if_complete();
        }
        Ok(())
    }

    /// Writes one or more rows of one plane at its size in the file: chroma is `ceil(width / 2)` samples wide in 4:2:2 and
    /// 4:2:0, and `ceil(height / 2)` rows high in 4:2:0.
    ///
    /// A plane takes rows up to the end of the current row of MCUs, and the next ones when the other planes have got
    /// there. [`rows_wanted`](Self::rows_wanted) returns how many it takes now.
    ///
    /// # Errors
    /// [`EncodeError::WrongComponents`] for chroma of a gray image, [`EncodeError::PartialRow`],
    /// [`EncodeError::TooManyRows`] and [`EncodeError::Finished`]. Nothing is written then.
    pub fn write_plane(&mut self, plane: Plane, rows: &[u8]) -> Result<(), EncodeError> {
        if plane != Plane::Y {
            self.expect(Components::YCbCr)?;
        }
        let length = self.strips.row_length(plane as usize);
        let given = self.whole_rows(rows.len(), length)?;
        let wanted = self.rows_wanted(plane);
        if given > u64::from(wanted) {
            return Err(EncodeError::TooManyRows {
                plane,
                wanted,
                given: given.min(u64::from(u32::MAX)) as u32,
            });
        }
        rows.chunks_exact(length).for_each(|row| self.strips.push_plane(plane as usize, row));
        self.encode_if_complete();
        Ok(())
    }

    /// Rows that [`write_plane`](Self::write_plane) can take of a plane now; zero when it is complete, when the other planes
    /// have to catch up, or when the image has no such plane.
    pub fn rows_wanted(&self, plane: Plane) -> u32 {
        self.strips.wanted(plane as usize) as u32
    }

    /// Width in samples and height in rows of a plane as [`write_plane`](Self::write_plane) takes it, if the image has it.
    pub fn plane_size(&self, plane: Plane) -> Option<(u32, u32)> {
        self.layout.components().get(plane as usize).map(|c| (c.width as u32, c.height as u32))
    }

    /// Writes the rest of the file, after the last row.
    ///
    /// # Errors
    /// [`EncodeError::MissingRows`] if a plane is not complete; the encoder can go on then. [`EncodeError::Finished`] the
    /// second time.
    pub fn finish(&mut self) -> Result<(), EncodeError> {
        for (index, plane) in [Plane::Y, Plane::Cb, Plane::Cr].into_iter().enumerate() {
            let (written, height) = self.strips.progress(index);
            if written < height {
                return Err(EncodeError::MissingRows {
                    plane,
                    expected: height as u32,
                    written: written as u32,
                });
            }
        }
        match core::mem::replace(&mut self.stage, Stage::Finished) {
            Stage::Finished => return Err(EncodeError::Finished),
            Stage::Write(scan) => scan.finish(&mut self.out),
            Stage::Collect(rows, _) if self.config.progressive => {
                let script = match self.config.effort {
                    Effort::Best => progressive::best_script(&self.layout, &rows),
                    _ => progressive::usual_script(&self.layout),
                };
                progressive::write(&self.layout, &rows, &script, &mut self.out);
            }
            Stage::Collect(rows, _) => self.write_collected(&rows, false).finish(&mut self.out),
        }
        segments::end_of_image(&mut self.out);
        Ok(())
    }

    /// Output that is ready and was not taken yet.
    pub fn output(&self) -> &[u8] {
        &self.out
    }

    /// Takes the output that is ready. The pieces that successive calls return make up the file.
    pub fn take_output(&mut self) -> Vec<u8> {
        core::mem::take(&mut self.out)
    }

    /// Memory in use, in bytes: samples, coefficients and output that was not taken.
    pub fn memory(&self) -> u64 {
        let kept = match &self.stage {
            Stage::Collect(_, bytes) => *bytes,
            _ => 0,
        };
        (size_of::<Self>() + self.strips.bytes() + self.row.bytes() + kept + self.out.capacity()) as u64
    }

    fn expect(&self, components: Components) -> Result<(), EncodeError> {
        let declared = self.config.components;
        if declared == components { Ok(()) } else { Err(EncodeError::WrongComponents { declared }) }
    }

    fn whole_rows(&self, length: usize, row: usize) -> Result<u64, EncodeError> {
        if matches!(self.stage, Stage::Finished) {
            return Err(EncodeError::Finished);
        }
        match length.checked_rem(row) {
            Some(0) => Ok((length / row) as u64),
            _ => Err(EncodeError::PartialRow { row, length }),
        }
    }

    fn check_pixel_rows(&self, length: usize, row: usize) -> Result<(), EncodeError> {
        let given = self.whole_rows(length, row)?;
        let (written, height) = self.strips.progress(0);
        let wanted = (height - written) as u32;
        if given > u64::from(wanted) {
            let given = given.min(u64::from(u32::MAX)) as u32;
            return Err(EncodeError::TooManyRows { plane: Plane::Y, wanted, given });
        }
        if self.strips.level() { Ok(()) } else { Err(EncodeError::PlanesNotLevel) }
    }

    /// Encodes the row of MCUs when all its samples are there.
    fn encode_if_complete(&mut self) {
        if !self.strips.complete() || matches!(self.stage, Stage::Finished) {
            return;
        }
        self.strips.fill_below();
        self.transform();
        if let Some(trellis) = &mut self.trellis {
            trellis.learn(&self.layout, &self.row);
        }
        self.strips.advance();
        match &mut self.stage {
            Stage::Write(scan) => scan.write(&self.layout, &self.row, &mut self.out),
            Stage::Collect(rows, bytes) => {
                // A copy has no spare capacity.
                let row = self.row.clone();
                *bytes += row.bytes();
                rows.push(row);
                if *bytes > SYMBOLS_FOR_TABLES && !self.config.progressive {
                    let rows = core::mem::take(rows);
                    self.stage = Stage::Write(self.write_collected(&rows, true));
                }
            }
            Stage::Finished => {}
        }
    }

    /// Transforms and quantises the strips' blocks.
    fn transform(&mut self) {
        self.row.clear();
        let mut rows = self.row.rows_mut();
        for (index, component) in self.layout.components().iter().enumerate() {
            let Some(table) = self.tables.get(usize::from(component.table)) else { continue };
            let below = component.blocks_high - self.strips.first_block_row(index);
            for (row, blocks) in rows.by_ref().take(component.v).enumerate() {
                if row >= below {
                    continue;
                }
                for column in 0..component.blocks_wide {
                    let exact = fdct::forward(self.strips.block(index, row, column));
                    let mut block = exact;
                    let mut nonzero = table.quantize(&mut block);
                    if let Some(trellis) = &mut self.trellis {
                        nonzero = trellis.optimize(component.table, &exact, &mut block, nonzero);
                    }
                    blocks.push(&block, nonzero);
                }
            }
        }
    }

    /// Makes tables for the rows that were kept and writes them; if more are to follow, the tables serve those too.
    fn write_collected(&mut self, rows: &[McuRow], open: bool) -> sequential::Scan {
        let specs = sequential::optimal_tables(&self.layout, rows, open);
        let mut scan = sequential::Scan::start(&self.layout, &specs, &mut self.out);
        rows.iter().for_each(|row| scan.write(&self.layout, row, &mut self.out));
        scan
    }
}
