//! The lossless encoder.

mod analysis;
mod bits;
mod cached;
mod cluster;
mod color;
mod config;
mod encoder;
mod entropy;
mod error;
mod histogram;
mod lengths;
mod matches;
mod palette;
mod parse;
mod predictor;
mod prefix;
mod stream;
mod tokens;

pub use config::{Config, Effort};
pub use encoder::Encoder;
pub use error::EncodeError;
