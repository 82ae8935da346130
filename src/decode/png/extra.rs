//! Metadata in the text chunks of a PNG.

use crate::metadata::{Carried, Wanted, iptc_in};

/// A chunk's type and content.
pub(super) type Chunk = ([u8; 4], Vec<u8>);

/// The keyword of XMP (XMP specification, part 3, 1.1.5).
const XMP: &[u8] = b"XML:com.adobe.xmp";
/// The beginning of the keywords under which ImageMagick and others store metadata, in hexadecimal digits.
const RAW: &[u8] = b"Raw profile type ";

/// Whether a chunk of text is metadata.
pub(super) fn is_metadata(text: &[u8]) -> bool {
    split(text).is_some_and(|(keyword, _)| keyword == XMP || keyword.starts_with(RAW))
}

/// Reads the chunks that were collected.
pub(super) fn read(chunks: &[Chunk], exif: Option<&[u8]>, wanted: &Wanted) -> Carried {
    let mut carried = Carried { exif: wanted.exif(exif), ..Carried::default() };
    for (kind, content) in chunks {
        let most = wanted.most_xmp();
        match kind {
            b"iTXt" => read_text(&mut carried, international(content, most), wanted),
            b"zTXt" => {
                let text = split(content).and_then(|(keyword, rest)| {
                    Some((keyword, inflate(rest.strip_prefix(&[0])?, most * RAW_DIGITS)?))
                });
                read_text(&mut carried, text, wanted);
            }
            _ => read_text(&mut carried, split(content).map(|(key, text)| (key, text.to_vec())), wanted),
        }
    }
    carried
}

/// Characters of a byte in hexadecimal digits, with line breaks rounded up.
const RAW_DIGITS: usize = 3;

fn read_text(carried: &mut Carried, text: Option<(&[u8], Vec<u8>)>, wanted: &Wanted) {
    let Some((keyword, text)) = text else { return };
    if keyword == XMP {
        let xmp = wanted.xmp(Some(&text));
        carried.xmp = carried.xmp.take().or(xmp);
        return;
    }
    let Some(data) = raw_profile(&text) else { return };
    match keyword.strip_prefix(RAW) {
        Some(b"exif" | b"APP1") => {
            let (xmp, exif) = match data.strip_prefix(b"http://ns.adobe.com/xap/1.0/\0") {
                Some(xmp) => (wanted.xmp(Some(xmp)), None),
                None => (None, wanted.exif(Some(&data))),
            };
            carried.exif = carried.exif.take().or(exif);
            carried.xmp = carried.xmp.take().or(xmp);
        }
        Some(b"xmp") => carried.xmp = carried.xmp.take().or_else(|| wanted.xmp(Some(&data))),
        Some(b"iptc") => carried.iptc = wanted.iptc(iptc_in(&data)),
        _ => (),
    }
}

/// The keyword and text of an iTXt chunk (ISO/IEC 15948, 11.3.3.4), of at most `most` bytes.
fn international(content: &[u8], most: usize) -> Option<(&[u8], Vec<u8>)> {
    let (keyword, rest) = split(content)?;
    let (&[compressed, _], rest) = rest.split_first_chunk()?;
    let (_language, rest) = split(rest)?;
    let (_translated, text) = split(rest)?;
    let text = if compressed == 1 { inflate(text, most)? } else { text.to_vec() };
    Some((keyword, text))
}

/// Splits at the first zero.
fn split(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let at = bytes.iter().position(|&byte| byte == 0)?;
    Some((bytes.get(..at)?, bytes.get(at + 1..)?))
}

/// None if there would be more than `most` bytes, or the data is corrupt.
fn inflate(data: &[u8], most: usize) -> Option<Vec<u8>> {
    fdeflate::decompress_to_vec_bounded(data, most).ok()
}

/// Reads a line with a name, one with a length, and hexadecimal digits.
fn raw_profile(text: &[u8]) -> Option<Vec<u8>> {
    let mut lines = text.trim_ascii_start().splitn(3, |&byte| byte == b'\n');
    let (_name, _length, digits) = (lines.next()?, lines.next()?, lines.next()?);
    let digits: Option<Vec<u8>> = (digits.iter().filter(|byte| !byte.is_ascii_whitespace()))
        .map(|&byte| char::from(byte).to_digit(16).map(|digit| digit as u8))
        .collect();
    Some(digits?.as_chunks::<2>().0.iter().map(|[high, low]| high << 4 | low).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Metadata, Options, Profile};

    fn wanted() -> Wanted {
        let mut options = Options::default();
        (options.output.metadata, options.output.profile) = (Metadata::Keep, Profile::Keep);
        Wanted::of(&options)
    }

    #[test]
    fn what_image_magick_writes_is_read() {
        let chunk = |name: &str, data: &[u8]| {
            let digits: String = data.iter().map(|byte| format!("{byte:02x}")).collect();
            let (first, second) = digits.split_at(6);
            (
                *b"tEXt",
                format!("Raw profile type {name}\0\n{name}\n  {}\n{first}\n{second}\n", data.len())
                    .into_bytes(),
            )
        };
        let chunks = [
            chunk("exif", b"Exif\0\0II*\0"),
            chunk("xmp", b"<x/>"),
            chunk("iptc", b"8BIM\x04\x04\0\0\0\0\0\x04iptc"),
        ];
        assert!(chunks.iter().all(|(_, text)| is_metadata(text)));
        let carried = read(&chunks, None, &wanted());
        assert_eq!(carried.exif.as_deref(), Some(&b"Exif\0\0II*\0"[..]));
        assert_eq!(carried.xmp.as_deref(), Some(&b"<x/>"[..]));
        assert_eq!(carried.iptc.as_deref(), Some(&b"iptc"[..]));
        assert!(!is_metadata(b"Comment\0text") && !is_metadata(b"XML:com.adobe.xmp"));
    }

    #[test]
    fn text_that_inflates_too_far_is_dropped() {
        let text = |size: usize| {
            let packed = fdeflate::compress_to_vec(&vec![b' '; size]);
            (*b"iTXt", [&b"XML:com.adobe.xmp\0\x01\0\0\0"[..], &packed].concat())
        };
        assert_eq!(read(&[text(1000)], None, &wanted()).xmp.map(|xmp| xmp.len()), Some(1000));
        assert_eq!(read(&[text(2 << 20)], None, &wanted()).xmp, None);
    }

    #[test]
    fn malformed_chunks_are_passed_over() {
        for kind in [b"iTXt", b"zTXt", b"tEXt"] {
            for content in [
                &b""[..],
                b"\0",
                b"XML:com.adobe.xmp\0",
                b"name\0\x01",
                b"Raw profile type exif\0\nexif\n3\nzz",
            ] {
                assert_eq!(
                    read(&[(*kind, content.to_vec())], None, &wanted()),
                    Carried::default(),
                    "{content:?}"
                );
            }
        }
    }
}
