//! Sizes: of the output at a scale, of each component's plane, and of the memory that decoding holds.

use super::cost;
use super::header::{ColorModel, Header};
use crate::zigzag::ZIGZAG;
use alloc::vec::Vec;

/// The size to decode at, as eighths of the image's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Scale(u8);

impl Scale {
    /// 1/8.
    pub const EIGHTH: Self = Self(1);
    /// 1/4.
    pub const QUARTER: Self = Self(2);
    /// 1/2.
    pub const HALF: Self = Self(4);
    /// The image's own size.
    pub const FULL: Self = Self(8);

    /// `eighths` / 8 of the image's size, 1 to 8; `None` for others.
    pub const fn eighths(eighths: u8) -> Option<Self> {
        match eighths {
            1..=8 => Some(Self(eighths)),
            _ => None,
        }
    }

    /// How many eighths of the image's size, 1 to 8.
    pub const fn numerator(self) -> u8 {
        self.0
    }
}

/// The form of the output.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Output {
    /// Each component as a plane. A subsampled component is decoded at a larger scale than the others where that brings
    /// it nearer to their size, so that it needs less upsampling or none.
    Planar,
    /// Each component as a plane, all at the same scale: subsampled ones stay smaller by the same ratio.
    PlanarSubsampled,
    /// Rows of gray or RGB pixels: upsampled where needed, and converted. CMYK becomes RGB by multiplication with
    /// black, as browsers do; two components become the gray of the first.
    Interleaved,
    /// The same, but four inks stay as they are: cyan, magenta, yellow and black, 255 of which is all of the ink,
    /// however the file stores them.
    Inks,
}

impl Output {
    /// Whether rows of pixels come out, rather than strips of planes.
    pub fn is_interleaved(self) -> bool {
        matches!(self, Self::Interleaved | Self::Inks)
    }
}

/// The sizes of a decode at a scale.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Layout {
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) planes: Vec<Plane>,
    /// Bytes per interleaved pixel.
    pub(crate) channels: usize,
    /// MCUs of an interleaved scan, across and down.
    pub(crate) mcus: (u32, u32),
    pub(crate) memory: u64,
    /// Rows that are interleaved: none if planes are asked for.
    pub(crate) rows: u32,
}

impl Layout {
    /// Width and height of the image at the scale, in pixels: N/8 of the image's own, rounded up.
    pub fn size(&self) -> (u32, u32) {
        (self.width, self.height)
    }

    /// One plane for each component.
    pub fn planes(&self) -> &[Plane] {
        &self.planes
    }

    /// Bytes per pixel of interleaved rows: 1 for gray, 3 for RGB, 4 for inks.
    pub fn channels(&self) -> usize {
        self.channels
    }

    /// Upper bound, in bytes, of the memory that decoding holds beyond input that was fed ahead of its use.
    pub fn memory(&self) -> u64 {
        self.memory
    }

    /// The work of decoding, in units of about one WebAssembly instruction, beyond that of reading the input: see
    /// [`Decoder::work`](super::Decoder::work).
    pub fn work(&self) -> u64 {
        self.work_of(self.mcus.1, self.rows)
    }

    /// The work of `strips` rows of MCUs and `rows` interleaved rows.
    pub(crate) fn work_of(&self, strips: u32, rows: u32) -> u64 {
        let blocks = |plane: &Plane| u64::from(plane.padded_blocks.0) * u64::from(plane.v);
        let planes = self.planes.iter().map(|plane| cost::blocks(blocks(plane), plane.coefficients() as u64));
        let row = cost::row(u64::from(self.width) * self.channels as u64);
        u64::from(strips) * planes.sum::<u64>() + u64::from(rows) * row
    }
}

/// The size of one component's plane.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Plane {
    /// Samples per row.
    pub width: u32,
    /// Rows.
    pub height: u32,
    /// Plane samples per pixel of the full-size image, as a fraction: to place plane column `x` in the image, its
    /// centre is at `(x + 1/2)` divided by this.
    pub horizontal: (u32, u32),
    /// As [`Plane::horizontal`], for rows.
    pub vertical: (u32, u32),
    /// Sampling factors.
    pub(crate) h: u32,
    pub(crate) v: u32,
    /// Samples that a block gives, across and down.
    pub(crate) block_width: u8,
    pub(crate) block_height: u8,
    /// Blocks of the component, without and with those that fill up the last MCUs.
    pub(crate) blocks: (u32, u32),
    pub(crate) padded_blocks: (u32, u32),
}

impl Plane {
    /// Bytes from one row of a strip to the next.
    pub(crate) fn stride(&self) -> usize {
        self.padded_blocks.0 as usize * usize::from(self.block_width)
    }

    /// Rows of a full strip.
    pub(crate) fn strip_rows(&self) -> usize {
        self.v as usize * usize::from(self.block_height)
    }

    /// Coefficients of a block that its scaled transform uses.
    pub(crate) fn coefficients(&self) -> usize {
        usize::from(self.block_width) * usize::from(self.block_height)
    }

    /// Whether the scaled transform uses the coefficient at this place of a block.
    fn wants(&self, place: u8) -> bool {
        place / 8 < self.block_width && place % 8 < self.block_height
    }

    /// The last place of the zigzag sequence that the scaled transform uses.
    pub(crate) fn last_wanted(&self) -> usize {
        ZIGZAG.iter().rposition(|&place| self.wants(place)).unwrap_or(0)
    }

    /// Where the transform takes each coefficient of the zigzag sequence from. Those that it does not use share one place, in
    /// the first column if it leaves out rows.
    pub(crate) fn places(&self) -> [u8; 64] {
        let spare = if self.block_height < 8 { 7 } else { 7 * 8 };
        ZIGZAG.map(|place| if self.wants(place) { place } else { spare })
    }

    /// Bytes that a stored block takes: its coefficients, and where there is more than the DC, a bit for each of 64.
    pub(crate) fn stored_block_bytes(&self) -> usize {
        match self.coefficients() {
            1 => size_of::<i16>(),
            count => count * size_of::<i16>() + size_of::<u64>(),
        }
    }

    /// Blocks that are decoded, those of the last MCUs' padding included.
    pub(crate) fn total_blocks(&self) -> usize {
        self.padded_blocks.0 as usize * self.padded_blocks.1 as usize
    }
}

/// Rows kept from the strip before, for upsampling across strips.
pub(crate) const CONTEXT_ROWS: usize = 2;

/// Bytes of tables, windows of input and other things that do not grow with the image.
const FIXED_MEMORY: u64 = 320 * 1024;

impl Header {
    /// The sizes of the output, and the memory that decoding holds, at `scale` and in the form `output`. Costs next to
    /// nothing.
    pub fn layout(&self, scale: Scale, output: Output) -> Layout {
        let n = u32::from(scale.0);
        let (h_max, v_max) = self.max_sampling();
        let mcus = (self.width.div_ceil(8 * h_max), self.height.div_ceil(8 * v_max));
        let planes: Vec<Plane> = (self.components.iter())
            .map(|component| {
                let (h, v) = (u32::from(component.horizontal), u32::from(component.vertical));
                let (block_width, block_height) = match output {
                    Output::PlanarSubsampled => (n, n),
                    _ => (enlarged(n, h, h_max), enlarged(n, v, v_max)),
                };
                Plane {
                    width: (self.width * h * block_width).div_ceil(8 * h_max),
                    height: (self.height * v * block_height).div_ceil(8 * v_max),
                    horizontal: (h * block_width, 8 * h_max),
                    vertical: (v * block_height, 8 * v_max),
                    h,
                    v,
                    block_width: block_width as u8,
                    block_height: block_height as u8,
                    blocks: ((self.width * h).div_ceil(8 * h_max), (self.height * v).div_ceil(8 * v_max)),
                    padded_blocks: (mcus.0 * h, mcus.1 * v),
                }
            })
            .collect();
        let channels = match self.color {
            ColorModel::Gray | ColorModel::Unknown => 1,
            ColorModel::Cmyk | ColorModel::Ycck if output == Output::Inks => 4,
            _ => 3,
        };
        let mut layout = Layout {
            width: (self.width * n).div_ceil(8),
            height: (self.height * n).div_ceil(8),
            planes,
            channels,
            mcus,
            memory: 0,
            rows: 0,
        };
        layout.rows = if output.is_interleaved() { layout.height } else { 0 };
        layout.memory = self.memory(&layout, output);
        layout
    }

    fn memory(&self, layout: &Layout, output: Output) -> u64 {
        let strips = layout.planes.iter().map(|p| (p.stride() * (p.strip_rows() + CONTEXT_ROWS)) as u64);
        let coefficients = layout.planes.iter().map(|plane| match self.streams {
            true => 0,
            false => plane.total_blocks() as u64 * plane.stored_block_bytes() as u64,
        });
        let rows = match output {
            // The row, and one row of each component on the way to it.
            Output::Interleaved | Output::Inks => {
                u64::from(layout.width) * (layout.channels as u64 + 3 * 4) + 4096
            }
            _ => 0,
        };
        let metadata = self.metadata_bytes() as u64;
        FIXED_MEMORY + metadata + strips.sum::<u64>() + coefficients.sum::<u64>() + rows
    }
}

/// The samples per block, in one dimension, of a component with this sampling factor, when a component with the
/// largest one has `n`: the size at which both planes match if there is one, and the largest multiple of `n` below
/// it otherwise.
fn enlarged(n: u32, factor: u32, largest: u32) -> u32 {
    let matching = n * largest;
    if matching.is_multiple_of(factor) && matching / factor <= 8 {
        return matching / factor;
    }
    let multiple = (largest / factor).min(8 / n).max(1);
    n * multiple
}

#[cfg(test)]
mod tests {
    use super::enlarged;

    #[test]
    fn subsampled_components_are_decoded_larger_where_that_works_out() {
        assert_eq!(enlarged(8, 1, 2), 8);
        assert_eq!(enlarged(4, 1, 2), 8);
        assert_eq!(enlarged(1, 1, 4), 4);
        assert_eq!(enlarged(3, 1, 2), 6);
        assert_eq!(enlarged(5, 1, 2), 5);
        assert_eq!(enlarged(2, 2, 3), 3);
        assert_eq!(enlarged(8, 2, 3), 8);
        assert_eq!(enlarged(4, 2, 3), 6);
        assert_eq!(enlarged(2, 2, 2), 2);
    }
}
