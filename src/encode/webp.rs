//! WebP (RFC 9649), lossy (RFC 6386) and lossless. The codec wants the whole image.

use super::{Encoder, Image};
use crate::metadata::Attached;
use crate::pixels::Channels;
use crate::queue::Queue;
use crate::{Error, Output, Result};
use zenwebp::EncoderConfig;

pub(super) struct WebpEncoder {
    image: Image,
    config: EncoderConfig,
    rows: Vec<u8>,
    attached: Attached,
    /// The file, in pieces.
    file: Vec<Vec<u8>>,
}

impl WebpEncoder {
    pub(super) fn new(output: &Output, image: Image, attached: Attached) -> Self {
        let config = if output.lossless {
            EncoderConfig::new_lossless()
        } else {
            EncoderConfig::new().quality(output.lossy_quality().into())
        };
        let rows = Vec::with_capacity(image.bytes() as usize);
        Self { image, config, rows, attached, file: Vec::new() }
    }
}

impl Encoder for WebpEncoder {
    fn row(&mut self, _: usize, row: &[u8]) -> Result<()> {
        self.rows.extend_from_slice(row);
        Ok(())
    }

    fn finish(&mut self) -> Result<()> {
        let Image { width, height, .. } = self.image;
        let channels = self.image.channels();
        let mut rows = std::mem::take(&mut self.rows);
        let channels = if channels.has_alpha() && is_opaque(&rows, channels.count()) {
            drop_alpha(&mut rows, channels)
        } else {
            channels
        };
        let encoder = match channels {
            Channels::Gray => zenwebp::Encoder::new_l8(&rows, width, height),
            Channels::GrayAlpha => zenwebp::Encoder::new_la8(&rows, width, height),
            Channels::Rgb => zenwebp::Encoder::new_rgb(&rows, width, height),
            Channels::Rgba => zenwebp::Encoder::new_rgba(&rows, width, height),
        };
        let encoded = encoder.config(self.config.clone()).encode();
        let file = encoded.map_err(|error| Error::Internal(format!("encoding WebP: {error}")))?;
        let attached = std::mem::take(&mut self.attached);
        self.file = if attached.is_empty() { vec![file] } else { extended(file, self.image, attached) };
        Ok(())
    }

    fn drain(&mut self, sink: &mut Queue) {
        std::mem::take(&mut self.file).into_iter().for_each(|piece| sink.push(piece));
    }
}

/// The header of a file, and that of a VP8X chunk with its content (RFC 9649, 2.4 and 2.7).
const RIFF_HEADER: usize = 12;
const VP8X: usize = 18;

/// A file in the extended format (RFC 9649, 2.7): the chunks of `file` with what is attached around them.
fn extended(file: Vec<u8>, image: Image, attached: Attached) -> Vec<Vec<u8>> {
    let chunks = file.get(RIFF_HEADER..).unwrap_or_default();
    let (alpha, chunks) = match chunks {
        [b'V', b'P', b'8', b'X', _, _, _, _, flags, ..] => {
            (flags & ALPHA, chunks.get(VP8X..).unwrap_or_default())
        }
        // The bit follows a signature and two numbers of 14 bits (RFC 9649, 3.4).
        [b'V', b'P', b'8', b'L', _, _, _, _, _, _, _, _, bits, ..] if bits & 0x10 != 0 => (ALPHA, chunks),
        _ => (0, chunks),
    };
    let icc = attached.icc_for(Channels::Rgb).map(|icc| chunk(b"ICCP", icc));
    let exif = attached.exif.as_deref().map(|exif| chunk(b"EXIF", exif));
    let xmp = attached.xmp.as_deref().map(|xmp| chunk(b"XMP ", xmp));
    let flag = |part: &Option<Vec<u8>>, bit: u8| if part.is_some() { bit } else { 0 };
    let flags = alpha | flag(&icc, 0x20) | flag(&exif, 0x08) | flag(&xmp, 0x04);
    let mut pieces = vec![Vec::new(), icc.unwrap_or_default(), chunks.to_vec()];
    pieces.extend([exif, xmp].into_iter().flatten());
    let rest: usize = pieces.iter().map(Vec::len).sum();
    let side = |side: u32| (side - 1).to_le_bytes();
    let ([w0, w1, w2, _], [h0, h1, h2, _]) = (side(image.width), side(image.height));
    let vp8x = chunk(b"VP8X", &[flags, 0, 0, 0, w0, w1, w2, h0, h1, h2]);
    let size = ((b"WEBP".len() + vp8x.len() + rest) as u32).to_le_bytes();
    if let Some(head) = pieces.first_mut() {
        *head = [b"RIFF", &size, b"WEBP", &vp8x[..]].concat();
    }
    pieces
}

/// The flag of a VP8X chunk that announces transparency.
const ALPHA: u8 = 0x10;

/// A chunk, padded to an even size.
fn chunk(id: &[u8; 4], content: &[u8]) -> Vec<u8> {
    let mut chunk = [id, &(content.len() as u32).to_le_bytes(), content].concat();
    chunk.resize(chunk.len().next_multiple_of(2), 0);
    chunk
}

fn is_opaque(rows: &[u8], count: usize) -> bool {
    rows.iter().skip(count - 1).step_by(count).all(|&alpha| alpha == 255)
}

/// Moves the colours of opaque pixels together, which saves the file an alpha plane that says nothing.
fn drop_alpha(rows: &mut Vec<u8>, channels: Channels) -> Channels {
    let count = channels.count();
    let mut position = 0;
    rows.retain(|_| {
        position += 1;
        position % count != 0
    });
    if channels == Channels::GrayAlpha { Channels::Gray } else { Channels::Rgb }
}

/// The rows and the codec's own buffers.
pub(super) fn memory(image: Image) -> u64 {
    const BYTES_PER_PIXEL: u64 = 16;
    image.bytes() + image.pixels() * BYTES_PER_PIXEL + (1 << 20)
}
