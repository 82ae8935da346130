//! Helpers for text. They are loops, and few: see "The service is written small" in `docs/decisions.md`.

use crate::prelude::*;

/// Texts with a separator between them.
pub fn join(texts: &[impl AsRef<str>], separator: &str) -> String {
    let mut out = String::new();
    let mut before = "";
    for text in texts {
        out.push_str(before);
        out.push_str(text.as_ref());
        before = separator;
    }
    out
}

/// Adds an item to a list with a separator between its items, none of which is empty.
pub fn add(list: &mut String, separator: &str, item: &str) {
    if !list.is_empty() {
        list.push_str(separator);
    }
    list.push_str(item);
}

/// The parts of a text between ASCII characters.
///
/// As `str::split`, whose search for characters of any length is a kilobyte of code.
#[derive(Clone, Debug)]
pub struct Parts<'a> {
    rest: Option<&'a str>,
    separator: u8,
}

/// The parts of a text between ASCII characters.
pub fn parts(text: &str, separator: u8) -> Parts<'_> {
    Parts { rest: Some(text), separator }
}

impl<'a> Iterator for Parts<'a> {
    type Item = &'a str;

    fn next(&mut self) -> Option<&'a str> {
        let text = self.rest.take()?;
        let Some(at) = text.as_bytes().iter().position(|byte| *byte == self.separator) else {
            return Some(text);
        };
        self.rest = text.get(at + 1..);
        text.get(..at)
    }
}

/// The parts of a text between ASCII characters, all at once.
///
/// In one place and with loops around it: every chain of iterators over the parts is half a kilobyte of code.
pub fn split(text: &str, separator: u8) -> Vec<&str> {
    let mut all = Vec::new();
    for part in parts(text, separator) {
        all.push(part);
    }
    all
}

/// The parts of a text before and behind the last of an ASCII character.
pub fn rsplit_once(text: &str, separator: u8) -> Option<(&str, &str)> {
    let mut at = text.len();
    while at > 0 {
        at -= 1;
        if text.as_bytes().get(at) == Some(&separator) {
            return Some((text.get(..at)?, text.get(at + 1..)?));
        }
    }
    None
}

/// Whether every byte of a text is accepted.
pub fn all(text: &str, accepts: fn(u8) -> bool) -> bool {
    for byte in text.bytes() {
        if !accepts(byte) {
            return false;
        }
    }
    true
}

/// The parts of a text before and behind the first occurrence of another.
///
/// As `str::split_once` for strings, whose search for long texts is several kilobytes of code.
pub fn split_once<'a>(text: &'a str, separator: &str) -> Option<(&'a str, &'a str)> {
    let mut at = 0;
    while let Some(rest) = text.as_bytes().get(at..) {
        if rest.starts_with(separator.as_bytes()) {
            return Some((text.get(..at)?, text.get(at + separator.len()..)?));
        }
        at += 1;
    }
    None
}

/// Whether a text holds another.
pub fn contains(text: &str, part: &str) -> bool {
    split_once(text, part).is_some()
}

/// Texts one behind the other.
///
/// In place of `format!`: the machinery of formatting is 8 KB of code.
pub fn concat(texts: &[&str]) -> String {
    let mut out = String::new();
    for text in texts {
        out.push_str(text);
    }
    out
}

/// A number in decimal digits.
pub fn decimal(number: u64) -> String {
    let mut out = String::new();
    push_digits(&mut out, number);
    out
}

fn push_digits(out: &mut String, number: u64) {
    if number > 9 {
        push_digits(out, number / 10);
    }
    // The remainder of a division by ten is a digit.
    out.push(char::from(b'0' + (number % 10) as u8));
}

/// The parts of a text before and behind the first occurrence of another; all of it and nothing where there is none.
pub fn cut<'a>(text: &'a str, separator: &str) -> (&'a str, &'a str) {
    split_once(text, separator).unwrap_or((text, ""))
}

/// A text with its ASCII letters in lower case. As `str::to_ascii_lowercase`, in a third of the code.
pub fn lower(text: &str) -> String {
    let mut lower = text.to_owned();
    lower.make_ascii_lowercase();
    lower
}

/// A text without any number of prefixes.
pub fn trim_start<'a>(text: &'a str, prefix: &str) -> &'a str {
    let mut rest = text;
    while let Some(shorter) = rest.strip_prefix(prefix) {
        rest = shorter;
    }
    rest
}

/// A text without any number of suffixes.
pub fn trim_end<'a>(text: &'a str, suffix: &str) -> &'a str {
    let mut rest = text;
    while let Some(shorter) = rest.strip_suffix(suffix) {
        rest = shorter;
    }
    rest
}

/// What stands between quotes.
pub fn unquoted(text: &str) -> Option<&str> {
    text.strip_prefix("\"")?.strip_suffix("\"")
}

/// The number that digits of a radix up to 16 write; one that has 60 bits and more before its last digit is as good as the
/// largest there is. `None` for anything else.
///
/// As `u64::from_str_radix`, which takes a sign and is a good deal of code.
pub fn number(digits: &str, radix: u8) -> Option<u64> {
    let mut number = if digits.is_empty() { None } else { Some(0u64) };
    for byte in digits.bytes() {
        let digit = digit(byte).filter(|digit| *digit < radix)?;
        // Below this bound a further digit of any radix fits.
        number = match number? {
            small if small >> 60 == 0 => Some(small * u64::from(radix) + u64::from(digit)),
            _ => Some(u64::MAX),
        };
    }
    number
}

/// The value of a hexadecimal digit. As `char::to_digit`, which can panic.
pub fn digit(byte: u8) -> Option<u8> {
    match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'A'..=b'F' => Some(byte - b'A' + 10),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        _ => None,
    }
}

/// A number in hexadecimal, with zeros in front of it up to this many digits.
pub fn hexadecimal(number: u64, digits: u32) -> String {
    let mut out = String::new();
    for place in (0..16).rev() {
        let high = number >> (4 * place);
        if high != 0 || place < digits {
            push_digit(&mut out, b"0123456789abcdef", (high & 15) as u8);
        }
    }
    out
}

fn push_digit(out: &mut String, digits: &[u8; 16], digit: u8) {
    out.push(digits.get(usize::from(digit)).copied().map_or('0', char::from));
}

/// A text before and from the first byte that is accepted. Only bytes of ASCII may be.
pub fn until(text: &str, stops: fn(u8) -> bool) -> (&str, &str) {
    let mut end = 0;
    for byte in text.bytes() {
        if stops(byte) {
            break;
        }
        end += 1;
    }
    text.split_at_checked(end).unwrap_or((text, ""))
}

/// The words of a text between bytes of ASCII that separate them, without white space around them.
pub fn words(text: &str, separates: fn(u8) -> bool) -> Vec<&str> {
    let mut words = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let (word, after) = until(rest, separates);
        let word = word.trim_ascii();
        if !word.is_empty() {
            words.push(word);
        }
        rest = after.get(1..).unwrap_or_default();
    }
    words
}

/// A text with every byte percent-encoded that is not accepted. Only bytes of ASCII may be.
pub fn escape(text: &str, keeps: fn(u8) -> bool) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        if keeps(byte) {
            out.push(char::from(byte));
        } else {
            out.push('%');
            push_digit(&mut out, b"0123456789ABCDEF", byte >> 4);
            push_digit(&mut out, b"0123456789ABCDEF", byte & 15);
        }
    }
    out
}

/// Decodes `%xx`, and leaves as it is what looks like an escape and is none; whether there was no such thing.
pub fn unescape(text: &str) -> (Vec<u8>, bool) {
    let mut out = Vec::with_capacity(text.len());
    let mut clean = true;
    let mut rest = text.as_bytes();
    while let [byte, after @ ..] = rest {
        rest = after;
        let mut byte = *byte;
        if byte == b'%' {
            match escaped(after) {
                Some((decoded, after)) => (byte, rest) = (decoded, after),
                None => clean = false,
            }
        }
        out.push(byte);
    }
    (out, clean)
}

/// The byte that two hexadecimal digits stand for, and what follows them.
fn escaped(digits: &[u8]) -> Option<(u8, &[u8])> {
    let [high, low, after @ ..] = digits else { return None };
    Some((digit(*high)? << 4 | digit(*low)?, after))
}

/// A text with something else in the place of an ASCII character.
pub fn replace(text: &str, from: u8, to: &str) -> String {
    join(&split(text, from), to)
}

#[cfg(test)]
mod tests {
    use crate::prelude::*;

    #[test]
    fn a_text_is_split_at_the_first_separator() {
        assert_eq!(super::split_once("a://b://c", "://"), Some(("a", "b://c")));
        assert_eq!(super::split_once("ü://", "://"), Some(("ü", "")));
        assert_eq!(super::split_once("a:/b", "://"), None);
        assert_eq!(super::rsplit_once("a.ü.c", b'.'), Some(("a.ü", "c")));
        assert_eq!(super::rsplit_once("ü", b'.'), None);
        assert!(super::contains("abc", "c") && !super::contains("", "c"));
    }

    #[test]
    fn numbers_are_written_in_decimal() {
        for number in [0, 7, 10, 1_234_567_890, u64::MAX] {
            assert_eq!(super::decimal(number), number.to_string());
        }
        assert_eq!(super::concat(&["a", "", "b"]), "ab");
    }

    #[test]
    fn empty_texts_are_joined_like_others() {
        assert_eq!(super::join(&["", "a", ""], "/"), "/a/");
        assert_eq!(super::join(&[""; 0], "/"), "");
    }

    #[test]
    fn numbers_are_read_in_every_radix() {
        for (digits, radix, number) in [
            ("0", 10, Some(0)),
            ("0090", 10, Some(90)),
            ("18446744073709551615", 10, Some(u64::MAX)),
            ("9999999999999999999", 10, Some(9_999_999_999_999_999_999)),
            ("99999999999999999999999999", 10, Some(u64::MAX)),
            ("777", 8, Some(0o777)),
            ("8", 8, None),
            ("fFffFfffFfffFffe", 16, Some(u64::MAX - 1)),
            ("g", 16, None),
            ("", 10, None),
            ("+1", 10, None),
            ("1 ", 10, None),
            ("٣", 10, None),
        ] {
            assert_eq!(super::number(digits, radix), number, "{digits}");
        }
    }

    #[test]
    fn numbers_are_written_in_hexadecimal() {
        for number in [0, 1, 0xabc, 0x1000, u64::MAX] {
            assert_eq!(super::hexadecimal(number, 1), format!("{number:x}"));
            assert_eq!(super::hexadecimal(number, 4), format!("{number:04x}"));
            assert_eq!(super::hexadecimal(number, 16), format!("{number:016x}"));
        }
    }

    #[test]
    fn texts_are_cut_at_bytes() {
        assert_eq!(super::until("é/b?", |b| matches!(b, b'/' | b'?')), ("é", "/b?"));
        assert_eq!(super::until("é", |b| b == b'/'), ("é", ""));
        assert_eq!(super::words(" é,, b c ,", |b| b == b','), ["é", "b c"]);
        assert_eq!(super::words(",", |b| b == b','), [""; 0]);
    }

    #[test]
    fn what_is_not_kept_is_percent_encoded() {
        assert_eq!(super::escape("a/é ", |b| b.is_ascii_alphanumeric()), "a%2F%C3%A9%20");
    }
}
