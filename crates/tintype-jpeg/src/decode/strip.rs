//! Decoded samples: strips of planes, or rows of pixels.

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

/// The outcome of [`Decoder::next_row`](super::Decoder::next_row).
#[derive(Debug, PartialEq, Eq)]
pub enum Row<'a> {
    /// The next row of pixels, [`Layout::channels`](super::Layout::channels) bytes each.
    Pixels(&'a [u8]),
    /// More input is needed: feed the decoder, or finish.
    NeedInput,
    /// There are no more rows.
    Done,
}

/// Rows of all planes that show the same part of the image: one row of MCUs.
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

    /// One for each component, in the frame's order.
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
