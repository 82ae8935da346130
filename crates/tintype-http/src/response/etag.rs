//! Validators: entity tags, which are made of what decides the bytes of a response, and dates.
//!
//! A tag is `"variant-source"`. The variant is a hash of the options and the format, the source a hash of its bytes.
//! Where the origin's own strong tag is trusted, it replaces that hash, in base64url after a dot: `"variant.b3JpZ2lu"`.
//! So a client that revalidates brings back what the origin has to be asked for, and nothing has to be stored here.
//!
//! ```
//! use tintype_http::request::ImageRequest;
//! use tintype_http::response::etag;
//!
//! let request = ImageRequest::default();
//! let variant = etag::variant(&request, None, "/?width=800");
//! let tag = etag::from_origin(&variant, "\"v1\"").unwrap();
//! let brought_back = format!("\"another\", {tag}");
//! assert!(etag::matches(&brought_back, &tag));
//! assert_eq!(etag::origin_tags(&brought_back, &variant)[0].to_string(), "\"v1\"");
//! ```

use std::fmt;
use std::iter;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use tintype_types::Format;
use twox_hash::XxHash64;

use super::negotiate;
use crate::request::{Delivery, ImageRequest, OutputFormat, Source};

/// The revision of what renditions look like. Raise it, on purpose, with every change that changes the bytes of a
/// rendition: clients and caches then fetch their images anew instead of keeping them.
pub const RENDITION_REVISION: u32 = 1;

/// The longest tag of an origin, in bytes between its quotes, that becomes part of our own.
const LONGEST: usize = 200;

/// The hash of everything except the source that decides the bytes of a response.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Variant(String);

/// A strong entity tag (RFC 9110, section 8.8.3). It prints with its quotes, as headers have it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ETag(String);

impl ETag {
    /// Reads a strong tag in ASCII, which can stand in a header whoever wrote it.
    fn read(text: &str) -> Option<Self> {
        text.strip_prefix('"')?.strip_suffix('"').and_then(Self::from_opaque)
    }

    /// Takes what stands between the quotes.
    fn from_opaque(opaque: &str) -> Option<Self> {
        let fits = opaque.bytes().all(|byte| matches!(byte, 0x21 | 0x23..=0x7e));
        fits.then(|| ETag(opaque.into()))
    }
}

impl fmt::Display for ETag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{}\"", self.0)
    }
}

/// The request without everything that leaves the bytes of its rendition as they are: the source, and the delivery
/// except for what is passed through. Written in the query grammar, this is the text for [`variant`].
#[must_use]
pub fn rendition(request: &ImageRequest) -> ImageRequest {
    let passthrough = request.delivery.passthrough.clone();
    let delivery = Delivery { passthrough, ..Delivery::default() };
    ImageRequest { source: Source::Body, delivery, ..request.normalized() }
}

/// The variant of a request: the hash of [`RENDITION_REVISION`], of the options as `options_text` ([`rendition`] in the
/// query grammar), and of the format that this client gets.
pub fn variant(request: &ImageRequest, accept: Option<&str>, options_text: &str) -> Variant {
    let format = match request.output.format {
        OutputFormat::Fixed(format) => Some(format),
        OutputFormat::Source | OutputFormat::Json => None,
        OutputFormat::Auto | OutputFormat::Smallest => negotiate::preferred(accept),
    };
    let format = format.map_or("source", Format::name);
    let text = format!("{RENDITION_REVISION}\0{format}\0{options_text}");
    Variant(format!("{:016x}", XxHash64::oneshot(0, text.as_bytes())))
}

/// The tag of a response made from a source with this hash.
pub fn from_bytes(variant: &Variant, hash: u64) -> ETag {
    ETag(format!("{}-{hash:016x}", variant.0))
}

/// The tag of a response made from a source with this tag of its origin; `None` if that is weak, malformed or longer
/// than 200 bytes.
pub fn from_origin(variant: &Variant, tag: &str) -> Option<ETag> {
    let ETag(opaque) = ETag::read(tag).filter(|tag| tag.0.len() <= LONGEST)?;
    Some(ETag(format!("{}.{}", variant.0, URL_SAFE_NO_PAD.encode(opaque.as_bytes()))))
}

/// The tags of origins that a client's `If-None-Match` brings back for this variant.
pub fn origin_tags(if_none_match: &str, variant: &Variant) -> Vec<ETag> {
    opaque_tags(if_none_match).filter_map(|opaque| origin_tag(opaque, variant)).collect()
}

/// The origin's tag in one of ours. Anyone can forge a tag like ours, so what is inside has to be a tag too.
fn origin_tag(opaque: &str, variant: &Variant) -> Option<ETag> {
    let encoded = opaque.strip_prefix(&variant.0)?.strip_prefix('.')?;
    let bytes = URL_SAFE_NO_PAD.decode(encoded.as_bytes()).ok()?;
    ETag::from_opaque(std::str::from_utf8(&bytes).ok()?).filter(|tag| tag.0.len() <= LONGEST)
}

/// Whether `If-None-Match` (RFC 9110, section 13.1.2) names a tag, by the weak comparison that it demands.
pub fn matches(if_none_match: &str, tag: &ETag) -> bool {
    if_none_match.trim() == "*" || opaque_tags(if_none_match).any(|opaque| opaque == tag.0)
}

/// What stands between the quotes of the tags in a list, weak or strong. Commas may stand there too, and a backslash
/// escapes nothing.
fn opaque_tags(list: &str) -> impl Iterator<Item = &str> {
    let mut rest = list;
    iter::from_fn(move || {
        loop {
            rest = rest.trim_start_matches([' ', '\t', ',']);
            if rest.is_empty() {
                return None;
            }
            let (tag, after) = first_tag(rest);
            rest = after;
            if tag.is_some() {
                return tag;
            }
        }
    })
}

/// The tag that a list begins with, if it is well-formed, and what follows it.
fn first_tag(list: &str) -> (Option<&str>, &str) {
    let quoted = list.strip_prefix("W/").unwrap_or(list).strip_prefix('"');
    let tag = quoted.and_then(|quoted| quoted.split_once('"'));
    let (tag, after) = tag.map_or((None, list), |(opaque, after)| (Some(opaque), after));
    match after.split_once(',') {
        Some((between, after)) => (tag.filter(|_| between.trim().is_empty()), after),
        None => (tag.filter(|_| after.trim().is_empty()), ""),
    }
}

/// Whether a source of this `Last-Modified` is unmodified by `If-Modified-Since` (RFC 9110, section 13.1.3): whether it
/// was last modified on that date or before. A date that cannot be read is ignored.
pub fn unmodified_since(if_modified_since: &str, last_modified: &str) -> bool {
    let date = |text: &str| httpdate::parse_http_date(text.trim()).ok();
    date(if_modified_since).zip(date(last_modified)).is_some_and(|(since, modified)| modified <= since)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::request::{Output, Passthrough};

    fn named(name: &str) -> Variant {
        Variant(name.into())
    }

    fn texts(tags: Vec<ETag>) -> Vec<String> {
        tags.iter().map(ETag::to_string).collect()
    }

    #[test]
    fn lists_stars_and_weak_tags_match() {
        for (header, found) in [
            ("*", true),
            (" * ", true),
            ("\"a\"", true),
            ("W/\"a\"", true),
            ("\"x\", W/\"y\" ,\"a\"", true),
            ("\"x,\\\",\"a\"", true),
            ("x, \"a\"", true),
            ("\"b\"", false),
            ("a", false),
            ("\"A\"", false),
            ("\"\"", false),
            ("", false),
            ("W/a", false),
            ("w/\"a\"", false),
            ("\"x,\"a\",\"", false),
            ("\"a\"b", false),
            ("\"a", false),
            ("\"x\", *", false),
        ] {
            assert_eq!(matches(header, &ETag("a".into())), found, "{header}");
        }
        assert!(matches("\"x\", \"a,b\"", &ETag("a,b".into())));
    }

    #[test]
    fn an_origin_s_strong_tag_comes_back_from_our_own() {
        let variant = named("0123");
        for origin in ["\"v1:abc\"", "\"\"", "\"a,b\\\"", "W/\"weak\"", "bare", "\"a\"b\"", "\"é\"", "\""] {
            let ours = from_origin(&variant, origin);
            let strong = ["\"v1:abc\"", "\"\"", "\"a,b\\\""].contains(&origin);
            assert_eq!(ours.is_some(), strong, "{origin}");
            if let Some(ours) = ours {
                assert_eq!(texts(origin_tags(&format!("\"x\", W/{ours}"), &variant)), [origin]);
                assert_eq!(origin_tags(&ours.to_string(), &named("9999")), []);
            }
        }
        assert!(from_origin(&variant, &format!("\"{}\"", "x".repeat(200))).is_some());
        assert!(from_origin(&variant, &format!("\"{}\"", "x".repeat(201))).is_none());
        assert_eq!(origin_tags(&from_bytes(&variant, 5).to_string(), &variant), []);
    }

    #[test]
    fn a_forged_tag_brings_no_quote_and_no_header_to_the_origin() {
        let longest = "x".repeat(LONGEST + 1);
        for forged in ["a\"b", "\"", "a\r\nx: y", "a b", "a\u{7f}", "é", &longest] {
            let tag = format!("\"0123.{}\"", URL_SAFE_NO_PAD.encode(forged.as_bytes()));
            assert_eq!(origin_tags(&tag, &named("0123")), [], "{forged:?}");
        }
        for forged in ["\"0123.a\"", "\"0123.YQ==\"", "\"0123.YR\"", "\"0123.Y+/=\""] {
            assert_eq!(origin_tags(forged, &named("0123")), [], "{forged}");
        }
        assert_eq!(texts(origin_tags("\"0123.YQ\"", &named("0123"))), ["\"a\""]);
    }

    #[test]
    fn a_tag_names_the_variant_and_the_source() {
        assert_eq!(from_bytes(&named("0123"), 0xab).to_string(), "\"0123-00000000000000ab\"");
        assert_eq!(from_origin(&named("0123"), "\"origin\"").unwrap().to_string(), "\"0123.b3JpZ2lu\"");
    }

    #[test]
    fn a_variant_depends_on_options_and_format_and_on_nothing_else() {
        let output = Output { format: OutputFormat::Auto, ..Output::default() };
        let request = ImageRequest { output, ..ImageRequest::default() };
        let webp = Some("image/webp");
        assert_eq!(variant(&request, None, "/?w=8"), variant(&request, Some("image/png"), "/?w=8"));
        assert_ne!(variant(&request, None, "/?w=8"), variant(&request, webp, "/?w=8"));
        assert_ne!(variant(&request, None, "/?w=8"), variant(&request, None, "/?w=9"));
        let fixed = ImageRequest::default();
        assert_eq!(variant(&fixed, None, ""), variant(&fixed, webp, ""));
        assert_eq!(variant(&fixed, None, "").0.len(), 16);
    }

    #[test]
    fn a_rendition_has_no_source_and_of_the_delivery_only_what_is_passed_through() {
        let delivery = |passthrough| Delivery {
            filename: Some("x".into()),
            max_age: Some(5),
            version: Some("1".into()),
            passthrough,
            ..Delivery::default()
        };
        let source = Source::Url("http://a.example/".into());
        let request = |passthrough| ImageRequest {
            source: source.clone(),
            delivery: delivery(passthrough),
            ..ImageRequest::default()
        };
        assert_eq!(rendition(&request(Passthrough::default())), ImageRequest::default().normalized());
        assert_eq!(rendition(&request(Passthrough::All)).delivery.passthrough, Passthrough::All);
    }

    #[test]
    fn a_source_is_unmodified_since_its_date_and_every_later_one() {
        let modified = "Sat, 01 Nov 2025 00:00:00 GMT";
        for (since, unmodified) in [
            (modified, true),
            ("Sat, 01 Nov 2025 00:00:01 GMT", true),
            ("Saturday, 01-Nov-25 00:00:00 GMT", true),
            ("Sat Nov  1 00:00:00 2025", true),
            ("Fri, 31 Oct 2025 23:59:59 GMT", false),
            ("2025-11-01", false),
            ("", false),
        ] {
            assert_eq!(unmodified_since(since, modified), unmodified, "{since}");
        }
        assert!(!unmodified_since("yesterday", "yesterday"));
        assert!(!unmodified_since(modified, "0"));
    }
}
