//! Blocks of progressive scans of AC coefficients (ITU-T T.81, G.1.2.2 and G.1.2.3).

use super::bits::Bits;
use super::huffman::{BadCode, END_OF_BLOCK, Huffman};

/// A block under decoding.
pub(crate) struct Target<'a> {
    pub(crate) coefficients: &'a mut [i16],
    pub(crate) slots: &'a [u8; 64],
    /// Which places of the zigzag sequence are other than zero.
    pub(crate) nonzero: u64,
}

impl Target<'_> {
    #[inline(always)]
    fn coefficient(&mut self, k: usize) -> Option<&mut i16> {
        self.coefficients.get_mut(usize::from(*self.slots.get(k)?))
    }

    #[inline(always)]
    fn set(&mut self, k: usize, value: i16) {
        if let Some(coefficient) = self.coefficient(k) {
            *coefficient = value;
        }
        self.nonzero |= 1 << k;
    }
}

/// The coefficients that a scan is about.
#[derive(Clone, Copy)]
pub(crate) struct SpectralBand {
    pub(crate) first: usize,
    pub(crate) last: usize,
    /// The bit that the scan goes down to.
    pub(crate) low: u8,
}

impl SpectralBand {
    /// The band's places, as in [`Target::nonzero`].
    #[inline(always)]
    pub(crate) fn mask(self) -> u64 {
        (u64::MAX << self.first) & (u64::MAX >> (63 - self.last))
    }

    /// A block of a band's first scan (T.81, G.1.2.2). Returns how many blocks after it have no
    /// coefficients in the band.
    #[inline(always)]
    pub(crate) fn begin(
        self,
        bits: &mut Bits,
        bytes: &[u8],
        ac: &Huffman,
        target: &mut Target<'_>,
    ) -> Result<u32, BadCode> {
        let mut k = self.first;
        while k <= self.last {
            let (run, value) = ac.coefficient(bits, bytes)?;
            if run == END_OF_BLOCK {
                bits.reserve_some(bytes);
                return Ok((1 << value) - 1 + bits.take(value as u32));
            }
            k += run;
            if k > self.last {
                return Err(BadCode);
            }
            if value != 0 {
                target.set(k, (value << self.low) as i16);
            }
            k += 1;
        }
        Ok(0)
    }

    /// A block of a later scan, which adds one bit (T.81, G.1.2.3). Its codes say which of the coefficients that are
    /// zero so far become plus or minus one; between them, it has a bit for each that is not zero. `run` blocks from
    /// this one on have only such bits. Returns how many blocks after this one do.
    #[inline(always)]
    pub(crate) fn refine(
        self,
        bits: &mut Bits,
        bytes: &[u8],
        ac: &Huffman,
        mut run: u32,
        target: &mut Target<'_>,
    ) -> Result<u32, BadCode> {
        let nonzero = target.nonzero & self.mask();
        let mut k = self.first;
        while run == 0 && k <= self.last {
            let (zeros_before, value) = ac.coefficient(bits, bytes)?;
            if zeros_before == END_OF_BLOCK {
                bits.reserve_some(bytes);
                run = (1 << value) + bits.take(value as u32);
                break;
            }
            if !(-1..=1).contains(&value) {
                return Err(BadCode);
            }
            // The code is for the place after that many places that are zero so far.
            let mut zeros = !nonzero & self.mask() & (u64::MAX << k);
            for _ in 0..zeros_before {
                zeros &= zeros.wrapping_sub(1);
            }
            let place = (zeros.trailing_zeros() as usize).min(self.last + 1);
            let before_place = 1u64.checked_shl(place as u32).map_or(u64::MAX, |bit| bit - 1);
            self.correct(bits, bytes, nonzero & (u64::MAX << k) & before_place, target);
            if value != 0 {
                if place > self.last {
                    return Err(BadCode);
                }
                target.set(place, (value << self.low) as i16);
            }
            k = place + 1;
        }
        if run > 0 {
            if k <= self.last {
                self.correct(bits, bytes, nonzero & (u64::MAX << k), target);
            }
            run -= 1;
        }
        Ok(run)
    }

    /// Reads a bit for each place of `mask`, and where it is set, adds it to the coefficient's magnitude.
    #[inline(always)]
    fn correct(self, bits: &mut Bits, bytes: &[u8], mut mask: u64, target: &mut Target<'_>) {
        while mask != 0 {
            let count = mask.count_ones().min(16);
            bits.reserve(bytes);
            let mut corrections = bits.take(count) << (32 - count);
            for _ in 0..count {
                let k = mask.trailing_zeros() as usize;
                mask &= mask - 1;
                if corrections >> 31 != 0
                    && let Some(coefficient) = target.coefficient(k)
                    && *coefficient & (1 << self.low) == 0
                {
                    let step = 1i16 << self.low;
                    *coefficient = coefficient.wrapping_add(if *coefficient < 0 { -step } else { step });
                }
                corrections <<= 1;
            }
        }
    }
}
