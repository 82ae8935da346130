//! The way of the file's bytes to the codec.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::io::{self, BufRead, Read, Seek, SeekFrom};
use std::rc::Rc;

/// The codec reads from one clone what is pushed into the other. What is not there yet is an unexpected end of file, after
/// which the codec can be asked again.
///
/// The codec loses what it has decompressed of a piece with a fault. So that this does not depend on how the file was cut,
/// it gets the pixels in blocks of the same size.
#[derive(Default, Clone)]
pub(super) struct Inlet {
    shared: Rc<RefCell<Shared>>,
    current: Vec<u8>,
    position: usize,
}

#[derive(Default)]
struct Shared {
    /// Pieces of whole blocks, but for the first and the last.
    queue: VecDeque<Vec<u8>>,
    /// The beginning of a block.
    begun: Vec<u8>,
    closed: bool,
    /// Bytes that the codec has taken.
    used: u64,
}

/// Bytes of a block.
const BLOCK: usize = 256;

impl Inlet {
    /// Adds bytes of the pixels.
    pub(super) fn push(&self, chunk: &[u8]) {
        let mut shared = self.shared.borrow_mut();
        if shared.closed {
            return;
        }
        let begun = &mut shared.begun;
        begun.extend_from_slice(chunk);
        if begun.len() >= BLOCK {
            let rest = begun.split_off(begun.len() / BLOCK * BLOCK);
            let blocks = std::mem::replace(begun, rest);
            shared.queue.push_back(blocks);
        }
    }

    /// Adds what comes before the pixels.
    pub(super) fn push_first(&self, head: Vec<u8>) {
        self.shared.borrow_mut().queue.push_front(head);
    }

    /// Hands on the last bytes.
    pub(super) fn finish(&self) {
        let mut shared = self.shared.borrow_mut();
        let last = std::mem::take(&mut shared.begun);
        shared.queue.push_back(last);
    }

    /// Lets nothing through any more.
    pub(super) fn close(&self) {
        let mut shared = self.shared.borrow_mut();
        *shared = Shared { closed: true, used: shared.used, ..Shared::default() };
    }

    /// Bytes that the codec has taken so far.
    pub(super) fn used(&self) -> u64 {
        self.shared.borrow().used
    }
}

impl BufRead for Inlet {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        let mut shared = self.shared.borrow_mut();
        if shared.closed {
            return Ok(&[]);
        }
        while self.position >= self.current.len() {
            let Some(next) = shared.queue.pop_front() else { break };
            self.current = next;
            self.position = 0;
        }
        let block = (self.position / BLOCK + 1) * BLOCK;
        Ok(self.current.get(self.position..self.current.len().min(block)).unwrap_or_default())
    }

    fn consume(&mut self, amount: usize) {
        self.position += amount;
        self.shared.borrow_mut().used += amount as u64;
    }
}

impl Read for Inlet {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let amount = self.fill_buf()?.read(buffer)?;
        self.consume(amount);
        Ok(amount)
    }
}

impl Seek for Inlet {
    fn seek(&mut self, _: SeekFrom) -> io::Result<u64> {
        Err(io::ErrorKind::Unsupported.into())
    }
}
