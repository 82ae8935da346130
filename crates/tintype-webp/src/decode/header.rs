//! Descriptions of images, known before they are decoded.

use alloc::vec::Vec;

/// A description of the image, known before it is decoded.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Header {
    /// Pixels per row. Those of the canvas, where the file has one.
    pub width: u32,
    /// Rows.
    pub height: u32,
    /// Whether pixels have an alpha channel: rows are RGBA then, and RGB otherwise.
    pub alpha: bool,
    /// How the image, or the first frame of an animation, is coded.
    pub compression: Compression,
    /// What holds for all frames, if the file is an animation. [`Decoder`](super::Decoder) decodes the first of them,
    /// [`Animation`](super::Animation) all.
    pub animation: Option<Playback>,
    /// Whether the file is said to hold EXIF data. It follows the image as a rule: see [`info`](super::info).
    pub has_exif: bool,
    /// Whether the file is said to hold XMP, which follows the image as well.
    pub has_xmp: bool,
    /// Whether the file is said to hold an ICC profile, which stands before the image.
    pub has_icc: bool,
    pub(crate) metadata: Metadata,
}

/// What holds for all frames of an animation (RFC 9649, 2.7.1.1).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Playback {
    /// How often it plays; 0 is forever.
    pub loops: u16,
    /// The colour that the file suggests for the canvas, RGBA. Nothing is drawn with it here: the canvas is transparent.
    pub background: [u8; 4],
}

/// How an image is coded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Compression {
    /// VP8 (RFC 6386): planes of luminance and, at half the size, of two colour differences.
    Lossy,
    /// VP8L (RFC 9649, 3).
    Lossless,
}

impl Header {
    /// Bytes per pixel of a row: 4 with alpha, or 3.
    pub fn channels(&self) -> usize {
        if self.alpha { 4 } else { 3 }
    }

    /// Whether the image can be decoded to [`Output::Planar`](super::Output::Planar): whether it is a lossy still.
    pub fn planar(&self) -> bool {
        self.compression == Compression::Lossy && self.animation.is_none()
    }

    /// The ICC profile, if it is not larger than [`DecoderConfig::max_icc`](super::DecoderConfig::max_icc).
    pub fn icc(&self) -> Option<&[u8]> {
        self.metadata.icc.as_deref()
    }

    /// The EXIF data, a TIFF structure, if it stands before the image and is not larger than
    /// [`DecoderConfig::max_exif`](super::DecoderConfig::max_exif).
    pub fn exif(&self) -> Option<&[u8]> {
        self.metadata.exif.as_deref()
    }
}

/// The metadata before the image.
#[derive(Debug, Clone, Default)]
pub(crate) struct Metadata {
    pub(crate) icc: Option<Vec<u8>>,
    pub(crate) exif: Option<Vec<u8>>,
}
