//! Joins the lanes of a YCbCr image into rows of RGB.

use crate::pixels::{Depth, FRACTION_BITS, Samples, sixteen_bits};
use std::collections::VecDeque;

/// Takes rows of three lanes of the same size and gives rows of pixels. Rows wait for those of the other lanes.
///
/// Lanes come as they were resampled, neither rounded nor clamped. Luminance that overshoots white would otherwise be cut
/// without what its colour differences overshoot, which leaves a coloured fringe where coloured text lies on white; and a
/// rounded difference is up to 0.9 of a sample in blue.
#[derive(Debug)]
pub(crate) struct Join {
    depth: Depth,
    rows: [VecDeque<Vec<i16>>; 3],
    short: Vec<u8>,
    long: Vec<u16>,
}

impl Join {
    /// To pixels with samples of this size.
    pub(crate) fn new(depth: Depth) -> Self {
        Self { depth, rows: Default::default(), short: Vec::new(), long: Vec::new() }
    }

    /// Takes the next row of a lane, of wide samples; hands on the row of pixels that it completes.
    pub(crate) fn push<E>(
        &mut self,
        lane: usize,
        row: &[i16],
        emit: &mut impl FnMut(Samples<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        if let Some(rows) = self.rows.get_mut(lane) {
            rows.push_back(row.to_vec());
        }
        if self.rows.iter().any(VecDeque::is_empty) {
            return Ok(());
        }
        let lanes = self.rows.each_mut().map(|rows| rows.pop_front().unwrap_or_default());
        match self.depth {
            Depth::Eight => {
                join(lanes, &mut self.short, eight_bits);
                emit(Samples::Eight(&self.short))
            }
            Depth::Sixteen => {
                join(lanes, &mut self.long, |sum| sixteen_bits(rounded::<WEIGHT_BITS>(sum)));
                emit(Samples::Sixteen(&self.long))
            }
        }
    }
}

/// Makes a row of pixels of a row of each lane, and samples of sums with [`WEIGHT_BITS`] more bits.
fn join<T: Copy + Default>([y, cb, cr]: [Vec<i16>; 3], row: &mut Vec<T>, sample: impl Fn(i32) -> T) {
    row.resize(3 * y.len(), T::default());
    let pixels = row.as_chunks_mut().0.iter_mut();
    pixels.zip(y).zip(cb).zip(cr).for_each(|(((to, y), cb), cr)| *to = rgb(y, cb, cr).map(&sample));
}

/// Fractional bits of what colour differences are multiplied by.
const WEIGHT_BITS: u32 = 14;

/// ITU-T T.871, section 7, for wide samples, with [`WEIGHT_BITS`] more bits.
fn rgb(y: i16, cb: i16, cr: i16) -> [i32; 3] {
    const MIDDLE: i32 = 128 << FRACTION_BITS;
    let (y, cb, cr) = (i32::from(y) << WEIGHT_BITS, i32::from(cb) - MIDDLE, i32::from(cr) - MIDDLE);
    // 1.402, 0.344136 and 0.714136, 1.772
    [y + 22_970 * cr, y - 5638 * cb - 11_700 * cr, y + 29_032 * cb]
}

/// A sum without its last bits.
fn rounded<const BITS: u32>(sum: i32) -> i32 {
    (sum + (1 << (BITS - 1))) >> BITS
}

fn eight_bits(sum: i32) -> u8 {
    rounded::<{ WEIGHT_BITS + FRACTION_BITS }>(sum).clamp(0, 255) as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    fn short(y: i16, cb: i16, cr: i16) -> [u8; 3] {
        rgb(y << FRACTION_BITS, cb << FRACTION_BITS, cr << FRACTION_BITS).map(eight_bits)
    }

    #[test]
    fn the_primaries_come_out_right() {
        assert_eq!(short(255, 128, 128), [255, 255, 255]);
        assert_eq!(short(0, 128, 128), [0, 0, 0]);
        assert_eq!(short(76, 85, 255), [254, 0, 0]);
        assert_eq!(short(150, 44, 21), [0, 255, 1]);
        assert_eq!(short(29, 255, 107), [0, 0, 254]);
    }

    #[test]
    fn long_samples_have_the_colours_of_short_ones() {
        for (y, cb, cr) in [(76, 85, 255), (150, 44, 21), (29, 255, 107), (90, 128, 128), (200, 140, 90)] {
            let sums = rgb(y << FRACTION_BITS, cb << FRACTION_BITS, cr << FRACTION_BITS);
            for sum in sums {
                let long = sixteen_bits(rounded::<WEIGHT_BITS>(sum));
                assert!(long.abs_diff(u16::from(eight_bits(sum)) * 257) <= 129);
            }
        }
    }

    #[test]
    fn no_lanes_overflow() {
        for y in [i16::MIN, i16::MAX] {
            for cb in [i16::MIN, i16::MAX] {
                for cr in [i16::MIN, i16::MAX] {
                    let signs = rgb(y, cb, cr).map(|sum| rounded::<WEIGHT_BITS>(sum).signum());
                    let exact = [
                        1.402 * f64::from(cr),
                        -0.344 * f64::from(cb) - 0.714 * f64::from(cr),
                        1.772 * f64::from(cb),
                    ];
                    let middle = [-1.402 * 8192.0, 1.058 * 8192.0, -1.772 * 8192.0];
                    for ((sign, exact), middle) in signs.into_iter().zip(exact).zip(middle) {
                        assert_eq!(f64::from(sign), (f64::from(y) + exact + middle).signum());
                    }
                }
            }
        }
    }

    #[test]
    fn white_that_overshoots_with_its_colour_is_white() {
        // What a filter makes of white next to blue text: more than white in red and green, and no less in blue.
        let wide = |sample: f64| (sample * 64.0) as i16;
        assert_eq!(rgb(wide(262.0), wide(124.5), wide(130.0)).map(eight_bits), [255; 3]);
        assert_eq!(rgb(wide(255.0), wide(124.5), wide(130.0)).map(eight_bits), [255, 255, 249]);
    }

    #[test]
    fn a_row_comes_out_when_its_last_lane_is_there() {
        let mut join = Join::new(Depth::Eight);
        let mut rows = Vec::new();
        for lane in [2, 0, 0, 1, 1, 2] {
            let row = if lane == 0 { [90 << 6, 100 << 6] } else { [128 << 6, 128 << 6] };
            let mut keep = |row: Samples<'_>| {
                let Samples::Eight(row) = row else { panic!("the row has more than 8 bits") };
                rows.push(row.to_vec());
                Ok::<_, ()>(())
            };
            join.push(lane, &row, &mut keep).unwrap();
        }
        assert_eq!(rows, [[90, 90, 90, 100, 100, 100], [90, 90, 90, 100, 100, 100]]);
    }
}
