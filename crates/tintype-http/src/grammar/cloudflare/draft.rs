//! Options of Cloudflare as far as they have been read, and what they come down to.

use tintype_types::{
    Color, Crop, Factor, Fill, Fit, Format, Gravity, Length, Metadata, Output, Position, Sides,
};

use crate::failure::{Failure, Result};
use crate::grammar::dialect::keeping_format;
use crate::request::geometry::normalized;
use crate::request::{AutoWidth, ImageRequest, OutputFormat, Quality, Shape};

/// The quality that holds if none is given.
const QUALITY: u8 = 85;

/// The colours of a PNG with a palette.
const COLORS: u32 = Output::MOST_COLORS;

/// The quality that makes WebP lossless.
const LOSSLESS: u8 = 100;

/// Options as far as they have been read.
#[derive(Clone, Debug, PartialEq)]
pub struct Draft {
    /// Everything that is the same there and here, and `trim` in one piece.
    pub request: ImageRequest,
    /// A factor for width, height and what is trimmed.
    pub dpr: Factor,
    /// The quality, if one is given. A PNG has a palette then.
    pub quality: Option<Quality>,
    /// `trim` length by length.
    pub trim: Part,
    /// Whether the client's hints choose the width.
    pub is_auto: bool,
    /// The widths that they choose from.
    pub auto: AutoWidth,
}

/// A part of the image, as far as it is given.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Part {
    /// Its distance from the left edge.
    pub left: Option<Length>,
    /// Its distance from the top edge.
    pub top: Option<Length>,
    /// Its width.
    pub width: Option<Length>,
    /// Its height.
    pub height: Option<Length>,
}

impl Default for Draft {
    fn default() -> Self {
        let mut request = keeping_format(QUALITY);
        request.output.metadata = Metadata::Copyright;
        request.output.frames = 0;
        Self {
            request,
            dpr: Factor::ONE,
            quality: None,
            trim: Part::default(),
            is_auto: false,
            auto: AutoWidth::default(),
        }
    }
}

impl Draft {
    /// The options that ask for a request, as far as there are any.
    pub fn of(request: &ImageRequest) -> Self {
        let mut draft = Self { request: request.clone(), ..Self::default() };
        draft.is_auto = request.auto_width.is_some();
        draft.auto = request.auto_width.clone().unwrap_or_default();
        // What matters where a side is not given is not known before the hints are.
        let mut geometry = if draft.is_auto { request.geometry } else { normalized(&request.geometry) };
        draft.trim = geometry.crop.map(Part::of).unwrap_or_default();
        if geometry.fill == Some(Fill::Color(Color::WHITE)) {
            geometry.fill = None;
        }
        draft.request.geometry = geometry;
        // A format of stills need not be said to be one.
        if is_still(request.output.format) && request.output.normalized().frames == 1 {
            draft.request.output.frames = 0;
        }
        draft.turn_flips();
        let lossless = request.output.lossless && draft.is_webp();
        let quality = if lossless { Some(LOSSLESS) } else { request.output.first_quality() };
        let has_palette = request.output.normalized().colors.is_some();
        let quality = quality.filter(|quality| *quality != QUALITY).or(has_palette.then_some(QUALITY));
        draft.quality = quality.map(Quality::all);
        let slow_quality = request.output.normalized().slow_quality;
        draft.request.output.slow_quality =
            slow_quality.and_then(|quality| quality.first()).map(Quality::all);
        draft
    }

    /// The request that the options ask for.
    pub fn finish(mut self) -> Result<ImageRequest> {
        self.finish_trim();
        if self.is_auto {
            if self.dpr != Factor::ONE {
                return Err(Failure::unsupported_use(
                    "dpr together with width=auto",
                    "leave dpr out: hints say it",
                ));
            }
            self.request.auto_width = Some(std::mem::take(&mut self.auto));
        }
        let geometry = &mut self.request.geometry;
        geometry.scale(self.dpr, self.dpr);
        if geometry.fit == Fit::Pad && geometry.background.is_none() {
            geometry.fill = Some(Fill::Color(Color::WHITE));
        }
        self.turn_flips();
        let output = &mut self.request.output;
        output.colors = self.quality.as_ref().map(|_| COLORS);
        output.quality = self.quality.unwrap_or(Quality::all(QUALITY));
        if output.format == OutputFormat::Fixed(Format::Png) {
            output.frames = 1;
        }
        // The location is metadata like any other.
        output.location = output.metadata == Metadata::Keep;
        if output.format == OutputFormat::Json {
            output.details.shape = Shape::Cloudflare;
        }
        output.lossless =
            output.format == OutputFormat::Fixed(Format::Webp) && output.quality.any() == Some(LOSSLESS);
        Ok(self.request)
    }

    /// Trimming comes first there and here, and the dpr multiplies it.
    fn finish_trim(&mut self) {
        let geometry = &mut self.request.geometry;
        let scaled = |pixels: u32| self.dpr.of(pixels).min(Length::MAX);
        let length = |length: Length| match length {
            Length::Pixels(pixels) => Length::Pixels(scaled(pixels)),
            share @ Length::Share(_) => share,
        };
        let Sides { top, right, bottom, left } = geometry.inset;
        geometry.inset =
            Sides { top: scaled(top), right: scaled(right), bottom: scaled(bottom), left: scaled(left) };
        let Part { left, top, width, height } = self.trim;
        let is_inset = |offset: Option<Length>| !matches!(offset, Some(Length::Share(_)));
        if width.is_none() && height.is_none() && is_inset(left) && is_inset(top) {
            let inset = |offset: Option<Length>, pixels| match offset {
                Some(Length::Pixels(pixels)) => scaled(pixels),
                _ => pixels,
            };
            geometry.inset.left = inset(left, geometry.inset.left);
            geometry.inset.top = inset(top, geometry.inset.top);
            return;
        }
        let offset = |offset: Option<Length>| offset.map_or(Length::ZERO, length);
        let side = |side: Option<Length>, offset| match (side.map(length), offset) {
            (Some(Length::Pixels(0)), _) => Length::Pixels(1),
            (Some(side), _) => side,
            (None, Some(Length::Share(share))) => rest(share, Factor::ZERO).unwrap_or(Length::Pixels(1)),
            (None, _) => Length::Pixels(Length::MAX),
        };
        let position = Position::At { x: offset(left), y: offset(top) };
        geometry.crop = Some(Crop { width: side(width, left), height: side(height, top), position });
    }

    fn is_webp(&self) -> bool {
        self.request.output.format == OutputFormat::Fixed(Format::Webp)
    }

    /// Cloudflare flips before it rotates, the engine after: where the axes change places, so do the flips.
    fn turn_flips(&mut self) {
        let geometry = &mut self.request.geometry;
        if geometry.rotate.swaps_axes() {
            std::mem::swap(&mut geometry.flip_horizontal, &mut geometry.flip_vertical);
        }
    }
}

/// What two shares leave of a side.
pub(super) fn rest(near: Factor, far: Factor) -> Option<Length> {
    let left = Factor::ONE.millionths().checked_sub(near.millionths())?.checked_sub(far.millionths())?;
    (left > 0).then_some(Length::Share(Factor::from_millionths(left)))
}

/// Whether a format shows one frame. A PNG is a still, as there.
fn is_still(format: OutputFormat) -> bool {
    matches!(format, OutputFormat::Fixed(format) if format == Format::Png || !format.has_frames())
}

impl Part {
    /// A crop, as far as it is measured from the left and the top edge.
    fn of(crop: Crop) -> Self {
        let (left, top) = match crop.position {
            Position::At { x, y } => (Some(x), Some(y)),
            position if position == Position::gravity(Gravity::NorthWest) => (None, None),
            _ => return Self::default(),
        };
        Self { left, top, width: Some(crop.width), height: Some(crop.height) }
    }
}
