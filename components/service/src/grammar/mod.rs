//! Front doors: each grammar turns a URL into a [`Request`], and nothing else does.
//!
//! All four are pairs of pure functions. `read` makes a request of a target (path and query); `write` makes a target
//! of a request, or says what the grammar has no words for.

pub mod base64;
pub mod cloudflare;
pub mod draft;
pub mod imgproxy;
pub mod parameter;
pub mod query;
pub mod signature;
pub mod value;
pub mod wsrv;

use crate::config::Config;
use crate::failure::{Failure, Kind, clip};
use crate::prelude::*;
use crate::request::{OutputFormat, Request, Source};
use crate::text;

/// The grammars.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Grammar {
    /// tintype's own, at `/`.
    Query,
    /// imgproxy's, at `/{signature}/…`.
    Imgproxy,
    /// Cloudflare's, at `/cdn-cgi/image/…`.
    Cloudflare,
    /// wsrv.nl's, at `/wsrv/`.
    Wsrv,
}

/// Every grammar.
pub const ALL: [Grammar; 4] = [Grammar::Query, Grammar::Imgproxy, Grammar::Cloudflare, Grammar::Wsrv];

impl Grammar {
    /// The grammar's name.
    pub const fn name(self) -> &'static str {
        match self {
            Grammar::Query => "query",
            Grammar::Imgproxy => "imgproxy",
            Grammar::Cloudflare => "cloudflare",
            Grammar::Wsrv => "wsrv",
        }
    }

    /// The grammar of a path.
    pub fn of(path: &str) -> Option<Grammar> {
        if path == "/" {
            Some(Grammar::Query)
        } else if path.starts_with(cloudflare::PREFIX) {
            Some(Grammar::Cloudflare)
        } else if matches!(path, "/wsrv" | "/wsrv/") || signature::link(path).is_some() {
            Some(Grammar::Wsrv)
        } else {
            // A signature and something to be signed.
            text::contains(path.get(1..)?, "/").then_some(Grammar::Imgproxy)
        }
    }

    /// Writes a request in this grammar; the error says what it has no words for.
    pub fn write(self, request: &Request) -> Result<String, &'static str> {
        match self {
            Grammar::Query => Ok(text::concat(&["/?", &query::write(request)])),
            Grammar::Imgproxy => imgproxy::write(request),
            Grammar::Cloudflare => cloudflare::write(request),
            Grammar::Wsrv => wsrv::write(request),
        }
    }
}

/// A target that has been read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parsed {
    /// The grammar that it is written in.
    pub grammar: Grammar,
    /// What it asks for.
    pub request: Request,
}

/// Reads a target (path and query) of which the source is in the URL, or in the body of a `POST`.
pub fn read(grammar: Grammar, target: &str, body: bool, config: &Config) -> Result<Parsed, Failure> {
    let target = match grammar {
        // The target's query is the source's, and `s` may well be a parameter of that.
        Grammar::Cloudflare if !config.signed() => target,
        _ => signature::strip(grammar, target).0,
    };
    let (path, query) = text::cut(target, "?");
    let request = match grammar {
        Grammar::Query => query::read(query, body)?,
        Grammar::Imgproxy => imgproxy::read(path, &config.presets)?,
        Grammar::Cloudflare => cloudflare::read(target)?,
        Grammar::Wsrv => wsrv::read(query)?,
    };
    Ok(Parsed { grammar, request })
}

/// Decodes `%xx`. `None` if an escape is not two hexadecimal digits or the result is not UTF-8.
pub fn percent_decode(text: &str) -> Option<String> {
    let (bytes, clean) = text::unescape(text);
    if clean { String::from_utf8(bytes).ok() } else { None }
}

/// Encodes what has a meaning, or no place, in a query string or a path.
pub fn percent_encode(text: &str) -> String {
    text::escape(text, clear)
}

/// Whether a byte may stand in the clear.
fn clear(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~' | b':' | b',')
}

/// Names and values of a query string, decoded.
fn pairs(query: &str) -> Result<Vec<(String, String)>, Failure> {
    let decode = |text: &str| {
        percent_decode(&text::replace(text, b'+', " ")).ok_or_else(|| {
            let message = text::concat(&["\"", clip(text), "\" is not valid percent-encoding"]);
            Failure::new(Kind::InvalidParameter, message)
                .detail("write % as %25, and text as percent-encoded UTF-8")
        })
    };
    let mut pairs = Vec::new();
    for pair in text::parts(query, b'&') {
        if !pair.is_empty() {
            let (name, text) = text::cut(pair, "=");
            pairs.push((decode(name)?, decode(text)?));
        }
    }
    Ok(pairs)
}

/// An option that the grammar has and the engine has not.
fn unsupported(name: &str, value: &str) -> Failure {
    let message = text::concat(&[name, "=", clip(value), " is not supported"]);
    Failure::new(Kind::Unsupported, message)
        .detail("the grammar knows it, but no rendition can be made that way: leave it out")
}

/// A path that names no source.
fn sourceless(reason: &str, advice: &str) -> Failure {
    Failure::new(Kind::InvalidSource, text::concat(&["the path names no source", reason]))
        .detail(advice.to_owned())
}

/// What is asked for where nothing is said, in the grammars that keep the source's format.
fn plain(quality: u8) -> Request {
    let mut request = Request::new(Source::Body);
    request.output.format = OutputFormat::Source;
    request.output.quality.any = Some(quality);
    request
}

/// A source URL as it stands in a path: some proxies make one slash of two.
fn mend_slashes(url: &str) -> String {
    for scheme in ["http:/", "https:/"] {
        if let Some(rest) = url.strip_prefix(scheme)
            && !rest.starts_with("/")
        {
            return text::concat(&[scheme, "/", rest]);
        }
    }
    url.to_owned()
}

#[cfg(test)]
mod tests;
