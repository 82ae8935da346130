//! Answers: status, headers and body, made without knowing how they are sent.

pub mod cache;
pub mod error;
pub mod etag;
pub mod explain;
pub mod image;
pub mod log;
pub mod negotiate;

use crate::client::Client;
use crate::config::{Config, words};
use crate::json::Object;
use crate::prelude::*;
use crate::route::Method;
use crate::table;
use crate::text;

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
    /// An answer with a body of this type.
    pub fn new(status: u16, media_type: &str, body: Vec<u8>) -> Self {
        let mut reply = Reply { status, headers: Vec::new(), body };
        reply.add("content-type", media_type);
        reply.add("content-length", &text::decimal(reply.body.len() as u64));
        reply
    }

    /// An answer without a body.
    pub fn empty(status: u16) -> Self {
        Reply { status, headers: Vec::new(), body: Vec::new() }
    }

    /// An answer in JSON that is never cached.
    pub fn json(status: u16, body: String) -> Self {
        Reply::new(status, "application/json", body.into_bytes()).header("cache-control", "no-store")
    }

    /// Adds a header.
    pub fn add(&mut self, name: &'static str, value: &str) {
        self.headers.push((name, value.to_owned()));
    }

    /// The same answer with one header more.
    #[must_use]
    pub fn header(mut self, name: &'static str, value: impl AsRef<str>) -> Self {
        self.add(name, value.as_ref());
        self
    }

    /// The same answer with the headers that every answer has.
    #[must_use]
    pub fn common(mut self, client: &Client, cors: &str) -> Self {
        self.add("x-request-id", &client.id);
        self.add("x-content-type-options", "nosniff");
        self.add("content-security-policy", "default-src 'none'; sandbox");
        let mut allowed = "";
        if cors == "*" {
            allowed = cors;
        } else if !cors.is_empty() {
            // The answer differs between origins also where this one is not allowed.
            self.vary("origin");
            let origin = client.origin.as_deref().unwrap_or_default();
            if words(cors).contains(&origin) {
                allowed = origin;
            }
        }
        if !allowed.is_empty() {
            self.add("access-control-allow-origin", allowed);
            self.add("timing-allow-origin", allowed);
        }
        self
    }

    /// The same answer without these headers.
    #[must_use]
    pub fn without(self, names: &[&str]) -> Self {
        let mut reply = Reply { headers: Vec::new(), ..self };
        for (name, value) in &self.headers {
            if !names.contains(name) {
                reply.add(name, value);
            }
        }
        reply
    }

    fn vary(&mut self, name: &str) {
        for (known, value) in &mut self.headers {
            if *known == "vary" {
                return text::add(value, ", ", name);
            }
        }
        self.add("vary", name);
    }
}

/// `GET /healthz`: the component runs and its configuration can be read.
pub fn health() -> Reply {
    Reply::json(200, String::from(r#"{"status":"ok"}"#))
}

/// `GET /config`: every variable with the value that holds, without secrets.
pub fn configuration(config: &Config) -> Reply {
    let mut body = Object::new();
    for shown in &config.show() {
        body.open(&shown.name);
        body.text("value", &shown.value).text("type", shown.kind);
        body.text("default", shown.default).text("meaning", shown.meaning);
        body.close();
    }
    Reply::json(200, body.finish())
}

/// `OPTIONS`: the methods of the path, and to a browser that asks, which of them scripts may use.
pub fn options(allow: &'static str, cors: &str) -> Reply {
    let mut reply = Reply::empty(204).header("allow", allow);
    if !cors.is_empty() {
        reply.add("access-control-allow-methods", allow);
        reply.add("access-control-allow-headers", "content-type, if-none-match, x-request-id");
        reply.add("access-control-max-age", "86400");
    }
    reply
}

/// The name of a method in the log.
pub fn method_name(method: Method) -> &'static str {
    table::name("GET HEAD POST OPTIONS other", method as usize).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(cors: &str, origin: Option<&str>) -> Vec<String> {
        let client = Client { origin: origin.map(Into::into), ..Client::default() };
        let reply = Reply::empty(200).header("vary", "accept").common(&client, cors);
        let of_interest = ["vary", "access-control-allow-origin"];
        let shown = reply.headers.iter().filter(|(name, _)| of_interest.contains(name));
        shown.map(|(name, value)| format!("{name}: {value}")).collect()
    }

    #[test]
    fn scripts_of_other_origins_read_images_only_if_that_is_configured() {
        assert_eq!(headers("", Some("https://a.example")), ["vary: accept"]);
        assert_eq!(headers("*", None), ["vary: accept", "access-control-allow-origin: *"]);
        let list = "https://a.example, https://b.example";
        assert_eq!(
            headers(list, Some("https://b.example")),
            ["vary: accept, origin", "access-control-allow-origin: https://b.example"]
        );
        assert_eq!(headers(list, Some("https://evil.example")), ["vary: accept, origin"]);
    }

    #[test]
    fn the_configuration_is_shown_as_json() {
        let reply = configuration(&Config::read(&[]).unwrap());
        let body = String::from_utf8(reply.body).unwrap();
        let bytes = r#""TINTYPE_MAX_SOURCE_BYTES":{"value":"52428800","type":"bytes","default":"50MiB","meaning":"Bytes of"#;
        assert!(body.starts_with(r#"{"TINTYPE_SOURCES":{"value":"","#) && body.contains(bytes), "{body}");
    }
}
