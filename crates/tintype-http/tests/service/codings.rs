//! Sources that arrive compressed.

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;

use crate::support::*;

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// An origin that has this body in this coding.
fn coded(coding: &'static str, body: Vec<u8>, piece: usize) -> TestHost {
    TestHost::new()
        .origin(move |_| Reply::status(200).body(pieces(&body, piece)).header("content-encoding", coding))
}

#[test]
fn a_source_in_gzip_is_decoded() {
    for coding in ["gzip", "x-gzip", "GZIP", "identity, gzip"] {
        for piece in [1, 7, 100_000] {
            let host = coded(coding, gzip(&jpeg(5000)), piece);
            let answer = host.get(PHOTO);
            assert_eq!((answer.status, answer.body), (200, jpeg(5000)), "{coding} {piece}");
            assert_eq!(answer.headers.get("content-encoding"), None);
            assert_eq!(host.log_line()["bytes_in"], 5000);
        }
    }
    let plain = coded("identity", jpeg(300), 100).get(PHOTO);
    assert_eq!(plain.headers["etag"], coded("gzip", gzip(&jpeg(300)), 9).get(PHOTO).headers["etag"]);
    let short = jpeg(20);
    assert_eq!(coded("gzip", gzip(&short), 9).get(PHOTO).body, short);
    let parts = [gzip(&jpeg(300)), gzip(b"and more")].concat();
    assert_eq!(coded("gzip", parts, 50).get(PHOTO).body.len(), 308);
}

#[test]
fn an_upload_in_gzip_is_decoded() {
    let upload = request("POST", "/?width=8", &[("content-encoding", "gzip")]);
    let answer = TestHost::new().send(upload.map(|_| pieces(&gzip(&jpeg(5000)), 10)));
    assert_eq!((answer.status, answer.body), (200, jpeg(5000)));
    let cut = request("POST", "/?width=8", &[("content-encoding", "gzip")]);
    let answer = TestHost::new().send(cut.map(|_| pieces(&gzip(&jpeg(5000))[..100], 10)));
    assert_eq!(answer.error(), (422, "damaged-source".into()));
}

#[test]
fn another_coding_is_named() {
    for (coding, named) in
        [("br", "br"), ("zstd", "zstd"), ("gzip, br", "gzip, br"), ("gzip,gzip", "gzip, gzip")]
    {
        let host = coded(coding, jpeg(300), 100);
        let answer = host.get(PHOTO);
        assert_eq!(answer.error(), (415, "unsupported-media".into()), "{coding}");
        let message = answer.json()["message"].as_str().unwrap().to_owned();
        assert!(message.contains(&format!("content coding {named},")), "{message}");
        assert_eq!(host.taken.get(), 0);
    }
}

#[test]
fn gzip_that_is_damaged_or_cut_short_leaves_no_image() {
    let whole = gzip(&jpeg(5000));
    let mut damaged = whole.clone();
    damaged[15] ^= 0xFF;
    let mut wrong_sum = whole.clone();
    let last = wrong_sum.len() - 6;
    wrong_sum[last] ^= 1;
    for piece in [1, 50, 100_000] {
        for body in [
            jpeg(300),
            damaged.clone(),
            wrong_sum.clone(),
            whole[..100].to_vec(),
            whole[..whole.len() - 1].to_vec(),
            whole[..5].to_vec(),
        ] {
            let answer = coded("gzip", body, piece).get(PHOTO);
            assert_eq!(answer.error(), (422, "damaged-source".into()), "{piece}");
        }
    }
}

#[test]
fn a_bomb_is_bounded_and_decoded_bit_by_bit() {
    let size = 24 << 20;
    let mut source = jpeg(100);
    source.resize(size, 0);
    let bomb = gzip(&source);
    assert!(bomb.len() < 100_000, "{}", bomb.len());
    let host = coded("gzip", bomb.clone(), 1 << 20).with("TINTYPE_MAX_SOURCE_BYTES", "2MiB");
    assert_eq!(host.get(PHOTO).error(), (413, "source-too-large".into()));
    // Passed through, the pieces show how much is decoded at a time.
    let host = coded("gzip", bomb, 1 << 20).with("TINTYPE_MAX_SOURCE_BYTES", "100MiB");
    let answer = host.get(&format!("{PHOTO}&passthrough=all"));
    assert_eq!((answer.status, answer.body.len()), (200, size));
    let largest = answer.pieces[1..].iter().max().unwrap();
    assert!(*largest <= 11 << 17, "{largest}");
}
