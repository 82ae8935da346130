//! How much of a picture's structure an encoder has lost.
//!
//! Structural similarity (Wang, Bovik, Sheikh and Simoncelli, 2004) of luminance, in blocks of 8 × 8 pixels at several scales,
//! in whole numbers: the same on every machine.

use super::search::log2;
use crate::pixels::{Channels, Layout};
use std::borrow::Cow;

/// Samples of a block's side, and in a block.
const SIDE: usize = 8;
const SAMPLES: u64 = 64;

/// The variance below which structure counts less, in the units of [`Block::loss`]. Three times what the authors propose: over
/// 16 photographs, the scores of SSIMULACRA2 that equal losses have vary less.
const FAINT: u64 = 200 * SAMPLES * SAMPLES;

/// Scales, each with half of the width and height of the one before.
const SCALES: usize = 4;

/// Compares two pictures of luminance, row by row.
#[derive(Debug)]
pub(super) struct Likeness {
    scales: Vec<Scale>,
}

/// Two pictures at one scale.
#[derive(Debug, Default)]
struct Scale {
    blocks: Vec<Block>,
    /// Rows that the blocks have.
    rows: usize,
    /// A row of both pictures that waits for the next, to be halved with it.
    waiting: Option<[Vec<u8>; 2]>,
    /// The loss of all blocks so far, and their number.
    loss: u64,
    count: u64,
}

/// Sums over the samples of a block in two pictures, and of their squares and product.
#[derive(Debug, Clone, Copy, Default)]
struct Block {
    one: u32,
    other: u32,
    one_squared: u32,
    other_squared: u32,
    product: u32,
}

impl Likeness {
    pub(super) fn new(width: u32) -> Self {
        let scales = (0..SCALES).map(|scale| {
            let blocks = vec![Block::default(); (width as usize >> scale) / SIDE];
            Scale { blocks, ..Scale::default() }
        });
        Self { scales: scales.collect() }
    }

    /// The bytes that a comparison takes.
    pub(super) fn memory(width: u32) -> u64 {
        // Blocks of all scales are two times those of the first, at most; rows wait at every scale, and are halved.
        2 * u64::from(width).div_ceil(SIDE as u64) * size_of::<Block>() as u64 + 10 * u64::from(width)
    }

    /// Takes the next row of both pictures.
    pub(super) fn push(&mut self, one: &[u8], other: &[u8]) {
        push(&mut self.scales, one, other);
    }

    /// The structure that is lost, as the [logarithm](log2) of its 2^24ths: the mean of those of all scales. What is less than
    /// a block at the right and at the bottom does not count. None of a picture that has no block at each scale.
    pub(super) fn loss(&self) -> Option<i64> {
        let losses = self.scales.iter().map(|scale| (scale.loss << 8).checked_div(scale.count).map(log2));
        Some(losses.sum::<Option<i64>>()? / SCALES as i64)
    }
}

fn push(scales: &mut [Scale], one: &[u8], other: &[u8]) {
    let Some((scale, smaller)) = scales.split_first_mut() else { return };
    scale.push(one, other);
    if smaller.is_empty() {
        return;
    }
    match scale.waiting.take() {
        None => scale.waiting = Some([one.to_vec(), other.to_vec()]),
        Some([one_above, other_above]) => {
            push(smaller, &halved(&one_above, one), &halved(&other_above, other));
        }
    }
}

/// The means of squares of four samples of two rows.
fn halved(above: &[u8], below: &[u8]) -> Vec<u8> {
    let sum = |&[left, right]: &[u8; 2]| u16::from(left) + u16::from(right);
    let pairs = above.as_chunks().0.iter().zip(below.as_chunks().0);
    pairs.map(|(above, below)| ((sum(above) + sum(below) + 2) / 4) as u8).collect()
}

impl Scale {
    fn push(&mut self, one: &[u8], other: &[u8]) {
        let samples = one.as_chunks::<SIDE>().0.iter().zip(other.as_chunks::<SIDE>().0);
        self.blocks.iter_mut().zip(samples).for_each(|(block, (one, other))| block.push(one, other));
        self.rows += 1;
        if self.rows == SIDE {
            self.rows = 0;
            self.count += self.blocks.len() as u64;
            self.loss += self.blocks.iter_mut().map(|block| std::mem::take(block).loss()).sum::<u64>();
        }
    }
}

impl Block {
    fn push(&mut self, one: &[u8], other: &[u8]) {
        for (&one, &other) in one.iter().zip(other) {
            let (one, other) = (u32::from(one), u32::from(other));
            self.one += one;
            self.other += other;
            self.one_squared += one * one;
            self.other_squared += other * other;
            self.product += one * other;
        }
    }

    /// The variance of the difference, and the square of its mean, against the variances: 1 - SSIM, but for light, in which
    /// SSIM counts a change of brightness less. In 65536ths.
    fn loss(self) -> u64 {
        let Self { one, other, one_squared, other_squared, product } = self;
        let variance = |sum: u32, squares: u32| {
            (u64::from(squares) * SAMPLES).saturating_sub(u64::from(sum) * u64::from(sum))
        };
        let difference = u64::from(one_squared + other_squared - 2 * product) * SAMPLES;
        let all = variance(one, one_squared) + variance(other, other_squared) + FAINT;
        (difference << 16) / all
    }
}

/// The luminance of a row of pixels (ITU-T T.871), as much of it as is opaque.
pub(super) fn luma(layout: Layout, row: &[u8]) -> Cow<'_, [u8]> {
    let channels = match layout {
        Layout::Interleaved(channels) => channels,
        Layout::YCbCr => return Cow::Borrowed(row),
        Layout::Inks => Channels::Rgb,
    };
    let of = |&[red, green, blue]: &[u8; 3]| {
        ((77 * u32::from(red) + 150 * u32::from(green) + 29 * u32::from(blue) + 128) >> 8) as u8
    };
    let on_black = |value: u8, alpha: u8| ((u32::from(value) * u32::from(alpha) + 127) / 255) as u8;
    match channels {
        Channels::Gray => Cow::Borrowed(row),
        Channels::GrayAlpha => row.as_chunks().0.iter().map(|&[gray, alpha]| on_black(gray, alpha)).collect(),
        Channels::Rgb => row.as_chunks().0.iter().map(of).collect(),
        Channels::Rgba => {
            let pixels = row.as_chunks().0.iter();
            pixels.map(|&[red, green, blue, alpha]| on_black(of(&[red, green, blue]), alpha)).collect()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn loss(width: u32, height: u32, pixel: impl Fn(u32, u32) -> (u8, u8)) -> i64 {
        let mut likeness = Likeness::new(width);
        for y in 0..height {
            let (one, other): (Vec<u8>, Vec<u8>) = (0..width).map(|x| pixel(x, y)).unzip();
            likeness.push(&one, &other);
        }
        likeness.loss().unwrap()
    }

    fn texture(x: u32, y: u32) -> u8 {
        (128 + (x * 37 + y * 91) % 64) as u8
    }

    #[test]
    fn nothing_is_lost_where_nothing_changes() {
        assert_eq!(loss(100, 90, |x, y| (texture(x, y), texture(x, y))), 0);
        assert_eq!(Likeness::new(900).loss(), None, "there is no block to compare");
    }

    #[test]
    fn more_change_is_more_loss_and_shows_less_in_texture() {
        let off = |by: u32| move |x: u32, y: u32| if (x ^ y) & 1 == 0 { by as u8 } else { 0 };
        let [flat_little, flat_much, busy_much] = [
            loss(64, 64, |x, y| (100, 100 + off(4)(x, y))),
            loss(64, 64, |x, y| (100, 100 + off(12)(x, y))),
            loss(64, 64, |x, y| (texture(x, y), texture(x, y) + off(12)(x, y))),
        ];
        assert!(flat_little + 256 < flat_much, "{flat_little}, {flat_much}");
        assert!(busy_much + 64 < flat_much, "{busy_much}, {flat_much}");
    }

    #[test]
    fn black_on_white_is_no_overflow() {
        let checks = |x: u32, y: u32| if (x ^ y) & 1 == 0 { 255 } else { 0 };
        assert!(loss(64, 64, |x, y| (checks(x, y), checks(x + 1, y))) > 0);
        assert!(loss(64, 64, |_, _| (255, 0)) > 24 * 256);
    }

    #[test]
    fn luminance_is_that_of_a_jpeg() {
        let rgb = Layout::Interleaved(Channels::Rgb);
        assert_eq!(*luma(rgb, &[255, 255, 255, 255, 0, 0, 0, 255, 0, 0, 0, 255]), [255, 77, 149, 29]);
        let rgba = Layout::Interleaved(Channels::Rgba);
        assert_eq!(*luma(rgba, &[255, 255, 255, 0, 255, 255, 255, 255]), [0, 255]);
        assert_eq!(*luma(Layout::Interleaved(Channels::GrayAlpha), &[200, 255, 200, 0]), [200, 0]);
        assert_eq!(*luma(Layout::YCbCr, &[7, 8]), [7, 8]);
    }
}
