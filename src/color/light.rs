//! Linear light, for resampling.

use super::curve::{Curve, srgb_sample, tabulated};

/// Tables between samples of sRGB and light, for arithmetic that has 64 times the steps of 8-bit samples.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Light {
    /// Light for each sample, without the samples' last two bits.
    of_samples: Vec<i16>,
    /// The 16-bit sample for each light.
    to_samples: Vec<u16>,
}

impl Light {
    /// Tables for light from 0 to `full`.
    pub(crate) fn new(full: i16) -> Self {
        let full = f64::from(full);
        let light = |light: f64| (light * full + 0.5) as i16;
        let table = tabulated(srgb_sample);
        let sample = |light: usize| {
            let place = light as f64 / full * (table.len() - 1) as f64;
            let at = |index: usize| table.get(index).or(table.last()).copied().unwrap_or(0.0);
            let (low, high) = (at(place as usize), at(place as usize + 1));
            ((low + (high - low) * (place - place.floor())) * 65_535.0 + 0.5) as u16
        };
        Self {
            of_samples: Curve::SRGB.tabulated().into_iter().map(light).collect(),
            to_samples: (0..=full as usize).map(sample).collect(),
        }
    }

    /// Bytes of the tables.
    pub(crate) const MEMORY: u64 = 4 << 14;

    /// The work of making the tables, in units of [`crate::Limits::work`].
    pub(crate) const WORK: u64 = 1_500_000;

    /// The light of a 16-bit sample.
    pub(crate) fn of(&self, sample: u16) -> i16 {
        self.of_samples.get(usize::from(sample >> 2)).copied().unwrap_or(0)
    }

    /// The 16-bit sample for light, clamped to what is possible.
    pub(crate) fn sample(&self, light: i32) -> u16 {
        let last = self.to_samples.len() as i32 - 1;
        self.to_samples.get(light.clamp(0, last) as usize).copied().unwrap_or(u16::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pixels::narrow;

    #[test]
    fn every_sample_survives_the_way_to_light_and_back() {
        let light = Light::new(255 << 6);
        for sample in 0..=255u8 {
            let back = light.sample(light.of(u16::from(sample) * 257).into());
            assert_eq!(narrow(back), sample);
        }
        assert_eq!((light.sample(-7), light.sample(i32::MAX)), (0, 65_535));
    }
}
