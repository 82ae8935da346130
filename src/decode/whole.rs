//! Formats that come now and then, read by libraries that want the whole file: BMP, ICO, QOI, PNM and TIFF. They come late, when
//! all of the file is there, and take more memory than others, which is predicted and bounded as everywhere.

use super::{Decoder, Header, Inspector, Sink, Step, still};
use crate::color::{self, Model, Space};
use crate::metadata::{Carried, Wanted};
use crate::pixels::{Channels, Depth, Layout};
use crate::plan::{Detail, Lane, Scale};
use crate::queue::Queue;
use crate::{ColorModel, Error, Format, Info, Limit, Result, Source, exif};
use tintype_rare::{self as rare, Kind};

/// The most bytes of a file that is described.
const MOST_DESCRIBED: u64 = 64 << 20;

/// Reads the header of a file, of which no more than `max_memory` bytes may be taken.
fn open(format: Format, file: Vec<u8>, max_memory: u64) -> Result<Opened> {
    let kind = match format {
        Format::Bmp => Kind::Bmp,
        Format::Ico => Kind::Ico,
        Format::Qoi => Kind::Qoi,
        Format::Pnm => Kind::Pnm,
        Format::Tiff => Kind::Tiff,
        other => return Err(Error::unsupported(other, Error::DECODING)),
    };
    let image = rare::open(kind, file, max_memory).map_err(|error| failure(format, error))?;
    let color = match image.channels {
        _ if image.has_palette => ColorModel::Palette,
        rare::Channels::Gray | rare::Channels::GrayAlpha => ColorModel::Gray,
        rare::Channels::Rgb | rare::Channels::Rgba => ColorModel::Rgb,
        rare::Channels::Cmyk => ColorModel::Cmyk,
    };
    let source = Source {
        format,
        width: image.width,
        height: image.height,
        orientation: image.orientation,
        color,
        bit_depth: image.bit_depth,
        alpha: matches!(image.channels, rare::Channels::GrayAlpha | rare::Channels::Rgba),
    };
    Ok(Opened { source, image })
}

fn failure(format: Format, error: rare::Error) -> Error {
    match error {
        rare::Error::Malformed(detail) => Error::malformed(format, detail),
        rare::Error::Unsupported(what) => Error::unsupported(format, what),
    }
}

/// An image whose header has been read.
struct Opened {
    source: Source,
    image: rare::Image,
}

impl Opened {
    fn space(&self) -> Option<Space> {
        Space::of_icc(self.image.icc.as_deref()?, model(&self.source))
    }

    /// The layout and depth of the rows that come out. Inks become colours here where nothing says what they look like.
    fn samples(&self) -> (Layout, Depth) {
        let layout = match self.image.channels {
            rare::Channels::Gray => Layout::Interleaved(Channels::Gray),
            rare::Channels::GrayAlpha => Layout::Interleaved(Channels::GrayAlpha),
            rare::Channels::Rgb => Layout::Interleaved(Channels::Rgb),
            rare::Channels::Rgba => Layout::Interleaved(Channels::Rgba),
            rare::Channels::Cmyk if self.space().is_some() => Layout::Inks,
            rare::Channels::Cmyk => Layout::Interleaved(Channels::Rgb),
        };
        let is_deep = self.image.sample_bytes == 2 && self.image.channels != rare::Channels::Cmyk;
        (layout, if is_deep { Depth::Sixteen } else { Depth::Eight })
    }

    /// Bytes of a row as it is read.
    fn row_bytes(&self) -> usize {
        self.image.width as usize * self.image.channels.count() * self.image.sample_bytes
    }
}

/// Inks with 8 bits, or what they look like where nothing says so: each takes its part of the light away, as viewers have it.
fn inks(row: &[u8], sample_bytes: usize, layout: Layout) -> Vec<u8> {
    // Of two bytes, the higher is first.
    let row: Vec<u8> = row.iter().copied().step_by(sample_bytes.max(1)).collect();
    let look = |&[inks @ .., black]: &[u8; 4]| {
        inks.map(|ink| ((255 - u32::from(ink)) * (255 - u32::from(black)) / 255) as u8)
    };
    if layout == Layout::Inks { row } else { row.as_chunks().0.iter().flat_map(look).collect() }
}

/// How an ICC profile of this image is to be understood.
fn model(source: &Source) -> Model {
    match source.color {
        ColorModel::Gray => Model::Gray,
        ColorModel::Cmyk => Model::Cmyk,
        ColorModel::Rgb | ColorModel::Palette => Model::Rgb,
    }
}

/// Decodes a file once all of it is there.
pub(super) struct WholeDecoder {
    format: Format,
    /// The file as it comes, and its length in bytes.
    pieces: Queue,
    size: u64,
    is_complete: bool,
    opened: Option<Opened>,
    /// Rows that have been read, and the bytes of those that have been handed on.
    rows: Vec<u8>,
    taken: usize,
    left: u32,
    layout: Layout,
    started: bool,
    wanted: Wanted,
    max_memory: u64,
}

impl WholeDecoder {
    pub(super) fn new(format: Format, wanted: Wanted, max_memory: u64) -> Self {
        Self {
            format,
            pieces: Queue::default(),
            size: 0,
            is_complete: false,
            opened: None,
            rows: Vec::new(),
            taken: 0,
            left: 0,
            layout: Layout::Interleaved(Channels::Rgb),
            started: false,
            wanted,
            max_memory,
        }
    }
}

impl Decoder for WholeDecoder {
    fn feed(&mut self, chunk: Vec<u8>) -> Result<()> {
        self.size += chunk.len() as u64;
        // Where it is handed over in one piece, that is there as well, and all of it is joined in the end.
        Limit::Memory.check(3 * self.size, self.max_memory)?;
        // Gathered: a small piece may have room for a large one.
        self.pieces.push(chunk);
        Ok(())
    }

    fn finish(&mut self) {
        self.is_complete = true;
    }

    fn header(&mut self) -> Result<Step<Header>> {
        if !self.is_complete {
            return Ok(Step::NeedInput);
        }
        if self.opened.is_none() {
            let file = self.pieces.take(usize::MAX);
            self.opened = Some(open(self.format, file, self.max_memory)?);
        }
        let Some(opened) = &self.opened else { return Err(Error::Ended) };
        let (source, (layout, depth)) = (opened.source, opened.samples());
        (self.left, self.layout) = (source.height, layout);
        Ok(Step::Ready(Header { source, layout, depth, scales: &[], loops: None, exact_pixels: false }))
    }

    fn carried(&mut self) -> Carried {
        let icc = self.opened.as_ref().and_then(|opened| self.wanted.icc(opened.image.icc.as_deref()));
        Carried { icc, ..Carried::default() }
    }

    fn take_space(&mut self) -> Option<Space> {
        self.opened.as_ref()?.space()
    }

    fn lanes(&mut self, _: Detail) -> Vec<Lane> {
        self.opened.iter().map(|opened| Lane::whole(&opened.source, Scale::FULL)).collect()
    }

    fn memory(&mut self, _: Detail) -> u64 {
        // What the pieces took need not be free in one piece.
        2 * self.size + self.opened.as_ref().map_or(0, |opened| opened.image.memory)
    }

    fn predicted_work(&mut self, _: Detail) -> u64 {
        self.opened.as_ref().map_or(0, |opened| opened.image.work)
    }

    /// Most of it is done at once, and so counted before.
    fn work(&self) -> u64 {
        self.opened.as_ref().filter(|_| self.started).map_or(0, |opened| opened.image.work)
    }

    fn start(&mut self, _: Detail, _: u64) -> Result<()> {
        self.started = true;
        Ok(())
    }

    fn advance(&mut self, sink: Sink<'_>) -> Result<Step<bool>> {
        if self.left == 0 {
            return Ok(Step::Ready(false));
        }
        let Some(opened) = &mut self.opened else { return Err(Error::Ended) };
        let bytes = opened.row_bytes();
        if self.taken >= self.rows.len() {
            self.taken = 0;
            opened.image.rows.read(&mut self.rows).map_err(|error| failure(self.format, error))?;
        }
        let row = self.rows.get(self.taken..self.taken + bytes);
        let row = row.ok_or_else(|| Error::malformed(self.format, "it has too few rows"))?;
        if opened.image.channels == rare::Channels::Cmyk {
            sink(0, &inks(row, opened.image.sample_bytes, self.layout))?;
        } else {
            sink(0, row)?;
        }
        self.taken += bytes;
        self.left -= 1;
        Ok(Step::Ready(true))
    }
}

/// Describes a file by what comes first in it, where that is enough.
pub(super) struct WholeInspector {
    format: Format,
    file: Vec<u8>,
    is_complete: bool,
    /// How much there has to be until it is worth another look.
    enough: usize,
    location: bool,
}

impl WholeInspector {
    pub(super) fn new(format: Format, location: bool) -> Self {
        Self { format, file: Vec::new(), is_complete: false, enough: 0, location }
    }
}

impl Inspector for WholeInspector {
    fn feed(&mut self, chunk: &[u8]) -> Result<()> {
        Limit::SourceBytes.check((self.file.len() + chunk.len()) as u64, MOST_DESCRIBED)?;
        self.file.extend_from_slice(chunk);
        Ok(())
    }

    fn finish(&mut self) {
        self.is_complete = true;
    }

    fn info(&mut self) -> Result<Step<Info>> {
        if self.file.len() < self.enough && !self.is_complete {
            return Ok(Step::NeedInput);
        }
        self.enough = 4 * self.file.len().max(1 << 10);
        let opened = match open(self.format, self.file.clone(), MOST_DESCRIBED) {
            Ok(opened) => opened,
            Err(_) if !self.is_complete => return Ok(Step::NeedInput),
            Err(error) => return Err(error),
        };
        let exif = if self.format == Format::Tiff { exif::parse(&self.file) } else { None };
        Ok(Step::Ready(Info {
            icc_profile: opened
                .image
                .icc
                .as_deref()
                .map(|profile| color::describe(profile, model(&opened.source))),
            exif: exif.map(|exif| exif.basics(self.location)),
            ..still(opened.source)
        }))
    }
}
