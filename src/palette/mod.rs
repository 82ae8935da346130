//! Palettes: few colours in place of many, the same ones on every machine.
//!
//! A [`Histogram`] counts the colours of an image, [`choose()`] finds those that stand for them, and [`Nearest`] says which one
//! stands for which. [`Diffusion`] lets neighbours make up for what a colour is off. If there are no more colours than a palette may have, the palette is exact.

mod choose;
mod dither;
mod histogram;
mod nearest;

use crate::{Effort, Output};

pub(crate) use choose::{DISTANCE, choose, error, samples};
pub(crate) use dither::Diffusion;
pub(crate) use histogram::{Counted, Histogram};
pub(crate) use nearest::Nearest;

/// Red, green and blue, as much as they are seen: multiplied by alpha, which comes last.
pub(crate) type Color = [u8; 4];

/// What an error of red, green, blue and alpha counts, squared: the eye is most sensitive to green. Alpha shows on what is bright
/// as an error of all three, and on black not at all.
const WEIGHTS: [u32; 4] = [2, 4, 3, 4];

/// How palettes are chosen.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Quality {
    /// The most colours, 2 to 256.
    pub(crate) most: usize,
    /// Rounds of making a palette better.
    pub(crate) rounds: u32,
    /// Whether errors are diffused.
    pub(crate) dithers: bool,
}

impl Quality {
    /// What the options ask for.
    pub(crate) fn of(output: &Output) -> Self {
        let (rounds, dithers) = match output.effort {
            Effort::Fast => (0, false),
            Effort::Default => (1, true),
            Effort::Best => (4, true),
        };
        let most = output.colors.map_or(MOST, |colors| (colors as usize).clamp(2, MOST));
        Self { most, rounds, dithers }
    }
}

/// The most colours of any palette.
const MOST: usize = 256;

/// A pixel as much as it is seen.
pub(crate) fn seen([red, green, blue, alpha]: [u8; 4]) -> Color {
    match alpha {
        255 => [red, green, blue, alpha],
        _ => {
            let of = |sample: u8| ((u32::from(sample) * u32::from(alpha) * 2 + 255) / 510) as u8;
            [of(red), of(green), of(blue), alpha]
        }
    }
}

/// The pixel that is seen as a colour.
pub(crate) fn unseen([red, green, blue, alpha]: Color) -> [u8; 4] {
    match alpha {
        0 => [0; 4],
        _ => {
            let (half, all) = (u32::from(alpha) / 2, u32::from(alpha));
            let of = |sample: u8| ((u32::from(sample) * 255 + half) / all).min(255) as u8;
            [of(red), of(green), of(blue), alpha]
        }
    }
}

/// The class of a colour: clear, between, or opaque.
fn class([.., alpha]: Color) -> u8 {
    match alpha {
        0 => 0,
        255 => 2,
        _ => 1,
    }
}

const CLASSES: usize = 3;

/// Where a colour lies in each direction. Those of other classes are further away than any of the same.
fn point(color: Color) -> [i32; 4] {
    let [red, green, blue, alpha] = color.map(i32::from);
    let apart = match class(color) {
        0 => -APART,
        1 => 0,
        _ => APART,
    };
    [red, green, blue, alpha + apart]
}

const APART: i32 = 500;

/// How far colours lie apart.
fn distance(a: Color, b: Color) -> u32 {
    let squares = point(a).into_iter().zip(point(b)).zip(WEIGHTS).map(|((a, b), weight)| {
        let difference = a.abs_diff(b);
        weight * difference * difference
    });
    squares.sum()
}
