//! `examples/wac-gate`: a component that checks a token and calls the resizer in the same process.

use harness::client::{Reply, Server, request};
use pictures::photograph;

use crate::examples::Example;

#[test]
fn whoever_has_the_token_gets_a_thumbnail() {
    let Some(example) = Example::built("wac-gate") else {
        println!("skipped: there is no wac, and none could be installed");
        return;
    };
    let server = example.serve();
    let post = |token: Option<&str>, photo: &[u8]| -> Reply {
        let mut sent = request("POST", "/", photo.to_vec());
        if let Some(token) = token {
            sent.headers_mut().insert("authorization", token.parse().unwrap());
        }
        server.send(sent)
    };
    let photo = photograph(640, 480).jpeg();
    let reply = post(Some("Bearer secret"), &photo);
    assert_eq!((reply.status, reply.header("content-type")), (200, "image/webp"));
    let picture = pictures::Picture::read(&reply.body);
    assert_eq!((picture.width, picture.height), (320, 320));
    for token in [None, Some("Bearer secres"), Some("Bearer "), Some("secret")] {
        assert_eq!(post(token, &photo).status, 401, "{token:?}");
    }
    let failed = post(Some("Bearer secret"), b"no image at all");
    assert_eq!(failed.status, 422);
    assert!(failed.text().starts_with("the source is not an image of a known format"), "{}", failed.text());
}
