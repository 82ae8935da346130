//! The encoder.

pub mod lossless;
