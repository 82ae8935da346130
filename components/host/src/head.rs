//! Heads of messages, from what every version of `wasi:http` makes of them.

use http::{HeaderMap, HeaderName, HeaderValue, Request};

/// A request, with its target as the client sent it.
///
/// # Errors
///
/// The method or the target cannot be parsed.
pub fn request<B>(
    method: &str,
    target: Option<&str>,
    fields: Vec<(String, Vec<u8>)>,
    body: B,
) -> http::Result<Request<B>> {
    let mut request = Request::builder().method(method).uri(target.unwrap_or("/")).body(body)?;
    *request.headers_mut() = headers(fields);
    Ok(request)
}

/// Headers in the order in which they arrived. Those that the `http` crate does not accept are left out.
pub fn headers(fields: Vec<(String, Vec<u8>)>) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for (name, value) in fields {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            // Fails from the 32768th name on.
            let _ = headers.try_append(name, value);
        }
    }
    headers
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(fields: &[(&str, &str)]) -> Vec<(String, Vec<u8>)> {
        fields.iter().map(|(name, value)| ((*name).to_owned(), value.as_bytes().to_vec())).collect()
    }

    #[test]
    fn a_target_is_kept_as_received() {
        for target in ["/", "/?", "//a/b?url=https://c/d%20e&x=[1]", "/é?q=é", "*"] {
            let request = request("GET", Some(target), vec![], ()).unwrap();
            assert_eq!(request.uri().path_and_query().unwrap().as_str(), target);
        }
        assert_eq!(request("GET", None, vec![], ()).unwrap().uri(), "/");
    }

    #[test]
    fn a_head_that_cannot_be_parsed_is_an_error() {
        for (method, target) in [("GET", "/a b"), ("GET", ""), ("GET", "/\n"), ("G T", "/"), ("", "/")] {
            assert!(request(method, Some(target), vec![], ()).is_err(), "{method:?} {target:?}");
        }
    }

    #[test]
    fn more_headers_than_fit_are_no_panic() {
        let fields = (0..40_000).map(|n| (format!("x-{n}"), vec![])).collect();
        assert!(headers(fields).len() > 10_000);
    }

    #[test]
    fn values_of_a_header_keep_their_order() {
        let headers = headers(fields(&[("Accept", "b"), ("via", "x"), ("accept", "a")]));
        assert_eq!(headers.get_all("accept").iter().collect::<Vec<_>>(), ["b", "a"]);
        assert_eq!(headers["via"], "x");
    }

    #[test]
    fn headers_that_cannot_be_parsed_are_left_out() {
        let headers = headers(fields(&[("a b", "1"), ("", "2"), ("c", "3\n"), ("d", "é")]));
        assert_eq!(headers.len(), 1);
        assert_eq!(headers["d"].as_bytes(), "é".as_bytes());
    }
}
