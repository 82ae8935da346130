//! Colour conversion and chroma averaging, a row at a time.

#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
use super::simd128 as kernels;
#[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
use scalar as kernels;

/// Converts a row of RGB pixels. `y`, `cb` and `cr` are as long as the row has pixels.
pub(super) fn rgb_to_ycbcr(rgb: &[u8], y: &mut [u8], cb: &mut [u8], cr: &mut [u8]) {
    kernels::rgb_to_ycbcr(rgb, y, cb, cr);
}

/// Averages pairs of samples. `out` is half as long as `row`.
pub(super) fn average_pairs(row: &[u8], out: &mut [u8]) {
    kernels::average_pairs(row, out);
}

/// Averages squares of four samples. `out` is half as long as each row.
pub(super) fn average_squares(upper: &[u8], lower: &[u8], out: &mut [u8]) {
    kernels::average_squares(upper, lower, out);
}

pub(super) mod scalar {
    use crate::ycbcr::from_rgb::{CB_G, CB_R, CHROMA_OFFSET, CR_B, CR_G, HALF, Y_B, Y_G, Y_R};

    pub fn rgb_to_ycbcr(rgb: &[u8], y: &mut [u8], cb: &mut [u8], cr: &mut [u8]) {
        let (pixels, _) = rgb.as_chunks::<3>();
        for (((&[r, g, b], y), cb), cr) in pixels.iter().zip(y).zip(cb).zip(cr) {
            let (r, g, b) = (i32::from(r), i32::from(g), i32::from(b));
            *y = ((Y_R * r + Y_G * g + Y_B * b + HALF) >> 16) as u8;
            *cb = ((CHROMA_OFFSET - CB_R * r - CB_G * g + HALF * b) >> 16) as u8;
            *cr = ((CHROMA_OFFSET + HALF * r - CR_G * g - CR_B * b) >> 16) as u8;
        }
    }

    /// A half rounds down and up by turns: a steady rounding would shift the plane's mean.
    pub fn average_pairs(row: &[u8], out: &mut [u8]) {
        let (pairs, _) = row.as_chunks::<2>();
        for ((i, &[a, b]), out) in pairs.iter().enumerate().zip(out) {
            *out = ((u16::from(a) + u16::from(b) + (i & 1) as u16) >> 1) as u8;
        }
    }

    /// Rounds by turns as [`average_pairs`] does.
    pub fn average_squares(upper: &[u8], lower: &[u8], out: &mut [u8]) {
        let (upper, _) = upper.as_chunks::<2>();
        let (lower, _) = lower.as_chunks::<2>();
        for (((i, &[a, b]), &[c, d]), out) in upper.iter().enumerate().zip(lower).zip(out) {
            let sum = u16::from(a) + u16::from(b) + u16::from(c) + u16::from(d);
            *out = ((sum + 1 + (i & 1) as u16) >> 2) as u8;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;
    use alloc::vec::Vec;

    type Convert = fn(&[u8], &mut [u8], &mut [u8], &mut [u8]);

    fn noise(length: usize) -> Vec<u8> {
        let mut state = 0xA5A5_5A5A_1357_9BDFu64;
        let mut next = || {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            state as u8
        };
        (0..length).map(|_| next()).collect()
    }

    #[test]
    fn primaries_convert_as_the_standard_says() {
        let convert = |rgb: [u8; 3]| {
            let (mut y, mut cb, mut cr) = ([0], [0], [0]);
            rgb_to_ycbcr(&rgb, &mut y, &mut cb, &mut cr);
            [y[0], cb[0], cr[0]]
        };
        assert_eq!(convert([0, 0, 0]), [0, 128, 128]);
        assert_eq!(convert([255, 255, 255]), [255, 128, 128]);
        assert_eq!(convert([255, 0, 0]), [76, 85, 255]);
        assert_eq!(convert([0, 255, 0]), [150, 44, 21]);
        assert_eq!(convert([0, 0, 255]), [29, 255, 107]);
    }

    #[test]
    fn the_vector_kernels_give_the_bits_of_the_scalar_ones() {
        for pixels in [0, 1, 15, 16, 17, 33, 64, 100, 4096] {
            let rgb = noise(pixels * 3);
            let convert = |kernel: Convert| {
                let mut planes = [vec![0; pixels], vec![0; pixels], vec![0; pixels]];
                let [y, cb, cr] = &mut planes;
                kernel(&rgb, y, cb, cr);
                planes
            };
            assert_eq!(convert(kernels::rgb_to_ycbcr), convert(scalar::rgb_to_ycbcr));

            let row = noise(pixels * 4);
            let (upper, lower) = row.split_at(pixels * 2);
            let (mut a, mut b) = (vec![0; pixels], vec![0; pixels]);
            kernels::average_pairs(upper, &mut a);
            scalar::average_pairs(upper, &mut b);
            assert_eq!(a, b);
            kernels::average_squares(upper, lower, &mut a);
            scalar::average_squares(upper, lower, &mut b);
            assert_eq!(a, b);
        }
    }

    #[test]
    fn averages_do_not_shift_the_mean() {
        let (upper, lower) = (noise(20000), noise(30000));
        let lower = &lower[10000..];
        let mean = |samples: &[u8]| samples.iter().map(|&s| f64::from(s)).sum::<f64>() / samples.len() as f64;
        let mut out = vec![0; 10000];
        average_squares(&upper, lower, &mut out);
        let exact = (mean(&upper) + mean(lower)) / 2.0;
        assert!((mean(&out) - exact).abs() < 0.05);
        average_pairs(&upper, &mut out);
        assert!((mean(&out) - mean(&upper)).abs() < 0.05);
    }
}
