//! Errors, as data.

use super::config::Plane;
use core::fmt;

/// Why an image cannot be encoded.
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
    /// Rows of pixels were written to an image of planes, or the reverse.
    WrongInput,
    /// A row does not have the length of its plane.
    RowLength {
        /// The length of a row in bytes.
        expected: usize,
        /// The length of the row that was written.
        given: usize,
    },
    /// The plane has all the rows that it can take now: see [`Encoder::rows_wanted`](super::Encoder::rows_wanted).
    TooManyRows {
        /// The plane; the first one stands for pixels.
        plane: Plane,
    },
    /// The end was asked for before the last row was written.
    MissingRows,
    /// The modes of macroblocks take more than the 512 KiB that the format has for them. Simpler modes are chosen before
    /// that, so that no image should lead here.
    TooComplex,
}

impl fmt::Display for EncodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Dimensions { width, height } => {
                write!(f, "a webp's width and height must be 1 to 16383, not {width}x{height}")
            }
            Self::WrongInput => f.write_str("write rows of pixels or planes, as the image was declared"),
            Self::RowLength { expected, given } => {
                write!(f, "a row has {expected} bytes here, but {given} were written")
            }
            Self::TooManyRows { plane } => {
                write!(f, "plane {plane:?} cannot take more rows before the others have caught up")
            }
            Self::MissingRows => f.write_str("write all rows before the end"),
            Self::TooComplex => f.write_str("the image is too large and too complex for lossy webp"),
        }
    }
}

impl core::error::Error for EncodeError {}
