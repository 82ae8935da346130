//! The ALPH chunk (RFC 9649, 2.7.1.2): the alpha channel of a lossy image, a row at a time.

use super::budget::Budget;
use super::error::{DecodeError, Flaw};
use super::lossless::Lossless;
use super::progress::{Progress, Stop};
use alloc::boxed::Box;
use alloc::vec;
use alloc::vec::Vec;

/// An alpha channel, in the course of being decoded.
pub(crate) struct Alpha {
    data: Vec<u8>,
    /// Bytes of the data that have been used.
    used: usize,
    coding: Coding,
    filter: Filter,
    /// The row made last, and before that an opaque one; and the row before it.
    row: Vec<u8>,
    above: Vec<u8>,
    rows: usize,
    flaw: Option<Flaw>,
}

enum Coding {
    Raw,
    Lossless(Box<Lossless>),
}

/// How values are predicted from those before them.
#[derive(Clone, Copy)]
enum Filter {
    None,
    Horizontal,
    Vertical,
    Gradient,
}

impl Alpha {
    /// Bytes that decoding holds for certain, apart from the data, and those to count in advance.
    pub(crate) fn memory(data: &[u8], width: u32, height: u32) -> (u64, u64) {
        let rows = 2 * u64::from(width);
        match data.first() {
            Some(flags) if flags & 3 == 1 => {
                let lossless = Lossless::memory(width, height) + size_of::<Lossless>() as u64;
                (rows + lossless, Lossless::allowance(width, height))
            }
            _ => (rows, 0),
        }
    }

    /// Prepares to decode a chunk. The caller counts [`Alpha::memory`].
    pub(crate) fn new(data: Vec<u8>, width: u32, height: u32) -> Self {
        let flags = data.first().copied();
        let coding = match flags.map(|flags| flags & 3) {
            Some(1) => Coding::Lossless(Box::new(Lossless::new(width, height))),
            _ => Coding::Raw,
        };
        let filter = match flags.map(|flags| flags >> 2 & 3) {
            Some(1) => Filter::Horizontal,
            Some(2) => Filter::Vertical,
            Some(3) => Filter::Gradient,
            _ => Filter::None,
        };
        // The bits above name what an encoder did to the levels, which there is no need to know.
        let known = flags.is_some_and(|flags| flags & 3 <= 1);
        let flaw = (!known).then_some(Flaw::BadAlpha);
        let opaque = || vec![u8::MAX; width as usize];
        Self { data, used: 1, coding, filter, row: opaque(), above: opaque(), rows: 0, flaw }
    }

    /// Makes the next row. If the data is damaged it is the row before, and [`Alpha::flaw`] says so.
    ///
    /// # Errors
    ///
    /// If the data demands more memory than the budget has.
    pub(crate) fn next_row(&mut self, budget: &mut Budget) -> Result<&[u8], DecodeError> {
        if self.flaw.is_none() {
            self.above.copy_from_slice(&self.row);
            if self.read_row(budget)? {
                self.unfilter();
            } else {
                self.row.copy_from_slice(&self.above);
                self.flaw = Some(Flaw::BadAlpha);
            }
            self.rows += 1;
        }
        Ok(&self.row)
    }

    /// The flaw found in the data so far.
    pub(crate) fn flaw(&self) -> Option<Flaw> {
        self.flaw
    }

    /// Rough number of instructions so far.
    pub(crate) fn work(&self) -> u64 {
        let decoding = match &self.coding {
            Coding::Raw => 0,
            Coding::Lossless(lossless) => lossless.work(),
        };
        decoding + 20 * self.rows as u64 * self.row.len() as u64
    }

    /// Reads a row of filtered values. Returns whether it was there.
    fn read_row(&mut self, budget: &mut Budget) -> Result<bool, DecodeError> {
        let rest = self.data.get(self.used..).unwrap_or_default();
        match &mut self.coding {
            Coding::Raw => {
                let Some(values) = rest.get(..self.row.len()) else { return Ok(false) };
                self.row.copy_from_slice(values);
                self.used += values.len();
            }
            Coding::Lossless(lossless) => {
                match lossless.next_row(rest, true, budget) {
                    Ok(Progress::Row) => {}
                    Ok(Progress::NeedInput) | Err(Stop::Flaw(_)) => return Ok(false),
                    Err(Stop::Error(error)) => return Err(error),
                }
                self.used += lossless.used(rest.len());
                for (value, pixel) in self.row.iter_mut().zip(lossless.row()) {
                    *value = (pixel >> 8) as u8;
                }
            }
        }
        Ok(true)
    }

    /// Adds the predictions. In the first row they are the values to the left, and in the first column, those above.
    fn unfilter(&mut self) {
        let first = self.rows == 0;
        let (Some((start, values)), Some((&above_start, above))) =
            (self.row.split_first_mut(), self.above.split_first())
        else {
            return;
        };
        if matches!(self.filter, Filter::None) {
            return;
        }
        *start = start.wrapping_add(if first { 0 } else { above_start });
        let mut left = *start;
        match self.filter {
            Filter::Vertical if !first => {
                values.iter_mut().zip(above).for_each(|(value, above)| *value = value.wrapping_add(*above));
            }
            Filter::Gradient if !first => {
                let mut above_left = above_start;
                for (value, &above) in values.iter_mut().zip(above) {
                    let gradient = i32::from(left) + i32::from(above) - i32::from(above_left);
                    left = value.wrapping_add(gradient.clamp(0, 255) as u8);
                    *value = left;
                    above_left = above;
                }
            }
            _ => {
                for value in values {
                    left = value.wrapping_add(left);
                    *value = left;
                }
            }
        }
    }
}
