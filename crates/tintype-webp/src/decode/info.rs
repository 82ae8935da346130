//! Descriptions of whole files, without decoding them.

use super::budget::Budget;
use super::chunk::{ANMF, ChunkId, EXIF, ICCP, XMP, u24};
use super::config::DecoderConfig;
use super::container::Container;
use super::error::DecodeError;
use super::header::Header;
use super::input::Input;

/// A description of a file.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Info<'a> {
    /// The image, as [`Decoder::header`](super::Decoder::header) describes it, but without metadata.
    pub header: Header,
    /// Frames of an animation; 1 if the file is none.
    pub frames: u32,
    /// Milliseconds that all frames of an animation are shown together.
    pub duration: u64,
    /// The EXIF data, a TIFF structure, of any size and wherever it stands; none without the flag that announces it.
    pub exif: Option<&'a [u8]>,
    /// The XMP packet, of any size and wherever it stands; none without its flag.
    pub xmp: Option<&'a [u8]>,
    /// The ICC profile, of any size; none without its flag.
    pub icc: Option<&'a [u8]>,
}

/// Bytes that are looked at together.
const PIECE: usize = 4096;

/// Describes a file. The effort grows with the number of its chunks, and not with their sizes.
///
/// # Errors
///
/// As for [`Decoder::header`](super::Decoder::header).
pub fn info(file: &[u8]) -> Result<Info<'_>, DecodeError> {
    let header = read_header(file)?;
    let mut info = Info { header, frames: 0, duration: 0, exif: None, xmp: None, icc: None };
    for (id, content) in chunks(file) {
        match id {
            ANMF => {
                info.frames += 1;
                if let Some(&[low, middle, high]) = content.get(12..15).and_then(|field| field.first_chunk())
                {
                    info.duration += u64::from(u24([low, middle, high]));
                }
            }
            EXIF if info.header.has_exif && info.exif.is_none() => info.exif = Some(content),
            XMP if info.header.has_xmp && info.xmp.is_none() => info.xmp = Some(content),
            ICCP if info.header.has_icc && info.icc.is_none() => info.icc = Some(content),
            _ => {}
        }
    }
    if info.header.animation.is_none() {
        info.frames = 1;
    }
    Ok(info)
}

fn read_header(file: &[u8]) -> Result<Header, DecodeError> {
    let (mut input, mut container) = (Input::default(), Container::new(false));
    let (config, mut budget) = (DecoderConfig::default(), Budget::new(u64::MAX));
    let mut rest = file;
    loop {
        // Bytes to be skipped need not be looked at.
        let (_, after) = rest.split_at(input.pass(rest.len()));
        let (piece, after) = after.split_at(after.len().min(PIECE));
        rest = after;
        if piece.is_empty() {
            input.finish();
        }
        input.feed(piece);
        if let Some(found) = container.find_image(&mut input, &config, &mut budget)? {
            return Ok(found.header);
        }
    }
}

/// The chunks of a file; the last may be cut short.
fn chunks(file: &[u8]) -> impl Iterator<Item = (ChunkId, &[u8])> {
    let mut rest = file.get(12..).unwrap_or_default();
    core::iter::from_fn(move || {
        let (&[a, b, c, d, s0, s1, s2, s3], after) = rest.split_first_chunk()?;
        let size = usize::try_from(u32::from_le_bytes([s0, s1, s2, s3])).unwrap_or(usize::MAX);
        let content = after.get(..size).unwrap_or(after);
        rest = after.get(size.saturating_add(size & 1)..).unwrap_or_default();
        Some(([a, b, c, d], content))
    })
}
