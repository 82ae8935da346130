//! The window of input that has been fed and not yet used.

use super::error::DecodeError;
use crate::marker::{EOI, RST0, TEM};
use alloc::vec::Vec;

/// Bytes fed so far, from the first that is still needed.
#[derive(Default)]
pub(crate) struct Input {
    data: Vec<u8>,
    position: usize,
    /// Bytes that were used and dropped.
    dropped: u64,
    finished: bool,
}

impl Input {
    pub(crate) fn feed(&mut self, chunk: &[u8]) {
        // Moving the rest down only when it is the smaller part keeps the cost per byte constant.
        if self.position >= self.data.len() - self.position {
            self.data.drain(..self.position);
            self.dropped += self.position as u64;
            self.position = 0;
        }
        self.data.extend_from_slice(chunk);
    }

    pub(crate) fn finish(&mut self) {
        self.finished = true;
    }

    pub(crate) fn finished(&self) -> bool {
        self.finished
    }

    /// Bytes used so far.
    pub(crate) fn used(&self) -> u64 {
        self.dropped + self.position as u64
    }

    /// Bytes of memory that the window takes.
    pub(crate) fn held(&self) -> u64 {
        self.data.capacity() as u64
    }

    /// The bytes not yet used.
    pub(crate) fn rest(&self) -> &[u8] {
        self.data.get(self.position..).unwrap_or_default()
    }

    /// Marks `count` bytes, at most [`Input::rest`]'s length, as used.
    pub(crate) fn advance(&mut self, count: usize) {
        self.position = self.data.len().min(self.position + count);
    }

    /// Drops everything before the next marker and returns the marker's second byte. The marker stays in place,
    /// with one `0xFF` before it. `None` asks for more input.
    pub(crate) fn seek_marker(&mut self) -> Option<u8> {
        loop {
            let Some(at) = find_ff(self.rest()) else {
                self.position = self.data.len();
                return None;
            };
            self.advance(at);
            match self.rest().get(1) {
                None => return None,
                Some(0) => self.advance(2),
                Some(0xFF) => self.advance(1),
                Some(&code) => return Some(code),
            }
        }
    }

    /// The next marker and its segment's body, both still in the input; `None` asks for more input.
    pub(crate) fn peek_segment(&mut self) -> Result<Option<Segment<'_>>, DecodeError> {
        let Some(marker) = self.seek_marker() else { return Ok(None) };
        // TEM, RST, SOI and EOI stand alone (T.81, table B.1).
        if matches!(marker, TEM | RST0..=EOI) {
            return Ok(Some(Segment { marker, body: &[], length: 2 }));
        }
        let Some(&[_, _, high, low]) = self.rest().first_chunk() else { return Ok(None) };
        let length = 2 + usize::from(u16::from_be_bytes([high, low]));
        if length < 4 {
            return Err(DecodeError::Malformed { marker, expected: "a length of at least 2" });
        }
        Ok(self.rest().get(4..length).map(|body| Segment { marker, body, length }))
    }
}

/// A marker and its segment.
pub(crate) struct Segment<'a> {
    /// The marker's code.
    pub(crate) marker: u8,
    /// The parameters, without their length; none for markers that stand alone.
    pub(crate) body: &'a [u8],
    /// Bytes in all.
    pub(crate) length: usize,
}

/// The position of the first `0xFF`.
pub(crate) fn find_ff(bytes: &[u8]) -> Option<usize> {
    // Whole blocks are tested by one reduction that compilers turn into SIMD compares.
    const BLOCK: usize = 32;
    let (blocks, _) = bytes.as_chunks::<BLOCK>();
    let clear =
        blocks.iter().take_while(|block| !block.iter().fold(false, |any, &b| any | (b == 0xFF))).count();
    let start = clear * BLOCK;
    bytes.get(start..)?.iter().position(|&b| b == 0xFF).map(|at| start + at)
}
