//! The errors of the engine.

use std::borrow::Cow;
use std::fmt;

use crate::Format;

/// The result of every fallible engine call.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// The reason why a call failed. Mirrors `variant failure` of `wit/types.wit`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Error {
    /// The source is empty, or its format is unknown.
    Unrecognized,
    /// The source or the requested output needs a feature that the engine does not support.
    Unsupported {
        /// The format.
        format: Format,
        /// The unsupported feature, for example `decoding` or `with arithmetic coding`.
        feature: String,
    },
    /// The source is corrupt or truncated.
    Malformed {
        /// The format, recognised by its magic bytes.
        format: Format,
        /// A description of the problem, for people to read.
        detail: String,
    },
    /// An option is out of range or conflicts with another.
    InvalidOption {
        /// The option's name in the contract, for example `width`.
        name: Cow<'static, str>,
        /// A description of the problem and of what is accepted, for people to read.
        detail: String,
    },
    /// The call would exceed one of the caller's limits.
    LimitExceeded {
        /// The limit exceeded.
        limit: Limit,
        /// The value of the limit.
        allowed: u64,
        /// The amount that the call needs, as a lower bound.
        needed: u64,
    },
    /// The session was finished, or an earlier call on it failed.
    Ended,
    /// A bug in the engine. Please report it.
    Internal(String),
}

/// Names one of the [`crate::Limits`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Limit {
    /// [`crate::Limits::source_bytes`]
    SourceBytes,
    /// [`crate::Limits::source_pixels`]
    SourcePixels,
    /// [`crate::Limits::output_side`]
    OutputSide,
    /// [`crate::Limits::output_pixels`]
    OutputPixels,
    /// [`crate::Limits::memory`]
    Memory,
    /// [`crate::Limits::work`]
    Work,
}

impl Limit {
    /// Compares the amount needed with the amount allowed.
    ///
    /// # Errors
    ///
    /// Returns [`Error::LimitExceeded`] if `needed` is greater than `allowed`.
    pub fn check(self, needed: u64, allowed: u64) -> Result<()> {
        if needed <= allowed { Ok(()) } else { Err(Error::LimitExceeded { limit: self, allowed, needed }) }
    }
}

impl Error {
    /// Creates an [`Error::Malformed`].
    pub fn malformed(format: Format, detail: impl fmt::Display) -> Self {
        Self::Malformed { format, detail: detail.to_string() }
    }

    /// Creates an [`Error::Unsupported`].
    pub fn unsupported(format: Format, feature: impl fmt::Display) -> Self {
        Self::Unsupported { format, feature: feature.to_string() }
    }

    /// Creates an [`Error::InvalidOption`].
    pub fn invalid(name: &'static str, detail: impl fmt::Display) -> Self {
        Self::InvalidOption { name: name.into(), detail: detail.to_string() }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unrecognized => write!(f, "the source is not an image of a known format"),
            Self::Unsupported { format, feature } => {
                write!(f, "{} {feature} is not supported", format.title())
            }
            Self::Malformed { format, detail } => {
                write!(f, "the {} source is damaged: {detail}", format.title())
            }
            Self::InvalidOption { name, detail } => write!(f, "option {name}: {detail}"),
            Self::LimitExceeded { limit, allowed, needed } => {
                write!(f, "needs {needed} {}, and {allowed} are allowed", limit.unit())
            }
            Self::Ended => write!(f, "the session has ended"),
            Self::Internal(detail) => write!(f, "internal error: {detail}"),
        }
    }
}

impl std::error::Error for Error {}

impl Limit {
    /// The unit of the limit, for messages such as "needs 5 bytes of source".
    pub const fn unit(self) -> &'static str {
        match self {
            Self::SourceBytes => "bytes of source",
            Self::SourcePixels => "pixels of source",
            Self::OutputSide => "pixels on the output's longest side",
            Self::OutputPixels => "pixels of output",
            Self::Memory => "bytes of memory",
            Self::Work => "units of work",
        }
    }
}
