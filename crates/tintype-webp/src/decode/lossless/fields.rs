//! What stands before the pixels: transforms, colour caches and prefix codes.

use super::groups::Groups;
use super::pixels::ring_length;
use super::transform::{Grid, Transform};
use super::{BAD, Elements, Lossless, Role, Stage};
use crate::decode::budget::{Budget, bytes_of};
use crate::decode::error::{DecodeError, Flaw};
use crate::decode::progress::Stop;
use alloc::vec;
use alloc::vec::Vec;

impl Lossless {
    /// Reads a transform up to the image that it is sent with, or the end of the transforms (RFC 9649, 3.5).
    pub(super) fn read_transform(&mut self, bytes: &[u8], budget: &mut Budget) -> Result<(), Stop> {
        if self.bits.read(bytes, 1) == 0 {
            self.begin_image(Role::Main, budget)?;
            return Ok(());
        }
        let kind = self.bits.read(bytes, 2);
        if self.transforms.iter().any(|transform| transform.kind() == kind) {
            return Err(BAD);
        }
        match kind {
            Transform::PREDICTOR => {
                let grid = self.read_grid(bytes);
                self.begin_image(Role::Modes(grid), budget)?;
            }
            Transform::COLOR => {
                let grid = self.read_grid(bytes);
                self.begin_image(Role::Factors(grid), budget)?;
            }
            Transform::SUBTRACT_GREEN => self.transforms.push(Transform::SubtractGreen),
            _ => {
                let colors = self.bits.read(bytes, 8) as usize + 1;
                let shift = match colors {
                    0..=2 => 3,
                    3..=4 => 2,
                    5..=16 => 1,
                    _ => 0,
                };
                let width = self.coded_width;
                self.coded_width = width.div_ceil(1 << shift);
                budget.take(bytes_of::<u32>(colors))?;
                self.transforms.push(Transform::Index { width, shift, table: vec![0; colors] });
                self.begin_image(Role::Table, budget)?;
            }
        }
        Ok(())
    }

    /// Reads the size of blocks that cover the coded image.
    fn read_grid(&mut self, bytes: &[u8]) -> Grid {
        let bits = self.bits.read(bytes, 3) + 2;
        Grid { width: self.coded_width, height: self.height, bits }
    }

    /// Prepares for an image within the image, or the image itself.
    fn begin_image(&mut self, role: Role, budget: &mut Budget) -> Result<(), DecodeError> {
        self.role = role;
        self.elements = match role {
            Role::Modes(grid) => {
                // And the row above.
                budget.take(bytes_of::<u32>(grid.width + 1))?;
                Elements::Modes(room_for(grid, budget)?)
            }
            Role::Factors(grid) => Elements::Colors(room_for(grid, budget)?),
            Role::Groups(grid) => Elements::Groups(room_for(grid, budget)?),
            Role::Table | Role::Main => Elements::None,
        };
        self.stage = Stage::Cache;
        Ok(())
    }

    /// The size of the image that is being decoded.
    fn image_size(&self) -> (usize, usize) {
        match self.role {
            Role::Modes(grid) | Role::Factors(grid) | Role::Groups(grid) => (grid.columns(), grid.rows()),
            Role::Table => match self.transforms.last() {
                Some(Transform::Index { table, .. }) => (table.len(), 1),
                _ => (1, 1),
            },
            Role::Main => (self.coded_width, self.height),
        }
    }

    /// Reads the size of the colour cache (RFC 9649, 3.6.2.3).
    pub(super) fn read_cache(&mut self, bytes: &[u8]) -> Result<(), Stop> {
        self.cache_bits = 0;
        if self.bits.read(bytes, 1) == 1 {
            self.cache_bits = self.bits.read(bytes, 4);
            if !(1..=11).contains(&self.cache_bits) {
                return Err(BAD);
            }
        }
        if self.role == Role::Main {
            self.main_cache_bits = self.cache_bits;
        }
        self.stage = Stage::Meta;
        Ok(())
    }

    /// Reads whether there are several prefix-code groups, which only the image itself may have (RFC 9649, 3.7.2.2).
    pub(super) fn read_meta(&mut self, bytes: &[u8], budget: &mut Budget) -> Result<(), Stop> {
        if self.role == Role::Main && self.bits.read(bytes, 1) == 1 {
            let grid = self.read_grid(bytes);
            self.begin_image(Role::Groups(grid), budget)?;
            return Ok(());
        }
        self.groups.clear(budget);
        self.groups = Groups::one(budget)?;
        self.stage = Stage::Groups;
        Ok(())
    }

    /// Reads a prefix-code group, or begins with the pixels if there are no more.
    pub(super) fn read_group(&mut self, bytes: &[u8], budget: &mut Budget) -> Result<(), Stop> {
        let Some(wanted) = self.groups.next() else {
            self.begin_pixels();
            return Ok(());
        };
        let read = self.scratch.read_group(&mut self.bits, bytes, self.cache_bits, wanted);
        if self.bits.overrun(bytes) {
            return Err(Stop::Flaw(Flaw::EndsEarly));
        }
        let codes = read.map_err(|_| BAD)?;
        self.work += self.scratch.take_work();
        let group = if wanted {
            budget.take(bytes_of::<u16>(self.scratch.entries()))?;
            Some(self.scratch.group(codes))
        } else {
            None
        };
        self.groups.push(group);
        Ok(())
    }

    fn begin_pixels(&mut self) {
        let (width, height) = self.image_size();
        let length = ring_length(width, height);
        if self.pixels.room() < length {
            self.pixels.grow(length);
        }
        self.pixels.begin(width, height, self.cache_bits);
        self.stage = Stage::Pixels;
    }
}

/// Room for an element for each block.
fn room_for<T>(grid: Grid, budget: &mut Budget) -> Result<Vec<T>, DecodeError> {
    let count = grid.columns() * grid.rows();
    budget.take(bytes_of::<T>(count))?;
    Ok(Vec::with_capacity(count))
}
