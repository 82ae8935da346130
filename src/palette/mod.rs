//! Palettes: few colours in place of many, the same ones on every machine.
//!
//! A [`Histogram`] counts the colours of an image, [`choose()`] finds those that stand for them, and [`Nearest`] says which one
//! stands for which. If there are no more colours than a palette may have, the palette is exact.

mod choose;
mod dither;
mod histogram;
mod nearest;

pub(crate) use choose::{DISTANCE, choose, error, samples};
pub(crate) use dither::Diffusion;
pub(crate) use histogram::{Counted, Histogram};
pub(crate) use nearest::Nearest;

/// Red, green and blue.
pub(crate) type Rgb = [u8; 3];

/// What an error of red, green and blue counts, squared: the eye is most sensitive to green.
const WEIGHTS: [u32; 3] = [2, 4, 3];

/// How far colours lie apart.
fn distance(a: Rgb, b: Rgb) -> u32 {
    let squares = a.iter().zip(b).zip(WEIGHTS).map(|((&a, b), weight)| {
        let difference = u32::from(a.abs_diff(b));
        weight * difference * difference
    });
    squares.sum()
}
