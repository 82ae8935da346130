//! Options of imgproxy as far as they have been read, and what they come down to.

use tintype_types::{Format, Gravity};

use crate::failure::{Failure, Result};
use crate::grammar::dialect::keeping_format;
use crate::request::{Crop, Factor, Fit, Geometry, ImageRequest, Length, Passthrough, Place, Quality};

/// imgproxy's quality, and the one it has for WebP.
const QUALITY: u8 = 80;
const WEBP_QUALITY: u8 = 79;

/// Options as far as they have been read.
#[derive(Clone, Debug, PartialEq)]
pub struct Draft {
    /// Everything that is the same there and here.
    pub request: ImageRequest,
    /// Factors for width and height.
    pub zoom: (Factor, Factor),
    /// One quality for all formats, which goes before those of single formats; 0 for none.
    pub quality: u8,
    /// The gravity for resizing, and for a crop without one of its own.
    pub gravity: Place,
    /// A crop; sides of no pixels are the whole side.
    pub crop: (Length, Length),
    /// The crop's own gravity.
    pub crop_gravity: Option<Place>,
    /// Deliver any source as it is.
    pub raw: bool,
}

impl Default for Draft {
    fn default() -> Self {
        let mut request = keeping_format(QUALITY);
        request.output.quality.set(Format::Webp, WEBP_QUALITY);
        Self {
            request,
            zoom: (Factor::ONE, Factor::ONE),
            quality: 0,
            gravity: Place::Towards(Gravity::Center),
            crop: (Length::ZERO, Length::ZERO),
            crop_gravity: None,
            raw: false,
        }
    }
}

impl Draft {
    /// The options that ask for a request, as far as there are any.
    pub fn of(request: &ImageRequest) -> Self {
        let mut draft = Self { request: request.clone(), ..Self::default() };
        draft.request.geometry = request.geometry.normalized();
        let geometry = &mut draft.request.geometry;
        // An image that may be enlarged is enlarged to the whole of the target.
        if geometry.fit == Fit::Cover && geometry.enlarge {
            geometry.fit = Fit::Crop;
        }
        if geometry.fit == Fit::Fill && geometry.enlarge {
            geometry.fit = Fit::Stretch;
        }
        draft.gravity = Place::Towards(geometry.gravity);
        if let Some(crop) = geometry.crop {
            let side = |length| if length == Length::WHOLE { Length::ZERO } else { length };
            draft.crop = (side(crop.width), side(crop.height));
            draft.crop_gravity = Some(crop.place);
        }
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
        self.finish_crop()?;
        self.finish_gravity()?;
        self.finish_size()?;
        if self.quality != 0 {
            self.request.output.quality = Quality::all(self.quality);
        }
        if self.raw {
            self.request.delivery.passthrough = Passthrough::All;
        }
        Ok(self.request)
    }

    fn finish_crop(&mut self) -> Result<()> {
        if self.crop == (Length::ZERO, Length::ZERO) {
            return Ok(());
        }
        let side = |length| if length == Length::ZERO { Length::WHOLE } else { length };
        let (width, height) = (side(self.crop.0), side(self.crop.1));
        let geometry = &mut self.request.geometry;
        if geometry.is_turned() {
            // imgproxy crops the turned image, the engine the upright one.
            return Err(Failure::unsupported_use(
                "crop together with rotate or flip",
                "leave one of them out",
            ));
        }
        geometry.crop = Some(Crop { width, height, place: self.crop_gravity.unwrap_or(self.gravity) });
        Ok(())
    }

    fn finish_gravity(&mut self) -> Result<()> {
        self.request.geometry.gravity = match self.gravity {
            Place::Towards(gravity) => gravity,
            Place::At(..) if self.request.geometry.crop.is_none() => {
                return Err(Failure::unsupported_use("gravity with an offset", "leave the offset out"));
            }
            Place::At(..) => Gravity::NorthWest,
        };
        Ok(())
    }

    fn finish_size(&mut self) -> Result<()> {
        let geometry = &mut self.request.geometry;
        let Geometry { width, height, .. } = geometry;
        let one = width.is_some() != height.is_some();
        if one && self.zoom.0 != self.zoom.1 && geometry.fit != Fit::Stretch {
            return Err(Failure::unsupported_use(
                "zoom by different factors where one side is given",
                "give both sides, or one factor",
            ));
        }
        let zoomed = self.zoom != (Factor::ONE, Factor::ONE);
        let dense = geometry.dpr != Factor::ONE;
        // `force` leaves a side of 0 as it is, and a zoom without sides is one of the source.
        if one && geometry.fit == Fit::Stretch || (zoomed || dense) && width.is_none() && height.is_none() {
            width.get_or_insert(Length::WHOLE);
            height.get_or_insert(Length::WHOLE);
        }
        geometry.scale(self.zoom.0, self.zoom.1);
        Ok(())
    }
}
