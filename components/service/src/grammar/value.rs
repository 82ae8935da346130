//! Readers of single values that several grammars share. Each answers `None` for what it does not accept.

use crate::format::Format;
use crate::request::{Color, Gravity, Length, Rotation};
use crate::text;

/// A whole number between two bounds, both included, in plain digits.
pub fn integer(text: &str, least: u64, most: u64) -> Option<u64> {
    if text.is_empty() || text.len() > 19 || !text::all(text, |b| b.is_ascii_digit()) {
        return None;
    }
    text.parse().ok().filter(|number| (least..=most).contains(number))
}

/// A length in pixels: 1 to 65535.
pub fn pixels(text: &str) -> Option<u32> {
    integer(text, 1, 65535).and_then(|number| u32::try_from(number).ok())
}

/// A decimal number that is not negative, in millionths; at most seven digits before the point, and what stands behind
/// the sixth one after it is dropped.
pub fn millionths(text: &str) -> Option<u64> {
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    let digits = |text: &str| text::all(text, |b| b.is_ascii_digit());
    if whole.len() + part.len() == 0 || whole.len() > 7 || !digits(whole) || !digits(part) {
        return None;
    }
    let mut number = whole.parse().unwrap_or(0u64);
    for place in 0..6 {
        let digit = part.as_bytes().get(place).unwrap_or(&b'0') - b'0';
        number = number * 10 + u64::from(digit);
    }
    Some(number)
}

/// Millionths as the shortest decimal number.
pub fn write_millionths(number: u32) -> String {
    let (whole, part) = (number / Length::WHOLE, number % Length::WHOLE);
    if part == 0 {
        return whole.to_string();
    }
    format!("{whole}.{part:06}").trim_end_matches('0').to_owned()
}

/// A factor from 0.01 to 100, in millionths.
pub fn factor(text: &str) -> Option<u32> {
    millionths(text)
        .filter(|factor| (10_000..=100_000_000).contains(factor))
        .and_then(|factor| factor.try_into().ok())
}

/// A length: 1 to 65535 pixels, or more than 0 and at most 1000 per cent of the source's side (`50%`).
pub fn length(text: &str) -> Option<Length> {
    match text.strip_suffix('%') {
        Some(percent) => {
            let share = millionths(percent)? / 100;
            let share = u32::try_from(share).ok().filter(|share| (1..=10 * Length::WHOLE).contains(share))?;
            Some(Length::Share(share))
        }
        None => pixels(text).map(Length::Pixels),
    }
}

/// A length as [`length`] reads it.
pub fn write_length(length: Length) -> String {
    match length {
        Length::Pixels(pixels) => pixels.to_string(),
        // A hundred times the share in millionths fits: shares end at ten wholes.
        Length::Share(share) => format!("{}%", write_millionths(share.saturating_mul(100))),
    }
}

/// The gravity that a focal point amounts to, if it lies on an edge or in the middle: both 0, 0.5 or 1.
pub fn focal(x: &str, y: &str) -> Option<Gravity> {
    let third = |text: &str| match millionths(text)? {
        0 => Some(0),
        500_000 => Some(1),
        1_000_000 => Some(2),
        _ => None,
    };
    match (third(x)?, third(y)?) {
        (0, 0) => Some(Gravity::NorthWest),
        (1, 0) => Some(Gravity::North),
        (2, 0) => Some(Gravity::NorthEast),
        (0, 1) => Some(Gravity::West),
        (1, 1) => Some(Gravity::Center),
        (2, 1) => Some(Gravity::East),
        (0, 2) => Some(Gravity::SouthWest),
        (1, 2) => Some(Gravity::South),
        (2, 2) => Some(Gravity::SouthEast),
        _ => None,
    }
}

/// A rotation by a multiple of 90 degrees, positive being clockwise.
pub fn rotation(text: &str) -> Option<Rotation> {
    let degrees = i64::from(signed(text)?);
    Rotation::from_degrees(degrees)
}

/// A whole number with or without a minus sign, of at most nine digits.
pub fn signed(text: &str) -> Option<i32> {
    let (sign, digits) = match text.strip_prefix('-') {
        Some(digits) => (-1, digits),
        None => (1, text),
    };
    let number = i32::try_from(integer(digits, 0, 999_999_999)?).ok()?;
    Some(sign * number)
}

/// A quality: 1 to 100.
pub fn quality(text: &str) -> Option<u8> {
    integer(text, 1, 100).and_then(|number| u8::try_from(number).ok())
}

/// `true`, `1`, `false` or `0`.
pub fn boolean(text: &str) -> Option<bool> {
    match text {
        "1" | "true" => Some(true),
        "0" | "false" => Some(false),
        _ => None,
    }
}

/// `RGB`, `RGBA`, `RRGGBB` or `RRGGBBAA` in hexadecimal, with or without `#`.
pub fn hex_color(text: &str) -> Option<Color> {
    let text = text.strip_prefix('#').unwrap_or(text);
    let mut digits = Vec::new();
    for c in text.chars() {
        digits.push(u8::try_from(c.to_digit(16)?).ok()?);
    }
    let color = |red, green, blue, alpha| Some(Color { red, green, blue, alpha });
    match digits.as_slice() {
        [r, g, b] => color(r * 17, g * 17, b * 17, 255),
        [r, g, b, a] => color(r * 17, g * 17, b * 17, a * 17),
        [r, s, g, h, b, c] => color(r * 16 + s, g * 16 + h, b * 16 + c, 255),
        [r, s, g, h, b, c, a, d] => color(r * 16 + s, g * 16 + h, b * 16 + c, a * 16 + d),
        _ => None,
    }
}

/// The basic colours of CSS (CSS Color 4, section 6.1, the sixteen of HTML 4 and a few of their neighbours).
pub fn named_color(name: &str) -> Option<Color> {
    const NAMES: &[(&str, u32)] = &[
        ("black", 0x00_00_00),
        ("silver", 0xC0_C0_C0),
        ("gray", 0x80_80_80),
        ("grey", 0x80_80_80),
        ("white", 0xFF_FF_FF),
        ("maroon", 0x80_00_00),
        ("red", 0xFF_00_00),
        ("purple", 0x80_00_80),
        ("fuchsia", 0xFF_00_FF),
        ("magenta", 0xFF_00_FF),
        ("green", 0x00_80_00),
        ("lime", 0x00_FF_00),
        ("olive", 0x80_80_00),
        ("yellow", 0xFF_FF_00),
        ("orange", 0xFF_A5_00),
        ("navy", 0x00_00_80),
        ("blue", 0x00_00_FF),
        ("teal", 0x00_80_80),
        ("aqua", 0x00_FF_FF),
        ("cyan", 0x00_FF_FF),
    ];
    let name = name.to_ascii_lowercase();
    if name == "transparent" {
        return Some(Color { red: 0, green: 0, blue: 0, alpha: 0 });
    }
    let [_, red, green, blue] = pick(NAMES, &name)?.to_be_bytes();
    Some(Color { red, green, blue, alpha: 255 })
}

/// The formats of these names.
pub fn formats(names: &[&str]) -> Option<Vec<Format>> {
    let mut formats = Vec::new();
    for name in names {
        formats.push(Format::from_name(name)?);
    }
    Some(formats)
}

/// A file name that is safe to stand in a header: no path, no quotes, no control characters.
pub fn filename(text: &str) -> Option<String> {
    let odd = |c: char| c.is_control() || matches!(c, '/' | '\\' | '"');
    (!text.is_empty() && text.chars().count() <= 100 && !text.contains(odd)).then(|| text.into())
}

/// A colour as `RRGGBB`, or `RRGGBBAA` if it is not opaque.
pub fn write_color(color: Color) -> String {
    let Color { red, green, blue, alpha } = color;
    match alpha {
        255 => format!("{red:02x}{green:02x}{blue:02x}"),
        _ => format!("{red:02x}{green:02x}{blue:02x}{alpha:02x}"),
    }
}

/// The value of a name in a table of names. The first name of a value is the one it is written with.
pub fn pick<T: Copy>(table: &[(&str, T)], name: &str) -> Option<T> {
    table.iter().find(|(known, _)| *known == name).map(|(_, value)| *value)
}

/// The first name of a value in a table of names.
pub fn name_of<T: Copy + PartialEq>(table: &[(&'static str, T)], value: T) -> &'static str {
    table.iter().find(|(_, known)| *known == value).map_or("", |(name, _)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_plain_digits_within_bounds() {
        assert_eq!(pixels("1"), Some(1));
        assert_eq!(pixels("65535"), Some(65535));
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
