//! Adjustments: colours and detail of the resized image. Mirrors `wit/types.wit`, which documents each item in full.

use std::fmt;
use std::str::FromStr;

use crate::{Angle, Color, Factor, Length, OutOfRange, UnknownName};

/// Changes of colours and detail, in the order in which they are applied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Adjust {
    /// Standard deviation of a Gaussian blur, in pixels, at most 1000.
    pub blur: Factor,
    /// Sharpen edges of the lightness.
    pub sharpen: Option<Sharpen>,
    /// Sharpen by an unsharp mask.
    pub unsharp: Option<Unsharp>,
    /// Side of the squares of one colour, in pixels, 1 to 65535.
    pub pixelate: u32,
    /// Parts to make unrecognisable.
    pub obscure: Vec<Obscure>,
    /// Stops by which there is more light, -8 to 8.
    pub exposure: Amount,
    /// Exponent 1/gamma of the values, 0.1 to 10.
    pub gamma: Factor,
    /// Factor of the values, at most 100.
    pub brightness: Factor,
    /// Share of the range that is added to the values, -1 to 1.
    pub lightness: Amount,
    /// Factor of the distance from middle gray, at most 100.
    pub contrast: Factor,
    /// More or less saturation where there is little of it, -1 to 1.
    pub vibrance: Amount,
    /// Factor of the saturation, at most 100.
    pub saturation: Factor,
    /// Rotation of the hue.
    pub hue: Angle,
    /// One scale of colours for all pixels.
    pub tone: Option<Tone>,
    /// A colour for the middle tones of the grayscale image.
    pub tint: Option<Color>,
    /// Replace each colour by its complement.
    pub negate: bool,
    /// Levels of each channel, 2 to 256.
    pub posterize: u32,
}

impl Default for Adjust {
    fn default() -> Self {
        Self {
            blur: Factor::ZERO,
            sharpen: None,
            unsharp: None,
            pixelate: 1,
            obscure: Vec::new(),
            exposure: Amount::ZERO,
            gamma: Factor::ONE,
            brightness: Factor::ONE,
            lightness: Amount::ZERO,
            contrast: Factor::ONE,
            vibrance: Amount::ZERO,
            saturation: Factor::ONE,
            hue: Angle::default(),
            tone: None,
            tint: None,
            negate: false,
            posterize: 256,
        }
    }
}

/// How the edges of the lightness are sharpened, as libvips does it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sharpen {
    /// Standard deviation of the Gaussian that edges are found with, in pixels, at most 10.
    pub sigma: Factor,
    /// Strength in flat areas, at most 1000.
    pub flat: Factor,
    /// Strength at edges, at most 1000.
    pub jagged: Factor,
}

/// An unsharp mask.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unsharp {
    /// Standard deviation of the Gaussian, in pixels, at most 100.
    pub sigma: Factor,
    /// Strength, at most 100.
    pub amount: Factor,
    /// Least difference of lightness that is sharpened, 0 to 255.
    pub threshold: u32,
}

impl Unsharp {
    /// The mask of three by three pixels that libvips calls mild.
    pub const MILD: Self = Self {
        sigma: Factor::from_millionths(816_497),
        amount: Factor::from_millionths(375_000),
        threshold: 0,
    };
}

/// A part of the image to make unrecognisable. What lies outside of the image is left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Obscure {
    /// Distance from the left edge.
    pub x: Length,
    /// Distance from the top edge.
    pub y: Length,
    /// Width, at least one pixel.
    pub width: Length,
    /// Height, at least one pixel.
    pub height: Length,
    /// What happens to it.
    pub by: Veil,
}

/// How a part is made unrecognisable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Veil {
    /// By a Gaussian blur of this standard deviation in pixels, at most 1000.
    Blur(Factor),
    /// By squares with sides of this many pixels, 1 to 65535.
    Pixelate(u32),
}

/// One scale of colours for all pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// From black to white.
    Grayscale,
    /// Brown, as in old photographs.
    Sepia,
    /// From black through a colour to white.
    Monochrome {
        /// The colour, which grays of its lightness get.
        color: Color,
        /// How much of it is mixed in, at most 1.
        intensity: Factor,
    },
    /// From one colour to another.
    Duotone {
        /// What black becomes.
        dark: Color,
        /// What white becomes.
        light: Color,
        /// How much of it is mixed in, at most 1.
        intensity: Factor,
    },
}

impl Tone {
    /// The same with opaque colours, whose alpha does not matter.
    fn opaque(self) -> Self {
        match self {
            Self::Monochrome { color, intensity } => Self::Monochrome { color: opaque(color), intensity },
            Self::Duotone { dark, light, intensity } => {
                Self::Duotone { dark: opaque(dark), light: opaque(light), intensity }
            }
            other => other,
        }
    }
}

fn opaque(color: Color) -> Color {
    Color { alpha: 255, ..color }
}

/// A number in millionths that may be negative: the same on every machine.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Amount(i32);

impl Amount {
    /// Nothing.
    pub const ZERO: Self = Self(0);

    /// Makes an amount from a number of millionths.
    pub const fn from_millionths(millionths: i32) -> Self {
        Self(millionths)
    }

    /// The amount in millionths.
    pub const fn millionths(self) -> i32 {
        self.0
    }
}

/// Rounds to the nearest millionth.
impl TryFrom<f64> for Amount {
    type Error = OutOfRange;

    fn try_from(amount: f64) -> Result<Self, OutOfRange> {
        let millionths = (amount * 1e6).round();
        // NaN lies in no range.
        let fits = (-1e9..=1e9).contains(&millionths);
        if fits { Ok(Self(millionths as i32)) } else { Err(OutOfRange("a number from -1000 to 1000")) }
    }
}

impl From<Amount> for f64 {
    fn from(amount: Amount) -> Self {
        Self::from(amount.0) / 1e6
    }
}

/// Reads a decimal number between -2147 and 2147; digits after the sixth decimal place are dropped.
impl FromStr for Amount {
    type Err = UnknownName;

    fn from_str(text: &str) -> Result<Self, UnknownName> {
        let (sign, digits) = text.strip_prefix('-').map_or((1, text), |digits| (-1, digits));
        let millionths = i32::try_from(digits.parse::<Factor>()?.millionths()).map_err(|_| UnknownName)?;
        Ok(Self(sign * millionths))
    }
}

/// Writes the shortest decimal number.
impl fmt::Display for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        write!(f, "{sign}{}", Factor::from_millionths(self.0.unsigned_abs()))
    }
}

impl Adjust {
    /// The same without what changes nothing.
    #[must_use]
    pub fn normalized(&self) -> Self {
        let Self { sharpen, unsharp, tone, .. } = *self;
        let none = Factor::ZERO;
        Self {
            sharpen: sharpen.filter(|by| by.sigma != none && (by.flat != none || by.jagged != none)),
            unsharp: unsharp.filter(|by| by.sigma != none && by.amount != none),
            tone: tone.map(Tone::opaque).filter(|tone| {
                !matches!(tone, Tone::Monochrome { intensity, .. } | Tone::Duotone { intensity, .. }
                    if *intensity == none)
            }),
            pixelate: self.pixelate.max(1),
            tint: self.tint.map(opaque),
            ..self.clone()
        }
    }

    /// The first value that is out of range: the option's name in the contract, and what it accepts.
    pub fn out_of_range(&self) -> Option<(&'static str, OutOfRange)> {
        let at_most = |factor: Factor, most: u32| factor.millionths() <= most * 1_000_000;
        let within = |amount: Amount, most: u32| amount.millionths().unsigned_abs() <= most * 1_000_000;
        let sharpen = self.sharpen.is_none_or(|Sharpen { sigma, flat, jagged }| {
            at_most(sigma, 10) && at_most(flat, 1000) && at_most(jagged, 1000)
        });
        let unsharp = self.unsharp.is_none_or(|Unsharp { sigma, amount, threshold }| {
            at_most(sigma, 100) && at_most(amount, 100) && threshold <= 255
        });
        let tone = self.tone.is_none_or(|tone| match tone {
            Tone::Monochrome { intensity, .. } | Tone::Duotone { intensity, .. } => at_most(intensity, 1),
            Tone::Grayscale | Tone::Sepia => true,
        });
        let checks = [
            ("blur", at_most(self.blur, 1000)),
            ("sharpen", sharpen),
            ("unsharp", unsharp),
            ("pixelate", self.pixelate <= Length::MAX),
            ("obscure", self.obscure.iter().all(Obscure::is_in_range)),
            ("exposure", within(self.exposure, 8)),
            ("gamma", (100_000..=10_000_000).contains(&self.gamma.millionths())),
            ("brightness", at_most(self.brightness, 100)),
            ("lightness", within(self.lightness, 1)),
            ("contrast", at_most(self.contrast, 100)),
            ("vibrance", within(self.vibrance, 1)),
            ("saturation", at_most(self.saturation, 100)),
            ("tone", tone),
            ("posterize", (2..=256).contains(&self.posterize)),
        ];
        let (name, _) = checks.into_iter().find(|(_, fits)| !fits)?;
        Some((name, accepted(name)?))
    }
}

impl Obscure {
    fn is_in_range(&self) -> bool {
        let most = Factor::from_millionths(1_000_000_000);
        let fits = |length: Length, least: u32| match length {
            Length::Pixels(pixels) => (least..=i32::MAX as u32).contains(&pixels),
            Length::Share(share) => share.millionths() >= least && share <= most,
        };
        let by = match self.by {
            Veil::Blur(sigma) => sigma <= most,
            Veil::Pixelate(size) => size <= Length::MAX,
        };
        fits(self.x, 0) && fits(self.y, 0) && fits(self.width, 1) && fits(self.height, 1) && by
    }
}

/// What an adjustment accepts, by its name in the contract.
pub(crate) fn accepted(name: &str) -> Option<OutOfRange> {
    Some(OutOfRange(match name {
        "blur" => "0 to 1000 pixels",
        "sharpen" => "a sigma of 0 to 10, and strengths of 0 to 1000",
        "unsharp" => "a sigma of 0 to 100, an amount of 0 to 100, and a threshold of 0 to 255",
        "pixelate" => "1 to 65535 pixels",
        "obscure" => {
            "a part with a width and a height, and a sigma of 0 to 1000 or squares of 1 to 65535 pixels"
        }
        "exposure" => "-8 to 8 stops",
        "gamma" => "0.1 to 10",
        "brightness" | "contrast" | "saturation" => "0 to 100",
        "lightness" | "vibrance" => "-1 to 1",
        "tone" => "an intensity of 0 to 1",
        "posterize" => "2 to 256 levels",
        _ => return None,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_read_and_written_back() {
        for text in ["0", "1", "-1", "0.25", "-0.000001", "8"] {
            assert_eq!(text.parse::<Amount>().unwrap().to_string(), text);
        }
        for bad in ["", "-", "--1", "1e3", "4000", "+1"] {
            assert!(bad.parse::<Amount>().is_err(), "{bad}");
        }
        assert_eq!(Amount::try_from(-0.5).map(Amount::millionths), Ok(-500_000));
        assert!(Amount::try_from(f64::NAN).is_err() && Amount::try_from(1001.0).is_err());
    }

    #[test]
    fn what_changes_nothing_is_left_out() {
        let none = Sharpen { sigma: Factor::ONE, flat: Factor::ZERO, jagged: Factor::ZERO };
        let adjust = Adjust {
            sharpen: Some(none),
            unsharp: Some(Unsharp { amount: Factor::ZERO, ..Unsharp::MILD }),
            tone: Some(Tone::Monochrome { color: Color::WHITE, intensity: Factor::ZERO }),
            pixelate: 0,
            ..Adjust::default()
        };
        assert_eq!(adjust.normalized(), Adjust::default());
    }

    #[test]
    fn values_out_of_range_are_named() {
        assert_eq!(Adjust::default().out_of_range(), None);
        let name = |adjust: Adjust| adjust.out_of_range().unwrap().0;
        let big = Factor::from_millionths(1_000_000_001);
        assert_eq!(name(Adjust { blur: big, ..Adjust::default() }), "blur");
        assert_eq!(name(Adjust { gamma: Factor::ZERO, ..Adjust::default() }), "gamma");
        assert_eq!(name(Adjust { posterize: 1, ..Adjust::default() }), "posterize");
        assert_eq!(name(Adjust { lightness: Amount(-1_000_001), ..Adjust::default() }), "lightness");
        let (x, y, width) = (Length::ZERO, Length::ZERO, Length::ZERO);
        let area = Obscure { x, y, width, height: Length::WHOLE, by: Veil::Pixelate(3) };
        assert_eq!(name(Adjust { obscure: vec![area], ..Adjust::default() }), "obscure");
    }
}
