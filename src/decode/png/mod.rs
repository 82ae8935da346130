//! PNG (ISO/IEC 15948), decoded as its bytes arrive. An interlaced image is held whole until its last pass. Where the pixels
//! end early or are corrupt, the rows before that stay, and the missing ones are black or transparent.
//!
//! Of an animation (PNG, third edition) the first frame is decoded like that; others that are wanted are drawn on a canvas.

mod adam7;
mod animation;
mod chunks;
mod color;
mod extra;
mod head;
mod inlet;
mod inspect;
mod reading;

pub(super) use inspect::PngInspector;

use super::frames::{Frames, Selection};
use super::unread::ends_early;
use super::{Decoder, Header, Sink, Step};
use crate::color::{LARGEST_PROFILE, Model, Space};
use crate::metadata::{Carried, Wanted};
use crate::pixels::{Channels, Depth, Layout};
use crate::plan::{Detail, Lane, Scale};
use crate::{Error, Format, Limit, Options, Result};
use animation::Animation;
use chunks::Playback;
use head::Head;
use inlet::Inlet;
use png::DecodingError;
use reading::{Next, Reading};

/// Decodes row by row, or pass by pass; frames of an animation on a canvas.
pub(super) struct PngDecoder {
    inlet: Inlet,
    state: State,
    /// Bytes of input before the pixels, and those of the pixels that came with them.
    before_pixels: u64,
    first_pixels: Vec<u8>,
    complete: bool,
    /// Pixels of source that are accepted.
    max_pixels: u64,
    allow_damaged: bool,
    wanted: Wanted,
    selection: Selection,
    /// What was found before the pixels.
    carried: Carried,
    space: Option<Space>,
}

enum State {
    /// Gathering what comes before the pixels: the codec reads all of that at once.
    Head(Box<Head>),
    /// Reading a still, or the first frame of an animation, which is as large as that.
    Reading(Box<Reading>),
    Animation(Box<Film>),
}

/// An animation of which other frames than the first are wanted, or one that is not the image of the file.
struct Film {
    header: Header,
    frames: Frames,
    animation: Animation,
    /// What reading and drawing a frame of the size of the image takes: memory, and work.
    memory: u64,
    work: u64,
}

impl PngDecoder {
    pub(super) fn new(options: &Options, wanted: Wanted) -> Self {
        let max_profile = (options.limits.memory / 32).min(LARGEST_PROFILE as u64);
        Self {
            inlet: Inlet::default(),
            state: State::Head(Box::new(Head::new(max_profile, wanted))),
            before_pixels: 0,
            first_pixels: Vec::new(),
            complete: false,
            max_pixels: options.limits.source_pixels,
            allow_damaged: options.input.allow_damaged,
            wanted,
            selection: Selection::of(options),
            carried: Carried::default(),
            space: None,
        }
    }

    /// Begins with the pixels, once everything before them has come.
    fn begin(&mut self, reading: Reading, head: &[u8]) -> Result<State> {
        let source = reading.header.source;
        let playback = Playback::of(head, (source.width, source.height));
        let first = std::mem::take(&mut self.first_pixels);
        let is_still = playback.is_none_or(|playback| playback.is_still());
        if is_still {
            self.selection.check_frames(1)?;
        }
        // The image is what stands for the animation where one picture is wanted, even if it is none of the frames.
        let Some(playback) = playback.filter(|_| !is_still && self.selection.needs_canvas()) else {
            self.inlet.push(&first);
            if self.complete {
                self.inlet.finish();
            }
            return Ok(State::Reading(Box::new(reading)));
        };
        let shows_image = playback.first.is_some();
        let mut animation = Animation::new(head, playback, (source.width, source.height), self.allow_damaged);
        animation.feed(&first);
        if self.complete {
            animation.finish();
        }
        // A canvas is transparent before it is drawn on.
        let layout = Layout::Interleaved(Channels::Rgba);
        let loops = self.selection.is_animated().then_some(animation.loops());
        let mut header = Header { layout, depth: Depth::Eight, loops, ..reading.header };
        header.source.alpha |= !shows_image;
        Ok(State::Animation(Box::new(Film {
            header,
            frames: Frames::new(self.selection, (source.width, source.height)),
            animation,
            memory: reading.memory() + 4 * u64::from(source.width) + Animation::memory(source.pixels()),
            work: u64::from(source.height) * reading.row_work() + source.pixels() * work::DRAWN,
        })))
    }
}

impl State {
    fn header(&self) -> Option<Header> {
        match self {
            Self::Head(_) => None,
            Self::Reading(reading) => Some(reading.header),
            Self::Animation(film) => Some(film.header),
        }
    }
}

impl Decoder for PngDecoder {
    fn feed(&mut self, chunk: Vec<u8>) -> Result<()> {
        match &mut self.state {
            State::Head(head) => {
                let pixels = head.feed(&chunk)?;
                self.first_pixels.extend_from_slice(pixels);
                self.before_pixels += (chunk.len() - pixels.len()) as u64;
            }
            State::Reading(_) => self.inlet.push(&chunk),
            State::Animation(film) => film.animation.feed(&chunk),
        }
        Ok(())
    }

    fn finish(&mut self) {
        self.complete = true;
        match &mut self.state {
            State::Head(_) => (),
            State::Reading(_) => self.inlet.finish(),
            State::Animation(film) => film.animation.finish(),
        }
    }

    fn header(&mut self) -> Result<Step<Header>> {
        let (head, collected, colors) = match &mut self.state {
            State::Head(head) if !self.complete && !head.reaches_pixels() => return Ok(Step::NeedInput),
            State::Head(head) => (head.take(), head.take_collected(), head.take_colors()),
            state => return state.header().map(Step::Ready).ok_or(Error::Ended),
        };
        check_pixels(&head, self.max_pixels)?;
        self.inlet.push_first(head.clone());
        let reading = Reading::open(self.inlet.clone())?;
        self.carried = extra::read(&collected, reading.exif(), &self.wanted);
        let profile = colors.profile();
        if self.wanted.profile {
            self.carried.icc = self.wanted.icc(profile.as_deref());
            self.carried.png_color = colors.instead_of_profile();
        }
        self.state = self.begin(reading, &head)?;
        let header = self.state.header().ok_or(Error::Ended)?;
        self.space = colors.space(profile.as_deref(), model(header.layout.channels()));
        Ok(Step::Ready(header))
    }

    fn carried(&mut self) -> Carried {
        std::mem::take(&mut self.carried)
    }

    fn take_space(&mut self) -> Option<Space> {
        self.space.take()
    }

    fn lanes(&mut self, _: Detail) -> Vec<Lane> {
        self.state.header().iter().map(|header| Lane::whole(&header.source, Scale::FULL)).collect()
    }

    fn memory(&mut self, _: Detail) -> u64 {
        match &self.state {
            State::Head(_) => 0,
            State::Reading(reading) => reading.memory(),
            State::Animation(film) => film.memory,
        }
    }

    fn predicted_work(&mut self, _: Detail) -> u64 {
        match &self.state {
            State::Head(_) => 0,
            State::Reading(reading) => u64::from(reading.header.source.height) * reading.row_work(),
            State::Animation(film) => film.work,
        }
    }

    fn work(&self) -> u64 {
        match &self.state {
            State::Head(_) => 0,
            State::Reading(reading) => (self.before_pixels + self.inlet.used()) * work::BYTE + reading.work(),
            State::Animation(film) => self.before_pixels * work::BYTE + film.animation.work(),
        }
    }

    fn start(&mut self, _: Detail, _: u64) -> Result<()> {
        match &mut self.state {
            State::Head(_) => Err(Error::Ended),
            State::Reading(reading) => reading.start(),
            State::Animation(film) => {
                film.animation.start();
                Ok(())
            }
        }
    }

    fn advance(&mut self, sink: Sink<'_>) -> Result<Step<bool>> {
        let reading = match &mut self.state {
            State::Head(_) => return Err(Error::Ended),
            State::Animation(film) => return film.frames.advance(&mut film.animation, sink),
            State::Reading(reading) => reading,
        };
        match reading.next() {
            Err(DecodingError::IoError(_)) if !self.complete && !reading.is_faulty() => Ok(Step::NeedInput),
            Err(error) => {
                self.inlet.close();
                reading.fail(error, self.allow_damaged).map(|()| Step::Ready(true))
            }
            Ok(Next::End) => Ok(Step::Ready(false)),
            Ok(Next::Gathered) => Ok(Step::Ready(true)),
            Ok(Next::Row) => sink(0, reading.row()).map(|()| Step::Ready(true)),
        }
    }

    fn next_frame(&mut self) -> Result<Step<bool>> {
        match &mut self.state {
            State::Animation(film) => film.frames.next(&mut film.animation),
            State::Head(_) | State::Reading(_) => Ok(Step::Ready(false)),
        }
    }

    fn delay(&self) -> u32 {
        match &self.state {
            State::Animation(film) => film.frames.delay(),
            State::Head(_) | State::Reading(_) => 0,
        }
    }

    fn found_damage(&self) -> bool {
        match &self.state {
            State::Head(_) => false,
            State::Reading(reading) => reading.is_faulty(),
            State::Animation(film) => film.animation.damaged,
        }
    }
}

/// What things cost, in units of [`crate::Limits::work`].
mod work {
    /// A byte of the file.
    pub(super) const BYTE: u64 = 80;
    /// A byte of a row as the file has it: decompressed and unfiltered.
    pub(super) const RAW_BYTE: u64 = 8;
    /// A byte of a row that comes out.
    pub(super) const SAMPLE: u64 = 10;
    /// A pixel that is unpacked, or looked up in a palette.
    pub(super) const UNPACKED: u64 = 20;
    /// A sample of a pass that comes to its place in the image.
    pub(super) const PLACED: u64 = 8;
    /// A pixel of a frame that is drawn on a canvas.
    pub(super) const DRAWN: u64 = 30;
    /// A frame, for the codec of it.
    pub(super) const FRAME: u64 = 200_000;
}

/// The colours that a profile has to be for.
fn model(channels: Channels) -> Model {
    match channels {
        Channels::Gray | Channels::GrayAlpha => Model::Gray,
        Channels::Rgb | Channels::Rgba => Model::Rgb,
    }
}

/// Checks the number of pixels before the codec does, which reports sizes that it cannot hold as another error, and on
/// 32 bits sooner.
fn check_pixels(head: &[u8], allowed: u64) -> Result<()> {
    let header = head.get(12..).and_then(|head| head.split_first_chunk::<12>());
    let Some((&[b'I', b'H', b'D', b'R', w0, w1, w2, w3, h0, h1, h2, h3], _)) = header else { return Ok(()) };
    let side = |bytes| u64::from(u32::from_be_bytes(bytes));
    Limit::SourcePixels.check(side([w0, w1, w2, w3]) * side([h0, h1, h2, h3]), allowed)
}

fn malformed(error: DecodingError) -> Error {
    match error {
        DecodingError::IoError(_) => ends_early(Format::Png),
        DecodingError::LimitsExceeded => {
            Error::unsupported(Format::Png, "with rows or metadata of more than 16 MiB")
        }
        other => Error::malformed(Format::Png, other),
    }
}
