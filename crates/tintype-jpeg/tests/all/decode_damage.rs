//! Damaged files decode as far as they go, and say so.

use crate::common::*;
use tintype_jpeg::decode::{Damage, DecodeError, DecoderConfig, Flaw, Scale};

fn refusing() -> DecoderConfig {
    DecoderConfig { damage: Damage::Refuse, ..DecoderConfig::default() }
}

#[test]
fn a_truncated_file_keeps_the_rows_it_has_and_fills_the_rest() {
    let image = picture(128, 128, 3);
    let file = write(&image, PLAIN);
    let whole = decode(&file, Scale::FULL).unwrap().image;
    let cut = decode(&file[..file.len() / 2], Scale::FULL).unwrap();
    assert_eq!(cut.flaw, Some(Flaw::EndsEarly));
    let row = 128 * 3;
    let same = whole.data.chunks(row).zip(cut.image.data.chunks(row)).take_while(|(a, b)| a == b).count();
    assert!((32..=96).contains(&same), "{same} rows are whole");
    let last = &cut.image.data[127 * row..];
    assert!(last.chunks(3).all(|pixel| pixel == &last[..3]), "the last row is flat");
}

#[test]
fn a_truncated_file_is_refused_where_damage_is() {
    let file = write(&picture(128, 128, 3), PLAIN);
    let cut = decode_chunked(&file[..file.len() / 2], Scale::FULL, &[500], refusing());
    assert_eq!(cut.err(), Some(DecodeError::Damaged(Flaw::EndsEarly)));
    assert!(decode_chunked(&file, Scale::FULL, &[500], refusing()).is_ok());
}

#[test]
fn a_file_that_ends_before_its_first_row_is_an_error() {
    for progressive in [false, true] {
        let file = write(&picture(200, 100, 3), Writing { progressive, ..PLAIN });
        let scan = file.windows(2).position(|pair| pair == [0xFF, 0xDA]).unwrap();
        let cut = decode(&file[..scan + 20], Scale::FULL);
        assert_eq!(cut.err(), Some(DecodeError::Damaged(Flaw::EndsEarly)), "progressive {progressive}");
        assert_eq!(decode(&file[..scan], Scale::FULL).err(), Some(DecodeError::Truncated));
    }
}

#[test]
fn a_truncated_progressive_file_shows_the_scans_it_has() {
    let image = picture(128, 128, 3);
    let file = write(&image, Writing { progressive: true, ..PLAIN });
    let mut before = 0.0;
    for percent in [30, 60, 90, 100] {
        let decoded = decode(&file[..file.len() * percent / 100], Scale::FULL).unwrap();
        assert_eq!(decoded.flaw.is_some(), percent < 100);
        let ratio = psnr(&decoded.image, &image);
        assert!(ratio >= before, "{percent} %: {ratio} dB after {before} dB");
        before = ratio;
    }
}

#[test]
fn with_restarts_only_the_broken_interval_is_lost() {
    let image = picture(256, 128, 1);
    let file = write(&image, Writing { restarts: 8, ..PLAIN });
    let whole = decode(&file, Scale::FULL).unwrap().image;
    // The bytes of the 20th interval are replaced by others.
    let markers: Vec<usize> =
        (0..file.len() - 1).filter(|&at| file[at] == 0xFF && (0xD0..=0xD7).contains(&file[at + 1])).collect();
    let mut bad = file.clone();
    bad[markers[19] + 2..markers[20]].fill(0xFE);
    let decoded = decode(&bad, Scale::FULL).unwrap();
    assert!(decoded.flaw.is_some());
    let blocks_apart = (0..16 * 32)
        .filter(|block| {
            let (row, column) = (block / 32 * 8, block % 32 * 8);
            (row..row + 8).any(|y| {
                let at = y * 256 + column;
                decoded.image.data[at..at + 8] != whole.data[at..at + 8]
            })
        })
        .collect::<Vec<_>>();
    assert!(!blocks_apart.is_empty());
    assert!(blocks_apart.iter().all(|block| (160..168).contains(block)), "{blocks_apart:?}");
}

#[test]
fn a_lost_restart_marker_costs_two_intervals_and_a_doubled_one_none() {
    let image = picture(256, 128, 1);
    let file = write(&image, Writing { restarts: 8, ..PLAIN });
    let whole = decode(&file, Scale::FULL).unwrap().image;
    let markers: Vec<usize> =
        (0..file.len() - 1).filter(|&at| file[at] == 0xFF && (0xD0..=0xD7).contains(&file[at + 1])).collect();
    let mut lost = file.clone();
    lost.drain(markers[10]..markers[10] + 2);
    let decoded = decode(&lost, Scale::FULL).unwrap();
    let rows_apart = |image: &Image| {
        (0..128).filter(|y| image.data[y * 256..][..256] != whole.data[y * 256..][..256]).count()
    };
    assert!(decoded.flaw.is_some());
    assert!(rows_apart(&decoded.image) <= 16, "{}", rows_apart(&decoded.image));
    let mut doubled = file.clone();
    let marker = [doubled[markers[10]], doubled[markers[10] + 1]];
    doubled.splice(markers[11]..markers[11], marker);
    let decoded = decode(&doubled, Scale::FULL).unwrap();
    assert_eq!(decoded.flaw, Some(Flaw::Restart));
    assert_eq!(rows_apart(&decoded.image), 0);
}

#[test]
fn what_needs_too_much_memory_is_refused_with_the_figure() {
    let file = write(&picture(512, 512, 3), Writing { progressive: true, ..PLAIN });
    let config = DecoderConfig { max_memory: 1 << 20, ..DecoderConfig::default() };
    let Err(DecodeError::Memory { needed, limit }) =
        decode_chunked(&file, Scale::FULL, &[100], config.clone()).map(|_| ())
    else {
        panic!("not refused");
    };
    assert_eq!(limit, 1 << 20);
    assert!(needed > 512 * 512 * 3 * 2);
    assert!(decode_chunked(&file, Scale::EIGHTH, &[100], config).is_ok());
}

#[test]
fn input_fed_ahead_of_its_use_counts_against_the_memory() {
    let mut file = write(&picture(64, 64, 3), PLAIN);
    file.resize(file.len() + (1 << 20), 0);
    let config = DecoderConfig { max_memory: 1 << 20, ..DecoderConfig::default() };
    let Err(DecodeError::Memory { needed, .. }) =
        decode_chunked(&file, Scale::FULL, &[file.len()], config.clone()).map(|_| ())
    else {
        panic!("not refused");
    };
    assert!(needed > file.len() as u64, "{needed}");
    assert!(decode_chunked(&file, Scale::FULL, &[100], config).is_ok());
}
