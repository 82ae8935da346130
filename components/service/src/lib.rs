//! tintype's HTTP service on `wasi:http` 0.2.
//!
//! The service itself is `tintype-http`. This component is its host: it receives requests, sends others to origins, waits,
//! and never decodes a pixel. A call that has to wait does so inside, so that a future has only to be polled again to be
//! ready.
#![cfg(target_family = "wasm")]

mod body;
mod fetch;
mod host;
mod respond;
mod wait;

use std::pin::pin;
use std::task::{Context, Poll, Waker};

use wasip2::exports::http::incoming_handler::Guest;
use wasip2::http::types::{IncomingRequest, ResponseOutparam};

use host::Host;

/// Conversions of `wasi:http/types`.
mod types {
    tintype_host::types!(wasip2::http::types);
}

/// The export of `wasi:http/incoming-handler`.
#[allow(unsafe_code, missing_docs)] // generated
mod export {
    use super::Service;
    wasip2::http::proxy::export!(Service);
}

/// The component.
struct Service;

impl Guest for Service {
    fn handle(request: IncomingRequest, out: ResponseOutparam) {
        let Some(request) = body::request(&request) else { return respond::bad_request(out) };
        block_on(async {
            let response = tintype_http::answer(&Host, tintype_host::config(), request).await;
            respond::send(response, out).await;
        });
    }
}

/// Runs a future to its end.
fn block_on<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    let mut context = Context::from_waker(Waker::noop());
    loop {
        if let Poll::Ready(output) = future.as_mut().poll(&mut context) {
            return output;
        }
    }
}
