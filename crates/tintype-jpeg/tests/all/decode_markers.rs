//! Segments around the scans: tables, metadata, colour rules, and kinds of JPEG that are refused.

use crate::common::*;
use tintype_jpeg::decode::{
    ColorModel, DecodeError, Decoder, DecoderConfig, Flaw, Keep, Output, Scale, Step, Unsupported,
};

/// Where a segment begins, by its marker.
fn find(file: &[u8], marker: u8) -> usize {
    file.windows(2).position(|pair| pair == [0xFF, marker]).unwrap()
}

fn segment(marker: u8, body: &[u8]) -> Vec<u8> {
    let length = (body.len() as u16 + 2).to_be_bytes();
    [&[0xFF, marker], &length[..], body].concat()
}

/// The file with a segment put in after its start.
fn with_segment(file: &[u8], marker: u8, body: &[u8]) -> Vec<u8> {
    [&file[..2], &segment(marker, body), &file[2..]].concat()
}

/// The file without its segments of one kind.
fn without(file: &[u8], marker: u8) -> Vec<u8> {
    let mut file = file.to_vec();
    while let Some(at) = file.windows(2).position(|pair| pair == [0xFF, marker]) {
        let length = usize::from(u16::from_be_bytes([file[at + 2], file[at + 3]]));
        file.drain(at..at + 2 + length);
    }
    file
}

fn same_image(a: &[u8], b: &[u8]) {
    let [a, b] = [a, b].map(|file| decode(file, Scale::FULL).unwrap());
    assert!(a.image == b.image);
    assert_eq!((a.flaw, b.flaw), (None, None));
}

#[test]
fn the_height_may_come_after_the_first_scan() {
    for (progressive, restarts) in [(false, 0), (false, 2), (true, 0)] {
        let file = write(&picture(60, 41, 3), Writing { progressive, restarts, ..PLAIN });
        let sof = find(&file, if progressive { 0xC2 } else { 0xC0 });
        let mut late = file.clone();
        late[sof + 5..sof + 7].fill(0);
        // After the first scan: before the next marker that is no restart.
        let data = find(&file, 0xDA) + 2;
        let end = (data..).find(|&at| file[at] == 0xFF && !matches!(file[at + 1], 0 | 0xD0..=0xD7)).unwrap();
        late.splice(end..end, segment(0xDC, &41u16.to_be_bytes()));
        same_image(&late, &file);
        let chunked = decode_chunked(&late, Scale::FULL, &[1], roomy()).unwrap();
        assert!(chunked.image == decode(&file, Scale::FULL).unwrap().image);
        late.drain(end..end + 6);
        assert!(matches!(
            decode(&late, Scale::FULL).err(),
            Some(DecodeError::Malformed { marker: 0xDC, .. })
        ));
    }
}

#[test]
fn fill_bytes_before_markers_are_passed_over() {
    let file = write(&picture(60, 41, 3), Writing { restarts: 2, ..PLAIN });
    let mut filled = Vec::new();
    for (at, &byte) in file.iter().enumerate() {
        let in_data = at > find(&file, 0xDA) + 12;
        let marker = byte == 0xFF && file.get(at + 1).is_some_and(|next| matches!(next, 0xD0..=0xD9));
        if in_data && marker {
            filled.extend_from_slice(&[0xFF; 3]);
        }
        filled.push(byte);
    }
    assert!(filled.len() > file.len() + 20);
    same_image(&filled, &file);
}

#[test]
fn quantisation_tables_of_16_bits_are_read() {
    let file = write(&picture(40, 30, 1), PLAIN);
    let at = find(&file, 0xDB);
    let factors = &file[at + 5..at + 69];
    let wide: Vec<u8> = factors.iter().flat_map(|&factor| [0, factor]).collect();
    let body = [&[0x10], &wide[..]].concat();
    let length = usize::from(u16::from_be_bytes([file[at + 2], file[at + 3]]));
    let mut changed = file.clone();
    changed.splice(at..at + 2 + length, segment(0xDB, &body));
    same_image(&changed, &file);
}

#[test]
fn a_file_without_huffman_tables_has_the_standard_ones() {
    let file = write(&picture(60, 41, 3), PLAIN);
    same_image(&without(&file, 0xC4), &file);
}

#[test]
fn metadata_is_handed_out_untouched() {
    let file = write(&picture(16, 16, 3), PLAIN);
    let profile: Vec<u8> = (0..150_000u32).map(|i| (i * 7 % 251) as u8).collect();
    let mut with_all = with_segment(&file, 0xE1, b"Exif\0\0II*\0tiff");
    with_all = with_segment(&with_all, 0xE1, b"http://ns.adobe.com/xap/1.0/\0<x:xmpmeta/>");
    with_all = with_segment(&with_all, 0xED, b"Photoshop 3.0\x008BIM second");
    with_all = with_segment(&with_all, 0xED, b"Photoshop 3.0\x008BIM first ");
    // In any order.
    for (at, part) in profile.chunks(60_000).enumerate() {
        let body = [b"ICC_PROFILE\0", &[at as u8 + 1, 3][..], part].concat();
        with_all = with_segment(&with_all, 0xE2, &body);
    }
    let header = read_header(&with_all).unwrap();
    assert_eq!(header.exif(), Some(&b"II*\0tiff"[..]));
    assert_eq!(header.xmp(), Some(&b"<x:xmpmeta/>"[..]));
    assert_eq!(header.icc(), Some(&profile[..]));
    assert_eq!(header.resources(), Some(&b"8BIM first 8BIM second"[..]));
    let bare = read_header(&file).unwrap();
    assert_eq!((bare.exif(), bare.xmp(), bare.icc(), bare.resources()), (None, None, None, None));
    let keep = Keep { icc: false, xmp: false, resources: false };
    let mut decoder = Decoder::new(DecoderConfig { keep, ..DecoderConfig::default() });
    decoder.feed(&with_all);
    let header = decoder.header().unwrap().unwrap();
    assert_eq!(header.exif(), Some(&b"II*\0tiff"[..]));
    assert_eq!((header.xmp(), header.icc(), header.resources()), (None, None, None));
}

#[test]
fn a_profile_with_a_part_missing_or_doubled_is_none() {
    let file = write(&picture(16, 16, 3), PLAIN);
    let part = |number: u8| [b"ICC_PROFILE\0", &[number, 2][..], b"data"].concat();
    for numbers in [&[1][..], &[1, 1], &[0, 1], &[1, 2, 2], &[2, 3]] {
        let mut changed = file.clone();
        for &number in numbers {
            changed = with_segment(&changed, 0xE2, &part(number));
        }
        assert_eq!(read_header(&changed).unwrap().icc(), None, "{numbers:?}");
    }
}

#[test]
fn colors_follow_the_markers() {
    let file = without(&write(&picture(16, 16, 3), PLAIN), 0xE0);
    let adobe = |transform: u8| [b"Adobe\0\x64\0\0\0\0", &[transform][..]].concat();
    let color = |file: &[u8]| read_header(file).unwrap().color;
    assert_eq!(color(&file), ColorModel::YCbCr);
    assert_eq!(color(&with_segment(&file, 0xEE, &adobe(0))), ColorModel::Rgb);
    assert_eq!(color(&with_segment(&file, 0xEE, &adobe(1))), ColorModel::YCbCr);
    let jfif = with_segment(&file, 0xE0, b"JFIF\0\x01\x01\0\0\x01\0\x01\0\0");
    assert_eq!(color(&with_segment(&jfif, 0xEE, &adobe(0))), ColorModel::YCbCr);
    let mut named = file.clone();
    let (sof, sos) = (find(&file, 0xC0), find(&file, 0xDA));
    for (at, name) in (0..).zip(*b"RGB") {
        named[sof + 10 + 3 * at] = name;
        named[sos + 5 + 2 * at] = name;
    }
    assert_eq!(color(&named), ColorModel::Rgb);

    let four = write(&picture(16, 16, 4), PLAIN);
    assert_eq!(color(&four), ColorModel::Ycck);
    assert_eq!(color(&without(&four, 0xEE)), ColorModel::Cmyk);
    assert_eq!(color(&write(&picture(16, 16, 1), PLAIN)), ColorModel::Gray);
}

#[test]
fn components_that_share_an_identifier_are_named_in_their_order() {
    for channels in [3, 4] {
        let file = write(&picture(40, 24, channels), PLAIN);
        let expected = decode(&file, Scale::FULL).unwrap();
        let (sof, sos) = (find(&file, 0xC0), find(&file, 0xDA));
        for ids in [[1, 1, 1, 1], [1, 1, 2, 2], [2, 1, 2, 1], [0, 9, 9, 9]] {
            let mut shared = file.clone();
            for (at, id) in ids.into_iter().take(channels).enumerate() {
                shared[sof + 10 + 3 * at] = id;
                shared[sos + 5 + 2 * at] = id;
            }
            assert!(decode(&shared, Scale::FULL).unwrap().image == expected.image, "{ids:?}");
            shared[sos + 5] = 7;
            assert!(decode(&shared, Scale::FULL).is_err(), "a scan of a component that is not there");
        }
    }
}

#[test]
fn other_kinds_of_jpeg_are_refused_by_name() {
    let file = write(&picture(16, 16, 3), PLAIN);
    let sof = find(&file, 0xC0);
    let altered = |at: usize, value: u8| {
        let mut file = file.clone();
        file[sof + at] = value;
        decode(&file, Scale::FULL).err()
    };
    assert_eq!(altered(1, 0xC9), Some(DecodeError::Unsupported(Unsupported::Arithmetic)));
    assert_eq!(altered(1, 0xCA), Some(DecodeError::Unsupported(Unsupported::Arithmetic)));
    assert_eq!(altered(1, 0xC3), Some(DecodeError::Unsupported(Unsupported::Lossless)));
    assert_eq!(altered(1, 0xC5), Some(DecodeError::Unsupported(Unsupported::Hierarchical)));
    assert_eq!(altered(4, 12), Some(DecodeError::Unsupported(Unsupported::Precision(12))));
    assert_eq!(altered(9, 5), Some(DecodeError::Unsupported(Unsupported::Components(5))));
    assert!(matches!(altered(11, 0x51), Some(DecodeError::Malformed { marker: 0xC0, .. })));
    assert_eq!(decode(b"\x89PNG", Scale::FULL).err(), Some(DecodeError::NotJpeg));
    assert_eq!(decode(b"", Scale::FULL).err(), Some(DecodeError::NotJpeg));
    assert_eq!(decode(b"\xFF\xD8", Scale::FULL).err(), Some(DecodeError::Truncated));
}

#[test]
fn scans_beyond_the_limit_are_left_out_and_flagged() {
    let file = write(&picture(64, 64, 3), Writing { progressive: true, ..PLAIN });
    let config = DecoderConfig { max_scans: 3, ..roomy() };
    let decoded = decode_chunked(&file, Scale::FULL, &[100], config).unwrap();
    assert_eq!(decoded.flaw, Some(Flaw::TooManyScans));
}

#[test]
fn an_eighth_of_a_progressive_file_needs_no_byte_after_its_dc_scans() {
    let file = write(&picture(200, 120, 1), Writing { progressive: true, ..PLAIN });
    let scans: Vec<usize> = (0..file.len() - 1).filter(|&at| file[at..at + 2] == [0xFF, 0xDA]).collect();
    let whole = decode(&file, Scale::EIGHTH).unwrap();
    let cut = decode(&file[..scans[1]], Scale::EIGHTH).unwrap();
    assert!(whole.image == cut.image);
    assert_eq!(cut.flaw, None);
}

/// A progressive file with more scans before its end, each of one component (its number), this band and these bits.
fn with_scans(file: &[u8], scans: &[(u8, [u8; 3])]) -> Vec<u8> {
    let mut longer = file[..file.len() - 2].to_vec();
    for (component, band) in scans {
        longer.extend([0xFF, 0xDA, 0, 8, 1, *component, 0]);
        longer.extend(band);
    }
    longer.extend([0xFF, 0xD9]);
    longer
}

#[test]
fn a_scan_that_repeats_what_is_known_is_passed_over_and_flagged() {
    let file = write(&picture(200, 120, 3), Writing { progressive: true, ..PLAIN });
    // Before the end of its last scan, the image is not complete, so that more scans are read.
    let scans: Vec<usize> = (0..file.len() - 1).filter(|&at| file[at..at + 2] == [0xFF, 0xDA]).collect();
    let cut = [&file[..*scans.last().unwrap()], &[0xFF, 0xD9]].concat();
    let expected = decode(&cut, Scale::FULL).unwrap();
    for scan in [(1, [0, 0, 0x00]), (1, [1, 5, 0x00]), (2, [0, 0, 0x21])] {
        let repeated = decode(&with_scans(&cut, &[scan]), Scale::FULL).unwrap();
        assert_eq!(repeated.flaw, Some(Flaw::BadSegment), "{scan:?}");
        assert!(repeated.image == expected.image, "{scan:?}");
    }
}

#[test]
fn empty_scans_cost_next_to_nothing() {
    // 4,000 x 4,000 pixels, of which nothing is there but the frame's header.
    let file = write(&picture(16, 16, 1), Writing { progressive: true, ..PLAIN });
    let frame = find(&file, 0xC2);
    let mut vast = file[..find(&file, 0xDA)].to_vec();
    vast[frame + 5..frame + 9].copy_from_slice(&[0x0F, 0xA0, 0x0F, 0xA0]);
    vast.extend([0xFF, 0xD9]);
    let work = |scans: &[(u8, [u8; 3])]| {
        let mut decoder = Decoder::new(roomy());
        decoder.feed(&with_scans(&vast, scans));
        decoder.finish();
        decoder.header().unwrap().expect("a header");
        decoder.start(Scale::FULL, Output::Planar).unwrap();
        // With nothing decoded, the image is refused in the end.
        while matches!(decoder.next_strip(), Ok(Step::Strip(_))) {}
        decoder.work()
    };
    let component = file[frame + 10];
    let (first, empty) = ((component, [0, 0, 0]), (component, [1, 63, 0x00]));
    let one = work(&[first]);
    let refining: Vec<_> = (1..=13).rev().map(|low| (component, [1, 63, (low << 4) | (low - 1)])).collect();
    let many = work(
        &[&[first, (component, [1, 63, 13])], refining.as_slice(), &[empty; 200], &[first; 40]].concat(),
    );
    assert!(many < one + one / 2, "{one} and {many}");
}
