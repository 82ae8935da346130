//! Lays a picture over rows.

use super::blend::{FULL, over};
use super::{Picture, starts};
use crate::pixels::Channels;
use crate::plan::Plan;
use crate::stage::{Cost, Next, Shape, Stage};
use crate::{Blend, Overlay, Result};

/// Mixes a picture with the rows that it lies over, in one place or in many.
#[derive(Debug)]
pub(crate) struct Overlaid {
    from: Shape,
    to: Channels,
    picture: Picture,
    /// The left edges and the upper edges of where it lies.
    left: Vec<i64>,
    top: Vec<i64>,
    share: u64,
    blend: Blend,
    taken: u32,
    row: Vec<u8>,
}

impl Overlaid {
    /// For rows of this shape, which is that of the rendition.
    pub(crate) fn new(from: Shape, picture: Picture, overlay: &Overlay, plan: &Plan) -> Self {
        let gray = |channels| matches!(channels, Channels::Gray | Channels::GrayAlpha);
        let to = match from.channels {
            Channels::Gray if !gray(picture.shape.channels) => Channels::Rgb,
            Channels::GrayAlpha if !gray(picture.shape.channels) => Channels::Rgba,
            channels => channels,
        };
        let left = starts(overlay.place, plan, true, picture.shape.width);
        let top = starts(overlay.place, plan, false, picture.shape.height);
        let share = u64::from(overlay.opacity.millionths()) * FULL / 1_000_000;
        let blend = overlay.blend;
        Self { from, to, picture, left, top, share, blend, taken: 0, row: Vec::new() }
    }

    /// Mixes a row of the picture into the row, from a column on.
    fn lay(&mut self, y: usize, left: i64) {
        let Self { picture: Picture { shape, rows }, to, row, share, blend, .. } = self;
        let (bytes, count) = (shape.row_bytes(), to.count());
        let pixels = rows.get(y * bytes..(y + 1) * bytes).unwrap_or_default();
        let pixels = pixels.chunks_exact(shape.channels.count());
        let hidden = left.min(0).unsigned_abs() as usize;
        let places = row.chunks_exact_mut(count).skip(left.max(0) as usize);
        for (place, pixel) in places.zip(pixels.skip(hidden)) {
            let mixed = over(*blend, read(pixel), *share, read(place));
            write(mixed, place);
        }
    }
}

impl Stage for Overlaid {
    fn shape(&self) -> Shape {
        Shape { channels: self.to, ..self.from }
    }

    fn cost(&self) -> Cost {
        /// Work of mixing a pixel, and of moving a sample.
        const PIXEL: u64 = 170;
        const SAMPLE: u64 = 3;
        let to = self.shape();
        let covered = |starts: &[i64], part: u32, side: u32| {
            let covered: u64 = starts.iter().map(|_| u64::from(part)).sum();
            covered.min(side.into())
        };
        let width = covered(&self.left, self.picture.shape.width, to.width);
        let height = covered(&self.top, self.picture.shape.height, to.height);
        // The picture itself has been counted.
        let starts = 16 * (self.left.len() + self.top.len()) as u64;
        Cost { memory: to.row_bytes() as u64 + starts, work: width * height * PIXEL + to.bytes() * SAMPLE }
    }

    fn push(&mut self, row: &[u8], next: Next<'_>) -> Result<()> {
        self.row.clear();
        self.from.channels.widen(row, self.to, &mut self.row);
        let y = i64::from(self.taken);
        self.taken = (self.taken + 1) % self.from.height;
        let height = i64::from(self.picture.shape.height);
        let line = self.top.iter().map(|top| y - top).find(|line| (0..height).contains(line));
        if let Some(line) = line {
            for at in 0..self.left.len() {
                let left = self.left.get(at).copied().unwrap_or(0);
                self.lay(line as usize, left);
            }
        }
        next(&self.row)
    }
}

fn read(pixel: &[u8]) -> [u8; 4] {
    match *pixel {
        [gray] => [gray, gray, gray, 255],
        [gray, alpha] => [gray, gray, gray, alpha],
        [red, green, blue] => [red, green, blue, 255],
        [red, green, blue, alpha] => [red, green, blue, alpha],
        _ => [0; 4],
    }
}

fn write([red, green, blue, alpha]: [u8; 4], place: &mut [u8]) {
    match place {
        [out] => *out = red,
        [out, out_alpha] => (*out, *out_alpha) = (red, alpha),
        [out_red, out_green, out_blue] => (*out_red, *out_green, *out_blue) = (red, green, blue),
        place => place.copy_from_slice(&[red, green, blue, alpha]),
    }
}
