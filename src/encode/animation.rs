//! Animated WebP (RFC 9649, 2.7.1).

use super::webp::{FRAME_WORK, has_alpha, internal, lossless_config, lossy_config};
use super::{Encoder, Image};
use crate::metadata::Attached;
use crate::pixels::Channels;
use crate::queue::Queue;
use crate::{Error, Limit, Output, Result};
use tintype_webp::encode::animation::{self, Coding};

pub(super) struct AnimationEncoder {
    image: Image,
    /// None once the file has been written.
    encoder: Option<Box<animation::Encoder>>,
    coding: Coding,
    attached: Attached,
    loops: u16,
    /// Milliseconds for which each frame is shown, if that is not up to the source.
    delay: Option<u32>,
    /// Whether the frame is being encoded.
    ending: bool,
    /// Bytes of encoded frames that may be held.
    room: u64,
    row: Vec<u8>,
    file: Vec<Vec<u8>>,
    work: u64,
}

impl AnimationEncoder {
    pub(super) fn new(output: &Output, image: Image, attached: Attached, room: u64) -> Result<Self> {
        let encoder =
            animation::Encoder::new(image.width, image.height, has_alpha(image)).map_err(internal)?;
        let loops = output.loops.or(image.loops).unwrap_or(0);
        Ok(Self {
            image,
            encoder: Some(Box::new(encoder)),
            coding: coding(output),
            attached,
            loops: u16::try_from(loops).unwrap_or(u16::MAX),
            delay: output.delay,
            ending: false,
            room,
            row: Vec::new(),
            file: Vec::new(),
            work: 0,
        })
    }
}

impl Encoder for AnimationEncoder {
    fn row(&mut self, _: usize, row: &[u8]) -> Result<()> {
        let encoder = self.encoder.as_mut().ok_or(Error::Ended)?;
        let channels = self.image.channels();
        let to = if channels.has_alpha() { Channels::Rgba } else { Channels::Rgb };
        self.row.clear();
        channels.widen(row, to, &mut self.row);
        encoder.push_row(&self.row).map_err(internal)
    }

    fn end_frame(&mut self, delay: u32) -> Result<bool> {
        let encoder = self.encoder.as_mut().ok_or(Error::Ended)?;
        if !self.ending {
            encoder.end_frame(self.delay.unwrap_or(delay), self.coding).map_err(internal)?;
        }
        self.ending = encoder.step().map_err(internal)?;
        self.work = encoder.work() * FRAME_WORK;
        Limit::Memory.check(encoder.held(), self.room)?;
        Ok(self.ending)
    }

    fn finish(&mut self) -> Result<bool> {
        let Some(encoder) = self.encoder.take() else { return Ok(false) };
        let attached = animation::Attached {
            icc: self.attached.icc_for(self.image.colors()),
            exif: self.attached.exif.as_deref(),
            xmp: self.attached.xmp.as_deref(),
        };
        self.file = encoder.finish(self.loops, &attached).map_err(internal)?;
        Ok(false)
    }

    fn work(&self) -> u64 {
        self.work
    }

    fn drain(&mut self, sink: &mut Queue) {
        std::mem::take(&mut self.file).into_iter().for_each(|piece| sink.push(piece));
    }
}

fn coding(output: &Output) -> Coding {
    if output.lossless {
        Coding::Lossless(lossless_config(output))
    } else {
        Coding::Lossy(lossy_config(output))
    }
}

/// Two canvases, and what one frame takes: frames that are complete are counted as they come.
pub(super) fn memory(output: &Output, image: Image) -> u64 {
    let Image { width, height, .. } = image;
    4 * u64::from(width) + animation::Encoder::memory(width, height, has_alpha(image), &coding(output))
}
