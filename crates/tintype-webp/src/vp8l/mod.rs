//! What reading and writing lossless data have in common (RFC 9649, 3).

pub(crate) mod cache;
pub(crate) mod distance;
pub(crate) mod predict;
