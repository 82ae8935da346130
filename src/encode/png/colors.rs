//! The colours of an image, as long as they are few.

use super::rgba;
use crate::pixels::Channels;

/// The most colours of a palette.
const MOST: usize = 256;

/// Places of the table, several for each colour.
const PLACES: usize = 4 * MOST;

/// Colours in the order in which they came.
#[derive(Debug)]
pub(super) struct Colors {
    colors: Vec<[u8; 4]>,
    /// Indices of colours, each one more than it is, where their hashes point to or after that; 0 is free.
    table: Vec<u16>,
}

impl Default for Colors {
    fn default() -> Self {
        Self { colors: Vec::new(), table: vec![0; PLACES] }
    }
}

impl Colors {
    /// Adds the indices of a row's pixels; false if there are too many colours.
    pub(super) fn index(&mut self, channels: Channels, row: &[u8], indices: &mut Vec<u8>) -> bool {
        let (mut last, mut index) = (None, 0);
        for pixel in rgba(channels, row) {
            if last != Some(pixel) {
                let Some(found) = self.find(pixel) else { return false };
                (last, index) = (Some(pixel), found);
            }
            indices.push(index);
        }
        true
    }

    /// The index of a colour, which is added if it is new; none if there are too many.
    fn find(&mut self, color: [u8; 4]) -> Option<u8> {
        let hash = u32::from_le_bytes(color).wrapping_mul(0x9E37_79B1) >> 16;
        let mut place = hash as usize % PLACES;
        loop {
            let slot = self.table.get_mut(place)?;
            if *slot == 0 {
                let index = u8::try_from(self.colors.len()).ok()?;
                *slot = u16::from(index) + 1;
                self.colors.push(color);
                return Some(index);
            }
            let index = *slot - 1;
            if self.colors.get(usize::from(index)) == Some(&color) {
                return u8::try_from(index).ok();
            }
            place = (place + 1) % PLACES;
        }
    }

    /// The pixels that indices stand for.
    pub(super) fn expand(&self, indices: &[u8], channels: Channels, out: &mut Vec<u8>) {
        for &index in indices {
            let [red, green, blue, alpha] = self.colors.get(usize::from(index)).copied().unwrap_or_default();
            match channels {
                Channels::Gray => out.push(red),
                Channels::GrayAlpha => out.extend([red, alpha]),
                Channels::Rgb => out.extend([red, green, blue]),
                Channels::Rgba => out.extend([red, green, blue, alpha]),
            }
        }
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.colors.len()
    }

    /// Whether all are opaque.
    pub(super) fn are_opaque(&self) -> bool {
        self.colors.iter().all(|color| color[3] == 255)
    }

    /// Whether all are gray, opaque or not.
    pub(super) fn are_gray(&self) -> bool {
        self.colors.iter().all(is_gray)
    }

    /// The bits of a gray sample that are enough, if everything is gray and opaque.
    pub(super) fn gray_bits(&self) -> Option<u8> {
        let all = |step: u8| self.colors.iter().all(|color| color[0].is_multiple_of(step));
        let bits = [(1, 255), (2, 85), (4, 17)].into_iter().find(|&(_, step)| all(step));
        (self.are_gray() && self.are_opaque()).then(|| bits.map_or(8, |(bits, _)| bits))
    }

    /// The colours as a palette, and the place of each there.
    pub(super) fn palette(&self) -> (Vec<[u8; 4]>, Vec<u8>) {
        sorted(&self.colors)
    }

    /// The gray sample of each colour, in `bits` bits.
    pub(super) fn grays(&self, bits: u8) -> Vec<u8> {
        self.colors.iter().map(|color| color[0] >> (8 - bits)).collect()
    }
}

/// The bits of an index of a palette.
pub(super) fn index_bits(colors: usize) -> u8 {
    match colors {
        0..=2 => 1,
        3..=4 => 2,
        5..=16 => 4,
        _ => 8,
    }
}

/// Colours as a palette, those that are not opaque first, so that the others need no alpha, and similar ones together, so that
/// indices can be filtered; and the place of each there.
pub(super) fn sorted(colors: &[[u8; 4]]) -> (Vec<[u8; 4]>, Vec<u8>) {
    let mut palette = colors.to_vec();
    palette.sort_by_key(|&[red, green, blue, alpha]| {
        let brightness = 2 * u32::from(red) + 4 * u32::from(green) + u32::from(blue);
        (alpha == 255, brightness, [red, green, blue, alpha])
    });
    let place = |color| palette.iter().position(|other| other == color).unwrap_or(0) as u8;
    let places = colors.iter().map(place).collect();
    (palette, places)
}

pub(super) fn is_gray(&[red, green, blue, _]: &[u8; 4]) -> bool {
    red == green && green == blue
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_get_indices_in_their_order_until_there_are_too_many() {
        let mut colors = Colors::default();
        let mut indices = Vec::new();
        let row: Vec<u8> = (0..=255u8).flat_map(|value| [value, 255 - value, 7]).collect();
        assert!(colors.index(Channels::Rgb, &row, &mut indices));
        assert!(colors.index(Channels::Rgb, &row, &mut indices), "the same ones again");
        assert!(indices.iter().copied().eq((0..=255).chain(0..=255)));
        let mut pixels = Vec::new();
        colors.expand(&indices, Channels::Rgb, &mut pixels);
        assert_eq!(pixels, row.repeat(2));
        assert!(!colors.index(Channels::Rgb, &[1, 1, 1], &mut indices));
    }

    #[test]
    fn a_palette_begins_with_what_is_not_opaque_and_goes_on_from_dark_to_bright() {
        let mut colors = Colors::default();
        let row = [9, 9, 9, 255, 200, 0, 0, 255, 5, 5, 5, 100, 0, 0, 0, 255];
        assert!(colors.index(Channels::Rgba, &row, &mut Vec::new()));
        let (palette, places) = colors.palette();
        assert_eq!(palette, [[5, 5, 5, 100], [0, 0, 0, 255], [9, 9, 9, 255], [200, 0, 0, 255]]);
        assert_eq!(places, [2, 3, 0, 1]);
    }
}
