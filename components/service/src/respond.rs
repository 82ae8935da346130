//! Responses to clients.

use std::time::Instant;

use http::{HeaderMap, Response, StatusCode};
use tintype_http::AnswerBody;
use wasip2::http::types::{OutgoingBody, OutgoingResponse, ResponseOutparam};
use wasip2::io::streams::OutputStream;

use crate::host::Host;
use crate::types::fields;
use crate::wait::wait;

/// Sends a response, its body at the client's pace, and then what there is to say about it.
pub(crate) async fn send(response: Response<AnswerBody<'_, Host>>, out: ResponseOutparam) {
    let (head, mut body) = response.into_parts();
    let outgoing = outgoing(head.status, &head.headers);
    // A body that is not to be sent is not even opened: it would have to be as long as its Content-Length.
    let writer = if body.is_absent() { None } else { Writer::open(&outgoing) };
    ResponseOutparam::set(out, Ok(outgoing));
    if let Some(writer) = writer {
        write(&mut body, writer).await;
    }
    body.conclude().await;
}

async fn write(body: &mut AnswerBody<'_, Host>, writer: Writer) {
    while let Some(piece) = body.next().await {
        // A writer that is dropped before its end leaves an incomplete body.
        let Ok(piece) = piece else { return };
        if writer.write(&piece, body).is_none() {
            return;
        }
    }
    writer.finish(body);
}

/// Responds to a request whose method or target cannot be parsed.
pub(crate) fn bad_request(out: ResponseOutparam) {
    ResponseOutparam::set(out, Ok(outgoing(StatusCode::BAD_REQUEST, &HeaderMap::new())));
}

fn outgoing(status: StatusCode, headers: &HeaderMap) -> OutgoingResponse {
    let outgoing = OutgoingResponse::new(fields(headers));
    // Every status of the `http` crate is one.
    let _ = outgoing.set_status_code(status.as_u16());
    outgoing
}

/// The body of a response.
struct Writer {
    // A stream has to be dropped before the body that it belongs to: fields are dropped in this order.
    stream: OutputStream,
    body: OutgoingBody,
}

impl Writer {
    fn open(response: &OutgoingResponse) -> Option<Self> {
        let body = response.body().ok()?;
        Some(Writer { stream: body.write().ok()?, body })
    }

    /// Writes bytes of an answer at the reader's pace. `None` once the reader has gone, or has had its time.
    fn write(&self, mut bytes: &[u8], answer: &AnswerBody<'_, Host>) -> Option<()> {
        while !bytes.is_empty() {
            let until = answer.patience()?;
            let room = usize::try_from(self.stream.check_write().ok()?).unwrap_or(usize::MAX);
            if room == 0 {
                self.wait_writable(until)?;
                continue;
            }
            let (now, later) = bytes.split_at_checked(room).unwrap_or((bytes, &[]));
            self.stream.write(now).ok()?;
            bytes = later;
        }
        Some(())
    }

    /// Ends the body properly, once the reader has taken all of it.
    fn finish(self, answer: &AnswerBody<'_, Host>) {
        let flushed = self.stream.flush().ok().and_then(|()| self.wait_writable(answer.patience()?));
        let Writer { stream, body } = self;
        drop(stream);
        if flushed.is_some() {
            let _ = OutgoingBody::finish(body, None);
        }
    }

    /// Waits until the stream accepts more. `None` if that takes too long.
    fn wait_writable(&self, deadline: Instant) -> Option<()> {
        wait(&self.stream.subscribe(), deadline).then_some(())
    }
}
