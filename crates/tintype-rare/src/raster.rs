//! BMP, ICO, QOI and PNM, by the crate `image`.

use std::io::Cursor;

use image::codecs::bmp::BmpDecoder;
use image::codecs::ico::IcoDecoder;
use image::codecs::pnm::PnmDecoder;
use image::codecs::qoi::QoiDecoder;
use image::{ColorType, ExtendedColorType, ImageDecoder, ImageError};

use crate::{Channels, Error, Image, Kind, Rows, higher_first};

/// The work of reading a byte of a row.
const fn work_of_byte(kind: Kind) -> u64 {
    match kind {
        Kind::Bmp | Kind::Ico => 40,
        Kind::Qoi => 35,
        Kind::Pnm | Kind::Tiff => 14,
    }
}

/// Reads the header. Of several icons, it is that of the largest.
pub(crate) fn open(kind: Kind, file: Vec<u8>) -> Result<Image, Error> {
    let file = Cursor::new(file);
    let mut decoder: Box<dyn ImageDecoder> = match kind {
        Kind::Bmp => Box::new(BmpDecoder::new(file).map_err(failed)?),
        Kind::Ico => Box::new(IcoDecoder::new(file).map_err(failed)?),
        Kind::Qoi => Box::new(QoiDecoder::new(file).map_err(failed)?),
        Kind::Pnm | Kind::Tiff => Box::new(PnmDecoder::new(file).map_err(failed)?),
    };
    let (channels, sample_bytes) = samples(decoder.color_type())
        .ok_or_else(|| Error::Unsupported("with samples of this kind".into()))?;
    let ((width, height), stored) = (decoder.dimensions(), decoder.original_color_type());
    let (icc, size) = (decoder.icc_profile().map_err(failed)?, decoder.total_bytes());
    Ok(Image {
        width,
        height,
        orientation: 1,
        channels,
        sample_bytes,
        bit_depth: bits(stored),
        has_palette: false,
        icc,
        // An icon of the kind of PNG is inflated beside its rows, and a row is read before it is put in its place.
        memory: size + size / 8 + (1 << 16),
        work: size * work_of_byte(kind),
        rows: Box::new(AtOnce { sample_bytes, decoder: Some(decoder) }),
    })
}

/// All rows, which are read at once.
struct AtOnce {
    sample_bytes: usize,
    decoder: Option<Box<dyn ImageDecoder>>,
}

impl Rows for AtOnce {
    fn read(&mut self, rows: &mut Vec<u8>) -> Result<(), Error> {
        rows.clear();
        let Some(decoder) = self.decoder.take() else { return Ok(()) };
        let size = usize::try_from(decoder.total_bytes());
        rows.resize(size.map_err(|_| Error::Malformed("it is too large".into()))?, 0);
        decoder.read_image(rows).map_err(failed)?;
        if self.sample_bytes == 2 {
            higher_first(rows);
        }
        Ok(())
    }
}

/// The channels, and bytes of a sample.
fn samples(color: ColorType) -> Option<(Channels, usize)> {
    Some(match color {
        ColorType::L8 => (Channels::Gray, 1),
        ColorType::La8 => (Channels::GrayAlpha, 1),
        ColorType::Rgb8 => (Channels::Rgb, 1),
        ColorType::Rgba8 => (Channels::Rgba, 1),
        ColorType::L16 => (Channels::Gray, 2),
        ColorType::La16 => (Channels::GrayAlpha, 2),
        ColorType::Rgb16 => (Channels::Rgb, 2),
        ColorType::Rgba16 => (Channels::Rgba, 2),
        _ => return None,
    })
}

/// Bits of a sample, as stored.
fn bits(color: ExtendedColorType) -> u8 {
    let bits = color.bits_per_pixel() / u16::from(color.channel_count()).max(1);
    u8::try_from(bits).unwrap_or(8).clamp(1, 16)
}

fn failed(error: ImageError) -> Error {
    match error {
        ImageError::Unsupported(_) => Error::Unsupported("of this kind".into()),
        other => Error::Malformed(other.to_string()),
    }
}
