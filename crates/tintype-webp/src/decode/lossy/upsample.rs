//! From planes to pixels: colour differences at full size, and colours.

use crate::lanes::{Native, U8x16};

/// Interpolates a row of colour differences. `near` is the row of which the pixels' row is part, and `far` the nearest
/// other: they count 3 to 1, and so do columns.
pub(crate) fn upsample(near: &[u8], far: &[u8], sums: &mut [u16], out: &mut [u8]) {
    for (sum, (&near, &far)) in sums.iter_mut().zip(near.iter().zip(far)) {
        *sum = 3 * u16::from(near) + u16::from(far);
    }
    let (Some(&first), Some(&last)) = (sums.first(), sums.last()) else { return };
    if let Some(out) = out.first_mut() {
        *out = mix(first, first);
    }
    // The pixels between two neighbouring columns.
    let (pieces, inner) = out.get_mut(1..).unwrap_or_default().as_chunks_mut();
    let left = sums.get(16 * pieces.len()..).unwrap_or_default();
    for (at, piece) in pieces.iter_mut().enumerate() {
        if let Some(sums) = sums.get(16 * at..).and_then(|sums| sums.first_chunk()) {
            mix_pairs(sums, piece);
        }
    }
    for (pair, out) in left.windows(2).zip(inner.chunks_mut(2)) {
        let (&[left, right], [first, rest @ ..]) = (pair, out) else { continue };
        *first = mix(left, right);
        if let [second] = rest {
            *second = mix(right, left);
        }
    }
    // An even width ends with the second pixel of a column.
    if inner.len() == left.len() * 2 - 1
        && let Some(out) = inner.last_mut()
    {
        *out = mix(last, last);
    }
}

/// Three of four parts of one sum and the fourth of another, of 16 parts in all.
#[inline(always)]
fn mix(near: u16, far: u16) -> u8 {
    ((3 * near + far + 8) >> 4) as u8
}

/// The pixels between 17 columns.
#[inline(always)]
fn mix_pairs(sums: &[u16; 17], out: &mut [u8; 32]) {
    let (&[ref left @ .., _], [_, right @ ..]) = (sums, sums);
    let (mut first, mut second) = ([0; 16], [0; 16]);
    for (((first, second), &left), &right) in first.iter_mut().zip(&mut second).zip(left).zip(right) {
        (*first, *second) = (mix(left, right), mix(right, left));
    }
    let (first, second) = (Native::load(&first), Native::load(&second));
    let (low, high) = out.split_at_mut(16);
    if let (Some(low), Some(high)) = (low.first_chunk_mut(), high.first_chunk_mut()) {
        first.zip_low(second).store(low);
        first.zip_high(second).store(high);
    }
}

/// Converts a row to RGB, of `CHANNELS` bytes per pixel; a fourth is left alone.
///
/// Luminance is 16 to 235 and colour differences are 16 to 240 (ITU-R BT.601, limited range). Factors are rounded to
/// multiples of 2^-14, and products to multiples of 2^-6 before they are summed, as all WebP decoders do.
pub(crate) fn to_rgb<const CHANNELS: usize>(y: &[u8], u: &[u8], v: &[u8], out: &mut [u8]) {
    let pieces =
        y.chunks(PIECE).zip(u.chunks(PIECE)).zip(v.chunks(PIECE)).zip(out.chunks_mut(PIECE * CHANNELS));
    for (((y, u), v), out) in pieces {
        let mut colors = [[0; PIECE]; 3];
        match (y.first_chunk(), u.first_chunk(), v.first_chunk()) {
            (Some(y), Some(u), Some(v)) => convert(y, u, v, &mut colors),
            _ => convert(&filled(y), &filled(u), &filled(v), &mut colors),
        }
        let [red, green, blue] = &colors;
        let pixels = out.as_chunks_mut::<CHANNELS>().0;
        for (((out, &red), &green), &blue) in pixels.iter_mut().zip(red).zip(green).zip(blue) {
            if let [r, g, b, ..] = out.as_mut_slice() {
                [*r, *g, *b] = [red, green, blue];
            }
        }
    }
}

/// Pixels that are converted together, so that compilers turn the arithmetic into SIMD instructions.
const PIECE: usize = 32;

/// Samples, followed by zeros.
fn filled(samples: &[u8]) -> [u8; PIECE] {
    let mut piece = [0; PIECE];
    piece.iter_mut().zip(samples).for_each(|(to, &sample)| *to = sample);
    piece
}

#[inline(always)]
fn convert(y: &[u8; PIECE], u: &[u8; PIECE], v: &[u8; PIECE], [red, green, blue]: &mut [[u8; PIECE]; 3]) {
    let samples = y.iter().zip(u).zip(v);
    for ((((&y, &u), &v), red), (green, blue)) in samples.zip(red).zip(green.iter_mut().zip(blue)) {
        // What would be below zero is zero in the end.
        let luminance = scaled(y, 19077);
        let color = |value: u16| (value >> 6).min(255) as u8;
        *red = color((luminance + scaled(v, 26149)).saturating_sub(14234));
        *green = color((luminance + 8708).saturating_sub(scaled(u, 6419) + scaled(v, 13320)));
        *blue = color((luminance + scaled(u, 33050)).saturating_sub(17685));
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
