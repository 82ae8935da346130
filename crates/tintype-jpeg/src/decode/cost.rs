//! What decoding costs, in units of about one WebAssembly instruction: so coarse that they hold within a factor of two or
//! three on any machine, and the same on all of them.

use super::layout::Layout;

/// A byte of entropy-coded data.
const BYTE: u64 = 70;

/// A byte of anything else.
const SEGMENT_BYTE: u64 = 2;

/// A visit of a block by a scan, its data apart.
pub(crate) const VISIT: u64 = 30;

/// A block turned into samples, the samples apart.
const BLOCK: u64 = 120;

/// A sample of a block, with what its coefficients cost.
const SAMPLE: u64 = 11;

/// A sample of an interleaved pixel: upsampled and converted.
const CONVERTED: u64 = 10;

/// The cost of reading so many bytes, of which so many belong to segments.
pub(crate) fn of_input(bytes: u64, segments: u64) -> u64 {
    segments * SEGMENT_BYTE + bytes.saturating_sub(segments) * BYTE
}

/// The cost of so many rows of MCUs turned into samples, and rows of pixels made of those.
pub(crate) fn of_output(layout: &Layout, strips: u32, rows: u32) -> u64 {
    let strip = |blocks, coefficients| blocks * (VISIT + BLOCK + coefficients * SAMPLE);
    let planes = layout
        .planes
        .iter()
        .map(|plane| strip(u64::from(plane.padded_blocks.0 * plane.v), plane.coefficients() as u64));
    let row = u64::from(layout.width) * layout.channels as u64 * CONVERTED;
    u64::from(strips) * planes.sum::<u64>() + u64::from(rows) * row
}
