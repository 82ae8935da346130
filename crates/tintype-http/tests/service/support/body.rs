//! Bodies that arrive as a test says.

use std::cell::Cell;
use std::collections::VecDeque;
use std::future::poll_fn;
use std::rc::Rc;
use std::task::Poll;
use std::time::{Duration, Instant};

use bytes::Bytes;
use tintype_http::host::{Body, HostError};

use super::Clock;

/// What happens next to a body.
#[derive(Clone, Debug)]
pub(crate) enum Event {
    /// Bytes arrive.
    Bytes(Bytes),
    /// Nothing arrives for this long.
    Pause(Duration),
    /// Nothing arrives ever.
    Silence,
    /// The host is too busy: its timer fires this much too late.
    Late(Duration),
    /// The future is pending when it is polled first.
    Pending,
    /// The body breaks off.
    Fail(HostError),
}

/// Bytes in pieces of a size.
pub(crate) fn pieces(bytes: &[u8], size: usize) -> Vec<Event> {
    bytes.chunks(size).map(|piece| Event::Bytes(Bytes::copy_from_slice(piece))).collect()
}

pub(crate) struct TestBody {
    clock: Rc<Clock>,
    taken: Rc<Cell<usize>>,
    events: VecDeque<Event>,
    has_ended: bool,
}

impl TestBody {
    pub(crate) fn new(clock: Rc<Clock>, taken: Rc<Cell<usize>>, events: Vec<Event>) -> Self {
        Self { clock, taken, events: events.into(), has_ended: false }
    }

    /// Waits until all of the events are over.
    pub(crate) async fn wait(&mut self, deadline: Instant) -> Result<(), HostError> {
        while self.next(deadline).await?.is_some() {}
        Ok(())
    }
}

impl Body for TestBody {
    async fn next(&mut self, deadline: Instant) -> Result<Option<Bytes>, HostError> {
        loop {
            let room = deadline.saturating_duration_since(self.clock.now());
            match self.events.pop_front() {
                Some(Event::Bytes(bytes)) => {
                    self.taken.set(self.taken.get() + 1);
                    return Ok(Some(bytes));
                }
                Some(Event::Pause(time)) if time > room => {
                    self.events.push_front(Event::Pause(time - room));
                    return Err(self.time_out(room));
                }
                Some(Event::Pause(time)) => self.clock.pass(time),
                Some(Event::Silence) => {
                    self.events.push_front(Event::Silence);
                    return Err(self.time_out(room));
                }
                Some(Event::Late(by)) => return Err(self.time_out(room + by)),
                Some(Event::Pending) => be_pending_once().await,
                Some(Event::Fail(error)) => return Err(error),
                None => {
                    assert!(!self.has_ended, "a body is read on after its end");
                    self.has_ended = true;
                    return Ok(None);
                }
            }
        }
    }
}

impl TestBody {
    fn time_out(&self, after: Duration) -> HostError {
        self.clock.pass(after);
        HostError::TimedOut
    }
}

async fn be_pending_once() {
    let mut polled = false;
    poll_fn(|_| if std::mem::replace(&mut polled, true) { Poll::Ready(()) } else { Poll::Pending }).await;
}
