//! BMP, ICO, QOI and PNM, by the crate `image`.

use std::io::Cursor;

use image::codecs::bmp::BmpDecoder;
use image::codecs::ico::IcoDecoder;
use image::codecs::pnm::PnmDecoder;
use image::codecs::qoi::QoiDecoder;
use image::{ColorType, ExtendedColorType, ImageDecoder, ImageError};

use super::{Opened, Rows, higher_first};
use crate::pixels::{Channels, Depth, Layout};
use crate::{ColorModel, Error, Format, Result, Source};

/// Reads the header. Of several icons, it is that of the largest.
pub(super) fn open(format: Format, file: Vec<u8>) -> Result<Opened> {
    let failed = |error| failure(format, &error);
    let file = Cursor::new(file);
    let mut decoder: Box<dyn ImageDecoder> = match format {
        Format::Bmp => Box::new(BmpDecoder::new(file).map_err(failed)?),
        Format::Ico => Box::new(IcoDecoder::new(file).map_err(failed)?),
        Format::Qoi => Box::new(QoiDecoder::new(file).map_err(failed)?),
        Format::Pnm => Box::new(PnmDecoder::new(file).map_err(failed)?),
        other => return Err(Error::unsupported(other, Error::DECODING)),
    };
    let (channels, depth) = layout(decoder.color_type())
        .ok_or_else(|| Error::unsupported(format, "with samples of this kind"))?;
    let ((width, height), stored) = (decoder.dimensions(), decoder.original_color_type());
    if width == 0 || height == 0 {
        return Err(Error::malformed(format, "it has no pixels"));
    }
    let is_gray = matches!(channels, Channels::Gray | Channels::GrayAlpha);
    let source = Source {
        format,
        width,
        height,
        orientation: 1,
        color: if is_gray { ColorModel::Gray } else { ColorModel::Rgb },
        bit_depth: bits(stored),
        alpha: channels.has_alpha(),
    };
    let icc = decoder.icc_profile().map_err(failed)?;
    let (memory, layout) = (decoder.total_bytes(), Layout::Interleaved(channels));
    let rows = Box::new(Image { format, depth, decoder: Some(decoder) });
    // An icon of the kind of PNG is inflated beside its rows, and a row of any kind is read before it is put in its place.
    Ok(Opened { source, layout, depth, icc, memory: memory + memory / 8 + (1 << 16), rows })
}

/// All rows, which are read at once.
struct Image {
    format: Format,
    depth: Depth,
    decoder: Option<Box<dyn ImageDecoder>>,
}

impl Rows for Image {
    fn read(&mut self, rows: &mut Vec<u8>) -> Result<()> {
        rows.clear();
        let Some(decoder) = self.decoder.take() else { return Ok(()) };
        let size = usize::try_from(decoder.total_bytes())
            .map_err(|_| Error::malformed(self.format, "it is too large"))?;
        rows.resize(size, 0);
        decoder.read_image(rows).map_err(|error| failure(self.format, &error))?;
        if self.depth == Depth::Sixteen {
            higher_first(rows);
        }
        Ok(())
    }
}

fn layout(color: ColorType) -> Option<(Channels, Depth)> {
    Some(match color {
        ColorType::L8 => (Channels::Gray, Depth::Eight),
        ColorType::La8 => (Channels::GrayAlpha, Depth::Eight),
        ColorType::Rgb8 => (Channels::Rgb, Depth::Eight),
        ColorType::Rgba8 => (Channels::Rgba, Depth::Eight),
        ColorType::L16 => (Channels::Gray, Depth::Sixteen),
        ColorType::La16 => (Channels::GrayAlpha, Depth::Sixteen),
        ColorType::Rgb16 => (Channels::Rgb, Depth::Sixteen),
        ColorType::Rgba16 => (Channels::Rgba, Depth::Sixteen),
        _ => return None,
    })
}

/// Bits of a sample, as stored.
fn bits(color: ExtendedColorType) -> u8 {
    let bits = color.bits_per_pixel() / u16::from(color.channel_count()).max(1);
    u8::try_from(bits).unwrap_or(8).clamp(1, 16)
}

fn failure(format: Format, error: &ImageError) -> Error {
    match error {
        ImageError::Unsupported(_) => Error::unsupported(format, "of this kind"),
        other => Error::malformed(format, other),
    }
}
