//! Segments: quality and quantisers, and which macroblocks get which.

use super::header::SegmentHeader;
use super::macroblock::Source;
use crate::vp8::quantize::Quantizer;

/// The quantiser index of a quality.
fn index(quality: u8) -> u8 {
    // Linear up to 75, twice as steep from there on, and then the cube root.
    let quality = u64::from(quality.min(100));
    let linear = if quality < 75 { quality * 2 * 10000 / 3 } else { (2 * quality - 100) * 10000 };
    let target = linear * 1_000_000 * 1_000_000;
    // The cube root of a share of a million, in millionths.
    let mut root = 0u64;
    for bit in (0..20).rev() {
        let next = root | 1 << bit;
        if next * next * next <= target {
            root = next;
        }
    }
    (127 * (1_000_000 - root.min(1_000_000)) / 1_000_000) as u8
}

/// The quantiser indices of a frame.
pub(super) fn indices(quality: u8) -> Quantizer {
    Quantizer {
        y_ac: index(quality),
        y_dc_delta: 0,
        y2_dc_delta: 0,
        y2_ac_delta: 0,
        uv_dc_delta: 0,
        uv_ac_delta: 0,
    }
}

/// The parameters of segments.
pub(super) fn segments(quality: u8) -> [SegmentHeader; 4] {
    let quantizer = index(quality);
    [SegmentHeader { quantizer, filter: quantizer / 4 }; 4]
}

/// The segment of a macroblock.
pub(super) fn choose(_source: &Source) -> u8 {
    0
}
