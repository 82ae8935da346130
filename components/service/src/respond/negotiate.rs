//! Which format a rendition gets.

use crate::format::Format;
use crate::request::OutputFormat;
use crate::text;

/// Formats that are offered to a client that accepts them, best first.
const OFFERED: &[Format] = &[Format::Webp];

/// The format of a rendition: as the request says, as the `Accept` header allows, or in the source's family.
pub fn format(wanted: OutputFormat, accept: Option<&str>, source: Format) -> Format {
    match wanted {
        OutputFormat::Fixed(format) => format,
        OutputFormat::Source => source.family(),
        OutputFormat::Auto => preferred(accept).unwrap_or_else(|| source.family()),
    }
}

/// The best format that a client names as acceptable, if it names one that is offered and encoded.
///
/// A wildcard does not count: clients send `*/*` that show neither AVIF nor WebP.
pub fn preferred(accept: Option<&str>) -> Option<Format> {
    for format in OFFERED {
        if accepts(accept?, &format.media_type()) {
            return Some(*format);
        }
    }
    None
}

/// Whether an `Accept` header (RFC 9110, section 12.5.1) names a media type with a quality above zero.
fn accepts(accept: &str, media_type: &str) -> bool {
    for range in &text::split(&text::lower(accept), b',') {
        let parts = text::words(range, |b| b == b';');
        let mut accepted = parts.first() == Some(&media_type);
        for parameter in &parts {
            accepted &= !refuses(parameter);
        }
        if accepted {
            return true;
        }
    }
    false
}

/// Whether a parameter is `q=0`, in whichever number of digits.
fn refuses(parameter: &str) -> bool {
    parameter.strip_prefix("q=").is_some_and(|quality| text::all(quality, |b| matches!(b, b'0' | b'.')))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn auto_takes_webp_only_from_clients_that_name_it() {
        for (accept, expected) in [
            (None, Format::Jpeg),
            (Some("*/*"), Format::Jpeg),
            (Some("image/*"), Format::Jpeg),
            (Some("image/webp,*/*"), Format::Webp),
            (Some("image/avif,image/webp;q=0.8"), Format::Webp),
            (Some("image/WebP; q=0.001"), Format::Webp),
            (Some("image/webp;q=0,*/*"), Format::Jpeg),
            (Some("image/webp; q=0.000"), Format::Jpeg),
            (Some("image/webpx"), Format::Jpeg),
            (Some(",;,"), Format::Jpeg),
        ] {
            assert_eq!(format(OutputFormat::Auto, accept, Format::Jpeg), expected, "{accept:?}");
        }
        assert!(OFFERED.iter().all(|format| format.encoded()));
        assert_eq!(format(OutputFormat::Auto, None, Format::Gif), Format::Png);
        assert_eq!(format(OutputFormat::Source, Some("image/webp"), Format::Png), Format::Png);
    }
}
