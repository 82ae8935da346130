//! JPEG (ISO/IEC 10918-1).

use super::{Encoder, Image};
use crate::pixels::Channels;
use crate::{Error, Format, Output, Result};
use jpeg_encoder::{ChromaSubsamplingMethod, ColorType, SamplingFactor};

pub(super) struct JpegEncoder {
    image: Image,
    quality: u8,
    rows: Vec<u8>,
    file: Vec<u8>,
}

impl JpegEncoder {
    pub(super) fn new(output: &Output, image: Image) -> Result<Self> {
        if image.channels.has_alpha() {
            return Err(Error::Internal("JPEG rows have no alpha".into()));
        }
        let quality = output.quality.unwrap_or(Format::Jpeg.default_quality());
        Ok(Self { image, quality, rows: Vec::with_capacity(image.bytes() as usize), file: Vec::new() })
    }
}

impl Encoder for JpegEncoder {
    fn row(&mut self, row: &[u8]) -> Result<()> {
        self.rows.extend_from_slice(row);
        Ok(())
    }

    fn finish(&mut self) -> Result<()> {
        let side = |length| u16::try_from(length).unwrap_or(u16::MAX);
        let color = if self.image.channels == Channels::Gray { ColorType::Luma } else { ColorType::Rgb };
        let mut encoder = jpeg_encoder::Encoder::new(&mut self.file, self.quality);
        encoder.set_sampling_factor(SamplingFactor::F_2_2);
        encoder.set_chroma_subsampling_method(ChromaSubsamplingMethod::Average);
        encoder.set_optimized_huffman_tables(true);
        encoder
            .encode(&self.rows, side(self.image.width), side(self.image.height), color)
            .map_err(|error| Error::Internal(format!("encoding JPEG: {error}")))?;
        self.rows = Vec::new();
        Ok(())
    }

    fn drain(&mut self, sink: &mut Vec<u8>) {
        sink.append(&mut self.file);
    }
}

/// The rows, and their coefficients and the file for the worst of images.
pub(super) fn memory(image: Image) -> u64 {
    image.bytes() * 4 + (1 << 20)
}
