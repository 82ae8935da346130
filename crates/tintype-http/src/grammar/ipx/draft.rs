//! Modifiers of IPX as far as they have been read, and what they come down to.

use tintype_types::{Color, Format, Rotation};

use crate::failure::{Failure, Result};
use crate::grammar::dialect::keeping_format;
use crate::request::{Fit, Geometry, ImageRequest, Length, OutputFormat, Quality};

/// sharp's quality.
const QUALITY: u8 = 80;

const BLACK: Color = Color { red: 0, green: 0, blue: 0, alpha: 255 };

/// Modifiers as far as they have been read.
#[derive(Clone, Debug, PartialEq)]
pub struct Draft {
    /// Everything that is the same there and here, and the sides of `width` and `height`.
    pub request: ImageRequest,
    /// Both sides at once.
    pub size: Option<(Length, Length)>,
    /// How the image is made to fit `size`; none is sharp's `contain`, which pads.
    pub fit: Option<Fit>,
    /// The colour of `background`, which shows only in some cases.
    pub background: Option<Color>,
    /// Draw the image on the background.
    pub flatten: bool,
}

impl Default for Draft {
    fn default() -> Self {
        let request = keeping_format(QUALITY);
        Self { request, size: None, fit: Some(Fit::Cover), background: None, flatten: false }
    }
}

impl Draft {
    /// The modifiers that ask for a request, as far as there are any.
    pub fn of(request: &ImageRequest) -> Self {
        let mut draft = Self { request: request.normalized(), ..Self::default() };
        let geometry = &mut draft.request.geometry;
        mirror_on_the_other_side_of_rotation(geometry);
        draft.background = geometry.background;
        draft.flatten = geometry.background.is_some();
        if let (Some(width), Some(height)) = (geometry.width, geometry.height) {
            (geometry.width, geometry.height) = (None, None);
            draft.size = Some((width, height));
            // An image that may be enlarged is enlarged to the whole of the target.
            let fills = geometry.fit == Fit::Fill && geometry.enlarge;
            draft.fit = Some(if fills { Fit::Stretch } else { geometry.fit });
        }
        // One number stands for the qualities of all formats.
        let format = match draft.request.output.format {
            OutputFormat::Fixed(format) => format,
            OutputFormat::Auto | OutputFormat::Source => Format::Jpeg,
        };
        let quality = draft.request.output.quality.of(format).unwrap_or(QUALITY);
        draft.request.output.quality = Quality::all(quality);
        draft
    }

    /// The request that the modifiers ask for.
    pub fn finish(mut self) -> Result<ImageRequest> {
        self.finish_size()?;
        let geometry = &mut self.request.geometry;
        mirror_on_the_other_side_of_rotation(geometry);
        let is_sized = geometry.width.is_some() || geometry.height.is_some();
        if geometry.crop.is_some() && geometry.rotate != Rotation::None && is_sized {
            // Where there is a size, sharp crops the rotated image, the engine the upright one.
            return Err(Failure::unsupported_use(
                "crop together with rotate and a size",
                "leave one of them out",
            ));
        }
        if self.flatten {
            geometry.background = Some(self.background.unwrap_or(BLACK));
        } else if self.request.output.format == OutputFormat::Fixed(Format::Jpeg) {
            geometry.background = self.background;
        }
        Ok(self.request)
    }

    /// Of several sizes, the width alone counts, or else both sides, or else the height alone.
    fn finish_size(&mut self) -> Result<()> {
        let geometry = &mut self.request.geometry;
        if geometry.width.is_some() {
            geometry.height = None;
        } else if let Some((width, height)) = self.size {
            (geometry.width, geometry.height) = (Some(width), Some(height));
            geometry.fit = self.fit.ok_or_else(|| Failure::unsupported("fit", "contain"))?;
        }
        Ok(())
    }
}

/// sharp mirrors before it rotates, the engine after: a quarter turn exchanges the two directions.
fn mirror_on_the_other_side_of_rotation(geometry: &mut Geometry) {
    if geometry.rotate.swaps_axes() {
        (geometry.flip_horizontal, geometry.flip_vertical) =
            (geometry.flip_vertical, geometry.flip_horizontal);
    }
}
