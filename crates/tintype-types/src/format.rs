//! Image formats: their names, media types and magic bytes.

use crate::names;

/// An image format. The engine decodes [`Format::DECODED`], encodes [`Format::ENCODED`], and returns
/// [`crate::Error::Unsupported`] for the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Format {
    /// ISO/IEC 10918-1
    Jpeg,
    /// ISO/IEC 15948
    Png,
    /// RFC 9649
    Webp,
    /// GIF89a
    Gif,
    /// AV1 image file format
    Avif,
    /// ISO/IEC 18181
    Jxl,
    /// TIFF 6.0
    Tiff,
    /// Windows bitmap
    Bmp,
    /// Scalable Vector Graphics
    Svg,
    /// HEIF with HEVC-coded images
    Heic,
    /// Windows icon
    Ico,
    /// Quite OK Image
    Qoi,
    /// Portable bitmap, graymap, pixmap or arbitrary map of Netpbm
    Pnm,
}

names! {
    Format {
        Jpeg = "jpeg" | "jpg",
        Png = "png",
        Webp = "webp",
        Gif = "gif",
        Avif = "avif",
        Jxl = "jxl",
        Tiff = "tiff" | "tif",
        Bmp = "bmp",
        Svg = "svg",
        Heic = "heic",
        Ico = "ico",
        Qoi = "qoi",
        Pnm = "pnm" | "pbm" | "pgm" | "ppm" | "pam",
    }
}

impl Format {
    /// The formats that the engine decodes.
    pub const DECODED: &'static [Self] = &[
        Self::Jpeg,
        Self::Png,
        Self::Webp,
        Self::Gif,
        Self::Tiff,
        Self::Bmp,
        Self::Ico,
        Self::Qoi,
        Self::Pnm,
    ];

    /// The formats that the engine encodes.
    pub const ENCODED: &'static [Self] = &[Self::Jpeg, Self::Png, Self::Webp, Self::Gif];

    /// Whether the engine decodes the format.
    pub fn is_decoded(self) -> bool {
        Self::DECODED.contains(&self)
    }

    /// Whether the engine encodes the format.
    pub fn is_encoded(self) -> bool {
        Self::ENCODED.contains(&self)
    }

    /// Whether the engine writes animations in the format.
    pub fn has_frames(self) -> bool {
        matches!(self, Self::Png | Self::Webp | Self::Gif)
    }

    /// Whether the engine can write any picture in the format without loss.
    pub fn is_exact(self) -> bool {
        matches!(self, Self::Png | Self::Webp)
    }

    /// The name as written in prose: `JPEG`, `WebP`.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Jpeg => "JPEG",
            Self::Png => "PNG",
            Self::Webp => "WebP",
            Self::Gif => "GIF",
            Self::Avif => "AVIF",
            Self::Jxl => "JPEG XL",
            Self::Tiff => "TIFF",
            Self::Bmp => "BMP",
            Self::Svg => "SVG",
            Self::Heic => "HEIC",
            Self::Ico => "ICO",
            Self::Qoi => "QOI",
            Self::Pnm => "PNM",
        }
    }

    /// The usual file extension, without the dot.
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Jpeg => "jpg",
            _ => self.name(),
        }
    }

    /// The media type, as registered with IANA.
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
            Self::Webp => "image/webp",
            Self::Gif => "image/gif",
            Self::Avif => "image/avif",
            Self::Jxl => "image/jxl",
            Self::Tiff => "image/tiff",
            Self::Bmp => "image/bmp",
            Self::Svg => "image/svg+xml",
            Self::Heic => "image/heic",
            Self::Ico => "image/vnd.microsoft.icon",
            // Neither of these is registered.
            Self::Qoi => "image/qoi",
            Self::Pnm => "image/x-portable-anymap",
        }
    }

    /// The most pixels that a side can have in the format, if the engine encodes it.
    pub const fn longest_side(self) -> Option<u32> {
        match self {
            Self::Jpeg | Self::Gif => Some(65_535),
            Self::Png => Some(0x7fff_ffff),
            Self::Webp => Some(16_383),
            _ => None,
        }
    }

    /// The default quality of lossy encoding, 1 to 100.
    pub const fn default_quality(self) -> u8 {
        match self {
            Self::Jpeg => 85,
            _ => 80,
        }
    }

    /// The output format for a source of this format that should stay as it is: the same one if the engine encodes it,
    /// otherwise PNG or JPEG, whichever loses less.
    pub fn family(self) -> Self {
        match self {
            encoded if encoded.is_encoded() => encoded,
            Self::Bmp | Self::Svg | Self::Ico | Self::Qoi | Self::Pnm => Self::Png,
            _ => Self::Jpeg,
        }
    }
}

/// The number of bytes that [`sniff`] needs to recognise every format it knows.
pub const SNIFF_BYTES: usize = 32;

/// Recognises a format by its magic bytes; `None` if they belong to no known format. Bytes after the first [`SNIFF_BYTES`]
/// make no difference.
pub fn sniff(head: &[u8]) -> Option<Format> {
    let head = head.get(..SNIFF_BYTES).unwrap_or(head);
    match head {
        [0xff, 0xd8, 0xff, ..] => Some(Format::Jpeg),
        [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n', ..] => Some(Format::Png),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Some(Format::Webp),
        [b'G', b'I', b'F', b'8', b'7' | b'9', b'a', ..] => Some(Format::Gif),
        [_, _, _, _, b'f', b't', b'y', b'p', brand @ ..] => sniff_brand(brand),
        [0xff, 0x0a, ..] | [0, 0, 0, 0x0c, b'J', b'X', b'L', b' ', b'\r', b'\n', 0x87, b'\n', ..] => {
            Some(Format::Jxl)
        }
        [b'I', b'I', 42 | 43, 0, ..] | [b'M', b'M', 0, 42 | 43, ..] => Some(Format::Tiff),
        // The file size, then two reserved fields of zero.
        [b'B', b'M', _, _, _, _, 0, 0, 0, 0, ..] => Some(Format::Bmp),
        // A directory of icons: two bytes of zero, its type, and their number.
        [0, 0, 1, 0, low, high, ..] if (*low, *high) != (0, 0) => Some(Format::Ico),
        [b'q', b'o', b'i', b'f', ..] => Some(Format::Qoi),
        [b'P', b'1'..=b'7', b' ' | b'\t' | b'\r' | b'\n' | b'#', ..] => Some(Format::Pnm),
        _ if starts_like_svg(head) => Some(Format::Svg),
        _ => None,
    }
}

/// Recognises the major brand of an ISO base media file (ISO/IEC 14496-12, 4.3; HEIF and AVIF brands).
fn sniff_brand(brand: &[u8]) -> Option<Format> {
    match brand.get(..4)? {
        b"avif" | b"avis" => Some(Format::Avif),
        b"heic" | b"heix" | b"heim" | b"heis" | b"hevc" | b"hevx" | b"mif1" | b"msf1" => Some(Format::Heic),
        _ => None,
    }
}

/// Whether the text starts with an `svg` element, an XML declaration or an SVG doctype.
fn starts_like_svg(head: &[u8]) -> bool {
    const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";
    let text = head.strip_prefix(BYTE_ORDER_MARK).unwrap_or(head).trim_ascii_start();
    [b"<svg".as_slice(), b"<?xml", b"<!DOCTYPE svg"].iter().any(|mark| text.starts_with(mark))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn magic_bytes_identify_the_format() {
        let cases: [(&[u8], Option<Format>); 19] = [
            (b"\xFF\xD8\xFF\xE0", Some(Format::Jpeg)),
            (b"\x89PNG\r\n\x1a\n", Some(Format::Png)),
            (b"GIF89a", Some(Format::Gif)),
            (b"GIF88a", None),
            (b"RIFF\0\0\0\0WEBPVP8 ", Some(Format::Webp)),
            (b"RIFF\0\0\0\0WAVE", None),
            (b"\0\0\0\x1cftypavif", Some(Format::Avif)),
            (b"\0\0\0\x1cftypheic", Some(Format::Heic)),
            (b"\xFF\x0A", Some(Format::Jxl)),
            (b"II*\0", Some(Format::Tiff)),
            (b"MM\0+", Some(Format::Tiff)),
            (b" <svg xmlns", Some(Format::Svg)),
            (b"<?xml version", Some(Format::Svg)),
            (b"\xEF\xBB\xBF\n<svg", Some(Format::Svg)),
            (b"BM\x46\0\0\0\0\0\0\0\x36\0\0\0", Some(Format::Bmp)),
            (b"BMW and other cars", None),
            (b"<!doctype html>", None),
            (b"\x1f\x8b\x08", None),
            (b"", None),
        ];
        for (bytes, format) in cases {
            assert_eq!(sniff(bytes), format, "{bytes:?}");
        }
    }

    #[test]
    fn bytes_after_those_that_are_needed_make_no_difference() {
        let late = [&[b' '; SNIFF_BYTES - 3][..], b"<svg xmlns"].concat();
        assert_eq!(sniff(&late), None);
        assert_eq!(sniff(&late[1..]), Some(Format::Svg));
    }

    #[test]
    fn every_format_is_found_by_its_name_and_extension() {
        for format in Format::ALL {
            assert_eq!(format.name().parse(), Ok(*format));
            assert_eq!(format.extension().parse(), Ok(*format));
        }
    }

    #[test]
    fn a_family_can_always_be_encoded() {
        for format in Format::ALL {
            assert!(format.family().is_encoded());
            assert!(!format.is_encoded() || format.family() == *format);
        }
    }
}
