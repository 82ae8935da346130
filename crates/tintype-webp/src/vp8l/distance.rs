//! Distances of copies: the codes that name them, and the symbols of codes and lengths (RFC 9649, 3.6.2.2).

/// Furthest distance of a copy: its code takes 20 bits.
pub(crate) const MAX_DISTANCE: usize = (1 << 20) - NEIGHBOURS.len();

/// Longest copy.
pub(crate) const MAX_LENGTH: usize = 4096;

/// The distance in pixels that a distance code stands for: the first 120 name neighbours.
pub(crate) fn plain_distance(code: usize, width: usize) -> usize {
    match NEIGHBOURS.get(code - 1) {
        Some(&(left, up)) => (usize::from(up) * width).saturating_add_signed(left.into()).max(1),
        None => code - NEIGHBOURS.len(),
    }
}

/// The pixels that short distance codes name: their distance to the left and upwards (RFC 9649, 3.6.2.2).
#[rustfmt::skip]
const NEIGHBOURS: [(i8, u8); 120] = [
    (0, 1), (1, 0), (1, 1), (-1, 1), (0, 2), (2, 0), (1, 2), (-1, 2), (2, 1), (-2, 1), (2, 2), (-2, 2),
    (0, 3), (3, 0), (1, 3), (-1, 3), (3, 1), (-3, 1), (2, 3), (-2, 3), (3, 2), (-3, 2), (0, 4), (4, 0),
    (1, 4), (-1, 4), (4, 1), (-4, 1), (3, 3), (-3, 3), (2, 4), (-2, 4), (4, 2), (-4, 2), (0, 5), (3, 4),
    (-3, 4), (4, 3), (-4, 3), (5, 0), (1, 5), (-1, 5), (5, 1), (-5, 1), (2, 5), (-2, 5), (5, 2), (-5, 2),
    (4, 4), (-4, 4), (3, 5), (-3, 5), (5, 3), (-5, 3), (0, 6), (6, 0), (1, 6), (-1, 6), (6, 1), (-6, 1),
    (2, 6), (-2, 6), (6, 2), (-6, 2), (4, 5), (-4, 5), (5, 4), (-5, 4), (3, 6), (-3, 6), (6, 3), (-6, 3),
    (0, 7), (7, 0), (1, 7), (-1, 7), (5, 5), (-5, 5), (7, 1), (-7, 1), (4, 6), (-4, 6), (6, 4), (-6, 4),
    (2, 7), (-2, 7), (7, 2), (-7, 2), (3, 7), (-3, 7), (7, 3), (-7, 3), (5, 6), (-5, 6), (6, 5), (-6, 5),
    (8, 0), (4, 7), (-4, 7), (7, 4), (-7, 4), (8, 1), (8, 2), (6, 6), (-6, 6), (8, 3), (5, 7), (-5, 7),
    (7, 5), (-7, 5), (8, 4), (6, 7), (-6, 7), (7, 6), (-7, 6), (8, 5), (7, 7), (-7, 7), (8, 6), (8, 7),
];

/// The codes of neighbours, by their distance upwards and to the left; 0 for those that have none.
const CODES: [[u8; 16]; 8] = codes();

#[allow(clippy::indexing_slicing)] // evaluated by the compiler
const fn codes() -> [[u8; 16]; 8] {
    let mut codes = [[0; 16]; 8];
    let mut at = 0;
    while at < NEIGHBOURS.len() {
        let (left, up) = NEIGHBOURS[at];
        codes[up as usize][(left + 7) as usize] = at as u8 + 1;
        at += 1;
    }
    codes
}

/// The code for a distance in pixels.
#[inline(always)]
pub(crate) fn distance_code(distance: usize, width: usize) -> u32 {
    if distance < 8 * width {
        let (up, left) = (distance / width, distance % width);
        let code = |up: usize, place: usize| {
            let row = CODES.get(up);
            row.and_then(|row| row.get(place)).copied().filter(|&code| code > 0)
        };
        let near = if left <= 8 { code(up, left + 7) } else { None };
        let near = near.or_else(|| if width - left <= 7 { code(up + 1, left + 7 - width) } else { None });
        if let Some(code) = near {
            return code.into();
        }
    }
    (distance + NEIGHBOURS.len()) as u32
}

/// The symbol for a value from 1 on, the number of bits after it, and these.
#[inline(always)]
pub(crate) fn value_symbol(value: u32) -> (u32, u32, u32) {
    let rest = value.wrapping_sub(1);
    if rest < 4 {
        return (rest, 0, 0);
    }
    let extra = 30 - rest.leading_zeros();
    (2 * extra + (rest >> extra), extra, rest & ((1 << extra) - 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_code_of_a_distance_stands_for_it() {
        for width in [1, 2, 3, 7, 8, 9, 15, 16, 17, 100, 16384] {
            for distance in (1..1000).chain(width..width + 20).chain(7 * width..9 * width) {
                assert_eq!(plain_distance(distance_code(distance, width) as usize, width), distance);
            }
        }
        assert_eq!(distance_code(100, 100), 1);
        assert_eq!(distance_code(1, 100), 2);
        assert_eq!(distance_code(99, 100), 4);
    }

    #[test]
    fn symbols_and_bits_stand_for_their_value() {
        for value in (1..5000).chain([1 << 20, (1 << 20) - 1]) {
            let (symbol, extra, bits) = value_symbol(value);
            let read = if symbol < 4 { symbol + 1 } else { ((2 + (symbol & 1)) << extra) + bits + 1 };
            assert_eq!(read, value);
            assert!(symbol < 40 && (symbol < 24) == (value <= MAX_LENGTH as u32));
        }
    }
}
