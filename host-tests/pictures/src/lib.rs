//! Draws pictures for tests, and writes and reads their files with other people's codecs.
//!
//! Everything is integer arithmetic, so that a picture has the same pixels on every machine.

mod files;
mod postcard;
mod scenes;

pub use files::{JpegColor, JpegStyle, PngColor, PngStyle, RareFormat};
pub use postcard::{fine_lines, framed, postcard};
pub use scenes::{gradient, lettering, orientation_chart, photograph, transparent_disc};

/// Pixels: RGBA, 8 bits each, alpha not premultiplied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picture {
    /// Columns.
    pub width: u32,
    /// Rows.
    pub height: u32,
    /// Rows from the top, pixels from the left.
    pub pixels: Vec<[u8; 4]>,
}

impl Picture {
    /// Draws every pixel by its column and row.
    pub fn draw(width: u32, height: u32, mut pixel: impl FnMut(u32, u32) -> [u8; 4]) -> Self {
        let places = (0..height).flat_map(|y| (0..width).map(move |x| (x, y)));
        let pixels = places.map(|(x, y)| pixel(x, y)).collect();
        Self { width, height, pixels }
    }

    /// A pixel by its column and row.
    pub fn at(&self, x: u32, y: u32) -> [u8; 4] {
        assert!(x < self.width && y < self.height, "({x}, {y}) lies outside {}x{}", self.width, self.height);
        self.pixels[y as usize * self.width as usize + x as usize]
    }

    /// A pixel by its place in thousandths of the width and height.
    pub fn at_permille(&self, x: u32, y: u32) -> [u8; 4] {
        self.at((self.width - 1) * x / 1000, (self.height - 1) * y / 1000)
    }

    /// The picture as a camera stores it if its EXIF orientation is to show this one (CIPA DC-008, tag 0x0112).
    pub fn stored_as(&self, orientation: u8) -> Self {
        let (w, h) = (self.width, self.height);
        let (width, height) = if orientation >= 5 { (h, w) } else { (w, h) };
        Self::draw(width, height, |x, y| match orientation {
            1 => self.at(x, y),
            2 => self.at(w - 1 - x, y),
            3 => self.at(w - 1 - x, h - 1 - y),
            4 => self.at(x, h - 1 - y),
            5 => self.at(y, x),
            6 => self.at(w - 1 - y, x),
            7 => self.at(w - 1 - y, h - 1 - x),
            8 => self.at(y, h - 1 - x),
            _ => panic!("there is no orientation {orientation}"),
        })
    }

    /// The picture at a smaller size by means over boxes of pixels, alpha weighted: slow, simple and trustworthy.
    pub fn shrunk(&self, width: u32, height: u32) -> Self {
        let span = |index: u32, from: u32, to: u32| {
            let start = u64::from(index) * u64::from(from) / u64::from(to);
            let end = (u64::from(index) + 1) * u64::from(from) / u64::from(to);
            start as u32..(end as u32).max(start as u32 + 1)
        };
        Self::draw(width, height, |x, y| {
            let columns = span(x, self.width, width);
            let box_pixels =
                span(y, self.height, height).flat_map(|y| columns.clone().map(move |x| self.at(x, y)));
            let (mut sums, mut weight, mut count) = ([0u64; 3], 0u64, 0u64);
            for [red, green, blue, alpha] in box_pixels {
                for (sum, value) in sums.iter_mut().zip([red, green, blue]) {
                    *sum += u64::from(value) * u64::from(alpha);
                }
                weight += u64::from(alpha);
                count += 1;
            }
            let mean = |sum: u64| (sum + weight / 2).checked_div(weight).unwrap_or(0) as u8;
            [mean(sums[0]), mean(sums[1]), mean(sums[2]), ((weight + count / 2) / count) as u8]
        })
    }

    /// The mean difference of red, green and blue to a picture of the same size, in steps of 1/255.
    pub fn difference(&self, other: &Self) -> f64 {
        assert_eq!((self.width, self.height), (other.width, other.height), "sizes to be compared");
        let pairs = self.pixels.iter().zip(&other.pixels);
        let sum: u64 = pairs
            .flat_map(|(a, b)| (0..3).map(move |channel| u64::from(a[channel].abs_diff(b[channel]))))
            .sum();
        sum as f64 / (self.pixels.len() * 3) as f64
    }
}

/// Whether two colours differ by at most `tolerance` in red, green and blue.
pub fn alike(a: [u8; 4], b: [u8; 4], tolerance: u8) -> bool {
    (0..3).all(|channel| a[channel].abs_diff(b[channel]) <= tolerance)
}
