//! Damaged files decode as far as they go, and say so.

use crate::common::bits::*;
use crate::common::vp8::{Frame, PLAIN, vp8};
use crate::common::*;
use tintype_webp::decode::{Damage, DecodeError, Decoder, DecoderConfig, Flaw, Output};

fn refusing() -> DecoderConfig {
    DecoderConfig { damage: Damage::Refuse, ..DecoderConfig::default() }
}

#[test]
fn a_truncated_file_keeps_the_rows_it_has_and_repeats_the_last() {
    let image = picture(128, 128, 4);
    let file = write(&image);
    let cut = decode(&file[..file.len() * 2 / 3]).unwrap();
    assert_eq!(cut.flaw, Some(Flaw::EndsEarly));
    let row = 128 * 4;
    let same = image.data.chunks(row).zip(cut.image.data.chunks(row)).take_while(|(a, b)| a == b).count();
    assert!((40..=110).contains(&same), "{same} rows are whole");
    let last = &image.data[(same - 1) * row..same * row];
    assert!(cut.image.data[same * row..].chunks(row).all(|row| row == last));
}

#[test]
fn a_truncated_file_is_refused_where_damage_is() {
    let file = write(&picture(128, 128, 3));
    let cut = decode_chunked(&file[..file.len() / 2], &[500], refusing());
    assert_eq!(cut.err(), Some(DecodeError::Damaged(Flaw::EndsEarly)));
    assert!(decode_chunked(&file, &[500], refusing()).is_ok());
}

#[test]
fn an_error_is_final() {
    let file = write(&picture(128, 128, 3));
    let mut decoder = Decoder::new(refusing());
    decoder.feed(&file[..file.len() / 2]);
    decoder.finish();
    decoder.header().unwrap();
    assert!(matches!(decoder.next_row(), Err(DecodeError::Order(_))));
    decoder.start(Output::Interleaved).unwrap();
    assert!(matches!(decoder.start(Output::Interleaved), Err(DecodeError::Order(_))));
    assert!(matches!(decoder.next_strip(), Err(DecodeError::Order(_))));
    let error = loop {
        if let Err(error) = decoder.next_row() {
            break error;
        }
    };
    assert_eq!(error, DecodeError::Damaged(Flaw::EndsEarly));
    assert_eq!(decoder.next_row(), Err(error));
}

#[test]
fn a_file_that_ends_before_its_first_row_is_an_error() {
    let file = write(&picture(200, 100, 3));
    assert_eq!(decode(&file[..100]).err(), Some(DecodeError::Damaged(Flaw::EndsEarly)));
    assert_eq!(decode(&file[..20]).err(), Some(DecodeError::Truncated));
}

#[test]
fn what_needs_too_much_memory_is_refused_with_the_figure() {
    let file = write(&picture(512, 512, 3));
    let config = DecoderConfig { max_memory: 1 << 20, ..DecoderConfig::default() };
    let Err(DecodeError::Memory { needed, limit }) = decode_chunked(&file, &[100], config) else {
        panic!("not refused");
    };
    assert_eq!(limit, 1 << 20);
    assert!(needed > 512 * 512 * 4);
}

#[test]
fn a_truncated_lossy_file_keeps_the_rows_it_has_and_repeats_the_last() {
    for partitions in [0, 3] {
        let image = vp8(Frame { width: 64, height: 256, partitions, ..PLAIN }, &mut Random(1));
        let file = riff(&[(b"VP8 ", &image)]);
        let whole = decode(&file).unwrap().image;
        // As short as still gives an image.
        let cut = (0..file.len()).step_by(50).find_map(|length| decode(&file[..length]).ok()).unwrap();
        assert_eq!(cut.flaw, Some(Flaw::EndsEarly));
        let row = 64 * 3;
        let same = whole.data.chunks(row).zip(cut.image.data.chunks(row)).take_while(|(a, b)| a == b).count();
        assert!((8..256).contains(&same), "{same} rows are whole");
        let last = &whole.data[(same - 1) * row..same * row];
        assert!(cut.image.data[same * row..].chunks(row).all(|row| row == last));
    }
}

#[test]
fn damaged_alpha_leaves_the_image_alone() {
    let image = vp8(PLAIN, &mut Random(4));
    let opaque = decode(&riff(&[(b"VP8 ", &image)])).unwrap().image;
    for (alpha, expected) in [(vec![0, 7, 7, 7], 255), (vec![2; 3000], 255), ([0; 40 * 30 + 1].to_vec(), 0)] {
        let file = riff(&[(b"VP8X", &vp8x(ALPHA, 40, 50)), (b"ALPH", &alpha), (b"VP8 ", &image)]);
        let decoded = decode(&file).unwrap();
        assert_eq!(decoded.flaw, Some(Flaw::BadAlpha));
        assert!(decoded.image.data.chunks(4).zip(opaque.data.chunks(3)).all(|(a, b)| a[..3] == *b));
        assert!(decoded.image.data.chunks(4).all(|pixel| pixel[3] == expected));
        assert_eq!(
            decode_chunked(&file, &[usize::MAX], refusing()).err(),
            Some(DecodeError::Damaged(Flaw::BadAlpha))
        );
    }
}
