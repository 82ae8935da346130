//! Blocks of few colours, such as text.

use super::entropy::{COST_FRACTION, bits_of};

/// What a colour costs that a block has for the first time, in bits.
const NEW: u32 = 16 << COST_FRACTION;

/// Counts the colours of a block, as long as they are few.
pub(super) struct Colors {
    slots: [(u32, u32); 256],
    distinct: usize,
    /// Pixels that are not the same as the one to their left.
    changes: u32,
    /// Pixels so far.
    pixels: usize,
}

impl Colors {
    pub(super) fn new() -> Self {
        Self { slots: [(0, 0); 256], distinct: 0, changes: 0, pixels: 0 }
    }

    /// Takes a row, with the pixel to its left. Returns whether there are still few colours.
    pub(super) fn add(&mut self, row: &[u32]) -> bool {
        self.pixels += row.len().saturating_sub(1);
        for pair in row.windows(2) {
            let &[left, color] = pair else { continue };
            if left == color {
                continue;
            }
            self.changes += 1;
            let mut slot = (color.wrapping_mul(0x9E37_79B1) >> 24) as usize;
            while let Some((other, count)) = self.slots.get_mut(slot) {
                if *count == 0 {
                    self.distinct += 1;
                    *other = color;
                }
                if *other == color {
                    *count += 1;
                    break;
                }
                slot = (slot + 1) % 256;
            }
            if self.distinct > 128 {
                return false;
            }
        }
        true
    }

    /// Whether the colours are few enough to be those of text. Where there is alpha, edges have more colours of their own.
    pub(super) fn repeat(&self, alpha: bool) -> bool {
        self.distinct * if alpha { 6 } else { 2 } <= self.pixels
    }

    /// What the colours cost as they are, about.
    pub(super) fn cost(&self) -> u32 {
        let entropy = bits_of(self.slots.iter().map(|&(_, count)| count)) >> (16 - COST_FRACTION);
        entropy as u32 + self.distinct as u32 * NEW + (self.changes << COST_FRACTION)
    }
}
