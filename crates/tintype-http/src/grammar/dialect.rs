//! The common ground of the dialects.

use crate::failure::{Failure, Kind};
use crate::request::{ImageRequest, OutputFormat, Quality};

/// A request without options, in the grammars that keep the source's format.
pub(super) fn keeping_format(quality: u8) -> ImageRequest {
    let mut request = ImageRequest::default();
    request.output.format = OutputFormat::Source;
    request.output.quality = Quality::all(quality);
    request
}

/// The failure of a target that names no source.
pub(super) fn no_source(reason: &str, advice: &str) -> Failure {
    Failure::new(Kind::InvalidSource, format!("the path names no source{reason}")).with_detail(advice)
}
