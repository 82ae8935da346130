//! Error diffusion (R. W. Floyd and L. Steinberg): what one pixel is off, its neighbours make up for.

use super::{Color, Nearest};

/// Diffuses the errors of the rows of an image, from left to right and from right to left in turns.
pub(crate) struct Diffusion {
    /// Sixteenths of errors for this row and the next, with a place at each end.
    here: Vec<[i32; 4]>,
    below: Vec<[i32; 4]>,
    backwards: bool,
}

/// The most that errors may move a sample: without a limit, they run far into areas of a colour that the palette lacks.
const MOST: i32 = 40;

impl Diffusion {
    pub(crate) fn new(width: usize) -> Self {
        Self { here: vec![[0; 4]; width + 2], below: vec![[0; 4]; width + 2], backwards: false }
    }

    /// Bytes that it takes.
    pub(crate) fn memory(width: u64) -> u64 {
        2 * 16 * (width + 2)
    }

    /// The indices of a row of colours. Where there is none, `empty` is the index, and no error goes on.
    pub(crate) fn row(
        &mut self,
        pixels: impl DoubleEndedIterator<Item = Option<Color>> + ExactSizeIterator,
        empty: u8,
        nearest: &mut Nearest,
        indices: &mut [u8],
    ) {
        self.below.fill([0; 4]);
        let places = pixels.zip(indices).enumerate();
        if self.backwards {
            places.rev().for_each(|(x, (pixel, index))| *index = self.pixel(x, pixel, empty, nearest));
        } else {
            places.for_each(|(x, (pixel, index))| *index = self.pixel(x, pixel, empty, nearest));
        }
        std::mem::swap(&mut self.here, &mut self.below);
        self.backwards = !self.backwards;
    }

    fn pixel(&mut self, x: usize, pixel: Option<Color>, empty: u8, nearest: &mut Nearest) -> u8 {
        let Some(color) = pixel else { return empty };
        let error = self.here.get(x + 1).copied().unwrap_or_default();
        let mut wanted = color;
        for (sample, error) in wanted.iter_mut().zip(error) {
            *sample = (i32::from(*sample) + ((error + 8) >> 4).clamp(-MOST, MOST)).clamp(0, 255) as u8;
        }
        // What is opaque or clear beside something that is not stays so.
        if let ([.., 0 | 255], [.., alpha]) = (color, &mut wanted) {
            *alpha = color[3];
        }
        // Where errors are made up for, colours that are nearly the same need no search of their own.
        let [red, green, blue, alpha] = wanted;
        let [r, g, b] = [red, green, blue].map(|sample| sample & 0xfc | 2);
        let sought = if error == [0; 4] { wanted } else { [r, g, b, alpha] };
        let index = nearest.index(sought);
        let found = nearest.colors().get(usize::from(index)).copied().unwrap_or_default();
        let mut off = [0; 4];
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

fn spread(errors: &mut [[i32; 4]], at: usize, off: [i32; 4], share: i32) {
    if let Some(error) = errors.get_mut(at) {
        error.iter_mut().zip(off).for_each(|(error, off)| *error += share * off);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn on_average_a_colour_that_the_palette_lacks_is_there() {
        let mut nearest = Nearest::new(vec![[100, 100, 100, 255], [140, 140, 140, 255]]);
        let (mut diffusion, mut white) = (Diffusion::new(64), 0);
        let mut indices = [0; 64];
        for _ in 0..64 {
            diffusion.row((0..64).map(|_| Some([110, 110, 110, 255])), 9, &mut nearest, &mut indices);
            white += indices.iter().map(|&index| usize::from(index)).sum::<usize>();
        }
        let share = white * 100 / (64 * 64);
        assert!((23..=27).contains(&share), "{share}");
    }

    #[test]
    fn exact_colours_stay_and_places_without_one_are_empty() {
        let mut nearest = Nearest::new(vec![[0, 0, 0, 255], [255; 4]]);
        let (mut diffusion, mut indices) = (Diffusion::new(3), [7; 3]);
        diffusion.row(
            [Some([0, 0, 0, 255]), None, Some([255; 4])].into_iter(),
            5,
            &mut nearest,
            &mut indices,
        );
        assert_eq!(indices, [0, 5, 1]);
    }
}
