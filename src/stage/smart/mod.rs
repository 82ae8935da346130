//! Cuts the most interesting part out of an image.

mod attention;
mod entropy;

use super::reduce::{self, Reduced, reduced_size};
use super::{Cost, Next, Shape, Stage};
use crate::geometry::Region;
use crate::plan::SmartCut;
use crate::{Factor, Point, Result, Smart};

/// Holds the image, chooses a part of it on a small image, and hands on what is kept of that part. Of further frames, it hands
/// on the same part.
#[derive(Debug)]
pub(crate) struct SmartCrop {
    from: Shape,
    cut: SmartCut,
    held: Vec<u8>,
    /// Where the part lies, once it has been chosen.
    place: Option<(u32, u32)>,
}

impl SmartCrop {
    /// For rows of this shape, which is at least as large as the part.
    pub(crate) fn new(from: Shape, cut: SmartCut) -> Self {
        Self { from, cut, held: Vec::new(), place: None }
    }

    /// The size of the small image.
    fn small_size(&self) -> (u32, u32) {
        let longest = match self.cut.method {
            Smart::Attention => attention::LONGEST,
            Smart::Entropy => entropy::LONGEST,
        };
        reduced_size(self.from, longest)
    }

    /// The places where the part may lie in the small image.
    fn places(&self) -> Places {
        let (width, height) = self.small_size();
        let side = |part: u32, of: u32, small: u32| {
            let side = (u64::from(part) * u64::from(small) + u64::from(of) / 2) / u64::from(of.max(1));
            (side as usize).clamp(1, small as usize)
        };
        Places {
            image: (width as usize, height as usize),
            part: (
                side(self.cut.size.0, self.from.width, width),
                side(self.cut.size.1, self.from.height, height),
            ),
        }
    }

    /// Where the part lies, in pixels of the image.
    fn choose(&self) -> (u32, u32) {
        let small = Reduced::whole(&self.held, self.from, self.small_size());
        let places = self.places();
        let (x, y) = match self.cut.method {
            Smart::Attention => attention::choose(&small, &places),
            Smart::Entropy => entropy::choose(&small, &places),
        };
        let (free, off) = (places.free(), places.off_middle((x, y)));
        let at = |place: usize, free: usize, off: usize, space: u32| {
            let (space, free) = (u64::from(space), free.max(1) as u64);
            let start = if off <= 1 { space / 2 } else { (2 * place as u64 * space + free) / (2 * free) };
            start as u32
        };
        let (width, height) = self.cut.size;
        let space = (self.from.width.saturating_sub(width), self.from.height.saturating_sub(height));
        (at(x, free.0, off.0, space.0), at(y, free.1, off.1, space.1))
    }
}

impl Stage for SmartCrop {
    fn shape(&self) -> Shape {
        Shape { width: self.cut.keep.width, height: self.cut.keep.height, ..self.from }
    }

    fn cost(&self) -> Cost {
        /// Work of moving a sample.
        const SAMPLE: u64 = 2;
        let chosen = match self.cut.method {
            Smart::Attention => attention::cost(&self.places()),
            Smart::Entropy => entropy::cost(&self.places()),
        };
        let held = Cost { memory: self.from.bytes(), work: self.from.bytes() * SAMPLE };
        held + reduce::cost(self.from, self.small_size()) + chosen
    }

    fn push(&mut self, row: &[u8], next: Next<'_>) -> Result<()> {
        let all = self.from.bytes() as usize;
        if self.held.is_empty() {
            self.held.reserve_exact(all);
        }
        self.held.extend_from_slice(row);
        if self.held.len() < all {
            return Ok(());
        }
        let (x, y) = self.place.unwrap_or_else(|| self.choose());
        self.place = Some((x, y));
        let keep = self.cut.keep;
        let count = self.from.channels.count();
        let start = (x + keep.x) as usize * count;
        let end = start + keep.width as usize * count;
        let rows = self.held.chunks_exact(self.from.row_bytes()).skip((y + keep.y) as usize);
        for row in rows.take(keep.height as usize) {
            next(row.get(start..end).unwrap_or_default())?;
        }
        self.held = Vec::new();
        Ok(())
    }
}

/// The point of an image that draws attention: the middle of the most interesting quarter.
pub(crate) fn attention_point(image: &[u8], shape: Shape) -> Point {
    let size = (shape.width.div_ceil(2), shape.height.div_ceil(2));
    let keep = Region { x: 0, y: 0, width: size.0, height: size.1 };
    let cut = SmartCut { method: Smart::Attention, size, keep };
    let (x, y) = SmartCrop { from: shape, cut, held: image.to_vec(), place: None }.choose();
    let share = |start: u32, part: u32, side: u32| {
        let millionths = u64::from(2 * start + part) * 1_000_000;
        Factor::from_millionths(millionths.checked_div(2 * u64::from(side)).unwrap_or(0) as u32)
    };
    Point { x: share(x, size.0, shape.width), y: share(y, size.1, shape.height) }
}

/// The places where a part may lie in an image, in pixels.
#[derive(Debug, Clone, Copy)]
struct Places {
    /// Width and height of the image.
    image: (usize, usize),
    /// Width and height of the part.
    part: (usize, usize),
}

impl Places {
    /// The greatest distances of the part from the left and the top.
    fn free(&self) -> (usize, usize) {
        (self.image.0 - self.part.0, self.image.1 - self.part.1)
    }

    /// Twice the distance of a place from the middle, along each axis.
    fn off_middle(&self, (x, y): (usize, usize)) -> (usize, usize) {
        let free = self.free();
        ((2 * x).abs_diff(free.0), (2 * y).abs_diff(free.1))
    }
}

/// The place with the best score so far; of several, the one nearest to the middle.
#[derive(Debug)]
struct Best {
    places: Places,
    best: Option<(i64, std::cmp::Reverse<usize>)>,
    place: (usize, usize),
}

impl Best {
    fn new(places: Places) -> Self {
        Self { places, best: None, place: (0, 0) }
    }

    fn consider(&mut self, place: (usize, usize), score: i64) {
        let (x, y) = self.places.off_middle(place);
        let new = Some((score, std::cmp::Reverse(x * x + y * y)));
        if new > self.best {
            (self.best, self.place) = (new, place);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geometry::Region;
    use crate::pixels::{Channels, Depth};
    use crate::stage::tests::through;

    const METHODS: [Smart; 2] = [Smart::Attention, Smart::Entropy];

    fn noise(x: u32, y: u32) -> u8 {
        ((x.wrapping_mul(2_654_435_761) ^ y.wrapping_mul(40_503)).wrapping_mul(2_246_822_519) >> 24) as u8
    }

    fn rgb(width: u32, height: u32, pixel: impl Fn(u32, u32) -> [u8; 3]) -> (Shape, Vec<u8>) {
        let image = (0..height).flat_map(|y| (0..width).map(move |x| (x, y))).flat_map(|(x, y)| pixel(x, y));
        (Shape { width, height, channels: Channels::Rgb, depth: Depth::Eight }, image.collect())
    }

    fn chosen((from, image): &(Shape, Vec<u8>), method: Smart, size: (u32, u32)) -> (u32, u32) {
        let keep = Region { x: 0, y: 0, width: size.0, height: size.1 };
        let mut crop = SmartCrop::new(*from, SmartCut { method, size, keep });
        crop.held.clone_from(image);
        crop.choose()
    }

    /// A plain image with a small detailed object around a point.
    fn object(width: u32, height: u32, middle: (u32, u32)) -> (Shape, Vec<u8>) {
        rgb(width, height, |x, y| {
            let is_object = x.abs_diff(middle.0) < 8 && y.abs_diff(middle.1) < 8;
            if is_object { [noise(x / 2, y / 2) | 64, 200, noise(x / 2 + 50, y / 2)] } else { [90, 100, 110] }
        })
    }

    #[test]
    fn an_object_on_a_plain_ground_is_kept_wherever_it_is() {
        for method in METHODS {
            for along in [8, 30, 100, 150, 290, 311] {
                let (x, y) = chosen(&object(320, 100, (along, 50)), method, (100, 100));
                assert!(x + 8 <= along + 2 && along + 8 <= x + 102 && y == 0, "{method:?}: {along} in {x}");
                let (x, y) = chosen(&object(100, 320, (50, along)), method, (100, 100));
                assert!(y + 8 <= along + 2 && along + 8 <= y + 102 && x == 0, "{method:?}: {along} in {y}");
                let (x, y) = chosen(&object(320, 320, (along, 200)), method, (60, 90));
                let kept = x + 8 <= along + 4 && along + 8 <= x + 64 && y + 8 <= 204 && 208 <= y + 94;
                assert!(kept, "{method:?}: {along} in {x}, {y}");
            }
        }
    }

    #[test]
    fn where_nothing_is_better_the_middle_is_kept() {
        for method in METHODS {
            assert_eq!(chosen(&rgb(301, 100, |_, _| [9, 80, 7]), method, (100, 100)), (100, 0));
            assert_eq!(chosen(&rgb(100, 300, |_, _| [9, 80, 7]), method, (100, 100)), (0, 100));
            assert_eq!(chosen(&rgb(3, 1, |_, _| [9, 80, 7]), method, (1, 1)), (1, 0));
            assert_eq!(chosen(&rgb(1, 1, |_, _| [9, 80, 7]), method, (1, 1)), (0, 0));
            assert_eq!(chosen(&rgb(700, 700, |_, _| [9, 80, 7]), method, (699, 698)), (0, 1));
        }
    }

    #[test]
    fn a_face_draws_more_attention_than_noise() {
        for (face, noisy) in [(80, 240), (240, 80)] {
            let image = rgb(320, 160, |x, y| {
                let round = |middle: u32, radius: u32| {
                    let (across, down) = (x.abs_diff(middle), y.abs_diff(80));
                    across * across * 2 + down * down < radius * radius
                };
                match (round(face, 60), round(noisy, 60)) {
                    (true, _) => [224, 172, 135],
                    (_, true) => [noise(x, y); 3],
                    _ => [128; 3],
                }
            });
            let (x, _) = chosen(&image, Smart::Attention, (160, 160));
            assert!(x.abs_diff(face - 80) <= 20, "{x} for {face}");
            let (x, _) = chosen(&image, Smart::Entropy, (160, 160));
            assert!(x <= noisy - 40 && noisy + 40 <= x + 160, "{x} for {noisy}");
        }
    }

    #[test]
    fn strong_colours_draw_attention() {
        for (red, x) in [(60, 0), (260, 160)] {
            let image = rgb(320, 160, |x, y| {
                let is_dot = (x % 200).abs_diff(60) < 20 && y.abs_diff(80) < 20;
                match (is_dot, x.abs_diff(red) < 30) {
                    (true, true) => [255, 0, 40],
                    (true, false) => [94; 3],
                    _ => [180; 3],
                }
            });
            assert!(chosen(&image, Smart::Attention, (160, 160)).0.abs_diff(x) <= 30);
        }
    }

    #[test]
    fn transparent_surroundings_are_left_out() {
        let from = Shape { width: 90, height: 30, channels: Channels::GrayAlpha, depth: Depth::Eight };
        let image: Vec<u8> = (0..30)
            .flat_map(|_| (0..90).flat_map(|x| [(x * 91 % 256) as u8, if x > 60 { 255 } else { 0 }]))
            .collect();
        for method in METHODS {
            assert!(chosen(&(from, image.clone()), method, (30, 30)).0 >= 56, "{method:?}");
        }
    }

    #[test]
    fn what_is_kept_of_the_part_is_handed_on() {
        let image = object(320, 100, (300, 50));
        let cut = |keep| SmartCut { method: Smart::Attention, size: (100, 100), keep };
        let whole = Region { x: 0, y: 0, width: 100, height: 100 };
        let part = through(SmartCrop::new(image.0, cut(whole)), image.0, &image.1);
        let (x, y) = chosen(&image, Smart::Attention, (100, 100));
        assert_eq!(part[..300], image.1[(y as usize * 320 + x as usize) * 3..][..300]);
        let keep = Region { x: 70, y: 40, width: 20, height: 10 };
        let kept = through(SmartCrop::new(image.0, cut(keep)), image.0, &image.1);
        let expected: Vec<u8> = (40..50).flat_map(|y| part[(y * 100 + 70) * 3..][..60].to_vec()).collect();
        assert_eq!(kept, expected);
    }

    #[test]
    fn a_mirrored_image_gets_the_mirrored_part() {
        for method in METHODS {
            let image = rgb(256, 64, |x, y| [noise(x / 16, y / 16), noise(x / 32, 5), (x % 256) as u8]);
            let mirrored = rgb(256, 64, |x, y| {
                let start = ((y * 256 + 255 - x) * 3) as usize;
                [image.1[start], image.1[start + 1], image.1[start + 2]]
            });
            let (x, _) = chosen(&image, method, (64, 64));
            let (other, _) = chosen(&mirrored, method, (64, 64));
            assert!(x.abs_diff(192 - other) <= 4, "{method:?}: {x} and {other}");
        }
    }
}
