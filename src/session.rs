//! One rendition, from the first byte of the source to the last of the result.

use crate::decode::{self, Decoder, Header, Step};
use crate::encode::{self, Encoder, Image};
use crate::flatten::Flatten;
use crate::orient::Orient;
use crate::plan::{self, Plan};
use crate::resample::Resampler;
use crate::{Error, Format, Limit, Options, Result, Source, info};
use std::borrow::Cow;

/// What is known of a rendition before its last byte.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Outline {
    /// Format of the rendition.
    pub format: Format,
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// What it is made from.
    pub source: Source,
}

/// Makes a rendition as a stream: write the source as it comes, read the result as it is made.
///
/// The result does not depend on how the source is cut into chunks. After an error, and after [`Session::finish`], writing
/// fails with [`Error::Ended`].
pub struct Session {
    options: Options,
    /// Bytes of source so far.
    written: u64,
    state: State,
    output: Vec<u8>,
    outline: Option<Outline>,
}

enum State {
    /// Too few bytes have come to tell the format.
    Sniffing(Vec<u8>),
    /// The header has not come.
    Header(Box<dyn Decoder>),
    /// Rows are coming.
    Rows(Box<Pipeline>),
    /// The rendition is complete; what is left of the source does not matter.
    Complete,
    /// Nothing more is accepted: the session was finished, or failed.
    Ended,
}

impl Session {
    /// A session that has read nothing yet.
    pub fn new(options: Options) -> Self {
        Self { options, written: 0, state: State::Sniffing(Vec::new()), output: Vec::new(), outline: None }
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
        self.ended_by(result)
    }

    /// Tells that the source is complete. What is left of the rendition can then be read.
    pub fn finish(&mut self) -> Result<()> {
        let result = plan::validate(&self.options).and_then(|()| self.finish_source());
        let result = self.ended_by(result);
        self.state = State::Ended;
        result
    }

    /// Takes at most `max` bytes of the rendition, and none if none are ready.
    pub fn read(&mut self, max: usize) -> Vec<u8> {
        if max >= self.output.len() {
            return std::mem::take(&mut self.output);
        }
        let rest = self.output.split_off(max);
        std::mem::replace(&mut self.output, rest)
    }

    /// Format and size of the rendition, as soon as the source's header has been read.
    pub fn outline(&self) -> Option<Outline> {
        self.outline
    }

    fn ended_by(&mut self, result: Result<()>) -> Result<()> {
        if result.is_err() {
            self.state = State::Ended;
            self.output = Vec::new();
        }
        result
    }

    fn feed(&mut self, chunk: Cow<'_, [u8]>) -> Result<()> {
        match &mut self.state {
            State::Sniffing(head) if head.len() + chunk.len() < info::SNIFF_BYTES => {
                head.extend_from_slice(&chunk);
                return Ok(());
            }
            State::Sniffing(head) => {
                let head = std::mem::take(head);
                self.open(if head.is_empty() { chunk } else { [&head, &*chunk].concat().into() })?;
            }
            State::Header(decoder) => decoder.feed(chunk)?,
            State::Rows(pipeline) => pipeline.decoder.feed(chunk)?,
            State::Complete => return Ok(()),
            State::Ended => return Err(Error::Ended),
        }
        self.advance()
    }

    fn finish_source(&mut self) -> Result<()> {
        if let State::Sniffing(head) = &mut self.state {
            let head = std::mem::take(head);
            self.open(head.into())?;
        }
        match &mut self.state {
            State::Header(decoder) => decoder.finish()?,
            State::Rows(pipeline) => pipeline.decoder.finish()?,
            State::Complete => return Ok(()),
            State::Sniffing(_) | State::Ended => return Err(Error::Ended),
        }
        self.advance()?;
        match self.state {
            State::Complete => Ok(()),
            _ => Err(Error::Internal("a decoder asks for more than the whole source".into())),
        }
    }

    /// Tells the format by the first bytes.
    fn open(&mut self, head: Cow<'_, [u8]>) -> Result<()> {
        let format = info::sniff(&head).ok_or(Error::Unrecognized)?;
        let mut decoder = decode::decoder(format)?;
        decoder.feed(head)?;
        self.state = State::Header(decoder);
        Ok(())
    }

    /// Goes as far as the input reaches.
    fn advance(&mut self) -> Result<()> {
        if let State::Header(decoder) = &mut self.state {
            let Step::Ready(header) = decoder.header()? else { return Ok(()) };
            let State::Header(decoder) = std::mem::replace(&mut self.state, State::Ended) else {
                return Err(Error::Ended);
            };
            let (pipeline, plan) = Pipeline::new(decoder, &header, &self.options)?;
            self.outline = Some(Outline {
                format: self.options.output.format,
                width: plan.width,
                height: plan.height,
                source: header.source,
            });
            self.state = State::Rows(Box::new(pipeline));
        }
        if let State::Rows(pipeline) = &mut self.state
            && pipeline.advance(&mut self.output)?
        {
            self.state = State::Complete;
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
    resampler: Resampler,
    flatten: Flatten,
    orient: Orient,
    encoder: Box<dyn Encoder>,
}

impl Pipeline {
    /// Plans, checks the plan's cost, and only then allocates.
    fn new(mut decoder: Box<dyn Decoder>, header: &Header, options: &Options) -> Result<(Self, Plan)> {
        let plan = plan::plan(&header.source, options, header.scales)?;
        let output = &options.output;
        let flatten = Flatten::new(header.channels, &options.geometry, output.format);
        let channels = flatten.channels();
        let image = Image { width: plan.width, height: plan.height, channels };
        let memory = BASE_MEMORY
            + decoder.memory(plan.scale)
            + Resampler::memory(&plan, header.channels)
            + Orient::memory(&plan, channels.count())
            + encode::memory(output.format, image);
        Limit::Memory.check(memory, options.limits.memory)?;

        decoder.start(plan.scale)?;
        let stages = Stages {
            resampler: Resampler::new(&plan, header.channels),
            flatten,
            orient: Orient::new(&plan, channels.count()),
            encoder: encode::encoder(output, image)?,
        };
        Ok((Self { decoder, stages }, plan))
    }

    /// Works through the rows that are there; true when the rendition is complete.
    fn advance(&mut self, output: &mut Vec<u8>) -> Result<bool> {
        while !self.stages.resampler.is_complete() {
            match self.decoder.next_row()? {
                Step::Ready(Some(row)) => self.stages.push(row)?,
                Step::Ready(None) => return Err(Error::Internal("a decoder gave too few rows".into())),
                Step::NeedInput => {
                    self.stages.encoder.drain(output);
                    return Ok(false);
                }
            }
        }
        self.stages.encoder.finish()?;
        self.stages.encoder.drain(output);
        Ok(true)
    }
}

impl Stages {
    fn push(&mut self, row: &[u8]) -> Result<()> {
        let Self { resampler, flatten, orient, encoder } = self;
        resampler.push(row, &mut |row| orient.push(flatten.apply(row), &mut |row| encoder.row(row)))
    }
}

/// What a program holds before any image: its stack, its constants, and what allocators round up.
const BASE_MEMORY: u64 = 2 << 20;
