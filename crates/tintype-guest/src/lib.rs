#![doc = include_str!("../README.md")]

/// The contract's interfaces.
#[allow(missing_docs, unsafe_code)] // generated: documented in wit/, unsafe where memory is exchanged with the host
#[allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::unreachable,
    clippy::indexing_slicing
)]
mod bindings {
    wit_bindgen::generate!({ path: "../../wit", world: "service" });
}

pub use bindings::tintype::image::{inspect, resize, types};
