//! The decoder: input, scans and output, in the order of their use.

mod bits;
mod color;
mod entropy;
mod error;
mod header;
mod huffman;
mod idct;
mod input;
mod layout;
mod scan;
mod store;
mod tables;
mod upsample;

pub use error::{Error, Flaw, Unsupported};
pub use header::{ColorModel, Component, Header};
pub use layout::{Layout, Output, Plane, Scale};

use crate::marker::{
    APP0, APP15, DHT, DNL, DQT, DRI, EOI, RST0, RST7, SOF0, SOF3, SOF5, SOF7, SOF9, SOF11, SOF13, SOF15, SOI,
    SOS,
};
use alloc::vec;
use alloc::vec::Vec;
use entropy::Entropy;
use header::Metadata;
use input::{Input, Segment};
use scan::{Band, Progress, Scan, ScanHeader};
use store::Store;
use tables::Tables;
use upsample::Upsampler;

/// How to decode.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct DecodeOptions {
    /// The most that decoding may hold, in bytes, beyond input fed ahead of use. 128 MiB unless set.
    pub max_memory: u64,
    /// The most metadata to keep, in bytes; what exceeds it is left out. 4 MiB unless set.
    pub max_metadata: usize,
    /// The most scans to read; those after are left out and flagged. 256 unless set: writers use about 10, and
    /// each can cost a walk over the whole image.
    pub max_scans: u32,
    /// What to do with an image of which something is missing or corrupt. [`Damage::Accept`] unless set.
    pub damage: Damage,
}

impl Default for DecodeOptions {
    fn default() -> Self {
        Self { max_memory: 128 << 20, max_metadata: 4 << 20, max_scans: 256, damage: Damage::Accept }
    }
}

/// What to do with an image of which something is missing or corrupt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Damage {
    /// Decode what is there, fill the rest from the last DC known, and tell by [`Decoder::damage`]. An image of
    /// which not even the first row of blocks is there is refused.
    Accept,
    /// Answer [`Error::Damaged`] when it is found.
    Refuse,
}

/// What [`Decoder::next_strip`] has.
#[derive(Debug)]
pub enum Step<'a> {
    /// The next rows of all planes.
    Strip(Strip<'a>),
    /// Nothing yet: feed more, or finish.
    NeedInput,
    /// All strips were given.
    Done,
}

/// What [`Decoder::next_row`] has.
#[derive(Debug, PartialEq, Eq)]
pub enum Row<'a> {
    /// The next row of pixels, [`Layout::channels`] bytes each.
    Pixels(&'a [u8]),
    /// Nothing yet: feed more, or finish.
    NeedInput,
    /// All rows were given.
    Done,
}

/// Rows of all planes that show the same part of the image: one row of MCUs.
#[derive(Debug)]
pub struct Strip<'a> {
    planes: [PlaneRows<'a>; 4],
    count: usize,
}

impl<'a> Strip<'a> {
    /// One for each component, in the frame's order.
    pub fn planes(&self) -> &[PlaneRows<'a>] {
        self.planes.get(..self.count).unwrap_or_default()
    }
}

/// Some rows of a plane.
#[derive(Debug, Clone, Copy, Default)]
pub struct PlaneRows<'a> {
    /// Samples, row by row.
    pub data: &'a [u8],
    /// Samples from the beginning of one row to that of the next.
    pub stride: usize,
    /// Samples of each row that are part of the plane.
    pub width: usize,
    /// How many rows.
    pub rows: usize,
}

impl<'a> PlaneRows<'a> {
    /// The samples of each row.
    pub fn iter(&self) -> impl Iterator<Item = &'a [u8]> + use<'a> {
        let width = self.width;
        self.data.chunks(self.stride.max(1)).take(self.rows).map(move |row| row.get(..width).unwrap_or(row))
    }
}

/// A decoder that is fed bytes and gives rows, and never waits.
///
/// Call [`header`](Self::header) until it is there, then [`start`](Self::start), then
/// [`next_strip`](Self::next_strip) or [`next_row`](Self::next_row) until they are done; whenever one of them needs
/// input, [`feed`](Self::feed) it, or [`finish`](Self::finish) when there is no more. To hold little of the input,
/// feed it as it is asked for rather than at once: what is fed is held until it is used.
pub struct Decoder {
    options: DecodeOptions,
    input: Input,
    stage: Stage,
    tables: Tables,
    metadata: Metadata,
    header: Option<Header>,
    first_scan: Option<ScanHeader>,
    entropy: Entropy,
    work: Option<Work>,
    scans: u32,
}

/// Where in the file the decoder is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// Before the start-of-image marker.
    Begin,
    /// Before the first scan.
    Segments,
    /// At the first scan, looking ahead for the number of rows; so many bytes were searched.
    Height(usize),
    /// At the first scan.
    Ready,
    /// In a scan.
    Scan,
    /// Between scans.
    BetweenScans,
    /// After the last scan that matters.
    Emit,
}

/// What [`Decoder::start`] sets up.
struct Work {
    layout: Layout,
    output: Output,
    bands: Vec<Band>,
    scan: Option<Scan>,
    /// Coefficients, where the image does not stream.
    store: Option<Store>,
    /// Strips decoded so far.
    strips: u32,
    /// Whether the strip after those was begun.
    begun: bool,
    /// Interleaved rows given so far, and what they are made with.
    row: u32,
    upsamplers: Vec<Upsampler>,
    pixels: Vec<u8>,
}

impl Decoder {
    /// A decoder without input.
    pub fn new(options: DecodeOptions) -> Self {
        Self {
            options,
            input: Input::default(),
            stage: Stage::Begin,
            tables: Tables::default(),
            metadata: Metadata::default(),
            header: None,
            first_scan: None,
            entropy: Entropy::default(),
            work: None,
            scans: 0,
        }
    }

    /// Appends input. Chunks of any size give the same result.
    pub fn feed(&mut self, chunk: &[u8]) {
        self.input.feed(chunk);
    }

    /// Tells that no more input will come.
    pub fn finish(&mut self) {
        self.input.finish();
    }

    /// What the image is, or `None` if more input is needed to tell: all up to the first scan's data.
    ///
    /// # Errors
    ///
    /// If the input is no JPEG, of an unsupported kind, malformed, or finished too early.
    pub fn header(&mut self) -> Result<Option<&Header>, Error> {
        loop {
            match self.stage {
                Stage::Begin => match self.input.rest() {
                    [0xFF, SOI, ..] => {
                        self.input.advance(2);
                        self.stage = Stage::Segments;
                    }
                    [] | [0xFF] if !self.input.finished() => return Ok(None),
                    _ => return Err(Error::NotJpeg),
                },
                Stage::Segments => {
                    if !self.read_segment()? {
                        return Ok(None);
                    }
                }
                Stage::Height(searched) => {
                    if !self.find_height(searched)? {
                        return Ok(None);
                    }
                }
                _ => return Ok(self.header.as_ref()),
            }
        }
    }

    /// What [`start`](Self::start) with the same arguments would have decoding hold at most, in bytes; `None`
    /// before the header is known.
    pub fn predicted_memory(&self, scale: Scale, output: Output) -> Option<u64> {
        self.known_header().map(|header| header.layout(scale, output).memory)
    }

    /// Begins to decode, and tells the sizes of what will come.
    ///
    /// # Errors
    ///
    /// [`Error::Memory`], before anything is allocated, if decoding would hold more than the limit;
    /// [`Error::Malformed`] if a table is missing that the first scan needs; [`Error::Order`] if the header is not
    /// known yet or decoding has begun before.
    pub fn start(&mut self, scale: Scale, output: Output) -> Result<&Layout, Error> {
        if self.work.is_some() {
            return Err(Error::Order("decoding has begun already: use a new decoder for another scale"));
        }
        let (Some(header), Some(first)) = (self.known_header(), self.first_scan.clone()) else {
            return Err(Error::Order("the header is not known yet: call header until it is"));
        };
        let layout = header.layout(scale, output);
        if layout.memory > self.options.max_memory {
            return Err(Error::Memory { needed: layout.memory, limit: self.options.max_memory });
        }
        let work = Work::new(header, layout, scale, output);
        let work = self.work.insert(work);
        self.tables.fall_back_to_standard();
        work.begin_scan(first, self.header.as_ref(), &mut self.tables, &mut self.entropy).map_err(
            |missing| {
                let marker = match missing {
                    MissingTable::Quant => DQT,
                    MissingTable::Huffman => DHT,
                };
                Error::Malformed { marker, expected: "the tables that the first scan names" }
            },
        )?;
        self.stage = if work.scan.is_some() { Stage::Scan } else { Stage::BetweenScans };
        self.scans = 1;
        Ok(&work.layout)
    }

    /// The next strip of planes, after a [`start`](Self::start) with a planar output.
    ///
    /// # Errors
    ///
    /// [`Error::Damaged`] if the image is and that is not accepted; [`Error::Order`] without such a start.
    pub fn next_strip(&mut self) -> Result<Step<'_>, Error> {
        match &self.work {
            Some(work) if work.output != Output::Interleaved => {}
            _ => return Err(Error::Order("strips come after a start with planar output")),
        }
        match self.advance()? {
            Advance::NeedInput => return Ok(Step::NeedInput),
            Advance::Done => return Ok(Step::Done),
            Advance::Strip => {}
        }
        let Some(work) = &self.work else { return Ok(Step::Done) };
        let mut planes = [PlaneRows::default(); 4];
        for (rows, band) in planes.iter_mut().zip(&work.bands) {
            let strip_rows = band.plane.strip_rows() as u32;
            let left = band.plane.height.saturating_sub((work.strips - 1) * strip_rows);
            *rows = PlaneRows {
                data: band.strip(),
                stride: band.stride,
                width: band.plane.width as usize,
                rows: left.min(strip_rows) as usize,
            };
        }
        Ok(Step::Strip(Strip { planes, count: work.bands.len() }))
    }

    /// The next row of pixels, after a [`start`](Self::start) with interleaved output.
    ///
    /// # Errors
    ///
    /// As [`next_strip`](Self::next_strip).
    pub fn next_row(&mut self) -> Result<Row<'_>, Error> {
        loop {
            let Some(work) = self.work.as_ref().filter(|work| work.output == Output::Interleaved) else {
                return Err(Error::Order("rows come after a start with interleaved output"));
            };
            if work.row == work.layout.height {
                return Ok(Row::Done);
            }
            if work.has_row() {
                break;
            }
            match self.advance()? {
                Advance::NeedInput => return Ok(Row::NeedInput),
                Advance::Done => return Ok(Row::Done),
                Advance::Strip => {}
            }
        }
        let (Some(work), Some(header)) = (&mut self.work, &self.header) else { return Ok(Row::Done) };
        Ok(Row::Pixels(work.make_row(header.color)))
    }

    /// The first thing found wrong so far in the image's data, if any.
    pub fn damage(&self) -> Option<Flaw> {
        self.entropy.flaw
    }

    fn known_header(&self) -> Option<&Header> {
        match self.stage {
            Stage::Begin | Stage::Segments | Stage::Height(_) => None,
            _ => self.header.as_ref(),
        }
    }

    /// Reads one segment before the first scan; false asks for more input.
    fn read_segment(&mut self) -> Result<bool, Error> {
        let Some(Segment { marker, body, length }) = self.input.peek_segment()? else {
            return if self.input.finished() { Err(Error::Truncated) } else { Ok(false) };
        };
        match marker {
            DHT => self.tables.define_huffman(body)?,
            DQT => self.tables.define_quant(body)?,
            DRI => self.tables.define_restarts(body)?,
            SOF0..=SOF3 | SOF5..=SOF7 | SOF9..=SOF11 | SOF13..=SOF15 => {
                if self.header.is_some() {
                    return Err(Error::Malformed { marker, expected: "a single frame header" });
                }
                self.header = Some(header::parse_frame(marker, body)?);
            }
            APP0..=APP15 => self.metadata.take(marker, body, self.options.max_metadata),
            SOS => {
                let malformed = |expected| Error::Malformed { marker, expected };
                let header = self.header.as_mut().ok_or(malformed("a frame header before the first scan"))?;
                let scan =
                    ScanHeader::parse(body, header).ok_or(malformed("a scan header that fits the frame"))?;
                header.streams = !header.progressive && scan.components.len() == header.components.len();
                header.color = self.metadata.color_model(&header.components);
                self.metadata.finish();
                header.metadata = core::mem::take(&mut self.metadata);
                self.stage = if header.height == 0 { Stage::Height(0) } else { Stage::Ready };
                self.first_scan = Some(scan);
            }
            EOI => return Err(Error::Truncated),
            _ => {}
        }
        self.input.advance(length);
        Ok(true)
    }

    /// Looks ahead for the segment that tells the number of rows (T.81, B.2.5); false asks for more input.
    fn find_height(&mut self, searched: usize) -> Result<bool, Error> {
        let malformed = Error::Malformed { marker: DNL, expected: "the number of rows after the first scan" };
        let held = self.input.rest().len() as u64;
        if held > self.options.max_memory {
            return Err(Error::Memory { needed: held, limit: self.options.max_memory });
        }
        let mut at = searched;
        let ahead = loop {
            let rest = self.input.rest().get(at..).unwrap_or_default();
            at += input::find_ff(rest).unwrap_or(rest.len());
            match self.input.rest().get(at..) {
                Some([0xFF, 0xFF, ..]) => at += 1,
                Some([0xFF, 0 | RST0..=RST7, ..]) => at += 2,
                Some([0xFF, DNL, 0, 4, high, low, ..]) => break Some(u16::from_be_bytes([*high, *low])),
                Some([0xFF, DNL, rest @ ..]) if rest.len() < 4 => break None,
                Some([0xFF, _, ..]) => return Err(malformed),
                _ => break None,
            }
        };
        match (ahead, &mut self.header) {
            (Some(height @ 1..), Some(header)) => {
                header.height = height.into();
                self.stage = Stage::Ready;
                Ok(true)
            }
            (None, _) if !self.input.finished() => {
                self.stage = Stage::Height(at);
                Ok(false)
            }
            _ => Err(malformed),
        }
    }

    /// Goes on until a strip is decoded.
    fn advance(&mut self) -> Result<Advance, Error> {
        loop {
            let Some(work) = &mut self.work else { return Ok(Advance::Done) };
            if work.strips == work.layout.mcus.1 {
                return Ok(Advance::Done);
            }
            match self.stage {
                Stage::Scan if work.store.is_none() => {
                    let progress = work.stream_strip(&self.tables, &mut self.entropy, &mut self.input);
                    self.judge_damage()?;
                    return Ok(match progress {
                        Progress::NeedInput => Advance::NeedInput,
                        Progress::Complete => Advance::Strip,
                    });
                }
                Stage::Scan => {
                    if work.store_scan(&self.tables, &mut self.entropy, &mut self.input)
                        == Progress::NeedInput
                    {
                        return Ok(Advance::NeedInput);
                    }
                    let complete = work.store.as_ref().is_some_and(Store::complete);
                    self.stage = if complete { Stage::Emit } else { Stage::BetweenScans };
                    self.judge_damage()?;
                }
                Stage::BetweenScans => {
                    if !self.read_between_scans() {
                        return Ok(Advance::NeedInput);
                    }
                    self.judge_damage()?;
                }
                _ => {
                    work.emit_strip();
                    return Ok(Advance::Strip);
                }
            }
        }
    }

    /// Reads one segment after the first scan; false asks for more input.
    fn read_between_scans(&mut self) -> bool {
        let finished = self.input.finished();
        let Segment { marker, body, length } = match self.input.peek_segment() {
            Ok(Some(segment)) => segment,
            Ok(None) if !finished => return false,
            Ok(None) => {
                self.end_scans(Some(Flaw::EndsEarly));
                return true;
            }
            Err(_) => {
                self.end_scans(Some(Flaw::BadSegment));
                return true;
            }
        };
        let sound = match marker {
            DHT => self.tables.define_huffman(body).is_ok(),
            DQT => self.tables.define_quant(body).is_ok(),
            DRI => self.tables.define_restarts(body).is_ok(),
            SOS => {
                let scan = self.header.as_ref().and_then(|header| ScanHeader::parse(body, header));
                self.input.advance(length);
                self.next_scan(scan);
                return true;
            }
            EOI => {
                self.end_scans(None);
                return true;
            }
            // Another image, or another frame, begins without an end to this one.
            SOI | SOF0..=SOF15 => {
                self.end_scans(Some(Flaw::BadSegment));
                return true;
            }
            _ => true,
        };
        if !sound {
            self.entropy.flaw.get_or_insert(Flaw::BadSegment);
        }
        self.input.advance(length);
        true
    }

    /// Begins a scan after the first, or passes it over.
    fn next_scan(&mut self, scan: Option<ScanHeader>) {
        self.scans += 1;
        if self.scans > self.options.max_scans {
            return self.end_scans(Some(Flaw::TooManyScans));
        }
        let (Some(scan), Some(work)) = (scan, &mut self.work) else {
            self.entropy.flaw.get_or_insert(Flaw::BadSegment);
            return;
        };
        match work.begin_scan(scan, self.header.as_ref(), &mut self.tables, &mut self.entropy) {
            Ok(()) if work.scan.is_some() => self.stage = Stage::Scan,
            Ok(()) => {}
            Err(_) => {
                self.entropy.flaw.get_or_insert(Flaw::BadSegment);
            }
        }
    }

    fn end_scans(&mut self, flaw: Option<Flaw>) {
        if let Some(flaw) = flaw {
            self.entropy.flaw.get_or_insert(flaw);
        }
        self.stage = Stage::Emit;
    }

    /// Whether what was found wrong is accepted.
    fn judge_damage(&self) -> Result<(), Error> {
        let (Some(flaw), Some(work)) = (self.entropy.flaw, &self.work) else { return Ok(()) };
        let nothing_there = match self.stage {
            Stage::Scan => work.strips == 1 && self.entropy.hopeless(),
            Stage::Emit => true,
            _ => false,
        };
        // A row of MCUs; of an image that has only one, part of it.
        let enough = if work.layout.mcus.1 == 1 { 1 } else { work.layout.mcus.0 };
        if self.options.damage == Damage::Refuse || nothing_there && self.entropy.sound < enough {
            return Err(Error::Damaged(flaw));
        }
        Ok(())
    }
}

enum Advance {
    Strip,
    NeedInput,
    Done,
}

/// Which kind of table a scan names that was never defined.
enum MissingTable {
    Quant,
    Huffman,
}

impl Work {
    fn new(header: &Header, layout: Layout, scale: Scale, output: Output) -> Self {
        let sampling = header.max_sampling();
        let upsampler = |plane| Upsampler::new(plane, &layout, u32::from(scale.numerator()), sampling);
        let interleaved = output == Output::Interleaved;
        Self {
            bands: layout.planes.iter().copied().map(Band::new).collect(),
            store: (!header.streams).then(|| Store::new(&layout)),
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

    /// Sets up a scan's decoding; leaves `scan` empty if nothing of it is wanted.
    fn begin_scan(
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
            && !store.note(&scan)
        {
            entropy.flaw.get_or_insert(Flaw::BadSegment);
        }
        entropy.begin(tables.restart_interval);
        self.scan = Some(scan);
        Ok(())
    }

    fn stream_strip(&mut self, tables: &Tables, entropy: &mut Entropy, input: &mut Input) -> Progress {
        let Some(mut scan) = self.scan.take() else { return Progress::Complete };
        self.roll();
        let progress = scan.stream_row(tables, &mut self.bands, entropy, input);
        self.scan = Some(scan);
        if progress == Progress::Complete {
            self.finish_strip();
        }
        progress
    }

    fn store_scan(&mut self, tables: &Tables, entropy: &mut Entropy, input: &mut Input) -> Progress {
        let (Some(scan), Some(store)) = (&mut self.scan, &mut self.store) else { return Progress::Complete };
        store.add(scan, &self.layout, tables, entropy, input)
    }

    /// Makes a strip from the coefficients held.
    fn emit_strip(&mut self) {
        self.roll();
        let Some(store) = &self.store else { return };
        for (component, band) in self.bands.iter_mut().enumerate() {
            let rows = band.plane.v as usize;
            for row in 0..rows {
                band.transform_stored(store, component, self.strips as usize * rows + row, row);
            }
        }
        self.finish_strip();
    }

    /// Keeps the rows of the strip before that upsampling needs, once for each strip.
    fn roll(&mut self) {
        if !self.begun && self.output == Output::Interleaved {
            self.bands.iter_mut().for_each(Band::roll);
        }
        self.begun = true;
    }

    fn finish_strip(&mut self) {
        self.strips += 1;
        self.begun = false;
    }

    /// Whether the strips so far hold all that the next row is made from.
    fn has_row(&self) -> bool {
        self.upsamplers.iter().zip(&self.bands).all(|(upsampler, band)| {
            u64::from(upsampler.last_row(self.row)) < u64::from(self.strips) * band.plane.strip_rows() as u64
        })
    }

    fn make_row(&mut self, color: ColorModel) -> &[u8] {
        let width = self.layout.width as usize;
        let (strips, y) = (self.strips, self.row);
        let mut rows: [&[u8]; 4] = [&[]; 4];
        for ((row, upsampler), band) in rows.iter_mut().zip(&mut self.upsamplers).zip(&self.bands) {
            let start = strips.saturating_sub(1) * band.plane.strip_rows() as u32;
            *row = upsampler.row(band, start, y, width);
        }
        color::interleave(color, rows, &mut self.pixels);
        self.row += 1;
        &self.pixels
    }
}
