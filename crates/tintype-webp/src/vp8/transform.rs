//! Inverse transforms (RFC 6386, 14.3 and 14.4).

/// The inverse Walsh-Hadamard transform: the first coefficients of 16 blocks.
pub(crate) fn inverse_wht(input: &[i16; 16]) -> [i16; 16] {
    let mut output = [0; 16];
    let columns = transpose(&input.map(i32::from)).map(butterfly);
    for (output, row) in output.as_chunks_mut::<4>().0.iter_mut().zip(transpose(columns.as_flattened())) {
        *output = butterfly(row).map(|value| ((value + 3) >> 3) as i16);
    }
    output
}

fn butterfly([i0, i1, i2, i3]: [i32; 4]) -> [i32; 4] {
    let (a, b, c, d) = (i0 + i3, i1 + i2, i1 - i2, i0 - i3);
    [a + b, c + d, a - b, d - c]
}

/// Columns of a 4x4 matrix that is given row by row.
fn transpose(matrix: &[i32]) -> [[i32; 4]; 4] {
    core::array::from_fn(|column| {
        core::array::from_fn(|row| matrix.get(row * 4 + column).copied().unwrap_or(0))
    })
}

/// The inverse DCT of a block, which is added to four rows of pixels.
pub(crate) fn add_dct(input: &[i16; 16], rows: [&mut [u8; 4]; 4]) {
    // Between the passes values are of 16 bits.
    let columns = transpose(&input.map(i32::from))
        .map(|column| inverse_dct(column).map(|value| i32::from(value as i16)));
    for (pixels, row) in rows.into_iter().zip(transpose(columns.as_flattened())) {
        add(pixels, inverse_dct(row).map(|value| (value + 4) >> 3));
    }
}

/// [`add_dct`] for a block whose coefficients are zero but for the first.
pub(crate) fn add_dc(dc: i16, rows: [&mut [u8; 4]; 4]) {
    let value = (i32::from(dc) + 4) >> 3;
    rows.into_iter().for_each(|pixels| add(pixels, [value; 4]));
}

#[inline(always)]
fn add(pixels: &mut [u8; 4], values: [i32; 4]) {
    for (pixel, value) in pixels.iter_mut().zip(values) {
        *pixel = (i32::from(*pixel) + value).clamp(0, 255) as u8;
    }
}

/// The inverse DCT of four values.
#[inline(always)]
fn inverse_dct([i0, i1, i2, i3]: [i32; 4]) -> [i32; 4] {
    // The square root of 2 times the cosine of pi/8, and times its sine, in 16 bits.
    let cosine = |value: i32| value + ((value * 20091) >> 16);
    let sine = |value: i32| (value * 35468) >> 16;
    let (a, b) = (i0 + i2, i0 - i2);
    let (c, d) = (sine(i1) - cosine(i3), cosine(i1) + sine(i3));
    [a + d, b + c, b - c, a - d]
}
