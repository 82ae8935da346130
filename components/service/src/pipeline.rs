//! The work itself: source bytes in as they arrive, rendition bytes out as they are ready.
//!
//! Nothing here knows WASI. The traits are what the pipeline needs of the world; `crate::wasi` implements them with a
//! component's imports and the tests with vectors.

use core::hash::Hasher as _;

use twox_hash::XxHash64;

use crate::failure::{Failure, Kind};
use crate::format::{Format, SNIFF_LENGTH};
use crate::prelude::*;
use crate::text;

/// Bytes of a rendition that are asked for in one call.
const READ_SIZE: u32 = 256 << 10;

/// Bytes that are written to a session which is only to tell the source's size.
const PROBE_SIZE: usize = 4 << 10;

/// A body that arrives piece by piece.
pub trait Chunks {
    /// Waits for the next piece. `None` is the end; a piece is never empty.
    fn next(&mut self) -> Result<Option<Vec<u8>>, Failure>;
}

/// Format and size of a rendition, and of what it is made from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Outline {
    /// Width and height of the rendition.
    pub output: (u32, u32),
    /// Width and height of the source, as stored.
    pub source: (u32, u32),
    /// EXIF orientation of the source, 1 to 8.
    pub orientation: u8,
}

impl Outline {
    /// Width and height of the source, upright if `auto_orient`.
    pub fn oriented(&self, auto_orient: bool) -> (u32, u32) {
        let (width, height) = self.source;
        if auto_orient && self.orientation >= 5 { (height, width) } else { (width, height) }
    }
}

/// A session of the resizer.
pub trait Session {
    /// Takes the next bytes of the source.
    fn write(&mut self, chunk: &[u8]) -> Result<(), Failure>;
    /// Tells that the source is complete.
    fn finish(&mut self) -> Result<(), Failure>;
    /// Takes what is ready of the rendition, at most `max` bytes.
    fn read(&mut self, max: u32) -> Result<Vec<u8>, Failure>;
    /// Format and size, once the source's header has been read.
    fn outline(&self) -> Option<Outline>;
    /// Whether some of the source was found missing or corrupt so far.
    fn damaged(&self) -> bool;
}

/// A session that hands over the source as it is.
#[derive(Debug, Default)]
pub struct Verbatim(Vec<u8>);

impl Session for Verbatim {
    fn write(&mut self, chunk: &[u8]) -> Result<(), Failure> {
        self.0.extend_from_slice(chunk);
        Ok(())
    }

    fn finish(&mut self) -> Result<(), Failure> {
        Ok(())
    }

    fn read(&mut self, _max: u32) -> Result<Vec<u8>, Failure> {
        Ok(core::mem::take(&mut self.0))
    }

    fn outline(&self) -> Option<Outline> {
        None
    }

    fn damaged(&self) -> bool {
        false
    }
}

/// Counts, bounds and hashes the bytes of a source.
struct Meter {
    chunks: Box<dyn Chunks>,
    most: u64,
    count: u64,
    hash: XxHash64,
}

impl Meter {
    fn next(&mut self) -> Result<Option<Vec<u8>>, Failure> {
        let chunk = self.chunks.next()?;
        if let Some(chunk) = &chunk {
            self.count = self.count.saturating_add(chunk.len() as u64);
            check_size(self.count, self.most)?;
            self.hash.write(chunk);
        }
        Ok(chunk)
    }
}

/// Refuses a source of too many bytes, whether announced or counted.
pub fn check_size(bytes: u64, most: u64) -> Result<(), Failure> {
    if bytes <= most {
        return Ok(());
    }
    let message = text::concat(&["the source has more than ", &text::decimal(most), " bytes"]);
    Err(Failure::new(Kind::SourceTooLarge, message)
        .detail("send a smaller file, or raise TINTYPE_MAX_SOURCE_BYTES"))
}

/// The beginning of a source, enough to know its format.
pub struct Opened {
    meter: Meter,
    head: Vec<u8>,
    /// What the first bytes announce.
    pub format: Format,
}

/// Reads as much of a source as tells its format, and refuses what is no image before reading on.
pub fn open(chunks: Box<dyn Chunks>, most: u64) -> Result<Opened, Failure> {
    let mut meter = Meter { chunks, most, count: 0, hash: XxHash64::with_seed(0) };
    let mut head = Vec::new();
    while head.len() < SNIFF_LENGTH {
        match meter.next()? {
            Some(chunk) => append(&mut head, chunk),
            None => break,
        }
    }
    match Format::sniff(&head) {
        Some(format) => Ok(Opened { meter, head, format }),
        None if head.is_empty() => Err(unsupported("the source is empty")),
        None => Err(unsupported("the source is not an image of a known format")),
    }
}

/// Adds a piece; the first one is not copied.
fn append(all: &mut Vec<u8>, piece: Vec<u8>) {
    if all.is_empty() {
        *all = piece;
    } else {
        all.extend_from_slice(&piece);
    }
}

fn unsupported(message: &str) -> Failure {
    Failure::new(Kind::UnsupportedMedia, message).detail("accepted are JPEG, PNG, WebP and GIF images")
}

impl Opened {
    /// Refuses a format that the resizer does not decode.
    pub fn check_decoded(&self) -> Result<(), Failure> {
        if self.format.decoded() {
            return Ok(());
        }
        let media_type = &self.format.media_type();
        Err(unsupported(&text::concat(&["the source is of type ", media_type, ", which is not decoded"])))
    }

    /// Reads on until a session can tell the source's size. What has been read stays for the rendition.
    pub fn measure(&mut self, session: &mut dyn Session) -> Result<Outline, Failure> {
        let mut rest = 0;
        loop {
            if let Some(outline) = session.outline() {
                return Ok(outline);
            }
            let fed = self.head.get(rest..).unwrap_or_default();
            let fed = fed.get(..PROBE_SIZE).unwrap_or(fed);
            if !fed.is_empty() {
                session.write(fed)?;
                rest += fed.len();
                continue;
            }
            match self.meter.next()? {
                Some(chunk) => append(&mut self.head, chunk),
                None => {
                    session.finish()?;
                    return session.outline().ok_or_else(|| {
                        Failure::new(Kind::DamagedSource, "the source ends before its size is known")
                    });
                }
            }
        }
    }

    /// Starts to make a rendition in this session.
    pub fn render(self, session: Box<dyn Session>) -> Rendering {
        Rendering { meter: self.meter, session, head: self.head, finished: false }
    }
}

/// A rendition in the making.
pub struct Rendering {
    meter: Meter,
    session: Box<dyn Session>,
    head: Vec<u8>,
    finished: bool,
}

impl Rendering {
    /// The next bytes of the rendition; `None` at its end.
    pub fn piece(&mut self) -> Result<Option<Vec<u8>>, Failure> {
        loop {
            let ready = self.session.read(READ_SIZE)?;
            if !ready.is_empty() {
                return Ok(Some(ready));
            }
            if self.finished {
                return Ok(None);
            }
            self.feed()?;
        }
    }

    fn feed(&mut self) -> Result<(), Failure> {
        let chunk = match core::mem::take(&mut self.head) {
            head if head.is_empty() => self.meter.next()?,
            head => Some(head),
        };
        match chunk {
            Some(chunk) => self.session.write(&chunk),
            None => {
                self.finished = true;
                self.session.finish()
            }
        }
    }

    /// Collects the rendition up to about `bound` bytes. `true` if that is all of it.
    pub fn collect(&mut self, bound: usize) -> Result<(Vec<u8>, bool), Failure> {
        let mut collected = Vec::new();
        while collected.len() <= bound {
            match self.piece()? {
                Some(piece) => append(&mut collected, piece),
                None => return Ok((collected, true)),
            }
        }
        Ok((collected, false))
    }

    /// Format and size, once known.
    pub fn outline(&self) -> Option<Outline> {
        self.session.outline()
    }

    /// Whether the rendition shows less than the whole source, as far as is known by now.
    pub fn damaged(&self) -> bool {
        self.session.damaged()
    }

    /// Bytes of source read so far.
    pub fn source_bytes(&self) -> u64 {
        self.meter.count
    }

    /// A hash of the bytes of source read so far: after the end of the rendition, of all that it was made from.
    pub fn source_hash(&self) -> u64 {
        self.meter.hash.finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::Cell;
    use std::collections::VecDeque;
    use std::rc::Rc;

    /// A body in pieces, and how many have been taken.
    struct Pieces(VecDeque<Vec<u8>>, Rc<Cell<usize>>);

    fn pieces(bytes: &[u8], size: usize) -> (Box<dyn Chunks>, Rc<Cell<usize>>) {
        let taken = Rc::new(Cell::new(0));
        (Box::new(Pieces(bytes.chunks(size).map(<[u8]>::to_vec).collect(), taken.clone())), taken)
    }

    impl Chunks for Pieces {
        fn next(&mut self) -> Result<Option<Vec<u8>>, Failure> {
            self.1.set(self.1.get() + 1);
            Ok(self.0.pop_front())
        }
    }

    /// A session whose rendition is its source twice over, and which knows its size after `header` bytes.
    #[derive(Default)]
    struct Echo {
        ready: Vec<u8>,
        taken: usize,
        header: usize,
        finished: bool,
    }

    impl Session for Echo {
        fn write(&mut self, chunk: &[u8]) -> Result<(), Failure> {
            assert!(!self.finished);
            self.taken += chunk.len();
            self.ready.extend_from_slice(chunk);
            self.ready.extend_from_slice(chunk);
            Ok(())
        }
        fn finish(&mut self) -> Result<(), Failure> {
            self.finished = true;
            Ok(())
        }
        fn read(&mut self, max: u32) -> Result<Vec<u8>, Failure> {
            let size = self.ready.len().min(max as usize);
            Ok(self.ready.drain(..size).collect())
        }
        fn outline(&self) -> Option<Outline> {
            (self.taken >= self.header).then_some(Outline {
                output: (1, 1),
                source: (30, 20),
                orientation: 6,
            })
        }
        fn damaged(&self) -> bool {
            false
        }
    }

    fn jpeg(length: usize) -> Vec<u8> {
        let mut bytes = vec![7; length];
        bytes[..3].copy_from_slice(&[0xFF, 0xD8, 0xFF]);
        bytes
    }

    fn echo() -> Box<dyn Session> {
        Box::new(Echo::default())
    }

    #[test]
    fn a_source_of_single_bytes_gives_the_whole_rendition() {
        let opened = open(pieces(&jpeg(300), 1).0, 1000).unwrap();
        assert_eq!(opened.format, Format::Jpeg);
        let mut rendering = opened.render(echo());
        let (rendition, complete) = rendering.collect(1 << 20).unwrap();
        assert!(complete);
        assert_eq!(rendition.len(), 600);
        assert_eq!(rendering.source_bytes(), 300);
    }

    #[test]
    fn the_hash_of_a_source_does_not_depend_on_its_pieces() {
        let hash = |size, length| {
            let mut rendering = open(pieces(&jpeg(length), size).0, 1000).unwrap().render(echo());
            rendering.collect(1 << 20).unwrap();
            rendering.source_hash()
        };
        assert_eq!(hash(1, 300), hash(300, 300));
        assert_ne!(hash(1, 300), hash(1, 301));
    }

    #[test]
    fn a_large_rendition_is_handed_over_before_it_is_complete() {
        let mut rendering = open(pieces(&jpeg(5000), 100).0, 10_000).unwrap().render(echo());
        let (mut rendition, complete) = rendering.collect(1000).unwrap();
        assert!(!complete && rendition.len() > 1000 && rendition.len() < 5000);
        while let Some(piece) = rendering.piece().unwrap() {
            rendition.extend(piece);
        }
        assert_eq!(rendition.len(), 10_000);
    }

    #[test]
    fn a_source_that_grows_too_large_is_not_read_to_its_end() {
        let (chunks, taken) = pieces(&jpeg(5000), 100);
        let mut rendering = open(chunks, 1000).unwrap().render(echo());
        assert_eq!(rendering.collect(1 << 20).unwrap_err().kind, Kind::SourceTooLarge);
        assert_eq!(taken.get(), 11);
    }

    #[test]
    fn what_is_not_an_image_is_refused_from_its_first_bytes() {
        for (bytes, word) in
            [(&b"<!doctype html><html><body>no image here</body>"[..], "not an image"), (b"", "empty")]
        {
            let failure = open(pieces(bytes, 5).0, 1000).err().unwrap();
            assert_eq!(failure.kind, Kind::UnsupportedMedia);
            assert!(failure.message.contains(word), "{failure:?}");
        }
        let avif = open(pieces(b"\0\0\0\x1cftypavif....", 5).0, 1000).unwrap();
        assert!(avif.check_decoded().unwrap_err().message.contains("image/avif"));
    }

    #[test]
    fn measuring_a_source_reads_its_header_and_loses_nothing() {
        let (chunks, taken) = pieces(&jpeg(5000), 100);
        let mut opened = open(chunks, 10_000).unwrap();
        let mut probe = Echo { header: 950, ..Echo::default() };
        let outline = opened.measure(&mut probe).unwrap();
        assert_eq!((outline.oriented(true), outline.oriented(false)), ((20, 30), (30, 20)));
        assert_eq!(taken.get(), 10);
        let (rendition, _) = opened.render(Box::new(Verbatim::default())).collect(1 << 20).unwrap();
        assert_eq!(rendition, jpeg(5000));
    }

    #[test]
    fn a_source_that_ends_before_its_size_is_known_is_damaged() {
        let mut opened = open(pieces(&jpeg(50), 100).0, 10_000).unwrap();
        let mut probe = Echo { header: 950, ..Echo::default() };
        assert_eq!(opened.measure(&mut probe).unwrap_err().kind, Kind::DamagedSource);
    }
}
