//! The facts of a request apart from what it asks for.

use std::hash::{Hash as _, Hasher as _};
use std::time::{Instant, SystemTime};

use http::header::{self, HeaderMap, HeaderName};
use http::method::Method;
use http::request::Parts;
use twox_hash::XxHash64;

use crate::hints::Hints;
use crate::response::negotiate;

/// The name of the service in `Via`.
pub const VIA: &str = "tintype";

const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const TRACEPARENT: HeaderName = HeaderName::from_static("traceparent");
const TRACESTATE: HeaderName = HeaderName::from_static("tracestate");

/// The facts of one request. Header lines of the same name are joined with commas.
#[derive(Clone, Debug, Default)]
pub struct RequestContext {
    /// The method.
    pub method: Method,
    /// Path and query.
    pub target: String,
    /// The request's identifier: the client's own if it is well-formed, or else a fresh one.
    pub id: String,
    /// `Accept`
    pub accept: Option<String>,
    /// `If-None-Match`
    pub if_none_match: Option<String>,
    /// `If-Modified-Since`
    pub if_modified_since: Option<String>,
    /// `Origin`
    pub origin: Option<String>,
    /// `traceparent`, if it is well-formed.
    pub traceparent: Option<String>,
    /// `tracestate`, if it accompanies a well-formed `traceparent`.
    pub tracestate: Option<String>,
    /// What the client says about its screen.
    pub hints: Hints,
    /// `Content-Length`
    pub content_length: Option<u64>,
    /// Whether the request has come through this service already.
    pub looped: bool,
}

impl RequestContext {
    /// Reads the facts from the head of a request that arrived at this moment by the two clocks.
    pub fn new(parts: &Parts, date: SystemTime, now: Instant) -> Self {
        let text = |name: HeaderName| joined(&parts.headers, name);
        let traceparent = text(TRACEPARENT).filter(|trace| is_trace(trace));
        let tracestate =
            traceparent.as_ref().and_then(|_| text(TRACESTATE)).filter(|state| is_printable(state));
        Self {
            method: parts.method.clone(),
            target: parts.uri.path_and_query().map_or("/", |target| target.as_str()).into(),
            id: text(X_REQUEST_ID).filter(|id| is_id(id)).unwrap_or_else(|| fresh_id(date, now)),
            accept: text(header::ACCEPT),
            if_none_match: text(header::IF_NONE_MATCH),
            if_modified_since: text(header::IF_MODIFIED_SINCE),
            origin: text(header::ORIGIN),
            traceparent,
            tracestate,
            hints: Hints::from_headers(&parts.headers),
            content_length: text(header::CONTENT_LENGTH).and_then(|length| read_length(&length)),
            looped: text(header::VIA).is_some_and(|via| is_looped(&via)),
        }
    }

    /// The trace headers to pass on to an origin.
    pub fn trace_headers(&self) -> impl Iterator<Item = (HeaderName, &str)> {
        let headers = [(TRACEPARENT, self.traceparent.as_deref()), (TRACESTATE, self.tracestate.as_deref())];
        headers.into_iter().filter_map(|(name, value)| Some((name, value?)))
    }

    /// Whether the client asks for errors as RFC 9457 has them.
    pub fn wants_problem_json(&self) -> bool {
        let accept = self.accept.as_deref();
        accept.is_some_and(|accept| negotiate::accepts(accept, "application/problem+json"))
    }
}

/// The lines of a header as one. Bytes that are not UTF-8 are replaced: a line that has some stands for nothing, and
/// still is there.
fn joined(headers: &HeaderMap, name: HeaderName) -> Option<String> {
    let lines: Vec<_> =
        headers.get_all(name).iter().map(|line| String::from_utf8_lossy(line.as_bytes())).collect();
    (!lines.is_empty()).then(|| lines.join(","))
}

/// An identifier made of the time by two clocks. It is no secret, and so needs no source of randomness.
fn fresh_id(date: SystemTime, now: Instant) -> String {
    let mut hash = XxHash64::with_seed(0);
    (date, now).hash(&mut hash);
    format!("{:016x}", hash.finish())
}

/// At most 128 letters, digits, `-`, `_`, `.` and `:`.
fn is_id(id: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b':');
    (1..=128).contains(&id.len()) && id.bytes().all(fits)
}

/// `00-{32 digits}-{16 digits}-{2 digits}` in lower-case hexadecimal, with identifiers that are not zero (W3C Trace
/// Context, section 3.2).
fn is_trace(text: &str) -> bool {
    let digits = |part: &str, count| {
        part.len() == count && part.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
    };
    let id = |part: &str, count| digits(part, count) && part.bytes().any(|byte| byte != b'0');
    let mut parts = text.split('-');
    parts.next() == Some("00")
        && parts.next().is_some_and(|trace| id(trace, 32))
        && parts.next().is_some_and(|parent| id(parent, 16))
        && parts.next().is_some_and(|flags| digits(flags, 2))
        && parts.next().is_none()
}

fn is_printable(text: &str) -> bool {
    text.bytes().all(|byte| matches!(byte, b' '..=b'~'))
}

fn read_length(text: &str) -> Option<u64> {
    // `parse` accepts a sign, which has no place here.
    text.parse().ok().filter(|_| text.bytes().all(|byte| byte.is_ascii_digit()))
}

/// Whether this service is one of the hops of a `Via` header (RFC 9110, section 7.6.3).
fn is_looped(via: &str) -> bool {
    via.split(',').any(|hop| hop.split_ascii_whitespace().nth(1) == Some(VIA))
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, UNIX_EPOCH};

    use http::Request;

    use super::*;

    const TRACE: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

    fn context(headers: &[(&str, &str)]) -> RequestContext {
        let mut request = Request::get("/a?b=c");
        for (name, value) in headers {
            request = request.header(*name, value.as_bytes());
        }
        let (parts, ()) = request.body(()).unwrap().into_parts();
        RequestContext::new(&parts, UNIX_EPOCH, Instant::now())
    }

    #[test]
    fn a_request_is_known_by_its_method_and_target() {
        let context = context(&[]);
        assert_eq!((context.method, context.target.as_str()), (Method::GET, "/a?b=c"));
        assert_eq!((context.accept, context.if_none_match, context.content_length), (None, None, None));
    }

    #[test]
    fn identifiers_are_kept_only_if_they_are_well_formed() {
        assert_eq!(context(&[("x-request-id", "a-B_9.:")]).id, "a-B_9.:");
        assert_eq!(context(&[("x-request-id", &"x".repeat(128))]).id, "x".repeat(128));
        for bad in ["", "a b", "a\"b", "ü", &"x".repeat(129)] {
            let id = context(&[("x-request-id", bad)]).id;
            assert!(id != bad && id.len() == 16, "{bad}");
        }
        assert_eq!(context(&[("x-request-id", "a"), ("x-request-id", "b")]).id.len(), 16);
    }

    #[test]
    fn fresh_identifiers_differ_and_are_well_formed() {
        let (now, nanosecond) = (Instant::now(), Duration::from_nanos(1));
        let id = fresh_id(UNIX_EPOCH, now);
        assert!(is_id(&id));
        assert_eq!(id, fresh_id(UNIX_EPOCH, now));
        assert_ne!(id, fresh_id(UNIX_EPOCH + nanosecond, now));
        assert_ne!(id, fresh_id(UNIX_EPOCH, now + nanosecond));
    }

    #[test]
    fn traces_are_passed_on_only_if_they_are_well_formed() {
        let good = context(&[("traceparent", TRACE), ("tracestate", "a=b"), ("tracestate", "c=d")]);
        assert_eq!((good.traceparent.as_deref(), good.tracestate.as_deref()), (Some(TRACE), Some("a=b,c=d")));
        for bad in [
            "",
            "00-x",
            &TRACE[..54],
            &format!("{TRACE}0"),
            &format!("{TRACE}-00"),
            &format!("{TRACE} "),
            &TRACE.to_uppercase(),
            &TRACE.replacen("00", "01", 1),
            &TRACE.replace('4', "g"),
            "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
        ] {
            let context = context(&[("traceparent", bad), ("tracestate", "a=b")]);
            assert_eq!((context.traceparent, context.tracestate), (None, None), "{bad}");
        }
        assert_eq!(context(&[("traceparent", TRACE), ("traceparent", TRACE)]).traceparent, None);
        assert_eq!(context(&[("traceparent", TRACE), ("tracestate", "a=é")]).tracestate, None);
        assert_eq!(context(&[("tracestate", "a=b")]).tracestate, None);
    }

    #[test]
    fn lines_of_the_same_name_are_joined() {
        let tags = context(&[("if-none-match", "\"a\""), ("if-none-match", "\"b\"")]);
        assert_eq!(tags.if_none_match.as_deref(), Some("\"a\",\"b\""));
    }

    #[test]
    fn a_line_that_is_no_text_is_still_there() {
        let value = http::HeaderValue::from_bytes(b"\"\xff\"").unwrap();
        let (parts, ()) = Request::get("/").header("if-none-match", value).body(()).unwrap().into_parts();
        assert!(RequestContext::new(&parts, UNIX_EPOCH, Instant::now()).if_none_match.is_some());
    }

    #[test]
    fn a_length_is_a_number_in_digits() {
        assert_eq!(context(&[("content-length", "007")]).content_length, Some(7));
        for bad in ["", "+7", "-7", "7,7", "7.0", "99999999999999999999"] {
            assert_eq!(context(&[("content-length", bad)]).content_length, None, "{bad}");
        }
    }

    #[test]
    fn a_hop_through_this_service_is_found_in_via() {
        assert!(context(&[("via", "1.1 cdn, 1.1 tintype")]).looped);
        assert!(context(&[("via", "1.1 cdn"), ("via", "1.1 tintype")]).looped);
        assert!(context(&[("via", "HTTP/1.1 tintype (comment)")]).looped);
        assert!(!context(&[("via", "1.1 nottintype, 1.1 tintype.example")]).looped);
        assert!(!context(&[]).looped);
    }
}
