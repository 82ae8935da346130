//! One rendition, from the first byte of the source to the last of the result.

use crate::decode::{self, Decoder, Header, Step};
use crate::encode::{self, Encoder, Image};
use crate::flatten::Flatten;
use crate::join::Join;
use crate::orient::Orient;
use crate::pixels::{Channels, Layout};
use crate::plan::{self, Axis, Detail, Plan};
use crate::queue::Queue;
use crate::resample::Resampler;
use crate::{Error, Limit, Options, Outline, Result};
use std::borrow::Cow;
use tintype_types::{SNIFF_BYTES, sniff};

/// Makes a rendition as a stream: write the source as it comes, read the result as it is made.
///
/// The result does not depend on how the source is cut into chunks. After an error every call fails with [`Error::Ended`];
/// after [`Session::finish`] only [`Session::read`] goes on.
pub struct Session {
    options: Options,
    /// Bytes of source so far.
    written: u64,
    state: State,
    output: Queue,
    outline: Option<Outline>,
    damaged: bool,
    /// Whether the result is to be read in one piece at the end.
    whole: bool,
}

enum State {
    /// Too few bytes have arrived to recognise the format.
    Sniffing(Vec<u8>),
    /// The header has not arrived.
    Header(Box<dyn Decoder>),
    /// Rows are coming.
    Rows(Box<Pipeline>),
    /// The rendition is complete; what is left of the source does not matter.
    Complete,
    /// The source is complete too.
    Finished,
    /// A call has failed.
    Failed,
}

impl Session {
    /// A session that has read nothing yet.
    pub fn new(options: Options) -> Self {
        Self {
            options,
            written: 0,
            state: State::Sniffing(Vec::new()),
            output: Queue::default(),
            outline: None,
            damaged: false,
            whole: false,
        }
    }

    /// A session whose result is read in one piece at the end, which takes more memory.
    pub(crate) fn whole(options: Options) -> Self {
        Self { whole: true, ..Self::new(options) }
    }

    /// Takes the next bytes of the source and works through as much of them as possible. A chunk that is owned is not
    /// copied where a decoder wants the whole file.
    pub fn write<'a>(&mut self, chunk: impl Into<Cow<'a, [u8]>>) -> Result<()> {
        let chunk = chunk.into();
        self.written += chunk.len() as u64;
        let result = Limit::SourceBytes
            .check(self.written, self.options.limits.source_bytes)
            .and_then(|()| plan::validate(&self.options))
            .and_then(|()| self.feed(chunk));
        self.failed_by(result)
    }

    /// Signals the end of the source. After this, only [`Session::read`] may be called.
    pub fn finish(&mut self) -> Result<()> {
        let result = plan::validate(&self.options).and_then(|()| self.finish_source());
        self.failed_by(result)
    }

    /// Takes at most `max` bytes of the rendition, and none if none are ready; after [`Session::finish`] that is its end.
    pub fn read(&mut self, max: usize) -> Result<Vec<u8>> {
        if matches!(self.state, State::Failed) {
            return Err(Error::Ended);
        }
        Ok(self.output.take(max))
    }

    /// Format and size of the rendition, as soon as the source's header has been read.
    pub fn outline(&self) -> Option<Outline> {
        self.outline
    }

    /// Whether some of the source was found missing or corrupt so far.
    pub fn damaged(&self) -> bool {
        self.damaged
    }

    fn failed_by(&mut self, result: Result<()>) -> Result<()> {
        if result.is_err() {
            self.state = State::Failed;
            self.output = Queue::default();
        }
        result
    }

    fn feed(&mut self, chunk: Cow<'_, [u8]>) -> Result<()> {
        match &mut self.state {
            State::Sniffing(head) if head.len() + chunk.len() < SNIFF_BYTES => {
                head.extend_from_slice(&chunk);
                Ok(())
            }
            State::Sniffing(head) => {
                let head = std::mem::take(head);
                self.open(if head.is_empty() { chunk } else { [&head, &*chunk].concat().into() })
            }
            State::Header(_) | State::Rows(_) => self.decode(chunk),
            State::Complete => Ok(()),
            State::Finished | State::Failed => Err(Error::Ended),
        }
    }

    /// Recognises the format by the first bytes.
    fn open(&mut self, head: Cow<'_, [u8]>) -> Result<()> {
        let format = sniff(&head).ok_or(Error::Unrecognized)?;
        self.state = State::Header(decode::decoder(format, &self.options)?);
        self.decode(head)
    }

    /// Feeds a chunk and works through it: piece by piece if that saves holding the whole of it.
    fn decode(&mut self, chunk: Cow<'_, [u8]>) -> Result<()> {
        if self.decoder().is_some_and(|decoder| !decoder.streams()) {
            // The file is held, and moved as it grows into room for twice of it.
            Limit::Memory.check(BASE_MEMORY + 3 * self.written, self.options.limits.memory)?;
            return self.feed_piece(chunk);
        }
        chunk.chunks(PIECE).try_for_each(|piece| self.feed_piece(piece.into()))
    }

    fn feed_piece(&mut self, piece: Cow<'_, [u8]>) -> Result<()> {
        if let Some(decoder) = self.decoder() {
            decoder.feed(piece);
        }
        self.advance()
    }

    fn decoder(&mut self) -> Option<&mut dyn Decoder> {
        match &mut self.state {
            State::Header(decoder) => Some(&mut **decoder),
            State::Rows(pipeline) => Some(&mut *pipeline.decoder),
            _ => None,
        }
    }

    fn finish_source(&mut self) -> Result<()> {
        if let State::Sniffing(head) = &mut self.state {
            let head = std::mem::take(head);
            self.open(head.into())?;
        }
        match self.state {
            State::Finished | State::Failed => return Err(Error::Ended),
            _ => self.decoder().into_iter().for_each(Decoder::finish),
        }
        self.advance()?;
        match std::mem::replace(&mut self.state, State::Finished) {
            State::Complete => Ok(()),
            _ => Err(Error::Internal("a decoder asks for more than the whole source".into())),
        }
    }

    /// Goes as far as the input reaches.
    fn advance(&mut self) -> Result<()> {
        if let State::Header(decoder) = &mut self.state {
            let Step::Ready(header) = decoder.header()? else { return Ok(()) };
            let State::Header(decoder) = std::mem::replace(&mut self.state, State::Failed) else {
                return Err(Error::Ended);
            };
            let (pipeline, plan) = Pipeline::new(decoder, &header, &self.options, self.whole)?;
            self.outline = Some(Outline {
                format: self.options.output.format,
                width: plan.width,
                height: plan.height,
                source: header.source,
            });
            self.state = State::Rows(Box::new(pipeline));
        }
        if let State::Rows(pipeline) = &mut self.state {
            let complete = pipeline.advance(&mut self.output)?;
            self.damaged = pipeline.decoder.found_damage();
            if complete {
                self.state = State::Complete;
            }
        }
        Ok(())
    }
}

/// The steps of a rendition, from rows of the source to bytes of the result.
struct Pipeline {
    decoder: Box<dyn Decoder>,
    stages: Stages,
}

struct Stages {
    /// One for each lane.
    resamplers: Vec<Resampler>,
    finish: Finish,
    encoder: Box<dyn Encoder>,
}

/// What happens to resampled rows.
enum Finish {
    /// Rows of whole pixels: the background, then the orientation.
    Pixels(Flatten, Orient),
    /// Lanes become RGB first.
    Join(Join, Orient),
    /// Lanes go to the encoder as they are.
    Lanes(Vec<Orient>),
}

impl Pipeline {
    /// Plans, checks the plan's cost, and only then allocates.
    fn new(
        mut decoder: Box<dyn Decoder>,
        header: &Header,
        options: &Options,
        whole: bool,
    ) -> Result<(Self, Plan)> {
        let plan = plan::plan(&header.source, options, header.scales)?;
        let output = &options.output;
        let planar = header.layout == Layout::YCbCr;
        let halved_chroma = planar && encode::takes_halved_chroma(output.format);
        let detail = Detail { scale: plan.scale, halved_chroma };
        let axes: Vec<(Axis, Axis)> = (decoder.lanes(detail).iter().enumerate())
            .map(|(lane, size)| plan.axes(size, halved_chroma && lane > 0))
            .collect();

        let channels = header.layout.channels();
        let flatten = Flatten::new(channels, &options.geometry, output.format);
        let layout = match header.layout {
            Layout::YCbCr if halved_chroma => Layout::YCbCr,
            Layout::YCbCr => Layout::Interleaved(Channels::Rgb),
            Layout::Interleaved(_) => Layout::Interleaved(flatten.channels()),
        };
        let image = Image { width: plan.width, height: plan.height, layout };
        let pixel = layout.channels().count();
        let sizes: Vec<(u32, u32)> = match layout {
            Layout::YCbCr => axes.iter().map(|(x, y)| (x.size, y.size)).collect(),
            Layout::Interleaved(_) => vec![plan.size],
        };
        let memory = BASE_MEMORY
            + decoder.memory(detail)
            + axes.iter().map(|&axes| Resampler::memory(axes, channels)).sum::<u64>()
            + sizes.iter().map(|&size| Orient::memory(plan.transform, size, pixel)).sum::<u64>()
            + encode::memory(output.format, image, whole);
        Limit::Memory.check(memory, options.limits.memory)?;

        decoder.start(detail)?;
        let orient = |&size: &(u32, u32)| Orient::new(plan.transform, size, pixel);
        let finish = match layout {
            Layout::YCbCr => Finish::Lanes(sizes.iter().map(orient).collect()),
            Layout::Interleaved(_) if planar => Finish::Join(Join::default(), orient(&plan.size)),
            Layout::Interleaved(_) => Finish::Pixels(flatten, orient(&plan.size)),
        };
        let resamplers = axes.iter().map(|&axes| Resampler::new(plan.filter, axes, channels)).collect();
        let encoder = encode::encoder(output, image)?;
        Ok((Self { decoder, stages: Stages { resamplers, finish, encoder } }, plan))
    }

    /// Works through the rows that are there; true when the rendition is complete.
    fn advance(&mut self, output: &mut Queue) -> Result<bool> {
        let Self { decoder, stages } = self;
        while !stages.resamplers.iter().all(Resampler::is_complete) {
            match decoder.advance(&mut |lane, row| stages.push(lane, row))? {
                Step::Ready(true) => (),
                Step::Ready(false) => return Err(Error::Internal("a decoder gave too few rows".into())),
                Step::NeedInput => {
                    stages.encoder.drain(output);
                    return Ok(false);
                }
            }
        }
        stages.encoder.finish()?;
        stages.encoder.drain(output);
        Ok(true)
    }
}

impl Stages {
    fn push(&mut self, lane: usize, row: &[u8]) -> Result<()> {
        let Self { resamplers, finish, encoder } = self;
        let Some(resampler) = resamplers.get_mut(lane) else { return Ok(()) };
        resampler.push(row, &mut |row| match finish {
            Finish::Pixels(flatten, orient) => {
                orient.push(flatten.apply(row), &mut |row| encoder.row(0, row))
            }
            Finish::Join(join, orient) => {
                join.push(lane, row, &mut |row| orient.push(row, &mut |row| encoder.row(0, row)))
            }
            Finish::Lanes(orients) => match orients.get_mut(lane) {
                Some(orient) => orient.push(row, &mut |row| encoder.row(lane, row)),
                None => Ok(()),
            },
        })
    }
}

/// Bytes of a chunk that are fed at once to a decoder that streams.
const PIECE: usize = 64 << 10;

/// What a program holds before any image: its stack, its constants, and what allocators round up.
const BASE_MEMORY: u64 = 2 << 20;
