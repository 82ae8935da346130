//! Helpers for text.

/// Texts with a separator between them.
pub fn join<T: AsRef<str>>(texts: impl IntoIterator<Item = T>, separator: &str) -> String {
    let mut out = String::new();
    for text in texts {
        out.push_str(text.as_ref());
        out.push_str(separator);
    }
    out.truncate(out.len().saturating_sub(separator.len()));
    out
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

#[cfg(test)]
mod tests {
    #[test]
    fn a_text_is_split_at_the_first_separator() {
        assert_eq!(super::split_once("a://b://c", "://"), Some(("a", "b://c")));
        assert_eq!(super::split_once("ü://", "://"), Some(("ü", "")));
        assert_eq!(super::split_once("a:/b", "://"), None);
        assert!(super::contains("abc", "c") && !super::contains("", "c"));
    }

    #[test]
    fn empty_texts_are_joined_like_others() {
        assert_eq!(super::join(["", "a", ""], "/"), "/a/");
        assert_eq!(super::join([""; 0], "/"), "");
    }
}
