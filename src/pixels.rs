//! How the samples of a row are laid out.

/// The channels of a row of 8-bit samples, interleaved, alpha not premultiplied.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Channels {
    /// Lightness.
    Gray,
    /// Lightness and alpha.
    GrayAlpha,
    /// Red, green and blue.
    Rgb,
    /// Red, green, blue and alpha.
    Rgba,
}

impl Channels {
    /// Number of channels.
    pub fn count(self) -> usize {
        match self {
            Self::Gray => 1,
            Self::GrayAlpha => 2,
            Self::Rgb => 3,
            Self::Rgba => 4,
        }
    }

    /// Whether the last channel is alpha.
    pub fn has_alpha(self) -> bool {
        matches!(self, Self::GrayAlpha | Self::Rgba)
    }
}
