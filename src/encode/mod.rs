//! Encoders: rows in, bytes out.

mod animation;
mod choice;
mod chroma;
mod compare;
mod gif;
mod held;
mod jpeg;
mod likeness;
mod png;
mod search;
mod smallest;
mod target;
mod webp;

use crate::metadata::Attached;
use crate::pixels::{Channels, Depth, Layout};
use crate::queue::Queue;
use crate::{Error, Format, Output, Result, Subsampling};

pub(crate) use smallest::Outputs;

/// What an encoder is made for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Image {
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// Layout of the rows.
    pub layout: Layout,
    /// The bits of their samples.
    pub depth: Depth,
    /// How often it plays, 0 being forever, if there may be several frames of it.
    pub loops: Option<u32>,
}

impl Image {
    /// Bytes of all rows.
    fn bytes(&self) -> u64 {
        self.pixels() * self.pixel_bytes()
    }

    /// Bytes of a pixel.
    fn pixel_bytes(&self) -> u64 {
        (self.channels().count() * self.depth.bytes()) as u64
    }

    /// Samples of all lanes, if they were of the same size.
    pub(crate) fn samples(&self) -> u64 {
        self.pixels() * (self.channels().count() * self.layout.lanes()) as u64
    }

    fn channels(&self) -> Channels {
        self.layout.channels()
    }

    /// The channels of whole pixels.
    fn colors(&self) -> Channels {
        match self.layout {
            Layout::YCbCr | Layout::Inks => Channels::Rgb,
            Layout::Interleaved(channels) => channels,
        }
    }

    fn pixels(&self) -> u64 {
        u64::from(self.width) * u64::from(self.height)
    }
}

/// Turns rows into the bytes of a file.
pub(crate) trait Encoder {
    /// Takes the next row of a lane.
    fn row(&mut self, lane: usize, row: &[u8]) -> Result<()>;

    /// Goes on to end a frame that is shown for `delay` milliseconds, for a while. All of its rows have been taken. Returns
    /// whether there is more to do. A still is ended with its file.
    fn end_frame(&mut self, _delay: u32) -> Result<bool> {
        Ok(false)
    }

    /// Goes on to end the file, for a while. All frames have been ended. Returns whether there is more to do.
    fn finish(&mut self) -> Result<bool>;

    /// The work so far that follows the content, and not the size of the image and of the file, in units of
    /// [`crate::Limits::work`].
    fn work(&self) -> u64 {
        0
    }

    /// The format of the file, where it was not certain before.
    fn format(&self) -> Option<Format> {
        None
    }

    /// Moves the bytes that are ready to the end of `sink`.
    fn drain(&mut self, sink: &mut Queue);
}

/// The encoder of what is smallest of these outputs. What a format has no place for is left out. Of frames that are complete,
/// it may hold `room` bytes.
pub(crate) fn encoder(
    outputs: &Outputs,
    image: Image,
    attached: Attached,
    room: u64,
) -> Result<Box<dyn Encoder>> {
    if outputs.leave_a_choice(image) {
        return Ok(Box::new(smallest::SmallestEncoder::new(outputs, image, attached)));
    }
    chosen(&outputs.first, image, attached, room)
}

/// The encoder of one output, which may choose the chroma of its file, or search for its quality.
fn chosen(output: &Output, image: Image, attached: Attached, room: u64) -> Result<Box<dyn Encoder>> {
    if chroma::applies(output, image) {
        return Ok(Box::new(chroma::ChromaEncoder::new(output, image, attached)));
    }
    if choice::applies(output, image) {
        return Ok(Box::new(choice::ChoiceEncoder::new(output, image, attached)));
    }
    single(output, image, attached, room)
}

/// The encoder of one file, with exactly these options.
fn single(output: &Output, image: Image, attached: Attached, room: u64) -> Result<Box<dyn Encoder>> {
    Ok(match output.format {
        Format::Webp if image.loops.is_some() => {
            Box::new(animation::AnimationEncoder::new(output, image, attached, room)?)
        }
        Format::Gif => Box::new(gif::GifEncoder::new(output, image, attached)),
        Format::Jpeg => Box::new(jpeg::JpegEncoder::new(output, image, attached)?),
        Format::Png if image.loops.is_some() => {
            Box::new(png::AnimationEncoder::new(output, image, attached, room))
        }
        Format::Png => Box::new(png::PngEncoder::new(output, image, attached)?),
        Format::Webp => Box::new(webp::WebpEncoder::new(output, image, attached)?),
        other => return Err(Error::unsupported(other, Error::ENCODING)),
    })
}

/// Whether the encoders of the lossy outputs take YCbCr as lanes, chroma at half of the image's width and height, rounded up. The
/// output that was asked for, the first one, is one of them.
pub(crate) fn takes_halved_chroma(outputs: &Outputs) -> bool {
    let takes = |output: &Output| match output.format {
        Format::Jpeg => output.subsampling != Subsampling::Full,
        Format::Webp => !output.sharp_chroma,
        _ => false,
    };
    outputs.first.is_lossy() && outputs.lossy().all(takes)
}

/// The bytes that an encoder holds at most.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Memory {
    /// Bytes besides the file, or with it, if that comes at the end.
    pub coder: u64,
    /// Bytes of a file that comes in pieces.
    pub pieces: u64,
}

/// Predicts the memory of an encoder.
pub(crate) fn memory(outputs: &Outputs, image: Image) -> Memory {
    if outputs.leave_a_choice(image) {
        return smallest::memory(outputs, image);
    }
    chosen_memory(&outputs.first, image)
}

fn chosen_memory(output: &Output, image: Image) -> Memory {
    if chroma::applies(output, image) {
        return chroma::memory(output, image);
    }
    if choice::applies(output, image) {
        return choice::memory(output, image);
    }
    single_memory(output, image)
}

fn single_memory(output: &Output, image: Image) -> Memory {
    match output.format {
        Format::Gif => gif::memory(image),
        Format::Jpeg => jpeg::memory(output, image),
        Format::Webp if image.loops.is_some() => {
            Memory { coder: animation::memory(output, image), pieces: 0 }
        }
        Format::Webp => Memory { coder: webp::memory(output, image), pieces: 0 },
        _ if image.loops.is_some() => png::animation_memory(output, image),
        _ => png::memory(output, image),
    }
}

/// The work of an encoder, in units of [`crate::Limits::work`].
#[derive(Debug, Clone, Copy)]
pub(crate) struct Work {
    /// Work for any image of this size.
    pub fixed: u64,
    /// Additional work for each byte written: noise costs more than a flat colour.
    pub per_byte: u64,
}

impl Work {
    /// The work of an encoder once, for each of the pixels of the blocks that it encodes, and for each byte.
    fn of_blocks(image: Image, (once, pixel, per_byte): (u64, u64, u64)) -> Self {
        // Blocks at the edges are encoded whole.
        let [width, height] = [image.width, image.height].map(|side| u64::from(side.next_multiple_of(16)));
        Self { fixed: once + width * height * pixel, per_byte }
    }
}

/// Predicts the work of an encoder.
pub(crate) fn work(outputs: &Outputs, image: Image) -> Work {
    if outputs.leave_a_choice(image) {
        return smallest::work(outputs, image);
    }
    chosen_work(&outputs.first, image)
}

fn chosen_work(output: &Output, image: Image) -> Work {
    if chroma::applies(output, image) {
        return chroma::work(output, image);
    }
    if choice::applies(output, image) {
        return choice::work(output, image);
    }
    single_work(output, image)
}

fn single_work(output: &Output, image: Image) -> Work {
    match output.format {
        Format::Gif => gif::work(image),
        Format::Jpeg => jpeg::work(output, image),
        // The encoder counts what it does.
        Format::Webp if image.loops.is_some() => Work { fixed: 200_000 + image.pixels() * 20, per_byte: 0 },
        Format::Webp => webp::work(output, image),
        _ if image.loops.is_some() => png::animation_work(image),
        _ => png::work(image),
    }
}
