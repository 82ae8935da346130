//! Lossy image data: key frames of VP8 (RFC 6386).

mod alpha;
mod block;
mod bool_writer;
mod chroma;
mod color;
mod config;
mod costs;
mod encoder;
mod error;
mod frame;
mod header;
mod luma16;
mod luma4;
mod macroblock;
mod predict;
mod quantizer;
mod residue;
mod samples;
mod segments;
mod sharp;
mod statistics;
mod store;
mod tokens;
mod trellis;

pub use config::{Config, Effort, Input, Plane};
pub use encoder::Encoder;
pub use error::EncodeError;
