//! The range of planes: WebP has the limited one of ITU-R BT.601, the engine that of JPEG (ITU-T T.871).

/// Brings rows of planes to the full range.
#[derive(Debug, Default)]
pub(super) struct FullRange {
    row: Vec<u8>,
}

impl FullRange {
    /// A row of luminance, which is lane 0, or of a colour difference.
    pub(super) fn of(&mut self, lane: usize, row: &[u8]) -> &[u8] {
        self.row.resize(row.len(), 0);
        let samples = self.row.iter_mut().zip(row);
        if lane == 0 {
            samples.for_each(|(to, &sample)| *to = luma(sample));
        } else {
            samples.for_each(|(to, &sample)| *to = chroma(sample));
        }
        &self.row
    }
}

/// Stretches 16 to 235 to 0 to 255. What is beyond does not occur in pixels.
#[inline(always)]
fn luma(sample: u8) -> u8 {
    // 255 by 219 is 1 and 12 by 73.
    let above = u16::from(sample.saturating_sub(16).min(219));
    (above + (12 * above + 36) / 73) as u8
}

/// Stretches 16 to 240 to 0.5 to 255.5, and rounds down from the middle.
#[inline(always)]
fn chroma(sample: u8) -> u8 {
    // 255 by 224 is 1 and 31 by 224.
    let above = u16::from(sample.saturating_sub(16).min(224));
    (above + (31 * above).div_ceil(224)) as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn samples_become_the_nearest_of_the_full_range() {
        for sample in 16..=240u8 {
            let exact = (f64::from(sample) - 128.0) * 255.0 / 224.0 + 128.0;
            assert!((f64::from(chroma(sample)) - exact).abs() <= 0.5, "{sample}");
            let exact = (f64::from(sample.min(235)) - 16.0) * 255.0 / 219.0;
            assert!((f64::from(luma(sample)) - exact).abs() <= 0.5, "{sample}");
        }
        assert_eq!([0, 16, 235, 255].map(luma), [0, 0, 255, 255]);
        assert_eq!([0, 16, 128, 240, 255].map(chroma), [0, 0, 128, 255, 255]);
    }
}
