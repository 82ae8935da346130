//! How to encode.

pub use crate::encode::Effort;

/// What the rows of samples are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Input {
    /// Pixels of three bytes: red, green and blue.
    Rgb,
    /// Pixels of four bytes: red, green, blue and alpha, which says what matters; it is not part of the image data.
    Rgba,
    /// Planes of Y, Cb and Cr in the limited range of BT.601, as WebP has them; Cb and Cr at half the width and height,
    /// rounded up.
    Planes,
    /// As [`Input::Planes`], in the full range of JPEG (ITU-T T.871).
    JpegPlanes,
}

/// A plane of the image.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Plane {
    /// Luminance.
    Y,
    /// Blue difference.
    Cb,
    /// Red difference.
    Cr,
}

/// Everything about the image data but its samples.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Config {
    /// Quality, 0 to 100, on libwebp's scale; larger numbers count as 100.
    pub quality: u8,
    /// Work spent on size. Predictions in every mode are compared with the pixels, and the closest are weighed by their
    /// bits and their error: of the ten modes of a subblock two with [`Effort::Fast`] and four with [`Effort::Default`],
    /// and subblocks are given up as soon as they turn out no better than the whole. [`Effort::Best`] weighs all, and
    /// optimises coefficients before modes are chosen.
    pub effort: Effort,
    /// Whether colour differences, and luminance with them, are chosen so that what a decoder interpolates from them at
    /// full size is closest to the pixels in colour, and in lightness by linear light. This keeps thin lines of saturated
    /// colour, such as text, from fading. It takes more time, and has no effect on planes.
    pub sharp_chroma: bool,
}

impl Default for Config {
    /// Quality 75 and the default effort.
    fn default() -> Self {
        Self { quality: 75, effort: Effort::Default, sharp_chroma: false }
    }
}
