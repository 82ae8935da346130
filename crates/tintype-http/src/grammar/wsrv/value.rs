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

/// A day, in seconds.
pub(super) const DAY: u64 = 86_400;

/// A number of days, weeks, months or years, at least a day and at most a year.
pub(super) fn read_seconds(text: &str) -> Option<u64> {
    const UNITS: &[(&str, u64)] = &[("d", DAY), ("w", 7 * DAY), ("M", 30 * DAY), ("y", 365 * DAY)];
    let (count, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
    let seconds = number(count, 1, 365)? * meaning(UNITS, unit)?;
    (seconds <= 365 * DAY).then_some(seconds)
}
