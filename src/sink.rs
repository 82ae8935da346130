//! What becomes of the rows in the end: a file, a border that is looked for, a description, or a picture to lay over another.

use crate::encode::{Encoder, Image};
use crate::geometry::{Region, Transform};
use crate::look::Look;
use crate::overlay::Picture;
use crate::queue::Queue;
use crate::stage::Shape;
use crate::trim::Border;
use crate::{Options, Result, Trim};

/// A way through the source.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Pass {
    /// The border to trim is looked for. Meanwhile the source is kept.
    Border(Trim),
    /// The rendition is made, of what trimming has left.
    Render(Option<Region>),
    /// The pixels of a small image are looked at.
    Look,
    /// A picture is made, to be laid over a rendition.
    Overlay,
}

impl Pass {
    /// How many times the memory of the decoder is counted: where a source is read twice, the second decoder cannot be sure
    /// to find room where the first has been.
    pub(crate) fn times(self) -> u64 {
        match self {
            Self::Render(None) | Self::Look | Self::Overlay => 1,
            Self::Border(_) | Self::Render(Some(_)) => 2,
        }
    }
}

/// What becomes of the rows in the end.
pub(crate) enum Sink {
    /// A file.
    File(Box<dyn Encoder>),
    /// A border that is looked for.
    Border(Border),
    /// A small image that is looked at.
    Look(Look),
    /// A picture to lay over a rendition.
    Picture(Picture),
}

/// What rows are for, before anything is allocated for it.
pub(crate) enum Target {
    /// A file.
    File,
    /// A border that is looked for.
    Border(Border),
    /// A small image that is looked at.
    Look(Look),
    /// A picture of this shape.
    Picture(Shape),
}

impl Target {
    /// Of an image with this transform to turn it upright.
    pub(crate) fn new(pass: Pass, upright: &Transform, image: Image, options: &Options) -> Self {
        let Image { width, height, layout, depth, .. } = image;
        let shape = Shape { width, height, channels: layout.channels(), depth };
        match pass {
            Pass::Border(trim) => Self::Border(Border::new(shape, trim, *upright)),
            Pass::Look => Self::Look(Look::new(shape, options.output.describe)),
            Pass::Overlay => Self::Picture(shape),
            Pass::Render(_) => Self::File,
        }
    }
}

impl Sink {
    pub(crate) fn row(&mut self, lane: usize, row: &[u8]) -> Result<()> {
        match self {
            Self::File(encoder) => encoder.row(lane, row),
            Self::Border(border) => {
                border.push(row);
                Ok(())
            }
            Self::Look(look) => {
                look.push(row);
                Ok(())
            }
            Self::Picture(Picture { shape, rows }) => {
                if rows.is_empty() {
                    rows.reserve_exact(shape.bytes() as usize);
                }
                rows.extend_from_slice(row);
                Ok(())
            }
        }
    }

    /// Whether it takes more than one frame: what pixels decide is decided by the first.
    pub(crate) fn takes_frames(&self) -> bool {
        matches!(self, Self::File(_))
    }

    pub(crate) fn end_frame(&mut self, delay: u32) -> Result<bool> {
        match self {
            Self::File(encoder) => encoder.end_frame(delay),
            Self::Border(_) | Self::Look(_) | Self::Picture(_) => Ok(false),
        }
    }

    pub(crate) fn finish(&mut self) -> Result<bool> {
        match self {
            Self::File(encoder) => encoder.finish(),
            Self::Border(_) | Self::Look(_) | Self::Picture(_) => Ok(false),
        }
    }

    pub(crate) fn work(&self) -> u64 {
        match self {
            Self::File(encoder) => encoder.work(),
            Self::Border(_) | Self::Look(_) | Self::Picture(_) => 0,
        }
    }

    pub(crate) fn drain(&mut self, output: &mut Queue) {
        if let Self::File(encoder) = self {
            encoder.drain(output);
        }
    }
}
