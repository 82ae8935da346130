//! The colour of a palette that is nearest to another one.

use super::{Rgb, WEIGHTS, distance};

/// A palette in an order that finds colours, with the answers that it gave last.
pub(crate) struct Nearest {
    /// By rising green.
    colors: Vec<Rgb>,
    /// Colours with [`KNOWN`], and their indices, at places that follow from the colours.
    answers: Vec<(u32, u8)>,
    /// Distances that have been computed.
    searched: u64,
}

/// Set in answers that were given.
const KNOWN: u8 = 1;

const ANSWER_BITS: u32 = 14;

impl Nearest {
    /// Bytes that it takes.
    pub(crate) const MEMORY: u64 = (8 << ANSWER_BITS) + 4096;

    /// The colours are put in order, and each is kept once.
    pub(crate) fn new(mut colors: Vec<Rgb>) -> Self {
        colors.sort_by_key(|&[red, green, blue]| [green, red, blue]);
        colors.dedup();
        Self { colors, answers: vec![(0, 0); 1 << ANSWER_BITS], searched: 0 }
    }

    /// The colours, by their indices.
    pub(crate) fn colors(&self) -> &[Rgb] {
        &self.colors
    }

    /// Number of distances that have been computed.
    pub(crate) fn searched(&self) -> u64 {
        self.searched
    }

    /// Whether the palette has a colour.
    pub(crate) fn has(&self, color: Rgb) -> bool {
        let by_green = |&[red, green, blue]: &Rgb| [green, red, blue];
        self.colors.binary_search_by_key(&by_green(&color), by_green).is_ok()
    }

    /// The index of the colour that is nearest; of several, always the same one.
    pub(crate) fn index(&mut self, color: Rgb) -> u8 {
        let [red, green, blue] = color;
        let key = u32::from_be_bytes([KNOWN, red, green, blue]);
        let place = (key.wrapping_mul(0x9e37_79b1) >> (32 - ANSWER_BITS)) as usize;
        match self.answers.get(place) {
            Some(&(known, index)) if known == key => return index,
            _ => (),
        }
        let index = self.search(color) as u8;
        if let Some(answer) = self.answers.get_mut(place) {
            *answer = (key, index);
        }
        index
    }

    /// Goes away from the green that is wanted, to both sides, as far as one may be nearer.
    fn search(&mut self, color: Rgb) -> usize {
        let [_, wanted, _] = color;
        let middle = self.colors.partition_point(|&[_, green, _]| green < wanted);
        let (below, above) = self.colors.split_at_checked(middle).unwrap_or_default();
        let (mut best, mut index, mut count) = (u32::MAX, 0, 0);
        let mut below = below.iter().enumerate().rev();
        let mut above = above.iter().enumerate();
        let near = |&[_, green, _]: &Rgb, best: u32| {
            let difference = u32::from(green.abs_diff(wanted));
            WEIGHTS[1] * difference * difference <= best
        };
        let (mut go_down, mut go_up) = (true, true);
        while go_down || go_up {
            if go_up {
                match above.next() {
                    Some((at, found)) if near(found, best) => {
                        count += 1;
                        let away = distance(*found, color);
                        if away < best {
                            (best, index) = (away, middle + at);
                        }
                    }
                    _ => go_up = false,
                }
            }
            if go_down {
                match below.next() {
                    Some((at, found)) if near(found, best) => {
                        count += 1;
                        let away = distance(*found, color);
                        if away < best {
                            (best, index) = (away, at);
                        }
                    }
                    _ => go_down = false,
                }
            }
        }
        self.searched += count;
        index
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_found_is_as_near_as_any_colour() {
        let mut state = 3u32;
        let mut color = move || -> Rgb {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let [red, green, blue, _] = state.to_be_bytes();
            [red, green, blue]
        };
        for size in [1, 2, 7, 256] {
            let mut nearest = Nearest::new((0..size).map(|_| color()).collect());
            for _ in 0..3000 {
                let wanted = color();
                let index = usize::from(nearest.index(wanted));
                let found = distance(nearest.colors()[index], wanted);
                let best = nearest.colors().iter().map(|&other| distance(other, wanted)).min();
                assert_eq!(Some(found), best);
                assert_eq!(usize::from(nearest.index(wanted)), index);
            }
        }
    }
}
