//! To be written.
use crate::failure::{Failure, Kind, Result};
use crate::request::ImageRequest;
/// To be written.
pub fn signed_link(_: &str) -> Option<(&str, &str)> {
    None
}
/// To be written.
pub fn read(_: &str) -> Result<ImageRequest> {
    Err(Failure::new(Kind::Unsupported, "not yet"))
}
/// To be written.
pub fn write(_: &ImageRequest) -> String {
    String::new()
}
/// To be written.
pub fn fallback_of(_: &str) -> Option<crate::request::OnError> {
    None
}
