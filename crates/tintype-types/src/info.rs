//! Facts about an image: its header, its EXIF, the outline of a rendition.

use crate::Format;

/// The facts in a source's header. Mirrors `record source` of `wit/types.wit`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Source {
    /// The format, recognised by its magic bytes.
    pub format: Format,
    /// Width in pixels as stored, before orientation.
    pub width: u32,
    /// Height in pixels as stored, before orientation.
    pub height: u32,
    /// EXIF orientation, 1 to 8 (CIPA DC-008, tag 0x0112).
    pub orientation: u8,
    /// How colour is stored.
    pub color: ColorModel,
    /// Bits per channel as stored, or per index for a palette.
    pub bit_depth: u8,
    /// Whether pixels can be transparent.
    pub alpha: bool,
}

impl Source {
    /// Width × height.
    pub fn pixels(&self) -> u64 {
        u64::from(self.width) * u64::from(self.height)
    }
}

/// The facts about a rendition that are known before its last byte.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Outline {
    /// Format of the rendition.
    pub format: Format,
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// The source it is made from.
    pub source: Source,
}

/// How a source stores colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ColorModel {
    /// One channel of lightness.
    Gray,
    /// Red, green and blue, or a transform of them.
    Rgb,
    /// An index into a table of RGB colours.
    Palette,
    /// Cyan, magenta, yellow and black, or a transform of them.
    Cmyk,
}

/// The facts that a whole file reports. Mirrors `record info` of `wit/types.wit`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Info {
    /// The facts in the header.
    pub source: Source,
    /// Number of frames, at least 1.
    pub frames: u32,
    /// Size in bytes of the ICC profile, if there is one.
    pub icc_profile: Option<u32>,
    /// EXIF, if there is any.
    pub exif: Option<Exif>,
}

/// Camera, time and authorship, from EXIF.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Exif {
    /// Maker of the camera.
    pub make: Option<String>,
    /// Model of the camera.
    pub model: Option<String>,
    /// When the photograph was taken, `YYYY:MM:DD HH:MM:SS`.
    pub taken: Option<String>,
    /// Who made the photograph.
    pub artist: Option<String>,
    /// Who holds the rights.
    pub copyright: Option<String>,
    /// Whether the file says where the photograph was taken.
    pub has_location: bool,
}
