//! The rows of an image, held to be encoded several times.

use super::{Encoder, Image};
use crate::Result;
use crate::pixels::{Channels, Layout};
use crate::queue::Queue;

/// All rows of an image, lane by lane.
#[derive(Debug)]
pub(super) struct Held {
    height: usize,
    lanes: Vec<Lane>,
}

#[derive(Debug)]
struct Lane {
    row_bytes: usize,
    /// Rows of the image for one of the lane: 2 where chroma is halved.
    every: usize,
    rows: Vec<u8>,
}

impl Held {
    /// Room for the rows of an image, none of which has come.
    pub(super) fn new(image: Image) -> Self {
        let lanes = lanes(image).into_iter().map(|(row_bytes, rows, every)| {
            let rows = Vec::with_capacity(row_bytes * rows);
            Lane { row_bytes, every, rows }
        });
        Self { height: image.height as usize, lanes: lanes.collect() }
    }

    /// The bytes that all rows of an image take.
    pub(super) fn bytes(image: Image) -> u64 {
        lanes(image).into_iter().map(|(row_bytes, rows, _)| row_bytes as u64 * rows as u64).sum()
    }

    /// Drops all rows.
    pub(super) fn clear(&mut self) {
        self.lanes.clear();
    }

    /// Drops the last channel, alpha, of pixels of `channels`.
    pub(super) fn drop_alpha(&mut self, channels: Channels) {
        let count = channels.count();
        for lane in &mut self.lanes {
            let mut channel = 0;
            lane.rows.retain(|_| {
                channel = channel % count + 1;
                channel < count
            });
            lane.row_bytes = lane.row_bytes / count * (count - 1);
        }
    }

    /// Takes the next row of a lane.
    pub(super) fn push(&mut self, lane: usize, row: &[u8]) {
        if let Some(lane) = self.lanes.get_mut(lane) {
            lane.rows.extend_from_slice(row);
        }
    }

    /// A row of the first lane.
    pub(super) fn first_lane(&self, y: usize) -> &[u8] {
        let Some(lane) = self.lanes.first() else { return &[] };
        let start = y * lane.row_bytes;
        lane.rows.get(start..start + lane.row_bytes).unwrap_or_default()
    }

    /// Hands on the rows that come with row `y` of the image; false if there are none left.
    fn row(&self, y: usize, sink: &mut dyn FnMut(usize, &[u8]) -> Result<()>) -> Result<bool> {
        for (index, lane) in self.lanes.iter().enumerate() {
            let start = y / lane.every * lane.row_bytes;
            if y.is_multiple_of(lane.every)
                && let Some(row) = lane.rows.get(start..start + lane.row_bytes)
            {
                sink(index, row)?;
            }
        }
        Ok(y + 1 < self.height)
    }
}

/// Bytes of a row, rows, and rows of the image for each of them, of every lane.
fn lanes(image: Image) -> Vec<(usize, usize, usize)> {
    let (width, height) = (image.width as usize, image.height as usize);
    match image.layout {
        Layout::YCbCr => {
            let chroma = (width.div_ceil(2), height.div_ceil(2), 2);
            vec![(width, height, 1), chroma, chroma]
        }
        Layout::Interleaved(_) | Layout::Inks => vec![(width * image.pixel_bytes() as usize, height, 1)],
    }
}

/// A file that is being made of rows that are held.
pub(super) struct Trial {
    encoder: Box<dyn Encoder>,
    /// The next row, unless all have been encoded.
    next: Option<usize>,
    /// The file so far.
    pub file: Queue,
}

impl Trial {
    pub(super) fn new(encoder: Box<dyn Encoder>) -> Self {
        Self { encoder, next: Some(0), file: Queue::default() }
    }

    /// Encodes for a while. Returns whether there is more to do.
    pub(super) fn step(&mut self, held: &Held, image: Image) -> Result<bool> {
        let more = match self.next {
            Some(first) => {
                for y in first..first + rows_at_once(image) {
                    let more = held.row(y, &mut |lane, row| self.encoder.row(lane, row))?;
                    self.next = more.then_some(y + 1);
                    if !more {
                        break;
                    }
                }
                true
            }
            None => self.encoder.finish()?,
        };
        self.encoder.drain(&mut self.file);
        Ok(more)
    }

    /// What the encoder counts itself; see [`Encoder::work`].
    pub(super) fn work(&self) -> u64 {
        self.encoder.work()
    }
}

/// Rows to encode in a step: some hundredths of a second, at most.
pub(super) fn rows_at_once(image: Image) -> usize {
    ((1 << 15) / image.width.max(1)).max(1) as usize
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pixels::{Channels, Depth};

    fn image(layout: Layout) -> Image {
        Image { width: 5, height: 3, layout, depth: Depth::Eight, loops: None }
    }

    #[test]
    fn rows_come_back_lane_by_lane_as_they_went_in() {
        let mut held = Held::new(image(Layout::YCbCr));
        for (lane, value, length) in
            [(0, 1, 5), (1, 10, 3), (2, 20, 3), (0, 2, 5), (0, 3, 5), (2, 21, 3), (1, 11, 3)]
        {
            held.push(lane, &vec![value; length]);
        }
        let mut seen = Vec::new();
        for y in 0..3 {
            let mut keep = |lane: usize, row: &[u8]| {
                seen.push((lane, row[0], row.len()));
                Ok(())
            };
            assert_eq!(held.row(y, &mut keep).unwrap(), y < 2);
        }
        assert_eq!(seen, [(0, 1, 5), (1, 10, 3), (2, 20, 3), (0, 2, 5), (0, 3, 5), (1, 11, 3), (2, 21, 3)]);
        assert_eq!(Held::bytes(image(Layout::YCbCr)), 15 + 6 + 6);
        assert_eq!(Held::bytes(image(Layout::Interleaved(Channels::Rgba))), 60);
    }
}
