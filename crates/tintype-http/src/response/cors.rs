//! Whose scripts may read responses (the Fetch standard's CORS protocol).
//!
//! ```
//! use http::{HeaderMap, header};
//! use tintype_http::response::cors::CorsOrigins;
//!
//! let origins: CorsOrigins = "https://www.example.com, https://shop.example.com".parse().unwrap();
//! let mut headers = HeaderMap::new();
//! origins.apply(&mut headers, Some("https://shop.example.com"));
//! assert_eq!(headers[header::ACCESS_CONTROL_ALLOW_ORIGIN], "https://shop.example.com");
//! assert!("https://www.example.com/path".parse::<CorsOrigins>().is_err());
//! ```

use std::fmt;
use std::str::FromStr;

use http::{HeaderMap, HeaderName, HeaderValue, header};
use url::{Origin, Url};

use super::list;

const TIMING_ALLOW_ORIGIN: HeaderName = HeaderName::from_static("timing-allow-origin");

/// The origins of web pages whose scripts may read responses. By default, none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CorsOrigins(Origins);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Origins {
    Any,
    /// Each as browsers write it in `Origin`.
    Listed(Vec<String>),
}

impl Default for Origins {
    fn default() -> Self {
        Origins::Listed(Vec::new())
    }
}

/// The text is not an origin as browsers write it, nor `*` alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidOrigin(String);

impl fmt::Display for InvalidOrigin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let wrong = &self.0;
        write!(
            f,
            "\"{wrong}\" is not an origin: expected * alone, or origins such as https://www.example.com, with "
        )?;
        f.write_str("commas between them, each in lower case without a path, a final slash or a default port")
    }
}

impl std::error::Error for InvalidOrigin {}

impl CorsOrigins {
    /// Whether no page may read responses.
    pub fn is_empty(&self) -> bool {
        self.0 == Origins::default()
    }

    /// Adds the headers that let a page of this `Origin` read a response and its timing, if it may.
    pub fn apply(&self, headers: &mut HeaderMap, origin: Option<&str>) {
        if let Some(allowed) = self.allowed(origin) {
            headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, allowed.clone());
            headers.insert(TIMING_ALLOW_ORIGIN, allowed);
        }
        // The response differs between origins also where this one is not allowed.
        if !self.is_empty() && self.0 != Origins::Any {
            list::vary(headers, "origin");
        }
    }

    fn allowed(&self, origin: Option<&str>) -> Option<HeaderValue> {
        match &self.0 {
            Origins::Any => Some(HeaderValue::from_static("*")),
            Origins::Listed(listed) => {
                let allowed = listed.iter().find(|listed| Some(listed.as_str()) == origin)?;
                HeaderValue::from_str(allowed).ok()
            }
        }
    }
}

/// Reads nothing, `*`, or origins with commas between them.
impl FromStr for CorsOrigins {
    type Err = InvalidOrigin;

    fn from_str(text: &str) -> Result<Self, InvalidOrigin> {
        if text.trim() == "*" {
            return Ok(CorsOrigins(Origins::Any));
        }
        let read =
            |text: &str| if is_origin(text) { Ok(text.into()) } else { Err(InvalidOrigin(text.into())) };
        list::members(text).map(read).collect::<Result<_, _>>().map(Origins::Listed).map(CorsOrigins)
    }
}

impl fmt::Display for CorsOrigins {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Origins::Any => f.write_str("*"),
            Origins::Listed(listed) => f.write_str(&listed.join(",")),
        }
    }
}

/// Whether a text is an origin exactly as browsers write it: any other never equals one.
fn is_origin(text: &str) -> bool {
    // URLs may have an asterisk in their host, and origins have no wildcards.
    let Some(url) = Url::parse(text).ok().filter(|_| !text.contains('*')) else { return false };
    match url.origin() {
        Origin::Tuple(..) => url.origin().ascii_serialization() == text,
        // Applications have schemes of their own, as in `capacitor://localhost`.
        Origin::Opaque(_) => {
            let ends_with_host = url.path().is_empty() && url.query().is_none() && url.fragment().is_none();
            url.has_host() && url.username().is_empty() && ends_with_host && url.as_str() == text
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(cors: &str, origin: Option<&str>) -> Vec<String> {
        let mut headers = HeaderMap::new();
        headers.insert(header::VARY, HeaderValue::from_static("accept"));
        cors.parse::<CorsOrigins>().unwrap().apply(&mut headers, origin);
        let of_interest = [header::VARY, header::ACCESS_CONTROL_ALLOW_ORIGIN, TIMING_ALLOW_ORIGIN];
        let shown = of_interest.iter().filter_map(|name| Some((name, headers.get(name)?.to_str().ok()?)));
        shown.map(|(name, value)| format!("{name}: {value}")).collect()
    }

    #[test]
    fn scripts_of_other_origins_read_images_only_if_that_is_configured() {
        assert_eq!(headers("", Some("https://a.example")), ["vary: accept"]);
        assert_eq!(
            headers("*", None),
            ["vary: accept", "access-control-allow-origin: *", "timing-allow-origin: *"]
        );
        let list = "https://a.example, https://b.example:8443";
        assert_eq!(
            headers(list, Some("https://b.example:8443")),
            [
                "vary: accept, origin",
                "access-control-allow-origin: https://b.example:8443",
                "timing-allow-origin: https://b.example:8443"
            ]
        );
        for other in [None, Some("https://evil.example"), Some("null"), Some(""), Some(list)] {
            assert_eq!(headers(list, other), ["vary: accept, origin"], "{other:?}");
        }
    }

    #[test]
    fn origins_are_read_and_written_back() {
        for text in [
            "",
            "*",
            "https://a.example",
            "http://[::1]:3000,https://xn--bcher-kva.example,capacitor://localhost",
        ] {
            let origins: CorsOrigins = text.parse().unwrap();
            assert_eq!(origins.to_string(), text);
            assert_eq!(origins.is_empty(), text.is_empty());
        }
        assert_eq!(
            "https://a.example ,, https://b.example".parse::<CorsOrigins>().unwrap().to_string(),
            "https://a.example,https://b.example"
        );
    }

    #[test]
    fn what_no_browser_sends_is_no_origin() {
        for bad in [
            "a.example",
            "https://a.example/",
            "https://A.example",
            "https://a.example:443",
            "https://bücher.example",
            "https://user@a.example",
            "https://*.example",
            "https://a.example,*",
            "null",
            "file:///",
            "data:text/plain,x",
            "app://host/",
            "app://user@host",
            "app://host?x",
        ] {
            assert!(bad.parse::<CorsOrigins>().is_err(), "{bad}");
        }
        let error = "https://a.example, b".parse::<CorsOrigins>().unwrap_err();
        assert!(error.to_string().starts_with("\"b\" is not an origin: expected"), "{error}");
    }
}
