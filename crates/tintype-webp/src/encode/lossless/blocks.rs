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

/// The row of the pixel at hand.
#[derive(Clone, Copy, Default)]
pub(super) struct Place {
    start: usize,
    y: usize,
}

/// What a row and a block have in common.
pub(super) struct Stretch {
    /// The block, its column, and its row of blocks.
    pub(super) block: usize,
    pub(super) column: usize,
    pub(super) row: usize,
    /// The pixel after its last.
    pub(super) end: usize,
}

impl Place {
    /// Moves to the pixel `at`, and returns the stretch that it is in.
    #[inline(always)]
    pub(super) fn move_to(&mut self, at: usize, grid: &Grid) -> Stretch {
        while at - self.start >= grid.width {
            self.start += grid.width;
            self.y += 1;
        }
        let (column, row) = ((at - self.start) >> grid.bits, self.y >> grid.bits);
        let end = self.start + ((column + 1) << grid.bits).min(grid.width);
        Stretch { block: row * grid.columns + column, column, row, end }
    }
}
