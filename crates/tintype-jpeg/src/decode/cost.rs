//! What decoding costs, in units of about one WebAssembly instruction: so coarse that they hold within a factor of two or
//! three on any machine, and the same on all of them.

use super::layout::Layout;

/// A byte of entropy-coded data, or of anything else that is read.
const BYTE: u64 = 40;

/// A visit of a block by a scan, its data apart.
pub(crate) const VISIT: u64 = 16;

/// A block turned into samples, the samples apart.
const BLOCK: u64 = 40;

/// A sample of a block, with what its coefficients cost.
const SAMPLE: u64 = 4;

/// A sample of an interleaved pixel: upsampled and converted.
const CONVERTED: u64 = 4;

/// The cost of reading so many bytes.
pub(crate) fn of_input(bytes: u64) -> u64 {
    bytes * BYTE
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
