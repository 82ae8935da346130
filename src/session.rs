//! One rendition, from the first byte of the source to the last of the result.

use crate::decode::{self, Decoder, Header, Inspector, Step};
use crate::geometry::Region;
use crate::look;
use crate::overlay::{Pictures, make};
use crate::pipeline::{BASE_MEMORY, Job, Pipeline, Progress};
use crate::plan;
use crate::queue::Queue;
use crate::sink::Pass;
use crate::{Error, Format, Geometry, Info, Input, Limit, Options, Outline, Output, Pixels, Result, Source};
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
    /// The work done so far, and before this way through the source.
    work: u64,
    spent: u64,
    /// What has been read of a source that has to be read again.
    kept: Queue,
    /// What trimming has left of the upright source.
    trimmed: Option<Region>,
    mode: Mode,
    /// What finds out the facts about the source, until they are known; and these, those of its pixels apart.
    inspector: Option<Box<dyn Inspector>>,
    info: Option<Info>,
    pixels: Option<Pixels>,
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
    /// Only facts about the source are still to be found out.
    Facts,
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
            spent: 0,
            kept: Queue::default(),
            trimmed: None,
            mode,
            inspector: None,
            info: None,
            pixels: None,
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

    /// The facts that [`Output::describe`] asks for, once all of them are known. Then no more of the source is needed.
    pub fn info(&self) -> Option<Info> {
        let info = self.info.clone().filter(|_| matches!(self.state, State::Complete))?;
        Some(Info { pixels: self.pixels.clone(), ..info })
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
            (self.pending, self.kept, self.output) = Default::default();
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
            State::Header(_) | State::Rows(_) | State::Facts => {
                self.pending.len() > 0 || self.ended == Ended::Known
            }
            State::Complete | State::Failed => false,
        }
    }

    /// Gives the decoder the next part of the source, or signals its end.
    fn feed(&mut self) -> Result<()> {
        if !self.can_feed() {
            return Ok(());
        }
        if matches!(self.state, State::Sniffing) {
            let format = sniff(&self.pending.first(SNIFF_BYTES)).ok_or(Error::Unrecognized)?;
            self.state = self.begin(format)?;
        }
        let piece = self.pending.take(PIECE);
        if !piece.is_empty() && self.search_options().is_some() {
            self.keep(&piece)?;
        }
        if piece.is_empty() {
            self.ended = Ended::Signaled;
        }
        match &mut self.inspector {
            Some(inspector) if piece.is_empty() => inspector.finish(),
            Some(inspector) => inspector.feed(&piece)?,
            None => (),
        }
        let decoder = match &mut self.state {
            State::Header(decoder) => decoder,
            State::Rows(pipeline) => pipeline.decoder_mut(),
            _ => return Ok(()),
        };
        if piece.is_empty() {
            decoder.finish();
            return Ok(());
        }
        decoder.feed(piece)
    }

    /// Begins with a source of a known format.
    fn begin(&mut self, format: Format) -> Result<State> {
        let memory = self.decoder_memory();
        let Some(facts) = self.options.output.describe else {
            return Ok(State::Header(decode::decoder(format, &self.options, memory)?));
        };
        if self.mode == Mode::Whole {
            return Err(Error::invalid("describe", "is for sessions; a whole file is described by inspect"));
        }
        self.inspector = Some(decode::inspector(format, facts.location)?);
        Ok(match facts.pixels {
            None => State::Facts,
            Some(_) => State::Header(decode::decoder(format, &look::options(&self.options), memory)?),
        })
    }

    /// Keeps a piece of the source, to read it again.
    fn keep(&mut self, piece: &[u8]) -> Result<()> {
        let needed = (self.kept.len() + piece.len()) as u64;
        match &self.state {
            State::Rows(pipeline) => {
                let max_memory = self.options.limits.memory;
                let missing = needed.saturating_sub(pipeline.max_kept());
                Limit::Memory.check(max_memory.saturating_add(missing), max_memory)?;
            }
            _ => Limit::Memory.check(2 * needed, self.decoder_memory())?,
        }
        self.kept.extend(piece);
        Ok(())
    }

    /// The options to look for the border with, if that is to be trimmed and has not been found.
    fn search_options(&self) -> Option<Options> {
        let is_searched = self.trimmed.is_none() && self.options.output.describe.is_none();
        let trim = self.options.geometry.trim.filter(|_| is_searched)?;
        let auto_orient = self.options.geometry.auto_orient;
        let geometry = Geometry { auto_orient, trim: Some(trim), ..Geometry::default() };
        let output =
            Output { format: Format::Png, profile: self.options.output.profile, ..Output::default() };
        let Options { limits, .. } = self.options;
        // The border is that of the first frame.
        let input = Input { frames: 1, ..self.options.input };
        Some(Options { input, geometry, output, limits, ..Options::default() })
    }

    /// Starts to read the source again, now that it is known what trimming leaves.
    fn start_again(&mut self, trimmed: Region) {
        self.kept.append(&mut self.pending);
        self.pending = std::mem::take(&mut self.kept);
        self.trimmed = Some(trimmed);
        self.spent = self.work;
        self.state = State::Sniffing;
        if self.ended == Ended::Signaled {
            self.ended = Ended::Known;
        }
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
        self.find_facts()?;
        if let State::Header(decoder) = &mut self.state
            && let Step::Ready(header) = decoder.header()?
        {
            self.plan(&header)?;
        }
        if let State::Rows(pipeline) = &mut self.state {
            progress = pipeline.advance(self.written, &mut self.output)?;
            self.damaged |= pipeline.found_damage();
            self.work = pipeline.work();
            if progress == Progress::Complete
                && let Some(trimmed) = pipeline.trimmed()
            {
                self.start_again(trimmed);
                return Ok(true);
            }
            if progress == Progress::Complete {
                self.pixels = pipeline.pixels();
                if let (Some(outline), Some(format)) = (&mut self.outline, pipeline.format()) {
                    outline.format = format;
                }
            }
        }
        if progress == Progress::Complete || matches!(self.state, State::Facts) {
            let is_known = self.inspector.is_none();
            progress = if is_known { Progress::Complete } else { Progress::NeedsInput };
            self.state = State::Facts;
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

    /// Finds out facts about the source as far as its bytes have come.
    fn find_facts(&mut self) -> Result<()> {
        let Some(inspector) = &mut self.inspector else { return Ok(()) };
        let Step::Ready(info) = inspector.info()? else { return Ok(()) };
        self.inspector = None;
        // A rendition that would be too large is none, and its source can be described nevertheless.
        if let Ok(plan) = plan::plan(&info.source, &self.options, &[], None) {
            self.outline = Some(self.outline_of(&plan, &info.source));
        }
        self.info = Some(info);
        Ok(())
    }

    fn outline_of(&self, plan: &plan::Plan, source: &Source) -> Outline {
        let (width, height) = (plan.width, plan.height);
        Outline { format: self.options.output.format, width, height, source: *source }
    }

    /// Makes the pictures that are laid over the rendition, whose size follows from the header.
    fn pictures(&self, header: &Header, pass: Pass) -> Result<Pictures> {
        let Pass::Render(trimmed) = pass else { return Ok(Pictures::default()) };
        if self.options.overlays.is_empty() {
            return Ok(Pictures::default());
        }
        let plan = plan::plan(&header.source, &self.options, header.scales, trimmed)?;
        // The decoder holds what it has been fed.
        make::pictures(&self.options, &plan, self.written, self.spent)
    }

    /// Sets up the pipeline that the header and the options ask for.
    fn plan(&mut self, header: &Header) -> Result<()> {
        let State::Header(decoder) = std::mem::replace(&mut self.state, State::Failed) else {
            return Err(Error::Ended);
        };
        let search = self.search_options();
        let is_looked_at = self.options.output.describe.is_some();
        let pass = match search.as_ref().and_then(|options| options.geometry.trim) {
            Some(trim) => Pass::Border(trim),
            None if is_looked_at => Pass::Look,
            None => Pass::Render(self.trimmed),
        };
        let small = is_looked_at.then(|| look::options(&self.options));
        let job = Job {
            options: search.as_ref().or(small.as_ref()).unwrap_or(&self.options),
            whole: self.mode == Mode::Whole,
            held: (self.pending.len() + self.kept.len()) as u64,
            spent: self.spent,
            pass,
            pictures: self.pictures(header, pass)?,
        };
        let (pipeline, plan) = Pipeline::new(decoder, header, job)?;
        if let Pass::Render(_) = pass {
            self.outline = Some(self.outline_of(&plan, &header.source));
        }
        self.state = State::Rows(Box::new(pipeline));
        Ok(())
    }
}

/// Bytes of the source that a decoder gets at once.
const PIECE: usize = 64 << 10;
