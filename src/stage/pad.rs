//! Surrounds an image with a colour, or with its own pixels.

use super::{Cost, Next, Shape, Stage};
use crate::{Color, Result, Sides};

/// What lies around an image, and needs only rows of the image near it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Surroundings {
    /// A colour.
    Color(Color),
    /// The nearest pixel of the image.
    Edge,
    /// The image, mirrored at its edges: the pixel at an edge is repeated.
    Mirror,
}

impl Surroundings {
    /// The place in a line of this length that a place outside of it shows; `None` for a colour.
    fn shown_at(self, place: i64, length: u32) -> Option<usize> {
        let length = i64::from(length);
        let shown = match self {
            Self::Color(_) => return None,
            Self::Edge => place.clamp(0, length - 1),
            Self::Mirror => {
                let place = place.rem_euclid(2 * length);
                place.min(2 * length - 1 - place)
            }
        };
        usize::try_from(shown).ok()
    }
}

/// Adds rows and columns at the sides of an image. Of the image, it holds the rows that it mirrors.
#[derive(Debug)]
pub(crate) struct Pad {
    from: Shape,
    to: Shape,
    sides: Sides,
    surroundings: Surroundings,
    /// Rows of the image that have come.
    taken: u32,
    /// The last of them, widened: row `y` in place `y % self.holds()`.
    held: Vec<u8>,
    row: Vec<u8>,
}

impl Pad {
    /// For rows of this shape.
    pub(crate) fn new(from: Shape, sides: Sides, surroundings: Surroundings) -> Self {
        let channels = match surroundings {
            Surroundings::Color(color) => from.channels.with(color),
            _ => from.channels,
        };
        let to = Shape { channels, ..from.grown(sides) };
        Self { from, to, sides, surroundings, taken: 0, held: Vec::new(), row: Vec::new() }
    }

    /// Number of rows of the image that are held at a time.
    fn holds(&self) -> usize {
        let most = self.sides.top.max(self.sides.bottom);
        match self.surroundings {
            Surroundings::Color(_) => 0,
            Surroundings::Edge => most.min(1) as usize,
            Surroundings::Mirror => most.min(self.from.height) as usize,
        }
    }

    /// Number of rows of the image that the first row of the result waits for.
    fn waits_for(&self) -> u32 {
        match self.surroundings {
            Surroundings::Mirror => self.sides.top.clamp(1, self.from.height),
            _ => 1,
        }
    }

    /// Makes a row of the image a row of the result.
    fn widen(&mut self, row: &[u8]) {
        let Self { from, to, sides, surroundings, row: out, .. } = self;
        let (width, count) = (i64::from(from.width), from.channels.count());
        let (left, right) = (-i64::from(sides.left)..0, width..width + i64::from(sides.right));
        let surround = |places: std::ops::Range<i64>, out: &mut Vec<u8>| match *surroundings {
            Surroundings::Color(color) => to.channels.repeat(color, places.count(), out),
            _ => {
                let shown = places.filter_map(|place| surroundings.shown_at(place, from.width));
                shown.for_each(|x| out.extend(row.get(x * count..(x + 1) * count).unwrap_or_default()));
            }
        };
        out.clear();
        surround(left, out);
        from.channels.widen(row, to.channels, out);
        surround(right, out);
    }

    /// Keeps the current row for as long as it may be shown again.
    fn hold(&mut self) {
        let (holds, bytes) = (self.holds(), self.to.row_bytes());
        if holds == 0 {
            return;
        }
        if self.held.is_empty() {
            self.held = vec![0; holds * bytes];
        }
        let place = self.taken as usize % holds * bytes;
        if let Some(held) = self.held.get_mut(place..place + bytes) {
            held.copy_from_slice(&self.row);
        }
    }

    /// Hands on rows that have been held or, outside of the image, that show them.
    fn emit(&mut self, rows: std::ops::Range<i64>, next: Next<'_>) -> Result<()> {
        let bytes = self.to.row_bytes();
        if let Surroundings::Color(color) = self.surroundings {
            self.row.clear();
            self.to.channels.repeat(color, self.to.width as usize, &mut self.row);
            return rows.into_iter().try_for_each(|_| next(&self.row));
        }
        let holds = self.holds().max(1);
        for y in rows {
            let y = self.surroundings.shown_at(y, self.from.height).unwrap_or(0);
            let place = y % holds * bytes;
            next(self.held.get(place..place + bytes).unwrap_or_default())?;
        }
        Ok(())
    }
}

impl Stage for Pad {
    fn shape(&self) -> Shape {
        self.to
    }

    fn cost(&self) -> Cost {
        /// Work of moving a sample.
        const SAMPLE: u64 = 3;
        let rows = self.holds() as u64 + 1;
        Cost { memory: rows * self.to.row_bytes() as u64, work: self.to.bytes() * SAMPLE }
    }

    fn push(&mut self, row: &[u8], next: Next<'_>) -> Result<()> {
        let Sides { top, bottom, .. } = self.sides;
        let (waits, height) = (self.waits_for(), i64::from(self.from.height));
        if self.taken == 0 && matches!(self.surroundings, Surroundings::Color(_)) {
            self.emit(-i64::from(top)..0, next)?;
        }
        self.widen(row);
        self.hold();
        self.taken += 1;
        if self.taken < waits {
            return Ok(());
        }
        let is_first = self.taken == waits;
        if is_first && !matches!(self.surroundings, Surroundings::Color(_)) {
            self.emit(-i64::from(top)..0, next)?;
        }
        if is_first && waits > 1 {
            self.emit(0..waits.into(), next)?;
        } else {
            next(&self.row)?;
        }
        if i64::from(self.taken) == height {
            self.emit(height..height + i64::from(bottom), next)?;
            self.taken = 0;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pixels::{Channels, Depth};
    use crate::stage::tests::{gray, through};

    const RED: Color = Color { red: 255, green: 0, blue: 0, alpha: 255 };
    const SIDES: Sides = Sides { top: 1, right: 3, bottom: 2, left: 2 };

    fn padded(from: Shape, image: &[u8], sides: Sides, surroundings: Surroundings) -> (Channels, Vec<u8>) {
        let pad = Pad::new(from, sides, surroundings);
        (pad.shape().channels, through(pad, from, image))
    }

    #[test]
    fn a_colour_lies_at_every_side() {
        let nine = Color { red: 9, green: 9, blue: 9, alpha: 255 };
        let (channels, rows) = padded(gray(2, 2), &[1, 2, 3, 4], SIDES, Surroundings::Color(nine));
        assert_eq!(channels, Channels::Gray);
        #[rustfmt::skip]
        assert_eq!(rows, [
            9, 9, 9, 9, 9, 9, 9,
            9, 9, 1, 2, 9, 9, 9,
            9, 9, 3, 4, 9, 9, 9,
            9, 9, 9, 9, 9, 9, 9,
            9, 9, 9, 9, 9, 9, 9,
        ]);
    }

    #[test]
    fn an_image_gets_the_channels_that_its_surroundings_need() {
        let half = Color { red: 5, green: 5, blue: 5, alpha: 128 };
        let at_left = Sides { left: 1, ..Sides::ZERO };
        let in_color = |channels: Channels, image: &[u8], color: Color| {
            let from = Shape { width: 1, height: 1, channels, depth: Depth::Eight };
            padded(from, image, at_left, Surroundings::Color(color))
        };
        let white_but_clear = Color { alpha: 0, ..Color::WHITE };
        assert_eq!(
            in_color(Channels::Gray, &[7], white_but_clear),
            (Channels::GrayAlpha, vec![0, 0, 7, 255])
        );
        assert_eq!(in_color(Channels::Gray, &[7], half), (Channels::GrayAlpha, vec![5, 128, 7, 255]));
        assert_eq!(in_color(Channels::Gray, &[7], RED), (Channels::Rgb, vec![255, 0, 0, 7, 7, 7]));
        assert_eq!(
            in_color(Channels::Gray, &[7], Color { alpha: 9, ..RED }),
            (Channels::Rgba, vec![255, 0, 0, 9, 7, 7, 7, 255])
        );
        assert_eq!(
            in_color(Channels::GrayAlpha, &[7, 8], RED),
            (Channels::Rgba, vec![255, 0, 0, 255, 7, 7, 7, 8])
        );
        assert_eq!(
            in_color(Channels::Rgb, &[1, 2, 3], Color::TRANSPARENT),
            (Channels::Rgba, vec![0, 0, 0, 0, 1, 2, 3, 255])
        );
        assert_eq!(
            in_color(Channels::Rgba, &[1, 2, 3, 4], RED),
            (Channels::Rgba, vec![255, 0, 0, 255, 1, 2, 3, 4])
        );
    }

    #[test]
    fn edges_repeat_the_nearest_pixel() {
        let (_, rows) = padded(gray(2, 2), &[1, 2, 3, 4], SIDES, Surroundings::Edge);
        #[rustfmt::skip]
        assert_eq!(rows, [
            1, 1, 1, 2, 2, 2, 2,
            1, 1, 1, 2, 2, 2, 2,
            3, 3, 3, 4, 4, 4, 4,
            3, 3, 3, 4, 4, 4, 4,
            3, 3, 3, 4, 4, 4, 4,
        ]);
    }

    #[test]
    fn mirrored_surroundings_go_back_and_forth_over_an_image() {
        let (_, rows) = padded(gray(2, 2), &[1, 2, 3, 4], SIDES, Surroundings::Mirror);
        #[rustfmt::skip]
        assert_eq!(rows, [
            2, 1, 1, 2, 2, 1, 1,
            2, 1, 1, 2, 2, 1, 1,
            4, 3, 3, 4, 4, 3, 3,
            4, 3, 3, 4, 4, 3, 3,
            2, 1, 1, 2, 2, 1, 1,
        ]);
    }

    #[test]
    fn any_number_of_rows_is_mirrored_at_the_top_and_at_the_bottom() {
        for height in 1..6 {
            let image: Vec<u8> = (0..height as u8).collect();
            for (top, bottom) in (0..15).flat_map(|top| (0..15).map(move |bottom| (top, bottom))) {
                let sides = Sides { top, bottom, ..Sides::ZERO };
                let (_, rows) = padded(gray(1, height), &image, sides, Surroundings::Mirror);
                let there_and_back = image.iter().chain(image.iter().rev()).cycle();
                let skipped = (2 * height * 15 - top) as usize;
                let expected: Vec<u8> = there_and_back.skip(skipped).take(rows.len()).copied().collect();
                assert_eq!(rows, expected, "{height} rows, {sides:?}");
            }
        }
    }

    #[test]
    fn pixels_of_several_channels_stay_whole() {
        let from = Shape { width: 2, height: 1, channels: Channels::Rgba, depth: Depth::Eight };
        let sides = Sides { left: 1, right: 2, ..Sides::ZERO };
        let (channels, rows) = padded(from, &[1, 2, 3, 4, 5, 6, 7, 8], sides, Surroundings::Mirror);
        assert_eq!(channels, Channels::Rgba);
        assert_eq!(rows, [1, 2, 3, 4, 1, 2, 3, 4, 5, 6, 7, 8, 5, 6, 7, 8, 1, 2, 3, 4]);
    }
}
