//! Quantised coefficients, kept as the run and size symbols that the entropy coder needs: one or two bytes for each
//! that is not zero, instead of two bytes for each of 64.

use alloc::vec::Vec;

use super::fdct::Block;
use super::layout::Layout;
use crate::zigzag::ZIGZAG;

/// End of block: the rest of the coefficients are zero.
pub(crate) const EOB: u8 = 0x00;
/// Sixteen zeros.
pub(crate) const ZRL: u8 = 0xF0;
/// Most bytes of AC tokens in a block: a symbol and two bytes of magnitude for each coefficient.
pub(crate) const MAX_BLOCK: usize = 63 * 3;
/// Bytes after the last token, so that a token can be read with its longest magnitude.
const PADDING: usize = 2;
/// Room that a row of blocks is given when it has none for another block. Memory is filled and copied seldom and in long
/// pieces: in WebAssembly each time is a call of the runtime.
pub(crate) const ROOM: usize = 4096;
/// Largest AC coefficient that sequential coding of 8-bit samples allows (ITU-T T.81, Table F.2).
pub(crate) const MAX_AC: u16 = 1023;

/// The category of a value: bits of its magnitude (ITU-T T.81, Table F.1).
#[inline(always)]
pub(crate) fn category(magnitude: u16) -> u32 {
    16 - magnitude.leading_zeros()
}

/// The additional bits that distinguish a value from others of its category: a negative one is decreased by one.
#[inline(always)]
pub(crate) fn additional_bits(value: i16, size: u32) -> u32 {
    let value = i32::from(value);
    ((value + (value >> 31)) as u32) & ((1 << size) - 1)
}

/// A row of blocks of one component.
///
/// The AC tokens of a block are, for each coefficient that is not zero, a symbol of run and size as T.81, F.1.2.2 has
/// it and its additional bits in one byte, or two if there are more than eight; [`ZRL`] where a run needs it; and
/// [`EOB`] unless the last coefficient is not zero.
#[derive(Debug, Default)]
pub(crate) struct BlockRow {
    /// DC coefficients, as they are: not differences.
    pub(crate) dc: Vec<i16>,
    /// Tokens and, beyond them, room for more.
    ac: Vec<u8>,
    /// Bytes of tokens.
    used: usize,
}

/// A copy has no room to spare.
impl Clone for BlockRow {
    fn clone(&self) -> Self {
        let ac = self.ac.get(..self.used + PADDING).unwrap_or_default().to_vec();
        Self { dc: self.dc.clone(), ac, used: self.used }
    }
}

impl BlockRow {
    fn clear(&mut self) {
        self.dc.clear();
        self.used = 0;
    }

    /// Appends a quantised block; `nonzero` is the mask that its quantisation returned.
    #[inline(never)]
    #[allow(clippy::indexing_slicing)] // zigzag places are below 64; a block's tokens are at most MAX_BLOCK long
    pub(crate) fn push(&mut self, block: &Block, nonzero: u64) {
        let coefficients = block.as_flattened();
        self.dc.push(coefficients[0]);
        if self.ac.len() < self.used + MAX_BLOCK + PADDING {
            self.ac.resize(self.used + ROOM, 0);
        }
        let tokens = &mut self.ac[self.used..self.used + MAX_BLOCK + PADDING];
        let mut length = 0;
        let mut rest = nonzero & !1;
        let mut next = 1;
        while rest != 0 {
            let k = rest.trailing_zeros();
            rest &= rest - 1;
            let mut run = k - next;
            next = k + 1;
            while run > 15 {
                tokens[length] = ZRL;
                length += 1;
                run -= 16;
            }
            let value = coefficients[usize::from(ZIGZAG[k as usize & 63])];
            let size = category(value.unsigned_abs().min(MAX_AC));
            let bits = additional_bits(value, size);
            tokens[length] = (run << 4 | size) as u8;
            tokens[length + 1] = bits as u8;
            tokens[length + 2] = (bits >> 8) as u8;
            length += 2 + usize::from(size > 8);
        }
        if next < 64 {
            tokens[length] = EOB;
            length += 1;
        }
        self.used += length;
    }

    /// The AC tokens, from the first block on.
    pub(crate) fn tokens(&self) -> Tokens<'_> {
        Tokens { bytes: self.ac.get(..self.used + PADDING).unwrap_or_default() }
    }

    fn bytes(&self) -> usize {
        self.dc.capacity() * size_of::<i16>() + self.ac.capacity()
    }
}

/// A cursor over the AC tokens of a row.
#[derive(Clone, Default)]
pub(crate) struct Tokens<'a> {
    bytes: &'a [u8],
}

impl Tokens<'_> {
    /// Calls `each` with symbol, additional bits and their number for every token of the next block.
    #[inline(always)]
    pub(crate) fn block(&mut self, mut each: impl FnMut(u8, u32, u32)) {
        let mut k = 0;
        while k < 63 {
            let Some(&[symbol, low, high]) = self.bytes.first_chunk() else { return };
            let size = u32::from(symbol & 15);
            let length = 1 + usize::from(size > 0) + usize::from(size > 8);
            self.bytes = self.bytes.get(length..).unwrap_or_default();
            if symbol == EOB {
                each(EOB, 0, 0);
                return;
            }
            k += u32::from(symbol >> 4) + 1;
            let bits = (u32::from(high) << 8 | u32::from(low)) & ((1 << size) - 1);
            each(symbol, bits, size);
        }
    }

    /// Calls `each` with zigzag position, additional bits and their number for every coefficient of the next block that is
    /// not zero.
    #[inline(always)]
    pub(crate) fn coefficients(&mut self, mut each: impl FnMut(u32, u32, u32)) {
        let mut k = 0;
        self.block(|symbol, bits, size| {
            k += u32::from(symbol >> 4) + 1;
            if size > 0 {
                each(k, bits, size);
            }
        });
    }
}

/// The rows of blocks of one row of MCUs: for each component in turn, its rows from the top.
#[derive(Clone, Debug, Default)]
pub(crate) struct McuRow {
    rows: Vec<BlockRow>,
}

impl McuRow {
    pub(crate) fn new(layout: &Layout) -> Self {
        let rows = layout.components().iter().map(|c| c.v).sum();
        Self { rows: alloc::vec![BlockRow::default(); rows] }
    }

    pub(crate) fn clear(&mut self) {
        self.rows.iter_mut().for_each(BlockRow::clear);
    }

    /// The rows of blocks of each component.
    pub(crate) fn of<'a>(&'a self, layout: &'a Layout) -> impl Iterator<Item = &'a [BlockRow]> {
        let mut rest = self.rows.as_slice();
        layout.components().iter().map(move |c| {
            let (rows, others) = rest.split_at_checked(c.v).unwrap_or((rest, &[]));
            rest = others;
            rows
        })
    }

    /// All rows of blocks, in order.
    pub(crate) fn rows_mut(&mut self) -> impl Iterator<Item = &mut BlockRow> {
        self.rows.iter_mut()
    }

    /// Memory that the row holds, in bytes.
    pub(crate) fn bytes(&self) -> usize {
        self.rows.iter().map(|row| size_of::<BlockRow>() + row.bytes()).sum::<usize>() + size_of::<Self>()
    }
}
