//! The decoder: bytes in, rows out.
//!
//! A [`Decoder`] is fed chunks of any size and never waits: it returns a strip of planes, a row of pixels, or a
//! request for more input. It decodes straight to N/8 of the image's size, reads only the scans of a progressive image
//! that this size can show, and holds a few rows of a baseline one.
//!
//! ```
//! # fn main() -> Result<(), tintype_jpeg::decode::DecodeError> {
//! # let file: &[u8] = include_bytes!("../../tests/data/picture.jpg");
//! use tintype_jpeg::decode::{Decoder, DecoderConfig, Output, Scale, Step};
//!
//! let mut decoder = Decoder::new(DecoderConfig::default());
//! let mut chunks = file.chunks(4096);
//! let mut feed = |decoder: &mut Decoder| match chunks.next() {
//!     Some(chunk) => decoder.feed(chunk),
//!     None => decoder.finish(),
//! };
//!
//! while decoder.header()?.is_none() {
//!     feed(&mut decoder);
//! }
//! let layout = decoder.start(Scale::HALF, Output::Planar)?;
//! let mut planes = vec![Vec::new(); layout.planes().len()];
//! let (width, height) = (layout.planes()[0].width, layout.planes()[0].height);
//! loop {
//!     match decoder.next_strip()? {
//!         Step::Strip(strip) => {
//!             for (plane, rows) in planes.iter_mut().zip(strip.planes()) {
//!                 rows.iter().for_each(|row| plane.extend_from_slice(row));
//!             }
//!         }
//!         Step::NeedInput => feed(&mut decoder),
//!         Step::Done => break,
//!     }
//! }
//! assert_eq!(planes[0].len(), (width * height) as usize);
//! # Ok(())
//! # }
//! ```
//!
//! # Damage
//!
//! Unless [`Damage::Refuse`] is set, a truncated or corrupt image decodes as far as it goes, and
//! [`Decoder::damage`] reports the first [`Flaw`].

mod band;
mod bits;
mod block;
mod color;
mod config;
mod cost;
mod decoder;
mod entropy;
mod error;
mod header;
mod huffman;
mod idct;
mod input;
mod layout;
mod scan;
mod scan_header;
mod spectral;
mod store;
mod strip;
mod tables;
mod upsample;
mod work;

pub use config::{Damage, DecoderConfig, Keep};
pub use decoder::Decoder;
pub use error::{DecodeError, Flaw, Unsupported};
pub use header::{ColorModel, Component, Header};
pub use layout::{Layout, Output, Plane, Scale};
pub use strip::{PlaneRows, Row, Step, Strip};
