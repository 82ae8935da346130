//! How the samples of an image are laid out.

use crate::Color;

/// The samples of an image, from decoder to encoder: in one plane or in several, which are called lanes on the way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Layout {
    /// One lane whose rows hold all channels of each pixel.
    Interleaved(Channels),
    /// Three lanes of one channel each, as JPEG stores them: luminance and two colour differences (ITU-T T.871, section 7).
    YCbCr,
    /// One lane whose rows hold cyan, magenta, yellow and black of each pixel, more of which is darker. They become RGB.
    Inks,
}

impl Layout {
    /// Number of lanes.
    pub(crate) fn lanes(self) -> usize {
        match self {
            Self::Interleaved(_) | Self::Inks => 1,
            Self::YCbCr => 3,
        }
    }

    /// Samples of a pixel in each lane.
    pub(crate) fn samples(self) -> usize {
        match self {
            Self::Inks => 4,
            _ => self.channels().count(),
        }
    }

    /// The channels of each lane, once inks have become colours.
    pub(crate) fn channels(self) -> Channels {
        match self {
            Self::Interleaved(channels) => channels,
            Self::YCbCr => Channels::Gray,
            Self::Inks => Channels::Rgb,
        }
    }
}

/// The bits of a sample.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Depth {
    /// A byte.
    Eight,
    /// Two bytes, the higher first.
    Sixteen,
}

impl Depth {
    /// Bytes of a sample.
    pub(crate) fn bytes(self) -> usize {
        match self {
            Self::Eight => 1,
            Self::Sixteen => 2,
        }
    }
}

/// The samples of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Samples<'a> {
    /// With 8 bits.
    Eight(&'a [u8]),
    /// With 16 bits.
    Sixteen(&'a [u16]),
    /// With 8 bits and [`FRACTION_BITS`] fractional ones, and with what a filter overshoots below 0 and above 255.
    Wide(&'a [i16]),
}

/// Fractional bits of wide samples.
pub(crate) const FRACTION_BITS: u32 = 6;

/// A wide 255.
pub(crate) const WIDE_FULL: i32 = 255 << FRACTION_BITS;

/// The 16-bit sample for a wide one, clamped.
pub(crate) fn sixteen_bits(wide: i32) -> u16 {
    ((wide.clamp(0, WIDE_FULL) * 257 + 32) >> FRACTION_BITS) as u16
}

/// The 8-bit sample that is nearest to one of 16 bits.
pub(crate) fn narrow(sample: u16) -> u8 {
    ((u32::from(sample) + 128) / 257) as u8
}

/// The channels of a row of samples, interleaved, alpha not premultiplied.
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

impl Channels {
    /// These channels and alpha.
    pub(crate) fn with_alpha(self) -> Self {
        match self {
            Self::Gray | Self::GrayAlpha => Self::GrayAlpha,
            Self::Rgb | Self::Rgba => Self::Rgba,
        }
    }

    /// These channels without alpha.
    pub(crate) fn without_alpha(self) -> Self {
        match self {
            Self::Gray | Self::GrayAlpha => Self::Gray,
            Self::Rgb | Self::Rgba => Self::Rgb,
        }
    }

    /// The fewest channels that hold pixels of these channels, and a colour.
    pub(crate) fn with(self, color: Color) -> Self {
        let Color { red, green, blue, alpha } = color;
        let is_gray = alpha == 0 || (red == green && green == blue);
        let channels = match self {
            Self::Gray if !is_gray => Self::Rgb,
            Self::GrayAlpha if !is_gray => Self::Rgba,
            channels => channels,
        };
        if alpha == 255 { channels } else { channels.with_alpha() }
    }

    /// Adds pixels of a colour to a row of these channels, which hold it.
    pub(crate) fn repeat(self, color: Color, pixels: usize, row: &mut Vec<u8>) {
        let Color { red, green, blue, alpha } = if color.alpha == 0 { Color::TRANSPARENT } else { color };
        for _ in 0..pixels {
            match self {
                Self::Gray => row.push(red),
                Self::GrayAlpha => row.extend([red, alpha]),
                Self::Rgb => row.extend([red, green, blue]),
                Self::Rgba => row.extend([red, green, blue, alpha]),
            }
        }
    }

    /// Adds a row of these channels to a row of others, which hold them.
    pub(crate) fn widen(self, row: &[u8], to: Self, out: &mut Vec<u8>) {
        match (self, to) {
            (Self::Gray, Self::GrayAlpha) => out.extend(row.iter().flat_map(|&gray| [gray, 255])),
            (Self::Gray, Self::Rgb) => out.extend(row.iter().flat_map(|&gray| [gray; 3])),
            (Self::Gray, Self::Rgba) => out.extend(row.iter().flat_map(|&gray| [gray, gray, gray, 255])),
            (Self::GrayAlpha, Self::Rgba) => {
                out.extend(row.as_chunks().0.iter().flat_map(|&[gray, alpha]| [gray, gray, gray, alpha]));
            }
            (Self::Rgb, Self::Rgba) => {
                out.extend(row.as_chunks().0.iter().flat_map(|&[red, green, blue]| [red, green, blue, 255]));
            }
            _ => out.extend_from_slice(row),
        }
    }
}
