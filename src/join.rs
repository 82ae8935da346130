//! Joins the lanes of a YCbCr image into rows of RGB.

use crate::color::Weights;
use crate::pixels::Samples;
use std::collections::VecDeque;

/// Takes rows of three lanes of the same size and gives rows of pixels. Rows wait for those of the other lanes.
#[derive(Debug, Default)]
pub(crate) struct Join {
    short: Waiting<u8>,
    long: Waiting<u16>,
}

/// Rows that wait, with samples of one type, and the row that comes out.
#[derive(Debug, Default)]
struct Waiting<T> {
    rows: [VecDeque<Vec<T>>; 3],
    joined: Vec<T>,
}

impl Join {
    /// Takes the next row of a lane; hands on the row of pixels that it completes.
    pub(crate) fn push<E>(
        &mut self,
        lane: usize,
        row: Samples<'_>,
        emit: &mut impl FnMut(Samples<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        match row {
            Samples::Eight(row) => match self.short.push(lane, row, rgb) {
                Some(row) => emit(Samples::Eight(row)),
                None => Ok(()),
            },
            Samples::Sixteen(row) => match self.long.push(lane, row, long_rgb) {
                Some(row) => emit(Samples::Sixteen(row)),
                None => Ok(()),
            },
        }
    }
}

impl<T: Copy + Default> Waiting<T> {
    fn push(&mut self, lane: usize, row: &[T], rgb: impl Fn(T, T, T) -> [T; 3]) -> Option<&[T]> {
        if let Some(rows) = self.rows.get_mut(lane) {
            rows.push_back(row.to_vec());
        }
        if self.rows.iter().any(VecDeque::is_empty) {
            return None;
        }
        let [y, cb, cr] = self.rows.each_mut().map(|rows| rows.pop_front().unwrap_or_default());
        self.joined.resize(3 * y.len(), T::default());
        let pixels = self.joined.as_chunks_mut().0.iter_mut();
        pixels.zip(&y).zip(&cb).zip(&cr).for_each(|(((pixel, &y), &cb), &cr)| *pixel = rgb(y, cb, cr));
        Some(&self.joined)
    }
}

/// ITU-T T.871, section 7, in 16 fractional bits.
fn rgb(y: u8, cb: u8, cr: u8) -> [u8; 3] {
    const HALF: i32 = 1 << 15;
    let (y, cb, cr) = (i32::from(y) << 16, i32::from(cb) - 128, i32::from(cr) - 128);
    let sample = |sum: i32| ((sum + HALF) >> 16).clamp(0, 255) as u8;
    // 1.402, 0.344136 and 0.714136, 1.772
    [sample(y + 91_881 * cr), sample(y - 22_553 * cb - 46_802 * cr), sample(y + 116_130 * cb)]
}

/// The same for 16-bit samples, 257 times as large, in 14 fractional bits.
fn long_rgb(y: u16, cb: u16, cr: u16) -> [u16; 3] {
    const WEIGHTS: Weights =
        Weights { columns: [[1 << 14; 3], [0, -5638, 29_032], [22_970, -11_700, 0]], bits: 14 };
    WEIGHTS.sums([i32::from(y), i32::from(cb) - 128 * 257, i32::from(cr) - 128 * 257])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_primaries_come_out_right() {
        assert_eq!(rgb(255, 128, 128), [255, 255, 255]);
        assert_eq!(rgb(0, 128, 128), [0, 0, 0]);
        assert_eq!(rgb(76, 85, 255), [254, 0, 0]);
        assert_eq!(rgb(150, 44, 21), [0, 255, 1]);
        assert_eq!(rgb(29, 255, 107), [0, 0, 254]);
    }

    #[test]
    fn long_samples_have_the_colours_of_short_ones() {
        for (y, cb, cr) in [(76, 85, 255), (150, 44, 21), (29, 255, 107), (90, 128, 128), (200, 140, 90)] {
            let long = long_rgb(y * 257, cb * 257, cr * 257);
            let short = rgb(y as u8, cb as u8, cr as u8);
            assert!(long.iter().zip(short).all(|(long, short)| long.abs_diff(u16::from(short) * 257) <= 129));
        }
    }

    #[test]
    fn a_row_comes_out_when_its_last_lane_is_there() {
        let mut join = Join::default();
        let mut rows = Vec::new();
        for lane in [2, 0, 0, 1, 1, 2] {
            let row = if lane == 0 { [90, 100] } else { [128, 128] };
            let mut keep = |row: Samples<'_>| {
                let Samples::Eight(row) = row else { panic!("the row has 16 bits") };
                rows.push(row.to_vec());
                Ok::<_, ()>(())
            };
            join.push(lane, Samples::Eight(&row), &mut keep).unwrap();
        }
        assert_eq!(rows, [[90, 90, 90, 100, 100, 100], [90, 90, 90, 100, 100, 100]]);
    }
}
