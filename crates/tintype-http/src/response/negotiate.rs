//! The format of a rendition.

use tintype_types::Format;

use super::list;
use crate::request::OutputFormat;

/// Formats that are offered to clients that accept them, best first.
const OFFERED: &[Format] = &[Format::Webp];

/// The format of a rendition: as the request says, as the `Accept` header allows, or in the source's family.
pub fn format(wanted: OutputFormat, accept: Option<&str>, source: Format) -> Format {
    match wanted {
        OutputFormat::Fixed(format) => format,
        OutputFormat::Source | OutputFormat::Json => source.family(),
        OutputFormat::Auto | OutputFormat::Smallest => preferred(accept).unwrap_or_else(|| source.family()),
    }
}

/// The best of the offered formats that a client accepts by name.
///
/// A wildcard does not count: clients that show neither AVIF nor WebP send `*/*` too.
pub fn preferred(accept: Option<&str>) -> Option<Format> {
    let accept = accept?;
    OFFERED.iter().copied().find(|format| accepts(accept, format.media_type()))
}

/// Whether an `Accept` header (RFC 9110, section 12.5.1) names a media type with a quality above zero.
pub(crate) fn accepts(accept: &str, media_type: &str) -> bool {
    list::members(accept).any(|range| {
        let mut parts = range.split(';').map(str::trim);
        parts.next().is_some_and(|name| name.eq_ignore_ascii_case(media_type)) && !parts.any(refuses)
    })
}

/// Whether a parameter is `q=0`, in whichever number of digits.
fn refuses(parameter: &str) -> bool {
    let quality = parameter.strip_prefix(['q', 'Q']).and_then(|rest| rest.strip_prefix('='));
    quality.is_some_and(|quality| quality.bytes().all(|byte| matches!(byte, b'0' | b'.')))
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
            (Some("image/webp; Q=0.000"), Format::Jpeg),
            (Some("image/webp;a=b;q=0"), Format::Jpeg),
            (Some("image/webp;a=\"b,c\";q=0"), Format::Jpeg),
            (Some("image/webpx"), Format::Jpeg),
            (Some("image/png;a=image/webp"), Format::Jpeg),
            (Some(",;,"), Format::Jpeg),
        ] {
            assert_eq!(format(OutputFormat::Auto, accept, Format::Jpeg), expected, "{accept:?}");
        }
    }

    #[test]
    fn what_is_not_negotiated_follows_the_request_and_the_source() {
        assert!(OFFERED.iter().all(|format| format.is_encoded()));
        let webp = Some("image/webp");
        assert_eq!(format(OutputFormat::Auto, None, Format::Gif), Format::Gif);
        assert_eq!(format(OutputFormat::Source, webp, Format::Png), Format::Png);
        assert_eq!(format(OutputFormat::Smallest, webp, Format::Png), Format::Webp);
        assert_eq!(format(OutputFormat::Smallest, None, Format::Png), Format::Png);
        assert_eq!(format(OutputFormat::Fixed(Format::Jpeg), webp, Format::Png), Format::Jpeg);
    }
}
