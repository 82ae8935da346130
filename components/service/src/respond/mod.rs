//! Answers: status, headers and body, made without knowing how they are sent.

pub mod error;
pub mod negotiate;

use crate::format::Format;

/// An answer that fits in memory, or the head of one that does not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    /// The status.
    pub status: u16,
    /// Header names in lower case, with values.
    pub headers: Vec<(&'static str, String)>,
    /// The body.
    pub body: Vec<u8>,
}

impl Reply {
    /// An answer with a body of this type, and with the headers that every answer has.
    pub fn new(status: u16, media_type: &str, body: Vec<u8>) -> Self {
        let headers = vec![
            ("content-type", media_type.to_owned()),
            ("content-length", body.len().to_string()),
            ("x-content-type-options", "nosniff".into()),
        ];
        Reply { status, headers, body }
    }

    /// An answer in JSON that is never cached.
    pub fn json(status: u16, body: String) -> Self {
        Reply::new(status, "application/json", body.into_bytes()).header("cache-control", "no-store")
    }

    /// The same answer with one header more.
    #[must_use]
    pub fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// The same answer without a header.
    #[must_use]
    pub fn without(mut self, name: &str) -> Self {
        self.headers.retain(|(known, _)| *known != name);
        self
    }
}

/// The head of a rendition's answer; `complete` tells whether the body given is all of it.
pub fn rendition(format: Format, body: Vec<u8>, complete: bool) -> Reply {
    let reply = Reply::new(200, format.media_type(), body).header("accept-ranges", "none");
    if complete { reply } else { reply.without("content-length") }
}

/// `GET /healthz`: the component runs and its configuration can be read.
pub fn health() -> Reply {
    Reply::json(200, String::from(r#"{"status":"ok"}"#))
}
