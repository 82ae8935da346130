//! Makes pictures of overlays, which go the way of any source, but for an encoder at its end.

use super::{Picture, Pictures};
use crate::decode::{self, Step};
use crate::pipeline::{BASE_MEMORY, Job, Pipeline, Progress};
use crate::plan::Plan;
use crate::queue::Queue;
use crate::sink::Pass;
use crate::{
    Error, Fit, Format, Geometry, Input, Length, Limit, Limits, Options, Output, Overlay, Result, sniff,
};

/// Pixels that an overlay may have.
const MOST_PIXELS: u64 = 1 << 24;

/// Decodes and resizes all overlays of a rendition, whose source and whatever else takes `held` bytes already and has
/// taken `spent` units of work.
pub(crate) fn pictures(options: &Options, plan: &Plan, held: u64, spent: u64) -> Result<Pictures> {
    let mut all = Pictures::default();
    let files: u64 = options.overlays.iter().map(|overlay| overlay.image.len() as u64).sum();
    for overlay in &options.overlays {
        let pictures = all.pictures.iter().map(|picture| picture.rows.len() as u64).sum::<u64>();
        let held = held + files + pictures;
        let options = of_overlay(overlay, plan, options.limits);
        let (picture, memory, work) =
            picture(&overlay.image, &options, held, spent + all.work).map_err(of_its_own)?;
        all.pictures.push(picture);
        all.memory = all.memory.max(memory);
        all.work += work;
    }
    Ok(all)
}

/// The error of an overlay that is too large itself, which says nothing about the image below.
fn of_its_own(error: Error) -> Error {
    match error {
        Error::LimitExceeded { limit, allowed, needed }
            if matches!(limit, Limit::SourcePixels | Limit::OutputSide | Limit::OutputPixels) =>
        {
            Error::invalid(
                "overlay",
                format!("has {needed} {}, of which {allowed} are allowed", limit.unit()),
            )
        }
        error => error,
    }
}

/// How an overlay is made a picture of the size that it is to have.
fn of_overlay(overlay: &Overlay, plan: &Plan, limits: Limits) -> Options {
    let is_sized = overlay.width.is_some() || overlay.height.is_some();
    let within = |length: Option<Length>, side: u32| match length {
        None => (!is_sized).then_some(side),
        Some(Length::Pixels(pixels)) => Some(pixels),
        Some(share) => Some(share.of(side).max(1)),
    };
    let geometry = Geometry {
        width: within(overlay.width, plan.width).map(Length::Pixels),
        height: within(overlay.height, plan.height).map(Length::Pixels),
        fit: Fit::Contain,
        enlarge: is_sized,
        ..Geometry::default()
    };
    Options {
        input: Input { allow_damaged: true, ..Input::default() },
        geometry,
        output: Output { format: Format::Png, ..Output::default() },
        limits: Limits { source_pixels: MOST_PIXELS, ..limits },
        ..Options::default()
    }
}

/// Decodes and resizes an image. With it come the memory and the work that this took.
fn picture(image: &[u8], options: &Options, held: u64, spent: u64) -> Result<(Picture, u64, u64)> {
    let format =
        sniff(image).ok_or_else(|| Error::invalid("overlay", "is not an image of a known format"))?;
    let free = options.limits.memory.saturating_sub(BASE_MEMORY + held);
    let mut decoder = decode::decoder(format, options, free)?;
    decoder.feed(image.to_vec())?;
    decoder.finish();
    let Step::Ready(header) = decoder.header()? else {
        return Err(Error::Internal("an overlay has no header".into()));
    };
    let job = Job {
        options,
        whole: false,
        held: held + image.len() as u64,
        spent,
        pass: Pass::Overlay,
        pictures: Pictures::default(),
    };
    let (mut pipeline, _) = Pipeline::new(decoder, &header, job)?;
    let mut nothing = Queue::default();
    loop {
        match pipeline.advance(image.len() as u64, &mut nothing)? {
            Progress::More => (),
            Progress::Complete => break,
            Progress::NeedsInput => return Err(Error::Internal("an overlay is not complete".into())),
        }
    }
    let (memory, work) = (pipeline.memory().saturating_sub(held + BASE_MEMORY), pipeline.work() - spent);
    let picture =
        pipeline.into_picture().ok_or_else(|| Error::Internal("an overlay has no pixels".into()))?;
    Ok((picture, memory, work))
}
