//! Macroblocks: modes, coefficients and prediction, one after another.

use super::bool_decoder::BoolDecoder;
use super::filter::Strength;
use super::header::FrameHeader;
use super::modes;
use super::planes::Planes;
use super::reconstruct;
use super::tokens::{Coefficients, Context, Reader};
use crate::decode::budget::bytes_of;
use crate::vp8::modes::{LumaMode, Mode, SubMode};
use crate::vp8::predict::{self, Around, ChromaSpace, LumaSpace};
use crate::vp8::quantize::Factors;
use alloc::vec;
use alloc::vec::Vec;

/// What holds for a whole frame, and the macroblock that is being decoded.
pub(crate) struct Frame {
    pub(crate) header: FrameHeader,
    /// The position in the first partition.
    pub(crate) bits: BoolDecoder,
    factors: [Factors; 4],
    coefficients: Coefficients,
    luma: LumaSpace,
    chroma: [ChromaSpace; 2],
}

/// A row of macroblocks, in the course of being decoded.
pub(crate) struct MacroblockRow {
    columns: usize,
    column: usize,
    /// The contexts of the macroblocks above, and of the one to the left.
    above: Vec<Context>,
    left: Context,
    above_modes: Vec<[SubMode; 4]>,
    left_modes: [SubMode; 4],
    /// How the loop filter is to treat the row's macroblocks.
    pub(crate) strengths: Vec<Strength>,
}

impl MacroblockRow {
    /// Bytes that it takes.
    pub(crate) fn memory(width: u32) -> u64 {
        let columns = width.div_ceil(16) as usize;
        bytes_of::<Context>(columns) + bytes_of::<[SubMode; 4]>(columns) + bytes_of::<Strength>(columns)
    }

    pub(crate) fn new(width: usize) -> Self {
        let columns = width.div_ceil(16);
        Self {
            columns,
            column: 0,
            above: vec![Context::default(); columns],
            left: Context::default(),
            above_modes: vec![[SubMode::Dc; 4]; columns],
            left_modes: [SubMode::Dc; 4],
            strengths: vec![Strength::default(); columns],
        }
    }

    /// Macroblocks to come.
    pub(crate) fn left(&self) -> usize {
        self.columns - self.column
    }

    /// Goes on to the next row.
    pub(crate) fn end(&mut self) {
        self.column = 0;
        self.left = Context::default();
        self.left_modes = [SubMode::Dc; 4];
    }

    /// Rough number of instructions that a row takes apart from its coefficients.
    pub(crate) fn work(&self) -> u64 {
        self.columns as u64 * 32_000
    }
}

impl Frame {
    pub(crate) fn new(header: FrameHeader, bits: BoolDecoder) -> Self {
        Self {
            factors: core::array::from_fn(|segment| {
                Factors::new(&header.quantizer, header.segments.quantizer(segment, header.quantizer.y_ac))
            }),
            header,
            bits,
            coefficients: Coefficients::default(),
            luma: [[0; 32]; 17],
            chroma: [[[0; 16]; 9]; 2],
        }
    }

    /// Decodes a macroblock: modes from the first partition, coefficients from another.
    pub(crate) fn decode_macroblock(
        &mut self,
        first: &[u8],
        tokens: &mut BoolDecoder,
        bytes: &[u8],
        row: &mut MacroblockRow,
        planes: &mut Planes,
    ) {
        let column = row.column;
        row.column += 1;
        let (Some(above), Some(above_modes), Some(strength)) =
            (row.above.get_mut(column), row.above_modes.get_mut(column), row.strengths.get_mut(column))
        else {
            return;
        };
        let segments = &self.header.segments;
        let segment =
            if segments.mapped { modes::read_segment(&mut self.bits, first, segments.tree) } else { 0 };
        let skipped = self.header.skip.is_some_and(|probability| self.bits.read(first, probability));
        let luma_mode = modes::read_luma(&mut self.bits, first, above_modes, &mut row.left_modes);
        let chroma_mode = modes::read_chroma(&mut self.bits, first);
        let with_y2 = matches!(luma_mode, LumaMode::Whole(_));
        self.coefficients.clear();
        let any = if skipped {
            above.clear(with_y2);
            row.left.clear(with_y2);
            false
        } else {
            let mut reader = Reader { bits: *tokens, bytes, probabilities: &self.header.tokens };
            let factors = self.factors.get(segment).copied().unwrap_or_default();
            let any = self.coefficients.read(&mut reader, above, &mut row.left, &factors, with_y2);
            *tokens = reader.bits;
            any
        };
        let filter = &self.header.filter;
        let mut level = segments.filter(segment, filter.level);
        if filter.level > 0 {
            level += i32::from(filter.intra_delta) + if with_y2 { 0 } else { filter.subblock_delta.into() };
        }
        *strength = Strength {
            level: if filter.level > 0 { level.clamp(0, 63) as u8 } else { 0 },
            inner: any || !with_y2,
        };
        self.reconstruct(&luma_mode, chroma_mode, column, planes);
    }

    /// Predicts a macroblock, adds its residue, and puts it into the planes.
    fn reconstruct(&mut self, luma_mode: &LumaMode, chroma_mode: Mode, column: usize, planes: &mut Planes) {
        let around = Around { above: planes.macroblock_row() > 0, left: column > 0 };
        predict::set_left(&mut self.luma, 16, around);
        predict::set_above(&mut self.luma, &planes.luma_above(column));
        reconstruct::luma(&mut self.luma, luma_mode, &self.coefficients, around);
        for (plane, space) in self.chroma.iter_mut().enumerate() {
            predict::set_left(space, 8, around);
            predict::set_above(space, &planes.chroma_above(plane, column));
            reconstruct::chroma(space, chroma_mode, &self.coefficients, 16 + 4 * plane, around);
        }
        planes.put(column, &self.luma, &self.chroma);
    }
}
