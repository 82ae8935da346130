//! How to decode.

/// How to decode.
#[derive(Debug, Clone)]
pub struct DecoderConfig {
    /// Most memory that decoding may hold, in bytes, beyond input that is fed ahead of its use. 128 MiB unless set.
    pub max_memory: u64,
    /// Largest EXIF data to keep, in bytes; larger ones are skipped. 64 KiB unless set.
    pub max_exif: u32,
    /// Largest ICC profile to keep, in bytes; larger ones are skipped. 4 MiB unless set.
    pub max_icc: u32,
    /// Whether to decode an image with missing or corrupt parts. [`Damage::Accept`] unless set.
    pub damage: Damage,
}

impl Default for DecoderConfig {
    fn default() -> Self {
        Self { max_memory: 128 << 20, max_exif: 64 << 10, max_icc: 4 << 20, damage: Damage::Accept }
    }
}

/// Whether to decode an image with missing or corrupt parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Damage {
    /// Decode the rows before the flaw, repeat the last of them for the rest, and report the flaw by
    /// [`Decoder::damage`](super::Decoder::damage). An image without even its first row is refused.
    Accept,
    /// Return [`DecodeError::Damaged`](super::DecodeError::Damaged) when a flaw is found.
    Refuse,
}
