//! Errors, as data.

use crate::encode::container::TooLarge;
use crate::encode::{lossless, lossy};
use core::fmt;

/// Why an animation cannot be encoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum EncodeError {
    /// Width or height is outside 1 to 16383.
    Dimensions {
        /// The width asked for, in pixels.
        width: u32,
        /// The height asked for, in pixels.
        height: u32,
    },
    /// A row has not as many bytes as the canvas has in one.
    RowLength {
        /// The length of a row in bytes.
        expected: usize,
        /// The length of the row that was written.
        given: usize,
    },
    /// A row was written to a canvas that has all its rows: end the frame, and step until it is encoded.
    TooManyRows,
    /// A frame was ended before its last row, or the file before its first frame or in the middle of one.
    Unfinished,
    /// A lossy frame cannot be encoded.
    Lossy(lossy::EncodeError),
    /// A lossless frame cannot be encoded.
    Lossless(lossless::EncodeError),
    /// The file is too large.
    TooLarge,
}

impl fmt::Display for EncodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Dimensions { width, height } => {
                write!(f, "an animation's width and height must be 1 to 16383, not {width}x{height}")
            }
            Self::RowLength { expected, given } => {
                write!(f, "a row has {expected} bytes here, but {given} were written")
            }
            Self::TooManyRows => {
                f.write_str("the canvas is complete: end the frame, and step until it is encoded")
            }
            Self::Unfinished => f.write_str("write all rows, end the frame, and step until it is encoded"),
            Self::Lossy(error) => error.fmt(f),
            Self::Lossless(error) => error.fmt(f),
            Self::TooLarge => TooLarge.fmt(f),
        }
    }
}

impl core::error::Error for EncodeError {}

impl From<lossy::EncodeError> for EncodeError {
    fn from(error: lossy::EncodeError) -> Self {
        Self::Lossy(error)
    }
}

impl From<lossless::EncodeError> for EncodeError {
    fn from(error: lossless::EncodeError) -> Self {
        Self::Lossless(error)
    }
}
