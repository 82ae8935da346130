//! What is known of the client's request beside what it asks for.

use core::hash::Hasher as _;

use twox_hash::XxHash64;

use crate::prelude::*;
use crate::route::Method;
use crate::text;

/// The name that the service has in `Via`.
pub const VIA: &str = "tintype";

/// The facts of one request.
#[derive(Clone, Debug, Default)]
pub struct Client {
    /// The method; `None` before it is known.
    pub method: Option<Method>,
    /// Path and query.
    pub target: String,
    /// The request's identifier: the client's own if it is well-formed, or else a new one.
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
    /// `tracestate`, beside a well-formed `traceparent`.
    pub tracestate: Option<String>,
    /// `Content-Length`
    pub content_length: Option<u64>,
    /// Whether the request has come through this service already.
    pub looped: bool,
}

impl Client {
    /// Takes the facts from a request's headers; values of the same name are joined with commas.
    pub fn new(
        method: Method,
        target: String,
        header: &dyn Fn(&str) -> Option<String>,
        fresh_id: impl FnOnce() -> String,
    ) -> Self {
        let mut client = Client {
            method: Some(method),
            target,
            accept: header("accept"),
            if_none_match: header("if-none-match"),
            if_modified_since: header("if-modified-since"),
            origin: header("origin"),
            looped: looped(&header("via").unwrap_or_default()),
            content_length: header("content-length").and_then(|length| text::number(&length, 10)),
            id: header("x-request-id").unwrap_or_default(),
            traceparent: header("traceparent"),
            tracestate: None,
        };
        if !well_formed_id(&client.id) {
            client.id = fresh_id();
        }
        if client.traceparent.as_deref().is_some_and(well_formed_trace) {
            client.tracestate = header("tracestate");
        } else {
            client.traceparent = None;
        }
        client
    }

    /// Whether the client asks for errors as RFC 9457 has them.
    pub fn wants_problem_json(&self) -> bool {
        self.accept.as_deref().is_some_and(|accept| text::contains(accept, "application/problem+json"))
    }
}

/// A new identifier, of the time by two clocks: there is no secret in it, and no need for a source of randomness.
pub fn fresh_id(unix_nanoseconds: u64, monotonic_nanoseconds: u64) -> String {
    hash(&[&text::decimal(unix_nanoseconds), &text::decimal(monotonic_nanoseconds)])
}

/// A hash of several texts, in hexadecimal.
pub fn hash(parts: &[&str]) -> String {
    let mut hash = XxHash64::with_seed(0);
    for part in parts {
        hash.write(part.as_bytes());
        hash.write(&[0]);
    }
    text::hexadecimal(hash.finish(), 16)
}

/// At most 128 letters, digits, `-`, `_`, `.` and `:`.
fn well_formed_id(id: &str) -> bool {
    (1..=128).contains(&id.len())
        && text::all(id, |b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.' | b':'))
}

/// `00-{32 digits}-{16 digits}-{2 digits}` in lower-case hexadecimal (W3C Trace Context, section 3.2).
fn well_formed_trace(text: &str) -> bool {
    let mut fits = text.len() == 55 && text.starts_with("00-");
    for (at, byte) in text.as_bytes().iter().enumerate() {
        fits &= match at {
            2 | 35 | 52 => *byte == b'-',
            _ => matches!(byte, b'0'..=b'9' | b'a'..=b'f'),
        };
    }
    fits
}

/// Whether one of the hops of a `Via` header (RFC 9110, section 7.6.3) was received by this service.
fn looped(via: &str) -> bool {
    for hop in &text::split(via, b',') {
        if text::words(hop, |b| b.is_ascii_whitespace()).get(1) == Some(&VIA) {
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(headers: &[(&str, &str)]) -> Client {
        let find = |name: &str| {
            headers.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
        };
        Client::new(Method::Get, "/".into(), &find, || "fresh".into())
    }

    #[test]
    fn identifiers_are_taken_over_only_if_they_are_well_formed() {
        assert_eq!(client(&[("x-request-id", "a-B_9.:")]).id, "a-B_9.:");
        for bad in ["", "a b", "a\"b", "ü", &"x".repeat(129)] {
            assert_eq!(client(&[("x-request-id", bad)]).id, "fresh", "{bad}");
        }
    }

    #[test]
    fn new_identifiers_differ_and_are_well_formed() {
        assert!(well_formed_id(&fresh_id(1, 2)));
        assert_ne!(fresh_id(1, 2), fresh_id(2, 2));
        assert_ne!(fresh_id(1, 2), fresh_id(1, 3));
    }

    #[test]
    fn traces_are_passed_on_only_if_they_are_well_formed() {
        let good = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
        assert_eq!(client(&[("traceparent", good)]).traceparent.as_deref(), Some(good));
        let upper = good.to_uppercase();
        for bad in ["", "00-x", &good[..54], upper.as_str()] {
            let client = client(&[("traceparent", bad), ("tracestate", "a=b")]);
            assert_eq!((client.traceparent, client.tracestate), (None, None), "{bad}");
        }
    }

    #[test]
    fn a_hop_through_this_service_is_found_in_via() {
        assert!(client(&[("via", "1.1 cdn, 1.1 tintype")]).looped);
        assert!(client(&[("via", "HTTP/1.1 tintype (comment)")]).looped);
        assert!(!client(&[("via", "1.1 nottintype, 1.1 tintype.example")]).looped);
        assert!(!client(&[]).looped);
    }
}
