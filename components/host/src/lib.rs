//! What the two hosts of `tintype-http` have in common.
//!
//! `components/service` and `components/service-p3` bind the service to `wasi:http` 0.2 and 0.3. Both import the same
//! resizer, read the same environment, and translate between the `http` crate and a `wasi:http/types` whose names are
//! the same in both versions.

mod head;
mod session;
mod types;

pub use head::{headers, request};
pub use session::Session;

use std::env;
use std::io::{self, Write as _};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use tintype_http::config::Config;
use tintype_http::failure::Failure;

/// The configuration, from the environment: the one thing that an instance keeps from request to request.
pub fn config() -> &'static Result<Config, Failure> {
    static CONFIG: OnceLock<Result<Config, Failure>> = OnceLock::new();
    CONFIG.get_or_init(|| {
        let variables = env::vars_os();
        Config::read(
            variables.map(|(name, value)| {
                (name.to_string_lossy().into_owned(), value.to_string_lossy().into_owned())
            }),
        )
    })
}

/// Writes a line to the standard error stream. A log that cannot be written is no reason to fail a request.
pub fn log(line: &str) {
    let _ = io::stderr().write_all(format!("{line}\n").as_bytes());
}

/// Bytes of linear memory that this instance has, without the resizer's.
pub fn memory() -> u64 {
    #[cfg(target_family = "wasm")]
    return core::arch::wasm32::memory_size::<0>() as u64 * (64 << 10);
    #[cfg(not(target_family = "wasm"))]
    0
}

/// Nanoseconds from now to a point in time; none if it has passed.
pub fn nanoseconds_to(deadline: Instant) -> u64 {
    nanoseconds(deadline.saturating_duration_since(Instant::now()))
}

/// A duration in the unit of `wasi:clocks`.
pub fn nanoseconds(duration: Duration) -> u64 {
    duration.as_nanos().try_into().unwrap_or(u64::MAX)
}
