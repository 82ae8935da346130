//! Shapes that cut an image out.

use crate::Color;

/// Cuts a shape out of an image.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mask {
    /// What stays.
    pub shape: MaskShape,
    /// Crop the image to the smallest rectangle around the shape.
    pub trim: bool,
    /// What lies outside of the shape. `None` is transparent, and the background shows through it. With a colour, even a
    /// transparent one, the background lies under the shape alone.
    pub outside: Option<Color>,
}

impl Mask {
    /// The shape alone: the image keeps its size, and its outside is transparent.
    pub const fn new(shape: MaskShape) -> Self {
        Self { shape, trim: false, outside: None }
    }
}

/// A shape in the middle of an image, as large as there is room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MaskShape {
    /// All of the image, with round corners of this radius in pixels, at least 1.
    Rounded(u32),
    /// A circle.
    Circle,
    /// An ellipse that touches all four sides.
    Ellipse,
    /// An equilateral triangle that points up.
    Triangle,
    /// An equilateral triangle that points down.
    TriangleDown,
    /// A regular pentagon that points up.
    Pentagon,
    /// A regular pentagon that points down.
    PentagonDown,
    /// A regular hexagon that points up and down.
    Hexagon,
    /// A square that stands on a corner.
    Diamond,
    /// A star with five points, one of them up.
    Star,
    /// A heart.
    Heart,
}

impl MaskShape {
    /// The shapes without a length of their own, and their names.
    pub const NAMED: &'static [(&'static str, Self)] = &[
        ("circle", Self::Circle),
        ("ellipse", Self::Ellipse),
        ("triangle", Self::Triangle),
        ("triangle-down", Self::TriangleDown),
        ("pentagon", Self::Pentagon),
        ("pentagon-down", Self::PentagonDown),
        ("hexagon", Self::Hexagon),
        ("diamond", Self::Diamond),
        ("star", Self::Star),
        ("heart", Self::Heart),
    ];

    /// The name of the shape; `None` if it is one with a length of its own.
    pub fn name(self) -> Option<&'static str> {
        Self::NAMED.iter().find(|(_, shape)| *shape == self).map(|(name, _)| *name)
    }
}
