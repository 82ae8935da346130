//! The encoder: rows in, bytes out.

pub mod container;
pub mod lossy;
