//! Decoders: bytes in, as they come; rows out, as they are ready.

mod gif;
mod jpeg;
mod png;
mod webp;
mod whole;

use crate::pixels::Channels;
use crate::plan::Scale;
use crate::{Error, Format, Info, Result, Source};
use std::borrow::Cow;

/// What a decoder knows once it has read the header.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Header {
    /// What callers are told.
    pub source: Source,
    /// Layout of the rows that come out.
    pub channels: Channels,
    /// Scales at which rows can come out.
    pub scales: &'static [Scale],
}

/// The answer to a request that may need more input.
#[derive(Debug)]
pub(crate) enum Step<T> {
    /// Here it is.
    Ready(T),
    /// Not before more input is fed.
    NeedInput,
}

/// A row, or the end of them.
pub(crate) type Row<'a> = Option<&'a [u8]>;

/// Turns the bytes of one image into rows of pixels. The order of calls: `feed` at any time before `finish`; `header` until
/// it is ready; `start`; `next_row` until the rows end.
pub(crate) trait Decoder {
    /// Takes the next bytes of the source.
    fn feed(&mut self, chunk: Cow<'_, [u8]>) -> Result<()>;

    /// Tells that no more bytes will come.
    fn finish(&mut self) -> Result<()>;

    /// The header, once it has been read.
    fn header(&mut self) -> Result<Step<Header>>;

    /// Predicts the bytes of memory, without the input's own, that decoding at one of the header's scales takes.
    fn memory(&self, scale: Scale) -> u64;

    /// Chooses the scale and allocates.
    fn start(&mut self, scale: Scale) -> Result<()>;

    /// The next row, from the top. None after the last.
    fn next_row(&mut self) -> Result<Step<Row<'_>>>;
}

/// The decoder of a format.
pub(crate) fn decoder(format: Format) -> Result<Box<dyn Decoder>> {
    Ok(match format {
        Format::Jpeg => Box::new(jpeg::JpegDecoder::default()),
        Format::Png => Box::new(png::PngDecoder::default()),
        Format::Webp => Box::new(webp::decoder()),
        Format::Gif => Box::new(gif::decoder()),
        Format::Avif | Format::Jxl | Format::Tiff | Format::Bmp | Format::Svg | Format::Heic => {
            return Err(Error::unsupported(format, "decoding"));
        }
    })
}

/// What a whole file tells, without decoding a pixel.
pub(crate) fn info(format: Format, image: &[u8]) -> Result<Info> {
    match format {
        Format::Jpeg => jpeg::info(image),
        Format::Png => png::info(image),
        Format::Webp => webp::info(image),
        Format::Gif => gif::info(image),
        Format::Avif | Format::Jxl | Format::Tiff | Format::Bmp | Format::Svg | Format::Heic => {
            Err(Error::unsupported(format, "inspection"))
        }
    }
}
