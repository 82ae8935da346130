//! Responses to clients.

use std::pin::pin;

use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use tintype_http::AnswerBody;
use wasip3::http::types::{ErrorCode, Response};
use wasip3::wit_bindgen::{FutureReader, FutureWriter, StreamReader, StreamResult, StreamWriter};
use wasip3::{wit_future, wit_stream};

use crate::body::End;
use crate::host::Host;
use crate::types::fields;
use crate::wait::before;

/// Starts a response, and writes its body at the client's pace after that.
pub fn send(response: http::Response<AnswerBody<'static, Host>>) -> Response {
    let (head, body) = response.into_parts();
    if body.is_absent() {
        wasip3::spawn_local(body.conclude());
        return without_body(head.status, &head.headers);
    }
    let (writer, contents, end) = Writer::new();
    wasip3::spawn_local(async {
        let mut body = body;
        write(&mut body, writer).await;
        body.conclude().await;
    });
    outgoing(head.status, &head.headers, Some(contents), end)
}

/// The response to a request whose method or target cannot be parsed.
pub fn bad_request() -> Response {
    without_body(StatusCode::BAD_REQUEST, &HeaderMap::new())
}

fn without_body(status: StatusCode, headers: &HeaderMap) -> Response {
    let (_, end) = wit_future::new(|| Ok(None));
    outgoing(status, headers, None, end)
}

fn outgoing(
    status: StatusCode,
    headers: &HeaderMap,
    contents: Option<StreamReader<u8>>,
    end: FutureReader<End>,
) -> Response {
    let (response, _sent) = Response::new(fields(headers), contents, end);
    // Every status of the `http` crate is one.
    let _ = response.set_status_code(status.as_u16());
    response
}

async fn write(body: &mut AnswerBody<'static, Host>, mut writer: Writer) {
    while let Some(piece) = body.next().await {
        // A writer that is dropped before its end leaves an incomplete body.
        let Ok(piece) = piece else { return };
        if writer.write(piece, body).await.is_none() {
            return;
        }
    }
    writer.finish(body).await;
}

/// The body of a response.
struct Writer {
    stream: StreamWriter<u8>,
    end: FutureWriter<End>,
}

impl Writer {
    fn new() -> (Self, StreamReader<u8>, FutureReader<End>) {
        let (stream, contents) = wit_stream::new();
        let (end, end_reader) = wit_future::new(|| Err(ErrorCode::HttpResponseIncomplete));
        (Writer { stream, end }, contents, end_reader)
    }

    /// Writes bytes of an answer at the reader's pace. `None` once the reader has gone, or has had its time.
    async fn write(&mut self, bytes: Bytes, answer: &AnswerBody<'_, Host>) -> Option<()> {
        let (mut result, mut rest) = patiently(answer, self.stream.write(bytes.into())).await?;
        while rest.remaining() > 0 {
            let StreamResult::Complete(_) = result else { return None };
            (result, rest) = patiently(answer, self.stream.write_buf(rest)).await?;
        }
        Some(())
    }

    /// Ends the body properly, unless the reader takes too long: then it ends as one that is dropped.
    async fn finish(self, answer: &AnswerBody<'_, Host>) {
        drop(self.stream);
        // The reader may have gone.
        let _ = patiently(answer, self.end.write(Ok(None))).await;
    }
}

/// Waits for the reader to take some of an answer. `None` if that takes too long.
async fn patiently<F: Future>(answer: &AnswerBody<'_, Host>, write: F) -> Option<F::Output> {
    before(answer.patience()?, pin!(write)).await
}
