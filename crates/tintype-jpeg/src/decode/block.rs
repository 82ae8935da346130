//! Blocks of sequential scans (ITU-T T.81, F.2.2).

use super::bits::Bits;
use super::huffman::{BadCode, END_OF_BLOCK, Huffman};
use crate::zigzag::ZIGZAG;

/// Decodes a block of a sequential scan for its DC alone.
#[inline(always)]
pub(crate) fn dc_of_sequential_block(
    bits: &mut Bits,
    bytes: &[u8],
    (dc, ac): (&Huffman, &Huffman),
    prediction: &mut i32,
) -> Result<i16, BadCode> {
    bits.reserve(bytes);
    *prediction = prediction.wrapping_add(dc.difference(bits)?);
    ac.skip_coefficients(bits, bytes, 1)?;
    Ok(*prediction as i16)
}

/// Decodes a block of a sequential scan (T.81, F.2.2) into zeroed coefficients, skipping those after `wanted`. Returns
/// the last place of the zigzag sequence that may be other than zero.
#[inline(always)]
pub(crate) fn sequential_block(
    bits: &mut Bits,
    bytes: &[u8],
    (dc, ac): (&Huffman, &Huffman),
    prediction: &mut i32,
    wanted: usize,
    block: &mut [i16; 64],
) -> Result<usize, BadCode> {
    bits.reserve(bytes);
    *prediction = prediction.wrapping_add(dc.difference(bits)?);
    block[0] = *prediction as i16;
    let (mut k, mut last) = (1, 0);
    while k <= wanted {
        bits.reserve(bytes);
        let (run, value) = ac.coefficient(bits)?;
        k += run;
        let Some(&place) = ZIGZAG.get(k) else {
            return if k >= END_OF_BLOCK { Ok(last) } else { Err(BadCode) };
        };
        #[allow(clippy::indexing_slicing)] // below 64 by the mask
        {
            block[usize::from(place & 63)] = value as i16;
        }
        last = k;
        k += 1;
    }
    ac.skip_coefficients(bits, bytes, k)?;
    Ok(last)
}

/// Sets a block's coefficients to zero, up to this place of the zigzag sequence: there are few. All of them at once are
/// cleared by a call out of the module where this runs in WebAssembly, which takes longer.
#[inline(always)]
pub(crate) fn clear(block: &mut [i16; 64], last: usize) {
    for &place in ZIGZAG.iter().take(last + 1) {
        #[allow(clippy::indexing_slicing)] // below 64 by the mask
        {
            block[usize::from(place & 63)] = 0;
        }
    }
}
