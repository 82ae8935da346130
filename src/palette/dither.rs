//! Error diffusion (R. W. Floyd and L. Steinberg): what one pixel is off, its neighbours make up for.

use super::{Nearest, Rgb};

/// Diffuses the errors of the rows of an image, from left to right and from right to left in turns.
pub(crate) struct Diffusion {
    /// Sixteenths of errors for this row and the next, with a place at each end.
    here: Vec<[i32; 3]>,
    below: Vec<[i32; 3]>,
    backwards: bool,
}

/// The most that errors may move a sample: without a limit, they run far into areas of a colour that the palette lacks.
const MOST: i32 = 40;

impl Diffusion {
    pub(crate) fn new(width: usize) -> Self {
        Self { here: vec![[0; 3]; width + 2], below: vec![[0; 3]; width + 2], backwards: false }
    }

    /// Bytes that it takes.
    pub(crate) fn memory(width: u64) -> u64 {
        2 * 12 * (width + 2)
    }

    /// The indices of a row of colours. Where there is none, `empty` is the index, and no error goes on.
    pub(crate) fn row(
        &mut self,
        pixels: impl DoubleEndedIterator<Item = Option<Rgb>> + ExactSizeIterator,
        empty: u8,
        nearest: &mut Nearest,
        indices: &mut [u8],
    ) {
        self.below.fill([0; 3]);
        let places = pixels.zip(indices).enumerate();
        if self.backwards {
            places.rev().for_each(|(x, (pixel, index))| *index = self.pixel(x, pixel, empty, nearest));
        } else {
            places.for_each(|(x, (pixel, index))| *index = self.pixel(x, pixel, empty, nearest));
        }
        std::mem::swap(&mut self.here, &mut self.below);
        self.backwards = !self.backwards;
    }

    fn pixel(&mut self, x: usize, pixel: Option<Rgb>, empty: u8, nearest: &mut Nearest) -> u8 {
        let Some(color) = pixel else { return empty };
        let error = self.here.get(x + 1).copied().unwrap_or_default();
        let mut wanted = color;
        for (sample, error) in wanted.iter_mut().zip(error) {
            *sample = (i32::from(*sample) + ((error + 8) >> 4).clamp(-MOST, MOST)).clamp(0, 255) as u8;
        }
        // Where errors are made up for, colours that are nearly the same need no search of their own.
        let sought = if error == [0; 3] { wanted } else { wanted.map(|sample| sample & 0xfc | 2) };
        let index = nearest.index(sought);
        let found = nearest.colors().get(usize::from(index)).copied().unwrap_or_default();
        let mut off = [0; 3];
        for ((off, wanted), found) in off.iter_mut().zip(wanted).zip(found) {
            *off = i32::from(wanted) - i32::from(found);
        }
        let (ahead, behind) = if self.backwards { (x, x + 2) } else { (x + 2, x) };
        spread(&mut self.here, ahead, off, 7);
        spread(&mut self.below, behind, off, 3);
        spread(&mut self.below, x + 1, off, 5);
        spread(&mut self.below, ahead, off, 1);
        index
    }
}

fn spread(errors: &mut [[i32; 3]], at: usize, off: [i32; 3], share: i32) {
    if let Some(error) = errors.get_mut(at) {
        error.iter_mut().zip(off).for_each(|(error, off)| *error += share * off);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn on_average_a_colour_that_the_palette_lacks_is_there() {
        let mut nearest = Nearest::new(vec![[100; 3], [140; 3]]);
        let (mut diffusion, mut white) = (Diffusion::new(64), 0);
        let mut indices = [0; 64];
        for _ in 0..64 {
            diffusion.row((0..64).map(|_| Some([110; 3])), 9, &mut nearest, &mut indices);
            white += indices.iter().map(|&index| usize::from(index)).sum::<usize>();
        }
        let share = white * 100 / (64 * 64);
        assert!((23..=27).contains(&share), "{share}");
    }

    #[test]
    fn exact_colours_stay_and_places_without_one_are_empty() {
        let mut nearest = Nearest::new(vec![[0; 3], [255; 3]]);
        let (mut diffusion, mut indices) = (Diffusion::new(3), [7; 3]);
        diffusion.row([Some([0; 3]), None, Some([255; 3])].into_iter(), 5, &mut nearest, &mut indices);
        assert_eq!(indices, [0, 5, 1]);
    }
}
