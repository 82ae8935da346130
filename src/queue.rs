//! Bytes on their way out.

use std::collections::VecDeque;

/// A queue of bytes in pieces: however long it gets, nothing in it is moved, and it takes little more room than its bytes.
#[derive(Debug, Default)]
pub(crate) struct Queue {
    pieces: VecDeque<Vec<u8>>,
    /// Bytes of the first piece that have been taken.
    taken: usize,
}

/// Bytes of a piece that grows.
const PIECE: usize = 64 << 10;

impl Queue {
    /// Bytes in the queue.
    pub(crate) fn len(&self) -> usize {
        self.pieces.iter().map(Vec::len).sum::<usize>() - self.taken
    }

    /// Adds bytes to the end.
    pub(crate) fn extend(&mut self, mut bytes: &[u8]) {
        while !bytes.is_empty() {
            let last = match self.pieces.back_mut().filter(|last| last.len() < last.capacity()) {
                Some(last) => last,
                None => self.pieces.push_back_mut(Vec::with_capacity(PIECE)),
            };
            let (now, later) = bytes.split_at(bytes.len().min(last.capacity() - last.len()));
            last.extend_from_slice(now);
            bytes = later;
        }
    }

    /// Adds bytes to the end, without a copy if they are many.
    pub(crate) fn push(&mut self, bytes: Vec<u8>) {
        if bytes.len() < PIECE {
            self.extend(&bytes);
        } else {
            self.pieces.push_back(bytes);
        }
    }

    /// Moves all bytes of another queue to the end.
    pub(crate) fn append(&mut self, other: &mut Self) {
        if let Some(first) = other.pieces.front_mut() {
            first.drain(..std::mem::take(&mut other.taken));
        }
        self.pieces.append(&mut other.pieces);
    }

    /// A copy of the first `max` bytes, or of all if they are fewer.
    pub(crate) fn first(&self, max: usize) -> Vec<u8> {
        self.pieces.iter().flatten().skip(self.taken).take(max).copied().collect()
    }

    /// The piece with this index, if there is one. Nothing may have been taken.
    pub(crate) fn piece(&self, index: usize) -> Option<&[u8]> {
        self.pieces.get(index).map(Vec::as_slice)
    }

    /// Takes at most `max` bytes from the front.
    pub(crate) fn take(&mut self, max: usize) -> Vec<u8> {
        let length = max.min(self.len());
        if self.taken == 0
            && let Some(first) = self.pieces.pop_front_if(|first| first.len() == length)
        {
            return first;
        }
        let mut out = Vec::with_capacity(length);
        while let Some(first) = self.pieces.front() {
            let rest = first.get(self.taken..).unwrap_or_default();
            let now = rest.get(..length - out.len()).unwrap_or(rest);
            out.extend_from_slice(now);
            self.taken += now.len();
            if self.taken < first.len() {
                break;
            }
            self.pieces.pop_front();
            self.taken = 0;
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_come_out_in_order_however_they_went_in_and_are_taken() {
        let bytes: Vec<u8> = (0..400_000u32).map(|n| (n % 251) as u8).collect();
        for (write, read) in
            [(1000, 1), (100_000, 70_000), (400_000, usize::MAX), (65_536, 65_536), (7, 1 << 17)]
        {
            let mut queue = Queue::default();
            let mut out = Vec::new();
            for (index, chunk) in bytes.chunks(write).enumerate() {
                match index % 3 {
                    0 => queue.extend(chunk),
                    1 => queue.push(chunk.to_vec()),
                    _ => {
                        let mut other = Queue::default();
                        other.extend(chunk);
                        queue.append(&mut other);
                    }
                }
                if index % 2 == 0 {
                    out.extend(queue.take(read));
                }
            }
            while queue.len() > 0 {
                out.extend(queue.take(read));
            }
            assert!(out == bytes, "in {write}, out {read}");
            assert!(queue.take(read).is_empty());
        }
    }
}
