//! Predictions of a subblock in every mode (RFC 6386, 12.3).
#![allow(clippy::indexing_slicing)] // places in arrays of constant size

use crate::vp8::modes::SubMode;
use crate::vp8::predict::{LEFT, LumaSpace};

/// Every mode, in the order of its number.
pub(super) const SUB_MODES: [SubMode; 10] = [
    SubMode::Dc,
    SubMode::TrueMotion,
    SubMode::Vertical,
    SubMode::Horizontal,
    SubMode::LeftDown,
    SubMode::RightDown,
    SubMode::VerticalRight,
    SubMode::VerticalLeft,
    SubMode::HorizontalDown,
    SubMode::HorizontalUp,
];

/// The rows of two predictions next to each other.
pub(super) type PairRows = [[u8; 8]; 4];

/// The pixels around a subblock, from the one to the left of its last row, by the corner, to the one above and four to
/// the right of its last column.
#[inline(always)]
pub(super) fn edge(space: &LumaSpace, x: usize, y: usize) -> [u8; 13] {
    let above = &space[y];
    core::array::from_fn(|at| if at < 4 { space[y + 4 - at][LEFT + x - 1] } else { above[LEFT + x + at - 5] })
}

/// The predictions in every mode, in the order of their numbers, by pairs.
#[inline(always)]
pub(super) fn all_modes(e: &[u8; 13]) -> [PairRows; 5] {
    let wide = e.map(u16::from);
    // Means of two neighbours, and of three, the middle one counted twice; beyond the ends, the last repeats.
    let two: [u8; 12] = core::array::from_fn(|at| ((wide[at] + wide[at + 1] + 1) >> 1) as u8);
    let three: [u8; 11] =
        core::array::from_fn(|at| ((wide[at] + 2 * wide[at + 1] + wide[at + 2] + 2) >> 2) as u8);
    let (first, last) = (three_of(e[1], e[0]), three_of(e[11], e[12]));
    let sum: u16 = wide[..4].iter().sum::<u16>() + wide[5..9].iter().sum::<u16>();
    let dc = u32::from_le_bytes([((sum + 4) >> 3) as u8; 4]);
    let motion = |row: usize| {
        let difference = wide[3 - row] as i16 - wide[4] as i16;
        let pixels: [u8; 4] =
            core::array::from_fn(|column| (wide[5 + column] as i16 + difference).clamp(0, 255) as u8);
        u32::from_le_bytes(pixels)
    };
    let horizontal = [three[2], three[1], three[0], first].map(|pixel| u32::from_le_bytes([pixel; 4]));
    let down = [three[5], three[6], three[7], three[8], three[9], three[10], last];
    // From the bottom to the top, and on to the right; and to the bottom, where the last repeats.
    let [t0, t1, t2, t3, t4, t5, ..] = three;
    let upwards = [two[0], t0, two[1], t1, two[2], t2, two[3], t3, t4, t5];
    let downwards = [two[2], t1, two[1], t0, two[0], first, e[0], e[0], e[0], e[0]];
    let (above_two, above_three) = (word(&two, 4), word(&three, 3));
    let vertical_right =
        [above_two, above_three, above_two << 8 | u32::from(t2), above_three << 8 | u32::from(t1)];
    let replaced = |word: u32, last: u8| word & 0xFF_FFFF | u32::from(last) << 24;
    let vertical_left = [
        word(&two, 5),
        word(&three, 5),
        replaced(word(&two, 6), three[9]),
        replaced(word(&three, 6), three[10]),
    ];
    [
        core::array::from_fn(|row| join(dc, motion(row))),
        core::array::from_fn(|row| join(word(&three, 4), horizontal[row])),
        core::array::from_fn(|row| join(word(&down, row), word(&three, 3 - row))),
        core::array::from_fn(|row| join(vertical_right[row], vertical_left[row])),
        core::array::from_fn(|row| join(word(&upwards, 6 - 2 * row), word(&downwards, 2 * row))),
    ]
}

/// The mean of three pixels, of which the last two are the same.
#[inline(always)]
fn three_of(a: u8, b: u8) -> u8 {
    ((u32::from(a) + 3 * u32::from(b) + 2) >> 2) as u8
}

/// Four pixels from a place on.
#[inline(always)]
pub(super) fn word(pixels: &[u8], place: usize) -> u32 {
    pixels
        .get(place..)
        .and_then(|pixels| pixels.first_chunk())
        .map_or(0, |&pixels| u32::from_le_bytes(pixels))
}

/// Two rows of four pixels as one.
#[inline(always)]
pub(super) fn join(first: u32, second: u32) -> [u8; 8] {
    (u64::from(first) | u64::from(second) << 32).to_le_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vp8::predict::predict_subblock;

    #[test]
    fn every_mode_predicts_what_the_decoder_does() {
        let mut seed = 3u32;
        for _ in 0..200 {
            let space: LumaSpace = core::array::from_fn(|_| {
                core::array::from_fn(|_| {
                    seed = seed.wrapping_mul(1664525).wrapping_add(1013904223);
                    (seed >> 24) as u8
                })
            });
            for (x, y) in [(0, 0), (8, 4), (12, 12)] {
                let pairs = all_modes(&edge(&space, x, y));
                for (number, mode) in SUB_MODES.into_iter().enumerate() {
                    let mut expected = space;
                    predict_subblock(&mut expected, x, y, mode);
                    assert_eq!(mode as usize, number);
                    for row in 0..4 {
                        let half = &pairs[number / 2][row][number % 2 * 4..][..4];
                        assert_eq!(half, &expected[y + 1 + row][LEFT + x..][..4], "{mode:?}");
                    }
                }
            }
        }
    }
}
