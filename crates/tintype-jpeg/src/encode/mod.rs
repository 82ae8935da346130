//! The encoder: rows in, bytes out.
//!
//! Data flows one way. Rows of pixels or planes fill the *strips* of one row of MCUs. Its blocks are transformed,
//! quantised, and kept as run and size symbols. Those become bits: at once if the Huffman tables are fixed, otherwise
//! when there are enough to make the tables from, and in a progressive file at the end.
//!
//! ```
//! use tintype_jpeg::encode::{EncodeError, Encoder, EncoderConfig};
//!
//! fn encode(width: u32, height: u32, rgb: &[u8]) -> Result<Vec<u8>, EncodeError> {
//!     let mut encoder = Encoder::new(EncoderConfig { quality: 85, ..EncoderConfig::new(width, height) })?;
//!     let mut file = Vec::new();
//!     for rows in rgb.chunks(width as usize * 3 * 16) {
//!         encoder.write_rgb(rows)?;
//!         file.append(&mut encoder.take_output()); // or all at once, at the end
//!     }
//!     encoder.finish()?;
//!     file.append(&mut encoder.take_output());
//!     Ok(file)
//! }
//!
//! let file = encode(20, 10, &[200; 20 * 10 * 3])?;
//! assert!(file.starts_with(&[0xFF, 0xD8]) && file.ends_with(&[0xFF, 0xD9]));
//! # Ok::<(), EncodeError>(())
//! ```
//!
//! A caller that has luminance and chroma at their own sizes, as a resampler of planes does, writes them as they are:
//! [`Encoder::write_plane`].
//!
//! # Memory
//!
//! The encoder holds one row of MCUs of samples and symbols. For a baseline file with tables of its own it also holds at
//! most a mebibyte of symbols, from which it makes the tables; after that, bytes leave with every row. For a progressive
//! file it holds the symbols of the whole image: a third to two thirds of a byte for each pixel of a photograph at
//! quality 80.
//!
//! The crate's README compares the bytes with those of other encoders.

mod bit_writer;
mod coefficients;
mod color;
mod config;
mod encoder;
mod entropy;
mod error;
mod fdct;
mod huffman;
mod layout;
mod progressive;
mod quantize;
mod samples;
mod segments;
mod sequential;
mod trellis;

pub use config::{Components, Density, Effort, EncoderConfig, Plane, QuantTables, Subsampling};
pub use encoder::Encoder;
pub use error::EncodeError;

pub use crate::marker::{MAX_EXIF, MAX_ICC, MAX_RESOURCES, MAX_XMP};
