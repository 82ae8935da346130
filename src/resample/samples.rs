//! From 8-bit samples to the resampler's 16-bit ones and back.
//!
//! A widened sample has [`FRACTION_BITS`] fractional bits, which leaves the kernels' overshoot room below and above.
//! Colour is premultiplied by alpha, so that transparent pixels weigh nothing.

use crate::pixels::Channels;

/// Fractional bits of a widened sample.
const FRACTION_BITS: u32 = 6;
/// A widened 255.
const FULL: i32 = 255 << FRACTION_BITS;

/// Widens a row.
pub(super) fn widen(channels: Channels, row: &[u8], wide: &mut [i16]) {
    match channels {
        Channels::Gray | Channels::Rgb => {
            for (wide, &sample) in wide.iter_mut().zip(row) {
                *wide = i16::from(sample) << FRACTION_BITS;
            }
        }
        Channels::GrayAlpha => widen_premultiplied::<2>(row, wide),
        Channels::Rgba => widen_premultiplied::<4>(row, wide),
    }
}

fn widen_premultiplied<const N: usize>(row: &[u8], wide: &mut [i16]) {
    for (wide, pixel) in wide.as_chunks_mut::<N>().0.iter_mut().zip(row.as_chunks::<N>().0) {
        let alpha = u32::from(pixel.last().copied().unwrap_or(255));
        for (wide, &sample) in wide.iter_mut().zip(pixel) {
            *wide = ((((u32::from(sample) * alpha) << FRACTION_BITS) + 127) / 255) as i16;
        }
        if let Some(last) = wide.last_mut() {
            *last = (alpha << FRACTION_BITS) as i16;
        }
    }
}

/// Narrows a row, rounding to the nearest and clamping what overshoots.
pub(super) fn narrow(channels: Channels, wide: &[i16], row: &mut [u8]) {
    match channels {
        Channels::Gray | Channels::Rgb => {
            for (sample, &wide) in row.iter_mut().zip(wide) {
                *sample = narrow_sample(wide);
            }
        }
        Channels::GrayAlpha => narrow_unmultiplied::<2>(wide, row),
        Channels::Rgba => narrow_unmultiplied::<4>(wide, row),
    }
}

fn narrow_sample(wide: i16) -> u8 {
    const HALF: i32 = 1 << (FRACTION_BITS - 1);
    ((i32::from(wide) + HALF) >> FRACTION_BITS).clamp(0, 255) as u8
}

fn narrow_unmultiplied<const N: usize>(wide: &[i16], row: &mut [u8]) {
    for (pixel, wide) in row.as_chunks_mut::<N>().0.iter_mut().zip(wide.as_chunks::<N>().0) {
        let alpha = i32::from(wide.last().copied().unwrap_or(0));
        let narrow_alpha = narrow_sample(alpha.clamp(0, FULL) as i16);
        for (sample, &wide) in pixel.iter_mut().zip(wide) {
            *sample = match narrow_alpha {
                0 => 0,
                255 => narrow_sample(wide),
                _ => ((i32::from(wide) * 255 + alpha / 2) / alpha).clamp(0, 255) as u8,
            };
        }
        if let Some(last) = pixel.last_mut() {
            *last = narrow_alpha;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_sample_survives_the_way_there_and_back() {
        let row: Vec<u8> = (0..=255).collect();
        let (mut wide, mut back) = (vec![0; 256], vec![0; 256]);
        widen(Channels::Gray, &row, &mut wide);
        narrow(Channels::Gray, &wide, &mut back);
        assert_eq!(back, row);
    }

    #[test]
    fn every_visible_colour_survives_premultiplication_within_its_precision() {
        for alpha in 1..=255u8 {
            for sample in 0..=255u8 {
                let (mut wide, mut back) = ([0; 2], [0; 2]);
                widen(Channels::GrayAlpha, &[sample, alpha], &mut wide);
                narrow(Channels::GrayAlpha, &wide, &mut back);
                let off = i32::from(back[0]).abs_diff(sample.into());
                let allowed = if alpha == 255 { 0 } else { 1 + 255 / (u32::from(alpha) << 6) };
                assert!(off <= allowed && back[1] == alpha, "{sample},{alpha} came back as {back:?}");
            }
        }
    }

    #[test]
    fn overshoot_is_clamped() {
        let mut row = [7; 2];
        narrow(Channels::Gray, &[-900, 32000], &mut row);
        assert_eq!(row, [0, 255]);
    }
}
