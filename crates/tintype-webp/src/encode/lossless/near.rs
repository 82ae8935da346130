//! What the decoder may see in place of a pixel, for fewer bytes: nearly the same colour where the image is busy, and any
//! colour where it is transparent.
//!
//! What is left of a pixel after prediction is rounded, and what follows is predicted from what the decoder will see, so
//! that errors do not add up. The busier the surroundings are, the coarser it is: the step is not larger than the largest
//! difference to a neighbour. Smooth regions remain as they are.

use crate::vp8l::predict::subtract;

/// The bits of alpha in a pixel.
const ALPHA: u32 = 0xFF00_0000;

/// The coarsest rounding, in bits, for a level of 0 to 100; 0 for none.
pub(super) fn bits_of_level(level: u8) -> u32 {
    5 - u32::from(level.min(100)) / 20
}

/// How what the decoder sees may differ.
#[derive(Clone, Copy, Default)]
pub(super) struct Leeway {
    /// The coarsest rounding, in bits.
    pub(super) bits: u32,
    /// Whether red and blue of the pixels at hand are less green.
    pub(super) less_green: bool,
    /// Whether there are transparent pixels whose colours do not matter.
    pub(super) hidden: bool,
}

/// What comes of a pixel.
pub(super) struct Outcome {
    /// What would be left of it without rounding.
    pub(super) exact: u32,
    /// What is left of it.
    pub(super) residual: u32,
    /// What the decoder will see.
    pub(super) seen: u32,
}

impl Leeway {
    /// Whether every pixel has to remain as it is.
    pub(super) fn is_none(&self) -> bool {
        self.bits == 0 && !self.hidden
    }

    /// Whether the colour of a pixel does not matter.
    #[inline(always)]
    pub(super) fn hides(&self, pixel: u32) -> bool {
        self.hidden && pixel & ALPHA == 0
    }

    /// What comes of a pixel, given its prediction, and to how many bits to round.
    pub(super) fn settle(&self, pixel: u32, prediction: u32, bits: u8) -> Outcome {
        let exact = subtract(pixel, prediction);
        if self.hides(pixel) {
            return Outcome { exact: exact & ALPHA, residual: exact & ALPHA, seen: prediction & !ALPHA };
        }
        if bits == 0 {
            return Outcome { exact, residual: exact, seen: pixel };
        }
        let [blue, green, red, alpha] = pixel.to_le_bytes();
        let [near_blue, near_green, near_red, _] = prediction.to_le_bytes();
        let seen_green = round(green, near_green, 0, bits);
        let (less, seen_less) = if self.less_green { (green, seen_green) } else { (0, 0) };
        let seen_red = round(red.wrapping_add(less), near_red, seen_less, bits);
        let seen_blue = round(blue.wrapping_add(less), near_blue, seen_less, bits);
        let seen = u32::from_le_bytes([seen_blue, seen_green, seen_red, alpha]);
        Outcome { exact, residual: subtract(seen, prediction), seen }
    }

    /// To how many bits to round each pixel of a row, given the rows around it. The first and the last pixel stay exact.
    pub(super) fn steps(&self, steps: &mut [u8], above: &[u32], row: &[u32], below: &[u32]) {
        let neighbours = above.iter().zip(below).skip(1);
        for ((step, pixels), (above, below)) in steps.iter_mut().skip(1).zip(row.windows(3)).zip(neighbours) {
            let &[left, pixel, right] = pixels else { continue };
            let around = [left, right, *above, *below];
            let contrast = around.into_iter().map(|other| self.contrast(pixel, other)).max().unwrap_or(0);
            *step = contrast.checked_ilog2().unwrap_or(0).min(self.bits) as u8;
        }
    }

    /// The largest difference of two pixels in a channel.
    fn contrast(&self, a: u32, b: u32) -> u8 {
        let [a, b] = [a, b].map(|pixel| {
            let [blue, green, red, alpha] = pixel.to_le_bytes();
            let less = if self.less_green { green } else { 0 };
            [blue.wrapping_add(less), green, red.wrapping_add(less), alpha]
        });
        a.into_iter().zip(b).map(|(a, b)| a.abs_diff(b)).max().unwrap_or(0)
    }
}

/// The value closest to `value` less `offset` that differs from its prediction by a multiple of two to the power of `bits`;
/// from the middle, the one closer to the prediction. Where that would leave the range of a byte, the exact value.
fn round(value: u8, prediction: u8, offset: u8, bits: u8) -> u8 {
    let exact = value.wrapping_sub(offset);
    let difference = exact.wrapping_sub(prediction);
    let half = 1u8 << (bits - 1);
    let up = half - 1 + (difference >> 7);
    let rounded = prediction.wrapping_add(difference.wrapping_add(up) >> bits << bits);
    if rounded.wrapping_add(offset).abs_diff(value) <= half { rounded } else { exact }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_rounded_by_half_a_step_at_most() {
        for bits in 1..=5 {
            for (value, prediction) in (0..=255).flat_map(|value| (0..=255).map(move |other| (value, other)))
            {
                for offset in [0, 7, 200] {
                    let rounded = round(value, prediction, offset, bits);
                    let seen = rounded.wrapping_add(offset);
                    assert!(seen.abs_diff(value) <= 1 << (bits - 1), "{value}, {prediction}, {bits}");
                    let steps = rounded.wrapping_sub(prediction) % (1 << bits) == 0;
                    assert!(steps || seen == value, "{value}, {prediction}, {bits}");
                }
            }
        }
        assert_eq!(
            [9, 10, 11, 12, 13, 14, 15].map(|value| round(value, 12, 0, 2)),
            [8, 12, 12, 12, 12, 12, 16]
        );
        assert_eq!([0, 19, 20, 40, 60, 79, 80, 99, 100].map(bits_of_level), [5, 5, 4, 3, 2, 2, 1, 1, 0]);
    }

    #[test]
    fn red_and_blue_make_up_for_the_green_that_is_seen() {
        let leeway = Leeway { bits: 3, less_green: true, hidden: false };
        let mut seed = 1u32;
        for _ in 0..10_000 {
            seed = seed.wrapping_mul(1664525).wrapping_add(1013904223);
            let (pixel, prediction) = (seed, seed.rotate_left(9) ^ 0x0102_0304);
            let [blue, green, red, alpha] = pixel.to_le_bytes();
            let [seen_blue, seen_green, seen_red, seen_alpha] =
                leeway.settle(pixel, prediction, 3).seen.to_le_bytes();
            assert_eq!(alpha, seen_alpha);
            for (value, seen) in [(blue, seen_blue), (red, seen_red)] {
                assert!(value.wrapping_add(green).abs_diff(seen.wrapping_add(seen_green)) <= 4);
            }
        }
    }
}
