//! Lossless images: round trips, and data assembled by hand.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod common;

use common::bits::*;
use common::*;
use tintype_webp::decode::{Compression, DecodeError, Flaw};

#[test]
fn what_an_encoder_wrote_comes_back() {
    for (width, height) in [(1, 1), (1, 50), (50, 1), (63, 37), (300, 200), (1030, 17)] {
        for channels in [3, 4] {
            let image = picture(width, height, channels);
            let file = write(&image);
            let header = read_header(&file).unwrap();
            assert_eq!((header.width, header.height), (width as u32, height as u32));
            assert_eq!((header.compression, header.animated), (Compression::Lossless, false));
            let decoded = decode(&file).unwrap();
            assert_eq!(decoded.flaw, None);
            assert!(decoded.image == image, "{width}x{height}, {channels} channels");
        }
    }
}
