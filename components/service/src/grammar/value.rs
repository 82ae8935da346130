//! Readers and writers of single values that several grammars share. A reader answers `None` for what it does not accept.

use crate::format::Format;
use crate::prelude::*;
use crate::request::{Color, Gravity, Length, Passthrough, Rotation};
use crate::table;
use crate::text;

/// A whole number between two bounds, both included, in plain digits.
pub fn integer(text: &str, least: u64, most: u64) -> Option<u64> {
    text::number(text, 10).filter(|number| (least..=most).contains(number))
}

/// A length in pixels: 1 to 65535.
pub fn pixels(text: &str) -> Option<Length> {
    integer(text, 1, 65535).map(|number| Length::Pixels(number as u32))
}

/// A decimal number that is not negative, in millionths; at most seven digits before the point, and what stands behind
/// the sixth one after it is dropped.
pub fn millionths(text: &str) -> Option<u64> {
    let (whole, part) = text::cut(text, ".");
    if whole.len() + part.len() == 0 || whole.len() > 7 || !text::all(part, |b| b.is_ascii_digit()) {
        return None;
    }
    let mut number = if whole.is_empty() { 0 } else { text::number(whole, 10)? };
    for place in 0..6 {
        let digit = part.as_bytes().get(place).unwrap_or(&b'0') - b'0';
        number = number * 10 + u64::from(digit);
    }
    Some(number)
}

/// Millionths as the shortest decimal number.
pub fn write_millionths(number: u32) -> String {
    let (whole, part) = (number / Length::WHOLE, number % Length::WHOLE);
    // The one in front keeps the zeros behind it.
    let part = text::decimal((Length::WHOLE + part).into());
    let part = text::trim_end(part.get(1..).unwrap_or_default(), "0");
    let point = if part.is_empty() { "" } else { "." };
    text::concat(&[&text::decimal(whole.into()), point, part])
}

/// A factor from 0.01 to 100, in millionths.
pub fn factor(text: &str) -> Option<u32> {
    let factor = millionths(text)?;
    matches!(factor, 10_000..=100_000_000).then_some(factor as u32)
}

/// A length: 1 to 65535 pixels, or more than 0 and at most 1000 per cent of the source's side (`50%`).
pub fn length(text: &str) -> Option<Length> {
    let Some(percent) = text.strip_suffix("%") else { return pixels(text) };
    let share = millionths(percent)? / 100;
    matches!(share, 1..=10_000_000).then_some(Length::Share(share as u32))
}

/// A length as [`length`] reads it.
pub fn write_length(length: Length) -> String {
    match length {
        Length::Pixels(pixels) => text::decimal(pixels.into()),
        // A hundred times the share in millionths fits: shares end at ten wholes.
        Length::Share(share) => text::concat(&[&write_millionths(share.saturating_mul(100)), "%"]),
    }
}

/// The gravity that a focal point amounts to, if it lies on an edge or in the middle: both 0, 0.5 or 1. `None` if the
/// coordinates are not numbers, `Some(None)` for other points.
pub fn focal(x: &str, y: &str) -> Option<Option<Gravity>> {
    const POINTS: [Gravity; 9] = [
        Gravity::NorthWest,
        Gravity::North,
        Gravity::NorthEast,
        Gravity::West,
        Gravity::Center,
        Gravity::East,
        Gravity::SouthWest,
        Gravity::South,
        Gravity::SouthEast,
    ];
    let (x, y) = (millionths(x)?, millionths(y)?);
    if x % 500_000 + y % 500_000 != 0 || x > 1_000_000 {
        return Some(None);
    }
    Some(POINTS.get((y / 500_000 * 3 + x / 500_000) as usize).copied())
}

/// A rotation by a multiple of 90 degrees of either sign, positive being clockwise. `None` if it is not a number,
/// `Some(None)` for other angles.
pub fn rotation(text: &str) -> Option<Option<Rotation>> {
    let digits = text.strip_prefix("-").unwrap_or(text);
    let mut degrees = integer(digits, 0, 999_999_999)? % 360;
    if digits.len() < text.len() {
        degrees = (360 - degrees) % 360;
    }
    if degrees % 90 != 0 {
        return Some(None);
    }
    Some(Rotation::ALL.get((degrees / 90) as usize).copied())
}

/// A quality: 1 to 100.
pub fn quality(text: &str) -> Option<u8> {
    integer(text, 1, 100).map(|number| number as u8)
}

/// `true`, `1`, `false` or `0`.
pub fn boolean(text: &str) -> Option<bool> {
    table::index("false|0 true|1", text).map(|index| index == 1)
}

/// `RGB`, `RGBA`, `RRGGBB` or `RRGGBBAA` in hexadecimal, with or without `#`.
pub fn hex_color(text: &str) -> Option<Color> {
    let text = text.strip_prefix("#").unwrap_or(text);
    let number = text::number(text, 16)? as u32;
    let number = match text.len() {
        3 => doubled(number << 4 | 15),
        4 => doubled(number),
        6 => number << 8 | 255,
        8 => number,
        _ => return None,
    };
    let [red, green, blue, alpha] = number.to_be_bytes();
    Some(Color { red, green, blue, alpha })
}

/// Four hexadecimal digits, each of which stands for two of the same.
fn doubled(digits: u32) -> u32 {
    let mut number = 0;
    for place in [12, 8, 4, 0] {
        let digit = digits >> place & 15;
        number = number << 8 | digit << 4 | digit;
    }
    number
}

/// A colour in hexadecimal, or one of the basic colours of CSS (CSS Color 4, section 6.1, the sixteen of HTML 4 and a few
/// of their neighbours).
pub fn color(text: &str) -> Option<Color> {
    const NAMES: &str = "black=000 silver=c0c0c0 gray|grey=808080 white=fff maroon=800000 red=f00 purple=800080 \
                         fuchsia|magenta=f0f green=008000 lime=0f0 olive=808000 yellow=ff0 orange=ffa500 \
                         navy=000080 blue=00f teal=008080 aqua|cyan=0ff transparent=0000";
    hex_color(text).or_else(|| hex_color(table::lookup(NAMES, &text::lower(text))?))
}

/// A colour as `RRGGBB`, or `RRGGBBAA` if it is not opaque.
pub fn write_color(color: Color) -> String {
    let Color { red, green, blue, alpha } = color;
    match alpha {
        255 => text::hexadecimal(u32::from_be_bytes([0, red, green, blue]).into(), 6),
        _ => text::hexadecimal(u32::from_be_bytes([red, green, blue, alpha]).into(), 8),
    }
}

/// The formats of these names.
pub fn formats(names: &[&str]) -> Option<Passthrough> {
    let mut formats = Passthrough::NONE;
    for name in names {
        formats = formats.and(Format::from_name(name)?);
    }
    Some(formats)
}

/// A text that is not empty.
pub fn some(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.into())
}

/// A file name that is safe to stand in a header: no path, no quotes, no control characters, at most 100 characters.
pub fn filename(text: &str) -> Option<String> {
    let mut length = 0;
    for c in text.chars() {
        length += 1;
        if length > 100 || c.is_control() || matches!(c, '/' | '\\' | '"') {
            return None;
        }
    }
    (length > 0).then(|| text.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_plain_digits_within_bounds() {
        assert_eq!(pixels("1"), Some(Length::Pixels(1)));
        assert_eq!(pixels("65535"), Some(Length::Pixels(65535)));
        for bad in ["", "0", "65536", "-1", "+1", "1.0", "1e3", " 1", "99999999999999999999", "٣"] {
            assert_eq!(pixels(bad), None, "{bad}");
        }
    }

    #[test]
    fn decimals_and_lengths_are_read_and_written_back() {
        for (text, number) in [("1", 1_000_000), ("0.5", 500_000), (".25", 250_000), ("1.0000009", 1_000_000)]
        {
            assert_eq!(millionths(text), Some(number), "{text}");
        }
        for bad in ["", ".", "-1", "1e3", "1,5", "12345678"] {
            assert_eq!(millionths(bad), None, "{bad}");
        }
        for text in ["1", "65535", "50%", "0.0001%", "33.3333%", "1000%"] {
            assert_eq!(length(text).map(write_length).as_deref(), Some(text));
        }
        for bad in ["0", "0%", "1001%", "%", "1.5"] {
            assert_eq!(length(bad), None, "{bad}");
        }
    }

    #[test]
    fn colours_are_read_in_all_four_lengths_and_written_back() {
        for (text, written) in
            [("#fff", "ffffff"), ("0f08", "00ff0088"), ("102030", "102030"), ("10203040", "10203040")]
        {
            assert_eq!(hex_color(text).map(write_color).as_deref(), Some(written));
        }
        for bad in ["", "#", "ff", "fffff", "gggggg", "fffffffff"] {
            assert_eq!(hex_color(bad), None, "{bad}");
        }
    }
}
