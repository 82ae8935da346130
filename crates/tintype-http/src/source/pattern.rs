//! One pattern of `TINTYPE_SOURCES`.

use std::fmt;
use std::str::FromStr;

use super::host::Host;
use super::url::SourceUrl;

/// A pattern of URLs: `[scheme://]host[:port][/path]`.
///
/// * Without a scheme, `http` and `https` are meant; without a port, the scheme's own; the port `*` is any.
/// * In a host, `*` as the first label stands for one label or more, `*` elsewhere for characters within a label. The
///   last label is always written out. The host `*` is every public host; a host that is not public is allowed only
///   where a pattern names it, if need be with a `*` in front.
/// * A path allows whatever lies under it; a path that ends in `?` allows itself, with any query.
///
/// ```
/// use tintype_http::source::{Pattern, SourceUrl};
///
/// let pattern: Pattern = "https://*.example.com/photos".parse()?;
/// assert!(pattern.allows(&SourceUrl::parse("https://eu.example.com/photos/cat.jpg", 100)?));
/// assert!(!pattern.allows(&SourceUrl::parse("https://eu.example.com/photos2/cat.jpg", 100)?));
/// assert_eq!(pattern.to_string(), "https://*.example.com/photos");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pattern {
    scheme: Option<Scheme>,
    hosts: Hosts,
    port: Port,
    path: Path,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Scheme {
    Http,
    Https,
    /// Objects: a bucket takes the place of the host.
    S3,
}

tintype_types::names! { Scheme { Http = "http", Https = "https", S3 = "s3" } }

#[derive(Clone, Debug, PartialEq, Eq)]
enum Hosts {
    /// `*`
    Public,
    /// Names, as a text in lower case with at least one `*`.
    Names(String),
    One(Host),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Port {
    /// The scheme's own.
    Default,
    Any,
    Exact(u16),
}

/// Paths are percent-encoded as those of URLs are.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Path {
    Under(String),
    Exact(String),
}

impl Pattern {
    /// The pattern of everything that lies in the folder of a URL.
    pub fn under(url: &SourceUrl) -> Self {
        Self::of(url, Path::Under(url.folder().to_owned()))
    }

    /// The pattern of a URL itself, with any query.
    pub fn exact(url: &SourceUrl) -> Self {
        Self::of(url, Path::Exact(url.path().to_owned()))
    }

    fn of(url: &SourceUrl, path: Path) -> Self {
        Pattern {
            scheme: url.scheme().parse().ok(),
            hosts: Hosts::One(url.host().clone()),
            port: if url.has_default_port() { Port::Default } else { Port::Exact(url.port()) },
            path,
        }
    }

    /// Whether the pattern names its hosts, if need be with a `*` in front, instead of standing for every public one.
    pub fn names_hosts(&self) -> bool {
        self.hosts != Hosts::Public
    }

    /// Whether a URL is one that the pattern allows.
    pub fn allows(&self, url: &SourceUrl) -> bool {
        self.scheme.map_or(!url.is_object(), |scheme| scheme.name() == url.scheme())
            && self.hosts.contain(url)
            && self.port.allows(url)
            && self.path.allows(url.path())
    }
}

impl Hosts {
    fn contain(&self, url: &SourceUrl) -> bool {
        let host = url.host();
        match self {
            Hosts::Public => url.is_object() || host.is_public(),
            Hosts::Names(pattern) => host.is_name() && matches_name(pattern, host.as_str()),
            Hosts::One(one) => one == host,
        }
    }
}

impl Port {
    fn allows(self, url: &SourceUrl) -> bool {
        match self {
            Port::Any => true,
            Port::Default => url.has_default_port(),
            Port::Exact(port) => url.port() == port,
        }
    }
}

impl Path {
    fn allows(&self, path: &str) -> bool {
        match self {
            Path::Exact(exact) => path == exact,
            Path::Under(folder) => path
                .strip_prefix(folder.as_str())
                .is_some_and(|rest| folder.ends_with('/') || rest.is_empty() || rest.starts_with('/')),
        }
    }
}

/// Whether a name is one that a pattern stands for; labels are compared from the last to the first.
fn matches_name(pattern: &str, name: &str) -> bool {
    let (pattern, is_deep) = pattern.strip_prefix("*.").map_or((pattern, false), |rest| (rest, true));
    let mut labels = name.rsplit('.');
    let same =
        pattern.rsplit('.').all(|wanted| labels.next().is_some_and(|label| matches_label(wanted, label)));
    same && labels.next().is_some() == is_deep
}

/// Whether a label is one that a pattern stands for, in which `*` is any number of characters.
fn matches_label(pattern: &str, label: &str) -> bool {
    let Some((start, rest)) = pattern.split_once('*') else {
        return pattern == label;
    };
    let (middle, end) = rest.rsplit_once('*').unwrap_or(("", rest));
    let Some(mut label) = label.strip_prefix(start).and_then(|label| label.strip_suffix(end)) else {
        return false;
    };
    middle.split('*').all(|part| match label.split_once(part) {
        Some((_, after)) => {
            label = after;
            true
        }
        None => false,
    })
}

impl FromStr for Pattern {
    type Err = InvalidPattern;

    fn from_str(text: &str) -> Result<Self, InvalidPattern> {
        let (scheme, rest) = text.split_once("://").unwrap_or(("*", text));
        let scheme = match scheme {
            "*" => None,
            name => Some(name.to_ascii_lowercase().parse().map_err(|_| InvalidPattern::Scheme)?),
        };
        let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
        let (host, port) = split_port(authority);
        let port = port.map_or(Ok(Port::Default), str::parse)?;
        let hosts = if scheme == Some(Scheme::S3) { Hosts::buckets(host) } else { host.parse() }?;
        Ok(Pattern { scheme, hosts, port: port.of_scheme(scheme), path: path.parse()? })
    }
}

/// Splits a port off an authority.
fn split_port(authority: &str) -> (&str, Option<&str>) {
    match authority.rsplit_once(':') {
        // A colon inside brackets belongs to the address.
        Some((host, port)) if !port.contains(']') => (host, Some(port)),
        _ => (authority, None),
    }
}

impl Port {
    /// The same port in one form: the default port of a pattern's scheme is not written out.
    fn of_scheme(self, scheme: Option<Scheme>) -> Self {
        match (scheme, self) {
            (Some(Scheme::Http), Port::Exact(80)) | (Some(Scheme::Https), Port::Exact(443)) => Port::Default,
            (_, port) => port,
        }
    }
}

impl FromStr for Port {
    type Err = InvalidPattern;

    fn from_str(text: &str) -> Result<Self, InvalidPattern> {
        match text {
            "*" => Ok(Port::Any),
            digits if digits.bytes().all(|b| b.is_ascii_digit()) => match digits.parse() {
                Ok(port) if port != 0 => Ok(Port::Exact(port)),
                _ => Err(InvalidPattern::Port),
            },
            _ => Err(InvalidPattern::Port),
        }
    }
}

impl Hosts {
    /// Names of buckets, in which `*` may stand anywhere.
    fn buckets(text: &str) -> Result<Self, InvalidPattern> {
        let bucket = Host::bucket(&text.replace('*', "0")).map_err(|_| InvalidPattern::Host)?;
        Ok(match text {
            "*" => Hosts::Public,
            _ if text.contains('*') => Hosts::Names(text.into()),
            _ => Hosts::One(bucket),
        })
    }
}

impl FromStr for Hosts {
    type Err = InvalidPattern;

    fn from_str(text: &str) -> Result<Self, InvalidPattern> {
        if text == "*" {
            return Ok(Hosts::Public);
        }
        // A star stands for letters or digits: the pattern with a digit in its place has to be a name, which
        // `127.0.0.*` is not.
        let host: Host = text.replace('*', "0").parse().map_err(|_| InvalidPattern::Host)?;
        if !text.contains('*') {
            return Ok(Hosts::One(host));
        }
        let name = text.strip_suffix('.').unwrap_or(text);
        let writes_out_last = name.rsplit_once('.').is_some_and(|(_, last)| !last.contains('*'));
        if host.is_name() && writes_out_last {
            Ok(Hosts::Names(name.to_ascii_lowercase()))
        } else {
            Err(InvalidPattern::Host)
        }
    }
}

impl FromStr for Path {
    type Err = InvalidPattern;

    fn from_str(text: &str) -> Result<Self, InvalidPattern> {
        let plain = text.strip_suffix('?').unwrap_or(text);
        let has_dots = plain.split('/').any(|segment| matches!(segment, "." | ".."));
        if has_dots || plain.contains(['?', '#', '*']) {
            return Err(InvalidPattern::Path);
        }
        let url =
            format!("http://localhost{plain}").parse::<SourceUrl>().map_err(|_| InvalidPattern::Path)?;
        let path = url.path().to_owned();
        Ok(if plain == text { Path::Under(path) } else { Path::Exact(path) })
    }
}

/// The pattern as it is read.
impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(scheme) = self.scheme {
            write!(f, "{scheme}://")?;
        }
        match &self.hosts {
            Hosts::Public => f.write_str("*"),
            Hosts::Names(pattern) => f.write_str(pattern),
            Hosts::One(host) => host.fmt(f),
        }?;
        match self.port {
            Port::Default => Ok(()),
            Port::Any => f.write_str(":*"),
            Port::Exact(port) => write!(f, ":{port}"),
        }?;
        match &self.path {
            Path::Under(path) if path == "/" => Ok(()),
            Path::Under(path) => f.write_str(path),
            Path::Exact(path) => write!(f, "{path}?"),
        }
    }
}

/// Why a text is not a pattern. It does not hold the text, which may contain a secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InvalidPattern {
    /// The scheme is none of `http`, `https` and `s3`.
    Scheme,
    /// The host is none that a pattern can have.
    Host,
    /// The port is neither a number from 1 to 65535 nor `*`.
    Port,
    /// The path has a query, a fragment, a `*` or dot segments.
    Path,
}

impl fmt::Display for InvalidPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            InvalidPattern::Scheme => "the scheme of a pattern is http, https or s3",
            InvalidPattern::Host => "the host of a pattern is a name in ASCII, *.name, an IP address or *",
            InvalidPattern::Port => "the port of a pattern is a number from 1 to 65535 or *",
            InvalidPattern::Path => "the path of a pattern is plain, without ?, #, * and ..",
        })
    }
}

impl std::error::Error for InvalidPattern {}

#[cfg(test)]
mod tests;
