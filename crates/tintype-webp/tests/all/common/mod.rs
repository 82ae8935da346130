//! Shared by the tests: images, files made of them, decoding in one call, and the corpus.
#![allow(dead_code, clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

pub(crate) mod animation;
pub(crate) mod bits;
pub(crate) mod encode;
pub(crate) mod vp8;

use std::path::{Path, PathBuf};
use tintype_webp::decode::{DecodeError, Decoder, DecoderConfig, Flaw, Header, Output, Row};

/// An interleaved image of 8-bit samples.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Image {
    pub(crate) width: usize,
    pub(crate) height: usize,
    pub(crate) channels: usize,
    pub(crate) data: Vec<u8>,
}

/// Smooth gradients, hard edges, flat parts and some noise; the fourth channel is alpha.
pub(crate) fn picture(width: usize, height: usize, channels: usize) -> Image {
    let mut seed = 12345u32;
    let mut data = Vec::with_capacity(width * height * channels);
    for y in 0..height {
        for x in 0..width {
            let disc = ((x as i32 - 40).pow(2) + (y as i32 - 30).pow(2) < 500) as i32;
            let stripes = if (x / 3 + y / 5) % 7 == 0 { 60 } else { 0 };
            for channel in 0..channels {
                seed = seed.wrapping_mul(1664525).wrapping_add(1013904223);
                let noise = if y % 16 < 8 { (seed >> 24) as i32 % 12 } else { 0 };
                let wave = match channel {
                    0 => (x * 255 / width.max(2)) as i32,
                    1 => (y * 255 / height.max(2)) as i32,
                    2 => 255 - ((x + y) * 255 / (width + height)) as i32,
                    _ => 2 * (x * 255 / width.max(2)) as i32 - 100,
                };
                let sample = wave + stripes - disc * 90 * (channel as i32 - 1) + noise;
                data.push(sample.clamp(0, 255) as u8);
            }
        }
    }
    Image { width, height, channels, data }
}

/// A lossless file.
pub(crate) fn write(image: &Image) -> Vec<u8> {
    let color = match image.channels {
        1 => image_webp::ColorType::L8,
        3 => image_webp::ColorType::Rgb8,
        _ => image_webp::ColorType::Rgba8,
    };
    let mut file = Vec::new();
    let encoder = image_webp::WebPEncoder::new(&mut file);
    encoder.encode(&image.data, image.width as u32, image.height as u32, color).unwrap();
    file
}

/// A decoded image, with what was found wrong.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Decoded {
    pub(crate) image: Image,
    pub(crate) flaw: Option<Flaw>,
    pub(crate) work: u64,
}

pub(crate) fn read_header(file: &[u8]) -> Result<Header, DecodeError> {
    let mut decoder = Decoder::new(DecoderConfig::default());
    decoder.feed(file);
    decoder.finish();
    Ok(decoder.header()?.unwrap().clone())
}

/// Large enough for any test image.
pub(crate) fn roomy() -> DecoderConfig {
    DecoderConfig { max_memory: 1 << 30, ..DecoderConfig::default() }
}

/// Feeds `file` in chunks of the sizes that `sizes` repeats.
pub(crate) struct Feeder<'a> {
    rest: &'a [u8],
    sizes: std::iter::Cycle<std::slice::Iter<'a, usize>>,
}

impl<'a> Feeder<'a> {
    pub(crate) fn new(file: &'a [u8], sizes: &'a [usize]) -> Self {
        Self { rest: file, sizes: sizes.iter().cycle() }
    }

    pub(crate) fn feed(&mut self, decoder: &mut Decoder) {
        if self.rest.is_empty() {
            return decoder.finish();
        }
        let (chunk, rest) = self.rest.split_at((*self.sizes.next().unwrap()).min(self.rest.len()));
        self.rest = rest;
        decoder.feed(chunk);
    }
}

pub(crate) fn decode(file: &[u8]) -> Result<Decoded, DecodeError> {
    decode_chunked(file, &[usize::MAX], roomy())
}

pub(crate) fn decode_chunked(
    file: &[u8],
    sizes: &[usize],
    config: DecoderConfig,
) -> Result<Decoded, DecodeError> {
    let mut decoder = Decoder::new(config);
    let mut feeder = Feeder::new(file, sizes);
    while decoder.header()?.is_none() {
        feeder.feed(&mut decoder);
    }
    let header = decoder.header()?.unwrap().clone();
    decoder.start(Output::Interleaved)?;
    let mut data = Vec::new();
    loop {
        match decoder.next_row()? {
            Row::Pixels(row) => data.extend_from_slice(row),
            Row::NeedInput => feeder.feed(&mut decoder),
            Row::Done => break,
        }
    }
    let (width, height, channels) = (header.width as usize, header.height as usize, header.channels());
    assert_eq!(data.len(), width * height * channels);
    let image = Image { width, height, channels, data };
    Ok(Decoded { image, flaw: decoder.damage(), work: decoder.work() })
}

/// What `image-webp` makes of a file.
pub(crate) fn reference(file: &[u8]) -> Result<Image, String> {
    let mut decoder =
        image_webp::WebPDecoder::new(std::io::Cursor::new(file)).map_err(|error| error.to_string())?;
    let (width, height) = decoder.dimensions();
    let channels = if decoder.has_alpha() { 4 } else { 3 };
    let mut data = vec![0; width as usize * height as usize * channels];
    decoder.read_image(&mut data).map_err(|error| error.to_string())?;
    Ok(Image { width: width as usize, height: height as usize, channels, data })
}

/// The largest difference between two images of the same size.
pub(crate) fn largest_difference(a: &Image, b: &Image) -> u8 {
    assert_eq!((a.width, a.height, a.channels), (b.width, b.height, b.channels));
    a.data.iter().zip(&b.data).map(|(a, b)| a.abs_diff(*b)).max().unwrap_or(0)
}

/// The shared corpus, if this machine has it.
pub(crate) fn corpus() -> Option<PathBuf> {
    shared("corpus", "TINTYPE_CORPUS")
}

/// The shared cases, if this machine has them.
pub(crate) fn cases() -> Option<PathBuf> {
    shared("cases", "TINTYPE_CASES")
}

fn shared(name: &str, variable: &str) -> Option<PathBuf> {
    let found = match std::env::var_os(variable) {
        Some(path) => Some(PathBuf::from(path)),
        None => Path::new(env!("CARGO_MANIFEST_DIR"))
            .ancestors()
            .map(|above| above.join("../shared").join(name))
            .find(|path| path.is_dir()),
    };
    if found.is_none() {
        println!("skipped: no {name} here; set {variable} to its path");
    }
    found
}

/// All files under `folder` that are WebP by name or by their first bytes.
pub(crate) fn webps_under(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ext| ext == "webp")
                || path.parent().is_some_and(|parent| parent.ends_with("webp"))
            {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

/// Reads a PNG as RGB or RGBA.
pub(crate) fn load_png(path: &Path) -> Option<Image> {
    let mut decoder = png::Decoder::new(std::io::BufReader::new(std::fs::File::open(path).ok()?));
    decoder.set_transformations(png::Transformations::normalize_to_color8());
    let mut reader = decoder.read_info().ok()?;
    let mut data = vec![0; reader.output_buffer_size()?];
    let info = reader.next_frame(&mut data).ok()?;
    data.truncate(info.buffer_size());
    let channels = match info.color_type {
        png::ColorType::Rgb => 3,
        png::ColorType::Rgba => 4,
        _ => return None,
    };
    Some(Image { width: info.width as usize, height: info.height as usize, channels, data })
}
