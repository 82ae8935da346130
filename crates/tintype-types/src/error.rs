//! Why there is no rendition.

use std::borrow::Cow;
use std::fmt;

use crate::Format;

/// The result of every fallible call of the engine.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why there is no rendition. Mirrors `variant error` of `wit/types.wit`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Error {
    /// The source is not an image of any known format, or it is empty.
    Unrecognized,
    /// The source or the output asks for something that is not handled.
    Unsupported {
        /// The format.
        format: Format,
        /// What about it is not handled.
        feature: String,
    },
    /// The source is damaged or ends too early.
    Malformed {
        /// The format that the first bytes announce.
        format: Format,
        /// What is wrong, for a human.
        detail: String,
    },
    /// An option is out of range.
    InvalidOption {
        /// The option's name as in the contract, for example `geometry.width`.
        name: Cow<'static, str>,
        /// What is wrong and what is accepted, for a human.
        detail: String,
    },
    /// The work would cost more than the caller allows.
    LimitExceeded {
        /// Which limit.
        limit: Limit,
        /// What it allows.
        allowed: u64,
        /// What the call needs: at least this much.
        needed: u64,
    },
    /// The session was finished, or an earlier call on it failed.
    Ended,
    /// A bug in the engine. Please report it.
    Internal(String),
}

/// Which of [`crate::Limits`] was exceeded.
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
}

impl Limit {
    /// Checks a need against the limit.
    ///
    /// # Errors
    ///
    /// [`Error::LimitExceeded`] if more is needed than allowed.
    pub fn check(self, needed: u64, allowed: u64) -> Result<()> {
        if needed <= allowed { Ok(()) } else { Err(Error::LimitExceeded { limit: self, allowed, needed }) }
    }
}

impl Error {
    /// A damaged source.
    pub fn malformed(format: Format, detail: impl fmt::Display) -> Self {
        Self::Malformed { format, detail: detail.to_string() }
    }

    /// A feature that is not handled.
    pub fn unsupported(format: Format, feature: impl fmt::Display) -> Self {
        Self::Unsupported { format, feature: feature.to_string() }
    }

    /// An option out of range.
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
            Self::Internal(detail) => write!(f, "internal fault: {detail}"),
        }
    }
}

impl std::error::Error for Error {}

impl Limit {
    /// The unit of the limit, for messages such as "5 bytes of source".
    pub const fn unit(self) -> &'static str {
        match self {
            Self::SourceBytes => "bytes of source",
            Self::SourcePixels => "pixels of source",
            Self::OutputSide => "pixels on the output's longest side",
            Self::OutputPixels => "pixels of output",
            Self::Memory => "bytes of memory",
        }
    }
}
