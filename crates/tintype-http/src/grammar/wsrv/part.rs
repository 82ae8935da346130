//! A crop of wsrv, whose lengths are given one by one.

use tintype_types::{Crop, Factor, Geometry, Gravity, Length, Offset, Position, Sides};

use crate::grammar::position::Turn;

/// A part of an image. A side that is not given reaches to the image's edge.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Part {
    /// Its distance from the left edge.
    pub x: Option<Length>,
    /// Its distance from the top edge.
    pub y: Option<Length>,
    /// Its width.
    pub width: Option<Length>,
    /// Its height.
    pub height: Option<Length>,
}

impl Part {
    /// The lengths of a crop, as far as it is at a distance from the left and the top edge.
    pub fn of(crop: Crop) -> Self {
        let (x, y) = match crop.position {
            Position::At { x, y } => (Some(x), Some(y)),
            _ => (None, None),
        };
        Self { x, y, width: Some(crop.width), height: Some(crop.height) }
    }

    /// The crop that the lengths make; `None` if they leave the image whole.
    pub fn crop(self) -> Option<Crop> {
        let (x, y) = (self.x.unwrap_or(Length::ZERO), self.y.unwrap_or(Length::ZERO));
        if (x, y, self.width, self.height) == (Length::ZERO, Length::ZERO, None, None) {
            return None;
        }
        let side = |side: Option<Length>| side.unwrap_or(Length::Pixels(Length::MAX));
        Some(Crop { width: side(self.width), height: side(self.height), position: Position::At { x, y } })
    }

    /// Keeps the part of the turned image that the lengths say.
    pub fn crop_turned(self, geometry: &mut Geometry) {
        let turn = Turn::of(geometry);
        if !geometry.is_turned() {
            geometry.crop = self.crop();
            return;
        }
        let (left, x, width) = along(self.x, self.width);
        let (top, y, height) = along(self.y, self.height);
        let position = Position::Gravity { gravity: Gravity::NorthWest, x, y };
        geometry.inset = turn.undo_sides(Sides { top, left, ..Sides::ZERO });
        geometry.crop = self.crop().map(|_| turn.undo(Crop { width, height, position }));
    }
}

/// An inset in pixels, an offset from its edge and a length that say the same wherever the image is turned to: what lies
/// outside of it is left out.
fn along(offset: Option<Length>, length: Option<Length>) -> (u32, Offset, Length) {
    let rest = |share: Factor| {
        Factor::from_millionths(Factor::ONE.millionths().saturating_sub(share.millionths()).max(1))
    };
    match (offset.unwrap_or(Length::ZERO), length) {
        (Length::Pixels(offset), None) => (offset, Offset::ZERO, Length::WHOLE),
        (Length::Pixels(offset), Some(Length::Pixels(length))) => {
            (offset, Offset::ZERO, Length::Pixels(length))
        }
        (Length::Share(share), None) => (0, Length::Share(share).into(), Length::Share(rest(share))),
        (offset, Some(length)) => (0, offset.into(), length),
    }
}
