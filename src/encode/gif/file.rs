//! The blocks of a file (GIF89a).

use super::canvas::Rect;
use crate::lzw::Compressor;
use crate::metadata::Attached;
use crate::palette::Color;
use crate::pixels::Channels;

/// A table of colours, as long as it is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Table {
    colors: Vec<Color>,
    /// Bits of an index: 1 to 8.
    bits: u32,
}

impl Table {
    /// A table of 1 to 256 colours, with room for one more index if that is asked for and there is any.
    pub(super) fn new(colors: &[Color], one_more: bool) -> Self {
        let entries = (colors.len() + usize::from(one_more)).clamp(2, 256);
        Self { colors: colors.to_vec(), bits: entries.next_power_of_two().ilog2() }
    }

    /// The index after those of colours, if there is one.
    pub(super) fn spare(&self) -> Option<u8> {
        u8::try_from(self.colors.len()).ok().filter(|&index| u32::from(index) < 1 << self.bits)
    }

    /// The bits that literals have.
    pub(super) fn code_bits(&self) -> u32 {
        self.bits.max(2)
    }

    fn flags(&self) -> u8 {
        0x80 | (self.bits - 1) as u8
    }

    fn write(&self, out: &mut Vec<u8>) {
        out.extend(self.colors.iter().flat_map(|&[red, green, blue, _]| [red, green, blue]));
        out.resize(out.len() + 3 * ((1 << self.bits) - self.colors.len()), 0);
    }
}

/// How a frame is shown.
#[derive(Debug, Clone, Copy)]
pub(super) struct Shown {
    pub(super) rect: Rect,
    /// Hundredths of a second.
    pub(super) delay: u16,
    /// Whether its place becomes transparent when the next one comes.
    pub(super) clears: bool,
    pub(super) transparent: Option<u8>,
}

/// Writes what comes before the first frame. It plays once if `loops` is 1, and forever if that is 0.
pub(super) fn begin(
    (width, height): (u32, u32),
    table: &Table,
    loops: u32,
    attached: &Attached,
    out: &mut Vec<u8>,
) {
    out.extend(b"GIF89a");
    out.extend([width, height].iter().flat_map(|side| (*side as u16).to_le_bytes()));
    // Eight bits for each primary colour, index 0 as the background, and pixels of an unknown shape.
    out.extend([0x70 | table.flags(), 0, 0]);
    table.write(out);
    if loops != 1 {
        let repetitions = (loops.saturating_sub(1) as u16).to_le_bytes();
        application(b"NETSCAPE2.0", out);
        out.extend([3, 1]);
        out.extend(repetitions);
        out.push(0);
    }
    if let Some(icc) = attached.icc_for(Channels::Rgb) {
        application(b"ICCRGBG1012", out);
        let mut blocks = SubBlocks::default();
        blocks.extend(icc, out);
        blocks.finish(out);
    }
    if let Some(xmp) = attached.xmp.as_deref() {
        application(b"XMP DataXMP", out);
        out.extend(xmp);
        // Whatever is taken for the length of a block leads to the end (XMP specification, part 3, 1.1.2).
        out.push(1);
        out.extend((0..=255).rev());
        out.push(0);
    }
}

/// Begins an application extension.
fn application(name: &[u8; 11], out: &mut Vec<u8>) {
    out.extend([0x21, 0xff, 11]);
    out.extend(name);
}

/// Writes what comes before the pixels of a frame, with a table if it has one of its own.
pub(super) fn begin_frame(shown: &Shown, local: Option<&Table>, out: &mut Vec<u8>) {
    let Shown { rect, delay, clears, transparent } = *shown;
    if delay > 0 || clears || transparent.is_some() {
        let disposal = if clears { 2 } else { 1 };
        let [low, high] = delay.to_le_bytes();
        let flags = disposal << 2 | u8::from(transparent.is_some());
        out.extend([0x21, 0xf9, 4, flags, low, high, transparent.unwrap_or(0), 0]);
    }
    out.push(0x2c);
    let Rect { left, top, width, height } = rect;
    out.extend([left, top, width, height].iter().flat_map(|length| (*length as u16).to_le_bytes()));
    out.push(local.map_or(0, Table::flags));
    if let Some(table) = local {
        table.write(out);
    }
}

/// Ends the file.
pub(super) fn end(out: &mut Vec<u8>) {
    out.push(0x3b);
}

/// The pixels of a frame, compressed and cut into blocks.
pub(super) struct Pixels {
    compressor: Compressor,
    codes: Vec<u8>,
    blocks: SubBlocks,
}

impl Pixels {
    pub(super) fn begin(bits: u32, out: &mut Vec<u8>) -> Self {
        out.push(bits as u8);
        let mut codes = Vec::new();
        let compressor = Compressor::new(bits, &mut codes);
        Self { compressor, codes, blocks: SubBlocks::default() }
    }

    pub(super) fn push(&mut self, indices: &[u8], out: &mut Vec<u8>) {
        self.compressor.push(indices, &mut self.codes);
        self.blocks.extend(&self.codes, out);
        self.codes.clear();
    }

    pub(super) fn finish(mut self, out: &mut Vec<u8>) {
        self.compressor.finish(&mut self.codes);
        self.blocks.extend(&self.codes, out);
        self.blocks.finish(out);
    }
}

/// Bytes in blocks of at most 255, each with its length before it (GIF89a, section 15).
#[derive(Default)]
struct SubBlocks {
    block: Vec<u8>,
}

impl SubBlocks {
    fn extend(&mut self, mut bytes: &[u8], out: &mut Vec<u8>) {
        while !bytes.is_empty() {
            let (now, later) = bytes.split_at(bytes.len().min(255 - self.block.len()));
            self.block.extend(now);
            if self.block.len() == 255 {
                self.flush(out);
            }
            bytes = later;
        }
    }

    fn flush(&mut self, out: &mut Vec<u8>) {
        out.push(self.block.len() as u8);
        out.append(&mut self.block);
    }

    fn finish(mut self, out: &mut Vec<u8>) {
        if !self.block.is_empty() {
            self.flush(out);
        }
        out.push(0);
    }
}
