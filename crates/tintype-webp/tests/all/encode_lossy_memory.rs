//! Encoding never holds more than it predicts.

use crate::common::encode::EFFORTS;
use crate::common::*;
use peak_memory::most_held;
use tintype_webp::encode::lossy::{Config, Encoder, Input};

/// Most bytes that encoding an image held.
fn held(image: &Image, input: Input, config: Config) -> u64 {
    let encode = || {
        let mut encoder = Encoder::new(image.width as u32, image.height as u32, input, config).unwrap();
        image.data.chunks(image.width * image.channels).for_each(|row| encoder.push_row(row).unwrap());
        drop(encoder.finish().unwrap());
    };
    most_held(encode).1
}

fn noise(width: usize, height: usize, channels: usize) -> Image {
    let mut seed = 7u32;
    let data = (0..width * height * channels)
        .map(|_| {
            seed = seed.wrapping_mul(1664525).wrapping_add(1013904223);
            if seed >> 31 == 0 { 0 } else { 255 }
        })
        .collect();
    Image { width, height, channels, data }
}

#[test]
fn encoding_never_holds_more_than_it_predicts() {
    for effort in EFFORTS {
        for (quality, sharp_chroma) in
            [0, 50, 75, 90, 100].into_iter().flat_map(|quality| [(quality, false), (quality, true)])
        {
            let config = Config { quality, effort, sharp_chroma };
            for image in [noise(150, 130, 3), noise(17, 200, 4), noise(300, 10, 3), picture(200, 150, 3)] {
                let input = if image.channels == 4 { Input::Rgba } else { Input::Rgb };
                let predicted = Encoder::memory(image.width as u32, image.height as u32, input, &config);
                let held = held(&image, input, config);
                assert!(
                    held <= predicted,
                    "{effort:?} {quality} {sharp_chroma} {}: {held} {predicted}",
                    image.width
                );
            }
        }
    }
}

#[test]
fn a_rendition_of_half_a_megapixel_needs_little() {
    let config = Config::default();
    let predicted = Encoder::memory(800, 600, Input::JpegPlanes, &config);
    assert!(predicted < 2 << 20, "{predicted}");
    // What an image with content takes.
    let held = held(&picture(800, 600, 3), Input::Rgb, config);
    assert!(held < 1 << 20, "{held}");
}
