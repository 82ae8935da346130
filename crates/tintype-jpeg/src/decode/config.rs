//! How to decode.

/// How to decode.
#[derive(Debug, Clone)]
pub struct DecoderConfig {
    /// Most memory that decoding may hold, in bytes, with the input that was fed ahead of its use when decoding starts.
    /// 128 MiB unless set.
    pub max_memory: u64,
    /// Most work that scans may take, in units of about one WebAssembly instruction; those after it are left out, which
    /// counts as damage. However much this is, scans never visit blocks far more often than the image's size and bytes
    /// account for. No limit unless set.
    pub max_work: u64,
    /// Most metadata to keep, in bytes; segments beyond it are left out. 4 MiB unless set.
    pub max_metadata: usize,
    /// Which metadata to keep, in addition to EXIF. All unless set.
    pub keep: Keep,
    /// Most scans to read; those after them are left out, which counts as damage. 256 unless set: writers use about 10,
    /// and each can cost a walk over the whole image.
    pub max_scans: u32,
    /// Whether to decode an image with missing or corrupt parts. [`Damage::Accept`] unless set.
    pub damage: Damage,
}

impl Default for DecoderConfig {
    fn default() -> Self {
        Self {
            max_memory: 128 << 20,
            max_work: u64::MAX,
            max_metadata: 4 << 20,
            keep: Keep::default(),
            max_scans: 256,
            damage: Damage::Accept,
        }
    }
}

/// Whether to decode an image with missing or corrupt parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Damage {
    /// Decode the sound parts, fill the rest from the last DC known, and report the flaw by
    /// [`Decoder::damage`](super::Decoder::damage). An image without even its first row of blocks is refused.
    Accept,
    /// Return [`DecodeError::Damaged`](super::DecodeError::Damaged) when a flaw is found.
    Refuse,
}

/// Which metadata to keep, in addition to EXIF, which is always kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Keep {
    /// The ICC profile.
    pub icc: bool,
    /// XMP.
    pub xmp: bool,
    /// Photoshop's image resources.
    pub resources: bool,
}

impl Default for Keep {
    fn default() -> Self {
        Self { icc: true, xmp: true, resources: true }
    }
}
