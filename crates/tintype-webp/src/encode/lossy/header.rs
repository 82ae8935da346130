//! Writes the frame header and the modes of macroblocks (RFC 6386, 9.2 to 9.11, 11 and 19.2).

use super::bool_writer::BoolWriter;
use super::store::Macroblock;
use crate::vp8::modes::{LumaMode, Mode, SUB_MODES, SubMode};
use crate::vp8::probabilities::{DEFAULTS, TokenProbabilities, UPDATES};
use crate::vp8::quantize::Quantizer;

/// What the header says.
#[derive(Debug)]
pub(super) struct FrameHeader {
    /// Quantiser indices and loop filter levels of segments.
    pub(super) segments: [SegmentHeader; 4],
    /// Probabilities in the tree of segment numbers, if there are several.
    pub(super) tree: Option<[u8; 3]>,
    pub(super) sharpness: u8,
    pub(super) quantizer: Quantizer,
    pub(super) tokens: TokenProbabilities,
    /// The probability that a macroblock has coefficients, if any has none.
    pub(super) skip: Option<u8>,
}

/// Parameters of a segment.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct SegmentHeader {
    pub(super) quantizer: u8,
    pub(super) filter: u8,
}

impl FrameHeader {
    /// Writes the header.
    pub(super) fn write(&self, bits: &mut BoolWriter) {
        // The only colour space, and that samples need clamping.
        bits.literal(0, 2);
        self.write_segments(bits);
        let [SegmentHeader { filter, .. }, ..] = self.segments;
        // With segments, a level other than zero says that there is a filter.
        let filter = self.segments.iter().fold(filter, |most, segment| most.max(segment.filter));
        bits.flag(false);
        bits.literal(filter.into(), 6);
        bits.literal(self.sharpness.into(), 3);
        bits.flag(false);
        // One partition of tokens.
        bits.literal(0, 2);
        self.write_quantizer(bits);
        bits.flag(false);
        self.write_tokens(bits);
        bits.flag(self.skip.is_some());
        if let Some(probability) = self.skip {
            bits.literal(probability.into(), 8);
        }
    }

    fn write_segments(&self, bits: &mut BoolWriter) {
        bits.flag(self.tree.is_some());
        let Some(tree) = self.tree else { return };
        // Macroblocks name their segments; parameters follow, and replace those of the frame.
        bits.literal(0b111, 3);
        self.segments.iter().for_each(|segment| bits.optional_signed(segment.quantizer.into(), 7));
        self.segments.iter().for_each(|segment| bits.optional_signed(segment.filter.into(), 6));
        for probability in tree {
            bits.flag(probability != 255);
            if probability != 255 {
                bits.literal(probability.into(), 8);
            }
        }
    }

    fn write_quantizer(&self, bits: &mut BoolWriter) {
        let Quantizer { y_ac, y_dc_delta, y2_dc_delta, y2_ac_delta, uv_dc_delta, uv_ac_delta } =
            self.quantizer;
        bits.literal(y_ac.into(), 7);
        for delta in [y_dc_delta, y2_dc_delta, y2_ac_delta, uv_dc_delta, uv_ac_delta] {
            bits.optional_signed(delta.into(), 4);
        }
    }

    fn write_tokens(&self, bits: &mut BoolWriter) {
        let flat = |table: &TokenProbabilities| {
            let flat = table.as_flattened().as_flattened().as_flattened();
            flat.first_chunk::<1056>().copied().unwrap_or([0; 1056])
        };
        let all = flat(&self.tokens).into_iter().zip(flat(&DEFAULTS)).zip(flat(&UPDATES));
        for ((probability, default), update) in all {
            bits.put(probability != default, update);
            if probability != default {
                bits.literal(probability.into(), 8);
            }
        }
    }

    /// Writes the modes of a macroblock, given those of the four subblocks above and of the four to the left, and puts
    /// its own in their place.
    pub(super) fn write_macroblock(
        &self,
        bits: &mut BoolWriter,
        macroblock: &Macroblock,
        above: &mut [SubMode; 4],
        left: &mut [SubMode; 4],
    ) {
        if let Some([first, low, high]) = self.tree {
            let segment = macroblock.segment;
            bits.put(segment >= 2, first);
            bits.put(segment & 1 == 1, if segment >= 2 { high } else { low });
        }
        if let Some(probability) = self.skip {
            bits.put(macroblock.skip, probability);
        }
        match &macroblock.luma {
            LumaMode::Whole(mode) => {
                bits.put(true, 145);
                let (second, first) = (matches!(mode, Mode::Horizontal | Mode::TrueMotion), 156);
                bits.put(second, first);
                bits.put(matches!(mode, Mode::Vertical | Mode::TrueMotion), if second { 128 } else { 163 });
                (*above, *left) = ([mode.implied(); 4], [mode.implied(); 4]);
            }
            LumaMode::Subblocks(modes) => {
                bits.put(false, 145);
                for (row, left) in modes.as_chunks::<4>().0.iter().zip(left) {
                    for (&mode, above) in row.iter().zip(above.iter_mut()) {
                        write_sub_mode(bits, mode, *above, *left);
                        (*above, *left) = (mode, mode);
                    }
                }
            }
        }
        write_chroma_mode(bits, macroblock.chroma);
    }
}

fn write_chroma_mode(bits: &mut BoolWriter, mode: Mode) {
    for (candidate, probability) in [(Mode::Dc, 142), (Mode::Vertical, 114), (Mode::Horizontal, 183)] {
        bits.put(mode != candidate, probability);
        if mode == candidate {
            return;
        }
    }
}

fn write_sub_mode(bits: &mut BoolWriter, mode: SubMode, above: SubMode, left: SubMode) {
    let table = SUB_MODES.get(above as usize).and_then(|table| table.get(left as usize));
    let Some(&[dc, motion, vertical, down, horizontal, right, left_down, vertical_left, up]) = table else {
        return;
    };
    let mut put = |bit: bool, probability: u8| bits.put(bit, probability);
    use SubMode::{
        Dc, Horizontal, HorizontalDown, HorizontalUp, LeftDown, RightDown, TrueMotion, Vertical,
        VerticalLeft, VerticalRight,
    };
    for (candidate, probability) in [(Dc, dc), (TrueMotion, motion), (Vertical, vertical)] {
        put(mode != candidate, probability);
        if mode == candidate {
            return;
        }
    }
    match mode {
        Horizontal | RightDown | VerticalRight => {
            put(false, down);
            put(mode != Horizontal, horizontal);
            if mode != Horizontal {
                put(mode == VerticalRight, right);
            }
        }
        _ => {
            put(true, down);
            for (candidate, probability) in
                [(LeftDown, left_down), (VerticalLeft, vertical_left), (HorizontalDown, up)]
            {
                put(mode != candidate, probability);
                if mode == candidate {
                    return;
                }
            }
            debug_assert!(mode == HorizontalUp);
        }
    }
}
