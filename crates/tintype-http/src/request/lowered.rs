//! Limits that a URL lowers.

use tintype_types::Limits;

/// Limits that count where they are below those of the service: nobody raises these by a URL.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Lowered {
    /// Bytes of the source.
    pub source_bytes: Option<u64>,
    /// Pixels of the source, in all frames that are decoded.
    pub source_pixels: Option<u64>,
    /// Pixels of each frame of an animation.
    pub frame_pixels: Option<u64>,
}

impl Lowered {
    /// The lower ones of these limits and of these here.
    #[must_use]
    pub fn within(self, limits: Limits) -> Limits {
        let lower = |limit: Option<u64>, most: u64| limit.map_or(most, |limit| limit.min(most));
        Limits {
            source_bytes: lower(self.source_bytes, limits.source_bytes),
            source_pixels: lower(self.source_pixels, limits.source_pixels),
            frame_pixels: lower(self.frame_pixels, limits.frame_pixels),
            ..limits
        }
    }
}
