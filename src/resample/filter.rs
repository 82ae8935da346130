//! Filter kernels as functions, and the integer weights made of them.

use crate::Filter;
use crate::plan::Axis;

/// Fractional bits of a weight: weights of one pixel add up to `1 << WEIGHT_BITS`.
pub(super) const WEIGHT_BITS: u32 = 14;

/// The contributions of input samples to the pixels of one axis.
#[derive(Debug)]
pub(super) struct Weights {
    taps: Vec<Taps>,
    weights: Vec<i16>,
}

/// Where the contributions to one pixel are.
#[derive(Debug, Clone, Copy)]
struct Taps {
    start: u32,
    offset: usize,
    len: usize,
}

impl Weights {
    /// Computes the weights of an axis. Taps that fall outside of its bounds are left out and the others made up for it.
    pub(super) fn new(filter: Filter, axis: &Axis) -> Self {
        let ratio = axis.ratio();
        let stretch = ratio.max(1.0);
        let reach = support(filter) * stretch;
        let mut this = Self { taps: Vec::with_capacity(axis.size as usize), weights: Vec::new() };
        let mut exact = Vec::new();
        for pixel in 0..axis.size {
            let center = axis.span.start + (f64::from(pixel) + 0.5) * ratio;
            // Float to integer casts saturate, which clips at 0.
            let low = (((center - reach).floor()) as u32).clamp(axis.low, axis.high - 1);
            let high = (((center + reach).ceil()) as u32).clamp(low + 1, axis.high);
            exact.clear();
            exact.extend((low..high).map(|i| kernel(filter, (f64::from(i) + 0.5 - center) / stretch)));
            if exact.iter().sum::<f64>() <= 0.0 {
                // No sample lies under the kernel: take the nearest.
                let nearest = (center as u32).clamp(low, high - 1);
                exact
                    .iter_mut()
                    .zip(low..)
                    .for_each(|(weight, i)| *weight = f64::from(u8::from(i == nearest)));
            }
            this.push(low, &exact);
        }
        this
    }

    /// Rounds a pixel's weights so that they add up exactly. Zeros at the ends stay: without them pixels could start or end
    /// in another order than their own.
    fn push(&mut self, start: u32, exact: &[f64]) {
        let unit = f64::from(1 << WEIGHT_BITS) / exact.iter().sum::<f64>();
        let offset = self.weights.len();
        let (mut sum, mut given) = (0.0, 0);
        for weight in exact {
            // Rounding the running sum carries each weight's error into the next one.
            sum += weight * unit;
            let rounded = (sum + 0.5).floor() as i32;
            self.weights.push((rounded - given) as i16);
            given = rounded;
        }
        self.taps.push(Taps { start, offset, len: exact.len() });
    }

    /// Number of pixels.
    pub(super) fn len(&self) -> usize {
        self.taps.len()
    }

    /// The first contributing sample of a pixel and the weights from there on; nothing past the last pixel.
    pub(super) fn of(&self, pixel: usize) -> (usize, &[i16]) {
        let found = self.taps.get(pixel).and_then(|taps| {
            Some((taps.start as usize, self.weights.get(taps.offset..taps.offset + taps.len)?))
        });
        found.unwrap_or_default()
    }

    /// The first sample that contributes to any pixel, and the one after the last.
    pub(super) fn range(&self) -> (u32, u32) {
        let low = self.taps.first().map_or(0, |taps| taps.start);
        let high = self.taps.last().map_or(0, |taps| taps.start + taps.len as u32);
        (low, high)
    }

    /// The most pixels to which samples within any `batch` consecutive ones contribute.
    pub(super) fn overlap(&self, batch: usize) -> usize {
        let ends = |taps: &Taps| taps.start as usize + taps.len;
        let mut most = 0;
        let mut first = 0;
        for (pixel, taps) in self.taps.iter().enumerate() {
            while self.taps.get(first).is_some_and(|oldest| ends(oldest) + batch <= taps.start as usize) {
                first += 1;
            }
            most = most.max(pixel + 1 - first);
        }
        most
    }
}

/// About how many contributions there are to all pixels of an axis.
pub(super) fn taps(filter: Filter, axis: &Axis) -> u64 {
    let each = (2.0 * support(filter) * axis.ratio().max(1.0)).ceil() + 1.0;
    (each as u64).min(u64::from(axis.high - axis.low)) * u64::from(axis.size)
}

/// How far from its centre a kernel reaches, at scale 1.
fn support(filter: Filter) -> f64 {
    match filter {
        Filter::Box => 0.5,
        Filter::Bilinear => 1.0,
        Filter::CatmullRom | Filter::Mitchell => 2.0,
        Filter::Lanczos3 => 3.0,
    }
}

/// A kernel's value at a distance from its centre. Only operations that IEEE 754 defines exactly, and a sine in software,
/// so that the weights are the same on every machine.
fn kernel(filter: Filter, x: f64) -> f64 {
    match filter {
        Filter::Box => f64::from(u8::from(-0.5 < x && x <= 0.5)),
        Filter::Bilinear => (1.0 - x.abs()).max(0.0),
        Filter::CatmullRom => cubic(0.0, 0.5, x.abs()),
        Filter::Mitchell => cubic(1.0 / 3.0, 1.0 / 3.0, x.abs()),
        Filter::Lanczos3 if x.abs() < 3.0 => sinc(x) * sinc(x / 3.0),
        Filter::Lanczos3 => 0.0,
    }
}

/// The family of cubics of Mitchell and Netravali, "Reconstruction Filters in Computer Graphics" (SIGGRAPH 1988), equation 8.
fn cubic(b: f64, c: f64, x: f64) -> f64 {
    let sixfold = if x < 1.0 {
        ((12.0 - 9.0 * b - 6.0 * c) * x + (-18.0 + 12.0 * b + 6.0 * c)) * x * x + (6.0 - 2.0 * b)
    } else if x < 2.0 {
        (((-b - 6.0 * c) * x + (6.0 * b + 30.0 * c)) * x + (-12.0 * b - 48.0 * c)) * x + (8.0 * b + 24.0 * c)
    } else {
        0.0
    };
    sixfold / 6.0
}

/// sin(πx) / πx, and 1 at 0.
fn sinc(x: f64) -> f64 {
    let angle = core::f64::consts::PI * x;
    if x == 0.0 { 1.0 } else { libm::sin(angle) / angle }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geometry::Span;

    const ALL: [Filter; 5] =
        [Filter::Box, Filter::Bilinear, Filter::CatmullRom, Filter::Mitchell, Filter::Lanczos3];

    fn axis(from: u32, to: u32) -> Axis {
        Axis { span: Span::whole(from.into()), low: 0, high: from, size: to }
    }

    #[test]
    fn the_weights_of_a_pixel_add_up_to_one_exactly() {
        for filter in ALL {
            for (from, to) in [(1, 1), (1, 5), (7, 3), (100, 99), (99, 100), (5000, 1), (4000, 801)] {
                let weights = Weights::new(filter, &axis(from, to));
                for pixel in 0..to as usize {
                    let sum: i32 = weights.of(pixel).1.iter().map(|&weight| i32::from(weight)).sum();
                    assert_eq!(sum, 1 << WEIGHT_BITS, "{filter:?} {from} to {to}, pixel {pixel}");
                }
            }
        }
    }

    #[test]
    fn taps_stay_within_the_bounds() {
        let axis = Axis { span: Span { start: 10.25, len: 30.5 }, low: 9, high: 42, size: 7 };
        for filter in ALL {
            let (low, high) = Weights::new(filter, &axis).range();
            assert!(low >= 9 && high <= 42, "{filter:?}: {low}..{high}");
        }
    }

    #[test]
    fn halving_with_a_box_takes_the_mean_of_two() {
        let weights = Weights::new(Filter::Box, &axis(8, 4));
        assert_eq!(weights.of(1), (2, [1 << 13, 1 << 13].as_slice()));
    }

    #[test]
    fn lanczos_at_scale_one_is_the_identity() {
        let weights = Weights::new(Filter::Lanczos3, &axis(16, 16));
        assert_eq!(weights.of(5), (2, [0, 0, 0, 1 << 14, 0, 0, 0].as_slice()));
    }

    #[test]
    fn the_overlap_bounds_the_pixels_under_way() {
        let weights = Weights::new(Filter::Lanczos3, &axis(1000, 100));
        for row in (0..1000).step_by(4) {
            let touched = (0..100)
                .filter(|&pixel| {
                    let (start, taps) = weights.of(pixel);
                    start < row + 4 && start + taps.len() > row
                })
                .count();
            assert!(touched <= weights.overlap(4));
        }
    }
}
