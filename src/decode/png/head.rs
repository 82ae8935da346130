//! The beginning of a file, up to its pixels.

use super::color::Chunks;
use super::extra::{self, Chunk};
use crate::metadata::Wanted;
use crate::{Error, Format, Result};

/// Sifts what comes before the first IDAT chunk: what decoding needs is kept, everything else is passed over as it comes, so
/// that neither the number nor the size of such chunks costs memory.
#[derive(Debug)]
pub(super) struct Head {
    kept: Vec<u8>,
    /// Bytes that may still be kept.
    left: u64,
    state: State,
    /// Whether EXIF is still of interest: there should be one chunk of it.
    wants_exif: bool,
    /// Text chunks that are collected for the rendition, and the bytes that may still be.
    collected: Vec<Chunk>,
    text_left: u64,
    /// The chunks that say what colours are, which the codec does not get.
    colors: Chunks,
}

#[derive(Debug, Clone, Copy)]
enum State {
    /// In the signature or a chunk to keep, with the number of bytes left.
    Keep(u64),
    /// In a chunk about colour, with the number of bytes left.
    Gather(u64),
    /// In a chunk to pass over, with the number of bytes left.
    Skip(u64),
    /// In the content of a chunk to collect, with the number of bytes left.
    Collect(u64),
    /// In the eight bytes that begin a chunk, with the number read so far.
    Begin(usize, [u8; 8]),
    /// At the pixels.
    Pixels,
}

/// Bytes of a chunk's length and type.
const BEGIN: usize = 8;

/// Bytes of a chunk's checksum.
const CHECKSUM: u64 = 4;

/// The largest EXIF that is kept, in bytes: as long as it could be in a JPEG.
const LARGEST_EXIF: u64 = 64 << 10;

/// The most bytes to keep, not counting the chunks about colour.
const MOST: u64 = 128 << 10;

impl Head {
    /// At the beginning of a file. Compressed profiles are kept up to a number of bytes, and text as far as it is wanted for
    /// the rendition.
    pub(super) fn new(max_profile: u64, wanted: Wanted) -> Self {
        Self {
            kept: Vec::new(),
            left: MOST,
            state: State::Keep(SIGNATURE_BYTES),
            wants_exif: true,
            collected: Vec::new(),
            text_left: wanted.most_xmp() as u64,
            colors: Chunks::new(max_profile),
        }
    }

    /// Takes the next bytes of the file, and returns those of them that are the pixels'.
    pub(super) fn feed<'a>(&mut self, mut bytes: &'a [u8]) -> Result<&'a [u8]> {
        while !bytes.is_empty() {
            match &mut self.state {
                State::Keep(left) | State::Skip(left) | State::Gather(left) if *left == 0 => {
                    self.state = State::Begin(0, [0; BEGIN])
                }
                State::Collect(0) => {
                    self.state = State::Skip(CHECKSUM);
                    self.review();
                }
                State::Collect(left) => {
                    let part = take(&mut bytes, *left);
                    *left -= part.len() as u64;
                    if let Some((_, content)) = self.collected.last_mut() {
                        content.extend_from_slice(part);
                    }
                }
                State::Keep(left) => {
                    let part = take(&mut bytes, *left);
                    *left -= part.len() as u64;
                    self.kept.extend_from_slice(part);
                }
                State::Gather(left) => {
                    let part = take(&mut bytes, *left);
                    *left -= part.len() as u64;
                    self.colors.extend(part);
                }
                State::Skip(left) => *left -= take(&mut bytes, *left).len() as u64,
                State::Begin(at, begin) => {
                    let part = take(&mut bytes, (BEGIN - *at) as u64);
                    begin.iter_mut().skip(*at).zip(part).for_each(|(to, &byte)| *to = byte);
                    *at += part.len();
                    if *at == BEGIN {
                        let begin = *begin;
                        self.state = self.begin(begin)?;
                    }
                }
                State::Pixels => break,
            }
        }
        Ok(bytes)
    }

    /// Decides about a chunk.
    fn begin(&mut self, begin: [u8; BEGIN]) -> Result<State> {
        let [a, b, c, d, kind @ ..] = begin;
        let length = u64::from(u32::from_be_bytes([a, b, c, d]));
        if self.collects(&kind, length) {
            self.collected.push((kind, Vec::new()));
            return Ok(State::Collect(length));
        }
        if self.colors.begin(kind, length) {
            return Ok(State::Gather(length + CHECKSUM));
        }
        let keep = match &kind {
            b"tRNS" | b"acTL" | b"fcTL" => true,
            b"eXIf" => length <= LARGEST_EXIF && std::mem::take(&mut self.wants_exif),
            // A critical chunk (ISO/IEC 15948, 5.4): what the codec does not know, it refuses.
            [first, ..] => first.is_ascii_uppercase(),
        };
        if !keep {
            return Ok(State::Skip(length + CHECKSUM));
        }
        self.kept.extend_from_slice(&begin);
        if &kind == b"IDAT" {
            return Ok(State::Pixels);
        }
        let left = self.left.checked_sub(length + BEGIN as u64 + CHECKSUM);
        self.left = left.ok_or_else(|| Error::malformed(Format::Png, "it has too much before its pixels"))?;
        Ok(State::Keep(length + CHECKSUM))
    }

    /// Whether to collect a chunk: text, which counts once it is known to be metadata.
    fn collects(&self, kind: &[u8; 4], length: u64) -> bool {
        [b"iTXt", b"zTXt", b"tEXt"].contains(&kind) && length <= self.text_left
    }

    /// Looks at the chunk that has just been collected.
    fn review(&mut self) {
        let Some((_, content)) = self.collected.last() else { return };
        if extra::is_metadata(content) {
            self.text_left -= content.len() as u64;
        } else {
            self.collected.pop();
        }
    }

    /// The chunks that were collected.
    pub(super) fn take_collected(&mut self) -> Vec<Chunk> {
        std::mem::take(&mut self.collected)
    }

    /// Whether the pixels have begun.
    pub(super) fn reaches_pixels(&self) -> bool {
        matches!(self.state, State::Pixels)
    }

    /// What was kept: a file without pixels, or up to the first bytes of the first IDAT chunk.
    pub(super) fn take(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.kept)
    }

    /// What the file says about its colours.
    pub(super) fn take_colors(&mut self) -> Chunks {
        std::mem::take(&mut self.colors)
    }
}

/// Bytes of the signature (ISO/IEC 15948, 5.2).
const SIGNATURE_BYTES: u64 = 8;

/// Takes up to `most` bytes from the front.
fn take<'a>(bytes: &mut &'a [u8], most: u64) -> &'a [u8] {
    let (part, rest) = bytes.split_at(bytes.len().min(usize::try_from(most).unwrap_or(usize::MAX)));
    *bytes = rest;
    part
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chunk(kind: &[u8; 4], body: &[u8]) -> Vec<u8> {
        let length = (body.len() as u32).to_be_bytes();
        [&length, kind.as_slice(), body, &[0; 4]].concat()
    }

    fn file(before: &[Vec<u8>]) -> Vec<u8> {
        let signature = b"\x89PNG\r\n\x1a\n".to_vec();
        [&[signature, chunk(b"IHDR", &[1; 13])], before, &[chunk(b"IDAT", b"pixels")]].concat().concat()
    }

    /// Sifts a file in pieces of `piece` bytes; returns the bytes kept and the bytes of the pixels.
    fn sift(file: &[u8], piece: usize) -> Result<(Vec<u8>, Vec<u8>)> {
        let (mut head, mut rest) = (Head::new(0, Wanted::default()), Vec::new());
        for piece in file.chunks(piece) {
            let pixels = head.feed(piece)?;
            assert!(pixels.is_empty() || head.reaches_pixels());
            rest.extend_from_slice(pixels);
        }
        Ok((head.take(), rest))
    }

    #[test]
    fn what_decoding_needs_is_kept_and_the_rest_is_passed_over_however_the_file_is_cut() {
        let needed = [chunk(b"PLTE", &[7; 768]), chunk(b"tRNS", &[8; 5]), chunk(b"eXIf", &[9; 900])];
        let text = chunk(b"tEXt", &[b'a'; 100_000]);
        let text = std::slice::from_ref(&text);
        let mixed = [text, needed.as_slice(), text].concat();
        let expected = sift(&file(&needed), 1 << 20).unwrap();
        for piece in [1, 3, 7, 8, 1000, 1 << 20] {
            assert!(sift(&file(&mixed), piece).unwrap() == expected, "pieces of {piece}");
        }
    }

    #[test]
    fn only_the_first_exif_is_kept_and_none_that_is_too_long() {
        let plain = sift(&file(&[]), 100).unwrap();
        let long = vec![chunk(b"eXIf", &[0; (64 << 10) + 1])];
        assert!(sift(&file(&long), 100).unwrap() == plain);
        let exif = chunk(b"eXIf", &[1; 60_000]);
        let many = sift(&file(&vec![exif.clone(); 100]), 100).unwrap();
        assert!(many == sift(&file(std::slice::from_ref(&exif)), 100).unwrap());
    }

    #[test]
    fn what_is_wanted_is_collected_as_far_as_there_is_room() {
        let mut options = crate::Options::default();
        options.output.metadata = crate::Metadata::Keep;
        let text = |keyword: &str, length| chunk(b"iTXt", &[keyword.as_bytes(), &vec![0; length]].concat());
        let xmp = text("XML:com.adobe.xmp", 600_000);
        let file = file(&[text("Comment", 500), xmp.clone(), xmp]);
        for piece in [7, 8, 1000, 1 << 20] {
            let collect = |options: &crate::Options| {
                let mut head = Head::new(0, Wanted::of(options));
                for piece in file.chunks(piece) {
                    head.feed(piece).unwrap();
                }
                assert!(head.reaches_pixels());
                head.take_collected().iter().map(|(kind, content)| (*kind, content.len())).collect::<Vec<_>>()
            };
            assert_eq!(collect(&options), [(*b"iTXt", 600_017)]);
            assert_eq!(collect(&crate::Options::default()), []);
        }
    }

    #[test]
    fn critical_chunks_that_are_too_many_or_too_long_are_refused() {
        assert!(sift(&file(&[chunk(b"ABCD", &vec![0; 200_000])]), 100).is_err());
        assert!(sift(&file(&vec![chunk(b"ABCD", &[0; 1000]); 300]), 100).is_err());
    }
}
