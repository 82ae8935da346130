//! The answer to a request that failed.

use super::Reply;
use crate::failure::Failure;
use crate::json::Object;

/// `{"code":415,"message":"…","error":"unsupported-media","detail":"…"}`.
pub fn reply(failure: &Failure) -> Reply {
    let status = failure.kind.status();
    let mut body = Object::new();
    body.number("code", status.into())
        .text("message", &failure.message)
        .text("error", failure.kind.slug())
        .text_if("detail", failure.detail.as_deref());
    let reply = Reply::json(status, body.finish());
    match failure.allow {
        Some(allow) => reply.header("allow", allow),
        None => reply,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::failure::Kind;

    #[test]
    fn an_error_says_code_message_name_and_detail() {
        let reply = reply(&Failure::new(Kind::UnsupportedMedia, "no \"image\"").detail("send a JPEG"));
        assert_eq!(reply.status, 415);
        assert_eq!(
            String::from_utf8(reply.body).unwrap(),
            r#"{"code":415,"message":"no \"image\"","error":"unsupported-media","detail":"send a JPEG"}"#
        );
    }

    #[test]
    fn every_kind_has_a_name_of_its_own_and_an_error_status() {
        let mut slugs: Vec<&str> = Kind::ALL.iter().map(|kind| kind.slug()).collect();
        slugs.sort_unstable();
        slugs.dedup();
        assert_eq!(slugs.len(), Kind::ALL.len());
        assert!(Kind::ALL.iter().all(|kind| (400..600).contains(&kind.status())));
    }
}
