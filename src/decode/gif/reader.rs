//! Reads a GIF up to the pixels of its frames, with the `gif` crate's streaming decoder.

use crate::decode::Step;
use crate::{Error, Format, Result};
use gif::streaming_decoder::{Block, Decoded, OutputBuffer, StreamingDecoder};
use gif::{DecodingError, Extension};

/// The codec and its unread input.
pub(super) struct Reader {
    pub(super) codec: StreamingDecoder,
    input: Vec<u8>,
    position: usize,
    /// Bytes that the codec has used so far.
    pub(super) used: u64,
    pub(super) complete: bool,
    global_palette: Option<Box<[u8]>>,
    /// The application extension that is being read.
    application: Application,
    pub(super) profile_bytes: Option<u32>,
    xmp: Collected,
    profile: Collected,
}

/// What an application extension holds (GIF89a, section 26).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Application {
    /// Its name has not been read.
    Unknown,
    /// An ICC profile (ICC.1, annex B.6).
    Profile,
    /// XMP (XMP specification, part 3, 1.1.2).
    Xmp,
    Other,
}

/// The content of an extension that is collected.
#[derive(Debug, Default)]
struct Collected {
    content: Vec<u8>,
    /// The most bytes of it that are of use.
    most: usize,
    too_long: bool,
}

impl Collected {
    fn restart(&mut self) {
        (self.content, self.too_long) = (Vec::new(), false);
    }

    fn extend(&mut self, part: &[u8]) {
        self.too_long |= self.content.len() + part.len() > self.most;
        if self.too_long {
            self.content = Vec::new();
        } else {
            self.content.extend_from_slice(part);
        }
    }

    fn take(&mut self) -> Option<Vec<u8>> {
        Some(std::mem::take(&mut self.content)).filter(|content| !content.is_empty())
    }
}

impl Reader {
    /// A reader that collects XMP and an ICC profile of at most so many bytes.
    pub(super) fn new(most_xmp: usize, most_profile: usize) -> Self {
        let collected = |most| Collected { most, ..Collected::default() };
        Self {
            codec: StreamingDecoder::new(),
            input: Vec::new(),
            position: 0,
            used: 0,
            complete: false,
            global_palette: None,
            application: Application::Unknown,
            profile_bytes: None,
            xmp: collected(most_xmp),
            profile: collected(most_profile),
        }
    }

    /// XMP and the ICC profile, as far as they have come.
    pub(super) fn take_extensions(&mut self) -> (Option<Vec<u8>>, Option<Vec<u8>>) {
        let xmp = self.xmp.take().map(|mut xmp| {
            // Bytes that lead from whatever is taken for a length to the end.
            let trailer = xmp.windows(4).rposition(|window| window == [1, 255, 254, 253]);
            xmp.truncate(trailer.unwrap_or(xmp.len()));
            xmp
        });
        (xmp, self.profile.take())
    }

    pub(super) fn feed(&mut self, chunk: &[u8]) {
        self.input.drain(..self.position);
        self.position = 0;
        self.input.extend_from_slice(chunk);
    }

    /// Goes on to whatever comes next.
    pub(super) fn next(&mut self, mut out: OutputBuffer<'_>) -> Result<Step<Decoded>> {
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
                self.take_application_data()
            }
            _ => (),
        }
        Ok(Step::Ready(decoded))
    }

    /// Takes a part of an application extension, the first of which is its name.
    fn take_application_data(&mut self) {
        let part = self.codec.last_ext_sub_block();
        match self.application {
            Application::Unknown if part == b"ICCRGBG1012" => {
                (self.application, self.profile_bytes) = (Application::Profile, Some(0));
                self.profile.restart();
            }
            Application::Unknown if part == b"XMP DataXMP" => {
                self.application = Application::Xmp;
                self.xmp.restart();
            }
            Application::Unknown => self.application = Application::Other,
            Application::Profile => {
                self.profile_bytes = self.profile_bytes.map(|bytes| bytes.saturating_add(part.len() as u32));
                self.profile.extend(part);
            }
            // It is not divided into parts: what counts them are characters of it.
            Application::Xmp => {
                self.xmp.extend(&[part.len() as u8]);
                self.xmp.extend(part);
            }
            Application::Other => (),
        }
    }

    /// Goes on to the pixels of the next frame; none after the last.
    pub(super) fn next_frame(&mut self) -> Result<Step<Option<Frame>>> {
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

/// A frame as its descriptor and extension describe it (GIF89a, sections 20 and 23).
#[derive(Debug, Clone)]
pub(super) struct Frame {
    pub(super) left: u32,
    pub(super) top: u32,
    pub(super) width: u32,
    pub(super) height: u32,
    pub(super) interlaced: bool,
    pub(super) transparent: bool,
    pub(super) colors: [[u8; 4]; 256],
    /// The part of it that lies on the canvas.
    pub(super) visible_width: u32,
    pub(super) visible_height: u32,
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
    pub(super) fn decoded_pixels(&self) -> u64 {
        let visible = |&row: &u32| deinterlaced(row, self.height) < self.visible_height;
        let rows = match self.interlaced {
            true => (0..self.height).rev().find(visible).map_or(0, |last| last + 1),
            false => self.visible_height,
        };
        u64::from(self.width) * u64::from(rows)
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

/// The position of the row that is stored as number `row` (GIF89a, appendix E).
pub(super) fn deinterlaced(mut row: u32, height: u32) -> u32 {
    for (first, step) in [(0, 8), (4, 8), (2, 4), (1, 2)] {
        let rows = height.saturating_sub(first).div_ceil(step);
        if row < rows {
            return first + row * step;
        }
        row -= rows;
    }
    height
}

pub(super) fn ends_early() -> Error {
    Error::malformed(Format::Gif, "it ends too early")
}

fn malformed(error: DecodingError) -> Error {
    Error::malformed(Format::Gif, error)
}
