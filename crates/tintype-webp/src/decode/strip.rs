//! Decoded samples: rows of pixels, or strips of planes.

/// What a decode gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Output {
    /// Rows of RGB or RGBA, by [`Decoder::next_row`](super::Decoder::next_row).
    Interleaved,
    /// Strips of the planes that a lossy still is made of, by [`Decoder::next_strip`](super::Decoder::next_strip): Y,
    /// Cb and Cr as they are coded (ITU-R BT.601, limited range), then alpha if there is any. Those of colour
    /// differences have half the width and half the height, rounded up. [`Header::planar`](super::Header::planar) says
    /// whether an image has planes.
    Planar,
}

/// The outcome of [`Decoder::next_row`](super::Decoder::next_row).
#[derive(Debug, PartialEq, Eq)]
pub enum Row<'a> {
    /// The next row of pixels, [`Header::channels`](super::Header::channels) bytes each.
    Pixels(&'a [u8]),
    /// More input is needed: feed the decoder, or finish.
    NeedInput,
    /// There are no more rows.
    Done,
}

/// The outcome of [`Decoder::next_strip`](super::Decoder::next_strip).
#[derive(Debug)]
pub enum Step<'a> {
    /// The next rows of all planes.
    Strip(Strip<'a>),
    /// More input is needed: feed the decoder, or finish.
    NeedInput,
    /// There are no more strips.
    Done,
}

/// Rows of all planes that show the same part of the image.
#[derive(Debug)]
pub struct Strip<'a> {
    planes: [PlaneRows<'a>; 4],
    count: usize,
}

impl<'a> Strip<'a> {
    /// A strip of at most four planes.
    pub(crate) fn new(planes: impl Iterator<Item = PlaneRows<'a>>) -> Self {
        let mut strip = Self { planes: [PlaneRows::default(); 4], count: 0 };
        for (place, rows) in strip.planes.iter_mut().zip(planes) {
            *place = rows;
            strip.count += 1;
        }
        strip
    }

    /// Y, Cb and Cr, then alpha if there is any.
    pub fn planes(&self) -> &[PlaneRows<'a>] {
        self.planes.get(..self.count).unwrap_or_default()
    }
}

/// Some rows of a plane.
#[derive(Debug, Clone, Copy, Default)]
pub struct PlaneRows<'a> {
    /// Samples, row by row.
    pub data: &'a [u8],
    /// Samples from the start of one row to the start of the next.
    pub stride: usize,
    /// Samples of the plane in each row; the rest of a row is padding.
    pub width: usize,
    /// Number of rows.
    pub rows: usize,
}

impl<'a> PlaneRows<'a> {
    /// The samples of each row.
    pub fn iter(&self) -> impl Iterator<Item = &'a [u8]> + use<'a> {
        let width = self.width;
        self.data.chunks(self.stride.max(1)).take(self.rows).map(move |row| row.get(..width).unwrap_or(row))
    }
}
