//! Lossy image data: key frames of VP8 (RFC 6386).
//!
//! Data flows one way. Rows of pixels or planes fill a *strip*, the samples of one row of macroblocks. For each macroblock
//! of a full strip the encoder chooses modes and coefficients by what they cost in bits and in error, reconstructs what a
//! decoder will see, and keeps modes and coefficients in a compact form. When all rows are there, their statistics give
//! the probabilities, and [`Encoder::step`] writes a row of macroblocks at a time: first all modes, then all coefficients.
//!
//! ```
//! use tintype_webp::encode::container::{Data, Still};
//! use tintype_webp::encode::lossy::{Config, EncodeError, Encoder, Input};
//!
//! fn encode(width: u32, height: u32, rgb: &[u8]) -> Result<Vec<u8>, EncodeError> {
//!     let mut encoder = Encoder::new(width, height, Input::Rgb, Config { quality: 80, ..Config::default() })?;
//!     for row in rgb.chunks(width as usize * 3) {
//!         encoder.push_row(row)?;
//!     }
//!     while encoder.step()? {} // or look at a clock in between
//!     let image = encoder.finish()?;
//!     let mut file = Vec::new();
//!     let still = Still::new(width, height, Data::Lossy { image: &image, alpha: None });
//!     still.write(&mut file).expect("less than 4 GiB");
//!     Ok(file)
//! }
//!
//! let file = encode(20, 10, &[200; 20 * 10 * 3])?;
//! assert!(file.starts_with(b"RIFF"));
//! # Ok::<(), EncodeError>(())
//! ```
//!
//! # Alpha
//!
//! Alpha is not part of this data: it is a chunk of its own. But pixels with alpha ([`Input::Rgba`]) are encoded for it.
//! Colours count as much as they are opaque, and invisible pixels become whatever costs least.
//!
//! # Memory
//!
//! Besides a strip the encoder holds the coefficients of the whole image, at a byte for each up to the last of a block
//! that is not zero: a sixth to a half of a byte for each pixel of a photograph at quality 75. [`Encoder::memory`] has the
//! upper bound.

mod alpha;
mod block;
mod bool_writer;
mod budget;
mod choice;
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
