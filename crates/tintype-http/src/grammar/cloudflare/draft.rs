//! Options of Cloudflare as far as they have been read, and what they come down to.

use tintype_types::Format;

use crate::failure::{Failure, Result};
use crate::grammar::dialect::keeping_format;
use crate::request::{CropParts, Factor, ImageRequest, OutputFormat, Quality};

/// The quality that holds if none is given.
const QUALITY: u8 = 85;

/// The quality that makes WebP lossless.
const LOSSLESS: u8 = 100;

/// Options as far as they have been read.
#[derive(Clone, Debug, PartialEq)]
pub struct Draft {
    /// Everything that is the same there and here.
    pub request: ImageRequest,
    /// A factor for width and height.
    pub dpr: Factor,
    /// A crop.
    pub trim: CropParts,
}

impl Default for Draft {
    fn default() -> Self {
        Self { request: keeping_format(QUALITY), dpr: Factor::ONE, trim: CropParts::default() }
    }
}

impl Draft {
    /// The options that ask for a request, as far as there are any.
    pub fn of(request: &ImageRequest) -> Self {
        let mut draft = Self { request: request.clone(), ..Self::default() };
        let geometry = request.geometry.normalized();
        draft.trim = geometry.crop.map(CropParts::of).unwrap_or_default();
        draft.request.geometry = geometry;
        draft.turn_flips();
        let lossless = request.output.lossless && draft.is_webp();
        let quality = if lossless { Some(LOSSLESS) } else { request.output.first_quality() };
        draft.request.output.quality = Quality::all(quality.unwrap_or(QUALITY));
        draft
    }

    /// The request that the options ask for.
    pub fn finish(mut self) -> Result<ImageRequest> {
        let geometry = &mut self.request.geometry;
        geometry.crop = self.trim.crop();
        if geometry.crop.is_some() && (geometry.is_turned() || self.dpr != Factor::ONE) {
            return Err(Failure::unsupported_use(
                "trim together with rotate, flip or dpr",
                "leave one of them out",
            ));
        }
        geometry.scale(self.dpr, self.dpr);
        self.turn_flips();
        self.request.output.lossless = self.is_webp() && self.request.output.quality.any() == Some(LOSSLESS);
        Ok(self.request)
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
