//! Looks for what draws attention: edges, skin tones, strong colours and rare ones.

use super::{Best, Cost, Places, Reduced};
use crate::pixels::Channels;

/// The longest side of the image to look at. Structures count, and fine texture does not.
pub(super) const LONGEST: u32 = 64;

/// The sums of a part, of its middle three fourths, two and one are added up, so that what lies in the middle counts four
/// times as much as what lies at the edge.
const FOURTHS: usize = 4;

/// Where the part shows most. Where it makes little difference, the middle is preferred.
pub(super) fn choose(image: &Reduced, places: &Places) -> (usize, usize) {
    let sums = Sums::new(image.width, &interest(image));
    let free = places.free();
    let mut best = Best::new(*places);
    for (x, y) in (0..=free.1).flat_map(|y| (0..=free.0).map(move |x| (x, y))) {
        let score: i64 = (1..=FOURTHS).map(|fourths| sums.of_middle((x, y), places.part, fourths)).sum();
        best.consider((x, y), score - score / 1024 * far(places, (x, y)));
    }
    best.place
}

/// By how many 1024ths a place counts less because it is off the middle: up to 32 along each axis.
fn far(places: &Places, place: (usize, usize)) -> i64 {
    let (free, off) = (places.free(), places.off_middle(place));
    let square = |off: usize, free: usize| (32 * off * off).checked_div(free * free).unwrap_or(0) as i64;
    square(off.0, free.0) + square(off.1, free.1)
}

pub(super) fn cost(places: &Places) -> Cost {
    /// Work of a pixel, and of a place.
    const PIXEL: u64 = 450;
    const PLACE: u64 = 250;
    let pixels = (places.image.0 * places.image.1) as u64;
    let free = places.free();
    let count = ((free.0 + 1) * (free.1 + 1)) as u64;
    Cost { memory: 40 * pixels, work: pixels * PIXEL + count * PLACE }
}

/// A pixel as it is looked at, 0 to 255 each.
#[derive(Debug, Clone, Copy, Default)]
struct Pixel {
    red: i32,
    green: i32,
    blue: i32,
    alpha: i32,
    /// Lightness, less where it is transparent.
    luma: i32,
}

impl Pixel {
    /// The average of visible colours.
    fn mean(pixels: &[Self]) -> Self {
        let alpha: i64 = pixels.iter().map(|pixel| i64::from(pixel.alpha)).sum();
        let mean = |value: fn(&Self) -> i32| {
            let sum: i64 = pixels.iter().map(|pixel| i64::from(value(pixel)) * i64::from(pixel.alpha)).sum();
            sum.checked_div(alpha).unwrap_or(0) as i32
        };
        let (red, green, blue) =
            (mean(|pixel| pixel.red), mean(|pixel| pixel.green), mean(|pixel| pixel.blue));
        Self { red, green, blue, ..Self::default() }
    }

    /// The distance between two colours, 0 to 255.
    fn distance(&self, other: &Self) -> i32 {
        let off = [self.red - other.red, self.green - other.green, self.blue - other.blue];
        off.map(i32::abs).iter().sum::<i32>() / 3
    }
}

fn pixels(image: &Reduced) -> Vec<Pixel> {
    let pixel = |samples: &[u32]| {
        let (color, alpha) = match (image.channels, samples) {
            (Channels::Gray, &[gray]) => ([gray; 3], 65_025),
            (Channels::GrayAlpha, &[gray, alpha]) => ([gray; 3], alpha),
            (Channels::Rgb, &[red, green, blue]) => ([red, green, blue], 65_025),
            (Channels::Rgba, &[red, green, blue, alpha]) => ([red, green, blue], alpha),
            _ => ([0; 3], 0),
        };
        let [red, green, blue] = color;
        let luma = (54 * red + 183 * green + 19 * blue) / 256 / 255;
        let [red, green, blue] = color.map(|sample| (sample * 255).checked_div(alpha).unwrap_or(0) as i32);
        Pixel { red, green, blue, alpha: (alpha / 255) as i32, luma: luma as i32 }
    };
    image.samples.chunks_exact(image.channels.count()).map(pixel).collect()
}

/// How much each pixel draws attention.
fn interest(image: &Reduced) -> Vec<i64> {
    let pixels = pixels(image);
    let (width, height) = (image.width, image.height);
    let at = |x: usize, y: usize| {
        pixels.get(y.min(height - 1) * width + x.min(width - 1)).copied().unwrap_or_default()
    };
    let mean = Pixel::mean(&pixels);
    let of = |x: usize, y: usize| {
        let pixel = at(x, y);
        let around = [at(x.saturating_sub(1), y), at(x + 1, y), at(x, y.saturating_sub(1)), at(x, y + 1)];
        let bend =
            |value: fn(&Pixel) -> i32| (4 * value(&pixel) - around.iter().map(value).sum::<i32>()).abs();
        let edge = bend(|pixel| pixel.luma).max(bend(|pixel| pixel.alpha) / 2);
        // Strong edges count more than weak ones, but noise must not count above all.
        let edge = 255 * edge / (edge + 64);
        let (skin, strength) = (skin(&pixel), strength(&pixel));
        let color = skin + skin * edge / 64 + strength / 2 + strength * edge / 128 + mean.distance(&pixel);
        // A pixel that is there draws more attention than one that is not.
        let interest = i64::from(edge + (color + 64) * pixel.alpha / 255);
        interest * interest / 64
    };
    (0..height).flat_map(|y| (0..width).map(move |x| (x, y))).map(|(x, y)| of(x, y)).collect()
}

/// How near a colour is to that of skin of any lightness, 0 to 255.
fn skin(pixel: &Pixel) -> i32 {
    /// The direction of the colour of skin, of length 1024; and the square of the greatest distance from it.
    const SKIN: [i64; 3] = [751, 549, 424];
    const FAR: i64 = 205 * 205;
    let color = [pixel.red, pixel.green, pixel.blue].map(i64::from);
    let length = color.iter().map(|sample| sample * sample).sum::<i64>().isqrt();
    if !(80..430).contains(&length) {
        return 0;
    }
    let off = color.iter().zip(SKIN).map(|(sample, skin)| sample * 1024 / length - skin);
    let far: i64 = off.map(|off| off * off).sum();
    (255 * (FAR - far).max(0) / FAR) as i32
}

/// How strong a colour is, 0 to 255; most are not.
fn strength(pixel: &Pixel) -> i32 {
    let Pixel { red, green, blue, .. } = *pixel;
    let range = red.max(green).max(blue) - red.min(green).min(blue);
    (range - 80).max(0) * 255 / 175
}

/// Sums of what lies above and to the left, which give the sum of any box.
struct Sums {
    width: usize,
    sums: Vec<i64>,
}

impl Sums {
    fn new(width: usize, values: &[i64]) -> Self {
        let mut sums = vec![0; width + 1];
        for (y, row) in values.chunks_exact(width.max(1)).enumerate() {
            sums.push(0);
            let mut of_row = 0;
            for (x, value) in row.iter().enumerate() {
                of_row += value;
                sums.push(of_row + sums.get(y * (width + 1) + x + 1).copied().unwrap_or(0));
            }
        }
        Self { width: width + 1, sums }
    }

    /// The sum over the middle of a part, of `fourths` fourths of its sides.
    fn of_middle(&self, (x, y): (usize, usize), part: (usize, usize), fourths: usize) -> i64 {
        let inner = |side: usize| {
            let inner = (side * fourths / FOURTHS).max(1);
            // Exactly in the middle.
            inner + (side - inner) % 2
        };
        let (width, height) = (inner(part.0), inner(part.1));
        let (left, top) = (x + (part.0 - width) / 2, y + (part.1 - height) / 2);
        let at = |x: usize, y: usize| self.sums.get(y * self.width + x).copied().unwrap_or(0);
        at(left + width, top + height) + at(left, top) - at(left, top + height) - at(left + width, top)
    }
}
