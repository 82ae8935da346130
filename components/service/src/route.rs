//! What a method and a path mean.

use crate::failure::{Failure, Kind, clip};
use crate::grammar::Grammar;
use crate::text;

/// An HTTP method.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// `GET`
    Get,
    /// `HEAD`: as `GET`, without the body of the answer.
    Head,
    /// `POST`
    Post,
    /// `OPTIONS`
    Options,
    /// Any other.
    Other,
}

/// What is to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Route {
    /// Say that the service is well.
    Health,
    /// Show the configuration.
    Config,
    /// Explain a target, which begins so many bytes behind the path's beginning.
    Explain(Grammar, usize),
    /// Make an image of a URL, or of the request's body.
    Image {
        /// The grammar that the target is written in.
        grammar: Grammar,
        /// Whether the source is the request's body.
        body: bool,
    },
    /// Say which methods the path has.
    Options(&'static str),
}

const EXPLAIN: &str = "/explain";
const READ: &str = "GET, HEAD, OPTIONS";
const READ_AND_POST: &str = "GET, HEAD, POST, OPTIONS";

/// Finds out what a request target (path and query) asks for.
pub fn route(method: Method, target: &str) -> Result<Route, Failure> {
    let (path, _) = text::until(target, |b| b == b'?');
    let (found, allow) = if path == "/healthz" {
        (Route::Health, READ)
    } else if path == "/config" {
        (Route::Config, READ)
    } else if let Some(grammar) = path.strip_prefix(EXPLAIN).and_then(Grammar::of) {
        (Route::Explain(grammar, EXPLAIN.len()), READ)
    } else {
        let grammar = Grammar::of(path).ok_or_else(|| nowhere(path))?;
        let allow = if grammar == Grammar::Query { READ_AND_POST } else { READ };
        (Route::Image { grammar, body: method == Method::Post }, allow)
    };
    match method {
        Method::Get | Method::Head => Ok(found),
        Method::Post if allow == READ_AND_POST => Ok(found),
        Method::Options => Ok(Route::Options(allow)),
        _ => Err(Failure::method(allow)),
    }
}

fn nowhere(path: &str) -> Failure {
    Failure::new(Kind::NotFound, text::concat(&["there is nothing at ", clip(path)])).detail(
        "images are made at /?url=…, of what is sent to POST /, and at the paths that docs/http-api.md lists",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_front_door_has_its_path() {
        let image = |grammar, body| Ok(Route::Image { grammar, body });
        for (method, target, expected) in [
            (Method::Get, "/?url=x", image(Grammar::Query, false)),
            (Method::Head, "/?url=x", image(Grammar::Query, false)),
            (Method::Post, "/?width=8", image(Grammar::Query, true)),
            (Method::Get, "/unsafe/plain/x", image(Grammar::Imgproxy, false)),
            (Method::Get, "/cdn-cgi/image/w=8/x", image(Grammar::Cloudflare, false)),
            (Method::Get, "/wsrv/?url=x", image(Grammar::Wsrv, false)),
            (Method::Get, "/healthz", Ok(Route::Health)),
            (Method::Get, "/config?x", Ok(Route::Config)),
            (Method::Get, "/explain/?url=x", Ok(Route::Explain(Grammar::Query, 8))),
            (Method::Get, "/explain/wsrv/?url=x", Ok(Route::Explain(Grammar::Wsrv, 8))),
            (Method::Options, "/", Ok(Route::Options(READ_AND_POST))),
        ] {
            assert_eq!(route(method, target), expected, "{target}");
        }
        assert_eq!(route(Method::Get, "/nowhere").unwrap_err().kind, Kind::NotFound);
        assert_eq!(route(Method::Get, "").unwrap_err().kind, Kind::NotFound);
    }

    #[test]
    fn other_methods_are_told_which_ones_there_are() {
        for (method, target, allow) in [
            (Method::Other, "/", READ_AND_POST),
            (Method::Post, "/healthz", READ),
            (Method::Post, "/wsrv/?url=x", READ),
            (Method::Other, "/unsafe/plain/x", READ),
        ] {
            assert_eq!(route(method, target).unwrap_err().allow, Some(allow), "{target}");
        }
    }
}
