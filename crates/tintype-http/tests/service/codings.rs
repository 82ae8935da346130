//! Sources that arrive compressed.

use crate::support::*;

#[test]
fn a_content_coding_is_named_and_nothing_of_the_body_is_read() {
    for (coding, named) in [("gzip", "gzip"), ("br", "br"), ("ZSTD", "zstd"), ("gzip, br", "gzip, br")] {
        let host =
            TestHost::new().origin(move |_| Reply::image(&jpeg(300)).header("content-encoding", coding));
        let answer = host.get(PHOTO);
        assert_eq!(answer.error(), (415, "unsupported-media".into()), "{coding}");
        let message = answer.json()["message"].as_str().unwrap().to_owned();
        assert!(message.contains(&format!("content coding {named},")), "{message}");
        assert_eq!(host.taken.get(), 0);
    }
}

#[test]
fn a_body_that_claims_to_be_as_it_is_is_read() {
    for coding in ["identity", "", " , identity"] {
        let host =
            TestHost::new().origin(move |_| Reply::image(&jpeg(300)).header("content-encoding", coding));
        assert_eq!(host.get(PHOTO).status, 200, "{coding}");
    }
    let upload = request("POST", "/?width=8", &[("content-encoding", "gzip")]);
    let answer = TestHost::new().send(upload.map(|_| pieces(&jpeg(300), 10)));
    assert_eq!(answer.error(), (415, "unsupported-media".into()));
}
