//! Colours as CSS writes them, read with integers: a parser with floating point brings tables of many kilobytes along.

mod names;

use tintype_types::{Color, Factor};

use names::NAMES;

/// Reads a colour of CSS (CSS Color 4): a name, `rgb()`, `rgba()`, `hsl()` or `hsla()` in the notation with commas or the
/// one with spaces, or hexadecimal digits with or without `#`: `RGB`, `RGBA`, `RRGGBB`, `RRGGBBAA`.
pub fn parse_color(text: &str) -> Option<Color> {
    let text = text.trim().to_ascii_lowercase();
    if text == "transparent" {
        return Some(Color::TRANSPARENT);
    }
    if let Some((function, arguments)) = text.split_once('(') {
        return parse_function(function, arguments.strip_suffix(')')?);
    }
    let named = NAMES.binary_search_by_key(&text.as_str(), |(name, _)| name).ok();
    match named.and_then(|index| NAMES.get(index)) {
        Some((_, color)) => Some(of_digits(color << 8 | 0xff)),
        None => parse_hex(text.strip_prefix('#').unwrap_or(&text)),
    }
}

/// Writes `RRGGBB`, or `RRGGBBAA` if the colour is not opaque.
pub fn write_color(color: Color) -> String {
    let Color { red, green, blue, alpha } = color;
    match alpha {
        255 => format!("{red:02x}{green:02x}{blue:02x}"),
        _ => format!("{red:02x}{green:02x}{blue:02x}{alpha:02x}"),
    }
}

fn of_digits(digits: u32) -> Color {
    let [red, green, blue, alpha] = digits.to_be_bytes();
    Color { red, green, blue, alpha }
}

fn parse_hex(digits: &str) -> Option<Color> {
    if !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    let long = match digits.len() {
        3 | 4 => digits.chars().flat_map(|digit| [digit, digit]).collect(),
        6 | 8 => digits.to_owned(),
        _ => return None,
    };
    u32::from_str_radix(&format!("{long:f<8}"), 16).ok().map(of_digits)
}

/// Reads `r, g, b`, `r g b`, `r, g, b, a` or `r g b / a`.
fn parse_function(function: &str, arguments: &str) -> Option<Color> {
    let separators = if arguments.contains(',') { &[','][..] } else { &[' ', '/'][..] };
    let arguments: Vec<&str> = arguments.split(separators).map(str::trim).collect();
    let spaced = separators.len() > 1;
    let arguments: Vec<&str> =
        arguments.into_iter().filter(|argument| !(spaced && argument.is_empty())).collect();
    let (&[a, b, c], alpha) = match arguments.as_slice() {
        [a, b, c] => (&[*a, *b, *c], 255),
        [a, b, c, alpha] => (&[*a, *b, *c], parse_alpha(alpha)?),
        _ => return None,
    };
    let [red, green, blue] = match function {
        "rgb" | "rgba" => [parse_channel(a)?, parse_channel(b)?, parse_channel(c)?],
        "hsl" | "hsla" => from_hsl(parse_hue(a)?, parse_percent(b)?, parse_percent(c)?),
        _ => return None,
    };
    Some(Color { red, green, blue, alpha })
}

/// A byte: 0 to 255, or a percentage of it.
fn parse_channel(text: &str) -> Option<u8> {
    match text.strip_suffix('%') {
        Some(_) => Some(to_byte(parse_percent(text)?)),
        None => round(text.parse().ok()?).min(255).try_into().ok(),
    }
}

/// A share of one: a decimal number, or a percentage.
fn parse_alpha(text: &str) -> Option<u8> {
    match text.strip_suffix('%') {
        Some(_) => Some(to_byte(parse_percent(text)?)),
        None => Some(to_byte(text.parse::<Factor>().ok()?.min(Factor::ONE))),
    }
}

/// A percentage, at most 100, as a share of one.
fn parse_percent(text: &str) -> Option<Factor> {
    let percent: Factor = text.strip_suffix('%')?.parse().ok()?;
    Some(Factor::from_millionths(percent.millionths() / 100).min(Factor::ONE))
}

/// A turn in millionths of a degree.
const TURN: i64 = 360_000_000;

/// An angle in millionths of a degree, within a turn.
fn parse_hue(text: &str) -> Option<i64> {
    let degrees = text.strip_suffix("deg").unwrap_or(text);
    let angle = |text: &str| text.parse().ok().map(|degrees: Factor| i64::from(degrees.millionths()));
    match degrees.strip_prefix('-') {
        Some(degrees) => Some((-angle(degrees)?).rem_euclid(TURN)),
        None => Some(angle(degrees)? % TURN),
    }
}

fn to_byte(share: Factor) -> u8 {
    u8::try_from(share.of(255)).unwrap_or(255)
}

fn round(factor: Factor) -> u32 {
    factor.of(1)
}

/// CSS Color 4, section 7.1, in millionths.
fn from_hsl(hue: i64, saturation: Factor, lightness: Factor) -> [u8; 3] {
    const STEP: i64 = TURN / 12;
    let one = i64::from(Factor::ONE.millionths());
    let lightness = i64::from(lightness.millionths());
    let amplitude = i64::from(saturation.millionths()) * lightness.min(one - lightness) / one;
    let channel = |n: i64| {
        let k = (n * STEP + hue) % TURN;
        let ramp = (k - 3 * STEP).min(9 * STEP - k).clamp(-STEP, STEP);
        let share = lightness - amplitude * ramp / STEP;
        to_byte(Factor::from_millionths(u32::try_from(share).unwrap_or_default()))
    };
    [channel(0), channel(8), channel(4)]
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
            ("rgb(240 40 145 / 50%)", "f0289180"),
            ("rgb(100%, 0%, 50%)", "ff0080"),
            ("rgb(300, 39.6, 0)", "ff2800"),
            ("hsl(0, 100%, 50%)", "ff0000"),
            ("hsl(120,100%,25%)", "008000"),
            ("hsl(240deg 100% 50%)", "0000ff"),
            ("hsl(-120, 100%, 50%)", "0000ff"),
            ("hsl(39, 100%, 50%)", "ffa600"),
            ("hsla(270, 60%, 70%, 0.25)", "b385e040"),
            ("hsl(90, 0%, 50%)", "808080"),
        ] {
            assert_eq!(parse_color(text).map(write_color).as_deref(), Some(written), "{text}");
        }
        for bad in [
            "",
            "#",
            "ff",
            "fffff",
            "gggggg",
            "fffffffff",
            "redish",
            "rgb(1,2)",
            "rgb(a,b,c)",
            "rgb(1,2,3",
            "rgb(,,)",
            "rgb(1,2,3,4,5)",
            "hsl(1,2,3)",
            "lab(50% 40 59)",
            "ééé",
            "+ff",
        ] {
            assert_eq!(parse_color(bad), None, "{bad}");
        }
    }

    #[test]
    fn the_names_are_sorted_and_each_is_read() {
        assert!(NAMES.is_sorted());
        for (name, color) in NAMES {
            assert_eq!(parse_color(name).map(write_color), Some(format!("{color:06x}")), "{name}");
        }
    }
}
