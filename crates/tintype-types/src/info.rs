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
    /// EXIF orientation, 1 to 8 (CIPA DC-008, tag 0x0112); 1 if absent.
    pub orientation: u8,
    /// The colour model.
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

/// The facts about a rendition that are known before it is complete.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Outline {
    /// Format of the rendition.
    pub format: Format,
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// The source that it is made from.
    pub source: Source,
}

/// How a source stores colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ColorModel {
    /// A single channel of lightness.
    Gray,
    /// Red, green and blue, or a transform of them, such as YCbCr.
    Rgb,
    /// An index into a table of RGB colours.
    Palette,
    /// Cyan, magenta, yellow and black, or a transform of them, such as YCCK.
    Cmyk,
}

/// The facts about an image that reading the whole file yields. Mirrors `record info` of `wit/types.wit`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Info {
    /// The facts in the header.
    pub source: Source,
    /// Number of frames, at least 1.
    pub frames: u32,
    /// What is known of the frames together, of a WebP or GIF that is an animation.
    pub animation: Option<Animation>,
    /// The embedded ICC profile, if there is one.
    pub icc_profile: Option<IccProfile>,
    /// EXIF metadata, if there is any.
    pub exif: Option<Exif>,
}

/// The facts about all frames of an animation. Mirrors `record animation` of `wit/types.wit`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Animation {
    /// How often it plays; 0 is forever.
    pub loops: u32,
    /// Milliseconds that it takes once.
    pub duration: u64,
}

/// A colour profile embedded in an image.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct IccProfile {
    /// Its size in bytes.
    pub size: u32,
    /// What it calls itself.
    pub name: Option<String>,
    /// Whether colours can be converted with it. A profile that is broken, or for another colour model, is ignored.
    pub usable: bool,
}

/// Camera, time and authorship, from EXIF.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Exif {
    /// Camera manufacturer.
    pub make: Option<String>,
    /// Camera model.
    pub model: Option<String>,
    /// Date and time taken, as written by the camera: `YYYY:MM:DD HH:MM:SS`, without a time zone.
    pub taken: Option<String>,
    /// Photographer.
    pub artist: Option<String>,
    /// Copyright notice.
    pub copyright: Option<String>,
    /// Whether the file records where the photograph was taken.
    pub has_location: bool,
}
