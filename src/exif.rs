//! Reads EXIF (CIPA DC-008), the TIFF structure that cameras put into all formats alike.

use crate::Exif;
use exif::{In, Reader, Tag, Value};

/// EXIF that has been parsed.
pub(crate) struct Parsed(exif::Exif);

/// Parses a TIFF structure, with or without the prefix that JPEG and some WebP writers put before it.
/// Unreadable EXIF is as good as none: it says nothing about the pixels.
pub(crate) fn parse(data: &[u8]) -> Option<Parsed> {
    let tiff = data.strip_prefix(b"Exif\0\0").unwrap_or(data);
    Reader::new().read_raw(tiff.to_vec()).ok().map(Parsed)
}

impl Parsed {
    /// The orientation, 1 to 8; 1 if there is none or it is out of range.
    pub(crate) fn orientation(&self) -> u8 {
        let value = self.0.get_field(Tag::Orientation, In::PRIMARY).and_then(|field| field.value.get_uint(0));
        match value {
            Some(orientation @ 1..=8) => orientation as u8,
            _ => 1,
        }
    }

    /// What is told to callers.
    pub(crate) fn basics(&self) -> Exif {
        Exif {
            make: self.text(Tag::Make),
            model: self.text(Tag::Model),
            taken: self.text(Tag::DateTimeOriginal),
            artist: self.text(Tag::Artist),
            copyright: self.text(Tag::Copyright),
            has_location: self.0.get_field(Tag::GPSLatitude, In::PRIMARY).is_some(),
        }
    }

    fn text(&self, tag: Tag) -> Option<String> {
        let Value::Ascii(lines) = &self.0.get_field(tag, In::PRIMARY)?.value else { return None };
        let text = String::from_utf8_lossy(lines.first()?).trim_end_matches(['\0', ' ']).to_owned();
        (!text.is_empty()).then_some(text)
    }
}
