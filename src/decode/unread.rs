//! Bytes of a file as they come, for readers that go through it part by part.

use super::Step;
use crate::{Error, Format, Result};

/// Bytes that have come and have not been used.
#[derive(Debug)]
pub(super) struct Unread {
    format: Format,
    bytes: Vec<u8>,
    position: usize,
    used: u64,
    complete: bool,
    /// What has come of a part that is read as a whole.
    part: Vec<u8>,
}

impl Unread {
    /// Of a file of this format, after the beginning of a part.
    pub(super) fn new(format: Format, part: Vec<u8>) -> Self {
        Self { format, bytes: Vec::new(), position: 0, used: 0, complete: false, part }
    }

    pub(super) fn feed(&mut self, chunk: &[u8]) {
        self.bytes.drain(..self.position);
        self.position = 0;
        self.bytes.extend_from_slice(chunk);
    }

    /// Signals the end of input.
    pub(super) fn finish(&mut self) {
        self.complete = true;
    }

    /// The number of bytes that have been used.
    pub(super) fn used(&self) -> u64 {
        self.used
    }

    /// Whether the file has ended, and not within a part.
    pub(super) fn at_end(&self) -> bool {
        self.complete && self.position == self.bytes.len() && self.part.is_empty()
    }

    /// The next bytes, up to a number of them; maybe none.
    pub(super) fn peek(&self, most: usize) -> &[u8] {
        let rest = self.bytes.get(self.position..).unwrap_or_default();
        rest.get(..most).unwrap_or(rest)
    }

    /// Uses bytes that have been looked at.
    pub(super) fn skip(&mut self, bytes: usize) {
        self.position += bytes;
        self.used += bytes as u64;
    }

    /// Uses the next bytes, up to a number of them that is not 0, and at least one.
    ///
    /// # Errors
    ///
    /// The file has ended.
    pub(super) fn take(&mut self, most: usize) -> Result<Step<&[u8]>> {
        let (start, length) = (self.position, self.peek(most).len());
        if length == 0 {
            return self.wait();
        }
        self.skip(length);
        Ok(Step::Ready(self.bytes.get(start..start + length).unwrap_or_default()))
    }

    /// Uses bytes until there are `length` of the part that is being read.
    ///
    /// # Errors
    ///
    /// The file has ended.
    pub(super) fn gather(&mut self, length: usize) -> Result<Step<()>> {
        let missing = length.saturating_sub(self.part.len());
        let taken = missing.min(self.bytes.len() - self.position);
        self.part.extend(self.bytes.iter().skip(self.position).take(taken));
        self.skip(taken);
        if taken == missing { Ok(Step::Ready(())) } else { self.wait() }
    }

    /// The part that has been gathered. Another begins.
    pub(super) fn take_part(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.part)
    }

    /// Waits for more input, unless there will be none.
    pub(super) fn wait<T>(&self) -> Result<Step<T>> {
        if self.complete { Err(ends_early(self.format)) } else { Ok(Step::NeedInput) }
    }
}

/// What is wrong with a file in which something is missing at its end.
pub(super) fn ends_early(format: Format) -> Error {
    Error::malformed(format, "it ends too early")
}
