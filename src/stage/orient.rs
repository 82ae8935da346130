//! Turns and mirrors the resampled image.

use super::{Cost, Next, Shape, Stage};
use crate::Result;
use crate::geometry::Transform;

/// Takes the rows of the resampled image and gives those of the transformed one. Rows that only need mirroring pass
/// through; for everything else the image, which is small by now, is held.
#[derive(Debug)]
pub(crate) struct Orient {
    transform: Transform,
    /// Rows before the transform.
    from: Shape,
    held: Vec<u8>,
    row: Vec<u8>,
}

impl Orient {
    /// For rows of this shape.
    pub(crate) fn new(transform: Transform, from: Shape) -> Self {
        Self { transform, from, held: Vec::new(), row: Vec::new() }
    }

    /// Whether the first row of the result needs more than the first row of the input.
    fn must_hold(&self) -> bool {
        self.transform.swap || self.transform.mirror_y
    }

    fn emit_held(&mut self, next: Next<'_>) -> Result<()> {
        let Transform { swap, mirror_x, mirror_y } = self.transform;
        let (pixel, width) = (self.from.pixel_bytes(), self.from.width as usize);
        let (columns, rows) = self.transform.size(width, self.from.height as usize);
        for y in 0..rows {
            let y = if mirror_y { rows - 1 - y } else { y };
            self.row.clear();
            for x in 0..columns {
                let x = if mirror_x { columns - 1 - x } else { x };
                let (x, y) = if swap { (y, x) } else { (x, y) };
                let start = (y * width + x) * pixel;
                self.row.extend_from_slice(self.held.get(start..start + pixel).unwrap_or_default());
            }
            next(&self.row)?;
        }
        self.held = Vec::new();
        Ok(())
    }
}

impl Stage for Orient {
    fn shape(&self) -> Shape {
        let (width, height) = self.transform.size(self.from.width, self.from.height);
        Shape { width, height, ..self.from }
    }

    fn cost(&self) -> Cost {
        /// Work of moving a sample.
        const SAMPLE: u64 = 6;
        if self.transform == Transform::default() {
            return Cost::default();
        }
        let held = if self.must_hold() { self.from.bytes() } else { 0 };
        let row = self.shape().row_bytes() as u64;
        Cost { memory: held + row, work: self.from.bytes() * SAMPLE }
    }

    fn push(&mut self, row: &[u8], next: Next<'_>) -> Result<()> {
        if !self.must_hold() {
            if !self.transform.mirror_x {
                return next(row);
            }
            self.row.clear();
            self.row.extend(row.chunks_exact(self.from.pixel_bytes()).rev().flatten());
            return next(&self.row);
        }
        let all = self.from.bytes() as usize;
        if self.held.is_empty() {
            self.held.reserve_exact(all);
        }
        self.held.extend_from_slice(row);
        if self.held.len() >= all { self.emit_held(next) } else { Ok(()) }
    }
}
