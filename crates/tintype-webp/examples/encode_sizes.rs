//! Compares the sizes of files with those of libwebp's `cwebp`, where that is installed.
//!
//! ```sh
//! cargo run --release --example encode_sizes -- pictures/*.png
//! ```
//!
//! For every effort it prints the bytes of the lossless file, of a near-lossless one, of the alpha channel, and of the lossy file,
//! each as a share of what `cwebp` makes with its own defaults; then the geometric means. Where a picture has no alpha channel, or
//! none of its pixels is translucent, there is none to compare.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::fs::File;
use std::io::BufReader;
use std::path::Path;
use std::process::Command;
use tintype_webp::encode::Effort;
use tintype_webp::encode::container::{Data, Still};
use tintype_webp::encode::lossless::{self, encode_alpha};
use tintype_webp::encode::lossy::{self, Input};

const EFFORTS: [Effort; 3] = [Effort::Fast, Effort::Default, Effort::Best];

/// The level of near-lossless files that are compared, and the quality of lossy ones.
const LEVEL: u8 = 60;
const QUALITY: u8 = 75;

/// A picture in RGBA.
struct Picture {
    width: u32,
    height: u32,
    pixels: Vec<u8>,
}

fn main() {
    let mut ratios = vec![[Vec::new(), Vec::new(), Vec::new()]; 4];
    println!("{:40} {:>30} {:>30} {:>30} {:>30}", "", "lossless", "near-lossless", "alpha", "lossy");
    for path in std::env::args().skip(1) {
        let Some(picture) = read(Path::new(&path)) else {
            println!("{path}: skipped, it is not a PNG of 8 bits that fits into a WebP");
            continue;
        };
        let theirs = theirs(&path);
        let mut line = Vec::new();
        for (kind, (theirs, ratios)) in theirs.into_iter().zip(&mut ratios).enumerate() {
            let mut cell = Vec::new();
            for (effort, ratios) in EFFORTS.into_iter().zip(ratios) {
                let ours = ours(&picture, kind, effort);
                cell.push(match (ours, theirs) {
                    (Some(ours), Some(theirs)) => {
                        ratios.push(ours as f64 / theirs as f64);
                        format!("{:.3}", ours as f64 / theirs as f64)
                    }
                    (Some(ours), None) => ours.to_string(),
                    (None, _) => "-".into(),
                });
            }
            line.push(cell.join(" "));
        }
        let name = Path::new(&path).file_name().unwrap().to_string_lossy().into_owned();
        println!("{name:40} {:>30} {:>30} {:>30} {:>30}", line[0], line[1], line[2], line[3]);
    }
    let means = ratios.iter().map(|efforts| {
        let mean = |ratios: &Vec<f64>| match ratios.len() {
            0 => "-".into(),
            count => {
                format!("{:.4}", (ratios.iter().map(|ratio| ratio.ln()).sum::<f64>() / count as f64).exp())
            }
        };
        efforts.iter().map(mean).collect::<Vec<String>>().join(" ")
    });
    let means: Vec<String> = means.collect();
    println!("{:40} {:>30} {:>30} {:>30} {:>30}", "geometric mean", means[0], means[1], means[2], means[3]);
}

fn read(path: &Path) -> Option<Picture> {
    let mut decoder = png::Decoder::new(BufReader::new(File::open(path).ok()?));
    decoder.set_transformations(png::Transformations::normalize_to_color8() | png::Transformations::ALPHA);
    let mut reader = decoder.read_info().ok()?;
    let mut samples = vec![0; reader.output_buffer_size()?];
    let info = reader.next_frame(&mut samples).ok()?;
    samples.truncate(info.buffer_size());
    let pixels: Vec<u8> = match info.color_type {
        png::ColorType::Rgba => samples,
        png::ColorType::GrayscaleAlpha => {
            samples.chunks(2).flat_map(|pixel| [pixel[0], pixel[0], pixel[0], pixel[1]]).collect()
        }
        _ => return None,
    };
    (info.width.max(info.height) < 1 << 14).then_some(Picture {
        width: info.width,
        height: info.height,
        pixels,
    })
}

impl Picture {
    fn is_translucent(&self) -> bool {
        self.pixels.chunks(4).any(|pixel| pixel[3] < 255)
    }

    fn alpha(&self) -> Vec<u8> {
        self.pixels.iter().skip(3).step_by(4).copied().collect()
    }

    fn rows(&self) -> impl Iterator<Item = &[u8]> {
        self.pixels.chunks(4 * self.width as usize)
    }

    fn lossless(&self, effort: Effort, near_lossless: u8) -> u64 {
        let config = lossless::Config { effort, near_lossless, ..lossless::Config::default() };
        let mut encoder = lossless::Encoder::new(self.width, self.height, true, config).unwrap();
        self.rows().for_each(|row| encoder.push_row(row).unwrap());
        while encoder.step() {}
        let image = encoder.into_bytes().unwrap();
        self.file(Data::Lossless { image: &image, alpha: self.is_translucent() })
    }

    fn lossy(&self, effort: Effort) -> u64 {
        let config = lossy::Config { quality: QUALITY, effort, ..lossy::Config::default() };
        let mut encoder = lossy::Encoder::new(self.width, self.height, Input::Rgba, config).unwrap();
        self.rows().for_each(|row| encoder.push_row(row).unwrap());
        let image = encoder.finish().unwrap();
        let alpha = self
            .is_translucent()
            .then(|| encode_alpha(&self.alpha(), self.width, self.height, effort).unwrap());
        self.file(Data::Lossy { image: &image, alpha: alpha.as_deref() })
    }

    fn file(&self, data: Data<'_>) -> u64 {
        let mut file = Vec::new();
        Still::new(self.width, self.height, data).write(&mut file).unwrap();
        file.len() as u64
    }
}

/// Bytes by this encoder: lossless, near-lossless, of alpha, lossy.
fn ours(picture: &Picture, kind: usize, effort: Effort) -> Option<u64> {
    Some(match kind {
        0 => picture.lossless(effort, 100),
        1 => picture.lossless(effort, LEVEL),
        2 if !picture.is_translucent() => return None,
        2 => encode_alpha(&picture.alpha(), picture.width, picture.height, effort).unwrap().len() as u64,
        _ => picture.lossy(effort),
    })
}

/// The same by `cwebp`.
fn theirs(path: &str) -> [Option<u64>; 4] {
    let (level, quality) = (LEVEL.to_string(), QUALITY.to_string());
    let lossy = cwebp(path, &["-q", &quality]);
    [
        cwebp(path, &["-lossless"]).map(|file| file.len() as u64),
        cwebp(path, &["-near_lossless", &level]).map(|file| file.len() as u64),
        lossy.as_deref().and_then(alpha_bytes),
        lossy.map(|file| file.len() as u64),
    ]
}

/// A file that `cwebp` makes, without messages.
fn cwebp(path: &str, options: &[&str]) -> Option<Vec<u8>> {
    let made = Command::new("cwebp").args(options).args(["-quiet", path, "-o", "-"]).output().ok()?;
    made.status.success().then_some(made.stdout).filter(|file| !file.is_empty())
}

/// The size of the chunk with alpha.
fn alpha_bytes(file: &[u8]) -> Option<u64> {
    let mut rest = file.get(12..)?;
    while let [a, b, c, d, size @ ..] = rest {
        let length = u32::from_le_bytes(size.get(..4)?.try_into().ok()?) as usize;
        if [*a, *b, *c, *d] == *b"ALPH" {
            return Some(length as u64);
        }
        rest = rest.get(8 + length + length % 2..)?;
    }
    None
}
