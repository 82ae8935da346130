//! Why an image is not encoded.

use core::fmt;

/// Why an image is not encoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EncodeError {
    /// The format has no images of this size: sides are of 1 to 16383 pixels.
    Size {
        /// Pixels.
        width: u32,
        /// Pixels.
        height: u32,
    },
    /// A row has another length than the image's width and channels give.
    RowLength {
        /// Bytes.
        expected: usize,
        /// Bytes.
        actual: usize,
    },
    /// There are more rows than the image has.
    TooManyRows,
    /// The bytes were asked for before all rows were there, or while there was more to do.
    Unfinished,
}

impl fmt::Display for EncodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Size { width, height } => {
                write!(f, "{width}×{height} is no size of a lossless WebP: sides are of 1 to 16383 pixels")
            }
            Self::RowLength { expected, actual } => {
                write!(f, "a row of {actual} bytes, where rows have {expected}")
            }
            Self::TooManyRows => f.write_str("more rows than the image is high"),
            Self::Unfinished => {
                f.write_str("the image is not encoded yet: write every row, then step to the end")
            }
        }
    }
}

impl core::error::Error for EncodeError {}
