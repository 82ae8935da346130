//! What the caller asks for, and how a request can be wrong.

use alloc::vec::Vec;
use core::fmt;

use crate::marker::{MAX_EXIF, MAX_ICC};

/// The colour components of the image.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Components {
    /// One component: luminance.
    Gray,
    /// Three components: luminance and two colour differences, as JFIF defines them (ITU-T T.871, section 7).
    YCbCr,
}

/// How many luminance samples share one chroma sample. Of no effect on [`Components::Gray`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subsampling {
    /// Chroma at full size.
    S444,
    /// Chroma at half the width.
    S422,
    /// Chroma at half the width and half the height.
    S420,
}

impl Subsampling {
    /// Luminance samples per chroma sample, horizontally and vertically.
    pub(super) const fn factors(self) -> (usize, usize) {
        match self {
            Self::S444 => (1, 1),
            Self::S422 => (2, 1),
            Self::S420 => (2, 2),
        }
    }
}

/// How much work is spent to make the file smaller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effort {
    /// Fixed Huffman tables (ITU-T T.81, Annex K.3): bytes leave with every MCU row.
    Fast,
    /// Huffman tables made for the image.
    Default,
    /// As `Default`, with rate-distortion optimised quantisation and, if progressive, chosen scans.
    Best,
}

/// The shape of the quantisation tables, which the quality scales.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum QuantTables {
    /// ITU-T T.81, Annex K.1, scaled as the Independent JPEG Group's library scales them.
    AnnexK,
    /// Tables that spend bits where they are seen. At the same quality number, from 40 up, photographs score on average
    /// as high as with `AnnexK` or higher, by SSIMULACRA2; at equal score they are smaller: see
    /// [the measurements](super#size-and-time).
    Tuned,
}

/// The resolution or pixel shape in the JFIF header. It does not change how samples are coded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Density {
    /// Only the shape of a pixel, as a ratio of width to height; `(1, 1)` is square.
    AspectRatio(u16, u16),
    /// Dots per inch, horizontally and vertically.
    PerInch(u16, u16),
    /// Dots per centimetre, horizontally and vertically.
    PerCentimetre(u16, u16),
}

/// Everything that decides what the file will be.
///
/// ```
/// use tintype_jpeg::encode::{Effort, EncoderConfig, Subsampling};
///
/// let config = EncoderConfig { quality: 90, effort: Effort::Fast, subsampling: Subsampling::S444, ..EncoderConfig::new(640, 480) };
/// assert!(config.predicted_memory() < 200_000);
/// ```
#[derive(Clone, Debug)]
pub struct EncoderConfig {
    /// Width in pixels, 1 to 65535.
    pub width: u32,
    /// Height in pixels, 1 to 65535.
    pub height: u32,
    /// Gray or colour.
    pub components: Components,
    /// Size of the chroma planes.
    pub subsampling: Subsampling,
    /// Quality, 1 to 100, on the scale of the Independent JPEG Group's library: 50 is the quality of the tables of ITU-T
    /// T.81, Annex K.1 as they stand, 100 divides by one.
    pub quality: u8,
    /// Shape of the quantisation tables.
    pub tables: QuantTables,
    /// Work spent on size.
    pub effort: Effort,
    /// Progressive scans instead of one sequential scan. The whole image's coefficients are kept, compactly,
    /// until the end.
    pub progressive: bool,
    /// Resolution in the JFIF header.
    pub density: Density,
    /// An ICC profile, at most 255 × 65519 bytes; written as APP2 segments.
    pub icc: Option<Vec<u8>>,
    /// An Exif block that starts with its TIFF header, at most 65527 bytes; written as an APP1 segment.
    pub exif: Option<Vec<u8>>,
}

impl EncoderConfig {
    /// Colour, 4:2:0, quality 80 with tuned tables, [`Effort::Default`], baseline, square pixels, no metadata.
    pub fn new(width: u32, height: u32) -> Self {
        Self {
            width,
            height,
            components: Components::YCbCr,
            subsampling: Subsampling::S420,
            quality: 80,
            tables: QuantTables::Tuned,
            effort: Effort::Default,
            progressive: false,
            density: Density::AspectRatio(1, 1),
            icc: None,
            exif: None,
        }
    }
}

/// A plane of the image.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Plane {
    /// Luminance.
    Y,
    /// Blue difference.
    Cb,
    /// Red difference.
    Cr,
}

impl fmt::Display for Plane {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Y => "Y",
            Self::Cb => "Cb",
            Self::Cr => "Cr",
        })
    }
}

/// Why the encoder refused.
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
    /// Colour rows were written to a gray image, or the reverse.
    WrongComponents {
        /// What the image was declared to be.
        declared: Components,
    },
    /// The length of the samples is not a whole number of rows.
    PartialRow {
        /// Length of one row in bytes.
        row: usize,
        /// Length that was given, in bytes.
        length: usize,
    },
    /// The planes written together do not hold the same number of rows.
    UnequalPlanes,
    /// More rows than the plane can take now: see [`Encoder::rows_wanted`](super::Encoder::rows_wanted).
    TooManyRows {
        /// The plane that is full.
        plane: Plane,
        /// Rows that it could take.
        wanted: u32,
        /// Rows that were given.
        given: u32,
    },
    /// Whole-pixel rows were written after single planes, with the planes not level.
    PlanesNotLevel,
    /// `finish` came before the last row.
    MissingRows {
        /// A plane that is short of rows.
        plane: Plane,
        /// Rows that it should have.
        expected: u32,
        /// Rows that it got.
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
