//! A Gaussian blur by rows, whose work does not depend on how wide it is.
//!
//! A narrow bell is a sum of weighted neighbours. A wide one is approximated by [`BOXES`] averages, one after the other, whose
//! outermost samples count for a part, so that together they have exactly the variance of the bell (Gwosdek, Grewenig,
//! Bruhn, Weickert: Theoretical Foundations of Gaussian Convolution by Extended Box Filtering, 2011). Samples have 16
//! bits all the way. Beyond its edges, an image goes on as it ends.

use std::collections::VecDeque;
use std::rc::Rc;

/// Averages that make a bell.
const BOXES: usize = 5;
/// Fractional bits of weights.
const BITS: u32 = 32;
const HALF: u64 = 1 << (BITS - 1);
/// Narrower bells, in pixels, are sums of weighted neighbours.
const NARROW: f64 = 2.0;

/// How each sample follows from its neighbours along a line.
#[derive(Debug, Clone, PartialEq)]
enum Kernel {
    /// Weights from the middle outwards.
    Weighted(Vec<u64>),
    /// An average of the samples up to a distance, with a weight each, and the two beyond, with another.
    Box { radius: usize, weight: u64, outer: u64 },
}

impl Kernel {
    /// For a bell of this standard deviation, to be applied as often as [`times`](Self::times) says.
    fn new(sigma: f64) -> Self {
        if sigma < NARROW { Self::weighted(sigma) } else { Self::boxed(sigma * sigma / BOXES as f64) }
    }

    fn weighted(sigma: f64) -> Self {
        let radius = (3.5 * sigma).ceil() as i32;
        let bell = |x: i32| libm::exp(-f64::from(x * x) / (2.0 * sigma * sigma));
        let sum: f64 = (-radius..=radius).map(bell).sum();
        let one = (1u64 << BITS) as f64;
        let mut weights: Vec<u64> = (1..=radius).map(|x| (bell(x) / sum * one).round() as u64).collect();
        weights.insert(0, (1 << BITS) - 2 * weights.iter().sum::<u64>());
        Self::Weighted(weights)
    }

    fn boxed(variance: f64) -> Self {
        let radius = (0.5 * (12.0 * variance + 1.0).sqrt() - 0.5).floor();
        let length = 2.0 * radius + 1.0;
        let next = radius + 1.0;
        let part = length * (radius * next - 3.0 * variance) / (6.0 * (variance - next * next));
        // Even, so that what is left can be halved.
        let weight = ((1u64 << BITS) as f64 / (length + 2.0 * part)) as u64 & !1;
        let outer = ((1 << BITS) - (length as u64) * weight) / 2;
        Self::Box { radius: radius as usize, weight, outer }
    }

    /// How often it is applied.
    fn times(&self) -> usize {
        match self {
            Self::Weighted(_) => 1,
            Self::Box { .. } => BOXES,
        }
    }

    /// The distance of the outermost samples.
    fn reach(&self) -> usize {
        match self {
            Self::Weighted(weights) => weights.len() - 1,
            Self::Box { radius, .. } => radius + 1,
        }
    }

    /// Samples that one follows from.
    fn width(&self) -> usize {
        2 * self.reach() + 1
    }

    /// Applies it to a line whose ends have been repeated.
    fn apply(&self, long: &[u16], out: &mut [u16]) {
        match self {
            Self::Weighted(weights) => {
                for (out, near) in out.iter_mut().zip(long.windows(self.width())) {
                    let (before, after) = near.split_at(self.reach());
                    let pairs = after.iter().zip(std::iter::once(&0).chain(before.iter().rev()));
                    let sum =
                        pairs.zip(weights).map(|((&a, &b), weight)| (u64::from(a) + u64::from(b)) * weight);
                    *out = ((sum.sum::<u64>() + HALF) >> BITS) as u16;
                }
            }
            Self::Box { weight, outer, .. } => {
                let inner = self.width() - 2;
                let mut sum: u64 = long.iter().skip(1).take(inner).map(|&sample| u64::from(sample)).sum();
                let (going, coming) = (long.iter().skip(1), long.iter().skip(1 + inner));
                for (out, (&first, (&going, &coming))) in
                    out.iter_mut().zip(long.iter().zip(going.zip(coming)))
                {
                    let ends = u64::from(first) + u64::from(coming);
                    *out = ((sum * weight + ends * outer + HALF) >> BITS) as u16;
                    sum = sum + u64::from(coming) - u64::from(going);
                }
            }
        }
    }
}

/// Blurs the rows of planes that lie side by side, such as all reds of a row, all greens, and all blues.
#[derive(Debug)]
pub(crate) struct Gauss {
    kernel: Kernel,
    /// Samples of a row of a plane, rows, and planes.
    size: (usize, usize, usize),
    /// Rows taken.
    taken: usize,
    columns: Vec<Column>,
    /// A line with what lies beyond its ends, and what is made of it.
    line: Vec<u16>,
    made: Vec<u16>,
}

impl Gauss {
    /// For rows of this many planes of `width` samples, `height` of them; with a standard deviation of more than 0 pixels.
    pub(crate) fn new(sigma: f64, width: u32, height: u32, planes: usize) -> Self {
        let kernel = Kernel::new(sigma);
        let columns = (0..kernel.times()).map(|_| Column::default()).collect();
        let size = (width as usize, height as usize, planes);
        Self { kernel, size, taken: 0, columns, line: Vec::new(), made: Vec::new() }
    }

    /// The distance of the outermost samples that matter to one.
    fn reach(&self) -> usize {
        self.kernel.reach() * self.kernel.times()
    }

    /// Rows that come before the first one leaves.
    pub(crate) fn delay(&self) -> usize {
        self.reach().min(self.size.1)
    }

    /// The most bytes that are held.
    pub(crate) fn memory(&self) -> u64 {
        let (width, _, planes) = self.size;
        let row = (width * planes) as u64;
        let rows = self.kernel.width() as u64 + 1;
        // With each row comes what refers to it.
        let columns = self.kernel.times() as u64 * (rows * (2 * row + 72) + 8 * row);
        columns + 4 * (width + 2 * self.reach()) as u64 + 4 * row
    }

    /// The work of blurring all rows.
    pub(crate) fn work(&self) -> u64 {
        /// Work of a sample along a row and along a column, and of a weight.
        const ALONG_ROW: u64 = 18;
        const ALONG_COLUMN: u64 = 16;
        const WEIGHT: u64 = 12;
        let (width, height, planes) = self.size;
        let around = 2 * self.reach();
        let along_rows = (height * (width + around) * planes) as u64;
        let along_columns = ((height + around) * width * planes) as u64;
        match &self.kernel {
            Kernel::Weighted(weights) => (along_rows + along_columns) * weights.len() as u64 * WEIGHT,
            Kernel::Box { .. } => {
                self.kernel.times() as u64 * (along_rows * ALONG_ROW + along_columns * ALONG_COLUMN)
            }
        }
    }

    /// Takes the next row, and hands on those that it completes. The last row completes all, and what follows is another
    /// image.
    pub(crate) fn push(&mut self, mut row: Vec<u16>, next: &mut dyn FnMut(&[u16])) {
        let (width, height, _) = self.size;
        row.chunks_exact_mut(width).for_each(|plane| self.blur_line(plane));
        let row = Rc::new(row);
        self.taken += 1;
        let (is_first, is_last) = (self.taken == 1, self.taken == height);
        let beyond = |is_end: bool| if is_end { self.reach() } else { 0 };
        for _ in 0..beyond(is_first) + 1 + beyond(is_last) {
            push_through(&mut self.columns, &self.kernel, Rc::clone(&row), next);
        }
        if is_last {
            self.taken = 0;
            self.columns.iter_mut().for_each(|column| column.rows.clear());
        }
    }

    fn blur_line(&mut self, plane: &mut [u16]) {
        let (first, last) = (plane.first().copied().unwrap_or(0), plane.last().copied().unwrap_or(0));
        let reach = self.reach();
        self.line.clear();
        self.line.extend(std::iter::repeat_n(first, reach));
        self.line.extend_from_slice(plane);
        self.line.extend(std::iter::repeat_n(last, reach));
        for _ in 0..self.kernel.times() {
            self.made.clear();
            self.made.resize(self.line.len() - 2 * self.kernel.reach(), 0);
            self.kernel.apply(&self.line, &mut self.made);
            std::mem::swap(&mut self.line, &mut self.made);
        }
        plane.copy_from_slice(&self.line);
    }
}

fn push_through(columns: &mut [Column], kernel: &Kernel, row: Rc<Vec<u16>>, next: &mut dyn FnMut(&[u16])) {
    match columns.split_first_mut() {
        Some((first, rest)) => first.push(kernel, row, &mut |row| push_through(rest, kernel, row, next)),
        None => next(&row),
    }
}

/// Applies a kernel to columns.
#[derive(Debug, Default)]
struct Column {
    /// The last rows that have come.
    rows: VecDeque<Rc<Vec<u16>>>,
    /// The sums of the inner rows of a box.
    sums: Vec<u32>,
}

impl Column {
    /// Takes a row, which may be one beyond the edges.
    fn push(&mut self, kernel: &Kernel, row: Rc<Vec<u16>>, next: &mut dyn FnMut(Rc<Vec<u16>>)) {
        let width = kernel.width();
        let gone = if self.rows.len() == width { self.rows.pop_front() } else { None };
        if self.rows.is_empty() {
            self.sums.clear();
            self.sums.resize(row.len(), 0);
        }
        self.rows.push_back(row);
        if let Kernel::Box { .. } = kernel {
            self.move_sums(gone.is_some());
        }
        if self.rows.len() < width {
            return;
        }
        let mut out = gone.and_then(|row| Rc::try_unwrap(row).ok()).unwrap_or_default();
        match kernel {
            Kernel::Weighted(weights) => self.weigh(weights, &mut out),
            Kernel::Box { weight, outer, .. } => self.average(*weight, *outer, &mut out),
        }
        next(Rc::new(out));
    }

    /// Makes the row before the last an inner one; if a row has gone, the first is no longer one.
    fn move_sums(&mut self, has_gone: bool) {
        let Some(coming) =
            self.rows.len().checked_sub(2).filter(|&at| at > 0).and_then(|at| self.rows.get(at))
        else {
            return;
        };
        match self.rows.front().filter(|_| has_gone) {
            Some(going) => {
                for (sum, (&coming, &going)) in self.sums.iter_mut().zip(coming.iter().zip(going.iter())) {
                    *sum = *sum + u32::from(coming) - u32::from(going);
                }
            }
            None => {
                self.sums.iter_mut().zip(coming.iter()).for_each(|(sum, &coming)| *sum += u32::from(coming));
            }
        }
    }

    fn average(&self, weight: u64, outer: u64, out: &mut Vec<u16>) {
        let (Some(first), Some(last)) = (self.rows.front(), self.rows.back()) else { return };
        out.clear();
        out.extend(self.sums.iter().zip(first.iter().zip(last.iter())).map(|(&sum, (&first, &last))| {
            let ends = u64::from(first) + u64::from(last);
            ((u64::from(sum) * weight + ends * outer + HALF) >> BITS) as u16
        }));
    }

    fn weigh(&self, weights: &[u64], out: &mut Vec<u16>) {
        let mut sums = vec![HALF; self.sums.len()];
        let middle = weights.len() - 1;
        for (y, row) in self.rows.iter().enumerate() {
            let weight = weights.get(y.abs_diff(middle)).copied().unwrap_or(0);
            sums.iter_mut().zip(row.iter()).for_each(|(sum, &sample)| *sum += u64::from(sample) * weight);
        }
        out.clear();
        out.extend(sums.iter().map(|sum| (sum >> BITS) as u16));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn blurred(sigma: f64, width: usize, height: usize, image: &[u16]) -> Vec<u16> {
        let mut gauss = Gauss::new(sigma, width as u32, height as u32, 1);
        let mut out = Vec::new();
        // Twice, as the frames of an animation.
        for _ in 0..2 {
            out.clear();
            for (y, row) in image.chunks_exact(width).enumerate() {
                gauss.push(row.to_vec(), &mut |row| out.extend_from_slice(row));
                assert!(
                    out.len() / width + gauss.delay() >= y + 1 - usize::from(y + 1 == height),
                    "too late"
                );
            }
        }
        assert_eq!(out.len(), image.len());
        out
    }

    /// The same by the definition, in floating point.
    fn exact(sigma: f64, width: usize, height: usize, image: &[u16]) -> Vec<f64> {
        let radius = (6.0 * sigma).ceil() as i64;
        let bell: Vec<f64> =
            (-radius..=radius).map(|x| (-((x * x) as f64) / (2.0 * sigma * sigma)).exp()).collect();
        let sum: f64 = bell.iter().sum();
        let line = |at: &dyn Fn(i64) -> f64, x: i64| {
            (-radius..=radius).zip(&bell).map(|(d, weight)| weight * at(x + d)).sum::<f64>() / sum
        };
        let (w, h) = (width as i64, height as i64);
        let rows: Vec<f64> = (0..h)
            .flat_map(|y| {
                let at = move |x: i64| f64::from(image[(y * w + x.clamp(0, w - 1)) as usize]);
                (0..w).map(|x| line(&at, x)).collect::<Vec<_>>()
            })
            .collect();
        (0..h)
            .flat_map(|y| {
                (0..w)
                    .map(|x| line(&|y: i64| rows[(y.clamp(0, h - 1) * w + x) as usize], y))
                    .collect::<Vec<_>>()
            })
            .collect()
    }

    /// An image with edges, lines and dots.
    fn image(width: usize, height: usize) -> Vec<u16> {
        let sample = |x: usize, y: usize| match (x, y) {
            (5, 3) => 65_025,
            (x, y) if x > width / 2 && y < height / 2 => 60_000,
            (x, _) if x % 9 == 2 => 30_000,
            (x, y) => (x * 311 + y * 173) as u16 % 5000,
        };
        (0..height).flat_map(|y| (0..width).map(move |x| sample(x, y))).collect()
    }

    #[test]
    fn it_is_within_two_levels_of_an_exact_gaussian() {
        for (width, height) in [(40, 30), (7, 50), (50, 5), (1, 1), (3, 2)] {
            let image = image(width, height);
            for sigma in [0.3, 0.5, 0.8, 1.0, 1.5, 1.99, 2.0, 2.7, 4.0, 8.0, 15.0, 30.0] {
                let (ours, exact) =
                    (blurred(sigma, width, height, &image), exact(sigma, width, height, &image));
                let worst = ours.iter().zip(exact).map(|(&a, b)| (f64::from(a) - b).abs() / 255.0);
                let worst = worst.fold(0.0, f64::max);
                assert!(
                    worst < if sigma < 2.0 { 0.2 } else { 2.0 },
                    "{worst} for {sigma} of {width}x{height}"
                );
            }
        }
    }

    #[test]
    fn one_value_stays_as_it_is() {
        for sigma in [0.3, 1.0, 2.0, 5.5, 100.0, 1000.0] {
            for value in [0, 1, 12_345, 65_025, 65_535] {
                assert!(blurred(sigma, 9, 6, &[value; 54]).iter().all(|&other| other == value), "{sigma}");
            }
        }
    }

    #[test]
    fn a_symmetric_image_stays_symmetric() {
        let mut image = vec![0; 31 * 31];
        image[15 * 31 + 15] = 65_025;
        for sigma in [1.2, 3.0, 7.0] {
            let rows = blurred(sigma, 31, 31, &image);
            let turned: Vec<u16> =
                (0..31).flat_map(|x| (0..31).map(move |y| (x, y))).map(|(x, y)| rows[y * 31 + x]).collect();
            assert!(rows.iter().zip(rows.iter().rev()).all(|(a, b)| a.abs_diff(*b) <= 1), "{sigma}");
            assert!(rows.iter().zip(turned).all(|(a, b)| a.abs_diff(b) <= 2), "{sigma}");
        }
    }

    #[test]
    fn it_holds_no_more_than_it_says() {
        for sigma in [1.0, 5.0, 50.0] {
            let mut gauss = Gauss::new(sigma, 20, 400, 3);
            let mut most = 0;
            for _ in 0..400 {
                gauss.push(vec![5; 60], &mut |_| ());
                let rows = gauss.columns.iter().flat_map(|column| column.rows.iter().map(Rc::as_ptr));
                let rows: std::collections::HashSet<_> = rows.collect();
                most = most.max(rows.len());
            }
            let counted = gauss.memory();
            assert!((most * 60 * 2) as u64 <= counted && counted <= 1 + 3 * (most * 60 * 2 + 10_000) as u64);
        }
    }
}
