//! The window of input that has been fed and not yet used.

use alloc::vec::Vec;

/// Bytes fed so far, from the first that is still needed.
#[derive(Default)]
pub(crate) struct Input {
    data: Vec<u8>,
    position: usize,
    /// Bytes that will be held together, if that is known.
    expected: usize,
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
        let needed = self.data.len() + chunk.len();
        if needed > self.data.capacity() && self.expected > 0 {
            // Twice as much, so that the cost per byte is constant; but not more than there will be.
            let room = needed.max(self.expected.min(2 * self.data.capacity()));
            self.data.reserve_exact(room - self.data.len());
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

    /// Announces that the next `count` bytes will be held together.
    pub(crate) fn expect(&mut self, count: u64) {
        self.expected = usize::try_from(count).unwrap_or(usize::MAX);
    }

    /// Gives up all memory, and drops whatever else arrives.
    pub(crate) fn close(&mut self) {
        self.data = Vec::new();
        self.position = 0;
        self.skip = u64::MAX;
    }
}
