//! Helpers for text. They are loops, and few: see "The service is written small" in `docs/decisions.md`.

/// Texts with a separator between them.
pub fn join(texts: &[impl AsRef<str>], separator: &str) -> String {
    let mut out = String::new();
    for text in texts {
        out.push_str(text.as_ref());
        out.push_str(separator);
    }
    out.truncate(out.len().saturating_sub(separator.len()));
    out
}

/// Adds an item to a list with a separator between its items, none of which is empty.
pub fn add(list: &mut String, separator: &str, item: &str) {
    if !list.is_empty() {
        list.push_str(separator);
    }
    list.push_str(item);
}

/// The parts of a text between separators.
///
/// In one place and with loops around it: every chain of iterators over the parts is half a kilobyte of code.
pub fn split(text: &str, separator: char) -> Vec<&str> {
    let mut parts = Vec::new();
    for part in text.split(separator) {
        parts.push(part);
    }
    parts
}

/// The parts of a text before and behind the last of an ASCII character.
pub fn rsplit_once(text: &str, separator: u8) -> Option<(&str, &str)> {
    let at = text.bytes().rposition(|byte| byte == separator)?;
    Some((text.get(..at)?, text.get(at + 1..)?))
}

/// The first of words with a space between them.
pub fn first(words: &str) -> &str {
    words.split(' ').next().unwrap_or_default()
}

/// Whether a word is one of words with a space between them. Tables of names are written so, since each text of its own
/// is a pointer and a length besides.
pub fn has(words: &str, word: &str) -> bool {
    for known in words.split(' ') {
        if known == word {
            return true;
        }
    }
    false
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
    let at = text.as_bytes().windows(separator.len()).position(|window| window == separator.as_bytes())?;
    Some((text.get(..at)?, text.get(at + separator.len()..)?))
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
    let mut rest = number;
    let mut digits = Vec::new();
    while rest > 0 || digits.is_empty() {
        // The remainder of a division by ten is a digit.
        digits.insert(0, b'0' + (rest % 10) as u8);
        rest /= 10;
    }
    String::from_utf8(digits).unwrap_or_default()
}

#[cfg(test)]
mod tests {
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
    fn a_word_is_found_whole() {
        assert!(super::has("width w", "w") && super::has("width w", "width") && super::has("", ""));
        assert!(!super::has("width w", "") && !super::has("width w", "wid") && !super::has("a b", "a b"));
        assert_eq!(super::first("width w"), "width");
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
}
