//! The codec, by its public functions.
//!
//! One program: each by itself would be linked, and compiled by wasmtime, anew.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // a test that fails does so by panicking

mod common;
mod decode_chunked;
mod decode_corpus;
mod decode_damage;
mod decode_fuzzed;
mod decode_markers;
mod decode_matches_reference;
mod decode_memory;
mod decode_scaled;
mod encode_contract;
mod encode_round_trip;
mod encode_support;
