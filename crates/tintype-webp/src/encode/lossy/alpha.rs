//! Under alpha: pixels that nothing shows become what costs least, so that they neither take bits nor ring into those
//! that show.
#![allow(clippy::indexing_slicing)] // places in blocks of constant size

use super::macroblock::Source;

/// What invisible pixels were given last: Y, Cb and Cr.
pub(super) type Fill = [u8; 3];

/// Gives the invisible pixels of a macroblock the mean of the visible ones near them.
pub(super) fn smooth(source: &mut Source, alpha: &[[u8; 16]; 16], fill: &mut Fill) {
    if alpha.as_flattened().iter().all(|&alpha| alpha > 0) {
        return;
    }
    let visible = |x: usize, y: usize| alpha[y][x] > 0;
    // A colour sample shows if any of its four pixels does.
    let shows = |x: usize, y: usize| (0..4).any(|at| visible(2 * x + at % 2, 2 * y + at / 2));
    smooth_plane(&mut source.y, &visible, &mut fill[0]);
    for (plane, fill) in source.uv.iter_mut().zip(&mut fill[1..]) {
        smooth_plane(plane, &shows, fill);
    }
}

/// Fills each quarter of a block with the mean of what shows in it, or in the whole block, or what was used last.
fn smooth_plane<const SIDE: usize>(
    plane: &mut [[u8; SIDE]; SIDE],
    shows: &impl Fn(usize, usize) -> bool,
    fill: &mut u8,
) {
    let half = SIDE / 2;
    let places = |from: (usize, usize), side: usize| {
        (0..side * side).map(move |at| (from.0 + at % side, from.1 + at / side))
    };
    *fill = mean(plane, places((0, 0), SIDE), shows).unwrap_or(*fill);
    for quarter in 0..4 {
        let from = (quarter % 2 * half, quarter / 2 * half);
        let sample = mean(plane, places(from, half), shows).unwrap_or(*fill);
        for (x, y) in places(from, half).filter(|&(x, y)| !shows(x, y)) {
            plane[y][x] = sample;
        }
        if quarter == 3 {
            *fill = sample;
        }
    }
}

/// The mean of the samples that show, if any does.
fn mean<const SIDE: usize>(
    plane: &[[u8; SIDE]; SIDE],
    places: impl Iterator<Item = (usize, usize)>,
    shows: &impl Fn(usize, usize) -> bool,
) -> Option<u8> {
    let (mut sum, mut count) = (0, 0);
    for (x, y) in places.filter(|&(x, y)| shows(x, y)) {
        sum += u32::from(plane[y][x]);
        count += 1;
    }
    (count > 0).then(|| ((sum + count / 2) / count) as u8)
}
