//! The passes of an interlaced PNG (ISO/IEC 15948, 8.2): where in the image the pixels of their rows belong.

/// The first column and row of each pass, and the steps between its columns and rows.
const PASSES: [[usize; 4]; 7] =
    [[0, 0, 8, 8], [4, 0, 8, 8], [0, 4, 4, 8], [2, 0, 4, 4], [0, 2, 2, 4], [1, 0, 2, 2], [0, 1, 1, 2]];

/// Rows of passes as they come, one after the other. Passes without pixels have none.
pub(super) struct Adam7 {
    width: usize,
    height: usize,
    /// Bytes of a pixel.
    pixel: usize,
    pass: usize,
    /// The row of the image that the next row belongs to.
    y: usize,
}

impl Adam7 {
    pub(super) fn new(width: usize, height: usize, pixel: usize) -> Self {
        let mut passes = Self { width, height, pixel, pass: 0, y: 0 };
        passes.skip_finished();
        passes
    }

    /// Puts the pixels of the next row where they belong in `image`.
    pub(super) fn place(&mut self, image: &mut [u8], pixels: &[u8]) {
        let Some(&[x, _, columns, rows]) = PASSES.get(self.pass) else { return };
        let stride = self.width * self.pixel;
        let start = self.y * stride + x * self.pixel;
        let row = image.get_mut(start..(self.y + 1) * stride).unwrap_or_default();
        match self.pixel {
            1 => spread::<1>(row, columns, pixels),
            2 => spread::<2>(row, columns, pixels),
            3 => spread::<3>(row, columns, pixels),
            4 => spread::<4>(row, columns, pixels),
            6 => spread::<6>(row, columns, pixels),
            _ => spread::<8>(row, columns, pixels),
        }
        self.y += rows;
        self.skip_finished();
    }

    /// Whether there are no more rows.
    pub(super) fn are_complete(&self) -> bool {
        self.pass >= PASSES.len()
    }

    /// Fills the places of all rows that are missing in `image` with the pixels of passes before, as viewers show an image
    /// that is still arriving.
    pub(super) fn expand(&mut self, image: &mut [u8]) {
        let stride = self.width * self.pixel;
        while let Some(&[x, y, columns, rows]) = PASSES.get(self.pass) {
            // Pixels of a pass lie to the right of, or below, those of the passes before.
            let source = self.y.saturating_sub(y) * stride;
            for column in (x..self.width).step_by(columns) {
                let from = source + (column - x) * self.pixel;
                let to = self.y * stride + column * self.pixel;
                if to + self.pixel <= image.len() {
                    image.copy_within(from..from + self.pixel, to);
                }
            }
            self.y += rows;
            self.skip_finished();
        }
    }

    /// Goes on to the next pass with pixels if this one has no more.
    fn skip_finished(&mut self) {
        while let Some(&[x, _, ..]) = PASSES.get(self.pass)
            && (self.y >= self.height || x >= self.width)
        {
            self.pass += 1;
            self.y = PASSES.get(self.pass).map_or(0, |&[_, y, ..]| y);
        }
    }
}

/// Copies pixels of `N` bytes to every `step`th pixel of a row.
fn spread<const N: usize>(row: &mut [u8], step: usize, pixels: &[u8]) {
    for (place, pixel) in row.chunks_mut(step * N).zip(pixels.as_chunks::<N>().0) {
        if let Some(place) = place.first_chunk_mut() {
            *place = *pixel;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The pass of each pixel of a block, as the standard draws it.
    const BLOCK: [[usize; 8]; 8] = [
        [1, 6, 4, 6, 2, 6, 4, 6],
        [7, 7, 7, 7, 7, 7, 7, 7],
        [5, 6, 5, 6, 5, 6, 5, 6],
        [7, 7, 7, 7, 7, 7, 7, 7],
        [3, 6, 4, 6, 3, 6, 4, 6],
        [7, 7, 7, 7, 7, 7, 7, 7],
        [5, 6, 5, 6, 5, 6, 5, 6],
        [7, 7, 7, 7, 7, 7, 7, 7],
    ];

    #[test]
    fn missing_passes_take_the_pixels_of_those_before() {
        let (width, height) = (11, 9);
        let mut image = vec![0; width * height];
        let mut passes = Adam7::new(width, height, 1);
        passes.place(&mut image, &[1, 2]);
        passes.place(&mut image, &[3, 4]);
        passes.place(&mut image, &[5]);
        assert!(!passes.are_complete());
        passes.expand(&mut image);
        assert!(passes.are_complete());
        // The pixel of the second pass that came, and blocks of the first elsewhere.
        for (place, &pixel) in image.iter().enumerate() {
            let expected = match (place % width, place / width) {
                (4..8, 0..8) => 5,
                (8.., 0..8) => 2,
                (_, 0..8) => 1,
                (8.., _) => 4,
                _ => 3,
            };
            assert_eq!(pixel, expected, "{place}");
        }
    }

    #[test]
    fn every_pixel_of_every_pass_comes_to_its_place() {
        for (width, height) in [(1, 1), (2, 1), (1, 3), (4, 4), (5, 5), (8, 8), (3, 9), (17, 13), (23, 2)] {
            for pixel in 1..=4 {
                let expected: Vec<u8> = (0..width * height * pixel).map(|n| (n % 251) as u8).collect();
                let mut image = vec![255; expected.len()];
                let mut passes = Adam7::new(width, height, pixel);
                for pass in 1..=7 {
                    for y in 0..height {
                        let places = (0..width).filter(|x| BLOCK[y % 8][x % 8] == pass);
                        let row = places.map(|x| (y * width + x) * pixel);
                        let row: Vec<u8> = row.flat_map(|at| expected[at..at + pixel].to_vec()).collect();
                        if !row.is_empty() {
                            passes.place(&mut image, &row);
                        }
                    }
                }
                assert!(image == expected, "{width} {height} {pixel}");
            }
        }
    }
}
