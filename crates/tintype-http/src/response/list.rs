//! Lists in headers (RFC 9110, section 5.6.1).

use std::borrow::Cow;
use std::iter;

use http::{HeaderMap, HeaderName, HeaderValue, header};

/// The members of a list, trimmed, without empty ones. Commas in quoted strings separate nothing, unless the quotes do
/// not end.
pub(crate) fn members(list: &str) -> impl Iterator<Item = &str> {
    let mut rest = Some(list);
    let members = iter::from_fn(move || {
        let (member, after) = split_first(rest?);
        rest = after;
        Some(member.trim())
    });
    members.filter(|member| !member.is_empty())
}

fn split_first(list: &str) -> (&str, Option<&str>) {
    let (mut quoted, mut escaped) = (false, false);
    for (at, byte) in list.bytes().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            b',' if !quoted => return split_at_comma(list, at),
            _ => {}
        }
    }
    match list.find(',') {
        Some(at) if quoted => split_at_comma(list, at),
        _ => (list, None),
    }
}

fn split_at_comma(list: &str, at: usize) -> (&str, Option<&str>) {
    (list.get(..at).unwrap_or(list), list.get(at + 1..))
}

/// The lines of a header. Bytes that are not UTF-8 are replaced, so that they spoil what they stand in and no more.
pub(crate) fn lines(headers: &HeaderMap, name: HeaderName) -> impl Iterator<Item = Cow<'_, str>> {
    headers.get_all(name).into_iter().map(|value| String::from_utf8_lossy(value.as_bytes()))
}

/// Adds a name to `Vary`, in the same line.
pub(crate) fn vary(headers: &mut HeaderMap, name: &str) {
    let known = headers.get(header::VARY).and_then(|value| value.to_str().ok());
    let list = known.map_or_else(|| name.to_owned(), |known| format!("{known}, {name}"));
    if let Ok(list) = HeaderValue::try_from(list) {
        headers.insert(header::VARY, list);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split(list: &str) -> Vec<&str> {
        members(list).collect()
    }

    #[test]
    fn commas_in_quotes_separate_nothing() {
        assert_eq!(split(r#" a ,, b="c, d" , e="\", f",g"#), ["a", r#"b="c, d""#, r#"e="\", f""#, "g"]);
        assert_eq!(split(""), [""; 0]);
        assert_eq!(split(" , ,"), [""; 0]);
    }

    #[test]
    fn quotes_without_an_end_hide_nothing() {
        assert_eq!(split(r#"private="a, no-store"#), [r#"private="a"#, "no-store"]);
        assert_eq!(split(r#"a="\"#), [r#"a="\"#]);
    }

    #[test]
    fn names_are_added_to_one_line() {
        let mut headers = HeaderMap::new();
        vary(&mut headers, "accept");
        vary(&mut headers, "origin");
        assert_eq!(headers[header::VARY], "accept, origin");
        assert_eq!(headers.len(), 1);
    }
}
