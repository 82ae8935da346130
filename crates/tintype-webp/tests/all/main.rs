//! The codec, by its public functions.
//!
//! One program: each by itself would be linked, and compiled by wasmtime, anew.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // a test that fails does so by panicking

mod animation_memory;
mod common;
mod decode_animation;
mod decode_chunked;
mod decode_container;
mod decode_corpus;
mod decode_damage;
mod decode_lossless;
mod decode_lossy;
mod decode_memory;
mod encode_animation;
mod encode_container;
mod encode_lossless;
mod encode_lossless_memory;
mod encode_lossy;
mod encode_lossy_memory;
