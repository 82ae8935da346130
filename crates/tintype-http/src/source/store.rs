//! Stores of objects that speak the protocol of Amazon S3: where `s3://bucket/key` lies, and how a request for it is signed.

use std::time::SystemTime;

use http::header::{self, HeaderMap, HeaderName, HeaderValue};
use http::{Request, Uri};

use super::sigv4::{self, NO_BODY, Signer};
use super::url::SourceUrl;
use crate::failure::{Failure, Kind, Result};
use crate::secret::Secret;

/// Names of headers, as they are signed.
const CONTENT_SHA256: &str = "x-amz-content-sha256";
const DATE: &str = "x-amz-date";
const SECURITY_TOKEN: &str = "x-amz-security-token";

/// A store of objects.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Store {
    /// Its URL without a bucket; `None` for Amazon's in the region.
    pub endpoint: Option<SourceUrl>,
    /// The region that signatures are for.
    pub region: String,
    /// Where the bucket stands in a URL.
    pub style: Style,
    /// The identifier of the key; empty for requests without a signature.
    pub key_id: String,
    /// The key.
    pub secret: Option<Secret<String>>,
    /// The token of temporary credentials.
    pub token: Option<Secret<String>>,
}

/// Where the bucket stands in a URL.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Style {
    /// In the host at Amazon, unless a dot in its name would not fit the certificate; in the path elsewhere.
    #[default]
    Auto,
    /// `https://endpoint/bucket/key`
    Path,
    /// `https://bucket.endpoint/key`
    Virtual,
}

tintype_types::names! { Style { Auto = "auto", Path = "path", Virtual = "virtual" } }

impl Store {
    /// The request for an object, signed if there are credentials.
    ///
    /// # Errors
    ///
    /// [`Kind::InvalidSource`] for a URL that names a folder and no object: a store would list what is in it.
    pub fn request(&self, url: &SourceUrl, date: SystemTime) -> Result<Request<()>> {
        if url.path().ends_with('/') {
            return Err(Failure::new(Kind::InvalidSource, "the source URL is refused: it names no object")
                .with_detail("write s3://bucket/key"));
        }
        let mut request = Request::new(());
        *request.uri_mut() = self.locate(url).ok_or_else(|| {
            Failure::new(Kind::InvalidSource, "the source URL is refused: no request can be sent to it")
        })?;
        self.sign(&mut request, date);
        Ok(request)
    }

    /// The URL of an object over HTTP.
    fn locate(&self, url: &SourceUrl) -> Option<Uri> {
        let bucket = url.host_str();
        let (scheme, authority, folder) = match &self.endpoint {
            Some(endpoint) => (endpoint.scheme(), endpoint.authority(), endpoint.folder()),
            None => ("https", format!("s3.{}.amazonaws.com", self.region), "/"),
        };
        let in_host = match self.style {
            Style::Auto => self.endpoint.is_none() && !bucket.contains('.'),
            Style::Path => false,
            Style::Virtual => true,
        };
        let authority = if in_host { format!("{bucket}.{authority}") } else { authority };
        let bucket = if in_host { String::new() } else { format!("/{bucket}") };
        let folder = folder.trim_end_matches('/');
        let mut target = format!("{folder}{bucket}{}", sigv4::canonical_path(url.path()));
        if let Some(query) = url.query() {
            target += &format!("?{}", sigv4::canonical_query(query));
        }
        format!("{scheme}://{authority}{target}").try_into().ok()
    }

    /// Adds the headers of a signature.
    fn sign(&self, request: &mut Request<()>, date: SystemTime) {
        let Some(secret) = self.secret.as_ref().filter(|_| !self.key_id.is_empty()) else { return };
        let uri = request.uri().clone();
        let timestamp = sigv4::timestamp(date);
        let host = uri.authority().map_or("", |authority| authority.as_str());
        let mut signed = vec![(CONTENT_SHA256, NO_BODY), (DATE, &*timestamp)];
        signed.extend(self.token.as_ref().map(|token| (SECURITY_TOKEN, token.expose().as_str())));
        let headers = request.headers_mut();
        for (name, value) in &signed {
            put(headers, HeaderName::from_static(name), value);
        }
        signed.insert(0, ("host", host));
        let signer =
            Signer { key_id: &self.key_id, secret: secret.expose(), region: &self.region, service: "s3" };
        let authorization =
            signer.authorization(uri.path(), uri.query().unwrap_or_default(), &signed, &timestamp);
        put(headers, header::AUTHORIZATION, &authorization);
    }
}

fn put(headers: &mut HeaderMap, name: HeaderName, value: &str) {
    if let Ok(mut value) = HeaderValue::from_str(value) {
        value.set_sensitive(true);
        headers.insert(name, value);
    }
}

#[cfg(test)]
mod tests {
    use std::time::UNIX_EPOCH;

    use super::*;

    fn store() -> Store {
        Store { region: "eu-central-1".into(), ..Store::default() }
    }

    fn with_endpoint(endpoint: &str, style: Style) -> Store {
        Store { endpoint: Some(endpoint.parse().unwrap()), style, ..store() }
    }

    fn located(store: &Store, url: &str) -> String {
        store.request(&url.parse().unwrap(), UNIX_EPOCH).unwrap().uri().to_string()
    }

    #[test]
    fn a_bucket_stands_in_the_host_or_in_the_path() {
        let cat = "s3://photos/a/cat.jpg";
        assert_eq!(located(&store(), cat), "https://photos.s3.eu-central-1.amazonaws.com/a/cat.jpg");
        assert_eq!(
            located(&store(), "s3://my.photos/cat.jpg"),
            "https://s3.eu-central-1.amazonaws.com/my.photos/cat.jpg"
        );
        for (endpoint, style, expected) in [
            ("http://minio:9000", Style::Auto, "http://minio:9000/photos/a/cat.jpg"),
            ("http://minio:9000/", Style::Path, "http://minio:9000/photos/a/cat.jpg"),
            ("https://s3.example.com", Style::Virtual, "https://photos.s3.example.com/a/cat.jpg"),
            ("https://a.example.com/s3/", Style::Path, "https://a.example.com/s3/photos/a/cat.jpg"),
        ] {
            assert_eq!(located(&with_endpoint(endpoint, style), cat), expected);
        }
    }

    #[test]
    fn a_key_is_whatever_its_url_decodes_to() {
        let store = with_endpoint("http://minio:9000", Style::Path);
        for (url, expected) in [
            ("s3://b/my photo+1.jpg", "/b/my%20photo%2B1.jpg"),
            ("s3://b/my%20photo%2B1.jpg", "/b/my%20photo%2B1.jpg"),
            ("s3://b/é/a..b.jpg", "/b/%C3%A9/a..b.jpg"),
            ("s3://b/x/../a.jpg", "/b/a.jpg"),
            ("s3://b//a.jpg", "/b//a.jpg"),
            ("s3://b/50%25.jpg", "/b/50%25.jpg"),
            ("s3://b/a.jpg?versionId=x/y", "/b/a.jpg?versionId=x%2Fy"),
        ] {
            assert_eq!(located(&store, url), format!("http://minio:9000{expected}"), "{url}");
        }
    }

    #[test]
    fn a_folder_is_no_object() {
        for url in ["s3://photos", "s3://photos/", "s3://photos/a/"] {
            let failure = store().request(&url.parse().unwrap(), UNIX_EPOCH).unwrap_err();
            assert_eq!(failure.kind(), Kind::InvalidSource, "{url}");
        }
    }

    #[test]
    fn requests_are_signed_if_there_are_credentials() {
        let url: SourceUrl = "s3://photos/cat.jpg".parse().unwrap();
        assert!(store().request(&url, UNIX_EPOCH).unwrap().headers().is_empty());
        let secret = Some(Secret::new("swordfish".into()));
        let signing = Store { key_id: "AK".into(), secret, ..store() };
        let request = signing.request(&url, UNIX_EPOCH).unwrap();
        assert!(!request.headers().contains_key(SECURITY_TOKEN));
        assert_eq!(request.headers()[DATE], "19700101T000000Z");
        let temporary = Store { token: Some(Secret::new("xyz".into())), ..signing };
        let request = temporary.request(&url, UNIX_EPOCH).unwrap();
        assert_eq!(request.headers()[SECURITY_TOKEN], "xyz");
        let authorization = request.headers()[header::AUTHORIZATION].to_str().unwrap();
        assert!(authorization.contains("host;x-amz-content-sha256;x-amz-date;x-amz-security-token"));
        assert!(!format!("{temporary:?} {request:?}").contains("swordfish"));
        assert!(!format!("{request:?}").contains("Signature="));
    }
}
