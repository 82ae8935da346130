//! The world, as the service sees it.

use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::task::Poll;
use std::time::{Instant, SystemTime};

use http::{Request, Response};
use tintype_host::Session;
use tintype_http::config::Timeouts;
use tintype_http::host::HostError;
use tintype_types::Options;
use wasip3::clocks::monotonic_clock;

use crate::body::Body;
use crate::fetch;

/// `wasi:http` 0.3.
pub(crate) struct Host;

impl tintype_http::host::Host for Host {
    type Body = Body;
    type Session = Session;

    async fn send(
        &self,
        request: Request<()>,
        timeouts: &Timeouts,
        deadline: Instant,
    ) -> Result<Response<Body>, HostError> {
        fetch::send(&request, timeouts, deadline).await
    }

    fn session(&self, options: &Options) -> Session {
        Session::new(options)
    }

    fn now(&self) -> Instant {
        Instant::now()
    }

    fn date(&self) -> SystemTime {
        SystemTime::now()
    }

    fn log(&self, line: &str) {
        tintype_host::log(line);
    }
}

/// Waits for `event`. `None` if the deadline passes first: then `event` can be cancelled, or awaited again.
pub(crate) async fn before<F: Future>(deadline: Instant, mut event: Pin<&mut F>) -> Option<F::Output> {
    let mut timer = pin!(async {
        monotonic_clock::wait_for(tintype_host::nanoseconds_to(deadline)).await;
    });
    poll_fn(|context| match event.as_mut().poll(context) {
        Poll::Ready(output) => Poll::Ready(Some(output)),
        // The timer starts here: an event that is ready at once does without.
        Poll::Pending => timer.as_mut().poll(context).map(|()| None),
    })
    .await
}
