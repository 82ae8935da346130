//! Reads a GIF block by block (GIF89a), as its bytes arrive: the screen, extensions and frames, and the indices of their pixels.

use super::extension::{Control, Extensions};
use super::frame::{Frame, colors};
use crate::decode::Step;
use crate::decode::canvas::Place;
use crate::decode::unread::Unread;
use crate::lzw::{Expander, State};
use crate::{Error, Format, Result};

/// The input, and what has been read so far.
pub(super) struct Reader {
    pub(super) input: Unread,
    at: At,
    pub(super) extensions: Extensions,
    /// The sides of the screen.
    pub(super) screen: (u32, u32),
    global_table: Vec<u8>,
    frame: Descriptor,
    /// None before the pixels of the first frame.
    expander: Option<Expander>,
}

/// Where in the file the reader is, with the number of bytes left there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum At {
    /// In the signature or the screen's descriptor.
    Screen,
    /// In the colour table of all frames.
    GlobalTable(usize),
    /// Between blocks.
    Between,
    /// At the label of an extension.
    Label,
    /// In a part of the extension with this label.
    Part(u8, usize),
    /// At the length of the next part.
    PartLength(u8),
    /// In the descriptor of a frame.
    Image,
    /// In the colour table of a frame.
    LocalTable(usize),
    /// At the number of bits of a frame's indices.
    Bits,
    /// In a part of a frame's data, or at the length of the next one.
    Data(usize),
    /// After the last block.
    End,
}

/// What a frame's descriptor says (GIF89a, section 20).
#[derive(Debug, Clone, Default)]
struct Descriptor {
    left: u32,
    top: u32,
    width: u32,
    height: u32,
    interlaced: bool,
    table: Vec<u8>,
}

/// What a step of reading has come to.
enum Event {
    Other,
    /// The pixels of a frame.
    Frame,
    /// The end of the file.
    End,
}

/// What has come of a frame's pixels.
pub(super) enum Pixels {
    /// Indices of this number of them, which is not 0.
    Some(usize),
    /// No more will.
    End,
}

/// Bytes of the signature and the screen's descriptor (GIF89a, sections 17 and 18), and of a frame's (section 20).
const SCREEN: usize = 13;
const IMAGE: usize = 9;

/// What begins an extension and a frame, and what ends the file (GIF89a, appendix A).
const EXTENSION: u8 = 0x21;
const SEPARATOR: u8 = 0x2c;
const TRAILER: u8 = 0x3b;

/// Players take times below this one, in hundredths of a second, for none, and show the frame for this many milliseconds.
const SHORTEST: u16 = 2;
const NO_DELAY: u32 = 100;

/// Colours where a file has no table (GIF89a, section 19, leaves them to the decoder).
const BLACK_AND_WHITE: [u8; 6] = [0, 0, 0, 255, 255, 255];

/// Bytes of the colour table that a descriptor's flags announce.
fn table_bytes(flags: u8) -> usize {
    if flags & 0x80 != 0 { 3 << ((flags & 7) + 1) } else { 0 }
}

impl Reader {
    /// A reader that collects at most `most_xmp` bytes of XMP and `most_profile` of an ICC profile.
    pub(super) fn new(most_xmp: usize, most_profile: usize) -> Self {
        Self {
            input: Unread::new(Format::Gif, Vec::new()),
            at: At::Screen,
            extensions: Extensions::new(most_xmp, most_profile),
            screen: (0, 0),
            global_table: Vec::new(),
            frame: Descriptor::default(),
            expander: None,
        }
    }

    /// Goes on a little. The pixels of a frame are skipped.
    fn next(&mut self) -> Result<Step<Event>> {
        let whole = match self.at {
            At::Screen => Some(SCREEN),
            At::Image => Some(IMAGE),
            At::GlobalTable(length) | At::LocalTable(length) | At::Part(_, length) => Some(length),
            _ => None,
        };
        if let Some(length) = whole {
            let Step::Ready(()) = self.input.gather(length)? else { return Ok(Step::NeedInput) };
            self.take_part()?;
            return Ok(Step::Ready(Event::Other));
        }
        match self.at {
            At::End => return Ok(Step::Ready(Event::End)),
            At::Data(left) if left > 0 => {
                let Step::Ready(skipped) = self.input.take(left)? else { return Ok(Step::NeedInput) };
                self.at = At::Data(left - skipped.len());
                return Ok(Step::Ready(Event::Other));
            }
            _ => (),
        }
        let Step::Ready(&[byte, ..]) = self.input.take(1)? else { return Ok(Step::NeedInput) };
        self.take_byte(byte).map(Step::Ready)
    }

    /// Takes a byte that structures the file.
    fn take_byte(&mut self, byte: u8) -> Result<Event> {
        self.at = match (self.at, byte) {
            // What lies between blocks although nothing should.
            (At::Between, 0) => At::Between,
            (At::Between, EXTENSION) => At::Label,
            (At::Between, SEPARATOR) => At::Image,
            (At::Between, TRAILER) => At::End,
            (At::Between, _) => return Err(malformed("a block is of an unknown kind")),
            (At::Label, label) => {
                self.extensions.begin();
                At::PartLength(label)
            }
            (At::PartLength(_), 0) => At::Between,
            (At::PartLength(label), length) => At::Part(label, length.into()),
            (At::Bits, bits) => {
                let expander = Expander::new(bits);
                self.expander = Some(expander.ok_or_else(|| malformed("its codes have a wrong size"))?);
                self.at = At::Data(0);
                return Ok(Event::Frame);
            }
            (At::Data(_), 0) => At::Between,
            (At::Data(_), length) => At::Data(length.into()),
            (at, _) => at,
        };
        Ok(Event::Other)
    }

    /// Takes a part that has been read as a whole.
    fn take_part(&mut self) -> Result<()> {
        let part = self.input.take_part();
        self.at = match (self.at, part.as_slice()) {
            (At::Screen, &[b'G', b'I', b'F', b'8', b'7' | b'9', b'a', w0, w1, h0, h1, flags, ..]) => {
                self.screen = (u16::from_le_bytes([w0, w1]).into(), u16::from_le_bytes([h0, h1]).into());
                At::GlobalTable(table_bytes(flags))
            }
            (At::Screen, _) => return Err(malformed("its signature is not that of a GIF")),
            (At::GlobalTable(_), _) => {
                self.global_table = part;
                At::Between
            }
            (At::Image, &[x0, x1, y0, y1, w0, w1, h0, h1, flags]) => {
                self.frame = Descriptor {
                    left: u16::from_le_bytes([x0, x1]).into(),
                    top: u16::from_le_bytes([y0, y1]).into(),
                    width: u16::from_le_bytes([w0, w1]).into(),
                    height: u16::from_le_bytes([h0, h1]).into(),
                    interlaced: flags & 0x40 != 0,
                    table: Vec::new(),
                };
                At::LocalTable(table_bytes(flags))
            }
            (At::LocalTable(_), _) => {
                self.frame.table = part;
                At::Bits
            }
            (At::Part(label, _), part) => {
                self.extensions.take_part(label, part);
                At::PartLength(label)
            }
            (at, _) => at,
        };
        Ok(())
    }

    /// Goes on to the pixels of the next frame; none after the last.
    pub(super) fn next_frame(&mut self) -> Result<Step<Option<Frame>>> {
        loop {
            match self.next()? {
                Step::NeedInput => return Ok(Step::NeedInput),
                Step::Ready(Event::Frame) => return Ok(Step::Ready(Some(self.frame()))),
                Step::Ready(Event::End) => return Ok(Step::Ready(None)),
                Step::Ready(Event::Other) => (),
            }
        }
    }

    fn frame(&mut self) -> Frame {
        let Control { transparent, delay, disposal } = std::mem::take(&mut self.extensions.control);
        let Descriptor { left, top, width, height, interlaced, ref table } = self.frame;
        let tables = [table.as_slice(), &self.global_table, &BLACK_AND_WHITE];
        let palette = tables.into_iter().find(|table| !table.is_empty()).unwrap_or_default();
        // Some writers leave the size unset.
        let (width, height) = if width == 0 || height == 0 { self.screen } else { (width, height) };
        Frame {
            place: Place { left, top, width, height },
            interlaced,
            transparent: transparent.is_some(),
            colors: colors(palette, transparent),
            delay: if delay < SHORTEST { NO_DELAY } else { 10 * u32::from(delay) },
            disposal,
        }
    }

    /// Decodes the next indices of the frame, at most as many as there is room for.
    pub(super) fn pixels(&mut self, indices: &mut [u8]) -> Result<Step<Pixels>> {
        let Some(mut expander) = self.expander.take() else { return Ok(Step::Ready(Pixels::End)) };
        let pixels = self.expand(&mut expander, indices);
        self.expander = Some(expander);
        pixels
    }

    fn expand(&mut self, expander: &mut Expander, indices: &mut [u8]) -> Result<Step<Pixels>> {
        while let At::Data(left) = self.at {
            let progress = expander.expand(self.input.peek(left), indices);
            self.input.skip(progress.used);
            self.at = At::Data(left - progress.used);
            if progress.written > 0 {
                return Ok(Step::Ready(Pixels::Some(progress.written)));
            }
            match expander.state() {
                State::Faulty => return Err(malformed("a code of its pixels stands for nothing")),
                State::Ended => break,
                State::Open if left > progress.used => return self.input.wait(),
                State::Open => {
                    let Step::Ready(&[length, ..]) = self.input.take(1)? else { return Ok(Step::NeedInput) };
                    self.take_byte(length)?;
                }
            }
        }
        Ok(Step::Ready(Pixels::End))
    }

    /// Whether the file has ended after a block, as some do without a trailer.
    pub(super) fn at_end(&self) -> bool {
        self.input.at_end() && self.at == At::Between
    }
}

fn malformed(detail: &str) -> Error {
    Error::malformed(Format::Gif, detail)
}
