//! Parameters of wsrv as far as they have been read, and what they come down to.

use tintype_types::{Format, Gravity};

use crate::failure::{Failure, Kind, Result};
use crate::grammar::dialect::keeping_format;
use crate::request::{CropParts, Factor, Fit, ImageRequest, OutputFormat, Quality, Source};

/// The quality that holds if none is given.
const QUALITY: u8 = 80;

/// Parameters as far as they have been read.
#[derive(Clone, Debug, PartialEq)]
pub struct Draft {
    /// Everything that is the same there and here.
    pub request: ImageRequest,
    /// A factor for width and height.
    pub dpr: Factor,
    /// Whether the fit adds borders.
    pub bordered: bool,
    /// The part that is kept, or the words for one that the engine cannot find.
    pub gravity: Result<Gravity, String>,
    /// The focal point's distance from the left edge, as a share of the image.
    pub focus_x: Factor,
    /// The same from the top edge.
    pub focus_y: Factor,
    /// A crop.
    pub crop: CropParts,
    /// Crop and turn the image before resizing it, not after.
    pub precrop: bool,
}

impl Default for Draft {
    fn default() -> Self {
        let mut request = keeping_format(QUALITY);
        request.geometry.enlarge = true;
        let half = Factor::from_millionths(500_000);
        Self {
            request,
            dpr: Factor::ONE,
            bordered: false,
            gravity: Ok(Gravity::Center),
            focus_x: half,
            focus_y: half,
            crop: CropParts::default(),
            precrop: false,
        }
    }
}

impl Draft {
    /// The parameters that ask for a request, as far as there are any.
    pub fn of(request: &ImageRequest) -> Self {
        let mut draft = Self { request: request.clone(), ..Self::default() };
        let geometry = request.geometry.normalized();
        draft.gravity = Ok(geometry.gravity);
        draft.crop = geometry.crop.map(CropParts::of).unwrap_or_default();
        draft.precrop = geometry.crop.is_some();
        draft.request.geometry = geometry;
        draft.turn_size();
        draft.request.output.quality = Quality::all(request.output.first_quality().unwrap_or(QUALITY));
        draft
    }

    /// The request that the parameters ask for.
    pub fn finish(mut self) -> Result<ImageRequest> {
        if self.request.source == Source::Body {
            return Err(Failure::new(Kind::InvalidParameter, "url is missing")
                .with_detail("write /wsrv/?url= and the source's URL"));
        }
        self.finish_fit()?;
        self.finish_crop()?;
        self.turn_size();
        self.request.geometry.scale(self.dpr, self.dpr);
        // Only WebP has the choice: on JPEG the flag means nothing there.
        let output = &mut self.request.output;
        output.lossless &= output.format != OutputFormat::Fixed(Format::Jpeg);
        Ok(self.request)
    }

    fn finish_fit(&mut self) -> Result<()> {
        let geometry = &mut self.request.geometry;
        if self.bordered && geometry.width.is_some() && geometry.height.is_some() {
            return Err(Failure::unsupported("fit", "contain"));
        }
        match &self.gravity {
            Ok(gravity) => geometry.gravity = *gravity,
            Err(words) if geometry.effective_fit() == Fit::Cover => {
                return Err(Failure::unsupported("a", words));
            }
            // Nothing is cropped, so that it does not matter.
            Err(_) => {}
        }
        // A side along which the source is too short is kept, the shape is not.
        if geometry.fit == Fit::Cover && !geometry.enlarge {
            geometry.fit = Fit::Crop;
        }
        Ok(())
    }

    fn finish_crop(&mut self) -> Result<()> {
        let geometry = &mut self.request.geometry;
        geometry.crop = self.crop.crop();
        if geometry.crop.is_none() {
            return Ok(());
        }
        let resized = geometry.width.is_some() || geometry.height.is_some();
        if resized && !self.precrop {
            return Err(Failure::unsupported_use("cropping after resizing", "add precrop to crop first"));
        }
        if geometry.is_turned() {
            // wsrv crops the turned image, the engine the upright one.
            return Err(Failure::unsupported_use(
                "a crop together with ro, flip or flop",
                "leave one of them out",
            ));
        }
        Ok(())
    }

    /// Exchanges the sides of the target where one grammar means them before a rotation and the other after it.
    fn turn_size(&mut self) {
        let geometry = &mut self.request.geometry;
        if geometry.rotate.swaps_axes() && !self.precrop {
            std::mem::swap(&mut geometry.width, &mut geometry.height);
        }
    }
}
