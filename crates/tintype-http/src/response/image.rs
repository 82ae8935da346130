//! The response that holds an image.

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode, header};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use tintype_types::Format;

use super::etag::ETag;
use super::{list, no_store, with_body};
use crate::failure::{Failure, Kind, Result};
use crate::request::{ImageRequest, file_name};

const CROSS_ORIGIN_RESOURCE_POLICY: HeaderName = HeaderName::from_static("cross-origin-resource-policy");
const TINTYPE_ERROR: HeaderName = HeaderName::from_static("tintype-error");

/// What the head of an image's response is made of.
#[derive(Clone, Debug)]
pub struct Facts<'a> {
    /// The request.
    pub request: &'a ImageRequest,
    /// `Cache-Control`
    pub cache_control: HeaderValue,
    /// `ETag`, where it is known before the body begins.
    pub etag: Option<ETag>,
    /// `Last-Modified` of the source.
    pub last_modified: Option<HeaderValue>,
    /// The URL that the source was fetched from, if clients may know it.
    pub canonical: Option<String>,
    /// A name for the file where the request gives none, without extension.
    pub stem: Option<String>,
    /// Whether some of the source was missing or corrupt, and the image shows the rest.
    pub damaged: bool,
}

impl<'a> Facts<'a> {
    /// An image without any optional facts.
    pub fn new(request: &'a ImageRequest, cache_control: HeaderValue) -> Self {
        let (etag, last_modified, canonical, stem) = (None, None, None, None);
        Self { request, cache_control, etag, last_modified, canonical, stem, damaged: false }
    }

    /// Records that the image shows less than the whole source, and how long it may be cached then. The origin's tag
    /// and date stand for the whole source: they must not renew what shows a part of it.
    pub fn record_damage(&mut self, cache_control: HeaderValue) {
        (self.etag, self.last_modified) = (None, None);
        self.cache_control = cache_control;
        self.damaged = true;
    }

    /// An image with all of its body.
    pub fn complete(&self, format: Format, body: Bytes) -> Response<Bytes> {
        let mut response = with_body(HeaderValue::from_static(format.media_type()), body);
        self.add(response.headers_mut());
        if let Ok(disposition) = HeaderValue::try_from(self.disposition(format)) {
            response.headers_mut().insert(header::CONTENT_DISPOSITION, disposition);
        }
        response
    }

    /// A text in place of an image.
    pub fn text(&self, media_type: &'static str, body: Bytes) -> Response<Bytes> {
        let mut response = with_body(HeaderValue::from_static(media_type), body);
        self.add(response.headers_mut());
        response
    }

    /// An image with the beginning of its body, which is too long to be collected first: without `Content-Length`.
    pub fn partial(&self, format: Format, body: Bytes) -> Response<Bytes> {
        let mut response = self.complete(format, body);
        response.headers_mut().remove(header::CONTENT_LENGTH);
        response
    }

    /// The response to a client that has the image already.
    pub fn not_modified(&self) -> Response<Bytes> {
        let mut response = Response::new(Bytes::new());
        *response.status_mut() = StatusCode::NOT_MODIFIED;
        self.add(response.headers_mut());
        response
    }

    fn add(&self, headers: &mut HeaderMap) {
        headers.insert(header::CACHE_CONTROL, self.cache_control.clone());
        let etag = self.etag.as_ref().and_then(|tag| HeaderValue::try_from(tag.to_string()).ok());
        let link = self.canonical.as_deref().and_then(link);
        let optional =
            [(header::ETAG, etag), (header::LAST_MODIFIED, self.last_modified.clone()), (header::LINK, link)];
        for (name, value) in optional {
            if let Some(value) = value {
                headers.insert(name, value);
            }
        }
        // The response depends on what the client accepts exactly where the client is asked.
        if self.request.output.format.is_negotiated() {
            list::vary(headers, "accept");
        }
        self.request.delivery.decided_by.iter().for_each(|name| list::vary(headers, name));
        if self.damaged {
            headers.insert(TINTYPE_ERROR, HeaderValue::from_static(Kind::DamagedSource.slug()));
        }
        headers.insert(header::ACCEPT_RANGES, HeaderValue::from_static("none"));
        headers.insert(CROSS_ORIGIN_RESOURCE_POLICY, HeaderValue::from_static("cross-origin"));
    }

    /// `Content-Disposition` (RFC 6266), with names outside of ASCII as RFC 8187 has them.
    fn disposition(&self, format: Format) -> String {
        let delivery = &self.request.delivery;
        let kind = if delivery.download { "attachment" } else { "inline" };
        let given = delivery.filename.as_deref().or(self.stem.as_deref());
        let stem = given.and_then(file_name).unwrap_or_else(|| "image".into());
        let extension = format.extension();
        let plain: String = stem.chars().map(|c| if c.is_ascii() { c } else { '_' }).collect();
        let mut disposition = format!("{kind}; filename=\"{plain}.{extension}\"");
        if plain != stem {
            let encoded = utf8_percent_encode(&stem, NON_ALPHANUMERIC);
            disposition += &format!("; filename*=UTF-8''{encoded}.{extension}");
        }
        disposition
    }
}

/// `Link` to the source as the canonical URL of the image (RFC 6596).
fn link(url: &str) -> Option<HeaderValue> {
    let fits = url.bytes().all(|byte| byte.is_ascii_graphic() && !matches!(byte, b'<' | b'>'));
    fits.then(|| HeaderValue::try_from(format!("<{url}>; rel=\"canonical\"")).ok())?
}

/// A redirect in place of an error.
///
/// # Errors
///
/// [`Kind::Internal`] if the URL cannot stand in a header: one that was parsed can.
pub fn redirect(url: &str) -> Result<Response<Bytes>> {
    let location = HeaderValue::from_str(url)
        .map_err(|_| Failure::new(Kind::Internal, "the URL to redirect to cannot stand in a header"))?;
    let mut response = with_body(HeaderValue::from_static("text/plain"), Bytes::new());
    *response.status_mut() = StatusCode::FOUND;
    response.headers_mut().insert(header::LOCATION, location);
    response.headers_mut().insert(header::CACHE_CONTROL, no_store());
    Ok(response)
}

/// Turns the image of the configured fallback into the response to a failure: it has the failure's status and name, and
/// is never cached.
pub fn stand_in<B>(response: &mut Response<B>, failure: Kind) {
    *response.status_mut() = failure.status();
    let headers = response.headers_mut();
    headers.remove(header::ETAG);
    headers.remove(header::LAST_MODIFIED);
    headers.insert(header::CACHE_CONTROL, no_store());
    headers.insert(TINTYPE_ERROR, HeaderValue::from_static(failure.slug()));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::request::OutputFormat;
    use crate::response::etag;

    fn facts(request: &ImageRequest) -> Facts<'_> {
        Facts::new(request, HeaderValue::from_static("public, max-age=5"))
    }

    fn disposition_of(stem: Option<&str>, filename: Option<&str>, download: bool) -> String {
        let mut request = ImageRequest::default();
        request.delivery.filename = filename.map(Into::into);
        request.delivery.download = download;
        let facts = Facts { stem: stem.map(Into::into), ..facts(&request) };
        let response = facts.complete(Format::Jpeg, Bytes::new());
        response.headers()[header::CONTENT_DISPOSITION].to_str().unwrap().into()
    }

    #[test]
    fn files_are_named_after_the_request_or_the_source() {
        assert_eq!(disposition_of(None, None, false), "inline; filename=\"image.jpg\"");
        assert_eq!(disposition_of(Some("c.d"), None, false), "inline; filename=\"c.d.jpg\"");
        assert_eq!(
            disposition_of(Some("c"), Some("my holiday"), false),
            "inline; filename=\"my holiday.jpg\""
        );
        assert_eq!(
            disposition_of(Some("x"), Some("Grüße"), true),
            "attachment; filename=\"Gr__e.jpg\"; filename*=UTF-8''Gr%C3%BC%C3%9Fe.jpg"
        );
    }

    #[test]
    fn a_name_that_is_unfit_for_a_file_or_a_header_is_not_used() {
        let long = "x".repeat(101);
        for name in ["a\"; x=\"b", "a\r\nb", "../b", "a\\b", "", &long] {
            for given in [(Some(name), None), (None, Some(name))] {
                let disposition = disposition_of(given.0, given.1, true);
                assert_eq!(disposition, "attachment; filename=\"image.jpg\"", "{given:?}");
            }
        }
        let longest = "é".repeat(100);
        assert!(disposition_of(Some(&longest), None, true).contains("filename*="));
    }

    #[test]
    fn only_a_negotiated_response_varies() {
        let mut request = ImageRequest::default();
        let varies = |request: &ImageRequest| {
            facts(request).complete(Format::Png, Bytes::new()).headers().get(header::VARY).cloned()
        };
        assert_eq!(varies(&request), None);
        request.output.format = OutputFormat::Auto;
        assert_eq!(varies(&request), Some(HeaderValue::from_static("accept")));
    }

    #[test]
    fn a_complete_image_has_a_length_and_one_that_has_begun_has_none() {
        let request = ImageRequest::default();
        let complete = facts(&request).complete(Format::Webp, Bytes::from_static(b"abc"));
        let partial = facts(&request).partial(Format::Webp, Bytes::from_static(b"abc"));
        assert_eq!(complete.headers()[header::CONTENT_LENGTH], "3");
        assert_eq!(partial.headers().get(header::CONTENT_LENGTH), None);
        for response in [complete, partial] {
            assert_eq!((response.status(), response.body().as_ref()), (StatusCode::OK, b"abc".as_slice()));
            assert_eq!(response.headers()[header::CONTENT_TYPE], "image/webp");
            assert_eq!(response.headers()[header::CACHE_CONTROL], "public, max-age=5");
            assert_eq!(response.headers()[header::ACCEPT_RANGES], "none");
            assert_eq!(response.headers()[CROSS_ORIGIN_RESOURCE_POLICY], "cross-origin");
        }
    }

    #[test]
    fn a_client_that_has_the_image_gets_its_validators_and_no_body() {
        let request = ImageRequest::default();
        let tag = etag::from_bytes(&etag::variant(&request, None, ""), 7);
        let date = HeaderValue::from_static("Sat, 01 Nov 2025 00:00:00 GMT");
        let facts = Facts { etag: Some(tag.clone()), last_modified: Some(date.clone()), ..facts(&request) };
        let response = facts.not_modified();
        assert_eq!((response.status(), response.body().len()), (StatusCode::NOT_MODIFIED, 0));
        assert_eq!(response.headers()[header::ETAG], tag.to_string());
        assert_eq!(response.headers()[header::LAST_MODIFIED], date);
        assert_eq!(response.headers()[header::CACHE_CONTROL], "public, max-age=5");
        for absent in [header::CONTENT_TYPE, header::CONTENT_LENGTH, header::CONTENT_DISPOSITION] {
            assert!(!response.headers().contains_key(&absent), "{absent}");
        }
    }

    #[test]
    fn a_damaged_image_loses_the_validators_of_the_whole_source() {
        let request = ImageRequest::default();
        let tag = etag::from_bytes(&etag::variant(&request, None, ""), 7);
        let date = HeaderValue::from_static("Sat, 01 Nov 2025 00:00:00 GMT");
        let mut facts = Facts { etag: Some(tag), last_modified: Some(date), ..facts(&request) };
        facts.record_damage(HeaderValue::from_static("public, max-age=1"));
        let response = facts.complete(Format::Jpeg, Bytes::new());
        assert_eq!(response.headers()[TINTYPE_ERROR], "damaged-source");
        assert_eq!(response.headers()[header::CACHE_CONTROL], "public, max-age=1");
        assert!(!response.headers().contains_key(header::ETAG));
        assert!(!response.headers().contains_key(header::LAST_MODIFIED));
    }

    #[test]
    fn the_source_is_linked_if_its_url_is_fit_for_a_header() {
        let request = ImageRequest::default();
        let link = |url: &str| {
            let facts = Facts { canonical: Some(url.to_owned()), ..facts(&request) };
            facts.not_modified().headers().get(header::LINK).cloned()
        };
        let expected = HeaderValue::from_static("<http://a.example/b?c>; rel=\"canonical\"");
        assert_eq!(link("http://a.example/b?c"), Some(expected));
        for unfit in [
            "http://a.example/>",
            "http://a.example/>; rel=\"icon\"",
            "http://a.example/\r\nx: y",
            "http://a.example/é",
            "/a b",
        ] {
            assert_eq!(link(unfit), None, "{unfit}");
        }
    }

    #[test]
    fn a_redirect_is_never_cached() {
        let response = redirect("http://a.example/b").unwrap();
        assert_eq!(response.status(), StatusCode::FOUND);
        assert_eq!(response.headers()[header::LOCATION], "http://a.example/b");
        assert_eq!(response.headers()[header::CACHE_CONTROL], "no-store");
        assert_eq!(redirect("http://a.example/\nx: y").unwrap_err().kind(), Kind::Internal);
    }

    #[test]
    fn a_fallback_says_what_it_stands_for() {
        let request = ImageRequest::default();
        let tag = etag::from_bytes(&etag::variant(&request, None, ""), 7);
        let facts = Facts { etag: Some(tag), damaged: true, ..facts(&request) };
        let mut response = facts.complete(Format::Png, Bytes::from_static(b"abc"));
        stand_in(&mut response, Kind::SourceNotFound);
        assert_eq!(response.status(), StatusCode::NOT_FOUND);
        assert_eq!(response.headers()[TINTYPE_ERROR], "source-not-found");
        assert_eq!(response.headers()[header::CACHE_CONTROL], "no-store");
        assert_eq!(response.headers()[header::CONTENT_TYPE], "image/png");
        assert!(!response.headers().contains_key(header::ETAG));
    }
}
