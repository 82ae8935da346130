//! Blurs an image.

use super::gauss::Gauss;
use crate::Result;
use crate::pixels::Channels;
use crate::stage::{Cost, Next, Shape, Stage};

/// A colour or alpha of 1, which is 255 in a byte. Colours are multiplied by alpha, which loses nothing at this scale.
pub(super) const ONE: u32 = 255 * 255;

/// Blurs rows by a Gaussian. Colours count as far as they are opaque.
#[derive(Debug)]
pub(crate) struct Blur {
    shape: Shape,
    gauss: Gauss,
    row: Vec<u8>,
}

impl Blur {
    /// For rows of this shape, by a bell of this standard deviation in pixels, which is more than 0.
    pub(crate) fn new(shape: Shape, sigma: f64) -> Self {
        let gauss = Gauss::new(sigma, shape.width, shape.height, shape.channels.count());
        Self { shape, gauss, row: Vec::new() }
    }

    /// Rows that come before the first one leaves.
    pub(crate) fn delay(&self) -> usize {
        self.gauss.delay()
    }
}

impl Stage for Blur {
    fn shape(&self) -> Shape {
        self.shape
    }

    fn cost(&self) -> Cost {
        /// Work of bringing a sample to its plane, and back.
        const SAMPLE: u64 = 24;
        let samples = self.shape.row_bytes() as u64;
        Cost { memory: self.gauss.memory() + samples, work: self.gauss.work() + self.shape.bytes() * SAMPLE }
    }

    fn push(&mut self, row: &[u8], next: Next<'_>) -> Result<()> {
        let Self { shape, gauss, row: out } = self;
        let channels = shape.channels;
        let mut result = Ok(());
        gauss.push(to_planes(row, channels), &mut |planes| {
            from_planes(planes, channels, out);
            if result.is_ok() {
                result = next(out);
            }
        });
        result
    }
}

/// The planes of a row, one after the other, multiplied by alpha.
fn to_planes(row: &[u8], channels: Channels) -> Vec<u16> {
    let count = channels.count();
    let mut planes = Vec::with_capacity(row.len());
    let alpha = |pixel: &[u8]| pixel.last().copied().filter(|_| channels.has_alpha()).unwrap_or(255);
    for channel in 0..count {
        let is_alpha = channels.has_alpha() && channel + 1 == count;
        planes.extend(row.chunks_exact(count).map(|pixel| {
            let sample = u16::from(pixel.get(channel).copied().unwrap_or(0));
            sample * if is_alpha { 255 } else { u16::from(alpha(pixel)) }
        }));
    }
    planes
}

/// The reverse.
fn from_planes(planes: &[u16], channels: Channels, row: &mut Vec<u8>) {
    let count = channels.count();
    let width = planes.len() / count;
    row.clear();
    row.resize(planes.len(), 0);
    let alphas = planes.get(width * (count - 1)..).filter(|_| channels.has_alpha());
    for (channel, plane) in planes.chunks_exact(width.max(1)).enumerate() {
        let out = row.iter_mut().skip(channel).step_by(count);
        match alphas.filter(|_| channel + 1 < count) {
            None => out.zip(plane).for_each(|(out, &sample)| *out = narrow(sample)),
            Some(alphas) => out.zip(plane.iter().zip(alphas)).for_each(|(out, (&sample, &alpha))| {
                let straight = (u32::from(sample) * 255 + u32::from(alpha / 2)).checked_div(alpha.into());
                // What rounds to no alpha at all has no colour.
                *out = straight.filter(|_| narrow(alpha) > 0).unwrap_or(0).min(255) as u8;
            }),
        }
    }
}

/// The byte that is nearest to a sample whose 1 is [`ONE`].
pub(super) fn narrow(sample: u16) -> u8 {
    ((u32::from(sample) + 127) / 255).min(255) as u8
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pixels::Depth;
    use crate::stage::tests::{gray, through};

    fn rgba(width: u32, height: u32) -> Shape {
        Shape { width, height, channels: Channels::Rgba, depth: Depth::Eight }
    }

    #[test]
    fn an_image_of_one_colour_stays_as_it_is() {
        for (width, height) in [(1, 1), (3, 2), (40, 7), (2, 50)] {
            for pixel in [&[77][..], &[200, 100], &[255, 128, 0], &[255, 128, 3, 200], &[9, 8, 7, 1]] {
                let channels = [Channels::Gray, Channels::GrayAlpha, Channels::Rgb, Channels::Rgba];
                let shape = Shape { width, height, channels: channels[pixel.len() - 1], depth: Depth::Eight };
                let image = pixel.repeat((width * height) as usize);
                for sigma in [0.5, 3.0, 200.0] {
                    assert_eq!(through(Blur::new(shape, sigma), shape, &image), image, "{pixel:?} {sigma}");
                }
            }
        }
    }

    #[test]
    fn hidden_colours_do_not_bleed() {
        let image: Vec<u8> =
            (0..400).flat_map(|i| if i % 20 < 10 { [0, 200, 0, 255] } else { [255, 0, 90, 0] }).collect();
        for sigma in [0.8, 4.0] {
            let rows = through(Blur::new(rgba(20, 20), sigma), rgba(20, 20), &image);
            let visible = rows.as_chunks::<4>().0.iter().filter(|pixel| pixel[3] > 0);
            assert!(visible.clone().count() > 200);
            assert!(visible.clone().all(|pixel| pixel[..3] == [0, 200, 0]), "{sigma}");
        }
    }

    #[test]
    fn a_gradient_shows_no_bands() {
        let image: Vec<u8> = (0..10).flat_map(|_| (0..=255).collect::<Vec<u8>>()).collect();
        let rows = through(Blur::new(gray(256, 10), 6.0), gray(256, 10), &image);
        for (x, value) in (0..=255u8).enumerate().skip(25).take(206) {
            assert_eq!(rows[x], value);
        }
    }

    #[test]
    fn an_edge_is_as_soft_as_the_bell_says() {
        let image: Vec<u8> = (0..20).flat_map(|_| (0..60).map(|x| if x < 30 { 0 } else { 255 })).collect();
        let rows = through(Blur::new(gray(60, 20), 5.0), gray(60, 20), &image);
        // The integral of the normal distribution at -10, -5, 0, 5 and 10 pixels, which are two standard deviations.
        for (x, share) in [(20, 0.0287), (25, 0.1841), (29, 0.4602), (34, 0.8159), (39, 0.9713)] {
            let off = f64::from(rows[600 + x]) - 255.0 * share;
            assert!(off.abs() < 2.5, "{x}: {off}");
        }
    }
}
