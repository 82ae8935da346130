//! The part of the upright source that a rendition shows, before it is resized.

use crate::geometry::Region;
use crate::{Crop, Error, Factor, Geometry, Length, Position, Result};

/// The part that `inset`, `crop` and `crop-ratio` leave of a region. Where the position is smart, it is a part of the right
/// size in the middle.
pub(super) fn part(geometry: &Geometry, region: Region) -> Result<Region> {
    let region = inset(geometry, region);
    let crop = geometry.crop;
    let size = crop.map_or((region.width, region.height), |crop| {
        (length(crop.width, region.width), length(crop.height, region.height))
    });
    let size = ratio(geometry, size, (region.width, region.height));
    let position = crop.map_or(Position::default(), |crop| crop.position);
    let cut = cut(Crop { width: Length::Pixels(size.0), height: Length::Pixels(size.1), position }, region)
        .ok_or_else(|| {
        let Region { width, height, .. } = region;
        Error::invalid("crop", format!("lies outside of the image of {width}x{height}"))
    })?;
    Ok(Region { x: region.x + cut.x, y: region.y + cut.y, ..cut })
}

/// The region of a crop within an image whose top left corner is the origin; `None` if it lies outside.
pub(super) fn cut(crop: Crop, image: Region) -> Option<Region> {
    let (width, height) = (length(crop.width, image.width), length(crop.height, image.height));
    let axis = |side: u32, part: u32, x: bool| -> Option<(u32, u32)> {
        if let Position::At { x: left, y: top } = crop.position {
            let start = if x { left } else { top }.of(side);
            return (start < side).then(|| (start, part.min(side - start)));
        }
        let free = f64::from(side - part);
        let start = start_of(crop.position, x, Free { side: side.into(), part: part.into(), unit: 1.0 });
        Some((start.floor().clamp(0.0, free) as u32, part))
    };
    let (x, width) = axis(image.width, width, true)?;
    let (y, height) = axis(image.height, height, false)?;
    Some(Region { x, y, width, height })
}

/// One side of an image and of the part that is placed in it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Free {
    /// The image's side.
    pub side: f64,
    /// The part's side, at most that of the image.
    pub part: f64,
    /// Length of a pixel that offsets are given in.
    pub unit: f64,
}

/// The distance from the left (`x`) or the top edge to a part placed in an image, always inside of it.
pub(super) fn start_of(position: Position, x: bool, free: Free) -> f64 {
    let Free { side, part, unit } = free;
    let pick = |pair: (u8, u8)| if x { pair.0 } else { pair.1 };
    let space = (side - part).max(0.0);
    let start = match position {
        Position::Gravity { gravity, x: right, y: down } => {
            let offset = if x { right } else { down };
            let offset = offset.of(side / unit) * unit;
            match pick(gravity.halves()) {
                0 => offset,
                1 => space / 2.0 + offset,
                _ => space - offset,
            }
        }
        Position::At { x: left, y: top } => {
            let length = if x { left } else { top };
            match length {
                Length::Pixels(pixels) => f64::from(pixels) * unit,
                Length::Share(share) => f64::from(share) * side,
            }
        }
        Position::FocalPoint { x: across, y: down } => {
            let point = if x { across } else { down };
            f64::from(point) * side - part / 2.0
        }
        // Chosen when the pixels are there.
        Position::Smart(_) => space / 2.0,
    };
    start.clamp(0.0, space)
}

/// One side of an image and of what is laid over it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Placed {
    /// The image's side.
    pub side: u32,
    /// The other's side.
    pub part: u32,
    /// Length of a pixel that offsets are given in.
    pub density: Factor,
}

impl Placed {
    /// The distance from the left edge (`across`) or the top edge. What is larger than the image lies around its middle.
    pub(crate) fn start(self, position: Position, across: bool) -> i64 {
        let Self { side, part, density } = self;
        if part >= side {
            return (i64::from(side) - i64::from(part)) / 2;
        }
        let free = Free { side: side.into(), part: part.into(), unit: density.into() };
        start_of(position, across, free).floor() as i64
    }
}

/// What `inset` leaves of a region, at least a pixel.
fn inset(geometry: &Geometry, region: Region) -> Region {
    let sides = geometry.inset;
    let (left, top) = (sides.left.min(region.width - 1), sides.top.min(region.height - 1));
    let width = region.width - left;
    let height = region.height - top;
    let (right, bottom) = (sides.right.min(width - 1), sides.bottom.min(height - 1));
    Region { x: region.x + left, y: region.y + top, width: width - right, height: height - bottom }
}

/// A side of a part of an image, at least a pixel and at most the image's.
fn length(length: Length, side: u32) -> u32 {
    length.of(side).clamp(1, side)
}

/// The size nearest to `size` with the aspect ratio of `crop-ratio`, within the image.
fn ratio(geometry: &Geometry, size: (u32, u32), image: (u32, u32)) -> (u32, u32) {
    let Some(crop) = geometry.crop_ratio else { return size };
    let ratio = f64::from(crop.ratio);
    let (width, height) = (f64::from(size.0), f64::from(size.1));
    let wider = width > height * ratio;
    // The size that keeps one side: the lesser one within the part, the greater one around it.
    let (width, height) =
        if wider == crop.enlarge { (width, width / ratio) } else { (height * ratio, height) };
    let excess = (width / f64::from(image.0)).max(height / f64::from(image.1)).max(1.0);
    let side = |length: f64, side: u32| ((length / excess).round() as u32).clamp(1, side);
    (side(width, image.0), side(height, image.1))
}
