//! A 3 × 3 matrix of whole numbers.

/// What three numbers are multiplied by.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Weights {
    /// What each of the numbers contributes to the three sums.
    pub(crate) columns: [[i32; 3]; 3],
    /// Fractional bits of all these.
    pub(crate) bits: u32,
}

impl Weights {
    /// The weighed sums, rounded, and clamped to 16 bits. Before, they must fit 32 bits.
    #[inline(always)]
    pub(crate) fn sums(&self, [a, b, c]: [i32; 3]) -> [u16; 3] {
        let [[a0, a1, a2], [b0, b1, b2], [c0, c1, c2]] = self.columns;
        let half = 1 << self.bits >> 1;
        let end = |sum: i32| ((sum + half) >> self.bits).clamp(0, 65_535) as u16;
        [end(a * a0 + b * b0 + c * c0), end(a * a1 + b * b1 + c * c1), end(a * a2 + b * b2 + c * c2)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_are_rounded_and_clamped() {
        let weights = Weights { columns: [[3, 0, -4], [1, 2, 0], [0, 1, 0]], bits: 1 };
        assert_eq!(weights.sums([10, 1, 2]), [16, 2, 0]);
        assert_eq!(weights.sums([60_000, 1, 2]), [65_535, 2, 0]);
    }
}
