//! The window of input that has been fed and not yet used.

use alloc::vec::Vec;

/// Bytes fed so far, from the first that is still needed.
#[derive(Default)]
pub(crate) struct Input {
    data: Vec<u8>,
    position: usize,
    /// Bytes to come that are to be dropped as they arrive.
    skip: u64,
    finished: bool,
}

impl Input {
    pub(crate) fn feed(&mut self, chunk: &[u8]) {
        let dropped = self.pass(chunk.len());
        let Some(chunk @ [_, ..]) = chunk.get(dropped..) else { return };
        // Moving the rest down only when it is the smaller part keeps the cost per byte constant.
        if self.position >= self.data.len() - self.position {
            self.data.drain(..self.position);
            self.position = 0;
        }
        self.data.extend_from_slice(chunk);
    }

    /// Passes over as many of `available` bytes to come as are to be dropped, and returns their number.
    pub(crate) fn pass(&mut self, available: usize) -> usize {
        let dropped = self.skip.min(available as u64);
        self.skip -= dropped;
        dropped as usize
    }

    pub(crate) fn finish(&mut self) {
        self.finished = true;
    }

    pub(crate) fn finished(&self) -> bool {
        self.finished
    }

    /// The bytes not yet used.
    pub(crate) fn rest(&self) -> &[u8] {
        self.data.get(self.position..).unwrap_or_default()
    }

    /// The first of at most `most` bytes not yet used, and whether there will be no more of those.
    pub(crate) fn window(&self, most: u64) -> (&[u8], bool) {
        let rest = self.rest();
        match usize::try_from(most).ok().and_then(|most| rest.get(..most)) {
            Some(all) => (all, true),
            None => (rest, self.finished),
        }
    }

    /// Marks `count` bytes as used, which need not have arrived.
    pub(crate) fn advance(&mut self, count: u64) {
        let here = count.min(self.rest().len() as u64);
        self.position += here as usize;
        self.skip = self.skip.saturating_add(count - here);
    }

    /// Gives up all memory, and drops whatever else arrives.
    pub(crate) fn close(&mut self) {
        self.data = Vec::new();
        self.position = 0;
        self.skip = u64::MAX;
    }

    /// Bytes of memory held.
    pub(crate) fn held(&self) -> u64 {
        self.data.capacity() as u64
    }
}
