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
use crate::route::Method;
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
        let length = text::decimal(body.len() as u64);
        let headers = vec![("content-type", media_type.to_owned()), ("content-length", length)];
        Reply { status, headers, body }
    }

    /// An answer without a body.
    pub fn empty(status: u16) -> Self {
        Reply { status, headers: Vec::new(), body: Vec::new() }
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

    /// The same answer with one header more, if there is a value for it.
    #[must_use]
    pub fn header_if(self, name: &'static str, value: Option<String>) -> Self {
        match value {
            Some(value) => self.header(name, value),
            None => self,
        }
    }

    /// The same answer with the headers that every answer has.
    #[must_use]
    pub fn common(mut self, client: &Client, cors: &str) -> Self {
        self = self
            .header("x-request-id", client.id.clone())
            .header("x-content-type-options", "nosniff")
            .header("content-security-policy", "default-src 'none'; sandbox");
        if cors == "*" {
            self = self.header("access-control-allow-origin", "*").header("timing-allow-origin", "*");
        } else if !cors.is_empty() {
            // The answer differs between origins also where this one is not allowed.
            self.vary("origin");
            let listed = |origin: &&String| words(cors).contains(&origin.as_str());
            if let Some(origin) = client.origin.as_ref().filter(listed) {
                self = self
                    .header("access-control-allow-origin", origin.clone())
                    .header("timing-allow-origin", origin.clone());
            }
        }
        self
    }

    /// The same answer without these headers.
    #[must_use]
    pub fn without(mut self, names: &[&str]) -> Self {
        self.headers.retain(|(name, _)| !names.contains(name));
        self
    }

    fn vary(&mut self, name: &str) {
        match self.headers.iter_mut().find(|(known, _)| *known == "vary") {
            Some((_, value)) => {
                value.push_str(", ");
                value.push_str(name);
            }
            None => self.headers.push(("vary", name.into())),
        }
    }
}

/// `GET /healthz`: the component runs and its configuration can be read.
pub fn health() -> Reply {
    Reply::json(200, String::from(r#"{"status":"ok"}"#))
}

/// `GET /config`: every variable with the value that holds, without secrets.
pub fn configuration(config: &Config) -> Reply {
    let mut body = Object::new();
    for (name, value) in &config.show() {
        body.text(name, value);
    }
    Reply::json(200, body.finish())
}

/// `OPTIONS`: the methods of the path, and to a browser that asks, which of them scripts may use.
pub fn options(allow: &'static str, cors: &str) -> Reply {
    let reply = Reply::empty(204).header("allow", allow);
    if cors.is_empty() {
        return reply;
    }
    reply
        .header("access-control-allow-methods", allow)
        .header("access-control-allow-headers", "content-type, if-none-match, x-request-id")
        .header("access-control-max-age", "86400")
}

/// The name of a method in the log.
pub fn method_name(method: Method) -> &'static str {
    text::name("GET HEAD POST OPTIONS other", method as usize).unwrap_or_default()
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
        assert!(body.starts_with(r#"{"TINTYPE_SOURCES":"","TINTYPE_MAX_SOURCE_BYTES":"52428800""#), "{body}");
    }
}
