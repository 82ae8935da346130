//! How often an image has each colour.

use super::Rgb;

/// A colour, and how often there is one like it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Counted {
    pub(crate) color: Rgb,
    pub(crate) count: u32,
}

/// Counts colours. If there are too many, those that differ in their lowest bits only count as one.
pub(crate) struct Histogram {
    /// Colours with [`TAKEN`], and their counts, at places that follow from the colours.
    slots: Vec<(u32, u32)>,
    colors: usize,
    /// Lowest bits of each channel that make no difference.
    dropped: u32,
    /// The place of the last colour.
    last: usize,
}

/// Set in places that are taken.
const TAKEN: u32 = 1 << 24;

const SLOT_BITS: u32 = 16;
const SLOTS: usize = 1 << SLOT_BITS;

/// Colours that are told apart: as many as there are with five bits for each channel.
const MOST: usize = 1 << 15;

impl Histogram {
    /// Bytes of a histogram, and of its list of colours.
    pub(crate) const MEMORY: u64 = 2 * 8 * SLOTS as u64 + 8 * MOST as u64;

    pub(crate) fn new() -> Self {
        Self { slots: vec![(0, 0); SLOTS], colors: 0, dropped: 0, last: 0 }
    }

    /// Whether all colours are told apart.
    pub(crate) fn is_exact(&self) -> bool {
        self.dropped == 0
    }

    /// Number of colours that are told apart.
    pub(crate) fn len(&self) -> usize {
        self.colors
    }

    /// Counts a pixel.
    pub(crate) fn add(&mut self, [red, green, blue]: Rgb) {
        let color = u32::from_be_bytes([0, red, green, blue]);
        self.add_many(color & self.mask() | TAKEN, 1);
        while self.colors > MOST {
            self.coarsen();
        }
    }

    /// The bits of a colour that make a difference.
    fn mask(&self) -> u32 {
        (0xff << self.dropped & 0xff) * 0x01_01_01
    }

    #[allow(clippy::indexing_slicing)] // slots have as many bits as the index of the table
    fn add_many(&mut self, color: u32, count: u32) {
        if self.slots[self.last % SLOTS].0 != color {
            self.last = (color.wrapping_mul(0x9e37_79b1) >> (32 - SLOT_BITS)) as usize;
            while ![0, color].contains(&self.slots[self.last % SLOTS].0) {
                self.last += 1;
            }
        }
        let slot = &mut self.slots[self.last % SLOTS];
        if slot.0 == 0 {
            *slot = (color, 0);
            self.colors += 1;
        }
        slot.1 = slot.1.saturating_add(count);
    }

    fn coarsen(&mut self) {
        let before = std::mem::replace(&mut self.slots, vec![(0, 0); SLOTS]);
        (self.colors, self.dropped) = (0, self.dropped + 1);
        let mask = self.mask();
        for (color, count) in before.into_iter().filter(|&(color, _)| color != 0) {
            self.add_many(color & mask | TAKEN, count);
        }
    }

    /// The colours, and how often there is each.
    pub(crate) fn counted(&self) -> Vec<Counted> {
        let mut colors = Vec::with_capacity(self.colors);
        let middle = (1 << self.dropped >> 1) * 0x01_01_01;
        let taken = self.slots.iter().filter(|&&(color, _)| color != 0);
        colors.extend(taken.map(|&(color, count)| {
            let [_, red, green, blue] = (color | middle).to_be_bytes();
            Counted { color: [red, green, blue], count }
        }));
        colors
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_colours_are_counted_exactly() {
        let mut histogram = Histogram::new();
        for number in 0..3000u32 {
            let [.., low, high] = (number % 700).to_be_bytes();
            histogram.add([low, high, 200]);
        }
        let counted = histogram.counted();
        assert!(histogram.is_exact() && histogram.len() == 700 && counted.len() == 700);
        assert_eq!(counted.iter().map(|counted| counted.count).sum::<u32>(), 3000);
        let first = counted.iter().find(|counted| counted.color == [0, 0, 200]).unwrap();
        assert_eq!(first.count, 5);
    }

    #[test]
    fn many_colours_are_counted_by_their_upper_bits_and_none_is_lost() {
        let mut histogram = Histogram::new();
        for color in 0..1u32 << 20 {
            let [_, red, green, blue] = color.wrapping_mul(16).to_be_bytes();
            histogram.add([red, green, blue]);
        }
        let counted = histogram.counted();
        assert!(!histogram.is_exact() && (1000..=MOST).contains(&counted.len()), "{}", counted.len());
        assert_eq!(counted.iter().map(|counted| counted.count).sum::<u32>(), 1 << 20);
    }
}
