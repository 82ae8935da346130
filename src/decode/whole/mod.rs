//! Formats that come now and then, read by libraries that want the whole file: BMP, ICO, QOI, PNM and TIFF. They come late, when
//! all of the file is there, and take more memory than others, which is predicted and bounded as everywhere.

mod raster;
mod tiff;

use super::{Decoder, Header, Inspector, Sink, Step, still};
use crate::color::{self, Model, Space};
use crate::metadata::{Carried, Wanted};
use crate::pixels::{Depth, Layout};
use crate::plan::{Detail, Lane, Scale};
use crate::{ColorModel, Error, Format, Info, Limit, Result, Source, exif};

/// The work of decoding a pixel, and a byte of the file, in units of [`crate::Limits::work`].
const PIXEL_WORK: u64 = 60;
const BYTE_WORK: u64 = 20;

/// The most bytes of a file that is described.
const MOST_DESCRIBED: u64 = 64 << 20;

/// An image whose header has been read.
struct Opened {
    source: Source,
    layout: Layout,
    depth: Depth,
    icc: Option<Vec<u8>>,
    /// Bytes that reading takes, apart from the file.
    memory: u64,
    rows: Box<dyn Rows>,
}

/// Rows of an image, in the layout and depth that were announced with it.
trait Rows {
    /// Reads some of the next rows, in place of what there is. At least one, unless there are none left.
    fn read(&mut self, rows: &mut Vec<u8>) -> Result<()>;
}

/// Reads the header of a file, of which no more than `max_memory` bytes may be taken.
fn open(format: Format, file: Vec<u8>, max_memory: u64) -> Result<Opened> {
    match format {
        Format::Tiff => tiff::open(file, max_memory),
        _ => raster::open(format, file),
    }
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
    file: Vec<u8>,
    size: u64,
    is_complete: bool,
    opened: Option<Opened>,
    /// Rows that have been read, and the bytes of those that have been handed on.
    rows: Vec<u8>,
    taken: usize,
    left: u32,
    started: bool,
    wanted: Wanted,
    max_memory: u64,
}

impl WholeDecoder {
    pub(super) fn new(format: Format, wanted: Wanted, max_memory: u64) -> Self {
        Self {
            format,
            file: Vec::new(),
            size: 0,
            is_complete: false,
            opened: None,
            rows: Vec::new(),
            taken: 0,
            left: 0,
            started: false,
            wanted,
            max_memory,
        }
    }

    fn row_bytes(&self) -> usize {
        self.opened
            .as_ref()
            .map_or(0, |opened| opened.source.width as usize * opened.layout.samples() * opened.depth.bytes())
    }
}

impl Decoder for WholeDecoder {
    fn feed(&mut self, chunk: Vec<u8>) -> Result<()> {
        // It is moved as it grows into room for twice of it.
        Limit::Memory.check(3 * (self.file.len() + chunk.len()) as u64, self.max_memory)?;
        self.file.extend_from_slice(&chunk);
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
            self.size = self.file.capacity() as u64;
            let file = std::mem::take(&mut self.file);
            self.opened = Some(open(self.format, file, self.max_memory)?);
        }
        let Some(Opened { source, layout, depth, .. }) = self.opened else { return Err(Error::Ended) };
        self.left = source.height;
        Ok(Step::Ready(Header { source, layout, depth, scales: &[], loops: None }))
    }

    fn carried(&mut self) -> Carried {
        let icc = self.opened.as_ref().and_then(|opened| self.wanted.icc(opened.icc.as_deref()));
        Carried { icc, ..Carried::default() }
    }

    fn take_space(&mut self) -> Option<Space> {
        let opened = self.opened.as_ref()?;
        Space::of_icc(opened.icc.as_deref()?, model(&opened.source))
    }

    fn lanes(&mut self, _: Detail) -> Vec<Lane> {
        self.opened.iter().map(|opened| Lane::whole(&opened.source, Scale::FULL)).collect()
    }

    fn memory(&mut self, _: Detail) -> u64 {
        self.size + self.opened.as_ref().map_or(0, |opened| opened.memory)
    }

    fn predicted_work(&mut self, _: Detail) -> u64 {
        self.opened.as_ref().map_or(0, |opened| opened.source.pixels()) * PIXEL_WORK + self.size * BYTE_WORK
    }

    /// Most of it is done at once, and so counted before.
    fn work(&self) -> u64 {
        let pixels = self.opened.as_ref().map_or(0, |opened| opened.source.pixels());
        if self.started { pixels * PIXEL_WORK + self.size * BYTE_WORK } else { 0 }
    }

    fn start(&mut self, _: Detail, _: u64) -> Result<()> {
        self.started = true;
        Ok(())
    }

    fn advance(&mut self, sink: Sink<'_>) -> Result<Step<bool>> {
        if self.left == 0 {
            return Ok(Step::Ready(false));
        }
        let bytes = self.row_bytes();
        if self.taken >= self.rows.len() {
            self.taken = 0;
            let Some(opened) = &mut self.opened else { return Err(Error::Ended) };
            opened.rows.read(&mut self.rows)?;
        }
        let row = self.rows.get(self.taken..self.taken + bytes);
        let row = row.ok_or_else(|| Error::malformed(self.format, "it has too few rows"))?;
        sink(0, row)?;
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
            icc_profile: opened.icc.as_deref().map(|profile| color::describe(profile, model(&opened.source))),
            exif: exif.map(|exif| exif.basics(self.location)),
            ..still(opened.source)
        }))
    }
}

/// Turns samples of 16 bits as the machine stores them around, so that the higher byte is first.
fn higher_first(samples: &mut [u8]) {
    for sample in samples.as_chunks_mut::<2>().0 {
        *sample = u16::from_ne_bytes(*sample).to_be_bytes();
    }
}
