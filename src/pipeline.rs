//! The steps of a rendition: decode, resample, finish, encode; planned, priced, and then run row by row.

use crate::color::Conversion;
use crate::decode::{Decoder, Header, Step};
use crate::encode::{self, Encoder, Image};
use crate::geometry::Transform;
use crate::join::Join;
use crate::pixels::{Channels, Depth, Layout, Samples};
use crate::plan::{self, Axis, Detail, Plan};
use crate::queue::Queue;
use crate::resample::{Resampler, Sampling};
use crate::stage::{
    Backdrop, Chain, Convert, Cost, Flatten, Masked, Orient, Pad, Shape, SmartCrop, Stage, Surroundings,
    Tilted, over,
};
use crate::{Angle, Color, Error, Fill, Format, Limit, Options, Profile, Result, Sides};

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
    /// The work of reading and writing metadata.
    metadata_work: u64,
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
    /// Rows of whole pixels, of lanes that are joined first if there are several, and whose colours are converted.
    Pixels(Option<Join>, Option<Convert>, Chain),
    /// Lanes go to the encoder as they are, but turned.
    Lanes(Vec<Orient>),
}

impl Finish {
    fn new(
        plan: &Plan,
        layout: Layout,
        options: &Options,
        axes: &[(Axis, Axis)],
        (as_lanes, conversion): (bool, Option<Conversion>),
    ) -> Self {
        if as_lanes {
            let lane = |(x, y): &(Axis, Axis)| {
                Orient::new(plan.transform, Shape { width: x.size, height: y.size, channels: Channels::Gray })
            };
            return Self::Lanes(axes.iter().map(lane).collect());
        }
        let channels = match layout {
            Layout::YCbCr => Channels::Rgb,
            other => other.channels(),
        };
        let join = (layout == Layout::YCbCr).then(Join::default);
        let (width, height) = plan.size;
        let shape = Shape { width, height, channels };
        let convert = conversion.map(|conversion| Convert::new(shape, conversion));
        Self::Pixels(join, convert, chain(plan, options, shape))
    }

    fn cost(&self) -> Cost {
        match self {
            Self::Pixels(_, convert, chain) => {
                convert.as_ref().map_or(Cost::default(), Convert::cost) + chain.cost()
            }
            Self::Lanes(lanes) => lanes.iter().map(Stage::cost).fold(Cost::default(), |sum, cost| sum + cost),
        }
    }
}

/// The stages between the resampled image and the encoder.
fn chain(plan: &Plan, options: &Options, resampled: Shape) -> Chain {
    let mut chain = Chain::new(resampled);
    if plan.transform != Transform::default() {
        chain.add(|shape| Orient::new(plan.transform, shape));
    }
    if let Some(cut) = plan.smart {
        chain.add(|shape| SmartCrop::new(shape, cut));
    }
    let opaque = options.output.format == Format::Jpeg;
    let background = options.geometry.background.or(opaque.then_some(Color::WHITE));
    add_surroundings(&mut chain, plan, options.geometry.fill, ground(background, opaque));
    if let Some(mask) = plan.around.mask {
        chain.add(|shape| Masked::new(shape, mask));
    }
    if let Some(background) = background.filter(|_| chain.shape().channels.has_alpha()) {
        chain.add(|shape| Flatten::new(shape, background, opaque));
    }
    chain
}

/// The opaque colour that shows in the end where an image is transparent, if one does. What is drawn on the way lies on it
/// at once, and needs no alpha.
fn ground(background: Option<Color>, opaque: bool) -> Option<Color> {
    let ground =
        background.map(|background| if opaque { over(background, Color::WHITE) } else { background });
    ground.filter(|ground| ground.alpha == 255)
}

/// Adds what lies around the image: surroundings, a tilt, and surroundings again.
fn add_surroundings(chain: &mut Chain, plan: &Plan, fill: Option<Fill>, ground: Option<Color>) {
    let on_ground = |color: Color| ground.map_or(color, |ground| over(color, ground));
    let around = &plan.around;
    let Some(tilt) = around.tilt.filter(|tilt| tilt.angle != Angle::default()) else {
        add_sides(chain, around.extend.plus(around.padding), fill, on_ground);
        return;
    };
    add_sides(chain, around.extend, fill, on_ground);
    match Tilted::quarters(tilt.angle) {
        Some(rotation) => chain.add(|shape| Orient::new(Transform::from_rotation(rotation), shape)),
        None => {
            let background = on_ground(tilt.background.unwrap_or(Color::TRANSPARENT));
            chain.add(|shape| Tilted::new(shape, tilt.angle, background));
        }
    }
    add_sides(chain, around.padding, fill, on_ground);
}

fn add_sides(chain: &mut Chain, sides: Sides, fill: Option<Fill>, on_ground: impl Fn(Color) -> Color) {
    if sides == Sides::ZERO {
        return;
    }
    let surroundings = match fill {
        None => Surroundings::Color(on_ground(Color::TRANSPARENT)),
        Some(Fill::Color(color)) => Surroundings::Color(on_ground(color)),
        Some(Fill::Edge) => Surroundings::Edge,
        Some(Fill::Mirror) => Surroundings::Mirror,
        Some(Fill::Blur) => return chain.add(|shape| Backdrop::new(shape, sides)),
    };
    chain.add(|shape| Pad::new(shape, sides, surroundings));
}

/// The conversion to sRGB that the source's colours need, unless they are to stay as they are. Inks cannot.
fn conversion(decoder: &mut dyn Decoder, header: &Header, options: &Options) -> Option<Conversion> {
    let inks = header.layout == Layout::Inks;
    let converts = inks || options.output.profile == Profile::Srgb;
    decoder.space().filter(|_| converts).and_then(Conversion::new)
}

/// Whether a planar image goes to its encoder without becoming whole pixels.
fn stays_planar(plan: &Plan, layout: Layout, options: &Options) -> bool {
    layout == Layout::YCbCr
        && encode::takes_halved_chroma(options.output.format)
        && plan.smart.is_none()
        && plan.around == plan::Around::default()
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
        let plan = plan::plan(&header.source, options, header.scales, None)?;
        let output = &options.output;
        let conversion = conversion(&mut *decoder, header, options);
        let linear = options.geometry.linear;
        let layout = match header.layout {
            Layout::YCbCr if linear => Layout::Interleaved(Channels::Rgb),
            other => other,
        };
        let as_lanes = conversion.is_none() && stays_planar(&plan, layout, options);
        let detail = Detail { scale: plan.scale, halved_chroma: as_lanes, whole_pixels: linear };
        let to = if conversion.is_some() { Depth::Sixteen } else { Depth::Eight };
        let alpha = layout.channels().has_alpha();
        let sampling = Sampling { samples: layout.samples(), alpha, from: header.depth, to, linear };
        let axes: Vec<(Axis, Axis)> = (decoder.lanes(detail).iter().enumerate())
            .map(|(lane, size)| plan.axes(size, as_lanes && lane > 0))
            .collect();

        let finish = Finish::new(&plan, layout, options, &axes, (as_lanes, conversion));
        let layout = match &finish {
            Finish::Pixels(_, _, chain) => Layout::Interleaved(chain.shape().channels),
            Finish::Lanes(_) => Layout::YCbCr,
        };
        let image = Image { width: plan.width, height: plan.height, layout };
        let carried = decoder.carried();
        let finishing = finish.cost();
        let memory = BASE_MEMORY
            + held
            + axes.iter().map(|&axes| Resampler::memory(axes, sampling)).sum::<u64>()
            + finishing.memory
            + carried.memory()
            + encode::memory(output.format, image, whole);
        // Freed blocks are not always where the next one fits.
        let (decoding, max_memory) = (decoder.memory(detail), options.limits.memory);
        let memory = memory + (memory + decoding) / 16;
        Limit::Memory.check(memory + decoding, max_memory)?;
        let resampling = axes.iter().map(|&axes| Resampler::work(plan.filter, axes, sampling));
        let resampling_work = resampling.sum::<u64>();
        let encoding = encode::work(output, image);
        let stages_work = image.samples() * FINISHING_WORK + finishing.work + encoding.fixed;
        let metadata_work = carried.work();
        let work = BASE_WORK + metadata_work + resampling_work + stages_work + decoder.predicted_work(detail);
        Limit::Work.check(work, options.limits.work)?;

        let attached = carried.attach(output, &header.source, (plan.width, plan.height));
        drop(carried);
        decoder.start(detail, max_memory - memory)?;
        let resamplers = axes.iter().map(|&axes| Resampler::new(plan.filter, axes, sampling)).collect();
        let encoder = encode::encoder(output, image, attached)?;
        let stages = Stages { resamplers, finish, encoder };
        let (per_byte, max_work) = (encoding.per_byte, options.limits.work);
        let pipeline = Self {
            decoder,
            stages,
            metadata_work,
            resampling_work,
            stages_work,
            per_byte,
            written: 0,
            max_work,
        };
        Ok((pipeline, plan))
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
            + self.metadata_work
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
            Finish::Pixels(join, convert, chain) => {
                let mut pixels = |row: Samples<'_>| {
                    let next = &mut |row: &[u8]| chain.push(row, &mut |row| encoder.row(0, row));
                    match (row, &mut *convert) {
                        (Samples::Eight(row), _) => next(row),
                        (Samples::Sixteen(row), Some(convert)) => convert.push(row, next),
                        (Samples::Sixteen(_), None) => Err(Error::Internal("a row has too many bits".into())),
                    }
                };
                match join {
                    Some(join) => join.push(lane, row, &mut pixels),
                    None => pixels(row),
                }
            }
            Finish::Lanes(orients) => match (orients.get_mut(lane), row) {
                (Some(orient), Samples::Eight(row)) => orient.push(row, &mut |row| encoder.row(lane, row)),
                _ => Ok(()),
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

/// The work of joining the lanes of a sample, or of handing it on.
const FINISHING_WORK: u64 = 6;
