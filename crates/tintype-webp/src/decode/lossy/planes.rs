//! The planes of an image, as far as they are held: a row of macroblocks and some rows above it.

use super::filter::{Rows, Strength, filter_row};
use super::header::FilterHeader;
use super::upsample::Upsampler;
use crate::decode::budget::bytes_of;
use crate::decode::strip::PlaneRows;
use crate::vp8::predict::{ABOVE_IMAGE, ChromaSpace, LEFT, LumaSpace};
use alloc::vec;
use alloc::vec::Vec;

/// Rows at the end of a row of macroblocks that are not ready before the next is complete. The loop filter changes
/// three of them, as it does for colour differences, where four rows belong to these.
const LATE: usize = 8;

/// Most rows of a strip.
pub(crate) const STRIP_ROWS: usize = 16 + LATE;

/// The planes of an image.
pub(crate) struct Planes {
    width: usize,
    height: usize,
    y: Plane<16>,
    chroma: [Plane<8>; 2],
    /// Rows of macroblocks that are complete, and whether there is room for the next.
    complete: usize,
    rolled: bool,
    /// Rows of pixels that have been made, or given in strips.
    made: usize,
    /// The strip made last: for luminance and for colour differences, where it ends and its number of rows.
    strip: [(usize, usize); 2],
    upsampler: Upsampler,
}

/// Two rows of macroblocks, with a side of `SIDE` samples: the one that is decoded or was decoded last, and above it
/// the one before.
struct Plane<const SIDE: usize> {
    samples: Vec<u8>,
    stride: usize,
    /// The last row of the macroblocks above, before the loop filter.
    above: Vec<u8>,
}

impl Planes {
    /// Bytes that the planes of an image of this size take.
    pub(crate) fn memory(width: u32, height: u32) -> u64 {
        debug_assert!(height > 0);
        let columns = width.div_ceil(16) as usize;
        let luma = columns * 16 * (2 * 16 + 1);
        let chroma = 2 * columns * 8 * (2 * 8 + 1);
        bytes_of::<u8>(luma + chroma) + Upsampler::memory(width)
    }

    pub(crate) fn new(width: usize, height: usize) -> Self {
        let columns = width.div_ceil(16);
        Self {
            width,
            height,
            y: Plane::new(columns),
            chroma: [Plane::new(columns), Plane::new(columns)],
            complete: 0,
            rolled: true,
            made: 0,
            strip: [(0, 0); 2],
            upsampler: Upsampler::new(width),
        }
    }

    /// The number of the row of macroblocks that is being decoded.
    pub(crate) fn macroblock_row(&self) -> usize {
        self.complete
    }

    /// Makes room for the next row of macroblocks.
    pub(crate) fn begin_row(&mut self) {
        if !self.rolled {
            self.y.roll();
            self.chroma.iter_mut().for_each(Plane::roll);
            let [(luma, _), (chroma, _)] = &mut self.strip;
            (*luma, *chroma) = (luma.saturating_sub(16), chroma.saturating_sub(8));
            self.rolled = true;
        }
    }

    /// The pixels above a macroblock, and four to the right of those: beyond the image's edge, the last again.
    pub(crate) fn luma_above(&self, column: usize) -> [u8; 20] {
        let above = self.y.above.get(column * 16..).unwrap_or_default();
        let last = above.get(15).copied().unwrap_or(ABOVE_IMAGE);
        core::array::from_fn(|x| above.get(x).copied().unwrap_or(last))
    }

    /// The pixels above a macroblock.
    pub(crate) fn chroma_above(&self, plane: usize, column: usize) -> [u8; 8] {
        let above = self.chroma.get(plane).and_then(|plane| plane.above.get(column * 8..)?.first_chunk());
        above.copied().unwrap_or([ABOVE_IMAGE; 8])
    }

    /// Puts a macroblock into the row that is being decoded.
    pub(crate) fn put(&mut self, column: usize, luma: &LumaSpace, chroma: &[ChromaSpace; 2]) {
        self.y.put(column, luma);
        for (plane, space) in self.chroma.iter_mut().zip(chroma) {
            plane.put(column, space);
        }
    }

    /// Completes the row of macroblocks with the loop filter.
    pub(crate) fn filter_row(&mut self, header: &FilterHeader, strengths: &[Strength]) {
        self.y.keep_last();
        self.chroma.iter_mut().for_each(Plane::keep_last);
        if header.level > 0 {
            let [u, v] = &mut self.chroma;
            filter_row([self.y.rows(), u.rows(), v.rows()], header, strengths, self.complete == 0);
        }
        self.complete += 1;
        self.rolled = false;
    }

    /// Rows that the loop filter will not change any more.
    fn ready(&self) -> usize {
        let complete = self.complete * 16;
        if complete >= self.height { self.height } else { complete.saturating_sub(LATE) }
    }

    /// Whether another row of pixels can be made.
    pub(crate) fn has_row(&self) -> bool {
        self.made < self.ready()
    }

    /// Makes a strip of the rows that are ready.
    pub(crate) fn make_strip(&mut self) {
        let ready = self.ready();
        // Strips begin with even rows.
        let [from, to] = [self.made, ready].map(|row| row.div_ceil(2));
        let end = |row: usize, side: usize| row + 2 * side - self.complete * side;
        self.strip = [(end(ready, 16), ready - self.made), (end(to, 8), to - from)];
        self.made = ready;
    }

    /// Makes a strip in which the last row of the one before repeats.
    pub(crate) fn repeat_last_row(&mut self) {
        let [luma, chroma] = self.strip;
        self.y.repeat(luma);
        self.chroma.iter_mut().for_each(|plane| plane.repeat(chroma));
        let rows = (self.height - self.made).min(16);
        let chroma = rows.div_ceil(2);
        self.strip = [(rows, rows), (chroma, chroma)];
        self.made += rows;
    }

    /// The strip made last.
    pub(crate) fn strip(&self) -> [PlaneRows<'_>; 3] {
        let [u, v] = &self.chroma;
        let ([luma, chroma], width) = (self.strip, self.width.div_ceil(2));
        [self.y.strip(luma, self.width), u.strip(chroma, width), v.strip(chroma, width)]
    }

    /// Makes a row of pixels, of three bytes each, or of four and opaque.
    pub(crate) fn make_row(&mut self, channels: usize, out: &mut [u8]) {
        let row = self.made;
        self.made += 1;
        let (width, last) = (self.width.div_ceil(2), self.height.div_ceil(2) - 1);
        let near = row / 2;
        let far = if row.is_multiple_of(2) { near.saturating_sub(1) } else { (near + 1).min(last) };
        let [u, v] = &self.chroma;
        let rows = [u, v]
            .map(|plane| [near, far].map(|y| plane.row(y, self.complete).get(..width).unwrap_or_default()));
        let luma = self.y.row(row, self.complete);
        self.upsampler.make_row(luma, rows, channels, out);
    }
}

impl<const SIDE: usize> Plane<SIDE> {
    fn new(columns: usize) -> Self {
        let stride = columns * SIDE;
        Self { samples: vec![0; stride * 2 * SIDE], stride, above: vec![ABOVE_IMAGE; stride] }
    }

    /// Puts a macroblock into the lower row.
    fn put<const WIDTH: usize, const HEIGHT: usize>(&mut self, column: usize, space: &[[u8; WIDTH]; HEIGHT]) {
        let rows = self.samples.chunks_exact_mut(self.stride).skip(SIDE);
        for (to, from) in rows.zip(space.iter().skip(1)) {
            let to = to.get_mut(column * SIDE..).and_then(|to| to.first_chunk_mut::<SIDE>());
            let from = from.get(LEFT..).and_then(|from| from.first_chunk::<SIDE>());
            if let (Some(to), Some(from)) = (to, from) {
                *to = *from;
            }
        }
    }

    /// Keeps the last row, before it is filtered.
    fn keep_last(&mut self) {
        if let Some(last) = self.samples.chunks_exact(self.stride).next_back() {
            self.above.copy_from_slice(last);
        }
    }

    /// Moves the lower row up.
    fn roll(&mut self) {
        self.samples.copy_within(SIDE * self.stride.., 0);
    }

    /// Fills the plane with the last row of a strip.
    fn repeat(&mut self, (end, _): (usize, usize)) {
        let last = end.saturating_sub(1) * self.stride;
        if last + self.stride <= self.samples.len() {
            for at in 0..self.samples.len() / self.stride {
                self.samples.copy_within(last..last + self.stride, at * self.stride);
            }
        }
    }

    fn strip(&self, (end, rows): (usize, usize), width: usize) -> PlaneRows<'_> {
        let data = self.samples.get((end - rows) * self.stride..end * self.stride).unwrap_or_default();
        PlaneRows { data, stride: self.stride, width, rows }
    }

    fn rows(&mut self) -> Rows<'_> {
        Rows { samples: &mut self.samples, stride: self.stride, first: SIDE }
    }

    /// The row `y` of the image, if `complete` rows of macroblocks are.
    fn row(&self, y: usize, complete: usize) -> &[u8] {
        let at = y + 2 * SIDE - complete * SIDE;
        self.samples.get(at * self.stride..(at + 1) * self.stride).unwrap_or_default()
    }
}
