//! Tables of names in one text.
//!
//! A table is words with a space between them, in an order that means something, such as that of an enumeration. A word
//! has its synonyms behind it, with `|` between them; `-` keeps the place of what has no name. It is written so because
//! each text of its own is a pointer and a length besides.

use crate::text::{cut, parts};

/// Where a name stands in a table.
pub fn index(table: &str, name: &str) -> Option<usize> {
    for (index, names) in parts(table, b' ').enumerate() {
        for known in parts(names, b'|') {
            if known == name && name != "-" {
                return Some(index);
            }
        }
    }
    None
}

/// The name that stands at this place of a table.
pub fn name(table: &str, index: usize) -> Option<&str> {
    let mut places = parts(table, b' ');
    for _ in 0..index {
        places.next()?;
    }
    let name = parts(places.next()?, b'|').next()?;
    if name == "-" { None } else { Some(name) }
}

/// The value of a name in a table of words `name=value`.
pub fn lookup<'a>(table: &'a str, name: &str) -> Option<&'a str> {
    for entry in parts(table, b' ') {
        let (names, value) = cut(entry, "=");
        if index(names, name).is_some() {
            return Some(value);
        }
    }
    None
}

/// The first of words with a space between them.
pub fn first(words: &str) -> &str {
    parts(words, b' ').next().unwrap_or_default()
}

/// Whether a word is one of words with a space between them.
pub fn has(words: &str, word: &str) -> bool {
    for known in parts(words, b' ') {
        if known == word {
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_found_whole() {
        assert!(has("width w", "w") && has("width w", "width") && has("", ""));
        assert!(!has("width w", "") && !has("width w", "wid") && !has("a b", "a b"));
        assert_eq!(first("width w"), "width");
    }

    #[test]
    fn a_name_is_found_in_a_table_by_its_synonyms_too() {
        const TABLE: &str = "none|0 - h|x v|";
        assert_eq!(["none", "0", "h", "x", "v", ""].map(|name| index(TABLE, name)), {
            [Some(0), Some(0), Some(2), Some(2), Some(3), Some(3)]
        });
        assert_eq!(["-", "no", "h|x", "h v"].map(|name| index(TABLE, name)), [None; 4]);
        let names = [0, 1, 2, 3, 4].map(|index| name(TABLE, index));
        assert_eq!(names, [Some("none"), None, Some("h"), Some("v"), None]);
        assert_eq!(lookup("a|b=1 c= d=-", "b"), Some("1"));
        assert_eq!(lookup("a|b=1 c= d=-", "c"), Some(""));
        assert_eq!(lookup("a|b=1 c= d=-", "1"), None);
    }
}
