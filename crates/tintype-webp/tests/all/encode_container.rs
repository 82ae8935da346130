//! Files hold what was put into them.

use crate::common::encode::encode_data;
use crate::common::*;
use tintype_webp::decode::info;
use tintype_webp::encode::container::{Data, Still};
use tintype_webp::encode::lossy::Config;

#[test]
fn a_file_without_anything_else_is_a_simple_one() {
    let image = encode_data(&picture(20, 20, 3), Config::default());
    let mut file = Vec::new();
    Still::new(20, 20, Data::Lossy { image: &image, alpha: None }).write(&mut file).unwrap();
    assert_eq!(&file[8..16], b"WEBPVP8 ");
    assert_eq!(file.len() % 2, 0);
    assert_eq!(file.len(), 8 + u32::from_le_bytes(file[4..8].try_into().unwrap()) as usize);
}

#[test]
fn metadata_come_back_as_they_were() {
    let image = encode_data(&picture(20, 20, 3), Config::default());
    let still = Still {
        icc: Some(b"profile"),
        exif: Some(b"data"),
        xmp: Some(b"more"),
        ..Still::new(20, 20, Data::Lossy { image: &image, alpha: None })
    };
    let mut file = b"before".to_vec();
    still.write(&mut file).unwrap();
    let file = &file[6..];
    let found = info(file).unwrap();
    assert_eq!((found.icc, found.exif), (Some(&b"profile"[..]), Some(&b"data"[..])));
    let mut other = image_webp::WebPDecoder::new(std::io::Cursor::new(file)).unwrap();
    assert_eq!(other.icc_profile().unwrap(), Some(b"profile".to_vec()));
    assert_eq!(other.xmp_metadata().unwrap(), Some(b"more".to_vec()));
    assert!(decode(file).unwrap().image == reference(file).unwrap());
}

#[test]
fn alpha_comes_back_as_it_was() {
    let image = encode_data(&picture(20, 20, 4), Config::default());
    let alpha: Vec<u8> = (0..400).map(|at| (at * 7 % 256) as u8).collect();
    let coded = [&[0], &alpha[..]].concat();
    let mut file = Vec::new();
    Still::new(20, 20, Data::Lossy { image: &image, alpha: Some(&coded) }).write(&mut file).unwrap();
    let decoded = decode(&file).unwrap();
    assert_eq!(decoded.flaw, None);
    let back: Vec<u8> = decoded.image.data.chunks(4).map(|pixel| pixel[3]).collect();
    assert_eq!(back, alpha);
    assert!(decoded.image == reference(&file).unwrap());
}
