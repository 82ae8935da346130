//! The encoder: rows to macroblocks, and macroblocks to bytes when all are there.

use super::bool_writer::BoolWriter;
use super::config::{Config, Input, Plane};
use super::error::EncodeError;
use super::frame::{Frame, MAX_FIRST};
use super::header::FrameHeader;
use super::samples::Samples;
use super::tokens::{Context, Sink, write_block};
use crate::vp8::modes::SubMode;
use crate::vp8::probabilities::TokenProbabilities;
use alloc::boxed::Box;
use alloc::vec;
use alloc::vec::Vec;

/// The largest width and height.
const MAX_SIDE: u32 = 16383;

/// Bytes before the first partition: frame tag, start code and dimensions (RFC 6386, 9.1).
const TAG: usize = 10;

/// The data of a lossy image, in the making.
#[derive(Debug)]
pub struct Encoder {
    width: u32,
    height: u32,
    samples: Samples,
    frame: Box<Frame>,
    stage: Stage,
}

/// The stages of an image.
#[derive(Debug)]
enum Stage {
    Rows,
    /// Modes are being written: the header, the writer, the next row, and the modes above.
    Modes(Box<FrameHeader>, BoolWriter, usize, Vec<[SubMode; 4]>),
    /// Coefficients are being written: the writer, the next row, and the contexts above.
    Tokens(TokenWriter, usize, Vec<Context>),
    Done(Vec<u8>),
}

/// Writes coefficients.
#[derive(Debug)]
struct TokenWriter {
    bits: BoolWriter,
    probabilities: Box<TokenProbabilities>,
}

impl Sink for TokenWriter {
    #[inline(always)]
    #[allow(clippy::indexing_slicing)] // kinds are below 4, bands below 8, contexts below 3, nodes below 11
    fn bit(&mut self, (kind, band, context): (usize, usize, usize), node: usize, bit: bool) {
        self.bits.put(bit, self.probabilities[kind][band][context][node]);
    }

    #[inline(always)]
    fn constant(&mut self, bit: bool, probability: u8) {
        self.bits.put(bit, probability);
    }
}

impl Encoder {
    /// Begins an image of 1 to 16383 pixels in width and height.
    ///
    /// # Errors
    /// [`EncodeError::Dimensions`].
    pub fn new(width: u32, height: u32, input: Input, config: Config) -> Result<Self, EncodeError> {
        if !(1..=MAX_SIDE).contains(&width) || !(1..=MAX_SIDE).contains(&height) {
            return Err(EncodeError::Dimensions { width, height });
        }
        Ok(Self {
            width,
            height,
            samples: Samples::new(width as usize, height as usize, input, config.sharp_chroma),
            frame: Box::new(Frame::new(width as usize, height as usize, &config)),
            stage: Stage::Rows,
        })
    }

    /// Most bytes of memory that an encoder of this configuration holds, with the image data that it returns. What it
    /// really holds follows the content: a tenth of this at the usual qualities.
    pub fn memory(width: u32, height: u32, input: Input, config: &Config) -> u64 {
        let (width, height) = (width.min(MAX_SIDE) as usize, height.min(MAX_SIDE) as usize);
        let frame = Frame::memory(width, height, config) as u64;
        (size_of::<Self>() + Samples::memory(width, input, config.sharp_chroma)) as u64 + frame
    }

    /// Rows that a plane can take before the others have to catch up; the first plane stands for pixels.
    pub fn rows_wanted(&self, plane: Plane) -> u32 {
        self.samples.wanted(plane) as u32
    }

    /// Writes a row of a plane.
    ///
    /// # Errors
    /// [`EncodeError::WrongInput`] if the image is one of pixels, [`EncodeError::RowLength`], and
    /// [`EncodeError::TooManyRows`]. Nothing is written then.
    pub fn push_plane_row(&mut self, plane: Plane, row: &[u8]) -> Result<(), EncodeError> {
        if !matches!(self.samples.input(), Input::Planes | Input::JpegPlanes) {
            return Err(EncodeError::WrongInput);
        }
        self.check(plane, row)?;
        self.samples.push_plane(plane, row);
        self.encode_if_complete();
        Ok(())
    }

    /// Writes a row of pixels.
    ///
    /// # Errors
    /// [`EncodeError::WrongInput`] if the image is one of planes, [`EncodeError::RowLength`], and
    /// [`EncodeError::TooManyRows`]. Nothing is written then.
    pub fn push_row(&mut self, row: &[u8]) -> Result<(), EncodeError> {
        if !matches!(self.samples.input(), Input::Rgb | Input::Rgba) {
            return Err(EncodeError::WrongInput);
        }
        self.check(Plane::Y, row)?;
        self.samples.push_pixels(row);
        self.encode_if_complete();
        Ok(())
    }

    fn check(&self, plane: Plane, row: &[u8]) -> Result<(), EncodeError> {
        let expected = self.samples.row_length(plane);
        if row.len() != expected {
            return Err(EncodeError::RowLength { expected, given: row.len() });
        }
        if self.samples.wanted(plane) == 0 { Err(EncodeError::TooManyRows { plane }) } else { Ok(()) }
    }

    fn encode_if_complete(&mut self) {
        if self.samples.complete() {
            self.samples.finish_row();
            self.frame.encode_row(&self.samples);
            self.samples.advance();
        }
    }

    /// After the last row: writes a row of macroblocks, of their modes or of their coefficients. Returns whether
    /// there is more to write.
    ///
    /// # Errors
    /// [`EncodeError::MissingRows`] and [`EncodeError::TooComplex`].
    pub fn step(&mut self) -> Result<bool, EncodeError> {
        if !self.frame.complete() {
            return Err(EncodeError::MissingRows);
        }
        let frame = &mut *self.frame;
        let stage = core::mem::replace(&mut self.stage, Stage::Rows);
        self.stage = match stage {
            Stage::Rows => begin(frame, self.width, self.height),
            Stage::Modes(header, mut bits, row, mut above) => match frame.rows.get(row) {
                Some(stored) => {
                    let mut left = [SubMode::Dc; 4];
                    for (macroblock, above) in stored.modes().zip(&mut above) {
                        header.write_macroblock(&mut bits, &macroblock, above, &mut left);
                    }
                    Stage::Modes(header, bits, row + 1, above)
                }
                None => end_first_partition(&header, bits, frame)?,
            },
            Stage::Tokens(mut writer, row, mut above) => match frame.rows.get_mut(row) {
                Some(stored) => {
                    stored.each_block(&mut above, |kind, first, context, block| {
                        write_block(&mut writer, kind, first, context, block);
                    });
                    stored.discard();
                    Stage::Tokens(writer, row + 1, above)
                }
                None => Stage::Done(writer.bits.finish()),
            },
            Stage::Done(bytes) => Stage::Done(bytes),
        };
        Ok(!matches!(self.stage, Stage::Done(_)))
    }

    /// Writes what is left to write and returns the content of a `VP8 ` chunk.
    ///
    /// # Errors
    /// As [`Encoder::step`].
    pub fn finish(mut self) -> Result<Vec<u8>, EncodeError> {
        loop {
            self.step()?;
            if let Stage::Done(bytes) = self.stage {
                return Ok(bytes);
            }
        }
    }
}

/// Writes the frame's tag, whose size is still open, and its header.
fn begin(frame: &Frame, width: u32, height: u32) -> Stage {
    let mut bytes = Vec::with_capacity(frame.expected_bytes());
    bytes.extend([0, 0, 0, 0x9D, 0x01, 0x2A]);
    bytes.extend((width as u16).to_le_bytes());
    bytes.extend((height as u16).to_le_bytes());
    let header = frame.header();
    let mut bits = BoolWriter::new(bytes);
    header.write(&mut bits);
    Stage::Modes(Box::new(header), bits, 0, vec![[SubMode::Dc; 4]; frame.columns])
}

fn end_first_partition(header: &FrameHeader, bits: BoolWriter, frame: &Frame) -> Result<Stage, EncodeError> {
    let mut bytes = bits.finish();
    let size = bytes.len() - TAG;
    if size > MAX_FIRST {
        return Err(EncodeError::TooComplex);
    }
    // A key frame of version 0 that is shown.
    let tag = (size as u32) << 5 | 1 << 4;
    for (to, from) in bytes.iter_mut().zip(tag.to_le_bytes()).take(3) {
        *to = from;
    }
    let writer = TokenWriter { bits: BoolWriter::new(bytes), probabilities: Box::new(header.tokens) };
    Ok(Stage::Tokens(writer, 0, vec![Context::default(); frame.columns]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decode::{Decoder, DecoderConfig, Output, Step};
    use crate::encode::container::{Data, Still};
    use crate::encode::lossy::Effort;
    use crate::encode::lossy::budget::Budget;
    use crate::encode::lossy::costs;
    use crate::encode::lossy::frame::FIXED_BYTES;
    use crate::vp8::modes::Mode;
    use crate::vp8::predict::LEFT;

    /// Waves, edges and some noise.
    fn row(y: usize, width: usize) -> Vec<u8> {
        let mut seed = y as u32 * 77 + 5;
        (0..width * 3)
            .map(|at| {
                seed = seed.wrapping_mul(1664525).wrapping_add(1013904223);
                let (x, channel) = (at / 3, at % 3);
                let wave = (x * (channel + 2) + y * 3) % 256;
                let edge = if (x / 11 + y / 7) % 5 == channel { 90 } else { 0 };
                (wave as u8 / 2).saturating_add(edge).saturating_add((seed >> 29) as u8)
            })
            .collect()
    }

    fn decoded_planes(file: &[u8]) -> [Vec<u8>; 3] {
        let mut decoder = Decoder::new(DecoderConfig::default());
        decoder.feed(file);
        decoder.finish();
        decoder.header().unwrap();
        decoder.start(Output::Planar).unwrap();
        let mut planes = [const { Vec::new() }; 3];
        while let Step::Strip(strip) = decoder.next_strip().unwrap() {
            for (plane, rows) in planes.iter_mut().zip(strip.planes()) {
                rows.iter().for_each(|row| plane.extend_from_slice(row));
            }
        }
        planes
    }

    /// Encodes noise with at most `bytes` bytes of modes. Returns the bytes that the modes take, whether macroblocks have
    /// flags, and the file.
    fn modes_of_noise(bytes: usize) -> (usize, bool, Vec<u8>) {
        let side = 160;
        let config = Config { quality: 100, ..Config::default() };
        let mut encoder = Encoder::new(side, side, Input::Rgb, config).unwrap();
        encoder.frame.budget = Budget::new(100, bytes);
        let mut seed = 7u32;
        let mut next = || {
            seed = seed.wrapping_mul(1664525).wrapping_add(1013904223);
            (seed >> 24) as u8
        };
        for _ in 0..side {
            let row: Vec<u8> = (0..side * 3).map(|_| next()).collect();
            encoder.push_row(&row).unwrap();
        }
        let mut header = BoolWriter::new(Vec::new());
        encoder.frame.header().write(&mut header);
        let (flags, header) = (encoder.frame.budget.flags(), header.finish().len());
        let image = encoder.finish().unwrap();
        let tag = u32::from_le_bytes([image[0], image[1], image[2], 0]);
        let mut file = Vec::new();
        Still::new(side, side, Data::Lossy { image: &image, alpha: None }).write(&mut file).unwrap();
        ((tag >> 5) as usize - header, flags, file)
    }

    #[test]
    fn modes_take_no_more_than_they_may_whatever_the_picture() {
        let (wanted, flags, _) = modes_of_noise(MAX_FIRST);
        assert!(wanted > 400 && flags, "{wanted}");
        for bytes in [wanted / 2, wanted / 4, 84, 60, 45] {
            let (size, flags, file) = modes_of_noise(bytes);
            assert!(size <= bytes + 4, "{size} of {bytes}");
            assert_eq!(flags, bytes >= 84, "{bytes}");
            let [luma, ..] = decoded_planes(&file);
            assert_eq!(luma.len(), 160 * 160);
        }
    }

    #[test]
    fn the_largest_frame_has_room_for_its_modes() {
        let macroblocks = 1024 * 1024;
        let mut budget = Budget::new(macroblocks, MAX_FIRST - FIXED_BYTES);
        let dc = u32::from(costs::of_luma_mode(Mode::Dc) + costs::of_chroma_mode(Mode::Dc));
        for _ in 0..macroblocks {
            let luma = budget.for_luma();
            assert!(budget.for_chroma(luma) >= costs::of_chroma_mode(Mode::Dc).into());
            // As much as is allowed.
            budget.spend(luma.max(dc));
        }
        assert!(budget.spent() <= (MAX_FIRST - FIXED_BYTES) as u64 * 8 * 256 / 33 * 32);
    }

    #[test]
    fn reconstruction_is_what_a_decoder_sees_without_the_loop_filter() {
        let (width, height) = (67usize, 53usize);
        for (quality, effort) in [
            (5, Effort::Default),
            (60, Effort::Fast),
            (75, Effort::Default),
            (85, Effort::Best),
            (100, Effort::Best),
        ] {
            let config = Config { quality, effort, sharp_chroma: false };
            let mut encoder = Encoder::new(width as u32, height as u32, Input::Rgb, config).unwrap();
            encoder.frame.segments.iter_mut().for_each(|segment| segment.filter = 0);
            (0..height).for_each(|y| encoder.push_row(&row(y, width)).unwrap());
            let trace = core::mem::take(&mut encoder.frame.trace);
            let image = encoder.finish().unwrap();
            let mut file = Vec::new();
            Still::new(67, 53, Data::Lossy { image: &image, alpha: None }).write(&mut file).unwrap();
            let [y, cb, cr] = decoded_planes(&file);
            let columns = width.div_ceil(16);
            for (at, sample) in y.into_iter().enumerate() {
                let (x, y) = (at % width, at / width);
                assert_eq!(
                    sample,
                    trace[y / 16 * columns + x / 16].0[1 + y % 16][LEFT + x % 16],
                    "{quality}"
                );
            }
            for (plane, samples) in [cb, cr].into_iter().enumerate() {
                for (at, sample) in samples.into_iter().enumerate() {
                    let (x, y) = (at % width.div_ceil(2), at / width.div_ceil(2));
                    let space = &trace[y / 8 * columns + x / 8].1[plane];
                    assert_eq!(sample, space[1 + y % 8][LEFT + x % 8], "{quality}");
                }
            }
        }
    }
}
