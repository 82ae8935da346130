//! A frame in the making: macroblocks are chosen row by row, and kept until all are there.

use super::alpha::{self, Fill};
use super::budget::{self, Budget};
use super::choice::{Means, Neighbours};
use super::config::{Config, Effort};
use super::costs::{self, Costs};
use super::header::{FrameHeader, SegmentHeader};
use super::macroblock::Workspace;
use super::quantizer::Quantizer;
use super::samples::Samples;
use super::segments;
use super::statistics::{Statistics, probability};
use super::store::{MAX_MODES, RowWriter, StoredRow};
use super::tokens::{Context, each_block, write_block};
use crate::vp8::modes::{LumaMode, SubMode};
use crate::vp8::predict::{ABOVE_IMAGE, Around, LEFT, set_above, set_left};
#[cfg(test)]
use crate::vp8::predict::{ChromaSpace, LumaSpace};
use crate::vp8::probabilities::TokenProbabilities;
use crate::vp8::quantize::{Factors, Quantizer as Indices};
use alloc::vec;
use alloc::vec::Vec;

/// The frame.
#[derive(Debug)]
pub(super) struct Frame {
    pub(super) columns: usize,
    row_count: usize,
    /// The rows that are done.
    pub(super) rows: Vec<StoredRow>,
    writer: RowWriter,
    effort: Effort,
    indices: Indices,
    pub(super) segments: [SegmentHeader; 4],
    quantizers: [Quantizer; 4],
    costs: Costs,
    statistics: Statistics,
    /// Macroblocks of each segment, and those without coefficients.
    counts: [u32; 4],
    skipped: u32,
    pub(super) budget: Budget,
    /// More bytes than the modes will take.
    modes_bytes: usize,
    /// What invisible pixels were given last.
    fill: Fill,
    workspace: Workspace,
    above: Above,
    /// The macroblocks as they were reconstructed.
    #[cfg(test)]
    pub(super) trace: Vec<(LumaSpace, [ChromaSpace; 2])>,
}

/// What the next row of macroblocks sees of the one above.
#[derive(Debug)]
struct Above {
    y: Vec<u8>,
    uv: [Vec<u8>; 2],
    contexts: Vec<Context>,
    modes: Vec<[SubMode; 4]>,
}

impl Above {
    fn new(columns: usize) -> Self {
        let chroma = || vec![ABOVE_IMAGE; columns * 8];
        Self {
            y: vec![ABOVE_IMAGE; columns * 16],
            uv: [chroma(), chroma()],
            contexts: vec![Context::default(); columns],
            modes: vec![[SubMode::Dc; 4]; columns],
        }
    }

    /// Puts the pixels above a macroblock in place: of luminance, four to the right of it too; beyond the image's edge,
    /// the last again.
    fn place(&self, column: usize, workspace: &mut Workspace) {
        let above = self.y.get(column * 16..).unwrap_or_default();
        let last = above.get(15).copied().unwrap_or(ABOVE_IMAGE);
        let luma: [u8; 20] = core::array::from_fn(|x| above.get(x).copied().unwrap_or(last));
        set_above(&mut workspace.luma, &luma);
        for (space, above) in workspace.chroma.iter_mut().zip(&self.uv) {
            let above = above.get(column * 8..).and_then(|above| above.first_chunk::<8>());
            set_above(space, above.unwrap_or(&[ABOVE_IMAGE; 8]));
        }
    }

    /// Keeps the last row of pixels of a macroblock.
    fn keep(&mut self, column: usize, workspace: &Workspace) {
        let copy = |to: &mut Vec<u8>, side: usize, row: Option<&[u8]>| {
            let from = row.and_then(|row| row.get(LEFT..LEFT + side));
            if let (Some(to), Some(from)) = (to.get_mut(column * side..(column + 1) * side), from) {
                to.copy_from_slice(from);
            }
        };
        copy(&mut self.y, 16, workspace.luma.last().map(|row| &row[..]));
        for (to, space) in self.uv.iter_mut().zip(&workspace.chroma) {
            copy(to, 8, space.last().map(|row| &row[..]));
        }
    }
}

/// The first partition's size has 19 bits (RFC 6386, 9.1).
pub(super) const MAX_FIRST: usize = (1 << 19) - 1;

/// The segment of all macroblocks where they cannot say it.
const MIDDLE: u8 = 1;

/// Bytes of a header in which every probability is replaced, and a few more.
pub(super) const FIXED_BYTES: usize = 2560;

impl Frame {
    /// Bytes that a frame of this size takes at the most, with what is written in the end.
    pub(super) fn memory(width: usize, height: usize, config: &Config) -> usize {
        let (columns, rows) = (width.div_ceil(16), height.div_ceil(16));
        let (modes, [tokens, written]) = (MAX_MODES, segments::max_tokens(config.quality));
        let written = written + 16;
        let above = columns * (32 + size_of::<Context>() + 4);
        // What is above is kept once more when modes or coefficients are written.
        size_of::<Self>()
            + size_of::<FrameHeader>()
            + size_of::<TokenProbabilities>()
            + 2 * above
            + columns * (modes + tokens)
            + rows * (size_of::<StoredRow>() + columns * (modes + tokens + written))
            + FIXED_BYTES
    }

    pub(super) fn new(width: usize, height: usize, config: &Config) -> Self {
        let (columns, row_count) = (width.div_ceil(16), height.div_ceil(16));
        let indices = segments::indices(config.quality);
        let budget = Budget::new(columns * row_count, MAX_FIRST - FIXED_BYTES);
        let segments = segments::segments(config.quality);
        let [max_tokens, _] = segments::max_tokens(config.quality);
        let statistics = Statistics::new();
        Self {
            columns,
            row_count,
            rows: Vec::with_capacity(row_count),
            writer: RowWriter::new(columns, max_tokens),
            effort: config.effort,
            quantizers: segments
                .map(|segment| Quantizer::new(&Factors::new(&indices, segment.quantizer.into()))),
            indices,
            segments,
            costs: Costs::new(&statistics.expected()),
            statistics,
            counts: [0; 4],
            skipped: 0,
            budget,
            modes_bytes: 0,
            fill: [128; 3],
            workspace: Workspace::new(),
            above: Above::new(columns),
            #[cfg(test)]
            trace: Vec::new(),
        }
    }

    /// Whether all rows are done.
    pub(super) fn complete(&self) -> bool {
        self.rows.len() == self.row_count
    }

    /// Encodes a row of macroblocks.
    pub(super) fn encode_row(&mut self, samples: &Samples) {
        let mut left = Context::default();
        let mut left_modes = [SubMode::Dc; 4];
        for column in 0..self.columns {
            self.encode_macroblock(samples, column, &mut left, &mut left_modes);
        }
        self.rows.push(self.writer.end());
        self.costs = Costs::new(&self.statistics.expected());
    }

    fn encode_macroblock(
        &mut self,
        samples: &Samples,
        column: usize,
        left: &mut Context,
        left_modes: &mut [SubMode; 4],
    ) {
        let around = Around { above: !self.rows.is_empty(), left: column > 0 };
        set_left(&mut self.workspace.luma, 16, around);
        self.workspace.chroma.iter_mut().for_each(|space| set_left(space, 8, around));
        self.above.place(column, &mut self.workspace);
        let mut source = samples.macroblock(column);
        if let Some(alpha) = samples.alpha(column) {
            alpha::smooth(&mut source, &alpha, &mut self.fill);
        }
        let segment = if self.budget.flags() { segments::choose(&source) } else { MIDDLE };
        let (Some(quantizer), Some(above), Some(above_modes)) = (
            self.quantizers.get(usize::from(segment)),
            self.above.contexts.get_mut(column),
            self.above.modes.get_mut(column),
        ) else {
            return;
        };
        let means = Means { budget: &self.budget, quantizer, costs: &self.costs, effort: self.effort };
        let neighbours = Neighbours { around, above, left, above_modes, left_modes };
        let mut macroblock = self.workspace.encode(&source, segment, &neighbours, &means);
        macroblock.skip &= self.budget.flags();
        let cost = budget::of_luma(&macroblock.luma, neighbours.above_modes, neighbours.left_modes)
            + u32::from(costs::of_chroma_mode(macroblock.chroma));
        self.budget.spend(cost);
        match &macroblock.luma {
            LumaMode::Whole(mode) => (*above_modes, *left_modes) = ([mode.implied(); 4], [mode.implied(); 4]),
            LumaMode::Subblocks(modes) => {
                *above_modes = core::array::from_fn(|x| modes.get(12 + x).copied().unwrap_or_default());
                *left_modes = core::array::from_fn(|y| modes.get(4 * y + 3).copied().unwrap_or_default());
            }
        }
        self.writer.push(&macroblock, &self.workspace.blocks);
        self.modes_bytes += if macroblock.with_y2() { 2 } else { 16 };
        #[cfg(test)]
        self.trace.push((self.workspace.luma, self.workspace.chroma));
        if let Some(count) = self.counts.get_mut(usize::from(segment)) {
            *count += 1;
        }
        let with_y2 = macroblock.with_y2();
        if macroblock.skip {
            self.skipped += 1;
            above.clear(with_y2);
            left.clear(with_y2);
        } else {
            let statistics = &mut self.statistics;
            each_block(&self.workspace.blocks, with_y2, above, left, |kind, first, context, block| {
                write_block(statistics, kind, first, context, block);
            });
        }
        self.above.keep(column, &self.workspace);
    }

    /// The header that suits the frame.
    pub(super) fn header(&self) -> FrameHeader {
        let [a, b, c, d] = self.counts.map(u64::from);
        let all = a + b + c + d;
        let share = |count: u64, total: u64| if total == 0 { 255 } else { probability(count, total) };
        let tree = [share(a + b, all), share(a, a + b), share(c, c + d)];
        let skipped = u64::from(self.skipped);
        // If all macroblocks are in one segment, its parameters are those of the frame.
        let several = a < all && self.budget.flags();
        let [first, middle, ..] = self.segments;
        let first = if self.budget.flags() { first } else { middle };
        let y_ac = if several { self.indices.y_ac } else { first.quantizer };
        FrameHeader {
            segments: if several { self.segments } else { [first; 4] },
            tree: several.then_some(tree),
            sharpness: 0,
            quantizer: Indices { y_ac, ..self.indices },
            tokens: self.statistics.fitted(),
            skip: (skipped > 0).then(|| probability(all - skipped, all)),
        }
    }

    /// Slightly more bytes than the frame will take.
    pub(super) fn expected_bytes(&self) -> usize {
        let tokens = self.statistics.cost(&self.statistics.fitted()).div_ceil(8 * 256) as usize;
        tokens + tokens / 128 + self.modes_bytes + FIXED_BYTES
    }
}
