//! Coefficients held between scans, and the scans that add to them.

use super::bits::Bits;
use super::entropy::{Entropy, Ready};
use super::huffman::{BadCode, END_OF_BLOCK, Huffman};
use super::idct::ZIGZAG;
use super::input::Input;
use super::layout::{Layout, Plane};
use super::scan::{Progress, Scan, last_wanted, sequential_block};
use super::tables::Tables;
use alloc::vec;
use alloc::vec::Vec;

/// Marks a coefficient that is not stored.
const NOWHERE: u8 = 255;
/// Marks a coefficient that no scan has told of.
const UNKNOWN: u8 = 255;

/// What one block takes, in bytes.
pub(crate) fn bytes_per_block(plane: &Plane) -> usize {
    match plane.coefficients() {
        1 => size_of::<i16>(),
        count => count * size_of::<i16>() + size_of::<u64>(),
    }
}

/// The coefficients of all components that the scale uses.
pub(crate) struct Store {
    components: Vec<StoredComponent>,
}

struct StoredComponent {
    /// Blocks across, padding included.
    width: usize,
    /// Coefficients stored of each block.
    per_block: usize,
    coefficients: Vec<i16>,
    /// For each block, which places of the zigzag sequence are other than zero, stored or not: refinement scans
    /// have a bit for each of those. Empty where only the DC is stored, as then no scan of the others is read.
    nonzero: Vec<u64>,
    /// Where a block keeps the coefficient of each place of the zigzag sequence.
    slots: [u8; 64],
    /// For each stored coefficient, the place that the inverse transform takes it from.
    places: Vec<u8>,
    wanted: usize,
    /// For each place of the zigzag sequence, the bit that it is known down to.
    known: [u8; 64],
}

/// The part of a block's or row's decoding that all scans of the store share.
struct Target<'a> {
    coefficients: &'a mut [i16],
    nonzero: Option<&'a mut u64>,
    slots: &'a [u8; 64],
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
        if let Some(nonzero) = self.nonzero.as_deref_mut() {
            *nonzero |= 1 << k;
        }
    }
}

impl StoredComponent {
    fn new(plane: &Plane) -> Self {
        let (width, height) = (plane.block_width, plane.block_height);
        let mut slots = [NOWHERE; 64];
        let mut places = vec![0; plane.coefficients()];
        for (slot, place) in slots.iter_mut().zip(ZIGZAG) {
            let (column, row) = (place / 8, place % 8);
            if column < width && row < height {
                *slot = column * height + row;
                if let Some(back) = places.get_mut(usize::from(*slot)) {
                    *back = place;
                }
            }
        }
        let per_block = plane.coefficients();
        let blocks = plane.total_blocks();
        Self {
            width: plane.padded_blocks.0 as usize,
            per_block,
            coefficients: vec![0; blocks * per_block],
            nonzero: if per_block > 1 { vec![0; blocks] } else { Vec::new() },
            slots,
            places,
            wanted: last_wanted(plane),
            known: [UNKNOWN; 64],
        }
    }

    #[inline(always)]
    fn target(&mut self, block: usize) -> Option<Target<'_>> {
        let start = block * self.per_block;
        Some(Target {
            coefficients: self.coefficients.get_mut(start..start + self.per_block)?,
            nonzero: self.nonzero.get_mut(block),
            slots: &self.slots,
        })
    }
}

impl Store {
    pub(crate) fn new(layout: &Layout) -> Self {
        Self { components: layout.planes.iter().map(StoredComponent::new).collect() }
    }

    /// Copies a block's coefficients to where the inverse transform wants them, and answers the last place of the
    /// zigzag sequence that is other than zero.
    #[inline]
    pub(crate) fn block(&self, component: usize, row: usize, column: usize, out: &mut [i16; 64]) -> usize {
        let Some(stored) = self.components.get(component) else { return 0 };
        let block = row * stored.width + column;
        let start = block * stored.per_block;
        let Some(from) = stored.coefficients.get(start..start + stored.per_block) else { return 0 };
        if let Some(whole) = from.as_array() {
            *out = *whole;
        } else {
            for (&place, &coefficient) in stored.places.iter().zip(from) {
                if let Some(out) = out.get_mut(usize::from(place)) {
                    *out = coefficient;
                }
            }
        }
        // Only the bits of what is stored count, but a few more do no harm: the transform's result is the same.
        stored.nonzero.get(block).map_or(0, |mask| 63 - (mask | 1).leading_zeros() as usize)
    }

    /// Whether a scan would change anything that is stored.
    pub(crate) fn wants(&self, scan: &Scan) -> bool {
        let header = &scan.header;
        header.components.iter().filter_map(|component| self.components.get(component.index)).any(|stored| {
            let first = usize::from(header.first);
            // A later refinement of coefficients that are wanted must know which others are not zero.
            first == 0 || stored.wanted > 0 && (first <= stored.wanted || !stored.settled())
        })
    }

    /// Notes how accurately a scan told its coefficients. Answers whether the scan followed on those before.
    pub(crate) fn note(&mut self, scan: &Scan) -> bool {
        let header = &scan.header;
        let mut follows = true;
        for component in &header.components {
            let Some(stored) = self.components.get_mut(component.index) else { continue };
            let band = usize::from(header.first)..=usize::from(header.last);
            for known in stored.known.get_mut(band).unwrap_or_default() {
                follows &= if header.high == 0 { *known == UNKNOWN } else { *known == header.high };
                *known = header.low;
            }
        }
        follows
    }

    /// Whether everything that is stored is known to its last bit, so that no scan can matter any more.
    pub(crate) fn complete(&self) -> bool {
        self.components.iter().all(StoredComponent::settled)
    }

    /// Decodes a scan's MCUs until it ends or the input does.
    pub(crate) fn add(
        &mut self,
        scan: &mut Scan,
        layout: &Layout,
        tables: &Tables,
        entropy: &mut Entropy,
        input: &mut Input,
    ) -> Progress {
        while scan.y < scan.mcus.1 {
            while scan.x < scan.mcus.0 {
                match entropy.ready(input, scan.mcu_bytes) {
                    Ready::NeedInput => return Progress::NeedInput,
                    Ready::Lost => self.pass_lost(scan, layout, entropy),
                    Ready::Data => {
                        let sound = self.add_mcu(scan, layout, tables, entropy).is_ok() && !entropy.overrun();
                        if sound {
                            entropy.sound = entropy.sound.saturating_add(1);
                        } else {
                            entropy.lose(input);
                        }
                    }
                }
            }
            scan.x = 0;
            scan.y += 1;
        }
        Progress::Complete
    }

    /// Passes over a lost interval, up to the row's end. Of a scan that tells DCs first, the last one known is
    /// continued; other scans leave the blocks as they are.
    fn pass_lost(&mut self, scan: &mut Scan, layout: &Layout, entropy: &mut Entropy) {
        let mcus = entropy.until_restart().min(scan.mcus.0 - scan.x);
        if scan.header.first == 0 && scan.header.high == 0 {
            for x in scan.x..scan.x + mcus {
                self.continue_dc(scan, layout, x);
            }
        }
        entropy.count(mcus);
        scan.x += mcus;
    }

    /// Gives the blocks of an MCU the DC of the block to the left, or at the row's beginning, above.
    fn continue_dc(&mut self, scan: &Scan, layout: &Layout, x: u32) {
        let alone = scan.header.components.len() == 1;
        for component in &scan.header.components {
            let (Some(stored), Some(plane)) =
                (self.components.get_mut(component.index), layout.planes.get(component.index))
            else {
                continue;
            };
            let (h, v) = if alone { (1, 1) } else { (plane.h, plane.v) };
            for (row, column) in (0..v).flat_map(|row| (0..h).map(move |column| (row, column))) {
                let (row, column) = ((scan.y * v + row) as usize, (x * h + column) as usize);
                let block = row * stored.width + column;
                let before = block.checked_sub(if column == 0 { stored.width } else { 1 });
                let dc =
                    before.and_then(|before| stored.coefficients.get(before * stored.per_block)).copied();
                if let (Some(dc), Some(to)) = (dc, stored.coefficients.get_mut(block * stored.per_block)) {
                    *to = dc;
                }
            }
        }
    }

    /// Decodes an MCU, or as many as have nothing to decode, and moves on.
    #[inline(always)]
    fn add_mcu(
        &mut self,
        scan: &mut Scan,
        layout: &Layout,
        tables: &Tables,
        entropy: &mut Entropy,
    ) -> Result<(), BadCode> {
        let mut mcus = 1;
        let header = &scan.header;
        if header.first > 0 && header.high == 0 && entropy.end_of_band_run > 0 {
            mcus = entropy.end_of_band_run.min(entropy.until_restart()).min(scan.mcus.0 - scan.x);
            entropy.end_of_band_run -= mcus;
        } else if let ([component], Some(stored)) = (
            header.components.as_slice(),
            header.components.first().and_then(|c| self.components.get_mut(c.index)),
        ) {
            let block = scan.y as usize * stored.width + scan.x as usize;
            add_block(stored, block, scan, component.dc, component.ac, 0, tables, entropy)?;
        } else {
            for (at, component) in header.components.iter().enumerate() {
                let (Some(stored), Some(plane)) =
                    (self.components.get_mut(component.index), layout.planes.get(component.index))
                else {
                    continue;
                };
                for (row, column) in
                    (0..plane.v).flat_map(|row| (0..plane.h).map(move |column| (row, column)))
                {
                    let (row, column) = (scan.y * plane.v + row, scan.x * plane.h + column);
                    let block = row as usize * stored.width + column as usize;
                    add_block(stored, block, scan, component.dc, component.ac, at, tables, entropy)?;
                }
            }
        }
        entropy.count(mcus);
        scan.x += mcus;
        Ok(())
    }
}

impl StoredComponent {
    fn settled(&self) -> bool {
        self.known.iter().zip(self.slots).all(|(&known, slot)| slot == NOWHERE || known == 0)
    }
}

#[allow(clippy::too_many_arguments)] // the parts of the decoder's state, each borrowed on its own
#[inline(always)]
fn add_block(
    stored: &mut StoredComponent,
    block: usize,
    scan: &Scan,
    dc: u8,
    ac: u8,
    at: usize,
    tables: &Tables,
    entropy: &mut Entropy,
) -> Result<(), BadCode> {
    let header = &scan.header;
    let wanted = stored.wanted;
    let whole = header.last == 63 && header.first == 0;
    let mut target = stored.target(block).ok_or(BadCode)?;
    let (bytes, bits, predictions, run) = entropy.reader();
    let prediction = predictions.get_mut(at).ok_or(BadCode)?;
    let band = (usize::from(header.first), usize::from(header.last));
    if whole {
        let tables = tables.dc(dc).zip(tables.ac(ac)).ok_or(BadCode)?;
        return store_sequential(bits, bytes, tables, prediction, wanted, &mut target);
    }
    match (header.first, header.high) {
        (0, 0) => {
            bits.reserve(bytes);
            *prediction = prediction.wrapping_add(tables.dc(dc).ok_or(BadCode)?.difference(bits)?);
            target.set(0, prediction.wrapping_shl(header.low.into()) as i16);
            Ok(())
        }
        (0, _) => {
            bits.reserve(bytes);
            if let (1, Some(dc)) = (bits.take(1), target.coefficient(0)) {
                *dc |= 1 << header.low;
            }
            Ok(())
        }
        (_, 0) => first_band(bits, bytes, tables.ac(ac).ok_or(BadCode)?, band, header.low, run, &mut target),
        _ => refine_band(bits, bytes, tables.ac(ac).ok_or(BadCode)?, band, header.low, run, &mut target),
    }
}

fn store_sequential(
    bits: &mut Bits,
    bytes: &[u8],
    tables: (&Huffman, &Huffman),
    prediction: &mut i32,
    wanted: usize,
    target: &mut Target<'_>,
) -> Result<(), BadCode> {
    let mut block = [0; 64];
    let last = sequential_block(bits, bytes, tables, prediction, wanted, &mut block)?;
    for (k, &place) in ZIGZAG.iter().enumerate().take(last + 1) {
        match block.get(usize::from(place)) {
            Some(&value) if value != 0 => target.set(k, value),
            _ => {}
        }
    }
    Ok(())
}

/// The first scan of a band (T.81, G.1.2.2). Begins only where no run of ended blocks is under way.
#[inline(always)]
fn first_band(
    bits: &mut Bits,
    bytes: &[u8],
    ac: &Huffman,
    (first, last): (usize, usize),
    low: u8,
    ended: &mut u32,
    target: &mut Target<'_>,
) -> Result<(), BadCode> {
    let mut k = first;
    while k <= last {
        bits.reserve(bytes);
        let (run, value) = ac.coefficient(bits)?;
        if run == END_OF_BLOCK {
            *ended = (1 << value) - 1 + bits.take(value as u32);
            return Ok(());
        }
        k += run;
        if k > last {
            return Err(BadCode);
        }
        if value != 0 {
            target.set(k, (value << low) as i16);
        }
        k += 1;
    }
    Ok(())
}

/// A later scan of a band, which adds one bit (T.81, G.1.2.3): of coefficients that are zero so far, it tells which
/// become plus or minus one; between them, it has a bit for each that is not zero.
#[inline(always)]
fn refine_band(
    bits: &mut Bits,
    bytes: &[u8],
    ac: &Huffman,
    (first, last): (usize, usize),
    low: u8,
    ended: &mut u32,
    target: &mut Target<'_>,
) -> Result<(), BadCode> {
    let nonzero = target.nonzero.as_deref().copied().unwrap_or(0);
    let mut k = first;
    while *ended == 0 && k <= last {
        bits.reserve(bytes);
        let (mut run, value) = ac.coefficient(bits)?;
        if run == END_OF_BLOCK {
            *ended = (1 << value) + bits.take(value as u32);
            break;
        }
        if !(-1..=1).contains(&value) {
            return Err(BadCode);
        }
        // The place that the code is for: the one after `run` places that are zero so far.
        let mut zeros = !nonzero & (u64::MAX << k);
        while run > 0 {
            zeros &= zeros.wrapping_sub(1);
            run -= 1;
        }
        let place = (zeros.trailing_zeros() as usize).min(last + 1);
        correct(
            bits,
            bytes,
            nonzero & (u64::MAX << k) & !(u64::MAX.checked_shl(place as u32).unwrap_or(0)),
            low,
            target,
        );
        if value != 0 {
            if place > last {
                return Err(BadCode);
            }
            target.set(place, (value << low) as i16);
        }
        k = place + 1;
    }
    if *ended > 0 {
        if k <= last {
            let band = (u64::MAX << k) & (u64::MAX >> (63 - last));
            correct(bits, bytes, nonzero & band, low, target);
        }
        *ended -= 1;
    }
    Ok(())
}

/// Reads a bit for each place of `mask`, and where it is set, adds it to the coefficient's magnitude.
#[inline(always)]
fn correct(bits: &mut Bits, bytes: &[u8], mut mask: u64, low: u8, target: &mut Target<'_>) {
    while mask != 0 {
        let count = mask.count_ones().min(16);
        bits.reserve(bytes);
        let mut corrections = bits.take(count) << (32 - count);
        for _ in 0..count {
            let k = mask.trailing_zeros() as usize;
            mask &= mask - 1;
            if corrections >> 31 != 0
                && let Some(coefficient) = target.coefficient(k)
                && *coefficient & (1 << low) == 0
            {
                let step = 1i16 << low;
                *coefficient = coefficient.wrapping_add(if *coefficient < 0 { -step } else { step });
            }
            corrections <<= 1;
        }
    }
}
