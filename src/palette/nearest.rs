//! The colour of a palette that is nearest to another one.

use super::{Color, WEIGHTS, point};

/// A palette in an order that finds colours, with the answers that it gave last.
pub(crate) struct Nearest {
    /// By rising [`brightness`].
    colors: Vec<Color>,
    /// Their channels, and their brightness.
    entries: Vec<[i32; 5]>,
    /// Colours and their indices, each one more than it is, at places that follow from the colours.
    answers: Vec<(Color, u16)>,
    /// Distances that have been computed.
    searched: u64,
}

const ANSWER_BITS: u32 = 14;

impl Nearest {
    /// Bytes that it takes.
    pub(crate) const MEMORY: u64 = (8 << ANSWER_BITS) + 8192;

    /// The colours are put in order, and each is kept once.
    pub(crate) fn new(mut colors: Vec<Color>) -> Self {
        colors.sort_by_key(|&color| (brightness(color), color));
        colors.dedup();
        let entry = |&color: &Color| {
            let [red, green, blue, alpha] = point(color);
            [red, green, blue, alpha, brightness(color)]
        };
        let entries = colors.iter().map(entry).collect();
        Self { colors, entries, answers: vec![([0; 4], 0); 1 << ANSWER_BITS], searched: 0 }
    }

    /// The colours, by their indices.
    pub(crate) fn colors(&self) -> &[Color] {
        &self.colors
    }

    /// Number of distances that have been computed.
    pub(crate) fn searched(&self) -> u64 {
        self.searched
    }

    /// Whether the palette has a colour.
    pub(crate) fn has(&self, color: Color) -> bool {
        let key = |&color: &Color| (brightness(color), color);
        self.colors.binary_search_by_key(&key(&color), key).is_ok()
    }

    /// The index of the colour that is nearest; of several, always the same one.
    pub(crate) fn index(&mut self, color: Color) -> u8 {
        let [red, green, blue, alpha] = color;
        let key = u32::from_be_bytes([alpha.wrapping_neg(), red, green, blue]);
        let place = (key.wrapping_mul(0x9e37_79b1) >> (32 - ANSWER_BITS)) as usize;
        match self.answers.get(place) {
            Some(&(known, index @ 1..)) if known == color => return (index - 1) as u8,
            _ => (),
        }
        let index = self.search(color) as u8;
        if let Some(answer) = self.answers.get_mut(place) {
            *answer = (color, u16::from(index) + 1);
        }
        index
    }

    /// Goes away from the brightness that is wanted, to both sides, as far as a colour there may be nearer.
    fn search(&mut self, color: Color) -> usize {
        let mut search = Search { color: point(color), brightness: brightness(color), best: MOST, index: 0 };
        let middle = self.entries.partition_point(|&[.., found]| found < search.brightness);
        let (mut below, mut above) = (middle, middle);
        loop {
            let goes_up = self.entries.get(above).is_some_and(|entry| search.consider(above, entry));
            above += usize::from(goes_up);
            let next = below.wrapping_sub(1);
            let goes_down = self.entries.get(next).is_some_and(|entry| search.consider(next, entry));
            below -= usize::from(goes_down);
            if !goes_up && !goes_down {
                break;
            }
        }
        self.searched += (above - below) as u64;
        search.index
    }
}

/// A colour that is looked for, and what has been found.
struct Search {
    color: [i32; 4],
    brightness: i32,
    /// The least distance so far, and where that is.
    best: i32,
    index: usize,
}

/// More than any distance.
const MOST: i32 = 1 << 24;

impl Search {
    /// Considers a colour of the palette; false if neither this nor those beyond it are nearer.
    #[inline(always)]
    fn consider(&mut self, at: usize, &[red, green, blue, alpha, brightness]: &[i32; 5]) -> bool {
        let apart = brightness - self.brightness;
        // By Cauchy and Schwarz.
        if apart * apart > self.best * WEIGHTS_SUM {
            return false;
        }
        let [r, g, b, a] = self.color;
        let [of_red, of_green, of_blue, of_alpha] = WEIGHTS.map(|weight| weight as i32);
        let (r, g, b, a) = (red - r, green - g, blue - b, alpha - a);
        let away = of_red * r * r + of_green * g * g + of_blue * b * b + of_alpha * a * a;
        if away < self.best {
            (self.best, self.index) = (away, at);
        }
        true
    }
}

/// A weighted sum of red, green and blue. Colours whose sums differ by `d` lie apart by at least `d * d` over the sum of weights.
fn brightness(color: Color) -> i32 {
    let rgb = color.iter().zip(WEIGHTS).take(3);
    rgb.map(|(&sample, weight)| weight as i32 * i32::from(sample)).sum()
}

const WEIGHTS_SUM: i32 = (WEIGHTS[0] + WEIGHTS[1] + WEIGHTS[2]) as i32;

#[cfg(test)]
mod tests {
    use super::super::distance;
    use super::*;

    #[test]
    fn what_is_found_is_as_near_as_any_colour() {
        let mut state = 3u32;
        let mut color = move || -> Color {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let [red, green, blue, alpha] = state.to_be_bytes();
            [red, green, blue, if alpha < 128 { 255 } else { alpha }]
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
