//! Canvases, and what differs between them.

/// A pixel in RGBA: opaque, or all zeros where it is transparent.
pub(super) type Pixel = [u8; 4];

pub(super) const CLEAR: Pixel = [0; 4];

/// A part of a canvas.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Rect {
    pub(super) left: usize,
    pub(super) top: usize,
    pub(super) width: usize,
    pub(super) height: usize,
}

impl Rect {
    /// The smallest rectangle around both.
    pub(super) fn around(self, other: Self) -> Self {
        let (left, top) = (self.left.min(other.left), self.top.min(other.top));
        let right = (self.left + self.width).max(other.left + other.width);
        let bottom = (self.top + self.height).max(other.top + other.height);
        Self { left, top, width: right - left, height: bottom - top }
    }

    /// Its part of a row of the canvas.
    pub(super) fn part(self, row: &[Pixel]) -> &[Pixel] {
        row.get(self.left..self.left + self.width).unwrap_or_default()
    }

    /// The number of its pixels.
    pub(super) fn area(self) -> u64 {
        self.width as u64 * self.height as u64
    }
}

/// The smallest rectangle around pixels of two canvases that are said to differ; none if there are none.
pub(super) fn bounds(
    before: &[Pixel],
    after: &[Pixel],
    width: usize,
    differ: impl Fn(Pixel, Pixel) -> bool,
) -> Option<Rect> {
    let (mut rows, mut left, mut right) = (None, width, 0);
    for (y, (before, after)) in before.chunks_exact(width).zip(after.chunks_exact(width)).enumerate() {
        if before == after {
            continue;
        }
        let differs = |(&before, &after): (&Pixel, &Pixel)| differ(before, after);
        let pairs = || before.iter().zip(after);
        let Some(first) = pairs().position(differs) else { continue };
        let last = pairs().rposition(differs).unwrap_or(first);
        (left, right) = (left.min(first), right.max(last + 1));
        rows = Some((rows.map_or(y, |(top, _)| top), y + 1));
    }
    let (top, bottom) = rows?;
    Some(Rect { left, top, width: right - left, height: bottom - top })
}

/// Makes a part of a canvas transparent.
pub(super) fn clear(canvas: &mut [Pixel], width: usize, rect: Rect) {
    for row in canvas.chunks_exact_mut(width).skip(rect.top).take(rect.height) {
        row.get_mut(rect.left..rect.left + rect.width).unwrap_or_default().fill(CLEAR);
    }
}

/// Takes a row of RGBA: what is half transparent or more becomes so wholly, and the rest opaque.
pub(super) fn push_rgba(canvas: &mut Vec<Pixel>, row: &[u8]) {
    let pixels = row.as_chunks::<4>().0.iter();
    canvas.extend(pixels.map(|&[red, green, blue, alpha]| match alpha {
        128.. => [red, green, blue, 255],
        _ => CLEAR,
    }));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_differs_is_found() {
        let before = vec![[7; 4]; 10 * 8];
        let differ = |a: Pixel, b: Pixel| a != b;
        assert_eq!(bounds(&before, &before, 10, differ), None);
        for (x, y) in [(0, 0), (9, 7), (3, 5)] {
            let mut after = before.clone();
            after[y * 10 + x][2] = 8;
            let rect = Rect { left: x, top: y, width: 1, height: 1 };
            assert_eq!(bounds(&before, &after, 10, differ), Some(rect));
            after[0][0] = 0;
            let rect = Rect { left: 0, top: 0, width: x + 1, height: y + 1 };
            assert_eq!(bounds(&before, &after, 10, differ), Some(rect));
            assert_eq!(bounds(&before, &after, 10, |_, after| after[2] == 9), None);
            clear(&mut after, 10, rect);
            assert!(after[0] == CLEAR && after[y * 10 + x] == CLEAR);
        }
    }

    #[test]
    fn alpha_becomes_all_or_nothing() {
        let mut canvas = Vec::new();
        push_rgba(&mut canvas, &[1, 2, 3, 127, 4, 5, 6, 128]);
        assert_eq!(canvas, [CLEAR, [4, 5, 6, 255]]);
    }
}
