//! Scans: the walk over their MCUs.

use super::band::Band;
use super::bits::Bits;
use super::block::BlockDecoder;
use super::entropy::{Entropy, MAX_BLOCK_BYTES, Ready};
use super::huffman::BadCode;
use super::idct;
use super::input::Input;
use super::layout::Layout;
use super::scan_header::ScanHeader;
use super::tables::Tables;

/// The outcome of a step that may run out of input.
#[derive(PartialEq, Eq)]
pub(crate) enum Progress {
    Complete,
    NeedInput,
    /// The scans visit more blocks than the image and its bytes account for.
    TooMuch,
}

/// A scan under way: where it is.
pub(crate) struct Scan {
    pub(crate) header: ScanHeader,
    /// The next MCU.
    pub(crate) x: u32,
    pub(crate) y: u32,
    /// MCUs across and down.
    pub(crate) mcus: (u32, u32),
    /// Blocks of one MCU, and the bytes that they may take.
    pub(crate) mcu_blocks: usize,
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
        Self { header, x: 0, y: 0, mcus, mcu_blocks: blocks, mcu_bytes: blocks * MAX_BLOCK_BYTES }
    }

    /// Whether the scan is the first of its components' DCs.
    pub(crate) fn begins_dc(&self) -> bool {
        self.header.first == 0 && self.header.high == 0
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

    /// Decodes MCUs as long as there is data for them, to the end of the row at most, and returns how many.
    fn stream_mcus(&self, tables: &Tables, bands: &mut [Band], entropy: &mut Entropy) -> u32 {
        let mut parts: [Option<Part<'_>>; 4] = [const { None }; 4];
        for (index, band) in bands.iter_mut().enumerate() {
            let Some(at) = self.header.components.iter().position(|component| component.index == index)
            else {
                return 0;
            };
            let component = self.header.components.get(at);
            let Some((dc, ac)) = component.and_then(|c| tables.dc(c.dc).zip(tables.ac(c.ac))) else {
                return 0;
            };
            if let (Some(part), Some(&prediction)) = (parts.get_mut(at), entropy.predictions.get(at)) {
                let (wanted, places) = (band.wanted, band.plane.places());
                let decoder = BlockDecoder { dc, ac, wanted, places, prediction };
                *part = Some(Part { band, decoder, block: [0; 64] });
            }
        }
        let most = entropy.until_restart().min(self.mcus.0 - self.x);
        let mut data = entropy.data(self.mcu_bytes);
        let mut done = 0;
        while done < most && data.enough() {
            let mut bits = data.bits;
            if stream_mcu(&mut parts, &mut bits, data.bytes, (self.x + done) as usize).is_err()
                || data.overrun(bits)
            {
                break;
            }
            data.bits = bits;
            done += 1;
            for part in parts.iter_mut().flatten() {
                part.band.fill = part.decoder.prediction as i16;
            }
        }
        let bits = data.bits;
        let predictions = parts.map(|part| part.map_or(0, |part| i32::from(part.band.fill)));
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

/// A component's part in a scan.
struct Part<'a> {
    band: &'a mut Band,
    decoder: BlockDecoder<'a>,
    /// The coefficients of a block; all are zero between blocks.
    block: [i16; 64],
}

#[inline(always)]
fn stream_mcu(
    parts: &mut [Option<Part<'_>>; 4],
    bits: &mut Bits,
    bytes: &[u8],
    x: usize,
) -> Result<(), BadCode> {
    for Part { band, decoder, block } in parts.iter_mut().map_while(Option::as_mut) {
        let (h, v) = (band.plane.h as usize, band.plane.v as usize);
        for row in 0..v {
            for column in x * h..(x + 1) * h {
                if band.wanted == 0 {
                    let dc = decoder.dc(bits, bytes)?;
                    band.set(idct::flat_sample(dc, band.quant[0]), column, row);
                } else {
                    let last = decoder.coefficients(bits, bytes, block)?;
                    band.transform(block, last, column, row);
                }
            }
        }
    }
    Ok(())
}
