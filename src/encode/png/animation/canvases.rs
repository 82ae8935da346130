//! What an animation shows, before the frame that comes and after it.

use super::super::super::Image;
use super::frame::Frame;

pub(super) struct Canvases {
    image: Image,
    /// Empty before the first frame.
    before: Vec<u8>,
    after: Vec<u8>,
}

/// How much a frame leaves as it is.
pub(super) struct Change {
    /// Pixels that stay.
    pub(super) same: usize,
    /// Whether all others become opaque.
    pub(super) is_opaque: bool,
}

impl Canvases {
    pub(super) fn new(image: Image) -> Self {
        Self { image, before: Vec::new(), after: Vec::with_capacity(image.bytes() as usize) }
    }

    /// Bytes of a pixel.
    pub(super) fn unit(&self) -> usize {
        self.image.pixel_bytes() as usize
    }

    /// Bytes of a row.
    pub(super) fn stride(&self) -> usize {
        self.image.width as usize * self.unit()
    }

    /// Bytes that have come of the frame.
    pub(super) fn coming(&self) -> usize {
        self.after.len()
    }

    /// Whether nothing was shown before the frame.
    pub(super) fn is_first(&self) -> bool {
        self.before.is_empty()
    }

    /// Takes a row of what the frame shows.
    pub(super) fn row(&mut self, row: &[u8]) {
        self.after.extend_from_slice(row);
    }

    /// The frame that makes one of the other; none if they are alike.
    pub(super) fn frame(&self) -> Option<Frame> {
        if self.is_first() {
            return Some(Frame::whole(self.image));
        }
        Frame::changed(&self.before, &self.after, self.stride(), self.unit())
    }

    /// A row of a frame, before and after it.
    pub(super) fn rows(&self, frame: &Frame, y: usize) -> (&[u8], &[u8]) {
        let row = |canvas| frame.row(canvas, y, self.stride(), self.unit());
        (row(&self.before), row(&self.after))
    }

    /// What a frame changes.
    pub(super) fn change(&self, frame: &Frame) -> Change {
        let (unit, has_alpha) = (self.unit(), self.image.channels().has_alpha());
        let mut change = Change { same: 0, is_opaque: true };
        for y in 0..frame.height {
            let (before, after) = self.rows(frame, y);
            for (before, after) in before.chunks_exact(unit).zip(after.chunks_exact(unit)) {
                if before == after {
                    change.same += 1;
                } else {
                    change.is_opaque &= !has_alpha || after.last() == Some(&255);
                }
            }
        }
        change
    }

    /// Goes on to the next frame.
    pub(super) fn advance(&mut self) {
        std::mem::swap(&mut self.before, &mut self.after);
        self.after.clear();
        self.after.reserve_exact(self.image.bytes() as usize);
    }

    /// A row of what was shown last; none behind the end.
    pub(super) fn last_row(&self, y: usize) -> Option<&[u8]> {
        let start = y * self.stride();
        self.before.get(start..start + self.stride()).filter(|row| !row.is_empty())
    }

    /// Lets go of both, which are not looked at any more.
    pub(super) fn drop_pixels(&mut self) {
        (self.before, self.after) = (Vec::new(), Vec::new());
    }
}
