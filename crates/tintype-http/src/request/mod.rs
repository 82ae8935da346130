//! A request for an image, whichever grammar it was written in.
//!
//! A grammar turns a URL into an [`ImageRequest`]; nothing after that knows which grammar it was. Place and size are the
//! contract's; the other types extend its options by what only the service can decide, such as [`OutputFormat::Auto`].

mod auto_width;
mod color;
mod delivery;
mod details;
pub mod geometry;
mod lowered;
mod output;
mod watermark;

use tintype_types::{self as engine, Adjust, Format, Geometry, Input, Length, Limits, Metadata, Options};

use crate::hints::{Hints, OF_CONNECTION};

pub use auto_width::AutoWidth;
pub use color::{parse_color, write_color};
pub use delivery::{Delivery, OnError, Passthrough, file_name, file_stem};
pub use details::{Details, Fields, Shape};
pub use lowered::Lowered;
pub use output::{Output, OutputFormat, Quality};
pub use watermark::{Watermark, WatermarkImage};

/// One image to make: its source, the changes to make, and how to deliver the result.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ImageRequest {
    /// The origin of the bytes.
    pub source: Source,
    /// Place and size of pixels.
    pub geometry: Geometry,
    /// In place of a width, those that the client's hints choose from.
    pub auto_width: Option<AutoWidth>,
    /// Colours and detail.
    pub adjust: Adjust,
    /// An image to lay over the rendition.
    pub watermark: Watermark,
    /// Encoding.
    pub output: Output,
    /// Limits below those of the service.
    pub limits: Lowered,
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
    /// Whether a watermark is laid over the rendition. Then its bytes count, too, and no tag or date of the origin stands for
    /// the rendition.
    pub fn has_watermark(&self) -> bool {
        self.watermark.normalized().image.is_some()
    }

    /// The same request with the width and the quality that a client's hints choose, where they do.
    #[must_use]
    pub fn settled(mut self, hints: &Hints) -> Self {
        if let Some(auto) = self.auto_width.take() {
            let (width, decided_by) = auto.choose(hints);
            self.geometry.width = Some(Length::Pixels(width));
            self.delivery.decided_by = decided_by;
        }
        if let Some(quality) = self.output.slow_quality.take() {
            if hints.is_slow {
                self.output.quality = quality;
            }
            self.delivery.decided_by.extend(OF_CONNECTION);
        }
        self
    }

    /// The contract's options for a rendition in this format, but for the watermark, whose bytes are not here.
    pub fn options(&self, format: Format, limits: Limits) -> Options {
        let Output { page, frames, loops, delay, .. } = self.output;
        let Output { effort, progressive, subsampling, sharp_chroma, profile, metadata, .. } = self.output;
        let lossless = self.output.lossless && format.is_exact();
        Options {
            input: Input { allow_damaged: true, page, frames },
            geometry: self.geometry,
            adjust: self.adjust.clone(),
            overlays: Vec::new(),
            alternatives: self.output.alternatives(format),
            output: engine::Output {
                format,
                quality: self.output.quality.of(format).map(u32::from),
                auto_quality: self.output.auto_quality,
                max_bytes: self.output.max_bytes,
                lossless,
                near_lossless: if lossless && format == Format::Webp {
                    self.output.near_lossless
                } else {
                    100
                },
                effort,
                progressive,
                subsampling,
                sharp_chroma,
                bit_depth: if format == Format::Png { self.output.bit_depth } else { 8 },
                colors: self.output.colors,
                profile,
                metadata,
                location: self.output.location && metadata == Metadata::Keep,
                loops,
                delay,
                describe: (self.output.format == OutputFormat::Json).then(|| self.output.details.facts()),
            },
            limits: self.limits.within(limits),
        }
    }

    /// The same request without the differences that make no difference: two requests with equal normal forms are
    /// requests for the same response.
    #[must_use]
    pub fn normalized(&self) -> Self {
        Self {
            source: self.source.clone(),
            // What matters where a side is not given is not known before the hints are.
            auto_width: self.auto_width.clone(),
            geometry: if self.auto_width.is_some() {
                self.geometry
            } else {
                geometry::normalized(&self.geometry)
            },
            adjust: self.adjust.normalized(),
            watermark: self.watermark.normalized(),
            output: self.output.normalized(),
            limits: self.limits,
            delivery: self.delivery.clone(),
        }
    }
}
