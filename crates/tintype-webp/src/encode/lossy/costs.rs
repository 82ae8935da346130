//! What bools, tokens and modes cost, in 256ths of a bit.
#![allow(clippy::indexing_slicing)] // tables of constant size, by numbers whose ranges their makers know

use super::block::Block;
use crate::vp8::modes::{Mode, SUB_MODES, SubMode};
use crate::vp8::probabilities::TokenProbabilities;
use crate::vp8::tokens::{BANDS, CATEGORY_3, CATEGORY_4, CATEGORY_5, CATEGORY_6, ZIGZAG};

/// The largest value of a coefficient that encoders may use.
pub(super) const MAX_LEVEL: i16 = 2047;

/// The cost of a false bool by its probability.
const FALSE: [u16; 256] = {
    let mut costs = [0; 256];
    let mut probability = 0;
    while probability < 256 {
        costs[probability] = information(if probability == 0 { 1 } else { probability as u64 });
        probability += 1;
    }
    costs
};

/// The information of what happens `count` times in 256, more than zero.
const fn information(count: u64) -> u16 {
    // The binary logarithm: its whole part, and then each bit of the fraction by squaring.
    let whole = count.ilog2();
    let mut mantissa = count << (31 - whole);
    let mut logarithm = whole;
    let mut bit = 0;
    while bit < 9 {
        mantissa = (mantissa * mantissa) >> 31;
        logarithm = logarithm << 1 | (mantissa >> 32) as u32;
        if mantissa >> 32 != 0 {
            mantissa >>= 1;
        }
        bit += 1;
    }
    ((8 << 9) + 1 - logarithm) as u16 >> 1
}

/// The cost of a bool.
#[inline(always)]
pub(super) const fn of_bool(bit: bool, probability: u8) -> u16 {
    if !bit {
        FALSE[probability as usize]
    } else if probability == 0 {
        0
    } else {
        FALSE[256 - probability as usize]
    }
}

/// The values from which on tokens do not distinguish them.
const CLASSES: usize = 68;

/// The cost of what a token leaves open: the bits of large values, and the sign.
static EXTRA: [u16; 1 + MAX_LEVEL as usize] = {
    let mut costs = [0; 1 + MAX_LEVEL as usize];
    let mut level = 1;
    while level <= MAX_LEVEL as usize {
        costs[level] = 256
            + match level {
                0..5 => 0,
                5..7 => of_bool(level == 6, 159),
                7..11 => of_bool((level - 7) & 2 != 0, 165) + of_bool((level - 7) & 1 != 0, 145),
                11..19 => of_bits(level - 11, &CATEGORY_3),
                19..35 => of_bits(level - 19, &CATEGORY_4),
                35..67 => of_bits(level - 35, &CATEGORY_5),
                _ => of_bits(level - 67, &CATEGORY_6),
            };
        level += 1;
    }
    costs
};

const fn of_bits(value: usize, probabilities: &[u8]) -> u16 {
    let (mut cost, mut at) = (0, 0);
    while at < probabilities.len() {
        cost += of_bool(value >> (probabilities.len() - 1 - at) & 1 == 1, probabilities[at]);
        at += 1;
    }
    cost
}

/// What tokens cost where the same probabilities hold for them.
#[derive(Clone, Copy, Debug)]
pub(super) struct TokenCosts {
    /// Of the end of the block, and of going on.
    pub(super) end: u16,
    pub(super) more: u16,
    /// Of values, with their sign and all bits, up to those that tokens do not distinguish; of these, the token alone.
    /// Going on is part of it unless a zero came before, after which nothing else is possible.
    values: [u16; CLASSES],
}

impl TokenCosts {
    /// The cost of a coefficient.
    #[inline(always)]
    pub(super) fn of(&self, level: u16) -> u32 {
        let level = usize::from(level);
        if level < CLASSES - 1 {
            self.values[level].into()
        } else {
            u32::from(self.values[CLASSES - 1]) + u32::from(EXTRA[level.min(MAX_LEVEL as usize)])
        }
    }
}

/// The costs of coefficients: by kind of block, band and context.
#[derive(Clone, Debug)]
pub(super) struct Costs([[[TokenCosts; 3]; 8]; 4]);

/// The costs of coefficients of one kind of block.
pub(super) type KindCosts = [[TokenCosts; 3]; 8];

impl Costs {
    pub(super) fn new(probabilities: &TokenProbabilities) -> Self {
        let token = |kind: usize, band: usize, context: usize| {
            token_costs(&probabilities[kind][band][context], context > 0)
        };
        Self(core::array::from_fn(|kind| {
            core::array::from_fn(|band| core::array::from_fn(|context| token(kind, band, context)))
        }))
    }

    #[inline(always)]
    pub(super) fn of_kind(&self, kind: usize) -> &KindCosts {
        &self.0[kind & 3]
    }
}

fn token_costs(p: &[u8; 11], with_more: bool) -> TokenCosts {
    let more = of_bool(true, p[0]);
    let base = if with_more { more } else { 0 };
    let large = base + of_bool(true, p[1]) + of_bool(true, p[2]);
    let small = large + of_bool(false, p[3]);
    let larger = large + of_bool(true, p[3]);
    let (medium, largest) = (larger + of_bool(false, p[6]), larger + of_bool(true, p[6]));
    let (third, fifth) = (largest + of_bool(false, p[8]), largest + of_bool(true, p[8]));
    let extra = |level: usize| if level < CLASSES - 1 { EXTRA[level] } else { 0 };
    let token = |level: usize| match level {
        0 => base + of_bool(false, p[1]),
        1 => base + of_bool(true, p[1]) + of_bool(false, p[2]),
        2 => small + of_bool(false, p[4]),
        3 | 4 => small + of_bool(true, p[4]) + of_bool(level == 4, p[5]),
        5 | 6 => medium + of_bool(false, p[7]),
        7..11 => medium + of_bool(true, p[7]),
        11..19 => third + of_bool(false, p[9]),
        19..35 => third + of_bool(true, p[9]),
        35..67 => fifth + of_bool(false, p[10]),
        _ => fifth + of_bool(true, p[10]),
    };
    let values = core::array::from_fn(|level| token(level) + extra(level));
    TokenCosts { end: of_bool(false, p[0]), more, values }
}

/// The cost of a block's coefficients from `first` on.
#[inline(always)]
pub(super) fn of_block(costs: &KindCosts, first: usize, context: usize, block: &Block) -> u32 {
    let end = usize::from(block.end);
    let start = &costs[usize::from(BANDS[first])][context];
    if end <= first {
        return start.end.into();
    }
    let mut cost = if context == 0 { start.more.into() } else { 0 };
    let mut context = context;
    for at in first..end.min(16) {
        let level = block.levels[usize::from(ZIGZAG[at])].unsigned_abs();
        cost += costs[usize::from(BANDS[at])][context].of(level);
        context = usize::from(level.min(2));
    }
    if end < 16 {
        cost += u32::from(costs[usize::from(BANDS[end])][context].end);
    }
    cost
}

/// The costs of luminance modes: of whole blocks, and that there are subblocks.
pub(super) const fn of_luma_mode(mode: Mode) -> u16 {
    of_bool(true, 145)
        + match mode {
            Mode::Dc => of_bool(false, 156) + of_bool(false, 163),
            Mode::Vertical => of_bool(false, 156) + of_bool(true, 163),
            Mode::Horizontal => of_bool(true, 156) + of_bool(false, 128),
            Mode::TrueMotion => of_bool(true, 156) + of_bool(true, 128),
        }
}

pub(super) const SUBBLOCKS: u16 = of_bool(false, 145);

pub(super) const fn of_chroma_mode(mode: Mode) -> u16 {
    match mode {
        Mode::Dc => of_bool(false, 142),
        Mode::Vertical => of_bool(true, 142) + of_bool(false, 114),
        Mode::Horizontal => of_bool(true, 142) + of_bool(true, 114) + of_bool(false, 183),
        Mode::TrueMotion => of_bool(true, 142) + of_bool(true, 114) + of_bool(true, 183),
    }
}

/// The costs of subblock modes, by the modes above and to the left.
static SUB_MODE: [[[u16; 10]; 10]; 10] = {
    let mut costs = [[[0; 10]; 10]; 10];
    let mut at = 0;
    while at < 100 {
        costs[at / 10][at % 10] = sub_mode_costs(&SUB_MODES[at / 10][at % 10]);
        at += 1;
    }
    costs
};

const fn sub_mode_costs(p: &[u8; 9]) -> [u16; 10] {
    let motion = of_bool(true, p[0]);
    let vertical = motion + of_bool(true, p[1]);
    let others = vertical + of_bool(true, p[2]);
    let (horizontal, diagonal) = (others + of_bool(false, p[3]), others + of_bool(true, p[3]));
    let right = horizontal + of_bool(true, p[4]);
    let left = diagonal + of_bool(true, p[6]);
    let rest = left + of_bool(true, p[7]);
    [
        of_bool(false, p[0]),
        motion + of_bool(false, p[1]),
        vertical + of_bool(false, p[2]),
        horizontal + of_bool(false, p[4]),
        diagonal + of_bool(false, p[6]),
        right + of_bool(false, p[5]),
        right + of_bool(true, p[5]),
        left + of_bool(false, p[7]),
        rest + of_bool(false, p[8]),
        rest + of_bool(true, p[8]),
    ]
}

#[inline(always)]
pub(super) fn of_sub_modes(above: SubMode, left: SubMode) -> &'static [u16; 10] {
    &SUB_MODE[above as usize][left as usize]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bool_costs_its_information() {
        for probability in 1..=255u8 {
            let exact = -(f64::from(probability) / 256.0).log2() * 256.0;
            assert!((exact - f64::from(of_bool(false, probability))).abs() <= 1.0, "{probability}");
        }
        assert_eq!(of_bool(true, 128), 256);
    }
}
