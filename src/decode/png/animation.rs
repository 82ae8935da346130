//! The frames of an animated PNG, drawn on a canvas (PNG, third edition, 11.3.6.2). Each goes to the codec as a file of its own.

use super::chunks::{Chunks, Control, Event, Playback, chunks_of_head};
use super::inlet::Inlet;
use super::reading::{Next, Reading};
use super::work;
use crate::decode::Step;
use crate::decode::canvas::{Canvas, Disposal};
use crate::decode::frames::Draw;
use crate::decode::unread::ends_early;
use crate::pixels::{Channels, Depth};
use crate::{Error, Format, Result};
use png::DecodingError;

/// Reads and draws frames.
pub(super) struct Animation {
    chunks: Chunks,
    playback: Playback,
    head: FrameHead,
    canvas: Canvas,
    size: (u32, u32),
    /// The current frame, and its pixels, once the first of them have come.
    frame: Control,
    reading: Option<Reading>,
    inlet: Inlet,
    /// Its row at hand, in RGBA.
    row: Vec<u8>,
    /// Rows that have been drawn.
    drawn: u32,
    /// Whether there is no more to draw.
    is_over: bool,
    /// The next frame, if it has come. Then, or if the file has ended, the current one has no more pixels.
    next: Option<Control>,
    ended: bool,
    /// What is wrong with the file after the pixels at hand.
    fault: Option<Error>,
    /// Frames that have begun.
    begun: u32,
    allow_damaged: bool,
    pub(super) damaged: bool,
    /// The work on frames that are complete, and on the canvas.
    spent: u64,
}

/// The beginning of every frame, as a file.
struct FrameHead {
    /// The signature and the beginning of the header, what follows its sides, and further chunks.
    before_sides: Vec<u8>,
    after_sides: Vec<u8>,
}

impl FrameHead {
    fn new(head: &[u8]) -> Self {
        let before_sides = head.get(..SIDES).unwrap_or_default().to_vec();
        let mut after_sides = head.get(SIDES_END..HEADER_END).unwrap_or_default().to_vec();
        for (begin, body) in chunks_of_head(head) {
            if begin.ends_with(b"PLTE") || begin.ends_with(b"tRNS") {
                after_sides.extend(begin);
                after_sides.extend(body);
                after_sides.extend(NO_CHECKSUM);
            }
        }
        Self { before_sides, after_sides }
    }

    /// The file of a frame, up to its pixels, of which there are `length` bytes in the first chunk.
    fn file(&self, frame: &Control, length: u32) -> Vec<u8> {
        let (width, height) = (frame.place.width.to_be_bytes(), frame.place.height.to_be_bytes());
        let data = data_begin(length);
        [&self.before_sides, &width[..], &height, &self.after_sides, &data].concat()
    }
}

/// Where in a file its sides stand, and where its header ends.
const SIDES: usize = 16;
const SIDES_END: usize = 24;
const HEADER_END: usize = 33;

/// In place of a checksum: those of frames have been looked at already.
const NO_CHECKSUM: [u8; 4] = [0; 4];

/// The chunk that ends a file.
const END: [u8; 12] = *b"\0\0\0\0IEND\0\0\0\0";

fn data_begin(length: u32) -> [u8; 8] {
    let [a, b, c, d] = length.to_be_bytes();
    [a, b, c, d, b'I', b'D', b'A', b'T']
}

impl Animation {
    /// After the beginning of a file, up to its first pixels, with sides of `size`.
    pub(super) fn new(head: &[u8], playback: Playback, size: (u32, u32), allow_damaged: bool) -> Self {
        Self {
            chunks: Chunks::new(head, &playback, size),
            playback,
            head: FrameHead::new(head),
            canvas: Canvas::default(),
            size,
            frame: Control::default(),
            reading: None,
            inlet: Inlet::default(),
            row: Vec::new(),
            drawn: 0,
            is_over: true,
            next: playback.first,
            ended: false,
            fault: None,
            begun: 0,
            allow_damaged,
            damaged: false,
            spent: 0,
        }
    }

    pub(super) fn loops(&self) -> u32 {
        self.playback.loops
    }

    pub(super) fn feed(&mut self, chunk: &[u8]) {
        if !self.damaged {
            self.chunks.input.feed(chunk);
        }
    }

    pub(super) fn finish(&mut self) {
        self.chunks.input.finish();
    }

    /// Predicts the bytes that canvases of `pixels` pixels take, and the file.
    pub(super) fn memory(pixels: u64) -> u64 {
        Canvas::memory(pixels) + INPUT
    }

    pub(super) fn start(&mut self) {
        self.canvas = Canvas::new(self.size.0, self.size.1);
    }

    /// The work so far, in units of [`crate::Limits::work`].
    pub(super) fn work(&self) -> u64 {
        self.chunks.input.used() * work::BYTE + self.spent + self.reading.as_ref().map_or(0, Reading::work)
    }

    /// Reads on for pixels of the current frame, or what comes after these; false asks for more input.
    fn read(&mut self) -> Result<bool> {
        match self.chunks.next()? {
            Step::NeedInput => return Ok(false),
            Step::Ready(Event::Control(control)) => self.next = Some(control),
            Step::Ready(Event::End) => self.ended = true,
            // There are no frames before the first description.
            Step::Ready(_) if self.begun == 0 => (),
            Step::Ready(Event::Data(length)) if self.reading.is_none() => {
                self.inlet = Inlet::default();
                self.inlet.push_first(self.head.file(&self.frame, length));
                let mut reading = Reading::open_part(self.inlet.clone())?;
                reading.start()?;
                self.reading = Some(reading);
            }
            Step::Ready(Event::Data(length)) => self.inlet.push(&data_begin(length)),
            Step::Ready(Event::Bytes(bytes)) => self.inlet.push(bytes),
            Step::Ready(Event::DataEnd) => self.inlet.push(&NO_CHECKSUM),
        }
        Ok(true)
    }

    /// Whether the current frame has all of its pixels, or as many as will come.
    fn is_whole(&self) -> bool {
        self.next.is_some() || self.ended || self.fault.is_some()
    }

    /// Reads on for pixels of the current frame; false asks for more input.
    fn read_pixels(&mut self) -> bool {
        let has_come = self.read().unwrap_or_else(|fault| {
            self.fault = Some(fault);
            true
        });
        if self.is_whole() {
            // The codec holds the last rows back until it knows that there are no more pixels.
            if self.fault.is_none() {
                self.inlet.push(&END);
            }
            self.inlet.finish();
        }
        has_come
    }

    /// Takes note of damage, which is an error if no row came before it, or damage is not allowed.
    fn fail(&mut self, error: Error) -> Result<()> {
        if !self.allow_damaged || !self.canvas.is_drawn() {
            return Err(error);
        }
        (self.damaged, self.is_over) = (true, true);
        Ok(())
    }

    /// Goes on after the codec has found something wrong, or missing.
    fn fail_pixels(&mut self, error: DecodingError) -> Result<()> {
        self.inlet.close();
        let Some(reading) = &mut self.reading else { return Ok(()) };
        match reading.fail(error, self.allow_damaged) {
            Ok(()) => (self.damaged, self.is_over) = (true, reading.is_lost()),
            Err(error) => self.fail(error)?,
        }
        Ok(())
    }

    /// Draws the row that has been read.
    fn draw_row(&mut self) {
        let Some(reading) = &self.reading else { return };
        let (channels, depth) = reading.samples();
        let narrowed = if depth == Depth::Sixteen { narrow(reading.row()) } else { Vec::new() };
        let row = if depth == Depth::Sixteen { &narrowed } else { reading.row() };
        self.row.clear();
        channels.widen(row, Channels::Rgba, &mut self.row);
        let pixels = self.canvas.draw(self.frame.place, self.drawn).iter_mut();
        for (pixel, &above) in pixels.zip(self.row.as_chunks().0) {
            *pixel = if self.frame.blends { blended(*pixel, above) } else { above };
        }
        self.drawn += 1;
        self.spent += u64::from(self.frame.place.width) * work::DRAWN;
    }

    /// Ends the frame that is on the canvas, and takes the next one.
    fn begin(&mut self, next: Control) {
        if self.begun > 0 {
            self.spent += self.reading.as_ref().map_or(0, Reading::work) + work::FRAME;
            self.spent += u64::from(self.size.0) * u64::from(self.size.1);
            self.canvas.dispose(self.frame.place, self.frame.disposal);
        }
        self.frame = next;
        if self.begun == 0 && self.frame.disposal == Disposal::Restore {
            self.frame.disposal = Disposal::Clear;
        }
        self.canvas.begin(self.frame.disposal);
        (self.reading, self.drawn, self.is_over) = (None, 0, false);
        self.begun += 1;
    }
}

impl Draw for Animation {
    fn next_frame(&mut self) -> Result<Step<Option<u32>>> {
        if self.damaged || self.begun >= self.playback.frames {
            return Ok(Step::Ready(None));
        }
        self.is_over = true;
        loop {
            if let Some(next) = self.next.take() {
                self.begin(next);
                return Ok(Step::Ready(Some(next.delay)));
            }
            if self.ended && self.begun == 0 {
                return Err(Error::malformed(Format::Png, "it has no frame"));
            }
            if self.ended {
                return Ok(Step::Ready(None));
            }
            let read = match self.fault.take() {
                Some(fault) => Err(fault),
                None => self.read(),
            };
            match read {
                Ok(true) => (),
                Ok(false) => return Ok(Step::NeedInput),
                Err(fault) => {
                    self.fail(fault)?;
                    return Ok(Step::Ready(None));
                }
            }
        }
    }

    fn draw(&mut self) -> Result<Step<bool>> {
        while !self.is_over {
            let is_whole = self.is_whole();
            let Some(reading) = &mut self.reading else {
                if is_whole {
                    let fault = self.fault.take();
                    self.fail(fault.unwrap_or_else(|| ends_early(Format::Png)))?;
                } else if !self.read_pixels() {
                    return Ok(Step::NeedInput);
                }
                continue;
            };
            match reading.next() {
                Ok(Next::End) => self.is_over = true,
                Ok(Next::Gathered) => return Ok(Step::Ready(true)),
                Ok(Next::Row) => {
                    self.draw_row();
                    return Ok(Step::Ready(true));
                }
                Err(DecodingError::IoError(_)) if !is_whole && !reading.is_faulty() => {
                    if !self.read_pixels() {
                        return Ok(Step::NeedInput);
                    }
                }
                Err(error) => self.fail_pixels(error)?,
            }
        }
        Ok(Step::Ready(false))
    }

    fn canvas_row(&self, y: u32) -> &[u8] {
        self.canvas.row(y)
    }
}

/// Bytes of a piece of the file on its way to the codec.
const INPUT: u64 = 4 * (64 << 10);

/// Eight bits of each sample of sixteen, rounded.
fn narrow(row: &[u8]) -> Vec<u8> {
    let samples = row.as_chunks().0.iter().map(|&sample| u32::from(u16::from_be_bytes(sample)));
    samples.map(|sample| ((sample * 255 + 32_895) >> 16) as u8).collect()
}

/// A pixel over another one.
fn blended(below: [u8; 4], above: [u8; 4]) -> [u8; 4] {
    let ([.., under], [.., over]) = (below, above);
    match over {
        255 => return above,
        0 => return below,
        _ => (),
    }
    // Shares of 255 squared.
    let over = u32::from(over) * 255;
    let under = u32::from(under) * (255 - u32::from(above[3]));
    let all = over + under;
    let mut mixed = [0; 4];
    for ((mixed, below), above) in mixed.iter_mut().zip(below).zip(above) {
        *mixed = ((u32::from(above) * over + u32::from(below) * under + all / 2) / all) as u8;
    }
    mixed[3] = ((all + 127) / 255) as u8;
    mixed
}
