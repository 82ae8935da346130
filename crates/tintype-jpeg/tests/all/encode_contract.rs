//! The promises of the encoder about its files, its memory and its errors.

use crate::encode_support::*;
use tintype_jpeg::encode::{
    Components, Density, Effort, EncodeError, Encoder, EncoderConfig, Plane, QuantTables, Subsampling,
};

#[test]
fn segments_stand_in_the_order_that_readers_expect() {
    for progressive in [false, true] {
        for components in [Components::Gray, Components::YCbCr] {
            let config = EncoderConfig {
                components,
                progressive,
                icc: Some(vec![1; 100]),
                exif: Some(vec![2; 10]),
                density: Density::PerInch(300, 72),
                ..EncoderConfig::new(33, 21)
            };
            let rgb = photo(33, 21);
            let file = if components == Components::Gray {
                encode_gray(config, &gray(&rgb))
            } else {
                encode_rgb(config, &rgb)
            };
            let segments = segments(&file);
            let codes: Vec<u8> = segments.iter().map(|s| s.code).collect();
            let tables = if components == Components::Gray { 1 } else { 2 };
            assert_eq!(codes[..4], [0xD8, 0xE0, 0xE1, 0xE2]);
            assert_eq!(codes[4..4 + tables], [0xDB, 0xDB][..tables]);
            assert_eq!(codes[4 + tables], if progressive { 0xC2 } else { 0xC0 });
            assert_eq!(codes.last(), Some(&0xD9));
            assert_eq!(codes.iter().filter(|&&c| c == 0xD9).count(), 1);
            assert_eq!(segments[1].payload, b"JFIF\0\x01\x01\x01\x01\x2C\0\x48\0\0");
            assert_eq!(segments[4 + tables].payload[..5], [8, 0, 21, 0, 33]);
            let scans = codes.iter().filter(|&&c| c == 0xDA).count();
            assert!(if progressive { scans > 1 } else { scans == 1 });
        }
    }
}

#[test]
fn huffman_tables_are_complete_but_for_the_code_of_all_ones() {
    let file = encode_rgb(EncoderConfig::new(64, 64), &photo(64, 64));
    for segment in segments(&file).iter().filter(|s| s.code == 0xC4) {
        let counts = &segment.payload[1..17];
        let used: u32 = (1u32..).zip(counts).map(|(length, &n)| u32::from(n) << (16 - length)).sum();
        assert!(used < 1 << 16, "a code of all ones is in use");
        assert_eq!(counts.iter().map(|&n| usize::from(n)).sum::<usize>(), segment.payload.len() - 17);
    }
}

#[test]
fn the_fixed_tables_are_those_of_annex_k() {
    // The peer writes them too.
    let mut theirs = vec![];
    jpeg_encoder::Encoder::new(&mut theirs, 50)
        .encode(&photo(16, 16), 16, 16, jpeg_encoder::ColorType::Rgb)
        .unwrap();
    let ours = encode_rgb(
        EncoderConfig {
            effort: Effort::Fast,
            quality: 50,
            tables: QuantTables::AnnexK,
            ..EncoderConfig::new(16, 16)
        },
        &photo(16, 16),
    );
    let tables = |file: &[u8], code| -> Vec<Vec<u8>> {
        let mut tables: Vec<_> =
            segments(file).iter().filter(|s| s.code == code).map(|s| s.payload.to_vec()).collect();
        tables.sort();
        tables
    };
    assert_eq!(tables(&ours, 0xC4), tables(&theirs, 0xC4));
    assert_eq!(tables(&ours, 0xDB), tables(&theirs, 0xDB));
}

#[test]
fn metadata_comes_back() {
    for length in [1, 65519, 65520, 200_000] {
        let icc = noise(length, 3);
        let exif = noise(1000, 4);
        let (xmp, resources) = (noise(500, 5), noise(300, 6));
        let config = EncoderConfig {
            icc: Some(icc.clone()),
            exif: Some(exif.clone()),
            xmp: Some(xmp.clone()),
            resources: Some(resources.clone()),
            ..EncoderConfig::new(9, 9)
        };
        let file = encode_rgb(config, &photo(9, 9));
        let segments = segments(&file);
        let chunks: Vec<&[u8]> = segments.iter().filter(|s| s.code == 0xE2).map(|s| s.payload).collect();
        for (number, chunk) in (1..).zip(&chunks) {
            assert_eq!(chunk[..12], *b"ICC_PROFILE\0");
            assert_eq!(chunk[12..14], [number, chunks.len() as u8]);
        }
        assert_eq!(chunks.iter().flat_map(|chunk| chunk[14..].to_vec()).collect::<Vec<u8>>(), icc);
        let of =
            |code| -> Vec<&[u8]> { segments.iter().filter(|s| s.code == code).map(|s| s.payload).collect() };
        let xmp = [b"http://ns.adobe.com/xap/1.0/\0".as_slice(), &xmp].concat();
        assert_eq!(of(0xE1), [[b"Exif\0\0".as_slice(), &exif].concat(), xmp]);
        assert_eq!(of(0xED), [[b"Photoshop 3.0\0".as_slice(), &resources].concat()]);

        let mut decoder = zune_jpeg::JpegDecoder::new(zune_jpeg::zune_core::bytestream::ZCursor::new(&file));
        decoder.decode_headers().unwrap();
        assert_eq!(decoder.icc_profile().unwrap(), icc);
        assert_eq!(decoder.exif().unwrap(), &exif);
    }
}

#[test]
fn optimised_tables_never_make_a_larger_file() {
    for (width, height) in SIZES {
        for quality in [10, 75, 100] {
            for rgb in [
                photo(width, height),
                noise((width * height * 3) as usize, 5),
                vec![77; (width * height * 3) as usize],
            ] {
                let config = EncoderConfig { quality, ..EncoderConfig::new(width, height) };
                let fixed = encode_rgb(EncoderConfig { effort: Effort::Fast, ..config.clone() }, &rgb);
                assert!(encode_rgb(config, &rgb).len() <= fixed.len(), "{width}x{height} quality {quality}");
            }
        }
    }
}

#[test]
fn bytes_grow_with_quality() {
    let rgb = photo(160, 120);
    for effort in EFFORTS {
        for progressive in [false, true] {
            let sizes: Vec<usize> = (1..=20)
                .map(|q| {
                    let config =
                        EncoderConfig { effort, progressive, quality: q * 5, ..EncoderConfig::new(160, 120) };
                    encode_rgb(config, &rgb).len()
                })
                .collect();
            assert!(sizes.is_sorted(), "{effort:?} progressive {progressive}: {sizes:?}");
        }
    }
}

#[test]
fn fixed_tables_stream() {
    let (width, height) = (256, 512);
    let rgb = photo(width, height);
    let config = EncoderConfig { effort: Effort::Fast, ..EncoderConfig::new(width, height) };
    let predicted = config.predicted_memory();
    let mut encoder = Encoder::new(config).unwrap();
    assert!(!encoder.output().is_empty(), "headers come at once");
    for rows in rgb.chunks(width as usize * 3 * 16) {
        encoder.take_output();
        encoder.write_rgb(rows).unwrap();
        assert!(!encoder.output().is_empty(), "every row of mcus gives bytes");
        assert!(encoder.memory() - (encoder.output().len() as u64) < predicted);
    }
}

#[test]
fn tables_made_from_the_first_part_of_a_large_image_serve_the_rest() {
    // Noise fills the symbol buffer soon; what follows has other statistics, and symbols that did not occur.
    let (width, height) = (512, 2048);
    let mut samples = vec![128; 512 * 64];
    samples.extend(noise(512 * 1920, 11));
    samples.extend(vec![10; 512 * 64]);
    let config =
        EncoderConfig { components: Components::Gray, quality: 95, ..EncoderConfig::new(width, height) };
    let predicted = config.predicted_memory();
    let mut encoder = Encoder::new(config).unwrap();
    let mut file = vec![];
    let mut streamed = false;
    for rows in samples.chunks(512 * 8) {
        encoder.write_gray(rows).unwrap();
        streamed |= encoder.output().len() > 1000;
        assert!(encoder.memory() - (encoder.output().len() as u64) < predicted + (2 << 20));
        file.append(&mut encoder.take_output());
    }
    assert!(streamed, "bytes leave before the end");
    encoder.finish().unwrap();
    file.append(&mut encoder.take_output());
    let (decoded, ..) = decode(&file, zune_jpeg::zune_core::colorspace::ColorSpace::Luma);
    assert!(psnr(&samples, &decoded) > 35.0);
}

#[test]
fn memory_stays_within_the_prediction() {
    for progressive in [false, true] {
        for effort in EFFORTS {
            let (width, height) = (200, 150);
            let config = EncoderConfig {
                effort,
                progressive,
                quality: 100,
                subsampling: Subsampling::S444,
                ..EncoderConfig::new(width, height)
            };
            let predicted = config.predicted_memory();
            let mut encoder = Encoder::new(config).unwrap();
            for rows in noise(200 * 150 * 3, 21).chunks(200 * 3) {
                encoder.write_rgb(rows).unwrap();
                encoder.take_output();
                assert!(encoder.memory() <= predicted, "{} > {predicted}", encoder.memory());
            }
        }
    }
}

/// Length and FNV-1a hash.
fn fingerprint(file: &[u8]) -> (usize, u64) {
    let hash = |hash: u64, &byte: &u8| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01B3);
    (file.len(), file.iter().fold(0xCBF2_9CE4_8422_2325, hash))
}

/// Run on every target: kernels and costs must not depend on the machine. A change of the encoder that means to change the
/// bytes changes the numbers.
#[test]
fn every_machine_makes_the_same_bytes() {
    let (width, height) = (150, 101);
    let rgb = integer_photo(width, height);
    let mut found = vec![];
    for (effort, progressive, subsampling, quality) in [
        (Effort::Fast, false, Subsampling::S420, 80),
        (Effort::Default, false, Subsampling::S422, 60),
        (Effort::Default, true, Subsampling::S444, 95),
        (Effort::Best, false, Subsampling::S420, 30),
        (Effort::Best, true, Subsampling::S420, 85),
    ] {
        let config =
            EncoderConfig { effort, progressive, subsampling, quality, ..EncoderConfig::new(width, height) };
        found.push(fingerprint(&encode_rgb(config, &rgb)));
    }
    let expected = [
        (3315, 0xAAE0_2B37_F159_36B3),
        (2239, 0xE0F5_76BB_F11B_05E1),
        (9304, 0x82FA_F733_3662_79B7),
        (1204, 0x6303_F3D7_7864_D81D),
        (3344, 0xDDAC_2360_14C2_5855),
    ];
    assert_eq!(found, expected);
}

#[test]
fn configurations_out_of_range_are_refused() {
    let refused = |config| Encoder::new(config).unwrap_err();
    for (width, height) in [(0, 1), (1, 0), (65536, 1), (1, 65536), (u32::MAX, u32::MAX)] {
        assert_eq!(refused(EncoderConfig::new(width, height)), EncodeError::Dimensions { width, height });
    }
    for quality in [0, 101, 255] {
        assert_eq!(
            refused(EncoderConfig { quality, ..EncoderConfig::new(1, 1) }),
            EncodeError::Quality { quality }
        );
    }
    let icc = Some(vec![0; 255 * 65519 + 1]);
    assert_eq!(
        refused(EncoderConfig { icc, ..EncoderConfig::new(1, 1) }),
        EncodeError::IccTooLong { length: 255 * 65519 + 1 }
    );
    let exif = Some(vec![0; 65528]);
    assert_eq!(
        refused(EncoderConfig { exif, ..EncoderConfig::new(1, 1) }),
        EncodeError::ExifTooLong { length: 65528 }
    );
    let xmp = Some(vec![0; 65505]);
    assert_eq!(
        refused(EncoderConfig { xmp, ..EncoderConfig::new(1, 1) }),
        EncodeError::XmpTooLong { length: 65505 }
    );
    let resources = Some(vec![0; 65520]);
    assert_eq!(
        refused(EncoderConfig { resources, ..EncoderConfig::new(1, 1) }),
        EncodeError::ResourcesTooLong { length: 65520 }
    );
}

#[test]
fn wrong_rows_are_refused_and_change_nothing() {
    let rgb = photo(10, 20);
    let mut encoder = Encoder::new(EncoderConfig::new(10, 20)).unwrap();
    assert_eq!(
        encoder.write_gray(&[0; 10]),
        Err(EncodeError::WrongComponents { declared: Components::YCbCr })
    );
    assert_eq!(encoder.write_rgb(&rgb[..31]), Err(EncodeError::PartialRow { row: 30, length: 31 }));
    let too_many = EncodeError::TooManyRows { plane: Plane::Y, wanted: 20, given: 21 };
    assert_eq!(encoder.write_rgb(&[0; 30 * 21]), Err(too_many));
    assert_eq!(encoder.write_ycbcr(&[0; 10], &[0; 10], &[0; 20]), Err(EncodeError::UnequalPlanes));
    let ahead = EncodeError::TooManyRows { plane: Plane::Cb, wanted: 8, given: 9 };
    assert_eq!(encoder.write_plane(Plane::Cb, &[0; 5 * 9]), Err(ahead));
    encoder.write_rgb(&rgb[..30 * 19]).unwrap();
    let missing = EncodeError::MissingRows { plane: Plane::Y, expected: 20, written: 19 };
    assert_eq!(encoder.finish(), Err(missing));
    encoder.write_rgb(&rgb[30 * 19..]).unwrap();
    encoder.write_rgb(&[]).unwrap();
    encoder.finish().unwrap();
    assert_eq!(encoder.finish(), Err(EncodeError::Finished));
    assert_eq!(encoder.write_rgb(&[]), Err(EncodeError::Finished));
    assert_eq!(encoder.take_output(), encode_rgb(EncoderConfig::new(10, 20), &rgb));
}

#[test]
fn pixel_rows_wait_until_planes_are_level() {
    let mut encoder = Encoder::new(EncoderConfig::new(4, 40)).unwrap();
    encoder.write_plane(Plane::Y, &[0; 16]).unwrap();
    assert_eq!(encoder.write_rgb(&[0; 12]), Err(EncodeError::PlanesNotLevel));
    encoder.write_plane(Plane::Y, &[0; 4 * 12]).unwrap();
    assert_eq!(encoder.rows_wanted(Plane::Y), 0);
    encoder.write_plane(Plane::Cb, &[0; 2 * 8]).unwrap();
    encoder.write_plane(Plane::Cr, &[0; 2 * 8]).unwrap();
    assert_eq!(encoder.rows_wanted(Plane::Y), 16);
    encoder.write_rgb(&[0; 12 * 24]).unwrap();
    encoder.finish().unwrap();
}

#[test]
fn a_gray_image_has_no_chroma() {
    let config = EncoderConfig { components: Components::Gray, ..EncoderConfig::new(8, 8) };
    let mut encoder = Encoder::new(config).unwrap();
    assert_eq!(encoder.plane_size(Plane::Cb), None);
    assert_eq!(encoder.rows_wanted(Plane::Cb), 0);
    let wrong = Err(EncodeError::WrongComponents { declared: Components::Gray });
    assert_eq!(encoder.write_plane(Plane::Cr, &[0; 8]), wrong);
    assert_eq!(encoder.write_rgb(&[0; 24]), wrong);
    encoder.write_plane(Plane::Y, &[0; 64]).unwrap();
    encoder.finish().unwrap();
}

#[test]
fn errors_say_what_to_do() {
    let text = EncodeError::TooManyRows { plane: Plane::Cb, wanted: 8, given: 9 }.to_string();
    assert_eq!(text, "plane Cb can take 8 more rows now, got 9");
    let text = EncodeError::Dimensions { width: 0, height: 70000 }.to_string();
    assert_eq!(text, "a jpeg's width and height must be 1 to 65535, not 0x70000");
}
