//! JPEG (ISO/IEC 10918-1).

use super::{Encoder, Image, Memory, Work};
use crate::metadata::Attached;
use crate::pixels::{Channels, Layout};
use crate::queue::Queue;
use crate::{Effort, Error, Output, Result, Subsampling};
use std::collections::VecDeque;
use tintype_jpeg::encode::{self as jpeg, Components, EncodeError, EncoderConfig, MAX_ICC, MAX_XMP, Plane};

const PLANES: [Plane; 3] = [Plane::Y, Plane::Cb, Plane::Cr];

pub(super) struct JpegEncoder {
    encoder: jpeg::Encoder,
    layout: Layout,
    /// Rows of planes that wait for the other planes.
    waiting: [VecDeque<Vec<u8>>; 3],
}

impl JpegEncoder {
    pub(super) fn new(output: &Output, image: Image, attached: Attached) -> Result<Self> {
        let mut config = config(output, image);
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

fn config(output: &Output, image: Image) -> EncoderConfig {
    let mut config = EncoderConfig::new(image.width, image.height);
    config.progressive = is_progressive(output, image);
    config.subsampling = match output.subsampling {
        // Where there was something to choose, it has been.
        Subsampling::Half | Subsampling::Auto => jpeg::Subsampling::S420,
        Subsampling::Full => jpeg::Subsampling::S444,
    };
    config.effort = match output.effort {
        Effort::Fast => jpeg::Effort::Fast,
        Effort::Default if is_small(image) => jpeg::Effort::Best,
        Effort::Default => jpeg::Effort::Default,
        Effort::Best => jpeg::Effort::Best,
    };
    if image.layout == Layout::Interleaved(Channels::Gray) {
        config.components = Components::Gray;
    }
    config
}

/// Pixels up to which a rendition is worth the most effort by default: that takes three times the work, which is little as
/// long as the source is larger, and makes 8 % fewer bytes.
const SMALL: u64 = 1 << 21;
/// Pixels below which the tables of several scans take more bytes than the scans save.
const TINY: u64 = 1 << 16;

/// Whether a rendition is small enough to be held, and to be worth the effort.
pub(super) fn is_small(image: Image) -> bool {
    image.pixels() <= SMALL
}

/// Whether the file is progressive; where that is up to the encoder, if it makes the file smaller and is not held for long.
fn is_progressive(output: &Output, image: Image) -> bool {
    let is_smaller = (TINY..=SMALL).contains(&image.pixels()) && output.effort != Effort::Fast;
    output.progressive.unwrap_or(is_smaller)
}

/// What the codec holds, and a file that is as large as a quality of 100 makes it. One that is progressive comes at the end.
pub(super) fn memory(output: &Output, image: Image) -> Memory {
    let (coder, file) = (config(output, image).predicted_memory(), image.samples());
    match is_progressive(output, image) {
        true => Memory { coder: coder + file, pieces: 0 },
        false => Memory { coder, pieces: file },
    }
}

/// What the codec does to each pixel and byte. Scans are chosen, and coefficients, by what they would take.
pub(super) fn work(output: &Output, image: Image) -> Work {
    let chroma = if output.subsampling == Subsampling::Full { 2 } else { 1 };
    let config = config(output, image);
    let (scans, for_scans) = if config.progressive { (36, 950) } else { (0, 0) };
    let (trellis, for_trellis) = if config.effort == jpeg::Effort::Best { (14, 400) } else { (0, 0) };
    Work::of_blocks(image, (1_300_000, (100 + scans + trellis) * chroma, 400 + for_scans + for_trellis))
}

/// The rows are what was announced, so the codec has no reason to refuse them.
fn internal(error: EncodeError) -> Error {
    Error::Internal(format!("encoding JPEG: {error}"))
}
