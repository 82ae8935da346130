//! A frame of an animated PNG (PNG, third edition, 11.3.6.2): where it changes the canvas, and the chunks that it becomes.

use super::super::super::Image;
use super::super::deflate::Deflater;
use crate::queue::Queue;
use zlib_rs::crc32::crc32;

/// A part of the canvas that changes, and how.
#[derive(Default)]
pub(super) struct Frame {
    pub(super) left: usize,
    pub(super) top: usize,
    pub(super) width: usize,
    pub(super) height: usize,
    /// Whether it is drawn over what was there, which shows where nothing changes.
    pub(super) blends: bool,
    /// Milliseconds for which it is shown.
    pub(super) delay: u32,
    /// Its pixels, deflated.
    pub(super) data: Vec<Vec<u8>>,
    /// Its colours, deflated, as long as they are not reduced.
    pub(super) packed: Queue,
}

/// Bytes that a chunk has in addition to its pixels, with a share of what describes the frame, and of the list of chunks.
pub(super) const CHUNK: u64 = 96;

/// The longest time in the smallest unit, milliseconds.
const LONGEST: u32 = u16::MAX as u32;

impl Frame {
    pub(super) fn whole(image: Image) -> Self {
        let (width, height) = (image.width as usize, image.height as usize);
        Self { width, height, ..Self::default() }
    }

    /// Takes what is ready for chunks. Returns the bytes that they take.
    pub(super) fn take_ready(&mut self, deflater: &mut Deflater) -> u64 {
        let before = self.data.len();
        self.data.extend(std::iter::from_fn(|| deflater.take_ready()));
        self.data.iter().skip(before).map(|data| data.len() as u64 + CHUNK).sum()
    }

    /// The smallest rectangle around pixels of two canvases that differ; none if there are none.
    pub(super) fn changed(before: &[u8], after: &[u8], stride: usize, unit: usize) -> Option<Self> {
        let (mut rows, mut left, mut right) = (None, stride, 0);
        for (y, (before, after)) in before.chunks_exact(stride).zip(after.chunks_exact(stride)).enumerate() {
            let pairs = || before.iter().zip(after);
            let Some(first) = pairs().position(|(before, after)| before != after) else { continue };
            let last = pairs().rposition(|(before, after)| before != after).unwrap_or(first);
            (left, right) = (left.min(first / unit), right.max(last / unit + 1));
            rows = Some((rows.map_or(y, |(top, _)| top), y + 1));
        }
        let (top, bottom) = rows?;
        let (width, height) = (right - left, bottom - top);
        Some(Self { left, top, width, height, ..Self::default() })
    }

    /// Its part of row `y` of a canvas.
    pub(super) fn row<'a>(&self, canvas: &'a [u8], y: usize, stride: usize, unit: usize) -> &'a [u8] {
        let start = (self.top + y) * stride + self.left * unit;
        canvas.get(start..start + self.width * unit).unwrap_or_default()
    }

    /// The content of the chunk that describes it.
    pub(super) fn control(&self, number: u32) -> Vec<u8> {
        let sides = [self.width, self.height, self.left, self.top].map(|side| side as u32);
        let numbers = std::iter::once(number).chain(sides);
        let mut control: Vec<u8> = numbers.flat_map(u32::to_be_bytes).collect();
        let (numerator, denominator) = fraction(self.delay);
        control.extend([numerator, denominator].iter().flat_map(|part| part.to_be_bytes()));
        // It stays when the next one comes.
        control.extend([0, u8::from(self.blends)]);
        control
    }
}

/// Milliseconds as a fraction of a second, rounded where they are too many.
fn fraction(milliseconds: u32) -> (u16, u16) {
    let units = [1000, 100, 10, 1].into_iter();
    let times = units.map(|unit| ((u64::from(milliseconds) * unit + 500) / 1000, unit));
    let found = times.into_iter().find(|(time, _)| *time <= LONGEST.into());
    found.map_or((u16::MAX, 1), |(time, unit)| (time as u16, unit as u16))
}

/// A chunk of a file.
pub(super) fn chunk(kind: &[u8; 4], parts: &[&[u8]]) -> Vec<u8> {
    let length = parts.iter().map(|part| part.len()).sum::<usize>();
    let checksum = parts.iter().fold(crc32(0, kind), |checksum, part| crc32(checksum, part));
    let mut chunk = Vec::with_capacity(length + CHUNK as usize);
    chunk.extend((length as u32).to_be_bytes());
    chunk.extend(kind);
    parts.iter().for_each(|part| chunk.extend_from_slice(part));
    chunk.extend(checksum.to_be_bytes());
    chunk
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_exact_as_far_as_there_is_room() {
        let found = [0, 40, 65_535, 65_536, 655_355, 16_777_215].map(fraction);
        assert_eq!(found, [(0, 1000), (40, 1000), (65_535, 1000), (6554, 100), (6554, 10), (16_777, 1)]);
        assert_eq!(fraction(u32::MAX), (u16::MAX, 1));
    }

    #[test]
    fn what_changes_is_found() {
        let before = vec![7; 3 * 10 * 8];
        assert!(Frame::changed(&before, &before, 30, 3).is_none());
        for (x, y) in [(0, 0), (9, 7), (3, 5)] {
            let mut after = before.clone();
            after[(y * 10 + x) * 3 + 2] = 8;
            let Frame { left, top, width, height, .. } = Frame::changed(&before, &after, 30, 3).unwrap();
            assert_eq!((left, top, width, height), (x, y, 1, 1));
        }
    }
}
