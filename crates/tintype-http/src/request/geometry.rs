//! Place and size of pixels, and what they come down to for one source.

use tintype_types::{self as engine, Color, Filter, Gravity, Rotation, names};

use super::crop::{Crop, Place, visible};
use super::length::{Factor, Length};

/// How an image is made to fit a target with both sides given.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Fit {
    /// The largest size within the target.
    #[default]
    Contain,
    /// The smallest size that covers the target; the rest is cropped. A source that is too small keeps the target's
    /// shape.
    Cover,
    /// As [`Fit::Cover`], but a source that is too short along one side keeps all of that side.
    Crop,
    /// Exactly the target. A side that is not given is the source's.
    Fill,
    /// As [`Fit::Fill`], but a source that is too small keeps the target's shape.
    Stretch,
    /// The smallest size that covers the target; nothing is cropped.
    Outside,
    /// [`Fit::Crop`] if source and target are both landscape or both portrait, otherwise [`Fit::Contain`].
    Auto,
}

names! {
    Fit {
        Contain = "contain",
        Cover = "cover",
        Crop = "crop",
        Fill = "fill",
        Stretch = "stretch",
        Outside = "outside",
        Auto = "auto",
    }
}

/// The changes to place and size of pixels, in the order in which they happen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Geometry {
    /// Turn the image upright as its EXIF orientation says.
    pub auto_orient: bool,
    /// Keep this part.
    pub crop: Option<Crop>,
    /// Rotate.
    pub rotate: Rotation,
    /// Mirror left to right, after rotation.
    pub flip_horizontal: bool,
    /// Mirror top to bottom, after rotation.
    pub flip_vertical: bool,
    /// Target width; a share is one of the image after crop and rotation.
    pub width: Option<Length>,
    /// Target height; a share is one of the image after crop and rotation.
    pub height: Option<Length>,
    /// Device pixels for each pixel of the target. Lowered for [`Fit::Crop`] and [`Fit::Stretch`] to what the source can
    /// fill, so that the target keeps its shape.
    pub dpr: Factor,
    /// How the image is made to fit.
    pub fit: Fit,
    /// Allow a result larger than the source.
    pub enlarge: bool,
    /// The part that cropping to the target keeps.
    pub gravity: Gravity,
    /// Resampling kernel.
    pub filter: Filter,
    /// The colour under transparent pixels.
    pub background: Option<Color>,
}

impl Default for Geometry {
    fn default() -> Self {
        Self {
            auto_orient: true,
            crop: None,
            rotate: Rotation::default(),
            flip_horizontal: false,
            flip_vertical: false,
            width: None,
            height: None,
            dpr: Factor::ONE,
            fit: Fit::default(),
            enlarge: false,
            gravity: Gravity::default(),
            filter: Filter::default(),
            background: None,
        }
    }
}

/// Width and height in pixels.
type Size = (u32, u32);

/// The target as the contract has it.
struct Target {
    width: Option<u32>,
    height: Option<u32>,
    fit: engine::Fit,
}

impl Geometry {
    /// Whether the image is rotated or mirrored.
    pub fn is_turned(&self) -> bool {
        self.rotate != Rotation::None || self.flip_horizontal || self.flip_vertical
    }

    /// Multiplies the target by factors.
    pub fn scale(&mut self, width: Factor, height: Factor) {
        self.width = self.width.map(|length| length.times(width));
        self.height = self.height.map(|length| length.times(height));
    }

    /// The same geometry without the differences that make no difference.
    #[must_use]
    pub fn normalized(&self) -> Self {
        let mut normal = self.clone();
        normal.fit = self.effective_fit();
        if let Some(crop) = &mut normal.crop
            && crop.place == Place::At(Length::ZERO, Length::ZERO)
        {
            crop.place = Place::Towards(Gravity::NorthWest);
        }
        if self.width.is_none() && self.height.is_none() {
            normal.dpr = Factor::ONE;
        }
        // A target in pixels can be written down at its final size, unless the source lowers it.
        let exact = !matches!(normal.fit, Fit::Crop | Fit::Stretch | Fit::Auto);
        if exact {
            normal.scale(self.dpr, self.dpr);
            normal.dpr = Factor::ONE;
        }
        normal
    }

    /// The fit without the choices that make no difference: with one side given, most are alike, and an image that may
    /// be enlarged is never too small.
    pub fn effective_fit(&self) -> Fit {
        match (self.fit, self.width, self.height) {
            (_, None, None) => Fit::Contain,
            (Fit::Fill | Fit::Stretch, _, _) if self.enlarge => Fit::Fill,
            (Fit::Fill | Fit::Stretch, _, _) => self.fit,
            (_, None, _) | (_, _, None) => Fit::Contain,
            (Fit::Crop, _, _) if self.enlarge => Fit::Cover,
            (fit, _, _) => fit,
        }
    }

    /// Whether the source's size has to be known to resolve the geometry.
    pub fn needs_source(&self) -> bool {
        let share = |length: Option<Length>| matches!(length, Some(Length::Share(_)));
        let one = self.width.is_some() != self.height.is_some();
        let by_fit = match self.effective_fit() {
            Fit::Contain | Fit::Cover => false,
            Fit::Fill => one,
            Fit::Crop | Fit::Stretch | Fit::Outside | Fit::Auto => true,
        };
        by_fit
            || share(self.width)
            || share(self.height)
            || self.crop.is_some_and(|crop| crop.region_in_pixels().is_none())
    }

    /// Width and height of a source as the geometry sees it: upright, if it is to be turned upright.
    pub fn source_size(&self, source: &engine::Source) -> (u32, u32) {
        let swaps_axes = self.auto_orient && source.orientation >= 5;
        if swaps_axes { (source.height, source.width) } else { (source.width, source.height) }
    }

    /// The contract's geometry for a source of this width and height, as it stands after `auto_orient`.
    /// Where [`Geometry::needs_source`] is false, any size gives the same.
    pub fn resolve(&self, source: Size) -> engine::Geometry {
        let crop = self.crop.map(|crop| crop.region(source));
        let cut = crop.map_or(source, |region| visible(region, source));
        let image = if self.rotate.swaps_axes() { (cut.1, cut.0) } else { cut };
        let Target { width, height, fit } = self.target((image.0.max(1), image.1.max(1)));
        engine::Geometry {
            auto_orient: self.auto_orient,
            crop,
            rotate: self.rotate,
            flip_horizontal: self.flip_horizontal,
            flip_vertical: self.flip_vertical,
            width,
            height,
            fit,
            enlarge: self.enlarge,
            gravity: self.gravity,
            filter: self.filter,
            background: self.background,
        }
    }

    /// The target for an image of this size after crop and rotation.
    fn target(&self, image: Size) -> Target {
        let fit = self.effective_fit();
        let mut width = self.width.map(|length| length.of(image.0).max(1));
        let mut height = self.height.map(|length| length.of(image.1).max(1));
        if matches!(fit, Fit::Fill | Fit::Stretch) {
            // A side that is not given stays as it is, whatever the density.
            width = width.or(Some(image.0));
            height = height.or(Some(image.1));
        }
        let (Some(width), Some(height)) = (width, height) else {
            let scaled = |side: Option<u32>| side.map(|side| self.dpr.of(side).max(1));
            return Target { width: scaled(width), height: scaled(height), fit: engine::Fit::Contain };
        };
        self.target_of_both((width, height), image, fit)
    }

    fn target_of_both(&self, base: Size, image: Size, fit: Fit) -> Target {
        let both = |(width, height): Size, fit| Target { width: Some(width), height: Some(height), fit };
        let scaled = |factor: Factor| (factor.of(base.0).max(1), factor.of(base.1).max(1));
        // How many times the target fits into the image, along the side where it fits fewer times.
        let room = Factor::ratio(image.0, base.0).min(Factor::ratio(image.1, base.1));
        let target = scaled(self.dpr);
        match fit {
            Fit::Contain => both(target, engine::Fit::Contain),
            Fit::Cover => both(target, engine::Fit::Cover),
            Fit::Fill => both(target, engine::Fit::Fill),
            Fit::Stretch => both(scaled(self.dpr.min(room)), engine::Fit::Fill),
            Fit::Crop if room < Factor::ONE => {
                // A source that is too short along one side is as dense as it is, and no denser.
                let density = Factor::ratio(self.dpr.millionths(), room.millionths()).min(Factor::ONE);
                let side = |base: u32, image: u32| density.of(base.min(image)).max(1);
                both((side(base.0, image.0), side(base.1, image.1)), engine::Fit::Cover)
            }
            Fit::Crop => {
                let (width, height) = scaled(self.dpr.min(room));
                both((width.min(image.0), height.min(image.1)), engine::Fit::Cover)
            }
            Fit::Outside if wider(target, image) => {
                Target { width: Some(target.0), height: None, fit: engine::Fit::Contain }
            }
            Fit::Outside => Target { width: None, height: Some(target.1), fit: engine::Fit::Contain },
            Fit::Auto => {
                let alike = (base.0 >= base.1) == (image.0 >= image.1);
                let fit = match (alike, self.enlarge) {
                    (true, true) => Fit::Cover,
                    (true, false) => Fit::Crop,
                    (false, _) => Fit::Contain,
                };
                self.target_of_both(base, image, fit)
            }
        }
    }
}

/// Whether a target is wider in shape than an image.
fn wider(target: Size, image: Size) -> bool {
    u64::from(target.0) * u64::from(image.1) > u64::from(target.1) * u64::from(image.0)
}

/// The gravity of a focal point with coordinates from 0 to 1, if it lies on an edge or in the middle: both 0, 0.5 or 1.
pub fn at_focal_point(x: Factor, y: Factor) -> Option<Gravity> {
    let third = |factor: Factor| match factor.millionths() {
        0 => Some(0),
        500_000 => Some(1),
        1_000_000 => Some(2),
        _ => None,
    };
    let (x, y) = (third(x)?, third(y)?);
    Gravity::ALL.iter().copied().find(|gravity| gravity.halves() == (x, y))
}

#[cfg(test)]
mod tests {
    use tintype_types::Region;

    use super::*;

    const HALF: Length = Length::Share(Factor::from_millionths(500_000));

    fn sized(fit: Fit, width: u32, height: u32) -> Geometry {
        let (width, height) = (Some(Length::Pixels(width)), Some(Length::Pixels(height)));
        Geometry { fit, width, height, ..Geometry::default() }
    }

    fn sides(geometry: &Geometry, source: Size) -> (Option<u32>, Option<u32>) {
        let resolved = geometry.resolve(source);
        (resolved.width, resolved.height)
    }

    #[test]
    fn a_target_in_pixels_does_not_need_the_source() {
        for fit in [Fit::Contain, Fit::Cover, Fit::Fill] {
            let geometry = sized(fit, 30, 20);
            assert!(!geometry.needs_source());
            assert_eq!(geometry.resolve((7, 5)), geometry.resolve((7000, 5000)));
        }
        for fit in [Fit::Crop, Fit::Stretch, Fit::Outside, Fit::Auto] {
            assert!(sized(fit, 30, 20).needs_source());
        }
        assert!(!Geometry { height: None, ..sized(Fit::Crop, 30, 20) }.needs_source());
        assert!(Geometry { height: None, ..sized(Fit::Fill, 30, 20) }.needs_source());
    }

    #[test]
    fn crop_does_not_go_beyond_a_small_source() {
        let geometry = sized(Fit::Crop, 500, 200);
        assert_eq!(sides(&geometry, (1000, 1000)), (Some(500), Some(200)));
        assert_eq!(sides(&geometry, (400, 300)), (Some(400), Some(200)));
        assert_eq!(sides(&geometry, (40, 30)), (Some(40), Some(30)));
        assert_eq!(sides(&Geometry { enlarge: true, ..geometry }, (40, 30)), (Some(500), Some(200)));
        let turned = Geometry { rotate: Rotation::Quarter, ..sized(Fit::Crop, 500, 200) };
        assert_eq!(sides(&turned, (300, 400)), (Some(400), Some(200)));
    }

    #[test]
    fn a_density_that_the_source_cannot_fill_is_lowered_and_the_shape_stays() {
        let dpr = |fit, width, height, enlarge| Geometry {
            dpr: Factor::from_millionths(2_000_000),
            enlarge,
            ..sized(fit, width, height)
        };
        assert_eq!(sides(&dpr(Fit::Crop, 26, 100, false), (200, 100)), (Some(26), Some(100)));
        assert_eq!(sides(&dpr(Fit::Crop, 300, 300, false), (640, 427)), (Some(427), Some(427)));
        assert_eq!(sides(&dpr(Fit::Crop, 100, 100, false), (640, 427)), (Some(200), Some(200)));
        assert_eq!(sides(&dpr(Fit::Crop, 300, 300, true), (640, 427)), (Some(600), Some(600)));
        assert_eq!(sides(&dpr(Fit::Stretch, 150, 75, false), (200, 100)), (Some(200), Some(100)));
        assert_eq!(sides(&dpr(Fit::Contain, 300, 300, false), (640, 427)), (Some(600), Some(600)));
        let half = |width, height| Geometry {
            dpr: Factor::from_millionths(500_000),
            ..sized(Fit::Crop, width, height)
        };
        assert_eq!(sides(&half(100, 100), (640, 427)), (Some(50), Some(50)));
        assert_eq!(sides(&half(123, 501), (640, 427)), (Some(72), Some(250)));
        assert_eq!(sides(&half(300, 99), (100, 100)), (Some(100), Some(99)));
    }

    #[test]
    fn stretch_keeps_the_shape_of_the_target_and_fill_does_not() {
        assert_eq!(sides(&sized(Fit::Stretch, 300, 300), (200, 100)), (Some(100), Some(100)));
        assert_eq!(sides(&sized(Fit::Fill, 300, 300), (200, 100)), (Some(300), Some(300)));
        let wide = Geometry { height: None, ..sized(Fit::Fill, 50, 1) };
        assert_eq!(sides(&wide, (200, 100)), (Some(50), Some(100)));
    }

    #[test]
    fn outside_covers_the_target_without_cropping() {
        let geometry = sized(Fit::Outside, 100, 100);
        assert_eq!(sides(&geometry, (400, 200)), (None, Some(100)));
        assert_eq!(sides(&geometry, (200, 400)), (Some(100), None));
    }

    #[test]
    fn auto_crops_only_where_the_orientation_is_the_same() {
        let fit = |width, height, source| sized(Fit::Auto, width, height).resolve(source).fit;
        assert_eq!(fit(200, 100, (4000, 3000)), engine::Fit::Cover);
        assert_eq!(fit(200, 100, (3000, 4000)), engine::Fit::Contain);
        // Squares count as landscape.
        assert_eq!(fit(100, 100, (4000, 3000)), engine::Fit::Cover);
        assert_eq!(fit(100, 100, (3000, 4000)), engine::Fit::Contain);
        assert_eq!(fit(200, 100, (3000, 3000)), engine::Fit::Cover);
        assert_eq!(fit(100, 200, (3000, 3000)), engine::Fit::Contain);
    }

    #[test]
    fn shares_are_of_the_cropped_and_rotated_source() {
        let geometry = Geometry {
            crop: Some(Crop { width: HALF, height: Length::WHOLE, place: Place::Towards(Gravity::Center) }),
            rotate: Rotation::Quarter,
            width: Some(HALF),
            ..Geometry::default()
        };
        let resolved = geometry.resolve((1000, 600));
        assert_eq!(resolved.crop, Some(Region { x: 250, y: 0, width: 500, height: 600 }));
        assert_eq!((resolved.width, resolved.height), (Some(300), None));
    }
}
