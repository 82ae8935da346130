//! The resizer: requests in the contract's terms, and its errors in ours.

use super::clock::Stopwatches;
use super::contract::tintype::image::{resize, types};
use crate::config::Config;
use crate::failure::{Failure, Kind};
use crate::format::Format;
use crate::pipeline::{Outline, Session};
use crate::prelude::*;
use crate::request::{Filter, Geometry, Gravity, Length, Request, Rotation, Source};
use crate::resolve::{EngineFit, Resolved};
use crate::text;

/// A session of the resizer.
pub struct Resizer {
    session: resize::Session,
    watches: Stopwatches,
}

impl Resizer {
    /// Starts to make what is asked for, in this format, of a source of this size.
    pub fn new(
        request: &Request,
        source: (u32, u32),
        format: Format,
        config: &Config,
        watches: Stopwatches,
    ) -> Self {
        let options = types::Options {
            input: types::Input { accept_damage: true },
            geometry: geometry(&request.geometry, request.geometry.resolve(source)),
            output: types::Output {
                format: output_format(format),
                quality: request.output.quality.of(format),
                lossless: request.output.lossless && format != Format::Jpeg,
            },
            limits: limits(config),
        };
        Resizer { session: resize::Session::new(options), watches }
    }

    /// A session that is only to tell the source's size: its rendition is one pixel wide.
    pub fn probe(config: &Config, watches: Stopwatches) -> Self {
        let mut request = Request::new(Source::Body);
        let pixel = Some(Length::Pixels(1));
        (request.geometry.width, request.geometry.height) = (pixel, pixel);
        Resizer::new(&request, (1, 1), Format::Webp, config, watches)
    }
}

fn limits(config: &Config) -> types::Limits {
    types::Limits {
        source_bytes: config.source_bytes.0,
        source_pixels: config.source_pixels,
        output_side: config.output_side,
        output_pixels: config.output_pixels,
        memory: config.memory.0,
    }
}

impl Session for Resizer {
    fn write(&mut self, chunk: &[u8]) -> Result<(), Failure> {
        self.watches.decode.time(|| self.session.write(chunk)).map_err(failure)
    }

    fn finish(&mut self) -> Result<(), Failure> {
        self.watches.decode.time(|| self.session.finish()).map_err(failure)
    }

    fn read(&mut self, max: u32) -> Result<Vec<u8>, Failure> {
        self.watches.encode.time(|| self.session.read(max)).map_err(failure)
    }

    fn outline(&self) -> Option<Outline> {
        let outline = self.session.outline()?;
        let source = outline.source;
        Some(Outline {
            output: (outline.width, outline.height),
            source: (source.width, source.height),
            orientation: source.orientation,
        })
    }

    fn damaged(&self) -> bool {
        self.session.damaged()
    }
}

fn geometry(geometry: &Geometry, resolved: Resolved) -> types::Geometry {
    types::Geometry {
        auto_orient: geometry.auto_orient,
        crop: resolved.crop.map(|region| types::Region {
            x: region.x,
            y: region.y,
            width: region.width,
            height: region.height,
        }),
        rotate: match geometry.rotate {
            Rotation::None => types::Rotation::None,
            Rotation::Quarter => types::Rotation::Quarter,
            Rotation::Half => types::Rotation::Half,
            Rotation::ThreeQuarters => types::Rotation::ThreeQuarters,
        },
        flip_horizontal: geometry.flip_horizontal,
        flip_vertical: geometry.flip_vertical,
        width: resolved.width,
        height: resolved.height,
        fit: match resolved.fit {
            EngineFit::Contain => types::Fit::Contain,
            EngineFit::Cover => types::Fit::Cover,
            EngineFit::Fill => types::Fit::Fill,
        },
        enlarge: geometry.enlarge,
        gravity: match geometry.gravity {
            Gravity::Center => types::Gravity::Center,
            Gravity::North => types::Gravity::North,
            Gravity::NorthEast => types::Gravity::NorthEast,
            Gravity::East => types::Gravity::East,
            Gravity::SouthEast => types::Gravity::SouthEast,
            Gravity::South => types::Gravity::South,
            Gravity::SouthWest => types::Gravity::SouthWest,
            Gravity::West => types::Gravity::West,
            Gravity::NorthWest => types::Gravity::NorthWest,
        },
        filter: match geometry.filter {
            Filter::Box => types::Filter::Box,
            Filter::Bilinear => types::Filter::Bilinear,
            Filter::CatmullRom => types::Filter::CatmullRom,
            Filter::Mitchell => types::Filter::Mitchell,
            Filter::Lanczos3 => types::Filter::Lanczos3,
        },
        background: geometry.background.map(|color| types::Color {
            red: color.red,
            green: color.green,
            blue: color.blue,
            alpha: color.alpha,
        }),
    }
}

fn output_format(format: Format) -> types::Format {
    match format {
        Format::Jpeg => types::Format::Jpeg,
        Format::Png => types::Format::Png,
        Format::Webp => types::Format::Webp,
        Format::Gif => types::Format::Gif,
        Format::Avif => types::Format::Avif,
        Format::Jxl => types::Format::Jxl,
        Format::Tiff => types::Format::Tiff,
        Format::Bmp => types::Format::Bmp,
        Format::Svg => types::Format::Svg,
        Format::Heic => types::Format::Heic,
    }
}

fn name(format: types::Format) -> &'static str {
    crate::format::ALL.into_iter().find(|known| output_format(*known) == format).map_or("image", Format::name)
}

fn failure(error: types::Error) -> Failure {
    match error {
        types::Error::Unrecognized => {
            Failure::new(Kind::UnsupportedMedia, "the source is not an image of a known format")
        }
        types::Error::Unsupported(unsupported) => Failure::new(
            Kind::UnsupportedMedia,
            text::concat(&[&unsupported.feature, " is not supported for ", name(unsupported.format)]),
        ),
        types::Error::Malformed(malformed) => {
            let message = text::concat(&["the ", name(malformed.format), " source is damaged"]);
            Failure::new(Kind::DamagedSource, message).detail(malformed.detail)
        }
        types::Error::InvalidOption(option) => {
            let name = text::rsplit_once(&option.name, b'.').map_or(option.name.as_str(), |(_, name)| name);
            Failure::new(Kind::InvalidParameter, text::concat(&[name, " is not accepted"]))
                .detail(option.detail)
        }
        types::Error::LimitExceeded(exceeded) => limit(exceeded),
        types::Error::Ended => Failure::new(Kind::Internal, "the session has ended"),
        types::Error::Internal(reason) => Failure::new(Kind::Internal, "the resizer failed").detail(reason),
    }
}

fn limit(exceeded: types::LimitExceeded) -> Failure {
    let (kind, what, variable) = match exceeded.limit {
        types::Limit::SourceBytes => (Kind::SourceTooLarge, "bytes of source", "TINTYPE_MAX_SOURCE_BYTES"),
        types::Limit::SourcePixels => (Kind::TooManyPixels, "pixels of source", "TINTYPE_MAX_SOURCE_PIXELS"),
        types::Limit::OutputSide => {
            (Kind::OutputTooLarge, "pixels of longest side", "TINTYPE_MAX_OUTPUT_SIDE")
        }
        types::Limit::OutputPixels => {
            (Kind::OutputTooLarge, "pixels of rendition", "TINTYPE_MAX_OUTPUT_PIXELS")
        }
        types::Limit::Memory => (Kind::TooMuchMemory, "bytes of memory", "TINTYPE_MAX_MEMORY"),
    };
    let (needed, allowed) = (text::decimal(exceeded.needed), text::decimal(exceeded.allowed));
    Failure::new(kind, text::concat(&[&needed, " ", what, " are needed and ", &allowed, " are allowed"]))
        .detail(text::concat(&["ask for less, or raise ", variable]))
}
