//! The answer to a request that failed.

use super::Reply;
use crate::client::Client;
use crate::failure::Failure;
use crate::json::Object;
use crate::text;

/// `{"code":415,"message":"…","error":"unsupported-media","detail":"…","request_id":"…"}`, or the same as a problem
/// (RFC 9457) to a client that asks for one.
pub fn reply(failure: &Failure, client: &Client) -> Reply {
    let status = failure.kind.status();
    let slug = failure.kind.slug();
    let mut body = Object::new();
    let problem = client.wants_problem_json();
    if problem {
        body.text("type", &text::concat(&["tag:tintype,2026:", slug]))
            .text("title", &failure.message)
            .number("status", status.into());
    }
    body.number("code", status.into())
        .text("message", &failure.message)
        .text("error", slug)
        .text_if("detail", failure.detail.as_deref())
        .text("request_id", &client.id);
    let media_type = if problem { "application/problem+json" } else { "application/json" };
    let mut reply = Reply::new(status, media_type, body.finish().into_bytes());
    reply.add("cache-control", "no-store");
    if let Some(allow) = failure.allow {
        reply.add("allow", allow);
    }
    reply
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::failure::Kind;
    use crate::prelude::*;

    fn answer(accept: Option<&str>) -> (String, String) {
        let client = Client { id: "7".into(), accept: accept.map(Into::into), ..Client::default() };
        let failure = Failure::new(Kind::UnsupportedMedia, "no \"image\"").detail("send a JPEG");
        let reply = reply(&failure, &client);
        assert_eq!(reply.status, 415);
        (reply.headers[0].1.clone(), String::from_utf8(reply.body).unwrap())
    }

    #[test]
    fn an_error_says_code_message_name_detail_and_request() {
        let (media_type, body) = answer(None);
        assert_eq!(media_type, "application/json");
        assert_eq!(
            body,
            r#"{"code":415,"message":"no \"image\"","error":"unsupported-media","detail":"send a JPEG","request_id":"7"}"#
        );
    }

    #[test]
    fn a_client_that_asks_for_a_problem_gets_one() {
        let (media_type, body) = answer(Some("application/problem+json"));
        assert_eq!(media_type, "application/problem+json");
        assert!(body.starts_with(r#"{"type":"tag:tintype,2026:unsupported-media","title":"#), "{body}");
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
