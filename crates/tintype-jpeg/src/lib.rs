//! Streaming JPEG for images that are about to become smaller.
//!
//! The [`Decoder`] is fed bytes in chunks of any size and never blocks: it answers a strip of planes, a row of
//! pixels, or that it needs more input. It decodes straight to N/8 of the image's size, reads only the scans
//! of a progressive image that this size can show, and holds a few rows of a baseline one. Every operation is an
//! integer one: the same file gives the same bytes on every machine, with SIMD or without, however it is chunked.
//!
//! ```
//! # fn main() -> Result<(), tintype_jpeg::Error> {
//! # let file: &[u8] = include_bytes!("../tests/data/picture.jpg");
//! use tintype_jpeg::{DecodeOptions, Decoder, Output, Row, Scale};
//!
//! let mut decoder = Decoder::new(DecodeOptions::default());
//! let mut chunks = file.chunks(4096);
//! let mut feed = |decoder: &mut Decoder| match chunks.next() {
//!     Some(chunk) => decoder.feed(chunk),
//!     None => decoder.finish(),
//! };
//!
//! while decoder.header()?.is_none() {
//!     feed(&mut decoder);
//! }
//! let size = decoder.start(Scale::HALF, Output::Interleaved)?.size();
//! let mut pixels = Vec::new();
//! loop {
//!     match decoder.next_row()? {
//!         Row::Pixels(row) => pixels.extend_from_slice(row),
//!         Row::NeedInput => feed(&mut decoder),
//!         Row::Done => break,
//!     }
//! }
//! assert_eq!(pixels.len() as u64, u64::from(size.0) * u64::from(size.1) * 3);
//! # Ok(())
//! # }
//! ```
#![no_std]

extern crate alloc;

mod annex_k;
mod decode;
pub mod encode;
mod lanes;
mod marker;
mod ycbcr;
mod zigzag;

pub use decode::*;
