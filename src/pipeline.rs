//! The steps of a rendition: decode, resample, finish, encode; planned, priced, and then run row by row.

use crate::decode::{Decoder, Header, Step};
use crate::encode::{self, Encoder, Image};
use crate::flatten::Flatten;
use crate::join::Join;
use crate::orient::Orient;
use crate::pixels::{Channels, Layout};
use crate::plan::{self, Axis, Detail, Plan};
use crate::queue::Queue;
use crate::resample::Resampler;
use crate::{Error, Limit, Options, Result};

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
    pub(crate) fn new(
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
    pub(crate) fn advance(&mut self, source_bytes: u64, output: &mut Queue) -> Result<Progress> {
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

/// What a program holds before any image: its stack, its constants, and what allocators round up.
pub(crate) const BASE_MEMORY: u64 = 2 << 20;

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
