//! What is known of an image: its format by the first bytes, its header, its EXIF.

use crate::Format;

/// What a source's header says. Mirrors `record source` of `wit/types.wit`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Source {
    /// The format, told by its first bytes.
    pub format: Format,
    /// Width in pixels as stored, before orientation.
    pub width: u32,
    /// Height in pixels as stored, before orientation.
    pub height: u32,
    /// EXIF orientation, 1 to 8 (CIPA DC-008, tag 0x0112).
    pub orientation: u8,
    /// How colour is stored.
    pub color: ColorModel,
    /// Bits per channel as stored, or per index for a palette.
    pub bit_depth: u8,
    /// Whether pixels can be transparent.
    pub alpha: bool,
}

impl Source {
    /// Width × height.
    pub fn pixels(&self) -> u64 {
        u64::from(self.width) * u64::from(self.height)
    }
}

/// How a source stores colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ColorModel {
    /// One channel of lightness.
    Gray,
    /// Red, green and blue, or a transform of them.
    Rgb,
    /// An index into a table of RGB colours.
    Palette,
    /// Cyan, magenta, yellow and black, or a transform of them.
    Cmyk,
}

/// What a whole file tells about an image. Mirrors `record info` of `wit/types.wit`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Info {
    /// What the header says.
    pub source: Source,
    /// Number of frames, at least 1.
    pub frames: u32,
    /// Size in bytes of the ICC profile, if there is one.
    pub icc_profile: Option<u32>,
    /// EXIF, if there is any.
    pub exif: Option<Exif>,
}

/// What EXIF says about how a photograph came to be.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Exif {
    /// Maker of the camera.
    pub make: Option<String>,
    /// Model of the camera.
    pub model: Option<String>,
    /// When the photograph was taken, `YYYY:MM:DD HH:MM:SS`.
    pub taken: Option<String>,
    /// Who made the photograph.
    pub artist: Option<String>,
    /// Who holds the rights.
    pub copyright: Option<String>,
    /// Whether the file says where the photograph was taken.
    pub has_location: bool,
}

/// How many bytes [`sniff`] needs to tell every format it knows.
pub(crate) const SNIFF_BYTES: usize = 32;

/// Tells a format by its first bytes; none if they belong to no known format.
pub fn sniff(head: &[u8]) -> Option<Format> {
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
        [b'B', b'M', ..] => Some(Format::Bmp),
        _ if starts_like_svg(head) => Some(Format::Svg),
        _ => None,
    }
}

/// The major brand of an ISO base media file (ISO/IEC 14496-12, 4.3; brands of HEIF and AVIF).
fn sniff_brand(brand: &[u8]) -> Option<Format> {
    match brand.get(..4)? {
        b"avif" | b"avis" => Some(Format::Avif),
        b"heic" | b"heix" | b"heim" | b"heis" | b"hevc" | b"hevx" | b"mif1" | b"msf1" => Some(Format::Heic),
        _ => None,
    }
}

/// An SVG document starts with its root element, an XML declaration, a doctype or a comment.
fn starts_like_svg(head: &[u8]) -> bool {
    let text = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head).trim_ascii_start();
    [b"<svg".as_slice(), b"<?xml", b"<!DOCTYPE svg"].iter().any(|mark| text.starts_with(mark))
}
