//! The pixels of an image as they are decoded: literals, copies and cached colours (RFC 9649, 3.6.2).

use super::super::error::Flaw;
use super::bits::Bits;
use super::groups::Groups;
use super::prefix::Group;
use crate::vp8l::cache::ColorCache;
use crate::vp8l::distance::plain_distance;
use alloc::vec::Vec;

/// As far back as a copy can reach, and a little more.
const WINDOW: usize = 1 << 20;

/// More bytes than a pixel's or copy's codes take with what is read ahead, in words of eight bytes.
const MAX_SYMBOL_BYTES: usize = 32;

/// Pixels, in a ring of whole rows that holds all that copies can reach.
#[derive(Default)]
pub(crate) struct Pixels {
    ring: Vec<u32>,
    /// Pixels of the ring in use: a multiple of the width.
    length: usize,
    width: usize,
    height: usize,
    /// Where the current row begins in the ring.
    start: usize,
    x: usize,
    y: usize,
    /// Pixels left to copy, and from how far back.
    copy: (usize, usize),
    cache: ColorCache,
}

/// How decoding a row ended.
pub(crate) enum RowEnd {
    Complete,
    NeedInput,
    Bad(Flaw),
}

/// The data at hand.
#[derive(Clone, Copy)]
pub(crate) struct Data<'a> {
    pub(crate) bytes: &'a [u8],
    /// Whether no more will come.
    pub(crate) ended: bool,
}

impl Data<'_> {
    /// Whether `need` bytes are there, or as many as will ever be.
    #[inline(always)]
    pub(crate) fn enough(&self, bits: &Bits, need: usize) -> bool {
        bits.byte_position() + need <= self.bytes.len() || self.ended
    }
}

/// The pixels that a ring for an image holds.
pub(crate) fn ring_length(width: usize, height: usize) -> usize {
    let rows = WINDOW.div_ceil(width.max(1)) + 1;
    width * height.min(rows)
}

impl Pixels {
    /// Pixels that the ring has room for.
    pub(crate) fn room(&self) -> usize {
        self.ring.capacity()
    }

    /// Makes room for `room` pixels.
    pub(crate) fn grow(&mut self, room: usize) {
        // What was there is not needed, and is freed first.
        self.ring = Vec::new();
        self.ring.reserve_exact(room);
    }

    /// Prepares for an image that there is room for.
    pub(crate) fn begin(&mut self, width: usize, height: usize, cache_bits: u32) {
        let length = ring_length(width, height);
        if self.ring.len() < length {
            self.ring.resize(length, 0);
        }
        let ring = core::mem::take(&mut self.ring);
        *self = Self { ring, length, width, height, cache: ColorCache::new(cache_bits), ..Self::default() };
    }

    /// The row decoded last.
    pub(crate) fn row(&self) -> &[u32] {
        self.ring.get(self.start..self.start + self.width).unwrap_or_default()
    }

    /// Goes on to the next row.
    pub(crate) fn next_row(&mut self) {
        self.x = 0;
        self.y += 1;
        self.start += self.width;
        if self.start >= self.length {
            self.start = 0;
        }
    }

    /// Whether all rows have been decoded.
    pub(crate) fn done(&self) -> bool {
        self.y >= self.height
    }

    /// Decodes to the end of a row, or of the data.
    pub(crate) fn decode_row(&mut self, groups: &Groups, bits: &mut Bits, data: Data<'_>) -> RowEnd {
        while self.x < self.width {
            if self.copy.0 > 0 {
                self.copy_pixels();
                continue;
            }
            let (Some(group), end) = groups.at(self.x, self.y) else { return RowEnd::Bad(Flaw::BadData) };
            let end = end.min(self.width);
            let outcome = if self.cache.is_empty() {
                self.decode_run::<false>(group, end, bits, data)
            } else {
                self.decode_run::<true>(group, end, bits, data)
            };
            match outcome {
                Run::Complete => {}
                Run::NeedInput => return RowEnd::NeedInput,
                Run::Bad => {
                    let flaw = if bits.overrun(data.bytes) { Flaw::EndsEarly } else { Flaw::BadData };
                    return RowEnd::Bad(flaw);
                }
            }
        }
        RowEnd::Complete
    }

    /// Decodes pixels up to `end`, or to the next copy.
    #[inline(always)]
    fn decode_run<const CACHE: bool>(
        &mut self,
        group: &Group,
        end: usize,
        at: &mut Bits,
        data: Data<'_>,
    ) -> Run {
        let ample = data.bytes.len().checked_sub(MAX_SYMBOL_BYTES);
        // A copy, so that it can stay in registers.
        let mut bits = *at;
        let Some(row) = self.ring.get_mut(self.start..self.start + end) else { return Run::Bad };
        let mut x = self.x;
        if let Some(color) = group.only() {
            row.get_mut(x..).unwrap_or_default().fill(color);
            self.cache.insert(color);
            self.x = end;
            return Run::Complete;
        }
        let outcome = loop {
            let Some(pixel) = row.get_mut(x) else { break Run::Complete };
            let near_the_end = ample.is_none_or(|ample| bits.byte_position() > ample);
            if near_the_end && !data.ended {
                break Run::NeedInput;
            }
            bits.refill(data.bytes);
            let green = group.symbol::<0>(&mut bits);
            if green < 256 {
                let red = group.symbol::<1>(&mut bits);
                let blue = group.symbol::<2>(&mut bits);
                bits.reserve(data.bytes, 15);
                let alpha = group.symbol::<3>(&mut bits);
                *pixel = alpha << 24 | red << 16 | green << 8 | blue;
            } else if green < 256 + 24 {
                self.copy = read_copy(group, green - 256, &mut bits, data.bytes, self.width);
                let done = self.y * self.width + x;
                let left = self.width * self.height - done;
                if self.copy.1 > done || self.copy.0 > left || near_the_end && bits.overrun(data.bytes) {
                    self.copy = (0, 0);
                    break Run::Bad;
                }
                break Run::Complete;
            } else if CACHE && let Some(color) = self.cache.get(green - (256 + 24)) {
                *pixel = color;
            } else {
                break Run::Bad;
            }
            if near_the_end && bits.overrun(data.bytes) {
                break Run::Bad;
            }
            if CACHE {
                self.cache.insert(*pixel);
            }
            x += 1;
        };
        self.x = x;
        *at = bits;
        outcome
    }

    /// Copies pixels up to the end of the row.
    fn copy_pixels(&mut self) {
        let (left, distance) = self.copy;
        let count = left.min(self.width - self.x);
        self.copy.0 -= count;
        let to = self.start + self.x;
        self.x += count;
        let mut done = 0;
        while done < count {
            let (from, some) = if done >= distance {
                // From here on the copy repeats itself, and goes on with all that it has, which doubles each time.
                (to, done.min(count - done))
            } else {
                let at = to + done;
                let from = if at >= distance { at - distance } else { at + self.length - distance };
                (from, (count.min(distance) - done).min(self.length - from))
            };
            self.ring.copy_within(from..from + some, to + done);
            done += some;
        }
        if !self.cache.is_empty() {
            for &color in self.ring.get(to..to + count).unwrap_or_default() {
                self.cache.insert(color);
            }
        }
    }
}

enum Run {
    Complete,
    NeedInput,
    Bad,
}

/// Reads the rest of a copy: its length and how far back it begins.
#[inline(always)]
fn read_copy(group: &Group, length: u32, bits: &mut Bits, bytes: &[u8], width: usize) -> (usize, usize) {
    let length = read_value(length, bits);
    let symbol = group.symbol::<4>(bits);
    bits.reserve(bytes, 18);
    let distance = read_value(symbol, bits);
    (length as usize, plain_distance(distance as usize, width))
}

/// The value that a symbol and the bits after it stand for (RFC 9649, 3.6.2.2).
#[inline(always)]
fn read_value(symbol: u32, bits: &mut Bits) -> u32 {
    if symbol < 4 {
        return symbol + 1;
    }
    let extra = (symbol - 2) >> 1;
    ((2 + (symbol & 1)) << extra) + bits.take(extra) + 1
}
