//! The beginning of image data: its size, and what decides how it is decoded.

use super::chunk::{VP8, VP8L, malformed, u24};
use super::error::{DecodeError, Unsupported};
use super::lossy::{BEGINNING, count_partitions};

/// The beginning of image data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Bitstream {
    /// RFC 6386, 9.1.
    Lossy { width: u32, height: u32, first_partition: u32, partitions: usize },
    /// RFC 9649, 3.4.
    Lossless { width: u32, height: u32, alpha: bool },
}

/// Bytes that the headers of image data take.
pub(crate) const LOSSY_HEADER: usize = 10;
/// Bytes of lossy data that are looked at.
pub(crate) const LOSSY_BEGINNING: usize = LOSSY_HEADER + BEGINNING;
pub(crate) const LOSSLESS_HEADER: usize = 5;

impl Bitstream {
    pub(crate) fn size(&self) -> (u32, u32) {
        match *self {
            Self::Lossy { width, height, .. } | Self::Lossless { width, height, .. } => (width, height),
        }
    }
}

/// Reads a frame's tag and, as it is a key frame, its size (RFC 6386, 9.1); and from the beginning of its first
/// partition, the number of the others.
pub(crate) fn read_lossy(fields: [u8; LOSSY_HEADER], rest: &[u8]) -> Result<Bitstream, DecodeError> {
    let [t0, t1, t2, s0, s1, s2, w0, w1, h0, h1] = fields;
    let tag = u24([t0, t1, t2]);
    if tag & 1 != 0 {
        return Err(DecodeError::Unsupported(Unsupported::InterFrame));
    }
    let version = (tag >> 1 & 7) as u8;
    if version > 3 {
        return Err(DecodeError::Unsupported(Unsupported::Vp8Version(version)));
    }
    if [s0, s1, s2] != [0x9D, 0x01, 0x2A] {
        return Err(malformed(VP8, "the start code of a key frame"));
    }
    // The two bits above a side are a scale for display, which WebP ignores.
    let side = |low, high| u32::from(u16::from_le_bytes([low, high]) & 0x3FFF);
    let (width, height) = (side(w0, w1), side(h0, h1));
    if width == 0 || height == 0 {
        return Err(malformed(VP8, "sides of at least 1"));
    }
    Ok(Bitstream::Lossy { width, height, first_partition: tag >> 5, partitions: count_partitions(rest) })
}

/// Reads a lossless image's size (RFC 9649, 3.4).
pub(crate) fn read_lossless(
    [signature, a, b, c, d]: [u8; LOSSLESS_HEADER],
) -> Result<Bitstream, DecodeError> {
    let fields = u32::from_le_bytes([a, b, c, d]);
    if signature != 0x2F {
        return Err(malformed(VP8L, "the signature of lossless data"));
    }
    let version = (fields >> 29) as u8;
    if version != 0 {
        return Err(DecodeError::Unsupported(Unsupported::LosslessVersion(version)));
    }
    let (width, height) = ((fields & 0x3FFF) + 1, (fields >> 14 & 0x3FFF) + 1);
    Ok(Bitstream::Lossless { width, height, alpha: fields >> 28 & 1 == 1 })
}
