//! The steps of a rendition: decode, resample, finish, encode; planned, priced, and then run row by row.

use crate::adjust;
use crate::decode::{Decoder, Header, Step};
use crate::encode::{self, Image};
use crate::finish::{Finish, conversion, stays_planar};
use crate::geometry::Region;
use crate::overlay::{Picture, Pictures};
use crate::pixels::{Channels, Depth, Layout};
use crate::plan::{self, Axis, Detail, Lane, Plan};
use crate::queue::Queue;
use crate::resample::{Form, Resampler, Sampling};
use crate::sink::{Pass, Sink, Target};
use crate::stage::Cost;
use crate::{Error, Format, Limit, Options, Pixels, Result};
use std::collections::VecDeque;

/// How far a step came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Progress {
    /// There is no more to do before more of the source comes.
    NeedsInput,
    /// There is, but that was enough for one step.
    More,
    /// The rendition is complete.
    Complete,
}

/// The steps of a rendition, from rows of the source to bytes of the result.
pub(crate) struct Pipeline {
    decoder: Box<dyn Decoder>,
    stages: Stages,
    /// The work of what does not depend on rows.
    fixed_work: u64,
    /// The work of resampling all rows, and of what happens to them then; and of each byte that is written.
    resampling_work: u64,
    stages_work: u64,
    per_byte: u64,
    /// What comes after the rows of a frame, and the number of frames before it.
    after: After,
    frames: u64,
    /// Bytes written so far.
    written: u64,
    /// The limit of all work.
    max_work: u64,
    /// Bytes of a result that comes in pieces, or of a frame of it if there are several.
    pieces: u64,
    has_frames: bool,
    /// The memory that was predicted, and the limit of it.
    memory: u64,
    max_memory: u64,
    /// Bytes of the source that may be kept, and of the result that may be unread.
    max_kept: u64,
    max_unread: u64,
}

/// What comes after the rows of a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum After {
    /// The frame is ended.
    Frame,
    /// The next frame is looked for.
    Next,
    /// There is none: the file is ended.
    File,
}

struct Stages {
    /// One for each lane.
    resamplers: Vec<Resampler>,
    /// Rows that have come and wait to be enlarged. One becomes many, which may be too much for a step.
    waiting: VecDeque<(usize, Vec<u8>)>,
    enlarges: bool,
    finish: Finish,
    sink: Sink,
}

/// What a pipeline is made for.
#[derive(Debug)]
pub(crate) struct Job<'a> {
    /// The options of the rendition.
    pub options: &'a Options,
    /// Whether the rendition is read in one piece at the end.
    pub whole: bool,
    /// Bytes of the source that wait for the decoder.
    pub held: u64,
    /// The work that has been done before.
    pub spent: u64,
    /// What is made.
    pub pass: Pass,
    /// What is laid over the rendition.
    pub pictures: Pictures,
}

impl Job<'_> {
    /// Bytes that the waiting source takes: one in a single piece stays as long as any of it is needed, next to what has
    /// been taken from it.
    fn held(&self) -> u64 {
        if self.whole { self.held + self.held / 4 } else { self.held }
    }
}

impl Pipeline {
    /// Plans, checks the plan's cost, and only then allocates.
    pub(crate) fn new(mut decoder: Box<dyn Decoder>, header: &Header, job: Job<'_>) -> Result<(Self, Plan)> {
        let options = job.options;
        let plan = match job.pass {
            Pass::Border(_) => plan::whole(&header.source, options)?,
            Pass::Render(trimmed) => plan::plan(&header.source, options, header.scales, trimmed)?,
            Pass::Look | Pass::Overlay => plan::plan(&header.source, options, header.scales, None)?,
        };
        let depth = plan::depth(options, header.depth);
        let outputs = encode::Outputs::new(options);
        let (conversion, conversion_work) = conversion(&mut *decoder, header, options, depth);
        let linear = options.geometry.linear;
        let as_lanes = !linear && stays_planar(&plan, header.layout, options);
        // Where the encoder halves chroma, it need not come with more detail to be converted.
        let halved_chroma = as_lanes || conversion.is_some() && encode::takes_halved_chroma(&outputs);
        let lanes = Detail { scale: plan.scale, halved_chroma, whole_pixels: false };
        let joined = header.layout == Layout::YCbCr && !as_lanes && have_one_size(&decoder.lanes(lanes));
        let whole_pixels = linear || joined || header.exact_pixels && !as_lanes && !plan.shrinks();
        let layout = match header.layout {
            Layout::YCbCr if whole_pixels => Layout::Interleaved(Channels::Rgb),
            other => other,
        };
        let detail = Detail { whole_pixels, ..lanes };
        let to = match layout {
            Layout::YCbCr if !as_lanes => Form::Wide,
            _ if conversion.is_some() => Form::Bits(Depth::Sixteen),
            _ => Form::Bits(depth),
        };
        let alpha = layout.channels().has_alpha();
        let sampling = Sampling { samples: layout.samples(), alpha, from: header.depth, to, linear };
        let axes: Vec<(Axis, Axis)> = (decoder.lanes(detail).iter().enumerate())
            .map(|(lane, size)| plan.axes(size, as_lanes && lane > 0))
            .collect();

        let (overlays, spent) = (job.pictures.held(&options.overlays), job.spent + job.pictures.work);
        let (held, whole, pass) = (job.held(), job.whole, job.pass);
        let pictures = job.pictures.pictures;
        let finish = Finish::new(&plan, layout, options, &axes, (as_lanes, conversion, depth), pictures);
        let image = Image {
            width: plan.width,
            height: plan.height,
            layout: finish.layout(),
            depth,
            loops: header.loops,
        };
        let target = Target::new(pass, &plan::upright(&header.source, &options.geometry), image, options);
        let (encoding, file) = (encode::work(&outputs, image), encode::memory(&outputs, image));
        let sinking = match &target {
            Target::Border(border) => border.cost(),
            Target::Look(look) => look.cost(),
            Target::Picture(shape) => Cost { memory: shape.bytes(), work: shape.bytes() },
            Target::File => Cost { memory: file.coder, work: encoding.fixed },
        };
        let pieces = if matches!(target, Target::File) { file.pieces } else { 0 };
        // A file that is read as it comes need not fit, if it does come bit by bit.
        let streams = !whole && plan.keeps_order() && !adjust::delays(&options.adjust);
        let unread = match (whole, streams) {
            (true, _) => 2 * pieces,
            (_, true) => pieces.min(MOST_AT_ONCE),
            (_, false) => pieces,
        };
        let enlarges = axes.iter().any(|(_, y)| y.ratio() < 1.0);
        let row = u64::from(header.source.width) * (layout.channels().count() * header.depth.bytes()) as u64;
        let waiting = if enlarges { ROWS_AT_ONCE * row } else { 0 };
        let (carried, finishing) = (decoder.carried(), finish.cost());
        let memory = BASE_MEMORY
            + held
            + overlays
            + axes.iter().map(|&axes| Resampler::memory(axes, sampling)).sum::<u64>()
            + finishing.memory
            + carried.memory()
            + sinking.memory
            + unread
            + waiting;
        // Freed blocks are not always where the next one fits.
        let (decoding, max_memory) = (decoder.memory(detail) * pass.times(), options.limits.memory);
        let memory = memory + (memory + decoding) / 16;
        Limit::Memory.check(memory + decoding, max_memory)?;
        let resampling = axes.iter().map(|&axes| Resampler::work(plan.filter, axes, sampling));
        let resampling_work = resampling.sum::<u64>();
        let stages_work = image.samples() * FINISHING_WORK + finishing.work + sinking.work;
        let fixed_work = spent + BASE_WORK + carried.work() + conversion_work;
        let work = fixed_work + resampling_work + stages_work + decoder.predicted_work(detail);
        Limit::Work.check(work, options.limits.work)?;

        // What shows only on the way shares what is left: a source that is kept to be read again, or a file that is not read.
        let left = max_memory - memory;
        let half = (left - decoding) / 2;
        let kept = if matches!(target, Target::Border(_)) { half } else { 0 };
        let more = half.min(pieces.saturating_sub(unread));
        // So do frames that are encoded. If they are read in one piece, they are there twice.
        let frames = if header.loops.is_some() { half } else { 0 };
        let room = if whole { frames / 2 } else { frames };
        let attached = carried.attach(&options.output, &header.source, (plan.width, plan.height));
        drop(carried);
        decoder.start(detail, left - kept - more - frames)?;
        let resamplers = axes.iter().map(|&axes| Resampler::new(plan.filter, axes, sampling)).collect();
        let sink = match target {
            Target::Border(border) => Sink::Border(border),
            Target::Look(look) => Sink::Look(look),
            Target::Picture(shape) => Sink::Picture(Picture { shape, rows: Vec::new() }),
            Target::File => Sink::File(encode::encoder(&outputs, image, attached, room)?),
        };
        let pipeline = Self {
            decoder,
            stages: Stages { resamplers, waiting: VecDeque::new(), enlarges, finish, sink },
            fixed_work,
            resampling_work,
            stages_work,
            per_byte: encoding.per_byte,
            after: After::Frame,
            frames: 0,
            written: 0,
            max_work: options.limits.work,
            pieces,
            has_frames: header.loops.is_some() && pieces > 0,
            memory: memory + decoding,
            max_memory,
            max_kept: kept,
            max_unread: if header.loops.is_some() && job.whole {
                pieces + room
            } else {
                unread + more + frames
            },
        };
        Ok((pipeline, plan))
    }

    /// What trimming has left of the upright source, if that was looked for.
    pub(crate) fn trimmed(&self) -> Option<Region> {
        match &self.stages.sink {
            Sink::File(_) | Sink::Look(_) | Sink::Picture(_) => None,
            Sink::Border(border) => Some(border.region()),
        }
    }

    /// What was found in the pixels, if they were looked at.
    pub(crate) fn pixels(&self) -> Option<Pixels> {
        match &self.stages.sink {
            Sink::Look(look) => Some(look.pixels()),
            Sink::File(_) | Sink::Border(_) | Sink::Picture(_) => None,
        }
    }

    /// The picture to lay over a rendition, if that is what was made.
    pub(crate) fn into_picture(self) -> Option<Picture> {
        match self.stages.sink {
            Sink::Picture(picture) => Some(picture),
            Sink::File(_) | Sink::Border(_) | Sink::Look(_) => None,
        }
    }

    /// The memory that was predicted, with that of the program and of what was held before.
    pub(crate) fn memory(&self) -> u64 {
        self.memory
    }

    /// The most bytes of the source that may be kept to be read again.
    pub(crate) fn max_kept(&self) -> u64 {
        self.max_kept
    }

    /// The format of the rendition, where it was not certain before it was complete.
    pub(crate) fn format(&self) -> Option<Format> {
        match &self.stages.sink {
            Sink::File(encoder) => encoder.format(),
            Sink::Border(_) | Sink::Look(_) | Sink::Picture(_) => None,
        }
    }

    /// The decoder, to feed it.
    pub(crate) fn decoder_mut(&mut self) -> &mut Box<dyn Decoder> {
        &mut self.decoder
    }

    /// Whether rows came out although some of their source is missing or corrupt.
    pub(crate) fn found_damage(&self) -> bool {
        self.decoder.found_damage()
    }

    /// The work done so far.
    pub(crate) fn work(&self) -> u64 {
        self.fixed_work
            + self.for_rows_so_far(self.resampling_work + self.stages_work)
            + self.written * self.per_byte
            + self.stages.sink.work()
            + self.decoder.work()
    }

    /// What the work for all rows of a frame comes to with the rows decoded so far.
    fn for_rows_so_far(&self, work: u64) -> u64 {
        let (done, of) = self.stages.progress();
        // Divided first: the product could overflow.
        (work / of.max(1)).saturating_mul(done).saturating_add(work.saturating_mul(self.frames))
    }

    /// Checks the work done so far against the limits: the caller's, and that of a source of `source_bytes` bytes. A small
    /// file must not cost much, however large an image it announces. Each frame of an animation counts as a file: most add
    /// few bytes to the first, and the limits of frames and of pixels in all of them bound their work.
    fn check_work(&self, source_bytes: u64) -> Result<()> {
        Limit::Work.check(self.work(), self.max_work)?;
        let free = FREE_WORK.max(self.max_work / 100).saturating_mul(1 + self.frames);
        let share = free.saturating_add(source_bytes.saturating_mul(WORK_PER_BYTE));
        Limit::Work.check(self.decoder.work() + self.for_rows_so_far(self.resampling_work), share)
    }

    /// Checks that what has not been read leaves room for what the next step may add. If not, what is reported as needed is
    /// enough for the whole file, which gets half of what a higher limit leaves.
    fn check_unread(&self, unread: u64) -> Result<()> {
        let step = MOST_AT_ONCE.min(self.pieces);
        let file = if self.has_frames { unread + step } else { self.pieces };
        let fits = (unread + step).min(file) <= self.max_unread;
        let missing = if fits { 0 } else { 2 * file.saturating_sub(self.max_unread) };
        Limit::Memory.check(self.max_memory.saturating_add(missing), self.max_memory)
    }

    /// Works through the rows that are there, for a while.
    pub(crate) fn advance(&mut self, source_bytes: u64, output: &mut Queue) -> Result<Progress> {
        self.check_unread(output.len() as u64)?;
        let progress = if self.stages.are_complete() {
            self.advance_after_rows()?
        } else {
            self.advance_rows(source_bytes)?
        };
        let before = output.len();
        self.stages.sink.drain(output);
        self.written += (output.len() - before) as u64;
        Ok(progress)
    }

    /// Goes on when all rows of a frame have come.
    fn advance_after_rows(&mut self) -> Result<Progress> {
        Limit::Work.check(self.work(), self.max_work)?;
        match self.after {
            After::Frame => {
                if !self.stages.sink.end_frame(self.decoder.delay())? {
                    self.after = if self.stages.sink.takes_frames() { After::Next } else { After::File };
                }
            }
            After::Next => match self.decoder.next_frame()? {
                Step::NeedInput => return Ok(Progress::NeedsInput),
                Step::Ready(false) => self.after = After::File,
                Step::Ready(true) => {
                    self.stages.restart();
                    self.frames += 1;
                    self.after = After::Frame;
                }
            },
            After::File if self.stages.sink.finish()? => (),
            After::File => {
                Limit::Work.check(self.work(), self.max_work)?;
                return Ok(Progress::Complete);
            }
        }
        Ok(Progress::More)
    }

    fn advance_rows(&mut self, source_bytes: u64) -> Result<Progress> {
        let pause = self.work() + STEP_WORK;
        while !self.stages.are_complete() {
            self.check_work(source_bytes)?;
            if self.work() > pause {
                return Ok(Progress::More);
            }
            let Self { decoder, stages, .. } = self;
            if stages.enlarge()? {
                continue;
            }
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

    /// Prepares for the rows of another frame, which the stages are ready for after the last row of one.
    fn restart(&mut self) {
        self.resamplers.iter_mut().for_each(Resampler::restart);
    }

    /// Rows of all lanes that have come, of those that are needed.
    fn progress(&self) -> (u64, u64) {
        let rows = self.resamplers.iter().map(Resampler::progress);
        rows.fold((0, 0), |(done, of), (row, rows)| (done + row, of + rows))
    }

    /// Takes a row of a lane.
    fn push(&mut self, lane: usize, row: &[u8]) -> Result<()> {
        if self.enlarges {
            self.waiting.push_back((lane, row.to_vec()));
            return Ok(());
        }
        self.resample(lane, row)?;
        while self.emit(lane)? {}
        Ok(())
    }

    /// Goes on with a row that waits, or with one that comes of it; false if there is none.
    fn enlarge(&mut self) -> Result<bool> {
        for lane in 0..self.resamplers.len() {
            if self.emit(lane)? {
                return Ok(true);
            }
        }
        let Some((lane, row)) = self.waiting.pop_front() else { return Ok(false) };
        self.resample(lane, &row).map(|()| true)
    }

    fn resample(&mut self, lane: usize, row: &[u8]) -> Result<()> {
        let Self { resamplers, finish, sink, .. } = self;
        let Some(resampler) = resamplers.get_mut(lane) else { return Ok(()) };
        resampler.push(row, &mut |row| finish.push(lane, row, &mut |lane, row| sink.row(lane, row)))
    }

    /// Hands on a row of a lane that is complete; false if none is.
    fn emit(&mut self, lane: usize) -> Result<bool> {
        let Self { resamplers, finish, sink, .. } = self;
        let Some(resampler) = resamplers.get_mut(lane) else { return Ok(false) };
        resampler.emit(&mut |row| finish.push(lane, row, &mut |lane, row| sink.row(lane, row)))
    }
}

/// Whether lanes are pixel by pixel the same. They become pixels before they are resampled: colours that compression has moved
/// out of range are clamped as those of the whole image are.
fn have_one_size(lanes: &[Lane]) -> bool {
    lanes.windows(2).all(|pair| matches!(pair, [one, next] if one == next))
}

/// What a program holds before any image: its stack, its constants, and what allocators round up.
pub(crate) const BASE_MEMORY: u64 = (2 << 20) + (256 << 10);

/// Work of a step, in units of [`crate::Limits::work`]: some hundredths of a second.
const STEP_WORK: u64 = 40_000_000;

/// The work that decoding and resampling any source may take, in units of [`crate::Limits::work`], and the additional
/// work allowed for each of its bytes. Photographs need less than a tenth of the latter.
const FREE_WORK: u64 = 4_000_000_000;
const WORK_PER_BYTE: u64 = 10_000;

/// The most bytes of a result that a step can add: what deflating noise makes of the samples that it has work for.
const MOST_AT_ONCE: u64 = 4 << 20;

/// Rows that a decoder hands on at once, at most, those of half the width being halves: 24 of a WebP's luminance, and 12 of each
/// colour difference.
const ROWS_AT_ONCE: u64 = 36;

/// The work of any rendition, however small, in units of [`crate::Limits::work`].
const BASE_WORK: u64 = 150_000;

/// The work of joining the lanes of a sample, or of handing it on.
const FINISHING_WORK: u64 = 6;
