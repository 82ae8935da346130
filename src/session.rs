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
/// after [`Session::finish`] only [`Session::step`] and [`Session::read`] go on.
pub struct Session {
    options: Options,
    /// Bytes of source so far, those that no decoder has seen yet, and whether these are the last.
    written: u64,
    pending: Queue,
    ended: Ended,
    state: State,
    /// Whether the last step left work that needs no more input.
    busy: bool,
    output: Queue,
    outline: Option<Outline>,
    damaged: bool,
    work: u64,
    mode: Mode,
}

/// How a session is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mode {
    /// All work is done as soon as it can be.
    Eager,
    /// The same, and the result is read in one piece at the end.
    Whole,
    /// Work waits for [`Session::step`].
    Stepped,
}

/// The end of the source.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ended {
    No,
    /// The caller has signalled it, and the decoder has not been informed.
    Known,
    /// The decoder has been informed.
    Signaled,
}

enum State {
    /// Too few bytes have arrived to recognise the format.
    Sniffing,
    /// The header has not arrived.
    Header(Box<dyn Decoder>),
    /// Rows are coming.
    Rows(Box<Pipeline>),
    /// The rendition is complete; what is left of the source does not matter.
    Complete,
    /// A call has failed.
    Failed,
}

impl Session {
    /// A session that has read nothing yet.
    pub fn new(options: Options) -> Self {
        Self::with_mode(options, Mode::Eager)
    }

    /// A session that works only in [`Session::step`]: for callers that look at a clock in between.
    pub fn stepped(options: Options) -> Self {
        Self::with_mode(options, Mode::Stepped)
    }

    /// A session whose result is read in one piece at the end, which takes more memory.
    pub(crate) fn whole(options: Options) -> Self {
        Self::with_mode(options, Mode::Whole)
    }

    fn with_mode(options: Options, mode: Mode) -> Self {
        Self {
            options,
            written: 0,
            pending: Queue::default(),
            ended: Ended::No,
            state: State::Sniffing,
            busy: false,
            output: Queue::default(),
            outline: None,
            damaged: false,
            work: 0,
            mode,
        }
    }

    /// Takes the next bytes of the source and works through as much of them as possible.
    pub fn write<'a>(&mut self, chunk: impl Into<Cow<'a, [u8]>>) -> Result<()> {
        let accepted = self.accept(chunk.into().into_owned());
        self.failed_by(accepted)?;
        self.work_eagerly()
    }

    /// Signals the end of the source.
    pub fn finish(&mut self) -> Result<()> {
        let accepted = self.check_open().and_then(|()| plan::validate(&self.options));
        self.failed_by(accepted)?;
        self.ended = Ended::Known;
        self.work_eagerly()
    }

    /// Works for a while on what has been written. Returns whether there is more to do without more input; after
    /// [`Session::finish`], false says that the rendition is complete.
    pub fn step(&mut self) -> Result<bool> {
        let result = self.work_a_while();
        self.failed_by(result)
    }

    /// Takes at most `max` bytes of the rendition, and none if none are ready; after [`Session::finish`] that is its end,
    /// unless there is more to do for [`Session::step`].
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

    /// The work done so far, in units of [`crate::Limits::work`].
    pub fn work(&self) -> u64 {
        self.work
    }

    fn failed_by<T>(&mut self, result: Result<T>) -> Result<T> {
        let result = result.map_err(|error| self.whole_memory(error));
        if result.is_err() {
            self.state = State::Failed;
            (self.pending, self.output) = (Queue::default(), Queue::default());
        }
        result
    }

    /// Fails once the source has ended or a call has failed.
    fn check_open(&self) -> Result<()> {
        match (&self.state, self.ended) {
            (State::Failed, _) | (_, Ended::Known | Ended::Signaled) => Err(Error::Ended),
            _ => Ok(()),
        }
    }

    fn accept(&mut self, chunk: Vec<u8>) -> Result<()> {
        self.check_open()?;
        self.written += chunk.len() as u64;
        Limit::SourceBytes.check(self.written, self.options.limits.source_bytes)?;
        plan::validate(&self.options)?;
        if !matches!(self.state, State::Complete) {
            self.pending.push(chunk);
        }
        Ok(())
    }

    fn work_eagerly(&mut self) -> Result<()> {
        while self.mode != Mode::Stepped && self.step()? {}
        Ok(())
    }

    fn work_a_while(&mut self) -> Result<bool> {
        if matches!(self.state, State::Failed) {
            return Err(Error::Ended);
        }
        if !self.busy {
            self.feed()?;
        }
        self.busy = self.advance()?;
        Ok(self.busy || self.can_feed())
    }

    /// Whether there is something that the next step can give to the decoder.
    fn can_feed(&self) -> bool {
        match self.state {
            State::Sniffing => self.pending.len() >= SNIFF_BYTES || self.ended == Ended::Known,
            State::Header(_) | State::Rows(_) => self.pending.len() > 0 || self.ended == Ended::Known,
            State::Complete | State::Failed => false,
        }
    }

    /// Gives the decoder the next part of the source, or signals its end.
    fn feed(&mut self) -> Result<()> {
        if !self.can_feed() {
            return Ok(());
        }
        if matches!(self.state, State::Sniffing) {
            let head = self.pending.take(usize::MAX);
            let format = sniff(&head).ok_or(Error::Unrecognized)?;
            self.state = State::Header(decode::decoder(format, &self.options, self.decoder_memory())?);
            self.pending.push(head);
        }
        let decoder = match &mut self.state {
            State::Header(decoder) => decoder,
            State::Rows(pipeline) => &mut pipeline.decoder,
            _ => return Ok(()),
        };
        if self.pending.len() == 0 {
            self.ended = Ended::Signaled;
            decoder.finish();
            return Ok(());
        }
        decoder.feed(self.pending.take(PIECE))
    }

    /// What a decoder may hold before anything is planned.
    fn decoder_memory(&self) -> u64 {
        self.options.limits.memory.saturating_sub(BASE_MEMORY)
    }

    /// Adds the memory of the program itself to what a decoder's error reports as needed.
    fn whole_memory(&self, error: Error) -> Error {
        let of_options = self.options.limits.memory;
        match error {
            Error::LimitExceeded { limit: Limit::Memory, allowed, needed } if allowed < of_options => {
                let needed = needed + (of_options - allowed);
                Error::LimitExceeded { limit: Limit::Memory, allowed: of_options, needed }
            }
            other => other,
        }
    }

    /// Goes on as far as the input reaches, or for a while. Returns whether it could go on.
    fn advance(&mut self) -> Result<bool> {
        let mut progress = Progress::NeedsInput;
        if let State::Header(decoder) = &mut self.state
            && let Step::Ready(header) = decoder.header()?
        {
            self.plan(&header)?;
        }
        if let State::Rows(pipeline) = &mut self.state {
            progress = pipeline.advance(self.written, &mut self.output)?;
            self.damaged = pipeline.decoder.found_damage();
            self.work = pipeline.work();
        }
        match progress {
            Progress::Complete => {
                self.state = State::Complete;
                self.pending = Queue::default();
            }
            Progress::NeedsInput
                if self.ended == Ended::Signaled && !matches!(self.state, State::Complete) =>
            {
                return Err(Error::Internal("a decoder asks for more than the whole source".into()));
            }
            _ => (),
        }
        Ok(progress == Progress::More)
    }

    /// Sets up the pipeline that the header and the options ask for.
    fn plan(&mut self, header: &Header) -> Result<()> {
        let State::Header(decoder) = std::mem::replace(&mut self.state, State::Failed) else {
            return Err(Error::Ended);
        };
        let held = self.pending.len() as u64;
        let (pipeline, plan) = Pipeline::new(decoder, header, &self.options, self.mode == Mode::Whole, held)?;
        self.outline = Some(Outline {
            format: self.options.output.format,
            width: plan.width,
            height: plan.height,
            source: header.source,
        });
        self.state = State::Rows(Box::new(pipeline));
        Ok(())
    }
}

/// How far a step came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Progress {
    /// There is no more to do before more of the source comes.
    NeedsInput,
    /// There is, but that was enough for one step.
    More,
    /// The rendition is complete.
    Complete,
}

/// The steps of a rendition, from rows of the source to bytes of the result.
struct Pipeline {
    decoder: Box<dyn Decoder>,
    stages: Stages,
    /// The work of resampling all rows, and of what happens to them then; and of each byte that is written.
    resampling_work: u64,
    stages_work: u64,
    per_byte: u64,
    /// Bytes written so far.
    written: u64,
    /// The limit of all work.
    max_work: u64,
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
        held: u64,
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
            + held
            + axes.iter().map(|&axes| Resampler::memory(axes, channels)).sum::<u64>()
            + sizes.iter().map(|&size| Orient::memory(plan.transform, size, pixel)).sum::<u64>()
            + encode::memory(output.format, image, whole);
        // Freed blocks are not always where the next one fits.
        let (decoding, max_memory) = (decoder.memory(detail), options.limits.memory);
        let memory = memory + (memory + decoding) / 16;
        Limit::Memory.check(memory + decoding, max_memory)?;
        let resampling = axes.iter().map(|&axes| Resampler::work(plan.filter, axes, channels));
        let resampling_work = resampling.sum::<u64>();
        let finishing = image.samples() * FINISHING_WORK;
        let encoding = encode::work(output, image);
        let stages_work = finishing + encoding.fixed;
        let work = BASE_WORK + resampling_work + stages_work + decoder.predicted_work(detail);
        Limit::Work.check(work, options.limits.work)?;

        decoder.start(detail, max_memory - memory)?;
        let orient = |&size: &(u32, u32)| Orient::new(plan.transform, size, pixel);
        let finish = match layout {
            Layout::YCbCr => Finish::Lanes(sizes.iter().map(orient).collect()),
            Layout::Interleaved(_) if planar => Finish::Join(Join::default(), orient(&plan.size)),
            Layout::Interleaved(_) => Finish::Pixels(flatten, orient(&plan.size)),
        };
        let resamplers = axes.iter().map(|&axes| Resampler::new(plan.filter, axes, channels)).collect();
        let encoder = encode::encoder(output, image)?;
        let stages = Stages { resamplers, finish, encoder };
        let (per_byte, max_work) = (encoding.per_byte, options.limits.work);
        Ok((Self { decoder, stages, resampling_work, stages_work, per_byte, written: 0, max_work }, plan))
    }

    /// The work done so far.
    fn work(&self) -> u64 {
        BASE_WORK
            + self.for_rows_so_far(self.resampling_work + self.stages_work)
            + self.written * self.per_byte
            + self.decoder.work()
    }

    /// The share of the work for all rows that belongs to the rows decoded so far.
    fn for_rows_so_far(&self, work: u64) -> u64 {
        let (done, of) = self.stages.progress();
        // Divided first: the product could overflow.
        (work / of.max(1)).saturating_mul(done)
    }

    /// Checks the work done so far against the limits: the caller's, and that of a source of `source_bytes` bytes. A small
    /// file must not cost much, however large an image it announces.
    fn check_work(&self, source_bytes: u64) -> Result<()> {
        Limit::Work.check(self.work(), self.max_work)?;
        let free = FREE_WORK.max(self.max_work / 100);
        let share = free.saturating_add(source_bytes.saturating_mul(WORK_PER_BYTE));
        Limit::Work.check(self.decoder.work() + self.for_rows_so_far(self.resampling_work), share)
    }

    /// Works through the rows that are there, for a while.
    fn advance(&mut self, source_bytes: u64, output: &mut Queue) -> Result<Progress> {
        let progress = if self.stages.are_complete() {
            self.stages.encoder.finish()?;
            Progress::Complete
        } else {
            self.advance_rows(source_bytes)?
        };
        let before = output.len();
        self.stages.encoder.drain(output);
        self.written += (output.len() - before) as u64;
        Ok(progress)
    }

    fn advance_rows(&mut self, source_bytes: u64) -> Result<Progress> {
        let pause = self.work() + STEP_WORK;
        while !self.stages.are_complete() {
            self.check_work(source_bytes)?;
            if self.work() > pause {
                return Ok(Progress::More);
            }
            let Self { decoder, stages, .. } = self;
            match decoder.advance(&mut |lane, row| stages.push(lane, row))? {
                Step::Ready(true) => (),
                Step::Ready(false) => return Err(Error::Internal("a decoder gave too few rows".into())),
                Step::NeedInput => return Ok(Progress::NeedsInput),
            }
        }
        // Encoders that hold the image do their work at its end.
        Ok(Progress::More)
    }
}

impl Stages {
    fn are_complete(&self) -> bool {
        self.resamplers.iter().all(Resampler::is_complete)
    }

    /// Rows of all lanes that have come, of those that are needed.
    fn progress(&self) -> (u64, u64) {
        let rows = self.resamplers.iter().map(Resampler::progress);
        rows.fold((0, 0), |(done, of), (row, rows)| (done + row, of + rows))
    }

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

/// Bytes of the source that a decoder gets at once.
const PIECE: usize = 64 << 10;

/// What a program holds before any image: its stack, its constants, and what allocators round up.
const BASE_MEMORY: u64 = 2 << 20;

/// Work of a step, in units of [`crate::Limits::work`]: some hundredths of a second.
const STEP_WORK: u64 = 40_000_000;

/// The work that decoding and resampling any source may take, in units of [`crate::Limits::work`], and the additional
/// work allowed for each of its bytes. Photographs need less than a tenth of the latter.
const FREE_WORK: u64 = 4_000_000_000;
const WORK_PER_BYTE: u64 = 10_000;

/// The work of any rendition, however small, in units of [`crate::Limits::work`].
const BASE_WORK: u64 = 150_000;

/// The work of turning a sample, joining lanes and drawing a background.
const FINISHING_WORK: u64 = 6;
