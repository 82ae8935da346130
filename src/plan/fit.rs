//! The size that a part of the source is resized to, and how much of it the target shows.

use super::part::{Free, start_of};
use crate::geometry::{Span, Window};
use crate::{Factor, Fit, Geometry, Length, Position};

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

/// Fits an image to the target of the options.
pub(super) fn fit(geometry: &Geometry, image: Size) -> Fitted {
    let Target { base, sides, fit, density } = target(geometry, image);
    let (size, resized) = match (sides, fit) {
        ((None, None), _) => (image, exactly(image)),
        ((Some(width), Some(height)), Exact::Fill) => {
            whole((pixels(limited(geometry, width, image.0)), pixels(limited(geometry, height, image.1))))
        }
        ((width, height), Exact::Contain | Exact::Fill) => {
            // Pixels of the image for each of the result.
            let ratio =
                |side: u32, target: Option<f64>| target.map_or(0.0, |target| f64::from(side) / target);
            let ratio = ratio(image.0, width).max(ratio(image.1, height));
            whole(if ratio <= 1.0 && !geometry.enlarge { image } else { divided(image, ratio) })
        }
        ((width, height), Exact::Cover) => {
            cover(image, (width.unwrap_or(1.0), height.unwrap_or(1.0)), geometry.enlarge)
        }
    };
    let limit = match fit {
        Exact::Cover => (Some(size.0), Some(size.1)),
        _ => (sides.0.map(pixels), sides.1.map(pixels)),
    };
    let (size, resized) = at_least(geometry, density, (size, resized), limit);
    let window = window(geometry.position, density, image, size, resized);
    let at = |density: Factor| {
        let side = |base: Option<u32>, size: u32| base.map_or(size, |base| density.of(base).max(1));
        (side(base.0, size.0), side(base.1, size.1))
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

fn limited(geometry: &Geometry, target: f64, side: u32) -> f64 {
    if geometry.enlarge { target } else { target.min(side.into()) }
}

/// A side in whole pixels, of which there is always one.
fn pixels(side: f64) -> u32 {
    (side.round() as u32).max(1)
}

/// The size of an image of which `ratio` pixels become one.
fn divided(image: Size, ratio: f64) -> Size {
    (pixels(f64::from(image.0) / ratio), pixels(f64::from(image.1) / ratio))
}

/// Cuts the target's shape out of the image, and resizes it to the target unless that would enlarge it unasked.
fn cover(image: Size, target: (f64, f64), enlarge: bool) -> Sized {
    let (width, height) = exactly(image);
    let scale = (target.0 / width).max(target.1 / height);
    if scale > 1.0 && !enlarge {
        // All of a side of which less than half a pixel would be left is kept, as imgproxy does.
        let side = |target: f64, side: u32| match (target / scale).round() as u32 {
            0 => side,
            cut => cut.min(side),
        };
        return ((side(target.0, image.0), side(target.1, image.1)), (width, height));
    }
    ((pixels(target.0), pixels(target.1)), (width * scale, height * scale))
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
            let scaled = |side: Option<u32>| side.map(|side| product(full, side));
            ((scaled(width), scaled(height)), Exact::Contain)
        }
    };
    // How many times the target fits into the image: for what covers the target, along the side where that is less.
    let times =
        [base.0.map(|base| Factor::ratio(image.0, base)), base.1.map(|base| Factor::ratio(image.1, base))];
    let times = times.into_iter().flatten();
    let times = if fit == Exact::Contain { times.max() } else { times.min() };
    let fillable = times.unwrap_or(full).max(Factor::ONE);
    let density = if geometry.enlarge { full } else { full.min(fillable) };
    Target { base, sides, fit, density }
}

/// Exact for what people write: the product of a whole number and a decimal fraction.
fn product(density: Factor, side: u32) -> f64 {
    (u64::from(side) * u64::from(density.millionths())) as f64 / f64::from(Factor::ONE.millionths())
}

fn target_of_both(
    geometry: &Geometry,
    fit: Fit,
    base: Size,
    image: Size,
) -> ((Option<f64>, Option<f64>), Exact) {
    let full = geometry.density;
    let at = |density: Factor| (product(density, base.0), product(density, base.1));
    let both = |(width, height), fit| ((Some(width), Some(height)), fit);
    // How many times the target fits into the image, along the side where it fits fewer times.
    let room = Factor::ratio(image.0, base.0).min(Factor::ratio(image.1, base.1));
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
            let side = |base: u32, image: u32| product(density, base.min(image));
            both((side(base.0, image.0), side(base.1, image.1)), Exact::Cover)
        }
        Fit::Crop => {
            let (width, height) = at(full.min(room));
            both((width.min(image.0.into()), height.min(image.1.into())), Exact::Cover)
        }
        Fit::Outside if target.0 * f64::from(image.1) > target.1 * f64::from(image.0) => {
            ((Some(target.0), None), Exact::Contain)
        }
        Fit::Outside => ((None, Some(target.1)), Exact::Contain),
        Fit::Auto => {
            let alike = (base.0 >= base.1) == (image.0 >= image.1);
            target_of_both(geometry, if alike { Fit::Crop } else { Fit::Contain }, base, image)
        }
    }
}
