//! Animations: drawn by chance, composited exactly, and played.

use super::bits::{ALPHA, ANIMATED, chunk, content_of, riff, vp8x};
use super::{Image, roomy, write};
use tintype_webp::decode::{DecodeError, Decoder, DecoderConfig, Drawn, Flaw, Frame};

/// A frame of an animation: its image of RGBA, its place, and what becomes of the canvas.
#[derive(Clone)]
pub(crate) struct Part {
    pub(crate) image: Image,
    pub(crate) x: usize,
    pub(crate) y: usize,
    pub(crate) blend: bool,
    pub(crate) dispose: bool,
    pub(crate) duration: u32,
}

/// Numbers by chance.
pub(crate) struct Chance(pub(crate) u32);

impl Chance {
    pub(crate) fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(1664525).wrapping_add(1013904223);
        ((u64::from(self.0) * limit as u64) >> 32) as usize
    }
}

/// An image of RGBA with opaque, translucent and transparent parts.
pub(crate) fn patch(chance: &mut Chance, width: usize, height: usize) -> Image {
    let (hue, edge) = (chance.below(256), chance.below(width + height));
    let mut data = Vec::new();
    for y in 0..height {
        for x in 0..width {
            let alpha = match (x + y + edge) / 5 % 4 {
                0 => 0,
                1 => 30 + (7 * x + 5 * y) % 200,
                _ => 255,
            };
            data.extend(
                [hue, (x * 9 + hue) % 256, (y * 11 + 3 * hue) % 256, alpha].map(|sample| sample as u8),
            );
        }
    }
    Image { width, height, channels: 4, data }
}

/// Frames by chance on a canvas of this size, each way to blend and to dispose among them.
pub(crate) fn parts(seed: u32, (width, height): (usize, usize), count: usize) -> Vec<Part> {
    let mut chance = Chance(seed);
    (0..count)
        .map(|number| {
            let (x, y) = (chance.below(width / 2) * 2, chance.below(height / 2) * 2);
            let (w, h) = (1 + chance.below(width - x), 1 + chance.below(height - y));
            let image = patch(&mut chance, w, h);
            let (blend, dispose) = (number % 2 == 0, number / 2 % 2 == 0);
            Part { image, x, y, blend, dispose, duration: chance.below(500) as u32 }
        })
        .collect()
}

/// A lossless file of frames.
pub(crate) fn file_of(parts: &[Part], (width, height): (usize, usize), loops: u16) -> Vec<u8> {
    let header = vp8x(ANIMATED | ALPHA, width as u32, height as u32);
    let control = [&[1, 2, 3, 4], &loops.to_le_bytes()[..]].concat();
    let frames: Vec<Vec<u8>> = parts
        .iter()
        .map(|part| {
            let mut content = Vec::new();
            let Image { width, height, .. } = part.image;
            for field in [part.x / 2, part.y / 2, width - 1, height - 1, part.duration as usize] {
                content.extend(&field.to_le_bytes()[..3]);
            }
            content.push(u8::from(!part.blend) << 1 | u8::from(part.dispose));
            content.extend(chunk(b"VP8L", &content_of(&write(&part.image), b"VP8L")));
            content
        })
        .collect();
    let mut chunks: Vec<(&[u8; 4], &[u8])> = vec![(b"VP8X", &header), (b"ANIM", &control)];
    chunks.extend(frames.iter().map(|frame| (b"ANMF", &frame[..])));
    riff(&chunks)
}

/// The canvas after each frame, by the formulas of RFC 9649, 2.7.1.1, in floating point.
pub(crate) fn composited(parts: &[Part], (width, height): (usize, usize)) -> Vec<Vec<u8>> {
    let mut canvas = vec![[0.0f64; 4]; width * height];
    let mut canvases = Vec::new();
    for part in parts {
        let places = (0..part.image.height)
            .flat_map(|y| (0..part.image.width).map(move |x| (y, x)))
            .map(|(y, x)| (part.y + y) * width + part.x + x);
        for (place, pixel) in places.clone().zip(part.image.data.chunks(4)) {
            let top: Vec<f64> = pixel.iter().map(|&sample| f64::from(sample)).collect();
            let under = &mut canvas[place];
            if part.blend {
                let share = under[3] * (1.0 - top[3] / 255.0);
                let alpha = top[3] + share;
                for channel in 0..3 {
                    if alpha > 0.0 {
                        under[channel] = (top[channel] * top[3] + under[channel] * share) / alpha;
                    }
                }
                under[3] = alpha;
            } else {
                under.copy_from_slice(&top);
            }
            *under = under.map(f64::round);
        }
        canvases.push(canvas.iter().flatten().map(|&sample| sample as u8).collect());
        if part.dispose {
            places.for_each(|place| canvas[place] = [0.0; 4]);
        }
    }
    canvases
}

/// A frame to encode: the time in milliseconds, and its canvas.
pub(crate) type Shown = (u32, Vec<u8>);

/// Canvases that differ in every pixel, of RGBA if they have alpha.
pub(crate) fn canvases_of_noise((width, height): (u32, u32), alpha: bool, count: u32) -> Vec<Shown> {
    let mut chance = Chance(7);
    let pixels = width * height * if alpha { 4 } else { 3 };
    (0..count).map(|_| (40, (0..pixels).map(|_| chance.below(256) as u8).collect())).collect()
}

/// An animation that has been played.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Played {
    pub(crate) size: (usize, usize),
    pub(crate) loops: u16,
    /// The time in milliseconds and the canvas of each frame.
    pub(crate) frames: Vec<(u32, Vec<u8>)>,
    pub(crate) flaw: Option<Flaw>,
    pub(crate) work: u64,
}

pub(crate) fn play(file: &[u8]) -> Result<Played, DecodeError> {
    play_chunked(file, &[usize::MAX], roomy())
}

pub(crate) fn play_chunked(
    file: &[u8],
    sizes: &[usize],
    config: DecoderConfig,
) -> Result<Played, DecodeError> {
    let (mut rest, mut sizes) = (file, sizes.iter().cycle());
    let mut next = move || {
        let (chunk, after) = rest.split_at((*sizes.next().unwrap()).min(rest.len()));
        rest = after;
        Some(chunk).filter(|chunk| !chunk.is_empty())
    };
    let mut decoder = Decoder::new(config);
    let loops = loop {
        if let Some(header) = decoder.header()? {
            break header.animation.expect("the file is an animation").loops;
        }
        match next() {
            Some(chunk) => decoder.feed(chunk),
            None => decoder.finish(),
        }
    };
    let mut animation = decoder.into_animation()?;
    let mut frames: Vec<(u32, Vec<u8>)> = Vec::new();
    let mut current = None;
    loop {
        let wants_input = match current {
            None => match animation.next_frame()? {
                Frame::Begun { duration } => {
                    current = Some(duration);
                    false
                }
                Frame::NeedInput => true,
                Frame::Done => break,
            },
            Some(duration) => match animation.next_row()? {
                Drawn::Row => false,
                Drawn::NeedInput => true,
                Drawn::Done => {
                    frames.push((duration, animation.canvas().to_vec()));
                    current = None;
                    false
                }
            },
        };
        if wants_input {
            match next() {
                Some(chunk) => animation.feed(chunk),
                None => animation.finish(),
            }
        }
    }
    let (width, height) = animation.size();
    let size = (width as usize, height as usize);
    Ok(Played { size, loops, frames, flaw: animation.damage(), work: animation.work() })
}

/// The largest difference between two canvases; where both are transparent, there is none.
pub(crate) fn largest_visible_difference(a: &[u8], b: &[u8]) -> u8 {
    assert_eq!(a.len(), b.len());
    let pixels = a.chunks(4).zip(b.chunks(4)).filter(|(a, b)| a[3] != 0 || b[3] != 0);
    pixels.flat_map(|(a, b)| a.iter().zip(b)).map(|(a, b)| a.abs_diff(*b)).max().unwrap_or(0)
}
