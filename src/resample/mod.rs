//! Separable resampling of rows as they come.
//!
//! Rows are widened to 16 bits (premultiplied by alpha where there is one), gathered in batches, and added into the
//! accumulators of the few output rows they contribute to; a finished output row is then resampled across. Doing the
//! vertical pass first leaves the horizontal one only the output's rows to work on, and accumulators instead of a ring of
//! input rows bound the memory by the filter's support, however strong the reduction.
//!
//! All arithmetic on pixels is in integers, so that every machine gives the same bytes.

mod filter;
mod kernel;
mod samples;

use crate::Filter;
use crate::color::Light;
use crate::pixels::{Depth, FRACTION_BITS, Samples, narrow};
use crate::plan::Axis;
use filter::Weights;
use samples::{Converter, widen_sample};

/// The rows of a lane: those that come and those that come out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Sampling {
    /// Samples of a pixel.
    pub samples: usize,
    /// Whether the last of them is alpha.
    pub alpha: bool,
    /// The bits of the samples that come.
    pub from: Depth,
    /// The samples that come out.
    pub to: Form,
    /// Whether samples of sRGB are averaged as the light that they stand for.
    pub linear: bool,
}

/// The samples that come out of a resampler.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// Clamped, with these bits.
    Bits(Depth),
    /// As they were calculated with: see [`Samples::Wide`].
    Wide,
}

impl Form {
    /// Bytes of a sample.
    fn bytes(self) -> usize {
        match self {
            Self::Bits(depth) => depth.bytes(),
            Self::Wide => size_of::<i16>(),
        }
    }
}

/// Input rows that are added into the accumulators at once.
const BATCH: usize = 4;

/// What things cost, in units of [`crate::Limits::work`].
mod work {
    /// Widening or narrowing a sample; one of 16 bits, or through a table.
    pub(super) const SAMPLE: u64 = 2;
    pub(super) const LONG_SAMPLE: u64 = 12;
    /// Multiplying or dividing a pixel by its alpha.
    pub(super) const PREMULTIPLIED: u64 = 40;
    /// Handling a row of input or output, without its samples.
    pub(super) const ROW: u64 = 1500;
    /// Computing a weight: two sines for most filters.
    pub(super) const WEIGHT: u64 = 200;
    /// Multiplying a sample by a weight, in eighths of a unit.
    pub(super) const TAP_DOWN: u64 = 6;
    pub(super) const TAP_ACROSS: u64 = 6;
    pub(super) const EIGHTHS: u64 = 8;
}

/// Turns the rows of a lane into those of the resampled lane.
#[derive(Debug)]
pub(crate) struct Resampler {
    sampling: Sampling,
    /// Index of the next input row.
    next_row: u32,
    work: Work,
}

#[derive(Debug)]
enum Work {
    /// The result is a part of the input, pixel by pixel.
    Copy {
        x: u32,
        width: u32,
        y: u32,
        height: u32,
        row: Row,
    },
    Filter(Box<Filtering>),
}

impl Resampler {
    /// Prepares to resample a lane with these axes.
    pub(crate) fn new(filter: Filter, (x, y): (Axis, Axis), sampling: Sampling) -> Self {
        let work = match (x.copied_from(), y.copied_from()) {
            (Some(left), Some(top)) => {
                let row = Row::new(sampling.to, 0);
                Work::Copy { x: left, width: x.size, y: top, height: y.size, row }
            }
            _ => Work::Filter(Box::new(Filtering::new(filter, (x, y), sampling))),
        };
        Self { sampling, next_row: 0, work }
    }

    /// Predicts the bytes that a resampler for these axes holds.
    pub(crate) fn memory((x, y): (Axis, Axis), sampling: Sampling) -> u64 {
        let Sampling { samples, to, linear, .. } = sampling;
        let taps = |axis: &Axis| (axis.ratio().max(1.0) * 6.0 + 2.0) as u64 * u64::from(axis.size);
        let weights = 2 * (taps(&x) + taps(&y));
        let overlap = (6.0 / y.ratio().min(1.0) + 2.0) as u64 + BATCH as u64;
        let line = u64::from(x.high - x.low) * samples as u64;
        let out = u64::from(x.size) * samples as u64;
        let light = if linear { Light::MEMORY } else { 0 };
        weights + line * (4 * overlap + 2 * BATCH as u64 + 2) + (2 + to.bytes() as u64) * out + light
    }

    /// Predicts the work of a resampler for these axes, in units of [`crate::Limits::work`].
    pub(crate) fn work(filter: Filter, (x, y): (Axis, Axis), sampling: Sampling) -> u64 {
        let Sampling { samples, alpha, from, to, linear } = sampling;
        let count = samples as u64;
        let (columns, rows) = (u64::from(x.high - x.low), u64::from(y.high - y.low));
        let out = u64::from(x.size) * u64::from(y.size) * count;
        if x.copied_from().is_some() && y.copied_from().is_some() {
            let plain = (from, to) == (Depth::Eight, Form::Bits(Depth::Eight));
            return out * if plain { 1 } else { work::LONG_SAMPLE } + rows * work::ROW;
        }
        let taps = |axis: &Axis| filter::taps(filter, axis);
        let sample = |long| if long || linear { work::LONG_SAMPLE } else { work::SAMPLE };
        let widened = rows * columns * count * sample(from == Depth::Sixteen);
        let down = taps(&y) * columns * count * work::TAP_DOWN;
        let across = taps(&x) * u64::from(y.size) * count * work::TAP_ACROSS;
        let rows = rows + u64::from(y.size);
        let pixels = rows * columns + u64::from(x.size) * u64::from(y.size);
        let premultiplied = if alpha { pixels * work::PREMULTIPLIED } else { 0 };
        let weights = (taps(&x) + taps(&y)) * work::WEIGHT;
        weights
            + premultiplied
            + widened
            + (down + across) / work::EIGHTHS
            + out * sample(to == Form::Bits(Depth::Sixteen))
            + rows * work::ROW
            + if linear { Light::WORK } else { 0 }
    }

    /// Takes the lane's next row. What it completes comes by [`Resampler::emit`], before the next row is pushed; a row that
    /// is only copied is handed on at once.
    pub(crate) fn push<E>(
        &mut self,
        row: &[u8],
        emit: &mut impl FnMut(Samples<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        let index = self.next_row;
        self.next_row += 1;
        match &mut self.work {
            Work::Copy { x, width, y, height, row: copy } => {
                let bytes = self.sampling.samples * self.sampling.from.bytes();
                let part = row.get(*x as usize * bytes..(*x + *width) as usize * bytes);
                match part {
                    Some(part) if (*y..*y + *height).contains(&index) => {
                        emit(copy.copied(part, self.sampling.from))
                    }
                    _ => Ok(()),
                }
            }
            Work::Filter(filtering) => {
                filtering.push(index, row);
                Ok(())
            }
        }
    }

    /// Hands on a row that is complete; false if none is.
    pub(crate) fn emit<E>(&mut self, emit: &mut impl FnMut(Samples<'_>) -> Result<(), E>) -> Result<bool, E> {
        match &mut self.work {
            Work::Copy { .. } => Ok(false),
            Work::Filter(filtering) => filtering.emit(emit),
        }
    }

    /// Prepares for the rows of another image of the same size.
    pub(crate) fn restart(&mut self) {
        self.next_row = 0;
        if let Work::Filter(filtering) = &mut self.work {
            (filtering.next_out, filtering.started) = (0, 0);
            (filtering.batched, filtering.batch_start) = (0, filtering.top);
        }
    }

    /// The rows that have been pushed and handed on, of those that the result needs and has.
    pub(crate) fn progress(&self) -> (u64, u64) {
        let (last, out, rows) = match &self.work {
            Work::Copy { y, height, .. } => (y + height, 0, 0),
            Work::Filter(filtering) => (filtering.bottom, filtering.next_out, filtering.rows.len()),
        };
        (u64::from(self.next_row.min(last)) + out as u64, u64::from(last) + rows as u64)
    }

    /// Whether all rows that the result needs have been pushed.
    pub(crate) fn is_complete(&self) -> bool {
        match &self.work {
            Work::Copy { y, height, .. } => self.next_row >= y + height,
            Work::Filter(filtering) => filtering.next_out >= filtering.rows.len(),
        }
    }
}

/// A row on its way out.
#[derive(Debug)]
enum Row {
    Eight(Vec<u8>),
    Sixteen(Vec<u16>),
    Wide(Vec<i16>),
}

impl Row {
    fn new(form: Form, samples: usize) -> Self {
        match form {
            Form::Bits(Depth::Eight) => Self::Eight(vec![0; samples]),
            Form::Bits(Depth::Sixteen) => Self::Sixteen(vec![0; samples]),
            Form::Wide => Self::Wide(vec![0; samples]),
        }
    }

    fn samples(&self) -> Samples<'_> {
        match self {
            Self::Eight(row) => Samples::Eight(row),
            Self::Sixteen(row) => Samples::Sixteen(row),
            Self::Wide(row) => Samples::Wide(row),
        }
    }

    /// The row with samples that came with a depth.
    fn copied<'a>(&'a mut self, from: &'a [u8], depth: Depth) -> Samples<'a> {
        let long = || from.as_chunks().0.iter().map(|&bytes| u16::from_be_bytes(bytes));
        match (&mut *self, depth) {
            (Self::Eight(_), Depth::Eight) => return Samples::Eight(from),
            (Self::Eight(row), Depth::Sixteen) => {
                row.clear();
                row.extend(long().map(narrow));
            }
            (Self::Sixteen(row), Depth::Eight) => {
                row.clear();
                row.extend(from.iter().map(|&sample| u16::from(sample) * 257));
            }
            (Self::Sixteen(row), Depth::Sixteen) => {
                row.clear();
                row.extend(long());
            }
            (Self::Wide(row), Depth::Eight) => {
                row.clear();
                row.extend(from.iter().map(|&sample| i16::from(sample) << FRACTION_BITS));
            }
            (Self::Wide(row), Depth::Sixteen) => {
                row.clear();
                row.extend(long().map(widen_sample));
            }
        }
        self.samples()
    }
}

#[derive(Debug)]
struct Filtering {
    converter: Converter,
    /// Bytes of a pixel that comes.
    pixel: usize,
    rows: Weights,
    across: kernel::Across,
    /// The first input column and row that contribute, and the row after the last.
    left: u32,
    top: u32,
    bottom: u32,
    /// Samples of the needed part of an input row.
    line: usize,
    /// Up to `BATCH` widened input rows, one after the other.
    batch: Vec<i16>,
    batched: usize,
    /// Index of the input row that the batch starts with.
    batch_start: u32,
    /// Accumulators of the output rows under way, row `i` at slot `i % slots`.
    accumulators: Vec<i32>,
    slots: usize,
    /// Output rows that have an accumulator, from the next to come out to the one after the last started.
    next_out: usize,
    started: usize,
    /// A row between the two passes, and one of the result before and after narrowing.
    between: Vec<i16>,
    wide: Vec<i16>,
    row: Row,
}

impl Filtering {
    fn new(filter: Filter, (x, y): (Axis, Axis), sampling: Sampling) -> Self {
        let Sampling { samples, from, to, .. } = sampling;
        let rows = Weights::new(filter, &y);
        let columns = Weights::new(filter, &x);
        let (left, right) = columns.range();
        let (top, bottom) = rows.range();
        let line = (right - left) as usize * samples;
        let slots = rows.overlap(BATCH);
        let out = columns.len() * samples;
        Self {
            converter: Converter::new(sampling),
            pixel: samples * from.bytes(),
            across: kernel::Across::new(&columns, left as usize, samples),
            left,
            top,
            bottom,
            line,
            batch: vec![0; line * BATCH],
            batched: 0,
            batch_start: top,
            accumulators: vec![0; line * slots],
            slots,
            next_out: 0,
            started: 0,
            between: vec![0; line + kernel::OVERREAD],
            wide: vec![0; out],
            row: Row::new(to, out),
            rows,
        }
    }

    fn push(&mut self, index: u32, row: &[u8]) {
        if index < self.top || index >= self.bottom {
            return;
        }
        let needed = row.get(self.left as usize * self.pixel..).unwrap_or_default();
        if let Some(slot) = self.batch.chunks_exact_mut(self.line).nth(self.batched) {
            self.converter.widen(needed, slot);
        }
        self.batched += 1;
        if self.batched == BATCH || index + 1 == self.bottom {
            self.accumulate();
        }
    }

    /// Adds the batch into every output row that it contributes to.
    fn accumulate(&mut self) {
        let end = self.batch_start as usize + BATCH;
        while self.started < self.rows.len() && self.rows.of(self.started).0 < end {
            let slot = self.started % self.slots;
            if let Some(accumulator) = self.accumulators.chunks_exact_mut(self.line).nth(slot) {
                accumulator.fill(kernel::ROUNDING);
            }
            self.started += 1;
        }
        for pixel in self.next_out..self.started {
            let weights = self.batch_weights(pixel);
            let slot = pixel % self.slots;
            if let Some(accumulator) = self.accumulators.chunks_exact_mut(self.line).nth(slot) {
                kernel::add_batch(accumulator, &self.batch, weights);
            }
        }
        self.batch_start += self.batched as u32;
        self.batched = 0;
    }

    /// The weights that an output row gives to the rows of the batch.
    fn batch_weights(&self, pixel: usize) -> [i16; BATCH] {
        let (start, weights) = self.rows.of(pixel);
        let mut of_batch = [0; BATCH];
        for (row, weight) in of_batch.iter_mut().enumerate().take(self.batched) {
            let tap = (self.batch_start as usize + row).checked_sub(start);
            *weight = tap.and_then(|tap| weights.get(tap)).copied().unwrap_or(0);
        }
        of_batch
    }

    /// Resamples across and hands on the next output row if its last input row has been added.
    fn emit<E>(&mut self, emit: &mut impl FnMut(Samples<'_>) -> Result<(), E>) -> Result<bool, E> {
        if self.next_out >= self.started {
            return Ok(false);
        }
        let (start, weights) = self.rows.of(self.next_out);
        if start + weights.len() > self.batch_start as usize {
            return Ok(false);
        }
        let slot = self.next_out % self.slots;
        if let Some(accumulator) = self.accumulators.chunks_exact(self.line).nth(slot) {
            kernel::narrow_accumulator(accumulator, &mut self.between);
        }
        self.across.resample(&self.between, &mut self.wide);
        match &mut self.row {
            Row::Eight(row) => self.converter.narrow(&self.wide, row),
            Row::Sixteen(row) => self.converter.narrow_to_sixteen(&self.wide, row),
            Row::Wide(row) => core::mem::swap(row, &mut self.wide),
        }
        self.next_out += 1;
        emit(self.row.samples()).map(|()| true)
    }
}
