//! Parameters of wsrv as far as they have been read, and what they come down to.

use tintype_types::{
    Angle, Color, Extend, Extent, Factor, Fill, Fit, Format, Geometry, Position, Rotation, Sharpen, Tilt,
    Tone, Trim,
};

use super::part::Part;
use crate::failure::{Failure, Kind, Result};
use crate::grammar::adjust::STRENGTHS;
use crate::grammar::dialect::keeping_format;
use crate::request::geometry::normalized;
use crate::request::{ImageRequest, OutputFormat, Quality, Shape, Source};

/// The quality that holds if none is given.
const QUALITY: u8 = 80;

/// The colours of `filt=duotone` where none are given.
pub(super) const DUOTONE: (Color, Color) = (
    Color { red: 0xc8, green: 0x36, blue: 0x58, alpha: 255 },
    Color { red: 0xd8, green: 0xe7, blue: 0x4f, alpha: 255 },
);

/// Parameters as far as they have been read.
#[derive(Clone, Debug, PartialEq)]
pub struct Draft {
    /// Everything that is the same there and here.
    pub request: ImageRequest,
    /// A factor for width and height.
    pub dpr: Factor,
    /// The colour of what `fit=contain` adds.
    pub border: Option<Color>,
    /// The focal point's distance from the left edge, as a share of the image.
    pub focus_x: Factor,
    /// The same from the top edge.
    pub focus_y: Factor,
    /// A crop.
    pub crop: Part,
    /// Crop and turn the image before resizing it, not after.
    pub precrop: bool,
    /// The threshold of trimming.
    pub trim: Option<u32>,
    /// The colour of the border that is trimmed.
    pub trim_color: Option<Color>,
    /// The clockwise rotation in degrees.
    pub degrees: i64,
    /// The colour of the corners that a rotation adds.
    pub corners: Option<Color>,
    /// The colour of what a mask hides.
    pub hidden: Option<Color>,
    /// Cut the image to the shape of its mask.
    pub cut_to_mask: bool,
    /// Sharpening, which a standard deviation of 0 switches off.
    pub sharpen: Sharpen,
    /// What black becomes with `filt=duotone`.
    pub dark: Option<Color>,
    /// What white becomes.
    pub light: Option<Color>,
}

impl Default for Draft {
    fn default() -> Self {
        let mut request = keeping_format(QUALITY);
        request.geometry.enlarge = true;
        let half = Factor::from_millionths(500_000);
        Self {
            request,
            dpr: Factor::ONE,
            border: None,
            focus_x: half,
            focus_y: half,
            crop: Part::default(),
            precrop: false,
            trim: None,
            trim_color: None,
            degrees: 0,
            corners: None,
            hidden: None,
            cut_to_mask: false,
            sharpen: Sharpen { sigma: Factor::ZERO, flat: STRENGTHS.0, jagged: STRENGTHS.1 },
            dark: None,
            light: None,
        }
    }
}

impl Draft {
    /// The parameters that ask for a request, as far as there are any.
    pub fn of(request: &ImageRequest) -> Self {
        let mut draft = Self { request: request.clone(), ..Self::default() };
        let geometry = normalized(&request.geometry);
        draft.crop = geometry.crop.or(geometry.crop_resized).map(Part::of).unwrap_or_default();
        draft.precrop = geometry.crop.is_some();
        draft.trim = geometry.trim.map(|trim| trim.threshold);
        draft.trim_color = geometry.trim.and_then(|trim| trim.color);
        if let Some(Fill::Color(color)) = geometry.fill {
            draft.border = Some(color);
        }
        let quarters = Rotation::ALL.iter().position(|rotate| *rotate == geometry.rotate);
        draft.degrees = quarters.and_then(|quarters| i64::try_from(quarters).ok()).unwrap_or(0) * 90;
        if let Some(tilt) = geometry.tilt
            && geometry.rotate == Rotation::None
        {
            draft.degrees = i64::from(tilt.angle.millidegrees() / 1000);
            draft.corners = tilt.background;
        }
        if let Some(mask) = geometry.mask {
            draft.cut_to_mask = mask.trim;
            draft.hidden = mask.outside.or(geometry.background).filter(|color| color.alpha != 0);
        }
        if let Position::FocalPoint { x, y } = geometry.position {
            (draft.focus_x, draft.focus_y) = (x, y);
        }
        draft.request.geometry = geometry;
        draft.sharpen = request.adjust.sharpen.unwrap_or(draft.sharpen);
        if let Some(Tone::Duotone { dark, light, .. }) = request.adjust.tone {
            draft.dark = Some(dark).filter(|dark| *dark != DUOTONE.0);
            draft.light = Some(light).filter(|light| *light != DUOTONE.1);
        }
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
        let sharpen = self.sharpen;
        self.request.adjust.sharpen = (sharpen.sigma != Factor::ZERO).then_some(sharpen);
        self.finish_rotation();
        self.finish_crop();
        self.finish_fit();
        self.turn_size();
        self.request.geometry.scale(self.dpr, self.dpr);
        self.finish_mask();
        // Only WebP has the choice: on JPEG the flag means nothing there.
        let output = &mut self.request.output;
        if output.format == OutputFormat::Json {
            output.details.shape = Shape::Wsrv;
        }
        output.lossless &= output.format != OutputFormat::Fixed(Format::Jpeg);
        Ok(self.request)
    }

    fn finish_rotation(&mut self) {
        let geometry = &mut self.request.geometry;
        geometry.trim = self.trim.map(|threshold| Trim {
            threshold,
            color: self.trim_color,
            equal_horizontal: false,
            equal_vertical: false,
        });
        if self.degrees % 90 == 0 {
            geometry.rotate = Rotation::from_quarters(self.degrees / 90);
        } else {
            let angle = Angle::from_millidegrees(self.degrees % 360 * 1000);
            geometry.tilt = Some(Tilt { angle, background: self.corners });
        }
    }

    /// wsrv crops the turned image: after resizing it or, with `precrop` or without a size, before.
    fn finish_crop(&mut self) {
        let geometry = &mut self.request.geometry;
        let resized = geometry.width.is_some() || geometry.height.is_some();
        if resized && !self.precrop {
            geometry.crop_resized = self.crop.crop();
        } else {
            self.crop.crop_turned(geometry);
        }
    }

    fn finish_fit(&mut self) {
        let geometry = &mut self.request.geometry;
        if geometry.fit == Fit::Pad {
            if matches!(geometry.position, Position::Smart(_)) {
                geometry.position = Position::default();
            }
            geometry.fill = self.border.map(Fill::Color);
            // What a crop leaves of a resized image is extended to the target again.
            if geometry.crop_resized.is_some() && has_both_sides(geometry) {
                geometry.fit = Fit::Contain;
                geometry.extend = Some(Extend { to: Extent::Size, position: geometry.position });
            }
        }
        // A side along which the source is too short is kept, the shape is not.
        if geometry.fit == Fit::Cover && !geometry.enlarge {
            geometry.fit = Fit::Crop;
        }
    }

    /// There, a background lies under the image alone, and not on what the mask hides.
    fn finish_mask(&mut self) {
        let geometry = &mut self.request.geometry;
        if let Some(mask) = &mut geometry.mask {
            mask.trim = self.cut_to_mask;
            mask.outside = self.hidden.or(geometry.background.map(|_| Color::TRANSPARENT));
        }
    }

    /// Exchanges the sides of the target where one grammar means them before a rotation and the other after it.
    fn turn_size(&mut self) {
        let geometry = &mut self.request.geometry;
        if geometry.rotate.swaps_axes() && !self.precrop {
            std::mem::swap(&mut geometry.width, &mut geometry.height);
        }
    }
}

fn has_both_sides(geometry: &Geometry) -> bool {
    geometry.width.is_some() && geometry.height.is_some()
}
