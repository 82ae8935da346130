//! GIF (GIF89a): the first frame, on a transparent canvas.

use super::Header;
use super::whole::{Codec, Whole};
use crate::pixels::{Channels, Layout};
use crate::{ColorModel, Error, Format, Info, Result, Source};
use gif::{ColorOutput, DecodeOptions, DecodingError, Frame};

/// A decoder of the format.
pub(super) fn decoder() -> Whole<GifCodec> {
    Whole::new(GifCodec)
}

pub(super) struct GifCodec;

impl Codec for GifCodec {
    fn header(&self, file: &[u8]) -> Result<(Header, u64)> {
        let mut decoder = open(file, true)?;
        let (width, height) = (decoder.width(), decoder.height());
        let frame = decoder.next_frame_info().map_err(malformed)?.ok_or_else(no_frame)?;
        let alpha = frame.transparent.is_some() || !covers(frame, width, height);
        let channels = if alpha { Channels::Rgba } else { Channels::Rgb };
        let source = Source {
            format: Format::Gif,
            width: width.into(),
            height: height.into(),
            orientation: 1,
            color: ColorModel::Palette,
            bit_depth: 8,
            alpha,
        };
        if source.pixels() == 0 {
            return Err(Error::malformed(Format::Gif, "a side is 0 pixels long"));
        }
        // The canvas, and the frame's indices, which may reach beyond it.
        let indices = u64::from(frame.width) * u64::from(frame.height);
        let memory = source.pixels() * channels.count() as u64 + indices + (1 << 20);
        Ok((Header { source, layout: Layout::Interleaved(channels), scales: &[] }, memory))
    }

    fn decode(&self, file: &[u8], header: &Header) -> Result<Vec<u8>> {
        let mut decoder = open(file, false)?;
        let width = header.source.width as usize;
        let info = decoder.next_frame_info().map_err(malformed)?.ok_or_else(no_frame)?;
        let (left, top, frame_width) =
            (usize::from(info.left), usize::from(info.top), usize::from(info.width));
        let transparent = info.transparent;
        let mut indices = vec![0; decoder.buffer_size()];
        decoder.read_into_buffer(&mut indices).map_err(malformed)?;
        let palette = decoder.palette().map_err(malformed)?;

        let count = header.layout.channels().count();
        let mut canvas = vec![0; header.source.pixels() as usize * count];
        let rows = canvas.chunks_exact_mut(width * count).skip(top);
        for (row, indices) in rows.zip(indices.chunks_exact(frame_width.max(1))) {
            let pixels = row.chunks_exact_mut(count).skip(left);
            for (pixel, &index) in pixels.zip(indices) {
                if Some(index) != transparent {
                    draw(pixel, palette, index);
                }
            }
        }
        Ok(canvas)
    }
}

/// Writes a palette entry. An index past the palette's end is black.
fn draw(pixel: &mut [u8], palette: &[u8], index: u8) {
    let entry = palette.get(usize::from(index) * 3..).and_then(|rest| rest.first_chunk::<3>());
    let [red, green, blue] = entry.copied().unwrap_or_default();
    for (sample, value) in pixel.iter_mut().zip([red, green, blue, 255]) {
        *sample = value;
    }
}

fn covers(frame: &Frame<'_>, width: u16, height: u16) -> bool {
    (frame.left, frame.top) == (0, 0) && frame.width >= width && frame.height >= height
}

fn open(file: &[u8], skip_pixels: bool) -> Result<gif::Decoder<&[u8]>> {
    let mut options = DecodeOptions::new();
    options.set_color_output(ColorOutput::Indexed);
    options.skip_frame_decoding(skip_pixels);
    options.read_info(file).map_err(malformed)
}

pub(super) fn info(file: &[u8]) -> Result<Info> {
    let source = GifCodec.header(file)?.0.source;
    let mut decoder = open(file, true)?;
    let mut frames = 0;
    // Frames after a damaged one do not count: no decoder shows them.
    while let Ok(Some(_)) = decoder.next_frame_info() {
        frames += 1;
    }
    let icc_profile = decoder.icc_profile().map(|profile| profile.len() as u32);
    Ok(Info { source, frames: frames.max(1), icc_profile, exif: None })
}

fn no_frame() -> Error {
    Error::malformed(Format::Gif, "it has no frame")
}

fn malformed(error: DecodingError) -> Error {
    Error::malformed(Format::Gif, error)
}
