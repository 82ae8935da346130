//! Blocks of sequential scans (ITU-T T.81, F.2.2).

use super::bits::Bits;
use super::huffman::{BadCode, END_OF_BLOCK, Huffman};

/// What decodes the blocks of one component.
///
/// Its methods are functions of their own: compilers for wasm keep the values of a loop in registers only where the function
/// around it is small.
pub(crate) struct BlockDecoder<'a> {
    pub(crate) dc: &'a Huffman,
    pub(crate) ac: &'a Huffman,
    /// The last place of the zigzag sequence that is wanted.
    pub(crate) wanted: usize,
    /// Where in a block each coefficient of the zigzag sequence goes.
    pub(crate) places: [u8; 64],
    /// The last DC.
    pub(crate) prediction: i32,
}

impl BlockDecoder<'_> {
    /// Decodes a block for its DC alone.
    #[inline(never)]
    pub(crate) fn dc(&mut self, bits: &mut Bits, bytes: &[u8]) -> Result<i16, BadCode> {
        let mut at = *bits;
        self.prediction = self.prediction.wrapping_add(self.dc.difference(&mut at, bytes)?);
        self.ac.skip_coefficients(&mut at, bytes, 1)?;
        *bits = at;
        Ok(self.prediction as i16)
    }

    /// Decodes a block into zeroed coefficients, skipping those that are not wanted. Returns the last place of the zigzag
    /// sequence that may be other than zero.
    #[inline(never)]
    pub(crate) fn coefficients(
        &mut self,
        bits: &mut Bits,
        bytes: &[u8],
        block: &mut [i16; 64],
    ) -> Result<usize, BadCode> {
        let mut at = *bits;
        self.prediction = self.prediction.wrapping_add(self.dc.difference(&mut at, bytes)?);
        block[0] = self.prediction as i16;
        let (mut k, mut last) = (1, 0);
        while k <= self.wanted {
            let (run, value) = self.ac.coefficient(&mut at, bytes)?;
            k += run;
            let Some(&place) = self.places.get(k) else {
                *bits = at;
                return if k >= END_OF_BLOCK { Ok(last) } else { Err(BadCode) };
            };
            #[allow(clippy::indexing_slicing)] // below 64 by the mask
            {
                block[usize::from(place & 63)] = value as i16;
            }
            last = k;
            k += 1;
        }
        self.ac.skip_coefficients(&mut at, bytes, k)?;
        *bits = at;
        Ok(last)
    }
}
