//! Animations: canvases in, a file out, whose frames are no larger than what changes.
//!
//! ```
//! use tintype_webp::encode::animation::{Attached, Coding, EncodeError, Encoder};
//! use tintype_webp::encode::lossless;
//!
//! /// A file that plays canvases of RGBA forever, each for a tenth of a second.
//! fn encode(width: u32, height: u32, canvases: &[Vec<u8>]) -> Result<Vec<u8>, EncodeError> {
//!     let mut encoder = Encoder::new(width, height, true)?;
//!     for canvas in canvases {
//!         for row in canvas.chunks(4 * width as usize) {
//!             encoder.push_row(row)?;
//!         }
//!         encoder.end_frame(100, Coding::Lossless(lossless::Config::default()))?;
//!         while encoder.step()? {} // or look at a clock in between
//!     }
//!     Ok(encoder.finish(0, &Attached::default())?.concat())
//! }
//!
//! let (white, red) = (vec![255; 16 * 8 * 4], [255, 0, 0, 255].repeat(16 * 8));
//! let file = encode(16, 8, &[white, red])?;
//! assert!(file.len() < 200);
//! # Ok::<(), EncodeError>(())
//! ```
//!
//! # How a frame is encoded
//!
//! A frame is compared with the canvas before it. What differs lies in a rectangle, and only that is encoded. Where the
//! canvas becomes transparent, the frame before may clear its own rectangle first, if that leaves a smaller one. Within the
//! rectangle, whatever does not change becomes transparent, pixel by pixel if the frame is lossless and in whole macroblocks
//! if it is lossy, unless the frame has to make visible pixels more transparent. A frame that changes nothing prolongs the
//! one before.
//!
//! # Memory
//!
//! The encoder holds two canvases, what encoding one frame takes ([`Encoder::memory`]), and the frames encoded so far
//! ([`Encoder::held`]): the size of a file stands at its beginning.

mod coder;
mod difference;
mod encoder;
mod error;
mod file;

pub use coder::Coding;
pub use encoder::Encoder;
pub use error::EncodeError;
pub use file::Attached;
