//! imgproxy's options that lower limits.

use tintype_types::{Factor, number};

use super::arguments::{read_frames, read_least};
use super::draft::Draft;
use crate::grammar::parameter::{Parameter, field};

const MEGAPIXELS: &str = "millions of pixels; 0 for the limit of the service";

pub(super) const SOURCE_PIXELS: Parameter<Draft> = Parameter {
    write: |draft| write_megapixels(draft.request.limits.source_pixels),
    ..field!(["max_src_resolution", "msr"], MEGAPIXELS, request.limits.source_pixels, read_megapixels)
};

pub(super) const SOURCE_BYTES: Parameter<Draft> = field!(
    ["max_src_file_size", "msfs"],
    "a number of bytes; 0 for the limit of the service",
    request.limits.source_bytes,
    |text| number(text, 0, u64::MAX >> 1).map(|bytes| Some(bytes).filter(|bytes| *bytes > 0))
);

/// Frames after these are left out, and refused nowhere.
pub(super) const FRAMES: Parameter<Draft> =
    field!(["max_animation_frames", "maf"], "a number of frames, 1 or more", most_frames, read_frames);

pub(super) const FRAME_PIXELS: Parameter<Draft> = Parameter {
    write: |draft| write_megapixels(draft.request.limits.frame_pixels),
    ..field!(
        ["max_animation_frame_resolution", "mafr"],
        MEGAPIXELS,
        request.limits.frame_pixels,
        read_megapixels
    )
};

pub(super) const SIDE: Parameter<Draft> = field!(
    ["max_result_dimension", "mrd"],
    "the longest side in pixels; 0 for any",
    request.geometry.max_side,
    read_least
);

/// A number of pixels: a million of them in each million.
fn read_megapixels(text: &str) -> Option<Option<u64>> {
    let pixels = text.parse::<Factor>().ok()?.millionths();
    Some(Some(u64::from(pixels)).filter(|pixels| *pixels > 0))
}

fn write_megapixels(pixels: Option<u64>) -> Option<String> {
    let millionths = u32::try_from(pixels?).ok()?;
    Some(Factor::from_millionths(millionths).to_string())
}
