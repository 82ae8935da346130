//! Source URLs: `http` and `https`, read strictly, written in one canonical form.
//!
//! What is judged must be what is fetched. So everything that two readers of URLs may take differently is either
//! brought into one form (case, IPv4 notations, dot segments, default ports) or refused (backslashes, control
//! characters, credentials, encoded path separators beside dots).

use std::fmt;
use std::net::{Ipv4Addr, Ipv6Addr};

use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};

use super::address;
use crate::failure::{Failure, Kind, clip};
use crate::grammar::unescape;
use crate::text;

/// What a URL's path and query may not hold in the clear (WHATWG URL, query and path percent-encode sets together).
const UNSAFE: &AsciiSet =
    &CONTROLS.add(b' ').add(b'"').add(b'<').add(b'>').add(b'`').add(b'{').add(b'}').add(b'^').add(b'|');

/// How the origin is spoken to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scheme {
    /// Plain HTTP.
    Http,
    /// HTTP over TLS.
    Https,
}

impl Scheme {
    /// The scheme's name.
    pub const fn name(self) -> &'static str {
        match self {
            Scheme::Http => "http",
            Scheme::Https => "https",
        }
    }

    /// The port that goes without saying.
    pub const fn default_port(self) -> u16 {
        match self {
            Scheme::Http => 80,
            Scheme::Https => 443,
        }
    }
}

/// The host of a URL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Host {
    /// A name: lower-case ASCII, without a final dot.
    Name(String),
    /// An IPv4 address.
    V4(Ipv4Addr),
    /// An IPv6 address.
    V6(Ipv6Addr),
}

impl Host {
    /// Reads a host as it stands in a URL, IPv6 in brackets. `None` if it is none.
    pub fn parse(text: &str) -> Option<Host> {
        if let Some(inner) = text.strip_prefix('[') {
            return address::parse_v6(inner.strip_suffix(']')?).map(Host::V6);
        }
        if let Some(address) = address::parse_v4(text) {
            return address.map(Host::V4);
        }
        let name = text.strip_suffix('.').unwrap_or(text).to_ascii_lowercase();
        let label = |label: &str| {
            (1..=63).contains(&label.len())
                && text::all(label, |b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
        };
        (name.len() <= 253 && name.split('.').all(label)).then_some(Host::Name(name))
    }

    /// Whether the host belongs to the public internet, as far as its text tells.
    pub fn public(&self) -> bool {
        match self {
            Host::Name(name) => address::public_name(name),
            Host::V4(v4) => address::public_v4(*v4),
            Host::V6(v6) => address::public_v6(*v6),
        }
    }
}

impl fmt::Display for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Host::Name(name) => f.write_str(name),
            Host::V4(v4) => address::write_v4(*v4, f),
            Host::V6(v6) => {
                f.write_str("[")?;
                address::write_v6(*v6, f)?;
                f.write_str("]")
            }
        }
    }
}

/// A URL that can be fetched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Url {
    /// `http` or `https`.
    pub scheme: Scheme,
    /// The host.
    pub host: Host,
    /// The port.
    pub port: u16,
    /// The path, with a leading slash, percent-encoded and free of dot segments.
    pub path: String,
    /// The query without `?`, percent-encoded.
    pub query: Option<String>,
}

impl Url {
    /// Reads an absolute URL of at most `longest` bytes.
    pub fn parse(text: &str, longest: usize) -> Result<Url, Failure> {
        check_text(text, longest)?;
        let (scheme, rest) = text.split_once(':').ok_or_else(|| {
            invalid(text, "it has no scheme", "write the URL in full, beginning with https:// or http://")
        })?;
        let scheme = if scheme.eq_ignore_ascii_case("https") {
            Scheme::Https
        } else if scheme.eq_ignore_ascii_case("http") {
            Scheme::Http
        } else {
            return Err(invalid(text, "its scheme is neither http nor https", "use https:// or http://"));
        };
        let rest = rest
            .strip_prefix("//")
            .ok_or_else(|| invalid(text, "its scheme is not followed by //", "write https://host/path"))?;
        let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
        let (authority, target) = rest.split_at_checked(end).unwrap_or((rest, ""));
        let (host, port) = split_authority(text, authority)?;
        let port = port.unwrap_or(scheme.default_port());
        let (path, query) = read_target(text, target)?;
        Ok(Url { scheme, host, port, path, query })
    }

    /// The folder of the path, which ends in a slash.
    pub fn folder(&self) -> &str {
        text::rsplit_once(&self.path, b'/')
            .and_then(|(folder, _)| self.path.get(..=folder.len()))
            .unwrap_or("/")
    }

    /// The URL that a reference such as a `Location` header means when it is found at this one.
    pub fn join(&self, reference: &str, longest: usize) -> Result<Url, Failure> {
        check_text(reference, longest)?;
        let scheme = reference.find(':').and_then(|end| reference.get(..end)).is_some_and(|scheme| {
            scheme.starts_with(|c: char| c.is_ascii_alphabetic())
                && text::all(scheme, |b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-' | b'.'))
        });
        if scheme {
            return Url::parse(reference, longest);
        }
        if reference.starts_with("//") {
            return Url::parse(&format!("{}:{reference}", self.scheme.name()), longest);
        }
        let target = match reference.chars().next() {
            Some('/') => reference.to_owned(),
            Some('?') => format!("{}{reference}", self.path),
            _ => format!("{}{reference}", self.folder()),
        };
        let (path, query) = read_target(reference, &target)?;
        Ok(Url { path, query, ..self.clone() })
    }

    /// Host, and port unless it is the scheme's own.
    pub fn authority(&self) -> String {
        if self.port == self.scheme.default_port() {
            self.host.to_string()
        } else {
            format!("{}:{}", self.host, self.port)
        }
    }

    /// Path and query as they stand in a request.
    pub fn path_and_query(&self) -> String {
        match &self.query {
            Some(query) => format!("{}?{query}", self.path),
            None => self.path.clone(),
        }
    }
}

impl fmt::Display for Url {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}{}", self.scheme.name(), self.authority(), self.path_and_query())
    }
}

fn invalid(url: &str, reason: &str, advice: &str) -> Failure {
    Failure::new(Kind::InvalidSource, format!("the source URL \"{}\" is refused: {reason}", clip(url)))
        .detail(advice)
}

fn check_text(text: &str, longest: usize) -> Result<(), Failure> {
    if text.len() > longest {
        let advice = format!("at most {longest} bytes are accepted (TINTYPE_MAX_URL_BYTES)");
        return Err(invalid(text, "it is too long", &advice).of_kind(Kind::UrlTooLong));
    }
    if text.chars().any(char::is_control) {
        return Err(invalid(
            "…",
            "it holds control characters",
            "percent-encode them twice, or leave them out",
        ));
    }
    if text.contains('\\') {
        return Err(invalid(text, "it holds a backslash", "separate with /, or write %5C"));
    }
    Ok(())
}

fn split_authority(url: &str, authority: &str) -> Result<(Host, Option<u16>), Failure> {
    if authority.contains('@') {
        return Err(invalid("…@…", "it holds credentials", "leave out user and password"));
    }
    let (host, port) = match text::rsplit_once(authority, b':') {
        // A colon inside brackets belongs to the address.
        Some((host, port)) if !port.contains(']') => (host, Some(port)),
        _ => (authority, None),
    };
    let host = Host::parse(host).ok_or_else(|| {
        invalid(url, "its host is not a host", "write a name in ASCII (xn--… for others) or an IP address")
    })?;
    let port = match port {
        None | Some("") => None,
        Some(port) => {
            Some(port.parse::<u16>().ok().filter(|p| *p != 0 && !port.starts_with('+')).ok_or_else(|| {
                invalid(url, "its port is not a port", "write a number from 1 to 65535, or none")
            })?)
        }
    };
    Ok((host, port))
}

/// Path and query of what follows the authority; the fragment is dropped, since it is never sent.
fn read_target(url: &str, target: &str) -> Result<(String, Option<String>), Failure> {
    let target = target.split_once('#').map_or(target, |(before, _)| before);
    let (path, query) = match target.split_once('?') {
        Some((path, query)) => (path, Some(query)),
        None => (target, None),
    };
    let decoded = unescape(path).0;
    let plain = remove_dots(path);
    // What a server that decodes before it splits would see must be what is judged here.
    let hidden = unescape(&plain).0;
    if hidden.split(|b| matches!(b, b'/' | b'\\')).any(|segment| segment == b"..") {
        return Err(invalid(url, "it hides .. behind an encoded separator", "write the path without .."));
    }
    if decoded.iter().any(u8::is_ascii_control) {
        return Err(invalid(url, "its path holds control characters", "leave them out"));
    }
    let encode = |text: &str| utf8_percent_encode(text, UNSAFE).to_string();
    Ok((encode(&plain), query.map(encode)))
}

/// Resolves `.` and `..`, also when written with `%2e` (WHATWG URL, "path state").
fn remove_dots(path: &str) -> String {
    let mut kept: Vec<&str> = Vec::new();
    let mut open = false;
    for segment in path.strip_prefix('/').unwrap_or(path).split('/') {
        let decoded = unescape(segment).0;
        open = matches!(decoded.as_slice(), b"." | b"..");
        match decoded.as_slice() {
            b"." => {}
            b".." => {
                kept.pop();
            }
            _ => kept.push(segment),
        }
    }
    let mut out = String::with_capacity(path.len());
    for segment in &kept {
        out.push('/');
        out.push_str(segment);
    }
    // A final dot segment means the folder.
    if open || out.is_empty() {
        out.push('/');
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Url, Failure> {
        Url::parse(text, 200)
    }

    #[test]
    fn urls_are_brought_into_one_form() {
        for (text, written) in [
            ("HTTPS://Example.COM", "https://example.com/"),
            ("http://example.com:80/a", "http://example.com/a"),
            ("http://example.com:8080?x", "http://example.com:8080/?x"),
            ("https://example.com./a/../b/./c#frag", "https://example.com/b/c"),
            ("https://example.com/a/%2E%2e/b", "https://example.com/b"),
            ("https://example.com/a/..", "https://example.com/"),
            ("https://example.com/a//b/", "https://example.com/a//b/"),
            ("https://example.com/é \"<", "https://example.com/%C3%A9%20%22%3C"),
            ("https://example.com/%41?q=a b", "https://example.com/%41?q=a%20b"),
            ("http://0x7f.1/", "http://127.0.0.1/"),
            ("http://[::FFFF:1.2.3.4]:81/", "http://[::ffff:1.2.3.4]:81/"),
        ] {
            assert_eq!(parse(text).map(|url| url.to_string()).as_deref(), Ok(written), "{text}");
        }
    }

    #[test]
    fn ambiguous_and_foreign_urls_are_refused() {
        for text in [
            "",
            "example.com/a.jpg",
            "//example.com/",
            "ftp://example.com/",
            "file:///etc/passwd",
            "data:image/png,x",
            "javascript:alert(1)",
            "http:/example.com/",
            "http:example.com",
            "http://",
            "http:///a",
            "http://a b/",
            "http://user@example.com/",
            "http://user:pw@example.com/",
            "http://example.com\\@evil.example/",
            "http://example.com/a\\b",
            "http://example.com/\n",
            "http://exa\tmple.com/",
            "http://example.com/%00",
            "http://example.com:0/",
            "http://example.com:65536/",
            "http://example.com:+80/",
            "http://exämple.com/",
            "http://ex%61mple.com/",
            "http://[::1/",
            "http://[fe80::1%25eth0]/",
            "http://1.2.3.4.5/",
            "http://256.1/",
            "http://example.com/a/..%2f..%2fb",
            "http://example.com/a/%2e%2e%5cb",
            "http://a..b/",
            "http://-/../x:y@z/",
        ] {
            let got = parse(text);
            if text == "http://-/../x:y@z/" {
                assert_eq!(got.map(|url| url.to_string()).as_deref(), Ok("http://-/x:y@z/"));
                continue;
            }
            assert_eq!(
                got.map(|url| url.to_string()).map_err(|f| f.kind),
                Err(Kind::InvalidSource),
                "{text}"
            );
        }
        assert!(Url::parse(&format!("http://a.example/{}", "x".repeat(200)), 200).is_err());
    }

    #[test]
    fn references_are_joined_as_rfc_3986_says() {
        let base = parse("https://a.example:8443/b/c?d").unwrap();
        for (reference, joined) in [
            ("http://x.example/y", "http://x.example/y"),
            ("//x.example/y", "https://x.example/y"),
            ("/y?z", "https://a.example:8443/y?z"),
            ("y", "https://a.example:8443/b/y"),
            ("../y", "https://a.example:8443/y"),
            ("?y", "https://a.example:8443/b/c?y"),
            ("y:z/1", "refused"),
        ] {
            let got = base.join(reference, 200).map_or_else(|_| "refused".into(), |url| url.to_string());
            assert_eq!(got, joined, "{reference}");
        }
    }

    #[test]
    fn credentials_never_reach_the_message() {
        let failure = parse("http://user:secret@example.com/").unwrap_err();
        assert!(!failure.message.contains("secret"));
    }
}
