//! Helpers for text.

/// Texts with a separator between them.
pub fn join<T: AsRef<str>>(texts: impl IntoIterator<Item = T>, separator: &str) -> String {
    let mut out = String::new();
    let mut between = "";
    for text in texts {
        out.push_str(between);
        out.push_str(text.as_ref());
        between = separator;
    }
    out
}

#[cfg(test)]
mod tests {
    #[test]
    fn empty_texts_are_joined_like_others() {
        assert_eq!(super::join(["", "a", ""], "/"), "/a/");
        assert_eq!(super::join([""; 0], "/"), "");
    }
}
