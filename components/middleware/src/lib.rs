//! tintype in front of another component, on `wasi:http` 0.3.
//!
//! It imports the handler that it exports. A request for a rendition of an image asks that handler for the original and
//! answers with the rendition; every other request, and its answer, passes through untouched, as the very resource that the
//! host made. Which requests these are is `tintype_http::front`'s to say. No URL is fetched, and there is no import to fetch
//! one with.
#![cfg(target_family = "wasm")]

mod site;

use tintype_host_p3::{Host, head};
use tintype_http::front::wants_rendition;
use wasip3::exports::http::handler::Guest;
use wasip3::http::types::{ErrorCode, Request, Response};

use bindings::wasi::http::handler;
use site::Site;

/// The import of `wasi:http/handler`.
#[allow(missing_docs, unsafe_code)] // generated: documented in WASI, unsafe where memory is exchanged with the host
#[allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::unreachable,
    clippy::indexing_slicing
)]
mod bindings {
    wit_bindgen::generate!({
        path: "wit",
        world: "in-front",
        with: { "wasi:http/types@0.3.2": wasip3::http::types },
        generate_all,
    });
}

/// The export of `wasi:http/handler`.
#[allow(unsafe_code, missing_docs)] // generated
mod export {
    use super::Middleware;
    wasip3::http::service::export!(Middleware);
}

/// The component.
struct Middleware;

impl Guest for Middleware {
    async fn handle(request: Request) -> Result<Response, ErrorCode> {
        let wanted = head(&request).filter(|head| {
            let target = head.uri().path_and_query();
            target.is_some_and(|target| wants_rendition(head.method(), target.as_str()))
        });
        let Some(wanted) = wanted else { return handler::handle(request).await };
        let (parts, ()) = wanted.into_parts();
        let site = Site::of(&request, &parts.headers);
        // A client that sends a body with this request is not read any further.
        drop(request);
        let answer = tintype_http::answer_in_front(&Host, &site, tintype_host::config(), &parts).await;
        answer.map_or_else(|untouched| untouched, |response| Ok(tintype_host_p3::send(response)))
    }
}
