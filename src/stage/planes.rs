//! Gives planes the colours that they are to have, without making whole pixels of them.

use super::{Cost, Shape};
use crate::Result;
use crate::color::{Conversion, LUMA};
use crate::geometry::Transform;
use std::collections::VecDeque;

/// Takes rows of YCbCr with 16-bit samples straight from the resampler, chroma at half of the width and height, and gives
/// the same with bytes. Two rows of luminance wait for the rows of chroma that they share.
#[derive(Debug)]
pub(crate) struct ConvertPlanes {
    conversion: Conversion<u8>,
    /// Pixels of all rows.
    shape: Shape,
    /// Whether the first column or the first row shares its chroma with none.
    alone: (bool, bool),
    /// Rows of luminance that have been converted.
    done: u32,
    waiting: [VecDeque<Vec<u16>>; 3],
    /// Two rows of luminance, and one of each chroma.
    rows: [Vec<u8>; 4],
}

/// Rows of luminance, one or two, and the rows of chroma that they share.
struct Shared {
    upper: Vec<u16>,
    lower: Option<Vec<u16>>,
    cb: Vec<u16>,
    cr: Vec<u16>,
}

impl ConvertPlanes {
    /// For an image of this shape, which is transformed later: then, chroma is shared from its first row and column on.
    pub(crate) fn new(shape: Shape, transform: Transform, conversion: Conversion<u8>) -> Self {
        let (mirror_x, mirror_y) = transform.size(transform.mirror_x, transform.mirror_y);
        let alone = (mirror_x && shape.width % 2 == 1, mirror_y && shape.height % 2 == 1);
        Self { conversion, shape, alone, done: 0, waiting: Default::default(), rows: Default::default() }
    }

    /// Predicts what it costs.
    pub(crate) fn cost(&self) -> Cost {
        // Two rows of luminance and two halves of one, with three bytes of each sample.
        let rows = 3 * 3 * self.luma_length() as u64;
        Cost { memory: self.conversion.memory() + rows, work: self.conversion.work(self.shape.pixels()) }
    }

    /// Samples of luminance that are converted of a row.
    fn luma_length(&self) -> usize {
        (self.shape.width as usize + 1).next_multiple_of(LUMA)
    }

    /// Takes the next row of a plane, and hands on those that it completes.
    pub(crate) fn push(
        &mut self,
        plane: usize,
        row: &[u16],
        next: &mut dyn FnMut(usize, &[u8]) -> Result<()>,
    ) -> Result<()> {
        let length = self.luma_length();
        let (before, length) = if plane == 0 { (self.alone.0.into(), length) } else { (0, length / 2) };
        if let Some(rows) = self.waiting.get_mut(plane) {
            rows.push_back(lengthened(row, before, length));
        }
        match self.waiting_rows() {
            Some(shared) => self.convert(&shared, next),
            None => Ok(()),
        }
    }

    /// Takes the next rows that share their chroma.
    fn waiting_rows(&mut self) -> Option<Shared> {
        let alone = self.alone.1 && self.done == 0 || self.done + 1 == self.shape.height;
        let [y, cb, cr] = &mut self.waiting;
        if cb.is_empty() || cr.is_empty() || y.len() < if alone { 1 } else { 2 } {
            return None;
        }
        let upper = y.pop_front()?;
        let lower = if alone { None } else { y.pop_front() };
        Some(Shared { upper, lower, cb: cb.pop_front()?, cr: cr.pop_front()? })
    }

    fn convert(&mut self, shared: &Shared, next: &mut dyn FnMut(usize, &[u8]) -> Result<()>) -> Result<()> {
        let Shared { upper, lower, cb, cr } = shared;
        let from = [upper, lower.as_ref().unwrap_or(upper), cb, cr];
        for (row, from) in self.rows.iter_mut().zip(from) {
            row.resize(from.len(), 0);
        }
        self.conversion.convert_planes(from.map(Vec::as_slice), self.rows.each_mut().map(Vec::as_mut_slice));
        let (first, width) = (usize::from(self.alone.0), self.shape.width as usize);
        let [upper_row, lower_row, cb, cr] = self.rows.each_ref().map(Vec::as_slice);
        let mut hand_on = |plane, row: &[u8], first: usize, width: usize| {
            next(plane, row.get(first..first + width).unwrap_or_default())
        };
        hand_on(0, upper_row, first, width)?;
        if lower.is_some() {
            hand_on(0, lower_row, first, width)?;
        }
        self.done += if lower.is_some() { 2 } else { 1 };
        [(1, cb), (2, cr)].into_iter().try_for_each(|(plane, row)| hand_on(plane, row, 0, width.div_ceil(2)))
    }
}

/// A row with its first sample repeated before it, and its last to this length.
fn lengthened(row: &[u16], before: usize, length: usize) -> Vec<u16> {
    let mut long = Vec::with_capacity(length);
    long.extend(row.first().into_iter().take(before));
    long.extend_from_slice(row);
    long.resize(length, row.last().copied().unwrap_or(0));
    long
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::color::{Chromaticities, Model, Space, Transfer};
    use crate::pixels::{Channels, Depth};

    /// The rows that come out for these, given plane by plane: those of luminance first, or last.
    fn converted(
        y: &[Vec<u16>],
        cb: &[Vec<u16>],
        cr: &[Vec<u16>],
        transform: Transform,
        luma_last: bool,
    ) -> [Vec<Vec<u8>>; 3] {
        let p3 = Chromaticities {
            red: [0.68, 0.32],
            green: [0.265, 0.69],
            blue: [0.15, 0.06],
            ..Chromaticities::BT709
        };
        let space = Space::of_chromaticities(p3, Transfer::Srgb, Model::Rgb).unwrap();
        let shape = Shape {
            width: y[0].len() as u32,
            height: y.len() as u32,
            channels: Channels::Gray,
            depth: Depth::Eight,
        };
        let mut stage = ConvertPlanes::new(shape, transform, Conversion::new(&space).unwrap());
        let mut rows: [Vec<Vec<u8>>; 3] = Default::default();
        let order = if luma_last { [1, 2, 0] } else { [0, 2, 1] };
        for plane in order {
            for row in [y, cb, cr][plane] {
                let mut keep = |plane: usize, row: &[u8]| {
                    rows[plane].push(row.to_vec());
                    Ok(())
                };
                stage.push(plane, row, &mut keep).unwrap();
            }
        }
        rows
    }

    fn gray(width: usize, height: usize) -> Vec<Vec<u16>> {
        (0..height).map(|y| (0..width).map(|x| ((y * 9 + x * 5) % 256 * 257) as u16).collect()).collect()
    }

    #[test]
    fn planes_of_any_size_come_out_complete_in_any_order_and_gray_as_it_was() {
        for (width, height) in [(1, 1), (2, 2), (3, 5), (16, 4), (17, 3), (31, 7), (33, 2)] {
            for (mirror_x, mirror_y, luma_last) in
                [(false, false, false), (true, false, true), (false, true, false), (true, true, true)]
            {
                let y = gray(width, height);
                let chroma = vec![vec![128 * 257; width.div_ceil(2)]; height.div_ceil(2)];
                let transform = Transform { mirror_x, mirror_y, ..Transform::default() };
                let [luma, cb, cr] = converted(&y, &chroma, &chroma, transform, luma_last);
                assert_eq!(
                    (luma.len(), cb.len(), cr.len()),
                    (height, height.div_ceil(2), height.div_ceil(2))
                );
                for (made, row) in luma.iter().zip(&y) {
                    assert_eq!(made.len(), width);
                    assert!(
                        made.iter()
                            .zip(row)
                            .all(|(&made, &sample)| u16::from(made).abs_diff(sample / 257) <= 1)
                    );
                }
                assert!(cb.iter().chain(&cr).all(|row| *row == vec![128; width.div_ceil(2)]));
            }
        }
    }

    #[test]
    fn pixels_share_the_chroma_that_they_have_after_mirroring() {
        // Three columns and rows: of two samples of chroma, one has a single column or row.
        let y = vec![vec![100 * 257; 3]; 3];
        let (cb, cr) = (vec![vec![128 * 257; 2]; 2], vec![vec![128 * 257, 200 * 257]; 2]);
        let differs = |mirror_x| {
            let transform = Transform { mirror_x, ..Transform::default() };
            let [luma, ..] = converted(&y, &cb, &cr, transform, false);
            luma[0].iter().map(|&sample| sample != luma[0][0]).collect::<Vec<_>>()
        };
        assert_eq!(differs(false), [false, false, true]);
        assert_eq!(differs(true), [false, true, true]);
    }
}
