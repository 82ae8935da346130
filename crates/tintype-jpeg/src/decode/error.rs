//! Errors and flaws, as data.

use core::fmt;

/// Why an image cannot be decoded.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum DecodeError {
    /// The input does not begin with a start-of-image marker.
    NotJpeg,
    /// The image is a JPEG of a kind that this decoder does not read.
    Unsupported(Unsupported),
    /// A segment before the first scan breaks the format's rules.
    Malformed {
        /// The code of the segment's marker: its second byte, after `0xFF`.
        marker: u8,
        /// The content that the segment lacks.
        expected: &'static str,
    },
    /// The input ended before the first scan.
    Truncated,
    /// The image is damaged, and [`Damage::Refuse`](super::Damage::Refuse) was set or nothing of it could be decoded.
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

/// Kinds of JPEG that are recognised and refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Unsupported {
    /// Arithmetic entropy coding (SOF9 to SOF15).
    Arithmetic,
    /// Lossless prediction (SOF3, SOF7, SOF11, SOF15).
    Lossless,
    /// Hierarchical frames (SOF5 to SOF7, SOF13 to SOF15).
    Hierarchical,
    /// This many bits per sample; only 8 are read.
    Precision(u8),
    /// This many components; only 1 to 4 are read.
    Components(u8),
}

/// A flaw of an image that could be decoded in part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Flaw {
    /// The input ended before the image did.
    EndsEarly,
    /// Entropy-coded data holds an impossible code or run, or ended before its last block.
    BadData,
    /// A restart marker is missing or out of order.
    Restart,
    /// A segment or scan header after the first scan breaks the format's rules, or a table it names is missing.
    BadSegment,
    /// There are more scans than [`DecoderConfig::max_scans`](super::DecoderConfig::max_scans), or they visit blocks far
    /// more often than the image's size and bytes account for.
    TooManyScans,
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotJpeg => f.write_str("not a jpeg: expected the bytes ff d8 at the start"),
            Self::Unsupported(kind) => kind.fmt(f),
            Self::Malformed { marker, expected } => {
                write!(f, "malformed segment ff {marker:02x}: expected {expected}")
            }
            Self::Truncated => f.write_str("the input ended before the first scan: expected more bytes"),
            Self::Damaged(flaw) => write!(f, "damaged image refused: {flaw}"),
            Self::Memory { needed, limit } => {
                write!(
                    f,
                    "decoding needs {needed} bytes of memory and the limit is {limit}: choose a smaller scale or raise the limit"
                )
            }
            Self::Order(remedy) => f.write_str(remedy),
        }
    }
}

impl fmt::Display for Unsupported {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Arithmetic => f.write_str("arithmetic coding is not supported: expected huffman coding"),
            Self::Lossless => f.write_str("lossless jpeg is not supported: expected a dct-based one"),
            Self::Hierarchical => f.write_str("hierarchical jpeg is not supported: expected a single frame"),
            Self::Precision(bits) => write!(f, "{bits} bits per sample are not supported: expected 8"),
            Self::Components(n) => write!(f, "{n} components are not supported: expected 1 to 4"),
        }
    }
}

impl fmt::Display for Flaw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::EndsEarly => "the input ended before the image did",
            Self::BadData => "entropy-coded data is corrupt",
            Self::Restart => "a restart marker is missing or out of order",
            Self::BadSegment => "a segment after the first scan is malformed",
            Self::TooManyScans => "there are more scans than the limit",
        })
    }
}

impl core::error::Error for DecodeError {}
