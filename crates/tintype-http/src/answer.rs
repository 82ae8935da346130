//! The body of a response, and the line in the log that ends with it.

use std::time::{Duration, Instant};

use bytes::Bytes;
use http::StatusCode;

use crate::failure::{Failure, Result};
use crate::host::Host;
use crate::pipeline::Rendering;
use crate::response::log::Record;
use crate::telemetry::Report;
use crate::waiting::Deadline;

/// How long a client may take nothing of a body before it counts as gone.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

/// The line in the log for one request. It is written when the host drops the response's body, sent or not.
pub(crate) struct LogLine<'h, H: Host> {
    host: &'h H,
    is_logged: bool,
    start: Instant,
    /// The facts that are known so far.
    pub(crate) record: Record,
    /// What telemetry says about the request; `None` if it says nothing.
    pub(crate) report: Option<Box<Report>>,
}

impl<'h, H: Host> LogLine<'h, H> {
    /// The line of a request that arrived at `start`. Until there is a response, its status is nginx's for a client that
    /// left: 499.
    pub(crate) fn new(host: &'h H, is_logged: bool, start: Instant, mut record: Record) -> Self {
        record.status = StatusCode::from_u16(499).unwrap_or_default();
        Self { host, is_logged, start, record, report: None }
    }

    /// Drops the line without writing it.
    pub(crate) fn discard(mut self) {
        self.is_logged = false;
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
        if let Some(report) = &mut self.report {
            report.format = rendering.outline().map(|outline| outline.format);
            report.work = rendering.work();
            report.made = self.host.now().duration_since(self.start);
        }
        self.update_total();
    }

    /// Records that the source was asked for, and that the origin has answered or failed by now. Returns the time between.
    pub(crate) fn record_fetch(&mut self, asked: Instant) -> Duration {
        let waited = self.host.now().duration_since(asked);
        if let Some(report) = &mut self.report {
            report.fetch = Some((asked.duration_since(self.start), waited));
        }
        waited
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
    deadline: Deadline,
    is_absent: bool,
}

impl<'h, H: Host> AnswerBody<'h, H> {
    /// A body that begins now and may take this long.
    pub(crate) fn new(
        first: Bytes,
        rest: Option<Rendering<'h, H>>,
        mut log: LogLine<'h, H>,
        is_head: bool,
        time: Duration,
    ) -> Self {
        log.record.bytes_out = first.len() as u64;
        let is_absent = is_head || first.is_empty();
        let deadline = Deadline::of_answer(log.host.now(), time);
        let (first, mut rest) = if is_head { (Bytes::new(), None) } else { (first, rest) };
        if let Some(rendering) = &mut rest {
            rendering.extend(deadline);
        }
        Self { first, rest, log, deadline, is_absent }
    }

    /// Whether there is no body at all, as in the response to a `HEAD` request.
    pub fn is_absent(&self) -> bool {
        self.is_absent
    }

    /// Until when the client may take nothing of what it was given last, from now on; `None` once the time for the whole
    /// body is over. A body that is not taken by then is to be ended as after an error.
    pub fn patience(&self) -> Option<Instant> {
        let now = self.log.host.now();
        (now <= self.deadline.at).then(|| (now + PATIENCE).min(self.deadline.at))
    }

    /// The next bytes; `None` at the end. After an error the body cannot be completed: the status has been sent, and all
    /// that is left is to end the body in a way that shows that it is incomplete.
    pub async fn next(&mut self) -> Option<Result<Bytes>> {
        let has_more = !self.first.is_empty() || self.rest.is_some();
        let next = match self.overdue().filter(|_| has_more) {
            Some(failure) => Err(failure),
            None => self.make().await,
        };
        if let Err(failure) = &next {
            self.log.record.error = Some(failure.kind().slug());
            (self.first, self.rest) = (Bytes::new(), None);
        }
        next.transpose()
    }

    /// Ends the answer, sent or not: writes the line in the log, and then sends telemetry. To be called once the client has
    /// the whole body. Dropping an answer writes its line only.
    pub async fn conclude(mut self) {
        self.record_overdue();
        self.log.update_total();
        let (host, is_logged) = (self.log.host, self.log.is_logged);
        let report = self.log.report.take().map(|report| (report, self.log.record.clone()));
        drop(self);
        if let Some((report, record)) = report {
            report.send(host, &record, is_logged).await;
        }
    }

    /// The next bytes of what is ready, or of the rendition in the making.
    async fn make(&mut self) -> Result<Option<Bytes>> {
        if !self.first.is_empty() {
            return Ok(Some(std::mem::take(&mut self.first)));
        }
        let Some(rendering) = &mut self.rest else { return Ok(None) };
        let next = rendering.next().await;
        self.log.record_progress(rendering);
        match &next {
            Ok(Some(piece)) => self.log.record.bytes_out += piece.len() as u64,
            Ok(None) => self.rest = None,
            Err(_) => {}
        }
        next
    }

    /// Who or what has taken too long, if the time for the whole body is over.
    fn overdue(&self) -> Option<Failure> {
        match &self.rest {
            Some(rendering) => rendering.input().check_deadline().err(),
            None => self.patience().is_none().then(|| self.deadline.exceeded()),
        }
    }
}

impl<H: Host> AnswerBody<'_, H> {
    /// Records that the time was over before the client had taken all of the body, if it was.
    fn record_overdue(&mut self) {
        if let Some(failure) = self.overdue().filter(|_| !self.is_absent) {
            self.log.record.error.get_or_insert(failure.kind().slug());
        }
    }
}

impl<H: Host> Drop for AnswerBody<'_, H> {
    fn drop(&mut self) {
        self.record_overdue();
    }
}
