//! Blocks of pixels, which share something.

/// Square blocks of an image.
#[derive(Clone, Copy)]
pub(super) struct Grid {
    /// The width of the image.
    pub(super) width: usize,
    /// The logarithm of a block's side.
    pub(super) bits: u32,
    /// Blocks in a row and rows of blocks.
    pub(super) columns: usize,
    pub(super) rows: usize,
}

impl Grid {
    /// The smallest blocks of at least two to the power of `bits` pixels that are not more than `most`.
    pub(super) fn new(width: usize, height: usize, bits: u32, most: usize) -> Self {
        let of = |bits: u32| (width.div_ceil(1 << bits), height.div_ceil(1 << bits));
        let fits = |&bits: &u32| of(bits).0 * of(bits).1 <= most;
        let bits = (bits..9).find(fits).unwrap_or(9);
        Self { width, bits, columns: of(bits).0, rows: of(bits).1 }
    }

    /// Pixels of a row of blocks.
    pub(super) fn row_pixels(&self) -> u64 {
        (self.width << self.bits) as u64
    }

    pub(super) fn blocks(&self) -> usize {
        self.columns * self.rows
    }
}

/// Where the pixel at hand is.
#[derive(Clone, Copy, Default)]
pub(super) struct Place {
    row_start: usize,
    /// The row of the pixel.
    pub(super) y: usize,
}

impl Place {
    /// Moves to the pixel `at`, and returns its block's column.
    #[inline(always)]
    pub(super) fn move_to(&mut self, at: usize, grid: &Grid) -> usize {
        while at - self.row_start >= grid.width {
            self.row_start += grid.width;
            self.y += 1;
        }
        (at - self.row_start) >> grid.bits
    }

    /// The block of this column.
    #[inline(always)]
    pub(super) fn block(&self, column: usize, grid: &Grid) -> usize {
        (self.y >> grid.bits) * grid.columns + column
    }
}
