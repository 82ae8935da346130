//! What a client asks for, whichever grammar it wrote it in.
//!
//! A grammar makes a [`Request`] out of a URL; from there on nobody knows which one it was. The types mirror the
//! contract's `options`; the difference is what only the service can decide, such as [`OutputFormat::Auto`].

use crate::format::{ENCODED, Format};
use crate::prelude::*;

/// One image to make: from where, how, and how to hand it over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// Where the source comes from.
    pub source: Source,
    /// What happens to the places of pixels.
    pub geometry: Geometry,
    /// How the rendition is encoded.
    pub output: Output,
    /// How the rendition is handed over.
    pub delivery: Delivery,
}

impl Request {
    /// A request for the source as it is, with every default in place.
    pub fn new(source: Source) -> Self {
        Request {
            source,
            geometry: Geometry::default(),
            output: Output::default(),
            delivery: Delivery::default(),
        }
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

/// How a source is made to fit a target of which both sides are given.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Fit {
    /// The largest size within the target.
    #[default]
    Contain,
    /// The smallest size that covers the target; the rest is cut off. A source that is too small keeps the target's
    /// shape.
    Cover,
    /// As [`Fit::Cover`], but a source that is too small on one side keeps all of that side.
    Crop,
    /// Exactly the target.
    Fill,
    /// The smallest size that covers the target; nothing is cut off.
    Outside,
    /// [`Fit::Crop`] if source and target are both landscape or both portrait, or else [`Fit::Contain`].
    Auto,
}

impl Fit {
    /// Every fit, in order.
    pub const ALL: [Fit; 6] = [Fit::Contain, Fit::Cover, Fit::Crop, Fit::Fill, Fit::Outside, Fit::Auto];
}

/// A length along one side of an image.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Length {
    /// Pixels.
    Pixels(u32),
    /// A share of the side, in millionths.
    Share(u32),
}

impl Length {
    /// Millionths of a whole.
    pub const WHOLE: u32 = 1_000_000;

    /// The length in pixels along a side of this many pixels, rounded to nearest.
    // Its division is a good deal of code, and callers are many.
    #[inline(never)]
    pub fn of(self, side: u32) -> u32 {
        match self {
            Length::Pixels(pixels) => pixels,
            Length::Share(share) => scaled(side, share),
        }
    }

    /// The length times a factor in millionths, at least one pixel or millionth.
    #[must_use]
    pub fn times(self, factor: u32) -> Self {
        match self {
            Length::Pixels(pixels) => Length::Pixels(scaled(pixels, factor).max(1)),
            Length::Share(share) => Length::Share(scaled(share, factor).max(1)),
        }
    }
}

fn scaled(number: u32, millionths: u32) -> u32 {
    let whole = u64::from(Length::WHOLE);
    u32::try_from((u64::from(number) * u64::from(millionths) + whole / 2) / whole).unwrap_or(u32::MAX)
}

/// A part of the source to cut out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Crop {
    /// Its width.
    pub width: Length,
    /// Its height.
    pub height: Length,
    /// Where it lies.
    pub place: Place,
}

/// Where a [`Crop`] lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// This far from the left and the top edge.
    At(Length, Length),
    /// As far towards these edges as it goes.
    Towards(Gravity),
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

impl Gravity {
    /// Every gravity, in order.
    pub const ALL: [Gravity; 9] = [
        Gravity::Center,
        Gravity::North,
        Gravity::NorthEast,
        Gravity::East,
        Gravity::SouthEast,
        Gravity::South,
        Gravity::SouthWest,
        Gravity::West,
        Gravity::NorthWest,
    ];
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
    /// Every rotation, by its quarters of a turn.
    pub const ALL: [Rotation; 4] =
        [Rotation::None, Rotation::Quarter, Rotation::Half, Rotation::ThreeQuarters];
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

impl Filter {
    /// Every kernel, in order.
    pub const ALL: [Filter; 5] =
        [Filter::Box, Filter::Bilinear, Filter::CatmullRom, Filter::Mitchell, Filter::Lanczos3];
}

/// A rectangle of source pixels.
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

/// What happens to the places of pixels, in the order in which it happens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Geometry {
    /// Turn the image upright as EXIF says.
    pub auto_orient: bool,
    /// Cut out this part first.
    pub crop: Option<Crop>,
    /// Rotate.
    pub rotate: Rotation,
    /// Mirror left to right, after rotation.
    pub flip_horizontal: bool,
    /// Mirror top to bottom, after rotation.
    pub flip_vertical: bool,
    /// Target width; a share is one of the source after crop and rotation.
    pub width: Option<Length>,
    /// Target height; a share is one of the source after crop and rotation.
    pub height: Option<Length>,
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

impl Geometry {
    /// Whether the image is rotated or mirrored.
    pub fn turned(&self) -> bool {
        self.rotate != Rotation::None || self.flip_horizontal || self.flip_vertical
    }

    /// The fit without what makes no difference: with one side given, all are alike, and what may be enlarged never
    /// lacks a side.
    pub fn effective_fit(&self) -> Fit {
        match self.fit {
            _ if self.width.is_none() || self.height.is_none() => Fit::Contain,
            Fit::Crop if self.enlarge => Fit::Cover,
            fit => fit,
        }
    }

    /// Multiplies the target by factors in millionths.
    pub fn scale(&mut self, width: u32, height: u32) {
        self.width = self.width.map(|length| length.times(width));
        self.height = self.height.map(|length| length.times(height));
    }
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
    /// Quality of lossy encoding.
    pub quality: Quality,
    /// Encode without loss.
    pub lossless: bool,
}

impl Default for Output {
    fn default() -> Self {
        Output { format: OutputFormat::Fixed(Format::Webp), quality: Quality::default(), lossless: false }
    }
}

/// Qualities of lossy encoding, 1 to 100.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Quality {
    /// For every format that has none of its own; none is the encoder's default.
    pub any: Option<u8>,
    /// For single formats, in the order of [`ENCODED`].
    pub formats: [Option<u8>; ENCODED.len()],
}

impl Quality {
    /// The quality for a format.
    pub fn of(&self, format: Format) -> Option<u8> {
        self.formats.get(format as usize).copied().flatten().or(self.any)
    }

    /// The same quality for every format.
    pub fn all(quality: u8) -> Quality {
        Quality { any: Some(quality), ..Quality::default() }
    }

    /// Sets the quality for one format; one that is not encoded has none.
    pub fn set(&mut self, format: Format, quality: u8) {
        if let Some(known) = self.formats.get_mut(format as usize) {
            *known = Some(quality);
        }
    }
}

/// How the rendition is handed over. Nothing here changes its bytes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Delivery {
    /// The name that the client is told to save it under, without extension.
    pub filename: Option<String>,
    /// Tell the client to save it instead of showing it.
    pub download: bool,
    /// The second of Unix time from which on the request is no longer valid.
    pub expires: Option<u64>,
    /// Seconds for which the answer may be cached.
    pub ttl: Option<u64>,
    /// Text without a meaning, which makes a new URL of the same image.
    pub version: Option<String>,
    /// Sources that are handed over as they are.
    pub passthrough: Passthrough,
    /// What is answered instead of an error.
    pub on_error: OnError,
}

/// Sources that are handed over as they are, without a rendition being made: a set of formats, of a bit each.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Passthrough(u16);

impl Passthrough {
    /// None.
    pub const NONE: Passthrough = Passthrough(0);
    /// All, those of formats to come too.
    pub const ALL: Passthrough = Passthrough(u16::MAX);

    /// The set and this format.
    #[must_use]
    pub fn and(self, format: Format) -> Self {
        Passthrough(self.0 | 1 << format as u16)
    }

    /// Whether a source of this format is handed over as it is.
    pub fn covers(&self, format: Format) -> bool {
        self.0 >> format as u16 & 1 == 1
    }
}

/// What is answered when no rendition can be made.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum OnError {
    /// The error.
    #[default]
    Error,
    /// A redirect to the source.
    Source,
    /// A redirect to this URL, which has to be an allowed source.
    Redirect(String),
}
