//! Source URLs: `http` and `https`, read strictly, written in one canonical form.
//!
//! What is judged must be what is fetched. So everything that two readers of URLs may take differently is either
//! brought into one form (case, IPv4 notations, dot segments, default ports) or refused (backslashes, control
//! characters, credentials, encoded path separators beside dots).

use super::address;
use crate::failure::{Failure, Kind, clip};
use crate::prelude::*;
use crate::text;

/// How the origin is spoken to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scheme {
    /// Plain HTTP.
    Http,
    /// HTTP over TLS.
    Https,
}

impl Scheme {
    /// The scheme of this name, in whichever case.
    pub fn of(name: &str) -> Option<Scheme> {
        match text::lower(name).as_str() {
            "http" => Some(Scheme::Http),
            "https" => Some(Scheme::Https),
            _ => None,
        }
    }

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
pub struct Host {
    /// The host as it stands in a URL, in its one canonical form: a name in lower-case ASCII without a final dot, or an
    /// address, that of IPv6 in brackets.
    pub text: String,
    /// Whether it is a name, and not an address.
    pub name: bool,
    /// Whether it belongs to the public internet, as far as its text tells.
    pub public: bool,
}

impl Host {
    /// Reads a host as it stands in a URL. `None` if it is none.
    pub fn parse(text: &str) -> Option<Host> {
        if let Some(inner) = text.strip_prefix("[") {
            let v6 = address::parse_v6(inner.strip_suffix("]")?)?;
            let text = text::concat(&["[", &address::write_v6(v6), "]"]);
            return Some(Host { text, name: false, public: address::public_v6(v6) });
        }
        if let Some(v4) = address::parse_v4(text) {
            let v4 = v4?;
            return Some(Host { text: address::write_v4(v4), name: false, public: address::public_v4(v4) });
        }
        let text = text::lower(text.strip_suffix(".").unwrap_or(text));
        let mut fits = text.len() <= 253;
        for label in &text::split(&text, b'.') {
            fits &= (1..=63).contains(&label.len())
                && text::all(label, |b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'));
        }
        let public = address::public_name(&text);
        fits.then_some(Host { text, name: true, public })
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
    /// The query with its `?`, percent-encoded; empty if there is none.
    pub query: String,
}

impl Url {
    /// Reads an absolute URL of at most `longest` bytes.
    pub fn parse(text: &str, longest: usize) -> Result<Url, Failure> {
        check_text(text, longest)?;
        let (scheme, rest) = text::cut(text, "://");
        let scheme = Scheme::of(scheme).ok_or_else(|| {
            invalid(text, "its scheme is neither http nor https", "begin the URL with https:// or http://")
        })?;
        let (authority, target) = text::until(rest, |b| matches!(b, b'/' | b'?' | b'#'));
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

    /// The URL that a reference such as a `Location` header means when it is found at this one (RFC 3986, section 5.2).
    pub fn join(&self, reference: &str, longest: usize) -> Result<Url, Failure> {
        check_text(reference, longest)?;
        // A colon in what may be a relative path's first segment ends a scheme (section 4.2).
        let (first, _) = text::until(reference, |b| matches!(b, b'/' | b'?' | b'#'));
        if text::contains(first, ":") {
            return Url::parse(reference, longest);
        }
        if reference.starts_with("//") {
            return Url::parse(&text::concat(&[self.scheme.name(), ":", reference]), longest);
        }
        let base = match reference.as_bytes().first() {
            Some(b'/') => "",
            Some(b'?') => &self.path,
            _ => self.folder(),
        };
        let (path, query) = read_target(reference, &text::concat(&[base, reference]))?;
        Ok(Url { path, query, host: self.host.clone(), ..*self })
    }

    /// Host, and port unless it is the scheme's own.
    pub fn authority(&self) -> String {
        let mut authority = self.host.text.clone();
        if self.port != self.scheme.default_port() {
            text::add(&mut authority, ":", &text::decimal(self.port.into()));
        }
        authority
    }

    /// Path and query as they stand in a request.
    pub fn path_and_query(&self) -> String {
        text::concat(&[&self.path, &self.query])
    }

    /// The URL in its one canonical form.
    pub fn text(&self) -> String {
        text::concat(&[self.scheme.name(), "://", &self.authority(), &self.path, &self.query])
    }
}

fn invalid(url: &str, reason: &str, advice: &str) -> Failure {
    let message = text::concat(&["the source URL \"", clip(url), "\" is refused: ", reason]);
    Failure::new(Kind::InvalidSource, message).detail(advice)
}

/// The failure of a URL with control characters, which are not repeated.
fn controls() -> Failure {
    invalid("…", "it holds control characters", "leave them out")
}

fn check_text(text: &str, longest: usize) -> Result<(), Failure> {
    if text.len() > longest {
        let longest = text::decimal(longest as u64);
        let advice = text::concat(&["at most ", &longest, " bytes are accepted (TINTYPE_MAX_URL_BYTES)"]);
        return Err(invalid(text, "it is too long", &advice).of_kind(Kind::UrlTooLong));
    }
    for c in text.chars() {
        if c.is_control() {
            return Err(controls());
        }
    }
    if text::contains(text, "\\") {
        return Err(invalid(text, "it holds a backslash", "separate with /, or write %5C"));
    }
    Ok(())
}

fn split_authority(url: &str, authority: &str) -> Result<(Host, Option<u16>), Failure> {
    if text::contains(authority, "@") {
        return Err(invalid("…@…", "it holds credentials", "leave out user and password"));
    }
    let (host, port) = split_port(authority);
    let host = Host::parse(host).ok_or_else(|| {
        invalid(url, "its host is not a host", "write a name in ASCII (xn--… for others) or an IP address")
    })?;
    if port.is_empty() {
        return Ok((host, None));
    }
    match read_port(port) {
        None => Err(invalid(url, "its port is not a port", "write a number from 1 to 65535, or none")),
        port => Ok((host, port)),
    }
}

/// The text of a host, and that of a port behind it, which may be empty.
pub fn split_port(authority: &str) -> (&str, &str) {
    match text::rsplit_once(authority, b':') {
        // A colon inside brackets belongs to the address.
        Some((host, port)) if !text::contains(port, "]") => (host, port),
        _ => (authority, ""),
    }
}

/// A port: 1 to 65535.
pub fn read_port(text: &str) -> Option<u16> {
    u16::try_from(text::number(text, 10)?).ok().filter(|port| *port != 0)
}

/// Path and query of what follows the authority; the fragment is dropped, since it is never sent.
fn read_target(url: &str, target: &str) -> Result<(String, String), Failure> {
    let (target, _) = text::until(target, |b| b == b'#');
    let (path, query) = text::until(target, |b| b == b'?');
    // Encoded is what the path or query percent-encode set of WHATWG URL holds.
    let encode = |text: &str| {
        text::escape(text, |b| {
            b.is_ascii_graphic() && !matches!(b, b'"' | b'<' | b'>' | b'`' | b'{' | b'}' | b'^' | b'|')
        })
    };
    Ok((encode(&read_path(url, path)?), encode(query)))
}

/// Reads a path and resolves `.` and `..`, also when written with `%2e` (WHATWG URL, "path state").
fn read_path(url: &str, path: &str) -> Result<String, Failure> {
    let mut out = String::new();
    let mut open = false;
    for segment in &text::split(path.strip_prefix("/").unwrap_or(path), b'/') {
        let decoded = text::unescape(segment).0;
        if decoded.iter().any(u8::is_ascii_control) {
            return Err(controls());
        }
        open = matches!(decoded.as_slice(), b"." | b"..");
        if !open {
            out.push('/');
            out.push_str(segment);
            // What a server that decodes before it splits would see must be what is judged here.
            for part in decoded.split(|b| matches!(b, b'/' | b'\\')) {
                if part == b".." {
                    let reason = "it hides .. behind an encoded separator";
                    return Err(invalid(url, reason, "write the path without .."));
                }
            }
        } else if decoded.len() == 2 {
            out = text::rsplit_once(&out, b'/').unwrap_or_default().0.to_owned();
        }
    }
    // A final dot segment means the folder.
    if open || out.is_empty() {
        out.push('/');
    }
    Ok(out)
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
            assert_eq!(parse(text).map(|url| url.text()).as_deref(), Ok(written), "{text}");
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
                assert_eq!(got.map(|url| url.text()).as_deref(), Ok("http://-/x:y@z/"));
                continue;
            }
            assert_eq!(got.map(|url| url.text()).map_err(|f| f.kind), Err(Kind::InvalidSource), "{text}");
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
            let got = base.join(reference, 200).map_or_else(|_| "refused".into(), |url| url.text());
            assert_eq!(got, joined, "{reference}");
        }
    }

    #[test]
    fn credentials_never_reach_the_message() {
        let failure = parse("http://user:secret@example.com/").unwrap_err();
        assert!(!failure.message.contains("secret"));
    }
}
