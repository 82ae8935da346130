//! The decoder: bytes in, rows out.
//!
//! A [`Decoder`] is fed chunks of any size and never waits: it returns a row of pixels, or a request for more input.
//!
//! # Damage
//!
//! Unless [`Damage::Refuse`] is set, a truncated or corrupt image decodes as far as it goes, and
//! [`Decoder::damage`] reports the first [`Flaw`].

mod alpha;
mod budget;
mod config;
mod container;
mod decoder;
mod error;
mod header;
mod info;
mod input;
mod lossless;
mod lossy;
mod strip;
mod work;

pub use config::{Damage, DecoderConfig};
pub use decoder::Decoder;
pub use error::{DecodeError, Flaw, Unsupported};
pub use header::{Compression, Header};
pub use info::{Info, info};
pub use strip::{Output, PlaneRows, Row, Step, Strip};
