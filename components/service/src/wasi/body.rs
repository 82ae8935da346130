//! Bodies: those that arrive, and the one that is sent.

use core::time::Duration;

use wasip2::http::types::{
    ErrorCode, Fields, IncomingBody, OutgoingBody, OutgoingResponse, ResponseOutparam,
};
use wasip2::io::streams::{InputStream, OutputStream, StreamError};

use super::clock::{Instant, Stopwatch, wait};
use super::fetch;
use crate::failure::{Failure, Kind};
use crate::pipeline::Chunks;
use crate::prelude::*;
use crate::respond::Reply;

/// Bytes that are asked of a body in one call.
const READ_SIZE: u64 = 64 << 10;

/// Who sends a body, and so whose fault it is if it does not arrive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sender {
    /// The client that sent the request.
    Client,
    /// The origin that answered ours.
    Origin,
}

/// A body that is read piece by piece.
pub struct Incoming {
    // A stream has to be dropped before the body it belongs to: fields are dropped in this order.
    stream: InputStream,
    _body: IncomingBody,
    sender: Sender,
    pause: Duration,
    deadline: Instant,
    watch: Stopwatch,
}

impl Incoming {
    /// A body of which each piece has to arrive within `pause`, and the last before `deadline`.
    pub fn new(
        body: IncomingBody,
        sender: Sender,
        pause: Duration,
        deadline: Instant,
        watch: Stopwatch,
    ) -> Result<Self, Failure> {
        let stream = body.stream().map_err(|()| Failure::new(Kind::Internal, "the body has no stream"))?;
        Ok(Incoming { stream, _body: body, sender, pause, deadline, watch })
    }

    /// The host need not say why: what takes too long, our own clock ends first.
    fn cut_off(&self) -> Failure {
        match self.sender {
            Sender::Client => Failure::new(Kind::InvalidParameter, "the image was cut off")
                .detail("send the whole body that content-length announces"),
            Sender::Origin => fetch::failure(Some(&ErrorCode::HttpResponseIncomplete)),
        }
    }

    fn late(&self) -> Failure {
        match self.sender {
            Sender::Client => Failure::new(Kind::RequestTimeout, "the image did not arrive in time")
                .detail("send it faster, or raise TINTYPE_TIMEOUT_BETWEEN_BYTES or TINTYPE_TIMEOUT_TOTAL"),
            Sender::Origin => Failure::new(Kind::OriginTimeout, "the origin stopped sending the source")
                .detail("TINTYPE_TIMEOUT_BETWEEN_BYTES and TINTYPE_TIMEOUT_TOTAL bound the wait"),
        }
    }
}

impl Chunks for Incoming {
    fn next(&mut self) -> Result<Option<Vec<u8>>, Failure> {
        loop {
            match self.stream.read(READ_SIZE) {
                Ok(piece) if !piece.is_empty() => return Ok(Some(piece)),
                Ok(_) => {}
                Err(StreamError::Closed) => return Ok(None),
                Err(StreamError::LastOperationFailed(_)) => return Err(self.cut_off()),
            }
            let deadline = Instant::now().after(self.pause).min(self.deadline);
            if !self.watch.time(|| wait(&self.stream.subscribe(), deadline)) {
                return Err(self.late());
            }
        }
    }
}

/// The one answer that a request gets.
pub struct Answer {
    out: ResponseOutparam,
    head: bool,
}

impl Answer {
    /// An answer to a `HEAD` request if `head`.
    pub fn new(out: ResponseOutparam, head: bool) -> Self {
        Answer { out, head }
    }

    /// Sends an answer whole.
    pub fn send(self, reply: &Reply) {
        if let Some(body) = self.begin(reply)
            && body.write(&reply.body)
        {
            body.finish();
        }
    }

    /// Sends an answer's head, and gives the body to write unless there is to be none.
    pub fn begin(self, reply: &Reply) -> Option<Body> {
        let headers = Fields::new();
        for (name, value) in &reply.headers {
            // A header that the host forbids is left out: an answer without it beats none.
            let _ = headers.append(name, value.as_bytes());
        }
        let response = OutgoingResponse::new(headers);
        let _ = response.set_status_code(reply.status);
        // The body of an answer to HEAD is not even opened: it would have to be as long as content-length says.
        let body = if self.head { None } else { response.body().ok() };
        ResponseOutparam::set(self.out, Ok(response));
        let body = body?;
        let stream = body.write().ok()?;
        Some(Body { stream, body })
    }
}

/// The body of an answer. A client that goes away makes what follows vanish; that is not an error.
pub struct Body {
    // A stream has to be dropped before the body it belongs to: fields are dropped in this order.
    stream: OutputStream,
    body: OutgoingBody,
}

impl Body {
    /// Sends bytes at the client's pace. `false` once the client has gone.
    pub fn write(&self, bytes: &[u8]) -> bool {
        write(&self.stream, bytes).is_some()
    }

    /// Ends the body properly. A body that is dropped instead tells the client that it is incomplete.
    pub fn finish(self) {
        let Body { stream, body } = self;
        let flushed = flush(&stream).is_some();
        drop(stream);
        if flushed {
            let _ = OutgoingBody::finish(body, None);
        }
    }
}

/// How long a reader may take to accept more before it counts as gone.
const PATIENCE: Duration = Duration::from_secs(30);

/// Writes bytes at the reader's pace. `None` once the reader has gone.
pub fn write(stream: &OutputStream, mut bytes: &[u8]) -> Option<()> {
    while !bytes.is_empty() {
        let room = usize::try_from(stream.check_write().ok()?).unwrap_or(usize::MAX);
        if room == 0 {
            settle(stream)?;
            continue;
        }
        let (now, later) = bytes.split_at_checked(room).unwrap_or((bytes, &[]));
        stream.write(now).ok()?;
        bytes = later;
    }
    Some(())
}

/// Waits until the reader has taken what was written. `None` if it has gone.
pub fn flush(stream: &OutputStream) -> Option<()> {
    stream.flush().ok()?;
    settle(stream)
}

/// Waits until a stream accepts more. `None` if that takes too long.
fn settle(stream: &OutputStream) -> Option<()> {
    wait(&stream.subscribe(), Instant::now().after(PATIENCE)).then_some(())
}
