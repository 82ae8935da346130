//! Decides a rendition's geometry from a source's header and the options, with no pixel in sight.
//!
//! All steps that move pixels (orientation, crop, rotation, fit) become three things: the part of the stored image that
//! matters, the size that part is resampled to, and one transform of the small result.

use crate::geometry::{Span, Transform, Window};
use crate::{Error, Filter, Fit, Format, Geometry, Limit, Options, Region, Result, Source};

/// A size at which a decoder can hand out an image, in eighths of the stored one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Scale(u8);

impl Scale {
    /// The stored size.
    pub(crate) const FULL: Self = Self(8);

    /// `eighths` eighths, from 1 to 8.
    pub(crate) const fn eighths(eighths: u8) -> Self {
        Self(if eighths < 1 {
            1
        } else if eighths > 8 {
            8
        } else {
            eighths
        })
    }

    /// How many eighths, 1 to 8.
    pub(crate) fn numerator(self) -> u8 {
        self.0
    }

    /// A side of `length` pixels at this scale, rounded up as JPEG decoders do.
    pub(crate) fn apply(self, length: u32) -> u32 {
        u32::try_from((u64::from(length) * u64::from(self.0)).div_ceil(8)).unwrap_or(length)
    }

    fn factor(self) -> f64 {
        f64::from(self.0) / 8.0
    }
}

/// A scale that a decoder offers, and when to take it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct DecodeScale {
    /// The scale.
    pub scale: Scale,
    /// Fewest decoded pixels for each pixel of the result, on either axis, with which it is taken. The fewer there are,
    /// the more the decoder's filter, and not the chosen one, shapes the result.
    pub min_ratio: f64,
}

/// How much of a source's detail a rendition needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Detail {
    /// The scale to decode at.
    pub scale: Scale,
    /// Whether the rendition stores chroma at half of its width and height.
    pub halved_chroma: bool,
}

/// One lane of a decoded image: its size, and how many of its samples lie along a stored pixel, as fractions.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Lane {
    /// Samples of a row.
    pub width: u32,
    /// Rows.
    pub height: u32,
    /// Samples per stored pixel, across.
    pub per_x: (u32, u32),
    /// Samples per stored pixel, down.
    pub per_y: (u32, u32),
}

impl Lane {
    /// The only lane of a source whose pixels are decoded whole.
    pub(crate) fn whole(source: &Source, scale: Scale) -> Self {
        let per = (u32::from(scale.0), 8);
        Self { width: scale.apply(source.width), height: scale.apply(source.height), per_x: per, per_y: per }
    }
}

/// How one axis of a lane becomes one axis of the resampled lane.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Axis {
    /// The part that becomes the result, in samples of the lane.
    pub span: Span,
    /// The first sample that may contribute.
    pub low: u32,
    /// The sample after the last that may contribute.
    pub high: u32,
    /// Samples of the result.
    pub size: u32,
}

impl Axis {
    /// Samples of the lane per sample of the result.
    pub(crate) fn ratio(&self) -> f64 {
        self.span.len / f64::from(self.size)
    }

    /// The first sample of the span, if the result is a copy of it, sample by sample.
    pub(crate) fn copied_from(&self) -> Option<u32> {
        let start = self.span.start as u32;
        let exact = f64::from(start) == self.span.start && f64::from(self.size) == self.span.len;
        exact.then_some(start)
    }

    /// The axis for chroma at half the size: one sample for every two of the result. At an odd size, the last of them in
    /// the rendition's order (the first here, if that is mirrored) reaches beyond the image.
    fn halved(self, mirrored: bool) -> Self {
        let size = self.size.div_ceil(2);
        let len = self.ratio() * f64::from(2 * size);
        let start = if mirrored { self.span.end() - len } else { self.span.start };
        Self { span: Span { start, len }, size, ..self }
    }
}

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
    pub size: (u32, u32),
    /// The kernel to resample with.
    pub filter: Filter,
    /// What turns the resampled image into the rendition.
    pub transform: Transform,
    /// Width of the rendition.
    pub width: u32,
    /// Height of the rendition.
    pub height: u32,
}

impl Plan {
    /// How the axes of a lane are resampled, across and down; to half the size if it is `halved` chroma.
    pub(crate) fn axes(&self, lane: &Lane, halved: bool) -> (Axis, Axis) {
        let x = axis(self.window.x, self.bounds.x, lane.per_x, lane.width, self.size.0);
        let y = axis(self.window.y, self.bounds.y, lane.per_y, lane.height, self.size.1);
        if !halved {
            return (x, y);
        }
        let (mirror_x, mirror_y) = self.transform.size(self.transform.mirror_x, self.transform.mirror_y);
        (x.halved(mirror_x), y.halved(mirror_y))
    }
}

/// One axis, from stored pixels to samples of a lane.
fn axis(span: Span, bounds: Span, (samples, pixels): (u32, u32), length: u32, size: u32) -> Axis {
    let per_pixel = f64::from(samples) / f64::from(pixels);
    let bounds = bounds.scaled(per_pixel);
    let low = (bounds.start.floor() as u32).min(length.saturating_sub(1));
    let high = (bounds.end().ceil() as u32).clamp(low + 1, length.max(low + 1));
    Axis { span: span.scaled(per_pixel), low, high, size }
}

/// Checks what can be checked of options before a source is known.
pub(crate) fn validate(options: &Options) -> Result<()> {
    let geometry = &options.geometry;
    let at_least_one = |name, value: Option<u32>| match value {
        Some(0) => Err(Error::invalid(name, "must be at least 1")),
        _ => Ok(()),
    };
    at_least_one("geometry.width", geometry.width)?;
    at_least_one("geometry.height", geometry.height)?;
    at_least_one("geometry.crop.width", geometry.crop.map(|crop| crop.width))?;
    at_least_one("geometry.crop.height", geometry.crop.map(|crop| crop.height))?;

    let output = &options.output;
    if let Some(quality) = output.quality
        && !(1..=100).contains(&quality)
    {
        return Err(Error::invalid("output.quality", format!("is {quality}, must be 1 to 100")));
    }
    if output.lossless && output.format == Format::Jpeg {
        return Err(Error::invalid("output.lossless", "JPEG is always lossy; ask for WebP or PNG"));
    }
    crate::encode::longest_side(output.format).map(|_| ())
}

/// Makes the plan, or refuses it for what the header and the options say. `scales` lists what the decoder offers below
/// full size, the smallest first.
pub(crate) fn plan(source: &Source, options: &Options, scales: &[DecodeScale]) -> Result<Plan> {
    validate(options)?;
    Limit::SourcePixels.check(source.pixels(), options.limits.source_pixels)?;

    let geometry = &options.geometry;
    let upright =
        if geometry.auto_orient { Transform::from_exif(source.orientation) } else { Transform::default() };
    let crop = crop(geometry, upright.size(source.width, source.height))?;
    let turn = Transform::from_rotation(geometry.rotate).then(Transform {
        swap: false,
        mirror_x: geometry.flip_horizontal,
        mirror_y: geometry.flip_vertical,
    });

    let fitted = fit(geometry, turn.size(crop.width, crop.height));
    check_size(options, fitted.width, fitted.height)?;

    let window = turn.source_of(fitted.window, (crop.width.into(), crop.height.into()));
    let stored = (source.width.into(), source.height.into());
    let to_stored = |window: Window| {
        let x = window.x.shifted(crop.x.into());
        let y = window.y.shifted(crop.y.into());
        upright.source_of(Window { x, y }, stored)
    };
    let window = to_stored(window);
    let bounds = to_stored(Window { x: Span::whole(crop.width.into()), y: Span::whole(crop.height.into()) });

    let transform = upright.then(turn);
    let (width, height) = transform.size(fitted.width, fitted.height);
    // Sides are rounded to whole pixels; half of one must not cost a scale.
    let ratio = |span: Span, size: u32| span.len / (f64::from(size) - 0.5);
    let ratio = ratio(window.x, width).min(ratio(window.y, height));
    let sufficient = |offer: &&DecodeScale| offer.scale.factor() * ratio >= offer.min_ratio;
    let scale = scales.iter().find(sufficient).map_or(Scale::FULL, |offer| offer.scale);
    Ok(Plan {
        scale,
        window,
        bounds,
        size: (width, height),
        filter: geometry.filter,
        transform,
        width: fitted.width,
        height: fitted.height,
    })
}

/// The crop box within an image of the given size.
fn crop(geometry: &Geometry, (width, height): (u32, u32)) -> Result<Region> {
    let Some(crop) = geometry.crop else {
        return Ok(Region { x: 0, y: 0, width, height });
    };
    if crop.x >= width || crop.y >= height {
        let detail = format!("it starts at {},{}, outside of the image of {width}x{height}", crop.x, crop.y);
        return Err(Error::invalid("geometry.crop", detail));
    }
    Ok(Region { width: crop.width.min(width - crop.x), height: crop.height.min(height - crop.y), ..crop })
}

/// A target: its size, and the part of the image that becomes it.
struct Fitted {
    width: u32,
    height: u32,
    window: Window,
}

/// Fits an image of the given size to the target that the options name.
fn fit(geometry: &Geometry, (width, height): (u32, u32)) -> Fitted {
    let whole = Window { x: Span::whole(width.into()), y: Span::whole(height.into()) };
    let fitted = |(width, height)| Fitted { width, height, window: whole };
    match (geometry.width, geometry.height) {
        (None, None) => fitted((width, height)),
        (Some(w), None) => {
            let w = if geometry.enlarge { w } else { w.min(width) };
            fitted((w, proportional(w, height, width)))
        }
        (None, Some(h)) => {
            let h = if geometry.enlarge { h } else { h.min(height) };
            fitted((proportional(h, width, height), h))
        }
        (Some(w), Some(h)) => match geometry.fit {
            Fit::Contain => fitted(contain((width, height), (w, h), geometry.enlarge)),
            Fit::Fill if geometry.enlarge => fitted((w, h)),
            Fit::Fill => fitted((w.min(width), h.min(height))),
            Fit::Cover => cover(geometry, (width, height), (w, h)),
        },
    }
}

/// `length × numerator / denominator`, rounded to the nearest and at least 1.
fn proportional(length: u32, numerator: u32, denominator: u32) -> u32 {
    let denominator = u64::from(denominator).max(1);
    let rounded = (u64::from(length) * u64::from(numerator) + denominator / 2) / denominator;
    u32::try_from(rounded).unwrap_or(u32::MAX).max(1)
}

/// Whether a target is wider in shape than an image.
fn is_wider((width, height): (u32, u32), target: (u32, u32)) -> bool {
    u64::from(target.0) * u64::from(height) > u64::from(target.1) * u64::from(width)
}

fn contain(image: (u32, u32), target: (u32, u32), enlarge: bool) -> (u32, u32) {
    if !enlarge && target.0 >= image.0 && target.1 >= image.1 {
        image
    } else if is_wider(image, target) {
        (proportional(target.1, image.0, image.1), target.1)
    } else {
        (target.0, proportional(target.0, image.1, image.0))
    }
}

/// Cuts the target's shape out of the image, and resamples it to the target unless that would enlarge it unasked.
fn cover(geometry: &Geometry, image: (u32, u32), target: (u32, u32)) -> Fitted {
    let (width, height) = (f64::from(image.0), f64::from(image.1));
    let shape = if is_wider(image, target) {
        (width, width * f64::from(target.1) / f64::from(target.0))
    } else {
        (height * f64::from(target.0) / f64::from(target.1), height)
    };
    let (left, above) = geometry.gravity.halves();
    let surplus = |line: f64, len: f64, halves: u8| (line - len) * f64::from(halves) / 2.0;

    if f64::from(target.0) > shape.0 && !geometry.enlarge {
        // Nothing is resampled, so the window lies on whole pixels.
        let whole = |line: f64, len: f64, halves| {
            let len = len.round().max(1.0);
            Span { start: surplus(line, len, halves).floor(), len }
        };
        let window = Window { x: whole(width, shape.0, left), y: whole(height, shape.1, above) };
        return Fitted { width: window.x.len as u32, height: window.y.len as u32, window };
    }
    let part = |line, len, halves| Span { start: surplus(line, len, halves), len };
    let window = Window { x: part(width, shape.0, left), y: part(height, shape.1, above) };
    Fitted { width: target.0, height: target.1, window }
}

fn check_size(options: &Options, width: u32, height: u32) -> Result<()> {
    let longest = width.max(height);
    Limit::OutputSide.check(longest.into(), options.limits.output_side.into())?;
    Limit::OutputPixels.check(u64::from(width) * u64::from(height), options.limits.output_pixels)?;
    let format = options.output.format;
    let allowed = crate::encode::longest_side(format)?;
    if longest > allowed {
        return Err(Error::unsupported(
            format,
            format!("with a side of {longest} pixels (at most {allowed})"),
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ColorModel, Gravity, Rotation};

    const SCALES: [DecodeScale; 3] = [
        DecodeScale { scale: Scale::eighths(1), min_ratio: 1.5 },
        DecodeScale { scale: Scale::eighths(2), min_ratio: 1.5 },
        DecodeScale { scale: Scale::eighths(4), min_ratio: 2.0 },
    ];

    fn source(width: u32, height: u32, orientation: u8) -> Source {
        let (color, format) = (ColorModel::Rgb, Format::Jpeg);
        Source { format, width, height, orientation, color, bit_depth: 8, alpha: false }
    }

    /// Sources and options of all kinds, the same at every run.
    fn cases() -> impl Iterator<Item = (Source, Options)> {
        let mut state = 1u64;
        let mut random = move |below: u32| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            ((state >> 33) as u32) % below
        };
        (0..20_000).map(move |_| {
            let sizes = [1, 2, 9, 100, 3000, 20_000];
            let mut side = || {
                let below = sizes[random(6) as usize];
                1 + random(below)
            };
            let (width, height, crop_width, crop_height) = (side(), side(), side(), side());
            let (target_width, target_height) = (side(), side());
            let mut options = Options::default();
            options.limits.source_pixels = u64::MAX;
            options.limits.output_side = u32::MAX;
            options.limits.output_pixels = u64::MAX;
            options.output.format = Format::Png;
            let geometry = &mut options.geometry;
            geometry.auto_orient = random(2) == 0;
            geometry.crop = (random(2) == 0).then(|| Region {
                x: random(width.min(height)),
                y: random(width.min(height)),
                width: crop_width,
                height: crop_height,
            });
            geometry.rotate = [Rotation::None, Rotation::Quarter, Rotation::Half, Rotation::ThreeQuarters]
                [random(4) as usize];
            geometry.flip_horizontal = random(2) == 0;
            geometry.flip_vertical = random(2) == 0;
            geometry.width = (random(3) > 0).then_some(target_width);
            geometry.height = (random(3) > 0).then_some(target_height);
            geometry.fit = [Fit::Contain, Fit::Cover, Fit::Fill][random(3) as usize];
            geometry.enlarge = random(2) == 0;
            geometry.gravity = [Gravity::Center, Gravity::NorthWest, Gravity::SouthEast][random(3) as usize];
            (source(width, height, 1 + random(8) as u8), options)
        })
    }

    #[test]
    fn every_plan_stays_within_the_decoded_image() {
        for (source, options) in cases() {
            let plan = plan(&source, &options, &SCALES).unwrap();
            let lane = Lane::whole(&source, plan.scale);
            let (x, y) = plan.axes(&lane, false);
            for (axis, decoded) in [(x, lane.width), (y, lane.height)] {
                let case = (source, options, plan);
                assert!(axis.size >= 1 && axis.low < axis.high && axis.high <= decoded, "{case:?}");
                assert!(axis.span.start >= f64::from(axis.low) - 1e-6, "{case:?}");
                assert!(axis.span.end() <= f64::from(axis.high) + 1e-6, "{case:?}");
            }
        }
    }

    #[test]
    fn no_side_exceeds_what_was_asked_for_and_nothing_is_enlarged_unasked() {
        for (source, options) in cases() {
            let plan = plan(&source, &options, &SCALES).unwrap();
            let geometry = options.geometry;
            let asked = |target: Option<u32>, side: u32| target.is_none_or(|target| side <= target);
            let both = geometry.width.is_some() && geometry.height.is_some();
            if both {
                assert!(asked(geometry.width, plan.width) && asked(geometry.height, plan.height));
            }
            if !geometry.enlarge {
                let turned =
                    geometry.rotate == Rotation::Quarter || geometry.rotate == Rotation::ThreeQuarters;
                let upright = geometry.auto_orient && source.orientation > 4;
                let (width, height) = if turned != upright {
                    (source.height, source.width)
                } else {
                    (source.width, source.height)
                };
                assert!(plan.width <= width && plan.height <= height, "{source:?} {options:?} {plan:?}");
            }
        }
    }

    #[test]
    fn covering_keeps_the_aspect_ratio() {
        for (source, mut options) in cases() {
            options.geometry.fit = Fit::Cover;
            options.geometry.enlarge = true;
            options.geometry.width.get_or_insert(10);
            options.geometry.height.get_or_insert(10);
            let plan = plan(&source, &options, &[]).unwrap();
            let (x, y) = plan.axes(&Lane::whole(&source, plan.scale), false);
            assert!((x.ratio() / y.ratio() - 1.0).abs() < 1e-9, "{source:?} {options:?} {plan:?}");
        }
    }

    #[test]
    fn halved_chroma_lies_where_its_pixels_lie_also_when_mirrored() {
        for flip in [false, true] {
            let mut options = Options::default();
            options.geometry.width = Some(5);
            options.geometry.flip_horizontal = flip;
            let source = source(50, 50, 1);
            let plan = plan(&source, &options, &[]).unwrap();
            let (x, y) = plan.axes(&Lane::whole(&source, plan.scale), true);
            assert_eq!((x.size, x.span.len, y.span.start), (3, 60.0, 0.0));
            assert_eq!(x.span.start, if flip { -10.0 } else { 0.0 });
        }
    }

    #[test]
    fn shrinking_at_decoding_leaves_the_filter_its_share() {
        let scale = |width| {
            let mut options = Options::default();
            options.geometry.width = Some(width);
            plan(&source(4000, 3000, 1), &options, &SCALES).unwrap().scale
        };
        assert_eq!(scale(4000), Scale::FULL);
        assert_eq!(scale(1002), Scale::FULL);
        assert_eq!(scale(1000), Scale::eighths(4));
        assert_eq!(scale(670), Scale::eighths(4));
        assert_eq!(scale(660), Scale::eighths(2));
        assert_eq!(scale(333), Scale::eighths(1));
        assert_eq!(scale(10), Scale::eighths(1));
    }

    #[test]
    fn a_format_that_cannot_be_so_long_refuses() {
        let mut options = Options::default();
        options.limits.output_side = u32::MAX;
        let error = plan(&source(16_384, 1, 1), &options, &SCALES).unwrap_err();
        assert!(matches!(error, Error::Unsupported { format: Format::Webp, .. }), "{error:?}");
    }
}
