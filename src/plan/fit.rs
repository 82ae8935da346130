//! The size that a part of the source is resized to, and how much of it the target shows.

use super::part::{Free, start_of};
use crate::geometry::{Span, Window};
use crate::{Factor, Fit, Geometry, Length, Position, Zoom};

/// Width and height in pixels.
pub(super) type Size = (u32, u32);

/// An image that has been made to fit: its size, and the part of the image before that becomes it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Fitted {
    /// Width and height.
    pub size: Size,
    /// The part that becomes it.
    pub window: Window,
    /// The target, as it was asked for. A side that was not given is that of the fitted image.
    pub target: Size,
    /// The target at a density that the source can fill.
    pub filled: Size,
    /// Device pixels per pixel, as far as the source can fill them.
    pub density: Factor,
    /// Whether the target has both sides.
    pub both: bool,
}

impl Fitted {
    /// The same part of the image at a scale, with the density of what surrounds it.
    pub(super) fn scaled(self, scale: f64) -> Self {
        let density = Factor::from_millionths((f64::from(self.density.millionths()) * scale).round() as u32);
        Self { size: scaled(self.size, scale), density, ..self }
    }
}

/// A size at a scale.
pub(super) fn scaled((width, height): Size, scale: f64) -> Size {
    (pixels(f64::from(width) * scale), pixels(f64::from(height) * scale))
}

/// Fits an image to the target of the options.
pub(super) fn fit(geometry: &Geometry, image: Size) -> Fitted {
    let Target { base, sides, fit, density } = target(geometry, image);
    let zoomed = Zoomed::new(geometry, image);
    let (size, resized) = match (sides, fit) {
        ((None, None), _) => (image, exactly(image)),
        ((Some(width), Some(height)), Exact::Fill) => {
            let side = |side: u32, target: f64| {
                pixels(if geometry.enlarge { target } else { target.min(side.into()) })
            };
            whole((side(image.0, width), side(image.1, height)))
        }
        (sides, Exact::Contain | Exact::Fill) => whole(zoomed.contained(sides, geometry.enlarge)),
        ((width, height), Exact::Cover) => {
            zoomed.covering((width.unwrap_or(1.0), height.unwrap_or(1.0)), geometry.enlarge)
        }
    };
    let limit = match fit {
        Exact::Cover => (Some(size.0), Some(size.1)),
        _ => (sides.0.map(pixels), sides.1.map(pixels)),
    };
    let (size, resized) = at_least(geometry, density, (size, resized), limit);
    let window = window(geometry.position, density, image, size, resized);
    let at = |density: Factor| {
        let side = |base: Option<u32>, size: u32, zoom: Factor| {
            base.map_or(size, |base| pixels(product(zoom, product(density, base.into()))))
        };
        (side(base.0, size.0, geometry.zoom.x), side(base.1, size.1, geometry.zoom.y))
    };
    let (target, filled) = (at(geometry.density), at(density));
    Fitted { size, window, target, filled, density, both: base.0.is_some() && base.1.is_some() }
}

/// The size of a result, and the size that the whole image is resized to for it.
type Sized = (Size, (f64, f64));

fn exactly(size: Size) -> (f64, f64) {
    (size.0.into(), size.1.into())
}

/// A result that shows the whole image.
fn whole(size: Size) -> Sized {
    (size, exactly(size))
}

/// A side in whole pixels, of which there is always one.
fn pixels(side: f64) -> u32 {
    (side.round() as u32).max(1)
}

/// An image with pixels that are as wide and as high as the zoom makes them.
struct Zoomed {
    /// The sides of the image times the zoom.
    sides: (f64, f64),
    /// The larger factor of the zoom: no pixel is enlarged where the image is divided by it, or by more.
    most: f64,
}

impl Zoomed {
    fn new(geometry: &Geometry, image: Size) -> Self {
        let Zoom { x, y } = geometry.zoom;
        let sides = (product(x, image.0.into()), product(y, image.1.into()));
        Self { sides, most: geometry.zoom.most().into() }
    }

    /// The size of an image of which `ratio` pixels become one.
    fn divided(&self, ratio: f64) -> (f64, f64) {
        // As sharp calculates it, which decides what becomes of halves; imgproxy multiplies by the reciprocal.
        (self.sides.0 / ratio, self.sides.1 / ratio)
    }

    /// The largest size within a target.
    fn contained(&self, (width, height): (Option<f64>, Option<f64>), enlarge: bool) -> Size {
        let ratio = |side: f64, target: Option<f64>| target.map_or(0.0, |target| side / target);
        let ratio = ratio(self.sides.0, width).max(ratio(self.sides.1, height));
        let (width, height) = self.divided(if enlarge { ratio } else { ratio.max(self.most) });
        (pixels(width), pixels(height))
    }

    /// Cuts the target's shape out of the image, and resizes it to the target unless that would enlarge it unasked.
    fn covering(&self, target: (f64, f64), enlarge: bool) -> Sized {
        let ratio = (self.sides.0 / target.0).min(self.sides.1 / target.1);
        let resized = self.divided(if enlarge { ratio } else { ratio.max(self.most) });
        if ratio < self.most && !enlarge {
            // All of a side of which less than half a pixel would be left is kept, as imgproxy does.
            let side = |target: f64, resized: f64| match (target * ratio / self.most).round() as u32 {
                0 => pixels(resized),
                cut => cut.min(pixels(resized)),
            };
            return ((side(target.0, resized.0), side(target.1, resized.1)), resized);
        }
        let side = |target: f64, resized: f64| pixels(target).min(pixels(resized));
        ((side(target.0, resized.0), side(target.1, resized.1)), resized)
    }
}

/// Scales an image up until it has at least the least size, and crops what exceeds the limit.
fn at_least(
    geometry: &Geometry,
    density: Factor,
    (size, resized): Sized,
    limit: (Option<u32>, Option<u32>),
) -> Sized {
    let missing = |least: Option<u32>, side: f64| {
        least.map_or(1.0, |least| f64::from(density.of(least)) / side).max(1.0)
    };
    let factor = missing(geometry.min_width, resized.0).max(missing(geometry.min_height, resized.1));
    if factor <= 1.0 {
        return (size, resized);
    }
    let resized = (resized.0 * factor, resized.1 * factor);
    let side = |resized: f64, limit: Option<u32>| {
        let side = (resized.round() as u32).max(1);
        limit.map_or(side, |limit| side.min(limit))
    };
    ((side(resized.0, limit.0), side(resized.1, limit.1)), resized)
}

/// The part of an image that a result of `size` shows if all of the image is resized to `resized`.
fn window(position: Position, density: Factor, image: Size, size: Size, resized: (f64, f64)) -> Window {
    let axis = |side: u32, size: u32, resized: f64, x: bool| {
        let side = f64::from(side);
        let per_pixel = side / resized;
        let part = (f64::from(size) * per_pixel).min(side);
        if part == side {
            return Span::whole(side);
        }
        let start = start_of(position, x, Free { side, part, unit: f64::from(density) * per_pixel });
        // Where nothing is resampled, the window lies on whole pixels.
        Span { start: if per_pixel == 1.0 { start.floor() } else { start }, len: part }
    };
    Window { x: axis(image.0, size.0, resized.0, true), y: axis(image.1, size.1, resized.1, false) }
}

/// The fits that all others come down to for one source.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Exact {
    Contain,
    Cover,
    Fill,
}

/// A target in pixels of the rendition.
struct Target {
    /// As it was asked for, at a density of 1.
    base: (Option<u32>, Option<u32>),
    /// The size, not rounded: the other side of an image follows from what was asked for, and not from whole pixels.
    sides: (Option<f64>, Option<f64>),
    fit: Exact,
    /// The density of what surrounds the image.
    density: Factor,
}

/// The target for an image.
fn target(geometry: &Geometry, image: Size) -> Target {
    let full = geometry.density;
    let length = |length: Option<Length>, side| length.map(|length| length.of(side).max(1));
    let mut base = (length(geometry.width, image.0), length(geometry.height, image.1));
    if matches!(geometry.fit, Fit::Fill | Fit::Stretch) && base != (None, None) {
        // A side that is not given stays as it is, whatever the density.
        base = (base.0.or(Some(image.0)), base.1.or(Some(image.1)));
    }
    let (sides, fit) = match base {
        (Some(width), Some(height)) => target_of_both(geometry, geometry.fit, (width, height), image),
        (width, height) => {
            let scaled =
                |side: Option<u32>, zoom: Factor| side.map(|side| product(zoom, product(full, side.into())));
            ((scaled(width, geometry.zoom.x), scaled(height, geometry.zoom.y)), Exact::Contain)
        }
    };
    // How many times the target fits into the image: for what covers the target, along the side where that is less.
    let times =
        [base.0.map(|base| Factor::ratio(image.0, base)), base.1.map(|base| Factor::ratio(image.1, base))];
    let times = times.into_iter().flatten();
    let times = if fit == Exact::Contain { times.max() } else { times.min() };
    let fillable = times.map_or(full, |times| over(times, geometry.zoom)).max(Factor::ONE);
    let density = if geometry.enlarge { full } else { full.min(fillable) };
    Target { base, sides, fit, density }
}

/// Exact for what people write: the product of a whole number and a decimal fraction.
fn product(factor: Factor, side: f64) -> f64 {
    side * f64::from(factor.millionths()) / f64::from(Factor::ONE.millionths())
}

/// A number of times over the larger factor of a zoom.
fn over(times: Factor, zoom: Zoom) -> Factor {
    Factor::ratio(times.millionths(), zoom.most().millionths())
}

fn target_of_both(
    geometry: &Geometry,
    fit: Fit,
    base: Size,
    image: Size,
) -> ((Option<f64>, Option<f64>), Exact) {
    let (full, zoom) = (geometry.density, geometry.zoom);
    let zoomed = |width: f64, height: f64| (product(zoom.x, width), product(zoom.y, height));
    let at = |density: Factor| zoomed(product(density, base.0.into()), product(density, base.1.into()));
    let both = |(width, height), fit| ((Some(width), Some(height)), fit);
    // How many times the target fits into the image, along the side where it fits fewer times.
    let room = Factor::ratio(image.0, base.0).min(Factor::ratio(image.1, base.1));
    let room = match fit {
        // The sides are independent of each other.
        Fit::Stretch => stretched_room(zoom, base, image),
        _ => over(room, zoom),
    };
    let target = at(full);
    match fit {
        Fit::Contain | Fit::Pad => both(target, Exact::Contain),
        Fit::Cover => both(target, Exact::Cover),
        Fit::Fill => both(target, Exact::Fill),
        Fit::Stretch if geometry.enlarge => both(target, Exact::Fill),
        Fit::Stretch => both(at(full.min(room)), Exact::Fill),
        Fit::Crop if geometry.enlarge => both(target, Exact::Cover),
        Fit::Crop if room < Factor::ONE => {
            // A source that is too short along one side is as dense as it is, and no denser.
            let density = Factor::ratio(full.millionths(), room.millionths()).min(Factor::ONE);
            let most = f64::from(zoom.most());
            let side = |base: u32, image: u32| product(density, f64::from(base).min(f64::from(image) / most));
            both(zoomed(side(base.0, image.0), side(base.1, image.1)), Exact::Cover)
        }
        Fit::Crop => {
            let (width, height) = at(full.min(room));
            both((width.min(image.0.into()), height.min(image.1.into())), Exact::Cover)
        }
        Fit::Outside if u64::from(base.0) * u64::from(image.1) > u64::from(base.1) * u64::from(image.0) => {
            ((Some(target.0), None), Exact::Contain)
        }
        Fit::Outside => ((None, Some(target.1)), Exact::Contain),
        Fit::Auto => {
            let alike = (base.0 >= base.1) == (image.0 >= image.1);
            target_of_both(geometry, if alike { Fit::Crop } else { Fit::Contain }, base, image)
        }
    }
}

/// How many times a target that is zoomed fits into an image, along the side where it fits fewer times.
fn stretched_room(zoom: Zoom, base: Size, image: Size) -> Factor {
    let times = |image: u32, base: u32, zoom: Factor| {
        Factor::ratio(Factor::ratio(image, base).millionths(), zoom.millionths())
    };
    times(image.0, base.0, zoom.x).min(times(image.1, base.1, zoom.y))
}
