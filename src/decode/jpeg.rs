//! JPEG (ISO/IEC 10918-1).

use super::{Decoder, Header, Row, Step};
use crate::pixels::Channels;
use crate::plan::Scale;
use crate::{ColorModel, Error, Format, Info, Result, Source, exif};
use jpeg_decoder::PixelFormat;
use std::borrow::Cow;

const SCALES: [Scale; 4] = [Scale::eighths(1), Scale::eighths(2), Scale::eighths(4), Scale::FULL];

/// Decodes at 1/1, 1/2, 1/4 or 1/8. Holds the file, and the decoded image at its scale.
#[derive(Default)]
pub(super) struct JpegDecoder {
    file: Vec<u8>,
    complete: bool,
    header: Option<Header>,
    rows: Vec<u8>,
    /// Bytes of a row before and after conversion.
    stored_row: usize,
    row: Vec<u8>,
    next: usize,
    format: Option<PixelFormat>,
}

impl Decoder for JpegDecoder {
    fn feed(&mut self, chunk: Cow<'_, [u8]>) -> Result<()> {
        if self.file.is_empty() {
            self.file = chunk.into_owned();
        } else {
            self.file.extend_from_slice(&chunk);
        }
        Ok(())
    }

    fn finish(&mut self) -> Result<()> {
        self.complete = true;
        Ok(())
    }

    fn header(&mut self) -> Result<Step<Header>> {
        if !self.complete {
            return Ok(Step::NeedInput);
        }
        let (info, _) = read_header(&self.file)?;
        let channels = match info.color {
            ColorModel::Gray => Channels::Gray,
            _ => Channels::Rgb,
        };
        let header = Header { source: info, channels, scales: &SCALES };
        self.header = Some(header);
        Ok(Step::Ready(header))
    }

    fn memory(&self, scale: Scale) -> u64 {
        let Some(Header { source, .. }) = self.header else { return 0 };
        let samples = if source.color == ColorModel::Gray { 1 } else { 4 };
        let pixels = u64::from(scale.apply(source.width)) * u64::from(scale.apply(source.height));
        // The planes, the interleaved image, and a progressive file's coefficients, 16 bits each.
        pixels * samples * 2 + source.pixels() * 3 + (1 << 20)
    }

    fn start(&mut self, scale: Scale) -> Result<()> {
        let source = self.header.ok_or(Error::Ended)?.source;
        let side = |length| u16::try_from(scale.apply(length)).unwrap_or(u16::MAX);
        let mut decoder = jpeg_decoder::Decoder::new(self.file.as_slice());
        decoder.scale(side(source.width), side(source.height)).map_err(error)?;
        self.rows = decoder.decode().map_err(error)?;
        let info = decoder.info().ok_or_else(|| Error::Internal("a decoded JPEG has no header".into()))?;
        let expected = (scale.apply(source.width), scale.apply(source.height));
        if (info.width.into(), info.height.into()) != expected {
            return Err(Error::Internal(format!("JPEG decoded at {}x{}", info.width, info.height)));
        }
        self.stored_row = usize::from(info.width) * info.pixel_format.pixel_bytes();
        self.format = Some(info.pixel_format);
        self.file = Vec::new();
        Ok(())
    }

    fn next_row(&mut self) -> Result<Step<Row<'_>>> {
        let Some(stored) = self.rows.get(self.next..self.next + self.stored_row) else {
            return Ok(Step::Ready(None));
        };
        self.next += self.stored_row;
        self.row.clear();
        match self.format {
            Some(PixelFormat::L16) => self.row.extend(stored.as_chunks().0.iter().map(|&[_, high]| high)),
            Some(PixelFormat::CMYK32) => {
                self.row.extend(stored.as_chunks().0.iter().flat_map(|&pixel| rgb_from_cmyk(pixel)));
            }
            _ => self.row.extend_from_slice(stored),
        }
        Ok(Step::Ready(Some(&self.row)))
    }
}

/// The ink model without a profile: each ink takes its share of the light that black leaves.
fn rgb_from_cmyk([cyan, magenta, yellow, black]: [u8; 4]) -> [u8; 3] {
    let light = |ink: u8| {
        let product = u32::from(255 - ink) * u32::from(255 - black);
        ((product + 127) / 255) as u8
    };
    [light(cyan), light(magenta), light(yellow)]
}

fn read_header(file: &[u8]) -> Result<(Source, jpeg_decoder::Decoder<&[u8]>)> {
    let mut decoder = jpeg_decoder::Decoder::new(file);
    decoder.read_info().map_err(error)?;
    let info = decoder.info().ok_or_else(|| Error::malformed(Format::Jpeg, "it has no frame"))?;
    let (color, bit_depth) = match info.pixel_format {
        PixelFormat::L8 => (ColorModel::Gray, 8),
        PixelFormat::L16 => (ColorModel::Gray, 16),
        PixelFormat::RGB24 => (ColorModel::Rgb, 8),
        PixelFormat::CMYK32 => (ColorModel::Cmyk, 8),
    };
    let orientation = decoder.exif_data().and_then(exif::parse).map_or(1, |exif| exif.orientation());
    let source = Source {
        format: Format::Jpeg,
        width: info.width.into(),
        height: info.height.into(),
        orientation,
        color,
        bit_depth,
        alpha: false,
    };
    Ok((source, decoder))
}

pub(super) fn info(file: &[u8]) -> Result<Info> {
    let (source, decoder) = read_header(file)?;
    Ok(Info {
        source,
        frames: 1,
        icc_profile: decoder.icc_profile().map(|profile| profile.len() as u32),
        exif: decoder.exif_data().and_then(exif::parse).map(|exif| exif.basics()),
    })
}

fn error(error: jpeg_decoder::Error) -> Error {
    match error {
        jpeg_decoder::Error::Unsupported(feature) => {
            Error::unsupported(Format::Jpeg, format!("with {feature:?}"))
        }
        other => Error::malformed(Format::Jpeg, other),
    }
}
