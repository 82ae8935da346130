//! What the readers of all chunks share (RFC 9649, 2.3): identifiers, numbers and the error of a malformed chunk.

use super::error::DecodeError;

/// A chunk's four characters.
pub(crate) type ChunkId = [u8; 4];

pub(crate) const VP8: ChunkId = *b"VP8 ";
pub(crate) const VP8L: ChunkId = *b"VP8L";
pub(crate) const VP8X: ChunkId = *b"VP8X";
pub(crate) const ANIM: ChunkId = *b"ANIM";
pub(crate) const ANMF: ChunkId = *b"ANMF";
pub(crate) const ALPH: ChunkId = *b"ALPH";
pub(crate) const ICCP: ChunkId = *b"ICCP";
pub(crate) const EXIF: ChunkId = *b"EXIF";
pub(crate) const XMP: ChunkId = *b"XMP ";

/// The error of a chunk that lacks the content expected.
pub(crate) fn malformed(chunk: ChunkId, expected: &'static str) -> DecodeError {
    DecodeError::Malformed { chunk, expected }
}

/// Reads a number of 24 bits, least significant byte first.
pub(crate) fn u24([low, middle, high]: [u8; 3]) -> u32 {
    u32::from_le_bytes([low, middle, high, 0])
}
