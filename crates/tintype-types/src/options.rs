//! What a caller can ask for. One to one with `interface types` of `wit/types.wit`, which has the full meaning of each item.

use crate::{Format, names};

/// Everything a caller can ask for. `Options::default()` is every default in place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Options {
    /// Reading.
    pub input: Input,
    /// Place and size of pixels.
    pub geometry: Geometry,
    /// Encoding.
    pub output: Output,
    /// Bounds on cost.
    pub limits: Limits,
}

/// How the source is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Input {
    /// Make a rendition of what is there when a JPEG is cut short or corrupt. Without it, and in other formats, damage is
    /// [`crate::Error::Malformed`].
    pub accept_damage: bool,
}

impl Default for Input {
    fn default() -> Self {
        Self { accept_damage: true }
    }
}

/// What happens to the pixels' places, in the order in which the fields take effect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Geometry {
    /// Turn the image upright as its EXIF orientation says.
    pub auto_orient: bool,
    /// Cut out this part of the upright source first.
    pub crop: Option<Region>,
    /// Rotate clockwise.
    pub rotate: Rotation,
    /// Mirror left to right, after rotation.
    pub flip_horizontal: bool,
    /// Mirror top to bottom, after rotation.
    pub flip_vertical: bool,
    /// Target width in pixels, at least 1.
    pub width: Option<u32>,
    /// Target height in pixels, at least 1.
    pub height: Option<u32>,
    /// How the image is made to fit when both sides are given.
    pub fit: Fit,
    /// Allow a result larger than the source.
    pub enlarge: bool,
    /// The part that [`Fit::Cover`] keeps.
    pub gravity: Gravity,
    /// Resampling kernel.
    pub filter: Filter,
    /// Drawn under transparent pixels; none keeps transparency where the output format has it and is white elsewhere.
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

/// How the rendition is encoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Output {
    /// Format of the rendition.
    pub format: Format,
    /// Quality of lossy encoding, 1 to 100; none is [`Format::default_quality`].
    pub quality: Option<u8>,
    /// Encode without loss.
    pub lossless: bool,
}

impl Default for Output {
    fn default() -> Self {
        Self { format: Format::Webp, quality: None, lossless: false }
    }
}

/// Bounds on what one call may cost, each checked before pixels are allocated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of source.
    pub source_bytes: u64,
    /// Pixels of source, width × height.
    pub source_pixels: u64,
    /// Longest side of a rendition in pixels.
    pub output_side: u32,
    /// Pixels of a rendition, width × height.
    pub output_pixels: u64,
    /// Bytes of memory that the work is predicted to need at most.
    pub memory: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            source_bytes: 50 << 20,
            source_pixels: 100_000_000,
            output_side: 8192,
            output_pixels: 40_000_000,
            memory: 128 << 20,
        }
    }
}

/// How a source is made to fit a target of which both sides are given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Fit {
    /// The largest size within the target that keeps the aspect ratio.
    #[default]
    Contain,
    /// The smallest size covering the target that keeps the aspect ratio; the rest is cut off.
    Cover,
    /// Exactly the target.
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
    /// Halves of the surplus that are cut off at the left and at the top: 0, 1 or 2 of them.
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
    /// The rotation by this many quarter turns, clockwise; any number is one of the four.
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
    /// The mean of the covered pixels. Support 0.5.
    Box,
    /// Triangle. Support 1.
    Bilinear,
    /// Keys cubic, B = 0 and C = 1/2. Support 2.
    CatmullRom,
    /// Mitchell-Netravali cubic, B = C = 1/3. Support 2.
    Mitchell,
    /// Lanczos windowed sinc with three lobes. Support 3.
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
    /// Columns left of the rectangle.
    pub x: u32,
    /// Rows above the rectangle.
    pub y: u32,
    /// Width, at least 1.
    pub width: u32,
    /// Height, at least 1.
    pub height: u32,
}

/// An sRGB colour, alpha not premultiplied.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Color {
    /// 0 to 255
    pub red: u8,
    /// 0 to 255
    pub green: u8,
    /// 0 to 255
    pub blue: u8,
    /// 0 is transparent and 255 is opaque.
    pub alpha: u8,
}

impl Color {
    /// Opaque white.
    pub const WHITE: Self = Self { red: 255, green: 255, blue: 255, alpha: 255 };
}
