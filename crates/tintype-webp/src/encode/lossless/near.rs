//! Near-lossless: fewer different values where the eye cannot follow.
//!
//! Where a pixel is not close to all its four neighbours, its red, green and blue are rounded, first coarsely, then in
//! finer and finer passes.

/// The coarsest rounding, in bits, for a level of 0 to 100; 0 for none.
pub(super) fn bits_of_level(level: u8) -> u32 {
    5 - u32::from(level.min(100)) / 20
}

/// Rounds a row of pixels, which is neither the first nor the last, in place.
pub(super) fn round_row(pixels: &mut [u32], y: usize, width: usize, bits: u32) {
    let start = y * width;
    for at in start + 1..(start + width).saturating_sub(1) {
        let Some(&pixel) = pixels.get(at) else { return };
        let smooth = [at - width, at - 1, at + 1, at + width]
            .into_iter()
            .all(|neighbour| pixels.get(neighbour).is_some_and(|&neighbour| close(pixel, neighbour, bits)));
        if let (false, Some(to)) = (smooth, pixels.get_mut(at)) {
            *to = round(pixel, bits);
        }
    }
}

/// Whether no channel differs by two to the power of `bits` or more.
fn close(a: u32, b: u32, bits: u32) -> bool {
    a.to_le_bytes().into_iter().zip(b.to_le_bytes()).all(|(a, b)| a.abs_diff(b) >> bits == 0)
}

/// Rounds all channels but alpha to multiples of two to the power of `bits`, or 255; from the middle, to the even one.
fn round(pixel: u32, bits: u32) -> u32 {
    let [blue, green, red, alpha] = pixel.to_le_bytes();
    let [blue, green, red] = [blue, green, red].map(|value| {
        let value = u32::from(value);
        let middle = (1 << (bits - 1)) - 1 + (value >> bits & 1);
        ((value + middle) >> bits << bits).min(255) as u8
    });
    u32::from_le_bytes([blue, green, red, alpha])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_go_to_the_nearest_multiple() {
        for bits in 1..=5 {
            for value in 0..=255u32 {
                let rounded = round(value | 77 << 24, bits);
                assert_eq!(rounded >> 24, 77);
                let rounded = rounded & 0xFF;
                assert!(rounded.abs_diff(value) <= 1 << (bits - 1), "{value}, {bits}");
                assert!(rounded.is_multiple_of(1 << bits) || rounded == 255);
            }
        }
        assert_eq!([0, 19, 20, 40, 60, 79, 80, 99, 100].map(bits_of_level), [5, 5, 4, 3, 2, 2, 1, 1, 0]);
    }
}
