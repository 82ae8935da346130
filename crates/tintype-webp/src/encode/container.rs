//! The container (RFC 9649, 2): what a file holds around its image data.

use alloc::vec::Vec;
use core::fmt;

/// Image data.
#[derive(Clone, Copy, Debug)]
pub enum Data<'a> {
    /// The content of a `VP8 ` chunk, and that of an `ALPH` chunk if the image has alpha.
    Lossy {
        /// What [`lossy::Encoder::finish`](super::lossy::Encoder::finish) returns.
        image: &'a [u8],
        /// Coded alpha, with its header of one byte.
        alpha: Option<&'a [u8]>,
    },
    /// The content of a `VP8L` chunk.
    Lossless {
        /// The image data.
        image: &'a [u8],
        /// Whether it has alpha.
        alpha: bool,
    },
}

/// A still image, and what comes with it.
#[derive(Clone, Copy, Debug)]
pub struct Still<'a> {
    /// Width in pixels, 1 to 16384.
    pub width: u32,
    /// Height in pixels, 1 to 16384.
    pub height: u32,
    /// The image data.
    pub data: Data<'a>,
    /// An ICC profile.
    pub icc: Option<&'a [u8]>,
    /// EXIF data.
    pub exif: Option<&'a [u8]>,
    /// XMP data.
    pub xmp: Option<&'a [u8]>,
}

/// The file would have more than the 4 GiB that its header can count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooLarge;

impl fmt::Display for TooLarge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a webp file may have at most 4 gib")
    }
}

impl core::error::Error for TooLarge {}

/// Flags of a `VP8X` chunk.
const ICC: u8 = 1 << 5;
pub(super) const ALPHA: u8 = 1 << 4;
const EXIF: u8 = 1 << 3;
const XMP: u8 = 1 << 2;
pub(super) const ANIMATION: u8 = 1 << 1;

impl<'a> Still<'a> {
    /// An image without anything else.
    pub fn new(width: u32, height: u32, data: Data<'a>) -> Self {
        Self { width, height, data, icc: None, exif: None, xmp: None }
    }

    /// Appends the file to `out`. It is a simple one unless there is metadata or coded alpha.
    ///
    /// # Errors
    /// [`TooLarge`]; nothing is written then.
    pub fn write(&self, out: &mut Vec<u8>) -> Result<(), TooLarge> {
        let header = self.extended();
        let [image, alpha] = match self.data {
            Data::Lossy { image, alpha } => [Some((b"VP8 ", image)), alpha.map(|alpha| (b"ALPH", alpha))],
            Data::Lossless { image, .. } => [Some((b"VP8L", image)), None],
        };
        let chunks: [Option<(&[u8; 4], &[u8])>; 6] = [
            header.as_ref().map(|header| (b"VP8X", &header[..])),
            self.icc.map(|icc| (b"ICCP", icc)),
            alpha,
            image,
            self.exif.map(|exif| (b"EXIF", exif)),
            self.xmp.map(|xmp| (b"XMP ", xmp)),
        ];
        let size =
            chunks.iter().flatten().fold(4, |sum, (_, content)| sum + chunk_size(content.len() as u64));
        let header = file_header(size)?;
        out.reserve_exact(size as usize + 8);
        out.extend(header);
        for (name, content) in chunks.into_iter().flatten() {
            write_chunk(out, name, content);
        }
        Ok(())
    }

    /// The content of a `VP8X` chunk, if one is needed.
    fn extended(&self) -> Option<[u8; 10]> {
        let (alpha, needed) = match self.data {
            Data::Lossy { alpha, .. } => (alpha.is_some(), alpha.is_some()),
            Data::Lossless { alpha, .. } => (alpha, false),
        };
        let metadata = metadata_flags(self.icc, self.exif, self.xmp);
        if !needed && metadata == 0 {
            return None;
        }
        Some(extended(metadata | if alpha { ALPHA } else { 0 }, self.width, self.height))
    }
}

/// The content of a `VP8X` chunk.
pub(super) fn extended(flags: u8, width: u32, height: u32) -> [u8; 10] {
    let [w0, w1, w2, _] = width.saturating_sub(1).to_le_bytes();
    let [h0, h1, h2, _] = height.saturating_sub(1).to_le_bytes();
    [flags, 0, 0, 0, w0, w1, w2, h0, h1, h2]
}

/// The flags of the metadata that is there.
pub(super) fn metadata_flags(icc: Option<&[u8]>, exif: Option<&[u8]>, xmp: Option<&[u8]>) -> u8 {
    let flag = |is_there: bool, flag: u8| if is_there { flag } else { 0 };
    flag(icc.is_some(), ICC) | flag(exif.is_some(), EXIF) | flag(xmp.is_some(), XMP)
}

/// The beginning of a file, given the bytes that follow its first eight.
pub(super) fn file_header(size: u64) -> Result<[u8; 12], TooLarge> {
    let size = u32::try_from(size).ok().filter(|&size| size < u32::MAX - 8).ok_or(TooLarge)?;
    let [a, b, c, d] = size.to_le_bytes();
    Ok([b'R', b'I', b'F', b'F', a, b, c, d, b'W', b'E', b'B', b'P'])
}

/// Appends a chunk, which is padded to an even size.
pub(super) fn write_chunk(out: &mut Vec<u8>, id: &[u8; 4], content: &[u8]) {
    out.extend(id);
    out.extend((content.len() as u32).to_le_bytes());
    out.extend_from_slice(content);
    out.extend(core::iter::repeat_n(0, content.len() % 2));
}

/// Bytes of a chunk, given those of its content.
pub(super) fn chunk_size(content: u64) -> u64 {
    8 + content + content % 2
}
