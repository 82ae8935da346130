//! Turns and mirrors the resampled image.

use crate::geometry::Transform;

/// Takes the rows of the resampled image and gives those of the transformed one. Rows that only need mirroring pass
/// through; for everything else the image, which is small by now, is held.
#[derive(Debug)]
pub(crate) struct Orient {
    transform: Transform,
    /// Bytes of a pixel, and pixels of a row and of a column before the transform.
    pixel: usize,
    width: usize,
    height: usize,
    held: Vec<u8>,
    row: Vec<u8>,
}

impl Orient {
    /// For an image of `width` × `height` pixels of `pixel` bytes.
    pub(crate) fn new(transform: Transform, (width, height): (u32, u32), pixel: usize) -> Self {
        let (width, height) = (width as usize, height as usize);
        let mut this = Self { transform, pixel, width, height, held: Vec::new(), row: Vec::new() };
        if this.holds() {
            this.held.reserve_exact(width * height * pixel);
        }
        this
    }

    /// Predicts the bytes held.
    pub(crate) fn memory(transform: Transform, (width, height): (u32, u32), pixel: usize) -> u64 {
        let rows = if must_hold(transform) { height } else { 1 };
        u64::from(width) * u64::from(rows) * pixel as u64
    }

    fn holds(&self) -> bool {
        must_hold(self.transform)
    }

    /// Takes a row; hands on as many as it completes.
    pub(crate) fn push<E>(
        &mut self,
        row: &[u8],
        emit: &mut impl FnMut(&[u8]) -> Result<(), E>,
    ) -> Result<(), E> {
        if !self.holds() {
            return if self.transform.mirror_x {
                self.row.clear();
                self.row.extend(row.chunks_exact(self.pixel).rev().flatten());
                emit(&self.row)
            } else {
                emit(row)
            };
        }
        self.held.extend_from_slice(row);
        if self.held.len() >= self.width * self.height * self.pixel {
            self.emit_held(emit)?;
        }
        Ok(())
    }

    fn emit_held<E>(&mut self, emit: &mut impl FnMut(&[u8]) -> Result<(), E>) -> Result<(), E> {
        let Transform { swap, mirror_x, mirror_y } = self.transform;
        let (columns, rows) = self.transform.size(self.width, self.height);
        for y in 0..rows {
            let y = if mirror_y { rows - 1 - y } else { y };
            self.row.clear();
            for x in 0..columns {
                let x = if mirror_x { columns - 1 - x } else { x };
                let (x, y) = if swap { (y, x) } else { (x, y) };
                let start = (y * self.width + x) * self.pixel;
                self.row.extend_from_slice(self.held.get(start..start + self.pixel).unwrap_or_default());
            }
            emit(&self.row)?;
        }
        self.held = Vec::new();
        Ok(())
    }
}

/// Whether the first row of the result needs more than the first row of the input.
fn must_hold(transform: Transform) -> bool {
    transform.swap || transform.mirror_y
}
