//! Values of wsrv's parameters.

use tintype_types::{Color, number};

use crate::grammar::parameter::meaning;
use crate::request::{parse_color, write_color};

/// No error message shows what is accepted, as everything else counts as not given.
pub(super) const ANY: &str = "";

/// A name, or hexadecimal digits with alpha in front: `RGB`, `ARGB`, `RRGGBB`, `AARRGGBB`.
pub(super) fn read_color(text: &str) -> Option<Color> {
    let digits = text.strip_prefix('#').unwrap_or(text);
    if matches!(digits.len(), 4 | 8) && digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return parse_color(&turned(digits, digits.len() / 4));
    }
    parse_color(text)
}

/// A colour with its alpha in front. Without alpha, nothing follows the first six digits.
pub(super) fn written_color(color: Color) -> String {
    turned(&write_color(color), 6)
}

/// A text whose first bytes come last.
fn turned(text: &str, bytes: usize) -> String {
    let (first, last) = text.split_at_checked(bytes).unwrap_or((text, ""));
    format!("{last}{first}")
}

/// The number that a text begins with, and its whole part: `100px` is 100 there, and so is `100.5` where whole numbers are
/// accepted alone, as `stof` and `stoi` of C++ read them.
pub(super) fn leading_numbers(text: &str) -> [&str; 2] {
    let text = text.strip_prefix('+').unwrap_or(text);
    let digits = |from: usize| text.bytes().skip(from).take_while(u8::is_ascii_digit).count();
    let sign = usize::from(text.starts_with('-'));
    let whole = sign + digits(sign);
    let number = match text.as_bytes().get(whole) {
        Some(b'.') => whole + 1 + digits(whole + 1),
        _ => whole,
    };
    [number, whole].map(|end| text.get(..end).unwrap_or_default())
}

/// A day, in seconds.
pub(super) const DAY: u64 = 86_400;

/// A number of days, weeks, months or years, at least a day and at most a year.
pub(super) fn read_seconds(text: &str) -> Option<u64> {
    const UNITS: &[(&str, u64)] = &[("d", DAY), ("w", 7 * DAY), ("M", 30 * DAY), ("y", 365 * DAY)];
    let (count, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
    let seconds = number(count, 1, 365)? * meaning(UNITS, unit)?;
    (seconds <= 365 * DAY).then_some(seconds)
}
