//! What a client's text for a source means: a full URL, a path below `TINTYPE_BASE_URL`, or `alias:path`.

use super::policy::Pattern;
use super::url::Url;
use crate::config::Config;
use crate::failure::{Failure, Kind};
use crate::text;

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
    let base = base(text, config);
    let url = match base {
        Some((base, path)) => below(base, path, longest)?,
        None => Url::parse(text, longest)?,
    };
    config.sources.check(&url)?;
    Ok(Resolved { url, public: base.is_none() })
}

/// The URL that a source is relative to, and the source's path below it.
fn base<'a>(text: &'a str, config: &'a Config) -> Option<(&'a Url, &'a str)> {
    if let Some((name, rest)) = text::split_once(text, ":") {
        for (alias, base) in &config.aliases {
            if alias == name {
                return Some((base, rest));
            }
        }
    }
    let absolute = text::contains(text, "://") || text.starts_with("//");
    config.base_url.as_ref().filter(|_| !absolute).map(|base| (base, text))
}

/// A path in the folder of a base URL, and not outside of it.
fn below(base: &Url, path: &str, longest: usize) -> Result<Url, Failure> {
    let url = base.join(&text::concat(&[base.folder(), text::trim_start(path, "/")]), longest)?;
    if Pattern::under(base).allows(&url) {
        return Ok(url);
    }
    Err(Failure::new(Kind::InvalidSource, "the source lies outside of its folder").detail("leave out .."))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::prelude::*;

    fn resolved(text: &str) -> Result<String, Kind> {
        let environment = [
            ("TINTYPE_BASE_URL", "https://base.example/photos/"),
            ("TINTYPE_ALIAS_arch", "http://10.0.0.7:9000/a/"),
            ("TINTYPE_SOURCES", "open.example"),
        ];
        let environment = environment.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let config = Config::read(&environment).unwrap();
        resolve(text, &config).map(|resolved| resolved.url.text()).map_err(|failure| failure.kind)
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
