//! Configuration.

use std::time::Duration;

/// Bounds on the time that origins and clients may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timeouts {
    /// Connecting to an origin.
    pub connect: Duration,
    /// From the connection to an origin's first byte.
    pub first_byte: Duration,
    /// A pause of an origin, or of a client that uploads an image.
    pub between_bytes: Duration,
    /// The whole request, until its response begins.
    pub total: Duration,
}
