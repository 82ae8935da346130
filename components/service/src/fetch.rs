//! Requests to origins.

use std::time::{Duration, Instant};

use http::{Request, Response, StatusCode};
use tintype_host::nanoseconds;
use tintype_http::host::{HostError, Timeouts};
use wasip2::http::outgoing_handler;
use wasip2::http::types::{IncomingResponse, OutgoingRequest, RequestOptions};

use crate::body::Body;
use crate::types::{fields, host_error, method, scheme};
use crate::wait::wait;

/// Sends a request, and waits for the head of the response.
pub(crate) fn send(
    request: &Request<()>,
    timeouts: &Timeouts,
    deadline: Instant,
) -> Result<Response<Body>, HostError> {
    let outgoing = outgoing(request).map_err(|()| HostError::UnusableUrl)?;
    let future =
        outgoing_handler::handle(outgoing, Some(options(timeouts))).map_err(|code| host_error(&code))?;
    if !wait(&future.subscribe(), deadline) {
        return Err(HostError::TimedOut);
    }
    match future.get() {
        Some(Ok(Ok(response))) => received(&response),
        Some(Ok(Err(code))) => Err(host_error(&code)),
        _ => Err(HostError::Other),
    }
}

/// A request without a body. An error if the host does not accept its URL.
fn outgoing(request: &Request<()>) -> Result<OutgoingRequest, ()> {
    let outgoing = OutgoingRequest::new(fields(request.headers()));
    let url = request.uri();
    outgoing.set_method(&method(request.method()))?;
    outgoing.set_scheme(scheme(url).as_ref())?;
    outgoing.set_authority(url.authority().map(|authority| authority.as_str()))?;
    outgoing.set_path_with_query(url.path_and_query().map(|target| target.as_str()))?;
    Ok(outgoing)
}

/// How long the service may look once more for bytes that a busy host has not passed on in time.
const LOOKING: Duration = Duration::from_secs(5);

/// Timeouts for the host. It may not know one of them; then only our own clock bounds the wait.
fn options(timeouts: &Timeouts) -> RequestOptions {
    let options = RequestOptions::new();
    let _ = options.set_connect_timeout(Some(nanoseconds(timeouts.connect)));
    let _ = options.set_first_byte_timeout(Some(nanoseconds(timeouts.first_byte)));
    // A host that stops a body in the middle may not say why, so our clock, which knows, goes first, looks included.
    let patience = timeouts.between_bytes.saturating_mul(2).saturating_add(LOOKING);
    let _ = options.set_between_bytes_timeout(Some(nanoseconds(patience)));
    options
}

/// A response as it arrived.
fn received(incoming: &IncomingResponse) -> Result<Response<Body>, HostError> {
    let mut response = Response::new(Body::new(incoming.consume())?);
    *response.status_mut() = StatusCode::from_u16(incoming.status()).map_err(|_| HostError::BrokenOff)?;
    *response.headers_mut() = tintype_host::headers(incoming.headers().entries());
    Ok(response)
}
