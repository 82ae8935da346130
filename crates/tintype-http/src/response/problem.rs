//! The response to a request that failed.

use bytes::Bytes;
use http::{HeaderValue, Response, header};
use serde::Serialize;

use super::json;
use crate::context::RequestContext;
use crate::failure::Failure;

/// The body: the first three members are those of a problem (RFC 9457), for clients that ask for one.
#[derive(Serialize)]
struct Problem<'a> {
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    uri: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<u16>,
    code: u16,
    message: &'a str,
    error: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<&'a str>,
    request_id: &'a str,
}

/// `{"code":415,"message":"…","error":"unsupported-media","detail":"…","request_id":"…"}`, or the same as a problem
/// (RFC 9457) to a client that asks for one.
pub fn respond(failure: &Failure, context: &RequestContext) -> Response<Bytes> {
    let (status, slug) = (failure.kind().status(), failure.kind().slug());
    let problem = context.wants_problem_json();
    let mut response = json(
        status,
        &Problem {
            uri: problem.then(|| format!("tag:tintype,2026:{slug}")),
            title: problem.then_some(failure.message()),
            status: problem.then_some(status.as_u16()),
            code: status.as_u16(),
            message: failure.message(),
            error: slug,
            detail: failure.detail(),
            request_id: &context.id,
        },
    );
    if problem {
        let media_type = HeaderValue::from_static("application/problem+json");
        response.headers_mut().insert(header::CONTENT_TYPE, media_type);
    }
    if let Some((name, value)) = failure.header() {
        response.headers_mut().insert(name, value.clone());
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::failure::Kind;

    fn answer(accept: Option<&str>, failure: &Failure) -> (Response<()>, String) {
        let context =
            RequestContext { id: "7".into(), accept: accept.map(Into::into), ..RequestContext::default() };
        let (parts, body) = respond(failure, &context).into_parts();
        (Response::from_parts(parts, ()), String::from_utf8(body.to_vec()).unwrap())
    }

    fn unsupported() -> Failure {
        Failure::new(Kind::UnsupportedMedia, "no \"image\"").with_detail("send a JPEG")
    }

    #[test]
    fn an_error_says_code_message_name_detail_and_request() {
        let (head, body) = answer(None, &unsupported());
        assert_eq!(head.status(), 415);
        assert_eq!(head.headers()[header::CONTENT_TYPE], "application/json");
        assert_eq!(head.headers()[header::CACHE_CONTROL], "no-store");
        assert_eq!(head.headers()[header::CONTENT_LENGTH], body.len().to_string());
        assert_eq!(
            body,
            r#"{"code":415,"message":"no \"image\"","error":"unsupported-media","detail":"send a JPEG","request_id":"7"}"#
        );
    }

    #[test]
    fn a_client_that_asks_for_a_problem_gets_one() {
        let (head, body) = answer(Some("text/html, Application/Problem+JSON;q=0.5"), &unsupported());
        assert_eq!(head.headers()[header::CONTENT_TYPE], "application/problem+json");
        assert_eq!(
            body,
            r#"{"type":"tag:tintype,2026:unsupported-media","title":"no \"image\"","status":415,"code":415,"message":"no \"image\"","error":"unsupported-media","detail":"send a JPEG","request_id":"7"}"#
        );
        for accept in ["*/*", "application/json", "application/problem+json;q=0", "application/problem+jsonp"]
        {
            let (head, _) = answer(Some(accept), &unsupported());
            assert_eq!(head.headers()[header::CONTENT_TYPE], "application/json", "{accept}");
        }
    }

    #[test]
    fn a_failure_brings_its_header_along() {
        let (head, body) = answer(None, &Failure::method_not_allowed("GET, HEAD"));
        assert_eq!(head.headers()[header::ALLOW], "GET, HEAD");
        assert!(body.contains("use one of GET, HEAD"), "{body}");
        let busy = Failure::new(Kind::Overloaded, "too busy");
        let busy = busy.with_header(header::RETRY_AFTER, HeaderValue::from_static("5"));
        let (head, body) = answer(None, &busy);
        assert_eq!(
            (head.status().as_u16(), &head.headers()[header::RETRY_AFTER]),
            (503, &HeaderValue::from_static("5"))
        );
        assert_eq!(body, r#"{"code":503,"message":"too busy","error":"overloaded","request_id":"7"}"#);
    }
}
