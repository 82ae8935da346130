#![doc = include_str!("../README.md")]

mod adjust;
mod contract;
mod error;
mod format;
mod geometry;
mod info;
mod length;
mod mask;
mod names;
mod options;
mod overlay;
mod setting;

pub use adjust::{Adjust, Amount, Obscure, Sharpen, Tone, Unsharp, Veil};
#[doc(hidden)]
pub use contract::checked;
pub use error::{Error, Limit, Result};
pub use format::{Format, SNIFF_BYTES, sniff};
pub use geometry::{
    Angle, Color, Crop, CropRatio, Extend, Extent, Fill, Fit, Geometry, Gravity, Position, Rotation, Sides,
    Smart, Tilt, Trim, Zoom,
};
pub use info::{
    Animation, ColorModel, Exif, Facts, IccProfile, Info, Location, Looks, Outline, Pixels, Point, Source,
};
pub use length::{Factor, Length, Offset, OutOfRange, number};
pub use mask::{Mask, MaskShape};
pub use names::UnknownName;
pub use options::{
    Alternative, Effort, Filter, Input, Limits, Metadata, Options, Output, Profile, Subsampling,
};
pub use overlay::{Blend, Overlay, Place};
pub use setting::Setting;
