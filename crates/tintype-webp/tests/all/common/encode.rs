//! Encodes images of the tests.

use super::Image;
use tintype_webp::encode::container::{Data, Still};
use tintype_webp::encode::lossy::{Config, Effort, EncodeError, Encoder, Input, Plane};

pub(crate) const EFFORTS: [Effort; 3] = [Effort::Fast, Effort::Default, Effort::Best];

/// The image data of an image of three or four channels.
pub(crate) fn encode_data(image: &Image, config: Config) -> Vec<u8> {
    let input = if image.channels == 4 { Input::Rgba } else { Input::Rgb };
    let mut encoder = Encoder::new(image.width as u32, image.height as u32, input, config).unwrap();
    for row in image.data.chunks(image.width * image.channels) {
        encoder.push_row(row).unwrap();
    }
    encoder.finish().unwrap()
}

/// A file without alpha.
pub(crate) fn encode(image: &Image, config: Config) -> Vec<u8> {
    file(image.width, image.height, &encode_data(image, config))
}

pub(crate) fn file(width: usize, height: usize, image: &[u8]) -> Vec<u8> {
    let mut file = Vec::new();
    Still::new(width as u32, height as u32, Data::Lossy { image, alpha: None }).write(&mut file).unwrap();
    file
}

/// Writes planes, in the order in which the encoder takes rows. Planes are given as their samples.
pub(crate) fn encode_planes(
    (width, height): (usize, usize),
    planes: [&[u8]; 3],
    input: Input,
    config: Config,
) -> Result<Vec<u8>, EncodeError> {
    let mut encoder = Encoder::new(width as u32, height as u32, input, config)?;
    let mut rows =
        [planes[0].chunks(width), planes[1].chunks(width.div_ceil(2)), planes[2].chunks(width.div_ceil(2))];
    loop {
        let mut any = false;
        for (rows, plane) in rows.iter_mut().zip([Plane::Y, Plane::Cb, Plane::Cr]) {
            for _ in 0..encoder.rows_wanted(plane) {
                encoder.push_plane_row(plane, rows.next().unwrap())?;
                any = true;
                if encoder.rows_wanted(plane) == 0 {
                    break;
                }
            }
        }
        if !any {
            return encoder.finish();
        }
    }
}

/// The peak signal-to-noise ratio of two images of the same size, in decibels.
pub(crate) fn psnr(a: &Image, b: &Image) -> f64 {
    assert_eq!((a.width, a.height, a.channels), (b.width, b.height, b.channels));
    let error: f64 = a.data.iter().zip(&b.data).map(|(a, b)| f64::from(a.abs_diff(*b)).powi(2)).sum();
    10.0 * (255.0 * 255.0 * a.data.len() as f64 / error.max(1.0)).log10()
}

/// A lossy file of an image with alpha.
pub(crate) fn encode_rgba(image: &Image) -> Vec<u8> {
    let data = encode_data(image, Config { quality: 90, ..Config::default() });
    let alpha: Vec<u8> = image.data.iter().skip(3).step_by(4).copied().collect();
    let (width, height) = (image.width as u32, image.height as u32);
    let alpha = tintype_webp::encode::lossless::encode_alpha(&alpha, width, height, Effort::Default).unwrap();
    let mut file = Vec::new();
    Still::new(width, height, Data::Lossy { image: &data, alpha: Some(&alpha) }).write(&mut file).unwrap();
    file
}
