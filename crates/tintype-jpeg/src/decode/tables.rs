//! Quantisation and Huffman tables, as segments define them.

use super::error::DecodeError;
use super::huffman::Huffman;
use crate::annex_k::{HUFFMAN_AC, HUFFMAN_DC, QUANT_LUMINANCE};
use crate::marker::{DHT, DQT, DRI};
use crate::zigzag::ZIGZAG;
use alloc::boxed::Box;

/// The tables in force. Each can be redefined between scans.
#[derive(Default)]
pub(crate) struct Tables {
    /// In the order of [`ZIGZAG`]'s places. Factors above 32767 wrap, as products do.
    quant: [Option<Box<[i16; 64]>>; 4],
    dc: [Option<Huffman>; 4],
    ac: [Option<Huffman>; 4],
    /// MCUs between restart markers; 0 for none.
    pub(crate) restart_interval: u32,
}

impl Tables {
    pub(crate) fn quant(&self, index: u8) -> Option<&[i16; 64]> {
        self.quant.get(usize::from(index))?.as_deref()
    }

    /// The quality, 1 to 100, whose table of luminance by the IJG's scale (jpeg_quality_scaling) is nearest to a table.
    pub(crate) fn quality(&self, index: u8) -> Option<u8> {
        let table = self.quant(index)?;
        let distance = |quality: u8| -> u32 {
            let quality = u32::from(quality);
            let scale = if quality < 50 { 5000 / quality } else { 200 - 2 * quality };
            let step = |base: u8| ((u32::from(base) * scale + 50) / 100).clamp(1, 255);
            let steps = table.iter().zip(QUANT_LUMINANCE);
            steps.map(|(&step_here, base)| u32::from(step_here as u16).abs_diff(step(base))).sum()
        };
        // Of equal ones, the better.
        (1..=100).rev().min_by_key(|&quality| distance(quality))
    }

    pub(crate) fn dc(&self, index: u8) -> Option<&Huffman> {
        self.dc.get(usize::from(index))?.as_ref()
    }

    pub(crate) fn ac(&self, index: u8) -> Option<&Huffman> {
        self.ac.get(usize::from(index))?.as_ref()
    }

    pub(crate) fn ac_mut(&mut self, index: u8) -> Option<&mut Huffman> {
        self.ac.get_mut(usize::from(index))?.as_mut()
    }

    /// Takes a DQT segment's tables (T.81, B.2.4.1).
    pub(crate) fn define_quant(&mut self, mut body: &[u8]) -> Result<(), DecodeError> {
        let malformed = |expected| DecodeError::Malformed { marker: DQT, expected };
        while let Some((&kind, rest)) = body.split_first() {
            let slot = self.quant.get_mut(usize::from(kind & 15)).ok_or(malformed("table numbers 0 to 3"))?;
            let mut table = Box::new([0; 64]);
            let mut set = |k: usize, factor: u16| {
                if let Some(place) = ZIGZAG.get(k).and_then(|&place| table.get_mut(usize::from(place))) {
                    *place = factor as i16;
                }
            };
            body = match kind >> 4 {
                0 => {
                    let (factors, rest) =
                        rest.split_first_chunk::<64>().ok_or(malformed("64 factors per table"))?;
                    (0..).zip(factors).for_each(|(k, &factor)| set(k, factor.into()));
                    rest
                }
                1 => {
                    let (factors, rest) =
                        rest.split_first_chunk::<128>().ok_or(malformed("64 factors per table"))?;
                    let factors = factors.as_chunks().0.iter();
                    (0..).zip(factors).for_each(|(k, &factor)| set(k, u16::from_be_bytes(factor)));
                    rest
                }
                _ => return Err(malformed("factors of 8 or 16 bits")),
            };
            *slot = Some(table);
        }
        Ok(())
    }

    /// Takes a DHT segment's tables (T.81, B.2.4.2).
    pub(crate) fn define_huffman(&mut self, mut body: &[u8]) -> Result<(), DecodeError> {
        let malformed = |expected| DecodeError::Malformed { marker: DHT, expected };
        while let Some((&kind, rest)) = body.split_first() {
            let class = match kind >> 4 {
                0 => &mut self.dc,
                1 => &mut self.ac,
                _ => return Err(malformed("table classes 0 and 1")),
            };
            let slot = class.get_mut(usize::from(kind & 15)).ok_or(malformed("table numbers 0 to 3"))?;
            let (counts, rest) =
                rest.split_first_chunk::<16>().ok_or(malformed("16 code counts per table"))?;
            let total = counts.iter().map(|&count| usize::from(count)).sum();
            let (symbols, rest) = rest.split_at_checked(total).ok_or(malformed("a symbol for each code"))?;
            *slot = Some(Huffman::new(counts, symbols).ok_or(malformed("codes that fit their lengths"))?);
            body = rest;
        }
        Ok(())
    }

    /// Takes a DRI segment's interval (T.81, B.2.4.4).
    pub(crate) fn define_restarts(&mut self, body: &[u8]) -> Result<(), DecodeError> {
        let interval =
            body.first_chunk().ok_or(DecodeError::Malformed { marker: DRI, expected: "2 bytes" })?;
        self.restart_interval = u16::from_be_bytes(*interval).into();
        Ok(())
    }

    /// Defines the tables of T.81, annex K, where none were: frames of motion JPEG come without.
    pub(crate) fn fall_back_to_standard(&mut self) {
        for (slots, standard) in [(&mut self.dc, HUFFMAN_DC), (&mut self.ac, HUFFMAN_AC)] {
            for (slot, table) in slots.iter_mut().zip(standard) {
                if slot.is_none() {
                    *slot = Huffman::new(&table.counts, table.symbols);
                }
            }
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)] // a test that fails does so by panicking
mod tests {
    use super::*;

    #[test]
    fn the_quality_of_the_ijgs_tables_is_found_and_others_get_the_nearest() {
        let tables = |steps: [u8; 64]| {
            let zigzag = ZIGZAG.iter().map(|&place| steps[usize::from(place)]);
            let body: alloc::vec::Vec<u8> = core::iter::once(0).chain(zigzag).collect();
            let mut tables = Tables::default();
            tables.define_quant(&body).unwrap();
            tables
        };
        for quality in 1..=100u32 {
            let scale = if quality < 50 { 5000 / quality } else { 200 - 2 * quality };
            let steps =
                QUANT_LUMINANCE.map(|base| ((u32::from(base) * scale + 50) / 100).clamp(1, 255) as u8);
            assert_eq!(tables(steps).quality(0).map(u32::from), Some(quality));
        }
        assert_eq!((tables([255; 64]).quality(0), tables([1; 64]).quality(1)), (Some(1), None));
    }
}
