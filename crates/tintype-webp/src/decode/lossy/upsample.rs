//! From planes to pixels: colour differences at full size, and colours.
//!
//! Arithmetic and interleaving are separate passes over a row, so that compilers turn the former into SIMD
//! instructions.

use crate::decode::budget::bytes_of;
use alloc::vec;
use alloc::vec::Vec;
use tintype_lanes::{Bytes, U8x16};

/// What rows of pixels are made in.
pub(crate) struct Upsampler {
    /// A row of colour differences and the row next to it, three to one.
    sums: Vec<u16>,
    /// Of each two neighbouring columns, the pixel closer to the first, and the one closer to the second.
    closer: [Vec<u8>; 2],
    /// Colour differences at full size.
    upsampled: [Vec<u8>; 2],
    /// Red, green and blue.
    colors: [Vec<u8>; 3],
}

impl Upsampler {
    /// Bytes that it takes.
    pub(crate) fn memory(width: u32) -> u64 {
        let width = width as usize;
        bytes_of::<u16>(width.div_ceil(2)) + bytes_of::<u8>(2 * width.div_ceil(2) + 5 * width)
    }

    pub(crate) fn new(width: usize) -> Self {
        let row = |length: usize| vec![0; length];
        let half = width.div_ceil(2);
        Self {
            sums: vec![0; half],
            closer: [row(half), row(half)],
            upsampled: [row(width), row(width)],
            colors: [row(width), row(width), row(width)],
        }
    }

    /// Makes a row of pixels, of three bytes each, or of four and opaque. Each of `chroma` is the row of colour
    /// differences that the pixels' row is part of, and the nearest other.
    pub(crate) fn make_row(&mut self, luma: &[u8], chroma: [[&[u8]; 2]; 2], channels: usize, out: &mut [u8]) {
        for ([near, far], upsampled) in chroma.into_iter().zip(&mut self.upsampled) {
            upsample(near, far, &mut self.sums, &mut self.closer, upsampled);
        }
        let [u, v] = &self.upsampled;
        convert(luma, u, v, &mut self.colors);
        let [red, green, blue] = self.colors.each_ref().map(Vec::as_slice);
        if channels == 4 {
            pack([red, green, blue], out, to_rgba);
        } else {
            pack([red, green, blue], out, to_rgb);
        }
    }
}

/// Packs colours to pixels, sixteen at a time; `LENGTH` is how many bytes those take.
#[inline(always)]
fn pack<const LENGTH: usize>(
    colors: [&[u8]; 3],
    out: &mut [u8],
    function: impl Fn([&[u8; 16]; 3]) -> [u8; LENGTH],
) {
    let [red, green, blue] = colors.map(|color| color.chunks(16));
    for (((red, green), blue), out) in red.zip(green).zip(blue).zip(out.chunks_mut(LENGTH)) {
        match (red.first_chunk(), green.first_chunk(), blue.first_chunk(), out.first_chunk_mut()) {
            (Some(red), Some(green), Some(blue), Some(out)) => *out = function([red, green, blue]),
            _ => {
                let padded = [red, green, blue].map(|color| {
                    let mut lanes = [0; 16];
                    lanes.iter_mut().zip(color).for_each(|(lane, &sample)| *lane = sample);
                    lanes
                });
                out.iter_mut().zip(function(padded.each_ref())).for_each(|(out, sample)| *out = sample);
            }
        }
    }
}

/// Opaque pixels.
#[inline(always)]
fn to_rgba([red, green, blue]: [&[u8; 16]; 3]) -> [u8; 64] {
    let (red, green, blue) = (Bytes::load(red), Bytes::load(green), Bytes::load(blue));
    let (alpha, mut pixels) = (Bytes::splat(u8::MAX), [0; 64]);
    let (low, high) =
        ((red.zip_low(green), blue.zip_low(alpha)), (red.zip_high(green), blue.zip_high(alpha)));
    if let [first, second, third, fourth] = pixels.as_chunks_mut().0 {
        low.0.zip2_low(low.1).store(first);
        low.0.zip2_high(low.1).store(second);
        high.0.zip2_low(high.1).store(third);
        high.0.zip2_high(high.1).store(fourth);
    }
    pixels
}

/// Pixels without alpha: those with it, moved together.
#[inline(always)]
fn to_rgb(colors: [&[u8; 16]; 3]) -> [u8; 48] {
    let mut bytes = [0; 49];
    for (at, pixel) in to_rgba(colors).as_chunks::<4>().0.iter().enumerate() {
        // The next pixel replaces the alpha.
        if let Some(to) = bytes.get_mut(3 * at..).and_then(|to| to.first_chunk_mut()) {
            *to = *pixel;
        }
    }
    bytes.first_chunk().copied().unwrap_or([0; 48])
}

/// Interpolates a row of colour differences. Near rows and far ones count three to one, and so do columns.
fn upsample(near: &[u8], far: &[u8], sums: &mut [u16], closer: &mut [Vec<u8>; 2], out: &mut [u8]) {
    for (sum, (&near, &far)) in sums.iter_mut().zip(near.iter().zip(far)) {
        *sum = 3 * u16::from(near) + u16::from(far);
    }
    let (Some(&first), Some(&last)) = (sums.first(), sums.last()) else { return };
    let right = sums.get(1..).unwrap_or_default();
    let [to_left, to_right] = closer;
    for ((pixel, &left), &right) in to_left.iter_mut().zip(&*sums).zip(right) {
        *pixel = mix(left, right);
    }
    for ((pixel, &left), &right) in to_right.iter_mut().zip(&*sums).zip(right) {
        *pixel = mix(right, left);
    }
    // At both ends is half a column.
    if let (Some(pixel), true) = (out.last_mut(), near.len() > right.len()) {
        *pixel = mix(last, last);
    }
    if let Some((pixel, out)) = out.split_first_mut() {
        *pixel = mix(first, first);
        let pairs = right.len();
        interleave(to_left.get(..pairs).unwrap_or_default(), to_right.get(..pairs).unwrap_or_default(), out);
    }
}

/// Three of four parts of one sum and the fourth of another, of 16 parts in all.
#[inline(always)]
fn mix(near: u16, far: u16) -> u8 {
    ((3 * near + far + 8) >> 4) as u8
}

/// Bytes of two slices in turn, as far as there is room.
fn interleave(first: &[u8], second: &[u8], out: &mut [u8]) {
    let (first_pieces, first_rest) = first.as_chunks();
    let (second_pieces, second_rest) = second.as_chunks();
    let mut pieces = out.chunks_mut(32);
    for ((first, second), out) in first_pieces.iter().zip(second_pieces).zip(pieces.by_ref()) {
        let (first, second) = (Bytes::load(first), Bytes::load(second));
        let mut both = [0; 32];
        if let [low, high] = both.as_chunks_mut().0 {
            first.zip_low(second).store(low);
            first.zip_high(second).store(high);
        }
        match out.first_chunk_mut() {
            Some(out) => *out = both,
            None => out.iter_mut().zip(both).for_each(|(out, pixel)| *out = pixel),
        }
    }
    let pairs = first_rest.iter().zip(second_rest).flat_map(|(&first, &second)| [first, second]);
    pieces.flatten().zip(pairs).for_each(|(out, pixel)| *out = pixel);
}

/// Converts a row to red, green and blue.
///
/// Luminance is 16 to 235 and colour differences are 16 to 240 (ITU-R BT.601, limited range). Factors are rounded to
/// multiples of 2^-14, and products to multiples of 2^-6 before they are summed, as all WebP decoders do.
fn convert(y: &[u8], u: &[u8], v: &[u8], [red, green, blue]: &mut [Vec<u8>; 3]) {
    let color = |value: u16| (value >> 6).min(255) as u8;
    // What would be below zero is zero in the end.
    for ((red, &y), &v) in red.iter_mut().zip(y).zip(v) {
        *red = color((scaled(y, 19077) + scaled(v, 26149)).saturating_sub(14234));
    }
    for (((green, &y), &u), &v) in green.iter_mut().zip(y).zip(u).zip(v) {
        *green = color((scaled(y, 19077) + 8708).saturating_sub(scaled(u, 6419) + scaled(v, 13320)));
    }
    for ((blue, &y), &u) in blue.iter_mut().zip(y).zip(u) {
        *blue = color((scaled(y, 19077) + scaled(u, 33050)).saturating_sub(17685));
    }
}

/// A sample times a factor, divided by 256 and rounded down, without a product of more than 16 bits.
#[inline(always)]
fn scaled(sample: u8, factor: u16) -> u16 {
    let sample = u16::from(sample);
    sample * (factor >> 8) + ((sample * (factor & 0xFF)) >> 8)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scaled_samples_are_those_of_the_formula() {
        for factor in [19077, 26149, 6419, 13320, 33050] {
            for sample in 0..=255 {
                let product = u32::from(sample) * u32::from(factor);
                assert_eq!(u32::from(scaled(sample, factor)), product >> 8);
            }
        }
    }
}
