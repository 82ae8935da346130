//! How to decode.

/// How to decode.
#[derive(Debug, Clone)]
pub struct DecoderConfig {
    /// The most that decoding may hold, in bytes, beyond input fed ahead of use. 128 MiB unless set.
    pub max_memory: u64,
    /// The most metadata to keep, in bytes; what exceeds it is left out. 4 MiB unless set.
    pub max_metadata: usize,
    /// The most scans to read; those after are left out and flagged. 256 unless set: writers use about 10, and
    /// each can cost a walk over the whole image.
    pub max_scans: u32,
    /// What to do with an image of which something is missing or corrupt. [`Damage::Accept`] unless set.
    pub damage: Damage,
}

impl Default for DecoderConfig {
    fn default() -> Self {
        Self { max_memory: 128 << 20, max_metadata: 4 << 20, max_scans: 256, damage: Damage::Accept }
    }
}

/// What to do with an image of which something is missing or corrupt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Damage {
    /// Decode what is there, fill the rest from the last DC known, and tell by [`Decoder::damage`]. An image of
    /// which not even the first row of blocks is there is refused.
    Accept,
    /// Answer [`DecodeError::Damaged`] when it is found.
    Refuse,
}
