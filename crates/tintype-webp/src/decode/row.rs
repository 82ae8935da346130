//! Decoded rows.

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
