//! Stages: what happens to the rows of the resampled image on their way to the encoder.
//!
//! A stage takes rows of one shape and hands on rows of another, and holds only those that it needs. It is made from the
//! shape that it takes; its cost is predicted before.

mod blur;
mod convert;
mod flatten;
pub(crate) mod mask;
mod orient;
mod pad;
mod planes;
mod reduce;
mod smart;
pub(crate) mod tilt;

pub(crate) use blur::Backdrop;
pub(crate) use convert::{Colors, Convert};
pub(crate) use flatten::{Flatten, over};
pub(crate) use mask::Masked;
pub(crate) use orient::Orient;
pub(crate) use pad::{Pad, Surroundings};
pub(crate) use planes::ConvertPlanes;
pub(crate) use smart::{SmartCrop, attention_point};
pub(crate) use tilt::Tilted;

use crate::pixels::{Channels, Depth};
use crate::{Result, Sides};

/// The rows of an image between two stages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Shape {
    /// Pixels of a row.
    pub width: u32,
    /// Rows.
    pub height: u32,
    /// Channels of a pixel.
    pub channels: Channels,
    /// The bits of each.
    pub depth: Depth,
}

impl Shape {
    /// Bytes of a row.
    pub(crate) fn row_bytes(self) -> usize {
        self.width as usize * self.pixel_bytes()
    }

    /// Bytes of a pixel.
    pub(crate) fn pixel_bytes(self) -> usize {
        self.channels.count() * self.depth.bytes()
    }

    /// Bytes of all rows.
    pub(crate) fn bytes(self) -> u64 {
        self.pixels() * self.pixel_bytes() as u64
    }

    /// The shape with more rows and columns at its sides.
    pub(crate) fn grown(self, sides: Sides) -> Self {
        let Sides { top, right, bottom, left } = sides;
        Self { width: self.width + left + right, height: self.height + top + bottom, ..self }
    }

    /// Width × height.
    pub(crate) fn pixels(self) -> u64 {
        u64::from(self.width) * u64::from(self.height)
    }
}

/// What a stage costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Cost {
    /// Most bytes held.
    pub memory: u64,
    /// Work for all rows, in units of [`crate::Limits::work`].
    pub work: u64,
}

impl std::ops::Add for Cost {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self { memory: self.memory + other.memory, work: self.work + other.work }
    }
}

/// Takes the rows that a stage hands on.
pub(crate) type Next<'a> = &'a mut dyn FnMut(&[u8]) -> Result<()>;

/// A step between resampling and encoding. It allocates when its first row comes, which is after its cost has been checked.
pub(crate) trait Stage {
    /// The rows that it hands on.
    fn shape(&self) -> Shape;

    /// Predicts what it costs.
    fn cost(&self) -> Cost;

    /// Takes the next row, and hands on those that it completes. The last row that a stage takes completes its last; after
    /// it, the stage is ready for the next frame of an animation.
    fn push(&mut self, row: &[u8], next: Next<'_>) -> Result<()>;
}

/// Stages, one after the other.
pub(crate) struct Chain {
    stages: Vec<Box<dyn Stage>>,
    shape: Shape,
    cost: Cost,
}

impl Chain {
    /// No stage yet, for rows of this shape.
    pub(crate) fn new(shape: Shape) -> Self {
        Self { stages: Vec::new(), shape, cost: Cost::default() }
    }

    /// Adds a stage at the end, made for the shape of the rows that come out there.
    pub(crate) fn add<S: Stage + 'static>(&mut self, stage: impl FnOnce(Shape) -> S) {
        let stage = stage(self.shape);
        self.shape = stage.shape();
        self.cost = self.cost + stage.cost();
        self.stages.push(Box::new(stage));
    }

    /// The rows that come out at the end.
    pub(crate) fn shape(&self) -> Shape {
        self.shape
    }

    /// What all stages cost.
    pub(crate) fn cost(&self) -> Cost {
        self.cost
    }

    /// Takes a row, and hands on what comes out at the end.
    pub(crate) fn push(&mut self, row: &[u8], next: Next<'_>) -> Result<()> {
        push_through(&mut self.stages, row, next)
    }
}

fn push_through(stages: &mut [Box<dyn Stage>], row: &[u8], next: Next<'_>) -> Result<()> {
    match stages.split_first_mut() {
        Some((first, rest)) => first.push(row, &mut |row| push_through(rest, row, next)),
        None => next(row),
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// All rows that a stage makes of an image, one after the other, checked to be of its shape.
    pub(crate) fn through(mut stage: impl Stage, from: Shape, image: &[u8]) -> Vec<u8> {
        assert_eq!(image.len() as u64, from.bytes());
        let (shape, mut rows) = (stage.shape(), Vec::new());
        for row in image.chunks_exact(from.row_bytes()) {
            let mut keep = |row: &[u8]| {
                assert_eq!(row.len(), shape.row_bytes());
                rows.extend_from_slice(row);
                Ok(())
            };
            stage.push(row, &mut keep).unwrap();
        }
        assert_eq!(rows.len() as u64, shape.bytes());
        rows
    }

    pub(crate) fn gray(width: u32, height: u32) -> Shape {
        Shape { width, height, channels: Channels::Gray, depth: Depth::Eight }
    }
}
