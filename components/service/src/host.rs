//! The world, as the service sees it.

use std::time::{Instant, SystemTime};

use bytes::Bytes;
use http::{Request, Response, StatusCode};
use tintype_host::Session;
use tintype_http::host::{HostError, Timeouts};
use tintype_types::Options;

use crate::body::Body;
use crate::fetch;

/// `wasi:http` 0.2.
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

    async fn export(&self, request: Request<Bytes>, deadline: Instant) -> Result<StatusCode, HostError> {
        fetch::export(&request, deadline)
    }

    fn memory(&self) -> u64 {
        tintype_host::memory()
    }

    async fn pause(&self) {
        // WASI 0.2 reports that a client has gone only when its answer is written.
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
