//! Errors and flaws, as data.

use core::fmt;

/// Why an image cannot be decoded.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum DecodeError {
    /// The input does not begin with the header of a WebP file.
    NotWebp,
    /// The image is a WebP of a kind, or is asked for in a form, that this decoder does not offer.
    Unsupported(Unsupported),
    /// A chunk, or the header of an image in it, breaks the format's rules.
    Malformed {
        /// The chunk's four characters.
        chunk: [u8; 4],
        /// The content that the chunk lacks.
        expected: &'static str,
    },
    /// The input ended before the image data.
    Truncated,
    /// The image is damaged, and [`Damage::Refuse`](super::Damage::Refuse) was set or not even its first row could be decoded.
    Damaged(Flaw),
    /// Decoding would hold more memory than the limit.
    Memory {
        /// Bytes that decoding would hold.
        needed: u64,
        /// The limit, from [`DecoderConfig::max_memory`](super::DecoderConfig::max_memory).
        limit: u64,
    },
    /// A method was called too early, or twice; the text names the remedy.
    Order(&'static str),
}

/// Kinds of WebP, and forms of output, that are recognised and refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Unsupported {
    /// A VP8 frame that is not a key frame.
    InterFrame,
    /// This version of the VP8 bitstream; only 0 to 3 are read.
    Vp8Version(u8),
    /// This version of the lossless bitstream; only 0 is read.
    LosslessVersion(u8),
    /// Planes of an image that is not a lossy still: they would have to be made from its pixels.
    Planes,
}

/// A flaw of an image that could be decoded in part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Flaw {
    /// The input, or the chunk, ended before the image did.
    EndsEarly,
    /// The image's data holds an impossible code, length or reference.
    BadData,
    /// The alpha channel ends early or holds an impossible code; the image itself may be sound.
    BadAlpha,
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotWebp => f.write_str("not a webp: expected a RIFF header of type WEBP at the start"),
            Self::Unsupported(kind) => kind.fmt(f),
            Self::Malformed { chunk, expected } => {
                write!(f, "malformed {} chunk: expected {expected}", chunk.escape_ascii())
            }
            Self::Truncated => f.write_str("the input ended before the image data: expected more bytes"),
            Self::Damaged(flaw) => write!(f, "damaged image refused: {flaw}"),
            Self::Memory { needed, limit } => {
                write!(
                    f,
                    "decoding needs {needed} bytes of memory and the limit is {limit}: raise the limit or choose a smaller image"
                )
            }
            Self::Order(remedy) => f.write_str(remedy),
        }
    }
}

impl fmt::Display for Unsupported {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::InterFrame => f.write_str("a vp8 inter frame is not supported: expected a key frame"),
            Self::Vp8Version(version) => {
                write!(f, "version {version} of vp8 is not supported: expected 0 to 3")
            }
            Self::LosslessVersion(version) => {
                write!(f, "version {version} of the lossless format is not supported: expected 0")
            }
            Self::Planes => f.write_str("planes of this image are not supported: choose interleaved output"),
        }
    }
}

impl fmt::Display for Flaw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::EndsEarly => "the input ended before the image did",
            Self::BadData => "the image data is corrupt",
            Self::BadAlpha => "the alpha channel is corrupt or ends early",
        })
    }
}

impl core::error::Error for DecodeError {}
