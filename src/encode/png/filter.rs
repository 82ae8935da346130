//! The filters of rows (ISO/IEC 15948, 9).

/// Filters of all types, by their numbers.
const TYPES: usize = 5;

/// How the filter of a row is chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Choice {
    /// None is used: best where the same runs of bytes come again.
    None,
    /// Differences from the pixel to the left, in every row: the same steps of a gradient come again wherever it runs.
    Left,
    /// The filter that leaves the fewest different pairs of neighbouring bytes, which makes for long matches.
    FewestPairs,
    /// The filter that leaves the smallest differences, which makes for short codes.
    LeastDifferences,
}

impl Choice {
    pub(super) const ALL: [Self; 4] = [Self::None, Self::Left, Self::FewestPairs, Self::LeastDifferences];
}

/// Filters rows of pixels of `unit` bytes, or less.
#[derive(Debug)]
pub(super) struct Filters {
    unit: usize,
    rows: [Vec<u8>; TYPES],
    pairs: Pairs,
}

impl Filters {
    pub(super) fn new(unit: usize) -> Self {
        Self { unit, rows: Default::default(), pairs: Pairs::default() }
    }

    /// Adds a row, with the number of its filter before it. `above` is the row before, unfiltered.
    pub(super) fn push(&mut self, choice: Choice, row: &[u8], above: &[u8], out: &mut Vec<u8>) {
        match choice {
            Choice::None => {
                out.push(0);
                return out.extend_from_slice(row);
            }
            Choice::Left => {
                out.push(1);
                return left(row, self.unit, out);
            }
            Choice::FewestPairs | Choice::LeastDifferences => (),
        }
        self.filter(row, above);
        let Self { rows, pairs, .. } = self;
        // Of equal ones, the first.
        let best = (0u8..).zip(rows.iter()).min_by_key(|(_, filtered)| match choice {
            Choice::FewestPairs => pairs.count(filtered),
            _ => total(filtered),
        });
        if let Some((number, filtered)) = best {
            out.push(number);
            out.extend_from_slice(filtered);
        }
    }

    /// Filters a row in every way.
    fn filter(&mut self, row: &[u8], above: &[u8]) {
        self.rows.iter_mut().for_each(Vec::clear);
        let [none, sub, up, average, paeth] = &mut self.rows;
        // To the left of the first pixel there are zeros.
        let (first, rest) = row.split_at(row.len().min(self.unit));
        let (above_first, above_rest) = above.split_at(first.len().min(above.len()));
        none.extend_from_slice(row);
        left(row, self.unit, sub);
        up.extend(row.iter().zip(above).map(|(x, b)| x.wrapping_sub(*b)));
        average.extend(first.iter().zip(above_first).map(|(x, b)| x.wrapping_sub(b / 2)));
        let mean = |(a, b): (&u8, &u8)| ((u16::from(*a) + u16::from(*b)) / 2) as u8;
        let means = row.iter().zip(above_rest).map(mean);
        average.extend(rest.iter().zip(means).map(|(x, mean)| x.wrapping_sub(mean)));
        paeth.extend(first.iter().zip(above_first).map(|(x, b)| x.wrapping_sub(*b)));
        let neighbours = row.iter().zip(above_rest).zip(above);
        let predicted = neighbours.map(|((a, b), c)| predict(*a, *b, *c));
        paeth.extend(rest.iter().zip(predicted).map(|(x, predicted)| x.wrapping_sub(predicted)));
    }
}

/// Adds the differences of a row from the pixels to the left; to the left of the first one, there are zeros.
fn left(row: &[u8], unit: usize, out: &mut Vec<u8>) {
    let (first, rest) = row.split_at(row.len().min(unit));
    out.extend_from_slice(first);
    out.extend(rest.iter().zip(row).map(|(x, a)| x.wrapping_sub(*a)));
}

/// The neighbour that is nearest to left + above - above left (9.4).
fn predict(left: u8, above: u8, above_left: u8) -> u8 {
    let (a, b, c) = (i16::from(left), i16::from(above), i16::from(above_left));
    let (pa, pb, pc) = ((b - c).abs(), (a - c).abs(), (a + b - 2 * c).abs());
    if pa <= pb && pa <= pc {
        left
    } else if pb <= pc {
        above
    } else {
        above_left
    }
}

/// The sum of differences without their signs.
fn total(filtered: &[u8]) -> u64 {
    let sum =
        |part: &[u8]| part.iter().map(|&byte| u32::from(byte.cast_signed().unsigned_abs())).sum::<u32>();
    filtered.chunks(4096).map(|part| u64::from(sum(part))).sum()
}

/// Counts pairs of neighbouring bytes.
#[derive(Debug)]
struct Pairs {
    /// The number of the row in which each pair came last.
    rows: Box<[u8; 1 << 16]>,
    row: u8,
}

impl Default for Pairs {
    fn default() -> Self {
        Self { rows: Box::new([0; 1 << 16]), row: 0 }
    }
}

impl Pairs {
    /// How many different ones there are.
    #[allow(clippy::indexing_slicing)] // an index of two bytes is within the table
    fn count(&mut self, bytes: &[u8]) -> u64 {
        self.row = self.row.wrapping_add(1);
        if self.row == 0 {
            self.rows.fill(0);
            self.row = 1;
        }
        let (mut count, mut pair) = (0u32, 0u16);
        for (at, &byte) in bytes.iter().enumerate() {
            pair = pair << 8 | u16::from(byte);
            let last = &mut self.rows[usize::from(pair)];
            count += u32::from(*last != self.row && at > 0);
            *last = self.row;
        }
        count.into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Undoes the filter of a row.
    fn unfiltered(filtered: &[u8], above: &[u8], unit: usize) -> Vec<u8> {
        let (number, filtered) = filtered.split_first().unwrap();
        let mut row: Vec<u8> = Vec::new();
        for (x, byte) in filtered.iter().enumerate() {
            let left = |row: &[u8]| if x < unit { 0 } else { row[x - unit] };
            let (a, b, c) = (left(&row), above[x], left(above));
            let predicted = match number {
                0 => 0,
                1 => a,
                2 => b,
                3 => ((u16::from(a) + u16::from(b)) / 2) as u8,
                _ => predict(a, b, c),
            };
            row.push(byte.wrapping_add(predicted));
        }
        row
    }

    #[test]
    fn rows_can_be_restored_and_every_filter_is_chosen_somewhere() {
        let mut chosen = [false; TYPES];
        let mut state = 1u32;
        for unit in [1, 3, 8] {
            let mut filters = Filters::new(unit);
            for kind in 0..60u32 {
                let mut noise = |strength: u32| {
                    state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                    ((state >> 16) * strength) >> 16
                };
                let above: Vec<u8> = (0..50u32).map(|x| (x * (kind % 7) + noise(kind)) as u8).collect();
                let row: Vec<u8> = (above.iter().zip(0..))
                    .map(|(&above, x)| match kind % 4 {
                        0 => above.wrapping_add(noise(3) as u8),
                        1 => (x * 3 + noise(2)) as u8,
                        2 => (x * kind + u32::from(above) / 2) as u8,
                        _ => noise(256) as u8,
                    })
                    .collect();
                for choice in Choice::ALL {
                    let mut filtered = Vec::new();
                    filters.push(choice, &row, &above, &mut filtered);
                    chosen[usize::from(filtered[0])] = true;
                    assert_eq!(unfiltered(&filtered, &above, unit), row, "{choice:?} of kind {kind}");
                }
            }
        }
        assert_eq!(chosen, [true; TYPES]);
    }

    #[test]
    fn pairs_are_counted_once_and_forgotten_afterwards() {
        let mut pairs = Pairs::default();
        for _ in 0..2 {
            assert_eq!(pairs.count(&[1, 2, 1, 2, 1, 3, 200, 201]), 5);
            assert_eq!(pairs.count(&[7]), 0);
        }
    }
}
