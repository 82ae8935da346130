//! Animations that the tests draw, and what of them comes out.

#![allow(
    dead_code,
    unused_imports,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic
)]

mod apng;

pub(crate) use apng::*;
use tintype::{Options, Session, resize};
use tintype_webp::decode::{Decoder, DecoderConfig, Drawn, Frame};
use tintype_webp::encode::animation::{Attached, Coding, Encoder};
use tintype_webp::encode::lossless;

/// Fails if a rendition depends on the pieces in which its source comes.
pub(crate) fn assert_same_in_chunks(source: &[u8], options: &Options, sizes: &[usize]) {
    let whole = resize(source, options).unwrap().image;
    for &size in sizes {
        assert!(in_chunks(source, options, size) == whole, "{size}");
    }
}

/// A frame as it is shown: milliseconds, and the canvas in RGBA.
pub(crate) type Shown = (u32, Vec<u8>);

/// Opaque pixels that no encoder makes small.
pub(crate) fn noise(pixels: usize, seed: u32) -> Vec<u8> {
    let mut state = seed;
    let mut next = move || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 24) as u8
    };
    (0..pixels).flat_map(|_| [next(), next(), next(), 255]).collect()
}

/// Colours of the GIFs; the first index is transparent.
pub(crate) const COLORS: [[u8; 3]; 8] = [
    [1, 2, 3],
    [255, 255, 255],
    [0, 0, 0],
    [220, 40, 40],
    [40, 200, 60],
    [40, 60, 210],
    [240, 220, 50],
    [120, 120, 120],
];

/// A frame of a GIF: indices in a rectangle, hundredths of a second, and what becomes of it.
pub(crate) struct GifFrame {
    pub(crate) left: u16,
    pub(crate) top: u16,
    pub(crate) width: u16,
    pub(crate) height: u16,
    pub(crate) indices: Vec<u8>,
    pub(crate) delay: u16,
    pub(crate) dispose: gif::DisposalMethod,
    pub(crate) interlaced: bool,
}

/// Frames by chance: every disposal, some interlaced, some with corners beyond the canvas.
pub(crate) fn gif_frames(seed: u32, (width, height): (u16, u16), count: usize) -> Vec<GifFrame> {
    let mut state = seed;
    let mut below = move |limit: u16| {
        state = state.wrapping_mul(1664525).wrapping_add(1013904223);
        ((u64::from(state) * u64::from(limit)) >> 32) as u16
    };
    let disposals = [
        gif::DisposalMethod::Any,
        gif::DisposalMethod::Keep,
        gif::DisposalMethod::Background,
        gif::DisposalMethod::Previous,
    ];
    (0..count)
        .map(|number| {
            let whole = number == 0;
            let (left, top) = if whole { (0, 0) } else { (below(width - 4), below(height - 4)) };
            let (w, h) = if whole { (width, height) } else { (4 + below(width), 4 + below(height)) };
            let (step, first) = (1 + below(5), below(8));
            let index = |x: u16, y: u16| ((x / step + y / 3 + first) % 8) as u8;
            let indices = (0..h).flat_map(|y| (0..w).map(move |x| (x, y))).map(|(x, y)| index(x, y));
            GifFrame {
                left,
                top,
                width: w,
                height: h,
                indices: indices.collect(),
                delay: 3 + below(50),
                dispose: disposals[(number + seed as usize) % 4],
                interlaced: number % 3 == 1,
            }
        })
        .collect()
}

/// The file of frames, which repeats as often as is said.
pub(crate) fn gif_file(
    frames: &[GifFrame],
    (width, height): (u16, u16),
    repeat: Option<gif::Repeat>,
) -> Vec<u8> {
    let mut file = Vec::new();
    let mut encoder = gif::Encoder::new(&mut file, width, height, COLORS.as_flattened()).unwrap();
    repeat.into_iter().for_each(|repeat| encoder.set_repeat(repeat).unwrap());
    for frame in frames {
        let stride = usize::from(frame.width);
        let rows: Vec<&[u8]> = frame.indices.chunks(stride).collect();
        let order: Vec<usize> = if frame.interlaced {
            let passes = [(0, 8), (4, 8), (2, 4), (1, 2)];
            passes.into_iter().flat_map(|(first, step)| (first..rows.len()).step_by(step)).collect()
        } else {
            (0..rows.len()).collect()
        };
        let buffer: Vec<u8> = order.into_iter().flat_map(|y| rows[y].to_vec()).collect();
        encoder
            .write_frame(&gif::Frame {
                delay: frame.delay,
                dispose: frame.dispose,
                transparent: Some(0),
                left: frame.left,
                top: frame.top,
                width: frame.width,
                height: frame.height,
                interlaced: frame.interlaced,
                buffer: buffer.into(),
                ..gif::Frame::default()
            })
            .unwrap();
    }
    drop(encoder);
    file
}

/// What is shown of frames (GIF89a, section 23).
pub(crate) fn gif_shown(frames: &[GifFrame], (width, height): (u16, u16)) -> Vec<Shown> {
    let (width, height) = (usize::from(width), usize::from(height));
    let mut canvas = vec![[0u8; 4]; width * height];
    let mut shown = Vec::new();
    for frame in frames {
        let before = canvas.clone();
        let mut places = Vec::new();
        for (at, &index) in frame.indices.iter().enumerate() {
            let x = usize::from(frame.left) + at % usize::from(frame.width);
            let y = usize::from(frame.top) + at / usize::from(frame.width);
            if x < width && y < height {
                places.push(y * width + x);
                if index != 0 {
                    let [red, green, blue] = COLORS[usize::from(index)];
                    canvas[y * width + x] = [red, green, blue, 255];
                }
            }
        }
        shown.push((10 * u32::from(frame.delay), canvas.concat()));
        match frame.dispose {
            gif::DisposalMethod::Background => places.iter().for_each(|&place| canvas[place] = [0; 4]),
            gif::DisposalMethod::Previous => canvas = before,
            _ => (),
        }
    }
    shown
}

/// Frames with equal neighbours as one.
pub(crate) fn merged(frames: Vec<Shown>) -> Vec<Shown> {
    let mut merged: Vec<Shown> = Vec::new();
    for (duration, canvas) in frames {
        match merged.last_mut() {
            Some(last) if last.1 == canvas => last.0 += duration,
            _ => merged.push((duration, canvas)),
        }
    }
    merged
}

/// Canvases of RGBA that all differ: a picture with a transparent margin and a disc that moves and changes its colour.
pub(crate) fn canvases((width, height): (u32, u32), count: u32) -> Vec<Shown> {
    let pixel = move |x: u32, y: u32, number: u32| {
        let (dx, dy) = (x.abs_diff(10 + 5 * number), y.abs_diff(height / 2));
        if dx * dx + dy * dy < 60 {
            return [250, (40 * number) as u8, 30, 255];
        }
        if x < 4 || y < 3 {
            return [0; 4];
        }
        [(x * 3) as u8, (y * 5) as u8, ((x + y) * 2) as u8, if (x + y).is_multiple_of(9) { 128 } else { 255 }]
    };
    (0..count)
        .map(|number| {
            let places = (0..height).flat_map(|y| (0..width).map(move |x| (x, y)));
            (20 + number, places.flat_map(|(x, y)| pixel(x, y, number)).collect())
        })
        .collect()
}

/// A lossless animated WebP.
pub(crate) fn webp_file((width, height): (u32, u32), frames: &[Shown], loops: u16) -> Vec<u8> {
    let mut encoder = Encoder::new(width, height, true).unwrap();
    for (duration, canvas) in frames {
        canvas.chunks(4 * width as usize).for_each(|row| encoder.push_row(row).unwrap());
        encoder.end_frame(*duration, Coding::Lossless(lossless::Config::default())).unwrap();
        while encoder.step().unwrap() {}
    }
    encoder.finish(loops, &Attached::default()).unwrap().concat()
}

pub(crate) fn png_file((width, height): (u32, u32), rgba: &[u8]) -> Vec<u8> {
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, width, height);
    encoder.set_color(png::ColorType::Rgba);
    encoder.write_header().unwrap().write_image_data(rgba).unwrap();
    file
}

/// An animation that has been played.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Film {
    pub(crate) size: (u32, u32),
    pub(crate) loops: u16,
    pub(crate) frames: Vec<Shown>,
}

/// Plays an animated WebP; transparent pixels are black.
pub(crate) fn play(file: &[u8]) -> Film {
    let mut decoder = Decoder::new(DecoderConfig { max_memory: 1 << 30, ..DecoderConfig::default() });
    decoder.feed(file);
    decoder.finish();
    let header = decoder.header().unwrap().unwrap();
    let loops = header.animation.expect("the file is an animation").loops;
    let mut animation = decoder.into_animation().unwrap();
    let mut frames = Vec::new();
    while let Frame::Begun { duration } = animation.next_frame().unwrap() {
        while animation.next_row().unwrap() == Drawn::Row {}
        frames.push((duration, visible(animation.canvas())));
    }
    assert_eq!(animation.damage(), None);
    Film { size: animation.size(), loops, frames }
}

/// Plays a GIF by the `gif` crate.
pub(crate) fn play_gif(file: &[u8]) -> Film {
    let mut options = gif::DecodeOptions::new();
    options.set_color_output(gif::ColorOutput::RGBA);
    let mut decoder = options.read_info(file).unwrap();
    let size = (usize::from(decoder.width()), usize::from(decoder.height()));
    let mut canvas = vec![[0u8; 4]; size.0 * size.1];
    let mut frames = Vec::new();
    while let Some(frame) = decoder.read_next_frame().unwrap() {
        let before = canvas.clone();
        let mut places = Vec::new();
        for (at, pixel) in frame.buffer.as_chunks::<4>().0.iter().enumerate() {
            let x = usize::from(frame.left) + at % usize::from(frame.width);
            let y = usize::from(frame.top) + at / usize::from(frame.width);
            places.push(y * size.0 + x);
            if pixel[3] > 0 {
                canvas[y * size.0 + x] = *pixel;
            }
        }
        frames.push((10 * u32::from(frame.delay), canvas.concat()));
        match frame.dispose {
            gif::DisposalMethod::Background => places.iter().for_each(|&place| canvas[place] = [0; 4]),
            gif::DisposalMethod::Previous => canvas = before,
            _ => (),
        }
    }
    let loops = match decoder.repeat() {
        gif::Repeat::Infinite => 0,
        gif::Repeat::Finite(0) => 1,
        gif::Repeat::Finite(repetitions) => repetitions + 1,
    };
    Film { size: (size.0 as u32, size.1 as u32), loops, frames }
}

/// Pixels of RGBA without the colours of those that are transparent.
pub(crate) fn visible(rgba: &[u8]) -> Vec<u8> {
    rgba.chunks(4).flat_map(|pixel| if pixel[3] == 0 { [0; 4] } else { pixel.try_into().unwrap() }).collect()
}

/// The pixels of a still WebP or of a PNG in RGBA.
pub(crate) fn still(file: &[u8]) -> Vec<u8> {
    let mut options = Options::default();
    options.output.format = tintype::Format::Png;
    let png = resize(file, &options).unwrap().image;
    let mut decoder = png::Decoder::new(std::io::Cursor::new(png));
    decoder.set_transformations(png::Transformations::ALPHA | png::Transformations::normalize_to_color8());
    let mut reader = decoder.read_info().unwrap();
    let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
    let info = reader.next_frame(&mut pixels).unwrap();
    pixels.truncate(info.buffer_size());
    match info.color_type {
        png::ColorType::Rgba => visible(&pixels),
        png::ColorType::GrayscaleAlpha => visible(
            &pixels.chunks(2).flat_map(|pixel| [pixel[0], pixel[0], pixel[0], pixel[1]]).collect::<Vec<_>>(),
        ),
        other => panic!("{other:?}"),
    }
}

/// The rendition of a source that comes in chunks.
pub(crate) fn in_chunks(source: &[u8], options: &Options, size: usize) -> Vec<u8> {
    let mut session = Session::new(options.clone());
    let mut out = Vec::new();
    for chunk in source.chunks(size) {
        session.write(chunk).unwrap();
        out.extend(session.read(1000).unwrap());
    }
    session.finish().unwrap();
    loop {
        let piece = session.read(777).unwrap();
        if piece.is_empty() {
            return out;
        }
        out.extend(piece);
    }
}

/// The shared corpus, if this machine has it.
pub(crate) fn corpus() -> Option<std::path::PathBuf> {
    let found = match std::env::var_os("TINTYPE_CORPUS") {
        Some(path) => Some(path.into()),
        None => std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
            .ancestors()
            .map(|above| above.join("../shared/corpus"))
            .find(|path| path.is_dir()),
    };
    if found.is_none() {
        println!("skipped: no corpus here; set TINTYPE_CORPUS to its path");
    }
    found
}

/// The GIF and WebP files under a folder.
pub(crate) fn files_under(folder: &std::path::Path) -> Vec<std::path::PathBuf> {
    let (mut found, mut folders) = (Vec::new(), vec![folder.to_path_buf()]);
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ext| ext == "gif" || ext == "webp") {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}
