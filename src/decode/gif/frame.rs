//! Frames of a GIF: what their descriptors and extensions say, and the order of their rows.

use crate::decode::canvas::{Disposal, Place};

/// A frame as its descriptor and extension describe it (GIF89a, sections 20 and 23).
#[derive(Debug, Clone)]
pub(super) struct Frame {
    pub(super) place: Place,
    pub(super) interlaced: bool,
    pub(super) transparent: bool,
    pub(super) colors: [[u8; 4]; 256],
    /// Milliseconds for which it is shown.
    pub(super) delay: u32,
    pub(super) disposal: Disposal,
}

impl Default for Frame {
    fn default() -> Self {
        Self {
            place: Place::default(),
            interlaced: false,
            transparent: false,
            colors: [[0; 4]; 256],
            delay: 0,
            disposal: Disposal::default(),
        }
    }
}

/// The colour of each index: opaque black past the palette's end, nothing where it is the transparent one.
pub(super) fn colors(palette: &[u8], transparent: Option<u8>) -> [[u8; 4]; 256] {
    let mut colors = [[0, 0, 0, 255]; 256];
    for (color, &[red, green, blue]) in colors.iter_mut().zip(palette.as_chunks().0) {
        *color = [red, green, blue, 255];
    }
    if let Some(color) = transparent.and_then(|index| colors.get_mut(usize::from(index))) {
        *color = [0; 4];
    }
    colors
}

/// The position of the row that is stored as number `row` (GIF89a, appendix E).
pub(super) fn deinterlaced(mut row: u32, height: u32) -> u32 {
    for (first, step) in [(0, 8), (4, 8), (2, 4), (1, 2)] {
        let rows = height.saturating_sub(first).div_ceil(step);
        if row < rows {
            return first + row * step;
        }
        row -= rows;
    }
    height
}

/// The row that is shown at `y` of an interlaced frame that has its first `rows`: itself, or else the one that an earlier pass
/// has above it.
pub(super) fn shown(mut y: u32, height: u32, rows: u32) -> Option<u32> {
    let passes = [(0, 8), (4, 8), (2, 4), (1, 2)];
    for (pass, (first, step)) in passes.into_iter().enumerate().rev() {
        if y % step != first {
            continue;
        }
        let before =
            passes.iter().take(pass).map(|&(first, step)| height.saturating_sub(first).div_ceil(step));
        if before.sum::<u32>() + y / step < rows {
            return Some(y);
        }
        y -= first;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_that_are_missing_are_those_of_earlier_passes() {
        for height in [1, 2, 7, 8, 9, 20] {
            for rows in 0..=height {
                let stored: Vec<u32> = (0..rows).map(|row| deinterlaced(row, height)).collect();
                for y in 0..height {
                    let expected = [1, 2, 4, 8].map(|step| y / step * step);
                    let expected = expected.into_iter().find(|row| stored.contains(row));
                    assert_eq!(shown(y, height, rows), expected, "{y} of {height}, {rows} there");
                }
            }
        }
    }
}
