//! The lossless encoder: rows in, the content of a `VP8L` chunk out (RFC 9649), and that of an `ALPH` chunk.
//!
//! ```
//! use tintype_webp::encode::lossless::{Config, EncodeError, Encoder};
//!
//! fn encode(width: u32, height: u32, rgb: &[u8]) -> Result<Vec<u8>, EncodeError> {
//!     let mut encoder = Encoder::new(width, height, false, Config::default())?;
//!     for row in rgb.chunks(width as usize * 3) {
//!         encoder.push_row(row)?;
//!     }
//!     while encoder.step() {} // or look at a clock in between
//!     encoder.into_bytes()
//! }
//!
//! let content = encode(20, 10, &[200; 20 * 10 * 3])?;
//! assert!(content.starts_with(&[0x2F]) && content.len() < 50);
//! # Ok::<(), EncodeError>(())
//! ```
//!
//! # How an image is encoded
//!
//! All rows have to be there before the first bit, because every choice depends on counts. Then, by steps:
//!
//! 1. *Transforms.* Counts of pixels and of their differences say whether a table of colours is best, and otherwise
//!    whether to subtract green and to predict. Predictors and factors of the colour transform are chosen for each block.
//!    Near-lossless encoding rounds what is left after prediction.
//! 2. *Matches.* For every pixel the longest earlier match that is found by following a bounded number of links.
//! 3. *Choices.* The size of the colour cache, by trial on samples. Then the cheapest way through the image by
//!    literals, cached colours and copies, at the prices that symbols had in the sample.
//! 4. *Groups.* Blocks whose symbols are distributed alike share prefix codes.
//! 5. The bits.
//!
//! # Memory and work
//!
//! [`Encoder::memory`] is a bound, known before anything is allocated: pixels, matches and choices take ten bytes for
//! each pixel, and the result at most four more. Work is linear in pixels for any image: searches are bounded, runs are
//! passed over as a whole, and searches become short where they compare too much or find too little. All arithmetic is
//! on integers, logarithms included, so that every machine makes the same choices.

mod alpha;
mod analysis;
mod bits;
mod blocks;
mod cached;
mod cluster;
mod color;
mod config;
mod encoder;
mod entropy;
mod error;
mod flat;
mod histogram;
mod lengths;
mod matches;
mod merge;
mod near;
mod palette;
mod parse;
mod predictor;
mod prefix;
mod stream;
mod tokens;

pub use alpha::{AlphaEncoder, encode_alpha};
pub use config::{Config, Effort};
pub use encoder::Encoder;
pub use error::EncodeError;
