//! The arguments of imgproxy's options.

use tintype_types::{Factor, Fit, Gravity, Length, Offset, Position, Smart, number};

use crate::grammar::parameter::Rejected;
use crate::grammar::position::{negative, read_coordinate};
use crate::grammar::text::encode_path;

pub(super) const PIXELS: &str = "a whole number of pixels, 0 to 65535";
pub(super) const RELATIVE: &str = "a number of pixels, a share below 1, or 0 for all of the side";
pub(super) const OFFSET: &str = "a number of pixels, or a share below 1, which may be negative";
pub(super) const SWITCH: &str = "1, t, true, 0, f or false";

/// The arguments of an option, which may be empty.
pub(super) fn arguments(text: &str) -> Vec<&str> {
    text.split(':').collect()
}

/// The first of an option's arguments.
pub(super) fn first(text: &str) -> &str {
    text.split(':').next().unwrap_or_default()
}

/// A boolean as imgproxy reads it: as Go's `strconv.ParseBool`, where everything else is false.
pub(super) fn parse_bool(text: &str) -> bool {
    matches!(text, "1" | "t" | "T" | "TRUE" | "true" | "True")
}

/// A boolean in a list of arguments, where a typo would go unnoticed among the others.
pub(super) fn parse_strict_bool(text: &str) -> Option<bool> {
    match text {
        "0" | "f" | "F" | "FALSE" | "false" | "False" => Some(false),
        text => parse_bool(text).then_some(true),
    }
}

/// imgproxy's words for fits: `fill` keeps the side along which the source is too short, `fill-down` the shape.
const FITS: &[(&str, Fit)] = &[
    ("fit", Fit::Contain),
    ("fill-down", Fit::Cover),
    ("fill", Fit::Crop),
    ("force", Fit::Stretch),
    ("auto", Fit::Auto),
];

pub(super) fn read_fit(word: &str) -> Option<Fit> {
    FITS.iter().find(|(known, _)| *known == word).map(|(_, fit)| *fit)
}

/// A fit without a word is written as the usual one, and shows as a difference.
pub(super) fn write_fit(fit: Fit) -> &'static str {
    FITS.iter().find(|(_, known)| *known == fit).map_or("fit", |(word, _)| *word)
}

const GRAVITIES: &[(&str, Gravity)] = &[
    ("ce", Gravity::Center),
    ("no", Gravity::North),
    ("noea", Gravity::NorthEast),
    ("ea", Gravity::East),
    ("soea", Gravity::SouthEast),
    ("so", Gravity::South),
    ("sowe", Gravity::SouthWest),
    ("we", Gravity::West),
    ("nowe", Gravity::NorthWest),
];

/// What a position is for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Use {
    /// Choosing a part of the image, which may be the most interesting one.
    Crop,
    /// Placing the image in its surroundings.
    Extend,
}

/// A gravity with offsets, a focal point, or the most interesting part.
pub(super) fn read_position(args: &[&str], current: Position, purpose: Use) -> Result<Position, Rejected> {
    let [name, numbers @ ..] = args else { return Err(Rejected::Malformed) };
    let number = |index: usize| numbers.get(index).copied().filter(|text| !text.is_empty());
    let too_many = numbers.len() > 2;
    let gravity = match (*name, current) {
        ("sm", _) if purpose == Use::Crop => return Ok(Position::Smart(Smart::Attention)),
        ("obj" | "objw", _) if purpose == Use::Crop => return Err(Rejected::Unsupported),
        ("fp", _) if !too_many => {
            let coordinate = |index| number(index).and_then(read_coordinate).ok_or(Rejected::Malformed);
            return Ok(Position::FocalPoint { x: coordinate(0)?, y: coordinate(1)? });
        }
        ("fp", _) => return Err(Rejected::Malformed),
        ("", Position::Gravity { gravity, .. }) => gravity,
        (name, _) => GRAVITIES.iter().find(|(known, _)| *known == name).map(|(_, gravity)| *gravity).ok_or(
            Rejected::Argument {
                name: "gravity",
                accepts: "ce, no, so, ea, we, noea, nowe, soea, sowe or fp",
            },
        )?,
    };
    if too_many {
        return Err(Rejected::Malformed);
    }
    let offset = |index| match number(index) {
        None => Ok(Offset::ZERO),
        Some(text) => read_offset(text).ok_or(Rejected::Argument { name: "offset", accepts: OFFSET }),
    };
    Ok(Position::Gravity { gravity, x: offset(0)?, y: offset(1)? })
}

pub(super) fn write_position(position: Position) -> String {
    match position {
        Position::Gravity { gravity, x, y } => {
            let known = GRAVITIES.iter().find(|(_, known)| *known == gravity);
            let word = known.map_or("ce", |(word, _)| word);
            if x.is_zero() && y.is_zero() {
                return word.into();
            }
            format!("{word}:{}:{}", write_offset(x), write_offset(y))
        }
        Position::FocalPoint { x, y } => format!("fp:{x}:{y}"),
        Position::Smart(Smart::Attention) => "sm".into(),
        // There is no word, which shows as a difference.
        Position::At { .. } | Position::Smart(Smart::Entropy) => "ce".into(),
    }
}

/// A distance: pixels if it is at least 1, or else a share, in either direction.
fn read_offset(text: &str) -> Option<Offset> {
    match text.strip_prefix('-') {
        Some(text) => Some(negative(read_relative(text)?.into())),
        None => Some(read_relative(text)?.into()),
    }
}

fn write_offset(offset: Offset) -> String {
    let (is_negative, length) = match offset {
        Offset::Pixels(pixels) => (pixels < 0, Length::Pixels(pixels.unsigned_abs())),
        Offset::Millionths(share) => {
            (share < 0, Length::Share(Factor::from_millionths(share.unsigned_abs())))
        }
    };
    format!("{}{}", if is_negative { "-" } else { "" }, write_relative(length))
}

/// A number of pixels, where 0 means that none is given.
pub(super) fn read_pixels(text: &str) -> Option<Option<Length>> {
    if text.is_empty() {
        return Some(None);
    }
    number(text, 0, Length::MAX).map(|pixels| (pixels != 0).then_some(Length::Pixels(pixels)))
}

/// A number of pixels if it is at least 1, or else a share or none.
pub(super) fn read_relative(text: &str) -> Option<Length> {
    let factor: Factor = text.split_once('.').map_or(Ok(Factor::ONE), |_| text.parse()).ok()?;
    let whole = text.split('.').next().unwrap_or_default();
    match number(whole, 0, Length::MAX) {
        Some(0) | None if factor < Factor::ONE => {
            Some(if factor.millionths() == 0 { Length::ZERO } else { Length::Share(factor) })
        }
        pixels => pixels.map(Length::Pixels),
    }
}

pub(super) fn write_relative(length: Length) -> String {
    match length {
        Length::Pixels(pixels) => pixels.to_string(),
        Length::Share(share) => share.to_string(),
    }
}

/// A text as an argument: colons separate arguments, slashes options.
pub(super) fn encode_argument(text: &str) -> String {
    encode_path(text).replace(':', "%3A").replace('/', "%2F")
}

/// A side, where 0 means that there is none.
pub(super) fn read_least(text: &str) -> Option<Option<u32>> {
    number(text, 0, Length::MAX).map(|pixels| (pixels != 0).then_some(pixels))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_are_read_and_written_back() {
        let read = |text: &str, purpose| read_position(&arguments(text), Position::default(), purpose);
        for text in ["ce", "nowe:10:20", "ce:-10:0.25", "so:0:-0.5", "fp:0.3:1", "sm"] {
            assert_eq!(read(text, Use::Crop).map(write_position).as_deref(), Ok(text));
        }
        assert_eq!(read("no:0:0", Use::Extend), Ok(Position::gravity(Gravity::North)));
        assert_eq!(read(":5", Use::Extend).map(write_position).as_deref(), Ok("ce:5:0"));
        for bad in
            ["sm", "obj:face", "re", "fp:0.5", "fp:2:0", "no:x", "no:--1", "no:1:2:3", "fp:0.3:1:0", "ce:::"]
        {
            assert!(read(bad, Use::Extend).is_err(), "{bad}");
        }
        assert_eq!(read("obj:face", Use::Crop), Err(Rejected::Unsupported));
    }

    #[test]
    fn relative_lengths_are_pixels_from_one_on_and_shares_below() {
        let share = |millionths| Some(Length::Share(Factor::from_millionths(millionths)));
        for (text, length) in [
            ("0", Some(Length::ZERO)),
            ("0.0", Some(Length::ZERO)),
            ("1", Some(Length::Pixels(1))),
            ("80", Some(Length::Pixels(80))),
            ("80.7", Some(Length::Pixels(80))),
            ("65535", Some(Length::Pixels(65535))),
            ("0.33", share(330_000)),
            (".5", share(500_000)),
            ("65536", None),
            ("-1", None),
            ("x", None),
            ("", None),
        ] {
            assert_eq!(read_relative(text), length, "{text}");
        }
    }
}
