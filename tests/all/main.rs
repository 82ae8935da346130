//! The engine, by its public functions.
//!
//! One program: each by itself would be linked, and compiled by wasmtime, anew.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // a test that fails does so by panicking

mod adjust;
mod animation;
mod animation_memory;
mod apng;
mod color;
mod damage;
mod depth;
mod describe;
mod encoding;
mod engine;
mod film;
#[cfg(feature = "more-formats")]
mod formats;
mod gif;
mod icc;
mod metadata;
mod palette;
mod png;
mod stages;
