//! Lengths, and factors in exact decimal fractions.

use std::fmt;
use std::str::FromStr;

use crate::UnknownName;

/// A factor in millionths: exact for the decimal fractions that people write, and the same on every machine.
///
/// ```
/// use tintype_types::Factor;
///
/// let half = Factor::try_from(0.5)?;
/// assert_eq!(half.of(101), 51);
/// assert!(Factor::try_from(f64::NAN).is_err());
/// # Ok::<_, tintype_types::OutOfRange>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Factor(u32);

impl Factor {
    /// Nothing.
    pub const ZERO: Self = Self(0);
    /// One: no change.
    pub const ONE: Self = Self(1_000_000);

    /// Makes a factor from a number of millionths.
    pub const fn from_millionths(millionths: u32) -> Self {
        Self(millionths)
    }

    /// The factor in millionths.
    pub const fn millionths(self) -> u32 {
        self.0
    }

    /// `numerator / denominator`, rounded down; the largest factor if that is larger.
    pub fn ratio(numerator: u32, denominator: u32) -> Self {
        let millionths = u64::from(numerator) * u64::from(Self::ONE.0) / u64::from(denominator.max(1));
        Self(u32::try_from(millionths).unwrap_or(u32::MAX))
    }

    /// The product, rounded to nearest.
    #[must_use]
    pub fn times(self, other: Self) -> Self {
        Self(other.of(self.0))
    }

    /// The factor times a whole number, rounded to nearest, saturating.
    pub fn of(self, number: u32) -> u32 {
        let one = u64::from(Self::ONE.0);
        u32::try_from((u64::from(number) * u64::from(self.0) + one / 2) / one).unwrap_or(u32::MAX)
    }

    /// Whether it lies in the range that a client may scale an image by, 0.01 to 100.
    pub const fn is_scale(self) -> bool {
        matches!(self.0, 10_000..=100_000_000)
    }
}

/// Rounds to the nearest millionth.
impl TryFrom<f64> for Factor {
    type Error = OutOfRange;

    fn try_from(factor: f64) -> Result<Self, OutOfRange> {
        let millionths = (factor * f64::from(Self::ONE.0)).round();
        // NaN lies in no range.
        if (0.0..=f64::from(u32::MAX)).contains(&millionths) {
            Ok(Self(millionths as u32))
        } else {
            Err(OutOfRange("a number from 0 to 4294"))
        }
    }
}

impl From<Factor> for f64 {
    fn from(factor: Factor) -> Self {
        Self::from(factor.0) / Self::from(Factor::ONE.0)
    }
}

/// The error for a number that no option accepts, such as a negative share or NaN, and what is accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OutOfRange(pub &'static str);

impl OutOfRange {
    /// For a target that is a share of the image's side.
    pub const SHARE: Self = Self("more than 0 and at most 1000");
    /// For a density and a zoom.
    pub const DENSITY: Self = Self("0.01 to 100");
    /// For an aspect ratio.
    pub const RATIO: Self = Self("a ratio of 0.001 to 1000");
    /// For a focal point.
    pub const FOCAL_POINT: Self = Self("a focal point of 0 to 1 in both directions");
    /// For a share within another option.
    pub const LENGTH: Self = Self("a share of at most 1000 that is not negative");
    /// For a colour.
    pub const CHANNEL: Self = Self("a colour with channels of 0 to 255");
}

impl fmt::Display for OutOfRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "is out of range; accepted is {}", self.0)
    }
}

impl std::error::Error for OutOfRange {}

impl Default for Factor {
    fn default() -> Self {
        Self::ONE
    }
}

/// Reads a decimal number that is not negative and below 4294; digits after the sixth decimal place are dropped.
impl FromStr for Factor {
    type Err = UnknownName;

    fn from_str(text: &str) -> Result<Self, UnknownName> {
        let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
        let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        if whole.len() + fraction.len() == 0 || whole.len() > 7 || !digits(whole) || !digits(fraction) {
            return Err(UnknownName);
        }
        let fraction = fraction.get(..6).unwrap_or(fraction);
        let digits = format!("{whole}{fraction:0<6}");
        digits.parse().map(Self).map_err(|_| UnknownName)
    }
}

/// Writes the shortest decimal number.
impl fmt::Display for Factor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (whole, fraction) = (self.0 / Self::ONE.0, self.0 % Self::ONE.0);
        let digits = format!("{fraction:06}");
        match digits.trim_end_matches('0') {
            "" => write!(f, "{whole}"),
            digits => write!(f, "{whole}.{digits}"),
        }
    }
}

/// A length along one side of an image.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Length {
    /// Pixels.
    Pixels(u32),
    /// A share of the side.
    Share(Factor),
}

impl Length {
    /// No pixels.
    pub const ZERO: Self = Self::Pixels(0);
    /// All of the side.
    pub const WHOLE: Self = Self::Share(Factor::ONE);
    /// The largest number of pixels that can be asked for.
    pub const MAX: u32 = 65_535;

    /// The length in pixels along a side of this many pixels, rounded to nearest.
    pub fn of(self, side: u32) -> u32 {
        match self {
            Self::Pixels(pixels) => pixels,
            Self::Share(share) => share.of(side),
        }
    }

    /// The length times a factor, at least one pixel or millionth.
    #[must_use]
    pub fn times(self, factor: Factor) -> Self {
        match self {
            Self::Pixels(pixels) => Self::Pixels(factor.of(pixels).max(1)),
            Self::Share(share) => Self::Share(Factor(share.times(factor).0.max(1))),
        }
    }

    /// Reads a number of pixels, 1 to 65535.
    pub fn pixels(text: &str) -> Option<Self> {
        number(text, 1, Self::MAX).map(Self::Pixels)
    }

    /// Reads an offset: a length, or none.
    pub fn offset(text: &str) -> Option<Self> {
        if matches!(text, "0" | "0%") { Some(Self::ZERO) } else { text.parse().ok() }
    }
}

impl From<u32> for Length {
    fn from(pixels: u32) -> Self {
        Self::Pixels(pixels)
    }
}

/// Reads 1 to 65535 pixels, or more than 0 and at most 1000 per cent of the side (`50%`).
impl FromStr for Length {
    type Err = UnknownName;

    fn from_str(text: &str) -> Result<Self, UnknownName> {
        let Some(percent) = text.strip_suffix('%') else { return Self::pixels(text).ok_or(UnknownName) };
        let share = percent.parse::<Factor>()?.0 / 100;
        if matches!(share, 1..=10_000_000) { Ok(Self::Share(Factor(share))) } else { Err(UnknownName) }
    }
}

impl fmt::Display for Length {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Pixels(pixels) => write!(f, "{pixels}"),
            // A hundred times a share fits: shares that were read end at ten wholes.
            Self::Share(share) => write!(f, "{}%", Factor(share.0.saturating_mul(100))),
        }
    }
}

/// A distance along one side of an image, in either direction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Offset {
    /// Pixels.
    Pixels(i32),
    /// A share of the side, in millionths.
    Millionths(i32),
}

impl Offset {
    /// No distance.
    pub const ZERO: Self = Self::Pixels(0);

    /// Makes an offset from a share of the side, rounded to the nearest millionth.
    ///
    /// # Errors
    ///
    /// [`OutOfRange`] for shares beyond ±1000.
    pub fn share(share: f64) -> Result<Self, OutOfRange> {
        let millionths = (share * f64::from(Factor::ONE.0)).round();
        let fits = (-1e9..=1e9).contains(&millionths);
        if fits {
            Ok(Self::Millionths(millionths as i32))
        } else {
            Err(OutOfRange("a share of at most 1000 in either direction"))
        }
    }

    /// The offset in pixels along a side of `side` pixels.
    pub fn of(self, side: f64) -> f64 {
        match self {
            Self::Pixels(pixels) => pixels.into(),
            Self::Millionths(millionths) => side * f64::from(millionths) / f64::from(Factor::ONE.0),
        }
    }

    /// Whether the offset moves nothing.
    pub const fn is_zero(self) -> bool {
        matches!(self, Self::Pixels(0) | Self::Millionths(0))
    }
}

impl Default for Offset {
    fn default() -> Self {
        Self::ZERO
    }
}

impl From<Length> for Offset {
    fn from(length: Length) -> Self {
        match length {
            Length::Pixels(pixels) => Self::Pixels(i32::try_from(pixels).unwrap_or(i32::MAX)),
            Length::Share(share) => Self::Millionths(i32::try_from(share.0).unwrap_or(i32::MAX)),
        }
    }
}

/// Reads a whole number in plain digits between two bounds, both included.
pub fn number<T: FromStr + PartialOrd>(text: &str, least: T, most: T) -> Option<T> {
    // `FromStr` accepts a sign, which has no place here.
    let plain = text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|number| plain && (least..=most).contains(number))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_plain_digits_within_bounds() {
        assert_eq!(Length::pixels("1"), Some(Length::Pixels(1)));
        assert_eq!(Length::pixels("65535"), Some(Length::Pixels(65535)));
        for bad in ["", "0", "65536", "-1", "+1", "1.0", "1e3", " 1", "99999999999999999999", "٣"] {
            assert_eq!(Length::pixels(bad), None, "{bad}");
        }
    }

    #[test]
    fn factors_are_read_and_written_back() {
        for (text, millionths) in [
            ("1", 1_000_000),
            ("0.5", 500_000),
            (".25", 250_000),
            ("1.0000009", 1_000_000),
            ("007", 7_000_000),
        ] {
            assert_eq!(text.parse(), Ok(Factor(millionths)), "{text}");
        }
        for bad in ["", ".", "-1", "+1", "1e3", "1,5", "12345678", "5000", "1.2.3", "٣"] {
            assert_eq!(bad.parse::<Factor>(), Err(UnknownName), "{bad}");
        }
        for text in ["0", "1", "0.5", "100", "0.000001", "12.345"] {
            assert_eq!(text.parse::<Factor>().unwrap().to_string(), text);
        }
    }

    #[test]
    fn lengths_are_read_and_written_back() {
        for text in ["1", "65535", "50%", "0.0001%", "33.3333%", "1000%"] {
            assert_eq!(text.parse::<Length>().unwrap().to_string(), text);
        }
        for bad in ["0", "0%", "1001%", "%", "1.5"] {
            assert_eq!(bad.parse::<Length>(), Err(UnknownName), "{bad}");
        }
    }

    #[test]
    fn lengths_scale_and_round_to_nearest() {
        assert_eq!(Length::Pixels(101).times(Factor(1_500_000)), Length::Pixels(152));
        assert_eq!(Length::Pixels(1).times(Factor(100_000)), Length::Pixels(1));
        assert_eq!(Length::Share(Factor(333_333)).of(10), 3);
        assert_eq!(Length::Share(Factor(u32::MAX)).of(u32::MAX), u32::MAX);
        assert_eq!(Factor::ratio(640, 300), Factor(2_133_333));
    }
}
