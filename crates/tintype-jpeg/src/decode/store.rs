//! Coefficients held between scans, and the scans that add to them.

use super::bits::Bits;
use super::block::BlockDecoder;
use super::entropy::{Entropy, Ready};
use super::huffman::{BadCode, Huffman};
use super::input::Input;
use super::layout::{Layout, Plane};
use super::scan::{Progress, Scan};
use super::scan_header::{ScanComponent, ScanHeader};
use super::spectral::{SpectralBand, Target};
use super::tables::Tables;
use crate::zigzag::ZIGZAG;
use alloc::vec;
use alloc::vec::Vec;

/// Marks a coefficient that is not stored.
const NOWHERE: u8 = 255;
/// Marks a coefficient that no scan has coded yet.
const UNKNOWN: u8 = 255;

/// Visits of each block that scans may take: ten times those that common writers need.
const VISITS_PER_BLOCK: u64 = 64;

/// Visits that each byte of input adds: an honest scan says something about most blocks that it visits.
const VISITS_PER_BYTE: u64 = 4;

/// The coefficients of all components that the scale uses.
pub(crate) struct Store {
    components: Vec<StoredComponent>,
    /// Blocks that scans have visited, and those that they may visit before input is counted: runs of empty blocks take
    /// next to no input, so that small files could ask for any number of walks over a large image.
    visits: u64,
    visits_allowed: u64,
    max_visits: u64,
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
            wanted: plane.last_wanted(),
            known: [UNKNOWN; 64],
        }
    }

    /// Whether everything that is stored is known to its last bit.
    fn settled(&self) -> bool {
        self.known.iter().zip(self.slots).all(|(&known, slot)| slot == NOWHERE || known == 0)
    }

    #[inline(always)]
    fn dc_mut(&mut self, block: usize) -> Option<&mut i16> {
        self.coefficients.get_mut(block * self.per_block)
    }
}

impl Store {
    pub(crate) fn new(layout: &Layout, max_visits: u64) -> Self {
        let blocks: u64 = layout.planes.iter().map(|plane| plane.total_blocks() as u64).sum();
        Self {
            components: layout.planes.iter().map(StoredComponent::new).collect(),
            visits: 0,
            visits_allowed: VISITS_PER_BLOCK * blocks,
            max_visits,
        }
    }

    /// Blocks that scans have visited so far.
    pub(crate) fn visits(&self) -> u64 {
        self.visits
    }

    /// Copies a block's coefficients to the places that the inverse transform takes them from, and returns the last
    /// place of the zigzag sequence that is other than zero.
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
        // The mask covers coefficients that are not stored, too, which does not change the transform's result.
        stored.nonzero.get(block).map_or(0, |mask| 63 - (mask | 1).leading_zeros() as usize)
    }

    /// The DCs of a row of blocks, of a component of which nothing else is stored.
    pub(crate) fn lone_dcs(&self, component: usize, row: usize) -> Option<&[i16]> {
        let stored = self.components.get(component).filter(|stored| stored.per_block == 1)?;
        stored.coefficients.get(row * stored.width..(row + 1) * stored.width)
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

    /// Records how accurately a scan codes its coefficients, if it continues the scans before it. One that does not,
    /// because it repeats what is known or refines what is not, is to be passed over: so no bit of the image is decoded
    /// twice, however many scans there are.
    pub(crate) fn admit(&mut self, scan: &Scan) -> bool {
        let header = &scan.header;
        let expected = if header.high == 0 { UNKNOWN } else { header.high };
        let band = usize::from(header.first)..=usize::from(header.last);
        let known = |stored: &StoredComponent| {
            stored.known.get(band.clone()).is_some_and(|known| known.iter().all(|&known| known == expected))
        };
        let mut components = header.components.iter().map(|component| component.index);
        if !components.all(|index| self.components.get(index).is_some_and(known)) {
            return false;
        }
        for component in &header.components {
            let stored = self.components.get_mut(component.index);
            let known = stored.and_then(|stored| stored.known.get_mut(band.clone()));
            known.unwrap_or_default().fill(header.low);
        }
        true
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
            let allowed = self.visits_allowed + VISITS_PER_BYTE * input.used();
            if self.visits > allowed.min(self.max_visits) {
                return Progress::TooMuch;
            }
            while scan.x < scan.mcus.0 {
                let before = scan.x;
                match entropy.ready(input, scan.mcu_bytes) {
                    Ready::NeedInput => return Progress::NeedInput,
                    Ready::Lost if entropy.hopeless() && !scan.begins_dc() => {
                        // Nothing more comes of it, and it would leave the blocks as they are.
                        scan.y = scan.mcus.1;
                        return Progress::Complete;
                    }
                    Ready::Lost => self.pass_lost(scan, layout, entropy),
                    Ready::Data => {
                        let done = self.add_mcus(scan, layout, tables, entropy);
                        entropy.count(done);
                        entropy.sound = entropy.sound.saturating_add(done);
                        scan.x += done;
                        if done == 0 {
                            entropy.lose(input);
                        }
                    }
                }
                self.visits += u64::from(scan.x - before) * scan.mcu_blocks as u64;
            }
            scan.x = 0;
            scan.y += 1;
        }
        Progress::Complete
    }

    /// Passes over a lost interval, up to the row's end. In a first scan of DCs, the blocks get the last one known;
    /// other scans leave the blocks as they are.
    fn pass_lost(&mut self, scan: &mut Scan, layout: &Layout, entropy: &mut Entropy) {
        let mcus = entropy.until_restart().min(scan.mcus.0 - scan.x);
        if scan.begins_dc() {
            self.continue_dcs(scan, layout, mcus);
        }
        entropy.count(mcus);
        scan.x += mcus;
    }

    /// Gives the blocks of the next MCUs of a row the DC of the block to the left, or at the row's beginning, above.
    fn continue_dcs(&mut self, scan: &Scan, layout: &Layout, mcus: u32) {
        let alone = scan.header.components.len() == 1;
        for component in &scan.header.components {
            let (Some(stored), Some(plane)) =
                (self.components.get_mut(component.index), layout.planes.get(component.index))
            else {
                continue;
            };
            let (h, v) = if alone { (1, 1) } else { (plane.h, plane.v) };
            for row in scan.y * v..(scan.y + 1) * v {
                let start = row as usize * stored.width + (scan.x * h) as usize;
                let before = start.checked_sub(if scan.x == 0 { stored.width } else { 1 });
                let dc =
                    before.and_then(|before| stored.coefficients.get(before * stored.per_block)).copied();
                let rest = stored.coefficients.get_mut(start * stored.per_block..).unwrap_or_default();
                let blocks = rest.iter_mut().step_by(stored.per_block).take((mcus * h) as usize);
                if let Some(dc) = dc {
                    blocks.for_each(|to| *to = dc);
                }
            }
        }
    }

    /// Decodes MCUs as long as there is data for them, to the end of the row at most, and returns how many.
    fn add_mcus(&mut self, scan: &Scan, layout: &Layout, tables: &Tables, entropy: &mut Entropy) -> u32 {
        let most = entropy.until_restart().min(scan.mcus.0 - scan.x) as usize;
        let done = match scan.header.components.as_slice() {
            &[component] if scan.header.first > 0 => self.add_bands(scan, component, tables, entropy, most),
            _ => self.add_dcs(scan, layout, tables, entropy, most),
        };
        done.unwrap_or(0)
    }

    /// Decodes blocks of a scan of AC coefficients.
    fn add_bands(
        &mut self,
        scan: &Scan,
        component: ScanComponent,
        tables: &Tables,
        entropy: &mut Entropy,
        most: usize,
    ) -> Option<u32> {
        let ac = tables.ac(component.ac)?;
        let stored = self.components.get_mut(component.index)?;
        let start = scan.y as usize * stored.width + scan.x as usize;
        let nonzero = stored.nonzero.get_mut(start..start + most)?;
        let coefficients = stored.coefficients.get_mut(start * stored.per_block..)?;
        let header = &scan.header;
        let band = SpectralBand { first: header.first.into(), last: header.last.into(), low: header.low };
        let mut data = entropy.data(scan.mcu_bytes);
        let mut run = entropy.end_of_band_run;
        let mut blocks = nonzero.iter_mut().zip(coefficients.chunks_exact_mut(stored.per_block));
        let mut done = 0;
        while done < most {
            if header.high == 0 && run > 0 {
                // Blocks without anything are passed over together.
                let empty = (run as usize).min(most - done);
                blocks.nth(empty - 1);
                done += empty;
                run -= empty as u32;
                continue;
            }
            if !data.enough() {
                break;
            }
            let (mask, coefficients) = blocks.next()?;
            if run > 0 && *mask & band.mask() == 0 {
                run -= 1;
                done += 1;
                continue;
            }
            let mut target = Target { coefficients, slots: &stored.slots, nonzero: *mask };
            let mut bits = data.bits;
            let after = match header.high {
                0 => band.begin(&mut bits, data.bytes, ac, &mut target),
                _ => band.refine(&mut bits, data.bytes, ac, run, &mut target),
            };
            match after {
                Ok(after) if !data.overrun(bits) => run = after,
                _ => break,
            }
            *mask = target.nonzero;
            data.bits = bits;
            done += 1;
        }
        let bits = data.bits;
        entropy.settle(bits, [0; 4]);
        entropy.end_of_band_run = run;
        Some(done as u32)
    }

    /// Decodes MCUs of a scan of DC coefficients, or of all.
    fn add_dcs(
        &mut self,
        scan: &Scan,
        layout: &Layout,
        tables: &Tables,
        entropy: &mut Entropy,
        most: usize,
    ) -> Option<u32> {
        let header = &scan.header;
        let alone = header.components.len() == 1;
        let mut parts: [Option<Part<'_>>; 4] = [const { None }; 4];
        for (index, (stored, plane)) in self.components.iter_mut().zip(&layout.planes).enumerate() {
            let Some(at) = header.components.iter().position(|component| component.index == index) else {
                continue;
            };
            let component = header.components.get(at)?;
            let (across, down) = if alone { (1, 1) } else { (plane.h as usize, plane.v as usize) };
            *parts.get_mut(at)? = Some(Part {
                stored,
                across,
                down,
                dc: tables.dc(component.dc),
                ac: tables.ac(component.ac),
                prediction: *entropy.predictions.get(at)?,
            });
        }
        let mut data = entropy.data(scan.mcu_bytes);
        let mut good = entropy.predictions;
        let mut done = 0;
        while done < most && data.enough() {
            let mut bits = data.bits;
            let (x, y) = (scan.x as usize + done, scan.y as usize);
            let sound = (parts.iter_mut().map_while(Option::as_mut))
                .all(|part| part.add(header, &mut bits, data.bytes, x, y).is_ok());
            if !sound || data.overrun(bits) {
                break;
            }
            for (good, part) in good.iter_mut().zip(parts.iter().flatten()) {
                *good = part.prediction;
            }
            data.bits = bits;
            done += 1;
        }
        let bits = data.bits;
        entropy.settle(bits, good);
        Some(done as u32)
    }
}

/// A component's part in a scan of DC coefficients, or of all.
struct Part<'a> {
    stored: &'a mut StoredComponent,
    /// Blocks of an MCU.
    across: usize,
    down: usize,
    dc: Option<&'a Huffman>,
    ac: Option<&'a Huffman>,
    prediction: i32,
}

impl Part<'_> {
    /// Decodes the component's blocks of an MCU.
    #[inline(always)]
    fn add(
        &mut self,
        header: &ScanHeader,
        bits: &mut Bits,
        bytes: &[u8],
        x: usize,
        y: usize,
    ) -> Result<(), BadCode> {
        for row in y * self.down..(y + 1) * self.down {
            for column in x * self.across..(x + 1) * self.across {
                let block = row * self.stored.width + column;
                match (header.last, header.high) {
                    (0, 0) => {
                        let difference = self.dc.ok_or(BadCode)?.difference(bits, bytes)?;
                        self.prediction = self.prediction.wrapping_add(difference);
                        if let Some(dc) = self.stored.dc_mut(block) {
                            *dc = self.prediction.wrapping_shl(header.low.into()) as i16;
                        }
                    }
                    (0, _) => {
                        bits.reserve(bytes);
                        if let (1, Some(dc)) = (bits.take(1), self.stored.dc_mut(block)) {
                            *dc |= 1 << header.low;
                        }
                    }
                    _ => self.add_whole(bits, bytes, block)?,
                }
            }
        }
        Ok(())
    }

    /// Decodes a block of a sequential scan.
    #[inline(always)]
    fn add_whole(&mut self, bits: &mut Bits, bytes: &[u8], block: usize) -> Result<(), BadCode> {
        let (dc, ac) = self.dc.zip(self.ac).ok_or(BadCode)?;
        let stored = &mut *self.stored;
        let mut decoder =
            BlockDecoder { dc, ac, wanted: stored.wanted, places: ZIGZAG, prediction: self.prediction };
        let mut values = [0; 64];
        let last = decoder.coefficients(bits, bytes, &mut values)?;
        self.prediction = decoder.prediction;
        let start = block * stored.per_block;
        let coefficients = stored.coefficients.get_mut(start..start + stored.per_block).ok_or(BadCode)?;
        for (coefficient, &place) in coefficients.iter_mut().zip(&stored.places) {
            *coefficient = values.get(usize::from(place)).copied().unwrap_or(0);
        }
        if let Some(nonzero) = stored.nonzero.get_mut(block) {
            *nonzero = u64::MAX >> (63 - last);
        }
        Ok(())
    }
}
