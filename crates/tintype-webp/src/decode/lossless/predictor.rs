//! The inverse of the predictor transform (RFC 9649, 3.5.1).

/// Opaque black, the prediction of an image's first pixel.
const BLACK: u32 = 0xFF00_0000;

/// Adds predictions to a row. `above` is the row above, with room for one pixel more; `modes` are those of the row's
/// blocks, of `side` pixels each.
pub(crate) fn add_prediction(row: &mut [u32], above: &mut [u32], modes: &[u8], side: usize, first: bool) {
    let width = row.len();
    let (Some(start), Some(&above_start)) = (row.first_mut(), above.first()) else { return };
    *start = add(*start, if first { BLACK } else { above_start });
    let mut left = *start;
    if first {
        for pixel in row.iter_mut().skip(1) {
            left = add(*pixel, left);
            *pixel = left;
        }
        return;
    }
    // To the right of a row's last pixel is, in memory, the first of the row below.
    if let Some(beyond) = above.get_mut(width) {
        *beyond = left;
    }
    for (block, &mode) in modes.iter().enumerate().take(width.div_ceil(side)) {
        let (start, end) = ((block * side).max(1), ((block + 1) * side).min(width));
        let (Some(pixels), Some(above)) = (row.get_mut(start..end), above.get(start - 1..=end)) else {
            continue;
        };
        left = add_mode(mode, pixels, above, left);
    }
}

/// Adds the predictions of a mode to pixels, and returns the last. `above` begins at the pixel above and to the left of
/// the first, and ends at the one above and to the right of the last.
fn add_mode(mode: u8, pixels: &mut [u32], above: &[u32], left: u32) -> u32 {
    match mode {
        1 => run(pixels, above, left, |left, _, _, _| left),
        2 => run(pixels, above, left, |_, _, top, _| top),
        3 => run(pixels, above, left, |_, _, _, top_right| top_right),
        4 => run(pixels, above, left, |_, top_left, _, _| top_left),
        5 => run(pixels, above, left, |left, _, top, top_right| average(average(left, top_right), top)),
        6 => run(pixels, above, left, |left, top_left, _, _| average(left, top_left)),
        7 => run(pixels, above, left, |left, _, top, _| average(left, top)),
        8 => run(pixels, above, left, |_, top_left, top, _| average(top_left, top)),
        9 => run(pixels, above, left, |_, _, top, top_right| average(top, top_right)),
        10 => run(pixels, above, left, |left, top_left, top, top_right| {
            average(average(left, top_left), average(top, top_right))
        }),
        11 => run(pixels, above, left, select),
        12 => run(pixels, above, left, |left, top_left, top, _| {
            per_channel(left, top, top_left, |left, top, top_left| left + top - top_left)
        }),
        13 => run(pixels, above, left, |left, top_left, top, _| {
            let middle = average(left, top);
            // The division rounds towards zero.
            per_channel(middle, top_left, 0, |middle, top_left, _| middle + (middle - top_left) / 2)
        }),
        // Mode 0, and those that mean nothing.
        _ => run(pixels, above, left, |_, _, _, _| BLACK),
    }
}

/// Adds to each pixel what `predict` makes of those to the left, above left, above, and above right.
#[inline(always)]
fn run(pixels: &mut [u32], above: &[u32], mut left: u32, predict: impl Fn(u32, u32, u32, u32) -> u32) -> u32 {
    for (pixel, above) in pixels.iter_mut().zip(above.windows(3)) {
        let &[top_left, top, top_right] = above else { continue };
        left = add(*pixel, predict(left, top_left, top, top_right));
        *pixel = left;
    }
    left
}

/// Sums of channels, modulo 256.
#[inline(always)]
pub(crate) fn add(a: u32, b: u32) -> u32 {
    let even = (a & 0xFF00_FF00).wrapping_add(b & 0xFF00_FF00);
    let odd = (a & 0x00FF_00FF) + (b & 0x00FF_00FF);
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
