//! Integer tables that convert samples to sRGB.

use super::curve::{Curve, ENTRIES, srgb_sample, tabulated};
use super::lut::lab_to_xyz;
use super::matrix::Matrix;
use super::space::{Kind, Space, Through};
use super::weigh::Weights;
use crate::pixels::{Channels, narrow};

/// A sample that comes out.
pub(crate) trait Sample: Copy + Default {
    /// The nearest to a number from 0 to 1.
    fn of_unit(value: f64) -> Self;

    /// The nearest to one of 16 bits.
    fn of_long(sample: u16) -> Self;

    /// The value of a table for a sample.
    fn at(table: &Table<Self>, sample: u16) -> Self;
}

impl Sample for u8 {
    fn of_unit(value: f64) -> Self {
        (value * 255.0 + 0.5) as u8
    }

    fn of_long(sample: u16) -> Self {
        narrow(sample)
    }

    fn at(table: &Table<Self>, sample: u16) -> Self {
        table.nearest(sample)
    }
}

impl Sample for u16 {
    fn of_unit(value: f64) -> Self {
        (value * 65_535.0 + 0.5) as u16
    }

    fn of_long(sample: u16) -> Self {
        sample
    }

    /// On a straight line between two entries.
    fn at(table: &Table<Self>, sample: u16) -> Self {
        let place = (u32::from(sample) + u32::from(sample >> 15)) * (ENTRIES as u32 - 1);
        let (index, part) = ((place >> 16) as usize, place & 0xffff);
        let entry = |index: usize| table.0.get(index).copied().unwrap_or(Self::MAX);
        let (below, above) = (u32::from(entry(index)), u32::from(entry(index + 1)));
        let sum = u64::from(below) * u64::from(0x10000 - part) + u64::from(above) * u64::from(part);
        ((sum + 0x8000) >> 16) as Self
    }
}

/// Values at even distances over all samples. Their number is a constant, so that finding one needs no check.
#[derive(Debug, Clone)]
pub(crate) struct Table<T>(Box<[T; ENTRIES]>);

impl<T: Sample> Table<T> {
    /// Of numbers from 0 to 1.
    fn new(values: impl IntoIterator<Item = f64>) -> Self {
        let mut table = Box::new([T::default(); ENTRIES]);
        table.iter_mut().zip(values).for_each(|(entry, value)| *entry = T::of_unit(value));
        Self(table)
    }

    /// The value for a sample, without its last bits.
    fn nearest(&self, sample: u16) -> T {
        const UNUSED_BITS: u32 = 16 - ENTRIES.ilog2();
        self.0.get(usize::from(sample >> UNUSED_BITS)).copied().unwrap_or_default()
    }

    /// The value at an entry.
    #[inline(always)]
    pub(super) fn entry(&self, index: u16) -> T {
        self.0.get(usize::from(index) % ENTRIES).copied().unwrap_or_default()
    }

    const BYTES: usize = size_of::<T>() * ENTRIES;
}

/// Converts 16-bit samples of some space to samples of sRGB.
#[derive(Debug, Clone)]
pub(crate) enum Conversion<T> {
    /// The result for each sample.
    Gray(Table<T>),
    /// Curves to light, a matrix, and the curve from there.
    Matrix(Box<ByMatrix<T>>),
    /// A grid over red, green and blue.
    Rgb(Grid<3>),
    /// A grid over four inks.
    Cmyk(Grid<4>),
}

impl<T: Sample> Conversion<T> {
    /// Makes the tables; `None` if they would change next to nothing.
    pub(crate) fn new(space: &Space) -> Option<Self> {
        match &space.0 {
            Kind::Gray(curve) => Self::gray(curve.tabulated().into_iter().map(srgb_sample)),
            Kind::Lightness(curve) => {
                let light = |lightness: f64| {
                    let [_, y, _] = lab_to_xyz([lightness * 100.0, 0.0, 0.0]);
                    y
                };
                Self::gray(curve.tabulated().into_iter().map(light).map(srgb_sample))
            }
            Kind::Matrix(curves, matrix) => {
                if is_near_srgb(curves, matrix) {
                    return None;
                }
                Some(Self::Matrix(Box::new(ByMatrix::new(curves, matrix))))
            }
            Kind::Rgb(lut) => {
                let through = Through::new(lut, [0.0; 3]);
                let grid = Grid::new(33, |samples| through.srgb(samples));
                (!grid.changes_little()).then_some(Self::Rgb(grid))
            }
            Kind::Cmyk(lut) => {
                let through = Through::new(lut, [1.0; 4]);
                Some(Self::Cmyk(Grid::new(17, |samples| through.srgb(samples))))
            }
        }
    }

    fn gray(samples: impl Iterator<Item = f64>) -> Option<Self> {
        let table: Vec<f64> = samples.collect();
        let differs = |(sample, index): (u8, usize)| {
            table.get(index).is_some_and(|&to| u8::of_unit(to).abs_diff(sample) > CLOSE)
        };
        let samples = (0..=255).zip((0..=255).map(|sample| (sample * 257 * ENTRIES) >> 16));
        let changes = samples.into_iter().any(differs);
        changes.then(|| Self::Gray(Table::new(table)))
    }

    /// Bytes of the tables.
    pub(crate) fn memory(&self) -> u64 {
        let bytes = match self {
            Self::Gray(_) => Table::<T>::BYTES,
            Self::Matrix(by_matrix) => by_matrix.bytes(),
            Self::Rgb(grid) => grid.bytes(),
            Self::Cmyk(grid) => grid.bytes(),
        };
        bytes as u64
    }

    /// The work of making curves into tables and of converting a number of pixels, in units of [`crate::Limits::work`].
    pub(crate) fn work(&self, pixels: u64) -> u64 {
        let (curves, pixel) = match self {
            Self::Gray(_) => (1_500_000, 10),
            Self::Matrix(_) => (5_000_000, 80),
            Self::Rgb(_) => (0, 110),
            Self::Cmyk(_) => (0, 150),
        };
        curves + pixels * pixel
    }

    /// Converts a row of pixels with these channels.
    pub(crate) fn convert(&self, from: Channels, row: &[u16], out: &mut Vec<T>) {
        out.clear();
        match (self, from) {
            (Self::Gray(table), Channels::Gray) => {
                out.extend(row.iter().map(|&sample| T::at(table, sample)));
            }
            (Self::Gray(table), Channels::GrayAlpha) => {
                let pixels = row.as_chunks::<2>().0.iter();
                out.extend(pixels.flat_map(|&[gray, alpha]| [T::at(table, gray), T::of_long(alpha)]));
            }
            (Self::Matrix(by_matrix), _) => colors(from, row, out, by_matrix.converter()),
            (Self::Rgb(grid), _) => colors(from, row, out, |color| grid.convert(color).map(T::of_long)),
            (Self::Cmyk(grid), _) => {
                let inks = row.as_chunks::<4>().0.iter();
                out.extend(inks.flat_map(|&inks| grid.convert(inks).map(T::of_long)));
            }
            (Self::Gray(_), _) => out.extend(row.iter().map(|&sample| T::of_long(sample))),
        }
    }
}

/// Converts the colours of a row.
fn colors<T: Sample>(from: Channels, row: &[u16], out: &mut Vec<T>, convert: impl Fn([u16; 3]) -> [T; 3]) {
    out.resize(row.len(), T::default());
    if from.has_alpha() {
        for (to, &[red, green, blue, alpha]) in out.as_chunks_mut().0.iter_mut().zip(row.as_chunks().0) {
            let [red, green, blue] = convert([red, green, blue]);
            *to = [red, green, blue, T::of_long(alpha)];
        }
    } else {
        for (to, &color) in out.as_chunks_mut().0.iter_mut().zip(row.as_chunks().0) {
            *to = convert(color);
        }
    }
}

/// How far an 8-bit sample may be off without anybody seeing it: profiles that mean sRGB are rounded in many ways.
const CLOSE: u8 = 1;

/// Whether curves and a matrix to linear sRGB change next to nothing.
fn is_near_srgb(curves: &[Curve; 3], matrix: &Matrix) -> bool {
    const STEPS: u32 = 32;
    let off = (matrix.0.iter().flatten()).zip(Matrix::IDENTITY.0.iter().flatten());
    if off.into_iter().any(|(value, expected)| (value - expected).abs() > 0.0015) {
        return false;
    }
    let close = |curve: &Curve| {
        (0..=STEPS).all(|step| {
            let sample = f64::from(step) / f64::from(STEPS);
            (srgb_sample(curve.at(sample)) - sample).abs() * 255.0 <= f64::from(CLOSE)
        })
    };
    let [red, green, blue] = curves;
    close(red) && (green == red || close(green)) && (blue == red || close(blue))
}

/// Curves, a matrix, and the curve of sRGB.
#[derive(Debug, Clone)]
pub(crate) struct ByMatrix<T> {
    /// Light for each sample of red.
    red: Table<u16>,
    /// The same for green and blue, if it is another.
    others: Option<[Table<u16>; 2]>,
    /// From there to light of sRGB.
    pub(super) weights: Weights,
    /// The sample of sRGB for light.
    pub(super) srgb: Table<T>,
}

impl<T: Sample> ByMatrix<T> {
    fn new(curves: &[Curve; 3], matrix: &Matrix) -> Self {
        let table = |curve: &Curve| Table::new(curve.tabulated());
        let [red, green, blue] = curves;
        let same = green == red && blue == red;
        Self {
            red: table(red),
            others: (!same).then(|| [table(green), table(blue)]),
            weights: fixed(matrix),
            srgb: Table::new(tabulated(srgb_sample)),
        }
    }

    fn bytes(&self) -> usize {
        let curves = if self.others.is_some() { 3 } else { 1 };
        curves * Table::<u16>::BYTES + Table::<T>::BYTES
    }

    /// The tables of red, green and blue.
    pub(super) fn curves(&self) -> [&Table<u16>; 3] {
        match &self.others {
            None => [&self.red; 3],
            Some([green, blue]) => [&self.red, green, blue],
        }
    }

    /// Converts a colour.
    fn converter(&self) -> impl Fn([u16; 3]) -> [T; 3] {
        let [of_red, of_green, of_blue] = self.curves();
        let weights = self.weights;
        move |[red, green, blue]| {
            let light = |curve: &Table<u16>, sample| i32::from(curve.nearest(sample));
            let light = [light(of_red, red), light(of_green, green), light(of_blue, blue)];
            let [red, green, blue] = weights.sums(light);
            [T::at(&self.srgb, red), T::at(&self.srgb, green), T::at(&self.srgb, blue)]
        }
    }
}

/// A matrix with as many fractional bits as leave sums of light room. Rows add up to the nearest of what they should, so
/// that gray stays gray.
fn fixed(Matrix(rows): &Matrix) -> Weights {
    // A matrix that reaches beyond this is of no real space.
    let rows = rows.map(|row| row.map(|value| value.clamp(-1e3, 1e3)));
    let most =
        rows.map(|row| row.iter().map(|value| value.abs()).sum::<f64>()).into_iter().fold(0.0, f64::max);
    // Rounding adds less than 4.
    let fits = |bits: &u32| most * f64::from(1 << bits) + 4.0 < f64::from(1 << 15);
    let bits = (0..=14).rev().find(fits).unwrap_or(0);
    let round = |value: f64| (value * f64::from(1 << bits)).round_ties_even() as i32;
    let mut columns = [[0; 3]; 3];
    for (index, row) in rows.into_iter().enumerate() {
        let missing = round(row.iter().sum()) - row.map(round).iter().sum::<i32>();
        for (at, (column, value)) in columns.iter_mut().zip(row).enumerate() {
            if let Some(entry) = column.get_mut(index) {
                *entry = round(value) + if at == index { missing } else { 0 };
            }
        }
    }
    Weights { columns, bits }
}

/// Colours of sRGB at even distances over all samples, and between them by simplices: tetrahedra in three dimensions.
#[derive(Debug, Clone)]
pub(crate) struct Grid<const CHANNELS: usize> {
    side: usize,
    /// The 16-bit samples of each node, those of the last channel's nodes next to each other.
    nodes: Vec<[u16; 3]>,
}

impl<const CHANNELS: usize> Grid<CHANNELS> {
    fn new(side: usize, color: impl Fn([f64; CHANNELS]) -> [f64; 3]) -> Self {
        let count = (0..CHANNELS).fold(1, |count, _| count * side);
        let node = |index: usize| color(Self::samples(side, index)).map(u16::of_unit);
        Self { side, nodes: (0..count).map(node).collect() }
    }

    /// The samples of a node.
    fn samples(side: usize, mut index: usize) -> [f64; CHANNELS] {
        let mut samples = [0.0; CHANNELS];
        for sample in samples.iter_mut().rev() {
            *sample = (index % side) as f64 / (side - 1) as f64;
            index /= side;
        }
        samples
    }

    fn bytes(&self) -> usize {
        self.nodes.len() * size_of::<[u16; 3]>()
    }

    /// Converts a colour. There is much to do for each, so that one copy of this is enough.
    #[inline(never)]
    pub(super) fn convert(&self, samples: [u16; CHANNELS]) -> [u16; 3] {
        const ONE: u32 = 1 << 16;
        // How far each sample is from its node to the next, and how far apart these are in the list, the farthest first.
        let mut steps = [(0, 0); CHANNELS];
        let mut node = 0;
        let mut apart = 1;
        let last = (self.side - 2) as u32;
        for (step, sample) in steps.iter_mut().zip(samples).rev() {
            let place = (u32::from(sample) + u32::from(sample >> 15)) * (last + 1);
            let below = (place >> 16).min(last);
            *step = (place - below * ONE, apart);
            node += below as usize * apart;
            apart *= self.side;
        }
        steps.sort_unstable_by(|a, b| b.cmp(a));
        let mut sum = [0; 3];
        let mut add = |node: usize, weight: u32| {
            let color = self.nodes.get(node).copied().unwrap_or_default();
            for (sum, sample) in sum.iter_mut().zip(color) {
                *sum += u32::from(sample) * weight;
            }
        };
        let mut left = ONE;
        for (rest, apart) in steps {
            add(node, left - rest);
            left = rest;
            node += apart;
        }
        add(node, left);
        sum.map(|sum| (sum >> 16) as u16)
    }
}

impl Grid<3> {
    /// Whether its nodes are nearly where they would be in sRGB.
    fn changes_little(&self) -> bool {
        let close = |(index, color): (usize, &[u16; 3])| {
            let samples = Self::samples(self.side, index).map(u16::of_unit);
            samples.iter().zip(color).all(|(sample, to)| sample.abs_diff(*to) <= u16::from(CLOSE) * 257)
        };
        self.nodes.iter().enumerate().all(close)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_of_light_fit_whatever_the_matrix_is() {
        let row = [0.7, -0.1, 0.4];
        for scale in [1.0, 1.99, 2.0, 7.3, 31.0, 999.0, 1e9, f64::NAN] {
            let weights = fixed(&Matrix([row.map(|value| value * scale); 3]));
            // Would panic if they did not.
            let [gray, ..] = weights.sums([65_535; 3]);
            assert_eq!(gray, if scale.is_nan() { 0 } else { 65_535 });
            weights.sums([65_535, 0, 65_535]);
            weights.sums([0, 65_535, 0]);
        }
    }

    #[test]
    fn gray_stays_gray_in_spaces_of_any_colours() {
        let third = 1.0 / 3.0;
        let weights = fixed(&Matrix([[third; 3], [2.03, -0.77, -0.26], [-0.00001, 0.50001, 0.5]]));
        for light in 0..=65_535 {
            assert_eq!(weights.sums([light; 3]), [light as u16; 3]);
        }
    }
}
