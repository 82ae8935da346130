//! The file format (RFC 9649, 2): chunks up to the image data, or to that of an animation's next frame.

use super::bitstream::{
    Bitstream, LOSSLESS_HEADER, LOSSY_BEGINNING, LOSSY_HEADER, read_lossless, read_lossy,
};
use super::budget::Budget;
use super::chunk::{ALPH, ANIM, ANMF, ChunkId, EXIF, ICCP, VP8, VP8L, VP8X, malformed, u24};
use super::config::DecoderConfig;
use super::error::DecodeError;
use super::header::{Compression, Header, Metadata, Playback};
use super::input::Input;
use alloc::vec::Vec;

/// Reads chunks up to the image data.
pub(crate) struct Container {
    stage: Stage,
    /// What the VP8X chunk says, if there is one.
    extended: Option<Extended>,
    playback: Playback,
    /// The animation frame that the reader is in, and the bytes of its chunk that are left.
    frame: Option<(Place, u64)>,
    /// Bytes from the end of the frame's image data to the next chunk.
    after_image: u64,
    /// Frames that have been left behind.
    frames: u32,
    metadata: Metadata,
    alpha: Option<Vec<u8>>,
    alpha_seen: bool,
    /// Whether to hold the contents of chunks.
    keep: bool,
}

enum Stage {
    /// Before the file's header.
    Begin,
    /// Before the first chunk.
    First,
    /// Before another chunk.
    Chunks,
    /// In a chunk that is held.
    Gather { purpose: Purpose, content: Vec<u8>, size: u64 },
}

/// What a chunk is held for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Purpose {
    Icc,
    Exif,
    Alpha,
}

/// The VP8X chunk (RFC 9649, 2.7.1).
#[derive(Clone, Copy)]
struct Extended {
    alpha: bool,
    icc: bool,
    exif: bool,
    xmp: bool,
    animated: bool,
    width: u32,
    height: u32,
}

/// Where a frame stands on the canvas (RFC 9649, 2.7.1.1).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) x: u32,
    pub(crate) y: u32,
    pub(crate) width: u32,
    pub(crate) height: u32,
    /// Whether the frame is blended with the canvas, or replaces it.
    pub(crate) blend: bool,
    /// Whether its place becomes transparent before the next frame.
    pub(crate) dispose: bool,
    /// Milliseconds for which it is shown.
    pub(crate) duration: u32,
}

/// The image data that was found. The input is at its beginning, after the fields of [`Bitstream`].
pub(crate) struct Found {
    pub(crate) header: Header,
    pub(crate) image: Image,
}

/// Image data, and where it belongs.
pub(crate) struct Image {
    /// The size of the canvas.
    pub(crate) canvas: (u32, u32),
    /// Bytes per pixel.
    pub(crate) channels: usize,
    /// Whether there are planes to decode to.
    pub(crate) planar: bool,
    pub(crate) place: Place,
    pub(crate) bitstream: Bitstream,
    /// The content of the ALPH chunk.
    pub(crate) alpha: Option<Vec<u8>>,
    /// Bytes of image data.
    pub(crate) size: u64,
}

/// Bytes of a chunk's header, of the VP8X chunk, and of what stands before the chunks of a frame.
const CHUNK_HEADER: u64 = 8;
const VP8X_SIZE: usize = 10;
const ANIM_SIZE: usize = 6;
const FRAME_HEADER: usize = 16;

impl Container {
    /// A reader at the beginning of a file; without `keep` it skips what it would hold.
    pub(crate) fn new(keep: bool) -> Self {
        Self {
            stage: Stage::Begin,
            extended: None,
            playback: Playback::default(),
            frame: None,
            after_image: 0,
            frames: 0,
            metadata: Metadata::default(),
            alpha: None,
            alpha_seen: false,
            keep,
        }
    }

    /// Reads up to the image data; `None` asks for more input.
    pub(crate) fn find_image(
        &mut self,
        input: &mut Input,
        config: &DecoderConfig,
        budget: &mut Budget,
    ) -> Result<Option<Found>, DecodeError> {
        loop {
            let step = match &self.stage {
                Stage::Begin => self.read_file_header(input)?,
                Stage::Gather { .. } => self.gather(input, budget)?,
                Stage::First | Stage::Chunks => self.read_chunk(input, config)?,
            };
            match step {
                Step::Image(found) => return Ok(Some(found)),
                Step::Next => {}
                Step::NeedInput if input.finished() => return Err(DecodeError::Truncated),
                Step::NeedInput => return Ok(None),
            }
        }
    }

    /// Leaves the frame whose image has been found, and returns the number of bytes to the next chunk, `unused` bytes of
    /// image data included.
    pub(crate) fn leave_frame(&mut self, unused: u64) -> u64 {
        (self.frame, self.alpha, self.alpha_seen) = (None, None, false);
        self.frames += 1;
        unused + core::mem::take(&mut self.after_image)
    }

    /// Whether the reader is between chunks, after a frame.
    pub(crate) fn between_frames(&self) -> bool {
        self.frames > 0 && self.frame.is_none() && matches!(self.stage, Stage::Chunks)
    }

    fn read_file_header(&mut self, input: &mut Input) -> Result<Step, DecodeError> {
        let rest = input.rest();
        let differs = |at: usize, expected: &[u8; 4]| {
            let there = rest.get(at..).unwrap_or_default();
            there.iter().zip(expected).any(|(a, b)| a != b)
        };
        if differs(0, b"RIFF") || differs(8, b"WEBP") || rest.is_empty() && input.finished() {
            return Err(DecodeError::NotWebp);
        }
        if rest.len() < 12 {
            return Ok(Step::NeedInput);
        }
        // The size of the file is not looked at: what counts is where the data ends.
        input.advance(12);
        self.stage = Stage::First;
        Ok(Step::Next)
    }

    /// Reads a chunk's header, and its content unless that is held.
    fn read_chunk(&mut self, input: &mut Input, config: &DecoderConfig) -> Result<Step, DecodeError> {
        if let Some((_, left)) = self.frame
            && left < CHUNK_HEADER
        {
            return Err(malformed(ANMF, "image data"));
        }
        let Some((&[a, b, c, d, s0, s1, s2, s3], content)) = input.rest().split_first_chunk() else {
            return Ok(Step::NeedInput);
        };
        let id = [a, b, c, d];
        let size = u64::from(u32::from_le_bytes([s0, s1, s2, s3]));
        let animated = self.extended.is_some_and(|extended| extended.animated);
        let first = matches!(self.stage, Stage::First);
        match id {
            VP8 | VP8L if !animated || self.frame.is_some() => {
                let available = self.frame.map_or(u64::MAX, |(_, left)| left - CHUNK_HEADER);
                return self.read_image(id, size.min(available), input);
            }
            VP8X if first => {
                if size < VP8X_SIZE as u64 {
                    return Err(malformed(id, "10 bytes"));
                }
                let Some(&fields) = content.first_chunk() else { return Ok(Step::NeedInput) };
                self.extended = Some(read_extended(fields)?);
                self.stage = Stage::Chunks;
            }
            _ if first => return Err(malformed(id, "image data or a VP8X chunk in its place")),
            ANIM if animated && size >= ANIM_SIZE as u64 => {
                let Some(&[blue, green, red, alpha, low, high]) = content.first_chunk::<ANIM_SIZE>() else {
                    return Ok(Step::NeedInput);
                };
                let loops = u16::from_le_bytes([low, high]);
                self.playback = Playback { loops, background: [red, green, blue, alpha] };
            }
            ANMF if animated && self.frame.is_none() => {
                if size < FRAME_HEADER as u64 {
                    return Err(malformed(id, "16 bytes"));
                }
                let Some(&fields) = content.first_chunk() else { return Ok(Step::NeedInput) };
                let place = self.read_place(fields)?;
                self.frame = Some((place, size - FRAME_HEADER as u64));
                self.after_image = size & 1;
                input.advance(CHUNK_HEADER + FRAME_HEADER as u64);
                return Ok(Step::Next);
            }
            _ => {
                if let Some(purpose) = self.purpose(id, size, config, animated) {
                    input.advance(CHUNK_HEADER);
                    self.stage = Stage::Gather { purpose, content: Vec::new(), size };
                    self.count_in_frame(size);
                    return Ok(Step::Next);
                }
            }
        }
        // Chunks are padded to even sizes.
        input.advance(CHUNK_HEADER + size + (size & 1));
        self.count_in_frame(size);
        Ok(Step::Next)
    }

    /// Counts a chunk among those of a frame.
    fn count_in_frame(&mut self, size: u64) {
        if let Some((_, left)) = &mut self.frame {
            *left = left.saturating_sub(CHUNK_HEADER + size + (size & 1));
        }
    }

    /// What to hold a chunk for, if anything.
    fn purpose(&mut self, id: ChunkId, size: u64, config: &DecoderConfig, animated: bool) -> Option<Purpose> {
        // Metadata without its flag is none.
        let (icc, exif) = self.extended.map_or((false, false), |extended| (extended.icc, extended.exif));
        let purpose = match id {
            ICCP | EXIF if self.frames > 0 => return None,
            ICCP if icc && self.metadata.icc.is_none() && size <= config.max_icc.into() => Purpose::Icc,
            EXIF if exif && self.metadata.exif.is_none() && size <= config.max_exif.into() => Purpose::Exif,
            ALPH if !self.alpha_seen && animated == self.frame.is_some() => {
                self.alpha_seen = true;
                Purpose::Alpha
            }
            _ => return None,
        };
        self.keep.then_some(purpose)
    }

    /// Moves a chunk's content from the input to where it is held.
    fn gather(&mut self, input: &mut Input, budget: &mut Budget) -> Result<Step, DecodeError> {
        let Stage::Gather { purpose, content, size } = &mut self.stage else { return Ok(Step::Next) };
        let (here, _) = input.window(*size - content.len() as u64);
        let length = content.len() + here.len();
        if length > content.capacity() {
            // Doubled, so that the cost per byte is constant; not more than the chunk has.
            let room = length.max((content.capacity() as u64 * 2).min(*size) as usize);
            budget.take(room as u64)?;
            let before = content.capacity() as u64;
            content.reserve_exact(room - content.len());
            budget.give(before);
        }
        content.extend_from_slice(here);
        let here = here.len() as u64;
        input.advance(here);
        if (length as u64) < *size {
            return Ok(Step::NeedInput);
        }
        input.advance(*size & 1);
        let content = Some(core::mem::take(content));
        match purpose {
            Purpose::Icc => self.metadata.icc = content,
            Purpose::Exif => self.metadata.exif = content,
            Purpose::Alpha => self.alpha = content,
        }
        self.stage = Stage::Chunks;
        Ok(Step::Next)
    }

    /// Reads where an animation's frame stands (RFC 9649, 2.7.1.1).
    fn read_place(&self, fields: [u8; FRAME_HEADER]) -> Result<Place, DecodeError> {
        let [x0, x1, x2, y0, y1, y2, w0, w1, w2, h0, h1, h2, d0, d1, d2, flags] = fields;
        let place = Place {
            x: u24([x0, x1, x2]) * 2,
            y: u24([y0, y1, y2]) * 2,
            width: u24([w0, w1, w2]) + 1,
            height: u24([h0, h1, h2]) + 1,
            blend: flags & 2 == 0,
            dispose: flags & 1 != 0,
            duration: u24([d0, d1, d2]),
        };
        let fits = self.extended.is_some_and(|canvas| {
            place.x + place.width <= canvas.width && place.y + place.height <= canvas.height
        });
        if !fits {
            return Err(malformed(ANMF, "a frame within the canvas"));
        }
        Ok(place)
    }

    /// Reads the beginning of image data.
    fn read_image(&mut self, id: ChunkId, size: u64, input: &mut Input) -> Result<Step, DecodeError> {
        let content = input.rest().get(CHUNK_HEADER as usize..).unwrap_or_default();
        let length = if id == VP8 { LOSSY_HEADER } else { LOSSLESS_HEADER };
        if size < length as u64 {
            return Err(malformed(id, "the header of image data"));
        }
        let looked_at = if id == VP8 { size.min(LOSSY_BEGINNING as u64) } else { length as u64 };
        if (content.len() as u64) < looked_at && !input.finished() {
            return Ok(Step::NeedInput);
        }
        let content = content.get(..looked_at as usize).unwrap_or(content);
        let bitstream = match id {
            VP8 => content.split_first_chunk().map(|(&fields, rest)| read_lossy(fields, rest)),
            _ => content.first_chunk().map(|&fields| read_lossless(fields)),
        };
        let Some(bitstream) = bitstream.transpose()? else { return Ok(Step::NeedInput) };
        let (width, height) = bitstream.size();
        let whole = Place { width, height, ..Place::default() };
        let (place, canvas) = match (self.frame, self.extended) {
            (Some((place, _)), Some(canvas)) => (place, (canvas.width, canvas.height)),
            (_, Some(canvas)) => {
                let place = Place { width: canvas.width, height: canvas.height, ..whole };
                (place, (canvas.width, canvas.height))
            }
            _ => (whole, (width, height)),
        };
        if (place.width, place.height) != (width, height) {
            return Err(malformed(id, "an image of the size that the file announces"));
        }
        input.advance(CHUNK_HEADER + length as u64);
        if let Some((_, left)) = self.frame {
            self.after_image += left.saturating_sub(CHUNK_HEADER + size);
        }
        let has_alpha = match bitstream {
            Bitstream::Lossy { .. } => self.alpha_seen,
            Bitstream::Lossless { alpha, .. } => alpha,
        };
        let header = Header {
            width: canvas.0,
            height: canvas.1,
            // Around a frame that is smaller than the canvas, that is transparent.
            alpha: has_alpha
                || (place.width, place.height) != canvas
                || self.extended.is_some_and(|extended| extended.alpha),
            compression: if id == VP8 { Compression::Lossy } else { Compression::Lossless },
            animation: self.frame.map(|_| self.playback),
            has_exif: self.extended.is_some_and(|extended| extended.exif),
            has_xmp: self.extended.is_some_and(|extended| extended.xmp),
            has_icc: self.extended.is_some_and(|extended| extended.icc),
            metadata: core::mem::take(&mut self.metadata),
        };
        let alpha = self.alpha.take().filter(|_| id == VP8);
        let (channels, planar, size) = (header.channels(), header.planar(), size - length as u64);
        let image = Image { canvas, channels, planar, place, bitstream, alpha, size };
        Ok(Step::Image(Found { header, image }))
    }
}

#[allow(clippy::large_enum_variant)] // moved once
enum Step {
    Image(Found),
    Next,
    NeedInput,
}

fn read_extended(fields: [u8; VP8X_SIZE]) -> Result<Extended, DecodeError> {
    let [flags, _, _, _, w0, w1, w2, h0, h1, h2] = fields;
    let (width, height) = (u24([w0, w1, w2]) + 1, u24([h0, h1, h2]) + 1);
    if width.checked_mul(height).is_none() {
        return Err(malformed(VP8X, "a canvas of less than 2^32 pixels"));
    }
    let flag = |bit: u32| flags >> bit & 1 == 1;
    let (alpha, icc, exif, xmp, animated) = (flag(4), flag(5), flag(3), flag(2), flag(1));
    Ok(Extended { alpha, icc, exif, xmp, animated, width, height })
}
