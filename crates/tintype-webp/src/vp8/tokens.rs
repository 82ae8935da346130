//! Coefficient tokens (RFC 6386, 13).

/// Where coefficients stand in a block.
pub(crate) const ZIGZAG: [u8; 16] = [0, 1, 4, 8, 5, 2, 3, 6, 9, 12, 13, 10, 7, 11, 14, 15];

/// The band of each coefficient, and of the one after the last, which does not matter.
pub(crate) const BANDS: [u8; 17] = [0, 1, 2, 3, 6, 4, 5, 6, 6, 6, 6, 6, 6, 6, 6, 7, 0];

/// Probabilities of the bits of large values, from the most significant (RFC 6386, 13.2).
pub(crate) const CATEGORY_3: [u8; 3] = [173, 148, 140];
pub(crate) const CATEGORY_4: [u8; 4] = [176, 155, 140, 135];
pub(crate) const CATEGORY_5: [u8; 5] = [180, 157, 141, 134, 130];
pub(crate) const CATEGORY_6: [u8; 11] = [254, 254, 243, 230, 196, 177, 153, 140, 133, 130, 129];
