//! Reads EXIF (CIPA DC-008), the TIFF structure that cameras put into all formats alike.

use crate::{Exif, Location};
use exif::{In, Reader, Tag, Value};

/// EXIF that has been parsed.
pub(crate) struct Parsed(exif::Exif);

/// Parses a TIFF structure, with or without the prefix that JPEG and some WebP writers put before it. Of broken EXIF, what
/// can be read counts. Unreadable EXIF is as good as none: it says nothing about the pixels.
pub(crate) fn parse(data: &[u8]) -> Option<Parsed> {
    let tiff = data.strip_prefix(b"Exif\0\0").unwrap_or(data);
    if !Tally::of(tiff)?.is_modest() {
        return None;
    }
    let read = Reader::new().continue_on_error(true).read_raw(tiff.to_vec());
    read.or_else(|error| error.distill_partial_result(|_| ())).ok().map(Parsed)
}

impl Parsed {
    /// The orientation, 1 to 8; 1 if there is none or it is out of range. The first of several holds, and a number is one in
    /// whatever type it is written.
    pub(crate) fn orientation(&self) -> u8 {
        let mut fields = self.0.fields();
        let field = fields.find(|field| field.tag == Tag::Orientation && field.ifd_num == In::PRIMARY);
        let number = field.and_then(|field| match &field.value {
            Value::SByte(numbers) => u32::try_from(*numbers.first()?).ok(),
            Value::SShort(numbers) => u32::try_from(*numbers.first()?).ok(),
            Value::SLong(numbers) => u32::try_from(*numbers.first()?).ok(),
            value => value.get_uint(0),
        });
        match number {
            Some(orientation @ 1..=8) => orientation as u8,
            _ => 1,
        }
    }

    /// What is reported to callers, the location only if it is asked for.
    pub(crate) fn basics(&self, location: bool) -> Exif {
        Exif {
            make: self.text(Tag::Make),
            model: self.text(Tag::Model),
            taken: self.text(Tag::DateTimeOriginal),
            artist: self.text(Tag::Artist),
            copyright: self.text(Tag::Copyright),
            lens: self.text(Tag::LensModel),
            software: self.text(Tag::Software),
            exposure_time: self.ratio(Tag::ExposureTime).map(|(seconds, of)| match seconds {
                1.. if seconds < of => format!("1/{}", (of + seconds / 2) / seconds),
                _ => decimal(seconds, of),
            }),
            f_number: self.ratio(Tag::FNumber).map(|(number, of)| decimal(number, of)),
            iso: self.field(Tag::PhotographicSensitivity).and_then(|value| value.get_uint(0)),
            focal_length: self.ratio(Tag::FocalLength).map(|(length, of)| decimal(length, of)),
            has_location: self.field(Tag::GPSLatitude).is_some(),
            location: if location { self.location() } else { None },
        }
    }

    fn location(&self) -> Option<Location> {
        Some(Location {
            latitude: self.degrees(Tag::GPSLatitude, Tag::GPSLatitudeRef, b'S', 90)?,
            longitude: self.degrees(Tag::GPSLongitude, Tag::GPSLongitudeRef, b'W', 180)?,
        })
    }

    /// Degrees, minutes and seconds, in millionths of a degree; negative if they are counted towards `negative`.
    fn degrees(&self, tag: Tag, direction: Tag, negative: u8, most: u64) -> Option<i32> {
        const MILLION: u64 = 1_000_000;
        let Value::Rational(parts) = self.field(tag)? else { return None };
        let millionths = parts.iter().zip([1, 60, 3600]).try_fold(0u64, |sum, (part, unit)| {
            Some(sum + (u64::from(part.num) * MILLION).checked_div(u64::from(part.denom) * unit)?)
        });
        let millionths = i32::try_from(millionths.filter(|&sum| sum <= most * MILLION)?).ok()?;
        let is_negative = matches!(self.field(direction), Some(Value::Ascii(lines))
            if lines.first().is_some_and(|line| line.first() == Some(&negative)));
        Some(if is_negative { -millionths } else { millionths })
    }

    fn field(&self, tag: Tag) -> Option<&Value> {
        self.0.get_field(tag, In::PRIMARY).map(|field| &field.value)
    }

    /// A fraction whose denominator is not zero.
    fn ratio(&self, tag: Tag) -> Option<(u32, u32)> {
        let Value::Rational(values) = self.field(tag)? else { return None };
        values.first().filter(|value| value.denom > 0).map(|value| (value.num, value.denom))
    }

    /// All fields, and the byte order that they were written in.
    pub(crate) fn contents(&self) -> &exif::Exif {
        &self.0
    }

    fn text(&self, tag: Tag) -> Option<String> {
        let Value::Ascii(lines) = &self.0.get_field(tag, In::PRIMARY)?.value else { return None };
        let text = String::from_utf8_lossy(lines.first()?).trim_end_matches(['\0', ' ']).to_owned();
        (!text.is_empty()).then_some(text)
    }
}

/// A fraction as a decimal number, rounded to hundredths.
fn decimal(numerator: u32, denominator: u32) -> String {
    let of = u64::from(denominator.max(1));
    let hundredths = (u64::from(numerator) * 100 + of / 2) / of;
    let text = format!("{}.{:02}", hundredths / 100, hundredths % 100);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// Counts what the parser would hold. Directories and values can be referred to any number of times, so that a short
/// structure can stand for a vast one.
struct Tally<'a> {
    tiff: &'a [u8],
    little_endian: bool,
    /// Entries of all directories.
    entries: usize,
    /// Bytes of all values.
    bytes: usize,
}

/// The most entries, and the most bytes of values, that are read. Cameras write some hundred entries.
const MOST_ENTRIES: usize = 2000;
const MOST_BYTES: usize = 256 << 10;
/// Bytes that a string takes in addition to its own: a value can be many of them, each ended by a zero.
const STRING_BYTES: usize = 32;
/// The most directories in a row that the parser reads.
const MOST_DIRECTORIES: usize = 8;

/// The tags of pointers to directories: those of EXIF and GPS in an image's directory, that of interoperability in EXIF's.
const POINTERS: [&[u16]; 3] = [&[0x8769, 0x8825], &[0xa005], &[]];

impl<'a> Tally<'a> {
    fn of(tiff: &'a [u8]) -> Option<Self> {
        let mut tally = Self { tiff, little_endian: tiff.starts_with(b"II"), entries: 0, bytes: 0 };
        let mut next = tally.u32(4)? as usize;
        for _ in 0..MOST_DIRECTORIES {
            next = match next {
                0 => break,
                at => tally.directory(at, 0) as usize,
            };
        }
        Some(tally)
    }

    fn is_modest(&self) -> bool {
        self.entries <= MOST_ENTRIES && self.bytes <= MOST_BYTES
    }

    /// Counts a directory and those that it points to; returns where the next one is, or 0.
    fn directory(&mut self, at: usize, level: usize) -> u32 {
        let count = usize::from(self.u16(at).unwrap_or(0));
        let first = at.saturating_add(2);
        for entry in (0..count).map(|index| first.saturating_add(12 * index)) {
            self.entries += 1;
            if !self.is_modest() || self.entry(entry, level).is_none() {
                return 0;
            }
        }
        self.u32(first.saturating_add(12 * count)).unwrap_or(0)
    }

    /// Counts an entry and what it points to; none at the end of the structure.
    fn entry(&mut self, at: usize, level: usize) -> Option<()> {
        let (tag, kind, count) = (self.u16(at)?, self.u16(at + 2)?, self.u32(at + 4)? as usize);
        let offset = self.u32(at + 8)? as usize;
        let unit: usize = match kind {
            1 | 2 | 6 | 7 => 1,
            3 | 8 => 2,
            4 | 9 | 11 => 4,
            5 | 10 | 12 => 8,
            _ => 0,
        };
        let size = unit.saturating_mul(count);
        let place = if size <= 4 { at + 8 } else { offset };
        let Some(value) = self.tiff.get(place..place.saturating_add(size)) else { return Some(()) };
        let strings = if kind == 2 { value.iter().filter(|&&byte| byte == 0).count() } else { 0 };
        self.bytes += size + strings * STRING_BYTES;
        let Some(pointers) = POINTERS.get(level) else { return Some(()) };
        if pointers.contains(&tag) {
            let target = match kind {
                1 => value.first().map(|&byte| byte.into()),
                3 => self.u16(place).map(u32::from),
                4 => self.u32(place),
                _ => None,
            };
            if let Some(target) = target.filter(|_| count > 0) {
                self.directory(target as usize, level + 1);
            }
        }
        Some(())
    }

    fn u16(&self, at: usize) -> Option<u16> {
        let bytes = *self.tiff.get(at..)?.first_chunk()?;
        Some(if self.little_endian { u16::from_le_bytes(bytes) } else { u16::from_be_bytes(bytes) })
    }

    fn u32(&self, at: usize) -> Option<u32> {
        let bytes = *self.tiff.get(at..)?.first_chunk()?;
        Some(if self.little_endian { u32::from_le_bytes(bytes) } else { u32::from_be_bytes(bytes) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A directory at the beginning of a structure, made of entries: tag, type, count, value or offset.
    fn tiff(entries: &[(u16, u16, u32, u32)], after: &[u8]) -> Vec<u8> {
        let mut tiff = b"II*\0\x08\0\0\0".to_vec();
        tiff.extend((entries.len() as u16).to_le_bytes());
        for (tag, kind, count, value) in entries {
            tiff.extend([tag.to_le_bytes(), kind.to_le_bytes()].concat());
            tiff.extend([count.to_le_bytes(), value.to_le_bytes()].concat());
        }
        tiff.extend([0; 4]);
        tiff.extend(after);
        tiff
    }

    #[test]
    fn fields_of_broken_exif_count_as_far_as_they_can_be_read() {
        let whole = tiff(&[(0x0112, 3, 1, 6), (0x010f, 2, 9000, 5000), (0x0110, 2, 4, 0x0031_5358)], b"");
        let parsed = parse(&whole).unwrap();
        assert_eq!(parsed.orientation(), 6);
        let basics = parsed.basics(false);
        assert_eq!((basics.make, basics.model.as_deref()), (None, Some("XS1")));
        assert_eq!(parse(&whole[..30]).unwrap().orientation(), 6);
    }

    #[test]
    fn the_first_orientation_holds_in_whatever_type_it_is() {
        let orientation =
            |entries: &[(u16, u16, u32, u32)]| parse(&tiff(entries, b"")).unwrap().orientation();
        assert_eq!(orientation(&[(0x0112, 3, 1, 6), (0x0112, 3, 1, 1)]), 6);
        assert_eq!(orientation(&[(0x0112, 3, 1, 1), (0x0112, 3, 1, 6)]), 1);
        // BYTE, SHORT, LONG, SBYTE, SSHORT and SLONG.
        for kind in [1, 3, 4, 6, 8, 9] {
            assert_eq!(orientation(&[(0x0112, kind, 1, 6)]), 6, "{kind}");
        }
        for (kind, value) in [(3, 0), (3, 9), (9, u32::MAX), (8, 0xffff), (2, 6)] {
            assert_eq!(orientation(&[(0x0112, kind, 1, value)]), 1, "{kind}, {value}");
        }
    }

    #[test]
    fn exposure_and_place_are_read_and_the_place_only_on_request() {
        let numbers =
            |numbers: &[u32]| numbers.iter().flat_map(|number| number.to_le_bytes()).collect::<Vec<_>>();
        // The image's directory is 30 bytes long, that of EXIF 66, that of GPS 54.
        let main = tiff(&[(0x8769, 4, 1, 38), (0x8825, 4, 1, 80)], b"");
        let exif = tiff(&[(0x829a, 5, 1, 134), (0x829d, 5, 1, 142), (0x8827, 3, 1, 400)], b"");
        let north = u32::from(b'N');
        let west = u32::from(b'W');
        let gps = tiff(&[(1, 2, 2, north), (2, 5, 3, 150), (3, 2, 2, west), (4, 5, 3, 174)], b"");
        let values = numbers(&[10, 2500, 28, 10, 52, 1, 30, 1, 36, 1, 13, 1, 15, 1, 0, 1]);
        let parsed = parse(&[&main[..38], &exif[8..], &gps[8..], &values].concat()).unwrap();
        let basics = parsed.basics(true);
        assert_eq!(
            (basics.exposure_time.as_deref(), basics.f_number.as_deref()),
            (Some("1/250"), Some("2.8"))
        );
        assert_eq!((basics.iso, basics.has_location), (Some(400), true));
        assert_eq!(basics.location, Some(Location { latitude: 52_510_000, longitude: -13_250_000 }));
        assert_eq!(parsed.basics(false).location, None);
        assert_eq!(
            [(5, 2), (50, 1), (1, 3), (7, 1000)].map(|(a, b)| decimal(a, b)),
            ["2.5", "50", "0.33", "0.01"]
        );
    }

    #[test]
    fn directories_that_refer_to_themselves_are_not_multiplied() {
        let entries = vec![(0x8769, 4, 1, 8); 5000];
        assert!(parse(&tiff(&entries, b"")).is_none());
        let few = vec![(0x8769, 4, 1, 8); 60];
        assert!(parse(&tiff(&few, b"")).is_none(), "60 times 60 entries");
        assert!(parse(&tiff(&[(0x0112, 3, 1, 6), (0x8769, 4, 1, 8)], b"")).is_some());
    }

    #[test]
    fn values_that_share_their_bytes_are_not_multiplied() {
        let entries: Vec<_> = (0..100).map(|tag| (tag, 7, 50_000, 2000)).collect();
        assert!(parse(&tiff(&entries, &[7; 60_000])).is_none());
        assert!(parse(&tiff(&[(0x010f, 2, 50_000, 100)], &[0; 60_000])).is_none(), "50 000 empty strings");
    }

    #[test]
    fn bytes_that_are_no_exif_are_none() {
        for bytes in [&b""[..], b"II", b"II*\0", b"MM\0*\0\0\0\x08", b"no TIFF at all", &[0xff; 40]] {
            let orientation = parse(bytes).map_or(1, |exif| exif.orientation());
            assert_eq!(orientation, 1, "{bytes:?}");
        }
    }
}
