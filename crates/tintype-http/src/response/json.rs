//! JSON whose strings hold nothing that a terminal or a reader of lines acts upon.

use std::io;

use serde::Serialize;
use serde_json::ser::{Formatter, Serializer};

/// A value as JSON in one line; empty if it cannot be written as JSON.
pub(crate) fn line(value: &impl Serialize) -> String {
    let mut line = Vec::new();
    let written = value.serialize(&mut Serializer::with_formatter(&mut line, Escaping));
    written.ok().and_then(|()| String::from_utf8(line).ok()).unwrap_or_default()
}

/// Compact JSON that escapes every control character and line separator, not only those that JSON demands,
/// and writes fractions with six decimal places at most.
struct Escaping;

impl Formatter for Escaping {
    fn write_string_fragment<W: ?Sized + io::Write>(
        &mut self,
        writer: &mut W,
        fragment: &str,
    ) -> io::Result<()> {
        for piece in fragment.split_inclusive(acts) {
            match piece.chars().next_back().filter(|last| acts(*last)) {
                Some(last) => {
                    writer.write_all(piece.trim_end_matches(last).as_bytes())?;
                    write!(writer, "\\u{:04x}", u32::from(last))?;
                }
                None => writer.write_all(piece.as_bytes())?,
            }
        }
        Ok(())
    }

    /// Fractions are milliseconds, degrees and shares, which six decimal places are enough for. More of them would bring
    /// tables of powers into the component.
    fn write_f64<W: ?Sized + io::Write>(&mut self, writer: &mut W, value: f64) -> io::Result<()> {
        let millionths = (value.abs() * 1e6 + 0.5) as u64;
        let sign = if value < 0.0 { "-" } else { "" };
        let text = format!("{sign}{}.{:06}", millionths / 1_000_000, millionths % 1_000_000);
        let kept = text.trim_end_matches('0');
        writer.write_all(kept.as_bytes())?;
        writer.write_all(if kept.ends_with('.') { b"0" } else { b"" })
    }
}

/// Whether some reader takes a character for a command or the end of a line.
fn acts(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}' | '\u{2029}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_ends_a_line_or_moves_a_cursor_is_escaped() {
        assert_eq!(
            line(&"\u{7f}a\"\\\n\u{1}é\u{2028}\u{2029}\u{2029}😀\u{85}\u{9b}31m"),
            r#""\u007fa\"\\\n\u0001é\u2028\u2029\u2029😀\u0085\u009b31m""#
        );
        assert_eq!(line(&[("", "\u{2028}")]), r#"[["","\u2028"]]"#);
    }

    #[test]
    fn fractions_have_as_many_places_as_they_need_up_to_six() {
        assert_eq!(line(&[0.5, -13.25, 3.0, 0.123_456_7, 0.0]), "[0.5,-13.25,3.0,0.123457,0.0]");
    }

    #[test]
    fn what_was_escaped_is_read_as_it_was() {
        let every: String = (0..=0xffff).filter_map(char::from_u32).collect();
        let json = line(&every);
        assert!(!json.contains(acts));
        assert_eq!(serde_json::from_str::<String>(&json).unwrap(), every);
    }
}
