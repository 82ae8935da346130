#![doc = include_str!("../README.md")]

mod contract;
mod error;
mod format;
mod info;
mod names;
mod options;

pub use error::{Error, Limit, Result};
pub use format::{Format, SNIFF_BYTES, sniff};
pub use info::{ColorModel, Exif, Info, Outline, Source};
pub use names::UnknownName;
pub use options::{Color, Filter, Fit, Geometry, Gravity, Input, Limits, Options, Output, Region, Rotation};
