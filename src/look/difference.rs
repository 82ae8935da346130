//! The difference hash (dHash): how lightness rises and falls from left to right.

use super::Small;
use crate::Color;

/// Columns and rows that an image is averaged to.
const COLUMNS: usize = 9;
const ROWS: usize = 8;

/// The hash of an image, whatever is transparent over `average`. Bits are row by row, the first being the highest, and set
/// where lightness rises.
pub(super) fn hash(image: &Small<'_>, average: Color) -> u64 {
    // Luma by BT.601, in thousandths.
    let light: Vec<u64> = image
        .over(average)
        .map(|[red, green, blue]| u64::from(299 * red + 587 * green + 114 * blue))
        .collect();
    let grid: Vec<Vec<u64>> = (0..ROWS)
        .map(|row| {
            let down = span(row, ROWS, image.height);
            (0..COLUMNS)
                .map(|column| mean(&light, image.width, &span(column, COLUMNS, image.width), &down))
                .collect()
        })
        .collect();
    let bits = grid.iter().flat_map(|row| row.iter().zip(row.iter().skip(1)));
    bits.fold(0, |hash, (left, right)| hash << 1 | u64::from(right > left))
}

/// The pixels of one of `parts` equal parts of a side, each with the share of it that lies there, in `parts`ths of a pixel.
fn span(part: usize, parts: usize, side: usize) -> Vec<(usize, u64)> {
    let (start, end) = (part * side, (part + 1) * side);
    let pixels = start / parts..end.div_ceil(parts);
    pixels.map(|pixel| (pixel, (end.min((pixel + 1) * parts) - start.max(pixel * parts)) as u64)).collect()
}

/// The mean of a part, times 65536 so that small differences count.
fn mean(light: &[u64], width: usize, across: &[(usize, u64)], down: &[(usize, u64)]) -> u64 {
    let (mut sum, mut weights) = (0, 0);
    for &(y, height) in down {
        for &(x, share) in across {
            sum += light.get(y * width + x).copied().unwrap_or(0) * height * share;
            weights += height * share;
        }
    }
    (sum << 8).checked_div(weights).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::super::tests::look;

    #[test]
    fn bits_are_set_where_lightness_rises_and_similar_images_share_them() {
        let gray = |value: u32| [value as u8, value as u8, value as u8, 255];
        assert_eq!(look(90, 80, |x, _| gray(x * 2)).difference_hash, u64::MAX);
        assert_eq!(look(90, 80, |x, _| gray(200 - x * 2)).difference_hash, 0);
        let wave = |x: u32, y: u32| gray(128 + (x * 7 + y * 3) % 90 - 45);
        let hash = look(99, 66, wave).difference_hash;
        let brighter = look(99, 66, |x, y| wave(x, y).map(|sample| sample.saturating_add(20)));
        assert!((hash ^ brighter.difference_hash).count_ones() <= 4);
        let other = look(99, 66, |x, y| wave(y * 3 / 2, x / 2));
        assert!((hash ^ other.difference_hash).count_ones() > 10);
        assert_eq!(look(1, 1, |_, _| gray(7)).difference_hash, 0);
    }
}
