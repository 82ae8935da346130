//! Chooses the colours of a palette: boxes of colours are divided where that lessens the error most (as by X. Wu), and then
//! each colour of the palette moves to the middle of those that it stands for.

use super::{CLASSES, Color, Counted, Nearest, WEIGHTS, class, distance};

/// Number of pixels up to which squares of sums fit: more are scaled.
const MOST_PIXELS: u64 = 1 << 22;

/// Sums of counted colours.
#[derive(Debug, Clone, Copy, Default)]
struct Sums {
    count: u64,
    channels: [u64; 4],
}

impl Sums {
    fn add(&mut self, Counted { color, count }: Counted) {
        self.count += u64::from(count);
        for (sum, sample) in self.channels.iter_mut().zip(color) {
            *sum += u64::from(sample) * u64::from(count);
        }
    }

    fn plus(mut self, other: Self) -> Self {
        self.count += other.count;
        self.channels.iter_mut().zip(other.channels).for_each(|(sum, other)| *sum += other);
        self
    }

    fn minus(mut self, other: Self) -> Self {
        self.count -= other.count;
        self.channels.iter_mut().zip(other.channels).for_each(|(sum, other)| *sum -= other);
        self
    }

    /// The squared sums over their number. What two parts of a box have more of it, they have less of an error.
    fn power(self) -> u64 {
        let squares = self.channels.iter().zip(WEIGHTS).map(|(sum, weight)| u64::from(weight) * sum * sum);
        squares.sum::<u64>() / self.count.max(1)
    }

    fn mean(self) -> Color {
        let count = self.count.max(1);
        self.channels.map(|sum| ((sum + count / 2) / count) as u8)
    }
}

/// Colours that one of the palette will stand for, unless they are divided.
struct Part<'a> {
    colors: &'a mut [Counted],
    /// What dividing it best lessens, and where that is: at a channel, up to a value.
    gain: u64,
    channel: usize,
    value: u8,
}

impl<'a> Part<'a> {
    fn new(colors: &'a mut [Counted]) -> Self {
        let mut part = Self { colors, gain: 0, channel: 0, value: 0 };
        part.find_division();
        part
    }

    fn find_division(&mut self) {
        let mut by_value = [[Sums::default(); 256]; 4];
        let mut all = Sums::default();
        for &counted in self.colors.iter() {
            all.add(counted);
            for (sums, sample) in by_value.iter_mut().zip(counted.color) {
                if let Some(sums) = sums.get_mut(usize::from(sample)) {
                    sums.add(counted);
                }
            }
        }
        let before = all.power();
        for (channel, sums) in by_value.iter().enumerate() {
            let mut below = Sums::default();
            for (value, &sums) in (0..=255).zip(sums) {
                if sums.count == 0 {
                    continue;
                }
                below = below.plus(sums);
                let above = all.minus(below);
                if above.count == 0 {
                    break;
                }
                let gain = (below.power() + above.power()).saturating_sub(before);
                if gain > self.gain {
                    (self.gain, self.channel, self.value) = (gain, channel, value);
                }
            }
        }
    }

    /// The two parts at the best division.
    fn divided(self) -> (Self, Self) {
        let below =
            |counted: &Counted| counted.color.get(self.channel).is_some_and(|&sample| sample <= self.value);
        let (mut start, mut end) = (0, self.colors.len());
        // What belongs above is exchanged with the last that is not known to.
        while start < end {
            if self.colors.get(start).is_some_and(below) {
                start += 1;
            } else {
                end -= 1;
                self.colors.swap(start, end);
            }
        }
        let (below, above) = self.colors.split_at_mut(start);
        (Self::new(below), Self::new(above))
    }

    fn mean(&self) -> Color {
        let mut sums = Sums::default();
        self.colors.iter().for_each(|&counted| sums.add(counted));
        sums.mean()
    }
}

/// Chooses at most `most` colours, at least 1, that stand for others; `rounds` of moving them make them better. Returns them
/// with a rough number of instructions. The colours change their order and their scale.
pub(crate) fn choose(colors: &mut [Counted], most: usize, rounds: u32) -> (Nearest, u64) {
    scale(colors);
    let mut work = 0;
    let count = colors.len() as u64;
    let mut parts: Vec<Part<'_>> = by_class(colors, most).into_iter().map(Part::new).collect();
    work += parts.len() as u64 * PART + count * COLOR;
    while parts.len() < most
        && let Some((index, _)) =
            parts.iter().enumerate().rev().max_by_key(|(_, part)| part.gain).filter(|(_, part)| part.gain > 0)
    {
        let part = parts.swap_remove(index);
        work += 2 * PART + part.colors.len() as u64 * COLOR;
        let (below, above) = part.divided();
        parts.extend([below, above]);
    }
    let mut nearest = Nearest::new(parts.iter().map(Part::mean).collect());
    drop(parts);
    for _ in 0..rounds {
        let means = means(colors, &mut nearest);
        work += nearest.searched() * DISTANCE + count * COLOR;
        nearest = Nearest::new(means);
    }
    (nearest, work)
}

/// Colours in parts of one class each, if there may be as many colours: what is opaque or clear stays so.
fn by_class(colors: &mut [Counted], most: usize) -> Vec<&mut [Counted]> {
    let mut classes = colors.iter().map(|counted| class(counted.color));
    let first = classes.next();
    if most < CLASSES || classes.all(|class| Some(class) == first) {
        return vec![colors];
    }
    colors.sort_unstable_by_key(|counted| (class(counted.color), counted.color));
    colors.chunk_by_mut(|one, other| class(one.color) == class(other.color)).collect()
}

/// Instructions of finding where to divide a part, for itself and for each of its colours, and of a distance.
const PART: u64 = 90_000;
const COLOR: u64 = 250;
pub(crate) const DISTANCE: u64 = 90;

/// Makes counts so small that squares of their sums fit.
fn scale(colors: &mut [Counted]) {
    let all = colors.iter().map(|counted| u64::from(counted.count)).sum::<u64>();
    let divisor = all.div_ceil(MOST_PIXELS).max(1);
    for counted in colors {
        counted.count = (u64::from(counted.count) / divisor).max(1) as u32;
    }
}

/// The middle of the colours that each colour of a palette stands for.
fn means(colors: &[Counted], nearest: &mut Nearest) -> Vec<Color> {
    let mut sums = vec![Sums::default(); nearest.colors().len()];
    for &counted in colors {
        if let Some(sums) = sums.get_mut(usize::from(nearest.index(counted.color))) {
            sums.add(counted);
        }
    }
    let before = nearest.colors().iter();
    sums.iter().zip(before).map(|(sums, &before)| if sums.count > 0 { sums.mean() } else { before }).collect()
}

/// Colours that are looked at, about, for their error.
const SAMPLES: usize = 4096;

/// The squared error of colours if those of a palette stand for them; of many colours, that of a sample.
pub(crate) fn error(colors: &[Counted], nearest: &mut Nearest) -> u64 {
    let errors = samples(colors).map(|counted| {
        let index = usize::from(nearest.index(counted.color));
        let found = nearest.colors().get(index).copied().unwrap_or_default();
        u64::from(distance(found, counted.color)) * u64::from(counted.count)
    });
    errors.sum()
}

/// Colours, or some of many.
pub(crate) fn samples(colors: &[Counted]) -> impl Iterator<Item = &Counted> {
    colors.iter().step_by(colors.len().div_ceil(SAMPLES).max(1))
}

#[cfg(test)]
mod tests {
    use super::super::Histogram;
    use super::*;

    fn counted(pixels: impl Iterator<Item = Color>) -> Vec<Counted> {
        let mut histogram = Histogram::new();
        pixels.for_each(|pixel| histogram.add(pixel));
        histogram.counted()
    }

    fn smooth() -> Vec<Counted> {
        counted((0..200 * 200u32).map(|at| [(at % 200) as u8, (at / 200) as u8, (at / 170) as u8, 255]))
    }

    #[test]
    fn a_palette_of_as_many_colours_as_there_are_has_them_all() {
        let mut colors = counted((0..250u8).map(|value| [value, value / 2, 255 - value, 255]));
        let (mut nearest, _) = choose(&mut colors, 256, 1);
        assert_eq!(nearest.colors().len(), 250);
        assert_eq!(error(&colors, &mut nearest), 0);
    }

    #[test]
    fn more_colours_and_more_rounds_make_less_of_an_error() {
        let of = |most, rounds| {
            let mut colors = smooth();
            let (mut nearest, _) = choose(&mut colors, most, rounds);
            assert!(nearest.colors().len() <= most);
            error(&smooth(), &mut nearest) / (200 * 200)
        };
        let errors = [of(4, 0), of(16, 0), of(64, 0), of(256, 0), of(256, 3)];
        assert!(errors.is_sorted_by(|a, b| a > b), "{errors:?}");
        // Three channels that are off by five on average.
        assert!(errors[4] < 9 * 25, "{errors:?}");
    }

    #[test]
    fn counts_of_large_images_do_not_overflow() {
        let mut colors: Vec<Counted> =
            (0..=255).map(|value| Counted { color: [255, value, 255, 255], count: u32::MAX }).collect();
        let (nearest, _) = choose(&mut colors, 16, 2);
        assert_eq!(nearest.colors().len(), 16);
    }
}
