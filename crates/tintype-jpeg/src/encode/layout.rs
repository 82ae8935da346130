//! The geometry of the frame: sizes of the components in samples, blocks and MCUs (ITU-T T.81, A.1 and A.2).

use super::config::{Components, EncoderConfig};

/// Samples on a side of a block.
pub(crate) const BLOCK: usize = 8;

/// One component's share of the frame.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Component {
    /// Horizontal sampling factor: blocks across in an MCU.
    pub(crate) h: usize,
    /// Vertical sampling factor: blocks down in an MCU.
    pub(crate) v: usize,
    /// Number of its quantisation and Huffman tables: 0 for luminance, 1 for chroma.
    pub(crate) table: u8,
    /// Width in samples.
    pub(crate) width: usize,
    /// Height in samples.
    pub(crate) height: usize,
    /// Blocks across that hold samples; an MCU may reach beyond them.
    pub(crate) blocks_wide: usize,
    /// Blocks down that hold samples.
    pub(crate) blocks_high: usize,
}

/// The frame.
#[derive(Clone, Debug)]
pub(crate) struct Layout {
    /// Width in pixels.
    pub(crate) width: usize,
    /// Height in pixels.
    pub(crate) height: usize,
    /// MCUs across.
    pub(crate) mcus_wide: usize,
    components: [Component; 3],
    count: usize,
}

impl Layout {
    /// The frame of a configuration whose dimensions were checked.
    pub(crate) fn new(config: &EncoderConfig) -> Self {
        let (width, height) = (config.width as usize, config.height as usize);
        let (count, (h, v)) = match config.components {
            Components::Gray => (1, (1, 1)),
            Components::YCbCr => (3, config.subsampling.factors()),
        };
        let component = |h, v, table, width: usize, height: usize| Component {
            h,
            v,
            table,
            width,
            height,
            blocks_wide: width.div_ceil(BLOCK),
            blocks_high: height.div_ceil(BLOCK),
        };
        let chroma = component(1, 1, 1, width.div_ceil(h), height.div_ceil(v));
        Self {
            width,
            height,
            mcus_wide: width.div_ceil(h * BLOCK),
            components: [component(h, v, 0, width, height), chroma, chroma],
            count,
        }
    }

    /// One or three components, luminance first.
    pub(crate) fn components(&self) -> &[Component] {
        self.components.get(..self.count).unwrap_or(&self.components)
    }

    /// Width of the component's strip in samples: whole MCUs.
    pub(crate) fn padded_width(&self, component: &Component) -> usize {
        self.mcus_wide * component.h * BLOCK
    }

    /// Luminance samples per chroma sample, horizontally and vertically.
    pub(crate) fn chroma_factors(&self) -> (usize, usize) {
        (self.components[0].h, self.components[0].v)
    }

    /// Quantisation tables in use: one for gray, two for colour.
    pub(crate) fn tables(&self) -> u8 {
        if self.count == 1 { 1 } else { 2 }
    }
}
