//! GIF (GIF89a): the first frame, on a transparent canvas, decoded as its bytes arrive. An interlaced frame is held as
//! indices until its last pass.

use super::{Decoder, Header, Sink, Step};
use crate::pixels::{Channels, Layout};
use crate::plan::{Detail, Lane, Scale};
use crate::{ColorModel, Error, Format, Info, Result, Source};
use gif::streaming_decoder::{Block, Decoded, OutputBuffer, StreamingDecoder};
use gif::{DecodingError, Extension};

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
    /// Visible indices of an interlaced frame, and how many of its visible rows are there.
    held: Vec<u8>,
    held_rows: u32,
    /// A row of the canvas, and the next to come out.
    row: Vec<u8>,
    canvas_row: u32,
}

/// What the file says of the first frame.
#[derive(Debug, Clone)]
struct Frame {
    left: u32,
    top: u32,
    width: u32,
    height: u32,
    interlaced: bool,
    transparent: bool,
    colors: [[u8; 4]; 256],
    /// The part of it that lies on the canvas.
    visible_width: u32,
    visible_height: u32,
}

impl Default for Frame {
    fn default() -> Self {
        Self {
            left: 0,
            top: 0,
            width: 0,
            height: 0,
            interlaced: false,
            transparent: false,
            colors: [[0; 4]; 256],
            visible_width: 0,
            visible_height: 0,
        }
    }
}

impl Frame {
    /// The number of indices to decode, including invisible ones.
    fn decoded_pixels(&self) -> u64 {
        let visible = |&row: &u32| deinterlaced(row, self.height) < self.visible_height;
        let rows = match self.interlaced {
            true => (0..self.height).rev().find(visible).map_or(0, |last| last + 1),
            false => self.visible_height,
        };
        u64::from(self.width) * u64::from(rows)
    }
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

/// What the codec keeps, in bytes: its dictionary, palettes, and the piece of input at hand.
const FIXED_MEMORY: u64 = 256 << 10;

impl GifDecoder {
    pub(super) fn new() -> Self {
        Self {
            reader: Reader::default(),
            header: None,
            frame: Frame::default(),
            indices: Vec::new(),
            filled: 0,
            frame_row: 0,
            held: Vec::new(),
            held_rows: 0,
            row: Vec::new(),
            canvas_row: 0,
        }
    }

    fn source(&self) -> Source {
        let (width, height) = (u32::from(self.reader.codec.width()), u32::from(self.reader.codec.height()));
        let frame = &self.frame;
        Source {
            format: Format::Gif,
            width,
            height,
            orientation: 1,
            color: ColorModel::Palette,
            bit_depth: 8,
            alpha: frame.transparent || (frame.visible_width, frame.visible_height) != (width, height),
        }
    }

    /// Decodes the frame's next row of indices; false asks for more input.
    fn next_indices(&mut self) -> Result<bool> {
        while let Some(rest) = self.indices.get_mut(self.filled..).filter(|rest| !rest.is_empty()) {
            match self.reader.next(OutputBuffer::Slice(rest))? {
                Step::NeedInput => return Ok(false),
                Step::Ready(Decoded::BytesDecoded(count)) => self.filled += count.get(),
                Step::Ready(Decoded::DataEnd) => return Err(ends_early()),
                Step::Ready(_) => (),
            }
        }
        self.filled = 0;
        self.frame_row += 1;
        Ok(true)
    }

    /// Decodes an interlaced frame up to its last row on the canvas; false asks for more input.
    fn hold_frame(&mut self) -> Result<bool> {
        while self.held_rows < self.frame.visible_height {
            let y = deinterlaced(self.frame_row, self.frame.height);
            if !self.next_indices()? {
                return Ok(false);
            }
            let width = self.frame.visible_width as usize;
            if let Some(row) = self.held.chunks_exact_mut(width).nth(y as usize) {
                row.copy_from_slice(self.indices.get(..width).unwrap_or_default());
                self.held_rows += 1;
            }
        }
        Ok(true)
    }

    /// Makes the canvas' next row; false asks for more input.
    fn next_row(&mut self) -> Result<bool> {
        let y = self.canvas_row.checked_sub(self.frame.top).filter(|&y| y < self.frame.visible_height);
        if let Some(y) = y {
            let there = if self.frame.interlaced { self.hold_frame()? } else { self.next_indices()? };
            if !there {
                return Ok(false);
            }
            let (left, width) = (self.frame.left as usize, self.frame.visible_width as usize);
            let indices = match self.frame.interlaced {
                true => self.held.get(y as usize * width..).unwrap_or_default(),
                false => &self.indices,
            };
            let indices = indices.get(..width).unwrap_or_default();
            let colors = &self.frame.colors;
            match self.header.map(|header| header.layout) {
                Some(Layout::Interleaved(Channels::Rgba)) => draw(&mut self.row, left, indices, colors),
                _ => draw(
                    &mut self.row,
                    left,
                    indices,
                    &colors.map(|[red, green, blue, _]| [red, green, blue]),
                ),
            }
        } else {
            self.row.fill(0);
        }
        self.canvas_row += 1;
        Ok(true)
    }
}

impl Decoder for GifDecoder {
    fn feed(&mut self, chunk: Vec<u8>) -> Result<()> {
        self.reader.feed(&chunk);
        Ok(())
    }

    fn finish(&mut self) {
        self.reader.complete = true;
    }

    fn header(&mut self) -> Result<Step<Header>> {
        if let Some(header) = self.header {
            return Ok(Step::Ready(header));
        }
        let Step::Ready(frame) = self.reader.next_frame()? else { return Ok(Step::NeedInput) };
        self.frame = frame.ok_or_else(|| Error::malformed(Format::Gif, "it has no frame"))?;
        let source = self.source();
        if source.pixels() == 0 {
            return Err(Error::malformed(Format::Gif, "a side is 0 pixels long"));
        }
        if self.frame.decoded_pixels() > 8 * source.pixels() + (1 << 20) {
            return Err(Error::malformed(Format::Gif, "its first frame is far larger than its canvas"));
        }
        let channels = if source.alpha { Channels::Rgba } else { Channels::Rgb };
        let header = Header { source, layout: Layout::Interleaved(channels), scales: &[] };
        self.header = Some(header);
        Ok(Step::Ready(header))
    }

    fn lanes(&mut self, _: Detail) -> Vec<Lane> {
        self.header.iter().map(|header| Lane::whole(&header.source, Scale::FULL)).collect()
    }

    fn memory(&mut self, _: Detail) -> u64 {
        let Some(header) = self.header else { return 0 };
        let row = u64::from(header.source.width) * header.layout.channels().count() as u64;
        row + u64::from(self.frame.width) + self.held_bytes() as u64 + FIXED_MEMORY
    }

    fn predicted_work(&mut self, _: Detail) -> u64 {
        let pixels = self.header.map_or(0, |header| header.source.pixels());
        self.frame.decoded_pixels() * work::INDEX + pixels * work::PIXEL
    }

    fn work(&self) -> u64 {
        let indices = u64::from(self.frame_row) * u64::from(self.frame.width);
        let pixels = u64::from(self.canvas_row) * self.header.map_or(0, |header| header.source.width.into());
        self.reader.used * work::BYTE + indices * work::INDEX + pixels * work::PIXEL
    }

    fn start(&mut self, _: Detail, _: u64) -> Result<()> {
        let header = self.header.ok_or(Error::Ended)?;
        self.row = vec![0; header.source.width as usize * header.layout.channels().count()];
        self.indices = vec![0; self.frame.width as usize];
        self.held = vec![0; self.held_bytes()];
        Ok(())
    }

    fn advance(&mut self, sink: Sink<'_>) -> Result<Step<bool>> {
        let header = self.header.ok_or(Error::Ended)?;
        if self.canvas_row >= header.source.height {
            return Ok(Step::Ready(false));
        }
        if !self.next_row()? {
            return Ok(Step::NeedInput);
        }
        sink(0, &self.row).map(|()| Step::Ready(true))
    }
}

impl GifDecoder {
    /// Bytes of the indices that are held of an interlaced frame.
    fn held_bytes(&self) -> usize {
        if self.frame.interlaced {
            (self.frame.visible_width * self.frame.visible_height) as usize
        } else {
            0
        }
    }
}

/// Draws indices into a row of pixels, from pixel `left` on.
fn draw<const SAMPLES: usize>(row: &mut [u8], left: usize, indices: &[u8], colors: &[[u8; SAMPLES]; 256]) {
    let pixels = row.as_chunks_mut::<SAMPLES>().0.iter_mut().skip(left);
    for (pixel, &index) in pixels.zip(indices) {
        *pixel = colors.get(usize::from(index)).copied().unwrap_or([0; SAMPLES]);
    }
}

/// The colour of each index: opaque black past the palette's end, nothing where it is the transparent one.
fn colors(palette: &[u8], transparent: Option<u8>) -> [[u8; 4]; 256] {
    let mut colors = [[0, 0, 0, 255]; 256];
    for (color, &[red, green, blue]) in colors.iter_mut().zip(palette.as_chunks().0) {
        *color = [red, green, blue, 255];
    }
    if let Some(color) = transparent.and_then(|index| colors.get_mut(usize::from(index))) {
        *color = [0; 4];
    }
    colors
}

/// Where the row that comes as number `row` belongs (GIF89a, appendix E).
fn deinterlaced(mut row: u32, height: u32) -> u32 {
    for (first, step) in [(0, 8), (4, 8), (2, 4), (1, 2)] {
        let rows = height.saturating_sub(first).div_ceil(step);
        if row < rows {
            return first + row * step;
        }
        row -= rows;
    }
    height
}

/// The codec, and the bytes that it has not seen yet.
struct Reader {
    codec: StreamingDecoder,
    input: Vec<u8>,
    position: usize,
    /// Bytes that the codec has used so far.
    used: u64,
    complete: bool,
    global_palette: Option<Box<[u8]>>,
    /// The application extension that is being read.
    application: Application,
    profile_bytes: Option<u32>,
}

/// What an application extension holds (GIF89a, section 26).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Application {
    /// Its name has not been read.
    Unknown,
    /// An ICC profile (ICC.1, annex B.6).
    Profile,
    Other,
}

impl Default for Reader {
    fn default() -> Self {
        Self {
            codec: StreamingDecoder::new(),
            input: Vec::new(),
            position: 0,
            used: 0,
            complete: false,
            global_palette: None,
            application: Application::Unknown,
            profile_bytes: None,
        }
    }
}

impl Reader {
    fn feed(&mut self, chunk: &[u8]) {
        self.input.drain(..self.position);
        self.position = 0;
        self.input.extend_from_slice(chunk);
    }

    /// Goes on to whatever comes next.
    fn next(&mut self, mut out: OutputBuffer<'_>) -> Result<Step<Decoded>> {
        let rest = self.input.get(self.position..).unwrap_or_default();
        if rest.is_empty() {
            return if self.complete { Err(ends_early()) } else { Ok(Step::NeedInput) };
        }
        let (used, mut decoded) = self.codec.update(rest, &mut out).map_err(malformed)?;
        self.position += used;
        self.used += used as u64;
        match &mut decoded {
            Decoded::GlobalPalette(palette) => self.global_palette = Some(std::mem::take(palette)),
            Decoded::BlockStart(_) => self.application = Application::Unknown,
            Decoded::SubBlock { ext, .. } if ext.into_known() == Some(Extension::Application) => {
                self.measure_profile()
            }
            _ => (),
        }
        Ok(Step::Ready(decoded))
    }

    /// Takes a part of an application extension, the first of which is its name.
    fn measure_profile(&mut self) {
        let part = self.codec.last_ext_sub_block();
        match self.application {
            Application::Unknown if part == b"ICCRGBG1012" => {
                (self.application, self.profile_bytes) = (Application::Profile, Some(0));
            }
            Application::Unknown => self.application = Application::Other,
            Application::Profile => {
                self.profile_bytes = self.profile_bytes.map(|bytes| bytes.saturating_add(part.len() as u32))
            }
            Application::Other => (),
        }
    }

    /// Goes on to the pixels of the next frame; none after the last.
    fn next_frame(&mut self) -> Result<Step<Option<Frame>>> {
        loop {
            match self.next(OutputBuffer::None)? {
                Step::NeedInput => return Ok(Step::NeedInput),
                Step::Ready(Decoded::FrameMetadata(_)) => {
                    return self.frame().map(|frame| Step::Ready(Some(frame)));
                }
                Step::Ready(Decoded::BlockStart(Block::Trailer)) => {
                    return Ok(Step::Ready(None));
                }
                Step::Ready(_) => (),
            }
        }
    }

    fn frame(&mut self) -> Result<Frame> {
        let (canvas_width, canvas_height) = (self.codec.width(), self.codec.height());
        let frame = self.codec.current_frame_mut();
        let palette = frame.palette.take().or_else(|| self.global_palette.as_deref().map(<[u8]>::to_vec));
        let palette = palette.filter(|palette| !palette.is_empty());
        let palette =
            palette.ok_or_else(|| Error::malformed(Format::Gif, "its first frame has no colour table"))?;
        let visible = |start: u16, length: u16, canvas: u16| length.min(canvas.saturating_sub(start));
        let width = visible(frame.left, frame.width, canvas_width);
        let height = visible(frame.top, frame.height, canvas_height);
        // Outside of the canvas on one axis, nothing is visible on the other either.
        let (width, height) = if width == 0 || height == 0 { (0, 0) } else { (width, height) };
        Ok(Frame {
            left: frame.left.into(),
            top: frame.top.into(),
            width: frame.width.into(),
            height: frame.height.into(),
            interlaced: frame.interlaced,
            transparent: frame.transparent.is_some(),
            colors: colors(&palette, frame.transparent),
            visible_width: width.into(),
            visible_height: height.into(),
        })
    }
}

pub(super) fn info(file: &[u8]) -> Result<Info> {
    let mut decoder = GifDecoder::new();
    let mut pieces = file.chunks(64 << 10);
    let mut feed = |reader: &mut Reader| match pieces.next() {
        Some(piece) => reader.feed(piece),
        None => reader.complete = true,
    };
    let source = loop {
        match decoder.header()? {
            Step::Ready(header) => break header.source,
            Step::NeedInput => feed(&mut decoder.reader),
        }
    };
    let mut frames = 1;
    // Frames after a damaged one do not count: no decoder shows them.
    while let Ok(step) = decoder.reader.next_frame() {
        match step {
            Step::NeedInput => feed(&mut decoder.reader),
            Step::Ready(Some(_)) => frames += 1,
            Step::Ready(None) => break,
        }
    }
    Ok(Info { source, frames, icc_profile: decoder.reader.profile_bytes, exif: None })
}

fn ends_early() -> Error {
    Error::malformed(Format::Gif, "it ends too early")
}

fn malformed(error: DecodingError) -> Error {
    Error::malformed(Format::Gif, error)
}
