//! Lossless images: round trips, and data assembled by hand.

use crate::common::bits::*;
use crate::common::*;
use tintype_webp::decode::{Compression, DecodeError, Flaw};

#[test]
fn what_an_encoder_wrote_comes_back() {
    for (width, height) in [(1, 1), (1, 50), (50, 1), (63, 37), (300, 200), (1030, 17)] {
        for channels in [3, 4] {
            let image = picture(width, height, channels);
            let file = write(&image);
            let header = read_header(&file).unwrap();
            assert_eq!((header.width, header.height), (width as u32, height as u32));
            assert_eq!((header.compression, header.animation.is_some()), (Compression::Lossless, false));
            let decoded = decode(&file).unwrap();
            assert_eq!(decoded.flaw, None);
            assert!(decoded.image == image, "{width}x{height}, {channels} channels");
        }
    }
}

#[test]
fn every_combination_of_transforms_is_inverted_as_by_another_decoder() {
    let mut random = Random(1);
    let orders: [&[u32]; 14] = [
        &[],
        &[0],
        &[1],
        &[2],
        &[3],
        &[0, 1, 2],
        &[2, 1, 0],
        &[1, 0],
        &[2, 0],
        &[3, 0],
        &[0, 3],
        &[1, 3, 2],
        &[3, 2, 1, 0],
        &[0, 1, 2, 3],
    ];
    for round in 0..6 {
        for kinds in orders {
            let size = [(37, 29), (1, 20), (64, 64), (20, 1), (9, 40), (130, 7)][round];
            let mut bits = BitWriter::lossless(size.0, size.1, true);
            bits.random_transforms(size, kinds, &mut random);
            let file = bits.file();
            let decoded = decode(&file).unwrap();
            assert_eq!(decoded.flaw, None);
            assert!(decoded.image == reference(&file).unwrap(), "{kinds:?} {size:?}");
        }
    }
}

/// An image of 8x8 pixels in four blocks, whose groups have the numbers given, and give green the value of their
/// number.
fn groups(numbers: [u8; 4], total: u8) -> BitWriter {
    let mut bits = BitWriter::lossless(8, 8, false);
    bits.put(0, 1).put(0, 1).put(1, 1).put(0, 3);
    // The image of numbers: green is their lower half.
    bits.put(0, 1).bytes().one(0).one(0).one(0).one(0);
    for number in numbers {
        bits.byte(number);
    }
    for number in 0..total {
        bits.one(number).one(1).one(2).one(255).one(0);
    }
    bits
}

#[test]
fn blocks_are_decoded_with_the_group_of_their_number() {
    let image = decode(&groups([3, 0, 7, 3], 8).file()).unwrap().image;
    for (y, x) in (0..8).flat_map(|y| (0..8).map(move |x| (y, x))) {
        let number = [3, 0, 7, 3][y / 4 * 2 + x / 4];
        assert_eq!(image.data[(y * 8 + x) * 3..][..3], [1, number, 2]);
    }
}

#[test]
fn a_group_that_is_missing_is_an_early_end() {
    let decoded = decode(&groups([3, 0, 7, 3], 3).file());
    assert_eq!(decoded.err(), Some(DecodeError::Damaged(Flaw::EndsEarly)));
}

/// Codes of a run of 3 to 5 pixels, each with two colours of the first row and copies, by way of symbols of 3 bits.
fn copies(width: u32, height: u32, symbols: &[(u32, u32)]) -> BitWriter {
    let mut bits = BitWriter::lossless(width, height, false);
    bits.put(0, 1).plain_main();
    // Green 10 and 20, and copies of 1, 2, 3 and 4 pixels; distance codes 1 to 4 and those with extra bits.
    let mut lengths = [0; 264];
    for symbol in [10, 20, 256, 257, 258, 259, 260, 261] {
        lengths[symbol] = 3;
    }
    bits.lengths(&lengths).one(0).one(0).one(255).lengths(&[3; 8]);
    for &(symbol, distance) in symbols {
        bits.put(u32::from((symbol as u8).reverse_bits() >> 5), 3);
        if symbol > 1 {
            bits.put(u32::from((distance as u8).reverse_bits() >> 5), 3);
        }
    }
    bits
}

#[test]
fn copies_repeat_what_was_decoded_before() {
    // Distance code 1 is the pixel above, code 2 the one to the left.
    let file = copies(4, 3, &[(0, 0), (1, 0), (2, 1), (2, 1), (5, 0), (5, 0)]).file();
    let image = decode(&file).unwrap().image;
    let green: Vec<u8> = image.data.chunks(3).map(|pixel| pixel[1]).collect();
    assert_eq!(green, [10, 20, 20, 20, 10, 20, 20, 20, 10, 20, 20, 20]);
}

#[test]
fn copies_from_before_the_image_and_beyond_its_end_are_corrupt() {
    let before = copies(4, 3, &[(0, 0), (2, 0)]).file();
    assert_eq!(decode(&before).err(), Some(DecodeError::Damaged(Flaw::BadData)));
    let beyond = copies(4, 2, &[(0, 0), (5, 1), (5, 1)]).file();
    assert_eq!(decode(&beyond).unwrap().flaw, Some(Flaw::BadData));
}

#[test]
fn long_overlapping_copies_repeat_their_pattern() {
    // 61 pixels of a pattern of two, by copies of 4 pixels.
    let file = copies(5, 13, &[[(0, 0), (1, 0)].as_slice(), &[(5, 1); 15], &[(4, 1)]].concat()).file();
    assert!(decode(&file).unwrap().image == reference(&file).unwrap());
}

#[test]
fn colours_come_from_the_cache_by_their_hash() {
    let mut bits = BitWriter::lossless(4, 1, false);
    bits.put(0, 1).put(1, 1).put(2, 4).put(0, 1);
    // Green 10 and 20, and the four places of the cache.
    let mut lengths = [0; 284];
    for symbol in [10, 20, 256, 257, 280, 281, 282, 283] {
        lengths[symbol] = 3;
    }
    bits.lengths(&lengths).one(0).one(0).one(255).one(0);
    let hash = |argb: u32| argb.wrapping_mul(0x1E35_A7BD) >> 30;
    for symbol in [0, 1, 4 + hash(0xFF00_0A00), 4 + hash(0xFF00_1400)] {
        bits.put(u32::from((symbol as u8).reverse_bits() >> 5), 3);
    }
    let file = bits.file();
    let image = decode(&file).unwrap().image;
    assert!(image == reference(&file).unwrap());
    let green: Vec<u8> = image.data.chunks(3).map(|pixel| pixel[1]).collect();
    assert!(green == [10, 20, 10, 20] || green == [10, 20, 20, 20], "{green:?}");
}

#[test]
fn impossible_fields_are_corrupt_data() {
    let bad = |write: &dyn Fn(&mut BitWriter)| {
        let mut bits = BitWriter::lossless(4, 4, false);
        write(&mut bits);
        bits.put(0, 30).put(0, 30).put(0, 30).put(0, 30);
        decode(&bits.file()).err()
    };
    let corrupt = Some(DecodeError::Damaged(Flaw::BadData));
    // A transform twice.
    assert_eq!(bad(&|bits| _ = bits.put(0b101, 3).put(0b101, 3)), corrupt);
    // A colour cache of no bits, and of 12.
    assert_eq!(bad(&|bits| _ = bits.put(0, 1).put(1, 1).put(0, 4)), corrupt);
    assert_eq!(bad(&|bits| _ = bits.put(0, 1).put(1, 1).put(12, 4)), corrupt);
    // A code that is not complete, and one of a symbol beyond the alphabet.
    assert_eq!(bad(&|bits| _ = bits.put(0, 1).plain_main().lengths(&[1, 2, 0])), corrupt);
    assert_eq!(bad(&|bits| _ = bits.put(0, 1).plain_main().one(0).one(0).one(0).one(0).one(40)), corrupt);
}

#[test]
fn an_image_with_a_side_of_16384_pixels_is_decoded() {
    let mut bits = BitWriter::lossless(16384, 2, false);
    bits.put(0, 1).plain_main().one(3).one(2).one(4).one(255).one(0);
    let image = decode(&bits.file()).unwrap().image;
    assert!(image.data.chunks(3).all(|pixel| pixel == [2, 3, 4]));
    assert_eq!((image.width, image.height), (16384, 2));
}
