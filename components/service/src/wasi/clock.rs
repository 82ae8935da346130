//! Time: deadlines, waiting until something happens or one has passed, and how long things took.

use alloc::rc::Rc;
use core::cell::Cell;
use core::time::Duration;

use wasip2::clocks::{monotonic_clock, wall_clock};
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

    /// The reading of the clock.
    pub fn nanoseconds(self) -> u64 {
        self.0
    }

    /// Nanoseconds from this point to the present.
    pub fn elapsed(self) -> u64 {
        monotonic_clock::now().saturating_sub(self.0)
    }
}

/// A duration in the clock's unit.
pub fn nanoseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}

/// Unix time.
pub fn unix_time() -> Duration {
    let now = wall_clock::now();
    Duration::from_secs(now.seconds).saturating_add(Duration::from_nanos(now.nanoseconds.into()))
}

/// Waits until something is ready; `false` if the deadline passes first.
pub fn wait(event: &Pollable, deadline: Instant) -> bool {
    let timer = monotonic_clock::subscribe_instant(deadline.0);
    poll(&[event, &timer]).contains(&0)
}

/// Nanoseconds that add up while others hold parts of the work.
#[derive(Clone, Debug, Default)]
pub struct Stopwatch(Rc<Cell<u64>>);

impl Stopwatch {
    /// Does something and adds the time that it takes.
    pub fn time<T>(&self, work: impl FnOnce() -> T) -> T {
        let start = Instant::now();
        let done = work();
        self.0.set(self.0.get().saturating_add(start.elapsed()));
        done
    }

    /// The sum so far.
    pub fn total(&self) -> u64 {
        self.0.get()
    }
}

/// A watch for each phase of a request.
#[derive(Clone, Debug, Default)]
pub struct Stopwatches {
    /// Waiting for the source.
    pub origin: Stopwatch,
    /// In the resizer, taking in the source.
    pub decode: Stopwatch,
    /// In the resizer, taking out the rendition.
    pub encode: Stopwatch,
}
