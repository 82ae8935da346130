//! Which transforms suit an image, by what its pixels and their differences would take.

use super::entropy::bits_of;
use super::palette::Palette;
use super::predictor::modes_bits;
use crate::vp8l::predict::{Kernel, subtract, with_mode};
use alloc::boxed::Box;

/// The transforms of an image, apart from that of a table of colours.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
pub(super) struct Transforms {
    pub(super) palette: bool,
    pub(super) subtract_green: bool,
    pub(super) predict: bool,
}

/// Pixels that are looked at, at most, about.
pub(super) const SAMPLES: usize = 1 << 16;

/// What a run of pixels that are the same as a neighbour takes, about, in units of 2^-16 bits.
const RUN: u64 = 12 << 16;

/// Chooses the transforms of an image.
pub(super) fn choose(pixels: &[u32], width: usize, palette: &Palette, blocks: usize) -> Transforms {
    let height = pixels.len() / width.max(1);
    let every = pixels.len().div_ceil(SAMPLES).max(1);
    let mut plain = Counts::new();
    let mut residuals = Counts::new();
    let mut indices = [0u32; 256];
    // Of images with few colours: the differences of all pixels, and runs of pixels that are the same as a neighbour.
    let mut all_residuals = palette.colors().map(|_| Counts::new());
    let mut runs = 0;
    let mut taken = 0;
    for y in (1..height).step_by(every) {
        let above = pixels.get((y - 1) * width..y * width).unwrap_or_default();
        let row = pixels.get(y * width..(y + 1) * width).unwrap_or_default();
        taken += width;
        let all = all_residuals.as_mut();
        with_mode(12, Sample { row, above, plain: &mut plain, residuals: &mut residuals, all });
        if let Some(colors) = palette.colors() {
            let mut was_same = false;
            for (at, (&pixel, &above)) in row.iter().zip(above).enumerate().skip(1) {
                let same = pixel == above || row.get(at - 1) == Some(&pixel);
                runs += u64::from(same && !was_same);
                was_same = same;
                let index = colors.binary_search(&pixel).unwrap_or(0);
                if let (false, Some(count)) = (same, indices.get_mut(index)) {
                    *count += 1;
                }
            }
        }
    }
    if taken == 0 {
        let palette = palette.colors().is_some_and(|colors| colors.len() * 2 <= pixels.len());
        return Transforms { palette, ..Transforms::default() };
    }
    let scale = |bits: u64| bits / taken as u64 * pixels.len() as u64;
    let ([plain, plain_green], [differences, differences_green]) = (plain.bits(), residuals.bits());
    let overhead = modes_bits(blocks);
    let direct = scale(plain.min(plain_green));
    let spatial = scale(differences.min(differences_green)) + overhead;
    // Runs are copies, unless it takes less to send all differences as they are.
    let copies = scale(runs * RUN);
    let all_differences = all_residuals.map_or(u64::MAX, |all| {
        let [plain, green] = all.bits();
        scale(plain.min(green)) + overhead
    });
    // Copies and the colour cache favour indices, which repeat; the more so, the more pixels are like a neighbour.
    let share = if indices.iter().sum::<u32>() as usize * 4 < taken { 4 } else { 7 };
    let indexed = palette.colors().map_or(u64::MAX, |colors| {
        scale(bits_of(indices)) / 8 * share + ((8 * 4 * colors.len() as u64) << 16)
    });
    let predict = spatial < direct || all_differences < direct + copies;
    let subtract_green = if predict { differences_green < differences } else { plain_green < plain };
    let few = palette.colors().is_some_and(|colors| colors.len() <= 16);
    if few || indexed.saturating_add(copies) <= (spatial.min(direct) + copies).min(all_differences) {
        return Transforms { palette: true, ..Transforms::default() };
    }
    Transforms { palette: false, subtract_green, predict }
}

/// How often channels have their values: alpha, red, green, blue, and red and blue less green.
struct Counts(Box<[[u32; 256]; 6]>);

impl Counts {
    fn new() -> Self {
        Self(Box::new([[0; 256]; 6]))
    }

    #[inline(always)]
    fn add(&mut self, pixel: u32) {
        let [blue, green, red, alpha] = pixel.to_le_bytes();
        let values = [alpha, red, green, blue, red.wrapping_sub(green), blue.wrapping_sub(green)];
        for (counts, value) in self.0.iter_mut().zip(values) {
            if let Some(count) = counts.get_mut(usize::from(value)) {
                *count += 1;
            }
        }
    }

    /// The bits of pixels as they are, and less green.
    fn bits(&self) -> [u64; 2] {
        let [alpha, red, green, blue, red_less, blue_less] = (*self.0).map(bits_of);
        [alpha + red + green + blue, alpha + green + red_less + blue_less]
    }
}

/// Counts pixels and their differences, apart from those that are the same as a neighbour.
struct Sample<'a> {
    row: &'a [u32],
    above: &'a [u32],
    plain: &'a mut Counts,
    residuals: &'a mut Counts,
    /// Counts of the differences of all pixels, if wanted.
    all: Option<&'a mut Counts>,
}

impl Kernel for Sample<'_> {
    type Output = ();

    #[inline(always)]
    fn run(mut self, predict: impl Fn(u32, u32, u32, u32) -> u32) {
        for (row, above) in self.row.windows(2).zip(self.above.windows(2)) {
            let (&[left, pixel], &[top_left, top]) = (row, above) else { continue };
            let same = pixel == left || pixel == top;
            if same && self.all.is_none() {
                continue;
            }
            let difference = subtract(pixel, predict(left, top_left, top, 0));
            if let Some(all) = &mut self.all {
                all.add(difference);
            }
            if !same {
                self.plain.add(pixel);
                self.residuals.add(difference);
            }
        }
    }
}
