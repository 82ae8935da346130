//! Bodies that arrive, and the requests that they arrive with.

use std::time::Instant;

use bytes::Bytes;
use http::Request;
use tintype_http::host::HostError;
use wasip2::http::types::{IncomingBody, IncomingRequest, http_error_code};
use wasip2::io::streams::{InputStream, StreamError};

use crate::types::{host_error, method_name};
use crate::wait::wait;

/// Bytes that are asked for in one call.
const READ_SIZE: u64 = 64 << 10;

/// A body that arrives.
pub(crate) struct Body {
    // A stream has to be dropped before the body that it belongs to: fields are dropped in this order.
    stream: InputStream,
    _body: IncomingBody,
}

impl Body {
    /// The body of a message, if it has not been taken before.
    pub(crate) fn new(body: Result<IncomingBody, ()>) -> Result<Self, HostError> {
        let body = body.map_err(|()| HostError::Other)?;
        let stream = body.stream().map_err(|()| HostError::Other)?;
        Ok(Body { stream, _body: body })
    }
}

impl tintype_http::host::Body for Body {
    async fn next(&mut self, deadline: Instant) -> Result<Option<Bytes>, HostError> {
        loop {
            match self.stream.read(READ_SIZE) {
                Ok(piece) if !piece.is_empty() => return Ok(Some(piece.into())),
                Ok(_) => {}
                Err(StreamError::Closed) => return Ok(None),
                Err(StreamError::LastOperationFailed(error)) => {
                    return Err(
                        http_error_code(&error).map_or(HostError::BrokenOff, |code| host_error(&code))
                    );
                }
            }
            if !wait(&self.stream.subscribe(), deadline) {
                return Err(HostError::TimedOut);
            }
        }
    }
}

/// A request as it arrived. `None` if its method or target cannot be parsed.
pub(crate) fn request(incoming: &IncomingRequest) -> Option<Request<Body>> {
    let target = incoming.path_with_query();
    let headers = incoming.headers().entries();
    let body = Body::new(incoming.consume()).ok()?;
    tintype_host::request(method_name(&incoming.method()), target.as_deref(), headers, body).ok()
}
