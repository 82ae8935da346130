//! Fetches a source from its origin.

use wasip2::http::outgoing_handler;
use wasip2::http::types::{ErrorCode, Fields, IncomingResponse, OutgoingRequest, RequestOptions, Scheme};

use super::body::{Incoming, Sender};
use super::clock::{Instant, Stopwatch, nanoseconds, wait};
use crate::client::{self, Client};
use crate::config::Config;
use crate::failure::{Failure, Kind};
use crate::format;
use crate::pipeline;
use crate::prelude::*;
use crate::source::url::{self, Url};
use crate::text;

/// How the service introduces itself to origins.
const USER_AGENT: &str = concat!("tintype/", env!("CARGO_PKG_VERSION"));

/// What a request to an origin needs beside the URL.
pub struct Fetcher<'a> {
    /// Limits and timeouts.
    pub config: &'a Config,
    /// Whose request it is done for: trace headers are passed on, and nothing else.
    pub client: &'a Client,
    /// When all has to be done.
    pub deadline: Instant,
    /// Counts the time that is spent waiting.
    pub watch: Stopwatch,
}

/// What the client has already, as conditions to the origin.
#[derive(Clone, Debug, Default)]
pub struct Conditions {
    /// Tags of the origin.
    pub if_none_match: Vec<String>,
    /// `If-Modified-Since`
    pub if_modified_since: Option<String>,
}

/// What an origin answered, beside the body.
#[derive(Clone, Debug, Default)]
pub struct Head {
    /// `ETag`
    pub etag: Option<String>,
    /// `Last-Modified`
    pub last_modified: Option<String>,
    /// `Cache-Control`
    pub cache_control: Option<String>,
}

/// A source that has been opened; without a body if the client has it already.
pub struct Fetched {
    /// The origin's headers.
    pub head: Head,
    /// The bytes.
    pub body: Option<Incoming>,
}

impl Fetcher<'_> {
    /// Opens a source, following redirects as far as the configuration allows. The first URL has been checked; every
    /// hop from there on is checked like it.
    pub fn open(&self, first: &Url, conditions: &Conditions) -> Result<Fetched, Failure> {
        let mut url = first.clone();
        for _ in 0..=self.config.redirects {
            let response = self.watch.time(|| self.send(&url, conditions))?;
            let conditional = !conditions.if_none_match.is_empty() || conditions.if_modified_since.is_some();
            match response.status() {
                200 => return self.accept(&response),
                304 if conditional => return Ok(Fetched { head: head(&response), body: None }),
                301 | 302 | 303 | 307 | 308 => {
                    let location = header(&response, "location").ok_or_else(|| {
                        Failure::new(Kind::OriginRedirect, "the origin redirects without saying where")
                    })?;
                    url = url.join(&location, self.config.url_bytes.length())?;
                    self.config.sources.check(&url)?;
                }
                status => return Err(unexpected(status)),
            }
        }
        let most = text::decimal(self.config.redirects.into());
        let message = text::concat(&["the origin redirects more than ", &most, " times"]);
        Err(Failure::new(Kind::OriginRedirect, message)
            .detail("give the final URL, or raise TINTYPE_MAX_REDIRECTS"))
    }

    fn accept(&self, response: &IncomingResponse) -> Result<Fetched, Failure> {
        if let Some(length) = header(response, "content-length").and_then(|length| length.parse().ok()) {
            pipeline::check_size(length, self.config.source_bytes.0)?;
        }
        let head = head(response);
        let body = response.consume().map_err(|()| failure(None))?;
        let pause = self.config.between_bytes_timeout;
        let body = Incoming::new(body, Sender::Origin, pause, self.deadline, self.watch.clone())?;
        Ok(Fetched { head, body: Some(body) })
    }

    fn headers(&self, conditions: &Conditions) -> Fields {
        let headers = Fields::new();
        let put = |name: &str, value: &str| {
            // A header that the host forbids is left out.
            let _ = headers.append(name, value.as_bytes());
        };
        put("accept", format::ACCEPT);
        put("user-agent", USER_AGENT);
        put("via", &text::concat(&["1.1 ", client::VIA]));
        let Client { traceparent, tracestate, .. } = self.client;
        let passed = [
            ("traceparent", traceparent),
            ("tracestate", tracestate),
            ("if-modified-since", &conditions.if_modified_since),
        ];
        for (name, value) in passed {
            if let Some(value) = value {
                put(name, value);
            }
        }
        if !conditions.if_none_match.is_empty() {
            put("if-none-match", &text::join(&conditions.if_none_match, ", "));
        }
        headers
    }

    fn send(&self, url: &Url, conditions: &Conditions) -> Result<IncomingResponse, Failure> {
        let config = self.config;
        let request = OutgoingRequest::new(self.headers(conditions));
        let scheme = match url.scheme {
            url::Scheme::Http => Scheme::Http,
            url::Scheme::Https => Scheme::Https,
        };
        // The method of a new request is GET.
        let set = request
            .set_scheme(Some(&scheme))
            .and_then(|()| request.set_authority(Some(&url.authority())))
            .and_then(|()| request.set_path_with_query(Some(&url.path_and_query())));
        set.map_err(|()| {
            Failure::new(Kind::InvalidSource, "the source URL is one that this host cannot send requests to")
        })?;
        let options = RequestOptions::new();
        // A host may not know a timeout; then only our own clock bounds the wait.
        let _ = options.set_connect_timeout(Some(nanoseconds(config.connect_timeout)));
        let _ = options.set_first_byte_timeout(Some(nanoseconds(config.first_byte_timeout)));
        // A host that stops a body in the middle may not say why, so our clock, which knows, goes first.
        let _ = options
            .set_between_bytes_timeout(Some(nanoseconds(config.between_bytes_timeout).saturating_mul(2)));
        let future =
            outgoing_handler::handle(request, Some(options)).map_err(|error| failure(Some(&error)))?;
        let until = Instant::now().after(config.connect_timeout).after(config.first_byte_timeout);
        if !wait(&future.subscribe(), until.min(self.deadline)) {
            return Err(failure(Some(&ErrorCode::HttpResponseTimeout)));
        }
        match future.get() {
            Some(Ok(Ok(response))) => Ok(response),
            Some(Ok(Err(error))) => Err(failure(Some(&error))),
            _ => Err(failure(None)),
        }
    }
}

fn head(response: &IncomingResponse) -> Head {
    Head {
        etag: header(response, "etag"),
        last_modified: header(response, "last-modified"),
        cache_control: header(response, "cache-control"),
    }
}

fn header(response: &IncomingResponse, name: &str) -> Option<String> {
    let values = response.headers().get(name);
    values.into_iter().next().and_then(|value| String::from_utf8(value).ok())
}

fn unexpected(status: u16) -> Failure {
    let answered = text::decimal(status.into());
    match status {
        404 | 410 => Failure::new(
            Kind::SourceNotFound,
            text::concat(&["the origin has no such source: it answered ", &answered]),
        )
        .detail("check the source's URL"),
        _ => Failure::new(Kind::OriginStatus, text::concat(&["the origin answered ", &answered]))
            .detail("expected 200 with an image"),
    }
}

/// Why an origin did not answer, or stopped in the middle, as far as the host says.
pub fn failure(reason: Option<&ErrorCode>) -> Failure {
    let (kind, message) = match reason {
        Some(
            ErrorCode::DnsTimeout
            | ErrorCode::ConnectionTimeout
            | ErrorCode::ConnectionReadTimeout
            | ErrorCode::ConnectionWriteTimeout
            | ErrorCode::HttpResponseTimeout,
        ) => (Kind::OriginTimeout, "the origin did not answer in time"),
        Some(
            ErrorCode::HttpRequestDenied
            | ErrorCode::DestinationIpProhibited
            | ErrorCode::DestinationIpUnroutable,
        ) => (Kind::DeniedByHost, "the host does not let this component reach the origin"),
        Some(ErrorCode::DnsError(_) | ErrorCode::DestinationNotFound) => {
            (Kind::OriginUnreachable, "the origin's name is not known")
        }
        Some(ErrorCode::ConnectionRefused | ErrorCode::DestinationUnavailable) => {
            (Kind::OriginUnreachable, "the origin refuses connections")
        }
        Some(
            ErrorCode::TlsProtocolError | ErrorCode::TlsCertificateError | ErrorCode::TlsAlertReceived(_),
        ) => (Kind::OriginUnreachable, "the origin's TLS certificate or protocol is not accepted"),
        Some(
            ErrorCode::ConnectionTerminated
            | ErrorCode::HttpResponseIncomplete
            | ErrorCode::HttpResponseBodySize(_)
            | ErrorCode::HttpResponseTransferCoding(_)
            | ErrorCode::HttpProtocolError,
        ) => (Kind::OriginUnreachable, "the origin's answer broke off or is not proper HTTP"),
        _ => (Kind::OriginUnreachable, "the origin cannot be reached"),
    };
    Failure::new(kind, message).detail(match kind {
        Kind::OriginTimeout => "the TINTYPE_TIMEOUT_… variables bound the wait",
        Kind::DeniedByHost => "allow it in the host too, for example in allowed_outbound_hosts of spin.toml",
        _ => "check that the source can be fetched from here",
    })
}
