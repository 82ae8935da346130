//! The answer that holds an image.

use super::Reply;
use crate::format::Format;
use crate::grammar::percent_decode;
use crate::prelude::*;
use crate::request::{OutputFormat, Request};
use crate::source::url::Url;
use crate::text;

/// What the head of an image's answer is made of.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    /// `ETag`, where it is known before the body begins.
    pub etag: Option<String>,
    /// `Last-Modified` of the source.
    pub last_modified: Option<String>,
    /// `Cache-Control`
    pub cache_control: String,
    /// Where the source was fetched from, if the client may know.
    pub canonical: Option<Url>,
    /// A name for the file, without extension.
    pub stem: Option<String>,
}

impl Facts {
    /// Takes a name for the file from the request or from the source's path.
    pub fn name_after(&mut self, request: &Request, url: Option<&Url>) {
        let from_path = || {
            let last = percent_decode(text::rsplit_once(&url?.path, b'/')?.1)?;
            let stem = text::rsplit_once(&last, b'.').map_or(last.as_str(), |(stem, _)| stem);
            crate::grammar::value::filename(stem)
        };
        self.stem = request.delivery.filename.clone().or_else(from_path);
    }
}

/// An image whose body is whole.
pub fn whole(request: &Request, format: Format, body: Vec<u8>, facts: &Facts) -> Reply {
    let reply = Reply::new(200, &format.media_type(), body);
    head(reply, request, facts).header("content-disposition", disposition(request, format, facts))
}

/// The head of an image whose body is too large to be collected first: without `Content-Length`.
pub fn begun(request: &Request, format: Format, body: Vec<u8>, facts: &Facts) -> Reply {
    whole(request, format, body, facts).without(&["content-length"])
}

/// The answer to a client that has the image already.
pub fn not_modified(request: &Request, facts: &Facts) -> Reply {
    head(Reply::empty(304), request, facts)
}

/// A redirect in place of an error.
pub fn redirect(url: &Url) -> Reply {
    Reply::new(302, "text/plain", Vec::new())
        .header("location", url.text())
        .header("cache-control", "no-store")
}

fn head(mut reply: Reply, request: &Request, facts: &Facts) -> Reply {
    reply.add("cache-control", &facts.cache_control);
    for (name, value) in &[("etag", &facts.etag), ("last-modified", &facts.last_modified)] {
        if let Some(value) = value {
            reply.add(name, value);
        }
    }
    // The answer depends on what the client accepts exactly where the client is asked.
    if request.output.format == OutputFormat::Auto {
        reply.add("vary", "accept");
    }
    if let Some(url) = &facts.canonical {
        reply.add("link", &text::concat(&["<", &url.text(), ">; rel=\"canonical\""]));
    }
    reply.add("accept-ranges", "none");
    reply.add("cross-origin-resource-policy", "cross-origin");
    reply
}

/// `Content-Disposition` (RFC 6266), with names outside of ASCII as RFC 8187 has them.
fn disposition(request: &Request, format: Format, facts: &Facts) -> String {
    let kind = if request.delivery.download { "attachment" } else { "inline" };
    let stem = facts.stem.as_deref().unwrap_or("image");
    let extension = format.extension();
    let mut plain = String::new();
    for c in stem.chars() {
        plain.push(if c.is_ascii() { c } else { '_' });
    }
    let mut text = text::concat(&[kind, "; filename=\"", &plain, ".", extension, "\""]);
    if plain != stem {
        let encoded = text::escape(stem, |b| b.is_ascii_alphanumeric());
        text.push_str(&text::concat(&["; filename*=UTF-8''", &encoded, ".", extension]));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::request::Source;

    fn disposition_of(path: &str, filename: Option<&str>, download: bool) -> String {
        let url = Url::parse(&format!("http://a.example{path}"), 1000).unwrap();
        let mut request = Request::new(Source::Body);
        request.delivery.filename = filename.map(Into::into);
        request.delivery.download = download;
        let mut facts = Facts::default();
        facts.name_after(&request, Some(&url));
        disposition(&request, Format::Jpeg, &facts)
    }

    #[test]
    fn files_are_named_after_the_request_or_the_source() {
        assert_eq!(disposition_of("/b/c.d.png?x", None, false), "inline; filename=\"c.d.jpg\"");
        assert_eq!(disposition_of("/", None, true), "attachment; filename=\"image.jpg\"");
        assert_eq!(disposition_of("/a%22b%2F.png", None, false), "inline; filename=\"image.jpg\"");
        assert_eq!(
            disposition_of("/x.png", Some("Grüße"), true),
            "attachment; filename=\"Gr__e.jpg\"; filename*=UTF-8''Gr%C3%BC%C3%9Fe.jpg"
        );
    }

    #[test]
    fn only_a_negotiated_answer_varies() {
        let mut request = Request::new(Source::Body);
        let varies = |request: &Request| {
            let reply = whole(request, Format::Png, vec![1], &Facts::default());
            reply.headers.iter().any(|(name, _)| *name == "vary")
        };
        assert!(!varies(&request));
        request.output.format = OutputFormat::Auto;
        assert!(varies(&request));
    }
}
