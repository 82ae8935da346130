//! The meaning of a method and a path.

use std::borrow::Cow;

use http::Method;

use crate::failure::{Failure, Kind, Result, clip};
use crate::grammar::Grammar;

/// The work that a request asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Route<'t> {
    /// Report that the service is well.
    Health,
    /// Show the configuration.
    Config,
    /// Explain a target.
    Explain(Grammar, &'t str),
    /// Make an image.
    Image(Grammar, &'t str),
    /// List the methods of the path.
    Options(&'static str),
}

const EXPLAIN: &str = "/explain";
const READ: &str = "GET, HEAD, OPTIONS";
const READ_AND_POST: &str = "GET, HEAD, POST, OPTIONS";

/// Finds the route of a request target (path and query).
///
/// # Errors
///
/// [`Kind::NotFound`] or [`Kind::MethodNotAllowed`].
pub(crate) fn route<'t>(method: &Method, target: &'t str) -> Result<Route<'t>> {
    let path = target.split('?').next().unwrap_or_default();
    let explained = path.strip_prefix(EXPLAIN).and_then(Grammar::of_path);
    let (found, allow) = match (path, explained, Grammar::of_path(path)) {
        ("/healthz", ..) => (Route::Health, READ),
        ("/config", ..) => (Route::Config, READ),
        (_, Some(grammar), _) => {
            (Route::Explain(grammar, target.get(EXPLAIN.len()..).unwrap_or_default()), READ)
        }
        (_, _, Some(Grammar::Query)) => (Route::Image(Grammar::Query, target), READ_AND_POST),
        (_, _, Some(grammar)) => (Route::Image(grammar, target), READ),
        _ => return Err(not_found(path)),
    };
    match *method {
        Method::GET | Method::HEAD => Ok(found),
        Method::POST if allow == READ_AND_POST => Ok(found),
        Method::OPTIONS => Ok(Route::Options(allow)),
        _ => Err(Failure::method_not_allowed(allow)),
    }
}

/// A target without the prefix that the service is mounted at.
pub(crate) fn strip_prefix<'t>(target: &'t str, prefix: &str) -> Cow<'t, str> {
    match target.strip_prefix(prefix) {
        Some(rest) if rest.starts_with('/') => rest.into(),
        Some(rest) if rest.is_empty() || rest.starts_with('?') => format!("/{rest}").into(),
        _ => target.into(),
    }
}

fn not_found(path: &str) -> Failure {
    Failure::new(Kind::NotFound, format!("there is nothing at {}", clip(path)))
        .with_detail("images are made at /?url=…, at POST / and at the paths that docs/http-api.md lists")
}

#[cfg(test)]
mod tests {
    use http::header;

    use super::*;

    #[test]
    fn each_grammar_has_its_path() {
        for (method, target, expected) in [
            (Method::GET, "/?url=x", Route::Image(Grammar::Query, "/?url=x")),
            (Method::HEAD, "/?url=x", Route::Image(Grammar::Query, "/?url=x")),
            (Method::POST, "/?width=8", Route::Image(Grammar::Query, "/?width=8")),
            (Method::GET, "/unsafe/plain/x", Route::Image(Grammar::Imgproxy, "/unsafe/plain/x")),
            (Method::GET, "//unsafe/plain/x", Route::Image(Grammar::Imgproxy, "//unsafe/plain/x")),
            (Method::GET, "/cdn-cgi/image/w=8/x", Route::Image(Grammar::Cloudflare, "/cdn-cgi/image/w=8/x")),
            (Method::GET, "/wsrv/?url=x", Route::Image(Grammar::Wsrv, "/wsrv/?url=x")),
            (Method::GET, "/_next/image?url=x", Route::Image(Grammar::Nextjs, "/_next/image?url=x")),
            (Method::GET, "/_ipx/w_8/x.jpg", Route::Image(Grammar::Ipx, "/_ipx/w_8/x.jpg")),
            (Method::GET, "/healthz", Route::Health),
            (Method::GET, "/config?x", Route::Config),
            (Method::GET, "/explain/?url=x", Route::Explain(Grammar::Query, "/?url=x")),
            (Method::GET, "/explain/wsrv/?url=x", Route::Explain(Grammar::Wsrv, "/wsrv/?url=x")),
            (Method::OPTIONS, "/", Route::Options(READ_AND_POST)),
        ] {
            assert_eq!(route(&method, target), Ok(expected), "{target}");
        }
        for nowhere in ["/nowhere", "", "/favicon.ico"] {
            assert_eq!(route(&Method::GET, nowhere).unwrap_err().kind(), Kind::NotFound);
        }
    }

    #[test]
    fn an_unsupported_method_gets_the_list_of_the_others() {
        for (method, target, allow) in [
            (Method::PUT, "/", READ_AND_POST),
            (Method::POST, "/healthz", READ),
            (Method::POST, "/wsrv/?url=x", READ),
            (Method::PATCH, "/unsafe/plain/x", READ),
        ] {
            let failure = route(&method, target).unwrap_err();
            let (name, value) = failure.header().unwrap();
            assert_eq!((name, value.to_str().unwrap()), (&header::ALLOW, allow), "{target}");
        }
    }

    #[test]
    fn the_prefix_is_removed_where_it_is_a_whole_part_of_the_path() {
        for (target, rest) in [
            ("/img", "/"),
            ("/img/", "/"),
            ("/img/?w=1", "/?w=1"),
            ("/img?w=1", "/?w=1"),
            ("/imgs/x", "/imgs/x"),
            ("/healthz", "/healthz"),
        ] {
            assert_eq!(strip_prefix(target, "/img"), rest);
        }
        assert_eq!(strip_prefix("/a/b", ""), "/a/b");
    }
}
