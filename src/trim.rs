//! Finds the border that trimming removes.

use crate::geometry::{Region, Transform};
use crate::pixels::Channels;
use crate::stage::{Cost, Shape};
use crate::{Color, Trim};

/// Looks for a border of one colour around an image.
///
/// For each row and each column it keeps the range of each channel. A line belongs to the border if none of these leaves
/// the neighbourhood of the border's colour, which therefore may be that of a pixel that comes last.
#[derive(Debug)]
pub(crate) struct Border {
    shape: Shape,
    trim: Trim,
    upright: Transform,
    rows: Vec<Ranges>,
    /// The least and the greatest sample of each column, premultiplied.
    least: Vec<u8>,
    greatest: Vec<u8>,
    /// The pixel that is at the top left when the image is upright.
    corner: [u8; 4],
    /// A row, premultiplied.
    row: Vec<u8>,
}

/// The least and the greatest sample of each channel.
type Ranges = [(u8, u8); 4];

/// The range of no samples.
const NONE: (u8, u8) = (255, 0);

impl Border {
    /// For rows of this shape, as stored, of an image that a transform turns upright.
    pub(crate) fn new(shape: Shape, trim: Trim, upright: Transform) -> Self {
        Self {
            shape,
            trim,
            upright,
            rows: Vec::new(),
            least: Vec::new(),
            greatest: Vec::new(),
            corner: [0; 4],
            row: Vec::new(),
        }
    }

    /// Predicts what it costs.
    pub(crate) fn cost(&self) -> Cost {
        /// Work of comparing a sample, and of premultiplying one.
        const SAMPLE: u64 = 6;
        const PREMULTIPLY: u64 = 8;
        let row = self.shape.row_bytes() as u64;
        let premultiply = if self.shape.channels.has_alpha() { PREMULTIPLY } else { 0 };
        Cost {
            memory: 3 * row + u64::from(self.shape.height) * size_of::<Ranges>() as u64,
            work: self.shape.bytes() * (SAMPLE + premultiply),
        }
    }

    /// Takes the next row.
    pub(crate) fn push(&mut self, row: &[u8]) {
        let (channels, count) = (self.shape.channels, self.shape.channels.count());
        if self.rows.is_empty() {
            self.rows.reserve_exact(self.shape.height as usize);
            self.least = vec![255; row.len()];
            self.greatest = vec![0; row.len()];
        }
        let row = if channels.has_alpha() {
            premultiply(channels, row, &mut self.row);
            &self.row
        } else {
            row
        };
        self.least.iter_mut().zip(row).for_each(|(least, &sample)| *least = sample.min(*least));
        self.greatest.iter_mut().zip(row).for_each(|(greatest, &sample)| *greatest = sample.max(*greatest));
        // Mirrorings come after the exchange of the axes.
        let (right, bottom) = self.upright.size(self.upright.mirror_x, self.upright.mirror_y);
        let y = if bottom { self.shape.height as usize - 1 } else { 0 };
        if self.rows.len() == y {
            let start = if right { row.len().saturating_sub(count) } else { 0 };
            let corner = row.get(start..start + count).unwrap_or_default();
            self.corner.iter_mut().zip(corner).for_each(|(corner, &sample)| *corner = sample);
        }
        self.rows.push(ranges(channels, row));
    }

    /// The part of the upright image that is left. An image of one colour stays whole.
    pub(crate) fn region(&self) -> Region {
        let near = self.near();
        let is_border = |ranges: &Ranges| {
            let within = |((low, high), (least, most)): (&(u8, u8), &(u8, u8))| low >= least && high <= most;
            ranges.iter().zip(&near).take(self.shape.channels.count()).all(within)
        };
        let count = self.shape.channels.count();
        let columns = self.least.chunks_exact(count).zip(self.greatest.chunks_exact(count));
        let column = |(least, greatest): (&[u8], &[u8])| {
            let mut ranges = [NONE; 4];
            let samples = least.iter().zip(greatest);
            ranges.iter_mut().zip(samples).for_each(|(range, (&low, &high))| *range = (low, high));
            ranges
        };
        let x = rest(columns.map(column).map(|ranges| is_border(&ranges)));
        let y = rest(self.rows.iter().map(is_border));
        let (width, height) = self.upright.size(self.shape.width, self.shape.height);
        let (Some(x), Some(y)) = (x, y) else { return Region { x: 0, y: 0, width, height } };
        let (x, y) = self.upright.size(x, y);
        let (left, width) = self.sides(x, width, self.upright.mirror_x, self.trim.equal_horizontal);
        let (top, height) = self.sides(y, height, self.upright.mirror_y, self.trim.equal_vertical);
        Region { x: left, y: top, width, height }
    }

    /// Where the part that is left along one axis starts, and how long it is.
    fn sides(&self, (before, after): (u32, u32), length: u32, mirrored: bool, equal: bool) -> (u32, u32) {
        let (before, after) = if mirrored { (after, before) } else { (before, after) };
        let least = before.min(after);
        let (before, after) = if equal { (least, least) } else { (before, after) };
        (before, length - before - after)
    }

    /// The least and the greatest sample of each channel that are near enough to the border's colour.
    fn near(&self) -> Ranges {
        let threshold = self.trim.threshold.min(255) as u8;
        let near = |sample: u8| (sample.saturating_sub(threshold), sample.saturating_add(threshold));
        let Some(Color { red, green, blue, alpha }) = self.trim.color else { return self.corner.map(near) };
        let color = [red, green, blue].map(|sample| near(times(sample, alpha)));
        // Gray has to be near all three.
        let gray =
            color.iter().fold((0, 255), |(low, high), &(least, most)| (least.max(low), most.min(high)));
        let [red, green, blue] = color;
        match self.shape.channels {
            Channels::Gray => [gray, NONE, NONE, NONE],
            Channels::GrayAlpha => [gray, near(alpha), NONE, NONE],
            Channels::Rgb => [red, green, blue, NONE],
            Channels::Rgba => [red, green, blue, near(alpha)],
        }
    }
}

/// A sample, multiplied by its alpha.
fn times(sample: u8, alpha: u8) -> u8 {
    ((u32::from(sample) * u32::from(alpha) + 127) / 255) as u8
}

/// Multiplies the colours of a row by its alpha, so that hidden colours are all the same.
fn premultiply(channels: Channels, row: &[u8], out: &mut Vec<u8>) {
    out.clear();
    if channels == Channels::GrayAlpha {
        out.extend(row.as_chunks().0.iter().flat_map(|&[gray, alpha]| [times(gray, alpha), alpha]));
    } else {
        out.extend(row.as_chunks().0.iter().flat_map(|&[red, green, blue, alpha]| {
            [times(red, alpha), times(green, alpha), times(blue, alpha), alpha]
        }));
    }
}

/// The ranges of the channels of a row.
fn ranges(channels: Channels, row: &[u8]) -> Ranges {
    fn of<const N: usize>(row: &[u8]) -> Ranges {
        let (mut least, mut most) = ([255; N], [0; N]);
        for pixel in row.as_chunks::<N>().0 {
            least.iter_mut().zip(pixel).for_each(|(least, &sample)| *least = sample.min(*least));
            most.iter_mut().zip(pixel).for_each(|(most, &sample)| *most = sample.max(*most));
        }
        let mut ranges = [NONE; 4];
        ranges.iter_mut().zip(least.into_iter().zip(most)).for_each(|(range, found)| *range = found);
        ranges
    }
    match channels {
        Channels::Gray => of::<1>(row),
        Channels::GrayAlpha => of::<2>(row),
        Channels::Rgb => of::<3>(row),
        Channels::Rgba => of::<4>(row),
    }
}

/// How many lines of the border come first and last; `None` if there are no others.
fn rest(lines: impl Iterator<Item = bool>) -> Option<(u32, u32)> {
    let (mut first, mut last, mut count) = (None, 0, 0);
    for is_border in lines {
        if !is_border {
            first = first.or(Some(count));
            last = count;
        }
        count += 1;
    }
    first.map(|first| (first, count - 1 - last))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pixels::Depth;

    const PLAIN: Trim = Trim { threshold: 0, color: None, equal_horizontal: false, equal_vertical: false };
    const UPRIGHT: Transform = Transform { swap: false, mirror_x: false, mirror_y: false };

    fn left(channels: Channels, width: u32, image: &[u8], trim: Trim, upright: Transform) -> [u32; 4] {
        let row_bytes = width as usize * channels.count();
        let shape = Shape { width, height: (image.len() / row_bytes) as u32, channels, depth: Depth::Eight };
        let mut border = Border::new(shape, trim, upright);
        image.chunks_exact(row_bytes).for_each(|row| border.push(row));
        let Region { x, y, width, height } = border.region();
        [x, y, width, height]
    }

    /// What is left of a gray image of 5 × 4.
    fn of_gray(image: [u8; 20], trim: Trim) -> [u32; 4] {
        left(Channels::Gray, 5, &image, trim, UPRIGHT)
    }

    #[rustfmt::skip]
    const BOX: [u8; 20] = [
        9, 9, 9, 9, 9,
        9, 9, 9, 1, 9,
        9, 9, 2, 9, 9,
        9, 9, 9, 9, 9,
    ];

    #[test]
    fn a_border_is_removed_at_every_side() {
        assert_eq!(of_gray(BOX, PLAIN), [2, 1, 2, 2]);
    }

    #[test]
    fn the_lesser_of_two_sides_goes_for_both_where_they_are_equal() {
        let equal = |equal_horizontal, equal_vertical| Trim { equal_horizontal, equal_vertical, ..PLAIN };
        assert_eq!(of_gray(BOX, equal(true, false)), [1, 1, 3, 2]);
        let mut low = BOX;
        low[17] = 0;
        assert_eq!(of_gray(low, PLAIN), [2, 1, 2, 3]);
        assert_eq!(of_gray(low, equal(false, true)), [2, 0, 2, 4]);
        assert_eq!(of_gray(low, equal(true, true)), [1, 0, 3, 4]);
    }

    #[test]
    fn differences_up_to_the_threshold_belong_to_the_border() {
        let within = |threshold| of_gray(BOX, Trim { threshold, ..PLAIN });
        assert_eq!(within(6), [2, 1, 2, 2]);
        assert_eq!(within(7), [3, 1, 1, 1]);
        assert_eq!(within(8), [0, 0, 5, 4]);
        assert_eq!(within(255), [0, 0, 5, 4]);
    }

    #[test]
    fn a_colour_replaces_that_of_the_corner() {
        let gray = |gray| Some(Color { red: gray, green: gray, blue: gray, alpha: 255 });
        let mut image = BOX;
        image[0] = 0;
        assert_eq!(of_gray(image, PLAIN), [0, 0, 5, 4]);
        assert_eq!(of_gray(image, Trim { color: gray(9), ..PLAIN }), [0, 0, 4, 3]);
        assert_eq!(of_gray(BOX, Trim { color: gray(9), ..PLAIN }), [2, 1, 2, 2]);
        assert_eq!(of_gray(BOX, Trim { color: gray(8), ..PLAIN }), [0, 0, 5, 4]);
        let nearly = Some(Color { red: 9, green: 9, blue: 12, alpha: 255 });
        assert_eq!(of_gray(BOX, Trim { color: nearly, threshold: 2, ..PLAIN }), [0, 0, 5, 4]);
        assert_eq!(of_gray(BOX, Trim { color: nearly, threshold: 3, ..PLAIN }), [2, 1, 2, 2]);
    }

    #[test]
    fn every_channel_is_compared() {
        let mut image = [10, 20, 30].repeat(9);
        image[4 * 3 + 2] = 33;
        assert_eq!(left(Channels::Rgb, 3, &image, PLAIN, UPRIGHT), [1, 1, 1, 1]);
        assert_eq!(left(Channels::Rgb, 3, &image, Trim { threshold: 3, ..PLAIN }, UPRIGHT), [0, 0, 3, 3]);
    }

    #[test]
    fn hidden_colours_do_not_matter() {
        // A black pixel, and hidden colours around it.
        let mut image: Vec<u8> = (0..9).flat_map(|i| [i * 20, 255 - i, i, 0]).collect();
        image[4 * 4..5 * 4].copy_from_slice(&[0, 0, 0, 255]);
        assert_eq!(left(Channels::Rgba, 3, &image, PLAIN, UPRIGHT), [1, 1, 1, 1]);
        // Nearly transparent is transparent, within the threshold.
        image[3] = 9;
        let within = |threshold| left(Channels::Rgba, 3, &image, Trim { threshold, ..PLAIN }, UPRIGHT);
        assert_eq!(within(10), [1, 1, 1, 1]);
        let clear = Trim { color: Some(Color::TRANSPARENT), threshold: 8, ..PLAIN };
        assert_eq!(left(Channels::Rgba, 3, &image, clear, UPRIGHT), [0, 0, 2, 2]);
        let gray = [50, 0, 200, 0, 0, 255];
        assert_eq!(left(Channels::GrayAlpha, 3, &gray, PLAIN, UPRIGHT), [2, 0, 1, 1]);
    }

    #[test]
    fn the_corner_and_the_sides_are_those_of_the_upright_image() {
        // Each corner has a pixel of its own; only the upright top left one is like the border.
        for orientation in 1..=8 {
            let upright = Transform::from_exif(orientation);
            // The upright image, 5 wide and 4 high, as it would be stored.
            let (width, height) = upright.size(5usize, 4usize);
            let mut upright_image = BOX;
            upright_image[4] = 77;
            let stored: Vec<u8> = (0..height)
                .flat_map(|y| (0..width).map(move |x| (x, y)))
                .map(|(x, y)| {
                    let (x, y) = upright.size(x, y);
                    let x = if upright.mirror_x { 4 - x } else { x };
                    let y = if upright.mirror_y { 3 - y } else { y };
                    upright_image[y * 5 + x]
                })
                .collect();
            let found = left(Channels::Gray, width as u32, &stored, PLAIN, upright);
            assert_eq!(found, [2, 0, 3, 3], "orientation {orientation}");
        }
    }

    #[test]
    fn an_image_of_one_colour_stays_whole() {
        assert_eq!(of_gray([3; 20], PLAIN), [0, 0, 5, 4]);
        assert_eq!(left(Channels::Rgb, 1, &[1, 2, 3], PLAIN, UPRIGHT), [0, 0, 1, 1]);
    }
}
