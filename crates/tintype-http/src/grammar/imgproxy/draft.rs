//! Options of imgproxy as far as they have been read, and what they come down to.

use tintype_types::{Crop, Extend, Extent, Factor, Fit, Format, Geometry, Length, Metadata, Position, Zoom};

use crate::failure::Result;
use crate::grammar::dialect::keeping_format;
use crate::grammar::position::Turn;
use crate::request::geometry::normalized;
use crate::request::{ImageRequest, Passthrough, Quality, Watermark, WatermarkImage};

/// imgproxy's quality, and the one it has for WebP.
const QUALITY: u8 = 80;
const WEBP_QUALITY: u8 = 79;

/// Options as far as they have been read.
#[derive(Clone, Debug, PartialEq)]
pub struct Draft {
    /// Everything that is the same there and here.
    pub request: ImageRequest,
    /// One quality for all formats, which goes before those of single formats; 0 for none.
    pub quality: u8,
    /// A crop; sides of no pixels are the whole side.
    pub crop: (Length, Length),
    /// The crop's own gravity, instead of that for resizing.
    pub crop_gravity: Option<Position>,
    /// Extend the image to the target's size, and where it lies then.
    pub extend: Extension,
    /// Extend the image to the target's aspect ratio, and where it lies then.
    pub extend_ratio: Extension,
    /// Remove metadata.
    pub strip_metadata: bool,
    /// Leave the copyright, where metadata is removed.
    pub keep_copyright: bool,
    /// Deliver any source as it is.
    pub raw: bool,
    /// How opaque the background is.
    pub background_alpha: Factor,
    /// Show one frame only.
    pub disable_animation: bool,
    /// Frames that are kept.
    pub pages: Option<u32>,
    /// Frames that are kept, at most.
    pub most_frames: Option<u32>,
    /// Another watermark than the configured one.
    pub watermark_url: Option<String>,
    /// The watermark's sides in pixels, which go before its share of the image.
    pub watermark_size: (Option<Length>, Option<Length>),
}

/// Whether an image is extended, and where it lies then.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Extension {
    /// Whether it is extended.
    pub enabled: bool,
    /// Where it lies.
    pub gravity: Position,
}

impl Default for Draft {
    fn default() -> Self {
        let mut request = keeping_format(QUALITY);
        request.output.quality.set(Format::Webp, WEBP_QUALITY);
        request.watermark.opacity = Factor::ZERO;
        Self {
            request,
            quality: 0,
            crop: (Length::ZERO, Length::ZERO),
            crop_gravity: None,
            extend: Extension::default(),
            extend_ratio: Extension::default(),
            strip_metadata: true,
            keep_copyright: true,
            raw: false,
            background_alpha: Factor::ONE,
            disable_animation: false,
            pages: None,
            most_frames: None,
            watermark_url: None,
            watermark_size: (None, None),
        }
    }
}

impl Draft {
    /// The options that ask for a request, as far as there are any.
    pub fn of(request: &ImageRequest) -> Self {
        let mut draft = Self { request: request.clone(), ..Self::default() };
        draft.request.geometry = normalized(&request.geometry);
        let geometry = &mut draft.request.geometry;
        // An image that may be enlarged is enlarged to the whole of the target.
        if geometry.fit == Fit::Cover && geometry.enlarge {
            geometry.fit = Fit::Crop;
        }
        if geometry.fit == Fit::Fill && geometry.enlarge {
            geometry.fit = Fit::Stretch;
        }
        let turn = Turn::of(geometry);
        if let Some(crop) = geometry.crop.map(|crop| turn.apply(crop)) {
            let side = |length| if length == Length::WHOLE { Length::ZERO } else { length };
            draft.crop = (side(crop.width), side(crop.height));
            draft.crop_gravity = Some(crop.position);
        } else if geometry.crop_ratio.is_some() {
            draft.crop_gravity = Some(Position::default());
        }
        if let Some(crop) = &mut geometry.crop_ratio {
            crop.ratio = turn.ratio(crop.ratio);
        }
        if let Some(extend) = geometry.extend {
            let extension = match extend.to {
                Extent::Size => &mut draft.extend,
                Extent::Ratio => &mut draft.extend_ratio,
            };
            *extension = Extension { enabled: true, gravity: extend.position };
        }
        draft.pages = Some(request.output.frames).filter(|frames| *frames > 1);
        draft.strip_metadata = request.output.metadata != Metadata::Keep;
        draft.keep_copyright = request.output.metadata != Metadata::Strip;
        draft.raw = request.delivery.passthrough == Passthrough::All;
        // The defaults of the two differ, so that the quality of each format is spelled out.
        let quality = |format: Format| request.output.quality.of(format).unwrap_or(format.default_quality());
        draft.request.output.quality = Quality::default();
        for format in [Format::Jpeg, Format::Webp] {
            draft.request.output.quality.set(format, quality(format));
        }
        draft
    }

    /// The request that the options ask for.
    pub fn finish(mut self) -> Result<ImageRequest> {
        self.finish_crop();
        self.finish_size();
        self.finish_extend();
        let output = &mut self.request.output;
        output.metadata = match (self.strip_metadata, self.keep_copyright) {
            (false, _) => Metadata::Keep,
            (true, true) => Metadata::Copyright,
            (true, false) => Metadata::Strip,
        };
        // The location is metadata like any other.
        output.location = output.metadata == Metadata::Keep;
        if self.request.watermark.opacity == Factor::ZERO {
            self.request.watermark = Watermark::default();
        } else {
            let url = self.watermark_url.map(WatermarkImage::Url);
            self.request.watermark.image = Some(url.unwrap_or(WatermarkImage::Configured));
            if self.watermark_size != (None, None) {
                self.request.watermark.size = self.watermark_size;
            }
        }
        if let Some(frames) = self.pages.into_iter().chain(self.most_frames).min() {
            output.frames = frames;
        }
        if self.disable_animation {
            output.frames = 1;
        }
        if let Some(background) = &mut self.request.geometry.background {
            background.alpha = faded(background.alpha, self.background_alpha);
        }
        if self.quality != 0 {
            output.quality = Quality::all(self.quality);
        }
        if self.raw {
            self.request.delivery.passthrough = Passthrough::All;
        }
        Ok(self.request)
    }

    /// imgproxy crops the turned image, the engine the upright one.
    fn finish_crop(&mut self) {
        let geometry = &mut self.request.geometry;
        let turn = Turn::of(geometry);
        if let Some(crop) = &mut geometry.crop_ratio {
            crop.ratio = turn.ratio(crop.ratio);
        }
        let side = |length| if length == Length::ZERO { Length::WHOLE } else { length };
        let position = self.crop_gravity.unwrap_or(geometry.position);
        let crop = Crop { width: side(self.crop.0), height: side(self.crop.1), position };
        // A ratio is one around the crop's gravity, even if there is no crop.
        let moves_ratio = geometry.crop_ratio.is_some() && position != Position::default();
        if self.crop != (Length::ZERO, Length::ZERO) || moves_ratio {
            geometry.crop = Some(turn.undo(crop));
        }
    }

    fn finish_extend(&mut self) {
        // An image that has the target's size has its aspect ratio.
        let extension = [(Extent::Size, self.extend), (Extent::Ratio, self.extend_ratio)];
        let enabled = extension.into_iter().find(|(_, extension)| extension.enabled);
        self.request.geometry.extend =
            enabled.map(|(to, extension)| Extend { to, position: extension.gravity });
    }

    fn finish_size(&mut self) {
        let geometry = &mut self.request.geometry;
        let is_scaled = geometry.zoom != Zoom::ONE || geometry.density != Factor::ONE;
        let Geometry { width, height, .. } = geometry;
        let one = width.is_some() != height.is_some();
        // `force` leaves a side of 0 as it is, and a zoom without sides is one of the source.
        if one && geometry.fit == Fit::Stretch || is_scaled && width.is_none() && height.is_none() {
            width.get_or_insert(Length::WHOLE);
            height.get_or_insert(Length::WHOLE);
        }
    }
}

/// A share of an alpha.
fn faded(alpha: u8, share: Factor) -> u8 {
    u8::try_from(share.of(alpha.into())).unwrap_or(u8::MAX)
}
