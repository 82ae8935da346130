//! WebP (RFC 9649): lossy, lossless, with alpha; of an animation the first frame.

use super::Header;
use super::whole::{Codec, Cost, Whole};
use crate::pixels::{Channels, Layout};
use crate::{ColorModel, Error, Format, Info, Result, Source, exif};
use image_webp::{DecodingError, WebPDecoder};
use std::io::Cursor;

/// A decoder of the format.
pub(super) fn decoder() -> Whole<WebpCodec> {
    Whole::new(WebpCodec)
}

pub(super) struct WebpCodec;

type Opened<'a> = WebPDecoder<Cursor<&'a [u8]>>;

impl Codec for WebpCodec {
    fn header(&self, file: &[u8]) -> Result<(Header, Cost)> {
        let mut decoder = open(file)?;
        let header = header(&mut decoder)?;
        let work = file.len() as u64 * work::BYTE + header.source.pixels() * work::PIXEL;
        Ok((header, Cost { memory: memory(&mut decoder, &header.source), work }))
    }

    fn decode(&self, file: &[u8], header: &Header) -> Result<Vec<u8>> {
        let mut frame = vec![0; header.source.pixels() as usize * header.layout.channels().count()];
        open(file)?.read_image(&mut frame).map_err(malformed)?;
        Ok(frame)
    }
}

/// What things cost, in units of [`crate::Limits::work`].
mod work {
    /// A byte of the file.
    pub(super) const BYTE: u64 = 100;
    /// A pixel of the image.
    pub(super) const PIXEL: u64 = 400;
}

/// The bytes that the codec needs for its planes, words and intermediate pixels, and for the frame that comes out.
fn memory(decoder: &mut Opened<'_>, source: &Source) -> u64 {
    let still = match (decoder.is_lossy(), source.alpha) {
        (true, false) => 6,
        (true, true) => 12,
        (false, _) => 9,
    };
    let canvas = if decoder.is_animated() { 8 } else { 0 };
    source.pixels() * (still + canvas) + (1 << 20)
}

fn open(file: &[u8]) -> Result<Opened<'_>> {
    let decoder = WebPDecoder::new(Cursor::new(file)).map_err(malformed)?;
    let (width, height) = decoder.dimensions();
    if width == 0 || height == 0 {
        return Err(Error::unsupported(Format::Webp, "with a side of 16384 pixels"));
    }
    // The codec allocates what a bitstream announces before it compares that with the canvas.
    let chunks = file.get(12..).unwrap_or_default();
    if bitstream_sizes(chunks).any(|(w, h)| w > width || h > height) {
        return Err(Error::malformed(Format::Webp, "a frame is larger than the canvas"));
    }
    Ok(decoder)
}

fn header(decoder: &mut Opened<'_>) -> Result<Header> {
    let (width, height) = decoder.dimensions();
    let channels = if decoder.has_alpha() { Channels::Rgba } else { Channels::Rgb };
    let exif = decoder.exif_metadata().map_err(malformed)?;
    let source = Source {
        format: Format::Webp,
        width,
        height,
        orientation: exif.as_deref().and_then(exif::parse).map_or(1, |exif| exif.orientation()),
        color: ColorModel::Rgb,
        bit_depth: 8,
        alpha: channels.has_alpha(),
    };
    Ok(Header { source, layout: Layout::Interleaved(channels), scales: &[] })
}

pub(super) fn info(file: &[u8]) -> Result<Info> {
    let mut decoder = open(file)?;
    let source = header(&mut decoder)?.source;
    let exif = decoder.exif_metadata().map_err(malformed)?;
    Ok(Info {
        source,
        frames: decoder.num_frames().max(1),
        icc_profile: decoder.icc_profile().map_err(malformed)?.map(|profile| profile.len() as u32),
        exif: exif.as_deref().and_then(exif::parse).map(|exif| exif.basics()),
    })
}

/// The sizes that the bitstreams in a run of RIFF chunks announce (RFC 9649, 2.5 to 2.7; RFC 6386, 9.1).
fn bitstream_sizes(chunks: &[u8]) -> impl Iterator<Item = (u32, u32)> {
    riff_chunks(chunks).flat_map(|(kind, payload)| {
        let nested = if &kind == b"ANMF" { payload.get(16..).unwrap_or_default() } else { &[] };
        riff_chunks(nested)
            .chain([(kind, payload)])
            .filter_map(|(kind, payload)| bitstream_size(kind, payload))
    })
}

fn bitstream_size(kind: [u8; 4], payload: &[u8]) -> Option<(u32, u32)> {
    match (&kind, payload) {
        (b"VP8 ", [_, _, _, 0x9d, 0x01, 0x2a, w0, w1, h0, h1, ..]) => {
            let side = |low, high| u32::from(u16::from_le_bytes([low, high]) & 0x3fff);
            Some((side(*w0, *w1), side(*h0, *h1)))
        }
        (b"VP8L", [0x2f, a, b, c, d, ..]) => {
            let bits = u32::from_le_bytes([*a, *b, *c, *d]);
            Some(((bits & 0x3fff) + 1, (bits >> 14 & 0x3fff) + 1))
        }
        _ => None,
    }
}

/// The chunks that follow one another in `rest`; the last may be cut short.
fn riff_chunks(mut rest: &[u8]) -> impl Iterator<Item = ([u8; 4], &[u8])> {
    std::iter::from_fn(move || {
        let (&[k0, k1, k2, k3, l0, l1, l2, l3], after) = rest.split_first_chunk::<8>()?;
        let length = u32::from_le_bytes([l0, l1, l2, l3]) as usize;
        let payload = after.get(..length).unwrap_or(after);
        rest = after.get(length.saturating_add(length & 1)..).unwrap_or_default();
        Some(([k0, k1, k2, k3], payload))
    })
}

fn malformed(error: DecodingError) -> Error {
    match error {
        DecodingError::UnsupportedFeature(feature) => {
            Error::unsupported(Format::Webp, format!("with {feature}"))
        }
        DecodingError::IoError(_) => Error::malformed(Format::Webp, "it ends too early"),
        other => Error::malformed(Format::Webp, other),
    }
}
