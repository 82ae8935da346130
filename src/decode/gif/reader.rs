//! Reads a GIF up to the pixels of its frames. The `gif` crate's streaming decoder reads the screen's descriptor, colour tables
//! and frames. Extensions, and whatever else lies between frames, are read here: the codec refuses files with extensions that
//! it does not know.

use super::frame::{Disposal, Frame, colors};
use crate::decode::Step;
use crate::{Error, Format, Result};
use gif::DecodingError;
use gif::streaming_decoder::{Block, Decoded, OutputBuffer, StreamingDecoder};

/// The codec and its unread input.
pub(super) struct Reader {
    codec: StreamingDecoder,
    input: Vec<u8>,
    position: usize,
    /// Bytes that the codec has used so far.
    pub(super) used: u64,
    pub(super) complete: bool,
    place: Place,
    global_palette: Option<Box<[u8]>>,
    /// What the extension before the next frame says of it.
    control: Control,
    /// How often the frames play; 0 is forever.
    pub(super) loops: u32,
    /// The part of an extension that is being read.
    part: Vec<u8>,
    /// The application extension that is being read.
    application: Application,
    pub(super) profile_bytes: Option<u32>,
    xmp: Collected,
    profile: Collected,
}

/// Where in the file the reader is, with the number of bytes left there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// In the signature or the screen's descriptor, up to the flags, which say how long its colour table is.
    Descriptor(usize),
    /// In the rest of the descriptor, or in the colour table.
    Table(usize),
    /// Between blocks.
    Between,
    /// At the label of an extension.
    Label,
    /// In a part of the extension with this label, or at the length of the next part.
    Part(u8, usize),
    /// In a frame, or at the end.
    Frame,
}

/// What a graphic control extension says of a frame (GIF89a, section 23).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Control {
    /// The index that the frame leaves transparent.
    transparent: Option<u8>,
    /// Hundredths of a second for which the frame is shown.
    delay: u16,
    disposal: Disposal,
}

/// Bytes of the signature and the screen's descriptor, up to its flags and after them (GIF89a, sections 17 and 18).
const UP_TO_FLAGS: usize = 11;
const AFTER_FLAGS: usize = 2;

/// What begins an extension, and the labels of two of them (GIF89a, sections 23 and 26).
const EXTENSION: u8 = 0x21;
const CONTROL: u8 = 0xf9;
const APPLICATION: u8 = 0xff;

/// Colours where a file has no table (GIF89a, section 19, leaves them to the decoder).
const BLACK_AND_WHITE: [u8; 6] = [0, 0, 0, 255, 255, 255];

/// The codec gets bytes of the file in blocks of this size: it loses what it has decompressed of a piece with a fault, and
/// that must not depend on how the file was cut.
const BLOCK: u64 = 256;

/// Bytes of the colour table that the descriptor's flags announce.
fn table_bytes(flags: u8) -> usize {
    if flags & 0x80 != 0 { 3 << ((flags & 7) + 1) } else { 0 }
}

/// What an application extension holds (GIF89a, section 26).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Application {
    /// Its name has not been read.
    Unknown,
    /// An ICC profile (ICC.1, annex B.6).
    Profile,
    /// XMP (XMP specification, part 3, 1.1.2).
    Xmp,
    /// How often the frames play (Netscape's, which other writers call ANIMEXTS1.0).
    Loops,
    Other,
}

/// The content of an extension that is collected.
#[derive(Debug, Default)]
struct Collected {
    content: Vec<u8>,
    /// The most bytes of it that are of use.
    most: usize,
    too_long: bool,
}

impl Collected {
    fn restart(&mut self) {
        (self.content, self.too_long) = (Vec::new(), false);
    }

    fn extend(&mut self, part: &[u8]) {
        self.too_long |= self.content.len() + part.len() > self.most;
        if self.too_long {
            self.content = Vec::new();
        } else {
            self.content.extend_from_slice(part);
        }
    }

    fn take(&mut self) -> Option<Vec<u8>> {
        Some(std::mem::take(&mut self.content)).filter(|content| !content.is_empty())
    }
}

impl Reader {
    /// A reader that collects at most `most_xmp` bytes of XMP and `most_profile` of an ICC profile.
    pub(super) fn new(most_xmp: usize, most_profile: usize) -> Self {
        let collected = |most| Collected { most, ..Collected::default() };
        Self {
            codec: StreamingDecoder::new(),
            input: Vec::new(),
            position: 0,
            used: 0,
            complete: false,
            place: Place::Descriptor(UP_TO_FLAGS),
            global_palette: None,
            control: Control::default(),
            loops: 1,
            part: Vec::new(),
            application: Application::Unknown,
            profile_bytes: None,
            xmp: collected(most_xmp),
            profile: collected(most_profile),
        }
    }

    /// XMP and the ICC profile, as far as they have come.
    pub(super) fn take_extensions(&mut self) -> (Option<Vec<u8>>, Option<Vec<u8>>) {
        let xmp = self.xmp.take().map(|mut xmp| {
            // Bytes that lead from whatever is taken for a length to the end.
            let trailer = xmp.windows(4).rposition(|window| window == [1, 255, 254, 253]);
            xmp.truncate(trailer.unwrap_or(xmp.len()));
            xmp
        });
        (xmp, self.profile.take())
    }

    pub(super) fn feed(&mut self, chunk: &[u8]) {
        self.input.drain(..self.position);
        self.position = 0;
        self.input.extend_from_slice(chunk);
    }

    /// The sides of the screen.
    pub(super) fn screen(&self) -> (u32, u32) {
        (self.codec.width().into(), self.codec.height().into())
    }

    /// Goes on to whatever comes next.
    pub(super) fn next(&mut self, mut out: OutputBuffer<'_>) -> Result<Step<Decoded>> {
        let most = (BLOCK - self.used % BLOCK) as usize;
        let rest = self.input.get(self.position..).unwrap_or_default();
        let rest = match rest.get(..most) {
            Some(block) => block,
            None if self.complete => rest,
            None => return Ok(Step::NeedInput),
        };
        let &[byte, ..] = rest else { return Err(ends_early()) };
        let (used, decoded) = match self.place {
            Place::Descriptor(left) | Place::Table(left) => {
                self.codec.update(rest.get(..left).unwrap_or(rest), &mut out).map_err(malformed)?
            }
            Place::Frame => self.codec.update(rest, &mut out).map_err(malformed)?,
            Place::Part(label, left) if left > 0 => {
                let part = rest.get(..left).unwrap_or(rest);
                self.part.extend_from_slice(part);
                self.place = Place::Part(label, left - part.len());
                (part.len(), Decoded::Nothing)
            }
            Place::Between | Place::Label | Place::Part(..) => (self.structure(byte)?, Decoded::Nothing),
        };
        self.position += used;
        let last = self.position.checked_sub(1).and_then(|last| self.input.get(last)).copied();
        self.used += used as u64;
        Ok(Step::Ready(self.follow(used, last, decoded)))
    }

    /// Reads a byte that structures the file outside of what the codec reads; returns the number of bytes used.
    fn structure(&mut self, byte: u8) -> Result<usize> {
        self.place = match (self.place, byte) {
            // What lies between blocks although nothing should.
            (Place::Between, 0) => Place::Between,
            (Place::Between, EXTENSION) => Place::Label,
            // The codec reads it, or refuses it.
            (Place::Between, _) => {
                self.place = Place::Frame;
                return Ok(0);
            }
            (Place::Label, label) => {
                self.application = Application::Unknown;
                Place::Part(label, 0)
            }
            (Place::Part(label, _), length) => {
                self.take_part(label);
                match length {
                    0 => Place::Between,
                    length => Place::Part(label, length.into()),
                }
            }
            (place, _) => place,
        };
        Ok(1)
    }

    /// Follows what the codec has read: `used` bytes, up to `last`.
    fn follow(&mut self, used: usize, last: Option<u8>, mut decoded: Decoded) -> Decoded {
        self.place = match self.place {
            Place::Descriptor(left) if left > used => Place::Descriptor(left - used),
            Place::Descriptor(_) => Place::Table(AFTER_FLAGS + table_bytes(last.unwrap_or(0))),
            Place::Table(left) if left > used => Place::Table(left - used),
            Place::Table(_) => Place::Between,
            Place::Frame if matches!(decoded, Decoded::DataEnd) => Place::Between,
            place => place,
        };
        if let Decoded::GlobalPalette(palette) = &mut decoded {
            self.global_palette = Some(std::mem::take(palette));
        }
        decoded
    }

    /// Takes the part of an extension that has been read, if any.
    fn take_part(&mut self, label: u8) {
        let part = std::mem::take(&mut self.part);
        match (label, part.as_slice()) {
            (_, []) => (),
            (CONTROL, &[flags, low, high, index, ..]) => {
                self.control = Control {
                    transparent: (flags & 1 != 0).then_some(index),
                    delay: u16::from_le_bytes([low, high]),
                    disposal: match flags >> 2 & 7 {
                        2 => Disposal::Clear,
                        3 => Disposal::Restore,
                        _ => Disposal::Keep,
                    },
                }
            }
            (APPLICATION, part) => self.take_application_data(part),
            _ => (),
        }
        self.part = part;
        self.part.clear();
    }

    /// Takes a part of an application extension, the first of which is its name.
    fn take_application_data(&mut self, part: &[u8]) {
        match self.application {
            Application::Unknown if part == b"ICCRGBG1012" => {
                (self.application, self.profile_bytes) = (Application::Profile, Some(0));
                self.profile.restart();
            }
            Application::Unknown if part == b"XMP DataXMP" => {
                self.application = Application::Xmp;
                self.xmp.restart();
            }
            Application::Unknown if matches!(part, b"NETSCAPE2.0" | b"ANIMEXTS1.0") => {
                self.application = Application::Loops;
            }
            Application::Unknown => self.application = Application::Other,
            Application::Profile => {
                self.profile_bytes = self.profile_bytes.map(|bytes| bytes.saturating_add(part.len() as u32));
                self.profile.extend(part);
            }
            // It is not divided into parts: what counts them are characters of it.
            Application::Xmp => {
                self.xmp.extend(&[part.len() as u8]);
                self.xmp.extend(part);
            }
            // It counts repetitions.
            Application::Loops => {
                if let &[1, low, high, ..] = part {
                    let repetitions = u16::from_le_bytes([low, high]);
                    self.loops = if repetitions == 0 { 0 } else { u32::from(repetitions) + 1 };
                }
            }
            Application::Other => (),
        }
    }

    /// Goes on to the pixels of the next frame; none after the last.
    pub(super) fn next_frame(&mut self) -> Result<Step<Option<Frame>>> {
        loop {
            match self.next(OutputBuffer::None)? {
                Step::NeedInput => return Ok(Step::NeedInput),
                Step::Ready(Decoded::FrameMetadata(_)) => {
                    return Ok(Step::Ready(Some(self.frame())));
                }
                Step::Ready(Decoded::BlockStart(Block::Trailer)) => {
                    return Ok(Step::Ready(None));
                }
                Step::Ready(_) => (),
            }
        }
    }

    fn frame(&mut self) -> Frame {
        let screen = self.screen();
        let Control { transparent, delay, disposal } = std::mem::take(&mut self.control);
        let frame = self.codec.current_frame_mut();
        let palette = frame.palette.take();
        let palette = palette.as_deref().or(self.global_palette.as_deref());
        let palette = palette.filter(|palette| !palette.is_empty()).unwrap_or(&BLACK_AND_WHITE);
        let size = (u32::from(frame.width), u32::from(frame.height));
        // Some writers leave the size unset.
        let (width, height) = if size.0 == 0 || size.1 == 0 { screen } else { size };
        Frame {
            left: frame.left.into(),
            top: frame.top.into(),
            width,
            height,
            interlaced: frame.interlaced,
            transparent: transparent.is_some(),
            colors: colors(palette, transparent),
            delay: 10 * u32::from(delay),
            disposal,
        }
    }

    /// Whether the file has ended after a block, as some do without a trailer.
    pub(super) fn at_end(&self) -> bool {
        self.complete && self.position == self.input.len() && self.place == Place::Between
    }
}

pub(super) fn ends_early() -> Error {
    Error::malformed(Format::Gif, "it ends too early")
}

fn malformed(error: DecodingError) -> Error {
    Error::malformed(Format::Gif, error)
}
