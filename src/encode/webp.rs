//! WebP (RFC 9649), lossy (RFC 6386) and lossless.

use super::{Encoder, Image, Work};
use crate::metadata::Attached;
use crate::pixels::{Channels, Layout};
use crate::queue::Queue;
use crate::{Effort, Error, Output, Result};
use std::collections::VecDeque;
use std::fmt::Display;
use tintype_webp::encode;
use tintype_webp::encode::container::{Data, Still};
use tintype_webp::encode::lossless::{self, AlphaEncoder};
use tintype_webp::encode::lossy::{self, Input, Plane};

const PLANES: [Plane; 3] = [Plane::Y, Plane::Cb, Plane::Cr];

pub(super) struct WebpEncoder {
    image: Image,
    coder: Coder,
    attached: Attached,
    /// A row in the channels that the coder takes.
    row: Vec<u8>,
    file: Vec<u8>,
    /// The work of lossless coding.
    work: u64,
}

/// What makes the image data.
enum Coder {
    Lossy(Box<Lossy>),
    Lossless(Box<lossless::Encoder>),
    Done,
}

/// A lossy image, and its alpha.
struct Lossy {
    /// Width and height.
    size: (u32, u32),
    effort: encode::Effort,
    encoder: lossy::Encoder,
    /// Rows of planes that wait for the other planes.
    waiting: [VecDeque<Vec<u8>>; 3],
    alpha: Alpha,
}

/// The alpha of a lossy image.
enum Alpha {
    /// There is none, or all of it is opaque.
    Opaque,
    /// The rows so far.
    Plane(Vec<u8>),
    Coding(Box<AlphaEncoder>),
}

impl WebpEncoder {
    pub(super) fn new(output: &Output, image: Image, attached: Attached) -> Result<Self> {
        let Image { width, height, .. } = image;
        let coder = if output.lossless {
            let encoder = lossless::Encoder::new(width, height, has_alpha(image), lossless_config(output));
            Coder::Lossless(Box::new(encoder.map_err(internal)?))
        } else {
            let config = lossy_config(output);
            let encoder = lossy::Encoder::new(width, height, input(image), config).map_err(internal)?;
            let alpha = if has_alpha(image) {
                Alpha::Plane(Vec::with_capacity(image.pixels() as usize))
            } else {
                Alpha::Opaque
            };
            Coder::Lossy(Box::new(Lossy {
                size: (width, height),
                effort: effort(output),
                encoder,
                waiting: Default::default(),
                alpha,
            }))
        };
        Ok(Self { image, coder, attached, row: Vec::new(), file: Vec::new(), work: 0 })
    }

    /// Writes the file around its image data.
    fn write(&mut self, data: Data<'_>) -> Result<()> {
        let attached = std::mem::take(&mut self.attached);
        let still = Still {
            icc: attached.icc_for(self.image.colors()),
            exif: attached.exif.as_deref(),
            xmp: attached.xmp.as_deref(),
            ..Still::new(self.image.width, self.image.height, data)
        };
        still.write(&mut self.file).map_err(internal)
    }
}

impl Encoder for WebpEncoder {
    fn row(&mut self, lane: usize, row: &[u8]) -> Result<()> {
        if let Coder::Lossy(lossy) = &mut self.coder
            && self.image.layout == Layout::YCbCr
        {
            return lossy.push_plane(lane, row);
        }
        let channels = self.image.channels();
        let to = if channels.has_alpha() { Channels::Rgba } else { Channels::Rgb };
        self.row.clear();
        channels.widen(row, to, &mut self.row);
        match &mut self.coder {
            Coder::Lossy(lossy) => lossy.push(&self.row),
            Coder::Lossless(encoder) => encoder.push_row(&self.row).map_err(internal),
            Coder::Done => Err(Error::Ended),
        }
    }

    fn finish(&mut self) -> Result<bool> {
        match std::mem::replace(&mut self.coder, Coder::Done) {
            Coder::Lossy(mut lossy) => {
                let more = lossy.step()?;
                if let Alpha::Coding(alpha) = &lossy.alpha {
                    self.work = alpha.work() * ALPHA_WORK;
                }
                if more {
                    self.coder = Coder::Lossy(lossy);
                    return Ok(true);
                }
                let Lossy { encoder, alpha, .. } = *lossy;
                let image = encoder.finish().map_err(internal)?;
                let alpha = match alpha {
                    Alpha::Coding(alpha) => Some(alpha.into_bytes().map_err(internal)?),
                    Alpha::Opaque | Alpha::Plane(_) => None,
                };
                self.write(Data::Lossy { image: &image, alpha: alpha.as_deref() })?;
            }
            Coder::Lossless(mut encoder) => {
                let more = encoder.step();
                self.work = encoder.work() * LOSSLESS_WORK;
                if more {
                    self.coder = Coder::Lossless(encoder);
                    return Ok(true);
                }
                let image = encoder.into_bytes().map_err(internal)?;
                self.write(Data::Lossless { image: &image, alpha: has_alpha(self.image) })?;
            }
            Coder::Done => (),
        }
        Ok(false)
    }

    fn work(&self) -> u64 {
        self.work
    }

    fn drain(&mut self, sink: &mut Queue) {
        sink.push(std::mem::take(&mut self.file));
    }
}

impl Lossy {
    fn push_plane(&mut self, lane: usize, row: &[u8]) -> Result<()> {
        if let Some(waiting) = self.waiting.get_mut(lane) {
            waiting.push_back(row.to_vec());
        }
        loop {
            let mut written = false;
            for (plane, waiting) in PLANES.into_iter().zip(&mut self.waiting) {
                while self.encoder.rows_wanted(plane) > 0
                    && let Some(row) = waiting.pop_front()
                {
                    self.encoder.push_plane_row(plane, &row).map_err(internal)?;
                    written = true;
                }
            }
            if !written {
                return Ok(());
            }
        }
    }

    fn push(&mut self, row: &[u8]) -> Result<()> {
        if let Alpha::Plane(plane) = &mut self.alpha {
            plane.extend(row.iter().skip(3).step_by(4));
        }
        self.encoder.push_row(row).map_err(internal)
    }

    /// Does a part of the work after the last row. Returns whether there is more.
    fn step(&mut self) -> Result<bool> {
        if self.encoder.step().map_err(internal)? {
            return Ok(true);
        }
        match &mut self.alpha {
            Alpha::Opaque => Ok(false),
            Alpha::Plane(plane) if plane.iter().all(|&alpha| alpha == 255) => {
                self.alpha = Alpha::Opaque;
                Ok(false)
            }
            Alpha::Plane(plane) => {
                let plane = std::mem::take(plane);
                let (width, height) = self.size;
                let encoder = AlphaEncoder::new(plane, width, height, self.effort).map_err(internal)?;
                self.alpha = Alpha::Coding(Box::new(encoder));
                Ok(true)
            }
            Alpha::Coding(encoder) => Ok(encoder.step()),
        }
    }
}

pub(super) fn internal(error: impl Display) -> Error {
    Error::Internal(format!("encoding WebP: {error}"))
}

pub(super) fn has_alpha(image: Image) -> bool {
    image.channels().has_alpha()
}

fn input(image: Image) -> Input {
    match image.layout {
        Layout::YCbCr => Input::JpegPlanes,
        _ if has_alpha(image) => Input::Rgba,
        _ => Input::Rgb,
    }
}

pub(super) fn lossy_config(output: &Output) -> lossy::Config {
    lossy::Config {
        quality: output.lossy_quality(),
        effort: effort(output),
        sharp_chroma: output.sharp_chroma,
    }
}

pub(super) fn lossless_config(output: &Output) -> lossless::Config {
    lossless::Config {
        effort: effort(output),
        near_lossless: output.near_lossless.min(100) as u8,
        ..lossless::Config::default()
    }
}

/// Units of [`crate::Limits::work`] for one of the lossless coder's where it codes alpha.
const ALPHA_WORK: u64 = 3;

/// The same where it codes an image, and in an animation, where each frame is also drawn and compared with the one before.
const LOSSLESS_WORK: u64 = 2;
pub(super) const FRAME_WORK: u64 = 3;

pub(super) fn effort(output: &Output) -> encode::Effort {
    match output.effort {
        Effort::Fast => encode::Effort::Fast,
        Effort::Default => encode::Effort::Default,
        Effort::Best => encode::Effort::Best,
    }
}

/// What the codec does. Without loss, it counts most of it itself.
pub(super) fn work(output: &Output, image: Image) -> Work {
    if output.lossless {
        return Work { fixed: 1_000_000 + image.pixels() * 30, per_byte: 0 };
    }
    let sharp = if output.sharp_chroma { 2500 } else { 0 };
    let per_byte = if output.effort == Effort::Best { 12_000 } else { 600 };
    Work::of_blocks(image, (1_000_000, 1000 + sharp, per_byte))
}

/// The coder's own buffers and its image data. These are freed before the file, which is smaller, is written.
pub(super) fn memory(output: &Output, image: Image) -> u64 {
    let Image { width, height, .. } = image;
    let row = 4 * u64::from(width);
    if output.lossless {
        let coder = lossless::Encoder::memory(width, height, has_alpha(image), lossless_config(output));
        return row + coder;
    }
    let coder = lossy::Encoder::memory(width, height, input(image), &lossy_config(output));
    let alpha = if has_alpha(image) { AlphaEncoder::memory(width, height, effort(output)) } else { 0 };
    row + coder + alpha
}
