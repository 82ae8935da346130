//! Responses: status, headers and body, made without knowing how they are sent.

pub mod cache;
pub mod cors;
pub mod describe;
pub mod etag;
pub mod explain;
pub mod image;
pub(crate) mod json;
pub(crate) mod list;
pub mod log;
pub mod negotiate;
pub mod problem;

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode, header};
use serde::Serialize;

use self::cors::CorsOrigins;
use crate::context::RequestContext;

const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// A response in JSON that is never cached.
pub fn json(status: StatusCode, value: &impl Serialize) -> Response<Bytes> {
    let mut response = with_body(HeaderValue::from_static("application/json"), json::line(value).into());
    *response.status_mut() = status;
    response.headers_mut().insert(header::CACHE_CONTROL, no_store());
    response
}

/// `GET /healthz`: the component runs and can read its configuration.
pub fn health() -> Response<Bytes> {
    #[derive(Serialize)]
    struct Health {
        status: &'static str,
    }
    json(StatusCode::OK, &Health { status: "ok" })
}

/// `OPTIONS`: the methods of the path, and for browsers that ask, which of them scripts may use.
pub fn options(allow: &'static str, cors: &CorsOrigins) -> Response<Bytes> {
    let mut response = Response::new(Bytes::new());
    *response.status_mut() = StatusCode::NO_CONTENT;
    let headers = response.headers_mut();
    let mut insert = |name, value| headers.insert(name, HeaderValue::from_static(value));
    insert(header::ALLOW, allow);
    if !cors.is_empty() {
        insert(header::ACCESS_CONTROL_ALLOW_METHODS, allow);
        insert(header::ACCESS_CONTROL_ALLOW_HEADERS, "content-type, if-none-match, x-request-id");
        insert(header::ACCESS_CONTROL_MAX_AGE, "86400");
    }
    response
}

/// Adds the headers that every response has.
pub fn add_common(headers: &mut HeaderMap, context: &RequestContext, cors: &CorsOrigins) {
    if let Ok(id) = HeaderValue::from_str(&context.id) {
        headers.insert(X_REQUEST_ID, id);
    }
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    let policy = HeaderValue::from_static("default-src 'none'; sandbox");
    headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    cors.apply(headers, context.origin.as_deref());
}

/// 200 with a body of known length.
fn with_body(media_type: HeaderValue, body: Bytes) -> Response<Bytes> {
    let length = HeaderValue::from(body.len());
    let mut response = Response::new(body);
    response.headers_mut().insert(header::CONTENT_TYPE, media_type);
    response.headers_mut().insert(header::CONTENT_LENGTH, length);
    response
}

fn no_store() -> HeaderValue {
    HeaderValue::from_static("no-store")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(response: &Response<Bytes>) -> &str {
        std::str::from_utf8(response.body()).unwrap()
    }

    #[test]
    fn health_is_never_cached() {
        let response = health();
        assert_eq!((response.status(), text(&response)), (StatusCode::OK, r#"{"status":"ok"}"#));
        assert_eq!(response.headers()[header::CACHE_CONTROL], "no-store");
        assert_eq!(response.headers()[header::CONTENT_TYPE], "application/json");
        assert_eq!(response.headers()[header::CONTENT_LENGTH], "15");
    }

    #[test]
    fn scripts_learn_the_methods_only_if_some_may_use_them() {
        let silent = options("GET, HEAD", &CorsOrigins::default());
        assert_eq!(silent.status(), StatusCode::NO_CONTENT);
        assert_eq!(silent.headers()[header::ALLOW], "GET, HEAD");
        assert_eq!(silent.headers().len(), 1);
        let open = options("GET, HEAD", &"*".parse().unwrap());
        assert_eq!(open.headers()[header::ACCESS_CONTROL_ALLOW_METHODS], "GET, HEAD");
        assert_eq!(open.headers()[header::ACCESS_CONTROL_MAX_AGE], "86400");
        assert!(open.headers().contains_key(header::ACCESS_CONTROL_ALLOW_HEADERS));
    }

    #[test]
    fn every_response_names_its_request_and_is_taken_for_nothing_else() {
        let mut headers = HeaderMap::new();
        let context = RequestContext { id: "7".into(), ..RequestContext::default() };
        add_common(&mut headers, &context, &"*".parse().unwrap());
        assert_eq!(headers[X_REQUEST_ID], "7");
        assert_eq!(headers[header::X_CONTENT_TYPE_OPTIONS], "nosniff");
        assert_eq!(headers[header::CONTENT_SECURITY_POLICY], "default-src 'none'; sandbox");
        assert_eq!(headers[header::ACCESS_CONTROL_ALLOW_ORIGIN], "*");
    }
}
