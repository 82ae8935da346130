//! Place and size: the part of the source to use, how it is turned, and the size it gets.
//!
//! Mirrors `wit/types.wit`, which documents each item in full.

use crate::{Factor, Filter, Length, Mask, Offset, names};

/// Which part of the image to use, its orientation, its size, and what surrounds it. Fields apply in the order listed.
///
/// ```
/// use tintype_types::{Fit, Geometry, Gravity, Length, Position};
///
/// let square = Geometry {
///     width: Some(Length::Pixels(300)),
///     height: Some(Length::Pixels(300)),
///     fit: Fit::Cover,
///     position: Position::gravity(Gravity::North),
///     ..Geometry::default()
/// };
/// # let _ = square;
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Geometry {
    /// Apply the EXIF orientation, so that the image is upright. Everything else refers to the image after this step.
    pub auto_orient: bool,
    /// Remove a border of one colour.
    pub trim: Option<Trim>,
    /// Remove this many pixels from each side.
    pub inset: Sides,
    /// Keep this part.
    pub crop: Option<Crop>,
    /// Bring the part to this aspect ratio.
    pub crop_ratio: Option<CropRatio>,
    /// Rotate clockwise by quarter turns; the target refers to the rotated image.
    pub rotate: Rotation,
    /// Mirror left to right after rotating.
    pub flip_horizontal: bool,
    /// Mirror top to bottom after rotating.
    pub flip_vertical: bool,
    /// Target width, more than 0; a share is one of the image after rotating.
    pub width: Option<Length>,
    /// Target height, more than 0; a share is one of the image after rotating.
    pub height: Option<Length>,
    /// Scale up to at least this width in pixels, at least 1. What exceeds the target is cropped.
    pub min_width: Option<u32>,
    /// Scale up to at least this height in pixels, at least 1. What exceeds the target is cropped.
    pub min_height: Option<u32>,
    /// Make the rendition smaller as a whole until no side of it is longer, in pixels, at least 1.
    pub max_side: Option<u32>,
    /// Device pixels per pixel of every length that follows cropping, 0.01 to 100.
    pub density: Factor,
    /// Multiplies the sides of the target, and stretches the image by the same factors: where they differ, the image is
    /// distorted.
    pub zoom: Zoom,
    /// How the image fits the target when both sides are given.
    pub fit: Fit,
    /// Allow a result larger than the source.
    pub enlarge: bool,
    /// The part that cropping to the target keeps, and where padding to the target puts the image.
    pub position: Position,
    /// Resampling kernel.
    pub filter: Filter,
    /// Resample in linear light.
    pub linear: bool,
    /// Keep this part of the resized image.
    pub crop_resized: Option<Crop>,
    /// Surround the image where it is smaller than the target.
    pub extend: Option<Extend>,
    /// Rotate the resized image by any angle.
    pub tilt: Option<Tilt>,
    /// Surround the image with this many pixels on each side.
    pub padding: Sides,
    /// Cut a shape out.
    pub mask: Option<Mask>,
    /// What fills the surroundings that [`Fit::Pad`], `extend` and `padding` add; by default they are transparent.
    pub fill: Option<Fill>,
    /// Colour to composite transparent pixels over; `None` keeps transparency where the output format supports it and
    /// uses white elsewhere.
    pub background: Option<Color>,
}

impl Default for Geometry {
    fn default() -> Self {
        Self {
            auto_orient: true,
            trim: None,
            inset: Sides::ZERO,
            crop: None,
            crop_ratio: None,
            rotate: Rotation::default(),
            flip_horizontal: false,
            flip_vertical: false,
            width: None,
            height: None,
            min_width: None,
            min_height: None,
            max_side: None,
            density: Factor::ONE,
            zoom: Zoom::ONE,
            fit: Fit::default(),
            enlarge: false,
            position: Position::default(),
            filter: Filter::default(),
            linear: false,
            crop_resized: None,
            extend: None,
            tilt: None,
            padding: Sides::ZERO,
            mask: None,
            fill: None,
            background: None,
        }
    }
}

impl Geometry {
    /// Whether the image is rotated by quarter turns or mirrored.
    pub const fn is_turned(&self) -> bool {
        !matches!(self.rotate, Rotation::None) || self.flip_horizontal || self.flip_vertical
    }

    /// Multiplies the target by factors.
    pub fn scale(&mut self, width: Factor, height: Factor) {
        self.width = self.width.map(|length| length.times(width));
        self.height = self.height.map(|length| length.times(height));
    }
}

/// Factors for the sides of a target and of what fits it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Zoom {
    /// For the width, 0.01 to 100.
    pub x: Factor,
    /// For the height, 0.01 to 100.
    pub y: Factor,
}

impl Zoom {
    /// No zoom.
    pub const ONE: Self = Self { x: Factor::ONE, y: Factor::ONE };

    /// The larger of the two factors.
    #[must_use]
    pub fn most(self) -> Factor {
        self.x.max(self.y)
    }
}

/// How the image fits a target when both of its sides are given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Fit {
    /// The largest size that fits within the target and keeps the aspect ratio.
    #[default]
    Contain,
    /// The smallest size that covers the target and keeps the aspect ratio; whatever overflows is cropped. A source that
    /// is too small keeps the target's aspect ratio.
    Cover,
    /// As [`Fit::Cover`], but a source that is too short along one side keeps all of that side.
    Crop,
    /// Exactly the target size, ignoring the aspect ratio. A side that is not given is the source's.
    Fill,
    /// As [`Fit::Fill`], but a source that is too small keeps the target's aspect ratio.
    Stretch,
    /// The smallest size that covers the target; nothing is cropped.
    Outside,
    /// As [`Fit::Contain`], and the rest of the target is filled.
    Pad,
    /// [`Fit::Crop`] if source and target are both landscape or both portrait, otherwise [`Fit::Contain`].
    Auto,
}

names! {
    Fit {
        Contain = "contain",
        Cover = "cover",
        Crop = "crop",
        Fill = "fill",
        Stretch = "stretch",
        Outside = "outside",
        Pad = "pad",
        Auto = "auto",
    }
}

/// A side, a corner, or the middle.
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

impl Gravity {
    /// How many halves of a free space lie to the left and above, 0 to 2 each.
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

    /// The gravity with these halves to the left and above, each at most 2.
    pub const fn from_halves(left: u8, above: u8) -> Self {
        match (left, above) {
            (0, 0) => Self::NorthWest,
            (1, 0) => Self::North,
            (_, 0) => Self::NorthEast,
            (0, 1) => Self::West,
            (1, 1) => Self::Center,
            (_, 1) => Self::East,
            (0, _) => Self::SouthWest,
            (1, _) => Self::South,
            (_, _) => Self::SouthEast,
        }
    }
}

/// Where a part lies in an image, or an image in its surroundings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Position {
    /// As far towards a side or corner as it goes, less an offset, and always inside.
    Gravity {
        /// The side or corner.
        gravity: Gravity,
        /// Distance from the left or right edge, inwards; to the right, if the gravity is central.
        x: Offset,
        /// Distance from the top or bottom edge, inwards; downwards, if the gravity is central.
        y: Offset,
    },
    /// With its top left corner at this distance from the left and the top edge. Of a part of an image, what lies outside
    /// is left out.
    At {
        /// Distance from the left edge.
        x: Length,
        /// Distance from the top edge.
        y: Length,
    },
    /// With this point as near to its middle as possible.
    FocalPoint {
        /// Share of the image's width, 0 to 1.
        x: Factor,
        /// Share of the image's height, 0 to 1.
        y: Factor,
    },
    /// Where the image is most interesting.
    Smart(Smart),
}

impl Position {
    /// The position towards a side or corner.
    pub const fn gravity(gravity: Gravity) -> Self {
        Self::Gravity { gravity, x: Offset::ZERO, y: Offset::ZERO }
    }
}

impl Default for Position {
    fn default() -> Self {
        Self::gravity(Gravity::Center)
    }
}

/// How the most interesting part of an image is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Smart {
    /// By edges, skin tones and saturation.
    Attention,
    /// By the entropy of the histogram.
    Entropy,
}

names! { Smart { Attention = "attention", Entropy = "entropy" } }

/// A part of an image, or with a width or height beyond the image's, as much of it as there is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Crop {
    /// Width, more than 0.
    pub width: Length,
    /// Height, more than 0.
    pub height: Length,
    /// Where it lies.
    pub position: Position,
}

/// An aspect ratio to crop to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CropRatio {
    /// Width divided by height, 0.001 to 1000.
    pub ratio: Factor,
    /// Make the part larger where the image has room, instead of smaller.
    pub enlarge: bool,
}

/// Pixels at each side.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Sides {
    /// At the top.
    pub top: u32,
    /// At the right.
    pub right: u32,
    /// At the bottom.
    pub bottom: u32,
    /// At the left.
    pub left: u32,
}

impl Sides {
    /// None at any side.
    pub const ZERO: Self = Self { top: 0, right: 0, bottom: 0, left: 0 };

    /// The same number at each side.
    pub const fn all(pixels: u32) -> Self {
        Self { top: pixels, right: pixels, bottom: pixels, left: pixels }
    }

    /// The sums of both at each side; saturates.
    pub const fn plus(self, other: Self) -> Self {
        Self {
            top: self.top.saturating_add(other.top),
            right: self.right.saturating_add(other.right),
            bottom: self.bottom.saturating_add(other.bottom),
            left: self.left.saturating_add(other.left),
        }
    }
}

/// The border to remove.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Trim {
    /// Largest difference of a channel from the border's colour, 0 to 255.
    pub threshold: u32,
    /// Colour of the border; by default that of the top left pixel. A transparent border is trimmed whatever its colours.
    pub color: Option<Color>,
    /// Remove as much at the left as at the right: the lesser of the two.
    pub equal_horizontal: bool,
    /// Remove as much at the top as at the bottom: the lesser of the two.
    pub equal_vertical: bool,
}

/// Surroundings for an image that is smaller than its target.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Extend {
    /// How far to extend.
    pub to: Extent,
    /// Where the image lies in its surroundings.
    pub position: Position,
}

/// How far an image is extended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Extent {
    /// To the target's size.
    #[default]
    Size,
    /// To the target's aspect ratio.
    Ratio,
}

names! { Extent { Size = "size", Ratio = "ratio" } }

/// A rotation by any angle.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tilt {
    /// The clockwise angle.
    pub angle: Angle,
    /// The colour of the corners; transparent by default.
    pub background: Option<Color>,
}

/// A clockwise angle in thousandths of a degree, less than a full turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Angle(u32);

impl Angle {
    const TURN: i64 = 360_000;

    /// The angle of this many thousandths of a degree, modulo a full turn.
    pub const fn from_millidegrees(millidegrees: i64) -> Self {
        Self(millidegrees.rem_euclid(Self::TURN) as u32)
    }

    /// Thousandths of a degree, 0 to 359999.
    pub const fn millidegrees(self) -> u32 {
        self.0
    }
}

/// Rounds degrees to the nearest thousandth, modulo a full turn.
impl TryFrom<f64> for Angle {
    type Error = crate::OutOfRange;

    fn try_from(degrees: f64) -> Result<Self, crate::OutOfRange> {
        let millidegrees = (degrees * 1000.0).round();
        if millidegrees.abs() > 1e12 || millidegrees.is_nan() {
            return Err(crate::OutOfRange("a number of degrees"));
        }
        Ok(Self::from_millidegrees(millidegrees as i64))
    }
}

impl From<Angle> for f64 {
    fn from(angle: Angle) -> Self {
        Self::from(angle.0) / 1000.0
    }
}

/// What fills surroundings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fill {
    /// A colour.
    Color(Color),
    /// The image itself, enlarged and blurred.
    Blur,
    /// The nearest pixel of the image.
    Edge,
    /// The image, mirrored at its edges.
    Mirror,
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
    /// No colour at all.
    pub const TRANSPARENT: Self = Self { red: 0, green: 0, blue: 0, alpha: 0 };
}
