//! Bodies that arrive, and the requests that they arrive with.

use std::mem;
use std::pin::{Pin, pin};
use std::time::Instant;

use bytes::Bytes;
use tintype_http::host::HostError;
use wasip3::http::types::{ErrorCode, Request, Response, Trailers};
use wasip3::wit_bindgen::rt::async_support::FutureRead;
use wasip3::wit_bindgen::{FutureReader, FutureWriter, StreamReader, StreamResult, yield_async};
use wasip3::wit_future;

use crate::types::{host_error, method_name};
use crate::wait::before;

/// Bytes that are asked for in one call.
const READ_SIZE: usize = 64 << 10;

/// How a body ends.
pub(crate) type End = Result<Option<Trailers>, ErrorCode>;

/// A body that arrives.
pub struct Body {
    /// Until it has ended.
    stream: Option<StreamReader<u8>>,
    /// Until it has been seen.
    end: Option<Pin<Box<FutureRead<End>>>>,
    /// What a read fills.
    buffer: Vec<u8>,
    /// Signals to the sender, once it is dropped, that the body is not read any further.
    _done: FutureWriter<Result<(), ErrorCode>>,
}

impl Body {
    /// The body of a message that [`Request::consume_body`] or [`Response::consume_body`] takes apart.
    pub(crate) fn new(
        consume: impl FnOnce(FutureReader<Result<(), ErrorCode>>) -> (StreamReader<u8>, FutureReader<End>),
    ) -> Self {
        let (done, reader) = wit_future::new(|| Ok(()));
        let (stream, end) = consume(reader);
        let end = Box::pin(end.into_future());
        Body { stream: Some(stream), end: Some(end), buffer: Vec::new(), _done: done }
    }

    /// Reads into the buffer until the deadline. What has arrived by then is not lost: a read that is cancelled has what
    /// it got.
    async fn read(
        stream: &mut StreamReader<u8>,
        buffer: Vec<u8>,
        deadline: Instant,
    ) -> (StreamResult, Vec<u8>) {
        let mut read = pin!(stream.read(buffer));
        match before(deadline, read.as_mut()).await {
            Some(read) => read,
            None => read.cancel(),
        }
    }
}

impl tintype_http::host::Body for Body {
    async fn next(&mut self, deadline: Instant) -> Result<Option<Bytes>, HostError> {
        // Where every piece has arrived already, other requests get their turn between two of them.
        yield_async().await;
        while let Some(stream) = &mut self.stream {
            let mut buffer = mem::take(&mut self.buffer);
            buffer.clear();
            buffer.reserve(READ_SIZE);
            let (result, buffer) = Body::read(stream, buffer, deadline).await;
            self.buffer = buffer;
            match result {
                StreamResult::Complete(_) if self.buffer.is_empty() => {}
                StreamResult::Complete(_) => return Ok(Some(Bytes::copy_from_slice(&self.buffer))),
                StreamResult::Cancelled => return Err(HostError::TimedOut),
                StreamResult::Dropped => self.stream = None,
            }
        }
        let Some(end) = &mut self.end else { return Ok(None) };
        let end = before(deadline, end.as_mut()).await.ok_or(HostError::TimedOut)?;
        self.end = None;
        end.map(|_trailers| None).map_err(|code| host_error(&code))
    }
}

/// The head of a request that stays as it is. `None` if its method or target cannot be parsed.
pub fn head(incoming: &Request) -> Option<http::Request<()>> {
    let (method, target) = (incoming.get_method(), incoming.get_path_with_query());
    let headers = incoming.get_headers().copy_all();
    tintype_host::request(method_name(&method), target.as_deref(), headers, ()).ok()
}

/// A request as it arrived. `None` if its method or target cannot be parsed.
pub fn request(incoming: Request) -> Option<http::Request<Body>> {
    let head = head(&incoming)?;
    Some(head.map(|()| Body::new(|done| Request::consume_body(incoming, done))))
}

/// A response as it arrived.
///
/// # Errors
///
/// [`HostError::BrokenOff`] if its status is not one of HTTP.
pub fn response(incoming: Response) -> Result<http::Response<Body>, HostError> {
    let status = http::StatusCode::from_u16(incoming.get_status_code()).map_err(|_| HostError::BrokenOff)?;
    let headers = tintype_host::headers(incoming.get_headers().copy_all());
    let mut response = http::Response::new(Body::new(|done| Response::consume_body(incoming, done)));
    *response.status_mut() = status;
    *response.headers_mut() = headers;
    Ok(response)
}
