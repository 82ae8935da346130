//! The file around the frames (RFC 9649, 2.7).

use super::coder::Drawing;
use super::difference::Rect;
use super::error::EncodeError;
use crate::encode::container::{self, ALPHA, ANIMATION, chunk_size, extended, write_chunk};
use alloc::vec::Vec;

/// What comes with an animation.
#[derive(Clone, Copy, Debug, Default)]
pub struct Attached<'a> {
    /// An ICC profile.
    pub icc: Option<&'a [u8]>,
    /// EXIF data.
    pub exif: Option<&'a [u8]>,
    /// XMP data.
    pub xmp: Option<&'a [u8]>,
}

/// A frame that is encoded, but for what the next one settles.
pub(super) struct Frame {
    pub(super) drawing: Drawing,
    pub(super) duration: u32,
    /// Whether it clears its rectangle when the next one comes.
    pub(super) clears: bool,
    /// The chunks of its image.
    pub(super) chunks: Vec<u8>,
}

/// The longest time for which a frame is shown, in milliseconds.
pub(super) const LONGEST: u32 = 0xFF_FFFF;

/// Bytes before the chunks of a frame, without the header of the chunk around them.
const FRAME_HEADER: u64 = 16;

impl Frame {
    fn size(&self) -> u64 {
        FRAME_HEADER + self.chunks.len() as u64
    }

    /// The beginning of its chunk.
    fn head(&self) -> Vec<u8> {
        let Rect { x, y, width, height } = self.drawing.rect;
        let mut head = Vec::with_capacity(8 + FRAME_HEADER as usize);
        head.extend(b"ANMF");
        head.extend((self.size() as u32).to_le_bytes());
        for field in [x as u32 / 2, y as u32 / 2, width as u32 - 1, height as u32 - 1, self.duration] {
            let [low, middle, high, _] = field.to_le_bytes();
            head.extend([low, middle, high]);
        }
        head.push(u8::from(!self.drawing.blend) << 1 | u8::from(self.clears));
        head
    }
}

/// Makes the file, in pieces. One frame alone, which covers the canvas, is a still.
pub(super) fn pieces(
    (width, height): (u32, u32),
    frames: Vec<Frame>,
    loops: u16,
    attached: &Attached<'_>,
) -> Result<Vec<Vec<u8>>, EncodeError> {
    let animated = frames.len() > 1;
    let Attached { icc, exif, xmp } = *attached;
    let alpha = frames.iter().any(|frame| frame.drawing.alpha);
    // A lossless still says itself whether it has alpha.
    let lossy_alpha = frames.iter().any(|frame| frame.chunks.starts_with(b"ALPH"));
    let mut head = Vec::new();
    let flags = container::metadata_flags(icc, exif, xmp)
        | if alpha { ALPHA } else { 0 }
        | if animated { ANIMATION } else { 0 };
    if animated || lossy_alpha || flags & !ALPHA != 0 {
        write_chunk(&mut head, b"VP8X", &extended(flags, width, height));
    }
    if let Some(icc) = icc {
        write_chunk(&mut head, b"ICCP", icc);
    }
    if animated {
        let [low, high] = loops.to_le_bytes();
        write_chunk(&mut head, b"ANIM", &[0, 0, 0, 0, low, high]);
    }
    let mut tail = Vec::new();
    for (id, content) in [(b"EXIF", exif), (b"XMP ", xmp)] {
        if let Some(content) = content {
            write_chunk(&mut tail, id, content);
        }
    }
    let of_frame =
        |frame: &Frame| if animated { chunk_size(frame.size()) } else { frame.chunks.len() as u64 };
    let size = 4 + (head.len() + tail.len()) as u64 + frames.iter().map(of_frame).sum::<u64>();
    let mut pieces = Vec::with_capacity(2 + 2 * frames.len());
    pieces.push([&container::file_header(size).map_err(|_| EncodeError::TooLarge)?[..], &head].concat());
    for frame in frames {
        if animated {
            pieces.push(frame.head());
        }
        pieces.push(frame.chunks);
    }
    pieces.push(tail);
    Ok(pieces)
}
