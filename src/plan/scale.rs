//! The scales of decoders, and the axes of their lanes.

use crate::Source;
use crate::geometry::Span;

/// A size at which a decoder can hand out an image, in eighths of the stored one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Scale(u8);

impl Scale {
    /// The stored size.
    pub(crate) const FULL: Self = Self(8);

    /// `eighths` eighths, from 1 to 8.
    pub(crate) const fn eighths(eighths: u8) -> Self {
        Self(if eighths < 1 {
            1
        } else if eighths > 8 {
            8
        } else {
            eighths
        })
    }

    /// How many eighths, 1 to 8.
    pub(crate) fn numerator(self) -> u8 {
        self.0
    }

    /// A side of `length` pixels at this scale, rounded up as JPEG decoders do.
    pub(crate) fn apply(self, length: u32) -> u32 {
        u32::try_from((u64::from(length) * u64::from(self.0)).div_ceil(8)).unwrap_or(length)
    }

    pub(super) fn factor(self) -> f64 {
        f64::from(self.0) / 8.0
    }
}

/// A scale that a decoder offers, and when to take it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct DecodeScale {
    /// The scale.
    pub scale: Scale,
    /// Fewest decoded pixels for each pixel of the result, on either axis, with which it is taken. The fewer there are,
    /// the more the decoder's filter, and not the chosen one, shapes the result.
    pub min_ratio: f64,
}

/// How much of a source's detail a rendition needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Detail {
    /// The scale to decode at.
    pub scale: Scale,
    /// Whether the rendition stores chroma at half of its width and height.
    pub halved_chroma: bool,
    /// Whether rows have to be of whole pixels, of whichever layout the header is.
    pub whole_pixels: bool,
}

/// One lane of a decoded image: its size, and how many of its samples lie along a stored pixel, as fractions.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Lane {
    /// Samples of a row.
    pub width: u32,
    /// Rows.
    pub height: u32,
    /// Samples per stored pixel, across.
    pub per_x: (u32, u32),
    /// Samples per stored pixel, down.
    pub per_y: (u32, u32),
}

impl Lane {
    /// The only lane of a source whose pixels are decoded whole.
    pub(crate) fn whole(source: &Source, scale: Scale) -> Self {
        let per = (u32::from(scale.0), 8);
        Self { width: scale.apply(source.width), height: scale.apply(source.height), per_x: per, per_y: per }
    }
}

/// How one axis of a lane becomes one axis of the resampled lane.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Axis {
    /// The part that becomes the result, in samples of the lane.
    pub span: Span,
    /// The first sample that may contribute.
    pub low: u32,
    /// The sample after the last that may contribute.
    pub high: u32,
    /// Samples of the result.
    pub size: u32,
}

impl Axis {
    /// Samples of the lane per sample of the result.
    pub(crate) fn ratio(&self) -> f64 {
        self.span.len / f64::from(self.size)
    }

    /// The first sample of the span, if the result is a copy of it, sample by sample.
    pub(crate) fn copied_from(&self) -> Option<u32> {
        let start = self.span.start as u32;
        let exact = f64::from(start) == self.span.start && f64::from(self.size) == self.span.len;
        exact.then_some(start)
    }

    /// The axis for chroma at half the size: one sample for every two of the result. At an odd size, the last of them in
    /// the rendition's order (the first here, if that is mirrored) reaches beyond the image.
    pub(super) fn halved(self, mirrored: bool) -> Self {
        let size = self.size.div_ceil(2);
        let len = self.ratio() * f64::from(2 * size);
        let start = if mirrored { self.span.end() - len } else { self.span.start };
        Self { span: Span { start, len }, size, ..self }
    }
}

/// One axis, from stored pixels to samples of a lane.
pub(super) fn axis(span: Span, bounds: Span, (samples, pixels): (u32, u32), length: u32, size: u32) -> Axis {
    let per_pixel = f64::from(samples) / f64::from(pixels);
    let bounds = bounds.scaled(per_pixel);
    let low = (bounds.start.floor() as u32).min(length.saturating_sub(1));
    let high = (bounds.end().ceil() as u32).clamp(low + 1, length.max(low + 1));
    Axis { span: span.scaled(per_pixel), low, high, size }
}
