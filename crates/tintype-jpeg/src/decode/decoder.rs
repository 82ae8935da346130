//! The decoder: from segments to scans, and from scans to output.

use super::config::{Damage, DecoderConfig};
use super::cost;
use super::entropy::Entropy;
use super::error::{DecodeError, Flaw};
use super::header::{self, Header, Metadata};
use super::input::{self, Input, Segment};
use super::layout::{Layout, Output, Scale};
use super::scan::Progress;
use super::scan_header::ScanHeader;
use super::store::Store;
use super::strip::{Row, Step};
use super::tables::Tables;
use super::work::{MissingTable, Work};
use crate::marker::{
    APP0, APP15, DHT, DNL, DQT, DRI, EOI, RST0, RST7, SOF0, SOF3, SOF5, SOF7, SOF9, SOF11, SOF13, SOF15, SOI,
    SOS,
};

/// A decoder that takes bytes, returns rows, and never waits.
///
/// Call [`header`](Self::header) until it is there, then [`start`](Self::start), then
/// [`next_strip`](Self::next_strip) or [`next_row`](Self::next_row) until they are done; whenever one of them needs
/// input, [`feed`](Self::feed) it, or [`finish`](Self::finish) when there is no more. To hold little of the input,
/// feed it when it is asked for rather than all at once: input is held until it is used.
pub struct Decoder {
    config: DecoderConfig,
    input: Input,
    stage: Stage,
    tables: Tables,
    metadata: Metadata,
    header: Option<Header>,
    first_scan: Option<ScanHeader>,
    entropy: Entropy,
    work: Option<Work>,
    scans: u32,
    /// Bytes of segments read so far.
    segments: u64,
}

/// Where in the file the decoder is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// Before the start-of-image marker.
    Begin,
    /// Before the first scan.
    Segments,
    /// At the first scan, looking ahead for the number of rows; this many bytes were searched.
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

impl Decoder {
    /// A decoder without input.
    pub fn new(config: DecoderConfig) -> Self {
        Self {
            config,
            input: Input::default(),
            stage: Stage::Begin,
            tables: Tables::default(),
            metadata: Metadata::default(),
            header: None,
            first_scan: None,
            entropy: Entropy::default(),
            work: None,
            scans: 0,
            segments: 0,
        }
    }

    /// Appends input. Chunks of any size give the same result.
    pub fn feed(&mut self, chunk: &[u8]) {
        self.input.feed(chunk);
    }

    /// Signals the end of the input.
    pub fn finish(&mut self) {
        self.input.finish();
    }

    /// The header, or `None` if more input is needed: everything up to the data of the first scan.
    ///
    /// # Errors
    ///
    /// If the input is not a JPEG, is of an unsupported kind, malformed, or finished too early.
    pub fn header(&mut self) -> Result<Option<&Header>, DecodeError> {
        loop {
            match self.stage {
                Stage::Begin => match self.input.rest() {
                    [0xFF, SOI, ..] => {
                        self.input.advance(2);
                        self.stage = Stage::Segments;
                    }
                    [] | [0xFF] if !self.input.finished() => return Ok(None),
                    _ => return Err(DecodeError::NotJpeg),
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

    /// The quality, 1 to 100, estimated from the first component's quantisation table: exact where that is the one that the
    /// IJG's encoder makes of annex K, and the nearest otherwise. `None` before the header is known.
    pub fn quality(&self) -> Option<u8> {
        self.tables.quality(self.known_header()?.components.first()?.quant)
    }

    /// Upper bound, in bytes, of the memory that decoding would hold after [`start`](Self::start) with the same
    /// arguments; `None` before the header is known.
    pub fn predicted_memory(&self, scale: Scale, output: Output) -> Option<u64> {
        self.known_header().map(|header| header.layout(scale, output).memory)
    }

    /// Begins to decode, and returns the sizes of the planes or rows to come.
    ///
    /// # Errors
    ///
    /// [`DecodeError::Memory`], before anything is allocated, if decoding would hold more than the limit;
    /// [`DecodeError::Malformed`] if a table is missing that the first scan needs; [`DecodeError::Order`] if the header
    /// is not known yet or decoding has begun before.
    pub fn start(&mut self, scale: Scale, output: Output) -> Result<&Layout, DecodeError> {
        if self.work.is_some() {
            return Err(DecodeError::Order(
                "decoding has begun already: use a new decoder for another scale",
            ));
        }
        let (Some(header), Some(first)) = (self.known_header(), self.first_scan.clone()) else {
            return Err(DecodeError::Order("the header is not known yet: call header until it is"));
        };
        let layout = header.layout(scale, output);
        let needed = layout.memory + self.input.held();
        if needed > self.config.max_memory {
            return Err(DecodeError::Memory { needed, limit: self.config.max_memory });
        }
        let work = Work::new(header, layout, scale, output, self.config.max_work);
        let work = self.work.insert(work);
        self.tables.fall_back_to_standard();
        work.begin_scan(first, self.header.as_ref(), &mut self.tables, &mut self.entropy).map_err(
            |missing| {
                let marker = match missing {
                    MissingTable::Quant => DQT,
                    MissingTable::Huffman => DHT,
                };
                DecodeError::Malformed { marker, expected: "the tables that the first scan names" }
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
    /// [`DecodeError::Damaged`] if the image is damaged and that is not accepted; [`DecodeError::Order`] without such a
    /// start.
    pub fn next_strip(&mut self) -> Result<Step<'_>, DecodeError> {
        match &self.work {
            Some(work) if !work.output.is_interleaved() => {}
            _ => return Err(DecodeError::Order("strips come after a start with planar output")),
        }
        match self.advance()? {
            Advance::NeedInput => return Ok(Step::NeedInput),
            Advance::Done => return Ok(Step::Done),
            Advance::Strip => {}
        }
        Ok(self.work.as_ref().map_or(Step::Done, |work| Step::Strip(work.strip())))
    }

    /// The next row of pixels, after a [`start`](Self::start) with interleaved output.
    ///
    /// # Errors
    ///
    /// As [`next_strip`](Self::next_strip).
    pub fn next_row(&mut self) -> Result<Row<'_>, DecodeError> {
        loop {
            let Some(work) = self.work.as_ref().filter(|work| work.output.is_interleaved()) else {
                return Err(DecodeError::Order("rows come after a start with interleaved output"));
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

    /// The first flaw found so far in the image's data, if any.
    pub fn damage(&self) -> Option<Flaw> {
        self.entropy.flaw
    }

    /// The work done so far, in units of about one WebAssembly instruction: the same for the same input everywhere.
    pub fn work(&self) -> u64 {
        let output = self.work.as_ref().map_or(0, |work| {
            let visits = work.store.as_ref().map_or(0, Store::visits);
            visits * cost::VISIT + work.layout.work_of(work.strips, work.row)
        });
        cost::input(self.input.used(), self.segments) + output
    }

    /// Bytes of memory that input takes which was fed and not used yet.
    pub fn held(&self) -> u64 {
        self.input.held()
    }

    fn known_header(&self) -> Option<&Header> {
        match self.stage {
            Stage::Begin | Stage::Segments | Stage::Height(_) => None,
            _ => self.header.as_ref(),
        }
    }

    /// Reads one segment before the first scan; false asks for more input.
    fn read_segment(&mut self) -> Result<bool, DecodeError> {
        let Some(Segment { marker, body, length }) = self.input.peek_segment()? else {
            return if self.input.finished() { Err(DecodeError::Truncated) } else { Ok(false) };
        };
        match marker {
            DHT => self.tables.define_huffman(body)?,
            DQT => self.tables.define_quant(body)?,
            DRI => self.tables.define_restarts(body)?,
            SOF0..=SOF3 | SOF5..=SOF7 | SOF9..=SOF11 | SOF13..=SOF15 => {
                if self.header.is_some() {
                    return Err(DecodeError::Malformed { marker, expected: "a single frame header" });
                }
                self.header = Some(header::parse_frame(marker, body)?);
            }
            APP0..=APP15 => self.metadata.take(marker, body, &self.config),
            SOS => {
                let malformed = |expected| DecodeError::Malformed { marker, expected };
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
            EOI => return Err(DecodeError::Truncated),
            _ => {}
        }
        self.segments += length as u64;
        self.input.advance(length);
        Ok(true)
    }

    /// Looks ahead for the segment that holds the number of rows (T.81, B.2.5); false asks for more input.
    fn find_height(&mut self, searched: usize) -> Result<bool, DecodeError> {
        let malformed =
            DecodeError::Malformed { marker: DNL, expected: "the number of rows after the first scan" };
        // The input is moved, as it grows, into room for twice of it.
        let needed = 3 * self.input.rest().len() as u64;
        if needed > self.config.max_memory {
            return Err(DecodeError::Memory { needed, limit: self.config.max_memory });
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

    /// Decodes until a strip is complete.
    fn advance(&mut self) -> Result<Advance, DecodeError> {
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
                        Progress::Complete | Progress::TooMuch => Advance::Strip,
                    });
                }
                Stage::Scan => {
                    match work.store_scan(&self.tables, &mut self.entropy, &mut self.input) {
                        Progress::NeedInput => return Ok(Advance::NeedInput),
                        Progress::TooMuch => self.end_scans(Some(Flaw::TooManyScans)),
                        Progress::Complete => {
                            let complete = work.store.as_ref().is_some_and(Store::complete);
                            self.stage = if complete { Stage::Emit } else { Stage::BetweenScans };
                        }
                    }
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
        self.segments += length as u64;
        self.input.advance(length);
        true
    }

    /// Begins a scan after the first, or passes it over.
    fn next_scan(&mut self, scan: Option<ScanHeader>) {
        self.scans += 1;
        if self.scans > self.config.max_scans {
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

    /// Fails if a flaw was found that is not to be accepted.
    fn judge_damage(&self) -> Result<(), DecodeError> {
        let (Some(flaw), Some(work)) = (self.entropy.flaw, &self.work) else { return Ok(()) };
        let nothing_decoded = match self.stage {
            Stage::Scan => work.strips == 1 && self.entropy.hopeless(),
            Stage::Emit => true,
            _ => false,
        };
        // A row of MCUs, or part of it where the image has only one.
        let enough = if work.layout.mcus.1 == 1 { 1 } else { work.layout.mcus.0 };
        if self.config.damage == Damage::Refuse || nothing_decoded && self.entropy.sound < enough {
            return Err(DecodeError::Damaged(flaw));
        }
        Ok(())
    }
}

enum Advance {
    Strip,
    NeedInput,
    Done,
}
