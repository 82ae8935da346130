//! Which sources may be fetched: the patterns of `TINTYPE_SOURCES`.
//!
//! A pattern is `[scheme://]host[:port][/path]`:
//! without a scheme both are meant; without a port, the scheme's own; `:*` is any port; a path allows what lies under it.
//! In a host, a first label `*` stands for one or more labels, another `*` for characters within a label; the pattern
//! `*` is every public host. Literal addresses that are not public are only allowed where a pattern spells them out.

use std::fmt;

use super::url::{Host, Scheme, Url};
use crate::failure::{Failure, Kind};
use crate::text::{contains, split_once};

/// One pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pattern {
    scheme: Option<Scheme>,
    host: HostPattern,
    port: PortPattern,
    path: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum HostPattern {
    /// `*`
    Any,
    /// A host spelled out.
    Exact(Host),
    /// A name with `*` in it.
    Glob(String),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum PortPattern {
    Default,
    Any,
    Exact(u16),
}

impl Pattern {
    /// Reads a pattern; the error says what is wrong with it.
    pub fn parse(text: &str) -> Result<Pattern, String> {
        let (scheme, rest) = match split_once(text, "://") {
            None => (None, text),
            Some(("http", rest)) => (Some(Scheme::Http), rest),
            Some(("https", rest)) => (Some(Scheme::Https), rest),
            Some(("*", rest)) => (None, rest),
            Some((scheme, _)) => return Err(format!("\"{scheme}\" is neither http nor https")),
        };
        let (authority, path) = match rest.find('/').and_then(|at| rest.split_at_checked(at)) {
            Some((authority, path)) => (authority, path),
            None => (rest, "/"),
        };
        let (host, port) = match crate::text::rsplit_once(authority, b':') {
            Some((host, port)) if !port.contains(']') => (host, Some(port)),
            _ => (authority, None),
        };
        let port = match port {
            None => PortPattern::Default,
            Some("*") => PortPattern::Any,
            Some(port) => PortPattern::Exact(
                port.parse().ok().filter(|p| *p != 0).ok_or_else(|| format!("\"{port}\" is not a port"))?,
            ),
        };
        if path.contains(['?', '#', '*', '\\']) || contains(path, "/.") {
            return Err(format!("\"{path}\" is not a plain path; it stands for all that lies under it"));
        }
        Ok(Pattern { scheme, host: parse_host(host)?, port, path: path.to_owned() })
    }

    /// The pattern of everything that lies in the folder of a URL.
    pub fn under(url: &Url) -> Pattern {
        Pattern {
            scheme: Some(url.scheme),
            host: HostPattern::Exact(url.host.clone()),
            port: PortPattern::Exact(url.port),
            path: url.folder().to_owned(),
        }
    }

    /// The pattern of one path of a URL.
    pub fn exact(url: &Url) -> Pattern {
        Pattern { path: url.path.clone(), ..Pattern::under(url) }
    }

    /// Whether a URL is one that the pattern allows.
    pub fn allows(&self, url: &Url) -> bool {
        self.scheme.is_none_or(|scheme| scheme == url.scheme)
            && self.allows_port(url)
            && self.allows_host(&url.host)
            && under(&self.path, &url.path)
    }

    fn allows_port(&self, url: &Url) -> bool {
        match self.port {
            PortPattern::Any => true,
            PortPattern::Default => url.port == url.scheme.default_port(),
            PortPattern::Exact(port) => url.port == port,
        }
    }

    fn allows_host(&self, host: &Host) -> bool {
        match (&self.host, host) {
            (HostPattern::Any, host) => host.public(),
            (HostPattern::Exact(listed), host) => listed == host,
            (HostPattern::Glob(glob), Host::Name(name)) => glob_allows(glob, name),
            (HostPattern::Glob(_), _) => false,
        }
    }
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(scheme) = self.scheme {
            write!(f, "{}://", scheme.name())?;
        }
        match &self.host {
            HostPattern::Any => f.write_str("*")?,
            HostPattern::Exact(host) => host.fmt(f)?,
            HostPattern::Glob(glob) => f.write_str(glob)?,
        }
        match self.port {
            PortPattern::Default => {}
            PortPattern::Any => f.write_str(":*")?,
            PortPattern::Exact(port) => write!(f, ":{port}")?,
        }
        f.write_str(if self.path == "/" { "" } else { &self.path })
    }
}

fn parse_host(text: &str) -> Result<HostPattern, String> {
    if text == "*" {
        return Ok(HostPattern::Any);
    }
    // A star stands for letters or digits: what is a name with a digit in its place is a pattern, and what then is
    // an address, such as `127.0.0.*`, is none.
    match Host::parse(&text.replace('*', "0")) {
        Some(host) if !text.contains('*') => Ok(HostPattern::Exact(host)),
        Some(Host::Name(_)) if text.contains('.') => Ok(HostPattern::Glob(text.to_ascii_lowercase())),
        _ => Err(format!("\"{text}\" is not a host; write a name, *.name, an IP address or *")),
    }
}

/// Whether a path is a folder's or lies under it; `/photos` does not allow `/photos2`.
fn under(prefix: &str, path: &str) -> bool {
    path.strip_prefix(prefix)
        .is_some_and(|rest| prefix.ends_with('/') || rest.is_empty() || rest.starts_with('/'))
}

fn glob_allows(glob: &str, name: &str) -> bool {
    match glob.strip_prefix("*.") {
        Some(rest) => {
            // One or more labels before the rest: try each label boundary.
            name.char_indices()
                .filter(|(_, c)| *c == '.')
                .any(|(at, _)| name.get(at + 1..).is_some_and(|tail| labels_match(rest, tail)))
        }
        None => labels_match(glob, name),
    }
}

fn labels_match(glob: &str, name: &str) -> bool {
    let mut globs = glob.split('.');
    let mut labels = name.split('.');
    loop {
        match (globs.next(), labels.next()) {
            (None, None) => return true,
            (Some(glob), Some(label)) if label_matches(glob, label) => {}
            _ => return false,
        }
    }
}

fn label_matches(glob: &str, label: &str) -> bool {
    match glob.split_once('*') {
        None => glob == label,
        Some((before, after)) => label.strip_prefix(before).is_some_and(|rest| {
            (0..=rest.len()).any(|at| rest.get(at..).is_some_and(|tail| label_matches(after, tail)))
        }),
    }
}

/// All that may be fetched.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Policy(pub Vec<Pattern>);

impl Policy {
    /// Reads patterns between commas or white space.
    pub fn parse(text: &str) -> Result<Policy, String> {
        let words = text.split(|c: char| c == ',' || c.is_whitespace()).filter(|word| !word.is_empty());
        let mut patterns = Vec::new();
        for word in words {
            patterns.push(Pattern::parse(word)?);
        }
        Ok(Policy(patterns))
    }

    /// Refuses a URL that no pattern allows.
    pub fn check(&self, url: &Url) -> Result<(), Failure> {
        if self.0.iter().any(|pattern| pattern.allows(url)) {
            return Ok(());
        }
        let failure = Failure::new(
            Kind::SourceNotAllowed,
            format!("{}://{} is not an allowed source", url.scheme.name(), url.authority()),
        );
        Err(if self.0.is_empty() {
            failure
                .detail("no source is allowed yet: set TINTYPE_SOURCES, for example to https://*.example.com")
        } else if url.host.public() {
            failure.detail("TINTYPE_SOURCES does not list it; scheme, host, port and path all have to match")
        } else {
            failure.detail("it is not on the public internet, so TINTYPE_SOURCES has to spell it out")
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allowed(patterns: &str, url: &str) -> bool {
        Policy::parse(patterns).unwrap().check(&Url::parse(url, 1000).unwrap()).is_ok()
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
            assert!(Policy::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_pattern_is_written_as_it_was_read() {
        for text in ["*", "https://*.example.com", "http://127.0.0.1:8080/photos", "a.example:*"] {
            assert_eq!(Pattern::parse(text).unwrap().to_string(), text);
        }
    }
}
