//! Rows of an image, as the codec finds them in the file.

use super::adam7::Adam7;
use super::inlet::Inlet;
use super::{malformed, work};
use crate::decode::Header;
use crate::decode::unread::ends_early;
use crate::pixels::{Channels, Depth, Layout};
use crate::{ColorModel, Error, Format, Result, Source, exif};
use png::{ColorType, DecodingError, Transformations};
use std::io::{BufRead, Seek};

/// Reads the rows of an image, one after the other, or pass by pass.
pub(super) struct Reading {
    reader: png::Reader<Inlet>,
    pub(super) header: Header,
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

/// What reading on yields.
pub(super) enum Next {
    /// The next row of the image.
    Row,
    /// A row of a pass, which completes none of the image.
    Gathered,
    /// There are no more rows.
    End,
}

impl Reading {
    /// Reads what comes before the pixels, which has come.
    pub(super) fn open(input: Inlet) -> Result<Self> {
        Self::of(open(input)?)
    }

    /// The same for a part of a file, whose checksums are not those of its chunks.
    pub(super) fn open_part(input: Inlet) -> Result<Self> {
        let mut decoder = decoder(input);
        decoder.ignore_checksums(true);
        Self::of(decoder.read_info().map_err(malformed)?)
    }

    fn of(reader: png::Reader<Inlet>) -> Result<Self> {
        let header = header(&reader)?;
        let passes = Adam7::new(
            header.source.width as usize,
            header.source.height as usize,
            header.layout.channels().count() * header.depth.bytes(),
        );
        Ok(Self {
            reader,
            header,
            row: Vec::new(),
            frame: Vec::new(),
            passes,
            frame_done: false,
            gathered: 0,
            next_row: 0,
            fault: None,
            lost: false,
        })
    }

    /// Allocates.
    pub(super) fn start(&mut self) -> Result<()> {
        let size = self.reader.output_line_size(self.header.source.width).unwrap_or(0);
        self.row = vec![0; size];
        if self.reader.info().interlaced {
            let frame = self.reader.output_buffer_size();
            self.frame = vec![0; frame.ok_or_else(|| Error::unsupported(Format::Png, "of this size"))?];
        }
        Ok(())
    }

    /// Predicts the bytes that it takes.
    pub(super) fn memory(&self) -> u64 {
        let row = self.row_bytes();
        // Raw rows are up to 16 bits wide; the codec also keeps two of them and its inflater's window.
        let streaming = row * 6 + (512 << 10);
        let frame =
            if self.reader.info().interlaced { row * u64::from(self.header.source.height) } else { 0 };
        streaming + frame
    }

    /// The work on rows so far.
    pub(super) fn work(&self) -> u64 {
        self.decoded_rows() * self.row_work()
    }

    /// The EXIF data.
    pub(super) fn exif(&self) -> Option<&[u8]> {
        self.reader.info().exif_metadata.as_deref()
    }

    /// The row that was read.
    pub(super) fn row(&self) -> &[u8] {
        &self.row
    }

    /// What its samples are.
    pub(super) fn samples(&self) -> (Channels, Depth) {
        (self.header.layout.channels(), self.header.depth)
    }

    /// Whether something is wrong with the pixels.
    pub(super) fn is_faulty(&self) -> bool {
        self.fault.is_some()
    }

    /// Whether the rows that come are none of the file's.
    pub(super) fn is_lost(&self) -> bool {
        self.lost && self.frame.is_empty()
    }

    /// The work of a row.
    pub(super) fn row_work(&self) -> u64 {
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
    pub(super) fn fail(&mut self, error: DecodingError, allow_damaged: bool) -> Result<()> {
        let Some(fault) = &self.fault else {
            let fault = match error {
                DecodingError::IoError(_) => ends_early(Format::Png),
                _ => Error::malformed(Format::Png, "its image data is corrupt"),
            };
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
    pub(super) fn next(&mut self) -> Result<Next, DecodingError> {
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

/// What the codec may allocate for rows and metadata.
const LIMITS: png::Limits = png::Limits { bytes: 16 << 20 };

/// Opens a file of which everything before the pixels has come.
pub(super) fn open(input: Inlet) -> Result<png::Reader<Inlet>> {
    decoder(input).read_info().map_err(malformed)
}

fn decoder(input: Inlet) -> png::Decoder<Inlet> {
    let mut decoder = png::Decoder::new_with_limits(input, LIMITS);
    decoder.set_ignore_iccp_chunk(true);
    decoder.set_transformations(Transformations::EXPAND);
    decoder.set_ignore_text_chunk(true);
    decoder
}

/// What the file says before its pixels.
pub(super) fn header<R: BufRead + Seek>(reader: &png::Reader<R>) -> Result<Header> {
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
