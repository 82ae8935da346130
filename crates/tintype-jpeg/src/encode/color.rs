//! Colour conversion and chroma averaging, a row at a time.

use crate::ycbcr::from_rgb::{BITS, CB_G, CB_R, CHROMA_OFFSET, CR_B, CR_G, HALF, Y_B, Y_G, Y_R};
use tintype_lanes::{I16x8, I32x4, Words};

/// Converts a row of RGB pixels. `y`, `cb` and `cr` are as long as the row has pixels.
pub(crate) fn rgb_to_ycbcr(rgb: &[u8], y: &mut [u8], cb: &mut [u8], cr: &mut [u8]) {
    convert_row::<Words>(rgb, y, cb, cr);
}

/// Averages pairs of samples. `out` is half as long as `row`.
///
/// A half rounds down and up by turns: a steady rounding would shift the plane's mean.
pub(crate) fn average_pairs(row: &[u8], out: &mut [u8]) {
    average_row::<Words>(row, out);
}

/// Averages squares of four samples, rounding by turns as [`average_pairs`] does. `out` is half as long as each row.
pub(crate) fn average_squares(upper: &[u8], lower: &[u8], out: &mut [u8]) {
    average_rows::<Words>(upper, lower, out);
}

/// The end of a row, which is shorter than what a kernel takes, followed by zeros.
fn padded<const N: usize>(rest: &[u8]) -> [u8; N] {
    let mut whole = [0; N];
    whole.iter_mut().zip(rest).for_each(|(to, from)| *to = *from);
    whole
}

/// Writes as much of `samples` as the end of a row has room for.
fn put(samples: &[u8; 16], rest: &mut [u8]) {
    rest.iter_mut().zip(samples).for_each(|(to, from)| *to = *from);
}

fn convert_row<V: I16x8>(rgb: &[u8], y: &mut [u8], cb: &mut [u8], cr: &mut [u8]) {
    let (pixels, rest) = rgb.as_chunks::<48>();
    let ((y, y_rest), (cb, cb_rest), (cr, cr_rest)) =
        (y.as_chunks_mut::<16>(), cb.as_chunks_mut::<16>(), cr.as_chunks_mut::<16>());
    for (((pixels, y), cb), cr) in pixels.iter().zip(y).zip(cb).zip(cr) {
        convert::<V>(pixels, y, cb, cr);
    }
    if !rest.is_empty() {
        let [mut y, mut cb, mut cr] = [[0; 16]; 3];
        convert::<V>(&padded(rest), &mut y, &mut cb, &mut cr);
        put(&y, y_rest);
        put(&cb, cb_rest);
        put(&cr, cr_rest);
    }
}

#[inline(always)]
fn convert<V: I16x8>(pixels: &[u8; 48], y: &mut [u8; 16], cb: &mut [u8; 16], cr: &mut [u8; 16]) {
    if let [first, last] = pixels.as_chunks::<24>().0 {
        let ([first_y, first_cb, first_cr], [last_y, last_cb, last_cr]) =
            (eight_pixels::<V>(first), eight_pixels::<V>(last));
        V::store_narrow(first_y, last_y, y);
        V::store_narrow(first_cb, last_cb, cb);
        V::store_narrow(first_cr, last_cr, cr);
    }
}

/// Y, Cb and Cr of eight pixels.
#[inline(always)]
fn eight_pixels<V: I16x8>(pixels: &[u8; 24]) -> [V; 3] {
    // A weight must fit 15 bits: green's of luminance is shared between both products, and a half is -0.5 subtracted.
    const SHARE: i32 = 1 << 14;
    let [red_green, green_blue] = V::rgb_pairs(pixels);
    let weights = |first: i32, second: i32| V::pair(first as i16, second as i16);
    let weigh = |rg: V, gb: V| {
        let sum = |a: V, b: V| rg.dot(a).add(gb.dot(b));
        let y = sum(weights(Y_R, Y_G - SHARE), weights(SHARE, Y_B));
        let cb = sum(weights(CB_R, CB_G), weights(0, -HALF));
        let cr = sum(weights(-HALF, CR_G), weights(0, CR_B));
        let offset = V::Wide::splat(CHROMA_OFFSET);
        [y.add(V::Wide::splat(HALF)), offset.sub(cb), offset.sub(cr)].map(|sum| sum.shr::<BITS>())
    };
    let ([rg, more_rg], [gb, more_gb]) = (red_green, green_blue);
    let ([y, cb, cr], [more_y, more_cb, more_cr]) = (weigh(rg, gb), weigh(more_rg, more_gb));
    [V::pack(y, more_y), V::pack(cb, more_cb), V::pack(cr, more_cr)]
}

fn average_row<V: I16x8>(row: &[u8], out: &mut [u8]) {
    let half = |samples: &[u8; 16]| V::add_neighbours(samples).add(V::pair(0, 1)).shr::<1>();
    let average = |pairs: &[u8; 32], out: &mut [u8; 16]| {
        if let [first, last] = pairs.as_chunks().0 {
            V::store_narrow(half(first), half(last), out);
        }
    };
    let ((pairs, rest), (out, out_rest)) = (row.as_chunks::<32>(), out.as_chunks_mut::<16>());
    pairs.iter().zip(out).for_each(|(pairs, out)| average(pairs, out));
    let mut last = [0; 16];
    average(&padded(rest), &mut last);
    put(&last, out_rest);
}

fn average_rows<V: I16x8>(upper: &[u8], lower: &[u8], out: &mut [u8]) {
    let quarter = |upper: &[u8; 16], lower: &[u8; 16]| {
        V::add_neighbours(upper).add(V::add_neighbours(lower)).add(V::pair(1, 2)).shr::<2>()
    };
    let average = |upper: &[u8; 32], lower: &[u8; 32], out: &mut [u8; 16]| {
        if let ([a, b], [c, d]) = (upper.as_chunks().0, lower.as_chunks().0) {
            V::store_narrow(quarter(a, c), quarter(b, d), out);
        }
    };
    let ((upper, upper_rest), (lower, lower_rest)) = (upper.as_chunks::<32>(), lower.as_chunks::<32>());
    let (out, out_rest) = out.as_chunks_mut::<16>();
    upper.iter().zip(lower).zip(out).for_each(|((upper, lower), out)| average(upper, lower, out));
    let mut last = [0; 16];
    average(&padded(upper_rest), &padded(lower_rest), &mut last);
    put(&last, out_rest);
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;
    use alloc::vec::Vec;
    use tintype_lanes::scalar;

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
    fn every_kernel_gives_the_same_bits_on_simd_and_scalar_for_rows_of_every_length() {
        fn run<V: I16x8>(pixels: usize) -> [Vec<u8>; 5] {
            let mut outs = [(); 5].map(|()| vec![0; pixels]);
            let [y, cb, cr, pairs, squares] = &mut outs;
            convert_row::<V>(&noise(pixels * 3), y, cb, cr);
            let row = noise(pixels * 4);
            let (upper, lower) = row.split_at(pixels * 2);
            average_row::<V>(upper, pairs);
            average_rows::<V>(upper, lower, squares);
            outs
        }
        for pixels in (0..70).chain([4096]) {
            assert_eq!(run::<Words>(pixels), run::<scalar::Words>(pixels), "{pixels} pixels");
        }
    }

    #[test]
    fn every_kernel_rounds_as_it_says() {
        let pixels = 37;
        let rgb = noise(pixels * 3);
        let mut planes = [(); 3].map(|()| vec![0; pixels]);
        let [y, cb, cr] = &mut planes;
        rgb_to_ycbcr(&rgb, y, cb, cr);
        for (i, pixel) in rgb.chunks(3).enumerate() {
            let [r, g, b] = [0, 1, 2].map(|channel| i32::from(pixel[channel]));
            assert_eq!(i32::from(y[i]), (Y_R * r + Y_G * g + Y_B * b + HALF) >> BITS);
            assert_eq!(i32::from(cb[i]), (CHROMA_OFFSET - CB_R * r - CB_G * g + HALF * b) >> BITS);
            assert_eq!(i32::from(cr[i]), (CHROMA_OFFSET + HALF * r - CR_G * g - CR_B * b) >> BITS);
        }
        let (upper, lower) = (noise(2 * pixels), noise(4 * pixels).split_off(2 * pixels));
        let [mut pairs, mut squares] = [vec![0; pixels], vec![0; pixels]];
        average_pairs(&upper, &mut pairs);
        average_squares(&upper, &lower, &mut squares);
        for i in 0..pixels {
            let sum = |row: &[u8]| usize::from(row[2 * i]) + usize::from(row[2 * i + 1]);
            assert_eq!(usize::from(pairs[i]), (sum(&upper) + i % 2) / 2);
            assert_eq!(usize::from(squares[i]), (sum(&upper) + sum(&lower) + 1 + i % 2) / 4);
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
