//! GIF (GIF89a): the first frame, on a transparent canvas that it enlarges to its own size, decoded as its bytes arrive; or the
//! frames that are wanted, drawn on a canvas of that size. If only the first is, an
//! interlaced frame is held as indices until its last pass. Where the frame ends early or is corrupt, the rows before that
//! stay, and the missing ones are transparent, or black if nothing else is transparent.

mod extension;
mod frame;
mod reader;

use super::canvas::{Canvas, Place};
use super::frames::{Draw, Frames, Selection};
use super::unread::ends_early;
use super::{Decoder, Header, Inspector, Sink, Step, still};
use crate::metadata::{Carried, Wanted};
use crate::pixels::{Channels, Depth, Layout};
use crate::plan::{Detail, Lane, Scale};
use crate::{Animation, ColorModel, Error, Format, Info, Input, Options, Result, Source};
use frame::{Frame, deinterlaced, shown};
use reader::{Pixels, Reader};

/// Decodes row by row, or pass by pass.
pub(super) struct GifDecoder {
    reader: Reader,
    header: Option<Header>,
    frame: Frame,
    /// Indices of the frame's next row, and how many of them there are.
    indices: Vec<u8>,
    filled: usize,
    /// The next row of the frame, in the order of the file.
    frame_row: u32,
    /// Indices of an interlaced frame, and how many of its rows are there.
    held: Vec<u8>,
    held_rows: u32,
    /// A row of the canvas, and the next to come out.
    row: Vec<u8>,
    canvas_row: u32,
    selection: Selection,
    /// Set if frames are drawn on a canvas.
    frames: Option<Frames>,
    canvas: Canvas,
    allow_damaged: bool,
    damaged: bool,
    /// The work on frames that are complete, and on the canvas.
    spent: u64,
}

/// What things cost, in units of [`crate::Limits::work`].
mod work {
    /// A byte of the file.
    pub(super) const BYTE: u64 = 150;
    /// An index of the frame.
    pub(super) const INDEX: u64 = 40;
    /// A pixel of the canvas.
    pub(super) const PIXEL: u64 = 30;
}

/// What is kept of any file, in bytes: strings of codes, colour tables, and the piece of input at hand.
const FIXED_MEMORY: u64 = 256 << 10;

/// Indices of the longest row.
const MAX_ROW: u64 = 65_535;

impl GifDecoder {
    pub(super) fn new(options: &Options, wanted: Wanted) -> Self {
        Self {
            reader: Reader::new(wanted.most_xmp(), wanted.most_profile()),
            header: None,
            frame: Frame::default(),
            indices: Vec::new(),
            filled: 0,
            frame_row: 0,
            held: Vec::new(),
            held_rows: 0,
            row: Vec::new(),
            canvas_row: 0,
            selection: Selection::of(options),
            frames: None,
            canvas: Canvas::default(),
            allow_damaged: options.input.allow_damaged,
            damaged: false,
            spent: 0,
        }
    }

    fn source(&self) -> Source {
        let Place { left, top, width: frame_width, height: frame_height } = self.frame.place;
        let (width, height) = self.reader.screen;
        let (width, height) = (width.max(left + frame_width), height.max(top + frame_height));
        Source {
            format: Format::Gif,
            width,
            height,
            orientation: 1,
            color: ColorModel::Palette,
            bit_depth: 8,
            alpha: self.frame.transparent || (frame_width, frame_height) != (width, height),
        }
    }

    /// Decodes the frame's next row of indices, and returns how many of them are there: fewer only of a damaged frame.
    fn next_indices(&mut self) -> Result<Step<usize>> {
        while !self.damaged
            && let Some(rest) = self.indices.get_mut(self.filled..).filter(|rest| !rest.is_empty())
        {
            match self.reader.pixels(rest) {
                Ok(Step::NeedInput) => return Ok(Step::NeedInput),
                Ok(Step::Ready(Pixels::Some(count))) => self.filled += count,
                Ok(Step::Ready(Pixels::End)) => self.fail(ends_early(Format::Gif))?,
                Err(error) => self.fail(error)?,
            }
        }
        self.frame_row += 1;
        Ok(Step::Ready(std::mem::take(&mut self.filled)))
    }

    /// Takes note of damage, which is an error if no row came before it, or damage is not allowed.
    fn fail(&mut self, error: Error) -> Result<()> {
        if !self.allow_damaged || self.frame_row == 0 && !self.canvas.is_drawn() {
            return Err(error);
        }
        self.damaged = true;
        Ok(())
    }

    /// Whether rows of an interlaced frame are still to come.
    fn is_gathering(&self) -> bool {
        self.frame.interlaced && !self.damaged && self.held_rows < self.frame.place.height
    }

    /// Decodes the next row of an interlaced frame; false asks for more input.
    fn gather_row(&mut self) -> Result<bool> {
        let y = deinterlaced(self.frame_row, self.frame.place.height);
        let Step::Ready(count) = self.next_indices()? else { return Ok(false) };
        let width = self.frame.place.width as usize;
        if count == width
            && let Some(row) = self.held.chunks_exact_mut(width).nth(y as usize)
        {
            row.copy_from_slice(&self.indices);
            self.held_rows += 1;
        }
        Ok(true)
    }

    /// Makes the canvas' next row; false asks for more input.
    fn next_row(&mut self) -> Result<bool> {
        let y = self.canvas_row.checked_sub(self.frame.place.top).filter(|&y| y < self.frame.place.height);
        let width = self.frame.place.width as usize;
        let indices = match y {
            None => &[],
            Some(y) if self.frame.interlaced => {
                let row = shown(y, self.frame.place.height, self.held_rows);
                let row = row.and_then(|row| self.held.chunks_exact(width).nth(row as usize));
                row.unwrap_or_default()
            }
            Some(_) => {
                let Step::Ready(count) = self.next_indices()? else { return Ok(false) };
                self.indices.get(..count).unwrap_or_default()
            }
        };
        if indices.len() < width {
            self.row.fill(0);
        }
        let (left, colors) = (self.frame.place.left as usize, &self.frame.colors);
        match self.header.map(|header| header.layout) {
            Some(Layout::Interleaved(Channels::Rgba)) => draw(&mut self.row, left, indices, colors),
            _ => draw(&mut self.row, left, indices, &colors.map(|[red, green, blue, _]| [red, green, blue])),
        }
        self.canvas_row += 1;
        Ok(true)
    }
}

impl Decoder for GifDecoder {
    fn feed(&mut self, chunk: Vec<u8>) -> Result<()> {
        if !self.damaged {
            self.reader.input.feed(&chunk);
        }
        Ok(())
    }

    fn finish(&mut self) {
        self.reader.input.finish();
    }

    fn header(&mut self) -> Result<Step<Header>> {
        if let Some(header) = self.header {
            return Ok(Step::Ready(header));
        }
        let Step::Ready(frame) = self.reader.next_frame()? else { return Ok(Step::NeedInput) };
        self.frame = frame.ok_or_else(|| Error::malformed(Format::Gif, "it has no frame"))?;
        if self.frame.place.pixels() == 0 {
            return Err(Error::malformed(Format::Gif, "a side is 0 pixels long"));
        }
        let source = self.source();
        let canvas = self.selection.needs_canvas();
        self.frames = canvas.then(|| Frames::new(self.selection, (source.width, source.height)));
        let loops = self.selection.is_animated().then_some(self.reader.extensions.loops);
        // A canvas is transparent before it is drawn on.
        let channels = if source.alpha || canvas { Channels::Rgba } else { Channels::Rgb };
        let (layout, depth) = (Layout::Interleaved(channels), Depth::Eight);
        let header = Header { source, layout, exact_pixels: true, depth, scales: &[], loops };
        self.header = Some(header);
        Ok(Step::Ready(header))
    }

    fn carried(&mut self) -> Carried {
        let (xmp, icc) = self.reader.extensions.take();
        Carried { xmp, icc, ..Carried::default() }
    }

    fn lanes(&mut self, _: Detail) -> Vec<Lane> {
        self.header.iter().map(|header| Lane::whole(&header.source, Scale::FULL)).collect()
    }

    fn memory(&mut self, _: Detail) -> u64 {
        let Some(header) = self.header else { return 0 };
        if self.frames.is_some() {
            return Canvas::memory(header.source.pixels()) + MAX_ROW + FIXED_MEMORY;
        }
        let row = u64::from(header.source.width) * header.layout.channels().count() as u64;
        row + u64::from(self.frame.place.width) + self.held_bytes() as u64 + FIXED_MEMORY
    }

    fn predicted_work(&mut self, _: Detail) -> u64 {
        let pixels = self.header.map_or(0, |header| header.source.pixels());
        self.frame.place.pixels() * work::INDEX + pixels * work::PIXEL
    }

    fn work(&self) -> u64 {
        let indices = u64::from(self.frame_row) * u64::from(self.frame.place.width);
        let pixels = u64::from(self.canvas_row) * self.header.map_or(0, |header| header.source.width.into());
        self.reader.input.used() * work::BYTE + self.spent + indices * work::INDEX + pixels * work::PIXEL
    }

    fn start(&mut self, _: Detail, _: u64) -> Result<()> {
        let header = self.header.ok_or(Error::Ended)?;
        if self.frames.is_some() {
            self.canvas = Canvas::new(header.source.width, header.source.height);
            return Ok(());
        }
        self.row = vec![0; header.source.width as usize * header.layout.channels().count()];
        self.indices = vec![0; self.frame.place.width as usize];
        self.held = vec![0; self.held_bytes()];
        Ok(())
    }

    fn advance(&mut self, sink: Sink<'_>) -> Result<Step<bool>> {
        let header = self.header.ok_or(Error::Ended)?;
        if let Some(mut frames) = self.frames {
            let step = frames.advance(self, sink);
            self.frames = Some(frames);
            return step;
        }
        if self.is_gathering() {
            return Ok(if self.gather_row()? { Step::Ready(true) } else { Step::NeedInput });
        }
        if self.canvas_row >= header.source.height {
            return Ok(Step::Ready(false));
        }
        if !self.next_row()? {
            return Ok(Step::NeedInput);
        }
        sink(0, &self.row).map(|()| Step::Ready(true))
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
        self.damaged
    }
}

impl Draw for GifDecoder {
    fn next_frame(&mut self) -> Result<Step<Option<u32>>> {
        // The first frame is there with the header.
        if self.canvas.has_begun() {
            if self.damaged {
                return Ok(Step::Ready(None));
            }
            match self.reader.next_frame() {
                Ok(Step::NeedInput) => return Ok(Step::NeedInput),
                Ok(Step::Ready(Some(frame))) => self.end_frame(frame),
                Ok(Step::Ready(None)) => return Ok(Step::Ready(None)),
                Err(_) if self.reader.at_end() => return Ok(Step::Ready(None)),
                Err(error) => {
                    self.fail(error)?;
                    return Ok(Step::Ready(None));
                }
            }
        }
        self.indices.clear();
        self.indices.resize(self.frame.place.width as usize, 0);
        self.canvas.begin(self.frame.disposal);
        Ok(Step::Ready(Some(self.frame.delay)))
    }

    fn draw(&mut self) -> Result<Step<bool>> {
        let Frame { place, interlaced, .. } = self.frame;
        let Place { width, height, .. } = place;
        if self.frame_row >= height {
            return Ok(Step::Ready(false));
        }
        let row = self.frame_row;
        let Step::Ready(count) = self.next_indices()? else { return Ok(Step::NeedInput) };
        let y = if interlaced { deinterlaced(row, height) } else { row };
        let pixels = self.canvas.draw(place, y).iter_mut();
        for (pixel, &index) in pixels.zip(self.indices.iter().take(count)) {
            if let Some(&color @ [.., 1..=255]) = self.frame.colors.get(usize::from(index)) {
                *pixel = color;
            }
        }
        self.spent += work::PIXEL * u64::from(width);
        if self.damaged {
            self.frame_row = height;
        }
        Ok(Step::Ready(true))
    }

    fn canvas_row(&self, y: u32) -> &[u8] {
        self.canvas.row(y)
    }
}

impl GifDecoder {
    /// Ends the frame that is on the canvas, and takes the next one.
    fn end_frame(&mut self, next: Frame) {
        let screen = self.header.map_or(0, |header| header.source.pixels());
        self.spent += u64::from(self.frame_row) * u64::from(self.frame.place.width) * work::INDEX + screen;
        self.canvas.dispose(self.frame.place, self.frame.disposal);
        (self.frame, self.frame_row, self.filled) = (next, 0, 0);
    }

    /// Bytes of the indices that are held of an interlaced frame.
    fn held_bytes(&self) -> usize {
        if self.frame.interlaced { self.frame.place.pixels() as usize } else { 0 }
    }
}

/// Draws indices into a row of pixels, from pixel `left` on.
fn draw<const SAMPLES: usize>(row: &mut [u8], left: usize, indices: &[u8], colors: &[[u8; SAMPLES]; 256]) {
    let pixels = row.as_chunks_mut::<SAMPLES>().0.iter_mut().skip(left);
    for (pixel, &index) in pixels.zip(indices) {
        *pixel = colors.get(usize::from(index)).copied().unwrap_or([0; SAMPLES]);
    }
}

/// Describes a GIF. Frames are counted to the end of the file, and not decoded.
pub(super) struct GifInspector {
    decoder: GifDecoder,
    /// What the header and the first frame say.
    first: Option<Info>,
    frames: u32,
    duration: u64,
}

impl GifInspector {
    pub(super) fn new() -> Self {
        let input = Input { allow_damaged: false, ..Input::default() };
        let decoder = GifDecoder::new(&Options { input, ..Options::default() }, Wanted::default());
        Self { decoder, first: None, frames: 1, duration: 0 }
    }
}

impl Inspector for GifInspector {
    fn feed(&mut self, chunk: &[u8]) -> Result<()> {
        self.decoder.reader.input.feed(chunk);
        Ok(())
    }

    fn finish(&mut self) {
        self.decoder.reader.input.finish();
    }

    fn info(&mut self) -> Result<Step<Info>> {
        if self.first.is_none() {
            let Step::Ready(header) = self.decoder.header()? else { return Ok(Step::NeedInput) };
            self.duration = self.decoder.frame.delay.into();
            // What comes after the first frame is too late for a rendition, and is not looked at here.
            let animation = Animation { loops: self.decoder.reader.extensions.loops, duration: 0 };
            self.first = Some(Info {
                animation: Some(animation),
                progressive: self.decoder.frame.interlaced,
                ..still(header.source)
            });
        }
        // Frames after a damaged one do not count: no decoder shows them.
        while let Ok(step) = self.decoder.reader.next_frame() {
            match step {
                Step::NeedInput => return Ok(Step::NeedInput),
                Step::Ready(Some(frame)) => {
                    self.frames += 1;
                    self.duration += u64::from(frame.delay);
                }
                Step::Ready(None) => break,
            }
        }
        let Self { decoder, first, frames, duration } = self;
        let info = first.take().ok_or(Error::Ended)?;
        let animation = info.animation.filter(|_| *frames > 1);
        Ok(Step::Ready(Info {
            frames: *frames,
            animation: animation.map(|animation| Animation { duration: *duration, ..animation }),
            icc_profile: decoder
                .reader
                .extensions
                .profile_bytes
                .map(|size| crate::IccProfile { size, ..Default::default() }),
            ..info
        }))
    }
}
