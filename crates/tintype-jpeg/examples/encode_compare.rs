//! Compares the encoder with its peers on photographs.
//!
//! ```text
//! cargo run --release -p tintype-jpeg --example encode_compare -- time [FILES.jpg]
//! cargo run --release -p tintype-jpeg --example encode_compare -- quality [FILES.jpg]
//! ```
//!
//! `time` prints milliseconds per megapixel (the best of several rounds, all encoders taking turns) and bytes at
//! quality 80; `quality` prints bytes at equal SSIMULACRA2, as a ratio to this crate's `Fast`. Photographs are shrunk to
//! at most a thousand pixels across first, as a resizing service would, which also hides what their own compression
//! did. Without files it takes some of the corpus.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)] // a tool: what it cannot do ends it

use std::path::PathBuf;
use std::time::Instant;

use fast_ssim2::{PixelDescriptor, PixelSlice, Ssimulacra2Reference};
use tintype_jpeg::encode::{Effort, Encoder, EncoderConfig};
use zune_jpeg::JpegDecoder;
use zune_jpeg::zune_core::bytestream::ZCursor;
use zune_jpeg::zune_core::colorspace::ColorSpace;
use zune_jpeg::zune_core::options::DecoderOptions;

struct Image {
    name: String,
    rgb: Vec<u8>,
    width: u32,
    height: u32,
}

type Encode = fn(&Image, u8) -> Vec<u8>;

const ENCODERS: [(&str, Encode); 10] = [
    ("ours fast", |i, q| ours(i, q, Effort::Fast, false)),
    ("ours default", |i, q| ours(i, q, Effort::Default, false)),
    ("ours default progressive", |i, q| ours(i, q, Effort::Default, true)),
    ("ours best", |i, q| ours(i, q, Effort::Best, false)),
    ("ours best progressive", |i, q| ours(i, q, Effort::Best, true)),
    ("jpeg-encoder fixed", |i, q| theirs(i, q, false)),
    ("jpeg-encoder optimised", |i, q| theirs(i, q, true)),
    ("mozjpeg-rs fastest", |i, q| mozjpeg(i, q, mozjpeg_rs::Encoder::fastest())),
    ("mozjpeg-rs baseline", |i, q| mozjpeg(i, q, mozjpeg_rs::Encoder::baseline_optimized())),
    ("mozjpeg-rs smallest", |i, q| mozjpeg(i, q, mozjpeg_rs::Encoder::max_compression())),
];

fn ours(image: &Image, quality: u8, effort: Effort, progressive: bool) -> Vec<u8> {
    let config =
        EncoderConfig { quality, effort, progressive, ..EncoderConfig::new(image.width, image.height) };
    let mut encoder = Encoder::new(config).unwrap();
    encoder.write_rgb(&image.rgb).unwrap();
    encoder.finish().unwrap();
    encoder.take_output()
}

fn theirs(image: &Image, quality: u8, optimise: bool) -> Vec<u8> {
    let mut file = vec![];
    let mut encoder = jpeg_encoder::Encoder::new(&mut file, quality);
    encoder.set_sampling_factor(jpeg_encoder::SamplingFactor::R_4_2_0);
    encoder.set_chroma_subsampling_method(jpeg_encoder::ChromaSubsamplingMethod::Average);
    encoder.set_optimized_huffman_tables(optimise);
    let (width, height) = (image.width as u16, image.height as u16);
    encoder.encode(&image.rgb, width, height, jpeg_encoder::ColorType::Rgb).unwrap();
    file
}

fn mozjpeg(image: &Image, quality: u8, encoder: mozjpeg_rs::Encoder) -> Vec<u8> {
    let encoder = encoder.quality(quality).subsampling(mozjpeg_rs::Subsampling::S420);
    encoder.encode_rgb(&image.rgb, image.width, image.height).unwrap()
}

fn decode(file: &[u8]) -> (Vec<u8>, usize, usize) {
    let options = DecoderOptions::default().jpeg_set_out_colorspace(ColorSpace::RGB);
    let mut decoder = JpegDecoder::new_with_options(ZCursor::new(file), options);
    let pixels = decoder.decode().unwrap();
    let (width, height) = decoder.dimensions().unwrap();
    (pixels, width, height)
}

/// Reads a photograph and averages squares of its pixels until it is at most a thousand across.
fn load(path: &PathBuf) -> Image {
    let (pixels, width, height) = decode(&std::fs::read(path).unwrap());
    let by = width.div_ceil(1000);
    let (w, h) = (width / by, height / by);
    let mut rgb = Vec::with_capacity(w * h * 3);
    for y in 0..h {
        for x in 0..w {
            for channel in 0..3 {
                let mut sum = 0;
                for dy in 0..by {
                    for dx in 0..by {
                        sum += u32::from(pixels[((y * by + dy) * width + x * by + dx) * 3 + channel]);
                    }
                }
                let count = (by * by) as u32;
                rgb.push(((sum + count / 2) / count) as u8);
            }
        }
    }
    let name = path.file_stem().unwrap().to_string_lossy().into_owned();
    Image { name, rgb, width: w as u32, height: h as u32 }
}

fn corpus() -> Vec<PathBuf> {
    let root = std::env::var_os("TINTYPE_CORPUS").map(PathBuf::from).or_else(|| {
        let here = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
        here.ancestors().map(|dir| dir.join("../shared/corpus")).find(|dir| dir.is_dir())
    });
    let photos = [
        "bench/12mp",
        "bench/2mp",
        "jpeg/friends_by_Aitzol_Berasategi",
        "jpeg/Picture_0B_by_freespace",
        "jpeg/zune_33MP_444",
        "jpeg/rocket",
        "jpeg/hubble_deep_field",
    ];
    let root = root.unwrap_or_else(|| panic!("name jpeg files, or set TINTYPE_CORPUS"));
    photos.iter().map(|name| root.join(format!("photos/{name}.jpg"))).collect()
}

fn time(images: &[Image]) {
    for image in images {
        let megapixels = f64::from(image.width * image.height) / 1e6;
        println!("{} {}x{}", image.name, image.width, image.height);
        let mut best = [f64::INFINITY; ENCODERS.len()];
        for _ in 0..7 {
            for ((_, encode), best) in ENCODERS.iter().zip(&mut best) {
                let start = Instant::now();
                std::hint::black_box(encode(image, 80));
                *best = best.min(start.elapsed().as_secs_f64() * 1e3);
            }
        }
        for ((name, encode), best) in ENCODERS.iter().zip(best) {
            println!("  {name:26} {:8.2} ms/MP {:9} bytes", best / megapixels, encode(image, 80).len());
        }
    }
}

fn pixels<'a>(image: &Image, rgb: &'a [u8]) -> PixelSlice<'a> {
    let stride = image.width as usize * 3;
    PixelSlice::new(rgb, image.width, image.height, stride, PixelDescriptor::RGB8_SRGB).unwrap()
}

/// Scores and logarithms of bytes over a range of qualities.
fn curve(image: &Image, encode: Encode) -> Vec<(f64, f64)> {
    let reference = Ssimulacra2Reference::new(&pixels(image, &image.rgb)).unwrap();
    [35, 50, 60, 70, 75, 80, 85, 90, 94]
        .map(|quality| {
            let file = encode(image, quality);
            let (decoded, ..) = decode(&file);
            (reference.compare(&pixels(image, &decoded)).unwrap(), (file.len() as f64).ln())
        })
        .to_vec()
}

/// Interpolates the logarithm of bytes at a score.
fn at(curve: &[(f64, f64)], score: f64) -> Option<f64> {
    let pair = curve.windows(2).find(|pair| pair[0].0 <= score && score <= pair[1].0)?;
    let part = (score - pair[0].0) / (pair[1].0 - pair[0].0);
    Some(pair[0].1 + part * (pair[1].1 - pair[0].1))
}

fn quality(images: &[Image]) {
    const SCORES: [f64; 4] = [55.0, 65.0, 75.0, 82.0];
    let mut sums = [[(0.0, 0); SCORES.len() + 1]; ENCODERS.len()];
    let mut at_eighty = [0.0; ENCODERS.len()];
    for image in images {
        println!(
            "{} {}x{}: score at quality 80, bytes against ours fast at scores {SCORES:?}",
            image.name, image.width, image.height
        );
        let curves = ENCODERS.map(|(_, encode)| curve(image, encode));
        for (index, (name, _)) in ENCODERS.iter().enumerate() {
            print!("  {name:26} {:6.2}", curves[index][5].0);
            at_eighty[index] += curves[index][5].0 / images.len() as f64;
            for (column, &score) in SCORES.iter().enumerate() {
                let ratio = at(&curves[index], score).zip(at(&curves[0], score)).map(|(a, b)| a - b);
                match ratio {
                    Some(ratio) => {
                        print!(" {:6.3}", ratio.exp());
                        for column in [column, SCORES.len()] {
                            sums[index][column].0 += ratio;
                            sums[index][column].1 += 1;
                        }
                    }
                    None => print!("      -"),
                }
            }
            println!();
        }
    }
    println!("all: mean score at quality 80, geometric mean of bytes at {SCORES:?} and of those");
    for (index, (name, _)) in ENCODERS.iter().enumerate() {
        print!("  {name:26} {:6.2}", at_eighty[index]);
        for (sum, count) in sums[index] {
            print!(" {:6.3}", (sum / f64::from(count)).exp());
        }
        println!();
    }
}

fn main() {
    let mut args = std::env::args().skip(1);
    let mode = args.next().unwrap_or_default();
    let mut paths: Vec<PathBuf> = args.map(PathBuf::from).collect();
    if paths.is_empty() {
        paths = corpus();
    }
    let images: Vec<Image> = paths.iter().map(load).collect();
    match mode.as_str() {
        "time" => time(&images),
        "quality" => quality(&images),
        other => panic!("expected time or quality, got {other:?}"),
    }
}
