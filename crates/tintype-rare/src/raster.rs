//! BMP, ICO, QOI and PNM, by the crate `image`.

use std::io::Cursor;

use image::codecs::bmp::BmpDecoder;
use image::codecs::ico::IcoDecoder;
use image::codecs::png::PngDecoder;
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
    let mut decoder: Box<dyn ImageDecoder> = match kind {
        Kind::Bmp => Box::new(BmpDecoder::new(Cursor::new(file)).map_err(failed)?),
        Kind::Ico => match largest_icon(file)? {
            Icon::Png(file) => Box::new(PngDecoder::new(Cursor::new(file)).map_err(failed)?),
            Icon::Bmp(file) => Box::new(IcoDecoder::new(Cursor::new(file)).map_err(failed)?),
        },
        Kind::Qoi => Box::new(QoiDecoder::new(Cursor::new(file)).map_err(failed)?),
        Kind::Pnm | Kind::Tiff => Box::new(PnmDecoder::new(Cursor::new(file)).map_err(failed)?),
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

/// An icon, as a file of its own.
enum Icon {
    /// A PNG, in which `IcoDecoder` takes no other pixels than RGBA.
    Png(Vec<u8>),
    /// An ICO with a bitmap.
    Bmp(Vec<u8>),
}

/// The file of the largest icon; of several, the first with the most bits. `IcoDecoder` looks at bits first, of which many
/// directories say nothing.
fn largest_icon(mut file: Vec<u8>) -> Result<Icon, Error> {
    const HEAD: [u8; 6] = [0, 0, 1, 0, 1, 0];
    const START: usize = HEAD.len() + size_of::<Entry>();
    let count = match file.get(4..HEAD.len()) {
        Some(&[low, high]) => usize::from(u16::from_le_bytes([low, high])),
        _ => 0,
    };
    let entries = file.get(HEAD.len()..).unwrap_or_default().as_chunks::<16>().0;
    // What a side of 0 stands for comes before 1.
    let side = |side: u8| 1 + u32::from(side.wrapping_sub(1));
    let rank = |&&[width, height, _, _, _, _, bits, more_bits, ..]: &&Entry| {
        (side(width) * side(height), u16::from_le_bytes([bits, more_bits]))
    };
    let mut entry = *entries.iter().take(count).rev().max_by_key(rank).ok_or_else(no_icon)?;
    let [.., l0, l1, l2, l3, o0, o1, o2, o3] = entry;
    let [length, offset] = [[l0, l1, l2, l3], [o0, o1, o2, o3]].map(u32::from_le_bytes);
    let (length, offset) = (length as usize, offset as usize);
    if offset >= file.len() {
        return Err(no_icon());
    }
    file.drain(..offset);
    file.truncate(length);
    if file.starts_with(b"\x89PNG") {
        return Ok(Icon::Png(file));
    }
    let [.., o0, o1, o2, o3] = &mut entry;
    [*o0, *o1, *o2, *o3] = (START as u32).to_le_bytes();
    file.splice(..0, HEAD.into_iter().chain(entry));
    Ok(Icon::Bmp(file))
}

/// An entry of the directory of an ICO: width, height, colours, a byte of nothing, planes, bits, length and offset.
type Entry = [u8; 16];

fn no_icon() -> Error {
    Error::Malformed("it has no icon".into())
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
