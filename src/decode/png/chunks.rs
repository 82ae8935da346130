//! The chunks from the first pixels on, as they arrive: those that the frames of an animation consist of (PNG, third edition,
//! 11.3.6). What else there is is passed over.

use crate::decode::Step;
use crate::decode::canvas::{Disposal, Place};
use crate::decode::unread::Unread;
use crate::{Error, Format, Result};
use zlib_rs::crc32::crc32;

/// What comes before the pixels about an animation.
#[derive(Debug, Clone, Copy)]
pub(super) struct Playback {
    /// The number of frames, at least 1.
    pub(super) frames: u32,
    /// How often they play; 0 is forever.
    pub(super) loops: u32,
    /// The first frame, if the image of those who know no animations is that.
    pub(super) first: Option<Control>,
}

/// A frame, as its fcTL chunk describes it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Control {
    pub(super) place: Place,
    /// Milliseconds for which it is shown.
    pub(super) delay: u32,
    pub(super) disposal: Disposal,
    /// Whether what is transparent shows what was there before.
    pub(super) blends: bool,
}

/// What has come.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Event<'a> {
    /// A frame begins.
    Control(Control),
    /// A chunk of pixels of this many bytes begins.
    Data(u32),
    /// Bytes of it.
    Bytes(&'a [u8]),
    /// It ends, and is sound.
    DataEnd,
    /// The file ends.
    End,
}

/// Reads chunks.
#[derive(Debug)]
pub(super) struct Chunks {
    pub(super) input: Unread,
    at: At,
    /// The checksum of the chunk so far.
    checksum: u32,
    /// The number of the next chunk of an animation.
    sequence: u32,
    /// Whether IDAT chunks are pixels of a frame.
    image_is_frame: bool,
    /// The sides of the image.
    size: (u32, u32),
}

/// Where in the file the reader is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum At {
    /// In the bytes that begin a chunk.
    Begin,
    /// In the description of a frame.
    Control,
    /// In the number of a chunk of pixels, which has this many bytes after that.
    Sequence(u32),
    /// In pixels, with the number of bytes left.
    Data(u32),
    /// In the checksum of a description, or after pixels.
    Checksum(Option<Control>),
    /// In what is passed over, with the number of bytes left.
    Skip(u64),
    End,
}

/// Bytes of a chunk's length and type, of its checksum, of a number in sequence, and of a description with one.
const BEGIN: usize = 8;
const CHECKSUM: usize = 4;
const NUMBER: usize = 4;
const CONTROL: usize = 26;

/// Bytes of the signature.
const SIGNATURE: usize = 8;

impl Playback {
    /// What the beginning of a file, up to the first pixels, says about an animation; none if it is a still, or if what it says
    /// is wrong: its image is shown then.
    pub(super) fn of(head: &[u8], size: (u32, u32)) -> Option<Self> {
        let &[f0, f1, f2, f3, p0, p1, p2, p3] = of_head(head, b"acTL")?.first_chunk()?;
        let frames = u32::from_be_bytes([f0, f1, f2, f3]);
        let loops = u32::from_be_bytes([p0, p1, p2, p3]);
        let first = of_head(head, b"fcTL").map(|body| Control::read(body, size, 0)).transpose().ok()?;
        (frames > 0).then_some(Self { frames, loops, first })
    }

    /// Whether the first frame is no more than the image.
    pub(super) fn is_still(&self) -> bool {
        self.frames == 1 && self.first.is_some()
    }
}

/// The content of the first chunk of a kind in the beginning of a file.
fn of_head<'a>(head: &'a [u8], kind: &[u8; 4]) -> Option<&'a [u8]> {
    chunks_of_head(head).find(|(begin, _)| begin.ends_with(kind)).map(|(_, body)| body)
}

/// The chunks in the beginning of a file: length and type, and content.
pub(super) fn chunks_of_head(head: &[u8]) -> impl Iterator<Item = (&[u8; BEGIN], &[u8])> {
    let mut rest = head.get(SIGNATURE..).unwrap_or_default();
    std::iter::from_fn(move || {
        let (begin, after) = rest.split_first_chunk::<BEGIN>()?;
        let &[a, b, c, d, ..] = begin;
        let length = u32::from_be_bytes([a, b, c, d]) as usize;
        let body = after.get(..length)?;
        rest = after.get(length + CHECKSUM..).unwrap_or_default();
        Some((begin, body))
    })
}

impl Control {
    /// Reads a description that is number `sequence` of the animation's chunks, for an image with sides of `size`.
    fn read(body: &[u8], size: (u32, u32), sequence: u32) -> Result<Self> {
        let fields: Option<&[u8; CONTROL]> = body.try_into().ok();
        let Some(&[n0, n1, n2, n3, ref sides @ .., d0, d1, e0, e1, dispose, blend]) = fields else {
            return Err(malformed("the description of a frame has a wrong length"));
        };
        check_sequence(u32::from_be_bytes([n0, n1, n2, n3]), sequence)?;
        let &[w0, w1, w2, w3, h0, h1, h2, h3, x0, x1, x2, x3, y0, y1, y2, y3] = sides;
        let sides = [[w0, w1, w2, w3], [h0, h1, h2, h3], [x0, x1, x2, x3], [y0, y1, y2, y3]];
        let [width, height, left, top] = sides.map(u32::from_be_bytes);
        let ends = |start: u32, length: u32, side: u32| {
            length > 0 && u64::from(start) + u64::from(length) <= side.into()
        };
        if !ends(left, width, size.0) || !ends(top, height, size.1) {
            return Err(malformed("a frame has no pixels, or reaches beyond the image"));
        }
        let disposal = match dispose {
            0 => Disposal::Keep,
            1 => Disposal::Clear,
            2 => Disposal::Restore,
            _ => return Err(malformed("a frame is to end in an unknown way")),
        };
        if blend > 1 {
            return Err(malformed("a frame is to be drawn in an unknown way"));
        }
        let (numerator, denominator) = (u16::from_be_bytes([d0, d1]), u16::from_be_bytes([e0, e1]));
        // Without a unit, hundredths of a second are meant.
        let denominator = if denominator == 0 { 100 } else { u32::from(denominator) };
        let delay = (u32::from(numerator) * 1000 + denominator / 2) / denominator;
        let place = Place { left, top, width, height };
        Ok(Self { place, delay, disposal, blends: blend == 1 })
    }
}

fn check_sequence(found: u32, expected: u32) -> Result<()> {
    if found == expected { Ok(()) } else { Err(malformed("its frames are out of order")) }
}

impl Chunks {
    /// After the beginning of a file, which ends with that of its first IDAT chunk, with sides of `size`.
    pub(super) fn new(head: &[u8], playback: &Playback, size: (u32, u32)) -> Self {
        let begin = head.last_chunk::<BEGIN>().copied().unwrap_or_default();
        Self {
            input: Unread::new(Format::Png, begin.to_vec()),
            at: At::Begin,
            checksum: 0,
            sequence: playback.first.is_some().into(),
            image_is_frame: playback.first.is_some(),
            size,
        }
    }

    /// Goes on to what comes next. After an error there is no more.
    pub(super) fn next(&mut self) -> Result<Step<Event<'_>>> {
        loop {
            let whole = match self.at {
                At::Begin => BEGIN,
                At::Control => CONTROL,
                At::Sequence(_) => NUMBER,
                At::Checksum(_) => CHECKSUM,
                At::Data(0) => {
                    self.at = At::Checksum(None);
                    continue;
                }
                At::Data(left) => return self.data(left),
                At::Skip(0) => {
                    self.at = At::Begin;
                    continue;
                }
                At::Skip(left) => {
                    let most = usize::try_from(left).unwrap_or(usize::MAX);
                    let Step::Ready(skipped) = self.input.take(most)? else { return Ok(Step::NeedInput) };
                    self.at = At::Skip(left - skipped.len() as u64);
                    continue;
                }
                At::End => return Ok(Step::Ready(Event::End)),
            };
            // Some files have no chunk at their end that says so.
            if self.at == At::Begin && self.input.at_end() {
                return Ok(Step::Ready(Event::End));
            }
            let Step::Ready(()) = self.input.gather(whole)? else { return Ok(Step::NeedInput) };
            if let Some(event) = self.take_part()? {
                return Ok(Step::Ready(event));
            }
        }
    }

    /// Hands on pixels.
    fn data(&mut self, left: u32) -> Result<Step<Event<'_>>> {
        let Step::Ready(bytes) = self.input.take(left as usize)? else { return Ok(Step::NeedInput) };
        self.at = At::Data(left - bytes.len() as u32);
        self.checksum = crc32(self.checksum, bytes);
        Ok(Step::Ready(Event::Bytes(bytes)))
    }

    /// Takes a part that has been read as a whole.
    fn take_part(&mut self) -> Result<Option<Event<'static>>> {
        let part = self.input.take_part();
        match (self.at, part.as_slice()) {
            (At::Begin, &[a, b, c, d, ref kind @ ..]) => {
                self.checksum = crc32(0, kind);
                return self.begin(u32::from_be_bytes([a, b, c, d]), kind);
            }
            (At::Control, body) => {
                self.checksum = crc32(self.checksum, body);
                let control = Control::read(body, self.size, self.sequence)?;
                self.sequence += 1;
                self.image_is_frame = false;
                self.at = At::Checksum(Some(control));
            }
            (At::Sequence(length), &[a, b, c, d]) => {
                self.checksum = crc32(self.checksum, &part);
                check_sequence(u32::from_be_bytes([a, b, c, d]), self.sequence)?;
                self.sequence += 1;
                self.at = At::Data(length);
                return Ok(Some(Event::Data(length)));
            }
            (At::Checksum(control), &[a, b, c, d]) => {
                if u32::from_be_bytes([a, b, c, d]) != self.checksum {
                    return Err(malformed("a frame is corrupt"));
                }
                self.at = At::Begin;
                return Ok(Some(control.map_or(Event::DataEnd, Event::Control)));
            }
            _ => (),
        }
        Ok(None)
    }

    /// Begins with a chunk.
    fn begin(&mut self, length: u32, kind: &[u8]) -> Result<Option<Event<'static>>> {
        self.at = match kind {
            b"IEND" => At::End,
            b"IDAT" if self.image_is_frame => {
                self.at = At::Data(length);
                return Ok(Some(Event::Data(length)));
            }
            b"fcTL" if length == CONTROL as u32 => At::Control,
            b"fdAT" if length >= NUMBER as u32 => At::Sequence(length - NUMBER as u32),
            b"fcTL" | b"fdAT" => return Err(malformed("a chunk of a frame has a wrong length")),
            _ => At::Skip(u64::from(length) + CHECKSUM as u64),
        };
        Ok(None)
    }
}

fn malformed(detail: &str) -> Error {
    Error::malformed(Format::Png, detail)
}
