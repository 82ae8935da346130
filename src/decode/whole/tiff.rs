//! TIFF 6.0, of strips or tiles, by the crate `tiff`: gray, RGB, palettes and CMYK, with 1 to 16 bits a sample.

use std::io::Cursor;

use tiff::decoder::{Decoder, Limits};
use tiff::tags::Tag;
use tiff::{ColorType, TiffError};

use super::{Opened, Rows, higher_first};
use crate::color::{Model, Space};
use crate::pixels::{Channels, Depth, Layout};
use crate::{ColorModel, Error, Format, Result, Source, exif};

/// The most bytes of a value in a directory, such as a profile.
const LARGEST_VALUE: usize = 4 << 20;

/// Alpha that colours have been multiplied by (TIFF 6.0, section 18).
const ASSOCIATED: u16 = 1;

/// Reads the header of the first image.
pub(super) fn open(file: Vec<u8>, max_memory: u64) -> Result<Opened> {
    // The structure of the file is that of EXIF.
    let orientation = exif::parse(&file).map_or(1, |exif| exif.orientation());
    let mut limits = Limits::unlimited();
    limits.ifd_value_size = LARGEST_VALUE;
    limits.decoding_buffer_size = usize::try_from(max_memory).unwrap_or(usize::MAX);
    limits.intermediate_buffer_size = limits.decoding_buffer_size;
    let mut decoder = Decoder::new(Cursor::new(file)).map_err(failed)?.with_limits(limits);
    let (width, height) = decoder.dimensions().map_err(failed)?;
    if width == 0 || height == 0 {
        return Err(Error::malformed(Format::Tiff, "it has no pixels"));
    }
    let color = decoder.colortype().map_err(failed)?;
    let icc = decoder.find_tag(Tag::IccProfile).ok().flatten().and_then(|value| value.into_u8_vec().ok());
    let kind = Kind::new(&mut decoder, color, icc.as_deref())?;
    let source = Source {
        format: Format::Tiff,
        width,
        height,
        orientation,
        color: kind.model(),
        bit_depth: color.bit_depth(),
        alpha: kind.has_alpha(),
    };
    let chunk = decoder.chunk_dimensions();
    if chunk.0 == 0 || chunk.1 == 0 {
        return Err(Error::malformed(Format::Tiff, "its parts have no pixels"));
    }
    let across = width.div_ceil(chunk.0);
    let stride = (u64::from(width) * u64::from(kind.bits()) * kind.stored()).div_ceil(8);
    let band = u64::from(chunk.1.min(height)) * (stride + u64::from(width) * kind.bytes());
    let part = u64::from(chunk.1.min(height)) * u64::from(chunk.0) * kind.stored() * 2;
    let (layout, depth) = (kind.layout(), kind.depth());
    let rows = Box::new(Bands { decoder, kind, width, height, chunk, across, next: 0 });
    // What is compressed is read piece by piece.
    Ok(Opened { source, layout, depth, icc, memory: band + part + (1 << 18), rows })
}

/// What the samples are.
enum Kind {
    /// Gray or RGB, perhaps with alpha, with this many bits a sample. Whether colours have been multiplied by alpha.
    Plain(Channels, u8, bool),
    /// An index of this many bits into these colours.
    Palette(u8, Vec<[u8; 3]>),
    /// Inks of this many bits. Whether a profile says what they look like.
    Inks(u8, bool),
}

impl Kind {
    fn new(decoder: &mut Decoder<Cursor<Vec<u8>>>, color: ColorType, icc: Option<&[u8]>) -> Result<Self> {
        let unsupported = |what: &str| Err(Error::unsupported(Format::Tiff, what));
        let mut number = |tag| decoder.find_tag_unsigned_vec::<u16>(tag).ok().flatten().unwrap_or_default();
        if number(Tag::SampleFormat).iter().any(|&format| format != 1) {
            return unsupported("with samples that are no whole numbers");
        }
        if number(Tag::PlanarConfiguration).first() == Some(&2) && color.num_samples() > 1 {
            return unsupported("in planes");
        }
        let is_associated = number(Tag::ExtraSamples).first() == Some(&ASSOCIATED);
        Ok(match color {
            ColorType::Gray(bits @ (1 | 2 | 4 | 8 | 16)) => Self::Plain(Channels::Gray, bits, false),
            ColorType::RGB(bits @ (8 | 16)) => Self::Plain(Channels::Rgb, bits, false),
            ColorType::GrayA(bits @ (8 | 16)) => Self::Plain(Channels::GrayAlpha, bits, is_associated),
            ColorType::RGBA(bits @ (8 | 16)) => Self::Plain(Channels::Rgba, bits, is_associated),
            ColorType::CMYK(bits @ (8 | 16)) => {
                Self::Inks(bits, icc.and_then(|icc| Space::of_icc(icc, Model::Cmyk)).is_some())
            }
            ColorType::Palette(bits @ (1 | 2 | 4 | 8)) => Self::Palette(bits, colors(&number(Tag::ColorMap))),
            _ => return unsupported("with samples of this kind"),
        })
    }

    fn model(&self) -> ColorModel {
        match self {
            Self::Plain(Channels::Gray | Channels::GrayAlpha, ..) => ColorModel::Gray,
            Self::Plain(..) => ColorModel::Rgb,
            Self::Palette(..) => ColorModel::Palette,
            Self::Inks(..) => ColorModel::Cmyk,
        }
    }

    fn layout(&self) -> Layout {
        match self {
            Self::Plain(channels, ..) => Layout::Interleaved(*channels),
            Self::Palette(..) => Layout::Interleaved(Channels::Rgb),
            Self::Inks(_, true) => Layout::Inks,
            Self::Inks(_, false) => Layout::Interleaved(Channels::Rgb),
        }
    }

    fn depth(&self) -> Depth {
        if matches!(self, Self::Plain(_, 16, _)) { Depth::Sixteen } else { Depth::Eight }
    }

    fn has_alpha(&self) -> bool {
        matches!(self, Self::Plain(channels, ..) if channels.has_alpha())
    }

    /// Bits of a stored sample.
    fn bits(&self) -> u8 {
        let (Self::Plain(_, bits, _) | Self::Palette(bits, _) | Self::Inks(bits, _)) = self;
        *bits
    }

    /// Stored samples of a pixel.
    fn stored(&self) -> u64 {
        match self {
            Self::Palette(..) => 1,
            Self::Inks(..) => 4,
            Self::Plain(..) => self.layout().samples() as u64,
        }
    }

    /// Bytes of a pixel that is handed on.
    fn bytes(&self) -> u64 {
        (self.layout().samples() * self.depth().bytes()) as u64
    }

    /// Bytes of a row of stored samples.
    fn stride(&self, width: u32) -> usize {
        (u64::from(width) * self.stored() * u64::from(self.bits())).div_ceil(8) as usize
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
            Self::Inks(16, is_known) => {
                let narrow = |&sample| crate::pixels::narrow(u16::from_ne_bytes(sample));
                let row: Vec<u8> = row.as_chunks().0.iter().map(narrow).collect();
                Self::Inks(8, *is_known).convert(&row, width, to);
            }
            Self::Inks(_, true) => to.extend_from_slice(row),
            Self::Inks(_, false) => to.extend(row.as_chunks().0.iter().flat_map(look)),
        }
    }
}

/// What inks look like where nothing says so: each takes its part of the light away, as viewers have it.
fn look(&[inks @ .., black]: &[u8; 4]) -> [u8; 3] {
    inks.map(|ink| ((255 - u32::from(ink)) * (255 - u32::from(black)) / 255) as u8)
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
    let sample = |index: usize| map.get(index).copied().map_or(0, crate::pixels::narrow);
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
        for sample in color.chunks_exact_mut(BYTES) {
            let value = (read(sample) * most + alpha / 2).checked_div(alpha).unwrap_or(0).min(most);
            match sample {
                [one] => *one = value as u8,
                sample => sample.copy_from_slice(&(value as u16).to_ne_bytes()),
            }
        }
    }
}

/// The rows of a strip, or of the tiles that stand side by side.
struct Bands {
    decoder: Decoder<Cursor<Vec<u8>>>,
    kind: Kind,
    width: u32,
    height: u32,
    chunk: (u32, u32),
    across: u32,
    /// The next band.
    next: u32,
}

impl Rows for Bands {
    fn read(&mut self, rows: &mut Vec<u8>) -> Result<()> {
        rows.clear();
        let left = self.height.saturating_sub(self.next.saturating_mul(self.chunk.1));
        let height = left.min(self.chunk.1) as usize;
        let stride = self.kind.stride(self.width);
        let mut band = vec![0; height * stride];
        let mut part = Vec::new();
        for tile in 0..self.across {
            let index = self.next * self.across + tile;
            let layout = self.decoder.image_chunk_buffer_layout(index).map_err(failed)?;
            part.clear();
            part.resize(layout.len, 0);
            self.decoder.read_chunk_bytes(index, &mut part).map_err(failed)?;
            let start = self.kind.stride(tile * self.chunk.0);
            let from = part.chunks(layout.row_stride.map_or(1, |stride| stride.get()));
            for (row, from) in band.chunks_exact_mut(stride.max(1)).zip(from) {
                let to = row.get_mut(start..).unwrap_or_default();
                let bytes = to.len().min(from.len());
                to.iter_mut().zip(from).take(bytes).for_each(|(to, &from)| *to = from);
            }
        }
        drop(part);
        for row in band.chunks_exact(stride.max(1)) {
            self.kind.convert(row, self.width, rows);
        }
        self.next += 1;
        Ok(())
    }
}

fn failed(error: TiffError) -> Error {
    match error {
        TiffError::UnsupportedError(what) => {
            Error::unsupported(Format::Tiff, format!("of this kind ({what})"))
        }
        TiffError::LimitsExceeded => Error::malformed(Format::Tiff, "it is larger than it may be"),
        other => Error::malformed(Format::Tiff, other),
    }
}
