//! tintype's HTTP service: the component that listens, fetches and answers, and never decodes a pixel.
//!
//! ```text
//! HTTP request ─ grammar ─► Request ─ source ─► bytes ─ pipeline ─► resizer session ─► respond ─► HTTP response
//! ```
//!
//! Everything but `wasi` is plain Rust without a world around it, and is tested natively. `wasi` binds it to the
//! component's imports: `wasi:http` for both directions and `tintype:image/resize` for the pixels.

#![no_std]

extern crate alloc;
// Where there is a system, a panic is the standard library's affair.
#[cfg(not(all(target_family = "wasm", target_os = "unknown")))]
#[cfg_attr(test, macro_use)]
extern crate std;

pub mod client;
pub mod config;
pub mod failure;
pub mod format;
pub mod grammar;
pub mod json;
pub mod pipeline;
mod prelude;
pub mod request;
pub mod resolve;
pub mod respond;
pub mod route;
pub mod source;
pub mod table;
pub mod text;
#[cfg(target_family = "wasm")]
mod wasi;
