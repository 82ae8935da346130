//! JPEG (ISO/IEC 10918-1): baseline, with chroma at half of the width and height.

use super::{Encoder, Image, Memory};
use crate::metadata::Attached;
use crate::pixels::{Channels, Layout};
use crate::queue::Queue;
use crate::{Error, Output, Result};
use std::collections::VecDeque;
use tintype_jpeg::encode::{
    self as jpeg, Components, EncodeError, EncoderConfig, MAX_ICC, MAX_XMP, Plane, Subsampling,
};

const PLANES: [Plane; 3] = [Plane::Y, Plane::Cb, Plane::Cr];

pub(super) struct JpegEncoder {
    encoder: jpeg::Encoder,
    layout: Layout,
    /// Rows of planes that wait for the other planes.
    waiting: [VecDeque<Vec<u8>>; 3],
}

impl JpegEncoder {
    pub(super) fn new(output: &Output, image: Image, attached: Attached) -> Result<Self> {
        let mut config = config(image);
        config.quality = output.lossy_quality();
        config.icc = attached.icc_for(image.colors()).filter(|icc| icc.len() <= MAX_ICC).map(<[u8]>::to_vec);
        config.exif = attached.exif;
        config.xmp = attached.xmp.filter(|xmp| xmp.len() <= MAX_XMP);
        config.resources = attached.resources;
        let encoder = jpeg::Encoder::new(config).map_err(internal)?;
        Ok(Self { encoder, layout: image.layout, waiting: Default::default() })
    }

    /// Hands on the rows that the encoder can take.
    fn write_waiting(&mut self) -> Result<()> {
        loop {
            let mut written = false;
            for (plane, waiting) in PLANES.into_iter().zip(&mut self.waiting) {
                while self.encoder.rows_wanted(plane) > 0
                    && let Some(row) = waiting.pop_front()
                {
                    self.encoder.write_plane(plane, &row).map_err(internal)?;
                    written = true;
                }
            }
            if !written {
                return Ok(());
            }
        }
    }
}

impl Encoder for JpegEncoder {
    fn row(&mut self, lane: usize, row: &[u8]) -> Result<()> {
        match self.layout {
            Layout::Interleaved(Channels::Gray) => self.encoder.write_gray(row).map_err(internal),
            Layout::Interleaved(_) | Layout::Inks => self.encoder.write_rgb(row).map_err(internal),
            Layout::YCbCr => {
                if let Some(waiting) = self.waiting.get_mut(lane) {
                    waiting.push_back(row.to_vec());
                }
                self.write_waiting()
            }
        }
    }

    fn finish(&mut self) -> Result<bool> {
        self.encoder.finish().map_err(internal)?;
        Ok(false)
    }

    fn drain(&mut self, sink: &mut Queue) {
        sink.push(self.encoder.take_output());
    }
}

fn config(image: Image) -> EncoderConfig {
    let mut config = EncoderConfig::new(image.width, image.height);
    config.subsampling = Subsampling::S420;
    if image.layout == Layout::Interleaved(Channels::Gray) {
        config.components = Components::Gray;
    }
    config
}

/// What the codec holds, and a file that is as large as a quality of 100 makes it.
pub(super) fn memory(image: Image) -> Memory {
    Memory { coder: config(image).predicted_memory(), pieces: image.samples() }
}

/// The rows are what was announced, so the codec has no reason to refuse them.
fn internal(error: EncodeError) -> Error {
    Error::Internal(format!("encoding JPEG: {error}"))
}
