//! Decides a rendition's geometry from a source's header and the options, with no pixel in sight.
//!
//! The steps that choose and move pixels of the source (orientation, trim, crop, rotation, fit) become three things: the part
//! of the stored image that matters, the size that part is resampled to, and one transform of the small result. What is
//! added around that (surroundings, tilt, mask) follows as it stands in the contract.

mod fit;
mod part;
mod scale;
#[cfg(test)]
mod tests;
mod validate;

pub(crate) use scale::{Axis, DecodeScale, Detail, Lane, Scale};
pub(crate) use validate::validate;

use fit::{Fitted, Size, fit};
pub(crate) use part::Placed;

use part::{Free, cut, part, start_of};
use validate::needs_eight_bits;

use crate::geometry::{Region, Span, Transform, Window};
use crate::pixels::Depth;
use crate::stage::{mask, tilt};
use crate::{
    Error, Extent, Factor, Filter, Fit, Geometry, Limit, Mask, MaskShape, Options, Position, Result, Sides,
    Smart, Source, Tilt,
};

/// What to do with a source. Axes are those of the stored image.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Plan {
    /// The scale to decode at.
    pub scale: Scale,
    /// The part that becomes the rendition, in stored pixels.
    pub window: Window,
    /// The part that may contribute to it, in stored pixels.
    pub bounds: Window,
    /// Width and height that the window is resampled to.
    pub size: Size,
    /// The kernel to resample with.
    pub filter: Filter,
    /// What turns the resampled image upright and as the options ask.
    pub transform: Transform,
    /// What to cut out of the turned image once its pixels are known.
    pub smart: Option<SmartCut>,
    /// What to add around the image.
    pub around: Around,
    /// Device pixels per pixel, which multiply lengths in the rendition.
    pub density: Factor,
    /// Width of the rendition.
    pub width: u32,
    /// Height of the rendition.
    pub height: u32,
}

/// A part of the resampled image that is chosen by its content.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct SmartCut {
    /// How it is chosen.
    pub method: Smart,
    /// Width and height of the part.
    pub size: Size,
    /// What is kept of it.
    pub keep: Region,
}

/// What is added to the resized image, in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Around {
    /// Pixels at each side.
    pub extend: Sides,
    /// A rotation by any angle.
    pub tilt: Option<Tilt>,
    /// Pixels at each side, after the rotation.
    pub padding: Sides,
    /// A shape, with lengths in pixels of the rendition.
    pub mask: Option<Mask>,
}

impl Plan {
    /// Whether rows become those of the rendition as they come: none waits for later ones.
    pub(crate) fn keeps_order(&self) -> bool {
        self.transform == Transform::default() && self.smart.is_none() && self.around == Around::default()
    }

    /// Whether the result has fewer pixels than the part of the source that it shows, on both axes.
    pub(crate) fn shrinks(&self) -> bool {
        self.window.x.len > f64::from(self.size.0) && self.window.y.len > f64::from(self.size.1)
    }

    /// How the axes of a lane are resampled, across and down; to half the size if it is `halved` chroma.
    pub(crate) fn axes(&self, lane: &Lane, halved: bool) -> (Axis, Axis) {
        let x = scale::axis(self.window.x, self.bounds.x, lane.per_x, lane.width, self.size.0);
        let y = scale::axis(self.window.y, self.bounds.y, lane.per_y, lane.height, self.size.1);
        if !halved {
            return (x, y);
        }
        let (mirror_x, mirror_y) = self.transform.size(self.transform.mirror_x, self.transform.mirror_y);
        (x.halved(mirror_x), y.halved(mirror_y))
    }
}

/// Makes the plan, or refuses it for what the header and the options say. `scales` lists what the decoder offers below
/// full size, the smallest first; `trimmed` is what trimming has left of the upright source.
pub(crate) fn plan(
    source: &Source,
    options: &Options,
    scales: &[DecodeScale],
    trimmed: Option<Region>,
) -> Result<Plan> {
    validate(options)?;
    Limit::SourcePixels.check(source.pixels(), options.limits.source_pixels)?;

    let geometry = &options.geometry;
    let upright = upright(source, geometry);
    let region = trimmed.unwrap_or_else(|| {
        let (width, height) = upright.size(source.width, source.height);
        Region { x: 0, y: 0, width, height }
    });
    let (chosen, around) = within_side(geometry, region)?;
    let turn = turn(geometry);

    let stored = (source.width.into(), source.height.into());
    let to_stored = |part: Region, window: Window| {
        let window = turn.source_of(window, (part.width.into(), part.height.into()));
        let x = window.x.shifted(part.x.into());
        let y = window.y.shifted(part.y.into());
        upright.source_of(Window { x, y }, stored)
    };
    let whole = turn.size(chosen.bounds.width, chosen.bounds.height);
    let whole = Window { x: Span::whole(whole.0.into()), y: Span::whole(whole.1.into()) };
    let (window, bounds) = (to_stored(chosen.bounds, chosen.window), to_stored(chosen.bounds, whole));

    let transform = upright.then(turn);
    let size = transform.size(chosen.resampled.0, chosen.resampled.1);
    // Sides are rounded to whole pixels; half of one must not cost a scale.
    let ratio = |span: Span, size: u32| span.len / (f64::from(size) - 0.5);
    let ratio = ratio(window.x, size.0).min(ratio(window.y, size.1));
    let sufficient = |offer: &&DecodeScale| offer.scale.factor() * ratio >= offer.min_ratio;
    let scale = scales.iter().find(sufficient).map_or(Scale::FULL, |offer| offer.scale);

    let (width, height) = around.size(chosen.size)?;
    check_size(options, width, height)?;
    let smart = chosen.smart;
    let (filter, density) = (geometry.filter, chosen.fitted.density);
    Ok(Plan { scale, window, bounds, size, filter, transform, smart, around, density, width, height })
}

/// The plan that decodes all of a source as it is stored, to look at its pixels.
pub(crate) fn whole(source: &Source, options: &Options) -> Result<Plan> {
    validate(options)?;
    Limit::SourcePixels.check(source.pixels(), options.limits.source_pixels)?;
    let window = Window { x: Span::whole(source.width.into()), y: Span::whole(source.height.into()) };
    Ok(Plan {
        scale: Scale::FULL,
        window,
        bounds: window,
        size: (source.width, source.height),
        filter: options.geometry.filter,
        transform: Transform::default(),
        smart: None,
        around: Around::default(),
        density: Factor::ONE,
        width: source.width,
        height: source.height,
    })
}

/// The bits of the samples that an encoder is to write. Those of the source are kept if that is asked for and can be.
pub(crate) fn depth(options: &Options, source: Depth) -> Depth {
    match options.output.bit_depth {
        16 => Depth::Sixteen,
        0 if needs_eight_bits(options).is_none() => source,
        _ => Depth::Eight,
    }
}

/// What turns a source upright.
pub(crate) fn upright(source: &Source, geometry: &Geometry) -> Transform {
    if geometry.auto_orient { Transform::from_exif(source.orientation) } else { Transform::default() }
}

/// The rotation and mirroring that the options ask for.
fn turn(geometry: &Geometry) -> Transform {
    let (mirror_x, mirror_y) = (geometry.flip_horizontal, geometry.flip_vertical);
    Transform::from_rotation(geometry.rotate).then(Transform { swap: false, mirror_x, mirror_y })
}

/// The part of the upright source that a rendition shows, and its size.
struct Chosen {
    /// What may contribute.
    bounds: Region,
    /// What is resampled, in pixels of the bounds, turned.
    window: Window,
    /// The size that it is resampled to, turned.
    resampled: Size,
    /// What is cut out of that.
    smart: Option<SmartCut>,
    /// The size afterwards.
    size: Size,
    /// The size that it is surrounded up to, if it is.
    extent: Option<Size>,
    fitted: Fitted,
}

/// What is chosen, and what is added around it, both as small as the longest side that the options allow.
fn within_side(geometry: &Geometry, region: Region) -> Result<(Chosen, Around)> {
    // Parts that are each rounded up may be too long by pixels, and so may a tilted pixel alone.
    const ROUNDS: u32 = 8;
    let most = geometry.max_side.unwrap_or(u32::MAX);
    let (mut scale, mut rounds) = (1.0, 0);
    loop {
        let chosen = choose(geometry, region, scale)?;
        let around = around(geometry, &chosen);
        let (width, height) = around.size(chosen.size)?;
        let side = width.max(height);
        rounds += 1;
        if side <= most || rounds == ROUNDS {
            return Ok((chosen, around));
        }
        scale *= f64::from(most) / f64::from(side);
    }
}

/// What is chosen, at a scale of what else the options ask for.
fn choose(geometry: &Geometry, region: Region, scale: f64) -> Result<Chosen> {
    let part = part(geometry, region)?;
    let turn = turn(geometry);
    let image = turn.size(part.width, part.height);
    let full = fit(geometry, image);
    let keep = kept(geometry, full.size)?;
    let extent = extent(geometry, &full, (keep.width, keep.height)).map(|size| fit::scaled(size, scale));
    let fitted = full.scaled(scale);
    let keep = keep.scaled(scale, fitted.size);
    let (width, height) = fitted.size;
    let size = (keep.width, keep.height);
    let per_pixel = (fitted.window.x.len / f64::from(width), fitted.window.y.len / f64::from(height));

    let of_part = |crop: crate::Crop| match crop.position {
        Position::Smart(method) if part != region => Some((method, region)),
        _ => None,
    };
    let is_cut = fitted.window != Window { x: Span::whole(image.0.into()), y: Span::whole(image.1.into()) };
    let of_target = match geometry.position {
        Position::Smart(method) if is_cut => Some((method, part)),
        _ => None,
    };
    if let Some((method, bounds)) = geometry.crop.and_then(of_part).or(of_target) {
        let whole = turn.size(bounds.width, bounds.height);
        // As many whole pixels as there are at this scale.
        let side = |side: u32, per_pixel: f64, least: u32| {
            let pixels = ((f64::from(side) / per_pixel + 1e-6).floor() as u32).max(least);
            let len = (f64::from(pixels) * per_pixel).min(side.into());
            (pixels, Span { start: (f64::from(side) - len) / 2.0, len })
        };
        let (columns, x) = side(whole.0, per_pixel.0, width);
        let (rows, y) = side(whole.1, per_pixel.1, height);
        let (window, resampled) = (Window { x, y }, (columns, rows));
        let smart = Some(SmartCut { method, size: fitted.size, keep });
        return Ok(Chosen { bounds, window, resampled, smart, size, extent, fitted });
    }
    let part_of = |span: Span, per_pixel: f64, start: u32, len: u32| Span {
        start: span.start + f64::from(start) * per_pixel,
        len: f64::from(len) * per_pixel,
    };
    let window = if geometry.crop_resized.is_some() {
        Window {
            x: part_of(fitted.window.x, per_pixel.0, keep.x, keep.width),
            y: part_of(fitted.window.y, per_pixel.1, keep.y, keep.height),
        }
    } else {
        fitted.window
    };
    Ok(Chosen { bounds: part, window, resampled: size, smart: None, size, extent, fitted })
}

/// The part of the resized image that is kept.
fn kept(geometry: &Geometry, (width, height): Size) -> Result<Region> {
    let whole = Region { x: 0, y: 0, width, height };
    geometry.crop_resized.map_or(Ok(whole), |crop| {
        cut(crop, whole).ok_or_else(|| {
            Error::invalid("crop-resized", format!("lies outside of the resized image of {width}x{height}"))
        })
    })
}

/// The size that an image of `size` is surrounded up to, if it is.
fn extent(geometry: &Geometry, fitted: &Fitted, size: Size) -> Option<Size> {
    match geometry.extend.map(|extend| extend.to) {
        Some(Extent::Size) => Some(fitted.filled),
        Some(Extent::Ratio) => fitted.both.then(|| with_ratio_of(fitted.filled, size)),
        None => (geometry.fit == Fit::Pad && fitted.both).then_some(fitted.target),
    }
}

/// What is added to what is chosen.
fn around(geometry: &Geometry, chosen: &Chosen) -> Around {
    let density = chosen.fitted.density;
    let position = geometry.extend.map_or(geometry.position, |extend| extend.position);
    let extend = chosen.extent.map_or(Sides::ZERO, |to| sides_to(chosen.size, to, position, density));
    let Sides { top, right, bottom, left } = geometry.padding;
    let [top, right, bottom, left] = [top, right, bottom, left].map(|side| density.of(side));
    let mask = geometry.mask.map(|mask| match mask.shape {
        MaskShape::Rounded(radius) => Mask { shape: MaskShape::Rounded(density.of(radius).max(1)), ..mask },
        _ => mask,
    });
    Around { extend, tilt: geometry.tilt, padding: Sides { top, right, bottom, left }, mask }
}

impl Around {
    /// The size of an image of this size afterwards.
    fn size(&self, size: Size) -> Result<Size> {
        let size = grown(size, self.extend)?;
        let size = self.tilt.map_or(size, |tilt| tilt::size(size, tilt.angle));
        let size = grown(size, self.padding)?;
        Ok(self.mask.map_or(size, |mask| mask::size(mask, size.0, size.1)))
    }
}

/// The size of an image with more pixels at its sides.
fn grown((width, height): Size, sides: Sides) -> Result<Size> {
    let sum = |sides: [u32; 3]| {
        let sum = sides.iter().map(|&side| u64::from(side)).sum::<u64>();
        u32::try_from(sum).map_err(|_| Error::LimitExceeded {
            limit: Limit::OutputSide,
            allowed: u32::MAX.into(),
            needed: sum,
        })
    };
    Ok((sum([width, sides.left, sides.right])?, sum([height, sides.top, sides.bottom])?))
}

/// The smallest size around an image that has the aspect ratio of a target.
fn with_ratio_of(target: Size, image: Size) -> Size {
    let side = |numerator: u32, by: u32, over: u32| {
        let over = u64::from(over.max(1));
        u32::try_from((u64::from(numerator) * u64::from(by) + over / 2) / over).unwrap_or(u32::MAX)
    };
    let height = side(image.0, target.1, target.0);
    if height >= image.1 {
        (image.0, height)
    } else {
        (side(image.1, target.0, target.1).max(image.0), image.1)
    }
}

/// The sides that extend an image to a size, where it is smaller.
fn sides_to(image: Size, size: Size, position: Position, density: Factor) -> Sides {
    let axis = |image: u32, size: u32, x: bool| {
        let free = size.saturating_sub(image);
        let side = f64::from(size.max(image));
        let start = start_of(position, x, Free { side, part: image.into(), unit: density.into() });
        let before = (start.floor() as u32).min(free);
        (before, free - before)
    };
    let (left, right) = axis(image.0, size.0, true);
    let (top, bottom) = axis(image.1, size.1, false);
    Sides { top, right, bottom, left }
}

fn check_size(options: &Options, width: u32, height: u32) -> Result<()> {
    let longest = width.max(height);
    Limit::OutputSide.check(longest.into(), options.limits.output_side.into())?;
    Limit::OutputPixels.check(u64::from(width) * u64::from(height), options.limits.output_pixels)?;
    let format = options.output.format;
    let allowed = validate::longest_side(format)?;
    if longest > allowed {
        return Err(Error::unsupported(
            format,
            format!("with a side of {longest} pixels (at most {allowed})"),
        ));
    }
    Ok(())
}
