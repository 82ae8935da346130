//! Waiting until a deadline.

use std::time::Instant;

use wasip2::clocks::monotonic_clock;
use wasip2::io::poll::{Pollable, poll};

/// Waits until `event` is ready. `false` if the deadline passes first.
pub(crate) fn wait(event: &Pollable, deadline: Instant) -> bool {
    let timer = monotonic_clock::subscribe_duration(tintype_host::nanoseconds_to(deadline));
    poll(&[event, &timer]).contains(&0)
}
