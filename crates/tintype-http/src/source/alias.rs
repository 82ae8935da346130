//! Folders of sources that have a name: `TINTYPE_ALIAS_<name>`.

use http::{HeaderName, HeaderValue, header};

use super::pattern::Pattern;
use super::store::Store;
use super::url::SourceUrl;

/// A folder of sources, and what a request for one of them carries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alias {
    /// The name, in lower case.
    pub name: String,
    /// The URL in whose folder sources `name:path` lie.
    pub url: SourceUrl,
    /// Headers of requests, such as `Authorization`.
    pub headers: Vec<(HeaderName, HeaderValue)>,
    /// The store of its objects, if it is not that of all others.
    pub store: Option<Store>,
}

impl Alias {
    /// A folder whose requests carry nothing of their own.
    pub fn new(name: impl Into<String>, url: SourceUrl) -> Self {
        Alias { name: name.into(), url, headers: Vec::new(), store: None }
    }

    /// Whether a URL lies in the folder. What the alias carries is for no other URL, such as that of a redirect.
    pub fn contains(&self, url: &SourceUrl) -> bool {
        Pattern::under(&self.url).allows(url)
    }
}

/// Headers that a host does not let a component set.
const FORBIDDEN: [HeaderName; 6] = [
    header::CONNECTION,
    header::CONTENT_LENGTH,
    header::HOST,
    header::TE,
    header::TRANSFER_ENCODING,
    header::UPGRADE,
];

/// Reads headers: lines of `Name: value`.
///
/// # Errors
///
/// What is accepted. The text is not repeated, which may hold a secret.
pub fn read_headers(text: &str) -> Result<Vec<(HeaderName, HeaderValue)>, &'static str> {
    let read = |line: &str| {
        let (name, value) = line.split_once(':')?;
        let mut value = HeaderValue::from_str(value.trim_ascii()).ok()?;
        value.set_sensitive(true);
        let name = name.trim_ascii().parse().ok().filter(|name| !FORBIDDEN.contains(name))?;
        Some((name, value))
    };
    let lines = text.lines().filter(|line| !line.trim_ascii().is_empty());
    lines
        .map(read)
        .collect::<Option<_>>()
        .ok_or("expected lines of `Name: value`, without Host and others that are the connection's")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_are_lines() {
        let headers = read_headers("Authorization: Basic YTpi\n\n X-Team :photos, and more\n").unwrap();
        let text = |index: usize| (headers[index].0.as_str(), headers[index].1.to_str().unwrap());
        assert_eq!(text(0), ("authorization", "Basic YTpi"));
        assert_eq!(text(1), ("x-team", "photos, and more"));
        assert!(!format!("{headers:?}").contains("YTpi"));
        for bad in ["swordfish", "a b: c", ": x", "a: \u{1}", "Host: a.example.com"] {
            assert!(read_headers(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_folder_ends_at_its_last_slash() {
        let alias = Alias::new("a", "https://x.example.com/photos/".parse().unwrap());
        for (url, is_inside) in [
            ("https://x.example.com/photos/a.jpg", true),
            ("https://x.example.com/a.jpg", false),
            ("http://x.example.com/photos/a.jpg", false),
            ("https://x.example.com:8443/photos/a.jpg", false),
        ] {
            assert_eq!(alias.contains(&url.parse().unwrap()), is_inside, "{url}");
        }
    }
}
