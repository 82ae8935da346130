//! Texts in URLs: percent-encoding, query strings, base64.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

use crate::failure::{Failure, Kind, Result, clip};

/// Characters with a meaning, or no place, in a query string.
const QUERY: &AsciiSet =
    &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~').remove(b':').remove(b',');

/// The same for a path, in which slashes stay.
const PATH: &AsciiSet = &QUERY.remove(b'/');

/// Encodes a value of a query string.
pub fn encode_query(text: &str) -> String {
    utf8_percent_encode(text, QUERY).to_string()
}

/// Encodes a part of a path, with its slashes as they are.
pub fn encode_path(text: &str) -> String {
    utf8_percent_encode(text, PATH).to_string()
}

/// Decodes `%xx`. `None` if an escape is not two hexadecimal digits, or if the result is not UTF-8.
pub fn decode(text: &str) -> Option<String> {
    let escapes = text.split('%').skip(1);
    let is_escape =
        |rest: &str| rest.as_bytes().get(..2).is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit));
    if !escapes.into_iter().all(is_escape) {
        return None;
    }
    Some(percent_decode_str(text).decode_utf8().ok()?.into_owned())
}

/// Decodes `%xx` where it is an escape, and leaves any other `%` as it is. `None` if the result is not UTF-8.
pub fn decode_leniently(text: &str) -> Option<String> {
    Some(percent_decode_str(text).decode_utf8().ok()?.into_owned())
}

/// Names and values of a query string, decoded; `+` stands for a space if `plus_is_space`.
///
/// # Errors
///
/// [`Kind::InvalidParameter`] where the percent-encoding is broken.
pub fn pairs(query: &str, plus_is_space: bool) -> Result<Vec<(String, String)>> {
    let decoded = |text: &str| {
        let text = if plus_is_space { text.replace('+', " ") } else { text.to_owned() };
        decode(&text).ok_or_else(|| {
            Failure::new(Kind::InvalidParameter, format!("\"{}\" is not valid percent-encoding", clip(&text)))
                .with_detail("write % as %25, and text as percent-encoded UTF-8")
        })
    };
    raw_pairs(query).map(|(name, text)| Ok((decoded(name)?, decoded(text)?))).collect()
}

/// Names and values of a query string in which `+` is a plus and a `%` that begins no escape is itself. `None` in place
/// of a pair that is not UTF-8.
pub fn lenient_pairs(query: &str) -> impl Iterator<Item = Option<(String, String)>> {
    raw_pairs(query).map(|(name, text)| Some((decode_leniently(name)?, decode_leniently(text)?)))
}

fn raw_pairs(query: &str) -> impl Iterator<Item = (&str, &str)> {
    let pairs = query.split('&').filter(|pair| !pair.is_empty());
    pairs.map(|pair| pair.split_once('=').unwrap_or((pair, "")))
}

/// Encodes a text in base64url without padding (RFC 4648, section 5).
pub fn encode_base64(text: &str) -> String {
    URL_SAFE_NO_PAD.encode(text.as_bytes())
}

/// Decodes a text in base64url, with or without padding. `None` if it is not base64url of UTF-8.
pub fn decode_base64(text: &str) -> Option<String> {
    let bytes = URL_SAFE_NO_PAD.decode(text.trim_end_matches('=').as_bytes()).ok()?;
    String::from_utf8(bytes).ok()
}

/// The items of a list. A separator between parentheses belongs to a colour.
pub fn split_list(text: &str, separator: char) -> Vec<&str> {
    let mut depth = 0u32;
    let items = text.split(move |c| {
        match c {
            '(' => depth = depth.saturating_add(1),
            ')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        c == separator && depth == 0
    });
    items.collect()
}

/// A source URL as it stands in a path, where some proxies make one slash of two.
pub fn mend_slashes(url: &str) -> String {
    for scheme in ["http:/", "https:/", "s3:/"] {
        if let Some(rest) = url.strip_prefix(scheme)
            && !rest.starts_with('/')
        {
            return format!("{scheme}/{rest}");
        }
    }
    url.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percent_decoding_takes_whole_escapes_of_utf8_and_nothing_else() {
        for (text, decoded) in
            [("", ""), ("a%20b", "a b"), ("%C3%bc+", "ü+"), ("ü%25%2541", "ü%%41"), ("%00", "\0")]
        {
            assert_eq!(decode(text).as_deref(), Some(decoded), "{text}");
        }
        for bad in ["%", "a%4", "%g0", "%0g", "%+1", "%%20", "%ü", "%ff", "%C3", "%C3a"] {
            assert_eq!(decode(bad), None, "{bad}");
        }
        assert_eq!(decode_leniently("50%&%20%zz").as_deref(), Some("50%& %zz"));
        assert_eq!(decode_leniently("%ff"), None);
    }

    #[test]
    fn lenient_pairs_keep_what_is_no_escape() {
        let pair = |name: &str, text: &str| Some((name.to_owned(), text.to_owned()));
        let pairs: Vec<_> = lenient_pairs("w=50%&&a+b=%41+b&we&x=%ff&y=1=2").collect();
        assert_eq!(pairs, [pair("w", "50%"), pair("a+b", "A+b"), pair("we", ""), None, pair("y", "1=2")]);
    }

    #[test]
    fn base64_is_url_safe_and_strict() {
        for (plain, encoded) in [("", ""), ("f", "Zg"), ("fo", "Zm8"), ("foob", "Zm9vYg"), ("~~~?", "fn5-Pw")]
        {
            assert_eq!(encode_base64(plain), encoded);
            assert_eq!(decode_base64(encoded).as_deref(), Some(plain));
        }
        assert_eq!(decode_base64("Zg==").as_deref(), Some("f"));
        for bad in ["Z", "Zm9vZ", "Z+==", "Zm 9v", "Zh", "Zm9=v", "_w"] {
            assert_eq!(decode_base64(bad), None, "{bad}");
        }
    }

    #[test]
    fn one_slash_after_the_scheme_becomes_two() {
        assert_eq!(mend_slashes("https:/a.example/b"), "https://a.example/b");
        assert_eq!(mend_slashes("http://a.example/b"), "http://a.example/b");
        assert_eq!(mend_slashes("/https:/a"), "/https:/a");
    }
}
