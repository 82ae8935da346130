//! Fetching a source from its origin.

use std::time::Instant;

use http::{HeaderMap, HeaderName, HeaderValue, Request, Response, StatusCode, header};
use tintype_types::Format;

use crate::config::Config;
use crate::context::{self, RequestContext};
use crate::failure::{Failure, Kind, Result};
use crate::host::{Host, HostError};
use crate::response::etag::ETag;
use crate::source::{Alias, ResolvedSource, SourceUrl};
use crate::waiting::{self, OVERLOAD};

/// How the service introduces itself to origins.
const USER_AGENT: &str = concat!("tintype/", env!("CARGO_PKG_VERSION"));

/// What the client has already, as conditions for the origin.
#[derive(Clone, Debug, Default)]
pub(crate) struct Conditions {
    /// Tags of the origin.
    pub(crate) if_none_match: Vec<ETag>,
    /// `If-Modified-Since`
    pub(crate) if_modified_since: Option<String>,
}

impl Conditions {
    fn is_empty(&self) -> bool {
        self.if_none_match.is_empty() && self.if_modified_since.is_none()
    }

    /// Adds the conditions to the headers of a request.
    pub(crate) fn add_to(&self, headers: &mut HeaderMap) {
        if let Some(date) = &self.if_modified_since {
            put(headers, header::IF_MODIFIED_SINCE, date);
        }
        if !self.if_none_match.is_empty() {
            let tags: Vec<String> = self.if_none_match.iter().map(ToString::to_string).collect();
            put(headers, header::IF_NONE_MATCH, &tags.join(", "));
        }
    }
}

/// Asks for an image as it is. An origin that can choose should choose a format that is read by rows.
pub(crate) fn ask_for_image(headers: &mut HeaderMap) {
    let accepted: Vec<&str> = Format::ENCODED.iter().map(|format| format.media_type()).collect();
    put(headers, header::ACCEPT, &accepted.join(","));
    put(headers, header::ACCEPT_ENCODING, "identity");
}

/// Whether a response with this status holds a source, or says that the client has it already.
pub(crate) fn is_source(status: StatusCode, conditions: &Conditions) -> bool {
    match status {
        StatusCode::OK | StatusCode::NON_AUTHORITATIVE_INFORMATION => true,
        StatusCode::NOT_MODIFIED => !conditions.is_empty(),
        _ => false,
    }
}

fn put(headers: &mut HeaderMap, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        headers.insert(name, value);
    }
}

/// The response of an origin.
pub(crate) struct Fetched<B> {
    /// Its headers.
    pub(crate) headers: HeaderMap,
    /// The source; `None` if the client has it already.
    pub(crate) body: Option<B>,
}

/// Fetches of one request.
pub(crate) struct Fetcher<'a, H> {
    /// The host.
    pub(crate) host: &'a H,
    /// Limits and timeouts.
    pub(crate) config: &'a Config,
    /// The request: its trace headers are passed on, and nothing else.
    pub(crate) context: &'a RequestContext,
    /// When the whole request has to be done.
    pub(crate) deadline: Instant,
}

impl<H: Host> Fetcher<'_, H> {
    /// Fetches a source that is allowed, and follows redirects as far as the configuration allows: each hop is checked
    /// like the first.
    ///
    /// # Errors
    ///
    /// Why there is no source.
    pub(crate) async fn fetch(
        &self,
        source: &ResolvedSource,
        conditions: &Conditions,
    ) -> Result<Fetched<H::Body>> {
        let (first, mut url) = (&source.url, source.url.clone());
        let alias = source.alias.as_ref().and_then(|name| self.config.sources.alias(name));
        for _ in 0..=self.config.max_redirects {
            // What an alias carries stays in its folder, wherever redirects lead.
            let sent = self.send(&url, alias.filter(|alias| alias.contains(&url)), conditions).await;
            let response = if url == *first { sent? } else { sent.map_err(of_redirect)? };
            match response.status() {
                status if is_source(status, conditions) => {
                    let (head, body) = response.into_parts();
                    let body = (status != StatusCode::NOT_MODIFIED).then_some(body);
                    return Ok(Fetched { headers: head.headers, body });
                }
                StatusCode::MOVED_PERMANENTLY
                | StatusCode::FOUND
                | StatusCode::SEE_OTHER
                | StatusCode::TEMPORARY_REDIRECT
                | StatusCode::PERMANENT_REDIRECT => url = self.redirected(&url, response.headers())?,
                status => return Err(unexpected(status, response.headers(), &url)),
            }
        }
        let message = format!("the origin redirects more than {} times", self.config.max_redirects);
        Err(Failure::new(Kind::OriginRedirect, message)
            .with_detail("give the final URL, or raise TINTYPE_MAX_REDIRECTS"))
    }

    /// The URL of a redirect, if it may be fetched.
    fn redirected(&self, url: &SourceUrl, headers: &HeaderMap) -> Result<SourceUrl> {
        // Many origins write paths as they are, without percent-encoding.
        let location =
            headers.get(header::LOCATION).and_then(|location| str::from_utf8(location.as_bytes()).ok());
        let location = location.ok_or_else(|| {
            Failure::new(Kind::OriginRedirect, "the origin redirects without a usable Location header")
                .with_detail(if url.is_object() {
                    "the bucket is in another region: see TINTYPE_S3_REGION"
                } else {
                    "give the final URL"
                })
        })?;
        let sources = &self.config.sources;
        let target = url.join(location, sources.max_url_bytes).map_err(of_redirect)?;
        sources.policy.check(&target).map_err(of_redirect)?;
        Ok(target)
    }

    async fn send(
        &self,
        url: &SourceUrl,
        alias: Option<&Alias>,
        conditions: &Conditions,
    ) -> Result<Response<H::Body>> {
        let mut request = self.request(url, alias)?;
        let own = std::mem::replace(request.headers_mut(), self.headers(conditions));
        for (name, value) in &own {
            request.headers_mut().insert(name, value.clone());
        }
        let timeouts = &self.config.timeouts;
        let deadline = (self.host.now() + timeouts.connect + timeouts.first_byte).min(self.deadline);
        let sent = self.host.send(request, timeouts, deadline).await;
        sent.map_err(|error| match error {
            HostError::TimedOut if self.host.now().saturating_duration_since(deadline) > OVERLOAD => {
                waiting::overloaded()
            }
            error => waiting::origin_failure(error),
        })
    }

    /// A request with what shows that the operator may read the source: a signature or the headers of an alias.
    fn request(&self, url: &SourceUrl, alias: Option<&Alias>) -> Result<Request<()>> {
        if url.is_object() {
            let store = alias.and_then(|alias| alias.store.as_ref()).unwrap_or(&self.config.sources.store);
            return store.request(url, self.host.date());
        }
        let mut request = Request::new(());
        *request.uri_mut() = url.to_uri()?;
        for (name, value) in alias.map_or(&[][..], |alias| &alias.headers) {
            request.headers_mut().insert(name, value.clone());
        }
        Ok(request)
    }

    fn headers(&self, conditions: &Conditions) -> HeaderMap {
        let mut headers = HeaderMap::new();
        ask_for_image(&mut headers);
        put(&mut headers, header::USER_AGENT, USER_AGENT);
        put(&mut headers, header::VIA, &format!("1.1 {}", context::VIA));
        for (name, value) in self.context.trace_headers() {
            put(&mut headers, name, value);
        }
        conditions.add_to(&mut headers);
        headers
    }
}

/// The failure of a URL that the origin named, not the client: a URL that cannot be used is the origin's fault. The
/// message says nothing about the URL, which may be of a network that clients must not learn about.
fn of_redirect(failure: Failure) -> Failure {
    match failure.kind() {
        Kind::InvalidSource | Kind::UrlTooLong => {
            Failure::new(Kind::OriginRedirect, "the origin redirects to a URL that is not accepted")
                .with_detail("give the final URL; docs/security.md says which URLs are accepted")
        }
        Kind::SourceNotAllowed => {
            Failure::new(Kind::SourceNotAllowed, "the origin redirects to a source that is not allowed")
                .with_detail("give the final URL; TINTYPE_SOURCES has to allow each URL on the way")
        }
        _ => failure,
    }
}

/// The failure of a response with another status than expected.
fn unexpected(status: StatusCode, headers: &HeaderMap, url: &SourceUrl) -> Failure {
    let failure = match status {
        StatusCode::NOT_FOUND | StatusCode::GONE => {
            let message = format!("the origin has no such source: it returned {}", status.as_u16());
            Failure::new(Kind::SourceNotFound, message).with_detail("check the source's URL")
        }
        _ => Failure::new(Kind::OriginStatus, format!("the origin returned {}", status.as_u16())).with_detail(
            if url.is_object() && matches!(status, StatusCode::BAD_REQUEST | StatusCode::FORBIDDEN) {
                "the store refuses the credentials or the region of TINTYPE_S3_…, or does not say that there is no such object"
            } else {
                "expected 200 with an image"
            },
        ),
    };
    match headers.get(header::RETRY_AFTER) {
        Some(delay) if matches!(status, StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE) => {
            failure.with_header(header::RETRY_AFTER, delay.clone())
        }
        _ => failure,
    }
}
