//! The prefix-code groups of an image, and the group that each block uses (RFC 9649, 3.7.2.2).

use super::super::budget::{Budget, bytes_of};
use super::super::error::DecodeError;
use super::prefix::Group;
use super::transform::Grid;
use alloc::vec;
use alloc::vec::Vec;

/// The groups of an image that occur in it, as they are read.
#[derive(Default)]
pub(crate) struct Groups {
    groups: Vec<Group>,
    /// The group of each block, as numbered in the data or, once the places are known, by its place in `groups`; empty
    /// if there is one group only.
    blocks: Vec<u16>,
    columns: usize,
    bits: u32,
    /// The place in `groups` of each group in the data; none for those that do not occur.
    places: Vec<Option<u16>>,
    /// Groups in the data, and how many of them have been read.
    total: usize,
    read: usize,
    /// Bytes counted for all of this.
    held: u64,
}

impl Groups {
    /// A single group for the whole image.
    pub(crate) fn one(budget: &mut Budget) -> Result<Self, DecodeError> {
        let held = bytes_of::<Group>(1);
        budget.take(held)?;
        Ok(Self { groups: Vec::with_capacity(1), total: 1, held, ..Self::default() })
    }

    /// Groups by blocks, each with its number, which the caller has counted.
    pub(crate) fn by_blocks(
        mut blocks: Vec<u16>,
        grid: Grid,
        budget: &mut Budget,
    ) -> Result<Self, DecodeError> {
        let mut held = bytes_of::<u16>(blocks.capacity());
        let total = usize::from(blocks.iter().copied().max().unwrap_or(0)) + 1;
        budget.take(bytes_of::<Option<u16>>(total))?;
        held += bytes_of::<Option<u16>>(total);
        let mut places = vec![None; total];
        for &block in &blocks {
            if let Some(place) = places.get_mut(usize::from(block)) {
                *place = Some(0);
            }
        }
        let mut used = 0;
        for (place, at) in places.iter_mut().flatten().zip(0..=u16::MAX) {
            *place = at;
            used += 1;
        }
        for block in &mut blocks {
            *block = places.get(usize::from(*block)).copied().flatten().unwrap_or(0);
        }
        budget.take(bytes_of::<Group>(used))?;
        held += bytes_of::<Group>(used);
        let (groups, columns, bits) = (Vec::with_capacity(used), grid.columns(), grid.bits);
        Ok(Self { groups, blocks, columns, bits, places, total, read: 0, held })
    }

    /// Whether there is another group to read, and if so, whether it occurs.
    pub(crate) fn next(&self) -> Option<bool> {
        let wanted = self.places.get(self.read).is_none_or(Option::is_some);
        (self.read < self.total).then_some(wanted)
    }

    /// Records the group that [`Groups::next`] announced.
    pub(crate) fn push(&mut self, group: Option<Group>) {
        self.read += 1;
        if let Some(group) = group {
            self.held += bytes_of::<u16>(group.entries());
            self.groups.push(group);
        }
    }

    /// The group of the pixel `x` in the row `y`, and the end of the block's pixels in that row.
    #[inline(always)]
    pub(crate) fn at(&self, x: usize, y: usize) -> (Option<&Group>, usize) {
        if self.blocks.is_empty() {
            return (self.groups.first(), usize::MAX);
        }
        let column = x >> self.bits;
        let block = self.blocks.get((y >> self.bits) * self.columns + column).copied().unwrap_or(0);
        (self.groups.get(usize::from(block)), (column + 1) << self.bits)
    }

    /// Frees everything.
    pub(crate) fn clear(&mut self, budget: &mut Budget) {
        budget.give(self.held);
        *self = Self::default();
    }
}
