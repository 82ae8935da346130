//! What callers choose.

pub use crate::encode::Effort;

use super::blocks::Grid;
use super::matches::Search;
use super::near::bits_of_level;

/// Pixels of an image that has smaller blocks.
const SMALL: usize = 1 << 17;

/// How an image is encoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Config {
    /// How much time to spend on fewer bytes.
    pub effort: Effort,
    /// 100 keeps every pixel. Less allows pixels where the image is not smooth to change, for fewer bytes: channels
    /// by at most 1 from 80 on, 2 from 60 on, 4 from 40 on, 8 from 20 on, and 16 below. Alpha never changes.
    pub near_lossless: u8,
    /// Whether to keep the colours of pixels that are wholly transparent. Otherwise they become whatever takes the
    /// fewest bytes, which cannot be seen.
    pub exact: bool,
}

impl Default for Config {
    fn default() -> Self {
        Self { effort: Effort::Default, near_lossless: 100, exact: false }
    }
}

/// What an effort means.
pub(super) struct Tuning {
    pub(super) search: Search,
    /// Logarithms of sizes of the colour cache to try.
    pub(super) cache_sizes: &'static [u32],
    /// How often choices are made the good way.
    pub(super) passes: u32,
    /// Groups of codes, at most.
    pub(super) groups: usize,
    /// Blocks of groups, and of transforms, at most.
    pub(super) group_blocks: usize,
    pub(super) transform_blocks: usize,
    /// The logarithm of the smallest block's side.
    pub(super) block_bits: u32,
    /// Of how many rows one is looked at to choose what a block's transform does.
    pub(super) every: usize,
    /// Whether there is a colour transform.
    pub(super) colors: bool,
    /// Predictors of a block that are looked at twice.
    pub(super) predictors: usize,
    /// Whether to look for factors of the colour transform around the most likely ones.
    pub(super) refine: bool,
    /// How often blocks go to the group that suits them best.
    pub(super) rounds: u32,
}

impl Effort {
    pub(super) fn tuning(self) -> Tuning {
        match self {
            Self::Fast => Tuning {
                search: Search { links: 8, enough: 4 },
                cache_sizes: &[0, 8],
                passes: 0,
                groups: 8,
                group_blocks: 512,
                transform_blocks: 1 << 13,
                block_bits: 4,
                every: 4,
                colors: false,
                predictors: 3,
                refine: false,
                rounds: 1,
            },
            Self::Default => Tuning {
                search: Search { links: 32, enough: 16 },
                cache_sizes: &[0, 2, 4, 6, 8, 10],
                passes: 1,
                groups: 32,
                group_blocks: 2048,
                transform_blocks: 1 << 14,
                block_bits: 4,
                every: 2,
                colors: true,
                predictors: 3,
                refine: false,
                rounds: 1,
            },
            Self::Best => Tuning {
                search: Search { links: 256, enough: 64 },
                cache_sizes: &[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11],
                passes: 2,
                groups: 32,
                group_blocks: 4096,
                transform_blocks: 1 << 14,
                block_bits: 4,
                every: 1,
                colors: true,
                predictors: 5,
                refine: true,
                rounds: 2,
            },
        }
    }
}

impl Config {
    /// Another way to encode an image of `pixels` pixels, which is tried too. Blocks of small images have so few pixels that
    /// more of an effort, or rounding, may make more bytes, by chance.
    pub(super) fn alternative(self, pixels: usize) -> Option<Self> {
        let other = match self.effort {
            _ if bits_of_level(self.near_lossless) > 0 => Self { near_lossless: 100, ..self },
            Effort::Best => Self { effort: Effort::Default, ..self },
            _ => return None,
        };
        (pixels <= SMALL).then_some(other)
    }
}

impl Tuning {
    /// The blocks of transforms.
    pub(super) fn transform_grid(&self, width: usize, height: usize) -> Grid {
        Grid::new(width, height, self.smallest(width * height), self.transform_blocks)
    }

    /// The blocks of groups.
    pub(super) fn group_grid(&self, width: usize, height: usize) -> Grid {
        Grid::new(width, height, self.smallest(width * height), self.group_blocks)
    }

    /// The logarithm of the smallest block's side for an image of `pixels` pixels.
    fn smallest(&self, pixels: usize) -> u32 {
        if pixels > SMALL { self.block_bits } else { self.block_bits.min(3) }
    }
}
