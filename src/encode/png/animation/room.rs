//! Memory for frames that are complete, which is counted as they come.

use crate::{Limit, Result};

pub(super) struct Room {
    /// Bytes that are held, and that may be.
    held: u64,
    most: u64,
}

impl Room {
    pub(super) fn new(most: u64) -> Self {
        Self { held: 0, most }
    }

    /// Holds more bytes.
    pub(super) fn hold(&mut self, bytes: u64) -> Result<()> {
        self.held += bytes;
        self.check(0)
    }

    /// Fails unless there is room for these bytes, too.
    pub(super) fn check(&self, more: u64) -> Result<()> {
        Limit::Memory.check(self.held + more, self.most)
    }

    /// Lets go of bytes.
    pub(super) fn release(&mut self, bytes: u64) {
        self.held -= bytes;
    }
}
