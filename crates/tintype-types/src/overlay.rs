//! Images that are laid over others. Mirrors `wit/types.wit`, which documents each item in full.

use std::sync::Arc;

use crate::{Factor, Length, OutOfRange, Position, names};

/// An image to lay over another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Overlay {
    /// The encoded image, in a format that is decoded.
    pub image: Arc<[u8]>,
    /// How opaque it is, at most 1.
    pub opacity: Factor,
    /// Where it lies.
    pub place: Place,
    /// The width that it fits within, in pixels or as a share of the image that it is laid over. Neither width nor height is its
    /// own size.
    pub width: Option<Length>,
    /// The height that it fits within, as the width.
    pub height: Option<Length>,
    /// How its colours are mixed with those below.
    pub blend: Blend,
}

/// Where an overlay lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// At one place.
    At(Position),
    /// Everywhere, with gaps of this many pixels across and down, at most 65535.
    Tiled(u32, u32),
}

/// How the colours of an overlay are mixed with those below (Compositing and Blending Level 1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Blend {
    /// They cover them.
    #[default]
    Over,
    /// Products: darker.
    Multiply,
    /// Products of complements: lighter.
    Screen,
    /// Products where it is dark below, and screens where it is light.
    Overlay,
    /// Darker or lighter, softly.
    SoftLight,
    /// Differences.
    Difference,
}

names! {
    Blend {
        Over = "over" | "normal",
        Multiply = "multiply",
        Screen = "screen",
        Overlay = "overlay",
        SoftLight = "soft-light",
        Difference = "difference",
    }
}

impl Overlay {
    /// What is wrong with it, if anything is.
    pub fn out_of_range(&self) -> Option<OutOfRange> {
        let fits = |length: Length| match length {
            Length::Pixels(pixels) => (1..=Length::MAX).contains(&pixels),
            Length::Share(share) => (1..=10_000_000).contains(&share.millionths()),
        };
        let place = match self.place {
            Place::At(position) => !matches!(position, Position::Smart(_)),
            Place::Tiled(x, y) => x <= Length::MAX && y <= Length::MAX,
        };
        if self.opacity > Factor::ONE || ![self.width, self.height].into_iter().flatten().all(fits) || !place
        {
            return Some(OutOfRange(
                "an opacity of 0 to 1, a place that is not smart, and sides of 1 to 65535 pixels or a share of at most 10",
            ));
        }
        None
    }
}
