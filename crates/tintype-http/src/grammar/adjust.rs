//! Adjustments and watermarks as the query grammar reads and writes them.

use tintype_types::{
    Amount, Color, Factor, Length, Obscure, Place, Position, Sharpen, Tone, Unsharp, Veil, number,
};

use super::text::split_list;
use super::value::Value;
use crate::request::{WatermarkImage, parse_color, write_color};

/// What a factor accepts that has to be modest.
pub(super) const MODEST: &str = "a factor, 0 to 100";

/// Reads a factor from `least` thousandths to `most`.
pub(super) fn factor(text: &str, least: u32, most: u32) -> Option<Factor> {
    let range = least * 1000..=most * 1_000_000;
    text.parse().ok().filter(|factor: &Factor| range.contains(&factor.millionths()))
}

/// Reads a number from `-most` to `most`.
pub(super) fn amount(text: &str, most: u32) -> Option<Amount> {
    text.parse().ok().filter(|amount: &Amount| amount.millionths().unsigned_abs() <= most * 1_000_000)
}

impl Value for Amount {
    fn read(text: &str) -> Option<Self> {
        text.parse().ok()
    }

    fn write(&self) -> Option<String> {
        Some(self.to_string())
    }
}

/// The standard deviation that comes near to an average of three by three pixels, which sharp has where none is given.
pub(super) const MILD: Factor = Unsharp::MILD.sigma;

/// The strengths that sharp has where none are given, in flat areas and at edges.
pub(super) const STRENGTHS: (Factor, Factor) = (Factor::ONE, Factor::from_millionths(2_000_000));

/// A standard deviation, and two strengths.
impl Value for Sharpen {
    fn read(text: &str) -> Option<Self> {
        let parts = split_list(text, ',');
        let (sigma, flat, jagged) = match *parts.as_slice() {
            [sigma] => (sigma, STRENGTHS.0, STRENGTHS.1),
            [sigma, flat, jagged] => (sigma, factor(flat, 0, 1000)?, factor(jagged, 0, 1000)?),
            _ => return None,
        };
        Some(Self { sigma: factor(sigma, 0, 10)?, flat, jagged })
    }

    fn write(&self) -> Option<String> {
        let Self { sigma, flat, jagged } = self;
        Some(if (*flat, *jagged) == STRENGTHS {
            sigma.to_string()
        } else {
            format!("{sigma},{flat},{jagged}")
        })
    }
}

/// A standard deviation, an amount, and a threshold.
impl Value for Unsharp {
    fn read(text: &str) -> Option<Self> {
        let parts = split_list(text, ',');
        let (sigma, amount, threshold) = match *parts.as_slice() {
            [sigma, amount] => (sigma, amount, 0),
            [sigma, amount, threshold] => (sigma, amount, number(threshold, 0, 255)?),
            _ => return None,
        };
        Some(Self { sigma: factor(sigma, 0, 100)?, amount: factor(amount, 0, 100)?, threshold })
    }

    fn write(&self) -> Option<String> {
        let Self { sigma, amount, threshold } = self;
        let threshold = if *threshold == 0 { String::new() } else { format!(",{threshold}") };
        Some(format!("{sigma},{amount}{threshold}"))
    }
}

/// Parts with semicolons between them.
impl Value for Vec<Obscure> {
    fn read(text: &str) -> Option<Self> {
        text.split(';').map(Value::read).collect()
    }

    fn write(&self) -> Option<String> {
        let parts: Option<Vec<String>> = self.iter().map(Value::write).collect();
        Some(parts?.join(";")).filter(|text| !text.is_empty())
    }
}

/// `x,y,width,height`, and `blur` or `pixelate` with a number of pixels.
impl Value for Obscure {
    fn read(text: &str) -> Option<Self> {
        let parts = split_list(text, ',');
        let &[x, y, width, height, veil, number] = parts.as_slice() else { return None };
        let by = match veil {
            "blur" => Veil::Blur(factor(number, 0, 1000)?),
            "pixelate" => Veil::Pixelate(Value::read(number)?),
            _ => return None,
        };
        let side = |text: &str| text.parse::<Length>().ok();
        Some(Self {
            x: Length::offset(x)?,
            y: Length::offset(y)?,
            width: side(width)?,
            height: side(height)?,
            by,
        })
    }

    fn write(&self) -> Option<String> {
        let Self { x, y, width, height, by } = self;
        let by = match by {
            Veil::Blur(sigma) => format!("blur,{sigma}"),
            Veil::Pixelate(size) => format!("pixelate,{size}"),
        };
        Some(format!("{x},{y},{width},{height},{by}"))
    }
}

/// `grayscale`, `sepia`, `monochrome` and a colour, or `duotone` and two, which may have an intensity.
impl Value for Tone {
    fn read(text: &str) -> Option<Self> {
        let parts = split_list(text, ',');
        let whole = "1";
        let tone = match *parts.as_slice() {
            ["grayscale"] => Self::Grayscale,
            ["sepia"] => Self::Sepia,
            ["monochrome", color] => monochrome(color, whole)?,
            ["monochrome", color, intensity] => monochrome(color, intensity)?,
            ["duotone", dark, light] => duotone(dark, light, whole)?,
            ["duotone", dark, light, intensity] => duotone(dark, light, intensity)?,
            _ => return None,
        };
        Some(tone)
    }

    fn write(&self) -> Option<String> {
        let intense = |intensity: Factor| {
            if intensity == Factor::ONE { String::new() } else { format!(",{intensity}") }
        };
        Some(match *self {
            Self::Grayscale => "grayscale".into(),
            Self::Sepia => "sepia".into(),
            Self::Monochrome { color, intensity } => {
                format!("monochrome,{}{}", write_color(color), intense(intensity))
            }
            Self::Duotone { dark, light, intensity } => {
                format!("duotone,{},{}{}", write_color(dark), write_color(light), intense(intensity))
            }
        })
    }
}

/// A URL, or `default`.
impl Value for WatermarkImage {
    fn read(text: &str) -> Option<Self> {
        text.parse().ok().filter(|_| !text.is_empty())
    }

    fn write(&self) -> Option<String> {
        Some(self.to_string())
    }
}

/// A position, or `tile` and two gaps.
impl Value for Place {
    fn read(text: &str) -> Option<Self> {
        let gap = |text| number(text, 0, Length::MAX);
        match *split_list(text, ',').as_slice() {
            ["tile"] => Some(Self::Tiled(0, 0)),
            ["tile", x, y] => Some(Self::Tiled(gap(x)?, gap(y)?)),
            _ => Value::read(text).filter(|position| !matches!(position, Position::Smart(_))).map(Self::At),
        }
    }

    fn write(&self) -> Option<String> {
        match self {
            Self::At(position) => position.write(),
            Self::Tiled(0, 0) => Some("tile".into()),
            Self::Tiled(x, y) => Some(format!("tile,{x},{y}")),
        }
    }
}

fn monochrome(color: &str, intensity: &str) -> Option<Tone> {
    Some(Tone::Monochrome { color: opaque(color)?, intensity: factor(intensity, 0, 1)? })
}

fn duotone(dark: &str, light: &str, intensity: &str) -> Option<Tone> {
    Some(Tone::Duotone { dark: opaque(dark)?, light: opaque(light)?, intensity: factor(intensity, 0, 1)? })
}

/// Reads a colour, whose alpha does not matter.
pub(super) fn opaque(text: &str) -> Option<Color> {
    parse_color(text).map(|color| Color { alpha: 255, ..color })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check<T: Value>(good: &[&str], other_words: &[(&str, &str)], bad: &[&str]) {
        let again = |text: &str| T::read(text).and_then(|value| value.write());
        for text in good {
            assert_eq!(again(text).as_deref(), Some(*text));
        }
        for (text, written) in other_words {
            assert_eq!(again(text).as_deref(), Some(*written), "{text}");
        }
        for text in bad {
            assert_eq!(again(text), None, "{text}");
        }
    }

    #[test]
    fn adjustments_are_read_and_written_back() {
        check::<Sharpen>(
            &["0.8", "1,0,3"],
            &[("2,1,2", "2")],
            &["", "11", "1,2", "1,2,3,4", "1,2,1001", "-1"],
        );
        check::<Unsharp>(&["1,0.5", "2,1,4"], &[("2,1,0", "2,1")], &["", "1", "101,1", "1,101", "1,1,256"]);
        check::<Vec<Obscure>>(
            &["0,10%,50,25%,blur,8", "1,2,3,4,pixelate,12;5,6,7,8,blur,0.5"],
            &[],
            &["", "1,2,3,4", "1,2,3,4,blur", "1,2,0,4,blur,8", "1,2,3,4,melt,8", "1,2,3,4,blur,8;"],
        );
        check::<Place>(
            &["center", "south-east,10,5%", "tile", "tile,20,0", "0.3,0.7"],
            &[("tile,0,0", "tile")],
            &["", "tile,5", "tile,-1,0", "attention", "middle"],
        );
        check::<Tone>(
            &["grayscale", "sepia", "monochrome,008080", "duotone,000080,ffff00,0.5"],
            &[
                ("monochrome,rgb(0,128,128),1", "monochrome,008080"),
                ("duotone,navy,yellow", "duotone,000080,ffff00"),
            ],
            &["", "grey", "monochrome", "monochrome,teal,1.1", "duotone,navy", "sepia,1"],
        );
    }
}
