//! The modes of the predictor transform (RFC 9649, 3.5.1).

/// Opaque black, the prediction of an image's first pixel.
pub(crate) const BLACK: u32 = 0xFF00_0000;

/// The number of modes.
pub(crate) const MODES: u8 = 14;

/// Something to do with a mode, for which there is code of its own for each.
pub(crate) trait Kernel {
    type Output;

    /// Takes the mode as a function of the pixels to the left, above left, above, and above right.
    fn run(self, predict: impl Fn(u32, u32, u32, u32) -> u32) -> Self::Output;
}

/// Runs a kernel with a mode.
pub(crate) fn with_mode<K: Kernel>(mode: u8, kernel: K) -> K::Output {
    match mode {
        1 => kernel.run(|left, _, _, _| left),
        2 => kernel.run(|_, _, top, _| top),
        3 => kernel.run(|_, _, _, top_right| top_right),
        4 => kernel.run(|_, top_left, _, _| top_left),
        5 => kernel.run(|left, _, top, top_right| average(average(left, top_right), top)),
        6 => kernel.run(|left, top_left, _, _| average(left, top_left)),
        7 => kernel.run(|left, _, top, _| average(left, top)),
        8 => kernel.run(|_, top_left, top, _| average(top_left, top)),
        9 => kernel.run(|_, _, top, top_right| average(top, top_right)),
        10 => kernel
            .run(|left, top_left, top, top_right| average(average(left, top_left), average(top, top_right))),
        11 => kernel.run(select),
        12 => kernel.run(|left, top_left, top, _| {
            per_channel(left, top, top_left, |left, top, top_left| left + top - top_left)
        }),
        13 => kernel.run(|left, top_left, top, _| {
            let middle = average(left, top);
            // The division rounds towards zero.
            per_channel(middle, top_left, 0, |middle, top_left, _| middle + (middle - top_left) / 2)
        }),
        // Mode 0, and those that mean nothing.
        _ => kernel.run(|_, _, _, _| BLACK),
    }
}

/// Sums of channels, modulo 256.
#[inline(always)]
pub(crate) fn add(a: u32, b: u32) -> u32 {
    let even = (a & 0xFF00_FF00).wrapping_add(b & 0xFF00_FF00);
    let odd = (a & 0x00FF_00FF) + (b & 0x00FF_00FF);
    even & 0xFF00_FF00 | odd & 0x00FF_00FF
}

/// Differences of channels, modulo 256.
#[inline(always)]
pub(crate) fn subtract(a: u32, b: u32) -> u32 {
    let even = (a | 0x00FF_00FF).wrapping_sub(b & 0xFF00_FF00);
    let odd = (a | 0xFF00_FF00).wrapping_sub(b & 0x00FF_00FF);
    even & 0xFF00_FF00 | odd & 0x00FF_00FF
}

/// Means of channels, rounded down.
#[inline(always)]
fn average(a: u32, b: u32) -> u32 {
    (a & b) + ((a ^ b) >> 1 & 0x7F7F_7F7F)
}

/// What `function` makes of each channel, clamped to a byte.
#[inline(always)]
fn per_channel(a: u32, b: u32, c: u32, function: impl Fn(i32, i32, i32) -> i32) -> u32 {
    let [a, b, c] = [a, b, c].map(|pixel| pixel.to_le_bytes().map(i32::from));
    let ([a0, a1, a2, a3], [b0, b1, b2, b3], [c0, c1, c2, c3]) = (a, b, c);
    let channels = [function(a0, b0, c0), function(a1, b1, c1), function(a2, b2, c2), function(a3, b3, c3)];
    u32::from_le_bytes(channels.map(|channel| channel.clamp(0, 255) as u8))
}

/// Whichever of left and top is closer to left + top - top left, over all channels (mode 11).
#[inline(always)]
fn select(left: u32, top_left: u32, top: u32, _: u32) -> u32 {
    // left + top - top_left is as far from left as top is from top_left, and the other way round.
    if distance(top, top_left) < distance(left, top_left) { left } else { top }
}

/// The sum over channels of absolute differences.
#[inline(always)]
fn distance(a: u32, b: u32) -> u32 {
    let [a0, a1, a2, a3] = a.to_le_bytes();
    let [b0, b1, b2, b3] = b.to_le_bytes();
    [a0.abs_diff(b0), a1.abs_diff(b1), a2.abs_diff(b2), a3.abs_diff(b3)].map(u32::from).iter().sum()
}
