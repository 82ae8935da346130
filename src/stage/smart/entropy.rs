//! Looks for the part whose lightness is the hardest to predict: the histogram with the greatest entropy (C. E. Shannon,
//! "A Mathematical Theory of Communication", section 6).

use super::{Best, Cost, Places, Reduced};
use crate::pixels::Channels;

/// The longest side of the image to look at.
pub(super) const LONGEST: u32 = 256;

/// Classes of lightness, and one for what is transparent.
const CLASSES: usize = 64 + 1;

/// Where the part has the greatest entropy.
pub(super) fn choose(image: &Reduced, places: &Places) -> (usize, usize) {
    let classes = classes(image);
    let (free, (width, height)) = (places.free(), places.part);
    let mut histogram = Histogram::new(width * height);
    let mut best = Best::new(*places);
    for y in 0..=free.1 {
        let column = |x: usize| classes.iter().skip(y * image.width + x).step_by(image.width).take(height);
        histogram.clear();
        (0..width).flat_map(column).for_each(|&class| histogram.add(class));
        best.consider((0, y), histogram.score());
        for x in 1..=free.0 {
            column(x - 1).for_each(|&class| histogram.remove(class));
            column(x - 1 + width).for_each(|&class| histogram.add(class));
            best.consider((x, y), histogram.score());
        }
    }
    best.place
}

pub(super) fn cost(places: &Places) -> Cost {
    /// Work of a pixel's class, of an entry of the table, and of counting a pixel.
    const PIXEL: u64 = 20;
    const ENTRY: u64 = 90;
    const COUNT: u64 = 30;
    let (free, (width, height)) = (places.free(), places.part);
    let counted = ((free.1 + 1) * height * (width + 2 * free.0)) as u64;
    let (pixels, entries) = ((places.image.0 * places.image.1) as u64, (width * height) as u64);
    Cost { memory: 2 * pixels + 4 * entries, work: pixels * PIXEL + entries * ENTRY + counted * COUNT }
}

/// The class of each pixel.
fn classes(image: &Reduced) -> Vec<u8> {
    let class = |samples: &[u32]| {
        let (luma, alpha) = match (image.channels, samples) {
            (Channels::Gray, &[gray]) => (gray, 65_025),
            (Channels::GrayAlpha, &[gray, alpha]) => (gray, alpha),
            (_, &[red, green, blue]) => ((54 * red + 183 * green + 19 * blue) / 256, 65_025),
            (_, &[red, green, blue, alpha]) => ((54 * red + 183 * green + 19 * blue) / 256, alpha),
            _ => (0, 0),
        };
        if alpha < 65_025 / 2 { 64 } else { (luma / 255 / 4).min(63) as u8 }
    };
    image.samples.chunks_exact(image.channels.count()).map(class).collect()
}

/// How many pixels are of each class, and what that says about entropy.
struct Histogram {
    counts: [u32; CLASSES],
    /// n × log₂ n for each possible count n, with 10 fractional bits.
    table: Vec<u32>,
    /// The sum of that for all counts: the less, the more entropy.
    order: i64,
}

impl Histogram {
    /// For at most this many pixels.
    fn new(pixels: usize) -> Self {
        let entry = |n: usize| {
            let n = n.max(1) as f64;
            (n * libm::log2(n) * 1024.0 + 0.5) as u32
        };
        Self { counts: [0; CLASSES], table: (0..=pixels).map(entry).collect(), order: 0 }
    }

    fn clear(&mut self) {
        self.counts = [0; CLASSES];
        self.order = 0;
    }

    /// The entropy, but for a positive factor and a constant.
    fn score(&self) -> i64 {
        -self.order
    }

    fn add(&mut self, class: u8) {
        self.change(class, 1);
    }

    fn remove(&mut self, class: u8) {
        self.change(class, -1);
    }

    fn change(&mut self, class: u8, by: i32) {
        let Some(count) = self.counts.get_mut(usize::from(class)) else { return };
        let entry = |count: u32| self.table.get(count as usize).copied().map_or(0, i64::from);
        let before = entry(*count);
        *count = count.saturating_add_signed(by);
        self.order += entry(*count) - before;
    }
}
