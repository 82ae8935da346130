//! Shared by the encoder's tests: images of their own making, an independent decoder, a reader of the file's structure.
#![allow(dead_code)] // each test file uses its part
#![allow(clippy::unwrap_used, clippy::indexing_slicing)] // a test fails by a panic

use tintype_jpeg::encode::{Components, Effort, Encoder, EncoderConfig, Plane, Subsampling};
use zune_jpeg::JpegDecoder;
use zune_jpeg::zune_core::bytestream::ZCursor;
use zune_jpeg::zune_core::colorspace::ColorSpace;
use zune_jpeg::zune_core::options::DecoderOptions;

pub(crate) const SUBSAMPLINGS: [Subsampling; 3] = [Subsampling::S444, Subsampling::S422, Subsampling::S420];
pub(crate) const EFFORTS: [Effort; 3] = [Effort::Fast, Effort::Default, Effort::Best];
pub(crate) const SIZES: [(u32, u32); 8] =
    [(1, 1), (7, 9), (8, 8), (17, 33), (16, 16), (64, 48), (1, 5000), (100, 3)];

/// A repeatable sequence (xorshift).
pub(crate) struct Random(pub u64);

impl Random {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    pub(crate) fn below(&mut self, n: u64) -> u64 {
        self.next() % n
    }
}

/// Smooth colours with an edge and a little grain: what a photograph has.
pub(crate) fn photo(width: u32, height: u32) -> Vec<u8> {
    let mut random = Random(0x9E37_79B9_7F4A_7C15);
    let mut rgb = Vec::with_capacity((width * height * 3) as usize);
    for y in 0..height {
        for x in 0..width {
            let (fx, fy) = (f64::from(x) / 23.0, f64::from(y) / 17.0);
            let edge = if (x / 40 + y / 24) % 2 == 0 { 20.0 } else { -20.0 };
            let grain = random.below(5) as f64 - 2.0;
            let channel = |v: f64| (v + edge + grain).round().clamp(0.0, 255.0) as u8;
            rgb.push(channel(128.0 + 80.0 * fx.sin()));
            rgb.push(channel(120.0 + 70.0 * (fy + fx * 0.3).cos()));
            rgb.push(channel(110.0 + 60.0 * (fx * 0.5 - fy).sin()));
        }
    }
    rgb
}

/// Slopes, edges and grain by whole numbers alone: the same on every machine.
pub(crate) fn integer_photo(width: u32, height: u32) -> Vec<u8> {
    let mut random = Random(0x0123_4567_89AB_CDEF);
    let mut rgb = Vec::with_capacity((width * height * 3) as usize);
    let wave = |t: u32| (t % 128).abs_diff(64);
    for y in 0..height {
        for x in 0..width {
            let edge = if (x / 19 + y / 27) % 2 == 0 { 40 } else { 0 };
            let grain = random.below(8) as u32;
            rgb.push((60 + wave(x * 3 + y) + edge + grain) as u8);
            rgb.push((90 + wave(x + y * 2) + edge + grain) as u8);
            rgb.push((120 + wave(x * 2 + 7 * y / 3) + grain) as u8);
        }
    }
    rgb
}

pub(crate) fn noise(length: usize, seed: u64) -> Vec<u8> {
    let mut random = Random(seed | 1);
    (0..length).map(|_| random.next() as u8).collect()
}

/// The green channel.
pub(crate) fn gray(rgb: &[u8]) -> Vec<u8> {
    rgb.chunks(3).map(|p| p[1]).collect()
}

pub(crate) fn encode_rgb(config: EncoderConfig, rgb: &[u8]) -> Vec<u8> {
    let mut encoder = Encoder::new(config).unwrap();
    encoder.write_rgb(rgb).unwrap();
    encoder.finish().unwrap();
    encoder.take_output()
}

pub(crate) fn encode_gray(config: EncoderConfig, gray: &[u8]) -> Vec<u8> {
    let mut encoder = Encoder::new(EncoderConfig { components: Components::Gray, ..config }).unwrap();
    encoder.write_gray(gray).unwrap();
    encoder.finish().unwrap();
    encoder.take_output()
}

/// Gives each plane as many rows as it wants, in turn.
pub(crate) fn encode_planes(config: EncoderConfig, planes: [&[u8]; 3]) -> Vec<u8> {
    let mut encoder = Encoder::new(config).unwrap();
    let mut rest = planes;
    while rest.iter().any(|plane| !plane.is_empty()) {
        for (plane, rest) in [Plane::Y, Plane::Cb, Plane::Cr].into_iter().zip(&mut rest) {
            let (width, _) = encoder.plane_size(plane).unwrap();
            let (now, later) = rest.split_at((encoder.rows_wanted(plane) * width) as usize);
            encoder.write_plane(plane, now).unwrap();
            *rest = later;
        }
    }
    encoder.finish().unwrap();
    encoder.take_output()
}

pub(crate) fn decode(file: &[u8], to: ColorSpace) -> (Vec<u8>, u32, u32) {
    let options = DecoderOptions::default().jpeg_set_out_colorspace(to).set_strict_mode(true);
    let mut decoder = JpegDecoder::new_with_options(ZCursor::new(file), options);
    let pixels = decoder.decode().unwrap();
    let (width, height) = decoder.dimensions().unwrap();
    (pixels, width as u32, height as u32)
}

pub(crate) fn decode_rgb(file: &[u8]) -> Vec<u8> {
    decode(file, ColorSpace::RGB).0
}

/// Peak signal-to-noise ratio in dB.
pub(crate) fn psnr(a: &[u8], b: &[u8]) -> f64 {
    assert_eq!(a.len(), b.len());
    let error: f64 = a.iter().zip(b).map(|(&a, &b)| (f64::from(a) - f64::from(b)).powi(2)).sum();
    if error == 0.0 { f64::INFINITY } else { 10.0 * (255.0 * 255.0 * a.len() as f64 / error).log10() }
}

/// A marker segment: code and payload.
pub(crate) struct Segment<'a> {
    pub(crate) code: u8,
    pub(crate) payload: &'a [u8],
}

/// Takes the file apart; entropy-coded data is checked for stray markers.
pub(crate) fn segments(file: &[u8]) -> Vec<Segment<'_>> {
    let mut found = vec![];
    let mut at = 0;
    while at < file.len() {
        assert_eq!(file[at], 0xFF, "a marker was expected at byte {at}");
        let code = file[at + 1];
        at += 2;
        if matches!(code, 0xD8 | 0xD9) {
            found.push(Segment { code, payload: &[] });
            continue;
        }
        let length = usize::from(u16::from_be_bytes([file[at], file[at + 1]]));
        found.push(Segment { code, payload: &file[at + 2..at + length] });
        at += length;
        if code == 0xDA {
            while file[at] != 0xFF || file[at + 1] == 0 {
                at += 1;
            }
        }
    }
    found
}
