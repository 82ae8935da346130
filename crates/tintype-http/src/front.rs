//! Standing in front of another HTTP component, which serves images and everything else.
//!
//! A `GET` or `HEAD` of an image with options in its query, such as `/photos/cat.jpg?width=800`, is a request for a rendition;
//! every other request belongs to the component behind. The options are those of the query grammar, except that `url`,
//! `onerror` and `version` mean nothing here, and that `format` is `auto` by default.
//!
//! ```
//! use http::Method;
//! use tintype_http::front::{Split, wants_rendition};
//!
//! assert!(wants_rendition(&Method::GET, "/photos/cat.jpg?width=800"));
//! assert!(!wants_rendition(&Method::GET, "/search?q=cat&page=2"));
//!
//! let split = Split::of("/photos/cat.jpg?v=3&width=800&fit=cover").unwrap();
//! assert_eq!(split.target, "/photos/cat.jpg?v=3");
//! assert_eq!(split.options, "width=800&fit=cover");
//! ```

use http::Method;
use http::header::{self, HeaderMap, HeaderName};
use tintype_types::Format;

use crate::failure::Result;
use crate::fetch;
use crate::grammar::parameter::find;
use crate::grammar::{query, text};
use crate::request::{ImageRequest, file_stem};
use crate::response::list;

/// Parameters of the query grammar that are not options here, but the other component's own: it names the source, it has its
/// own versions, and its errors are its own.
const FOREIGN: &[&str] = &["url", "version", "onerror"];

/// Options that say nothing about the picture. Without others, a request is not one for a rendition.
const DELIVERY: &[&str] = &["filename", "download", "expires", "maxage", "passthrough"];

/// Headers of a request that are about the response that its client gets, and not about the original.
const CLIENT_ONLY: &[HeaderName] = &[
    header::IF_MATCH,
    header::IF_MODIFIED_SINCE,
    header::IF_NONE_MATCH,
    header::IF_RANGE,
    header::IF_UNMODIFIED_SINCE,
    header::RANGE,
    header::CONTENT_LENGTH,
    header::EXPECT,
];

/// Headers of a response that are about the bytes of the original, or replaced.
const ORIGINAL_ONLY: &[&str] = &[
    "accept-ranges",
    "age",
    "cache-control",
    "content-digest",
    "content-disposition",
    "content-encoding",
    "content-length",
    "content-location",
    "content-md5",
    "content-range",
    "content-type",
    "digest",
    "etag",
    "expires",
    "last-modified",
    "pragma",
    "repr-digest",
    "server-timing",
    "trailer",
    "vary",
];

/// Whether a request is one for a rendition: a `GET` or `HEAD` of a path that ends in the extension of a format that is decoded,
/// with an option about the picture.
pub fn wants_rendition(method: &Method, target: &str) -> bool {
    matches!(*method, Method::GET | Method::HEAD) && Split::of(target).is_some()
}

/// A target taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Split {
    /// The target of the original: the path, and what is left of the query.
    pub target: String,
    /// The options, as a query.
    pub options: String,
    /// Whether the options choose a format.
    has_format: bool,
}

impl Split {
    /// Takes a target (path and query) apart. `None` if the path is not that of an image, or no option is about the picture.
    pub fn of(target: &str) -> Option<Self> {
        let (path, query) = target.split_once('?')?;
        if !is_image(path) {
            return None;
        }
        let (mut options, mut rest, mut names) = (Vec::new(), Vec::new(), Vec::new());
        for pair in query.split('&') {
            match option(pair) {
                Some(name) => {
                    options.push(pair);
                    names.push(name);
                }
                None => rest.push(pair),
            }
        }
        let target = if rest.is_empty() { path.into() } else { format!("{path}?{}", rest.join("&")) };
        let is_about_picture = names.iter().any(|name| !DELIVERY.contains(name));
        let has_format = names.contains(&"format");
        is_about_picture.then(|| Self { target, options: options.join("&"), has_format })
    }

    /// Reads the options.
    ///
    /// # Errors
    ///
    /// [`InvalidParameter`](crate::failure::Kind::InvalidParameter)
    pub fn read(&self) -> Result<ImageRequest> {
        let default = if self.has_format { "" } else { "format=auto&" };
        query::read(&format!("{default}{}", self.options), true)
    }

    /// The name of the original's file without its extension, if it is fit for one.
    pub(crate) fn stem(&self) -> Option<String> {
        let path = self.target.split('?').next()?;
        file_stem(path)
    }
}

/// The main name of the option that a pair of a query gives a value.
fn option(pair: &str) -> Option<&'static str> {
    let name = text::decode(&pair.split('=').next()?.replace('+', " "))?;
    let name = find(query::PARAMETERS, &name)?.name();
    (!FOREIGN.contains(&name)).then_some(name)
}

/// Whether a path ends in the extension of a format that is decoded.
fn is_image(path: &str) -> bool {
    let extension = path.rsplit_once('.').map(|(_, extension)| extension.to_ascii_lowercase());
    extension.and_then(|extension| extension.parse().ok()).is_some_and(Format::is_decoded)
}

/// The headers of the request for the original: those of the client, but for what is about its own response.
pub(crate) fn headers_of_original(client: &HeaderMap) -> HeaderMap {
    let mut headers = client.clone();
    for name in CLIENT_ONLY {
        headers.remove(name);
    }
    fetch::ask_for_image(&mut headers);
    headers
}

/// Whether a client identifies itself, so that the response may be for it alone.
pub(crate) fn has_credentials(client: &HeaderMap) -> bool {
    client.contains_key(header::AUTHORIZATION) || client.contains_key(header::COOKIE)
}

/// Adds to the headers of a rendition those of the original that hold for it, too: cookies, policies, and what it varies by.
pub(crate) fn inherit(headers: &mut HeaderMap, original: &HeaderMap) {
    for line in list::lines(original, header::VARY) {
        // The original was asked for without regard to these headers of the client.
        let ours =
            |name: &str| ["accept", "accept-encoding"].iter().any(|ours| name.eq_ignore_ascii_case(ours));
        list::members(&line).filter(|name| !ours(name)).for_each(|name| list::vary(headers, name));
    }
    for name in original.keys().filter(|name| !ORIGINAL_ONLY.contains(&name.as_str())) {
        headers.remove(name);
        for value in original.get_all(name) {
            headers.append(name, value.clone());
        }
    }
}

#[cfg(test)]
mod tests {
    use tintype_types::Length;

    use super::*;
    use crate::failure::Kind;
    use crate::request::OutputFormat;

    fn split(target: &str) -> Option<(String, String)> {
        Split::of(target).map(|split| (split.target, split.options))
    }

    #[test]
    fn options_are_taken_out_of_the_query_and_the_rest_stays_as_it_was() {
        for (target, original, options) in [
            ("/a.jpg?width=8", "/a.jpg", "width=8"),
            ("/b/a.JPEG?w=8&h=6", "/b/a.JPEG", "w=8&h=6"),
            ("/a.png?x=1&w=8&y=%zz&&q=5", "/a.png?x=1&y=%zz&", "w=8&q=5"),
            ("/a.gif?%77=8&url=u&onerror=source&v=3", "/a.gif?url=u&onerror=source&v=3", "%77=8"),
            ("/a.webp?w=8&download=1", "/a.webp", "w=8&download=1"),
            ("//a.b/c.d.jpg?w=8?", "//a.b/c.d.jpg", "w=8?"),
        ] {
            assert_eq!(split(target), Some((original.into(), options.into())), "{target}");
        }
    }

    #[test]
    fn what_is_no_image_or_has_no_option_about_the_picture_is_left_alone() {
        for target in [
            "/a.jpg",
            "/a.jpg?",
            "/a.jpg?v=3",
            "/a.jpg?widht=8",
            "/a.jpg?download=1&maxage=5",
            "/a.jpg?url=x&onerror=source",
            "/search?q=cat&page=2",
            "/?w=8",
            "/a.svg?w=8",
            "/a.avif?w=8",
            "/a.jpg/?w=8",
            "/jpg?w=8",
            "*",
            "",
        ] {
            assert_eq!(split(target), None, "{target}");
        }
        assert!(!wants_rendition(&Method::POST, "/a.jpg?w=8"));
        assert!(wants_rendition(&Method::HEAD, "/a.jpg?w=8"));
    }

    #[test]
    fn the_format_is_negotiated_unless_it_is_given() {
        let read = |target: &str| Split::of(target).unwrap().read();
        let request = read("/a.jpg?w=8").unwrap();
        assert_eq!(request.output.format, OutputFormat::Auto);
        assert_eq!(request.geometry.width, Some(Length::Pixels(8)));
        assert_eq!(read("/a.jpg?f=png").unwrap().output.format, OutputFormat::Fixed(Format::Png));
        assert_eq!(read("/a.jpg?w=8&width=8").unwrap_err().kind(), Kind::InvalidParameter);
        assert_eq!(read("/a.jpg?w=0").unwrap_err().kind(), Kind::InvalidParameter);
    }

    #[test]
    fn a_file_keeps_the_name_of_the_original() {
        let stem = |target: &str| Split::of(target).unwrap().stem();
        assert_eq!(stem("/b/my%20cat.jpg?w=8&x=/y").as_deref(), Some("my cat"));
        assert_eq!(stem("/.jpg?w=8"), None);
    }
}
