//! Entropy-coded data between markers: unstuffed, in windows, and divided by restart markers.

use super::bits::{Bits, PADDING};
use super::error::Flaw;
use super::input::{Input, find_ff};
use crate::marker::{RST0, RST7, SOF0, TEM};
use alloc::vec::Vec;

/// Unstuffed bytes are kept this far ahead.
const WINDOW: usize = 32 * 1024;

/// More bytes than any block takes: a DC and 63 AC coefficients of at most 31 bits each.
///
/// An MCU is begun only when this many bytes per block are at hand or no more will come. It never has to be begun
/// again, and the result does not depend on how the input was chunked.
pub(crate) const MAX_BLOCK_BYTES: usize = 256;

/// The entropy-coded data of a scan, and what a restart marker resets.
#[derive(Default)]
pub(crate) struct Entropy {
    /// With [`PADDING`] unless it is empty.
    clean: Vec<u8>,
    bits: Bits,
    /// Whether `clean` goes up to a marker or the end of the input.
    ended: bool,
    /// MCUs between restarts, and those left until the next.
    interval: u32,
    left: u32,
    next_restart: u8,
    /// The data since the last restart is corrupt, or has ended.
    lost: bool,
    /// The last DC of each component of the scan.
    pub(crate) predictions: [i32; 4],
    /// Blocks that have ended before they begin (T.81, G.1.2.2).
    pub(crate) end_of_band_run: u32,
    pub(crate) flaw: Option<Flaw>,
    /// MCUs decoded so far, of all scans.
    pub(crate) sound: u32,
}

/// Whether the next MCU can be decoded.
#[derive(PartialEq, Eq)]
pub(crate) enum Ready {
    /// Decode it: enough bytes are at hand, or as many as will ever be.
    Data,
    /// Its data is lost.
    Lost,
    /// Come back with more input.
    NeedInput,
}

/// A view of the bytes at hand, and a position in them.
pub(crate) struct Data<'a> {
    /// With the padding that [`Bits`] need.
    pub(crate) bytes: &'a [u8],
    length: usize,
    pub(crate) bits: Bits,
    /// Up to here, there are bytes enough for another MCU.
    ample: usize,
    ended: bool,
}

impl Data<'_> {
    /// Whether another MCU can be decoded, from as many bytes as it may take or as there will be.
    #[inline(always)]
    pub(crate) fn enough(&self) -> bool {
        self.bits.byte_position() <= self.ample
    }

    /// Whether more was read than there is, to come to `bits`.
    #[inline(always)]
    pub(crate) fn overrun(&self, bits: Bits) -> bool {
        self.ended && bits.overrun(self.length)
    }
}

impl Entropy {
    /// Prepares for a new scan. The first interval ends like the others.
    pub(crate) fn begin(&mut self, interval: u32) {
        let (mut clean, flaw, sound) = (core::mem::take(&mut self.clean), self.flaw, self.sound);
        clean.clear();
        *self = Self { clean, interval, left: interval, flaw, sound, ..Self::default() };
    }

    /// Prepares for an MCU that takes up to `need` bytes.
    #[inline(always)]
    pub(crate) fn ready(&mut self, input: &mut Input, need: usize) -> Ready {
        let in_interval = self.interval == 0 || self.left > 0;
        if in_interval && !self.lost && (self.ended || self.available() >= need) {
            return Ready::Data;
        }
        self.prepare(input, need)
    }

    #[inline(never)]
    fn prepare(&mut self, input: &mut Input, need: usize) -> Ready {
        if self.interval != 0 && self.left == 0 && !self.restart(input) {
            return Ready::NeedInput;
        }
        if self.lost {
            return Ready::Lost;
        }
        if !self.ended && self.available() < need {
            self.fill(input);
        }
        if self.ended || self.available() >= need { Ready::Data } else { Ready::NeedInput }
    }

    /// Counts `mcus`, at most [`Entropy::until_restart`], as done.
    #[inline(always)]
    pub(crate) fn count(&mut self, mcus: u32) {
        self.left = self.left.wrapping_sub(mcus);
    }

    /// MCUs until the next restart.
    pub(crate) fn until_restart(&self) -> u32 {
        if self.interval == 0 { u32::MAX } else { self.left }
    }

    /// Gives up the rest of the interval.
    #[cold]
    pub(crate) fn lose(&mut self, input: &Input) {
        let ran_dry = input.finished() && input.rest().len() < 2;
        self.note(if ran_dry { Flaw::EndsEarly } else { Flaw::BadData });
        self.lost = true;
        self.end_of_band_run = 0;
    }

    /// Whether nothing more will be decoded from this scan.
    pub(crate) fn hopeless(&self) -> bool {
        self.lost && (self.interval == 0 || self.flaw == Some(Flaw::EndsEarly))
    }

    fn note(&mut self, flaw: Flaw) {
        self.flaw.get_or_insert(flaw);
    }

    /// The bytes at hand, for MCUs of up to `need` bytes.
    #[inline(always)]
    pub(crate) fn data(&self, need: usize) -> Data<'_> {
        let (bytes, length) = (self.clean.as_slice(), self.length());
        let ample = if self.ended { usize::MAX } else { length.saturating_sub(need) };
        Data { bytes, length, bits: self.bits, ample, ended: self.ended }
    }

    /// Records how far the data was read.
    pub(crate) fn settle(&mut self, bits: Bits, predictions: [i32; 4]) {
        (self.bits, self.predictions) = (bits, predictions);
    }

    /// Bytes at hand, read or not.
    #[inline(always)]
    fn length(&self) -> usize {
        self.clean.len().saturating_sub(PADDING)
    }

    /// Bytes that were not read yet.
    #[inline(always)]
    fn available(&self) -> usize {
        self.length().saturating_sub(self.bits.byte_position())
    }

    /// Moves input to `clean` without its stuffing, up to a window's worth or a marker.
    fn fill(&mut self, input: &mut Input) {
        let used = self.bits.byte_position().min(self.length());
        self.clean.truncate(self.length());
        self.clean.drain(..used);
        self.bits.rebase(used);
        while self.clean.len() < WINDOW && !self.ended {
            let rest = input.rest();
            let wanted = rest.get(..WINDOW - self.clean.len()).unwrap_or(rest);
            let run = find_ff(wanted).unwrap_or(wanted.len());
            self.clean.extend_from_slice(wanted.get(..run).unwrap_or_default());
            input.advance(run);
            match *input.rest() {
                [0xFF, 0, ..] => {
                    self.clean.push(0xFF);
                    input.advance(2);
                }
                [0xFF, 0xFF, ..] => input.advance(1),
                [0xFF, _, ..] => self.ended = true,
                [] | [0xFF] => {
                    self.ended = input.finished();
                    break;
                }
                _ => {}
            }
        }
        self.clean.extend_from_slice(&[0; PADDING]);
    }

    /// Skips to the data after the next restart marker; false asks for more input.
    ///
    /// A marker other than the expected one shows what was lost. If it is one of the next few, that is the data before
    /// it; if it is one of the last few, nothing, as the data after it was decoded already.
    fn restart(&mut self, input: &mut Input) -> bool {
        self.lost = loop {
            let Some(marker) = input.seek_marker() else {
                if !input.finished() {
                    return false;
                }
                self.note(Flaw::EndsEarly);
                break true;
            };
            match marker {
                RST0..=RST7 => match (marker - RST0).wrapping_sub(self.next_restart) & 7 {
                    0 => {
                        input.advance(2);
                        break false;
                    }
                    1 | 2 => {
                        self.note(Flaw::Restart);
                        break true;
                    }
                    6 | 7 => {
                        self.note(Flaw::Restart);
                        input.advance(2);
                    }
                    _ => {
                        self.note(Flaw::Restart);
                        input.advance(2);
                        break false;
                    }
                },
                TEM..SOF0 => input.advance(2),
                _ => {
                    self.note(Flaw::Restart);
                    break true;
                }
            }
        };
        self.clean.clear();
        self.bits = Bits::default();
        self.ended = false;
        self.left = self.interval;
        self.next_restart = (self.next_restart + 1) & 7;
        self.predictions = [0; 4];
        self.end_of_band_run = 0;
        true
    }
}
