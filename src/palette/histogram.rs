//! How often an image has each colour.

use super::Color;

/// A colour, and how often there is one like it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Counted {
    pub(crate) color: Color,
    pub(crate) count: u32,
}

/// Counts colours. If there are too many, those that differ in their lowest bits only count as one: as the one of them that most
/// pixels have, so that areas of one colour keep it.
pub(crate) struct Histogram {
    /// At places that follow from the colours.
    slots: Vec<Slot>,
    colors: usize,
    /// Lowest bits of each channel that make no difference.
    dropped: u32,
    /// The place of the last colour.
    last: usize,
}

/// Colours that count as one. It is free if there are none.
#[derive(Debug, Clone, Copy, Default)]
struct Slot {
    color: Color,
    count: u32,
    /// How often this colour came more than others did, about (R. S. Boyer and J S. Moore).
    votes: u32,
}

impl Slot {
    /// Counts colours in addition to those that are here.
    fn add(&mut self, other: Self) {
        self.count = self.count.saturating_add(other.count);
        if self.color == other.color {
            self.votes = self.votes.saturating_add(other.votes);
        } else if other.votes > self.votes {
            (self.color, self.votes) = (other.color, other.votes - self.votes);
        } else {
            self.votes -= other.votes;
        }
    }
}

const SLOT_BITS: u32 = 16;
const SLOTS: usize = 1 << SLOT_BITS;

/// Colours that are told apart: as many as there are with five bits for each channel.
const MOST: usize = 1 << 15;

impl Histogram {
    /// Bytes of a histogram, and of its list of colours.
    pub(crate) const MEMORY: u64 = 2 * 12 * SLOTS as u64 + 8 * MOST as u64;

    pub(crate) fn new() -> Self {
        Self { slots: vec![Slot::default(); SLOTS], colors: 0, dropped: 0, last: 0 }
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
    pub(crate) fn add(&mut self, color: Color) {
        self.add_slot(Slot { color, count: 1, votes: 1 });
        while self.colors > MOST {
            self.coarsen();
        }
    }

    /// A colour without the bits that make no difference. What is opaque or clear stays so.
    fn rounded(&self, color: Color) -> Color {
        let mask = 0xff << self.dropped & 0xff;
        match color.map(|sample| sample & mask as u8) {
            [red, green, blue, _] if color[3] == 255 => [red, green, blue, 255],
            [red, green, blue, 0] if color[3] > 0 => [red, green, blue, 1],
            rounded => rounded,
        }
    }

    #[allow(clippy::indexing_slicing)] // slots have as many bits as the index of the table
    fn add_slot(&mut self, added: Slot) {
        let last = &mut self.slots[self.last % SLOTS];
        if last.color == added.color && last.count > 0 {
            last.add(added);
            return;
        }
        let color = self.rounded(added.color);
        self.last = (hash(color) >> (32 - SLOT_BITS)) as usize;
        while self.slots[self.last % SLOTS].count > 0
            && self.rounded(self.slots[self.last % SLOTS].color) != color
        {
            self.last += 1;
        }
        let slot = &mut self.slots[self.last % SLOTS];
        if slot.count == 0 {
            *slot = added;
            self.colors += 1;
        } else {
            slot.add(added);
        }
    }

    fn coarsen(&mut self) {
        let before = std::mem::replace(&mut self.slots, vec![Slot::default(); SLOTS]);
        (self.colors, self.dropped) = (0, self.dropped + 1);
        before.into_iter().filter(|slot| slot.count > 0).for_each(|slot| self.add_slot(slot));
    }

    /// The colours, and how often there is each.
    pub(crate) fn counted(&self) -> Vec<Counted> {
        let mut colors = Vec::with_capacity(self.colors);
        let taken = self.slots.iter().filter(|slot| slot.count > 0);
        colors.extend(taken.map(|slot| Counted { color: slot.color, count: slot.count }));
        colors
    }
}

/// A number that looks random.
fn hash([red, green, blue, alpha]: Color) -> u32 {
    u32::from_be_bytes([alpha.wrapping_neg(), red, green, blue]).wrapping_mul(0x9e37_79b1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_colours_are_counted_exactly() {
        let mut histogram = Histogram::new();
        for number in 0..3000u32 {
            let [.., low, high] = (number % 700).to_be_bytes();
            histogram.add([low, high, 200, 255]);
        }
        let counted = histogram.counted();
        assert!(histogram.is_exact() && histogram.len() == 700 && counted.len() == 700);
        assert_eq!(counted.iter().map(|counted| counted.count).sum::<u32>(), 3000);
        let first = counted.iter().find(|counted| counted.color == [0, 0, 200, 255]).unwrap();
        assert_eq!(first.count, 5);
    }

    #[test]
    fn many_colours_are_counted_by_their_upper_bits_and_none_is_lost() {
        let mut histogram = Histogram::new();
        for color in 0..1u32 << 20 {
            let [_, red, green, blue] = color.wrapping_mul(16).to_be_bytes();
            histogram.add([red, green, blue, 255]);
        }
        let counted = histogram.counted();
        assert!(!histogram.is_exact() && (1000..=MOST).contains(&counted.len()), "{}", counted.len());
        assert_eq!(counted.iter().map(|counted| counted.count).sum::<u32>(), 1 << 20);
    }

    #[test]
    fn the_colour_that_most_pixels_have_stands_for_those_that_are_like_it() {
        let mut histogram = Histogram::new();
        for color in 0..1u32 << 18 {
            let [_, red, green, blue] = color.wrapping_mul(64).to_be_bytes();
            histogram.add([red, green, blue, 255]);
            histogram.add([0xf4, 0xf5, 0xf7, 255]);
        }
        let counted = histogram.counted();
        assert!(!histogram.is_exact());
        let most = counted.iter().max_by_key(|counted| counted.count).unwrap();
        assert_eq!(most.color, [0xf4, 0xf5, 0xf7, 255]);
    }
}
