//! Scans: their headers, and the walk over their MCUs.

use super::bits::Bits;
use super::entropy::{Entropy, MAX_BLOCK_BYTES, Ready};
use super::header::Header;
use super::huffman::{BadCode, Huffman};
use super::idct::{self, Block};
use super::input::Input;
use super::layout::{CONTEXT_ROWS, Layout, Plane};
use super::store::Store;
use super::tables::Tables;
use crate::zigzag::ZIGZAG;
use alloc::vec;
use alloc::vec::Vec;

/// A scan header (T.81, B.2.3).
#[derive(Debug, Clone)]
pub(crate) struct ScanHeader {
    pub(crate) components: Vec<ScanComponent>,
    /// First and last coefficient, in zigzag order.
    pub(crate) first: u8,
    pub(crate) last: u8,
    /// The bit that the scans before went down to, or 0 if there are none; and the one that this goes down to.
    pub(crate) high: u8,
    pub(crate) low: u8,
}

/// A component that takes part in a scan.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ScanComponent {
    /// Its place in the frame.
    pub(crate) index: usize,
    pub(crate) dc: u8,
    pub(crate) ac: u8,
}

impl ScanHeader {
    /// Reads a scan header's body; `None` if it breaks the rules for `header`'s kind of frame.
    pub(crate) fn parse(body: &[u8], header: &Header) -> Option<Self> {
        let (&count, rest) = body.split_first()?;
        let (listed, rest) = rest.split_at_checked(2 * usize::from(count))?;
        let &[first, last, approximation] = rest.first_chunk()?;
        let mut components: Vec<ScanComponent> = Vec::with_capacity(4);
        for &[id, tables] in listed.as_chunks().0 {
            let index = header.components.iter().position(|component| component.id == id)?;
            if components.iter().any(|other| other.index == index) {
                return None;
            }
            components.push(ScanComponent { index, dc: tables >> 4, ac: tables & 15 });
        }
        let scan = match header.progressive {
            true => Self { components, first, last, high: approximation >> 4, low: approximation & 15 },
            // Some writers leave these fields unset, and a sequential scan has no use for them.
            false => Self { components, first: 0, last: 63, high: 0, low: 0 },
        };
        let band = match (header.progressive, scan.first) {
            (false, _) => true,
            (true, 0) => scan.last == 0,
            (true, first) => first <= scan.last && scan.last < 64 && scan.components.len() == 1,
        };
        let tables = scan.components.iter().all(|component| component.dc < 4 && component.ac < 4);
        (band && tables && scan.low < 14 && scan.high < 14 && !scan.components.is_empty()).then_some(scan)
    }
}

impl ScanHeader {
    /// Whether DC and AC tables are used.
    pub(crate) fn needs_tables(&self) -> (bool, bool) {
        (self.first == 0 && self.high == 0, self.last > 0)
    }
}

/// The rows of one component that are at hand: a strip, after the last rows of the strip before.
pub(crate) struct Band {
    pub(crate) plane: Plane,
    pub(crate) stride: usize,
    quant: [i16; 64],
    latched: bool,
    samples: Vec<u8>,
    /// The DC that blocks with nothing else are filled from.
    fill: i16,
    /// The coefficients worth storing: those up to this place of the zigzag sequence.
    wanted: usize,
}

impl Band {
    pub(crate) fn new(plane: Plane) -> Self {
        let stride = plane.stride();
        Self {
            plane,
            quant: [1; 64],
            latched: false,
            stride,
            samples: vec![128; stride * (CONTEXT_ROWS + plane.strip_rows())],
            fill: 0,
            wanted: last_wanted(&plane),
        }
    }

    /// Takes the quantisation table, unless one was taken before.
    pub(crate) fn latch_quant(&mut self, quant: &[i16; 64]) {
        if !self.latched {
            (self.quant, self.latched) = (*quant, true);
        }
    }

    /// Whether there are coefficients that are not wanted.
    pub(crate) fn skips(&self) -> bool {
        self.wanted < 63
    }

    /// The strip's samples.
    pub(crate) fn strip(&self) -> &[u8] {
        self.samples.get(CONTEXT_ROWS * self.stride..).unwrap_or_default()
    }

    fn strip_mut(&mut self) -> &mut [u8] {
        self.samples.get_mut(CONTEXT_ROWS * self.stride..).unwrap_or_default()
    }

    /// A row of the strip, or with a negative number, one of the last rows of the strip before; without padding.
    pub(crate) fn row(&self, row: i64) -> &[u8] {
        let start = (row + CONTEXT_ROWS as i64).max(0) as usize * self.stride;
        self.samples.get(start..).and_then(|rows| rows.get(..self.plane.width as usize)).unwrap_or_default()
    }

    /// Keeps the strip's last rows as those before the next strip.
    pub(crate) fn roll(&mut self) {
        let kept = CONTEXT_ROWS * self.stride;
        let start = self.samples.len() - kept;
        self.samples.copy_within(start.., 0);
    }

    /// Where the samples of a block of the strip begin.
    fn block_start(&self, column: usize, row: usize) -> usize {
        row * usize::from(self.plane.block_height) * self.stride
            + column * usize::from(self.plane.block_width)
    }

    /// Turns a block into samples.
    #[inline(always)]
    fn transform(&mut self, coefficients: &[i16; 64], last: usize, column: usize, row: usize) {
        let start = self.block_start(column, row);
        let (width, height, stride) = (self.plane.block_width, self.plane.block_height, self.stride);
        // The fields are borrowed apart from each other.
        let block = Block { coefficients, quant: &self.quant, last };
        let out = self.samples.get_mut(CONTEXT_ROWS * stride + start..).unwrap_or_default();
        idct::inverse_dct(block, width, height, out, stride);
    }

    /// Sets the only sample of a block.
    #[inline(always)]
    fn set(&mut self, sample: u8, column: usize, row: usize) {
        let at = (CONTEXT_ROWS + row) * self.stride + column;
        if let Some(to) = self.samples.get_mut(at) {
            *to = sample;
        }
    }

    /// Fills a block from the last DC known.
    fn fill(&mut self, column: usize, row: usize) {
        let start = self.block_start(column, row);
        let (width, height, stride) = (self.plane.block_width, self.plane.block_height, self.stride);
        let sample = idct::flat_sample(self.fill, self.quant[0]);
        idct::fill(sample, width, height, self.strip_mut().get_mut(start..).unwrap_or_default(), stride);
    }

    /// Turns a row of stored blocks into samples.
    pub(crate) fn transform_stored(&mut self, store: &Store, component: usize, block_row: usize, row: usize) {
        let mut coefficients = [0; 64];
        for column in 0..self.plane.padded_blocks.0 as usize {
            let last = store.block(component, block_row, column, &mut coefficients);
            self.transform(&coefficients, last, column, row);
        }
    }
}

/// The last place of the zigzag sequence that a plane's scaled transform uses.
pub(crate) fn last_wanted(plane: &Plane) -> usize {
    let within = |&place: &u8| place / 8 < plane.block_width && place % 8 < plane.block_height;
    ZIGZAG.iter().rposition(within).unwrap_or(0)
}

/// What became of a step that may run out of input.
#[derive(PartialEq, Eq)]
pub(crate) enum Progress {
    Complete,
    NeedInput,
}

/// A scan under way: where it is.
pub(crate) struct Scan {
    pub(crate) header: ScanHeader,
    /// The next MCU.
    pub(crate) x: u32,
    pub(crate) y: u32,
    /// MCUs across and down.
    pub(crate) mcus: (u32, u32),
    /// Bytes that one MCU may take.
    pub(crate) mcu_bytes: usize,
}

impl Scan {
    pub(crate) fn new(header: ScanHeader, layout: &Layout) -> Self {
        let planes = header.components.iter().filter_map(|component| layout.planes.get(component.index));
        // A lone component's blocks are its MCUs, without padding (T.81, A.2.2).
        let (mcus, blocks) = match header.components.as_slice() {
            [only] => (layout.planes.get(only.index).map_or((0, 0), |plane| plane.blocks), 1),
            _ => (layout.mcus, planes.map(|plane| (plane.h * plane.v) as usize).sum()),
        };
        Self { header, x: 0, y: 0, mcus, mcu_bytes: blocks * MAX_BLOCK_BYTES }
    }

    /// Decodes a row of MCUs of a sequential scan of all components straight to samples.
    pub(crate) fn stream_row(
        &mut self,
        tables: &Tables,
        bands: &mut [Band],
        entropy: &mut Entropy,
        input: &mut Input,
    ) -> Progress {
        while self.x < self.mcus.0 {
            match entropy.ready(input, self.mcu_bytes) {
                Ready::NeedInput => return Progress::NeedInput,
                Ready::Data => {
                    let done = self.stream_mcus(tables, bands, entropy);
                    entropy.count(done);
                    entropy.sound = entropy.sound.saturating_add(done);
                    self.x += done;
                    if done == 0 {
                        entropy.lose(input);
                    }
                }
                Ready::Lost => {
                    self.fill_mcu(bands);
                    entropy.count(1);
                    self.x += 1;
                }
            }
        }
        self.x = 0;
        self.y += 1;
        Progress::Complete
    }

    /// Decodes MCUs as long as there is data for them, to the end of the row at most, and answers how many.
    fn stream_mcus(&self, tables: &Tables, bands: &mut [Band], entropy: &mut Entropy) -> u32 {
        let mut lanes: [Option<Lane<'_>>; 4] = [const { None }; 4];
        for (index, band) in bands.iter_mut().enumerate() {
            let Some(at) = self.header.components.iter().position(|component| component.index == index)
            else {
                return 0;
            };
            let component = self.header.components.get(at);
            let Some((dc, ac)) = component.and_then(|c| tables.dc(c.dc).zip(tables.ac(c.ac))) else {
                return 0;
            };
            if let (Some(lane), Some(&prediction)) = (lanes.get_mut(at), entropy.predictions.get(at)) {
                *lane = Some(Lane { band, dc, ac, prediction });
            }
        }
        let most = entropy.until_restart().min(self.mcus.0 - self.x);
        let mut data = entropy.data(self.mcu_bytes);
        let mut done = 0;
        while done < most && data.enough() {
            let mut bits = data.bits;
            if stream_mcu(&mut lanes, &mut bits, data.bytes, (self.x + done) as usize).is_err()
                || data.overrun(bits)
            {
                break;
            }
            data.bits = bits;
            done += 1;
            for lane in lanes.iter_mut().flatten() {
                lane.band.fill = lane.prediction as i16;
            }
        }
        let bits = data.bits;
        let predictions = lanes.map(|lane| lane.map_or(0, |lane| i32::from(lane.band.fill)));
        entropy.settle(bits, predictions);
        done
    }

    fn fill_mcu(&self, bands: &mut [Band]) {
        for band in bands {
            let (h, v) = (band.plane.h as usize, band.plane.v as usize);
            for (row, column) in (0..v).flat_map(|row| (0..h).map(move |column| (row, column))) {
                band.fill(self.x as usize * h + column, row);
            }
        }
    }
}

/// A component on its way from bits to samples.
struct Lane<'a> {
    band: &'a mut Band,
    dc: &'a Huffman,
    ac: &'a Huffman,
    prediction: i32,
}

#[inline(always)]
fn stream_mcu(
    lanes: &mut [Option<Lane<'_>>; 4],
    bits: &mut Bits,
    bytes: &[u8],
    x: usize,
) -> Result<(), BadCode> {
    for Lane { band, dc, ac, prediction } in lanes.iter_mut().map_while(Option::as_mut) {
        let (h, v) = (band.plane.h as usize, band.plane.v as usize);
        for row in 0..v {
            for column in x * h..(x + 1) * h {
                if band.wanted == 0 {
                    let sample = dc_of_sequential_block(bits, bytes, (dc, ac), prediction)?;
                    band.set(idct::flat_sample(sample, band.quant[0]), column, row);
                } else {
                    let mut block = [0; 64];
                    let last = sequential_block(bits, bytes, (dc, ac), prediction, band.wanted, &mut block)?;
                    band.transform(&block, last, column, row);
                }
            }
        }
    }
    Ok(())
}

/// Decodes a block of a sequential scan for its DC alone.
#[inline(always)]
fn dc_of_sequential_block(
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

/// Decodes a block of a sequential scan (T.81, F.2.2) into zeroed coefficients, of which those after `wanted` are
/// only skipped. Answers the last place of the zigzag sequence that may be other than zero.
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
            return if k >= super::huffman::END_OF_BLOCK { Ok(last) } else { Err(BadCode) };
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
