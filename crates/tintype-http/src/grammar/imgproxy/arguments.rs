//! The arguments of imgproxy's options.

use tintype_types::Gravity;

use crate::grammar::parameter::Rejected;
use crate::grammar::text::encode_path;
use crate::request::{Factor, Fit, Length, Place, at_focal_point, number};

pub(super) const PIXELS: &str = "a whole number of pixels, 0 to 65535";
pub(super) const RELATIVE: &str = "a number of pixels, a share below 1, or 0 for all of the side";
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

/// A gravity, or offsets from the top left.
pub(super) fn read_place(args: &[&str], current: Place) -> Result<Place, Rejected> {
    let [name, offsets @ ..] = args else { return Err(Rejected::Malformed) };
    if matches!(*name, "sm" | "obj" | "objw") || offsets.iter().any(|offset| offset.starts_with('-')) {
        return Err(Rejected::Unsupported);
    }
    let number = |index: usize| offsets.get(index).copied().filter(|text| !text.is_empty());
    if *name == "fp" {
        let coordinate = |index| number(index).and_then(|text| text.parse().ok()).ok_or(Rejected::Malformed);
        let gravity = at_focal_point(coordinate(0)?, coordinate(1)?).ok_or(Rejected::Unsupported)?;
        return Ok(Place::Towards(gravity));
    }
    let gravity = match (*name, current) {
        ("", Place::Towards(gravity)) => gravity,
        (name, _) => GRAVITIES
            .iter()
            .find(|(known, _)| *known == name)
            .map(|(_, gravity)| *gravity)
            .ok_or(Rejected::Malformed)?,
    };
    let offset = |index| match number(index) {
        None => Ok(Length::ZERO),
        Some(text) => read_relative(text).ok_or(Rejected::Argument { name: "offset", accepts: RELATIVE }),
    };
    match (offset(0)?, offset(1)?) {
        (Length::ZERO, Length::ZERO) => Ok(Place::Towards(gravity)),
        (x, y) if gravity == Gravity::NorthWest => Ok(Place::At(x, y)),
        _ => Err(Rejected::Unsupported),
    }
}

pub(super) fn write_place(place: Place) -> String {
    match place {
        Place::Towards(gravity) => {
            let known = GRAVITIES.iter().find(|(_, known)| *known == gravity);
            known.map_or("ce", |(word, _)| word).into()
        }
        Place::At(x, y) => format!("nowe:{}:{}", write_relative(x), write_relative(y)),
    }
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

#[cfg(test)]
mod tests {
    use super::*;

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
