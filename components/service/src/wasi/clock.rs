//! Time: deadlines, and waiting until something happens or one has passed.

use std::time::Duration;

use wasip2::clocks::monotonic_clock;
use wasip2::io::poll::{Pollable, poll};

/// A point in time, in nanoseconds of the monotonic clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Instant(u64);

impl Instant {
    /// The present.
    pub fn now() -> Self {
        Instant(monotonic_clock::now())
    }

    /// A later point.
    pub fn after(self, duration: Duration) -> Self {
        Instant(self.0.saturating_add(nanoseconds(duration)))
    }
}

/// A duration in the clock's unit.
pub fn nanoseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}

/// Waits until something is ready; `false` if the deadline passes first.
pub fn wait(event: &Pollable, deadline: Instant) -> bool {
    if event.ready() {
        return true;
    }
    let timer = monotonic_clock::subscribe_instant(deadline.0);
    poll(&[event, &timer]).contains(&0)
}
