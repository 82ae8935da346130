//! The encoder: rows in, bytes out.
//!
//! [`lossy`] makes the image data of a lossy file, and [`container`] the file around it, with metadata and coded alpha.

pub mod container;
pub mod lossy;
