//! Encodes an image without loss, decodes it, and compares. The input's first four bytes choose the size, the channels,
//! the effort and how the others become pixels: as they are, as places in a table, or as runs.
#![no_main]

use libfuzzer_sys::fuzz_target;
use tintype_webp::decode::{Decoder, DecoderConfig, Output, Row};
use tintype_webp::encode::lossless::{Config, Effort, Encoder, encode_alpha};

fuzz_target!(|input: &[u8]| {
    let &[width, height, choice, shape, ref rest @ ..] = input else { return };
    let (width, height) = (usize::from(width) + 1, usize::from(height) % 64 + 1);
    let channels = if choice & 1 == 0 { 3 } else { 4 };
    let effort = [Effort::Fast, Effort::Default, Effort::Best][usize::from(choice >> 1) % 3];
    let pixels = pixels(rest, shape, width * height);
    let data: Vec<u8> = pixels.iter().flat_map(|pixel| pixel.iter().copied().take(channels)).collect();
    let config = Config { effort, exact: true, ..Config::default() };
    let mut encoder = Encoder::new(width as u32, height as u32, channels == 4, config).unwrap();
    data.chunks(width * channels).for_each(|row| encoder.push_row(row).unwrap());
    while encoder.step() {}
    let content = encoder.into_bytes().unwrap();
    assert_eq!(decode(&content), rgba(&data, channels));

    let plane: Vec<u8> = pixels.iter().map(|pixel| pixel[1]).collect();
    let alpha = encode_alpha(&plane, width as u32, height as u32, effort).unwrap();
    assert!(alpha.len() <= plane.len() + 1);
});

fn pixels(bytes: &[u8], shape: u8, count: usize) -> Vec<[u8; 4]> {
    let byte = |at: usize| if bytes.is_empty() { 0 } else { bytes[at % bytes.len()] };
    let colors = usize::from(shape / 4) + 1;
    let mut run = 0;
    let mut place = 0;
    (0..count)
        .map(|at| match shape % 4 {
            0 => [byte(4 * at), byte(4 * at + 1), byte(4 * at + 2), byte(4 * at + 3)],
            1 => [(usize::from(byte(at)) % colors) as u8; 4],
            2 => {
                if run == 0 {
                    run = usize::from(byte(place));
                    place += 1;
                } else {
                    run -= 1;
                }
                [byte(place), byte(place).wrapping_mul(3), 7, 255]
            }
            _ => [byte(at), (at / colors) as u8, (at % 251) as u8, byte(at / 3)],
        })
        .collect()
}

fn rgba(data: &[u8], channels: usize) -> Vec<u8> {
    data.chunks(channels)
        .flat_map(|pixel| [pixel[0], pixel[1], pixel[2], *pixel.get(3).unwrap_or(&255)])
        .collect()
}

fn decode(content: &[u8]) -> Vec<u8> {
    let padding = content.len() % 2;
    let mut file = b"RIFF".to_vec();
    file.extend((content.len() as u32 + 12 + padding as u32).to_le_bytes());
    file.extend(b"WEBPVP8L");
    file.extend((content.len() as u32).to_le_bytes());
    file.extend_from_slice(content);
    file.extend(&[0][..padding]);
    let mut decoder = Decoder::new(DecoderConfig::default());
    decoder.feed(&file);
    decoder.finish();
    let channels = decoder.header().unwrap().unwrap().channels();
    decoder.start(Output::Interleaved).unwrap();
    let mut pixels = Vec::new();
    loop {
        match decoder.next_row().unwrap() {
            Row::Pixels(row) => pixels.extend_from_slice(&rgba(row, channels)),
            Row::Done => break,
            Row::NeedInput => unreachable!("the file is complete"),
        }
    }
    assert_eq!(decoder.damage(), None);
    pixels
}
