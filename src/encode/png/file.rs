//! A file whose rows are filtered and deflated here. The `png` crate writes what comes before them.

use super::super::Image;
use super::deflate::Deflater;
use super::internal;
use crate::metadata::Attached;
use crate::pixels::{Channels, Depth};
use crate::queue::Queue;
use crate::{Effort, Result};
use png::chunk::{self, ChunkType};
use png::text_metadata::ITXtChunk;
use png::{BitDepth, ColorType, Encoder, Info, Writer};
use std::borrow::Cow;
use std::cell::RefCell;
use std::io::{self, Write};
use std::rc::Rc;

/// Bytes of a chunk in addition to its content.
const CHUNK: u64 = 12;

/// How pixels are written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Kind {
    /// With channels of their own.
    Whole { channels: Channels, depth: Depth },
    /// As gray samples of 8 bits or fewer.
    Gray { bits: u8 },
    /// As indices of 8 bits or fewer.
    Palette { bits: u8, colors: Vec<[u8; 4]> },
}

impl Kind {
    /// An image as it is.
    pub(super) fn of(image: Image) -> Self {
        Self::Whole { channels: image.channels(), depth: image.depth }
    }

    /// Bits of a pixel.
    fn bits(&self) -> usize {
        match self {
            Self::Whole { channels, depth } => 8 * channels.count() * depth.bytes(),
            Self::Gray { bits } | Self::Palette { bits, .. } => usize::from(*bits),
        }
    }

    /// Bytes of a row of this many pixels.
    pub(super) fn stride(&self, width: u32) -> usize {
        (width as usize * self.bits()).div_ceil(8)
    }

    /// Bytes of a pixel, one if it has fewer bits.
    pub(super) fn unit(&self) -> usize {
        self.bits().div_ceil(8)
    }

    /// Bytes of the chunks of its palette.
    pub(super) fn colors_bytes(&self) -> u64 {
        let Self::Palette { colors, .. } = self else { return 0 };
        let clear = colors.iter().take_while(|color| color[3] < 255).count() as u64;
        let alpha = if clear > 0 { CHUNK + clear } else { 0 };
        CHUNK + 3 * colors.len() as u64 + alpha
    }

    /// Says in the header what it is.
    fn describe(self, info: &mut Info<'_>) {
        let (color_type, bits) = match self {
            Self::Whole { channels, depth } => {
                let color_type = match channels {
                    Channels::Gray => ColorType::Grayscale,
                    Channels::GrayAlpha => ColorType::GrayscaleAlpha,
                    Channels::Rgb => ColorType::Rgb,
                    Channels::Rgba => ColorType::Rgba,
                };
                (color_type, 8 * depth.bytes() as u8)
            }
            Self::Gray { bits } => (ColorType::Grayscale, bits),
            Self::Palette { bits, colors } => {
                let opaque = colors.iter().map(|&[red, green, blue, _]| [red, green, blue]);
                info.palette = Some(opaque.flatten().collect());
                let alpha: Vec<u8> =
                    colors.iter().map(|color| color[3]).take_while(|&alpha| alpha < 255).collect();
                info.trns = (!alpha.is_empty()).then_some(Cow::Owned(alpha));
                (ColorType::Indexed, bits)
            }
        };
        info.color_type = color_type;
        info.bit_depth = match bits {
            1 => BitDepth::One,
            2 => BitDepth::Two,
            4 => BitDepth::Four,
            8 => BitDepth::Eight,
            _ => BitDepth::Sixteen,
        };
    }
}

/// A file in the making.
pub(super) struct File {
    writer: Writer<Outlet>,
    deflater: Deflater,
}

impl File {
    /// Writes everything before the pixels.
    pub(super) fn new(
        outlet: Outlet,
        image: Image,
        kind: Kind,
        effort: Effort,
        attached: &Attached,
    ) -> Result<Self> {
        let deflater = Deflater::new(kind.stride(image.width), image.height as usize, kind.unit(), effort);
        Ok(Self { writer: begin(outlet, image, kind, attached)?, deflater })
    }

    /// Takes a row as the file has it.
    pub(super) fn row(&mut self, row: &[u8]) -> Result<()> {
        self.deflater.row(row)?;
        self.write()
    }

    /// Ends the file. Returns the work that it took.
    pub(super) fn finish(mut self) -> Result<u64> {
        self.deflater.finish()?;
        self.write()?;
        self.writer.finish().map_err(internal)?;
        Ok(self.deflater.work())
    }

    /// Work on rows so far.
    pub(super) fn work(&self) -> u64 {
        self.deflater.work()
    }

    fn write(&mut self) -> Result<()> {
        while let Some(data) = self.deflater.take_ready() {
            self.writer.write_chunk(chunk::IDAT, &data).map_err(internal)?;
        }
        Ok(())
    }
}

/// Writes everything before the pixels.
pub(super) fn begin(outlet: Outlet, image: Image, kind: Kind, attached: &Attached) -> Result<Writer<Outlet>> {
    let mut info = Info::with_size(image.width, image.height);
    info.icc_profile = attached.icc_for(image.colors()).map(Cow::Borrowed);
    info.exif_metadata = attached.exif.as_deref().map(Cow::Borrowed);
    kind.describe(&mut info);
    let encoder = Encoder::with_info(outlet, info).map_err(internal)?;
    let mut writer = encoder.write_header().map_err(internal)?;
    for (kind, content) in &attached.png_color {
        writer.write_chunk(ChunkType(*kind), content).map_err(internal)?;
    }
    if let Some(xmp) = attached.xmp.as_deref().and_then(|xmp| std::str::from_utf8(xmp).ok()) {
        writer.write_text_chunk(&ITXtChunk::new("XML:com.adobe.xmp", xmp)).map_err(internal)?;
    }
    Ok(writer)
}

/// The codec writes to one clone what is taken from the other.
#[derive(Default, Clone)]
pub(super) struct Outlet(Rc<RefCell<Queue>>);

impl Outlet {
    /// Adds bytes that are written already.
    pub(super) fn push(&self, bytes: Vec<u8>) {
        self.0.borrow_mut().push(bytes);
    }

    pub(super) fn drain(&self, sink: &mut Queue) {
        sink.append(&mut self.0.borrow_mut());
    }
}

impl Write for Outlet {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.borrow_mut().extend(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
