//! Requests to origins.

use std::time::{Duration, Instant};

use bytes::Bytes;
use futures_util::pending;
use http::{Request, Response, StatusCode};
use tintype_host::nanoseconds;
use tintype_http::host::{HostError, Timeouts};
use wasip2::http::outgoing_handler;
use wasip2::http::types::{IncomingResponse, OutgoingBody, OutgoingRequest, RequestOptions};
use wasip2::io::streams::OutputStream;

use crate::body::Body;
use crate::types::{fields, host_error, method, scheme};
use crate::wait::wait;

/// Sends a request, and waits for the head of the response.
pub(crate) async fn send(
    request: &Request<()>,
    timeouts: &Timeouts,
    deadline: Instant,
) -> Result<Response<Body>, HostError> {
    let outgoing = outgoing(request).map_err(|()| HostError::UnusableUrl)?;
    let future =
        outgoing_handler::handle(outgoing, Some(options(timeouts))).map_err(|code| host_error(&code))?;
    // Another request can be on its way before this one is waited for.
    pending!();
    if !wait(&future.subscribe(), deadline) {
        return Err(HostError::TimedOut);
    }
    match future.get() {
        Some(Ok(Ok(response))) => received(&response),
        Some(Ok(Err(code))) => Err(host_error(&code)),
        _ => Err(HostError::Other),
    }
}

/// Sends a request with a body, and waits for the status of the response.
pub(crate) fn export(request: &Request<Bytes>, deadline: Instant) -> Result<StatusCode, HostError> {
    let outgoing = outgoing(request).map_err(|()| HostError::UnusableUrl)?;
    let body = outgoing.body().map_err(|()| HostError::Other)?;
    let stream = body.write().map_err(|()| HostError::Other)?;
    let future = outgoing_handler::handle(outgoing, None).map_err(|code| host_error(&code))?;
    let written = write(&stream, request.body(), deadline);
    drop(stream);
    if written.is_some() {
        // Whatever is wrong with the body, the response says.
        let _ = OutgoingBody::finish(body, None);
    }
    if !wait(&future.subscribe(), deadline) {
        return Err(HostError::TimedOut);
    }
    match future.get() {
        Some(Ok(Ok(response))) => StatusCode::from_u16(response.status()).map_err(|_| HostError::BrokenOff),
        Some(Ok(Err(code))) => Err(host_error(&code)),
        _ => Err(HostError::Other),
    }
}

/// Writes a body. `None` if the host does not take it in time.
fn write(stream: &OutputStream, mut bytes: &[u8], deadline: Instant) -> Option<()> {
    while !bytes.is_empty() {
        let room = usize::try_from(stream.check_write().ok()?).unwrap_or(usize::MAX);
        let (now, later) = bytes.split_at_checked(room).unwrap_or((bytes, &[]));
        stream.write(now).ok()?;
        bytes = later;
        wait(&stream.subscribe(), deadline).then_some(())?;
    }
    stream.flush().ok()?;
    wait(&stream.subscribe(), deadline).then_some(())
}

/// A request whose body is still to be written. An error if the host does not accept its URL.
fn outgoing<B>(request: &Request<B>) -> Result<OutgoingRequest, ()> {
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
