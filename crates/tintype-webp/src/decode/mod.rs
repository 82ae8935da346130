//! The decoder: bytes in, rows out.
//!
//! A [`Decoder`] is fed chunks of any size and never waits: it returns a row of pixels, or a request for more input.
//!
//! ```
//! # fn main() -> Result<(), tintype_webp::decode::DecodeError> {
//! # let file: &[u8] = include_bytes!("../../tests/data/picture.webp");
//! use tintype_webp::decode::{Decoder, DecoderConfig, Output, Row};
//!
//! let mut decoder = Decoder::new(DecoderConfig::default());
//! let mut chunks = file.chunks(4096);
//! let mut feed = |decoder: &mut Decoder| match chunks.next() {
//!     Some(chunk) => decoder.feed(chunk),
//!     None => decoder.finish(),
//! };
//!
//! let header = loop {
//!     match decoder.header()? {
//!         Some(header) => break header.clone(),
//!         None => feed(&mut decoder),
//!     }
//! };
//! decoder.start(Output::Interleaved)?;
//! let mut pixels = Vec::new();
//! loop {
//!     match decoder.next_row()? {
//!         Row::Pixels(row) => pixels.extend_from_slice(row),
//!         Row::NeedInput => feed(&mut decoder),
//!         Row::Done => break,
//!     }
//! }
//! assert_eq!(pixels.len(), (header.width * header.height) as usize * header.channels());
//! # Ok(())
//! # }
//! ```
//!
//! # Damage
//!
//! Unless [`Damage::Refuse`] is set, a truncated or corrupt image decodes as far as it goes, and
//! [`Decoder::damage`] reports the first [`Flaw`].

mod alpha;
mod animation;
mod bitstream;
mod budget;
mod chunk;
mod config;
mod container;
mod decoder;
mod error;
mod header;
mod info;
mod input;
mod lossless;
mod lossy;
mod progress;
mod strip;
mod work;

#[cfg(test)]
pub(crate) use lossy::BoolDecoder;

pub use animation::{Animation, Drawn, Frame};
pub use config::{Damage, DecoderConfig};
pub use decoder::Decoder;
pub use error::{DecodeError, Flaw, Unsupported};
pub use header::{Compression, Header, Playback};
pub use info::{Info, info};
pub use strip::{Output, PlaneRows, Row, Step, Strip};
