//! A request for an image, whichever grammar it was written in.
//!
//! A grammar turns a URL into an [`ImageRequest`]; nothing after that knows which grammar it was. The types extend the
//! contract's `options` by what only the service can decide, such as [`OutputFormat::Auto`].

mod color;
mod crop;
mod delivery;
mod geometry;
mod length;
mod output;

use tintype_types::{self as engine, Format, Input, Limits, Options};

pub use color::{parse_color, write_color};
pub use crop::{Crop, CropParts, Place};
pub use delivery::{Delivery, OnError, Passthrough, file_name};
pub use geometry::{Fit, Geometry, at_focal_point};
pub use length::{Factor, Length, number};
pub use output::{Output, OutputFormat, Quality};

/// One image to make: its source, the changes to make, and how to deliver the result.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ImageRequest {
    /// The origin of the bytes.
    pub source: Source,
    /// Place and size of pixels.
    pub geometry: Geometry,
    /// Encoding.
    pub output: Output,
    /// Delivery, which does not change the bytes of a rendition.
    pub delivery: Delivery,
}

/// The origin of a source's bytes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Source {
    /// The body of the request.
    #[default]
    Body,
    /// A URL as the client wrote it: not checked yet.
    Url(String),
}

impl ImageRequest {
    /// The contract's options for a source of this width and height, upright if the image is to be.
    pub fn options(&self, source: (u32, u32), format: Format, limits: Limits) -> Options {
        Options {
            input: Input { accept_damage: true },
            geometry: self.geometry.resolve(source),
            output: engine::Output {
                format,
                quality: self.output.quality.of(format),
                lossless: self.output.lossless && format != Format::Jpeg,
            },
            limits,
        }
    }

    /// The options of a session that only has to report the source's size: its rendition is one pixel.
    pub fn probe(limits: Limits) -> Options {
        let mut options = Options { limits, ..Options::default() };
        (options.geometry.width, options.geometry.height) = (Some(1), Some(1));
        options
    }

    /// The same request without the differences that make no difference: two requests with equal normal forms are
    /// requests for the same response.
    #[must_use]
    pub fn normalized(&self) -> Self {
        Self {
            source: self.source.clone(),
            geometry: self.geometry.normalized(),
            output: self.output.normalized(),
            delivery: self.delivery.clone(),
        }
    }
}
