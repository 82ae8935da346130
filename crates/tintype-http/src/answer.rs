//! The body of a response, and the line in the log that ends with it.

use std::time::Instant;

use bytes::Bytes;
use http::StatusCode;

use crate::failure::Failure;
use crate::host::Host;
use crate::pipeline::Rendering;
use crate::response::log::Record;

/// The line in the log for one request. It is written when the host drops the response's body, sent or not.
pub(crate) struct LogLine<'h, H: Host> {
    host: &'h H,
    is_logged: bool,
    start: Instant,
    /// The facts that are known so far.
    pub(crate) record: Record,
}

impl<'h, H: Host> LogLine<'h, H> {
    /// The line of a request that arrived at `start`. Until there is a response, its status is nginx's for a client that
    /// left: 499.
    pub(crate) fn new(host: &'h H, is_logged: bool, start: Instant, mut record: Record) -> Self {
        record.status = StatusCode::from_u16(499).unwrap_or_default();
        Self { host, is_logged, start, record }
    }

    /// Records how far a rendition has come.
    pub(crate) fn record_progress(&mut self, rendering: &Rendering<'_, H>) {
        let record = &mut self.record;
        record.damaged = rendering.damaged();
        record.bytes_in = rendering.input().count();
        if let Some(outline) = rendering.outline() {
            record.source = Some((outline.source.width, outline.source.height));
            record.output = Some((outline.width, outline.height));
        }
        record.phases.origin = rendering.input().waited();
        (record.phases.decode, record.phases.encode) = rendering.times();
        self.update_total();
    }

    /// Records the time since the request arrived.
    pub(crate) fn update_total(&mut self) {
        self.record.phases.total = self.host.now().duration_since(self.start);
    }
}

impl<H: Host> Drop for LogLine<'_, H> {
    fn drop(&mut self) {
        if self.is_logged {
            self.update_total();
            self.host.log(&self.record.line());
        }
    }
}

/// The body of a response: complete, or the beginning of a rendition that is made while it is sent.
pub struct AnswerBody<'h, H: Host> {
    first: Bytes,
    rest: Option<Rendering<'h, H>>,
    log: LogLine<'h, H>,
    is_absent: bool,
}

impl<'h, H: Host> AnswerBody<'h, H> {
    pub(crate) fn new(
        first: Bytes,
        rest: Option<Rendering<'h, H>>,
        mut log: LogLine<'h, H>,
        is_head: bool,
    ) -> Self {
        log.record.bytes_out = first.len() as u64;
        let is_absent = is_head || first.is_empty();
        let (first, rest) = if is_head { (Bytes::new(), None) } else { (first, rest) };
        Self { first, rest, log, is_absent }
    }

    /// Whether there is no body at all, as in the response to a `HEAD` request.
    pub fn is_absent(&self) -> bool {
        self.is_absent
    }

    /// The next bytes; `None` at the end. After an error the body cannot be completed: the status has been sent, and all
    /// that is left is to end the body in a way that shows that it is incomplete.
    pub async fn next(&mut self) -> Option<Result<Bytes, Failure>> {
        if !self.first.is_empty() {
            return Some(Ok(std::mem::take(&mut self.first)));
        }
        let rendering = self.rest.as_mut()?;
        let next = rendering.next().await;
        self.log.record_progress(rendering);
        match &next {
            Ok(Some(piece)) => self.log.record.bytes_out += piece.len() as u64,
            Ok(None) => self.rest = None,
            Err(failure) => {
                self.log.record.error = Some(failure.kind().slug());
                self.rest = None;
            }
        }
        next.transpose()
    }
}
