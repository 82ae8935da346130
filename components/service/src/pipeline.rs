//! The work itself: source bytes in as they arrive, rendition bytes out as they are ready.
//!
//! Nothing here knows WASI. The traits are what the pipeline needs of the world; `crate::wasi` implements them with a
//! component's imports and the tests with vectors.

use crate::failure::{Failure, Kind};
use crate::format::{Format, SNIFF_LENGTH};

/// Bytes of a rendition that are asked for in one call.
const READ_SIZE: u32 = 256 << 10;

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
}

/// Counts and bounds the bytes of a source.
struct Meter<'a> {
    chunks: &'a mut dyn Chunks,
    most: u64,
    count: u64,
}

impl Meter<'_> {
    fn next(&mut self) -> Result<Option<Vec<u8>>, Failure> {
        let chunk = self.chunks.next()?;
        if let Some(chunk) = &chunk {
            self.count = self.count.saturating_add(chunk.len() as u64);
            check_size(self.count, self.most)?;
        }
        Ok(chunk)
    }
}

/// Refuses a source of too many bytes, whether announced or counted.
pub fn check_size(bytes: u64, most: u64) -> Result<(), Failure> {
    if bytes <= most {
        return Ok(());
    }
    Err(Failure::new(Kind::SourceTooLarge, format!("the source has more than {most} bytes"))
        .detail("send a smaller file, or raise TINTYPE_MAX_SOURCE_BYTES"))
}

/// The beginning of a source, enough to know its format.
pub struct Opened<'a> {
    meter: Meter<'a>,
    head: Vec<u8>,
    /// What the first bytes announce.
    pub format: Format,
}

/// Reads as much of a source as tells its format, and refuses what is not decoded before reading on.
pub fn open<'a>(chunks: &'a mut dyn Chunks, most: u64) -> Result<Opened<'a>, Failure> {
    let mut meter = Meter { chunks, most, count: 0 };
    let mut head = Vec::new();
    while head.len() < SNIFF_LENGTH {
        match meter.next()? {
            Some(chunk) if head.is_empty() => head = chunk,
            Some(chunk) => head.extend_from_slice(&chunk),
            None => break,
        }
    }
    let accepted = "accepted are JPEG, PNG, WebP and GIF images";
    match Format::sniff(&head) {
        Some(format) if format.decoded() => Ok(Opened { meter, head, format }),
        Some(format) => {
            let message =
                format!("the source is an image of type {}, which is not decoded", format.media_type());
            Err(Failure::new(Kind::UnsupportedMedia, message).detail(accepted))
        }
        None if head.is_empty() => {
            Err(Failure::new(Kind::UnsupportedMedia, "the source is empty").detail(accepted))
        }
        None => Err(Failure::new(Kind::UnsupportedMedia, "the source is not an image of a known format")
            .detail(accepted)),
    }
}

/// A rendition in the making.
pub struct Rendering<'a> {
    meter: Meter<'a>,
    session: &'a mut dyn Session,
    head: Vec<u8>,
    finished: bool,
}

impl<'a> Opened<'a> {
    /// Starts to make a rendition in this session.
    pub fn render(self, session: &'a mut dyn Session) -> Rendering<'a> {
        Rendering { meter: self.meter, session, head: self.head, finished: false }
    }
}

impl Rendering<'_> {
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
        let chunk = match std::mem::take(&mut self.head) {
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
                Some(piece) if collected.is_empty() => collected = piece,
                Some(piece) => collected.extend_from_slice(&piece),
                None => return Ok((collected, true)),
            }
        }
        Ok((collected, false))
    }

    /// Format and size, once known.
    pub fn outline(&self) -> Option<Outline> {
        self.session.outline()
    }

    /// Bytes of source read so far.
    pub fn source_bytes(&self) -> u64 {
        self.meter.count
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::VecDeque;

    struct Pieces(VecDeque<Vec<u8>>);

    impl Pieces {
        fn of(bytes: &[u8], size: usize) -> Self {
            Pieces(bytes.chunks(size).map(<[u8]>::to_vec).collect())
        }
    }

    impl Chunks for Pieces {
        fn next(&mut self) -> Result<Option<Vec<u8>>, Failure> {
            Ok(self.0.pop_front())
        }
    }

    /// A session whose rendition is its source twice over.
    #[derive(Default)]
    struct Echo {
        ready: Vec<u8>,
        finished: bool,
    }

    impl Session for Echo {
        fn write(&mut self, chunk: &[u8]) -> Result<(), Failure> {
            assert!(!self.finished);
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
            None
        }
    }

    fn jpeg(length: usize) -> Vec<u8> {
        let mut bytes = vec![7; length];
        bytes[..3].copy_from_slice(&[0xFF, 0xD8, 0xFF]);
        bytes
    }

    #[test]
    fn a_source_of_single_bytes_gives_the_whole_rendition() {
        let source = jpeg(300);
        let mut pieces = Pieces::of(&source, 1);
        let mut session = Echo::default();
        let opened = open(&mut pieces, 1000).unwrap();
        assert_eq!(opened.format, Format::Jpeg);
        let mut rendering = opened.render(&mut session);
        let (rendition, complete) = rendering.collect(1 << 20).unwrap();
        assert!(complete);
        assert_eq!(rendition.len(), 600);
        assert_eq!(rendering.source_bytes(), 300);
    }

    #[test]
    fn a_large_rendition_is_handed_over_before_it_is_complete() {
        let source = jpeg(5000);
        let mut pieces = Pieces::of(&source, 100);
        let mut session = Echo::default();
        let mut rendering = open(&mut pieces, 10_000).unwrap().render(&mut session);
        let (mut rendition, complete) = rendering.collect(1000).unwrap();
        assert!(!complete && rendition.len() > 1000 && rendition.len() < 5000);
        while let Some(piece) = rendering.piece().unwrap() {
            rendition.extend(piece);
        }
        assert_eq!(rendition.len(), 10_000);
    }

    #[test]
    fn a_source_that_grows_too_large_is_not_read_to_its_end() {
        let source = jpeg(5000);
        let mut pieces = Pieces::of(&source, 100);
        let mut session = Echo::default();
        let mut rendering = open(&mut pieces, 1000).unwrap().render(&mut session);
        assert_eq!(rendering.collect(1 << 20).unwrap_err().kind, Kind::SourceTooLarge);
        assert_eq!(pieces.0.len(), 50 - 11);
    }

    #[test]
    fn what_is_not_an_image_is_refused_from_its_first_bytes() {
        for (bytes, word) in [
            (&b"<!doctype html><html><body>no image here</body>"[..], "not an image"),
            (b"", "empty"),
            (b"\0\0\0\x1cftypavif....", "avif"),
        ] {
            let mut pieces = Pieces::of(bytes, 5);
            let failure = open(&mut pieces, 1000).err().unwrap();
            assert_eq!(failure.kind, Kind::UnsupportedMedia);
            assert!(failure.message.contains(word), "{failure}");
        }
    }
}
