//! Colours as CSS writes them.

use tintype_types::Color;

/// Reads a colour of CSS (CSS Color 4): a name, `rgb()`, `hsl()` and the like, or hexadecimal digits with or without `#`:
/// `RGB`, `RGBA`, `RRGGBB`, `RRGGBBAA`.
pub fn parse_color(text: &str) -> Option<Color> {
    let [red, green, blue, alpha] = csscolorparser::parse(text).ok()?.to_rgba8();
    Some(Color { red, green, blue, alpha })
}

/// Writes `RRGGBB`, or `RRGGBBAA` if the colour is not opaque.
pub fn write_color(color: Color) -> String {
    let Color { red, green, blue, alpha } = color;
    match alpha {
        255 => format!("{red:02x}{green:02x}{blue:02x}"),
        _ => format!("{red:02x}{green:02x}{blue:02x}{alpha:02x}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_are_read_in_the_notations_of_css_and_written_in_hexadecimal() {
        for (text, written) in [
            ("#fff", "ffffff"),
            ("0f08", "00ff0088"),
            ("102030", "102030"),
            ("#10203040", "10203040"),
            ("white", "ffffff"),
            ("CornflowerBlue", "6495ed"),
            ("rebeccapurple", "663399"),
            ("transparent", "00000000"),
            ("rgb(240,40,145)", "f02891"),
            ("rgb(240 40 145)", "f02891"),
            ("rgba(240, 40, 145, 0.5)", "f0289180"),
            ("hsl(120,100%,25%)", "008000"),
        ] {
            assert_eq!(parse_color(text).map(write_color).as_deref(), Some(written), "{text}");
        }
        for bad in ["", "#", "ff", "fffff", "gggggg", "fffffffff", "redish", "rgb(1,2)", "rgb(a,b,c)"] {
            assert_eq!(parse_color(bad), None, "{bad}");
        }
    }
}
