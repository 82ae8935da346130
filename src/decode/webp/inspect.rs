//! Describes a WebP: by what comes before its image and, where more than that is of interest, by the chunks after it, which are
//! passed over as they come.

use super::{error, orientation, source, webp};
use crate::color::{self, LARGEST_PROFILE, Model};
use crate::decode::{Inspector, Step, still};
use crate::{Animation, Info, Result, exif};
use tintype_webp::decode::{Compression, DecoderConfig};

/// Describes a WebP. Frames of an animation are counted to the end of the file, and not decoded.
pub(in crate::decode) struct WebpInspector {
    decoder: webp::Decoder,
    header: Option<webp::Header>,
    chunks: Chunks,
    complete: bool,
    location: bool,
}

impl WebpInspector {
    pub(in crate::decode) fn new(location: bool) -> Self {
        let config = DecoderConfig { max_icc: LARGEST_PROFILE as u32, ..DecoderConfig::default() };
        Self {
            decoder: webp::Decoder::new(config),
            header: None,
            chunks: Chunks::default(),
            complete: false,
            location,
        }
    }
}

impl Inspector for WebpInspector {
    fn feed(&mut self, chunk: &[u8]) -> Result<()> {
        if self.header.is_none() {
            self.decoder.feed(chunk);
        }
        self.chunks.feed(chunk);
        Ok(())
    }

    fn finish(&mut self) {
        self.decoder.finish();
        self.complete = true;
    }

    fn info(&mut self) -> Result<Step<Info>> {
        if self.header.is_none() {
            self.header = self.decoder.header().map_err(error)?.cloned();
        }
        let Some(header) = &self.header else { return Ok(Step::NeedInput) };
        let Chunks { exif, frames, duration, .. } = &self.chunks;
        let exif = exif.as_deref().filter(|_| header.has_exif);
        let is_known = header.animation.is_none() && (exif.is_some() || !header.has_exif);
        if !is_known && !self.complete {
            return Ok(Step::NeedInput);
        }
        let animation = header.animation.map(|playback| (playback, (*frames).max(1)));
        Ok(Step::Ready(Info {
            frames: animation.map_or(1, |(_, frames)| frames),
            animation: animation
                .map(|(playback, _)| Animation { loops: playback.loops.into(), duration: *duration }),
            icc_profile: header.icc().map(|profile| color::describe(profile, Model::Rgb)),
            exif: exif.and_then(exif::parse).map(|exif| exif.basics(self.location)),
            chroma_subsampling: (header.compression == Compression::Lossy).then(|| "4:2:0".into()),
            ..still(source(header, orientation(exif)))
        }))
    }
}

/// The chunks of a file (RFC 9649, 2.3), as its bytes come.
#[derive(Debug, Default)]
struct Chunks {
    place: Place,
    /// The bytes gathered so far.
    gathered: Vec<u8>,
    /// The EXIF data.
    exif: Option<Vec<u8>>,
    /// Frames of an animation, and the milliseconds that all of them are shown.
    frames: u32,
    duration: u64,
}

/// Where in the file the reader is.
#[derive(Debug, Default, Clone, Copy)]
enum Place {
    /// In the file's header.
    #[default]
    File,
    /// In the header of a chunk.
    Chunk,
    /// In the fields of a frame, with the bytes that follow them in its chunk.
    Frame(u64),
    /// In EXIF data of this many bytes.
    Exif(usize),
    /// In bytes to pass over.
    Skip(u64),
}

/// Bytes of the headers of a file, of a chunk, and of a frame.
const FILE: usize = 12;
const CHUNK: usize = 8;
const FRAME: usize = 16;

/// The longest EXIF data that is read, in bytes.
const LONGEST_EXIF: u32 = 1 << 20;

impl Chunks {
    fn feed(&mut self, mut bytes: &[u8]) {
        while !bytes.is_empty() {
            let needed = match self.place {
                Place::Skip(left) => {
                    let skipped = bytes.len().min(usize::try_from(left).unwrap_or(usize::MAX));
                    bytes = bytes.get(skipped..).unwrap_or_default();
                    self.skip(left - skipped as u64);
                    continue;
                }
                Place::File => FILE,
                Place::Chunk => CHUNK,
                Place::Frame(_) => FRAME,
                Place::Exif(size) => size,
            };
            let (taken, rest) = bytes.split_at(bytes.len().min(needed - self.gathered.len()));
            bytes = rest;
            self.gathered.extend_from_slice(taken);
            if self.gathered.len() == needed {
                let gathered = std::mem::take(&mut self.gathered);
                self.take(gathered);
            }
        }
    }

    fn skip(&mut self, left: u64) {
        self.place = if left == 0 { Place::Chunk } else { Place::Skip(left) };
    }

    /// Takes the bytes of a place.
    fn take(&mut self, gathered: Vec<u8>) {
        match (self.place, gathered.as_slice()) {
            (Place::Chunk, &[a, b, c, d, s0, s1, s2, s3]) => {
                let size = u32::from_le_bytes([s0, s1, s2, s3]);
                let padded = u64::from(size) + u64::from(size & 1);
                match &[a, b, c, d] {
                    b"ANMF" if size >= FRAME as u32 => self.place = Place::Frame(padded - FRAME as u64),
                    b"EXIF" if self.exif.is_none() && (1..=LONGEST_EXIF).contains(&size) => {
                        self.place = Place::Exif(size as usize);
                    }
                    _ => self.skip(padded),
                }
            }
            (Place::Frame(rest), &[.., d0, d1, d2, _]) => {
                self.frames += 1;
                self.duration += u64::from(u32::from_le_bytes([d0, d1, d2, 0]));
                self.skip(rest);
            }
            (Place::Exif(size), _) => {
                self.exif = Some(gathered);
                self.skip(size as u64 & 1);
            }
            _ => self.skip(0),
        }
    }
}
