//! TIFF 6.0, of strips or tiles, by the crate `tiff`: gray, RGB, palettes and CMYK, with 1 to 16 bits a sample.

use std::io::Cursor;

use tiff::decoder::{Decoder, Limits};
use tiff::tags::Tag;
use tiff::{ColorType, TiffError};

use crate::{Channels, Error, Image, Rows, higher_first};

/// The most bytes of a value in a directory, such as a profile.
const LARGEST_VALUE: usize = 4 << 20;

/// Alpha that colours have been multiplied by (TIFF 6.0, section 18).
const ASSOCIATED: u16 = 1;

type File = Decoder<Cursor<Vec<u8>>>;

/// Reads the header of the first image.
pub(crate) fn open(file: Vec<u8>, max_memory: u64) -> Result<Image, Error> {
    let mut limits = Limits::unlimited();
    limits.ifd_value_size = LARGEST_VALUE;
    limits.decoding_buffer_size = usize::try_from(max_memory).unwrap_or(usize::MAX);
    limits.intermediate_buffer_size = limits.decoding_buffer_size;
    let mut decoder = Decoder::new(Cursor::new(file)).map_err(failed)?.with_limits(limits);
    let (width, height) = decoder.dimensions().map_err(failed)?;
    let color = decoder.colortype().map_err(failed)?;
    let samples = Samples::new(&mut decoder, color)?;
    let icc = decoder.find_tag(Tag::IccProfile).ok().flatten().and_then(|value| value.into_u8_vec().ok());
    let orientation = match numbers(&mut decoder, Tag::Orientation).first() {
        Some(&orientation @ 1..=8) => orientation as u8,
        _ => 1,
    };
    let chunk = decoder.chunk_dimensions();
    if chunk.0 == 0 || chunk.1 == 0 {
        return Err(Error::Malformed("its parts have no pixels".into()));
    }
    let (channels, sample_bytes) = (samples.channels(), samples.bytes());
    let row = samples.stride(width) as u64 + u64::from(width) * (channels.count() * sample_bytes) as u64;
    let part = 2 * samples.stride(chunk.0) as u64;
    let has_palette = matches!(samples, Samples::Palette(..));
    Ok(Image {
        width,
        height,
        orientation,
        channels,
        sample_bytes,
        bit_depth: color.bit_depth(),
        has_palette,
        icc,
        // What is compressed is read piece by piece.
        memory: u64::from(chunk.1.min(height)) * (row + part) + (1 << 18),
        work: u64::from(height) * row * work_of_byte(&mut decoder),
        rows: Box::new(Bands { decoder, samples, width, height, chunk, next: 0 }),
    })
}

/// The work of reading a byte, as compressed.
fn work_of_byte(decoder: &mut File) -> u64 {
    match numbers(decoder, Tag::Compression).first() {
        None | Some(1) => 20,
        // Runs of bits, of which a byte holds many.
        Some(2..=4) => 100,
        _ => 60,
    }
}

/// The numbers of a tag; none if there is no such tag.
fn numbers(decoder: &mut File, tag: Tag) -> Vec<u16> {
    decoder.find_tag_unsigned_vec(tag).ok().flatten().unwrap_or_default()
}

/// What the stored samples are.
enum Samples {
    /// Those that come out, with this many bits. Whether colours have been multiplied by alpha.
    Plain(Channels, u8, bool),
    /// An index of this many bits into these colours.
    Palette(u8, Vec<[u8; 3]>),
}

impl Samples {
    fn new(decoder: &mut File, color: ColorType) -> Result<Self, Error> {
        let unsupported = |what: &str| Err(Error::Unsupported(what.into()));
        if numbers(decoder, Tag::SampleFormat).iter().any(|&format| format != 1) {
            return unsupported("with samples that are no whole numbers");
        }
        if numbers(decoder, Tag::PlanarConfiguration).first() == Some(&2) && color.num_samples() > 1 {
            return unsupported("in planes");
        }
        let is_associated = numbers(decoder, Tag::ExtraSamples).first() == Some(&ASSOCIATED);
        Ok(match color {
            ColorType::Gray(bits @ (1 | 2 | 4 | 8 | 16)) => Self::Plain(Channels::Gray, bits, false),
            ColorType::RGB(bits @ (8 | 16)) => Self::Plain(Channels::Rgb, bits, false),
            ColorType::GrayA(bits @ (8 | 16)) => Self::Plain(Channels::GrayAlpha, bits, is_associated),
            ColorType::RGBA(bits @ (8 | 16)) => Self::Plain(Channels::Rgba, bits, is_associated),
            ColorType::CMYK(bits @ (8 | 16)) => Self::Plain(Channels::Cmyk, bits, false),
            ColorType::Palette(bits @ (1 | 2 | 4 | 8)) => {
                Self::Palette(bits, colors(&numbers(decoder, Tag::ColorMap)))
            }
            _ => return unsupported("with samples of this kind"),
        })
    }

    fn channels(&self) -> Channels {
        match self {
            Self::Plain(channels, ..) => *channels,
            Self::Palette(..) => Channels::Rgb,
        }
    }

    /// Bytes of a sample that comes out.
    fn bytes(&self) -> usize {
        if matches!(self, Self::Plain(_, 16, _)) { 2 } else { 1 }
    }

    /// Bytes of a row of stored samples.
    fn stride(&self, width: u32) -> usize {
        let (bits, count) = match self {
            Self::Plain(channels, bits, _) => (*bits, channels.count()),
            Self::Palette(bits, _) => (*bits, 1),
        };
        (u64::from(width) * count as u64 * u64::from(bits)).div_ceil(8) as usize
    }

    /// Hands on a row of this many pixels.
    fn convert(&self, row: &[u8], width: u32, to: &mut Vec<u8>) {
        match self {
            Self::Plain(_, bits @ (1 | 2 | 4), _) => {
                let most = (1 << bits) - 1;
                to.extend(unpacked(row, *bits).take(width as usize).map(|sample| sample * (255 / most)));
            }
            Self::Plain(channels, bits, is_associated) => {
                let start = to.len();
                to.extend_from_slice(row);
                let samples = to.get_mut(start..).unwrap_or_default();
                match (bits, is_associated) {
                    (16, true) => divide::<2>(samples, channels.count()),
                    (_, true) => divide::<1>(samples, channels.count()),
                    _ => (),
                }
                if *bits == 16 {
                    higher_first(samples);
                }
            }
            Self::Palette(bits, colors) => {
                let color = |index: u8| colors.get(index as usize).copied().unwrap_or_default();
                to.extend(unpacked(row, *bits).take(width as usize).flat_map(color));
            }
        }
    }
}

/// Samples of 1, 2, 4 or 8 bits, the highest bits of a byte first.
fn unpacked(row: &[u8], bits: u8) -> impl Iterator<Item = u8> {
    let mask = if bits == 8 { 255 } else { (1 << bits) - 1 };
    let each = 8 / bits;
    row.iter().flat_map(move |&byte| (1..=each).map(move |place| (byte >> (8 - bits * place)) & mask))
}

/// The colours of a palette: all reds, all greens, all blues, with 16 bits each.
fn colors(map: &[u16]) -> Vec<[u8; 3]> {
    let count = map.len() / 3;
    let sample = |index: usize| map.get(index).map_or(0, |&sample| (sample / 257) as u8);
    (0..count).map(|color| [color, color + count, color + 2 * count].map(sample)).collect()
}

/// Divides colours by the alpha that they were multiplied by. Samples have this many bytes.
fn divide<const BYTES: usize>(samples: &mut [u8], channels: usize) {
    let read = |sample: &[u8]| match *sample {
        [one] => u32::from(one),
        [first, second, ..] => u16::from_ne_bytes([first, second]).into(),
        [] => 0,
    };
    let most = if BYTES == 1 { 255 } else { 65_535 };
    for pixel in samples.chunks_exact_mut(channels * BYTES) {
        let (color, alpha) = pixel.split_at_mut((channels - 1) * BYTES);
        let alpha = read(alpha);
        for sample in color.as_chunks_mut::<BYTES>().0 {
            let value = (read(sample) * most + alpha / 2).checked_div(alpha).unwrap_or(0).min(most);
            match sample.as_mut_slice() {
                [one] => *one = value as u8,
                sample => sample.copy_from_slice(&(value as u16).to_ne_bytes()),
            }
        }
    }
}

/// The rows of a strip, or of the tiles that stand side by side.
struct Bands {
    decoder: File,
    samples: Samples,
    width: u32,
    height: u32,
    /// The size of a strip or a tile.
    chunk: (u32, u32),
    /// The next band.
    next: u32,
}

impl Rows for Bands {
    fn read(&mut self, rows: &mut Vec<u8>) -> Result<(), Error> {
        rows.clear();
        let left = self.height.saturating_sub(self.next.saturating_mul(self.chunk.1));
        let height = left.min(self.chunk.1) as usize;
        let stride = self.samples.stride(self.width);
        let mut band = vec![0; height * stride];
        let mut part = Vec::new();
        let across = self.width.div_ceil(self.chunk.0);
        for tile in 0..across {
            let index = self.next * across + tile;
            let layout = self.decoder.image_chunk_buffer_layout(index).map_err(failed)?;
            part.clear();
            part.resize(layout.len, 0);
            self.decoder.read_chunk_bytes(index, &mut part).map_err(failed)?;
            let start = self.samples.stride(tile * self.chunk.0);
            let from = part.chunks(layout.row_stride.map_or(1, |stride| stride.get()));
            for (row, from) in band.chunks_exact_mut(stride.max(1)).zip(from) {
                let to = row.get_mut(start..).unwrap_or_default();
                let bytes = to.len().min(from.len());
                if let (Some(to), Some(from)) = (to.get_mut(..bytes), from.get(..bytes)) {
                    to.copy_from_slice(from);
                }
            }
        }
        drop(part);
        for row in band.chunks_exact(stride.max(1)) {
            self.samples.convert(row, self.width, rows);
        }
        self.next += 1;
        Ok(())
    }
}

fn failed(error: TiffError) -> Error {
    match error {
        TiffError::UnsupportedError(what) => Error::Unsupported(format!("of this kind ({what})")),
        TiffError::LimitsExceeded => Error::Malformed("it is larger than it may be".into()),
        other => Error::Malformed(other.to_string()),
    }
}
