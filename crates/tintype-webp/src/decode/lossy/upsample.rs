//! From planes to pixels: colour differences at full size, and colours.

/// Interpolates a row of colour differences. `near` is the row of which the pixels' row is part, and `far` the nearest
/// other: they count 3 to 1, and so do columns.
pub(crate) fn upsample(near: &[u8], far: &[u8], sums: &mut [u16], out: &mut [u8]) {
    for (sum, (&near, &far)) in sums.iter_mut().zip(near.iter().zip(far)) {
        *sum = 3 * u16::from(near) + u16::from(far);
    }
    let (Some(&first), Some(&last)) = (sums.first(), sums.last()) else { return };
    let mix = |near: u16, far: u16| ((3 * near + far + 8) >> 4) as u8;
    if let Some(out) = out.first_mut() {
        *out = mix(first, first);
    }
    // The pixels between two neighbouring columns.
    let inner = out.get_mut(1..).unwrap_or_default();
    for (pair, out) in sums.windows(2).zip(inner.chunks_mut(2)) {
        let (&[left, right], [first, rest @ ..]) = (pair, out) else { continue };
        *first = mix(left, right);
        if let [second] = rest {
            *second = mix(right, left);
        }
    }
    // An even width ends with the second pixel of a column.
    if out.len() == sums.len() * 2
        && let Some(out) = out.last_mut()
    {
        *out = mix(last, last);
    }
}

/// Converts a row to RGB, of `CHANNELS` bytes per pixel; a fourth is left alone.
///
/// Luminance is 16 to 235 and colour differences are 16 to 240 (ITU-R BT.601, limited range). Factors are rounded to
/// multiples of 2^-14, and products to multiples of 2^-6 before they are summed, as all WebP decoders do.
pub(crate) fn to_rgb<const CHANNELS: usize>(y: &[u8], u: &[u8], v: &[u8], out: &mut [u8]) {
    let pieces =
        y.chunks(PIECE).zip(u.chunks(PIECE)).zip(v.chunks(PIECE)).zip(out.chunks_mut(PIECE * CHANNELS));
    for (((y, u), v), out) in pieces {
        let mut colors = [[0; PIECE]; 3];
        match (y.first_chunk(), u.first_chunk(), v.first_chunk()) {
            (Some(y), Some(u), Some(v)) => convert(y, u, v, &mut colors),
            _ => convert(&filled(y), &filled(u), &filled(v), &mut colors),
        }
        let [red, green, blue] = &colors;
        let pixels = out.as_chunks_mut::<CHANNELS>().0;
        for (((out, &red), &green), &blue) in pixels.iter_mut().zip(red).zip(green).zip(blue) {
            if let [r, g, b, ..] = out.as_mut_slice() {
                [*r, *g, *b] = [red, green, blue];
            }
        }
    }
}

/// Pixels that are converted together, so that compilers turn the arithmetic into SIMD instructions.
const PIECE: usize = 32;

/// Samples, followed by zeros.
fn filled(samples: &[u8]) -> [u8; PIECE] {
    let mut piece = [0; PIECE];
    piece.iter_mut().zip(samples).for_each(|(to, &sample)| *to = sample);
    piece
}

#[inline(always)]
fn convert(y: &[u8; PIECE], u: &[u8; PIECE], v: &[u8; PIECE], [red, green, blue]: &mut [[u8; PIECE]; 3]) {
    let samples = y.iter().zip(u).zip(v);
    for ((((&y, &u), &v), red), (green, blue)) in samples.zip(red).zip(green.iter_mut().zip(blue)) {
        let [y, u, v] = [y, u, v].map(i32::from);
        let luminance = (y * 19077) >> 8;
        let color = |value: i32| (value >> 6).clamp(0, 255) as u8;
        *red = color(luminance + ((v * 26149) >> 8) - 14234);
        *green = color(luminance - ((u * 6419) >> 8) - ((v * 13320) >> 8) + 8708);
        *blue = color(luminance + ((u * 33050) >> 8) - 17685);
    }
}
