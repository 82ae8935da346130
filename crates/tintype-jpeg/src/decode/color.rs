//! Rows of components to rows of pixels.

use super::header::ColorModel;
use crate::ycbcr::to_rgb::{B_CB_LESS_ONE, BITS, G_CB, G_CR, HALF, ONE, R_CR};
use tintype_lanes::{I16x8, I32x4, Words};

/// Writes a row of pixels, of as many bytes each as `model` becomes: see [`Output`](super::Output::Interleaved).
pub(crate) fn interleave(model: ColorModel, rows: [&[u8]; 4], out: &mut [u8]) {
    let [a, b, c, d] = rows;
    match model {
        ColorModel::Gray | ColorModel::Unknown => out.copy_from_slice(a.get(..out.len()).unwrap_or_default()),
        ColorModel::YCbCr => ycc_row::<Words>([a, b, c], out),
        ColorModel::Rgb => {
            for (pixel, ((&r, &g), &b)) in out.as_chunks_mut::<3>().0.iter_mut().zip(a.iter().zip(b).zip(c)) {
                *pixel = [r, g, b];
            }
        }
        ColorModel::Cmyk => {
            let inks = a.iter().zip(b).zip(c).zip(d);
            for (pixel, (((&c, &m), &y), &k)) in out.as_chunks_mut::<3>().0.iter_mut().zip(inks) {
                *pixel = without_inks([c, m, y].map(|left| 255 - left), 255 - k);
            }
        }
        ColorModel::Ycck => {
            ycc_row::<Words>([a, b, c], out);
            for (pixel, &k) in out.as_chunks_mut::<3>().0.iter_mut().zip(d) {
                *pixel = without_inks(*pixel, 255 - k);
            }
        }
    }
}

/// The same, but four inks stay as they are: see [`Output::Inks`](super::Output::Inks).
pub(crate) fn interleave_inks(model: ColorModel, rows: [&[u8]; 4], out: &mut [u8]) {
    let [a, b, c, d] = rows;
    match model {
        ColorModel::Cmyk => {
            let pixels = out.as_chunks_mut::<4>().0.iter_mut();
            for (pixel, (((&c, &m), &y), &k)) in pixels.zip(a.iter().zip(b).zip(c).zip(d)) {
                *pixel = [c, m, y, k].map(|left| 255 - left);
            }
        }
        ColorModel::Ycck => {
            let mut colors = [0; 3 * YCCK_PIXELS];
            let parts = a.chunks(YCCK_PIXELS).zip(b.chunks(YCCK_PIXELS)).zip(c.chunks(YCCK_PIXELS));
            let parts = parts.zip(d.chunks(YCCK_PIXELS)).zip(out.chunks_mut(4 * YCCK_PIXELS));
            for ((((a, b), c), d), out) in parts {
                let length = out.len() / 4 * 3;
                ycc_row::<Words>([a, b, c], colors.get_mut(..length).unwrap_or_default());
                let inks = colors.as_chunks::<3>().0.iter().zip(d);
                for (pixel, (&[r, g, b], &k)) in out.as_chunks_mut::<4>().0.iter_mut().zip(inks) {
                    *pixel = [r, g, b, 255 - k];
                }
            }
        }
        _ => interleave(model, rows, out),
    }
}

/// Pixels of YCCK that are converted at once.
const YCCK_PIXELS: usize = 64;

/// The colour that four inks leave of white.
fn without_inks(inks: [u8; 3], black: u8) -> [u8; 3] {
    let left = |ink: u8| u32::from(255 - ink);
    inks.map(|ink| {
        let product = left(ink) * left(black);
        // Division by 255, rounded; exact for products of bytes.
        ((product + 128 + ((product + 128) >> 8)) >> 8) as u8
    })
}

fn ycc_row<V: I16x8>(rows: [&[u8]; 3], out: &mut [u8]) {
    let [(y, y_rest), (cb, cb_rest), (cr, cr_rest)] = rows.map(|row| row.as_chunks::<8>());
    let mut pixels = out.as_chunks_mut::<24>().0.iter_mut();
    let mut done = 0;
    for (((pixels, y), cb), cr) in (&mut pixels).zip(y).zip(cb).zip(cr) {
        *pixels = ycc_pixels::<V>(y, cb, cr);
        done += 1;
    }
    // The rows may be longer than the output, which ends within eight pixels here.
    let rest = out.get_mut(24 * done..).unwrap_or_default();
    let tail = |whole: &[[u8; 8]], rest: &[u8]| {
        let mut padded = [0; 8];
        match whole.get(done) {
            Some(chunk) => padded = *chunk,
            None => padded.iter_mut().zip(rest).for_each(|(to, from)| *to = *from),
        }
        padded
    };
    let last = ycc_pixels::<V>(&tail(y, y_rest), &tail(cb, cb_rest), &tail(cr, cr_rest));
    rest.iter_mut().zip(last).for_each(|(to, from)| *to = from);
}

/// Eight pixels: R = Y + 1.402·Cr, G = Y - 0.344·Cb - 0.714·Cr, B = Y + 1.772·Cb, with Cb and Cr around 0.
#[inline(always)]
fn ycc_pixels<V: I16x8>(y: &[u8; 8], cb: &[u8; 8], cr: &[u8; 8]) -> [u8; 24] {
    let centre = V::splat(-128);
    let (y, cb, cr) = (V::widen(y), V::widen(cb).add(centre), V::widen(cr).add(centre));
    let one = V::splat(1);
    let rounding = V::Wide::splat(i32::from(HALF));
    let weigh = |a: V, b: V, weights: V| (a.zip_low(b).dot(weights), a.zip_high(b).dot(weights));
    let finish = |low: V::Wide, high: V::Wide| V::pack(low.shr::<BITS>(), high.shr::<BITS>());

    let red = weigh(y, cr, V::pair(ONE, R_CR));
    let red = finish(red.0.add(rounding), red.1.add(rounding));
    let green = weigh(y, cb, V::pair(ONE, G_CB));
    let more_green = weigh(cr, one, V::pair(G_CR, HALF));
    let green = finish(green.0.add(more_green.0), green.1.add(more_green.1));
    let blue = weigh(y.add(cb), cb, V::pair(ONE, B_CB_LESS_ONE));
    let blue = finish(blue.0.add(rounding), blue.1.add(rounding));

    let [red, green] = V::narrow(red, green).map(u64::to_le_bytes);
    let [blue, _] = V::narrow(blue, blue).map(u64::to_le_bytes);
    let mut pixels = [0; 24];
    for (pixel, ((&r, &g), &b)) in
        pixels.as_chunks_mut::<3>().0.iter_mut().zip(red.iter().zip(&green).zip(&blue))
    {
        *pixel = [r, g, b];
    }
    pixels
}

#[cfg(test)]
mod tests {
    use super::*;
    use tintype_lanes::scalar;

    #[test]
    fn every_color_is_within_one_level_of_the_exact_conversion_and_the_same_on_simd_and_scalar() {
        for y in (0..=255u8).step_by(15) {
            for cb in (0..=255u8).step_by(17) {
                for cr in (0..=255u8).step_by(3) {
                    let native = ycc_pixels::<Words>(&[y; 8], &[cb; 8], &[cr; 8]);
                    assert_eq!(native, ycc_pixels::<scalar::Words>(&[y; 8], &[cb; 8], &[cr; 8]));
                    let (y, cb, cr) = (f64::from(y), f64::from(cb) - 128.0, f64::from(cr) - 128.0);
                    let exact = [y + 1.402 * cr, y - 0.344136 * cb - 0.714136 * cr, y + 1.772 * cb];
                    for (got, exact) in native.into_iter().zip(exact) {
                        assert!((f64::from(got) - exact.clamp(0.0, 255.0)).abs() < 0.52);
                    }
                }
            }
        }
    }

    #[test]
    fn inks_leave_the_colours_that_interleaved_pixels_have() {
        let rows: [[u8; 100]; 4] =
            core::array::from_fn(|row| core::array::from_fn(|x| (x * 37 + row * 91) as u8));
        let rows = rows.each_ref().map(|row| row.as_slice());
        for model in [ColorModel::Cmyk, ColorModel::Ycck] {
            let (mut inks, mut colors) = ([0; 400], [0; 300]);
            interleave_inks(model, rows, &mut inks);
            interleave(model, rows, &mut colors);
            for (&[c, m, y, k], color) in inks.as_chunks::<4>().0.iter().zip(colors.as_chunks::<3>().0) {
                assert_eq!(without_inks([c, m, y], k), *color);
            }
        }
    }

    #[test]
    fn four_components_of_255_are_no_ink_and_each_ink_takes_its_colour_away() {
        for (stored, color) in [
            ([255; 4], [255; 3]),
            ([0, 255, 255, 255], [0, 255, 255]),
            ([255, 0, 255, 255], [255, 0, 255]),
            ([255, 255, 0, 255], [255, 255, 0]),
            ([255, 255, 255, 0], [0; 3]),
        ] {
            let mut out = [7; 3];
            let rows = stored.each_ref().map(core::slice::from_ref);
            interleave(ColorModel::Cmyk, rows, &mut out);
            assert_eq!(out, color, "{stored:?}");
        }
    }

    #[test]
    fn rows_of_every_length_are_converted_to_their_end() {
        let rows: [[u8; 40]; 3] =
            core::array::from_fn(|row| core::array::from_fn(|x| (x * 37 + row * 91) as u8));
        for length in 1..=40 {
            let mut out = [0; 120];
            let [y, cb, cr] = &rows;
            ycc_row::<Words>([&y[..length], &cb[..length], &cr[..length]], &mut out[..3 * length]);
            for x in 0..length {
                let one = ycc_pixels::<Words>(&[y[x]; 8], &[cb[x]; 8], &[cr[x]; 8]);
                assert_eq!(out[3 * x..3 * x + 3], one[..3]);
            }
        }
    }
}
