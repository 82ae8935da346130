//! Animated PNG files that the tests make, and what a player that is not the engine shows of them.

use super::{Film, Shown, visible};

/// A frame: RGBA in a rectangle, the fraction of a second for which it is shown, what becomes of it, and whether it is drawn
/// over what was there.
#[derive(Debug, Clone)]
pub(crate) struct ApngFrame {
    pub(crate) left: u32,
    pub(crate) top: u32,
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) pixels: Vec<[u8; 4]>,
    pub(crate) delay: (u16, u16),
    pub(crate) dispose: u8,
    pub(crate) over: bool,
}

/// How pixels are stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Style {
    Rgba,
    /// The same in 16 bits, with low bytes that round down.
    Wide,
    /// Gray and alpha, of the red channel.
    GrayAlpha,
}

impl Style {
    /// The bits of a sample, and the type of colours.
    fn header(self) -> [u8; 2] {
        match self {
            Self::Rgba => [8, 6],
            Self::Wide => [16, 6],
            Self::GrayAlpha => [8, 4],
        }
    }

    fn samples(self, [red, green, blue, alpha]: [u8; 4]) -> Vec<u8> {
        match self {
            Self::Rgba => vec![red, green, blue, alpha],
            Self::Wide => [red, green, blue, alpha].iter().flat_map(|&value| [value, value]).collect(),
            Self::GrayAlpha => vec![red, alpha],
        }
    }

    /// A pixel as it is shown.
    pub(crate) fn shown(self, pixel: [u8; 4]) -> [u8; 4] {
        let [red, .., alpha] = pixel;
        if self == Self::GrayAlpha { [red, red, red, alpha] } else { pixel }
    }
}

/// Frames by chance: every disposal and way of drawing, delays with all kinds of denominators.
pub(crate) fn apng_frames(seed: u32, (width, height): (u32, u32), count: usize) -> Vec<ApngFrame> {
    let mut state = seed;
    let mut below = move |limit: u32| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        ((u64::from(state) * u64::from(limit)) >> 32) as u32
    };
    (0..count)
        .map(|number| {
            let (left, top) = if number == 0 { (0, 0) } else { (below(width - 4), below(height - 4)) };
            let (w, h) = match number {
                0 => (width, height),
                _ => (1 + below(width - left), 1 + below(height - top)),
            };
            let (step, first) = (1 + below(5), below(7));
            let alphas = [255, 0, 255, 128, 255, 3, 250];
            let pixel = |x: u32, y: u32| {
                let index = x / step + y / 3 + first;
                [(index * 37) as u8, (index * 11 + y) as u8, (x * 9) as u8, alphas[index as usize % 7]]
            };
            ApngFrame {
                left,
                top,
                width: w,
                height: h,
                pixels: (0..h).flat_map(|y| (0..w).map(move |x| pixel(x, y))).collect(),
                delay: (1 + below(50) as u16, [0, 100, 1000, 30, 10][below(5) as usize]),
                dispose: below(3) as u8,
                over: below(2) == 0,
            }
        })
        .collect()
}

pub(crate) fn chunk(kind: &[u8; 4], body: &[u8]) -> Vec<u8> {
    let content = [kind, body].concat();
    let crc = content.iter().fold(u32::MAX, |crc, &byte| {
        (0..8).fold(crc ^ u32::from(byte), |crc, _| (crc >> 1) ^ (0xEDB8_8320 * (crc & 1)))
    });
    [&(body.len() as u32).to_be_bytes(), content.as_slice(), &(!crc).to_be_bytes()].concat()
}

/// The description of a frame.
pub(crate) fn control(sequence: u32, frame: &ApngFrame) -> Vec<u8> {
    let ApngFrame { left, top, width, height, .. } = *frame;
    let numbers = [sequence, width, height, left, top];
    let mut body: Vec<u8> = numbers.iter().flat_map(|number| number.to_be_bytes()).collect();
    body.extend([frame.delay.0, frame.delay.1].iter().flat_map(|part| part.to_be_bytes()));
    body.extend([frame.dispose, u8::from(frame.over)]);
    body
}

/// The compressed pixels of a frame.
pub(crate) fn data(frame: &ApngFrame, style: Style) -> Vec<u8> {
    let rows = frame.pixels.chunks(frame.width as usize);
    let raw = rows.flat_map(|row| {
        std::iter::once(0).chain(row.iter().flat_map(|&pixel| style.samples(pixel))).collect::<Vec<_>>()
    });
    fdeflate::compress_to_vec(&raw.collect::<Vec<_>>())
}

/// The chunks of a file. If it has an image that is no frame, that is red.
pub(crate) fn apng_chunks(
    frames: &[ApngFrame],
    (width, height): (u32, u32),
    plays: u32,
    (style, has_image): (Style, bool),
) -> Vec<([u8; 4], Vec<u8>)> {
    let [depth, color] = style.header();
    let header = [&width.to_be_bytes()[..], &height.to_be_bytes(), &[depth, color, 0, 0, 0]].concat();
    let numbers = [(frames.len() as u32).to_be_bytes(), plays.to_be_bytes()].concat();
    let mut chunks = vec![(*b"IHDR", header), (*b"acTL", numbers)];
    if has_image {
        let pixels = vec![[255, 0, 0, 255]; (width * height) as usize];
        let image = ApngFrame { width, height, pixels, ..frames[0].clone() };
        chunks.push((*b"IDAT", data(&image, style)));
    }
    let mut sequence = 0;
    let mut next = || {
        sequence += 1;
        sequence - 1
    };
    for (number, frame) in frames.iter().enumerate() {
        chunks.push((*b"fcTL", control(next(), frame)));
        let data = data(frame, style);
        // In two chunks.
        for part in [&data[..data.len() / 2], &data[data.len() / 2..]] {
            match number == 0 && !has_image {
                true => chunks.push((*b"IDAT", part.to_vec())),
                false => chunks.push((*b"fdAT", [&next().to_be_bytes()[..], part].concat())),
            }
        }
    }
    chunks.push((*b"IEND", Vec::new()));
    chunks
}

/// A file of chunks.
pub(crate) fn file_of(chunks: &[([u8; 4], Vec<u8>)]) -> Vec<u8> {
    let chunks = chunks.iter().flat_map(|(kind, body)| chunk(kind, body));
    b"\x89PNG\r\n\x1a\n".iter().copied().chain(chunks).collect()
}

/// A file of frames whose first one is the image.
pub(crate) fn apng_file(frames: &[ApngFrame], size: (u32, u32), plays: u32) -> Vec<u8> {
    file_of(&apng_chunks(frames, size, plays, (Style::Rgba, false)))
}

/// A colour over another one, by the definition.
fn over(above: [u8; 4], below: [u8; 4]) -> [u8; 4] {
    let [a, b] = [u64::from(above[3]), u64::from(below[3])];
    let all = a * 255 + b * (255 - a);
    if all == 0 {
        return [0; 4];
    }
    let mixed = |channel: usize| {
        let sum = u64::from(above[channel]) * a * 255 + u64::from(below[channel]) * b * (255 - a);
        ((2 * sum + all) / (2 * all)) as u8
    };
    [mixed(0), mixed(1), mixed(2), ((2 * all + 255) / 510) as u8]
}

/// What is shown of frames (PNG, third edition, 11.3.6.2).
pub(crate) fn apng_shown(frames: &[ApngFrame], (width, height): (u32, u32), style: Style) -> Vec<Shown> {
    let mut canvas = vec![[0u8; 4]; (width * height) as usize];
    let mut shown = Vec::new();
    for (number, frame) in frames.iter().enumerate() {
        let before = canvas.clone();
        let places: Vec<usize> = (frame.top..frame.top + frame.height)
            .flat_map(|y| (frame.left..frame.left + frame.width).map(move |x| (y * width + x) as usize))
            .collect();
        for (&place, &pixel) in places.iter().zip(&frame.pixels) {
            let pixel = style.shown(pixel);
            canvas[place] = if frame.over { over(pixel, canvas[place]) } else { pixel };
        }
        let (numerator, denominator) = frame.delay;
        let unit = if denominator == 0 { 100.0 } else { f64::from(denominator) };
        shown.push(((f64::from(numerator) * 1000.0 / unit).round() as u32, visible(&canvas.concat())));
        match frame.dispose {
            1 => places.iter().for_each(|&place| canvas[place] = [0; 4]),
            2 if number == 0 => canvas.fill([0; 4]),
            2 => canvas = before,
            _ => (),
        }
    }
    shown
}

/// Plays an animated PNG by the `png` crate; transparent pixels are black.
pub(crate) fn play_apng(file: &[u8]) -> Film {
    let mut decoder = png::Decoder::new(std::io::Cursor::new(file));
    decoder.set_transformations(png::Transformations::ALPHA | png::Transformations::normalize_to_color8());
    let mut reader = decoder.read_info().unwrap();
    let (width, height) = reader.info().size();
    let playback = *reader.info().animation_control().expect("the file is an animation");
    let mut frames = Vec::new();
    for _ in 0..playback.num_frames {
        let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
        let info = reader.next_frame(&mut pixels).unwrap();
        let control = *reader.info().frame_control().expect("every image is a frame");
        let samples = info.color_type.samples();
        let pixels = pixels[..info.buffer_size()].chunks(samples).map(|pixel| match *pixel {
            [gray, alpha] => [gray, gray, gray, alpha],
            _ => pixel.try_into().unwrap(),
        });
        frames.push(ApngFrame {
            left: control.x_offset,
            top: control.y_offset,
            width: control.width,
            height: control.height,
            pixels: pixels.collect(),
            delay: (control.delay_num, control.delay_den),
            dispose: control.dispose_op as u8,
            over: control.blend_op == png::BlendOp::Over,
        });
    }
    let size = (width, height);
    Film { size, loops: playback.num_plays as u16, frames: apng_shown(&frames, size, Style::Rgba) }
}
