//! The encoder: rows in, bytes out.
//!
//! [`lossy`] makes the image data of a lossy file, [`lossless`] that of a lossless one and coded alpha, and [`container`] the
//! file around it, with metadata. [`animation`] makes the file of several images.

pub mod animation;
pub mod container;
pub mod lossless;
pub mod lossy;

/// How much time to spend on fewer bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Effort {
    /// Half of the time or less.
    Fast,
    /// The balance of time and bytes.
    #[default]
    Default,
    /// Several times the time, for the last few percent.
    Best,
}
