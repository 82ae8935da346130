//! What the pictures show.

use crate::Picture;

/// One in fixed point, where coordinates run from 0 to 1.
pub(crate) const ONE: i64 = 1 << 16;

/// A landscape with the statistics of a photograph: a smooth sky with clouds, a sun that clips, hills with texture, and
/// the noise of a sensor over all.
pub fn photograph(width: u32, height: u32) -> Picture {
    let outlines: Vec<[i64; 3]> =
        (0..width).map(|x| outlines(ONE * i64::from(x) / i64::from(width))).collect();
    Picture::draw(width, height, |x, y| {
        let (u, v) = (ONE * i64::from(x) / i64::from(width), ONE * i64::from(y) / i64::from(height));
        let [far, middle, near] = outlines[x as usize];
        let colour = if v > near {
            meadow(u, v, near)
        } else if v > middle {
            wood(u, v, middle)
        } else if v > far {
            mix([96, 120, 150], [70, 98, 110], (v - far) * 3)
        } else {
            sky(u, v, i64::from(width), i64::from(height))
        };
        let grain = i64::from(hash(x, y, 99) & 15) - 7;
        opaque(colour.map(|channel| channel + grain))
    })
}

/// Red from left to right, green from top to bottom, blue against both.
pub fn gradient(width: u32, height: u32) -> Picture {
    Picture::draw(width, height, |x, y| {
        let red = i64::from(x) * 255 / i64::from(width.max(2) - 1);
        let green = i64::from(y) * 255 / i64::from(height.max(2) - 1);
        opaque([red, green, 255 - (red + green) / 2])
    })
}

/// Dark strokes of one to three pixels on white: what ringing and chroma subsampling hurt most.
pub fn lettering(width: u32, height: u32) -> Picture {
    Picture::draw(width, height, |x, y| {
        let (column, line) = (x / 10, y / 18);
        let (inner_x, inner_y) = (x % 10, y % 18);
        let shape = hash(column, line, 7);
        let in_letter = (1..8).contains(&inner_x) && (3..15).contains(&inner_y) && shape & 7 != 0;
        let vertical = inner_x == 1 + (shape >> 3 & 1) || (shape >> 4 & 1 == 1 && (6..8).contains(&inner_x));
        let horizontal =
            [3, 8, 14].iter().enumerate().any(|(bit, &row)| shape >> (5 + bit) & 1 == 1 && inner_y == row);
        let ink = if line % 4 == 3 { [180, 20, 30] } else { [20, 20, 24] };
        opaque(if in_letter && (vertical || horizontal) { ink } else { [252, 252, 250] })
    })
}

/// Four corners that cannot be mistaken: red at the top left, green at the top right, blue at the bottom left, yellow at
/// the bottom right, and grey elsewhere.
pub fn orientation_chart(width: u32, height: u32) -> Picture {
    Picture::draw(width, height, |x, y| {
        let (left, right) = (x < width / 3, x >= width - width / 3);
        let (top, bottom) = (y < height / 3, y >= height - height / 3);
        opaque(match (left, right, top, bottom) {
            (true, _, true, _) => [220, 30, 30],
            (_, true, true, _) => [30, 180, 40],
            (true, _, _, true) => [30, 50, 210],
            (_, true, _, true) => [230, 210, 30],
            _ => [128, 128, 128],
        })
    })
}

/// An opaque green disc. Around it pixels are transparent, and what they hide is magenta, which shows wherever colours
/// are mixed without regard to alpha.
pub fn transparent_disc(width: u32, height: u32) -> Picture {
    let (width_i, height_i) = (i64::from(width), i64::from(height));
    let radius = width_i.min(height_i) * 4 / 10;
    Picture::draw(width, height, |x, y| {
        let (dx, dy) = (2 * i64::from(x) + 1 - width_i, 2 * i64::from(y) + 1 - height_i);
        if dx * dx + dy * dy <= 4 * radius * radius { [20, 200, 60, 255] } else { [255, 0, 255, 0] }
    })
}

/// Where the far, middle and near hills begin at column `u`.
fn outlines(u: i64) -> [i64; 3] {
    let wave = |scale: i64, seed: u32| noise(u * scale, 0, seed) * ONE / 256;
    let far = ONE * 46 / 100 + wave(3, 1) / 8 + wave(11, 2) / 40;
    let middle = ONE * 58 / 100 + wave(4, 3) / 9 + wave(60, 4) / 90;
    let near = ONE * 74 / 100 + wave(2, 5) / 10 + wave(150, 6) / 160;
    [far, middle, near]
}

fn sky(u: i64, v: i64, width: i64, height: i64) -> [i64; 3] {
    let blue = mix([58, 108, 190], [226, 214, 200], v * 2);
    let cloud = clouds(u * 5, v * 9) - 118;
    let blue = mix(blue, [246, 244, 242], (cloud * ONE / 70).clamp(0, ONE * 9 / 10));
    // A disc of constant radius in pixels, with a glow that falls with the square of the distance.
    let (dx, dy) = ((u - ONE * 72 / 100) * width / ONE, (v - ONE * 26 / 100) * height / ONE);
    let radius = (width.min(height) / 18).max(1);
    let (distance, disc) = (dx * dx + dy * dy, radius * radius);
    mix(blue, [255, 250, 226], (ONE * disc * 2 / (distance + disc)).min(ONE))
}

fn wood(u: i64, v: i64, outline: i64) -> [i64; 3] {
    let leaves = noise(u * 220, v * 160, 21) / 2 + noise(u * 90, v * 60, 22) / 2;
    let shade = mix([62, 92, 66], [34, 60, 38], (v - outline) * 4);
    shade.map(|channel| channel * (150 + leaves) / 278)
}

fn meadow(u: i64, v: i64, outline: i64) -> [i64; 3] {
    let depth = (v - outline) * 3;
    let blades = noise(u * 400, v * 130, 31) * 2 / 3 + noise(u * 40, v * 40, 32) / 3;
    let grass = mix([128, 148, 62], [64, 96, 30], depth);
    let flower = noise(u * 150, v * 150, 33) > 236;
    if flower { [232, 214, 90] } else { grass.map(|channel| channel * (120 + blades) / 248) }
}

/// Three octaves of noise, 0 to 255.
fn clouds(x: i64, y: i64) -> i64 {
    (noise(x, y, 11) * 4 + noise(x * 2, y * 2, 12) * 2 + noise(x * 4, y * 4, 13)) / 7
}

/// Value noise, 0 to 255: random at whole coordinates (multiples of [`ONE`]) and smooth between them.
pub(crate) fn noise(x: i64, y: i64, seed: u32) -> i64 {
    let smooth = |t: i64| t * t / ONE * (3 * ONE - 2 * t) / ONE;
    let (column, line) = ((x / ONE) as u32, (y / ONE) as u32);
    let (tx, ty) = (smooth(x % ONE), smooth(y % ONE));
    let corner = |dx: u32, dy: u32| i64::from(hash(column + dx, line + dy, seed) & 255);
    let top = corner(0, 0) * (ONE - tx) + corner(1, 0) * tx;
    let bottom = corner(0, 1) * (ONE - tx) + corner(1, 1) * tx;
    (top * (ONE - ty) / ONE + bottom * ty / ONE) / ONE
}

/// A number that looks random and depends on nothing but its arguments (the finalizer of MurmurHash3).
fn hash(x: u32, y: u32, seed: u32) -> u32 {
    let mut h = x.wrapping_mul(0x9e37_79b1) ^ y.wrapping_mul(0x85eb_ca77) ^ seed.wrapping_mul(0xc2b2_ae3d);
    h = (h ^ (h >> 16)).wrapping_mul(0x85eb_ca6b);
    h = (h ^ (h >> 13)).wrapping_mul(0xc2b2_ae35);
    h ^ (h >> 16)
}

/// `a` where `t` is 0, `b` where it is [`ONE`].
pub(crate) fn mix(a: [i64; 3], b: [i64; 3], t: i64) -> [i64; 3] {
    let t = t.clamp(0, ONE);
    [0, 1, 2].map(|channel| a[channel] + (b[channel] - a[channel]) * t / ONE)
}

pub(crate) fn opaque(colour: [i64; 3]) -> [u8; 4] {
    let [red, green, blue] = colour.map(|channel| channel.clamp(0, 255) as u8);
    [red, green, blue, 255]
}
