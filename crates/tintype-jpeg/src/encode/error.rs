//! Errors, as data.

use super::config::{Components, Plane};
use crate::marker::{MAX_EXIF, MAX_ICC, MAX_RESOURCES, MAX_XMP};
use core::fmt;

/// Why a file cannot be encoded.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum EncodeError {
    /// Width or height is outside 1 to 65535.
    Dimensions {
        /// The width asked for, in pixels.
        width: u32,
        /// The height asked for, in pixels.
        height: u32,
    },
    /// Quality is outside 1 to 100.
    Quality {
        /// The quality asked for.
        quality: u8,
    },
    /// The ICC profile does not fit in 255 segments.
    IccTooLong {
        /// Its length in bytes.
        length: usize,
    },
    /// The Exif block does not fit in one segment.
    ExifTooLong {
        /// Its length in bytes.
        length: usize,
    },
    /// The XMP packet does not fit in one segment.
    XmpTooLong {
        /// Its length in bytes.
        length: usize,
    },
    /// The image resources do not fit in one segment.
    ResourcesTooLong {
        /// Their length in bytes.
        length: usize,
    },
    /// Colour rows were written to a gray image, or the reverse.
    WrongComponents {
        /// The components of the image, from its configuration.
        declared: Components,
    },
    /// The length of the samples is not a whole number of rows.
    PartialRow {
        /// Length of one row in bytes.
        row: usize,
        /// Length of the samples in bytes.
        length: usize,
    },
    /// The planes written together do not hold the same number of rows.
    UnequalPlanes,
    /// More rows than the plane can take now: see [`Encoder::rows_wanted`](super::Encoder::rows_wanted).
    TooManyRows {
        /// The plane that is full.
        plane: Plane,
        /// Rows that it can take.
        wanted: u32,
        /// Rows that were written.
        given: u32,
    },
    /// Rows of whole pixels were written while the planes ended at different heights.
    PlanesNotLevel,
    /// `finish` was called before the last row was written.
    MissingRows {
        /// A plane that is short of rows.
        plane: Plane,
        /// Rows that it should have.
        expected: u32,
        /// Rows that were written.
        written: u32,
    },
    /// Rows were written after `finish`.
    Finished,
}

impl fmt::Display for EncodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Dimensions { width, height } => {
                write!(f, "a jpeg's width and height must be 1 to 65535, not {width}x{height}")
            }
            Self::Quality { quality } => write!(f, "quality must be 1 to 100, not {quality}"),
            Self::IccTooLong { length } => {
                write!(f, "an icc profile may have at most {} bytes, not {length}", MAX_ICC)
            }
            Self::ExifTooLong { length } => {
                write!(f, "an exif block may have at most {} bytes, not {length}", MAX_EXIF)
            }
            Self::XmpTooLong { length } => {
                write!(f, "an xmp packet may have at most {} bytes, not {length}", MAX_XMP)
            }
            Self::ResourcesTooLong { length } => {
                write!(f, "image resources may have at most {} bytes, not {length}", MAX_RESOURCES)
            }
            Self::WrongComponents { declared: Components::Gray } => {
                f.write_str("the image was declared gray: write gray rows")
            }
            Self::WrongComponents { declared: Components::YCbCr } => {
                f.write_str("the image was declared colour: write rgb rows or planes")
            }
            Self::PartialRow { row, length } => {
                write!(f, "expected whole rows of {row} bytes each, got {length} bytes")
            }
            Self::UnequalPlanes => f.write_str("the three planes must be given the same number of rows"),
            Self::TooManyRows { plane, wanted, given } => {
                write!(f, "plane {plane} can take {wanted} more rows now, got {given}")
            }
            Self::PlanesNotLevel => {
                f.write_str("bring all planes to the end of an mcu row before writing whole-pixel rows")
            }
            Self::MissingRows { plane, expected, written } => {
                write!(f, "plane {plane} needs {expected} rows before the end, got {written}")
            }
            Self::Finished => f.write_str("the image is finished: start a new encoder for another one"),
        }
    }
}

impl core::error::Error for EncodeError {}
