//! Everything a caller can request. Mirrors `interface types` of `wit/types.wit`, which documents each item in full.

use crate::{Format, names};

/// Everything a caller can request. `Options::default()` returns the defaults.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Options {
    /// How to read the source.
    pub input: Input,
    /// Crop, orientation and size.
    pub geometry: Geometry,
    /// How to encode the rendition.
    pub output: Output,
    /// Limits on the cost.
    pub limits: Limits,
}

/// How to read the source.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Input {
    /// Make a rendition of whatever can be decoded from a truncated or corrupt JPEG or WebP. If false, and for all other formats,
    /// damage is reported as [`crate::Error::Malformed`].
    pub accept_damage: bool,
}

impl Default for Input {
    fn default() -> Self {
        Self { accept_damage: true }
    }
}

/// Which part of the image to use, its orientation and its size. Fields apply in the order listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Geometry {
    /// Apply the EXIF orientation, so that the image is upright.
    pub auto_orient: bool,
    /// Crop the upright source to this region before anything else.
    pub crop: Option<Region>,
    /// Rotate clockwise.
    pub rotate: Rotation,
    /// Mirror left to right after rotating.
    pub flip_horizontal: bool,
    /// Mirror top to bottom after rotating.
    pub flip_vertical: bool,
    /// Target width in pixels, at least 1.
    pub width: Option<u32>,
    /// Target height in pixels, at least 1.
    pub height: Option<u32>,
    /// How the image fits the target when both sides are given.
    pub fit: Fit,
    /// Allow a result larger than the source.
    pub enlarge: bool,
    /// The part of the image that [`Fit::Cover`] keeps.
    pub gravity: Gravity,
    /// Resampling kernel.
    pub filter: Filter,
    /// Colour to composite transparent pixels over; `None` keeps transparency where the output format supports it and
    /// uses white elsewhere.
    pub background: Option<Color>,
}

impl Default for Geometry {
    fn default() -> Self {
        Self {
            auto_orient: true,
            crop: None,
            rotate: Rotation::default(),
            flip_horizontal: false,
            flip_vertical: false,
            width: None,
            height: None,
            fit: Fit::default(),
            enlarge: false,
            gravity: Gravity::default(),
            filter: Filter::default(),
            background: None,
        }
    }
}

/// How to encode the rendition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Output {
    /// Format of the rendition.
    pub format: Format,
    /// Quality of lossy encoding, 1 to 100; `None` means [`Format::default_quality`].
    pub quality: Option<u8>,
    /// Encode without loss.
    pub lossless: bool,
}

impl Default for Output {
    fn default() -> Self {
        Self { format: Format::Webp, quality: None, lossless: false }
    }
}

/// Limits on the cost of one call, checked before any pixels are allocated; work is also counted as it is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Maximum size of the source in bytes.
    pub source_bytes: u64,
    /// Maximum number of pixels in the source, width × height.
    pub source_pixels: u64,
    /// Maximum length of the rendition's longer side, in pixels.
    pub output_side: u32,
    /// Maximum number of pixels in the rendition, width × height.
    pub output_pixels: u64,
    /// Maximum memory that the work may be predicted to need, in bytes.
    pub memory: u64,
    /// Maximum work, in units of about one WebAssembly instruction.
    pub work: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            source_bytes: 50 << 20,
            source_pixels: 100_000_000,
            output_side: 8192,
            output_pixels: 40_000_000,
            memory: 128 << 20,
            work: 400_000_000_000,
        }
    }
}

/// How the image fits a target when both of its sides are given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Fit {
    /// The largest size that fits within the target and keeps the aspect ratio.
    #[default]
    Contain,
    /// The smallest size that covers the target and keeps the aspect ratio; whatever overflows is cropped.
    Cover,
    /// Exactly the target size, ignoring the aspect ratio.
    Fill,
}

names! { Fit { Contain = "contain", Cover = "cover", Fill = "fill" } }

/// The part of an image that [`Fit::Cover`] keeps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Gravity {
    /// The middle.
    #[default]
    Center,
    /// The top edge.
    North,
    /// The top right corner.
    NorthEast,
    /// The right edge.
    East,
    /// The bottom right corner.
    SouthEast,
    /// The bottom edge.
    South,
    /// The bottom left corner.
    SouthWest,
    /// The left edge.
    West,
    /// The top left corner.
    NorthWest,
}

impl Gravity {
    /// How many halves of the surplus to crop at the left and at the top, 0 to 2 each.
    pub const fn halves(self) -> (u8, u8) {
        match self {
            Self::NorthWest => (0, 0),
            Self::North => (1, 0),
            Self::NorthEast => (2, 0),
            Self::West => (0, 1),
            Self::Center => (1, 1),
            Self::East => (2, 1),
            Self::SouthWest => (0, 2),
            Self::South => (1, 2),
            Self::SouthEast => (2, 2),
        }
    }
}

names! {
    Gravity {
        Center = "center",
        North = "north" | "top",
        NorthEast = "north-east" | "top-right",
        East = "east" | "right",
        SouthEast = "south-east" | "bottom-right",
        South = "south" | "bottom",
        SouthWest = "south-west" | "bottom-left",
        West = "west" | "left",
        NorthWest = "north-west" | "top-left",
    }
}

/// A clockwise rotation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Rotation {
    /// No rotation.
    #[default]
    None,
    /// 90 degrees clockwise.
    Quarter,
    /// 180 degrees.
    Half,
    /// 270 degrees clockwise.
    ThreeQuarters,
}

names! { Rotation { None = "0", Quarter = "90", Half = "180", ThreeQuarters = "270" } }

impl Rotation {
    /// The rotation by `quarters` × 90 degrees clockwise, modulo a full turn.
    pub const fn from_quarters(quarters: i64) -> Self {
        match quarters.rem_euclid(4) {
            0 => Self::None,
            1 => Self::Quarter,
            2 => Self::Half,
            _ => Self::ThreeQuarters,
        }
    }

    /// Whether rows become columns.
    pub const fn swaps_axes(self) -> bool {
        matches!(self, Self::Quarter | Self::ThreeQuarters)
    }
}

/// A resampling kernel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Filter {
    /// Averages the pixels covered. Support 0.5.
    Box,
    /// Triangle. Support 1.
    Bilinear,
    /// Keys cubic, B = 0 and C = 1/2. Support 2.
    CatmullRom,
    /// Mitchell-Netravali cubic, B = C = 1/3. Support 2.
    Mitchell,
    /// Lanczos: a windowed sinc with three lobes. Support 3.
    #[default]
    Lanczos3,
}

names! {
    Filter {
        Box = "box",
        Bilinear = "bilinear",
        CatmullRom = "catmull-rom",
        Mitchell = "mitchell",
        Lanczos3 = "lanczos3",
    }
}

/// A rectangle of pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Region {
    /// Left edge: the number of columns to the left of the rectangle.
    pub x: u32,
    /// Top edge: the number of rows above the rectangle.
    pub y: u32,
    /// Width, at least 1.
    pub width: u32,
    /// Height, at least 1.
    pub height: u32,
}

/// An sRGB colour with straight (not premultiplied) alpha.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Color {
    /// 0 to 255
    pub red: u8,
    /// 0 to 255
    pub green: u8,
    /// 0 to 255
    pub blue: u8,
    /// 0 (transparent) to 255 (opaque)
    pub alpha: u8,
}

impl Color {
    /// Opaque white.
    pub const WHITE: Self = Self { red: 255, green: 255, blue: 255, alpha: 255 };
}
