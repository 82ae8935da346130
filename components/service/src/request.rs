//! What a client asks for, whichever grammar it wrote it in.
//!
//! A grammar makes a [`Request`] out of a URL; from there on nobody knows which one it was. The types mirror the
//! contract's `options`; the difference is what only the service can decide, such as [`OutputFormat::Auto`].

use crate::format::Format;

/// One image to make: from where, how, and how to hand it over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// Where the source comes from.
    pub source: Source,
    /// What happens to the places of pixels.
    pub geometry: Geometry,
    /// How the rendition is encoded.
    pub output: Output,
}

impl Request {
    /// A request for the source as it is, with every default in place.
    pub fn new(source: Source) -> Self {
        Request { source, geometry: Geometry::default(), output: Output::default() }
    }
}

/// Where a source comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// The body of the request.
    Body,
    /// A URL, as the client wrote it: not checked yet.
    Url(String),
}

/// How a source is made to fit a target of which both sides are given (`types.fit`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Fit {
    /// The largest size within the target.
    #[default]
    Contain,
    /// The smallest size that covers the target; the rest is cut off.
    Cover,
    /// Exactly the target.
    Fill,
}

/// The part of an image that [`Fit::Cover`] keeps (`types.gravity`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
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

/// A clockwise rotation (`types.rotation`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Rotation {
    /// None.
    #[default]
    None,
    /// 90 degrees.
    Quarter,
    /// 180 degrees.
    Half,
    /// 270 degrees.
    ThreeQuarters,
}

impl Rotation {
    /// The rotation by a multiple of 90 degrees, of either sign.
    pub fn from_degrees(degrees: i64) -> Option<Rotation> {
        match degrees.rem_euclid(360) {
            0 => Some(Rotation::None),
            90 => Some(Rotation::Quarter),
            180 => Some(Rotation::Half),
            270 => Some(Rotation::ThreeQuarters),
            _ => None,
        }
    }

    /// Degrees clockwise.
    pub const fn degrees(self) -> u32 {
        match self {
            Rotation::None => 0,
            Rotation::Quarter => 90,
            Rotation::Half => 180,
            Rotation::ThreeQuarters => 270,
        }
    }
}

/// A resampling kernel (`types.filter`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Filter {
    /// The mean of the covered pixels.
    Box,
    /// Triangle.
    Bilinear,
    /// Keys cubic with B = 0, C = 1/2.
    CatmullRom,
    /// Cubic with B = C = 1/3.
    Mitchell,
    /// Windowed sinc with three lobes.
    #[default]
    Lanczos3,
}

/// A rectangle of source pixels (`types.region`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Region {
    /// Columns left of it.
    pub x: u32,
    /// Rows above it.
    pub y: u32,
    /// Width, at least 1.
    pub width: u32,
    /// Height, at least 1.
    pub height: u32,
}

/// An sRGB colour, alpha not premultiplied (`types.color`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Color {
    /// Red.
    pub red: u8,
    /// Green.
    pub green: u8,
    /// Blue.
    pub blue: u8,
    /// 255 is opaque.
    pub alpha: u8,
}

/// What happens to the places of pixels (`types.geometry`), in the order in which it happens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Geometry {
    /// Turn the image upright as EXIF says.
    pub auto_orient: bool,
    /// Cut out this part first.
    pub crop: Option<Region>,
    /// Rotate.
    pub rotate: Rotation,
    /// Mirror left to right, after rotation.
    pub flip_horizontal: bool,
    /// Mirror top to bottom, after rotation.
    pub flip_vertical: bool,
    /// Target width in pixels.
    pub width: Option<u32>,
    /// Target height in pixels.
    pub height: Option<u32>,
    /// How the image is made to fit.
    pub fit: Fit,
    /// Allow a result larger than the source.
    pub enlarge: bool,
    /// What [`Fit::Cover`] keeps.
    pub gravity: Gravity,
    /// Resampling kernel.
    pub filter: Filter,
    /// Drawn under transparent pixels.
    pub background: Option<Color>,
}

impl Default for Geometry {
    fn default() -> Self {
        Geometry {
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

/// The format of the rendition, as far as the request settles it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OutputFormat {
    /// This one.
    Fixed(Format),
    /// The best one that the client accepts, or else the source's family.
    Auto,
    /// The source's family ([`Format::family`]).
    Source,
}

/// How the rendition is encoded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Output {
    /// Its format.
    pub format: OutputFormat,
    /// Quality of lossy encoding, 1 to 100; none is the encoder's default.
    pub quality: Option<u8>,
    /// Encode without loss.
    pub lossless: bool,
}

impl Default for Output {
    fn default() -> Self {
        Output { format: OutputFormat::Fixed(Format::Webp), quality: None, lossless: false }
    }
}
