//! A picture whose parts can be told apart by eye, for the contact sheet.

use crate::Picture;
use crate::scenes::{ONE, mix, noise, opaque};

/// The size on which the places below are based.
const WIDTH: i64 = 640;
const HEIGHT: i64 = 480;

/// A landscape with a sun that clips, thin wires and a fence, a word on a board and, far from the middle, a face.
///
/// It has little texture, and gradients along one axis, so that a sheet of it packs well.
pub fn postcard(width: u32, height: u32) -> Picture {
    Picture::draw(width, height, |x, y| {
        let (x, y) = (i64::from(x) * WIDTH / i64::from(width), i64::from(y) * HEIGHT / i64::from(height));
        let parts = [person, board, fence, wires, hills];
        opaque(parts.into_iter().find_map(|part| part(x, y)).unwrap_or_else(|| sky(x, y)))
    })
}

/// A picture on a larger one of this colour, with borders of `[top, right, bottom, left]` pixels.
pub fn framed(picture: &Picture, color: [u8; 4], [top, right, bottom, left]: [u32; 4]) -> Picture {
    Picture::draw(left + picture.width + right, top + picture.height + bottom, |x, y| {
        let inside = (left..left + picture.width).contains(&x) && (top..top + picture.height).contains(&y);
        if inside { picture.at(x - left, y - top) } else { color }
    })
}

/// White lines on black at the left and black lines on white at the right, one of every four pixels wide.
pub fn fine_lines(width: u32, height: u32) -> Picture {
    Picture::draw(width, height, |x, y| {
        let line = if y < height / 2 { x % 4 == 0 } else { y % 4 == 0 };
        let light = line == (x < width / 2);
        opaque(if light { [255; 3] } else { [0; 3] })
    })
}

fn sky(x: i64, y: i64) -> [i64; 3] {
    let sky = mix([66, 124, 206], [238, 226, 204], ONE * y / 330);
    let (dx, dy) = (x - 500, y - 90);
    let (distance, disc) = (dx * dx + dy * dy, 34 * 34);
    if distance <= disc {
        return [255, 252, 232];
    }
    mix(sky, [255, 244, 200], ONE * disc / (distance + disc) - ONE / 8)
}

fn hills(x: i64, y: i64) -> Option<[i64; 3]> {
    let wave = |scale: i64, seed: u32| noise(ONE * x * scale / WIDTH, 0, seed);
    let (far, near) = (230 + wave(5, 1) / 3, 330 + wave(3, 2) / 6);
    if y > near {
        Some(mix([132, 164, 70], [52, 96, 36], (y - 330) * ONE / 150))
    } else if y > far {
        Some(mix([92, 116, 160], [120, 148, 150], (y - 230) * ONE / 170))
    } else {
        None
    }
}

/// Dark, and two pixels thick.
fn wires(x: i64, y: i64) -> Option<[i64; 3]> {
    let sag = (x - 320) * (x - 320) / 3000;
    [60, 78, 96].into_iter().any(|top| (top..top + 2).contains(&(y + sag - 34))).then_some([40, 44, 56])
}

/// White, with two pixels between posts of two pixels.
fn fence(x: i64, y: i64) -> Option<[i64; 3]> {
    let inside = (300..620).contains(&x) && (430..466).contains(&y);
    (inside && (x % 4 < 2 || (440..444).contains(&y))).then_some([244, 244, 238])
}

/// A word on a board.
fn board(x: i64, y: i64) -> Option<[i64; 3]> {
    // Letters of five by seven dots, a bit for each dot.
    const T: [u8; 7] = [0x1f, 0x04, 0x04, 0x04, 0x04, 0x04, 0x04];
    const I: [u8; 7] = [0x0e, 0x04, 0x04, 0x04, 0x04, 0x04, 0x0e];
    const N: [u8; 7] = [0x11, 0x19, 0x15, 0x13, 0x11, 0x11, 0x11];
    const Y: [u8; 7] = [0x11, 0x11, 0x0a, 0x04, 0x04, 0x04, 0x04];
    const P: [u8; 7] = [0x1e, 0x11, 0x11, 0x1e, 0x10, 0x10, 0x10];
    const E: [u8; 7] = [0x1f, 0x10, 0x10, 0x1e, 0x10, 0x10, 0x1f];
    const WORD: [[u8; 7]; 7] = [T, I, N, T, Y, P, E];
    const DOT: i64 = 6;
    let (x, y) = (x - 330, y - 330);
    if !(0..280).contains(&x) || !(0..74).contains(&y) {
        return None;
    }
    let (column, line) = ((x - 14).div_euclid(DOT), (y - 16).div_euclid(DOT));
    let dot = |column: i64, line: i64| {
        let letter = WORD.get(usize::try_from(column / 6).ok()?)?;
        let dots = letter.get(usize::try_from(line).ok()?)?;
        (column % 6 < 5).then(|| dots >> (4 - column % 6) & 1 == 1)
    };
    let ink = column >= 0 && dot(column, line).unwrap_or(false);
    let edge = !(4..276).contains(&x) || !(4..70).contains(&y);
    Some(if ink || edge { [24, 28, 60] } else { [250, 248, 240] })
}

fn person(x: i64, y: i64) -> Option<[i64; 3]> {
    let within = |cx: i64, cy: i64, rx: i64, ry: i64| {
        let (dx, dy) = ((x - cx) * ry, (y - cy) * rx);
        dx * dx + dy * dy <= rx * rx * ry * ry
    };
    let shade = (x - 100) * ONE / 90;
    if within(132, 236, 5, 6) || within(166, 236, 5, 6) || within(149, 268, 16, 4) {
        Some([70, 36, 30])
    } else if within(149, 200, 46, 24) {
        Some([84, 48, 28])
    } else if within(149, 240, 42, 52) {
        Some(mix([238, 186, 152], [206, 146, 112], shade))
    } else if within(149, 400, 78, 108) {
        Some(mix([214, 44, 46], [150, 22, 34], shade))
    } else {
        None
    }
}
