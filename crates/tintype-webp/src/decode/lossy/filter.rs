//! The loop filter (RFC 6386, 15), on 16 pixels of an edge at a time.

use super::header::FilterHeader;
use tintype_lanes::{Bytes, U8x16, columns, rows};

/// How the edges of a macroblock are filtered.
#[derive(Clone, Copy, Default)]
pub(crate) struct Strength {
    /// 0 to 63; 0 for not at all.
    pub(crate) level: u8,
    /// Whether edges within the macroblock are filtered too.
    pub(crate) inner: bool,
}

/// The thresholds of an edge (RFC 6386, 15.2 to 15.4).
#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    edge: u8,
    interior: u8,
    high_variance: u8,
}

impl Limits {
    /// The thresholds of a macroblock's own edges, and of those within it.
    pub(super) fn new(level: u8, sharpness: u8) -> [Self; 2] {
        let shift = u32::from(sharpness > 0) + u32::from(sharpness > 4);
        let mut interior = level >> shift;
        if sharpness > 0 {
            interior = interior.min(9u8.saturating_sub(sharpness));
        }
        let interior = interior.max(1);
        let high_variance = u8::from(level >= 15) + u8::from(level >= 40);
        // At most 193.
        [level + 2, level].map(|level| Self { edge: level * 2 + interior, interior, high_variance })
    }
}

/// Samples of a plane, with the macroblock row that is to be filtered and the one above.
pub(crate) struct Rows<'a> {
    pub(crate) samples: &'a mut [u8],
    pub(crate) stride: usize,
    /// The row in which the macroblock row begins.
    pub(crate) first: usize,
}

/// Filters a row of macroblocks, which is the first of the image or not.
pub(crate) fn filter_row([y, u, v]: [Rows<'_>; 3], header: &FilterHeader, strengths: &[Strength], top: bool) {
    let (mut luma, mut chroma) = (Luma(y), Chroma(u, v));
    for (column, strength) in strengths.iter().enumerate().filter(|(_, strength)| strength.level > 0) {
        let limits = Limits::new(strength.level, header.sharpness);
        let edges = Edges { limits, inner: strength.inner, left: column > 0, above: !top };
        if header.simple {
            edges.filter::<Simple>(&mut luma, column, &[4, 8, 12]);
        } else {
            edges.filter::<Normal>(&mut luma, column, &[4, 8, 12]);
            edges.filter::<Normal>(&mut chroma, column, &[4]);
        }
    }
}

/// The edges of a macroblock that are to be filtered.
struct Edges {
    limits: [Limits; 2],
    inner: bool,
    left: bool,
    above: bool,
}

impl Edges {
    /// Filters the edges of a macroblock, and those within it.
    #[inline(always)]
    fn filter<F: Filter>(&self, block: &mut impl Block, column: usize, within: &[usize]) {
        let [outer, inner] = self.limits;
        let (start, stride) = block.place(column);
        if self.left {
            filter_column::<F, true>(block, start, outer);
        }
        if self.inner {
            within.iter().for_each(|x| filter_column::<F, false>(block, start + x, inner));
        }
        if self.above {
            filter_line::<F, true>(block, start, outer);
        }
        if self.inner {
            within.iter().for_each(|y| filter_line::<F, false>(block, start + y * stride, inner));
        }
    }
}

/// Filters the edge between the rows of pixels before `start` and those from it on.
#[inline(never)] // JIT compilers for wasm keep more of a small function in registers
fn filter_line<F: Filter, const OUTER: bool>(block: &mut impl Block, start: usize, limits: Limits) {
    if let Some(edge) = block.line::<Bytes>(start) {
        block.set_line(start, if OUTER { F::outer(edge, limits) } else { F::inner(edge, limits) });
    }
}

/// Filters the edge between the columns of pixels before `start` and those from it on.
#[inline(never)] // as above
fn filter_column<F: Filter, const OUTER: bool>(block: &mut impl Block, start: usize, limits: Limits) {
    if let Some(edge) = block.column::<Bytes>(start) {
        let edge = columns(edge);
        block.set_column(start, rows(if OUTER { F::outer(edge, limits) } else { F::inner(edge, limits) }));
    }
}

/// Where a macroblock's edges are, with 16 pixels along each: those of luminance, or eight of each colour difference.
///
/// There is always an edge where one is asked for.
trait Block {
    /// Where the block of a macroblock begins, and the distance between its rows.
    fn place(&self, column: usize) -> (usize, usize);
    /// Four rows of pixels before a place and four from there on.
    fn line<V: U8x16>(&self, start: usize) -> Option<[V; 8]>;
    /// Replaces those rows, but for the outermost, which no filter changes.
    fn set_line<V: U8x16>(&mut self, start: usize, edge: [V; 8]) -> Option<()>;
    /// Four pixels before a place and four from there on, and so in the rows below, as [`columns`] takes them.
    fn column<V: U8x16>(&self, start: usize) -> Option<[V; 8]>;
    /// Replaces those pixels by what [`rows`] gives.
    fn set_column<V: U8x16>(&mut self, start: usize, edge: [V; 8]) -> Option<()>;
}

struct Luma<'a>(Rows<'a>);
struct Chroma<'a>(Rows<'a>, Rows<'a>);

impl Block for Luma<'_> {
    #[inline(always)]
    fn place(&self, column: usize) -> (usize, usize) {
        (self.0.first * self.0.stride + column * 16, self.0.stride)
    }

    #[inline(always)]
    fn line<V: U8x16>(&self, start: usize) -> Option<[V; 8]> {
        let first = start.checked_sub(4 * self.0.stride)?;
        try_array(|row| Some(V::load(self.0.get(first, row)?)))
    }

    #[inline(always)]
    fn set_line<V: U8x16>(&mut self, start: usize, edge: [V; 8]) -> Option<()> {
        let first = start.checked_sub(4 * self.0.stride)?;
        for (row, vector) in edge.into_iter().enumerate().take(7).skip(1) {
            vector.store(self.0.get_mut(first, row)?);
        }
        Some(())
    }

    #[inline(always)]
    fn column<V: U8x16>(&self, start: usize) -> Option<[V; 8]> {
        let first = start.checked_sub(4)?;
        try_array(|row| Some(V::load_halves(self.0.get(first, row)?, self.0.get(first, row + 8)?)))
    }

    #[inline(always)]
    fn set_column<V: U8x16>(&mut self, start: usize, edge: [V; 8]) -> Option<()> {
        let first = start.checked_sub(4)?;
        for (pair, vector) in edge.into_iter().enumerate() {
            vector.store_low(self.0.get_mut(first, 2 * pair)?);
            vector.store_high(self.0.get_mut(first, 2 * pair + 1)?);
        }
        Some(())
    }
}

impl Block for Chroma<'_> {
    #[inline(always)]
    fn place(&self, column: usize) -> (usize, usize) {
        (self.0.first * self.0.stride + column * 8, self.0.stride)
    }

    #[inline(always)]
    fn line<V: U8x16>(&self, start: usize) -> Option<[V; 8]> {
        let first = start.checked_sub(4 * self.0.stride)?;
        try_array(|row| Some(V::load_halves(self.0.get(first, row)?, self.1.get(first, row)?)))
    }

    #[inline(always)]
    fn set_line<V: U8x16>(&mut self, start: usize, edge: [V; 8]) -> Option<()> {
        let first = start.checked_sub(4 * self.0.stride)?;
        for (row, vector) in edge.into_iter().enumerate().take(7).skip(1) {
            vector.store_low(self.0.get_mut(first, row)?);
            vector.store_high(self.1.get_mut(first, row)?);
        }
        Some(())
    }

    #[inline(always)]
    fn column<V: U8x16>(&self, start: usize) -> Option<[V; 8]> {
        let first = start.checked_sub(4)?;
        try_array(|row| Some(V::load_halves(self.0.get(first, row)?, self.1.get(first, row)?)))
    }

    #[inline(always)]
    fn set_column<V: U8x16>(&mut self, start: usize, edge: [V; 8]) -> Option<()> {
        let first = start.checked_sub(4)?;
        for (pair, vector) in edge.into_iter().enumerate() {
            let (plane, row) = if pair < 4 { (&mut self.0, 2 * pair) } else { (&mut self.1, 2 * pair - 8) };
            vector.store_low(plane.get_mut(first, row)?);
            vector.store_high(plane.get_mut(first, row + 1)?);
        }
        Some(())
    }
}

/// An array of what a function makes of its places, if it makes something of each.
#[inline(always)]
fn try_array<V: U8x16>(function: impl Fn(usize) -> Option<V>) -> Option<[V; 8]> {
    Some([
        function(0)?,
        function(1)?,
        function(2)?,
        function(3)?,
        function(4)?,
        function(5)?,
        function(6)?,
        function(7)?,
    ])
}

impl Rows<'_> {
    /// Pixels from a place on, in the row that is `row` below it.
    #[inline(always)]
    fn get<const LENGTH: usize>(&self, start: usize, row: usize) -> Option<&[u8; LENGTH]> {
        self.samples.get(start + row * self.stride..)?.first_chunk()
    }

    #[inline(always)]
    fn get_mut<const LENGTH: usize>(&mut self, start: usize, row: usize) -> Option<&mut [u8; LENGTH]> {
        self.samples.get_mut(start + row * self.stride..)?.first_chunk_mut()
    }
}

/// A kind of loop filter: what it makes of four pixels before and four after an edge.
trait Filter {
    /// Filters an edge between macroblocks.
    fn outer<V: U8x16>(edge: [V; 8], limits: Limits) -> [V; 8];
    /// Filters an edge within a macroblock.
    fn inner<V: U8x16>(edge: [V; 8], limits: Limits) -> [V; 8];
}

struct Simple;
struct Normal;

/// Absolute differences of unsigned lanes.
#[inline(always)]
fn distance<V: U8x16>(a: V, b: V) -> V {
    a.sub_unsigned(b).or(b.sub_unsigned(a))
}

/// All ones where unsigned lanes are not above a limit.
#[inline(always)]
fn at_most<V: U8x16>(lanes: V, limit: u8) -> V {
    lanes.sub_unsigned(V::splat(limit)).is_zero()
}

/// Where the step across an edge is small enough to be the codec's own.
#[inline(always)]
fn small_step<V: U8x16>(p1: V, p0: V, q0: V, q1: V, limit: u8) -> V {
    let (near, far) = (distance(p0, q0), distance(p1, q1));
    at_most(near.add_unsigned(near).add_unsigned(far.half()), limit)
}

/// Bytes less 128, as signed lanes; or the inverse.
#[inline(always)]
fn recenter<V: U8x16>(lanes: V) -> V {
    lanes.xor(V::splat(0x80))
}

/// Adds three times the step across an edge to `by`, clamped. As all that is added has one sign, clamping after each
/// sum comes to the same.
#[inline(always)]
fn add_step<V: U8x16>(by: V, p0: V, q0: V) -> V {
    let step = q0.sub_signed(p0);
    by.add_signed(step).add_signed(step).add_signed(step)
}

/// Moves the two pixels at an edge towards each other (RFC 6386, 15.2). Returns them, and by how much the second was
/// moved.
#[inline(always)]
fn adjust<V: U8x16>(p0: V, q0: V, by: V) -> (V, V, V) {
    let (a, b) = (by.add_signed(V::splat(4)).shr::<3>(), by.add_signed(V::splat(3)).shr::<3>());
    (p0.add_signed(b), q0.sub_signed(a), a)
}

impl Filter for Simple {
    #[inline(always)]
    fn outer<V: U8x16>([p3, p2, p1, p0, q0, q1, q2, q3]: [V; 8], limits: Limits) -> [V; 8] {
        let wanted = small_step(p1, p0, q0, q1, limits.edge);
        let [s1, s0, t0, t1] = [p1, p0, q0, q1].map(recenter);
        let by = add_step(s1.sub_signed(t1), s0, t0).and(wanted);
        let (s0, t0, _) = adjust(s0, t0, by);
        [p3, p2, p1, recenter(s0), recenter(t0), q1, q2, q3]
    }

    #[inline(always)]
    fn inner<V: U8x16>(edge: [V; 8], limits: Limits) -> [V; 8] {
        Self::outer(edge, limits)
    }
}

impl Normal {
    /// Where an edge is to be filtered, and where it has no high variance.
    #[inline(always)]
    fn masks<V: U8x16>([p3, p2, p1, p0, q0, q1, q2, q3]: [V; 8], limits: Limits) -> (V, V) {
        let near = distance(p1, p0).max(distance(q1, q0));
        let far = distance(p3, p2).max(distance(p2, p1)).max(distance(q2, q1)).max(distance(q3, q2));
        let smooth = at_most(near.max(far), limits.interior);
        let wanted = smooth.and(small_step(p1, p0, q0, q1, limits.edge));
        (wanted, at_most(near, limits.high_variance))
    }
}

impl Filter for Normal {
    #[inline(always)]
    fn outer<V: U8x16>(edge: [V; 8], limits: Limits) -> [V; 8] {
        let (wanted, flat) = Self::masks(edge, limits);
        let [p3, p2, p1, p0, q0, q1, q2, q3] = edge;
        let [p2, p1, p0, q0, q1, q2] = [p2, p1, p0, q0, q1, q2].map(recenter);
        let by = add_step(p1.sub_signed(q1), p0, q0).and(wanted);
        let (p0, q0, _) = adjust(p0, q0, by.and_not(flat));
        let by = by.and(flat);
        let (near, middle, far) = (by.scale::<27>(), by.scale::<18>(), by.scale::<9>());
        let [p2, p1, p0] = [p2.add_signed(far), p1.add_signed(middle), p0.add_signed(near)].map(recenter);
        let [q0, q1, q2] = [q0.sub_signed(near), q1.sub_signed(middle), q2.sub_signed(far)].map(recenter);
        [p3, p2, p1, p0, q0, q1, q2, q3]
    }

    #[inline(always)]
    fn inner<V: U8x16>(edge: [V; 8], limits: Limits) -> [V; 8] {
        let (wanted, flat) = Self::masks(edge, limits);
        let [p3, p2, p1, p0, q0, q1, q2, q3] = edge;
        let [p1, p0, q0, q1] = [p1, p0, q0, q1].map(recenter);
        let by = add_step(p1.sub_signed(q1).and_not(flat), p0, q0).and(wanted);
        let (p0, q0, by) = adjust(p0, q0, by);
        let by = by.add_signed(V::splat(1)).shr::<1>().and(flat);
        let [p1, p0, q0, q1] = [p1.add_signed(by), p0, q0, q1.sub_signed(by)].map(recenter);
        [p3, p2, p1, p0, q0, q1, q2, q3]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec::Vec;
    use tintype_lanes::scalar;

    /// Four pixels before an edge and four after it, 16 times: flat, steep and any.
    fn edges() -> impl Iterator<Item = [[u8; 16]; 8]> {
        let mut seed = 1u32;
        let mut next = move || {
            seed = seed.wrapping_mul(1664525).wrapping_add(1013904223);
            (seed >> 24) as u8
        };
        (0..200).map(move |round| {
            core::array::from_fn(|_| {
                core::array::from_fn(|_| match round % 3 {
                    0 => 120 + next() % 8,
                    1 => 100 + next() % 60,
                    _ => next(),
                })
            })
        })
    }

    fn filtered<V: U8x16>(edge: &[[u8; 16]; 8], limits: [Limits; 2]) -> Vec<[u8; 16]> {
        let [outer, inner] = limits;
        let edge = edge.each_ref().map(V::load);
        let all = [
            Simple::outer(edge, outer),
            Simple::inner(edge, inner),
            Normal::outer(edge, outer),
            Normal::inner(edge, inner),
        ];
        let bytes = |vector: &V| {
            let mut lanes = [0; 16];
            vector.store(&mut lanes);
            lanes
        };
        all.as_flattened().iter().map(bytes).collect()
    }

    #[test]
    fn every_filter_gives_the_same_bits_on_simd_and_scalar() {
        for (edge, level) in edges().zip((1..64).cycle()) {
            let limits = Limits::new(level, level % 8);
            assert_eq!(
                filtered::<Bytes>(&edge, limits),
                filtered::<scalar::Bytes>(&edge, limits),
                "{limits:?}"
            );
        }
    }
}
