//! The tintype engine: bytes of an image in, bytes of a rendition out, by rows.
//!
//! ```no_run
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let mut options = tintype::Options::default();
//! options.geometry.width = Some(tintype::Length::Pixels(800));
//! let rendition = tintype::resize(std::fs::read("photo.jpg")?, &options)?;
//! std::fs::write("photo.webp", rendition.image)?;
//! # Ok(())
//! # }
//! ```
//!
//! [`resize`] is the one call most callers want, [`Session`] the same work as a stream, [`inspect`] the facts about an
//! image without a rendition of it. The types mirror `wit/types.wit` one to one.
//!
//! Inside, data flows one way. A decoder turns bytes into rows at a scale that the plan chose; the resampler, the
//! orientation and the background each take rows and hand rows on; an encoder turns rows into bytes. Nothing holds more
//! rows than it needs, the plan is made and its cost checked before anything is allocated, and the pixels' arithmetic is in
//! integers, so that the same source and options give the same bytes everywhere.

mod adjust;
mod color;
mod decode;
mod encode;
mod exif;
mod finish;
mod geometry;
mod join;
mod look;
mod lzw;
mod metadata;
mod overlay;
mod palette;
mod pipeline;
mod pixels;
mod plan;
mod queue;
mod resample;
mod session;
mod sink;
mod stage;
mod trim;

pub use session::Session;
pub use tintype_types::{
    Adjust, Alternative, Amount, Angle, Animation, Blend, Color, ColorModel, Crop, CropRatio, Effort, Error,
    Exif, Extend, Extent, Factor, Facts, Fill, Filter, Fit, Format, Geometry, Gravity, IccProfile, Info,
    Input, Length, Limit, Limits, Location, Looks, Mask, MaskShape, Metadata, Obscure, Offset, Options,
    Outline, Output, Overlay, Pixels, Place, Point, Position, Profile, Result, Rotation, SNIFF_BYTES,
    Setting, Sharpen, Sides, Smart, Source, Subsampling, Tilt, Tone, Trim, Unsharp, Veil, Zoom, sniff,
};

use std::borrow::Cow;

/// A finished image.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rendition {
    /// Format, size and origin.
    pub outline: Outline,
    /// Whether some of the source was found missing or corrupt on the way.
    pub damaged: bool,
    /// The work done, in units of [`Limits::work`].
    pub work: u64,
    /// The encoded bytes.
    pub image: Vec<u8>,
}

/// Makes a rendition of an image that is wholly in memory.
///
/// # Errors
///
/// See [`Error`].
pub fn resize<'a>(image: impl Into<Cow<'a, [u8]>>, options: &Options) -> Result<Rendition> {
    let mut session = Session::whole(options.clone());
    session.write(image)?;
    session.finish()?;
    let outline = session.outline().ok_or_else(|| Error::Internal("a rendition has no outline".into()))?;
    Ok(Rendition {
        outline,
        damaged: session.damaged(),
        work: session.work(),
        image: session.read(usize::MAX)?,
    })
}

/// Describes an image without decoding a pixel. A [`Session`] with [`Output::describe`] does the same to a stream, and looks
/// at pixels.
///
/// # Errors
///
/// See [`Error`].
pub fn inspect(image: &[u8]) -> Result<Info> {
    decode::info(sniff(image).ok_or(Error::Unrecognized)?, image)
}
