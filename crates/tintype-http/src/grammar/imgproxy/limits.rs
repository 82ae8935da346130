//! imgproxy's options that lower limits. A preset's limit holds for all that follows: nothing raises it.

use tintype_types::{Factor, Length, number};

use super::draft::Draft;
use crate::grammar::parameter::{Parameter, Rejected};

const MILLION: u64 = 1_000_000;
const MEGAPIXELS: &str = "millions of pixels; 0 for the limit of the service";

pub(super) const SOURCE_PIXELS: Parameter<Draft> = Parameter {
    names: &["max_src_resolution", "msr"],
    accepts: MEGAPIXELS,
    read: |draft, text| lower(&mut draft.request.limits.source_pixels, read_megapixels(text)),
    write: |draft| write_megapixels(draft.request.limits.source_pixels),
};

pub(super) const SOURCE_BYTES: Parameter<Draft> = Parameter {
    names: &["max_src_file_size", "msfs"],
    accepts: "a number of bytes; 0 for the limit of the service",
    read: |draft, text| lower(&mut draft.request.limits.source_bytes, number(text, 0, u64::MAX)),
    write: |draft| draft.request.limits.source_bytes.map(|bytes| bytes.to_string()),
};

/// Frames after these are left out, and refused nowhere.
pub(super) const FRAMES: Parameter<Draft> = Parameter {
    names: &["max_animation_frames", "maf"],
    accepts: "a number of frames, 1 or more",
    read: |draft, text| lower(&mut draft.most_frames, number(text, 1, u32::MAX)),
    // How many are kept is written as `pages`.
    write: |_| None,
};

pub(super) const FRAME_PIXELS: Parameter<Draft> = Parameter {
    names: &["max_animation_frame_resolution", "mafr"],
    accepts: MEGAPIXELS,
    read: |draft, text| lower(&mut draft.request.limits.frame_pixels, read_megapixels(text)),
    write: |draft| write_megapixels(draft.request.limits.frame_pixels),
};

pub(super) const SIDE: Parameter<Draft> = Parameter {
    names: &["max_result_dimension", "mrd"],
    accepts: "the longest side in pixels, at most 65535; 0 for any",
    read: |draft, text| lower(&mut draft.request.geometry.max_side, number(text, 0, Length::MAX)),
    write: |draft| draft.request.geometry.max_side.map(|side| side.to_string()),
};

/// Lowers a limit to what has been read; 0 is none.
fn lower<T: Copy + Ord + Default>(limit: &mut Option<T>, read: Option<T>) -> Result<(), Rejected> {
    let read = read.ok_or(Rejected::Malformed)?;
    let given = Some(read).filter(|read| *read != T::default());
    *limit = limit.iter().copied().chain(given).min();
    Ok(())
}

/// A number of pixels: a million of them in each million.
fn read_megapixels(text: &str) -> Option<u64> {
    let fraction = text.parse::<Factor>().map(|pixels| pixels.millionths().into()).ok();
    fraction.or_else(|| number(text, 0, u64::MAX / MILLION).map(|millions| millions * MILLION))
}

fn write_megapixels(pixels: Option<u64>) -> Option<String> {
    let pixels = pixels?;
    match u32::try_from(pixels) {
        Ok(millionths) => Some(Factor::from_millionths(millionths).to_string()),
        Err(_) => (pixels % MILLION == 0).then(|| (pixels / MILLION).to_string()),
    }
}
