//! WebP (RFC 9649): lossy, lossless, with alpha; of an animation the first frame, or those that are wanted, drawn on a canvas.
//! Decoded as its bytes arrive, but for files with EXIF data, which stands at the end: these are held until the orientation is known. So are files with XMP that the
//! rendition is to keep.

mod inspect;
mod planes;

pub(super) use inspect::WebpInspector;

use self::planes::FullRange;
use super::frames::{Draw, Frames, Selection};
use super::{Decoder, Header, Sink, Step};
use crate::color::{LARGEST_PROFILE, Model, Space};
use crate::metadata::{Carried, Wanted};
use crate::pixels::{Channels, Depth, Layout};
use crate::plan::{Detail, Lane, Scale};
use crate::{ColorModel, Error, Format, Limit, Options, Result, Source, exif};
use tintype_webp::decode::{
    self as webp, Compression, Damage, DecodeError, DecoderConfig, Drawn, Frame, Output, Row, Step as Strips,
};

/// Decodes lossy stills without alpha to planes, and everything else to rows of RGB or RGBA.
pub(super) struct WebpDecoder {
    decoder: Reading,
    selection: Selection,
    /// Set if frames are drawn on a canvas.
    frames: Option<Frames>,
    header: Option<Header>,
    space: Option<Space>,
    compression: Compression,
    /// What planes are brought to the full range in, if they come out rather than rows.
    full_range: Option<FullRange>,
    /// The file, as long as it may have to be held.
    file: Vec<u8>,
    holding: Holding,
    complete: bool,
    max_memory: u64,
    wanted: Wanted,
}

/// What reads the file.
enum Reading {
    /// A still, or the first frame.
    Rows(Box<webp::Decoder>),
    /// The frames of an animation.
    Frames(Box<webp::Animation>),
    Failed,
}

impl Reading {
    fn feed(&mut self, chunk: &[u8]) {
        match self {
            Self::Rows(decoder) => decoder.feed(chunk),
            Self::Frames(animation) => animation.feed(chunk),
            Self::Failed => (),
        }
    }

    fn finish(&mut self) {
        match self {
            Self::Rows(decoder) => decoder.finish(),
            Self::Frames(animation) => animation.finish(),
            Self::Failed => (),
        }
    }

    fn header(&mut self) -> Result<Option<&webp::Header>> {
        match self {
            Self::Rows(decoder) => decoder.header().map_err(error),
            Self::Frames(_) | Self::Failed => Ok(None),
        }
    }
}

/// Whether the file is held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Holding {
    /// That depends on the header. The decoder gets what is fed.
    Undecided,
    /// It is not. The decoder gets what is fed.
    No,
    /// It is, and the decoder has had this many of its bytes.
    Until(usize),
    /// It was, and the decoder has had all of it.
    Passed,
}

/// Bytes that the decoder gets at once.
const PIECE: usize = 64 << 10;

/// The work of decoding a pixel, in units of [`crate::Limits::work`], its bytes apart.
const LOSSY_PIXEL_WORK: u64 = 160;
const PLANAR_PIXEL_WORK: u64 = 140;
const LOSSLESS_PIXEL_WORK: u64 = 80;

impl WebpDecoder {
    pub(super) fn new(options: &Options, wanted: Wanted, max_memory: u64) -> Self {
        let config = DecoderConfig {
            damage: if options.input.allow_damaged { Damage::Accept } else { Damage::Refuse },
            max_memory,
            max_icc: (max_memory / 32).min(LARGEST_PROFILE as u64) as u32,
            ..DecoderConfig::default()
        };
        Self {
            decoder: Reading::Rows(Box::new(webp::Decoder::new(config))),
            selection: Selection::of(options),
            frames: None,
            header: None,
            space: None,
            compression: Compression::Lossy,
            full_range: None,
            file: Vec::new(),
            holding: Holding::Undecided,
            complete: false,
            max_memory,
            wanted,
        }
    }

    fn hold(&mut self, chunk: &[u8]) -> Result<()> {
        // It is moved as it grows into room for twice of it.
        Limit::Memory.check(3 * (self.file.len() + chunk.len()) as u64, self.max_memory)?;
        self.file.extend_from_slice(chunk);
        Ok(())
    }

    /// Gives the decoder the next piece of a file that is held; false if there is no more.
    fn pass(&mut self) -> bool {
        let Holding::Until(passed) = self.holding else { return false };
        let rest = self.file.get(passed..).unwrap_or_default();
        let piece = rest.get(..PIECE).unwrap_or(rest);
        if piece.is_empty() {
            self.decoder.finish();
            (self.file, self.holding) = (Vec::new(), Holding::Passed);
        } else {
            self.decoder.feed(piece);
            self.holding = Holding::Until(passed + piece.len());
        }
        true
    }

    /// What the decoder is to give.
    fn output(&self, detail: Detail) -> Output {
        match self.header.map(|header| header.layout) {
            Some(Layout::YCbCr) if !detail.whole_pixels => Output::Planar,
            _ => Output::Interleaved,
        }
    }

    fn width(&self) -> u64 {
        self.header.map_or(0, |header| header.source.width.into())
    }
}

/// Hands on the next row of pixels.
fn row(decoder: &mut webp::Decoder, sink: Sink<'_>) -> Result<Step<bool>> {
    match decoder.next_row().map_err(error)? {
        Row::Pixels(row) => sink(0, row).map(|()| Step::Ready(true)),
        Row::Done => Ok(Step::Ready(false)),
        Row::NeedInput => Ok(Step::NeedInput),
    }
}

/// Hands on the next rows of all planes.
fn strip(decoder: &mut webp::Decoder, full_range: &mut FullRange, sink: Sink<'_>) -> Result<Step<bool>> {
    match decoder.next_strip().map_err(error)? {
        Strips::Strip(strip) => {
            for (lane, plane) in strip.planes().iter().enumerate() {
                plane.iter().try_for_each(|row| sink(lane, full_range.of(lane, row)))?;
            }
            Ok(Step::Ready(true))
        }
        Strips::Done => Ok(Step::Ready(false)),
        Strips::NeedInput => Ok(Step::NeedInput),
    }
}

impl Decoder for WebpDecoder {
    fn feed(&mut self, chunk: Vec<u8>) -> Result<()> {
        if self.holding != Holding::No {
            self.hold(&chunk)?;
        }
        if matches!(self.holding, Holding::No | Holding::Undecided) {
            self.decoder.feed(&chunk);
        }
        Ok(())
    }

    fn finish(&mut self) {
        self.complete = true;
        if matches!(self.holding, Holding::No | Holding::Undecided) {
            self.decoder.finish();
        }
    }

    fn header(&mut self) -> Result<Step<Header>> {
        let Some(header) = self.decoder.header()? else { return Ok(Step::NeedInput) };
        if self.holding == Holding::Undecided {
            let comes_later =
                header.has_exif && header.exif().is_none() || header.has_xmp && self.wanted.metadata;
            self.holding = if comes_later { Holding::Until(self.file.len()) } else { Holding::No };
        }
        let orientation = match self.holding {
            Holding::Until(_) if !self.complete => return Ok(Step::NeedInput),
            Holding::Until(_) => orientation(webp::info(&self.file).map_err(error)?.exif),
            _ => orientation(header.exif()),
        };
        if self.holding == Holding::No {
            self.file = Vec::new();
        }
        self.compression = header.compression;
        self.space = header.icc().and_then(|profile| Space::of_icc(profile, Model::Rgb));
        let (source, planar) = (source(header, orientation), header.planar());
        let loops = match header.animation {
            Some(playback) if self.selection.needs_canvas() => {
                self.frames = Some(Frames::new(self.selection, (source.width, source.height)));
                self.selection.is_animated().then_some(playback.loops.into())
            }
            Some(_) => None,
            None => {
                self.selection.check_frames(1)?;
                None
            }
        };
        // A canvas is transparent before it is drawn on.
        let layout = if source.alpha || self.frames.is_some() {
            Layout::Interleaved(Channels::Rgba)
        } else if planar {
            Layout::YCbCr
        } else {
            Layout::Interleaved(Channels::Rgb)
        };
        let header = Header { source, layout, exact_pixels: true, depth: Depth::Eight, scales: &[], loops };
        self.header = Some(header);
        Ok(Step::Ready(header))
    }

    fn carried(&mut self) -> Carried {
        let Self { decoder, wanted, file, .. } = self;
        let Ok(Some(header)) = decoder.header() else { return Carried::default() };
        let (icc, exif) = (wanted.icc(header.icc()), header.exif());
        let later = webp::info(file).ok();
        let exif = later.as_ref().and_then(|info| info.exif).or(exif);
        let xmp = later.as_ref().and_then(|info| info.xmp);
        Carried { exif: wanted.exif(exif), xmp: wanted.xmp(xmp), icc, ..Carried::default() }
    }

    fn take_space(&mut self) -> Option<Space> {
        self.space.take()
    }

    fn lanes(&mut self, detail: Detail) -> Vec<Lane> {
        let Some(Header { source, .. }) = &self.header else { return Vec::new() };
        let whole = Lane::whole(source, Scale::FULL);
        if self.output(detail) == Output::Interleaved {
            return vec![whole];
        }
        let (width, height) = (source.width.div_ceil(2), source.height.div_ceil(2));
        let chroma = Lane { width, height, per_x: (1, 2), per_y: (1, 2) };
        vec![whole, chroma, chroma]
    }

    fn memory(&mut self, detail: Detail) -> u64 {
        let output = self.output(detail);
        let Reading::Rows(decoder) = &self.decoder else { return 0 };
        let decoding = match self.frames {
            Some(_) => decoder.predicted_animation_memory(),
            None => decoder.predicted_memory(output),
        };
        let row = if output == Output::Planar { self.width() } else { 0 };
        decoding.unwrap_or(0) + row + self.file.capacity() as u64
    }

    fn predicted_work(&mut self, detail: Detail) -> u64 {
        let each = match self.compression {
            Compression::Lossy if self.output(detail) == Output::Planar => PLANAR_PIXEL_WORK,
            Compression::Lossy => LOSSY_PIXEL_WORK,
            Compression::Lossless => LOSSLESS_PIXEL_WORK,
        };
        self.header.map_or(0, |header| header.source.pixels()) * each
    }

    fn work(&self) -> u64 {
        match &self.decoder {
            Reading::Rows(decoder) => decoder.work(),
            Reading::Frames(animation) => animation.work(),
            Reading::Failed => 0,
        }
    }

    fn start(&mut self, detail: Detail, max_memory: u64) -> Result<()> {
        let output = self.output(detail);
        let Reading::Rows(mut decoder) = std::mem::replace(&mut self.decoder, Reading::Failed) else {
            return Err(Error::Ended);
        };
        decoder.set_max_memory(max_memory.saturating_sub(self.file.capacity() as u64));
        self.decoder = if self.frames.is_some() {
            Reading::Frames(Box::new(decoder.into_animation().map_err(error)?))
        } else {
            decoder.start(output).map_err(error)?;
            self.full_range = (output == Output::Planar).then(FullRange::default);
            Reading::Rows(decoder)
        };
        Ok(())
    }

    fn advance(&mut self, sink: Sink<'_>) -> Result<Step<bool>> {
        if let Some(mut frames) = self.frames {
            let step = frames.advance(self, sink);
            self.frames = Some(frames);
            return step;
        }
        loop {
            let Reading::Rows(decoder) = &mut self.decoder else { return Err(Error::Ended) };
            let step = match &mut self.full_range {
                Some(full_range) => strip(decoder, full_range, sink)?,
                None => row(decoder, sink)?,
            };
            if step != Step::NeedInput || !self.pass() {
                return Ok(step);
            }
        }
    }

    fn next_frame(&mut self) -> Result<Step<bool>> {
        let Some(mut frames) = self.frames else { return Ok(Step::Ready(false)) };
        let step = frames.next(self);
        self.frames = Some(frames);
        step
    }

    fn delay(&self) -> u32 {
        self.frames.map_or(0, |frames| frames.delay())
    }

    fn found_damage(&self) -> bool {
        match &self.decoder {
            Reading::Rows(decoder) => decoder.damage().is_some(),
            Reading::Frames(animation) => animation.damage().is_some(),
            Reading::Failed => false,
        }
    }
}

impl Draw for WebpDecoder {
    fn next_frame(&mut self) -> Result<Step<Option<u32>>> {
        loop {
            let Reading::Frames(animation) = &mut self.decoder else { return Err(Error::Ended) };
            match animation.next_frame().map_err(error)? {
                Frame::Begun { duration } => return Ok(Step::Ready(Some(duration))),
                Frame::Done => return Ok(Step::Ready(None)),
                Frame::NeedInput if self.pass() => (),
                Frame::NeedInput => return Ok(Step::NeedInput),
            }
        }
    }

    fn draw(&mut self) -> Result<Step<bool>> {
        loop {
            let Reading::Frames(animation) = &mut self.decoder else { return Err(Error::Ended) };
            match animation.next_row().map_err(error)? {
                Drawn::Row => return Ok(Step::Ready(true)),
                Drawn::Done => return Ok(Step::Ready(false)),
                Drawn::NeedInput if self.pass() => (),
                Drawn::NeedInput => return Ok(Step::NeedInput),
            }
        }
    }

    fn canvas_row(&self, y: u32) -> &[u8] {
        let Reading::Frames(animation) = &self.decoder else { return &[] };
        let stride = 4 * animation.size().0 as usize;
        animation.canvas().get(y as usize * stride..(y as usize + 1) * stride).unwrap_or_default()
    }
}

fn orientation(exif: Option<&[u8]>) -> u8 {
    exif.and_then(exif::parse).map_or(1, |exif| exif.orientation())
}

fn source(header: &webp::Header, orientation: u8) -> Source {
    Source {
        format: Format::Webp,
        width: header.width,
        height: header.height,
        orientation,
        color: ColorModel::Rgb,
        bit_depth: 8,
        alpha: header.alpha,
    }
}

fn error(error: DecodeError) -> Error {
    match error {
        DecodeError::Unsupported(kind) => Error::unsupported(Format::Webp, format!("of this kind ({kind})")),
        DecodeError::Memory { needed, limit } => {
            Error::LimitExceeded { limit: Limit::Memory, allowed: limit, needed }
        }
        DecodeError::Order(detail) => Error::Internal(format!("decoding WebP: {detail}")),
        other => Error::malformed(Format::Webp, other),
    }
}
