//! Joins the lanes of a YCbCr image into rows of RGB.

use std::collections::VecDeque;

/// Takes rows of three lanes of the same size and gives rows of pixels. Rows wait for those of the other lanes.
#[derive(Debug, Default)]
pub(crate) struct Join {
    waiting: [VecDeque<Vec<u8>>; 3],
    row: Vec<u8>,
}

impl Join {
    /// Takes the next row of a lane; hands on the row of pixels that it completes.
    pub(crate) fn push<E>(
        &mut self,
        lane: usize,
        row: &[u8],
        emit: &mut impl FnMut(&[u8]) -> Result<(), E>,
    ) -> Result<(), E> {
        if let Some(waiting) = self.waiting.get_mut(lane) {
            waiting.push_back(row.to_vec());
        }
        if self.waiting.iter().any(VecDeque::is_empty) {
            return Ok(());
        }
        let [y, cb, cr] = self.waiting.each_mut().map(|rows| rows.pop_front().unwrap_or_default());
        self.row.clear();
        self.row.extend(y.iter().zip(&cb).zip(&cr).flat_map(|((&y, &cb), &cr)| rgb(y, cb, cr)));
        emit(&self.row)
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
    fn a_row_comes_out_when_its_last_lane_is_there() {
        let mut join = Join::default();
        let mut rows = Vec::new();
        for lane in [2, 0, 0, 1, 1, 2] {
            let row = if lane == 0 { [90, 100] } else { [128, 128] };
            let mut keep = |row: &[u8]| {
                rows.push(row.to_vec());
                Ok::<_, ()>(())
            };
            join.push(lane, &row, &mut keep).unwrap();
        }
        assert_eq!(rows, [[90, 90, 90, 100, 100, 100], [90, 90, 90, 100, 100, 100]]);
    }
}
