//! Binds the service to the world: `wasi:http` in front and behind, the resizer beside.

mod body;
mod clock;
mod fetch;
mod handler;
mod resizer;

/// Bindings of the contract, made from `wit/`.
#[allow(unsafe_code, missing_docs, clippy::all, clippy::unwrap_used, clippy::expect_used, clippy::panic)]
#[allow(clippy::indexing_slicing, clippy::unreachable)]
mod contract {
    wit_bindgen::generate!({ world: "service", path: "../../wit" });
}

/// The export of `wasi:http/incoming-handler`.
#[allow(unsafe_code, missing_docs)]
mod export {
    use super::handler::Service;
    wasip2::http::proxy::export!(Service);
}

#[global_allocator]
static ALLOCATOR: talc::wasm::WasmDynamicTalc = talc::wasm::new_wasm_dynamic_allocator();

/// Ends the instance. What the panic has to say stays unsaid: it would bring the standard library and its machinery of
/// formatting along, a twentieth of the component.
#[cfg(target_os = "unknown")]
#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    core::arch::wasm32::unreachable()
}
