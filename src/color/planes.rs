//! Converts YCbCr with chroma at half of the width and height, without making whole pixels of it.

use super::convert::{ByMatrix, Conversion, Grid};
use super::curve::ENTRIES;
use crate::pixels::narrow;

/// Samples of chroma that are converted at once, and the pixels of a row that share them.
const CHROMA: usize = 8;
pub(crate) const LUMA: usize = 2 * CHROMA;

/// The red, green and blue of neighbouring pixels.
pub(super) type Colors<T> = [[T; LUMA]; 3];

/// Bits of a colour on its way to a table.
const BITS: u32 = ENTRIES.ilog2();

/// Converts colours with [`BITS`] bits to those of sRGB.
trait Convert {
    fn convert(&self, colors: &Colors<u16>) -> Colors<u8>;
}

impl Conversion<u8> {
    /// Converts two rows of luminance and the rows of Cb and Cr that they share. Rows of luminance are a multiple of
    /// [`LUMA`] long, rows of chroma half of that.
    pub(crate) fn convert_planes(&self, from: [&[u16]; 4], to: [&mut [u8]; 4]) {
        match self {
            Self::Matrix(by_matrix) => convert_rows(&**by_matrix, from, to),
            Self::Rgb(grid) => convert_rows(grid, from, to),
            // Those of no colours that are stored as YCbCr.
            Self::Gray(_) | Self::Cmyk(_) => (),
        }
    }
}

fn convert_rows(conversion: &dyn Convert, [upper, lower, cb, cr]: [&[u16]; 4], to: [&mut [u8]; 4]) {
    let [to_upper, to_lower, to_cb, to_cr] = to;
    let luma = upper.as_chunks().0.iter().zip(lower.as_chunks().0);
    let chroma = cb.as_chunks().0.iter().zip(cr.as_chunks().0);
    let to_luma = to_upper.as_chunks_mut().0.iter_mut().zip(to_lower.as_chunks_mut().0);
    let to_chroma = to_cb.as_chunks_mut().0.iter_mut().zip(to_cr.as_chunks_mut().0);
    for (((luma, chroma), to_luma), to_chroma) in luma.zip(chroma).zip(to_luma).zip(to_chroma) {
        let differences = differences(chroma.0, chroma.1);
        let upper = conversion.convert(&colors(luma.0, &differences));
        let lower = conversion.convert(&colors(luma.1, &differences));
        *to_luma.0 = luminance(&upper);
        *to_luma.1 = luminance(&lower);
        [*to_chroma.0, *to_chroma.1] = mean_chroma(&upper, &lower);
    }
}

/// What red, green and blue have more than luminance (ITU-T T.871, section 7), each for two neighbours.
fn differences(cb: &[u16; CHROMA], cr: &[u16; CHROMA]) -> Colors<i16> {
    let mut differences = [[[0; 2]; CHROMA]; 3];
    let [red, green, blue] = &mut differences;
    for ((((red, green), blue), &cb), &cr) in red.iter_mut().zip(green).zip(blue).zip(cb).zip(cr) {
        let (cb, cr) = (i32::from(cb) - 128 * 257, i32::from(cr) - 128 * 257);
        // Two of the 14 fractional bits, and two bits of the samples, are dropped.
        let difference = |sum: i32| [((sum + (1 << 15)) >> 16) as i16; 2];
        // 1.402, 0.344136 and 0.714136, 1.772
        *red = difference(22_970 * cr);
        *green = difference(-5638 * cb - 11_700 * cr);
        *blue = difference(29_032 * cb);
    }
    let mut flat = [[0; LUMA]; 3];
    for (flat, pairs) in flat.iter_mut().zip(&differences) {
        flat.copy_from_slice(pairs.as_flattened());
    }
    flat
}

/// The colours of pixels with this luminance.
fn colors(luma: &[u16; LUMA], differences: &Colors<i16>) -> Colors<u16> {
    const MOST: i16 = ENTRIES as i16 - 1;
    differences.map(|channel| {
        let mut colors = [0; LUMA];
        for ((color, luma), difference) in colors.iter_mut().zip(luma).zip(channel) {
            *color = ((luma >> (16 - BITS)) as i16 + difference).clamp(0, MOST) as u16;
        }
        colors
    })
}

/// ITU-T T.871, section 7, in 16 fractional bits: 0.299, 0.587 and 0.114 of red, green and blue. As these add up to 1, what
/// red and blue have more than green is enough.
fn luminance([red, green, blue]: &Colors<u8>) -> [u8; LUMA] {
    let mut luma = [0; LUMA];
    for (((luma, &red), &green), &blue) in luma.iter_mut().zip(red).zip(green).zip(blue) {
        let green = i16::from(green);
        let (red, blue) = (i16::from(red) - green, i16::from(blue) - green);
        let more = (19_595 * i32::from(red) + 7471 * i32::from(blue) + (1 << 15)) >> 16;
        *luma = (green + more as i16) as u8;
    }
    luma
}

/// Cb and Cr of the mean of two by two pixels, in 18 fractional bits, as four pixels are summed.
fn mean_chroma(upper: &Colors<u8>, lower: &Colors<u8>) -> [[u8; CHROMA]; 2] {
    // The offset of 128, and just less than a half, so that the largest difference does not round up to 256.
    const OFFSET: i32 = (128 << 18) + (1 << 17) - 1;
    let mut sums = [[0; CHROMA]; 3];
    for ((sums, upper), lower) in sums.iter_mut().zip(upper).zip(lower) {
        let pairs = upper.as_chunks().0.iter().zip(lower.as_chunks().0);
        sums.iter_mut().zip(pairs).for_each(|(sum, (upper, lower))| *sum = pair(upper) + pair(lower));
    }
    let [red, green, blue] = sums;
    let [mut cb, mut cr] = [[0; CHROMA]; 2];
    let to = cb.iter_mut().zip(&mut cr);
    for ((((cb, cr), red), green), blue) in to.zip(red).zip(green).zip(blue) {
        // -0.16874 of red, -0.33126 of green and 0.5 of blue; 0.5, -0.41869 and -0.08131. Both add up to 0.
        let [more_blue, blue_red] = [blue - green, blue - red].map(i32::from);
        let more_red = i32::from(red - green);
        *cb = ((OFFSET + 11_059 * blue_red + 21_709 * more_blue) >> 18) as u8;
        *cr = ((OFFSET - 5329 * blue_red + 27_439 * more_red) >> 18) as u8;
    }
    [cb, cr]
}

/// The sum of two samples. They are taken as one number, which compilers find easier to do with many at once.
fn pair(samples: &[u8; 2]) -> i16 {
    let both = u16::from_le_bytes(*samples);
    ((both & 0xff) + (both >> 8)) as i16
}

impl Convert for ByMatrix<u8> {
    fn convert(&self, colors: &Colors<u16>) -> Colors<u8> {
        let mut light = [[0; LUMA]; 3];
        for ((light, curve), colors) in light.iter_mut().zip(self.curves()).zip(colors) {
            *light = colors.map(|color| curve.entry(color));
        }
        let [red, green, blue] = light;
        let mut sums = [[0; LUMA]; 3];
        let [to_red, to_green, to_blue] = &mut sums;
        let to = to_red.iter_mut().zip(to_green).zip(to_blue);
        for (((((to_red, to_green), to_blue), red), green), blue) in to.zip(red).zip(green).zip(blue) {
            [*to_red, *to_green, *to_blue] =
                self.weights.sums([red, green, blue].map(i32::from)).map(|sum| sum >> (16 - BITS));
        }
        sums.map(|sums| sums.map(|sum| self.srgb.entry(sum)))
    }
}

impl Convert for Grid<3> {
    fn convert(&self, colors: &Colors<u16>) -> Colors<u8> {
        let [red, green, blue] = colors;
        let mut to = [[0; LUMA]; 3];
        let [to_red, to_green, to_blue] = &mut to;
        let places = to_red.iter_mut().zip(to_green).zip(to_blue);
        for (((((to_red, to_green), to_blue), &red), &green), &blue) in places.zip(red).zip(green).zip(blue) {
            let sample = |color: u16| color << (16 - BITS) | color >> (2 * BITS - 16);
            [*to_red, *to_green, *to_blue] = self.convert([red, green, blue].map(sample)).map(narrow);
        }
        to
    }
}

#[cfg(test)]
mod tests {
    use super::super::Model;
    use super::super::space::{Chromaticities, Space, Transfer};
    use super::*;
    use crate::pixels::Channels;

    /// Four pixels of one chroma, and what they become as planes, a pixel at a time.
    fn one_by_one(conversion: &Conversion<u8>, luma: [u16; 4], cb: u16, cr: u16) -> ([f64; 4], [f64; 2]) {
        let (cb, cr) = (f64::from(cb) - 32_896.0, f64::from(cr) - 32_896.0);
        let colors = luma.map(|y| {
            let [red, green, blue] = [1.402 * cr, -0.344_136 * cb - 0.714_136 * cr, 1.772 * cb];
            let row =
                [red, green, blue].map(|more| (f64::from(y) + more).round().clamp(0.0, 65_535.0) as u16);
            let mut out = Vec::new();
            conversion.convert(Channels::Rgb, &row, &mut out);
            out.iter().map(|&sample| f64::from(sample)).collect::<Vec<_>>()
        });
        let weigh =
            |color: &Vec<f64>, weights: [f64; 3]| color.iter().zip(weights).map(|(a, b)| a * b).sum::<f64>();
        let mean = |weights| 128.0 + colors.iter().map(|color| weigh(color, weights)).sum::<f64>() / 4.0;
        let luma = colors.each_ref().map(|color| weigh(color, [0.299, 0.587, 0.114]));
        (luma, [mean([-0.168_74, -0.331_26, 0.5]), mean([0.5, -0.418_69, -0.081_31])])
    }

    fn wide(transfer: Transfer) -> Conversion<u8> {
        let p3 = Chromaticities {
            red: [0.68, 0.32],
            green: [0.265, 0.69],
            blue: [0.15, 0.06],
            ..Chromaticities::BT709
        };
        Conversion::new(&Space::of_chromaticities(p3, transfer, Model::Rgb).unwrap()).unwrap()
    }

    #[test]
    fn planes_have_the_colours_that_their_pixels_would_have() {
        for conversion in [wide(Transfer::Srgb), wide(Transfer::Gamma(1.8))] {
            let mut seed = 1_u32;
            let mut next = || {
                seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                (seed >> 16) as u16
            };
            for _ in 0..200 {
                let [upper, lower]: [[u16; LUMA]; 2] =
                    core::array::from_fn(|_| core::array::from_fn(|_| next()));
                let [cb, cr]: [[u16; CHROMA]; 2] = core::array::from_fn(|_| core::array::from_fn(|_| next()));
                let mut to = [vec![0; LUMA], vec![0; LUMA], vec![0; CHROMA], vec![0; CHROMA]];
                conversion.convert_planes([&upper, &lower, &cb, &cr], to.each_mut().map(Vec::as_mut_slice));
                for at in 0..CHROMA {
                    let (x, y) = (2 * at, 2 * at + 1);
                    let (luma, chroma) =
                        one_by_one(&conversion, [upper[x], upper[y], lower[x], lower[y]], cb[at], cr[at]);
                    let made = [to[0][x], to[0][y], to[1][x], to[1][y], to[2][at], to[3][at]];
                    for (made, exact) in made.into_iter().zip(luma.into_iter().chain(chroma)) {
                        assert!((f64::from(made) - exact).abs() < 1.6, "{made}, not {exact}");
                    }
                }
            }
        }
    }

    #[test]
    fn gray_stays_gray() {
        let conversion = wide(Transfer::Srgb);
        for start in (0..4096).step_by(LUMA) {
            let luma: [u16; LUMA] = core::array::from_fn(|at| ((start + at) * 65_535 / 4095) as u16);
            let chroma = [128 * 257; CHROMA];
            let mut to = [vec![0; LUMA], vec![0; LUMA], vec![0; CHROMA], vec![0; CHROMA]];
            conversion.convert_planes([&luma, &luma, &chroma, &chroma], to.each_mut().map(Vec::as_mut_slice));
            assert_eq!(to[2..], [[128; CHROMA]; 2]);
            for (made, luma) in to[0].iter().zip(luma) {
                assert!(made.abs_diff(narrow(luma)) <= 1);
            }
        }
    }
}
