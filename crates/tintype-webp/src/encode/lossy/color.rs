//! Colours: to the YCbCr of WebP, which is that of BT.601 in its limited range.

/// A positive factor with 16 bits after the point, rounded. Evaluated by the compiler only, whose arithmetic is the same
/// on every host.
const fn fixed(factor: f64) -> i32 {
    (factor * 65536.0 + 0.5) as i32
}

/// Of 255 steps, luminance has 219, and colour differences have 224.
const LUMA: f64 = 219.0 / 255.0;
const CHROMA: f64 = 224.0 / 255.0;

const Y_R: i32 = fixed(0.299 * LUMA);
const Y_G: i32 = fixed(0.587 * LUMA);
const Y_B: i32 = fixed(0.114 * LUMA);
const CB_R: i32 = fixed(0.168736 * CHROMA);
const CB_G: i32 = CHROMA_MOST - CB_R;
const CR_G: i32 = CHROMA_MOST - CR_B;
const CR_B: i32 = fixed(0.081312 * CHROMA);
const CHROMA_MOST: i32 = fixed(0.5 * CHROMA);

/// The luminance of a pixel.
#[inline(always)]
pub(super) fn luma([r, g, b]: [u8; 3]) -> u8 {
    let sum = Y_R * i32::from(r) + Y_G * i32::from(g) + Y_B * i32::from(b);
    ((sum + (16 << 16) + (1 << 15)) >> 16) as u8
}

/// The colour differences of four times a mean of pixels.
#[inline(always)]
pub(super) fn chroma([r, g, b]: [i32; 3]) -> [u8; 2] {
    let (cb, cr) = (CHROMA_MOST * b - CB_R * r - CB_G * g, CHROMA_MOST * r - CR_G * g - CR_B * b);
    [cb, cr].map(|sum| ((sum + (128 << 18) + (1 << 17)) >> 18) as u8)
}

/// Luminance of JPEG's full range in the limited one.
#[inline(always)]
pub(super) fn limit_luma(sample: u8) -> u8 {
    const FACTOR: u32 = fixed(LUMA) as u32;
    ((u32::from(sample) * FACTOR + (16 << 16) + (1 << 15)) >> 16) as u8
}

/// Colour differences of JPEG's full range in the limited one.
#[inline(always)]
pub(super) fn limit_chroma(sample: u8) -> u8 {
    const FACTOR: u32 = fixed(CHROMA) as u32;
    const OFFSET: u32 = (128 << 16) - 128 * FACTOR + (1 << 15);
    ((u32::from(sample) * FACTOR + OFFSET) >> 16) as u8
}

/// What differences of red, green and blue make of Y, Cb and Cr.
#[inline(always)]
pub(super) fn differences([r, g, b]: [i32; 3]) -> [i32; 3] {
    let y = Y_R * r + Y_G * g + Y_B * b;
    let (cb, cr) = (CHROMA_MOST * b - CB_R * r - CB_G * g, CHROMA_MOST * r - CR_G * g - CR_B * b);
    [y >> 16, cb >> 16, cr >> 16]
}

/// A difference of lightness in the limited range.
#[inline(always)]
pub(super) fn limited(difference: i32) -> i32 {
    const FACTOR: i32 = fixed(LUMA);
    (difference * FACTOR + (1 << 15)) >> 16
}

/// The red, green and blue of samples with `BITS` bits after the point, at most 6, as decoders make it, in its range.
#[inline(always)]
pub(super) fn decode<const BITS: u32>(y: i32, [cb, cr]: [i32; 2]) -> [i32; 3] {
    const Y: i32 = fixed(1.0 / LUMA);
    const R_CR: i32 = fixed(1.402 / CHROMA);
    const G_CB: i32 = fixed(0.344136 / CHROMA);
    const G_CR: i32 = fixed(0.714136 / CHROMA);
    const B_CB: i32 = fixed(1.772 / CHROMA);
    let (y, cb, cr) = (y - (16 << BITS), cb - (128 << BITS), cr - (128 << BITS));
    let sums = [
        i64::from(Y) * i64::from(y) + i64::from(R_CR) * i64::from(cr),
        i64::from(Y) * i64::from(y) - i64::from(G_CB) * i64::from(cb) - i64::from(G_CR) * i64::from(cr),
        i64::from(Y) * i64::from(y) + i64::from(B_CB) * i64::from(cb),
    ];
    sums.map(|sum| (sum >> 16).clamp(0, 255 << BITS) as i32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gray_stays_gray_and_extremes_are_in_range() {
        for level in 0..=255u8 {
            assert_eq!(chroma([4 * i32::from(level); 3]), [128, 128]);
            assert_eq!(luma([level; 3]), limit_luma(level));
        }
        assert_eq!((luma([0; 3]), luma([255; 3])), (16, 235));
        assert_eq!(chroma([0, 0, 1020]), [240, 110]);
        assert_eq!(chroma([1020, 0, 0]), [90, 240]);
        assert_eq!([0, 128, 255].map(limit_chroma), [16, 128, 240]);
    }

    #[test]
    fn planes_of_jpeg_become_what_their_pixels_would() {
        // Pixels that JPEG's colours represent exactly enough.
        for (rgb, jpeg) in
            [([255, 0, 0], [76, 85, 255]), ([0, 128, 0], [75, 86, 74]), ([10, 20, 250], [43, 245, 104])]
        {
            let [y, cb, cr] = jpeg;
            let planes = [limit_luma(y), limit_chroma(cb), limit_chroma(cr)];
            let [own_cb, own_cr] = chroma(rgb.map(|sample| 4 * i32::from(sample)));
            let own = [luma(rgb), own_cb, own_cr];
            assert!(planes.iter().zip(own).all(|(a, b)| a.abs_diff(b) <= 1), "{planes:?} {own:?}");
        }
    }
}
