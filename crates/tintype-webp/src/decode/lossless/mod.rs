//! Lossless image data (RFC 9649, 3), decoded by rows.
//!
//! The data holds images within the image: those that transforms were sent with, a table of colours, and the numbers of
//! prefix-code groups. All are decoded by the same steps, each of which begins only when all the bytes are at hand that
//! it could take, or no more will come. So nothing is decoded twice, and the result does not depend on how the input
//! was chunked.

mod bits;
mod fields;
mod groups;
mod lengths;
mod pixels;
mod predictor;
mod prefix;
mod transform;

use self::bits::Bits;
use self::groups::Groups;
use self::pixels::{Data, Pixels, RowEnd, ring_length};
use self::prefix::{MAX_GROUP_BYTES, Scratch};
use self::transform::{Grid, Transform};
use super::budget::{Budget, bytes_of};
use super::error::{DecodeError, Flaw};
use super::progress::{Progress, Stop};
use crate::vp8l::cache::ColorCache;
use alloc::vec;
use alloc::vec::Vec;

/// More bytes than anything but codes and pixels takes.
const MAX_FIELD_BYTES: usize = 16;

/// Bytes counted in advance for prefix codes, and per 64 pixels for transforms, which show only in the data. That is
/// enough for most images; what exceeds it is counted when it shows.
const ALLOWANCE: u64 = 96 << 10;
const ALLOWANCE_PER_64: u64 = 7;

/// A lossless image, in the course of being decoded.
pub(crate) struct Lossless {
    width: usize,
    height: usize,
    /// The width of the coded image: smaller where several indices stand in a pixel.
    coded_width: usize,
    bits: Bits,
    stage: Stage,
    /// In the order of the data; they are inverted in the opposite one.
    transforms: Vec<Transform>,
    /// The image that is being decoded.
    role: Role,
    pixels: Pixels,
    groups: Groups,
    /// The logarithm of the size of its colour cache, and of that of the image itself.
    cache_bits: u32,
    main_cache_bits: u32,
    /// Elements of the images within the image, as they are decoded.
    elements: Elements,
    scratch: Scratch,
    /// The row of pixels made last.
    row: Vec<u32>,
    /// Rows made.
    rows: usize,
    work: u64,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// Before a transform, or the bit that says that there are no more.
    Transforms,
    /// Before the size of an image's colour cache.
    Cache,
    /// Before the bit that says whether there are several prefix-code groups.
    Meta,
    /// Before a prefix-code group.
    Groups,
    /// Among pixels.
    Pixels,
}

/// What an image within the image is for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Role {
    /// The modes of the predictor transform.
    Modes(Grid),
    /// The factors of the colour transform.
    Factors(Grid),
    /// The table of the colour indexing transform.
    Table,
    /// The numbers of prefix-code groups.
    Groups(Grid),
    /// The image itself.
    Main,
}

/// Elements of an image within the image, in the form in which they are used.
enum Elements {
    None,
    Modes(Vec<u8>),
    Colors(Vec<u32>),
    Groups(Vec<u16>),
}

const BAD: Stop = Stop::Flaw(Flaw::BadData);

impl Lossless {
    /// Bytes that decoding an image of this size holds for certain.
    pub(crate) fn memory(width: u32, height: u32) -> u64 {
        let (width, height) = (width as usize, height as usize);
        let ring = ring_length(width, height).max(256);
        bytes_of::<u32>(ring + width) + ColorCache::MAX_BYTES + Scratch::BYTES + bytes_of::<Transform>(4)
    }

    /// Bytes to count in advance for what shows only in the data.
    pub(crate) fn allowance(width: u32, height: u32) -> u64 {
        ALLOWANCE + (u64::from(width) * u64::from(height)).div_ceil(64) * ALLOWANCE_PER_64
    }

    /// Prepares to decode the data of an image of this size. The caller counts [`Lossless::memory`].
    pub(crate) fn new(width: u32, height: u32) -> Self {
        let (width, height) = (width as usize, height as usize);
        Self {
            width,
            height,
            coded_width: width,
            bits: Bits::default(),
            stage: Stage::Transforms,
            transforms: Vec::with_capacity(4),
            role: Role::Main,
            pixels: Pixels::default(),
            groups: Groups::default(),
            cache_bits: 0,
            main_cache_bits: 0,
            elements: Elements::None,
            scratch: Scratch::new(),
            row: vec![0; width],
            rows: 0,
            work: 0,
        }
    }

    /// The pixels of the row made last: alpha, red, green and blue from the most significant byte.
    pub(crate) fn row(&self) -> &[u32] {
        &self.row
    }

    /// Rough number of instructions so far.
    pub(crate) fn work(&self) -> u64 {
        self.work
    }

    /// Bytes of the data that are not needed any more, which are to be removed from its beginning.
    pub(crate) fn used(&mut self, length: usize) -> usize {
        let used = self.bits.byte_position().min(length);
        self.bits.rebase(used);
        self.work += 250 * used as u64;
        used
    }

    /// Decodes up to the next row. To be called once for each row.
    pub(crate) fn next_row(
        &mut self,
        bytes: &[u8],
        ended: bool,
        budget: &mut Budget,
    ) -> Result<Progress, Stop> {
        let data = Data { bytes, ended };
        loop {
            let need = match self.stage {
                Stage::Groups => MAX_GROUP_BYTES,
                Stage::Pixels => 0,
                _ => MAX_FIELD_BYTES,
            };
            if !data.enough(&self.bits, need) {
                return Ok(Progress::NeedInput);
            }
            match self.stage {
                Stage::Transforms => self.read_transform(bytes, budget)?,
                Stage::Cache => self.read_cache(bytes)?,
                Stage::Meta => self.read_meta(bytes, budget)?,
                Stage::Groups => self.read_group(bytes, budget)?,
                Stage::Pixels => match self.pixels.decode_row(&self.groups, &mut self.bits, data) {
                    RowEnd::NeedInput => return Ok(Progress::NeedInput),
                    RowEnd::Bad(flaw) => return Err(Stop::Flaw(flaw)),
                    RowEnd::Complete => {
                        if self.end_row(budget)? {
                            return Ok(Progress::Row);
                        }
                    }
                },
            }
            if ended && self.bits.overrun(bytes) {
                return Err(Stop::Flaw(Flaw::EndsEarly));
            }
        }
    }

    /// Takes a row of the image that is being decoded. Returns whether it was one of the image itself.
    fn end_row(&mut self, budget: &mut Budget) -> Result<bool, DecodeError> {
        let coded = self.pixels.row();
        self.work += 10 * coded.len() as u64;
        match (&mut self.elements, self.role) {
            (_, Role::Main) => {
                self.make_row();
                self.pixels.next_row();
                return Ok(true);
            }
            (Elements::Modes(modes), _) => modes.extend(coded.iter().map(|pixel| (pixel >> 8) as u8 & 15)),
            (Elements::Colors(colors), _) => colors.extend_from_slice(coded),
            (Elements::Groups(groups), _) => groups.extend(coded.iter().map(|pixel| (pixel >> 8) as u16)),
            (Elements::None, _) => {
                if let Some(Transform::Index { table, .. }) = self.transforms.last_mut() {
                    transform::sum_colors(coded, table);
                }
            }
        }
        self.pixels.next_row();
        if self.pixels.done() {
            self.end_image(budget)?;
        }
        Ok(false)
    }

    /// Makes a row of pixels from a coded one.
    fn make_row(&mut self) {
        let coded = self.pixels.row();
        if let Some(row) = self.row.get_mut(..coded.len()) {
            row.copy_from_slice(coded);
        }
        for transform in self.transforms.iter_mut().rev() {
            transform.invert(&mut self.row, self.rows);
            self.work += transform.work() * self.width as u64;
        }
        self.rows += 1;
    }

    /// Puts an image within the image to its use.
    fn end_image(&mut self, budget: &mut Budget) -> Result<(), DecodeError> {
        let elements = core::mem::replace(&mut self.elements, Elements::None);
        self.stage = Stage::Transforms;
        match (elements, self.role) {
            (Elements::Modes(modes), Role::Modes(grid)) => {
                let above = vec![0; grid.width + 1];
                self.transforms.push(Transform::Predictor { grid, modes, above });
            }
            (Elements::Colors(factors), Role::Factors(grid)) => {
                self.transforms.push(Transform::Color { grid, factors });
            }
            (Elements::Groups(blocks), Role::Groups(grid)) => {
                self.groups.clear(budget);
                self.groups = Groups::by_blocks(blocks, grid, budget)?;
                self.cache_bits = self.main_cache_bits;
                self.role = Role::Main;
                self.stage = Stage::Groups;
            }
            _ => {}
        }
        Ok(())
    }
}
