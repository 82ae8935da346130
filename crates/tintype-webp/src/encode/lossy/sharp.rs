//! Sharp colours: what four pixels share is chosen together with their luminance, so that decoded colours come closest.
//!
//! Averaging is exact as long as no decoded colour leaves its range. Next to saturated colours it does, and is cut off:
//! thin lines then fade. So the error of what a decoder makes of the samples is added back to them, some times.

use super::color;

/// How often the error is added back.
const ROUNDS: usize = 4;

/// Bits after the point of samples at work.
const BITS: u32 = 6;

/// Four pixels as they are, and the samples that stand for them: Y of each, Cb and Cr of all.
pub(super) fn refine(pixels: [[u8; 3]; 4], y: [u8; 4], chroma: [u8; 2]) -> ([u8; 4], [u8; 2]) {
    let scaled = |sample: u8| i32::from(sample) << BITS;
    let (mut y, mut chroma) = (y.map(scaled), chroma.map(scaled));
    for _ in 0..ROUNDS {
        let mut sums = [0; 2];
        for (y, pixel) in y.iter_mut().zip(pixels) {
            let decoded = color::decode::<BITS>(*y, chroma);
            let mut error = [0; 3];
            for ((error, sample), decoded) in error.iter_mut().zip(pixel).zip(decoded) {
                *error = scaled(sample) - decoded;
            }
            let [luma, differences @ ..] = color::differences(error);
            *y = (*y + luma).clamp(0, 255 << BITS);
            sums.iter_mut().zip(differences).for_each(|(sum, difference)| *sum += difference);
        }
        for (sample, sum) in chroma.iter_mut().zip(sums) {
            *sample = (*sample + sum / 4).clamp(0, 255 << BITS);
        }
    }
    let rounded = |sample: i32| ((sample + (1 << (BITS - 1))) >> BITS).min(255) as u8;
    (y.map(rounded), chroma.map(rounded))
}
