//! The loop filter (RFC 6386, 15), on edges of 8 or 16 pixels at a time.
//!
//! Every step is done for all pixels of an edge, without branches, so that compilers turn it into SIMD instructions.

use super::header::FilterHeader;

/// How the edges of a macroblock are filtered.
#[derive(Clone, Copy, Default)]
pub(crate) struct Strength {
    /// 0 to 63; 0 for not at all.
    pub(crate) level: u8,
    /// Whether edges within the macroblock are filtered too.
    pub(crate) inner: bool,
}

/// The thresholds of an edge (RFC 6386, 15.2 to 15.4).
#[derive(Clone, Copy)]
struct Limits {
    edge: i16,
    interior: i16,
    high_variance: i16,
}

impl Limits {
    /// The thresholds of a macroblock's own edges, and of those within it.
    fn new(level: u8, sharpness: u8) -> [Self; 2] {
        let level = i16::from(level);
        let shift = (sharpness > 0) as u32 + (sharpness > 4) as u32;
        let mut interior = level >> shift;
        if sharpness > 0 {
            interior = interior.min(9 - i16::from(sharpness));
        }
        let interior = interior.max(1);
        let high_variance = (level >= 15) as i16 + (level >= 40) as i16;
        [level + 2, level].map(|level| Self { edge: level * 2 + interior, interior, high_variance })
    }
}

/// Samples of a plane, with the macroblock row that is to be filtered and some rows above.
pub(crate) struct Rows<'a> {
    pub(crate) samples: &'a mut [u8],
    pub(crate) stride: usize,
    /// The row in which the macroblock row begins.
    pub(crate) first: usize,
}

/// Filters a row of macroblocks, which is the first of the image or not.
pub(crate) fn filter_row(
    [mut y, mut u, mut v]: [Rows<'_>; 3],
    header: &FilterHeader,
    strengths: &[Strength],
    top: bool,
) {
    for (column, strength) in strengths.iter().enumerate().filter(|(_, strength)| strength.level > 0) {
        let limits = Limits::new(strength.level, header.sharpness);
        let edges = Edges { limits, inner: strength.inner, left: column > 0, above: !top };
        if header.simple {
            edges.filter::<16, Simple>(&mut y, column, &[4, 8, 12]);
        } else {
            edges.filter::<16, Normal>(&mut y, column, &[4, 8, 12]);
            edges.filter::<8, Normal>(&mut u, column, &[4]);
            edges.filter::<8, Normal>(&mut v, column, &[4]);
        }
    }
}

/// The edges of a macroblock that are to be filtered.
#[derive(Clone, Copy)]
struct Edges {
    limits: [Limits; 2],
    inner: bool,
    left: bool,
    above: bool,
}

impl Edges {
    /// Filters the edges of a block with a side of `N` pixels, and those within it.
    fn filter<const N: usize, F: Filter>(self, rows: &mut Rows<'_>, column: usize, within: &[usize]) {
        let [outer, inner] = self.limits;
        let stride = rows.stride;
        let start = rows.first * stride + column * N;
        if self.left {
            filter_column::<N>(rows, start, |edge| F::outer(edge, outer));
        }
        if self.inner {
            within.iter().for_each(|x| filter_column::<N>(rows, start + x, |edge| F::inner(edge, inner)));
        }
        if self.above {
            filter_line::<N>(rows, start, |edge| F::outer(edge, outer));
        }
        if self.inner {
            within
                .iter()
                .for_each(|y| filter_line::<N>(rows, start + y * stride, |edge| F::inner(edge, inner)));
        }
    }
}

/// Four pixels before an edge and four after it, `N` times, less 128.
type Edge<const N: usize> = [[i16; N]; 8];

/// Filters the edge between the rows of pixels before `start` and those from it on.
#[inline(always)]
fn filter_line<const N: usize>(rows: &mut Rows<'_>, start: usize, filter: impl Fn(&mut Edge<N>)) {
    let stride = rows.stride;
    let Some(samples) = start.checked_sub(4 * stride).and_then(|first| rows.samples.get_mut(first..)) else {
        return;
    };
    let mut edge = [[0; N]; 8];
    for (values, row) in edge.iter_mut().zip(samples.chunks(stride)) {
        for (value, &sample) in values.iter_mut().zip(row) {
            *value = i16::from(sample) - 128;
        }
    }
    filter(&mut edge);
    // The outermost are never changed.
    for (values, row) in edge.iter().zip(samples.chunks_mut(stride)).take(7).skip(1) {
        for (&value, sample) in values.iter().zip(row) {
            *sample = (value + 128) as u8;
        }
    }
}

/// Filters the edge between the pixels to the left of `start` and those from it on, and so in the rows below.
#[inline(always)]
fn filter_column<const N: usize>(rows: &mut Rows<'_>, start: usize, filter: impl Fn(&mut Edge<N>)) {
    let stride = rows.stride;
    let Some(samples) = start.checked_sub(4).and_then(|first| rows.samples.get_mut(first..)) else { return };
    let mut edge = [[0; N]; 8];
    for (y, row) in samples.chunks(stride).enumerate().take(N) {
        let Some(row) = row.first_chunk::<8>() else { continue };
        for (values, &sample) in edge.iter_mut().zip(row) {
            if let Some(value) = values.get_mut(y) {
                *value = i16::from(sample) - 128;
            }
        }
    }
    filter(&mut edge);
    for (y, row) in samples.chunks_mut(stride).enumerate().take(N) {
        let Some(row) = row.first_chunk_mut::<8>() else { continue };
        for (values, sample) in edge.iter().zip(row) {
            *sample = (values.get(y).copied().unwrap_or(0) + 128) as u8;
        }
    }
}

/// A kind of loop filter.
trait Filter {
    /// Filters an edge between macroblocks.
    fn outer<const N: usize>(edge: &mut Edge<N>, limits: Limits);
    /// Filters an edge within a macroblock.
    fn inner<const N: usize>(edge: &mut Edge<N>, limits: Limits);
}

struct Simple;
struct Normal;

/// All ones where a condition holds.
#[inline(always)]
fn mask(condition: bool) -> i16 {
    -i16::from(condition)
}

/// Clamps to a signed byte.
#[inline(always)]
fn clamp(value: i16) -> i16 {
    value.clamp(-128, 127)
}

/// Whether the step across an edge is small enough to be the codec's own.
#[inline(always)]
fn small_step(p1: i16, p0: i16, q0: i16, q1: i16, limit: i16) -> i16 {
    mask((p0 - q0).abs() * 2 + ((p1 - q1).abs() >> 1) <= limit)
}

/// Moves the two pixels at an edge towards each other (RFC 6386, 15.2). Returns by how much the second was moved.
#[inline(always)]
fn adjust(p0: &mut i16, q0: &mut i16, by: i16) -> i16 {
    let (a, b) = (clamp(by + 4) >> 3, clamp(by + 3) >> 3);
    *q0 = clamp(*q0 - a);
    *p0 = clamp(*p0 + b);
    a
}

impl Filter for Simple {
    #[inline(always)]
    fn outer<const N: usize>(edge: &mut Edge<N>, limits: Limits) {
        let [_, _, p1, p0, q0, q1, _, _] = edge;
        for ((p1, p0), (q0, q1)) in p1.iter().zip(p0).zip(q0.iter_mut().zip(q1)) {
            let by = clamp(clamp(p1 - *q1) + 3 * (*q0 - *p0));
            adjust(p0, q0, by & small_step(*p1, *p0, *q0, *q1, limits.edge));
        }
    }

    #[inline(always)]
    fn inner<const N: usize>(edge: &mut Edge<N>, limits: Limits) {
        Self::outer(edge, limits);
    }
}

impl Normal {
    /// Where an edge is to be filtered, and where it has a high variance.
    #[inline(always)]
    fn masks(pixels: [i16; 8], limits: Limits) -> (i16, i16) {
        let [p3, p2, p1, p0, q0, q1, q2, q3] = pixels;
        let (p, q) = ((p1 - p0).abs(), (q1 - q0).abs());
        let near = p.max(q);
        let far = (p3 - p2).abs().max((p2 - p1).abs()).max((q2 - q1).abs()).max((q3 - q2).abs());
        let wanted = mask(near.max(far) <= limits.interior) & small_step(p1, p0, q0, q1, limits.edge);
        (wanted, mask(near > limits.high_variance))
    }
}

impl Filter for Normal {
    #[inline(always)]
    #[allow(clippy::indexing_slicing, clippy::needless_range_loop)] // by constants, and below N
    fn outer<const N: usize>(edge: &mut Edge<N>, limits: Limits) {
        for i in 0..N {
            let pixels = core::array::from_fn(|at| edge[at][i]);
            let (wanted, high_variance) = Self::masks(pixels, limits);
            let [_, mut p2, mut p1, mut p0, mut q0, mut q1, mut q2, _] = pixels;
            let by = clamp(clamp(p1 - q1) + 3 * (q0 - p0)) & wanted;
            adjust(&mut p0, &mut q0, by & high_variance);
            let by = by & !high_variance;
            for (p, q, factor) in [(&mut p0, &mut q0, 27), (&mut p1, &mut q1, 18), (&mut p2, &mut q2, 9)] {
                let by = (factor * by + 63) >> 7;
                (*p, *q) = (clamp(*p + by), clamp(*q - by));
            }
            (edge[1][i], edge[2][i], edge[3][i]) = (p2, p1, p0);
            (edge[4][i], edge[5][i], edge[6][i]) = (q0, q1, q2);
        }
    }

    #[inline(always)]
    #[allow(clippy::indexing_slicing, clippy::needless_range_loop)] // by constants, and below N
    fn inner<const N: usize>(edge: &mut Edge<N>, limits: Limits) {
        for i in 0..N {
            let pixels = core::array::from_fn(|at| edge[at][i]);
            let (wanted, high_variance) = Self::masks(pixels, limits);
            let [_, _, p1, mut p0, mut q0, q1, _, _] = pixels;
            let by = clamp((clamp(p1 - q1) & high_variance) + 3 * (q0 - p0)) & wanted;
            let by = (adjust(&mut p0, &mut q0, by) + 1) >> 1 & !high_variance;
            (edge[2][i], edge[3][i]) = (clamp(p1 + by), p0);
            (edge[4][i], edge[5][i]) = (q0, clamp(q1 - by));
        }
    }
}
