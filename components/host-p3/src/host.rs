//! The world, as the service sees it.

use std::time::{Instant, SystemTime};

use http::{Request, Response};
use tintype_host::Session;
use tintype_http::host::{HostError, Timeouts};
use tintype_types::Options;
use wasip3::wit_bindgen::yield_async;

use crate::body::Body;
use crate::fetch;

/// `wasi:http` 0.3.
pub struct Host;

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

    #[cfg(feature = "export")]
    async fn export(
        &self,
        request: Request<bytes::Bytes>,
        deadline: Instant,
    ) -> Result<http::StatusCode, HostError> {
        fetch::export(request, deadline).await
    }

    fn memory(&self) -> u64 {
        tintype_host::memory()
    }

    async fn pause(&self) {
        yield_async().await;
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
