//! WebP (RFC 9649), lossy (RFC 6386) and lossless. The codec wants the whole image.

use super::{Encoder, Image};
use crate::pixels::Channels;
use crate::queue::Queue;
use crate::{Error, Output, Result};
use zenwebp::EncoderConfig;

pub(super) struct WebpEncoder {
    image: Image,
    config: EncoderConfig,
    rows: Vec<u8>,
    file: Vec<u8>,
}

impl WebpEncoder {
    pub(super) fn new(output: &Output, image: Image) -> Self {
        let config = if output.lossless {
            EncoderConfig::new_lossless()
        } else {
            EncoderConfig::new().quality(output.lossy_quality().into())
        };
        Self { image, config, rows: Vec::with_capacity(image.bytes() as usize), file: Vec::new() }
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
        self.file = encoded.map_err(|error| Error::Internal(format!("encoding WebP: {error}")))?;
        Ok(())
    }

    fn drain(&mut self, sink: &mut Queue) {
        sink.push(std::mem::take(&mut self.file));
    }
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
