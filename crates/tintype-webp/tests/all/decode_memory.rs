//! Decoding never holds more than it predicts, nor more than its limit.

use crate::common::bits::*;
use crate::common::vp8::{Frame, PLAIN, vp8};
use crate::common::*;
use peak_memory::most_held;
use tintype_webp::decode::{DecodeError, Decoder, DecoderConfig, Output, Row};

/// What decoding in chunks of 4 KiB comes to.
#[derive(Debug)]
struct Holding {
    /// Most bytes held.
    most: u64,
    /// Bytes predicted before the start, and at the end.
    predicted: u64,
    predicted_at_the_end: u64,
    error: Option<DecodeError>,
}

fn held(file: &[u8], max_memory: u64) -> Holding {
    let decode = || {
        let mut decoder = Decoder::new(DecoderConfig { max_memory, ..DecoderConfig::default() });
        let mut chunks = file.chunks(4096);
        let mut predicted = 0;
        let error = decode_all(&mut decoder, &mut chunks, &mut predicted).err();
        let predicted_at_the_end = decoder.predicted_memory(Output::Interleaved).unwrap_or(0);
        Holding { most: 0, predicted, predicted_at_the_end, error }
    };
    let (holding, most) = most_held(decode);
    Holding { most, ..holding }
}

fn decode_all(
    decoder: &mut Decoder,
    chunks: &mut std::slice::Chunks<'_, u8>,
    predicted: &mut u64,
) -> Result<(), DecodeError> {
    let mut feed = |decoder: &mut Decoder| match chunks.next() {
        Some(chunk) => decoder.feed(chunk),
        None => decoder.finish(),
    };
    while decoder.header()?.is_none() {
        feed(decoder);
    }
    *predicted = decoder.predicted_memory(Output::Interleaved).unwrap();
    decoder.start(Output::Interleaved)?;
    loop {
        match decoder.next_row()? {
            Row::Pixels(_) => {}
            Row::NeedInput => feed(decoder),
            Row::Done => return Ok(()),
        }
    }
}

/// Files that differ in what they hold.
fn files() -> Vec<Vec<u8>> {
    let mut random = Random(5);
    let mut files = vec![write(&picture(250, 170, 3)), write(&picture(900, 200, 4)), many_groups(256, 16)];
    for kinds in [&[0, 1, 2][..], &[3], &[0], &[1]] {
        let mut bits = BitWriter::lossless(211, 123, true);
        bits.random_transforms((211, 123), kinds, &mut random);
        files.push(bits.file());
    }
    for partitions in [0, 3] {
        let image = vp8(Frame { width: 200, height: 150, partitions, ..PLAIN }, &mut random);
        files.push(riff(&[(b"VP8 ", &image)]));
        let alpha = [&[1 << 2], &vec![3; 200 * 150][..]].concat();
        files.push(riff(&[(b"VP8X", &vp8x(ALPHA, 200, 150)), (b"ALPH", &alpha), (b"VP8 ", &image)]));
        let mut bits = BitWriter::default();
        bits.put(0b01, 8).put(0, 1).plain_main().one(9).one(0).one(0).one(0).one(0);
        files.push(riff(&[(b"VP8X", &vp8x(ALPHA, 200, 150)), (b"ALPH", &bits.data()), (b"VP8 ", &image)]));
    }
    files
}

/// An image of 16x16 pixels in as many blocks of 4x4, with this many groups of full codes. The blocks use those
/// whose numbers are multiples of `step`.
fn many_groups(groups: u32, step: u32) -> Vec<u8> {
    let mut bits = BitWriter::lossless(16, 16, false);
    bits.put(0, 1).put(0, 1).put(1, 1).put(0, 3);
    bits.put(0, 1).bytes().bytes().one(0).one(0).one(0);
    for block in 0..16 {
        let number = if block == 15 { groups - 1 } else { block * step % groups };
        bits.byte(number as u8).byte((number >> 8) as u8);
    }
    for _ in 0..groups {
        bits.flat_codes();
    }
    bits.flat_pixels(256, &mut Random(9), |green| green as u8);
    bits.file()
}

#[test]
fn decoding_never_holds_more_than_it_predicts() {
    for file in files() {
        let holding = held(&file, 1 << 30);
        assert_eq!(holding.error, None);
        assert!(holding.most <= holding.predicted, "{holding:?}");
        assert_eq!(holding.predicted_at_the_end, holding.predicted);
    }
}

#[test]
fn a_lossy_image_with_one_partition_holds_as_much_however_high_it_is() {
    let held = [160, 1600].map(|height| {
        let image = vp8(Frame { width: 200, height, ..PLAIN }, &mut Random(2));
        let first = u64::from(u32::from_le_bytes([image[0], image[1], image[2], 0]) >> 5);
        held(&riff(&[(b"VP8 ", &image)]), 1 << 30).most - first
    });
    assert!(held[0].abs_diff(held[1]) < 4096, "{held:?}");
}

#[test]
fn decoding_never_holds_more_than_its_limit() {
    for file in files() {
        let most = held(&file, 1 << 30).predicted_at_the_end;
        for limit in [most / 2, most - 1, most, most * 2] {
            let holding = held(&file, limit);
            assert!(holding.most <= limit.max(20_000), "{limit}: {holding:?}");
            assert_eq!(holding.error.is_some(), limit < most, "{limit}: {holding:?}");
        }
    }
}

#[test]
fn only_groups_that_occur_take_memory() {
    let holding = held(&many_groups(60_000, 0), 1 << 30);
    assert_eq!(holding.error, None);
    assert!(holding.most < 600_000, "{holding:?}");
}

#[test]
fn groups_that_occur_are_counted_before_they_are_built() {
    // Blocks of 4x4 pixels, each with a group of its own of more than 4 KiB.
    let (side, groups) = (256, 64 * 64);
    let mut bits = BitWriter::lossless(side, side, false);
    bits.put(0, 1).put(0, 1).put(1, 1).put(0, 3);
    bits.put(0, 1).bytes().bytes().one(0).one(0).one(0);
    for number in 0..groups {
        bits.byte(number as u8).byte((number >> 8) as u8);
    }
    let mut group = BitWriter::default();
    group.flat_codes();
    for _ in 0..groups {
        bits.flat_codes();
    }
    let file = bits.file();
    let holding = held(&file, 1 << 20);
    assert!(matches!(holding.error, Some(DecodeError::Memory { limit: 0x10_0000, .. })), "{holding:?}");
    assert!(holding.most <= 1 << 20, "{holding:?}");
}

#[test]
fn a_large_image_holds_what_copies_reach_and_no_more() {
    let mut bits = BitWriter::lossless(4000, 3000, false);
    bits.put(0, 1).plain_main().one(3).one(2).one(4).one(255).one(0);
    let holding = held(&bits.file(), 1 << 30);
    assert_eq!(holding.error, None);
    assert!((4 << 20..5 << 20).contains(&holding.most), "{holding:?}");
}

#[test]
fn indices_that_share_a_pixel_are_held_together() {
    let mut bits = BitWriter::lossless(1000, 1000, false);
    bits.put(1, 1).put(3, 2).put(1, 8);
    bits.flat_image(2, &mut Random(1), |green| green as u8);
    bits.put(0, 1).plain_main().one(0b0110_1001).one(0).one(0).one(0).one(0);
    let holding = held(&bits.file(), 1 << 30);
    assert_eq!(holding.error, None);
    assert!(holding.most < 700_000, "{holding:?}");
}

#[test]
fn metadata_that_is_too_large_is_not_held() {
    let lossless = content_of(&write(&picture(20, 20, 3)), b"VP8L");
    let large = vec![7; 3 << 20];
    let chunks: [(&[u8; 4], &[u8]); 4] =
        [(b"VP8X", &vp8x(HAS_EXIF, 20, 20)), (b"EXIF", &large), (b"JUNK", &large), (b"VP8L", &lossless)];
    let holding = held(&riff(&chunks), 1 << 20);
    assert_eq!(holding.error, None);
    assert!(holding.most < 300_000, "{holding:?}");
}
