//! Animations (RFC 9649, 2.7.1.1): frames, drawn one after the other on a canvas.

use super::budget::{Budget, bytes_of};
use super::config::{Damage, DecoderConfig};
use super::container::{Container, Found, Image, Place};
use super::error::{DecodeError, Flaw};
use super::input::Input;
use super::strip::Output;
use super::work::{Advance, Work};
use alloc::boxed::Box;
use alloc::vec;
use alloc::vec::Vec;

/// Draws the frames of an animation on a canvas, row by row.
///
/// It is made by [`Decoder::into_animation`](super::Decoder::into_animation). Call [`next_frame`](Self::next_frame), then
/// [`next_row`](Self::next_row) until the frame is drawn, look at the [`canvas`](Self::canvas), and go on with the next
/// frame. Whenever more input is needed, [`feed`](Self::feed) it, or [`finish`](Self::finish).
///
/// What it holds is the canvas, and what decoding one frame takes. Damage ends a frame where it is: the first shows its last
/// row for the rest, the others leave the canvas as it was.
///
/// ```
/// use tintype_webp::decode::{DecodeError, Decoder, DecoderConfig, Drawn, Frame};
///
/// /// The canvas after each frame, RGBA, with the milliseconds for which it is shown.
/// fn frames(file: &[u8]) -> Result<Vec<(u32, Vec<u8>)>, DecodeError> {
///     let mut decoder = Decoder::new(DecoderConfig::default());
///     decoder.feed(file);
///     decoder.finish();
///     decoder.header()?;
///     let mut animation = decoder.into_animation()?;
///     let mut frames = Vec::new();
///     while let Frame::Begun { duration } = animation.next_frame()? {
///         while let Drawn::Row = animation.next_row()? {}
///         frames.push((duration, animation.canvas().to_vec()));
///     }
///     Ok(frames)
/// }
/// ```
pub struct Animation {
    config: DecoderConfig,
    input: Input,
    budget: Budget,
    container: Container,
    size: (u32, u32),
    canvas: Vec<u8>,
    /// The first frame, until it begins.
    first: Option<Box<Image>>,
    /// The frame that was begun last, and the next row of it.
    place: Place,
    row: u32,
    work: Option<Work>,
    /// Bytes in use between frames.
    base: u64,
    /// Frames that have begun.
    frames: u32,
    flaw: Option<Flaw>,
    /// Whether there are no more frames.
    ended: bool,
    spent: u64,
}

/// The outcome of [`Animation::next_frame`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Frame {
    /// A frame has begun.
    Begun {
        /// Milliseconds for which it is shown.
        duration: u32,
    },
    /// More input is needed: feed the animation, or finish.
    NeedInput,
    /// There are no more frames.
    Done,
}

/// The outcome of [`Animation::next_row`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Drawn {
    /// A row has been drawn.
    Row,
    /// More input is needed: feed the animation, or finish.
    NeedInput,
    /// The frame is complete.
    Done,
}

/// Work of compositing a pixel, and of clearing one.
const DRAW_WORK: u64 = 12;
const CLEAR_WORK: u64 = 1;

impl Animation {
    /// Upper bound of the bytes that it holds with this frame.
    pub(crate) fn memory(image: &Image) -> u64 {
        let (fixed, allowance) = Work::memory(image, Output::Interleaved);
        canvas_bytes(image.canvas) + fixed.saturating_add(allowance) + 4 * u64::from(image.canvas.0)
    }

    /// Allocates the canvas. The image is that of the first frame.
    pub(crate) fn new(
        config: DecoderConfig,
        input: Input,
        mut budget: Budget,
        container: Container,
        image: Image,
    ) -> Result<Self, DecodeError> {
        let (size, bytes) = (image.canvas, canvas_bytes(image.canvas));
        budget.take(bytes)?;
        let length = usize::try_from(bytes).unwrap_or(usize::MAX);
        Ok(Self {
            config,
            input,
            base: budget.in_use(),
            budget,
            container,
            size,
            canvas: vec![0; length],
            first: Some(Box::new(image)),
            place: Place::default(),
            row: 0,
            work: None,
            frames: 0,
            flaw: None,
            ended: false,
            spent: 0,
        })
    }

    /// Appends input. Chunks of any size give the same result.
    pub fn feed(&mut self, chunk: &[u8]) {
        self.input.feed(chunk);
    }

    /// Signals the end of the input.
    pub fn finish(&mut self) {
        self.input.finish();
    }

    /// Width and height of the canvas.
    pub fn size(&self) -> (u32, u32) {
        self.size
    }

    /// The canvas: rows of RGBA, not premultiplied.
    pub fn canvas(&self) -> &[u8] {
        &self.canvas
    }

    /// The first flaw found so far, if any.
    pub fn damage(&self) -> Option<Flaw> {
        self.flaw
    }

    /// Rough number of instructions so far. It depends only on the input, and not on how that was chunked.
    pub fn work(&self) -> u64 {
        self.spent + self.work.as_ref().map_or(0, Work::work)
    }

    /// Goes on to the next frame: clears what the one before does not leave, and prepares to decode.
    ///
    /// # Errors
    ///
    /// [`DecodeError::Memory`] if the frame takes more than the limit; [`DecodeError::Order`] if the frame before is not
    /// complete; and what is wrong with the file, unless damage is accepted: the frames before it are all then.
    pub fn next_frame(&mut self) -> Result<Frame, DecodeError> {
        if self.work.is_some() {
            return Err(DecodeError::Order("a frame is not complete yet: call next_row until it is"));
        }
        let image = match self.first.take() {
            Some(image) => *image,
            None => match self.find_frame() {
                Ok(Some(image)) => image,
                Ok(None) if self.ended => return Ok(Frame::Done),
                Ok(None) => return Ok(Frame::NeedInput),
                Err(DecodeError::Truncated) if self.at_end() => {
                    self.end();
                    return Ok(Frame::Done);
                }
                Err(error @ DecodeError::Memory { .. }) => return Err(error),
                Err(error) => {
                    if self.config.damage == Damage::Refuse {
                        return Err(error);
                    }
                    let early = error == DecodeError::Truncated;
                    self.flaw.get_or_insert(if early { Flaw::EndsEarly } else { Flaw::BadData });
                    self.end();
                    return Ok(Frame::Done);
                }
            },
        };
        self.begin(image)
    }

    /// Finds the next frame; none at the end, and if more input is needed.
    fn find_frame(&mut self) -> Result<Option<Image>, DecodeError> {
        if self.ended {
            return Ok(None);
        }
        let found = self.container.find_image(&mut self.input, &self.config, &mut self.budget)?;
        Ok(found.map(|Found { image, .. }| image))
    }

    /// Whether the input has ended where a chunk did.
    fn at_end(&self) -> bool {
        self.container.between_frames() && self.input.finished() && self.input.rest().is_empty()
    }

    fn end(&mut self) {
        self.ended = true;
        self.input.close();
    }

    fn begin(&mut self, image: Image) -> Result<Frame, DecodeError> {
        if self.place.dispose {
            self.clear(self.place);
        }
        let place = image.place;
        // The frame is decoded to rows of its own, with alpha.
        let (canvas, at_origin) = ((place.width, place.height), Place { x: 0, y: 0, blend: false, ..place });
        let image = Image { canvas, channels: 4, planar: false, place: at_origin, ..image };
        let (fixed, allowance) = Work::memory(&image, Output::Interleaved);
        self.budget.take(fixed.saturating_add(allowance))?;
        self.budget.give(allowance);
        self.work = Some(Work::new(image, Output::Interleaved, self.config.damage));
        (self.place, self.row) = (place, 0);
        self.frames += 1;
        Ok(Frame::Begun { duration: place.duration })
    }

    /// Makes a part of the canvas transparent.
    fn clear(&mut self, place: Place) {
        let stride = 4 * self.size.0 as usize;
        let (start, bytes) = (4 * place.x as usize, 4 * place.width as usize);
        for row in self.canvas.chunks_exact_mut(stride).skip(place.y as usize).take(place.height as usize) {
            row.get_mut(start..start + bytes).unwrap_or_default().fill(0);
        }
        self.spent += CLEAR_WORK * u64::from(place.width) * u64::from(place.height);
    }

    /// Decodes the next row of the frame, and draws it.
    ///
    /// # Errors
    ///
    /// [`DecodeError::Damaged`] if the frame is damaged and that is not accepted, or not even the first row of the first
    /// frame could be decoded; [`DecodeError::Memory`] if the data demands more memory than the limit.
    pub fn next_row(&mut self) -> Result<Drawn, DecodeError> {
        let Some(work) = &mut self.work else { return Ok(Drawn::Done) };
        let advance = match work.next_row(&mut self.input, &mut self.budget) {
            Err(DecodeError::Damaged(flaw)) if self.frames > 1 && self.config.damage == Damage::Accept => {
                self.flaw.get_or_insert(flaw);
                Advance::Done
            }
            other => other?,
        };
        let leave = self.frames > 1 && work.is_broken();
        self.flaw = self.flaw.or(work.flaw());
        match advance {
            Advance::NeedInput => Ok(Drawn::NeedInput),
            Advance::Row if !leave => {
                self.draw();
                self.row += 1;
                Ok(Drawn::Row)
            }
            _ => {
                self.end_frame();
                Ok(Drawn::Done)
            }
        }
    }

    /// Draws the row that was decoded last.
    fn draw(&mut self) {
        let Some(work) = &self.work else { return };
        let stride = 4 * self.size.0 as usize;
        let start = (self.place.y + self.row) as usize * stride + 4 * self.place.x as usize;
        let row = self.canvas.get_mut(start..start + 4 * self.place.width as usize).unwrap_or_default();
        if self.place.blend {
            let (row, pixels) = (row.as_chunks_mut::<4>().0, work.pixels().as_chunks::<4>().0);
            row.iter_mut().zip(pixels).for_each(|(under, pixel)| *under = over(*pixel, *under));
        } else {
            row.copy_from_slice(work.pixels());
        }
        self.spent += DRAW_WORK * u64::from(self.place.width);
    }

    /// Frees what the frame took, and passes over the rest of its chunk.
    fn end_frame(&mut self) {
        let Some(work) = self.work.take() else { return };
        self.spent += work.work();
        let rest = self.container.leave_frame(work.unused());
        self.input.advance(rest);
        drop(work);
        self.budget.give(self.budget.in_use().saturating_sub(self.base));
    }

    /// Sets the most memory that decoding may hold, in bytes, in place of
    /// [`DecoderConfig::max_memory`](super::DecoderConfig::max_memory).
    pub fn set_max_memory(&mut self, bytes: u64) {
        self.budget.limit(bytes);
    }
}

fn canvas_bytes((width, height): (u32, u32)) -> u64 {
    bytes_of::<[u8; 4]>(1) * u64::from(width) * u64::from(height)
}

/// A pixel laid over another, rounded to nearest (RFC 9649, 2.7.1.1).
#[inline(always)]
fn over(top: [u8; 4], under: [u8; 4]) -> [u8; 4] {
    match (top, under) {
        ([.., 255], _) | (_, [.., 0]) if top[3] > 0 => top,
        ([.., 0], _) => under,
        _ => blend(top, under),
    }
}

/// A translucent pixel laid over a visible one.
fn blend(top: [u8; 4], under: [u8; 4]) -> [u8; 4] {
    let [.., alpha] = top.map(u32::from);
    let [.., alpha_under] = under.map(u32::from);
    let (weight, weight_under) = (alpha * 255, alpha_under * (255 - alpha));
    let sum = (weight + weight_under).max(1);
    let mut mixed = [0; 4];
    for ((to, &top), &under) in mixed.iter_mut().zip(&top).zip(&under) {
        let color = u32::from(top) * weight + u32::from(under) * weight_under;
        *to = ((color + sum / 2) / sum) as u8;
    }
    mixed[3] = ((sum + 127) / 255) as u8;
    mixed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pixel_over_another_is_their_mean_by_what_each_covers() {
        assert_eq!(over([1, 2, 3, 255], [9, 9, 9, 255]), [1, 2, 3, 255]);
        assert_eq!(over([1, 2, 3, 0], [9, 8, 7, 100]), [9, 8, 7, 100]);
        assert_eq!(over([1, 2, 3, 7], [9, 8, 7, 0]), [1, 2, 3, 7]);
        assert_eq!(over([1, 2, 3, 0], [9, 8, 7, 0]), [9, 8, 7, 0]);
        assert_eq!(over([255, 0, 0, 128], [0, 0, 255, 255]), [128, 0, 127, 255]);
        assert_eq!(over([200, 0, 0, 128], [200, 0, 0, 128]), [200, 0, 0, 192]);
        for (a, b) in [(1, 1), (1, 254), (254, 1), (127, 3)] {
            let [red, _, _, alpha] = over([255, 0, 0, a], [255, 0, 0, b]);
            let exact = 255.0 * (1.0 - (1.0 - f64::from(a) / 255.0) * (1.0 - f64::from(b) / 255.0));
            assert!(red == 255 && (f64::from(alpha) - exact).abs() <= 0.5001, "{a} over {b}");
        }
    }
}
