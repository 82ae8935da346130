//! From samples to the resampler's own ones and back.
//!
//! A widened sample has [`FRACTION_BITS`] fractional bits, which leaves the kernels' overshoot room below and above.
//! Colour is premultiplied by alpha, so that transparent pixels weigh nothing.

use super::Sampling;
use crate::color::Light;
use crate::pixels::{self, Depth, FRACTION_BITS, WIDE_FULL as FULL, sixteen_bits};

/// Turns rows into samples to calculate with and back.
#[derive(Debug)]
pub(super) struct Converter {
    /// Samples of a pixel, and whether the last is alpha.
    samples: usize,
    alpha: bool,
    /// The bits of the samples of a row that comes.
    depth: Depth,
    /// Makes samples to calculate with linear in light.
    light: Option<Light>,
}

impl Converter {
    /// For the rows of a lane.
    pub(super) fn new(sampling: Sampling) -> Self {
        let Sampling { samples, alpha, from, linear, .. } = sampling;
        Self { samples, alpha, depth: from, light: linear.then(|| Light::new(FULL as i16)) }
    }

    /// Widens a row.
    pub(super) fn widen(&self, row: &[u8], wide: &mut [i16]) {
        let light = self.light.as_ref();
        match (self.depth, light) {
            (Depth::Eight, None) => match (self.samples, self.alpha) {
                (2, true) => widen_premultiplied::<2>(row, wide),
                (_, true) => widen_premultiplied::<4>(row, wide),
                (_, false) => {
                    for (wide, &sample) in wide.iter_mut().zip(row) {
                        *wide = i16::from(sample) << FRACTION_BITS;
                    }
                }
            },
            (Depth::Eight, Some(light)) => {
                self.widen_with(
                    row.iter().map(|&sample| u16::from(sample) * 257),
                    |sample| light.of(sample),
                    wide,
                );
            }
            (Depth::Sixteen, light) => {
                let samples = row.as_chunks().0.iter().map(|&bytes| u16::from_be_bytes(bytes));
                match light {
                    None => self.widen_with(samples, widen_sample, wide),
                    Some(light) => self.widen_with(samples, |sample| light.of(sample), wide),
                }
            }
        }
    }

    /// Widens 16-bit samples, their colours by a function.
    fn widen_with(&self, samples: impl Iterator<Item = u16>, color: impl Fn(u16) -> i16, wide: &mut [i16]) {
        match (self.samples, self.alpha) {
            (2, true) => premultiply::<2>(samples, color, wide),
            (_, true) => premultiply::<4>(samples, color, wide),
            (_, false) => wide.iter_mut().zip(samples).for_each(|(wide, sample)| *wide = color(sample)),
        }
    }

    /// Narrows a row to 8-bit samples, rounding to the nearest and clamping what overshoots.
    pub(super) fn narrow(&self, wide: &[i16], row: &mut [u8]) {
        match (&self.light, self.samples, self.alpha) {
            (None, 2, true) => narrow_unmultiplied::<2>(wide, row),
            (None, _, true) => narrow_unmultiplied::<4>(wide, row),
            (None, _, false) => {
                for (sample, &wide) in row.iter_mut().zip(wide) {
                    *sample = narrow_sample(wide);
                }
            }
            _ => self.narrow_with(wide, |at, sample| {
                if let Some(to) = row.get_mut(at) {
                    *to = pixels::narrow(sample);
                }
            }),
        }
    }

    /// The same to 16-bit samples.
    pub(super) fn narrow_to_sixteen(&self, wide: &[i16], row: &mut [u16]) {
        if self.light.is_none() && !self.alpha {
            return row.iter_mut().zip(wide).for_each(|(to, &wide)| *to = sixteen_bits(wide.into()));
        }
        self.narrow_with(wide, |at, sample| {
            if let Some(to) = row.get_mut(at) {
                *to = sample;
            }
        });
    }

    fn narrow_with(&self, wide: &[i16], put: impl FnMut(usize, u16)) {
        match &self.light {
            None => self.unmultiply(wide, sixteen_bits, put),
            Some(light) => self.unmultiply(wide, |value| light.sample(value), put),
        }
    }

    /// Divides by alpha where there is some, and hands on the 16-bit samples, made of colours by a function.
    fn unmultiply(&self, wide: &[i16], color: impl Fn(i32) -> u16, mut put: impl FnMut(usize, u16)) {
        if !self.alpha {
            return wide.iter().enumerate().for_each(|(at, &wide)| put(at, color(wide.into())));
        }
        let count = self.samples;
        for (start, pixel) in (0..).step_by(count).zip(wide.chunks_exact(count)) {
            let alpha = i32::from(pixel.last().copied().unwrap_or(0)).max(0);
            for (at, &wide) in (start..).zip(pixel) {
                let full = (i32::from(wide) * FULL + alpha / 2).checked_div(alpha).unwrap_or(0);
                put(at, if at + 1 == start + count { sixteen_bits(alpha) } else { color(full) });
            }
        }
    }
}

/// A 16-bit sample with [`FRACTION_BITS`] fractional bits.
pub(super) fn widen_sample(sample: u16) -> i16 {
    ((u32::from(sample) * 64 + 128) / 257) as i16
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

/// Widens pixels of 16-bit samples, their colours by a function, and multiplies these by alpha.
fn premultiply<const N: usize>(
    mut samples: impl Iterator<Item = u16>,
    color: impl Fn(u16) -> i16,
    wide: &mut [i16],
) {
    for wide in wide.as_chunks_mut::<N>().0 {
        let pixel: [u16; N] = core::array::from_fn(|_| samples.next().unwrap_or(0));
        let alpha = pixel.last().map_or(0, |&alpha| widen_sample(alpha));
        for (wide, sample) in wide.iter_mut().zip(pixel) {
            *wide = ((i32::from(color(sample)) * i32::from(alpha) + FULL / 2) / FULL) as i16;
        }
        if let Some(last) = wide.last_mut() {
            *last = alpha;
        }
    }
}

fn narrow_sample(wide: i16) -> u8 {
    const HALF: i32 = 1 << (FRACTION_BITS - 1);
    ((i32::from(wide) + HALF) >> FRACTION_BITS).clamp(0, 255) as u8
}

fn narrow_unmultiplied<const N: usize>(wide: &[i16], row: &mut [u8]) {
    for (pixel, wide) in row.as_chunks_mut::<N>().0.iter_mut().zip(wide.as_chunks::<N>().0) {
        // Alpha overshoots together with the colours that it was multiplied into, so it divides them as it is.
        let alpha = i32::from(wide.last().copied().unwrap_or(0));
        let narrow_alpha = narrow_sample(alpha.max(0) as i16);
        for (sample, &wide) in pixel.iter_mut().zip(wide) {
            *sample = match (narrow_alpha, alpha) {
                (0, _) => 0,
                (_, FULL) => narrow_sample(wide),
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
    use super::super::Form;
    use super::*;

    fn converter(samples: usize, from: Depth, linear: bool) -> Converter {
        let alpha = samples.is_multiple_of(2);
        Converter::new(Sampling { samples, alpha, from, to: Form::Bits(Depth::Eight), linear })
    }

    fn widen(samples: usize, row: &[u8], wide: &mut [i16]) {
        converter(samples, Depth::Eight, false).widen(row, wide);
    }

    fn narrow(samples: usize, wide: &[i16], row: &mut [u8]) {
        converter(samples, Depth::Eight, false).narrow(wide, row);
    }

    #[test]
    fn every_sample_survives_the_way_there_and_back() {
        let row: Vec<u8> = (0..=255).collect();
        let (mut wide, mut back) = (vec![0; 256], vec![0; 256]);
        widen(1, &row, &mut wide);
        narrow(1, &wide, &mut back);
        assert_eq!(back, row);
    }

    #[test]
    fn every_visible_colour_survives_premultiplication_within_its_precision() {
        for alpha in 1..=255u8 {
            for sample in 0..=255u8 {
                let (mut wide, mut back) = ([0; 2], [0; 2]);
                widen(2, &[sample, alpha], &mut wide);
                narrow(2, &wide, &mut back);
                let off = i32::from(back[0]).abs_diff(sample.into());
                let allowed = if alpha == 255 { 0 } else { 1 + 255 / (u32::from(alpha) << 6) };
                assert!(off <= allowed && back[1] == alpha, "{sample},{alpha} came back as {back:?}");
            }
        }
    }

    #[test]
    fn a_colour_that_overshoots_with_its_alpha_is_the_same_colour() {
        let mut row = [0; 4];
        narrow(4, &[1100, 2200, 0, 17_600], &mut row);
        assert_eq!(row, [16, 32, 0, 255]);
    }

    #[test]
    fn overshoot_is_clamped() {
        let mut row = [7; 2];
        narrow(1, &[-900, 32000], &mut row);
        assert_eq!(row, [0, 255]);
    }

    #[test]
    fn long_samples_keep_six_bits_more_and_short_ones_are_among_them() {
        let converter = converter(1, Depth::Sixteen, false);
        let (mut wide, mut back) = ([0; 1], [0; 1]);
        for sample in 0..=u16::MAX {
            converter.widen(&sample.to_be_bytes(), &mut wide);
            converter.narrow_to_sixteen(&wide, &mut back);
            assert!(back[0].abs_diff(sample) <= 3, "{sample} came back as {}", back[0]);
            let short = (sample / 257) as u8;
            if u16::from(short) * 257 == sample {
                assert_eq!((wide[0], back[0]), (i16::from(short) << FRACTION_BITS, sample));
            }
        }
    }

    #[test]
    fn every_sample_survives_the_way_through_light_and_every_visible_colour_with_its_alpha() {
        let gray = converter(1, Depth::Eight, true);
        let colors = converter(2, Depth::Eight, true);
        for sample in 0..=255 {
            let (mut wide, mut back) = ([0; 1], [0; 1]);
            gray.widen(&[sample], &mut wide);
            gray.narrow(&wide, &mut back);
            assert_eq!(back, [sample]);
            for alpha in [128, 200, 255] {
                let (mut wide, mut back) = ([0; 2], [0; 2]);
                colors.widen(&[sample, alpha], &mut wide);
                colors.narrow(&wide, &mut back);
                assert!(back[0].abs_diff(sample) <= 1 && back[1] == alpha, "{sample},{alpha}: {back:?}");
            }
        }
    }
}
