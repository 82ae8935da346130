//! Chunks: what is kept, what is skipped, and what is malformed.

use crate::common::bits::*;
use crate::common::*;
use tintype_webp::decode::{DecodeError, DecoderConfig, info};

/// The VP8L chunk's content of a picture.
fn lossless(width: usize, height: usize, channels: usize) -> Vec<u8> {
    content_of(&write(&picture(width, height, channels)), b"VP8L")
}

#[test]
fn metadata_before_the_image_is_in_the_header() {
    let image = lossless(20, 10, 3);
    let file = riff(&[
        (b"VP8X", &vp8x(HAS_ICC | HAS_EXIF, 20, 10)),
        (b"ICCP", b"profile"),
        (b"JUNK", b"?"),
        (b"EXIF", b"II*\0"),
        (b"VP8L", &image),
    ]);
    let header = read_header(&file).unwrap();
    assert_eq!((header.icc(), header.exif()), (Some(&b"profile"[..]), Some(&b"II*\0"[..])));
    assert!(header.has_exif && !header.alpha);
    assert!(decode(&file).unwrap().image == picture(20, 10, 3));
}

#[test]
fn info_finds_metadata_anywhere_and_of_any_size() {
    let image = lossless(20, 10, 3);
    let exif = vec![1; 100_000];
    let file =
        riff(&[(b"VP8X", &vp8x(HAS_EXIF, 20, 10)), (b"VP8L", &image), (b"XMP ", b"<x/>"), (b"EXIF", &exif)]);
    let info = info(&file).unwrap();
    assert_eq!((info.header.width, info.header.height, info.frames), (20, 10, 1));
    assert_eq!((info.exif, info.icc), (Some(&exif[..]), None));
    assert!(read_header(&file).unwrap().has_exif && !read_header(&file).unwrap().has_xmp);
    assert_eq!(info.xmp, None, "there is no flag for it");
}

#[test]
fn xmp_is_found_where_its_flag_announces_it() {
    let image = lossless(20, 10, 3);
    let file = riff(&[(b"VP8X", &vp8x(1 << 2, 20, 10)), (b"VP8L", &image), (b"XMP ", b"<x/>")]);
    assert_eq!(info(&file).unwrap().xmp, Some(&b"<x/>"[..]));
    assert!(read_header(&file).unwrap().has_xmp);
}

#[test]
fn metadata_without_its_flag_is_none() {
    let image = lossless(20, 10, 3);
    let file =
        riff(&[(b"VP8X", &vp8x(0, 20, 10)), (b"ICCP", b"profile"), (b"EXIF", b"II*\0"), (b"VP8L", &image)]);
    let header = read_header(&file).unwrap();
    assert_eq!((header.icc(), header.exif()), (None, None));
    let info = info(&file).unwrap();
    assert_eq!((info.icc, info.exif), (None, None));
}

/// An animation on a canvas of 20x20 pixels, with a first frame of 13x9 pixels at (4, 6) or one of 20x20.
fn animation(first: (u32, u32), flags: u8, channels: usize, blend: bool) -> Vec<u8> {
    let (x, y) = if first == (20, 20) { (0, 0) } else { (4, 6) };
    let frame = chunk(b"VP8L", &lossless(first.0 as usize, first.1 as usize, channels));
    let other = chunk(b"VP8L", &lossless(20, 20, channels));
    riff(&[
        (b"VP8X", &vp8x(ANIMATED | flags, 20, 20)),
        (b"ANIM", &[1, 2, 3, 4, 0, 0]),
        (b"ANMF", &anmf(x, y, first, blend, &frame)),
        (b"ANMF", &anmf(0, 0, (20, 20), blend, &other)),
    ])
}

#[test]
fn of_an_animation_the_first_frame_is_drawn_on_its_canvas() {
    for (flags, channels) in [(ALPHA, 4), (ALPHA, 3), (0, 3)] {
        let file = animation((20, 20), flags, channels, false);
        assert_eq!(info(&file).unwrap().frames, 2);
        let header = read_header(&file).unwrap();
        assert!(header.animation.is_some() && header.alpha == (flags == ALPHA));
        assert!(decode(&file).unwrap().image == reference(&file).unwrap());
        let file = animation((13, 9), ALPHA, channels, false);
        let header = read_header(&file).unwrap();
        assert!(header.animation.is_some() && header.alpha && (header.width, header.height) == (20, 20));
        assert!(decode(&file).unwrap().image == reference(&file).unwrap());
    }
}

#[test]
fn the_canvas_around_a_frame_is_transparent() {
    let image = decode(&animation((13, 9), 0, 3, false)).unwrap().image;
    let frame = picture(13, 9, 3);
    for (y, x) in (0..20usize).flat_map(|y| (0..20usize).map(move |x| (y, x))) {
        let pixel = &image.data[(y * 20 + x) * 4..][..4];
        match (y.checked_sub(6).filter(|&y| y < 9), x.checked_sub(4).filter(|&x| x < 13)) {
            (Some(y), Some(x)) => {
                assert_eq!((&pixel[..3], pixel[3]), (&frame.data[(y * 13 + x) * 3..][..3], 255))
            }
            _ => assert_eq!(pixel, [0; 4]),
        }
    }
}

#[test]
fn alpha_of_a_lossless_image_counts_without_its_flag() {
    let image = lossless(20, 10, 4);
    let decoded = |flags| decode(&riff(&[(b"VP8X", &vp8x(flags, 20, 10)), (b"VP8L", &image)])).unwrap();
    assert!(decoded(0).image == decoded(ALPHA).image);
    assert!(decoded(0).image.data == picture(20, 10, 4).data);
}

#[test]
fn a_frame_that_is_blended_keeps_its_colours_where_it_has_alpha() {
    let image = decode(&animation((20, 20), ALPHA, 4, true)).unwrap().image;
    for (pixel, before) in image.data.chunks(4).zip(picture(20, 20, 4).data.chunks(4)) {
        assert_eq!(pixel, if before[3] == 0 { &[0; 4] } else { before });
    }
}

#[test]
fn a_frame_that_lies_outside_the_canvas_or_has_another_size_is_malformed() {
    let frame = chunk(b"VP8L", &lossless(13, 9, 3));
    for (x, y, size) in [(8, 0, (13, 9)), (0, 12, (13, 9)), (0, 0, (13, 8)), (0, 0, (21, 9))] {
        let file = riff(&[
            (b"VP8X", &vp8x(ANIMATED, 20, 20)),
            (b"ANIM", &[0; 6]),
            (b"ANMF", &anmf(x, y, size, false, &frame)),
        ]);
        assert!(matches!(read_header(&file), Err(DecodeError::Malformed { .. })));
        assert!(matches!(info(&file), Err(DecodeError::Malformed { .. })));
    }
}

#[test]
fn an_image_of_another_size_than_the_canvas_is_malformed() {
    let image = lossless(20, 10, 3);
    for (width, height) in [(20, 11), (19, 10), (40, 40)] {
        let file = riff(&[(b"VP8X", &vp8x(0, width, height)), (b"VP8L", &image)]);
        assert!(matches!(
            read_header(&file),
            Err(DecodeError::Malformed { chunk: [b'V', b'P', b'8', b'L'], .. })
        ));
    }
}

#[test]
fn what_is_no_webp_is_named() {
    for file in [&b""[..], b"RIFX", b"RIFF\0\0\0\0WAVE", b"\xFF\xD8\xFF"] {
        assert_eq!(read_header(file).err(), Some(DecodeError::NotWebp));
    }
    for file in [&b"RIFF"[..], b"RIFF\0\0\0\0WEBP", b"RIFF\0\0\0\0WEBPVP8L\x09\0\0\0\x2F"] {
        assert_eq!(read_header(file).err(), Some(DecodeError::Truncated));
    }
    let error = read_header(&riff(&[(b"JUNK", b""), (b"VP8L", b"")])).unwrap_err();
    assert_eq!(error.to_string(), "malformed JUNK chunk: expected image data or a VP8X chunk in its place");
}

#[test]
fn any_number_of_chunks_is_skipped_in_linear_time() {
    let (header, image) = (vp8x(0, 20, 10), lossless(20, 10, 3));
    let mut chunks: Vec<(&[u8; 4], &[u8])> = vec![(b"VP8X", &header)];
    chunks.extend(std::iter::repeat_n::<(&[u8; 4], &[u8])>((b"NONE", &[]), 300_000));
    chunks.push((b"VP8L", &image));
    let file = riff(&chunks);
    for sizes in [&[usize::MAX][..], &[1000], &[7]] {
        assert!(decode_chunked(&file, sizes, DecoderConfig::default()).is_ok());
    }
    assert!(info(&file).is_ok());
}

#[test]
fn chunks_that_are_too_short_are_malformed_for_every_chunking() {
    let frame = anmf(30, 30, (13, 9), false, &[]);
    let short: [&[(&[u8; 4], &[u8])]; 3] = [
        &[(b"VP8X", &[0; 9]), (b"NONE", &[0; 9])],
        &[(b"VP8X", &vp8x(ANIMATED, 20, 20)), (b"ANMF", &frame[..15]), (b"NONE", &[0; 9])],
        &[(b"VP8L", &[0x2F, 0, 0, 0]), (b"NONE", &[0; 9])],
    ];
    for (chunks, expected) in short.into_iter().zip(["10 bytes", "16 bytes", "the header of image data"]) {
        for sizes in [&[usize::MAX][..], &[1], &[7]] {
            let error = decode_chunked(&riff(chunks), sizes, DecoderConfig::default()).err();
            let Some(DecodeError::Malformed { expected: found, .. }) = error else { panic!("{error:?}") };
            assert_eq!(found, expected);
        }
    }
}
