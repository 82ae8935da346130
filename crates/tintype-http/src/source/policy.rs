//! Which sources may be fetched: `TINTYPE_SOURCES`.

use std::fmt;
use std::str::FromStr;

use super::pattern::{InvalidPattern, Pattern};
use super::url::SourceUrl;
use crate::failure::{Failure, Kind, Result, clip};

/// The patterns of all that may be fetched; nothing by default.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Policy {
    patterns: Vec<Pattern>,
}

impl Policy {
    /// Adds a pattern.
    pub fn allow(&mut self, pattern: Pattern) {
        self.patterns.push(pattern);
    }

    /// Checks that a pattern allows a URL.
    ///
    /// # Errors
    ///
    /// [`Kind::SourceNotAllowed`], with the URL's scheme, host and port in the message.
    pub fn check(&self, url: &SourceUrl) -> Result<()> {
        if self.patterns.iter().any(|pattern| pattern.allows(url)) {
            return Ok(());
        }
        let message = format!("{}://{} is not an allowed source", url.scheme(), clip(&url.authority()));
        Err(Failure::new(Kind::SourceNotAllowed, message).with_detail(if self.patterns.is_empty() {
            "no source is allowed yet: set TINTYPE_SOURCES, for example to https://*.example.com"
        } else if url.is_object() {
            "TINTYPE_SOURCES has to list its bucket, for example as s3://photos"
        } else if url.is_public_host() {
            "TINTYPE_SOURCES does not list it; scheme, host, port and path all have to match"
        } else {
            "it is not on the public internet, so TINTYPE_SOURCES has to spell it out"
        }))
    }

    /// Checks that clients may be redirected to a URL: a pattern that names its host has to allow it. Under `*` alone, any
    /// link to this service could lead anywhere.
    ///
    /// # Errors
    ///
    /// [`Kind::SourceNotAllowed`], as [`Policy::check`].
    pub fn check_redirect(&self, url: &SourceUrl) -> Result<()> {
        self.check(url)?;
        if !url.is_object()
            && self.patterns.iter().any(|pattern| pattern.names_hosts() && pattern.allows(url))
        {
            return Ok(());
        }
        let message = format!("redirects to {}://{} are not allowed", url.scheme(), clip(&url.authority()));
        Err(Failure::new(Kind::SourceNotAllowed, message)
            .with_detail("TINTYPE_SOURCES has to name the host: * allows sources and no redirects"))
    }
}

/// A list of patterns, separated by commas or white space.
impl FromStr for Policy {
    type Err = InvalidPolicy;

    fn from_str(text: &str) -> Result<Self, InvalidPolicy> {
        let words = text.split(|c: char| c == ',' || c.is_ascii_whitespace()).filter(|word| !word.is_empty());
        let read = |(index, word): (usize, &str)| {
            word.parse().map_err(|reason| InvalidPolicy { position: index + 1, reason })
        };
        Ok(Policy { patterns: words.enumerate().map(read).collect::<Result<_, _>>()? })
    }
}

/// The list as it is read.
impl fmt::Display for Policy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, pattern) in self.patterns.iter().enumerate() {
            write!(f, "{}{pattern}", if index == 0 { "" } else { "," })?;
        }
        Ok(())
    }
}

/// Which pattern of a list cannot be read, and why.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvalidPolicy {
    /// The pattern's position in the list, from 1.
    pub position: usize,
    /// What is wrong with it.
    pub reason: InvalidPattern,
}

impl fmt::Display for InvalidPolicy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "number {} of the patterns is refused: {}", self.position, self.reason)
    }
}

impl std::error::Error for InvalidPolicy {}

#[cfg(test)]
mod tests {
    use super::*;

    fn policy(patterns: &str) -> Policy {
        patterns.parse().unwrap_or_else(|reason| panic!("{patterns}: {reason}"))
    }

    fn refusal(patterns: &str, url: &str) -> Option<Failure> {
        policy(patterns).check(&SourceUrl::parse(url, 1000).unwrap()).err()
    }

    fn allowed(patterns: &str, url: &str) -> bool {
        refusal(patterns, url).is_none()
    }

    #[test]
    fn nothing_is_allowed_by_default() {
        let failure = refusal("", "https://example.com/").unwrap();
        assert_eq!(failure.kind(), Kind::SourceNotAllowed);
        assert!(failure.detail().unwrap().contains("set TINTYPE_SOURCES"));
        assert_eq!(policy(" , \n"), Policy::default());
    }

    #[test]
    fn scheme_host_port_and_path_all_have_to_match() {
        for (patterns, url, allow) in [
            ("example.com", "https://example.com/a", true),
            ("example.com", "http://example.com/a", true),
            ("example.com", "https://example.com:8443/a", false),
            ("example.com", "http://example.com:443/a", false),
            ("example.com:*", "https://example.com:8443/a", true),
            ("example.com:443", "https://example.com/a", true),
            ("example.com:443", "http://example.com:443/a", true),
            ("example.com:443", "http://example.com/a", false),
            ("https://example.com", "http://example.com/a", false),
            ("https://example.com:8443", "https://example.com:8443/a", true),
            ("https://example.com:443", "https://example.com/a", true),
            ("example.com/photos", "https://example.com/photos", true),
            ("example.com/photos", "https://example.com/photos/a.jpg", true),
            ("example.com/photos", "https://example.com/photos?a", true),
            ("example.com/photos", "https://example.com/photos2/a.jpg", false),
            ("example.com/photos/", "https://example.com/photos/../secret", false),
            ("example.com/é", "https://example.com/%C3%A9/a.jpg", true),
            ("example.com", "https://www.example.com/", false),
            ("example.com", "https://example.com./", true),
            ("*.example.com", "https://www.example.com/", true),
            ("*.example.com", "https://a.b.example.com/", true),
            ("*.example.com", "https://example.com/", false),
            ("*.example.com", "https://evilexample.com/", false),
            ("*.example.com", "https://example.com.evil.example.net/", false),
            ("img*.example.com", "https://img7.example.com/", true),
            ("img*.example.com", "https://img.a.example.com/", false),
            ("a.example.com, b.example.com", "https://b.example.com/", true),
            ("a.example.com\nb.example.com", "https://b.example.com/", true),
            ("*", "https://anything.example.com/", true),
            ("*", "https://anything.example.com:8080/", false),
            ("*:*", "https://anything.example.com:8080/", true),
            ("*", "http://8.8.8.8/", true),
        ] {
            assert_eq!(allowed(patterns, url), allow, "{patterns} {url}");
        }
    }

    #[test]
    fn hosts_that_are_not_public_are_allowed_only_where_spelled_out() {
        for (spelled_out, url) in [
            ("127.0.0.1", "http://0x7f.1/"),
            ("127.0.0.1", "http://2130706433/"),
            ("[::1]", "http://[0:0::1]/"),
            ("10.0.0.1", "http://10.0.0.1/"),
            ("[::ffff:7f00:1]", "http://[::ffff:127.0.0.1]/"),
            ("169.254.169.254", "http://169.254.169.254/latest"),
            ("localhost", "http://LOCALHOST/"),
            ("redis", "http://redis/"),
            ("*.google.internal", "http://metadata.google.internal/"),
            ("*.svc.cluster.local", "http://minio.photos.svc.cluster.local/"),
            ("minio.*.svc", "http://minio.photos.svc/"),
            ("photos.test", "http://photos.test/"),
            ("*.test", "http://photos.test/"),
            ("*.example", "http://a.photos.example/"),
            ("*.alt", "http://self.alt/"),
            ("*.home.arpa", "http://nas.home.arpa/"),
        ] {
            let failure = refusal("*, http://*, *:*, *.com", url).expect(url);
            assert!(failure.detail().unwrap().contains("not on the public internet"), "{failure}");
            assert!(allowed(spelled_out, url), "{spelled_out} {url}");
        }
        assert!(allowed("http://localhost:9000", "http://localhost:9000/"));
        assert!(!allowed("http://127.0.0.1", "http://[::ffff:127.0.0.1]/"));
        assert!(!allowed("*.test", "http://test/"));
    }

    #[test]
    fn redirects_lead_only_to_hosts_that_are_named() {
        for (patterns, url, allow) in [
            ("*", "https://a.example.com/", false),
            ("*:*, https://*", "https://a.example.com/", false),
            ("*, a.example.com", "https://a.example.com/b", true),
            ("*, a.example.com", "https://b.example.com/", false),
            ("*, a.example.com/c/", "https://a.example.com/b", false),
            ("*.example.com", "https://a.example.com/", true),
            ("127.0.0.1:8080", "http://127.0.0.1:8080/", true),
            ("a.example.com", "https://b.example.com/", false),
        ] {
            let redirect = policy(patterns).check_redirect(&SourceUrl::parse(url, 1000).unwrap());
            assert_eq!(redirect.is_ok(), allow, "{patterns} {url}");
        }
    }

    #[test]
    fn a_list_is_written_as_it_is_read() {
        for text in ["", "*", "https://*.example.com,photos.test:8080/a,[::1]"] {
            assert_eq!(policy(text).to_string(), text);
        }
        assert_eq!(policy(" a.test ,\t b.test").to_string(), "a.test,b.test");
    }

    #[test]
    fn an_error_counts_the_patterns_and_repeats_none() {
        let error = "a.test, user:secret@b.test".parse::<Policy>().unwrap_err();
        assert_eq!((error.position, error.reason), (2, InvalidPattern::Port));
        assert!(!error.to_string().contains("secret") && error.to_string().contains("number 2"));
    }

    #[test]
    fn a_refusal_shows_neither_path_nor_query() {
        let failure = refusal("a.test", "https://b.test:8443/path?token=secret").unwrap();
        assert_eq!(failure.message(), "https://b.test:8443 is not an allowed source");
    }
}
