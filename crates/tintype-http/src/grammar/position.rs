//! Positions, and what becomes of them and of crops when an image is turned.

use tintype_types::{Crop, Factor, Geometry, Gravity, Length, Offset, Position, Rotation, Sides, number};

use super::value::Value;

/// A gravity, which may have offsets (`north,10,20%`), a focal point (`0.3,0.7`), `attention` or `entropy`.
impl Value for Position {
    fn read(text: &str) -> Option<Self> {
        if let Ok(smart) = text.parse() {
            return Some(Self::Smart(smart));
        }
        let parts: Vec<&str> = text.split(',').collect();
        match *parts.as_slice() {
            [gravity] => gravity.parse().ok().map(Self::gravity),
            [x, y] => Some(Self::FocalPoint { x: read_coordinate(x)?, y: read_coordinate(y)? }),
            [gravity, x, y] => {
                Some(Self::Gravity { gravity: gravity.parse().ok()?, x: read_offset(x)?, y: read_offset(y)? })
            }
            _ => None,
        }
    }

    fn write(&self) -> Option<String> {
        Some(match self {
            Self::Gravity { gravity, x, y } if x.is_zero() && y.is_zero() => gravity.to_string(),
            Self::Gravity { gravity, x, y } => format!("{gravity},{},{}", write_offset(*x), write_offset(*y)),
            Self::At { x, y } => format!("{},{x},{y}", Gravity::NorthWest),
            Self::FocalPoint { x, y } => format!("{},{}", write_coordinate(*x), write_coordinate(*y)),
            Self::Smart(smart) => smart.to_string(),
        })
    }
}

/// A share of a side, 0 to 1.
pub(super) fn read_coordinate(text: &str) -> Option<Factor> {
    text.parse().ok().filter(|share| *share <= Factor::ONE)
}

/// With a decimal point, which lengths in pixels have not.
fn write_coordinate(share: Factor) -> String {
    let text = share.to_string();
    if text.contains('.') { text } else { format!("{text}.0") }
}

/// Pixels or per cent, in either direction.
fn read_offset(text: &str) -> Option<Offset> {
    match text.strip_prefix('-') {
        Some(text) => Some(negative(Length::offset(text)?.into())),
        None => Some(Length::offset(text)?.into()),
    }
}

fn write_offset(offset: Offset) -> String {
    let (is_negative, length) = match offset {
        Offset::Pixels(pixels) => (pixels < 0, Length::Pixels(pixels.unsigned_abs())),
        Offset::Millionths(share) => {
            (share < 0, Length::Share(Factor::from_millionths(share.unsigned_abs())))
        }
    };
    format!("{}{length}", if is_negative { "-" } else { "" })
}

/// The same distance in the opposite direction.
pub(super) fn negative(offset: Offset) -> Offset {
    match offset {
        Offset::Pixels(pixels) => Offset::Pixels(pixels.saturating_neg()),
        Offset::Millionths(share) => Offset::Millionths(share.saturating_neg()),
    }
}

/// The gravity of a focal point that lies in a corner, in the middle of a side or of the image: both coordinates 0, 0.5 or
/// 1. Any other point is itself.
pub(super) fn at_focal_point(x: Factor, y: Factor) -> Position {
    let halves = |share: Factor| match share.millionths() {
        0 => Some(0),
        500_000 => Some(1),
        1_000_000 => Some(2),
        _ => None,
    };
    match (halves(x), halves(y)) {
        (Some(left), Some(above)) => Position::gravity(Gravity::from_halves(left, above)),
        _ => Position::FocalPoint { x, y },
    }
}

/// The turns that the contract makes between cropping and resizing: rotation, then mirroring. Grammars that crop the
/// turned image mean a part of the image before; and the other way round.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Turn {
    rotate: Rotation,
    flip_horizontal: bool,
    flip_vertical: bool,
}

impl Turn {
    pub(super) fn of(geometry: &Geometry) -> Self {
        let Geometry { rotate, flip_horizontal, flip_vertical, .. } = *geometry;
        Self { rotate, flip_horizontal, flip_vertical }
    }

    /// The part of the image before the turns that becomes this part of the turned one.
    pub(super) fn undo(self, crop: Crop) -> Crop {
        let mut crop = crop;
        crop.position = self.flip(crop.position);
        match self.rotate {
            Rotation::None => crop,
            Rotation::Quarter => mirrored(transposed(crop), false, true),
            Rotation::Half => mirrored(crop, true, true),
            Rotation::ThreeQuarters => mirrored(transposed(crop), true, false),
        }
    }

    /// The sides of the image before the turns that become these of the turned one.
    pub(super) fn undo_sides(self, sides: Sides) -> Sides {
        let sides = mirrored_sides(sides, self.flip_horizontal, self.flip_vertical);
        let Sides { top, right, bottom, left } = sides;
        let transposed = Sides { top: left, right: bottom, bottom: right, left: top };
        match self.rotate {
            Rotation::None => sides,
            Rotation::Quarter => mirrored_sides(transposed, false, true),
            Rotation::Half => mirrored_sides(sides, true, true),
            Rotation::ThreeQuarters => mirrored_sides(transposed, true, false),
        }
    }

    /// What becomes of a part of the image when it is turned.
    pub(super) fn apply(self, crop: Crop) -> Crop {
        let mut crop = match self.rotate {
            Rotation::None => crop,
            Rotation::Quarter => mirrored(transposed(crop), true, false),
            Rotation::Half => mirrored(crop, true, true),
            Rotation::ThreeQuarters => mirrored(transposed(crop), false, true),
        };
        crop.position = self.flip(crop.position);
        crop
    }

    /// An aspect ratio on the other side of the turns.
    pub(super) fn ratio(self, ratio: Factor) -> Factor {
        if self.rotate.swaps_axes() {
            Factor::ratio(Factor::ONE.millionths(), ratio.millionths())
        } else {
            ratio
        }
    }

    fn flip(self, position: Position) -> Position {
        mirrored_position(position, self.flip_horizontal, self.flip_vertical)
    }
}

/// Rows become columns.
fn transposed(crop: Crop) -> Crop {
    let position = match crop.position {
        Position::Gravity { gravity, x, y } => {
            let (left, above) = gravity.halves();
            Position::Gravity { gravity: Gravity::from_halves(above, left), x: y, y: x }
        }
        Position::At { x, y } => Position::At { x: y, y: x },
        Position::FocalPoint { x, y } => Position::FocalPoint { x: y, y: x },
        Position::Smart(smart) => Position::Smart(smart),
    };
    Crop { width: crop.height, height: crop.width, position }
}

fn mirrored(crop: Crop, across: bool, down: bool) -> Crop {
    Crop { position: mirrored_position(crop.position, across, down), ..crop }
}

fn mirrored_sides(sides: Sides, across: bool, down: bool) -> Sides {
    let Sides { top, right, bottom, left } = sides;
    let (left, right) = if across { (right, left) } else { (left, right) };
    let (top, bottom) = if down { (bottom, top) } else { (top, bottom) };
    Sides { top, right, bottom, left }
}

/// The position in an image that is mirrored left to right (`across`), top to bottom (`down`), or both. A corner at a
/// distance is measured from another corner then.
fn mirrored_position(position: Position, across: bool, down: bool) -> Position {
    if !across && !down {
        return position;
    }
    let other_end = |share: Factor, mirrors: bool| {
        let rest = Factor::ONE.millionths().saturating_sub(share.millionths());
        if mirrors { Factor::from_millionths(rest) } else { share }
    };
    match position {
        Position::Gravity { gravity, x, y } => {
            let (left, above) = gravity.halves();
            let side = |halves: u8, mirrors: bool| if mirrors { 2 - halves } else { halves };
            // From the middle, an offset has a direction of its own.
            let offset = |offset: Offset, halves: u8, mirrors: bool| {
                if mirrors && halves == 1 { negative(offset) } else { offset }
            };
            Position::Gravity {
                gravity: Gravity::from_halves(side(left, across), side(above, down)),
                x: offset(x, left, across),
                y: offset(y, above, down),
            }
        }
        Position::At { x, y } => {
            let corner = Position::Gravity { gravity: Gravity::NorthWest, x: x.into(), y: y.into() };
            mirrored_position(corner, across, down)
        }
        Position::FocalPoint { x, y } => {
            Position::FocalPoint { x: other_end(x, across), y: other_end(y, down) }
        }
        Position::Smart(smart) => Position::Smart(smart),
    }
}

/// A number of pixels that may be none.
pub(super) fn read_pixels(text: &str) -> Option<u32> {
    number(text, 0, Length::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_are_read_and_written_back() {
        for text in [
            "center",
            "north-west",
            "north,10,20%",
            "center,-5,-2.5%",
            "0.3,0.7",
            "1.0,0.0",
            "attention",
            "entropy",
        ] {
            assert_eq!(Position::read(text).unwrap().write().unwrap(), text);
        }
        for (text, written) in [("top", "north"), ("0,1", "0.0,1.0"), ("left,0,0%", "west")] {
            assert_eq!(Position::read(text).unwrap().write().unwrap(), written);
        }
        for bad in ["", "middle", "1.1,0", "-0.1,0", "north,1", "north,1,2,3", "north,1.5,0", "north,--1,0"] {
            assert_eq!(Position::read(bad), None, "{bad}");
        }
    }

    fn turn(rotate: Rotation, flip_horizontal: bool, flip_vertical: bool) -> Turn {
        Turn { rotate, flip_horizontal, flip_vertical }
    }

    fn crop(text: &str) -> Crop {
        Value::read(text).unwrap()
    }

    #[test]
    fn a_part_of_a_turned_image_is_found_in_the_image_before() {
        let quarter = turn(Rotation::Quarter, false, false);
        for (turn, turned, before) in [
            (quarter, "3,4,north", "4,3,west"),
            (quarter, "3,4,east,1,2", "4,3,north,2,1"),
            (quarter, "3,4,north-west,1,2", "4,3,south-west,2,1"),
            (quarter, "3,4,center,1,2", "4,3,center,2,-1"),
            (quarter, "3,4,0.1,0.3", "4,3,0.3,0.9"),
            (quarter, "3,4,entropy", "4,3,entropy"),
            (turn(Rotation::Half, false, false), "3,4,north,1,2", "3,4,south,-1,2"),
            (turn(Rotation::ThreeQuarters, false, false), "3,4,north", "4,3,east"),
            (turn(Rotation::ThreeQuarters, false, false), "3,4,0.1,0.3", "4,3,0.7,0.1"),
            (turn(Rotation::None, true, false), "3,4,west,5,0", "3,4,east,5,0"),
            (turn(Rotation::None, false, true), "3,4,west,5,6", "3,4,west,5,-6"),
            (turn(Rotation::Quarter, true, false), "3,4,east", "4,3,south"),
        ] {
            assert_eq!(turn.undo(crop(turned)).write().unwrap(), before, "{turn:?} {turned}");
        }
    }

    #[test]
    fn sides_are_those_that_the_turns_bring_there() {
        let sides: Sides = Value::read("1,2,3,4").unwrap();
        for (turn, before) in [
            (turn(Rotation::None, false, false), "1,2,3,4"),
            (turn(Rotation::Quarter, false, false), "2,3,4,1"),
            (turn(Rotation::Half, false, false), "3,4,1,2"),
            (turn(Rotation::ThreeQuarters, false, false), "4,1,2,3"),
            (turn(Rotation::None, true, false), "1,4,3,2"),
            (turn(Rotation::Quarter, true, true), "4,1,2,3"),
        ] {
            assert_eq!(turn.undo_sides(sides).write().unwrap(), before, "{turn:?}");
        }
    }

    #[test]
    fn turning_undoes_what_was_undone() {
        for rotate in Rotation::ALL {
            for (across, down) in [(false, false), (true, false), (false, true), (true, true)] {
                for text in ["3,4,north,1,2", "3,4,center,5%,-2", "3,4,south-east,1,2", "50%,4,0.2,0.9"] {
                    let turn = turn(*rotate, across, down);
                    assert_eq!(turn.apply(turn.undo(crop(text))).write().unwrap(), text, "{turn:?}");
                    assert_eq!(turn.undo(turn.apply(crop(text))).write().unwrap(), text, "{turn:?}");
                }
            }
        }
    }
}
