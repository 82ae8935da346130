//! Which sources may be fetched: the patterns of `TINTYPE_SOURCES`.
//!
//! A pattern is `[scheme://]host[:port][/path]`:
//! without a scheme both are meant; without a port, the scheme's own; `:*` is any port; a path allows what lies under it.
//! In a host, a first label `*` stands for one or more labels, another `*` for characters within a label; the pattern
//! `*` is every public host. Literal addresses that are not public are only allowed where a pattern spells them out.

use super::url::{Host, Scheme, Url, read_port, split_port};
use crate::failure::{Failure, Kind};
use crate::prelude::*;
use crate::text;

/// One pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pattern {
    scheme: Option<Scheme>,
    /// `*`, a name with `*` in it, or a host in its canonical form.
    host: String,
    port: Port,
    path: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Port {
    Default,
    Any,
    Exact(u16),
}

impl Pattern {
    /// Reads a pattern; the error says what is wrong with it.
    pub fn parse(text: &str) -> Result<Pattern, String> {
        let (scheme, rest) = text::split_once(text, "://").unwrap_or(("*", text));
        let scheme = match Scheme::of(scheme) {
            None if scheme != "*" => return Err(quoted(scheme, "neither http nor https")),
            scheme => scheme,
        };
        let (authority, path) = text::until(rest, |b| b == b'/');
        let (host, port) = split_port(authority);
        let port = match (port, read_port(port)) {
            (_, Some(port)) => Port::Exact(port),
            ("*", _) => Port::Any,
            ("", _) => Port::Default,
            _ => return Err(quoted(port, "not a port")),
        };
        let (_, odd) = text::until(path, |b| matches!(b, b'?' | b'#' | b'*' | b'\\'));
        if !odd.is_empty() || text::contains(path, "/.") {
            return Err(quoted(path, "not a plain path; it stands for all that lies under it"));
        }
        let path = if path.is_empty() { "/" } else { path };
        Ok(Pattern { scheme, host: read_host(host)?, port, path: path.to_owned() })
    }

    /// The pattern of everything that lies in the folder of a URL.
    pub fn under(url: &Url) -> Pattern {
        Pattern::of(url, url.folder())
    }

    /// The pattern of one path of a URL.
    pub fn exact(url: &Url) -> Pattern {
        Pattern::of(url, &url.path)
    }

    fn of(url: &Url, path: &str) -> Pattern {
        let (scheme, port) = (Some(url.scheme), Port::Exact(url.port));
        Pattern { scheme, host: url.host.text.clone(), port, path: path.to_owned() }
    }

    /// Whether a URL is one that the pattern allows.
    pub fn allows(&self, url: &Url) -> bool {
        let port = match self.port {
            Port::Any => url.port,
            Port::Default => url.scheme.default_port(),
            Port::Exact(port) => port,
        };
        self.scheme.is_none_or(|scheme| scheme == url.scheme)
            && port == url.port
            && self.allows_host(&url.host)
            && under(&self.path, &url.path)
    }

    fn allows_host(&self, host: &Host) -> bool {
        match self.host.as_str() {
            "*" => host.public,
            pattern if host.name => glob(pattern.as_bytes(), host.text.as_bytes(), pattern.starts_with("*.")),
            // Every address is written in one way, and a star stands for nothing in one.
            pattern => pattern == host.text,
        }
    }

    /// The pattern as it is read.
    pub fn text(&self) -> String {
        let scheme = self.scheme.map(Scheme::name);
        let port = match self.port {
            Port::Default => String::new(),
            Port::Any => String::from(":*"),
            Port::Exact(port) => text::concat(&[":", &text::decimal(port.into())]),
        };
        let path = if self.path == "/" { "" } else { &self.path };
        let slashes = if scheme.is_some() { "://" } else { "" };
        text::concat(&[scheme.unwrap_or_default(), slashes, &self.host, &port, path])
    }
}

fn quoted(text: &str, reason: &str) -> String {
    text::concat(&["\"", text, "\" is ", reason])
}

fn read_host(text: &str) -> Result<String, String> {
    if text == "*" {
        return Ok(text.to_owned());
    }
    // A star stands for letters or digits: what is a name with a digit in its place is a pattern, and what then is
    // an address, such as `127.0.0.*`, is none.
    let stars = text::contains(text, "*");
    match Host::parse(&text::join(&text::split(text, b'*'), "0")) {
        Some(host) if !stars => Ok(host.text),
        Some(host) if host.name && text::contains(text, ".") => Ok(text::lower(text)),
        _ => Err(quoted(text, "not a host; write a name, *.name, an IP address or *")),
    }
}

/// Whether a path is a folder's or lies under it; `/photos` does not allow `/photos2`.
fn under(prefix: &str, path: &str) -> bool {
    path.strip_prefix(prefix)
        .is_some_and(|rest| prefix.ends_with("/") || rest.is_empty() || rest.starts_with("/"))
}

/// Whether a name is one that a pattern stands for. A star is any number of characters within a label; one that begins
/// the pattern is, if `deep`, any number of labels.
fn glob(pattern: &[u8], name: &[u8], deep: bool) -> bool {
    match (pattern, name) {
        ([b'*', after @ ..], _) if glob(after, name, false) => true,
        ([b'*', ..], [byte, rest @ ..]) => (deep || *byte != b'.') && glob(pattern, rest, deep),
        ([known, after @ ..], [byte, rest @ ..]) => known == byte && glob(after, rest, false),
        _ => pattern.is_empty() && name.is_empty(),
    }
}

/// All that may be fetched.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Policy(pub Vec<Pattern>);

impl Policy {
    /// Adds patterns between commas or white space; the error says what is wrong with one.
    pub fn add(&mut self, text: &str) -> Result<(), String> {
        for word in &text::words(text, |b| b == b',' || b.is_ascii_whitespace()) {
            self.0.push(Pattern::parse(word)?);
        }
        Ok(())
    }

    /// Refuses a URL that no pattern allows.
    pub fn check(&self, url: &Url) -> Result<(), Failure> {
        for pattern in &self.0 {
            if pattern.allows(url) {
                return Ok(());
            }
        }
        let message = [url.scheme.name(), "://", &url.authority(), " is not an allowed source"];
        let detail = if self.0.is_empty() {
            "no source is allowed yet: set TINTYPE_SOURCES, for example to https://*.example.com"
        } else if url.host.public {
            "TINTYPE_SOURCES does not list it; scheme, host, port and path all have to match"
        } else {
            "it is not on the public internet, so TINTYPE_SOURCES has to spell it out"
        };
        Err(Failure::new(Kind::SourceNotAllowed, text::concat(&message)).detail(detail))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn policy(patterns: &str) -> Result<Policy, String> {
        let mut policy = Policy::default();
        policy.add(patterns).map(|()| policy)
    }

    fn allowed(patterns: &str, url: &str) -> bool {
        policy(patterns).unwrap().check(&Url::parse(url, 1000).unwrap()).is_ok()
    }

    #[test]
    fn nothing_is_allowed_by_default() {
        let failure = Policy::default().check(&Url::parse("https://example.com/", 100).unwrap()).unwrap_err();
        assert_eq!(failure.kind, Kind::SourceNotAllowed);
        assert!(failure.detail.as_ref().unwrap().contains("TINTYPE_SOURCES"));
    }

    #[test]
    fn scheme_host_port_and_path_all_have_to_match() {
        for (patterns, url, allow) in [
            ("example.com", "https://example.com/a", true),
            ("example.com", "http://example.com/a", true),
            ("example.com", "https://example.com:8443/a", false),
            ("example.com:*", "https://example.com:8443/a", true),
            ("https://example.com", "http://example.com/a", false),
            ("https://example.com:8443", "https://example.com:8443/a", true),
            ("example.com/photos", "https://example.com/photos", true),
            ("example.com/photos", "https://example.com/photos/a.jpg", true),
            ("example.com/photos", "https://example.com/photos2/a.jpg", false),
            ("example.com/photos/", "https://example.com/photos/../secret", false),
            ("example.com", "https://www.example.com/", false),
            ("*.example.com", "https://www.example.com/", true),
            ("*.example.com", "https://a.b.example.com/", true),
            ("*.example.com", "https://example.com/", false),
            ("*.example.com", "https://evilexample.com/", false),
            ("*.example.com", "https://example.com.evil.test/", false),
            ("img*.example.com", "https://img7.example.com/", true),
            ("img*.example.com", "https://img.a.example.com/", false),
            ("a.example, b.example", "https://b.example/", true),
            ("*", "https://anything.example/", true),
            ("*", "https://anything.example:8080/", false),
        ] {
            assert_eq!(allowed(patterns, url), allow, "{patterns} {url}");
        }
    }

    #[test]
    fn private_addresses_are_allowed_only_where_spelled_out() {
        for url in [
            "http://127.0.0.1/",
            "http://0x7f.1/",
            "http://2130706433/",
            "http://[::1]/",
            "http://10.0.0.1/",
            "http://[::ffff:127.0.0.1]/",
            "http://169.254.169.254/latest",
            "http://localhost/",
            "http://redis/",
            "http://metadata.google.internal/",
        ] {
            assert!(!allowed("*, http://*", url), "{url}");
        }
        assert!(allowed("http://127.0.0.1", "http://0x7f.1/"));
        assert!(!allowed("http://127.0.0.1", "http://[::ffff:127.0.0.1]/"));
        assert!(allowed("http://[::1]:9000", "http://[0:0::1]:9000/"));
        assert!(allowed("http://localhost:9000", "http://LOCALHOST:9000/"));
        assert!(allowed("*.svc.cluster.local", "http://minio.svc.cluster.local/"));
    }

    #[test]
    fn malformed_patterns_are_refused_with_a_reason() {
        for bad in [
            "ftp://a.example",
            "a.example:0",
            "a.example:x",
            "a.example/x?y",
            "a.example/*",
            "127.0.0.*",
            "example.*",
            "x*",
            "user@a.example",
        ] {
            assert!(policy(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_pattern_is_written_as_it_was_read() {
        for text in ["*", "https://*.example.com", "http://127.0.0.1:8080/photos", "a.example:*"] {
            assert_eq!(Pattern::parse(text).unwrap().text(), text);
        }
    }
}
