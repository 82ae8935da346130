//! Facts about an image: its header, its EXIF, the outline of a rendition.

use crate::{Color, Factor, Format};

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
    /// What is known of the frames together, of a WebP, GIF or PNG that is an animation.
    pub animation: Option<Animation>,
    /// The embedded ICC profile, if there is one.
    pub icc_profile: Option<IccProfile>,
    /// EXIF metadata, if there is any.
    pub exif: Option<Exif>,
    /// Whether the image comes in several passes: a progressive JPEG, or an interlaced PNG or GIF.
    pub progressive: bool,
    /// Resolution of chroma as J:a:b, such as `4:2:0`, where it is stored apart from luminance.
    pub chroma_subsampling: Option<String>,
    /// The quality of a JPEG, 1 to 100, estimated from its quantisation table.
    pub quality: Option<u8>,
    /// What the pixels show, if that was asked for.
    pub pixels: Option<Pixels>,
}

/// What to find out about an image. What the header says is always found out. Mirrors `record facts` of `wit/types.wit`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Facts {
    /// Decode the image at a small size, and look at its pixels.
    pub pixels: Option<Looks>,
    /// Report where a photograph was taken.
    pub location: bool,
}

/// What to find out about pixels, in addition to what is always found out about them. Mirrors `record looks` of
/// `wit/types.wit`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Looks {
    /// Colours of the palette, 1 to 256.
    pub palette: u32,
    /// Components of the BlurHash from left to right, 1 to 9.
    pub blurhash_x: u32,
    /// Components of the BlurHash from top to bottom, 1 to 9.
    pub blurhash_y: u32,
}

impl Default for Looks {
    fn default() -> Self {
        Self { palette: 6, blurhash_x: 4, blurhash_y: 3 }
    }
}

/// What the pixels of an image show at a small size. Mirrors `record pixels` of `wit/types.wit`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pixels {
    /// The mean of all colours, each as opaque as it is.
    pub average: Color,
    /// Typical colours, the most frequent first. None of an image that is transparent.
    pub palette: Vec<Color>,
    /// ThumbHash: the image at a size of a few pixels, in 20 to 30 bytes.
    pub thumbhash: Vec<u8>,
    /// BlurHash: the same as text, without alpha.
    pub blurhash: String,
    /// Difference hash (dHash) of 9 x 8 pixels: similar images differ in few of its bits.
    pub difference_hash: u64,
    /// The point that draws attention.
    pub attention: Point,
}

/// A point of an image.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Point {
    /// Share of the width from the left edge, 0 to 1.
    pub x: Factor,
    /// Share of the height from the top edge, 0 to 1.
    pub y: Factor,
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
    /// The lens.
    pub lens: Option<String>,
    /// The program that wrote the file.
    pub software: Option<String>,
    /// Exposure time in seconds: `1/250`, or `2.5`.
    pub exposure_time: Option<String>,
    /// F-number of the aperture, such as `2.8`.
    pub f_number: Option<String>,
    /// Sensitivity (ISO).
    pub iso: Option<u32>,
    /// Focal length in millimetres, such as `50`.
    pub focal_length: Option<String>,
    /// Whether the file records where the photograph was taken.
    pub has_location: bool,
    /// That place, if it was asked for and can be read.
    pub location: Option<Location>,
}

/// A place on Earth (WGS 84). Mirrors `record location` of `wit/types.wit`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Location {
    /// Millionths of a degree north of the equator.
    pub latitude: i32,
    /// Millionths of a degree east of Greenwich.
    pub longitude: i32,
}
