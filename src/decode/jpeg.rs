//! JPEG (ISO/IEC 10918-1), decoded as its bytes arrive and at the scale that the rendition needs.

use super::{Decoder, Header, Sink, Step};
use crate::pixels::{Channels, Layout};
use crate::plan::{Detail, Lane, Scale};
use crate::{ColorModel, Error, Format, Info, Result, Source, exif};
use std::borrow::Cow;
use tintype_jpeg::{DecodeOptions, Output, Row};

const SCALES: [Scale; 4] = [Scale::eighths(1), Scale::eighths(2), Scale::eighths(4), Scale::FULL];

/// Decodes YCbCr to planes, and everything else to gray or RGB rows.
pub(super) struct JpegDecoder {
    decoder: tintype_jpeg::Decoder,
    header: Option<Header>,
}

impl JpegDecoder {
    pub(super) fn new() -> Self {
        // The plan has checked the memory before decoding starts.
        let mut options = DecodeOptions::default();
        options.max_memory = u64::MAX;
        Self { decoder: tintype_jpeg::Decoder::new(options), header: None }
    }

    fn output(&self, detail: Detail) -> Output {
        match self.header {
            Some(Header { layout: Layout::YCbCr, .. }) if detail.halved_chroma => Output::PlanarSubsampled,
            Some(Header { layout: Layout::YCbCr, .. }) => Output::Planar,
            _ => Output::Interleaved,
        }
    }

    fn layout(&mut self, detail: Detail) -> Option<tintype_jpeg::Layout> {
        let output = self.output(detail);
        self.decoder.header().ok().flatten().map(|header| header.layout(scale(detail), output))
    }
}

impl Decoder for JpegDecoder {
    fn streams(&self) -> bool {
        true
    }

    fn feed(&mut self, chunk: Cow<'_, [u8]>) {
        self.decoder.feed(&chunk);
    }

    fn finish(&mut self) {
        self.decoder.finish();
    }

    fn header(&mut self) -> Result<Step<Header>> {
        let Some(header) = self.decoder.header().map_err(error)? else { return Ok(Step::NeedInput) };
        let layout = match header.color {
            tintype_jpeg::ColorModel::YCbCr => Layout::YCbCr,
            tintype_jpeg::ColorModel::Gray | tintype_jpeg::ColorModel::Unknown => {
                Layout::Interleaved(Channels::Gray)
            }
            _ => Layout::Interleaved(Channels::Rgb),
        };
        let header = Header { source: source(header), layout, scales: &SCALES };
        self.header = Some(header);
        Ok(Step::Ready(header))
    }

    fn lanes(&mut self, detail: Detail) -> Vec<Lane> {
        if let Some(Header { source, layout: Layout::Interleaved(_), .. }) = &self.header {
            return vec![Lane::whole(source, detail.scale)];
        }
        let layout = self.layout(detail);
        let lane = |plane: &tintype_jpeg::Plane| Lane {
            width: plane.width,
            height: plane.height,
            per_x: plane.horizontal,
            per_y: plane.vertical,
        };
        layout.iter().flat_map(|layout| layout.planes()).map(lane).collect()
    }

    fn memory(&mut self, detail: Detail) -> u64 {
        self.layout(detail).map_or(0, |layout| layout.memory())
    }

    fn start(&mut self, detail: Detail) -> Result<()> {
        self.decoder.start(scale(detail), self.output(detail)).map(|_| ()).map_err(error)
    }

    fn advance(&mut self, sink: Sink<'_>) -> Result<Step<bool>> {
        let planar = self.header.is_some_and(|header| header.layout == Layout::YCbCr);
        if !planar {
            return match self.decoder.next_row().map_err(error)? {
                Row::Pixels(row) => sink(0, row).map(|()| Step::Ready(true)),
                Row::NeedInput => Ok(Step::NeedInput),
                Row::Done => Ok(Step::Ready(false)),
            };
        }
        match self.decoder.next_strip().map_err(error)? {
            tintype_jpeg::Step::Strip(strip) => {
                for (lane, plane) in strip.planes().iter().enumerate() {
                    plane.iter().try_for_each(|row| sink(lane, row))?;
                }
                Ok(Step::Ready(true))
            }
            tintype_jpeg::Step::NeedInput => Ok(Step::NeedInput),
            tintype_jpeg::Step::Done => Ok(Step::Ready(false)),
        }
    }
}

fn scale(detail: Detail) -> tintype_jpeg::Scale {
    tintype_jpeg::Scale::eighths(detail.scale.numerator()).unwrap_or(tintype_jpeg::Scale::FULL)
}

fn source(header: &tintype_jpeg::Header) -> Source {
    Source {
        format: Format::Jpeg,
        width: header.width,
        height: header.height,
        orientation: header.exif().and_then(exif::parse).map_or(1, |exif| exif.orientation()),
        color: match header.color {
            tintype_jpeg::ColorModel::Gray | tintype_jpeg::ColorModel::Unknown => ColorModel::Gray,
            tintype_jpeg::ColorModel::Cmyk { .. } | tintype_jpeg::ColorModel::Ycck { .. } => ColorModel::Cmyk,
            _ => ColorModel::Rgb,
        },
        bit_depth: header.precision,
        alpha: false,
    }
}

pub(super) fn info(file: &[u8]) -> Result<Info> {
    let mut decoder = tintype_jpeg::Decoder::new(DecodeOptions::default());
    // The header is at the beginning; how much of a beginning it needs is not known.
    for piece in file.chunks(64 << 10) {
        decoder.feed(piece);
        if decoder.header().map_err(error)?.is_some() {
            break;
        }
    }
    decoder.finish();
    let header = decoder.header().map_err(error)?;
    let header = header.ok_or_else(|| Error::malformed(Format::Jpeg, "it ends before the first scan"))?;
    Ok(Info {
        source: source(header),
        frames: 1,
        icc_profile: header.icc().map(|profile| profile.len() as u32),
        exif: header.exif().and_then(exif::parse).map(|exif| exif.basics()),
    })
}

fn error(error: tintype_jpeg::Error) -> Error {
    match error {
        tintype_jpeg::Error::Unsupported(kind) => Error::unsupported(Format::Jpeg, kind),
        tintype_jpeg::Error::Order(detail) => Error::Internal(format!("decoding JPEG: {detail}")),
        other => Error::malformed(Format::Jpeg, other),
    }
}
