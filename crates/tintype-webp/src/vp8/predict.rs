//! Intraframe prediction (RFC 6386, 12), in a workspace that holds a macroblock with the pixels around it.
#![allow(clippy::indexing_slicing)] // places in arrays of constant size, from constants and blocks' numbers

use super::modes::{Mode, SubMode};

/// Pixels to the left of a macroblock in a workspace; only the last is used.
pub(crate) const LEFT: usize = 8;

/// A block of pixels, below a row of those above it, and to the right of a column of those to its left. Rows begin with
/// [`LEFT`] pixels; those above extend beyond the block where that is luminance.
pub(crate) type LumaSpace = [[u8; 32]; 17];
pub(crate) type ChromaSpace = [[u8; 16]; 9];

/// Which pixels around a macroblock are within the image.
#[derive(Clone, Copy)]
pub(crate) struct Around {
    pub(crate) above: bool,
    pub(crate) left: bool,
}

/// What stands for pixels above and to the left of the image.
pub(crate) const ABOVE_IMAGE: u8 = 127;
pub(crate) const LEFT_OF_IMAGE: u8 = 129;

/// Prepares the column to the left of a macroblock: the right one of the macroblock before, or what stands for it.
pub(crate) fn set_left<const WIDTH: usize, const HEIGHT: usize>(
    space: &mut [[u8; WIDTH]; HEIGHT],
    side: usize,
    around: Around,
) {
    for (y, row) in space.iter_mut().enumerate() {
        row[LEFT - 1] = match (around.left, y) {
            (true, _) => row[LEFT + side - 1],
            (false, 0) if !around.above => ABOVE_IMAGE,
            (false, _) => LEFT_OF_IMAGE,
        };
    }
}

/// Puts pixels above a macroblock.
pub(crate) fn set_above<const WIDTH: usize, const HEIGHT: usize>(
    space: &mut [[u8; WIDTH]; HEIGHT],
    above: &[u8],
) {
    for (to, &pixel) in space[0][LEFT..].iter_mut().zip(above) {
        *to = pixel;
    }
}

/// Predicts a whole block (RFC 6386, 12.2).
pub(crate) fn predict<const WIDTH: usize, const HEIGHT: usize>(
    space: &mut [[u8; WIDTH]; HEIGHT],
    side: usize,
    mode: Mode,
    around: Around,
) {
    let Some((above, rows)) = space.split_first_mut() else { return };
    let above = &*above;
    let pixels = LEFT..LEFT + side;
    match mode {
        Mode::Dc => {
            let mut sum = 0;
            if around.above {
                sum += above[pixels.clone()].iter().map(|&pixel| u32::from(pixel)).sum::<u32>();
            }
            if around.left {
                sum += rows.iter().map(|row| u32::from(row[LEFT - 1])).sum::<u32>();
            }
            let sides = u32::from(around.above) + u32::from(around.left);
            let count = sides * side as u32;
            let mean = if sides == 0 { 128 } else { (sum + count / 2) / count };
            rows.iter_mut().for_each(|row| row[pixels.clone()].fill(mean as u8));
        }
        Mode::Vertical => {
            rows.iter_mut().for_each(|row| row[pixels.clone()].copy_from_slice(&above[pixels.clone()]));
        }
        Mode::Horizontal => rows.iter_mut().for_each(|row| {
            let left = row[LEFT - 1];
            row[pixels.clone()].fill(left);
        }),
        Mode::TrueMotion => {
            for row in rows {
                let difference = i32::from(row[LEFT - 1]) - i32::from(above[LEFT - 1]);
                for (pixel, &above) in row[pixels.clone()].iter_mut().zip(&above[pixels.clone()]) {
                    *pixel = (i32::from(above) + difference).clamp(0, 255) as u8;
                }
            }
        }
    }
}

/// The mean of two pixels.
fn avg2(a: u8, b: u8) -> u8 {
    ((u32::from(a) + u32::from(b) + 1) >> 1) as u8
}

/// The mean of three pixels, the middle one counted twice.
fn avg3(a: u8, b: u8, c: u8) -> u8 {
    ((u32::from(a) + 2 * u32::from(b) + u32::from(c) + 2) >> 2) as u8
}

/// Predicts a subblock (RFC 6386, 12.3).
pub(crate) fn predict_subblock(space: &mut LumaSpace, x: usize, y: usize, mode: SubMode) {
    // The pixels around the subblock, from the one to the left of its last row, by the corner, to the one above and
    // four to the right of its last column.
    let left = |row: usize| space[y + 1 + row][LEFT + x - 1];
    let above = |column: usize| space[y][LEFT + x + column];
    let e: [u8; 13] =
        core::array::from_fn(|at| if at < 4 { left(3 - at) } else { space[y][LEFT + x + at - 5] });
    let three = |at: usize| avg3(e[at], e[at + 1], e[at + 2]);
    let two = |at: usize| avg2(e[at], e[at + 1]);
    let block: [[u8; 4]; 4] = match mode {
        SubMode::Dc => {
            let sum: u32 = (0..4).map(|at| u32::from(left(at)) + u32::from(above(at))).sum();
            [[((sum + 4) >> 3) as u8; 4]; 4]
        }
        SubMode::TrueMotion => core::array::from_fn(|row| {
            let difference = i32::from(left(row)) - i32::from(e[4]);
            core::array::from_fn(|column| (i32::from(above(column)) + difference).clamp(0, 255) as u8)
        }),
        SubMode::Vertical => [core::array::from_fn(|column| three(4 + column)); 4],
        SubMode::Horizontal => {
            core::array::from_fn(|row| [if row < 3 { three(2 - row) } else { avg3(e[1], e[0], e[0]) }; 4])
        }
        SubMode::LeftDown => core::array::from_fn(|row| {
            core::array::from_fn(|column| match row + column {
                6 => avg3(e[11], e[12], e[12]),
                at => three(5 + at),
            })
        }),
        SubMode::RightDown => {
            core::array::from_fn(|row| core::array::from_fn(|column| three(3 + column - row)))
        }
        SubMode::VerticalRight => {
            let (first, second) =
                ([two(4), two(5), two(6), two(7)], [three(3), three(4), three(5), three(6)]);
            let [f0, f1, f2, _] = first;
            let [s0, s1, s2, _] = second;
            [first, second, [three(2), f0, f1, f2], [three(1), s0, s1, s2]]
        }
        SubMode::VerticalLeft => [
            [two(5), two(6), two(7), two(8)],
            [three(5), three(6), three(7), three(8)],
            [two(6), two(7), two(8), three(9)],
            [three(6), three(7), three(8), three(10)],
        ],
        SubMode::HorizontalDown => [
            [two(3), three(3), three(4), three(5)],
            [two(2), three(2), two(3), three(3)],
            [two(1), three(1), two(2), three(2)],
            [two(0), three(0), two(1), three(1)],
        ],
        SubMode::HorizontalUp => {
            let last = e[0];
            let near = avg3(e[1], last, last);
            [
                [two(2), three(1), two(1), three(0)],
                [two(1), three(0), two(0), near],
                [two(0), near, last, last],
                [last; 4],
            ]
        }
    };
    for (row, pixels) in block.iter().enumerate() {
        space[y + 1 + row][LEFT + x..LEFT + x + 4].copy_from_slice(pixels);
    }
}
