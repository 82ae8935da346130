//! The format of a rendition.

use tintype_types::Format;

use super::list;
use crate::request::OutputFormat;

/// Formats that are offered to clients that accept them, best first.
const OFFERED: &[Format] = &[Format::Webp];

/// The format of a rendition: as the request says, as the `Accept` header allows, or in the source's family, where every client
/// shows that. `head` is the beginning of the source, and `frames` says whether all of its frames are wanted.
pub fn format(
    wanted: OutputFormat,
    accept: Option<&str>,
    source: Format,
    head: &[u8],
    frames: bool,
) -> Format {
    match wanted {
        OutputFormat::Fixed(format) => format,
        OutputFormat::Source | OutputFormat::Json => source.family(),
        OutputFormat::Auto | OutputFormat::Smallest => {
            preferred(accept).unwrap_or_else(|| shown_everywhere(source.family(), head, frames))
        }
    }
}

/// The format that takes the place of one that has to be accepted: one that loses neither frames that are wanted, nor alpha, nor
/// what a lossless file keeps.
fn shown_everywhere(family: Format, head: &[u8], frames: bool) -> Format {
    const ALPHA: u8 = 0x10;
    const ANIMATION: u8 = 0x02;
    if !OFFERED.contains(&family) {
        return family;
    }
    // The first chunk of a WebP file, and the flags of the extended format (RFC 9649, section 2.7).
    match (head.get(12..16), head.get(20)) {
        (Some(b"VP8X"), Some(flags)) if frames && flags & ANIMATION != 0 => Format::Gif,
        (Some(b"VP8X"), Some(flags)) if flags & ALPHA != 0 => Format::Png,
        (Some(b"VP8L"), _) => Format::Png,
        _ => Format::Jpeg,
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
            assert_eq!(format(OutputFormat::Auto, accept, Format::Jpeg, b"", true), expected, "{accept:?}");
        }
    }

    #[test]
    fn what_is_not_negotiated_follows_the_request_and_the_source() {
        assert!(OFFERED.iter().all(|format| format.is_encoded()));
        let webp = Some("image/webp");
        let format = |wanted, accept, source| format(wanted, accept, source, b"", false);
        assert_eq!(format(OutputFormat::Auto, None, Format::Gif), Format::Gif);
        assert_eq!(format(OutputFormat::Source, webp, Format::Png), Format::Png);
        assert_eq!(format(OutputFormat::Source, None, Format::Webp), Format::Webp);
        assert_eq!(format(OutputFormat::Smallest, webp, Format::Png), Format::Webp);
        assert_eq!(format(OutputFormat::Smallest, None, Format::Png), Format::Png);
        assert_eq!(format(OutputFormat::Fixed(Format::Jpeg), webp, Format::Png), Format::Jpeg);
    }

    #[test]
    fn clients_that_name_no_webp_get_none_of_a_webp_source() {
        let opaque = b"RIFF....WEBPVP8 ....\0\0\0\x9d\x01\x2a".as_slice();
        let lossless = b"RIFF....WEBPVP8L....\x2f\0\0\0\0".as_slice();
        let extended = |flags| [b"RIFF....WEBPVP8X\x0a\0\0\0".as_slice(), &[flags, 0, 0, 0, 9]].concat();
        let (icc, alpha, animated) = (extended(0x20), extended(0x10), extended(0x12));
        for (head, frames, expected) in [
            (opaque, false, Format::Jpeg),
            (lossless, false, Format::Png),
            (&icc, true, Format::Jpeg),
            (&alpha, true, Format::Png),
            (&animated, true, Format::Gif),
            (&animated, false, Format::Png),
            (b"RIFF....WEBP", true, Format::Jpeg),
        ] {
            let format = |accept| format(OutputFormat::Auto, accept, Format::Webp, head, frames);
            assert_eq!(format(Some("image/png,*/*")), expected, "{head:?} {frames}");
            assert_eq!(format(Some("image/webp")), Format::Webp);
        }
    }
}
