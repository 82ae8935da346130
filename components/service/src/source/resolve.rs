//! What a client's text for a source means: a full URL, a path below `TINTYPE_BASE_URL`, or `alias:path`.

use super::policy::Pattern;
use super::url::Url;
use crate::config::Config;
use crate::failure::{Failure, Kind};
use crate::text::contains;

/// A source that has been found and is allowed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resolved {
    /// Where it is fetched from.
    pub url: Url,
    /// Whether the client named that URL itself. An operator's base URL is not told to clients.
    pub public: bool,
}

/// Finds the URL of a source and checks that it may be fetched.
pub fn resolve(text: &str, config: &Config) -> Result<Resolved, Failure> {
    let longest = config.url_bytes.length();
    let alias = text.split_once(':').and_then(|(name, rest)| {
        config.aliases.iter().find(|(known, _)| known == name).map(|(_, base)| (base, rest))
    });
    let base = match (alias, &config.base_url) {
        (Some(alias), _) => Some(alias),
        (None, Some(base)) if !contains(text, "://") && !text.starts_with("//") => Some((base, text)),
        _ => None,
    };
    let resolved = match base {
        Some((base, path)) => Resolved { url: below(base, path, longest)?, public: false },
        None => Resolved { url: Url::parse(text, longest)?, public: true },
    };
    config.sources.check(&resolved.url)?;
    Ok(resolved)
}

/// A path in the folder of a base URL, and not outside of it.
fn below(base: &Url, path: &str, longest: usize) -> Result<Url, Failure> {
    let folder = base.folder();
    let url = base.join(&format!("{folder}{}", path.trim_start_matches('/')), longest)?;
    if Pattern::under(base).allows(&url) {
        return Ok(url);
    }
    Err(Failure::new(Kind::InvalidSource, "the source lies outside of its folder").detail("leave out .."))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resolved(text: &str) -> Result<String, Kind> {
        let environment = [
            ("TINTYPE_BASE_URL", "https://base.example/photos/"),
            ("TINTYPE_ALIAS_arch", "http://10.0.0.7:9000/a/"),
            ("TINTYPE_SOURCES", "open.example"),
        ];
        let environment = environment.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let config = Config::read(&environment).unwrap();
        resolve(text, &config).map(|resolved| resolved.url.to_string()).map_err(|failure| failure.kind)
    }

    #[test]
    fn relative_sources_lie_below_their_base() {
        for (text, url) in [
            ("a.jpg", "https://base.example/photos/a.jpg"),
            ("/a.jpg", "https://base.example/photos/a.jpg"),
            ("b/a.jpg?x=1", "https://base.example/photos/b/a.jpg?x=1"),
            ("arch:x/y.png", "http://10.0.0.7:9000/a/x/y.png"),
            ("arch://x.png", "http://10.0.0.7:9000/a/x.png"),
            ("https://open.example/a.jpg", "https://open.example/a.jpg"),
        ] {
            assert_eq!(resolved(text).as_deref(), Ok(url), "{text}");
        }
    }

    #[test]
    fn no_relative_source_leaves_its_folder() {
        for text in ["../secret", "b/../../secret", "arch:../x", "arch:%2e%2e/x", "arch:..%2fx", "/../x"] {
            assert_eq!(resolved(text), Err(Kind::InvalidSource), "{text}");
        }
        assert_eq!(resolved("//evil.example/a"), Err(Kind::InvalidSource));
        assert_eq!(resolved("https://evil.example/a"), Err(Kind::SourceNotAllowed));
        assert_eq!(resolved("http://10.0.0.7:9000/b/x"), Err(Kind::SourceNotAllowed));
        assert_eq!(resolved("arch:@evil.example/x").as_deref(), Ok("http://10.0.0.7:9000/a/@evil.example/x"));
    }
}
