//! Modifiers of IPX as far as they have been read, and what they come down to.

use tintype_types::{Angle, Color, Fill, Fit, Format, Geometry, Length, Rotation, Sides, Tilt};

use crate::failure::{Failure, Result};
use crate::grammar::dialect::keeping_format;
use crate::grammar::position::Turn;
use crate::request::{ImageRequest, OutputFormat, Quality};

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
    /// How the image is made to fit `size`.
    pub fit: Fit,
    /// The colour of `background`, which shows only in some cases.
    pub background: Option<Color>,
    /// Draw the image on the background.
    pub flatten: bool,
    /// The clockwise rotation.
    pub angle: Angle,
    /// What `extend` adds.
    pub extend: Sides,
    /// What it adds it with.
    pub extend_with: ExtendWith,
}

/// What `extend` fills the sides with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ExtendWith {
    /// The background.
    #[default]
    Background,
    /// The nearest pixels.
    Copy,
    /// The mirrored image.
    Mirror,
}

impl Default for Draft {
    fn default() -> Self {
        Self {
            request: keeping_format(QUALITY),
            size: None,
            fit: Fit::Cover,
            background: None,
            flatten: false,
            angle: Angle::default(),
            extend: Sides::ZERO,
            extend_with: ExtendWith::default(),
        }
    }
}

impl Draft {
    /// The modifiers that ask for a request, as far as there are any.
    pub fn of(request: &ImageRequest) -> Self {
        let mut draft = Self { request: request.normalized(), ..Self::default() };
        let geometry = &mut draft.request.geometry;
        // With a width, sharp crops the rotated image.
        if geometry.width.is_some() && geometry.rotate != Rotation::None {
            let turn = Turn::of(geometry);
            geometry.crop = geometry.crop.map(|crop| turn.apply(crop));
        }
        mirror_on_the_other_side_of_rotation(geometry);
        draft.flatten = geometry.background.is_some();
        draft.extend = geometry.padding;
        let filled = match geometry.fill {
            None => Some(Color::TRANSPARENT),
            Some(Fill::Color(color)) => Some(color),
            Some(Fill::Blur | Fill::Edge | Fill::Mirror) => None,
        };
        draft.extend_with = match geometry.fill {
            Some(Fill::Edge) => ExtendWith::Copy,
            Some(Fill::Mirror) => ExtendWith::Mirror,
            _ => ExtendWith::Background,
        };
        let adds = geometry.fit == Fit::Pad || geometry.padding != Sides::ZERO;
        let corners = geometry.tilt.map(|tilt| tilt.background.unwrap_or(Color::TRANSPARENT));
        draft.background = geometry.background.or(filled.filter(|_| adds)).or(corners);
        draft.angle = match geometry.tilt {
            Some(tilt) => tilt.angle,
            None => angle_of(geometry.rotate),
        };
        if let (Some(width), Some(height)) = (geometry.width, geometry.height) {
            (geometry.width, geometry.height) = (None, None);
            draft.size = Some((width, height));
            // An image that may be enlarged is enlarged to the whole of the target.
            let fills = geometry.fit == Fit::Fill && geometry.enlarge;
            draft.fit = if fills { Fit::Stretch } else { geometry.fit };
        }
        // One number stands for the qualities of all formats.
        let format = match draft.request.output.format {
            OutputFormat::Fixed(format) => format,
            OutputFormat::Auto | OutputFormat::Smallest | OutputFormat::Source | OutputFormat::Json => {
                Format::Jpeg
            }
        };
        let quality = draft.request.output.quality.of(format).unwrap_or(QUALITY);
        draft.request.output.quality = Quality::all(quality);
        draft
    }

    /// The request that the modifiers ask for.
    pub fn finish(mut self) -> Result<ImageRequest> {
        self.finish_size();
        self.finish_turns()?;
        self.finish_surroundings()?;
        let geometry = &mut self.request.geometry;
        if self.flatten {
            geometry.background = Some(self.background.unwrap_or(BLACK));
        } else if self.request.output.format == OutputFormat::Fixed(Format::Jpeg) {
            geometry.background = self.background;
        }
        Ok(self.request)
    }

    /// Of several sizes, the width alone counts, or else both sides, or else the height alone.
    fn finish_size(&mut self) {
        let geometry = &mut self.request.geometry;
        if geometry.width.is_some() {
            geometry.height = None;
        } else if let Some((width, height)) = self.size {
            (geometry.width, geometry.height) = (Some(width), Some(height));
            geometry.fit = self.fit;
        }
    }

    /// Modifiers reach sharp in alphabetical order. `w` and `s` come after `rotate`, so that sharp crops and resizes the
    /// rotated image then; `h` comes before it.
    fn finish_turns(&mut self) -> Result<()> {
        let geometry = &mut self.request.geometry;
        let turns_first = geometry.width.is_some();
        let angle = i64::from(self.angle.millidegrees());
        if angle % 90_000 == 0 {
            geometry.rotate = Rotation::from_quarters(angle / 90_000);
        } else if turns_first {
            return Err(Failure::unsupported_use(
                "an angle between the quarters before resizing",
                "leave out width and resize, or rotate by a multiple of 90",
            ));
        } else {
            geometry.tilt =
                Some(Tilt { angle: self.angle, background: Some(self.background.unwrap_or(BLACK)) });
        }
        mirror_on_the_other_side_of_rotation(geometry);
        if turns_first && geometry.rotate != Rotation::None {
            let turn = Turn::of(geometry);
            geometry.crop = geometry.crop.map(|crop| turn.undo(crop));
        }
        Ok(())
    }

    fn finish_surroundings(&mut self) -> Result<()> {
        let geometry = &mut self.request.geometry;
        geometry.padding = self.extend;
        let background = Fill::Color(self.background.unwrap_or(BLACK));
        let fill = match self.extend_with {
            ExtendWith::Background => background,
            ExtendWith::Copy => Fill::Edge,
            ExtendWith::Mirror => Fill::Mirror,
        };
        let is_extended = self.extend != Sides::ZERO;
        let is_padded = geometry.fit == Fit::Pad && geometry.width.is_some() && geometry.height.is_some();
        geometry.fill = match (is_extended, is_padded) {
            (false, false) => None,
            (false, true) => Some(background),
            (true, false) => Some(fill),
            (true, true) if fill == background => Some(fill),
            (true, true) => {
                return Err(Failure::unsupported_use(
                    "extend with copies together with fit_contain",
                    "leave one of them out",
                ));
            }
        };
        Ok(())
    }
}

/// The angle of a rotation by quarters.
fn angle_of(rotate: Rotation) -> Angle {
    let quarters = match rotate {
        Rotation::None => 0,
        Rotation::Quarter => 1,
        Rotation::Half => 2,
        Rotation::ThreeQuarters => 3,
    };
    Angle::from_millidegrees(quarters * 90_000)
}

/// sharp mirrors before it rotates, the engine after: a quarter turn exchanges the two directions.
fn mirror_on_the_other_side_of_rotation(geometry: &mut Geometry) {
    if geometry.rotate.swaps_axes() {
        (geometry.flip_horizontal, geometry.flip_vertical) =
            (geometry.flip_vertical, geometry.flip_horizontal);
    }
}
