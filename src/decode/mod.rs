//! Decoders: bytes in, as they come; rows out, as they are ready.

mod canvas;
mod frames;
mod gif;
mod jpeg;
mod png;
mod unread;
mod webp;
#[cfg(feature = "more-formats")]
mod whole;

use crate::color::Space;
use crate::metadata::{Carried, Wanted};
use crate::pixels::{Depth, Layout};
use crate::plan::{DecodeScale, Detail, Lane};
use crate::{Error, Format, Info, Options, Result, Source};

/// What a decoder knows once it has read the header.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Header {
    /// What callers are told.
    pub source: Source,
    /// Layout of the rows that come out.
    pub layout: Layout,
    /// Whether decoders of the format agree on the pixels that planes become, so that an image whose pixels are not made
    /// smaller has these.
    pub exact_pixels: bool,
    /// The bits of their samples.
    pub depth: Depth,
    /// Smaller sizes at which rows can come out, the smallest first.
    pub scales: &'static [DecodeScale],
    /// How often the frames play, 0 being forever, if there may be several by the options: see [`Decoder::next_frame`].
    pub loops: Option<u32>,
}

/// The answer to a request that may need more input.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Step<T> {
    /// Here it is.
    Ready(T),
    /// Not before more input is fed.
    NeedInput,
}

/// Takes a row of a lane.
pub(crate) type Sink<'a> = &'a mut dyn FnMut(usize, &[u8]) -> Result<()>;

/// Turns the bytes of one image into rows of samples. The order of calls: `feed` at any time before `finish`; `header`
/// until it is ready; `start`; `advance` until enough rows have come; `next_frame`, and the same again for each further frame.
pub(crate) trait Decoder {
    /// Takes the next bytes of the source.
    fn feed(&mut self, chunk: Vec<u8>) -> Result<()>;

    /// Signals the end of input.
    fn finish(&mut self);

    /// The header, once it has been read.
    fn header(&mut self) -> Result<Step<Header>>;

    /// What the source carries in addition to its pixels, once the header has been read.
    fn carried(&mut self) -> Carried {
        Carried::default()
    }

    /// What the samples of the rows stand for, as the file says itself or by its profile; `None` for sRGB, and for what
    /// cannot be used. Known with the header; a decoder gives it away.
    fn take_space(&mut self) -> Option<Space> {
        None
    }

    /// The sizes of the lanes, in the layout's order.
    fn lanes(&mut self, detail: Detail) -> Vec<Lane>;

    /// Predicts the bytes of memory that decoding takes, with the input that a decoder keeps.
    fn memory(&mut self, detail: Detail) -> u64;

    /// Predicts the work of decoding from the header, in units of [`crate::Limits::work`].
    fn predicted_work(&mut self, detail: Detail) -> u64;

    /// The work of decoding so far, in the same units.
    fn work(&self) -> u64;

    /// Chooses how much is decoded, and allocates. Decoding never holds more than `max_memory` bytes, which is at least
    /// the amount predicted.
    fn start(&mut self, detail: Detail, max_memory: u64) -> Result<()>;

    /// Decodes a little, and hands on the rows that this completes, if any, of each lane from the top. Ready with false if
    /// there are none left.
    fn advance(&mut self, sink: Sink<'_>) -> Result<Step<bool>>;

    /// Goes on to the next frame that is wanted of an animation, whose rows come by `advance`; false if there is none.
    fn next_frame(&mut self) -> Result<Step<bool>> {
        Ok(Step::Ready(false))
    }

    /// Milliseconds for which the current frame is shown.
    fn delay(&self) -> u32 {
        0
    }

    /// Whether rows came out although some of their source is missing or corrupt.
    fn found_damage(&self) -> bool {
        false
    }
}

/// The decoder of a format. Before it is started, it may hold `max_memory` bytes.
pub(crate) fn decoder(format: Format, options: &Options, max_memory: u64) -> Result<Box<dyn Decoder>> {
    let wanted = Wanted::of(options);
    if !format.has_frames() {
        frames::Selection::of(options).check_frames(1)?;
    }
    Ok(match format {
        Format::Jpeg => Box::new(jpeg::JpegDecoder::new(options, wanted, max_memory)),
        Format::Png => Box::new(png::PngDecoder::new(options, wanted)),
        Format::Webp => Box::new(webp::WebpDecoder::new(options, wanted, max_memory)),
        Format::Gif => Box::new(gif::GifDecoder::new(options, wanted)),
        #[cfg(feature = "more-formats")]
        Format::Tiff | Format::Bmp | Format::Ico | Format::Qoi | Format::Pnm => {
            Box::new(whole::WholeDecoder::new(format, wanted, max_memory))
        }
        other => return Err(Error::unsupported(other, Error::DECODING)),
    })
}

/// Finds out the facts about an image from its bytes, as they come, and holds no more of them than the metadata.
pub(crate) trait Inspector {
    /// Takes the next bytes of the source.
    fn feed(&mut self, chunk: &[u8]) -> Result<()>;

    /// Signals the end of input.
    fn finish(&mut self);

    /// The facts, once they are known; after `finish`, they are, or there is an error.
    fn info(&mut self) -> Result<Step<Info>>;
}

/// What finds out the facts about a format, the location among them if that is asked for.
pub(crate) fn inspector(format: Format, location: bool) -> Result<Box<dyn Inspector>> {
    Ok(match format {
        Format::Jpeg => Box::new(jpeg::JpegInspector::new(location)),
        Format::Png => Box::new(png::PngInspector::new(location)),
        Format::Webp => Box::new(webp::WebpInspector::new(location)),
        Format::Gif => Box::new(gif::GifInspector::new()),
        #[cfg(feature = "more-formats")]
        Format::Tiff | Format::Bmp | Format::Ico | Format::Qoi | Format::Pnm => {
            Box::new(whole::WholeInspector::new(format, location))
        }
        other => return Err(Error::unsupported(other, "inspection")),
    })
}

/// The facts about a still of which only the header is known.
fn still(source: Source) -> Info {
    Info {
        source,
        frames: 1,
        animation: None,
        icc_profile: None,
        exif: None,
        progressive: false,
        chroma_subsampling: None,
        quality: None,
        pixels: None,
    }
}

/// Finds out the facts about a whole file, without decoding a pixel.
pub(crate) fn info(format: Format, image: &[u8]) -> Result<Info> {
    let mut inspector = inspector(format, false)?;
    // How much of the beginning is needed, if not all, is not known.
    for piece in image.chunks(64 << 10) {
        inspector.feed(piece)?;
        if let Step::Ready(info) = inspector.info()? {
            return Ok(info);
        }
    }
    inspector.finish();
    match inspector.info()? {
        Step::Ready(info) => Ok(info),
        Step::NeedInput => Err(unread::ends_early(format)),
    }
}
