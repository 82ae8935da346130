#![doc = include_str!("../README.md")]

mod raster;
mod tiff;

use std::fmt;

/// A format.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Windows bitmap.
    Bmp,
    /// Windows icon, of which the largest is read.
    Ico,
    /// Quite OK Image.
    Qoi,
    /// Netpbm's formats.
    Pnm,
    /// TIFF 6.0, of which the first image is read.
    Tiff,
}

/// What the samples of a pixel are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Channels {
    /// Lightness.
    Gray,
    /// Lightness and alpha, which is not multiplied in.
    GrayAlpha,
    /// Red, green and blue.
    Rgb,
    /// Red, green, blue and alpha, which is not multiplied in.
    Rgba,
    /// Cyan, magenta, yellow and black, more of which is darker.
    Cmyk,
}

impl Channels {
    /// Samples of a pixel.
    pub const fn count(self) -> usize {
        match self {
            Self::Gray => 1,
            Self::GrayAlpha => 2,
            Self::Rgb => 3,
            Self::Rgba | Self::Cmyk => 4,
        }
    }
}

/// An image whose header has been read.
pub struct Image {
    /// Width in pixels, at least 1.
    pub width: u32,
    /// Height in pixels, at least 1.
    pub height: u32,
    /// EXIF orientation, 1 to 8.
    pub orientation: u8,
    /// What the samples are that come out.
    pub channels: Channels,
    /// Bytes of a sample that comes out, 1 or 2; of two, the higher is first.
    pub sample_bytes: usize,
    /// Bits of a sample as stored, or of an index.
    pub bit_depth: u8,
    /// Whether the file has a palette.
    pub has_palette: bool,
    /// The embedded ICC profile.
    pub icc: Option<Vec<u8>>,
    /// Bytes of memory that reading the rows takes, apart from the file.
    pub memory: u64,
    /// The work of reading the rows, in about as many units as it takes instructions.
    pub work: u64,
    /// The rows.
    pub rows: Box<dyn Rows>,
}

impl fmt::Debug for Image {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { width, height, channels, .. } = self;
        f.debug_struct("Image")
            .field("size", &(width, height))
            .field("channels", channels)
            .finish_non_exhaustive()
    }
}

/// Reads rows.
pub trait Rows {
    /// Reads some of the next rows into `rows`, in place of what is in it: at least one, and none after the last.
    ///
    /// # Errors
    ///
    /// [`Error::Malformed`] or [`Error::Unsupported`]
    fn read(&mut self, rows: &mut Vec<u8>) -> Result<(), Error>;
}

/// Why a file cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Error {
    /// It is not as the format has it.
    Malformed(String),
    /// It is of a kind that is not read. The text continues the name of the format.
    Unsupported(String),
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Malformed(detail) => f.write_str(detail),
            Self::Unsupported(what) => write!(f, "{what} is not supported"),
        }
    }
}

impl std::error::Error for Error {}

/// Reads the header of a file. Nothing that is read takes more than about `max_memory` bytes.
///
/// # Errors
///
/// [`Error::Malformed`] or [`Error::Unsupported`]
pub fn open(kind: Kind, file: Vec<u8>, max_memory: u64) -> Result<Image, Error> {
    let image = match kind {
        Kind::Tiff => tiff::open(file, max_memory)?,
        _ => raster::open(kind, file)?,
    };
    if image.width == 0 || image.height == 0 {
        return Err(Error::Malformed("it has no pixels".into()));
    }
    Ok(image)
}

/// Turns samples of 16 bits as the machine stores them around, so that the higher byte is first.
fn higher_first(samples: &mut [u8]) {
    for sample in samples.as_chunks_mut::<2>().0 {
        *sample = u16::from_ne_bytes(*sample).to_be_bytes();
    }
}
