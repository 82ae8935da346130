//! A part of the source to keep.

use std::fmt;
use std::str::FromStr;

use tintype_types::{Gravity, Region, UnknownName};

use super::length::Length;

/// A part of the source to keep.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Crop {
    /// Its width.
    pub width: Length,
    /// Its height.
    pub height: Length,
    /// Its position.
    pub place: Place,
}

/// The position of a [`Crop`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// This far from the left and the top edge.
    At(Length, Length),
    /// As far towards these edges as it goes.
    Towards(Gravity),
}

impl Crop {
    /// The crop for a source of this width and height.
    pub fn region(self, (w, h): (u32, u32)) -> Region {
        if let Some(region) = self.region_in_pixels() {
            return region;
        }
        let width = self.width.of(w).min(w).max(1);
        let height = self.height.of(h).min(h).max(1);
        let (x, y) = match self.place {
            Place::At(x, y) => (x.of(w), y.of(h)),
            Place::Towards(gravity) => {
                let (left, top) = gravity.halves();
                (share(w.saturating_sub(width), left), share(h.saturating_sub(height), top))
            }
        };
        Region { x, y, width, height }
    }

    /// The crop if it is in pixels already, and so the same for every source.
    pub fn region_in_pixels(self) -> Option<Region> {
        match (self.width, self.height, self.place) {
            (
                Length::Pixels(width),
                Length::Pixels(height),
                Place::At(Length::Pixels(x), Length::Pixels(y)),
            ) => Some(Region { x, y, width, height }),
            _ => None,
        }
    }
}

/// A crop whose lengths are given one by one. A side that is not given reaches to the source's edge.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CropParts {
    /// Its distance from the left edge.
    pub x: Option<Length>,
    /// Its distance from the top edge.
    pub y: Option<Length>,
    /// Its width.
    pub width: Option<Length>,
    /// Its height.
    pub height: Option<Length>,
}

impl CropParts {
    /// The parts of a crop, without a position if that is a gravity.
    pub fn of(crop: Crop) -> Self {
        let (x, y) = match crop.place {
            Place::At(x, y) => (Some(x), Some(y)),
            Place::Towards(_) => (None, None),
        };
        Self { x, y, width: Some(crop.width), height: Some(crop.height) }
    }

    /// The crop that the parts make; `None` if they leave the source whole.
    pub fn crop(self) -> Option<Crop> {
        let (x, y) = (self.x.unwrap_or(Length::ZERO), self.y.unwrap_or(Length::ZERO));
        if (x, y, self.width, self.height) == (Length::ZERO, Length::ZERO, None, None) {
            return None;
        }
        let side = |side: Option<Length>| side.unwrap_or(Length::Pixels(Length::MAX));
        Some(Crop { width: side(self.width), height: side(self.height), place: Place::At(x, y) })
    }
}

/// Halves of a free space, rounded down.
fn share(free: u32, halves: u8) -> u32 {
    match halves {
        0 => 0,
        1 => free / 2,
        _ => free,
    }
}

/// Width and height of the part of a region that lies inside an image.
pub(crate) fn visible(region: Region, (w, h): (u32, u32)) -> (u32, u32) {
    (region.width.min(w.saturating_sub(region.x)), region.height.min(h.saturating_sub(region.y)))
}

/// Reads `x,y,width,height` or `width,height,gravity`.
impl FromStr for Crop {
    type Err = UnknownName;

    fn from_str(text: &str) -> Result<Self, UnknownName> {
        let offset = |text| Length::offset(text).ok_or(UnknownName);
        let (width, height, place) = match *text.split(',').collect::<Vec<_>>().as_slice() {
            [x, y, width, height] => (width, height, Place::At(offset(x)?, offset(y)?)),
            [width, height, gravity] => (width, height, Place::Towards(gravity.parse()?)),
            _ => return Err(UnknownName),
        };
        Ok(Self { width: width.parse()?, height: height.parse()?, place })
    }
}

impl fmt::Display for Crop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { width, height, place } = self;
        match place {
            Place::At(x, y) => write!(f, "{x},{y},{width},{height}"),
            Place::Towards(gravity) => write!(f, "{width},{height},{gravity}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_crop_towards_each_gravity_touches_its_edges_and_stays_inside() {
        for (gravity, x, y) in [
            (Gravity::NorthWest, 0, 0),
            (Gravity::North, 3, 0),
            (Gravity::NorthEast, 7, 0),
            (Gravity::West, 0, 2),
            (Gravity::Center, 3, 2),
            (Gravity::East, 7, 2),
            (Gravity::SouthWest, 0, 4),
            (Gravity::South, 3, 4),
            (Gravity::SouthEast, 7, 4),
        ] {
            let place = Place::Towards(gravity);
            let crop = Crop { width: Length::Pixels(3), height: Length::Pixels(5), place };
            assert_eq!(crop.region((10, 9)), Region { x, y, width: 3, height: 5 }, "{gravity:?}");
        }
    }

    #[test]
    fn parts_of_a_crop_reach_to_the_edges() {
        let pixels = |pixels| Some(Length::Pixels(pixels));
        let parts = CropParts { x: pixels(3), height: pixels(5), ..CropParts::default() };
        let crop = parts.crop().unwrap();
        assert_eq!(visible(crop.region((10, 9)), (10, 9)), (7, 5));
        assert_eq!(CropParts::of(crop).crop(), Some(crop));
        assert_eq!(CropParts { y: pixels(0), ..CropParts::default() }.crop(), None);
    }

    #[test]
    fn a_crop_is_read_and_written_back() {
        for text in ["1,2,3,4", "0,50%,3,4", "50%,100%,north-east"] {
            assert_eq!(text.parse::<Crop>().unwrap().to_string(), text);
        }
        for bad in ["", "1,2", "1,2,0,4", "1,2,3,4,5", "10,10,middle", "-1,0,3,4"] {
            assert!(bad.parse::<Crop>().is_err(), "{bad}");
        }
    }
}
