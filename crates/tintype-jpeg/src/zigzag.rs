//! The order in which a block's coefficients are coded.

/// The place in a block of each coefficient of the zigzag sequence (ITU-T T.81, figure A.6), as `column * 8 + row`:
/// blocks are kept column by column, so that one transposition between the passes of a transform is enough.
pub(crate) const ZIGZAG: [u8; 64] = zigzag();

#[allow(clippy::indexing_slicing)] // evaluated by the compiler
const fn zigzag() -> [u8; 64] {
    let mut order = [0; 64];
    let (mut row, mut column) = (0, 0);
    let mut k = 0;
    while k < 64 {
        order[k] = column * 8 + row;
        let rising = (row + column) % 2 == 0;
        match (rising, column, row) {
            (true, 7, _) => row += 1,
            (true, _, 0) => column += 1,
            (true, _, _) => (row, column) = (row - 1, column + 1),
            (false, _, 7) => column += 1,
            (false, 0, _) => row += 1,
            (false, _, _) => (row, column) = (row + 1, column - 1),
        }
        k += 1;
    }
    order
}

/// That order, for SIMD lanes.
pub(crate) struct Zigzag;

impl tintype_lanes::Order for Zigzag {
    const PLACES: [u8; 64] = ZIGZAG;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_order_is_the_standards() {
        let rows_and_columns: [(u8, u8); 10] =
            [(0, 0), (0, 1), (1, 0), (2, 0), (1, 1), (0, 2), (0, 3), (1, 2), (2, 1), (3, 0)];
        for (k, (row, column)) in rows_and_columns.into_iter().enumerate() {
            assert_eq!(ZIGZAG[k], column * 8 + row);
        }
        assert_eq!(ZIGZAG[63], 63);
    }

    #[test]
    fn the_order_goes_from_neighbour_to_neighbour_and_visits_every_place_once() {
        for pair in ZIGZAG.windows(2) {
            let ((from_column, from_row), (column, row)) =
                ((pair[0] / 8, pair[0] % 8), (pair[1] / 8, pair[1] % 8));
            assert!(from_column.abs_diff(column) <= 1 && from_row.abs_diff(row) <= 1, "{pair:?}");
        }
        let mut sorted = ZIGZAG;
        sorted.sort_unstable();
        assert_eq!(sorted, core::array::from_fn(|i| i as u8));
    }
}
