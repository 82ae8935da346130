//! Entity tags: strong ones, made of what decides the bytes of an answer.
//!
//! A tag is `"variant-source"`. The variant is a hash of the component's version, the options and the format; the
//! source is a hash of its bytes. Where the origin's own strong tag is trusted, it takes the place of that hash, in
//! base64url behind a point: `"variant.b3JpZ2lu"`. So a client that revalidates brings back what has to be asked of the
//! origin, and nothing has to be remembered here.

use super::negotiate;
use crate::client;
use crate::format::Format;
use crate::grammar::{base64, query};
use crate::prelude::*;
use crate::request::{Delivery, OutputFormat, Request, Source};
use crate::text;

/// The longest tag of an origin that is taken into our own.
const LONGEST: usize = 200;

/// The hash of everything but the source that decides the bytes of an answer.
pub fn variant(request: &Request, accept: Option<&str>) -> String {
    let format = match request.output.format {
        OutputFormat::Fixed(format) => format.name(),
        OutputFormat::Source => "source",
        OutputFormat::Auto => negotiate::preferred(accept).map_or("source", Format::name),
    };
    let plain = Request {
        source: Source::Body,
        geometry: request.geometry.clone(),
        output: request.output.clone(),
        delivery: Delivery { passthrough: request.delivery.passthrough.clone(), ..Delivery::default() },
    };
    client::hash(&[env!("CARGO_PKG_VERSION"), format, &query::write(&plain)])
}

/// The tag of an answer made from a source with this hash.
pub fn from_bytes(variant: &str, hash: u64) -> String {
    text::concat(&["\"", variant, "-", &text::hexadecimal(hash, 16), "\""])
}

/// The tag of an answer made from a source with this tag of its origin; `None` if that one is weak or too long.
pub fn from_origin(variant: &str, tag: &str) -> Option<String> {
    let opaque = text::unquoted(tag)?;
    if opaque.len() > LONGEST {
        return None;
    }
    Some(text::concat(&["\"", variant, ".", &base64::encode(opaque.as_bytes()), "\""]))
}

/// The tags of origins that a client's `If-None-Match` brings back for this variant, as the origin wrote them.
pub fn origin_tags(if_none_match: &str, variant: &str) -> Vec<String> {
    let mut origin = Vec::new();
    for tag in &text::words(if_none_match, |b| b == b',') {
        if let Some(opaque) = origin_tag(tag, variant) {
            origin.push(text::concat(&["\"", &opaque, "\""]));
        }
    }
    origin
}

/// What stands between the quotes of the tag of an origin that one of ours was made of, which may have become weak.
fn origin_tag(tag: &str, variant: &str) -> Option<String> {
    let ours = text::unquoted(tag.strip_prefix("W/").unwrap_or(tag))?;
    let bytes = base64::decode(ours.strip_prefix(variant)?.strip_prefix(".")?)?;
    // What stands between the quotes of a tag (RFC 9110, section 8.8.3), so that none can end a header.
    let opaque = String::from_utf8(bytes).ok()?;
    text::all(&opaque, |b| b == 0x21 || (0x23..=0x7e).contains(&b)).then_some(opaque)
}

/// Whether `If-None-Match` (RFC 9110, section 13.1.2) names a tag, by the weak comparison that it demands.
pub fn matches(if_none_match: &str, tag: &str) -> bool {
    if if_none_match.trim_ascii() == "*" {
        return true;
    }
    for known in &text::words(if_none_match, |b| b == b',') {
        if known.strip_prefix("W/").unwrap_or(known) == tag {
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_stars_and_weak_tags_match() {
        for (header, found) in [
            ("*", true),
            (" * ", true),
            ("\"a\"", true),
            ("W/\"a\"", true),
            ("\"x\", W/\"y\" ,\"a\"", true),
            ("\"b\"", false),
            ("a", false),
            ("\"A\"", false),
            ("\"\"", false),
            ("", false),
            ("W/a", false),
        ] {
            assert_eq!(matches(header, "\"a\""), found, "{header}");
        }
    }

    #[test]
    fn an_origin_s_strong_tag_comes_back_from_our_own() {
        let ours = from_origin("0123", "\"v1:abc\"").unwrap();
        assert_eq!(origin_tags(&format!("\"x\", {ours}"), "0123"), ["\"v1:abc\""]);
        assert_eq!(origin_tags(&ours, "9999"), [""; 0]);
        assert_eq!(from_origin("0123", "W/\"weak\""), None);
        assert_eq!(from_origin("0123", &format!("\"{}\"", "x".repeat(201))), None);
        // A forged tag cannot smuggle a header into the request to the origin.
        let forged = format!("\"0123.{}\"", base64::encode(b"a\"\r\nx: y"));
        assert_eq!(origin_tags(&forged, "0123"), [""; 0]);
    }

    #[test]
    fn a_variant_depends_on_options_and_format_and_on_nothing_else() {
        let request = query::read("url=http://a.example/&width=8&format=auto", false).unwrap();
        let same = query::read("f=auto&u=http://b.example/&w=8&filename=x&maxage=5", false).unwrap();
        let other = query::read("url=http://a.example/&width=9&format=auto", false).unwrap();
        assert_eq!(variant(&request, None), variant(&same, Some("image/png")));
        assert_ne!(variant(&request, None), variant(&request, Some("image/webp")));
        assert_ne!(variant(&request, None), variant(&other, None));
    }
}
