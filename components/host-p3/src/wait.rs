//! Waiting until a deadline.

use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::task::Poll;
use std::time::{Duration, Instant};

use wasip3::clocks::monotonic_clock;

/// How late a timer is that shows that the instance was busy, and how long the host gets to catch up.
const GRACE: Duration = Duration::from_millis(250);

/// Waits for `event`. `None` if the deadline passes first: then `event` can be cancelled, or awaited again.
///
/// An instance that was busy with another request hears late of everything, and perhaps of the deadline first, so a timer
/// that is late gives the host time to deliver the event.
pub async fn before<F: Future>(deadline: Instant, mut event: Pin<&mut F>) -> Option<F::Output> {
    let mut timer = pin!(async {
        monotonic_clock::wait_for(tintype_host::nanoseconds_to(deadline)).await;
        if Instant::now().saturating_duration_since(deadline) > GRACE {
            monotonic_clock::wait_for(tintype_host::nanoseconds(GRACE)).await;
        }
    });
    poll_fn(|context| match event.as_mut().poll(context) {
        Poll::Ready(output) => Poll::Ready(Some(output)),
        // The timer starts here: an event that is ready at once does without.
        Poll::Pending => timer.as_mut().poll(context).map(|()| None),
    })
    .await
}
