//! Shared by the decoder's tests: images, files made of them, decoding in one call, and the corpus.
#![allow(dead_code, clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::path::{Path, PathBuf};
use tintype_jpeg::decode::{DecodeError, Decoder, DecoderConfig, Flaw, Header, Output, Row, Scale, Step};

/// An interleaved image of 8-bit samples.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Image {
    pub(crate) width: usize,
    pub(crate) height: usize,
    pub(crate) channels: usize,
    pub(crate) data: Vec<u8>,
}

/// Smooth gradients, hard edges, colours and some noise, so that every coefficient occurs.
pub(crate) fn picture(width: usize, height: usize, channels: usize) -> Image {
    let mut seed = 12345u32;
    let mut data = Vec::with_capacity(width * height * channels);
    for y in 0..height {
        for x in 0..width {
            let disc = ((x as i32 - 40).pow(2) + (y as i32 - 30).pow(2) < 500) as i32;
            let stripes = if (x / 3 + y / 5) % 7 == 0 { 60 } else { 0 };
            for channel in 0..channels {
                seed = seed.wrapping_mul(1664525).wrapping_add(1013904223);
                let noise = (seed >> 24) as i32 % 12;
                let wave = match channel {
                    0 => (x * 255 / width.max(2)) as i32,
                    1 => (y * 255 / height.max(2)) as i32,
                    2 => 255 - ((x + y) * 255 / (width + height)) as i32,
                    _ => 40,
                };
                let sample = wave + stripes - disc * 90 * (channel as i32 - 1) + noise;
                data.push(sample.clamp(0, 255) as u8);
            }
        }
    }
    Image { width, height, channels, data }
}

/// How a test file is written.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Writing {
    pub(crate) sampling: (u8, u8),
    pub(crate) progressive: bool,
    pub(crate) restarts: u16,
    pub(crate) quality: u8,
}

pub(crate) const PLAIN: Writing = Writing { sampling: (1, 1), progressive: false, restarts: 0, quality: 85 };

/// Sampling factors of the first component, the others' being 1.
pub(crate) const SAMPLINGS: [(u8, u8); 8] = [(1, 1), (2, 1), (1, 2), (2, 2), (4, 1), (4, 2), (1, 4), (2, 4)];

pub(crate) fn write(image: &Image, writing: Writing) -> Vec<u8> {
    use jpeg_encoder::{ColorType, Encoder, SamplingFactor};
    let color = match image.channels {
        1 => ColorType::Luma,
        3 => ColorType::Rgb,
        _ => ColorType::CmykAsYcck,
    };
    let mut file = Vec::new();
    let mut encoder = Encoder::new(&mut file, writing.quality);
    let (h, v) = writing.sampling;
    encoder.set_sampling_factor(SamplingFactor::from_factors(h, v).unwrap());
    encoder.set_progressive(writing.progressive);
    if writing.restarts > 0 {
        encoder.set_restart_interval(writing.restarts);
    }
    encoder.encode(&image.data, image.width as u16, image.height as u16, color).unwrap();
    file
}

/// A decoded image, with what was found wrong.
pub(crate) struct Decoded {
    pub(crate) image: Image,
    pub(crate) flaw: Option<Flaw>,
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
struct Feeder<'a> {
    rest: &'a [u8],
    sizes: std::iter::Cycle<std::slice::Iter<'a, usize>>,
}

impl<'a> Feeder<'a> {
    fn new(file: &'a [u8], sizes: &'a [usize]) -> Self {
        Self { rest: file, sizes: sizes.iter().cycle() }
    }

    fn feed(&mut self, decoder: &mut Decoder) {
        if self.rest.is_empty() {
            return decoder.finish();
        }
        let (chunk, rest) = self.rest.split_at((*self.sizes.next().unwrap()).min(self.rest.len()));
        self.rest = rest;
        decoder.feed(chunk);
    }
}

pub(crate) fn decode(file: &[u8], scale: Scale) -> Result<Decoded, DecodeError> {
    decode_chunked(file, scale, &[usize::MAX], roomy())
}

pub(crate) fn decode_chunked(
    file: &[u8],
    scale: Scale,
    sizes: &[usize],
    options: DecoderConfig,
) -> Result<Decoded, DecodeError> {
    let mut decoder = Decoder::new(options);
    let mut feeder = Feeder::new(file, sizes);
    while decoder.header()?.is_none() {
        feeder.feed(&mut decoder);
    }
    let layout = decoder.start(scale, Output::Interleaved)?.clone();
    let mut data = Vec::new();
    loop {
        match decoder.next_row()? {
            Row::Pixels(row) => data.extend_from_slice(row),
            Row::NeedInput => feeder.feed(&mut decoder),
            Row::Done => break,
        }
    }
    let (width, height) = (layout.size().0 as usize, layout.size().1 as usize);
    let channels = layout.channels();
    assert_eq!(data.len(), width * height * channels);
    Ok(Decoded { image: Image { width, height, channels, data }, flaw: decoder.damage() })
}

/// The planes at a scale, one image of one channel each.
pub(crate) fn decode_planes(
    file: &[u8],
    scale: Scale,
    output: Output,
    sizes: &[usize],
) -> Result<Vec<Image>, DecodeError> {
    let mut decoder = Decoder::new(roomy());
    let mut feeder = Feeder::new(file, sizes);
    while decoder.header()?.is_none() {
        feeder.feed(&mut decoder);
    }
    let layout = decoder.start(scale, output)?.clone();
    let mut planes: Vec<Image> = (layout.planes().iter())
        .map(|plane| Image {
            width: plane.width as usize,
            height: plane.height as usize,
            channels: 1,
            data: Vec::new(),
        })
        .collect();
    loop {
        match decoder.next_strip()? {
            Step::Strip(strip) => {
                for (plane, rows) in planes.iter_mut().zip(strip.planes()) {
                    rows.iter().for_each(|row| plane.data.extend_from_slice(row));
                }
            }
            Step::NeedInput => feeder.feed(&mut decoder),
            Step::Done => break,
        }
    }
    for plane in &planes {
        assert_eq!(plane.data.len(), plane.width * plane.height);
    }
    Ok(planes)
}

/// The largest difference between two images of the same size.
pub(crate) fn largest_difference(a: &Image, b: &Image) -> u8 {
    assert_eq!((a.width, a.height, a.channels), (b.width, b.height, b.channels));
    a.data.iter().zip(&b.data).map(|(a, b)| a.abs_diff(*b)).max().unwrap_or(0)
}

/// How many samples differ by more than `limit`.
pub(crate) fn count_beyond(a: &Image, b: &Image, limit: u8) -> usize {
    a.data.iter().zip(&b.data).filter(|(a, b)| a.abs_diff(**b) > limit).count()
}

/// Peak signal-to-noise ratio, in decibels.
pub(crate) fn psnr(a: &Image, b: &Image) -> f64 {
    assert_eq!((a.width, a.height, a.channels), (b.width, b.height, b.channels));
    let sum: f64 = a.data.iter().zip(&b.data).map(|(a, b)| f64::from(a.abs_diff(*b)).powi(2)).sum();
    10.0 * (255.0f64.powi(2) * a.data.len() as f64 / sum.max(1e-9)).log10()
}

/// Every `8 / eighths` pixels averaged, for sizes that divide.
pub(crate) fn box_reduced(image: &Image, factor: usize) -> Image {
    let (width, height) = (image.width / factor, image.height / factor);
    let mut data = Vec::new();
    for y in 0..height {
        for x in 0..width {
            for channel in 0..image.channels {
                let mut sum = 0;
                for (dy, dx) in (0..factor).flat_map(|dy| (0..factor).map(move |dx| (dy, dx))) {
                    let pixel = (y * factor + dy) * image.width + x * factor + dx;
                    sum += usize::from(image.data[pixel * image.channels + channel]);
                }
                data.push(((sum + factor * factor / 2) / (factor * factor)) as u8);
            }
        }
    }
    Image { width, height, channels: image.channels, data }
}

/// `zune-jpeg`'s decode: gray or RGB.
pub(crate) fn reference(file: &[u8]) -> Result<Image, String> {
    use zune_jpeg::zune_core::{bytestream::ZCursor, colorspace::ColorSpace, options::DecoderOptions};
    let mut decoder = zune_jpeg::JpegDecoder::new(ZCursor::new(file));
    decoder.decode_headers().map_err(|error| format!("{error:?}"))?;
    let channels = if decoder.info().unwrap().components == 1 { 1 } else { 3 };
    let space = if channels == 1 { ColorSpace::Luma } else { ColorSpace::RGB };
    let options =
        DecoderOptions::default().jpeg_set_out_colorspace(space).set_max_width(65535).set_max_height(65535);
    let mut decoder = zune_jpeg::JpegDecoder::new_with_options(ZCursor::new(file), options);
    let data = decoder.decode().map_err(|error| format!("{error:?}"))?;
    let info = decoder.info().unwrap();
    Ok(Image { width: info.width.into(), height: info.height.into(), channels, data })
}

/// `zune-jpeg`'s planes, before upsampling and colour conversion.
pub(crate) fn reference_planes(file: &[u8]) -> Result<Vec<Image>, String> {
    use zune_jpeg::zune_core::{bytestream::ZCursor, options::DecoderOptions};
    let options = DecoderOptions::default().set_max_width(65535).set_max_height(65535);
    let mut decoder = zune_jpeg::JpegDecoder::new_with_options(ZCursor::new(file), options);
    decoder.decode_headers().map_err(|error| format!("{error:?}"))?;
    let mut session = decoder.raw_output();
    let count = session.num_components().ok_or("no components")?;
    let layout = session.layout().ok_or("no layout")?;
    let mut data: Vec<Vec<u8>> = layout[..count].iter().map(|plane| vec![0; plane.byte_size]).collect();
    let mut slices: Vec<&mut [u8]> = data.iter_mut().map(Vec::as_mut_slice).collect();
    session.decode_into_planes(&mut slices).map_err(|error| format!("{error:?}"))?;
    Ok(layout[..count]
        .iter()
        .zip(data)
        .map(|(plane, data)| {
            let rows =
                data.chunks(plane.stride).take(plane.height).flat_map(|row| row[..plane.width].to_vec());
            Image { width: plane.width, height: plane.height, channels: 1, data: rows.collect() }
        })
        .collect())
}

/// The shared corpus, if this machine has it.
pub(crate) fn corpus() -> Option<PathBuf> {
    let found = match std::env::var_os("TINTYPE_CORPUS") {
        Some(path) => Some(PathBuf::from(path)),
        None => Path::new(env!("CARGO_MANIFEST_DIR"))
            .ancestors()
            .map(|above| above.join("../shared/corpus"))
            .find(|path| path.is_dir()),
    };
    if found.is_none() {
        println!("skipped: no corpus here; set TINTYPE_CORPUS to its path");
    }
    found
}

/// All files under `folder` whose name looks like a JPEG's.
pub(crate) fn jpegs_under(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ext| {
                let ext = ext.to_ascii_lowercase();
                ext == "jpg" || ext == "jpeg" || ext == "jfif"
            }) {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

/// Writes a PNG.
pub(crate) fn save_png(image: &Image, path: &Path) {
    let file = std::io::BufWriter::new(std::fs::File::create(path).unwrap());
    let mut encoder = png::Encoder::new(file, image.width as u32, image.height as u32);
    encoder.set_color(if image.channels == 1 { png::ColorType::Grayscale } else { png::ColorType::Rgb });
    encoder.set_depth(png::BitDepth::Eight);
    encoder.write_header().unwrap().write_image_data(&image.data).unwrap();
}

/// Reads a PNG as gray or RGB, dropping what else it has.
pub(crate) fn load_png(path: &Path) -> Option<Image> {
    let mut decoder = png::Decoder::new(std::io::BufReader::new(std::fs::File::open(path).ok()?));
    decoder.set_transformations(png::Transformations::normalize_to_color8());
    let mut reader = decoder.read_info().ok()?;
    let mut data = vec![0; reader.output_buffer_size()?];
    let info = reader.next_frame(&mut data).ok()?;
    data.truncate(info.buffer_size());
    let (channels, kept) = match info.color_type {
        png::ColorType::Grayscale => (1, 1),
        png::ColorType::GrayscaleAlpha => (2, 1),
        png::ColorType::Rgb => (3, 3),
        _ => (4, 3),
    };
    let data = data.chunks(channels).flat_map(|pixel| pixel[..kept].to_vec()).collect();
    Some(Image { width: info.width as usize, height: info.height as usize, channels: kept, data })
}
