//! Image formats: their names, media types and first bytes.

use crate::prelude::*;
use crate::table;
use crate::text;

/// A format of the contract (`tintype:image/types.format`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// JPEG.
    Jpeg,
    /// PNG.
    Png,
    /// WebP.
    Webp,
    /// GIF.
    Gif,
    /// AVIF.
    Avif,
    /// JPEG XL.
    Jxl,
    /// TIFF.
    Tiff,
    /// Windows bitmap.
    Bmp,
    /// SVG.
    Svg,
    /// HEIC.
    Heic,
}

use Format::{Avif, Bmp, Gif, Heic, Jpeg, Jxl, Png, Svg, Tiff, Webp};

/// Every format, in the order of the contract.
pub const ALL: [Format; 10] = [Jpeg, Png, Webp, Gif, Avif, Jxl, Tiff, Bmp, Svg, Heic];

/// The names of [`ALL`] formats (see [`table`]).
const NAMES: &str = "jpeg|jpg png webp gif avif jxl tiff|tif bmp svg heic";

/// What files of [`ALL`] formats begin with: one of what stands between `|`, where `?` is any byte.
const SIGNATURES: [&[u8]; ALL.len()] = [
    b"\xFF\xD8\xFF",
    b"\x89PNG\r\n\x1A\n",
    b"RIFF????WEBP",
    b"GIF87a|GIF89a",
    b"????ftypavif|????ftypavis",
    b"\xFF\x0A|\0\0\0\x0CJXL ",
    b"II*\0|MM\0*",
    b"BM????????????",
    b"<svg|<?xml",
    b"????ftypheic|????ftypheix|????ftypmif1|????ftypmsf1",
];

/// What the resizer decodes: the first formats of all.
pub const DECODED: [Format; 4] = [Jpeg, Png, Webp, Gif];

/// What the resizer encodes: the first formats of all.
pub const ENCODED: [Format; 3] = [Jpeg, Png, Webp];

/// What an origin is told to send: the media types of [`DECODED`].
pub const ACCEPT: &str = "image/jpeg,image/png,image/webp,image/gif";

/// Bytes that [`Format::sniff`] wants to see to be sure.
pub const SNIFF_LENGTH: usize = 32;

/// The quality at which the resizer encodes when none is asked for (`types.output.quality`).
pub const fn default_quality(format: Format) -> u8 {
    match format {
        Jpeg => 85,
        _ => 80,
    }
}

impl Format {
    /// The name in every grammar, which is the usual file extension too.
    pub fn name(self) -> &'static str {
        table::name(NAMES, self as usize).unwrap_or_default()
    }

    /// The extension of a file of this format.
    pub fn extension(self) -> &'static str {
        if self == Jpeg { "jpg" } else { self.name() }
    }

    /// The media type.
    pub fn media_type(self) -> String {
        text::concat(&["image/", self.name(), if self == Svg { "+xml" } else { "" }])
    }

    /// The format of this name: `jpeg` or `jpg`, `png` and so on.
    pub fn from_name(name: &str) -> Option<Format> {
        ALL.get(table::index(NAMES, name)?).copied()
    }

    /// The format that the first bytes of a file announce.
    pub fn sniff(bytes: &[u8]) -> Option<Format> {
        for (format, signatures) in ALL.iter().zip(&SIGNATURES) {
            // Text may begin with a byte order mark and white space.
            let bytes = match (format, bytes) {
                (Svg, [0xEF, 0xBB, 0xBF, text @ ..] | text) => text.trim_ascii_start(),
                _ => bytes,
            };
            for signature in signatures.split(|byte| *byte == b'|') {
                if begins(bytes, signature) {
                    return Some(*format);
                }
            }
        }
        None
    }

    /// Whether the resizer decodes the format.
    pub fn decoded(self) -> bool {
        (self as usize) < DECODED.len()
    }

    /// Whether the resizer encodes the format.
    pub fn encoded(self) -> bool {
        (self as usize) < ENCODED.len()
    }

    /// The format of a rendition that stays in the family of its source: the source's own if it is encoded, or else
    /// the nearest that keeps what the source can hold.
    pub fn family(self) -> Format {
        match self {
            format if format.encoded() => format,
            Gif | Bmp | Svg => Png,
            _ => Jpeg,
        }
    }
}

fn begins(bytes: &[u8], signature: &[u8]) -> bool {
    for (at, known) in signature.iter().enumerate() {
        match bytes.get(at) {
            Some(byte) if byte == known || *known == b'?' => {}
            _ => return false,
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn first_bytes_tell_the_format() {
        let cases: [(&[u8], Option<Format>); 16] = [
            (b"\xFF\xD8\xFF\xE0", Some(Jpeg)),
            (b"\x89PNG\r\n\x1a\n", Some(Png)),
            (b"GIF89a", Some(Gif)),
            (b"RIFF\0\0\0\0WEBPVP8 ", Some(Webp)),
            (b"RIFF\0\0\0\0WAVE", None),
            (b"\0\0\0\x1cftypavif", Some(Avif)),
            (b"\0\0\0\x1cftypheic", Some(Heic)),
            (b"II*\0", Some(Tiff)),
            (b" <svg xmlns", Some(Svg)),
            (b"<?xml version", Some(Svg)),
            (b"\xEF\xBB\xBF\n<svg", Some(Svg)),
            (b"BM\0\0\0\0\0\0\0\0\0\0\0\0", Some(Bmp)),
            (b"BM\0\0\0\0\0\0\0\0\0\0\0", None),
            (b"<!doctype html>", None),
            (b"\x1f\x8b\x08", None),
            (b"", None),
        ];
        for (bytes, format) in cases {
            assert_eq!(Format::sniff(bytes), format, "{bytes:?}");
        }
    }

    #[test]
    fn every_format_is_found_by_its_name_and_extension() {
        for format in ALL {
            assert_eq!(Format::from_name(format.name()), Some(format));
            assert_eq!(Format::from_name(format.extension()), Some(format));
        }
    }

    #[test]
    fn a_family_is_always_encodable_and_the_accept_header_lists_what_is_decoded() {
        for format in ALL {
            assert!(format.family().encoded());
            assert_eq!(
                (format.decoded(), format.encoded()),
                (DECODED.contains(&format), ENCODED.contains(&format))
            );
            assert_eq!(ACCEPT.split(',').any(|media| media == format.media_type()), format.decoded());
        }
    }
}
