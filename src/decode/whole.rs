//! Adapts a codec that reads a whole file and returns a whole frame to the [`Decoder`] trait.

use super::{Decoder, Header, Sink, Step};
use crate::plan::{Detail, Lane, Scale};
use crate::{Error, Result};

/// A codec that works on a whole file.
pub(super) trait Codec {
    /// Reads the header without allocating pixels, and predicts what `decode` takes.
    fn header(&self, file: &[u8]) -> Result<(Header, Cost)>;

    /// Decodes the frame: rows of the header's layout, without padding.
    fn decode(&self, file: &[u8], header: &Header) -> Result<Vec<u8>>;
}

/// What decoding takes.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Cost {
    /// Bytes of memory, the frame included.
    pub memory: u64,
    /// Work, in units of [`crate::Limits::work`].
    pub work: u64,
}

/// A [`Decoder`] that holds the whole file until it is decoded, and then the whole frame.
pub(super) struct Whole<C> {
    codec: C,
    file: Vec<u8>,
    complete: bool,
    header: Option<Header>,
    cost: Cost,
    frame: Vec<u8>,
    next: usize,
}

impl<C: Codec> Whole<C> {
    pub(super) fn new(codec: C) -> Self {
        Self {
            codec,
            file: Vec::new(),
            complete: false,
            header: None,
            cost: Cost::default(),
            frame: Vec::new(),
            next: 0,
        }
    }
}

impl<C: Codec> Decoder for Whole<C> {
    fn streams(&self) -> bool {
        false
    }

    fn feed(&mut self, chunk: Vec<u8>) -> Result<()> {
        if self.file.is_empty() {
            self.file = chunk;
        } else {
            self.file.extend_from_slice(&chunk);
        }
        Ok(())
    }

    fn finish(&mut self) {
        self.complete = true;
    }

    fn header(&mut self) -> Result<Step<Header>> {
        if !self.complete {
            return Ok(Step::NeedInput);
        }
        let (header, cost) = self.codec.header(&self.file)?;
        (self.header, self.cost) = (Some(header), cost);
        Ok(Step::Ready(header))
    }

    fn lanes(&mut self, _: Detail) -> Vec<Lane> {
        self.header.iter().map(|header| Lane::whole(&header.source, Scale::FULL)).collect()
    }

    fn memory(&mut self, _: Detail) -> u64 {
        // A file that comes in chunks may have grown into room for twice of it.
        self.cost.memory + 2 * self.file.len() as u64
    }

    fn predicted_work(&mut self, _: Detail) -> u64 {
        self.cost.work
    }

    fn work(&self) -> u64 {
        if self.frame.is_empty() { 0 } else { self.cost.work }
    }

    fn start(&mut self, _: Detail) -> Result<()> {
        let header = self.header.ok_or(Error::Ended)?;
        self.frame = self.codec.decode(&self.file, &header)?;
        self.file = Vec::new();
        Ok(())
    }

    fn advance(&mut self, sink: Sink<'_>) -> Result<Step<bool>> {
        let header = self.header.ok_or(Error::Ended)?;
        let length = header.source.width as usize * header.layout.channels().count();
        let row = self.frame.get(self.next..self.next + length);
        self.next += length;
        row.map_or(Ok(()), |row| sink(0, row))?;
        Ok(Step::Ready(row.is_some()))
    }
}
