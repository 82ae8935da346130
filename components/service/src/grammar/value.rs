//! Readers of single values that several grammars share. Each answers `None` for what it does not accept.

use crate::request::Color;

/// A whole number between two bounds, both included, in plain digits.
pub fn integer(text: &str, least: u64, most: u64) -> Option<u64> {
    if text.is_empty() || text.len() > 19 || !text.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    text.parse().ok().filter(|number| (least..=most).contains(number))
}

/// A length in pixels: 1 to 65535.
pub fn pixels(text: &str) -> Option<u32> {
    integer(text, 1, 65535).and_then(|number| u32::try_from(number).ok())
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
    let digits: Vec<u8> =
        text.chars().map(|c| c.to_digit(16).and_then(|d| u8::try_from(d).ok())).collect::<Option<_>>()?;
    let color = |red, green, blue, alpha| Some(Color { red, green, blue, alpha });
    match digits.as_slice() {
        [r, g, b] => color(r * 17, g * 17, b * 17, 255),
        [r, g, b, a] => color(r * 17, g * 17, b * 17, a * 17),
        [r, s, g, h, b, c] => color(r * 16 + s, g * 16 + h, b * 16 + c, 255),
        [r, s, g, h, b, c, a, d] => color(r * 16 + s, g * 16 + h, b * 16 + c, a * 16 + d),
        _ => None,
    }
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
