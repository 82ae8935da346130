//! The source of a request: which URL a client's text means, and whether it may be fetched.
//!
//! ```
//! use tintype_http::failure::Kind;
//! use tintype_http::source::{Alias, Sources};
//!
//! let sources = Sources {
//!     policy: "*.example.com, http://localhost:9000/photos/".parse()?,
//!     base_url: None,
//!     aliases: vec![Alias::new("photos", "http://localhost:9000/photos/".parse()?)],
//!     max_url_bytes: 4096,
//!     ..Sources::default()
//! };
//! let source = sources.resolve("photos:cat.jpg")?;
//! assert_eq!(source.url.to_string(), "http://localhost:9000/photos/cat.jpg");
//! assert!(!source.named_by_client);
//!
//! let failure = sources.resolve("http://localhost:9000/secret").unwrap_err();
//! assert_eq!(failure.kind(), Kind::SourceNotAllowed);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod address;
mod alias;
mod host;
mod invalid;
mod pattern;
mod policy;
mod sigv4;
mod store;
mod url;

pub use alias::{Alias, read_headers};
pub use host::Host;
pub use invalid::InvalidUrl;
pub use pattern::{InvalidPattern, Pattern};
pub use policy::{InvalidPolicy, Policy};
pub use store::{Store, Style};
pub use url::SourceUrl;

use crate::failure::Result;

/// Where sources come from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sources {
    /// What may be fetched. It has to allow the folders of `base_url` and of the `aliases` without a store of their own, too.
    pub policy: Policy,
    /// The URL in whose folder relative sources lie.
    pub base_url: Option<SourceUrl>,
    /// Folders of sources `name:path`.
    pub aliases: Vec<Alias>,
    /// The store of objects `s3://bucket/key`.
    pub store: Store,
    /// Bytes of a URL that a client or an origin names.
    pub max_url_bytes: usize,
}

/// A source that has been found and is allowed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResolvedSource {
    /// The URL to fetch it from.
    pub url: SourceUrl,
    /// The alias by which it was named.
    pub alias: Option<String>,
    /// Whether the client named this URL itself, and could fetch it. An operator's base URL is not disclosed to clients.
    pub named_by_client: bool,
}

impl Sources {
    /// Finds the URL that a client's text means, and checks that it may be fetched: a full URL, a path below the base
    /// URL, or `alias:path`.
    ///
    /// # Errors
    ///
    /// [`InvalidSource`](crate::failure::Kind::InvalidSource), [`UrlTooLong`](crate::failure::Kind::UrlTooLong) or
    /// [`SourceNotAllowed`](crate::failure::Kind::SourceNotAllowed).
    pub fn resolve(&self, text: &str) -> Result<ResolvedSource> {
        // A URL has no spaces around it (URL Standard, 4.4), and is a full one all the same.
        let text = text.trim_matches(' ');
        let alias = self.split_alias(text);
        let below = match alias {
            Some((alias, path)) => Some((&alias.url, path)),
            None => self.base_url.as_ref().filter(|_| !is_absolute(text)).map(|base| (base, text)),
        };
        let url = match below {
            Some((base, path)) => base.below(path, self.max_url_bytes)?,
            None => SourceUrl::parse(text, self.max_url_bytes)?,
        };
        // A bucket in a store of the alias says nothing about a bucket of that name in the store of all others.
        if alias.is_none_or(|(alias, _)| alias.store.is_none()) {
            self.policy.check(&url)?;
        }
        let named_by_client = below.is_none() && !url.is_object();
        Ok(ResolvedSource { url, alias: alias.map(|(alias, _)| alias.name.clone()), named_by_client })
    }

    /// The alias that a text begins with, and the path after it.
    fn split_alias<'t>(&self, text: &'t str) -> Option<(&Alias, &'t str)> {
        // Some grammars write every source as a path.
        let (name, path) = text.strip_prefix('/').unwrap_or(text).split_once(':')?;
        self.alias(name).map(|alias| (alias, path))
    }

    /// The alias of a name.
    pub fn alias(&self, name: &str) -> Option<&Alias> {
        self.aliases.iter().find(|alias| alias.name == name)
    }
}

/// Whether a text begins with a host, perhaps after a scheme. A path or a query may contain `://`.
fn is_absolute(text: &str) -> bool {
    let is_scheme = |text: &str| {
        text.starts_with(|c: char| c.is_ascii_alphabetic())
            && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-' | b'.'))
    };
    text.starts_with("//") || text.split_once("://").is_some_and(|(scheme, _)| is_scheme(scheme))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::failure::{Failure, Kind};

    fn sources() -> Sources {
        let base_url: SourceUrl = "https://base.example/photos/".parse().unwrap();
        let archive: SourceUrl = "http://10.0.0.7:9000/a/".parse().unwrap();
        let mut policy: Policy = "open.example.com".parse().unwrap();
        policy.allow(Pattern::under(&base_url));
        policy.allow(Pattern::under(&archive));
        Sources {
            policy,
            base_url: Some(base_url),
            aliases: vec![Alias::new("arch", archive)],
            max_url_bytes: 100,
            ..Sources::default()
        }
    }

    fn resolved(text: &str) -> Result<(String, bool), Kind> {
        let source = sources().resolve(text).map_err(|failure| failure.kind())?;
        Ok((source.url.to_string(), source.named_by_client))
    }

    #[test]
    fn relative_sources_lie_below_their_base() {
        for (text, url) in [
            ("a.jpg", "https://base.example/photos/a.jpg"),
            ("/a.jpg", "https://base.example/photos/a.jpg"),
            ("b/a.jpg?x=1", "https://base.example/photos/b/a.jpg?x=1"),
            ("b/../a.jpg", "https://base.example/photos/a.jpg"),
            ("?x=1", "https://base.example/photos/?x=1"),
            ("12:30.jpg", "https://base.example/photos/12:30.jpg"),
            ("arch:x/y.png", "http://10.0.0.7:9000/a/x/y.png"),
            ("/arch:x/y.png", "http://10.0.0.7:9000/a/x/y.png"),
            ("arch://x.png", "http://10.0.0.7:9000/a/x.png"),
            ("arch:@evil.example.com/x", "http://10.0.0.7:9000/a/@evil.example.com/x"),
            ("arch:http://evil.example.com/x", "http://10.0.0.7:9000/a/http://evil.example.com/x"),
        ] {
            assert_eq!(resolved(text), Ok((url.into(), false)), "{text}");
        }
    }

    #[test]
    fn a_relative_source_may_have_a_url_in_its_path_or_query() {
        for (text, url) in [
            (
                "a.jpg?ref=http://x.example.com/y",
                "https://base.example/photos/a.jpg?ref=http://x.example.com/y",
            ),
            ("mirror/http://x/a.jpg", "https://base.example/photos/mirror/http://x/a.jpg"),
            ("photo.jpg?next=https://x", "https://base.example/photos/photo.jpg?next=https://x"),
            ("?next=//x", "https://base.example/photos/?next=//x"),
            ("?://", "https://base.example/photos/?://"),
            ("1://x", "https://base.example/photos/1://x"),
        ] {
            assert_eq!(resolved(text), Ok((url.into(), false)), "{text}");
        }
    }

    #[test]
    fn spaces_around_a_url_do_not_make_it_relative() {
        for text in [
            " https://open.example.com/a.jpg",
            "https://open.example.com/a.jpg ",
            "  https://open.example.com/a.jpg  ",
        ] {
            assert_eq!(resolved(text), Ok(("https://open.example.com/a.jpg".into(), true)), "{text}");
        }
        assert_eq!(resolved(" a b.jpg "), Ok(("https://base.example/photos/a%20b.jpg".into(), false)));
    }

    #[test]
    fn no_relative_source_leaves_its_folder() {
        for text in [
            "../secret",
            "b/../../secret",
            "/../x",
            "../photos2/x",
            "..;/secret",
            "..",
            "arch:../x",
            "arch:%2e%2e/x",
            "arch:..%2fx",
            "arch:%252e%252e/x",
        ] {
            assert_eq!(resolved(text), Err(Kind::InvalidSource), "{text}");
        }
    }

    #[test]
    fn absolute_sources_are_checked_as_they_are() {
        let url = "https://open.example.com/a.jpg";
        assert_eq!(resolved(url), Ok((url.into(), true)));
        let url = "https://base.example/photos/a.jpg";
        assert_eq!(resolved(url), Ok((url.into(), true)));
        for (text, kind) in [
            ("https://evil.example.com/a", Kind::SourceNotAllowed),
            ("http://10.0.0.7:9000/b/x", Kind::SourceNotAllowed),
            ("//evil.example.com/a", Kind::InvalidSource),
            ("ftp://base.example/photos/a.jpg", Kind::InvalidSource),
        ] {
            assert_eq!(resolved(text), Err(kind), "{text}");
        }
    }

    #[test]
    fn the_limit_holds_for_what_the_client_writes() {
        let text = "x".repeat(100);
        assert!(resolved(&text).is_ok());
        assert_eq!(resolved(&format!("{text}x")), Err(Kind::UrlTooLong));
        assert_eq!(resolved(&format!("https://open.example.com/{text}")), Err(Kind::UrlTooLong));
    }

    #[test]
    fn without_a_base_url_every_source_is_absolute() {
        let sources = Sources { base_url: None, ..sources() };
        for text in ["a.jpg", "/a.jpg", "a.jpg?ref=http://x"] {
            assert_eq!(sources.resolve(text).unwrap_err().kind(), Kind::InvalidSource, "{text}");
        }
    }

    #[test]
    fn failures_do_not_disclose_the_base() {
        let shows = |failure: Failure| failure.to_string().contains("base.example");
        for text in ["../secret", "..;/x", &"x".repeat(101), "a\\b"] {
            assert!(!shows(sources().resolve(text).unwrap_err()), "{text}");
        }
    }
}
