//! EXIF for a rendition (CIPA DC-008).

use super::{MOST_EXIF, Policy};
use crate::exif::parse;
use exif::experimental::Writer;
use exif::{Context, Field, In, Tag, Value};
use std::io::Cursor;

/// Writes EXIF anew, in the same byte order; none if nothing of it remains.
pub(super) fn rewrite(exif: &[u8], policy: &Policy) -> Option<Vec<u8>> {
    let parsed = parse(exif)?;
    let exif = parsed.contents();
    let own = own_fields(policy);
    // Of fields with the same tag, the one that readers find.
    let first = |field: &&Field| {
        exif.get_field(field.tag, field.ifd_num).is_some_and(|found| std::ptr::eq(found, *field))
    };
    let kept: Vec<&Field> = exif.fields().filter(first).filter(|field| keeps(field, policy)).collect();
    if kept.is_empty() {
        return None;
    }
    // What describes the pixels is set only where the source says it, but for the orientation.
    let there =
        |field: &&Field| field.tag == Tag::Orientation || exif.get_field(field.tag, In::PRIMARY).is_some();
    let own = own.iter().filter(there).filter(|_| !policy.copyright_only);

    let mut writer = Writer::new();
    kept.into_iter().chain(own).for_each(|field| writer.push_field(field));
    let mut tiff = Cursor::new(Vec::new());
    writer.write(&mut tiff, exif.little_endian()).ok()?;
    Some(tiff.into_inner()).filter(|tiff| tiff.len() <= tintype_jpeg::encode::MAX_EXIF.min(MOST_EXIF))
}

/// What a rendition says of its own pixels.
fn own_fields(policy: &Policy) -> Vec<Field> {
    let field = |tag, value| Field { tag, ifd_num: In::PRIMARY, value };
    let (width, height) = policy.size;
    let mut fields = vec![
        field(Tag::Orientation, Value::Short(vec![1])),
        field(Tag::ImageWidth, Value::Long(vec![width])),
        field(Tag::ImageLength, Value::Long(vec![height])),
        field(Tag::PixelXDimension, Value::Long(vec![width])),
        field(Tag::PixelYDimension, Value::Long(vec![height])),
        // Chroma lies in the middle of the pixels that share it (ITU-T T.871, 6.1).
        field(Tag::YCbCrPositioning, Value::Short(vec![1])),
    ];
    if policy.srgb {
        fields.push(field(Tag::ColorSpace, Value::Short(vec![1])));
    }
    fields
}

/// Whether a field of the source stays.
fn keeps(field: &Field, policy: &Policy) -> bool {
    let Tag(context, number) = field.tag;
    // Other directories are those of thumbnails and previews.
    if field.ifd_num != In::PRIMARY || matches!(field.value, Value::Unknown(..)) {
        return false;
    }
    if policy.copyright_only {
        return [Tag::Copyright, Tag::Artist].contains(&field.tag);
    }
    match context {
        Context::Gps => policy.location,
        // It can say that the colours are those of Adobe RGB.
        Context::Interop => !policy.srgb,
        _ if GEOREFERENCE.contains(&number) => policy.location,
        Context::Tiff | Context::Exif => {
            field.tag != Tag::MakerNote
                && !STRUCTURE.contains(&number)
                && !EMBEDDED.contains(&number)
                && !is_own(number, policy)
        }
        _ => false,
    }
}

fn is_own(number: u16, policy: &Policy) -> bool {
    own_fields(policy).iter().any(|field| field.tag.number() == number)
}

/// Fields of TIFF that say how its pixels are stored (TIFF 6.0), which are those of another file.
const STRUCTURE: [u16; 21] = [
    0x00fe, // NewSubfileType
    0x00ff, // SubfileType
    0x0102, // BitsPerSample
    0x0103, // Compression
    0x0106, // PhotometricInterpretation
    0x0111, // StripOffsets
    0x0115, // SamplesPerPixel
    0x0116, // RowsPerStrip
    0x0117, // StripByteCounts
    0x011c, // PlanarConfiguration
    0x013d, // Predictor
    0x0140, // ColorMap
    0x0142, // TileWidth
    0x0143, // TileLength
    0x0144, // TileOffsets
    0x0145, // TileByteCounts
    0x0152, // ExtraSamples
    0x0153, // SampleFormat
    0x0201, // JPEGInterchangeFormat
    0x0202, // JPEGInterchangeFormatLength
    0x0212, // YCbCrSubSampling
];

/// Fields of TIFF that embed what has its own place in a file, refer to places in the file, or fill it.
const EMBEDDED: [u16; 9] = [
    0x014a, // SubIFDs
    0x02bc, // XMP
    0x83bb, // IPTC
    0x8649, // Photoshop's image resources
    0x8773, // ICC profile
    0xc634, // DNGPrivateData
    0xc4a5, // PrintIM
    0xea1c, // Padding
    0xea1d, // OffsetSchema
];

/// Fields of GeoTIFF, which are coordinates (OGC 19-008r4).
const GEOREFERENCE: [u16; 6] = [0x830e, 0x8482, 0x85d8, 0x87af, 0x87b0, 0x87b1];

#[cfg(test)]
mod tests {
    use super::*;

    const KEEP: Policy = Policy { copyright_only: false, location: false, srgb: true, size: (30, 20) };

    fn field(tag: Tag, value: Value) -> Field {
        Field { tag, ifd_num: In::PRIMARY, value }
    }

    fn text(tag: Tag, text: &str) -> Field {
        field(tag, Value::Ascii(vec![text.as_bytes().to_vec()]))
    }

    fn write(fields: &[Field]) -> Vec<u8> {
        let mut writer = Writer::new();
        fields.iter().for_each(|field| writer.push_field(field));
        let mut tiff = Cursor::new(Vec::new());
        writer.write(&mut tiff, true).unwrap();
        tiff.into_inner()
    }

    fn value(tiff: &[u8], tag: Tag) -> Option<Value> {
        let parsed = parse(tiff).unwrap();
        parsed.contents().get_field(tag, In::PRIMARY).map(|field| field.value.clone())
    }

    fn uint(tiff: &[u8], tag: Tag) -> Option<u32> {
        value(tiff, tag)?.get_uint(0)
    }

    #[test]
    fn what_describes_the_pixels_is_that_of_the_rendition_where_it_was_said_before() {
        let source = write(&[
            text(Tag::Make, "Maker"),
            field(Tag::Orientation, Value::Short(vec![6])),
            field(Tag::PixelXDimension, Value::Long(vec![4000])),
            field(Tag::ColorSpace, Value::Short(vec![0xffff])),
            field(Tag::MakerNote, Value::Undefined(vec![7; 40], 0)),
            field(Tag(Context::Tiff, 0x02bc), Value::Byte(b"<x/>".to_vec())),
        ]);
        let kept = rewrite(&source, &KEEP).unwrap();
        assert_eq!(uint(&kept, Tag::Orientation), Some(1));
        assert_eq!(uint(&kept, Tag::PixelXDimension), Some(30));
        assert_eq!(uint(&kept, Tag::PixelYDimension), None);
        assert_eq!(uint(&kept, Tag::ColorSpace), Some(1));
        assert!(value(&kept, Tag::Make).is_some());
        assert!(value(&kept, Tag::MakerNote).is_none());
        assert!(value(&kept, Tag(Context::Tiff, 0x02bc)).is_none());
        assert_eq!(rewrite(&kept, &KEEP).unwrap(), kept, "written again, it is the same");

        let as_it_is = rewrite(&source, &Policy { srgb: false, ..KEEP }).unwrap();
        assert_eq!(uint(&as_it_is, Tag::ColorSpace), Some(0xffff));
    }

    #[test]
    fn copyright_keeps_two_fields_or_nothing() {
        let policy = Policy { copyright_only: true, ..KEEP };
        let source = write(&[
            text(Tag::Make, "Maker"),
            text(Tag::Artist, "Ann"),
            field(Tag::Copyright, Value::Ascii(vec![b"Ann".to_vec(), b"Ed".to_vec()])),
        ]);
        let kept = rewrite(&source, &policy).unwrap();
        let parsed = parse(&kept).unwrap();
        assert_eq!(parsed.contents().fields().len(), 2);
        match value(&kept, Tag::Copyright) {
            Some(Value::Ascii(lines)) => assert_eq!(lines, [b"Ann".to_vec(), b"Ed".to_vec()]),
            other => panic!("{other:?}"),
        }
        assert_eq!(rewrite(&write(&[text(Tag::Make, "Maker")]), &policy), None);
    }

    #[test]
    fn coordinates_stay_only_where_asked() {
        let latitude = Value::Rational(vec![exif::Rational { num: 52, denom: 1 }; 3]);
        let tiepoint = Tag(Context::Tiff, 0x8482);
        let source = write(&[
            text(Tag::Make, "Maker"),
            field(Tag::GPSLatitude, latitude),
            field(tiepoint, Value::Double(vec![1.0; 6])),
        ]);
        let kept = rewrite(&source, &KEEP).unwrap();
        assert!(value(&kept, Tag::GPSLatitude).is_none() && value(&kept, tiepoint).is_none());
        assert!(!kept.windows(2).any(|pair| pair == 0x8825u16.to_le_bytes()), "no directory for GPS");
        let kept = rewrite(&source, &Policy { location: true, ..KEEP }).unwrap();
        assert!(value(&kept, Tag::GPSLatitude).is_some() && value(&kept, tiepoint).is_some());
    }

    #[test]
    fn the_byte_order_stays() {
        for little_endian in [false, true] {
            let make = text(Tag::Make, "Maker");
            let mut writer = Writer::new();
            writer.push_field(&make);
            let mut tiff = Cursor::new(Vec::new());
            writer.write(&mut tiff, little_endian).unwrap();
            let kept = rewrite(&tiff.into_inner(), &KEEP).unwrap();
            assert_eq!(kept.starts_with(b"II"), little_endian);
        }
    }
}
