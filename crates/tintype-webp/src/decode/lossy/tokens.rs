//! Coefficients (RFC 6386, 13).

use super::bool_decoder::BoolDecoder;
use crate::vp8::probabilities::TokenProbabilities;
use crate::vp8::quantize::Factors;
use crate::vp8::tokens::{BANDS, CATEGORY_3, CATEGORY_4, CATEGORY_5, CATEGORY_6, ZIGZAG};
use crate::vp8::transform;

/// Whether the blocks at a macroblock's right or lower edge have coefficients: four of Y, two of U and of V, and Y2.
#[derive(Clone, Copy, Default)]
pub(crate) struct Context {
    y: [bool; 4],
    uv: [[bool; 2]; 2],
    y2: bool,
}

impl Context {
    /// Records a macroblock without coefficients. One that is predicted by subblocks has no Y2, and leaves that alone.
    pub(crate) fn clear(&mut self, with_y2: bool) {
        *self = Self { y2: self.y2 && !with_y2, ..Self::default() };
    }
}

/// The dequantised coefficients of a macroblock.
pub(crate) struct Coefficients {
    /// Those of 16 blocks of Y, four of U and four of V, row by row.
    pub(crate) blocks: [[i16; 16]; 24],
    /// How much of each block there is.
    pub(crate) extents: [Extent; 24],
}

/// How much of a block there is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Extent {
    #[default]
    Nothing,
    /// The first coefficient only.
    Dc,
    All,
}

impl Default for Coefficients {
    fn default() -> Self {
        Self { blocks: [[0; 16]; 24], extents: [Extent::Nothing; 24] }
    }
}

impl Coefficients {
    /// Sets everything to zero.
    pub(crate) fn clear(&mut self) {
        for (block, extent) in self.blocks.iter_mut().zip(&mut self.extents) {
            if *extent != Extent::Nothing {
                *block = [0; 16];
                *extent = Extent::Nothing;
            }
        }
    }

    /// Reads the coefficients of a macroblock into a cleared array. Returns whether there are any.
    pub(crate) fn read(
        &mut self,
        reader: &mut Reader<'_>,
        above: &mut Context,
        left: &mut Context,
        factors: &Factors,
        with_y2: bool,
    ) -> bool {
        let mut any = false;
        let (kind, first) = if with_y2 { (0, 1) } else { (3, 0) };
        if with_y2 {
            let mut y2 = [0; 16];
            let end = reader.read_block(1, above.y2, left.y2, 0, factors.y2, &mut y2);
            (above.y2, left.y2) = (end > 0, end > 0);
            if end > 0 {
                let firsts = transform::inverse_wht(&y2);
                for (block, dc) in self.blocks.iter_mut().zip(firsts) {
                    if let Some(first) = block.first_mut() {
                        *first = dc;
                    }
                }
            }
        }
        let (luma, chroma) = self.blocks.split_at_mut(16);
        let (luma_extents, chroma_extents) = self.extents.split_at_mut(16);
        let rows = luma.as_chunks_mut::<4>().0.iter_mut().zip(luma_extents.as_chunks_mut::<4>().0);
        for ((blocks, extents), left) in rows.zip(&mut left.y) {
            for ((block, extent), above) in blocks.iter_mut().zip(extents).zip(&mut above.y) {
                let end = reader.read_block(kind, *above, *left, first, factors.y, block);
                (*above, *left) = (end > first, end > first);
                *extent = extent_of(block, end);
                any |= *extent != Extent::Nothing;
            }
        }
        let planes = chroma
            .as_chunks_mut::<2>()
            .0
            .chunks_mut(2)
            .zip(chroma_extents.as_chunks_mut::<2>().0.chunks_mut(2));
        for ((rows, extents), (above, left)) in planes.zip(above.uv.iter_mut().zip(&mut left.uv)) {
            for ((blocks, extents), left) in rows.iter_mut().zip(extents).zip(left) {
                for ((block, extent), above) in blocks.iter_mut().zip(extents).zip(above.iter_mut()) {
                    let end = reader.read_block(2, *above, *left, 0, factors.uv, block);
                    (*above, *left) = (end > 0, end > 0);
                    *extent = extent_of(block, end);
                    any |= *extent != Extent::Nothing;
                }
            }
        }
        any
    }
}

fn extent_of(block: &[i16; 16], end: usize) -> Extent {
    match (end, block) {
        (2.., _) => Extent::All,
        (_, [0, ..]) => Extent::Nothing,
        _ => Extent::Dc,
    }
}

/// Reads blocks of coefficients.
pub(crate) struct Reader<'a> {
    pub(crate) bits: BoolDecoder,
    pub(crate) bytes: &'a [u8],
    pub(crate) probabilities: &'a TokenProbabilities,
}

impl Reader<'_> {
    /// Reads a block of a kind, from the coefficient `first` on. Returns how many coefficients there are up to the end
    /// that is marked, at least `first`.
    #[inline]
    #[allow(clippy::indexing_slicing)] // kinds are below 4, positions up to 16, bands below 8, contexts below 3
    fn read_block(
        &mut self,
        kind: usize,
        above: bool,
        left: bool,
        first: usize,
        factors: [i32; 2],
        block: &mut [i16; 16],
    ) -> usize {
        let bands = &self.probabilities[kind];
        let bytes = self.bytes;
        // A copy, so that it can stay in registers.
        let mut bits = self.bits;
        let mut at = first;
        let mut tree = &bands[usize::from(BANDS[at])][usize::from(above) + usize::from(left)];
        let [dc_factor, ac_factor] = factors;
        while bits.read(bytes, tree[0]) {
            while !bits.read(bytes, tree[1]) {
                at += 1;
                if at == 16 {
                    self.bits = bits;
                    return 16;
                }
                tree = &bands[usize::from(BANDS[at])][0];
            }
            let (value, context) =
                if bits.read(bytes, tree[2]) { (read_large(&mut bits, bytes, tree), 2) } else { (1, 1) };
            let value = if bits.read(bytes, 128) { -value } else { value };
            let factor = if at == 0 { dc_factor } else { ac_factor };
            block[usize::from(ZIGZAG[at])] = (value * factor) as i16;
            at += 1;
            if at == 16 {
                break;
            }
            tree = &bands[usize::from(BANDS[at])][context];
        }
        self.bits = bits;
        at
    }
}

/// Reads a value of 2 or more.
#[inline]
fn read_large(bits: &mut BoolDecoder, bytes: &[u8], tree: &[u8; 11]) -> i32 {
    let &[_, _, _, low, two, three, high, second, upper, fourth, sixth] = tree;
    let mut read = |probability| bits.read(bytes, probability);
    if !read(low) {
        return if read(two) { 3 + i32::from(read(three)) } else { 2 };
    }
    if !read(high) {
        return if read(second) {
            7 + 2 * i32::from(read(165)) + i32::from(read(145))
        } else {
            5 + i32::from(read(159))
        };
    }
    let (base, category): (i32, &[u8]) = match read(upper) {
        false if read(fourth) => (19, &CATEGORY_4),
        false => (11, &CATEGORY_3),
        true if read(sixth) => (67, &CATEGORY_6),
        true => (35, &CATEGORY_5),
    };
    base + category.iter().fold(0, |value, &probability| value << 1 | i32::from(read(probability)))
}
