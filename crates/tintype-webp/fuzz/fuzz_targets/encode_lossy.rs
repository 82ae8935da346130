//! Encodes an image and decodes it. The input's first bytes choose size, layout and options; the others are the pixels,
//! again and again.
#![no_main]

use libfuzzer_sys::fuzz_target;
use tintype_webp::decode::{Decoder, DecoderConfig, Output, Row};
use tintype_webp::encode::container::{Data, Still};
use tintype_webp::encode::lossy::{Config, Effort, Encoder, Input, Plane};

fuzz_target!(|input: &[u8]| {
    let &[width, height, quality, options, ref samples @ ..] = input else { return };
    if samples.is_empty() {
        return;
    }
    let (width, height) = (u32::from(width % 80) + 1, u32::from(height % 80) + 1);
    let layout = [Input::Rgb, Input::Rgba, Input::Planes, Input::JpegPlanes][usize::from(options & 3)];
    let effort = [Effort::Fast, Effort::Default, Effort::Best][usize::from(options >> 2) % 3];
    let config = Config { quality, effort, sharp_chroma: options >> 7 == 1 };
    let mut samples = samples.iter().copied().cycle();
    let mut row = |length: u32| -> Vec<u8> { samples.by_ref().take(length as usize).collect() };
    let mut encoder = Encoder::new(width, height, layout, config).unwrap();
    match layout {
        Input::Rgb => (0..height).for_each(|_| encoder.push_row(&row(width * 3)).unwrap()),
        Input::Rgba => (0..height).for_each(|_| encoder.push_row(&row(width * 4)).unwrap()),
        Input::Planes | Input::JpegPlanes => loop {
            let half = width.div_ceil(2);
            let lengths = [(Plane::Y, width), (Plane::Cb, half), (Plane::Cr, half)];
            let Some((plane, length)) = lengths.into_iter().find(|&(plane, _)| encoder.rows_wanted(plane) > 0) else {
                break;
            };
            encoder.push_plane_row(plane, &row(length)).unwrap();
        },
    }
    let image = encoder.finish().unwrap();
    let mut file = Vec::new();
    Still::new(width, height, Data::Lossy { image: &image, alpha: None }).write(&mut file).unwrap();
    let mut decoder = Decoder::new(DecoderConfig::default());
    decoder.feed(&file);
    decoder.finish();
    let header = decoder.header().unwrap().unwrap();
    assert_eq!((header.width, header.height), (width, height));
    decoder.start(Output::Interleaved).unwrap();
    while let Row::Pixels(_) = decoder.next_row().unwrap() {}
    assert_eq!(decoder.damage(), None);
});
