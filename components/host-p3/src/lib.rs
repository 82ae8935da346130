//! The host of `tintype-http` on `wasi:http` 0.3, for `components/service-p3` and `components/middleware`.
//!
//! While one request waits, the instance works on others; they share the configuration and nothing else.
#![cfg(target_family = "wasm")]

mod body;
mod fetch;
mod host;
mod respond;
mod wait;

pub use body::{Body, head, request, response};
pub use fetch::outgoing;
pub use host::Host;
pub use respond::{bad_request, send};
pub use wait::before;

use tintype_http::host::HostError;
use wasip3::http::types::ErrorCode;

/// Conversions of `wasi:http/types`.
mod types {
    tintype_host::types!(wasip3::http::types);
}

/// What an error code means to the service.
pub fn host_error(code: &ErrorCode) -> HostError {
    types::host_error(code)
}
