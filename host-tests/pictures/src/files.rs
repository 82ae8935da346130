//! Files of pictures, in the styles that cameras and tools produce.

use std::io::{Cursor, Write as _};

use flate2::{Compression, Crc, write::ZlibEncoder};
use jpeg_encoder::{ColorType, Encoder, SamplingFactor};

use crate::Picture;

/// How a JPEG file stores colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JpegColor {
    /// One channel.
    Gray,
    /// YCbCr, chroma at half the size in both directions (4:2:0).
    Subsampled,
    /// YCbCr, chroma at full size (4:4:4).
    Full,
    /// Four inks as in files by Adobe's programs, stored inverted.
    Cmyk,
    /// The same, transformed to YCCK.
    Ycck,
}

/// What kind of JPEG file to write.
#[derive(Clone, Copy, Debug)]
pub struct JpegStyle {
    /// Quality, 1 to 100.
    pub quality: u8,
    /// How colour is stored.
    pub color: JpegColor,
    /// Progressive instead of baseline.
    pub progressive: bool,
    /// Blocks (MCUs) between restart markers; 0 is none.
    pub restart: u16,
    /// EXIF orientation, or no EXIF at all.
    pub orientation: Option<u8>,
}

impl Default for JpegStyle {
    /// What most cameras write: baseline 4:2:0 at quality 90, without EXIF.
    fn default() -> Self {
        Self { quality: 90, color: JpegColor::Subsampled, progressive: false, restart: 0, orientation: None }
    }
}

/// Formats that come now and then.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RareFormat {
    /// Windows bitmap, without alpha.
    Bmp,
    /// Windows icon, up to 256 pixels a side.
    Ico,
    /// Quite OK Image.
    Qoi,
    /// Portable pixmap, without alpha.
    Pnm,
    /// TIFF 6.0.
    Tiff,
}

impl RareFormat {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Bmp, Self::Ico, Self::Qoi, Self::Pnm, Self::Tiff];
}

/// How a PNG file stores colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PngColor {
    /// One channel of 1, 2, 4, 8 or 16 bits.
    Gray(u8),
    /// One channel and alpha of 8 or 16 bits.
    GrayAlpha(u8),
    /// Three channels of 8 or 16 bits.
    Rgb(u8),
    /// Three channels and alpha of 8 or 16 bits.
    Rgba(u8),
    /// A palette of at most 256 colours. Pictures with more are rounded to 3 bits of red and green and 2 of blue.
    Palette,
}

/// What kind of PNG file to write. Rows go through all five filters in turn.
#[derive(Clone, Copy, Debug)]
pub struct PngStyle {
    /// How colour is stored.
    pub color: PngColor,
    /// Interlaced (Adam7).
    pub interlaced: bool,
    /// EXIF orientation, or no EXIF at all.
    pub orientation: Option<u8>,
    /// The samples are those of Display P3 (`cICP`), not of sRGB.
    pub display_p3: bool,
}

impl Default for PngStyle {
    /// 8-bit RGBA without interlacing and EXIF.
    fn default() -> Self {
        Self { color: PngColor::Rgba(8), interlaced: false, orientation: None, display_p3: false }
    }
}

impl Picture {
    /// A JPEG file as most cameras write it.
    pub fn jpeg(&self) -> Vec<u8> {
        self.jpeg_as(&JpegStyle::default())
    }

    /// A JPEG file. Alpha is dropped.
    pub fn jpeg_as(&self, style: &JpegStyle) -> Vec<u8> {
        let mut file = Vec::new();
        let mut encoder = Encoder::new(&mut file, style.quality);
        encoder.set_progressive(style.progressive);
        encoder.set_restart_interval(style.restart);
        let full = matches!(style.color, JpegColor::Full | JpegColor::Cmyk | JpegColor::Ycck);
        encoder.set_sampling_factor(if full { SamplingFactor::F_1_1 } else { SamplingFactor::F_2_2 });
        if let Some(orientation) = style.orientation {
            encoder.add_exif_metadata(&exif(orientation)).unwrap();
        }
        let (samples, color) = match style.color {
            JpegColor::Gray => (self.samples(|pixel| [luma(pixel)]), ColorType::Luma),
            JpegColor::Subsampled | JpegColor::Full => {
                (self.samples(|[r, g, b, _]| [r, g, b]), ColorType::Rgb)
            }
            JpegColor::Cmyk => (self.samples(inks), ColorType::Cmyk),
            JpegColor::Ycck => (self.samples(inks), ColorType::CmykAsYcck),
        };
        let side = |length: u32| u16::try_from(length).expect("JPEG goes to 65535");
        encoder.encode(&samples, side(self.width), side(self.height), color).unwrap();
        file
    }

    /// An 8-bit RGBA PNG file.
    pub fn png(&self) -> Vec<u8> {
        self.png_as(&PngStyle::default())
    }

    /// A PNG file (ISO/IEC 15948).
    pub fn png_as(&self, style: &PngStyle) -> Vec<u8> {
        let (color_type, depth) = match style.color {
            PngColor::Gray(depth) => (0, depth),
            PngColor::Rgb(depth) => (2, depth),
            PngColor::Palette => (3, 8),
            PngColor::GrayAlpha(depth) => (4, depth),
            PngColor::Rgba(depth) => (6, depth),
        };
        let mut header = Vec::new();
        header.extend(self.width.to_be_bytes());
        header.extend(self.height.to_be_bytes());
        header.extend([depth, color_type, 0, 0, u8::from(style.interlaced)]);

        let mut file = b"\x89PNG\r\n\x1a\n".to_vec();
        chunk(&mut file, b"IHDR", &header);
        if style.display_p3 {
            // The primaries of Display P3, the curve of sRGB, RGB of full range (ITU-T H.273).
            chunk(&mut file, b"cICP", &[12, 13, 0, 1]);
        }
        if let Some(orientation) = style.orientation {
            chunk(&mut file, b"eXIf", &exif(orientation));
        }
        if style.color == PngColor::Palette {
            let (colours, alphas): (Vec<_>, Vec<_>) =
                self.palette().into_iter().map(|[r, g, b, a]| ([r, g, b], a)).unzip();
            chunk(&mut file, b"PLTE", &colours.concat());
            chunk(&mut file, b"tRNS", &alphas);
        }
        let mut packer = ZlibEncoder::new(Vec::new(), Compression::default());
        packer.write_all(&self.scanlines(style)).unwrap();
        chunk(&mut file, b"IDAT", &packer.finish().unwrap());
        chunk(&mut file, b"IEND", &[]);
        file
    }

    /// A lossless WebP file.
    pub fn webp(&self) -> Vec<u8> {
        self.webp_turned(None)
    }

    /// A lossless WebP file with an EXIF orientation.
    pub fn webp_turned(&self, orientation: Option<u8>) -> Vec<u8> {
        let mut file = Cursor::new(Vec::new());
        let mut encoder = image_webp::WebPEncoder::new(&mut file);
        if let Some(orientation) = orientation {
            encoder.set_exif_metadata(exif(orientation));
        }
        let samples = self.pixels.concat();
        encoder.encode(&samples, self.width, self.height, image_webp::ColorType::Rgba8).unwrap();
        file.into_inner()
    }

    /// A GIF file of this picture and, as further frames, of others.
    pub fn gif(&self, further: &[Picture]) -> Vec<u8> {
        let side = |length: u32| u16::try_from(length).expect("GIF goes to 65535");
        let mut file = Vec::new();
        let mut encoder = gif::Encoder::new(&mut file, side(self.width), side(self.height), &[]).unwrap();
        for picture in std::iter::once(self).chain(further) {
            let mut samples = picture.pixels.concat();
            let (width, height) = (side(picture.width), side(picture.height));
            encoder.write_frame(&gif::Frame::from_rgba_speed(width, height, &mut samples, 10)).unwrap();
        }
        drop(encoder);
        file
    }

    /// A file of a format that is rare, with alpha where it has a place for it.
    pub fn rare(&self, format: RareFormat) -> Vec<u8> {
        use image::ExtendedColorType::{Rgb8, Rgba8};
        use image::ImageEncoder as _;
        let (rgb, rgba) = (self.samples(|[red, green, blue, _]| [red, green, blue]), self.pixels.concat());
        let (mut file, width, height) = (Vec::new(), self.width, self.height);
        let written = match format {
            RareFormat::Bmp => {
                image::codecs::bmp::BmpEncoder::new(&mut file).encode(&rgb, width, height, Rgb8)
            }
            RareFormat::Ico => {
                image::codecs::ico::IcoEncoder::new(&mut file).write_image(&rgba, width, height, Rgba8)
            }
            RareFormat::Qoi => {
                image::codecs::qoi::QoiEncoder::new(&mut file).write_image(&rgba, width, height, Rgba8)
            }
            RareFormat::Pnm => {
                image::codecs::pnm::PnmEncoder::new(&mut file).write_image(&rgb, width, height, Rgb8)
            }
            RareFormat::Tiff => return self.tiff(),
        };
        written.unwrap();
        file
    }

    /// A TIFF file of RGB and alpha with 8 bits, in strips that are compressed by LZW.
    fn tiff(&self) -> Vec<u8> {
        use tiff::encoder::{Compression, TiffEncoder, colortype};
        let mut file = Cursor::new(Vec::new());
        let mut encoder = TiffEncoder::new(&mut file).unwrap().with_compression(Compression::Lzw);
        encoder.write_image::<colortype::RGBA8>(self.width, self.height, &self.pixels.concat()).unwrap();
        file.into_inner()
    }

    /// Reads a JPEG, PNG or WebP file, or the first frame of a GIF.
    pub fn read(file: &[u8]) -> Self {
        match file {
            [0xff, 0xd8, ..] => read_jpeg(file),
            [0x89, b'P', ..] => read_png(file),
            [b'R', b'I', b'F', b'F', ..] => read_webp(file),
            [b'G', b'I', b'F', ..] => read_gif(file),
            _ => panic!("not JPEG, PNG, WebP or GIF: {:?}", &file[..file.len().min(16)]),
        }
    }

    fn samples<const N: usize>(&self, convert: impl Fn([u8; 4]) -> [u8; N]) -> Vec<u8> {
        self.pixels.iter().flat_map(|&pixel| convert(pixel)).collect()
    }

    fn of_samples<const N: usize>(
        width: usize,
        height: usize,
        samples: &[u8],
        convert: impl Fn([u8; N]) -> [u8; 4],
    ) -> Self {
        let (pixels, rest) = samples.as_chunks::<N>();
        assert!(rest.is_empty() && pixels.len() == width * height, "{width}x{height} pixels of {N} samples");
        let pixels = pixels.iter().map(|&pixel| convert(pixel)).collect();
        Self { width: width as u32, height: height as u32, pixels }
    }

    /// The colours of the palette.
    fn palette(&self) -> Vec<[u8; 4]> {
        let mut colours = self.pixels.clone();
        colours.sort_unstable();
        colours.dedup();
        if colours.len() > 256 {
            colours.iter_mut().for_each(|colour| *colour = rounded(*colour));
            colours.sort_unstable();
            colours.dedup();
        }
        colours
    }

    /// The filtered rows of all passes.
    fn scanlines(&self, style: &PngStyle) -> Vec<u8> {
        // First column and row, and steps, of each pass of Adam7 (ISO/IEC 15948, 8.2).
        const ADAM7: [[u32; 4]; 7] = [
            [0, 0, 8, 8],
            [4, 0, 8, 8],
            [0, 4, 4, 8],
            [2, 0, 4, 4],
            [0, 2, 2, 4],
            [1, 0, 2, 2],
            [0, 1, 1, 2],
        ];
        let palette = if style.color == PngColor::Palette { self.palette() } else { Vec::new() };
        let passes = if style.interlaced { &ADAM7[..] } else { &[[0, 0, 1, 1]] };
        let mut data = Vec::new();
        for &[x0, y0, dx, dy] in passes.iter().filter(|[x0, ..]| *x0 < self.width) {
            let mut above = Vec::new();
            for (index, y) in (y0..self.height).step_by(dy as usize).enumerate() {
                let pixels = (x0..self.width).step_by(dx as usize).map(|x| self.at(x, y));
                let (row, step) = packed_row(pixels, style.color, &palette);
                above.resize(row.len(), 0);
                data.extend(filtered(index as u8 % 5, &row, &above, step));
                above = row;
            }
        }
        data
    }
}

/// A row's bytes before filtering, and the bytes of a pixel, at least 1.
fn packed_row(
    pixels: impl Iterator<Item = [u8; 4]>,
    color: PngColor,
    palette: &[[u8; 4]],
) -> (Vec<u8>, usize) {
    // The low byte differs from the high one, so that a reader that takes the wrong one is found out.
    let wide = |value: u8| [value, value ^ 0x5a];
    match color {
        PngColor::Gray(16) => (pixels.flat_map(|pixel| wide(luma(pixel))).collect(), 2),
        PngColor::Gray(8) => (pixels.map(luma).collect(), 1),
        PngColor::Gray(depth) => {
            let levels: Vec<u8> = pixels.map(|pixel| luma(pixel) >> (8 - depth)).collect();
            let pack = |group: &[u8]| {
                let shifts = (0..8).step_by(depth.into()).map(|used| 8 - depth - used);
                group.iter().zip(shifts).fold(0, |byte, (level, shift)| byte | level << shift)
            };
            (levels.chunks(8 / usize::from(depth)).map(pack).collect(), 1)
        }
        PngColor::GrayAlpha(16) => (pixels.flat_map(|p| [wide(luma(p)), wide(p[3])].concat()).collect(), 4),
        PngColor::GrayAlpha(_) => (pixels.flat_map(|p| [luma(p), p[3]]).collect(), 2),
        PngColor::Rgb(16) => (pixels.flat_map(|[r, g, b, _]| [r, g, b].map(wide).concat()).collect(), 6),
        PngColor::Rgb(_) => (pixels.flat_map(|[r, g, b, _]| [r, g, b]).collect(), 3),
        PngColor::Rgba(16) => (pixels.flat_map(|pixel| pixel.map(wide).concat()).collect(), 8),
        PngColor::Rgba(_) => (pixels.flatten().collect(), 4),
        PngColor::Palette => {
            let index = |pixel: [u8; 4]| {
                let found = palette.binary_search(&pixel).or_else(|_| palette.binary_search(&rounded(pixel)));
                found.expect("every colour is in the palette") as u8
            };
            (pixels.map(index).collect(), 1)
        }
    }
}

/// A filtered row, after the number of its filter (ISO/IEC 15948, clause 9).
fn filtered(filter: u8, row: &[u8], above: &[u8], step: usize) -> Vec<u8> {
    let byte = |row: &[u8], index: Option<usize>| index.map_or(0, |index| row[index]);
    let predict = |index: usize| {
        let before = index.checked_sub(step);
        let (left, up, corner) = (byte(row, before), above[index], byte(above, before));
        match filter {
            0 => 0,
            1 => left,
            2 => up,
            3 => left.midpoint(up),
            _ => paeth(left, up, corner),
        }
    };
    let bytes = row.iter().enumerate().map(|(index, value)| value.wrapping_sub(predict(index)));
    std::iter::once(filter).chain(bytes).collect()
}

fn paeth(left: u8, up: u8, corner: u8) -> u8 {
    let estimate = i16::from(left) + i16::from(up) - i16::from(corner);
    let distance = |value: u8| (estimate - i16::from(value)).abs();
    // `min_by_key` keeps the first of equals, which is the order that the standard asks for.
    [left, up, corner].into_iter().min_by_key(|&value| distance(value)).unwrap_or(0)
}

fn chunk(file: &mut Vec<u8>, kind: &[u8; 4], data: &[u8]) {
    let mut crc = Crc::new();
    crc.update(kind);
    crc.update(data);
    file.extend((data.len() as u32).to_be_bytes());
    file.extend(kind);
    file.extend(data);
    file.extend(crc.sum().to_be_bytes());
}

/// EXIF with nothing but an orientation: a TIFF header and one directory with one entry.
fn exif(orientation: u8) -> Vec<u8> {
    let mut tiff = b"II*\0\x08\0\0\0\x01\0".to_vec();
    tiff.extend([0x12, 0x01, 3, 0, 1, 0, 0, 0, orientation, 0, 0, 0]);
    tiff.extend([0; 4]);
    tiff
}

/// BT.601 luma.
fn luma([red, green, blue, _]: [u8; 4]) -> u8 {
    ((u32::from(red) * 299 + u32::from(green) * 587 + u32::from(blue) * 114 + 500) / 1000) as u8
}

/// Cyan, magenta, yellow and black that print as this colour, with half of the grey as black.
fn inks([red, green, blue, _]: [u8; 4]) -> [u8; 4] {
    let black = (255 - red.max(green).max(blue)) / 2;
    let ink = |value: u8| 255 - ((u32::from(value) * 255) / u32::from(255 - black)) as u8;
    [ink(red), ink(green), ink(blue), black]
}

fn rounded([red, green, blue, alpha]: [u8; 4]) -> [u8; 4] {
    [red & 0xe0 | 0x10, green & 0xe0 | 0x10, blue & 0xc0 | 0x20, if alpha < 128 { 0 } else { 255 }]
}

fn read_jpeg(file: &[u8]) -> Picture {
    let mut decoder = zune_jpeg::JpegDecoder::new(Cursor::new(file));
    let samples = decoder.decode().unwrap_or_else(|error| panic!("not a JPEG file: {error:?}"));
    let (width, height) = decoder.dimensions().unwrap();
    match samples.len() / (width * height) {
        1 => Picture::of_samples(width, height, &samples, |[level]| [level, level, level, 255]),
        3 => Picture::of_samples(width, height, &samples, |[r, g, b]| [r, g, b, 255]),
        channels => panic!("a rendition has 1 or 3 channels, not {channels}"),
    }
}

fn read_png(file: &[u8]) -> Picture {
    let mut decoder = png::Decoder::new(Cursor::new(file));
    decoder.set_transformations(png::Transformations::normalize_to_color8() | png::Transformations::ALPHA);
    let mut reader = decoder.read_info().unwrap_or_else(|error| panic!("not a PNG file: {error}"));
    let mut samples = vec![0; reader.output_buffer_size().expect("a size that fits")];
    let frame = reader.next_frame(&mut samples).unwrap();
    let (width, height) = (frame.width as usize, frame.height as usize);
    let samples = &samples[..frame.buffer_size()];
    match frame.color_type {
        png::ColorType::GrayscaleAlpha => {
            Picture::of_samples(width, height, samples, |[level, alpha]| [level, level, level, alpha])
        }
        png::ColorType::Rgba => Picture::of_samples(width, height, samples, |pixel| pixel),
        other => panic!("every PNG file is read with alpha, not as {other:?}"),
    }
}

fn read_gif(file: &[u8]) -> Picture {
    let mut options = gif::DecodeOptions::new();
    options.set_color_output(gif::ColorOutput::RGBA);
    let mut decoder = options.read_info(file).unwrap();
    let frame = decoder.read_next_frame().unwrap().expect("a frame");
    Picture::of_samples(frame.width.into(), frame.height.into(), &frame.buffer, |pixel: [u8; 4]| pixel)
}

fn read_webp(file: &[u8]) -> Picture {
    let mut decoder = image_webp::WebPDecoder::new(Cursor::new(file))
        .unwrap_or_else(|error| panic!("not a WebP file: {error}"));
    let (width, height) = decoder.dimensions();
    let (width, height) = (width as usize, height as usize);
    let mut samples = vec![0; decoder.output_buffer_size().expect("a size that fits")];
    decoder.read_image(&mut samples).unwrap();
    if decoder.has_alpha() {
        Picture::of_samples(width, height, &samples, |pixel| pixel)
    } else {
        Picture::of_samples(width, height, &samples, |[r, g, b]| [r, g, b, 255])
    }
}
