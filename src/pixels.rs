//! How the samples of an image are laid out.

/// The samples of an image, from decoder to encoder: in one plane or in several, which are called lanes on the way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Layout {
    /// One lane whose rows hold all channels of each pixel.
    Interleaved(Channels),
    /// Three lanes of one channel each, as JPEG stores them: luminance and two colour differences (ITU-T T.871, section 7).
    YCbCr,
}

impl Layout {
    /// Number of lanes.
    pub(crate) fn lanes(self) -> usize {
        match self {
            Self::Interleaved(_) => 1,
            Self::YCbCr => 3,
        }
    }

    /// The channels of each lane.
    pub(crate) fn channels(self) -> Channels {
        match self {
            Self::Interleaved(channels) => channels,
            Self::YCbCr => Channels::Gray,
        }
    }
}

/// The channels of a row of 8-bit samples, interleaved, alpha not premultiplied.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Channels {
    /// Lightness, or another single quantity.
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
    pub(crate) fn count(self) -> usize {
        match self {
            Self::Gray => 1,
            Self::GrayAlpha => 2,
            Self::Rgb => 3,
            Self::Rgba => 4,
        }
    }

    /// Whether the last channel is alpha.
    pub(crate) fn has_alpha(self) -> bool {
        matches!(self, Self::GrayAlpha | Self::Rgba)
    }
}
