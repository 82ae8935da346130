//! Lossy image data: key frames of VP8 (RFC 6386), decoded by rows of macroblocks.
//!
//! The first partition, with the frame's header and the modes of macroblocks, is held as a whole. A macroblock begins
//! only when all the bytes are at hand that its coefficients could take, or no more will come: so nothing is decoded
//! twice, and the result does not depend on how the input was chunked.

mod bool_decoder;
mod filter;
mod frame;
mod header;
mod modes;
mod planes;
mod reconstruct;
mod tokens;
mod upsample;

pub(crate) use self::bool_decoder::BoolDecoder;
pub(crate) use self::header::{BEGINNING, count_partitions};

use self::frame::{Frame, MacroblockRow};
use self::planes::Planes;
use super::error::Flaw;
use super::input::Input;
use super::progress::{Progress, Stop};
use super::strip::PlaneRows;
use alloc::boxed::Box;
use alloc::vec::Vec;

/// More bytes than a macroblock's coefficients take with what is read ahead: 25 blocks of 16 coefficients, each of up
/// to 19 bools of less than 8 bits.
const MAX_MACROBLOCK_BYTES: usize = 8192;

/// Most rows of a strip of planes.
pub(crate) const STRIP_ROWS: usize = planes::STRIP_ROWS;

/// A lossy image, in the course of being decoded.
pub(crate) struct Lossy {
    /// The first partition, and the bytes that it is to have.
    first: Vec<u8>,
    first_size: usize,
    /// What its header says, once it is there.
    frame: Option<Box<Frame>>,
    partitions: Partitions,
    planes: Planes,
    row: MacroblockRow,
    work: u64,
}

/// The partitions of coefficients (RFC 6386, 9.5).
#[derive(Default)]
struct Partitions {
    /// Positions, relative to the beginning of each.
    decoders: [BoolDecoder; 8],
    /// Where each begins and ends, relative to the bytes at hand.
    ranges: [(usize, usize); 8],
    count: usize,
    /// Bytes that have been read and are gone from the input.
    gone: u64,
}

impl Lossy {
    /// Bytes that decoding an image of this size holds, given the sizes of its first partition and of the others
    /// together.
    pub(crate) fn memory(width: u32, height: u32, [first, others]: [u64; 2], partitions: usize) -> u64 {
        // The rows of macroblocks take turns with the partitions, which therefore are held to the end if there are
        // several: once as they are, and once as the buffer grows.
        let held = if partitions > 1 { others.saturating_mul(2) } else { 0 };
        first
            + held
            + Planes::memory(width, height)
            + MacroblockRow::memory(width)
            + size_of::<Frame>() as u64
            + 2 * MAX_MACROBLOCK_BYTES as u64
    }

    /// Prepares to decode. The caller counts [`Lossy::memory`].
    pub(crate) fn new(width: u32, height: u32, first_size: u64) -> Self {
        Self {
            first: Vec::with_capacity(first_size as usize),
            first_size: first_size as usize,
            frame: None,
            partitions: Partitions::default(),
            planes: Planes::new(width as usize, height as usize),
            row: MacroblockRow::new(width as usize),
            work: 0,
        }
    }

    /// Rough number of instructions so far.
    pub(crate) fn work(&self) -> u64 {
        self.work + 200 * self.partitions.read()
    }

    /// Makes the next row of pixels. `left` counts the bytes of the image data that have not been used.
    pub(crate) fn next_row(
        &mut self,
        input: &mut Input,
        left: &mut u64,
        channels: usize,
        out: &mut [u8],
    ) -> Result<Progress, Stop> {
        while !self.planes.has_row() {
            if let Progress::NeedInput = self.next_macroblock_row(input, left)? {
                return Ok(Progress::NeedInput);
            }
        }
        self.planes.make_row(channels, out);
        Ok(Progress::Row)
    }

    /// Makes the next strip of planes.
    pub(crate) fn next_strip(&mut self, input: &mut Input, left: &mut u64) -> Result<Progress, Stop> {
        while !self.planes.has_row() {
            if let Progress::NeedInput = self.next_macroblock_row(input, left)? {
                return Ok(Progress::NeedInput);
            }
        }
        self.planes.make_strip();
        Ok(Progress::Row)
    }

    /// Makes a strip in which the last row of the one before repeats.
    pub(crate) fn repeat_last_row(&mut self) {
        self.planes.repeat_last_row();
    }

    /// The strip of planes made last: Y, Cb and Cr.
    pub(crate) fn strip(&self) -> [PlaneRows<'_>; 3] {
        self.planes.strip()
    }

    /// Decodes a row of macroblocks, or what there is input for.
    fn next_macroblock_row(&mut self, input: &mut Input, left: &mut u64) -> Result<Progress, Stop> {
        if self.frame.is_none() && !self.begin(input, left)? {
            return Ok(Progress::NeedInput);
        }
        let Some(frame) = &mut self.frame else { return Ok(Progress::NeedInput) };
        self.planes.begin_row();
        let (bytes, ended) = input.window(*left);
        let progress =
            self.partitions.decode_row(frame, &self.first, &mut self.row, &mut self.planes, bytes, ended);
        if let Some(used) = self.partitions.used(bytes.len()) {
            input.advance(used as u64);
            *left -= used as u64;
        }
        if let Progress::NeedInput = progress? {
            return Ok(Progress::NeedInput);
        }
        self.work += self.row.work();
        self.planes.filter_row(&frame.header.filter, &self.row.strengths);
        self.row.end();
        Ok(Progress::Row)
    }

    /// Reads the first partition's header and the sizes of the others. Returns whether it was all there.
    fn begin(&mut self, input: &mut Input, left: &mut u64) -> Result<bool, Stop> {
        let (bytes, mut ended) = input.window((self.first_size - self.first.len()) as u64);
        let here = bytes.len().min(*left as usize);
        self.first.extend_from_slice(bytes.get(..here).unwrap_or_default());
        input.advance(here as u64);
        *left -= here as u64;
        ended |= *left == 0;
        if self.first.len() < self.first_size {
            return if ended { Err(Stop::Flaw(Flaw::EndsEarly)) } else { Ok(false) };
        }
        let mut bits = BoolDecoder::default();
        let header = header::FrameHeader::read(&mut bits, &self.first);
        let (bytes, ended) = input.window(*left);
        let count = 1 << header.partitions;
        let Some(sizes) = bytes.get(..3 * (count - 1)) else {
            return if ended { Err(Stop::Flaw(Flaw::EndsEarly)) } else { Ok(false) };
        };
        let table = sizes.len() as u64;
        self.partitions = Partitions::new(sizes, count);
        input.advance(table);
        *left -= table;
        if count > 1 {
            input.expect(*left);
        }
        self.frame = Some(Box::new(Frame::new(header, bits)));
        Ok(true)
    }
}

impl Partitions {
    /// Partitions with sizes as given in three bytes each, but for the last, which has the rest.
    fn new(sizes: &[u8], count: usize) -> Self {
        let mut partitions = Self { count, ..Self::default() };
        let mut sizes = sizes.as_chunks::<3>().0.iter();
        let mut start = 0usize;
        for range in partitions.ranges.iter_mut().take(count) {
            let size = sizes.next().map_or(usize::MAX, |&[low, middle, high]| {
                u32::from_le_bytes([low, middle, high, 0]) as usize
            });
            *range = (start, start.saturating_add(size));
            start = range.1;
        }
        partitions
    }

    /// Decodes the rest of a row of macroblocks.
    fn decode_row(
        &mut self,
        frame: &mut Frame,
        first: &[u8],
        row: &mut MacroblockRow,
        planes: &mut Planes,
        bytes: &[u8],
        ended: bool,
    ) -> Result<Progress, Stop> {
        let turn = planes.macroblock_row() % self.count.max(1);
        let (Some(decoder), Some(&(start, end))) = (self.decoders.get_mut(turn), self.ranges.get(turn))
        else {
            return Err(Stop::Flaw(Flaw::BadData));
        };
        let complete = ended || end <= bytes.len();
        let data = bytes.get(start..end.min(bytes.len())).unwrap_or_default();
        while row.left() > 0 {
            if !complete && decoder.byte_position() + MAX_MACROBLOCK_BYTES > data.len() {
                return Ok(Progress::NeedInput);
            }
            frame.decode_macroblock(first, decoder, data, row, planes);
            if complete && decoder.overrun(data) || frame.bits.overrun(first) {
                return Err(Stop::Flaw(Flaw::EndsEarly));
            }
        }
        Ok(Progress::Row)
    }

    /// Bytes at the beginning that are not needed any more, if there is one partition only.
    fn used(&mut self, length: usize) -> Option<usize> {
        let [decoder, ..] = &mut self.decoders;
        if self.count != 1 {
            return None;
        }
        let used = decoder.byte_position().min(length);
        decoder.rebase(used);
        self.gone += used as u64;
        Some(used)
    }

    /// Bytes that have been read.
    fn read(&self) -> u64 {
        self.gone + self.decoders.iter().map(|decoder| decoder.byte_position() as u64).sum::<u64>()
    }
}
