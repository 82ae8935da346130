//! tintype's HTTP service on `wasi:http` 0.3.
//!
//! The service itself is `tintype-http`. This component is its host: it receives requests, sends others to origins, waits,
//! and never decodes a pixel. While one request waits, the instance works on others; they share the configuration and
//! nothing else.
#![cfg(target_family = "wasm")]

use wasip3::exports::http::handler::Guest;
use wasip3::http::types::{ErrorCode, Request, Response};

use tintype_host_p3::Host;

/// The export of `wasi:http/handler`.
#[allow(unsafe_code, missing_docs)] // generated
mod export {
    use super::Service;
    wasip3::http::service::export!(Service);
}

/// The component.
struct Service;

impl Guest for Service {
    async fn handle(request: Request) -> Result<Response, ErrorCode> {
        let Some(request) = tintype_host_p3::request(request) else {
            return Ok(tintype_host_p3::bad_request());
        };
        let response = tintype_http::answer(&Host, tintype_host::config(), request).await;
        Ok(tintype_host_p3::send(response))
    }
}
