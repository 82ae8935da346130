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
        /// A description of the problem and of what is accepted, for people to read. It continues a sentence that begins
        /// with the option: "is given twice".
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
    /// [`crate::Limits::frames`]
    Frames,
    /// [`crate::Limits::frame_pixels`]
    FramePixels,
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
    /// The feature of a format that cannot be decoded at all.
    pub const DECODING: &str = "decoding";
    /// The feature of a format that cannot be encoded at all.
    pub const ENCODING: &str = "encoding";

    /// Creates an [`Error::Malformed`].
    pub fn malformed(format: Format, detail: impl fmt::Display) -> Self {
        Self::Malformed { format, detail: detail.to_string() }
    }

    /// Creates an [`Error::Unsupported`].
    pub fn unsupported(format: Format, feature: impl fmt::Display) -> Self {
        Self::Unsupported { format, feature: feature.to_string() }
    }

    /// Creates an [`Error::InvalidOption`]. The detail continues a sentence that begins with the option: "is given twice".
    pub fn invalid(name: &'static str, detail: impl fmt::Display) -> Self {
        Self::InvalidOption { name: name.into(), detail: detail.to_string() }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unrecognized => {
                write!(
                    f,
                    "the source is not an image of a known format; {} can be decoded",
                    list(Format::DECODED)
                )
            }
            Self::Unsupported { format, feature } => {
                write!(f, "{} {feature} is not supported", format.title())?;
                match feature.as_str() {
                    Self::DECODING => write!(f, "; {} can be decoded", list(Format::DECODED)),
                    Self::ENCODING => write!(f, "; {} can be encoded", list(Format::ENCODED)),
                    _ => Ok(()),
                }
            }
            Self::Malformed { format, detail } => {
                write!(f, "the {} source is damaged: {detail}", format.title())
            }
            Self::InvalidOption { name, detail } => write!(f, "the option {name} {detail}"),
            Self::LimitExceeded { limit, allowed, needed } => {
                let (option, unit) = (limit.option(), limit.unit());
                write!(f, "the call needs at least {needed} {unit}, and {option} allows {allowed}")
            }
            Self::Ended => write!(f, "the session has ended: it was finished, or a call on it failed"),
            Self::Internal(detail) => write!(f, "this is a bug in tintype, please report it: {detail}"),
        }
    }
}

/// The names of formats: "JPEG, PNG and WebP".
fn list(formats: &[Format]) -> String {
    let names: Vec<&str> = formats.iter().map(|format| format.title()).collect();
    match names.as_slice() {
        [first @ .., last] if !first.is_empty() => format!("{} and {last}", first.join(", ")),
        names => names.concat(),
    }
}

impl std::error::Error for Error {}

impl Limit {
    /// The option that sets the limit, for messages.
    pub const fn option(self) -> &'static str {
        match self {
            Self::SourceBytes => "max-source-bytes",
            Self::SourcePixels => "max-source-pixels",
            Self::Frames => "max-frames",
            Self::FramePixels => "max-frame-pixels",
            Self::OutputSide => "max-output-side",
            Self::OutputPixels => "max-output-pixels",
            Self::Memory => "max-memory",
            Self::Work => "max-work",
        }
    }

    /// The unit of the limit, for messages such as "needs 5 bytes of source".
    pub const fn unit(self) -> &'static str {
        match self {
            Self::SourceBytes => "bytes of source",
            Self::SourcePixels => "pixels of source",
            Self::Frames => "frames of source",
            Self::FramePixels => "pixels of a frame",
            Self::OutputSide => "pixels on the output's longest side",
            Self::OutputPixels => "pixels of output",
            Self::Memory => "bytes of memory",
            Self::Work => "units of work",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_is_a_sentence_that_says_what_is_accepted() {
        let sentences = [
            (
                Error::Unrecognized,
                "the source is not an image of a known format; JPEG, PNG, WebP, GIF, TIFF, BMP, ICO, QOI and PNM can be decoded",
            ),
            (
                Error::unsupported(Format::Heic, Error::DECODING),
                "HEIC decoding is not supported; JPEG, PNG, WebP, GIF, TIFF, BMP, ICO, QOI and PNM can be decoded",
            ),
            (
                Error::unsupported(Format::Avif, Error::ENCODING),
                "AVIF encoding is not supported; JPEG, PNG, WebP and GIF can be encoded",
            ),
            (
                Error::unsupported(Format::Jpeg, "with arithmetic coding"),
                "JPEG with arithmetic coding is not supported",
            ),
            (
                Error::malformed(Format::Png, "it ends too early"),
                "the PNG source is damaged: it ends too early",
            ),
            (
                Error::invalid("width-share", crate::OutOfRange::SHARE),
                "the option width-share is out of range; accepted is more than 0 and at most 1000",
            ),
            (
                Error::LimitExceeded { limit: Limit::OutputSide, allowed: 8192, needed: 9000 },
                "the call needs at least 9000 pixels on the output's longest side, and max-output-side allows 8192",
            ),
            (Error::Ended, "the session has ended: it was finished, or a call on it failed"),
            (Error::Internal("x".into()), "this is a bug in tintype, please report it: x"),
        ];
        for (error, sentence) in sentences {
            assert_eq!(error.to_string(), sentence);
        }
    }
}
