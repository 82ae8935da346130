//! PNG (ISO/IEC 15948), decoded as its bytes arrive. An interlaced image is held whole until its last pass. Where the pixels
//! end early or are corrupt, the rows before that stay, and the missing ones are black or transparent.

mod adam7;
mod color;
mod extra;
mod head;
mod inlet;

use super::{Decoder, Header, Inspector, Sink, Step, still};
use crate::color::{LARGEST_PROFILE, Model, Space, describe};
use crate::metadata::{Carried, Wanted};
use crate::pixels::{Channels, Depth, Layout};
use crate::plan::{Detail, Lane, Scale};
use crate::{ColorModel, Error, Format, Info, Limit, Options, Result, Source, exif};
use adam7::Adam7;
use head::Head;
use inlet::Inlet;
use png::{ColorType, DecodingError, Transformations};
use std::io::{BufRead, Seek};

/// Decodes row by row, or pass by pass.
pub(super) struct PngDecoder {
    inlet: Inlet,
    state: State,
    /// Bytes of input before the pixels.
    before_pixels: u64,
    complete: bool,
    /// Pixels of source that are accepted.
    max_pixels: u64,
    allow_damaged: bool,
    wanted: Wanted,
    /// What was found before the pixels.
    carried: Carried,
}

enum State {
    /// Gathering what comes before the pixels: the codec reads all of that at once.
    Head(Box<Head>),
    Reading(Box<Reading>),
}

struct Reading {
    reader: png::Reader<Inlet>,
    header: Header,
    space: Option<Space>,
    row: Vec<u8>,
    /// An interlaced image, and the passes that it comes in.
    frame: Vec<u8>,
    passes: Adam7,
    frame_done: bool,
    /// Bytes of its passes read so far.
    gathered: u64,
    next_row: u32,
    /// What is wrong with the pixels. The codec gets no more input, but may have rows from before.
    fault: Option<Error>,
    /// Whether the codec has no more rows either.
    lost: bool,
}

impl PngDecoder {
    pub(super) fn new(options: &Options, wanted: Wanted) -> Self {
        let max_profile = (options.limits.memory / 32).min(LARGEST_PROFILE as u64);
        Self {
            inlet: Inlet::default(),
            state: State::Head(Box::new(Head::new(max_profile, wanted))),
            before_pixels: 0,
            complete: false,
            max_pixels: options.limits.source_pixels,
            allow_damaged: options.input.allow_damaged,
            wanted,
            carried: Carried::default(),
        }
    }
}

impl Decoder for PngDecoder {
    fn feed(&mut self, chunk: Vec<u8>) -> Result<()> {
        let State::Head(head) = &mut self.state else {
            self.inlet.push(&chunk);
            return Ok(());
        };
        let pixels = head.feed(&chunk)?;
        self.inlet.push(pixels);
        self.before_pixels += (chunk.len() - pixels.len()) as u64;
        Ok(())
    }

    fn finish(&mut self) {
        self.inlet.finish();
        self.complete = true;
    }

    fn header(&mut self) -> Result<Step<Header>> {
        let (head, collected, colors) = match &mut self.state {
            State::Reading(reading) => return Ok(Step::Ready(reading.header)),
            State::Head(head) if !self.complete && !head.reaches_pixels() => return Ok(Step::NeedInput),
            State::Head(head) => (head.take(), head.take_collected(), head.take_colors()),
        };
        check_pixels(&head, self.max_pixels)?;
        self.inlet.push_first(head);
        let reader = open(self.inlet.clone())?;
        let header = header(&reader)?;
        let profile = colors.profile();
        let space = colors.space(profile.as_deref(), model(header.layout.channels()));
        self.carried = extra::read(&collected, reader.info().exif_metadata.as_deref(), &self.wanted);
        if self.wanted.profile {
            self.carried.icc = self.wanted.icc(profile.as_deref());
            self.carried.png_color = colors.instead_of_profile();
        }
        self.state = State::Reading(Box::new(Reading {
            reader,
            header,
            space,
            row: Vec::new(),
            frame: Vec::new(),
            passes: Adam7::new(
                header.source.width as usize,
                header.source.height as usize,
                header.layout.channels().count() * header.depth.bytes(),
            ),
            frame_done: false,
            gathered: 0,
            next_row: 0,
            fault: None,
            lost: false,
        }));
        Ok(Step::Ready(header))
    }

    fn carried(&mut self) -> Carried {
        std::mem::take(&mut self.carried)
    }

    fn take_space(&mut self) -> Option<Space> {
        match &mut self.state {
            State::Reading(reading) => reading.space.take(),
            State::Head(_) => None,
        }
    }

    fn lanes(&mut self, _: Detail) -> Vec<Lane> {
        let State::Reading(reading) = &self.state else { return Vec::new() };
        vec![Lane::whole(&reading.header.source, Scale::FULL)]
    }

    fn memory(&mut self, _: Detail) -> u64 {
        let State::Reading(reading) = &self.state else { return 0 };
        let row = reading.row_bytes();
        // Raw rows are up to 16 bits wide; the codec also keeps two of them and its inflater's window.
        let streaming = row * 6 + (512 << 10);
        let frame =
            if reading.reader.info().interlaced { row * u64::from(reading.header.source.height) } else { 0 };
        streaming + frame
    }

    fn predicted_work(&mut self, _: Detail) -> u64 {
        let State::Reading(reading) = &self.state else { return 0 };
        u64::from(reading.header.source.height) * reading.row_work()
    }

    fn work(&self) -> u64 {
        let State::Reading(reading) = &self.state else { return 0 };
        (self.before_pixels + self.inlet.used()) * work::BYTE + reading.decoded_rows() * reading.row_work()
    }

    fn start(&mut self, _: Detail, _: u64) -> Result<()> {
        let State::Reading(reading) = &mut self.state else { return Err(Error::Ended) };
        let size = reading.reader.output_line_size(reading.header.source.width).unwrap_or(0);
        reading.row = vec![0; size];
        if reading.reader.info().interlaced {
            let frame = reading.reader.output_buffer_size();
            reading.frame = vec![0; frame.ok_or_else(|| Error::unsupported(Format::Png, "of this size"))?];
        }
        Ok(())
    }

    fn advance(&mut self, sink: Sink<'_>) -> Result<Step<bool>> {
        let State::Reading(reading) = &mut self.state else { return Err(Error::Ended) };
        match reading.next() {
            Err(DecodingError::IoError(_)) if !self.complete && reading.fault.is_none() => {
                Ok(Step::NeedInput)
            }
            Err(error) => {
                self.inlet.close();
                reading.fail(error, self.allow_damaged).map(|()| Step::Ready(true))
            }
            Ok(Next::End) => Ok(Step::Ready(false)),
            Ok(Next::Gathered) => Ok(Step::Ready(true)),
            Ok(Next::Row) => sink(0, &reading.row).map(|()| Step::Ready(true)),
        }
    }

    fn found_damage(&self) -> bool {
        matches!(&self.state, State::Reading(reading) if reading.fault.is_some())
    }
}

/// What reading on yields.
enum Next {
    /// The next row of the image.
    Row,
    /// A row of a pass, which completes none of the image.
    Gathered,
    /// There are no more rows.
    End,
}

impl Reading {
    /// The work of a row.
    fn row_work(&self) -> u64 {
        let raw = self.reader.info().raw_row_length_from_width(self.header.source.width) as u64;
        let unpacked = if raw < self.row_bytes() { self.header.source.width.into() } else { 0 };
        let placed = if self.reader.info().interlaced { self.row_bytes() } else { 0 };
        raw * work::RAW_BYTE
            + self.row_bytes() * work::SAMPLE
            + unpacked * work::UNPACKED
            + placed * work::PLACED
    }

    /// Bytes of a row that comes out.
    fn row_bytes(&self) -> u64 {
        let Header { source, layout, depth, .. } = self.header;
        u64::from(source.width) * (layout.channels().count() * depth.bytes()) as u64
    }

    /// Takes note of a fault, which is an error if no row came before it, or damage is not allowed.
    fn fail(&mut self, error: DecodingError, allow_damaged: bool) -> Result<()> {
        let Some(fault) = &self.fault else {
            let fault = Error::malformed(
                Format::Png,
                match error {
                    DecodingError::IoError(_) => "it ends too early",
                    _ => "its image data is corrupt",
                },
            );
            if !allow_damaged {
                return Err(fault);
            }
            self.fault = Some(fault);
            return Ok(());
        };
        if self.next_row == 0 && self.gathered == 0 {
            return Err(fault.clone());
        }
        self.lost = true;
        if !self.frame.is_empty() {
            self.passes.expand(&mut self.frame);
            self.frame_done = true;
        }
        Ok(())
    }

    /// Makes a row that is missing; false after the last.
    fn blank_row(&mut self) -> bool {
        self.row.fill(0);
        self.next_row += 1;
        self.next_row <= self.header.source.height
    }

    /// Reads the next row; false after the last.
    fn streamed_row(&mut self) -> Result<bool, DecodingError> {
        if self.next_row >= self.header.source.height {
            return Ok(false);
        }
        let read = self.reader.read_row(&mut self.row)?;
        self.next_row += 1;
        Ok(read.is_some())
    }

    /// Reads the next row of a pass of an interlaced image; false after the last pass.
    fn gather_row(&mut self) -> Result<bool, DecodingError> {
        if self.passes.are_complete() {
            return Ok(false);
        }
        let Some(row) = self.reader.next_interlaced_row()? else { return Ok(false) };
        self.passes.place(&mut self.frame, row.data());
        self.gathered += row.data().len() as u64;
        Ok(true)
    }

    /// Takes the next row of an interlaced image whose passes have been read; false after the last.
    fn gathered_row(&mut self) -> bool {
        let stride = self.row.len();
        let start = self.next_row as usize * stride;
        let Some(row) = self.frame.get(start..start + stride) else { return false };
        self.row.copy_from_slice(row);
        self.next_row += 1;
        true
    }

    /// Reads a row, of the image or of one of its passes.
    fn next(&mut self) -> Result<Next, DecodingError> {
        let interlaced = !self.frame.is_empty();
        if interlaced && !self.frame_done {
            self.frame_done = !self.gather_row()?;
            return Ok(Next::Gathered);
        }
        let found = match interlaced {
            true => self.gathered_row(),
            false if self.lost => self.blank_row(),
            false => self.streamed_row()?,
        };
        Ok(if found { Next::Row } else { Next::End })
    }

    /// The number of rows decoded so far, or as many pixels of passes.
    fn decoded_rows(&self) -> u64 {
        match self.frame.is_empty() {
            true => self.next_row.into(),
            false => self.gathered / self.row_bytes(),
        }
    }
}

/// What things cost, in units of [`crate::Limits::work`].
mod work {
    /// A byte of the file.
    pub(super) const BYTE: u64 = 80;
    /// A byte of a row as the file has it: decompressed and unfiltered.
    pub(super) const RAW_BYTE: u64 = 8;
    /// A byte of a row that comes out.
    pub(super) const SAMPLE: u64 = 10;
    /// A pixel that is unpacked, or looked up in a palette.
    pub(super) const UNPACKED: u64 = 20;
    /// A sample of a pass that comes to its place in the image.
    pub(super) const PLACED: u64 = 8;
}

/// What the codec may allocate for rows and metadata.
const LIMITS: png::Limits = png::Limits { bytes: 16 << 20 };

fn open(input: Inlet) -> Result<png::Reader<Inlet>> {
    let mut decoder = png::Decoder::new_with_limits(input, LIMITS);
    decoder.set_ignore_iccp_chunk(true);
    decoder.set_transformations(Transformations::EXPAND);
    decoder.set_ignore_text_chunk(true);
    decoder.read_info().map_err(malformed)
}

fn header<R: BufRead + Seek>(reader: &png::Reader<R>) -> Result<Header> {
    let info = reader.info();
    if info.frame_control.is_some_and(|frame| (frame.width, frame.height) != info.size()) {
        return Err(Error::malformed(Format::Png, "its first frame is not as large as the image"));
    }
    let (color_type, depth) = reader.output_color_type();
    let channels = match color_type {
        ColorType::Grayscale => Channels::Gray,
        ColorType::GrayscaleAlpha => Channels::GrayAlpha,
        ColorType::Rgba => Channels::Rgba,
        ColorType::Rgb | ColorType::Indexed => Channels::Rgb,
    };
    let color = match info.color_type {
        ColorType::Grayscale | ColorType::GrayscaleAlpha => ColorModel::Gray,
        ColorType::Indexed => ColorModel::Palette,
        ColorType::Rgb | ColorType::Rgba => ColorModel::Rgb,
    };
    let exif = info.exif_metadata.as_deref().and_then(exif::parse);
    let source = Source {
        format: Format::Png,
        width: info.width,
        height: info.height,
        orientation: exif.map_or(1, |exif| exif.orientation()),
        color,
        bit_depth: info.bit_depth as u8,
        alpha: channels.has_alpha(),
    };
    let depth = if depth == png::BitDepth::Sixteen { Depth::Sixteen } else { Depth::Eight };
    let layout = Layout::Interleaved(channels);
    Ok(Header { source, layout, exact_pixels: true, depth, scales: &[], loops: None })
}

/// The colours that a profile has to be for.
fn model(channels: Channels) -> Model {
    match channels {
        Channels::Gray | Channels::GrayAlpha => Model::Gray,
        Channels::Rgb | Channels::Rgba => Model::Rgb,
    }
}

/// Describes a PNG by what comes before its pixels.
pub(super) struct PngInspector {
    head: Head,
    complete: bool,
    location: bool,
}

impl PngInspector {
    pub(super) fn new(location: bool) -> Self {
        Self { head: Head::new(LARGEST_PROFILE as u64, Wanted::default()), complete: false, location }
    }
}

impl Inspector for PngInspector {
    fn feed(&mut self, chunk: &[u8]) -> Result<()> {
        self.head.feed(chunk).map(|_| ())
    }

    fn finish(&mut self) {
        self.complete = true;
    }

    fn info(&mut self) -> Result<Step<Info>> {
        if !self.complete && !self.head.reaches_pixels() {
            return Ok(Step::NeedInput);
        }
        let inlet = Inlet::default();
        inlet.push_first(self.head.take());
        let reader = open(inlet)?;
        let Header { source, layout, .. } = header(&reader)?;
        let info = reader.info();
        let profile = self.head.take_colors().profile();
        let exif = info.exif_metadata.as_deref().and_then(exif::parse);
        Ok(Step::Ready(Info {
            frames: info.animation_control.map_or(1, |animation| animation.num_frames.max(1)),
            icc_profile: profile.map(|profile| describe(&profile, model(layout.channels()))),
            exif: exif.map(|exif| exif.basics(self.location)),
            progressive: info.interlaced,
            ..still(source)
        }))
    }
}

/// Checks the number of pixels before the codec does, which reports sizes that it cannot hold as another error, and on
/// 32 bits sooner.
fn check_pixels(head: &[u8], allowed: u64) -> Result<()> {
    let header = head.get(12..).and_then(|head| head.split_first_chunk::<12>());
    let Some((&[b'I', b'H', b'D', b'R', w0, w1, w2, w3, h0, h1, h2, h3], _)) = header else { return Ok(()) };
    let side = |bytes| u64::from(u32::from_be_bytes(bytes));
    Limit::SourcePixels.check(side([w0, w1, w2, w3]) * side([h0, h1, h2, h3]), allowed)
}

fn malformed(error: DecodingError) -> Error {
    match error {
        DecodingError::IoError(_) => Error::malformed(Format::Png, "it ends too early"),
        DecodingError::LimitsExceeded => {
            Error::unsupported(Format::Png, "with rows or metadata of more than 16 MiB")
        }
        other => Error::malformed(Format::Png, other),
    }
}
