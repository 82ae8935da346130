//! The colour conversion of ITU-T T.871, clause 7, in fixed point.

/// A positive factor with `bits` after the point, rounded. Evaluated by the compiler only, whose arithmetic is the same
/// on every host.
const fn fixed(factor: f64, bits: u32) -> i32 {
    (factor * (1u32 << bits) as f64 + 0.5) as i32
}

/// From YCbCr:
///
/// ```text
/// R = Y                + 1.402    Cr
/// G = Y - 0.344136 Cb  - 0.714136 Cr
/// B = Y + 1.772    Cb
/// ```
///
/// with Cb and Cr around 0.
pub(crate) mod to_rgb {
    use super::fixed;

    /// Bits after the point, so that factors fit 16.
    pub(crate) const BITS: u32 = 14;
    pub(crate) const ONE: i16 = 1 << BITS;
    pub(crate) const HALF: i16 = 1 << (BITS - 1);
    pub(crate) const R_CR: i16 = fixed(1.402, BITS) as i16;
    pub(crate) const G_CB: i16 = -fixed(0.344136, BITS) as i16;
    pub(crate) const G_CR: i16 = -fixed(0.714136, BITS) as i16;
    /// The factor less 1, as the factor itself does not fit 16 bits.
    pub(crate) const B_CB_LESS_ONE: i16 = fixed(0.772, BITS) as i16;
}

/// To YCbCr:
///
/// ```text
/// Y  =  0.299   R + 0.587   G + 0.114   B
/// Cb = -0.16874 R - 0.33126 G + 0.5     B + 128
/// Cr =  0.5     R - 0.41869 G - 0.08131 B + 128
/// ```
///
/// Factors are without their sign.
pub(crate) mod from_rgb {
    use super::fixed;

    /// Bits after the point.
    pub(crate) const BITS: u32 = 16;
    pub(crate) const Y_R: i32 = fixed(0.299, BITS);
    pub(crate) const Y_G: i32 = fixed(0.587, BITS);
    pub(crate) const Y_B: i32 = fixed(0.114, BITS);
    pub(crate) const CB_R: i32 = fixed(0.16874, BITS);
    pub(crate) const CB_G: i32 = fixed(0.33126, BITS);
    pub(crate) const CR_G: i32 = fixed(0.41869, BITS);
    pub(crate) const CR_B: i32 = fixed(0.08131, BITS);
    pub(crate) const HALF: i32 = fixed(0.5, BITS);
    /// The offset of 128, and just less than a half, so that the largest difference does not round up to 256.
    pub(crate) const CHROMA_OFFSET: i32 = (128 << BITS) + HALF - 1;

    // A gray pixel stays gray.
    const _: () = assert!(Y_R + Y_G + Y_B == 1 << BITS && CB_R + CB_G == HALF && CR_G + CR_B == HALF);
}
