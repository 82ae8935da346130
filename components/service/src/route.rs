//! What a method and a path mean.

use crate::failure::{Failure, Kind, clip};
use crate::grammar::query;
use crate::request::Request;

/// An HTTP method.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// `GET`
    Get,
    /// `HEAD`: as `GET`, without the body of the answer.
    Head,
    /// `POST`
    Post,
    /// Any other.
    Other,
}

/// What is to be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Route {
    /// Say that the service is well.
    Health,
    /// Make an image.
    Image(Box<Request>),
}

/// Finds out what a request target (path and query) asks for.
pub fn route(method: Method, target: &str) -> Result<Route, Failure> {
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    match (path, method) {
        ("/", Method::Get | Method::Head) => query::read(query, false).map(Box::new).map(Route::Image),
        ("/", Method::Post) => query::read(query, true).map(Box::new).map(Route::Image),
        ("/", Method::Other) => Err(Failure::method("GET, HEAD, POST")),
        ("/healthz", Method::Get | Method::Head) => Ok(Route::Health),
        ("/healthz", _) => Err(Failure::method("GET, HEAD")),
        _ => Err(Failure::new(Kind::NotFound, format!("there is nothing at {}", clip(path)))
            .detail("images are made at /?url=…, and of what is sent to POST /")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::request::Source;

    #[test]
    fn the_root_makes_images_of_urls_and_bodies() {
        let image = |method, target| match route(method, target) {
            Ok(Route::Image(request)) => Some(request.source),
            _ => None,
        };
        let url = Source::Url("http://a.example/".into());
        assert_eq!(image(Method::Get, "/?url=http://a.example/"), Some(url.clone()));
        assert_eq!(image(Method::Head, "/?url=http://a.example/"), Some(url));
        assert_eq!(image(Method::Post, "/?width=8"), Some(Source::Body));
        assert_eq!(image(Method::Post, "/"), Some(Source::Body));
    }

    #[test]
    fn other_methods_are_told_which_ones_there_are() {
        assert_eq!(route(Method::Other, "/").unwrap_err().allow, Some("GET, HEAD, POST"));
        assert_eq!(route(Method::Post, "/healthz").unwrap_err().allow, Some("GET, HEAD"));
        assert_eq!(route(Method::Get, "/nowhere").unwrap_err().kind, Kind::NotFound);
    }
}
