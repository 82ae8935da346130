//! To be written.
use crate::failure::{Failure, Kind, Result};
use crate::request::ImageRequest;
/// To be written.
pub const PREFIX: &str = "/_ipx/";
/// To be written.
pub fn read(_: &str) -> Result<ImageRequest> {
    Err(Failure::new(Kind::Unsupported, "not yet"))
}
/// To be written.
pub fn write(_: &ImageRequest) -> String {
    String::new()
}
