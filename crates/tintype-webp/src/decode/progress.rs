//! How far decoding came.

use super::error::{DecodeError, Flaw};

/// How a step ended.
pub(crate) enum Progress {
    /// There is another row.
    Row,
    NeedInput,
}

/// Why decoding cannot go on.
pub(crate) enum Stop {
    Flaw(Flaw),
    Error(DecodeError),
}

impl From<DecodeError> for Stop {
    fn from(error: DecodeError) -> Self {
        Self::Error(error)
    }
}
