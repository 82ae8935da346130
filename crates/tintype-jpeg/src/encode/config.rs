//! How to encode.

use alloc::vec::Vec;
use core::fmt;

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
    pub(crate) const fn factors(self) -> (usize, usize) {
        match self {
            Self::S444 => (1, 1),
            Self::S422 => (2, 1),
            Self::S420 => (2, 2),
        }
    }
}

/// How much work to spend on a smaller file.
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
    /// as high as with `AnnexK` or higher, by SSIMULACRA2; at equal score they are smaller: see the crate's README.
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

/// Everything about the file but its samples.
///
/// ```
/// use tintype_jpeg::encode::{Effort, EncoderConfig, Subsampling};
///
/// let config = EncoderConfig {
///     quality: 90,
///     effort: Effort::Fast,
///     subsampling: Subsampling::S444,
///     ..EncoderConfig::new(640, 480)
/// };
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
    /// An ICC profile, at most [`MAX_ICC`](super::MAX_ICC) bytes; written as APP2 segments.
    pub icc: Option<Vec<u8>>,
    /// An Exif block that starts with its TIFF header, at most [`MAX_EXIF`](super::MAX_EXIF) bytes; written as an APP1
    /// segment.
    pub exif: Option<Vec<u8>>,
    /// An XMP packet, at most [`MAX_XMP`](super::MAX_XMP) bytes; written as an APP1 segment.
    pub xmp: Option<Vec<u8>>,
    /// Photoshop's image resources, at most [`MAX_RESOURCES`](super::MAX_RESOURCES) bytes; written as an APP13 segment.
    pub resources: Option<Vec<u8>>,
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
            xmp: None,
            resources: None,
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
