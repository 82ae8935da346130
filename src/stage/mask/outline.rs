//! The outlines of shapes. All of them are the same on the left and on the right, so that their left half says everything.

use crate::MaskShape;

/// The left half of a shape's outline, in the middle of an image and as large as there is room. Lengths are in pixels.
#[derive(Debug)]
pub(super) enum Outline {
    /// A rectangle with round corners, or nothing but these.
    Round(Round),
    /// Straight lines.
    Straight(Vec<Edge>),
}

/// A rectangle whose corners are quarters of ellipses.
#[derive(Debug, Clone, Copy)]
pub(super) struct Round {
    /// The height of the image.
    height: f64,
    /// Width of the margins at its left and its right.
    margin: f64,
    /// Height of the margins above and below it.
    above: f64,
    /// Radii of its corners.
    radius: (f64, f64),
}

/// A straight line from a point to a lower one.
#[derive(Debug, Clone, Copy)]
pub(super) struct Edge {
    top: f64,
    bottom: f64,
    /// Where it begins.
    x: f64,
    /// Pixels to the right for each pixel down.
    slope: f64,
    /// Whether the shape lies to the right of it, not to the left.
    enters: bool,
}

impl Outline {
    pub(super) fn new(shape: MaskShape, width: u32, height: u32) -> Self {
        let (width, height) = (f64::from(width), f64::from(height));
        let half = width.min(height) / 2.0;
        let round = |margin, above, radius| Self::Round(Round { height, margin, above, radius });
        match shape {
            MaskShape::Rounded(radius) => {
                let radius = f64::from(radius).min(half);
                round(0.0, 0.0, (radius, radius))
            }
            MaskShape::Circle => round(width / 2.0 - half, height / 2.0 - half, (half, half)),
            MaskShape::Ellipse => round(0.0, 0.0, (width / 2.0, height / 2.0)),
            _ => Self::Straight(edges(&points(shape), (width, height))),
        }
    }

    /// The lines that a row of pixels meets, for [`Self::crossings`]. Curves need none.
    pub(super) fn edges_in(&self, row: u32, edges: &mut Vec<Edge>) {
        edges.clear();
        if let Self::Straight(all) = self {
            let (top, bottom) = (f64::from(row), f64::from(row) + 1.0);
            edges.extend(all.iter().filter(|edge| edge.top < bottom && edge.bottom > top));
        }
    }

    /// Lists where the left half crosses a horizontal line at `y`, and whether the shape lies to the right of that place.
    pub(super) fn crossings(&self, y: f64, edges: &[Edge], mut each: impl FnMut(f64, bool)) {
        if let Self::Round(round) = self {
            round.cut(y.min(round.height - y)).into_iter().for_each(|x| each(x, true));
        }
        for edge in edges.iter().filter(|edge| edge.top <= y && y < edge.bottom) {
            each(edge.x + (y - edge.top) * edge.slope, edge.enters);
        }
    }
}

impl Round {
    /// How much is cut away at each side of a line at this distance from the nearer of the top and bottom edges; `None`
    /// where nothing is left.
    fn cut(&self, from_edge: f64) -> Option<f64> {
        let (x, y) = self.radius;
        let inside = from_edge - self.above;
        if inside < 0.0 {
            return None;
        }
        let up = ((y - inside) / y).max(0.0);
        Some(self.margin + x * (1.0 - (1.0 - up * up).sqrt()))
    }
}

/// The size of the smallest rectangle around a shape in an image of this size, in whole pixels.
pub(crate) fn bounds(shape: MaskShape, width: u32, height: u32) -> (u32, u32) {
    let size = match shape {
        MaskShape::Rounded(_) | MaskShape::Ellipse => return (width, height),
        MaskShape::Circle => (1.0, 1.0),
        _ => {
            let Extent { half, top, bottom } = extent(&points(shape));
            (2.0 * half, bottom - top)
        }
    };
    let scale = (f64::from(width) / size.0).min(f64::from(height) / size.1);
    let side = |side: f64, most: u32| ((side * scale).round() as u32).clamp(1, most);
    (side(size.0, width), side(size.1, height))
}

/// A point to the left of the middle, in any unit; the second coordinate grows downwards.
type Point = (f64, f64);

/// How far points reach from the middle, up and down.
struct Extent {
    half: f64,
    top: f64,
    bottom: f64,
}

fn extent(points: &[Point]) -> Extent {
    let of = |extent: Extent, &(x, y): &Point| Extent {
        half: extent.half.max(x),
        top: extent.top.min(y),
        bottom: extent.bottom.max(y),
    };
    points.iter().fold(Extent { half: 0.0, top: f64::MAX, bottom: f64::MIN }, of)
}

/// The lines between points, so large that they touch opposite sides of an image.
fn edges(points: &[Point], (width, height): (f64, f64)) -> Vec<Edge> {
    let Extent { half, top, bottom } = extent(points);
    let scale = (width / (2.0 * half)).min(height / (bottom - top));
    let above = (height - (bottom - top) * scale) / 2.0;
    let place = |&(x, y): &Point| (width / 2.0 - x * scale, above + (y - top) * scale);
    let pairs = points.iter().zip(points.iter().skip(1));
    let edge = |(from, to): (&Point, &Point)| {
        let (from, to) = (place(from), place(to));
        let enters = from.1 < to.1;
        let (high, low) = if enters { (from, to) } else { (to, from) };
        let slope = (low.0 - high.0) / (low.1 - high.1);
        Edge { top: high.1, bottom: low.1, x: high.0, slope, enters }
    };
    pairs.filter(|(from, to)| from.1 != to.1).map(edge).collect()
}

/// The left half of a shape, from the point in the middle of its top to that of its bottom.
fn points(shape: MaskShape) -> Vec<Point> {
    match shape {
        MaskShape::Triangle => polygon(3),
        MaskShape::TriangleDown => upside_down(polygon(3)),
        MaskShape::Pentagon => polygon(5),
        MaskShape::PentagonDown => upside_down(polygon(5)),
        MaskShape::Hexagon => polygon(6),
        MaskShape::Star => star(),
        MaskShape::Heart => heart(),
        _ => polygon(4),
    }
}

/// The point at this part of a whole turn from the top, on a circle.
fn around(turn: f64, radius: f64) -> Point {
    let (sin, cos) = libm::sincos(turn * std::f64::consts::TAU);
    (radius * sin, -radius * cos)
}

/// A regular polygon with a corner at its top.
fn polygon(corners: u32) -> Vec<Point> {
    let corner = |corner: u32| around(f64::from(corner) / f64::from(corners), 1.0);
    let mut points: Vec<_> = (0..=corners / 2).map(corner).collect();
    let middle = points.last().map(|&(_, y)| (0.0, y));
    points.extend(middle);
    points
}

fn upside_down(mut points: Vec<Point>) -> Vec<Point> {
    points.reverse();
    points.iter_mut().for_each(|(_, y)| *y = -*y);
    points
}

/// A star of five points whose sides are those of a pentagram.
fn star() -> Vec<Point> {
    // The square of the golden ratio is what the outer radius is to the inner one.
    let inner = (3.0 - 5f64.sqrt()) / 2.0;
    (0..=5)
        .map(|corner| around(f64::from(corner) / 10.0, if corner % 2 == 0 { 1.0 } else { inner }))
        .collect()
}

/// A heart: the curve (16 sin³ t, 13 cos t - 5 cos 2t - 2 cos 3t - cos 4t).
fn heart() -> Vec<Point> {
    /// Lines that stand for half of the curve: none is off by a tenth of a pixel, however large the image is.
    const LINES: u32 = 256;
    let point = |line: u32| {
        let (sin, cos) = libm::sincos(f64::from(line) / f64::from(LINES) * std::f64::consts::PI);
        // Multiples of the angle, by Chebyshev's polynomials.
        let cos2 = 2.0 * cos * cos - 1.0;
        let cos3 = 2.0 * cos * cos2 - cos;
        let cos4 = 2.0 * cos2 * cos2 - 1.0;
        (16.0 * sin * sin * sin, -(13.0 * cos - 5.0 * cos2 - 2.0 * cos3 - cos4))
    };
    (0..=LINES).map(point).collect()
}
