//! Geometry that depends on the source's size, such as shares of it, made into the pixels that the contract speaks of.

use crate::request::{Crop, Fit, Geometry, Length, Place, Region, Rotation};
use crate::request::{Gravity, Gravity::*};

/// The geometry of the contract: what [`crate::request::Geometry`] comes down to for one source.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Resolved {
    /// The part to cut out.
    pub crop: Option<Region>,
    /// Target width.
    pub width: Option<u32>,
    /// Target height.
    pub height: Option<u32>,
    /// How the image is made to fit.
    pub fit: EngineFit,
}

/// The fits of the contract (`types.fit`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum EngineFit {
    /// The largest size within the target.
    #[default]
    Contain,
    /// The smallest size that covers the target; the rest is cut off.
    Cover,
    /// Exactly the target.
    Fill,
}

impl Geometry {
    /// Whether the source's size has to be known to resolve the geometry.
    pub fn needs_source(&self) -> bool {
        let share = |length: Option<Length>| matches!(length, Some(Length::Share(_)));
        let both = self.width.is_some() && self.height.is_some();
        share(self.width)
            || share(self.height)
            || self.crop.is_some_and(|crop| plain(crop).is_none())
            || (both && matches!(self.fit, Fit::Crop | Fit::Outside | Fit::Auto))
    }

    /// The contract's geometry for a source of this width and height, as it stands after `auto_orient`.
    /// Where [`Geometry::needs_source`] says no, any size gives the same.
    pub fn resolve(&self, source: (u32, u32)) -> Resolved {
        let crop = self.crop.map(|crop| plain(crop).unwrap_or_else(|| region(crop, source)));
        let cut = crop.map_or(source, |region| visible(region, source));
        let (w, h) = match self.rotate {
            Rotation::None | Rotation::Half => cut,
            Rotation::Quarter | Rotation::ThreeQuarters => (cut.1, cut.0),
        };
        let width = self.width.map(|length| length.of(w).max(1));
        let height = self.height.map(|length| length.of(h).max(1));
        let (width, height, fit) = match (width, height) {
            (Some(width), Some(height)) => self.both(width, height, (w, h)),
            sides => (sides.0, sides.1, EngineFit::Contain),
        };
        Resolved { crop, width, height, fit }
    }

    fn both(&self, width: u32, height: u32, (w, h): (u32, u32)) -> (Option<u32>, Option<u32>, EngineFit) {
        // A side that is no longer than the source's is reached without enlarging, and then nothing has to be cut
        // off along it.
        let crop = if self.enlarge { (width, height) } else { (width.min(w.max(1)), height.min(h.max(1))) };
        let wider = u64::from(width) * u64::from(h) > u64::from(height) * u64::from(w);
        match self.fit {
            Fit::Contain => (Some(width), Some(height), EngineFit::Contain),
            Fit::Cover => (Some(width), Some(height), EngineFit::Cover),
            Fit::Fill => (Some(width), Some(height), EngineFit::Fill),
            Fit::Crop => (Some(crop.0), Some(crop.1), EngineFit::Cover),
            Fit::Outside if wider => (Some(width), None, EngineFit::Contain),
            Fit::Outside => (None, Some(height), EngineFit::Contain),
            Fit::Auto if (width >= height) == (w >= h) => (Some(crop.0), Some(crop.1), EngineFit::Cover),
            Fit::Auto => (Some(width), Some(height), EngineFit::Contain),
        }
    }
}

/// A crop that is in pixels already.
fn plain(crop: Crop) -> Option<Region> {
    match (crop.width, crop.height, crop.place) {
        (Length::Pixels(width), Length::Pixels(height), Place::At(Length::Pixels(x), Length::Pixels(y))) => {
            Some(Region { x, y, width, height })
        }
        _ => None,
    }
}

fn region(crop: Crop, (w, h): (u32, u32)) -> Region {
    let width = crop.width.of(w).min(w).max(1);
    let height = crop.height.of(h).min(h).max(1);
    let (x, y) = match crop.place {
        Place::At(x, y) => (x.of(w), y.of(h)),
        Place::Towards(gravity) => {
            let (left, top) = halves(gravity);
            (share(w.saturating_sub(width), left), share(h.saturating_sub(height), top))
        }
    };
    Region { x, y, width, height }
}

/// So many halves of a free space, rounded down.
fn share(free: u32, halves: u32) -> u32 {
    free / 2 * halves + free % 2 * (halves / 2)
}

/// How many halves of the free space lie left of and above what a gravity keeps.
fn halves(gravity: Gravity) -> (u32, u32) {
    match gravity {
        NorthWest => (0, 0),
        North => (1, 0),
        NorthEast => (2, 0),
        West => (0, 1),
        Center => (1, 1),
        East => (2, 1),
        SouthWest => (0, 2),
        South => (1, 2),
        SouthEast => (2, 2),
    }
}

/// Width and height of the part of a region that lies inside the image.
fn visible(region: Region, (w, h): (u32, u32)) -> (u32, u32) {
    (region.width.min(w.saturating_sub(region.x)), region.height.min(h.saturating_sub(region.y)))
}

#[cfg(test)]
mod tests {
    use super::*;

    const HALF: Length = Length::Share(Length::WHOLE / 2);

    fn sized(fit: Fit, width: u32, height: u32) -> Geometry {
        Geometry {
            fit,
            width: Some(Length::Pixels(width)),
            height: Some(Length::Pixels(height)),
            ..Geometry::default()
        }
    }

    #[test]
    fn what_is_in_pixels_does_not_need_the_source() {
        for fit in [Fit::Contain, Fit::Cover, Fit::Fill] {
            let geometry = sized(fit, 30, 20);
            assert!(!geometry.needs_source());
            assert_eq!(geometry.resolve((7, 5)), geometry.resolve((7000, 5000)));
        }
        for fit in [Fit::Crop, Fit::Outside, Fit::Auto] {
            assert!(sized(fit, 30, 20).needs_source());
            assert!(!Geometry { height: None, ..sized(fit, 30, 20) }.needs_source());
        }
    }

    #[test]
    fn crop_does_not_go_beyond_a_small_source() {
        let sides = |geometry: &Geometry, source| {
            let resolved = geometry.resolve(source);
            assert_eq!(resolved.fit, EngineFit::Cover);
            (resolved.width.unwrap(), resolved.height.unwrap())
        };
        let geometry = sized(Fit::Crop, 500, 200);
        assert_eq!(sides(&geometry, (1000, 1000)), (500, 200));
        assert_eq!(sides(&geometry, (400, 300)), (400, 200));
        assert_eq!(sides(&geometry, (40, 30)), (40, 30));
        assert_eq!(sides(&Geometry { enlarge: true, ..geometry }, (40, 30)), (500, 200));
        let turned = Geometry { rotate: Rotation::Quarter, ..sized(Fit::Crop, 500, 200) };
        assert_eq!(sides(&turned, (300, 400)), (400, 200));
    }

    #[test]
    fn outside_covers_the_target_without_cutting() {
        let sides = |source| {
            let resolved = sized(Fit::Outside, 100, 100).resolve(source);
            (resolved.width, resolved.height)
        };
        assert_eq!(sides((400, 200)), (None, Some(100)));
        assert_eq!(sides((200, 400)), (Some(100), None));
    }

    #[test]
    fn auto_crops_only_where_the_orientation_is_the_same() {
        assert_eq!(sized(Fit::Auto, 200, 100).resolve((4000, 3000)).fit, EngineFit::Cover);
        assert_eq!(sized(Fit::Auto, 200, 100).resolve((3000, 4000)).fit, EngineFit::Contain);
    }

    #[test]
    fn shares_are_of_the_cut_and_rotated_source() {
        let geometry = Geometry {
            crop: Some(Crop {
                width: HALF,
                height: Length::Share(Length::WHOLE),
                place: Place::Towards(Center),
            }),
            rotate: Rotation::Quarter,
            width: Some(HALF),
            ..Geometry::default()
        };
        let resolved = geometry.resolve((1000, 600));
        assert_eq!(resolved.crop, Some(Region { x: 250, y: 0, width: 500, height: 600 }));
        assert_eq!((resolved.width, resolved.height), (Some(300), None));
    }

    #[test]
    fn a_crop_towards_each_gravity_touches_its_edges_and_stays_inside() {
        for (gravity, x, y) in [
            (NorthWest, 0, 0),
            (North, 3, 0),
            (NorthEast, 7, 0),
            (West, 0, 2),
            (Center, 3, 2),
            (East, 7, 2),
            (SouthWest, 0, 4),
            (South, 3, 4),
            (SouthEast, 7, 4),
        ] {
            let crop =
                Crop { width: Length::Pixels(3), height: Length::Pixels(5), place: Place::Towards(gravity) };
            let geometry = Geometry { crop: Some(crop), ..Geometry::default() };
            assert_eq!(
                geometry.resolve((10, 9)).crop,
                Some(Region { x, y, width: 3, height: 5 }),
                "{gravity:?}"
            );
        }
    }

    #[test]
    fn lengths_scale_and_round_to_nearest() {
        assert_eq!(Length::Pixels(101).times(1_500_000), Length::Pixels(152));
        assert_eq!(Length::Pixels(1).times(100_000), Length::Pixels(1));
        assert_eq!(Length::Share(333_333).of(10), 3);
        assert_eq!(Length::Share(u32::MAX).of(u32::MAX), u32::MAX);
    }
}
