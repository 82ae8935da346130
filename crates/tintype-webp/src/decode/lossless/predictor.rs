//! The inverse of the predictor transform (RFC 9649, 3.5.1).

use crate::vp8l::predict::{BLACK, Kernel, add, with_mode};

/// Adds predictions to a row. `above` is the row above, with room for one pixel more; `modes` are those of the row's
/// blocks, of `side` pixels each.
pub(crate) fn add_prediction(row: &mut [u32], above: &mut [u32], modes: &[u8], side: usize, first: bool) {
    let width = row.len();
    let (Some(start), Some(&above_start)) = (row.first_mut(), above.first()) else { return };
    *start = add(*start, if first { BLACK } else { above_start });
    let mut left = *start;
    if first {
        for pixel in row.iter_mut().skip(1) {
            left = add(*pixel, left);
            *pixel = left;
        }
        return;
    }
    // To the right of a row's last pixel is, in memory, the first of the row below.
    if let Some(beyond) = above.get_mut(width) {
        *beyond = left;
    }
    for (block, &mode) in modes.iter().enumerate().take(width.div_ceil(side)) {
        let (start, end) = ((block * side).max(1), ((block + 1) * side).min(width));
        let (Some(pixels), Some(above)) = (row.get_mut(start..end), above.get(start - 1..=end)) else {
            continue;
        };
        left = with_mode(mode, Add { pixels, above, left });
    }
}

/// Adds the predictions of a mode to pixels, and returns the last. `above` begins at the pixel above and to the left of
/// the first, and ends at the one above and to the right of the last.
struct Add<'a> {
    pixels: &'a mut [u32],
    above: &'a [u32],
    left: u32,
}

impl Kernel for Add<'_> {
    type Output = u32;

    #[inline(always)]
    fn run(self, predict: impl Fn(u32, u32, u32, u32) -> u32) -> u32 {
        let mut left = self.left;
        for (pixel, above) in self.pixels.iter_mut().zip(self.above.windows(3)) {
            let &[top_left, top, top_right] = above else { continue };
            left = add(*pixel, predict(left, top_left, top, top_right));
            *pixel = left;
        }
        left
    }
}
