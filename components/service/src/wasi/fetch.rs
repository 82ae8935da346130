//! Fetches a source from its origin.

use wasip2::http::outgoing_handler;
use wasip2::http::types::{
    ErrorCode, Fields, IncomingResponse, Method, OutgoingRequest, RequestOptions, Scheme,
};

use super::body::{Incoming, Sender};
use super::clock::{Instant, nanoseconds, wait};
use crate::config::Config;
use crate::failure::{Failure, Kind};
use crate::format;
use crate::pipeline;
use crate::source::url::{self, Url};

/// How the service introduces itself to origins.
const USER_AGENT: &str = concat!("tintype/", env!("CARGO_PKG_VERSION"));

/// Opens a source, following redirects as far as the configuration allows. Every hop is checked like the first.
pub fn open(text: &str, config: &Config, deadline: Instant) -> Result<Incoming, Failure> {
    let longest = config.url_bytes.length();
    let mut url = Url::parse(text, longest)?;
    for _ in 0..=config.redirects {
        config.sources.check(&url)?;
        let response = send(&url, config, deadline)?;
        match response.status() {
            200 => return accept(&response, config, deadline),
            301 | 302 | 303 | 307 | 308 => {
                let location = header(&response, "location").ok_or_else(|| {
                    Failure::new(Kind::OriginRedirect, "the origin redirects without saying where")
                })?;
                url = url.join(&location, longest)?;
            }
            status => return Err(unexpected(status)),
        }
    }
    Err(Failure::new(
        Kind::OriginRedirect,
        format!("the origin redirects more than {} times", config.redirects),
    )
    .detail("give the final URL, or raise TINTYPE_MAX_REDIRECTS"))
}

fn unexpected(status: u16) -> Failure {
    match status {
        404 | 410 => {
            Failure::new(Kind::SourceNotFound, format!("the origin has no such source: it answered {status}"))
                .detail("check the source's URL")
        }
        _ => Failure::new(Kind::OriginStatus, format!("the origin answered {status}"))
            .detail("expected 200 with an image"),
    }
}

fn accept(response: &IncomingResponse, config: &Config, deadline: Instant) -> Result<Incoming, Failure> {
    if let Some(length) = header(response, "content-length").and_then(|length| length.parse().ok()) {
        pipeline::check_size(length, config.source_bytes.0)?;
    }
    let body = response.consume().map_err(|()| failure(None))?;
    Incoming::new(body, Sender::Origin, config.between_bytes_timeout, deadline)
}

fn header(response: &IncomingResponse, name: &str) -> Option<String> {
    let values = response.headers().get(name);
    values.into_iter().next().and_then(|value| String::from_utf8(value).ok())
}

fn send(url: &Url, config: &Config, deadline: Instant) -> Result<IncomingResponse, Failure> {
    let headers = Fields::new();
    for (name, value) in [("accept", format::ACCEPT), ("user-agent", USER_AGENT)] {
        let _ = headers.append(name, value.as_bytes());
    }
    let request = OutgoingRequest::new(headers);
    let scheme = match url.scheme {
        url::Scheme::Http => Scheme::Http,
        url::Scheme::Https => Scheme::Https,
    };
    let set = request
        .set_method(&Method::Get)
        .and_then(|()| request.set_scheme(Some(&scheme)))
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
    let _ = options.set_between_bytes_timeout(Some(nanoseconds(config.between_bytes_timeout * 2)));
    let future = outgoing_handler::handle(request, Some(options)).map_err(|error| failure(Some(error)))?;
    let until = Instant::now().after(config.connect_timeout + config.first_byte_timeout).min(deadline);
    if !wait(&future.subscribe(), until) {
        return Err(failure(Some(ErrorCode::HttpResponseTimeout)));
    }
    match future.get() {
        Some(Ok(Ok(response))) => Ok(response),
        Some(Ok(Err(error))) => Err(failure(Some(error))),
        _ => Err(failure(None)),
    }
}

/// Why an origin did not answer, or stopped in the middle.
pub fn failure(reason: Option<ErrorCode>) -> Failure {
    let unreachable = |message: &str| {
        Failure::new(Kind::OriginUnreachable, message)
            .detail("check that the source can be fetched from here")
    };
    match reason {
        Some(
            ErrorCode::DnsTimeout
            | ErrorCode::ConnectionTimeout
            | ErrorCode::ConnectionReadTimeout
            | ErrorCode::ConnectionWriteTimeout
            | ErrorCode::HttpResponseTimeout,
        ) => Failure::new(Kind::OriginTimeout, "the origin did not answer in time")
            .detail("the TINTYPE_TIMEOUT_… variables bound the wait"),
        Some(
            ErrorCode::HttpRequestDenied
            | ErrorCode::DestinationIpProhibited
            | ErrorCode::DestinationIpUnroutable,
        ) => Failure::new(Kind::DeniedByHost, "the host does not let this component reach the origin")
            .detail("allow it in the host too, for example in allowed_outbound_hosts of spin.toml"),
        Some(ErrorCode::DnsError(_) | ErrorCode::DestinationNotFound) => {
            unreachable("the origin's name is not known")
        }
        Some(ErrorCode::ConnectionRefused | ErrorCode::DestinationUnavailable) => {
            unreachable("the origin refuses connections")
        }
        Some(
            ErrorCode::TlsProtocolError | ErrorCode::TlsCertificateError | ErrorCode::TlsAlertReceived(_),
        ) => unreachable("the origin's TLS certificate or protocol is not accepted"),
        Some(
            ErrorCode::ConnectionTerminated
            | ErrorCode::HttpResponseIncomplete
            | ErrorCode::HttpResponseBodySize(_)
            | ErrorCode::HttpResponseTransferCoding(_)
            | ErrorCode::HttpProtocolError,
        ) => unreachable("the origin's answer broke off or is not proper HTTP"),
        _ => unreachable("the origin cannot be reached"),
    }
}
