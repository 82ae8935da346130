//! PNG (ISO/IEC 15948), encoded row by row.

use super::{Encoder, Image, Memory, Work};
use crate::metadata::Attached;
use crate::pixels::{Channels, Depth};
use crate::queue::Queue;
use crate::{Effort, Error, Result};
use png::chunk::ChunkType;
use png::text_metadata::ITXtChunk;
use png::{BitDepth, ColorType, Compression, DeflateCompression, Info, StreamWriter};
use std::borrow::Cow;
use std::cell::RefCell;
use std::io::{self, Write};
use std::rc::Rc;

pub(super) struct PngEncoder {
    /// None once finished.
    writer: Option<StreamWriter<'static, Outlet>>,
    outlet: Outlet,
}

impl PngEncoder {
    pub(super) fn new(effort: Effort, image: Image, attached: &Attached) -> Result<Self> {
        let outlet = Outlet::default();
        let mut info = Info::with_size(image.width, image.height);
        info.icc_profile = attached.icc_for(image.colors()).map(Cow::Borrowed);
        info.exif_metadata = attached.exif.as_deref().map(Cow::Borrowed);
        info.color_type = match image.channels() {
            Channels::Gray => ColorType::Grayscale,
            Channels::GrayAlpha => ColorType::GrayscaleAlpha,
            Channels::Rgb => ColorType::Rgb,
            Channels::Rgba => ColorType::Rgba,
        };
        info.bit_depth = match image.depth {
            Depth::Eight => BitDepth::Eight,
            Depth::Sixteen => BitDepth::Sixteen,
        };
        let mut encoder = png::Encoder::with_info(outlet.clone(), info).map_err(internal)?;
        encoder.set_compression(Compression::Fast);
        if effort == Effort::Best {
            encoder.set_deflate_compression(DeflateCompression::Level(BEST_LEVEL));
        }
        let mut writer = encoder.write_header().map_err(internal)?;
        for (kind, content) in &attached.png_color {
            writer.write_chunk(ChunkType(*kind), content).map_err(internal)?;
        }
        if let Some(xmp) = attached.xmp.as_deref().and_then(|xmp| std::str::from_utf8(xmp).ok()) {
            writer.write_text_chunk(&ITXtChunk::new("XML:com.adobe.xmp", xmp)).map_err(internal)?;
        }
        let writer = writer.into_stream_writer().map_err(internal)?;
        Ok(Self { writer: Some(writer), outlet })
    }

    fn writer(&mut self) -> Result<&mut StreamWriter<'static, Outlet>> {
        self.writer.as_mut().ok_or(Error::Ended)
    }
}

impl Encoder for PngEncoder {
    fn row(&mut self, _: usize, row: &[u8]) -> Result<()> {
        self.writer()?.write_all(row).map_err(internal)
    }

    fn finish(&mut self) -> Result<bool> {
        let writer = self.writer.take().ok_or(Error::Ended)?;
        writer.finish().map_err(internal)?;
        Ok(false)
    }

    fn drain(&mut self, sink: &mut Queue) {
        sink.append(&mut self.outlet.0.borrow_mut());
    }
}

/// The deflater's window and tables, filters of a few rows, and the file. Its longest codes have twelve bits, so that
/// noise becomes half as large again.
pub(super) fn memory(image: Image) -> Memory {
    let rows = 8 * u64::from(image.width) * image.pixel_bytes();
    Memory { coder: rows + (1 << 20), pieces: image.bytes() * 3 / 2 }
}

/// What filtering and deflating take. The better level looks for more matches the fewer it finds.
pub(super) fn work(effort: Effort, image: Image) -> Work {
    let (sample, per_byte) = if effort == Effort::Best { (175, 1650) } else { (25, 150) };
    Work { fixed: 50_000 + image.bytes() * sample, per_byte }
}

/// Writing to memory fails only if the rows are not what was announced.
fn internal(error: impl std::fmt::Display) -> Error {
    Error::Internal(format!("encoding PNG: {error}"))
}

/// The codec writes to one clone what is taken from the other.
#[derive(Default, Clone)]
struct Outlet(Rc<RefCell<Queue>>);

impl Write for Outlet {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.borrow_mut().extend(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The level of deflate at the best effort, of 9: higher ones take several times the time for less than a hundredth of the
/// bytes.
const BEST_LEVEL: u8 = 6;
