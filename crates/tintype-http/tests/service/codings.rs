//! Sources that arrive compressed.

use crate::support::*;

fn coded(codings: &[&'static str]) -> TestHost {
    let codings = codings.to_vec();
    TestHost::new().origin(move |_| {
        codings
            .iter()
            .fold(Reply::image(&jpeg(300)), |reply, coding| reply.header("content-encoding", coding))
    })
}

#[test]
fn an_origin_is_asked_not_to_compress() {
    let host = TestHost::new();
    assert_eq!(host.get_with(PHOTO, &[("accept-encoding", "gzip, br")]).status, 200);
    assert_eq!(host.asked_header("accept-encoding").as_deref(), Some("identity"));
}

#[test]
fn a_source_that_is_compressed_is_refused_by_the_coding_s_name() {
    for (codings, named) in [
        (&["gzip"][..], "gzip"),
        (&["GZIP"], "gzip"),
        (&["br"], "br"),
        (&["identity, zstd"], "zstd"),
        (&["gzip", "br"], "gzip, br"),
        (&["gzip,, gzip"], "gzip, gzip"),
    ] {
        let host = coded(codings);
        let answer = host.get(PHOTO);
        assert_eq!(answer.error(), (415, "unsupported-media".into()), "{codings:?}");
        let message = answer.json()["message"].as_str().unwrap().to_owned();
        assert!(message.contains(&format!("compressed with {named},")), "{message}");
        assert_eq!(host.taken.get(), 0);
    }
    for codings in [&["identity"][..], &[""], &["identity", "identity"]] {
        assert_eq!(coded(codings).get(PHOTO).status, 200, "{codings:?}");
    }
}

#[test]
fn an_upload_that_is_compressed_is_refused_too() {
    let upload = request("POST", "/?width=8", &[("content-encoding", "gzip")]);
    let host = TestHost::new();
    assert_eq!(host.send(upload.map(|_| pieces(&jpeg(300), 10))).error(), (415, "unsupported-media".into()));
    assert_eq!(host.taken.get(), 0);
}

#[test]
fn the_name_of_a_coding_cannot_make_a_message_long() {
    let coding: &str = "x".repeat(5000).leak();
    let answer = coded(&[coding]).get(PHOTO);
    assert!(answer.status == 415 && answer.body.len() < 600, "{}", answer.body.len());
}
