//! How much photographs lose at a quality, which is what a picture may lose that is encoded as well as these.

use crate::{Format, Output};

/// The mean [loss](super::likeness::Likeness::loss) at some qualities, of 16 photographs of 480 pixels. The ends are extended.
///
/// A picture that loses as much as the mean at a quality of 85 as JPEG, or 80 as WebP, has 81.1 ± 2.1 or 75.8 ± 2.3 points of
/// SSIMULACRA2 (mean and standard deviation). At these qualities themselves, these pictures have 81.2 ± 3.3 and 75.5 ± 3.5.
const JPEG: [(i64, i64); 7] =
    [(1, 4650), (40, 4298), (60, 4116), (75, 3930), (85, 3756), (93, 3514), (100, 3234)];
const WEBP: [(i64, i64); 7] =
    [(1, 4545), (40, 4272), (60, 4133), (75, 4054), (85, 3838), (93, 3677), (100, 3500)];

/// What each step of quality usually takes from the loss.
pub(super) const GROWTH: i64 = 16;

/// What photographs usually lose at the quality that is asked for.
pub(super) fn loss(output: &Output) -> i64 {
    let table = if output.format == Format::Jpeg { &JPEG } else { &WEBP };
    let quality = i64::from(output.lossy_quality());
    let mut knots = table.iter().zip(table.iter().skip(1));
    let between = knots.find(|(_, (above, _))| quality <= *above);
    between.map_or(0, |((low, most), (high, least))| most - (most - least) * (quality - low) / (high - low))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn less_is_lost_at_each_higher_quality() {
        for format in [Format::Jpeg, Format::Webp] {
            let loss = |quality| loss(&Output { format, quality: Some(quality), ..Output::default() });
            assert!((1..100).all(|quality| loss(quality) > loss(quality + 1)));
        }
        assert_eq!(loss(&Output { format: Format::Jpeg, ..Output::default() }), 3756);
    }
}
