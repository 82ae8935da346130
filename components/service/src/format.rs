//! Image formats: their names, media types and first bytes.

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

/// What the resizer decodes.
pub const DECODED: [Format; 4] = [Jpeg, Png, Webp, Gif];

/// What the resizer encodes.
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
    pub const fn name(self) -> &'static str {
        match self {
            Jpeg => "jpeg",
            Png => "png",
            Webp => "webp",
            Gif => "gif",
            Avif => "avif",
            Jxl => "jxl",
            Tiff => "tiff",
            Bmp => "bmp",
            Svg => "svg",
            Heic => "heic",
        }
    }

    /// The extension of a file of this format.
    pub const fn extension(self) -> &'static str {
        match self {
            Jpeg => "jpg",
            other => other.name(),
        }
    }

    /// The media type.
    pub const fn media_type(self) -> &'static str {
        match self {
            Jpeg => "image/jpeg",
            Png => "image/png",
            Webp => "image/webp",
            Gif => "image/gif",
            Avif => "image/avif",
            Jxl => "image/jxl",
            Tiff => "image/tiff",
            Bmp => "image/bmp",
            Svg => "image/svg+xml",
            Heic => "image/heic",
        }
    }

    /// The format of this name: `jpeg` or `jpg`, `png` and so on.
    pub fn from_name(name: &str) -> Option<Format> {
        match name {
            "jpg" => Some(Jpeg),
            "tif" => Some(Tiff),
            _ => ALL.into_iter().find(|format| format.name() == name),
        }
    }

    /// The format that the first bytes of a file announce.
    pub fn sniff(bytes: &[u8]) -> Option<Format> {
        let brand = |brand: &[u8]| bytes.get(4..8) == Some(b"ftyp") && bytes.get(8..12) == Some(brand);
        match bytes {
            [0xFF, 0xD8, 0xFF, ..] => Some(Jpeg),
            [0x89, b'P', b'N', b'G', 0x0D, 0x0A, 0x1A, 0x0A, ..] => Some(Png),
            [b'G', b'I', b'F', b'8', b'7' | b'9', b'a', ..] => Some(Gif),
            [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Some(Webp),
            [0xFF, 0x0A, ..] | [0, 0, 0, 0x0C, b'J', b'X', b'L', b' ', ..] => Some(Jxl),
            [b'I', b'I', 42, 0, ..] | [b'M', b'M', 0, 42, ..] => Some(Tiff),
            [b'B', b'M', _, _, _, _, _, _, _, _, _, _, _, _, ..] => Some(Bmp),
            _ if brand(b"avif") || brand(b"avis") => Some(Avif),
            _ if brand(b"heic") || brand(b"heix") || brand(b"mif1") || brand(b"msf1") => Some(Heic),
            _ => svg(bytes).then_some(Svg),
        }
    }

    /// Whether the resizer decodes the format.
    pub fn decoded(self) -> bool {
        DECODED.contains(&self)
    }

    /// Whether the resizer encodes the format.
    pub fn encoded(self) -> bool {
        ENCODED.contains(&self)
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

fn svg(bytes: &[u8]) -> bool {
    let text = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes).trim_ascii_start();
    text.starts_with(b"<svg") || text.starts_with(b"<?xml")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn first_bytes_tell_the_format() {
        let cases: [(&[u8], Option<Format>); 12] = [
            (b"\xFF\xD8\xFF\xE0", Some(Jpeg)),
            (b"\x89PNG\r\n\x1a\n", Some(Png)),
            (b"GIF89a", Some(Gif)),
            (b"RIFF\0\0\0\0WEBPVP8 ", Some(Webp)),
            (b"RIFF\0\0\0\0WAVE", None),
            (b"\0\0\0\x1cftypavif", Some(Avif)),
            (b"\0\0\0\x1cftypheic", Some(Heic)),
            (b"II*\0", Some(Tiff)),
            (b" <svg xmlns", Some(Svg)),
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
            assert_eq!(ACCEPT.split(',').any(|media| media == format.media_type()), format.decoded());
        }
    }
}
