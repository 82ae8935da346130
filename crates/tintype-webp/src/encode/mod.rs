//! Encoders.

pub mod lossless;
