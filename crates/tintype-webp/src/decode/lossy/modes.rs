//! Reads prediction modes (RFC 6386, 11).

use super::bool_decoder::BoolDecoder;
use crate::vp8::modes::{LumaMode, Mode, SUB_MODES, SubMode};

/// Reads a segment's number (RFC 6386, 9.3).
pub(crate) fn read_segment(bits: &mut BoolDecoder, bytes: &[u8], [first, low, high]: [u8; 3]) -> usize {
    if bits.read(bytes, first) {
        2 + usize::from(bits.read(bytes, high))
    } else {
        bits.read(bytes, low).into()
    }
}

/// Reads the mode of luminance, given the modes of the four subblocks above and of the four to the left, and puts those
/// of the macroblock in their place (RFC 6386, 11.2 and 11.3).
pub(crate) fn read_luma(
    bits: &mut BoolDecoder,
    bytes: &[u8],
    above: &mut [SubMode; 4],
    left: &mut [SubMode; 4],
) -> LumaMode {
    if bits.read(bytes, 145) {
        let mode = match bits.read(bytes, 156) {
            false if bits.read(bytes, 163) => Mode::Vertical,
            false => Mode::Dc,
            true if bits.read(bytes, 128) => Mode::TrueMotion,
            true => Mode::Horizontal,
        };
        (*above, *left) = ([mode.implied(); 4], [mode.implied(); 4]);
        return LumaMode::Whole(mode);
    }
    let mut modes = [SubMode::Dc; 16];
    for (row, left) in modes.as_chunks_mut::<4>().0.iter_mut().zip(left) {
        for (mode, above) in row.iter_mut().zip(above.iter_mut()) {
            *mode = read_sub_mode(bits, bytes, *above, *left);
            (*above, *left) = (*mode, *mode);
        }
    }
    LumaMode::Subblocks(modes)
}

fn read_sub_mode(bits: &mut BoolDecoder, bytes: &[u8], above: SubMode, left: SubMode) -> SubMode {
    let table = SUB_MODES.get(above as usize).and_then(|table| table.get(left as usize));
    let Some(&[dc, motion, vertical, down, horizontal, right, left_down, vertical_left, up]) = table else {
        return SubMode::Dc;
    };
    let mut read = |probability| bits.read(bytes, probability);
    if !read(dc) {
        SubMode::Dc
    } else if !read(motion) {
        SubMode::TrueMotion
    } else if !read(vertical) {
        SubMode::Vertical
    } else if !read(down) {
        if !read(horizontal) {
            SubMode::Horizontal
        } else if !read(right) {
            SubMode::RightDown
        } else {
            SubMode::VerticalRight
        }
    } else if !read(left_down) {
        SubMode::LeftDown
    } else if !read(vertical_left) {
        SubMode::VerticalLeft
    } else if !read(up) {
        SubMode::HorizontalDown
    } else {
        SubMode::HorizontalUp
    }
}

/// Reads the mode of colour differences (RFC 6386, 11.4).
pub(crate) fn read_chroma(bits: &mut BoolDecoder, bytes: &[u8]) -> Mode {
    if !bits.read(bytes, 142) {
        Mode::Dc
    } else if !bits.read(bytes, 114) {
        Mode::Vertical
    } else if !bits.read(bytes, 183) {
        Mode::Horizontal
    } else {
        Mode::TrueMotion
    }
}
