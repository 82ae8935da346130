//! The variable-length-code LZW of GIF (GIF89a, appendix F).

mod decode;
mod encode;

pub(crate) use decode::{Expander, State};
pub(crate) use encode::Compressor;

/// The most bits of a code.
const MAX_BITS: u32 = 12;

/// Codes that there can be.
const CODES: usize = 1 << MAX_BITS;
