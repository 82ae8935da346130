//! Front doors: each grammar turns a URL into a [`Request`](crate::request::Request), and nothing else does.

pub mod query;
pub mod value;

/// Decodes `%xx`. `None` if an escape is not two hexadecimal digits or the result is not UTF-8.
pub fn percent_decode(text: &str) -> Option<String> {
    let mut rest = text.as_bytes();
    while let Some(at) = rest.iter().position(|&b| b == b'%') {
        let (escape, after) = rest.get(at + 1..).and_then(|rest| rest.split_at_checked(2))?;
        if !escape.iter().all(u8::is_ascii_hexdigit) {
            return None;
        }
        rest = after;
    }
    percent_encoding::percent_decode_str(text).decode_utf8().ok().map(Into::into)
}
