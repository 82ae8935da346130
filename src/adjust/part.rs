//! Changes a part of an image.

use crate::Result;
use crate::geometry::Region;
use crate::stage::{Cost, Next, Shape, Stage};
use std::collections::VecDeque;

/// Sends a part of the rows through a stage that keeps their shape, and hands on the rest as it is.
pub(super) struct Part {
    shape: Shape,
    part: Region,
    stage: Box<dyn Stage>,
    /// Rows that the stage holds back.
    delay: usize,
    taken: u32,
    /// Rows whose part has not come back yet.
    waiting: VecDeque<Vec<u8>>,
}

impl Part {
    /// For rows of this shape. The part lies inside; the stage is made for its shape, and its first row leaves when this many
    /// have come.
    pub(super) fn new(shape: Shape, part: Region, stage: Box<dyn Stage>, delay: usize) -> Self {
        Self { shape, part, stage, delay, taken: 0, waiting: VecDeque::new() }
    }
}

impl Stage for Part {
    fn shape(&self) -> Shape {
        self.shape
    }

    fn cost(&self) -> Cost {
        /// Work of moving a sample.
        const SAMPLE: u64 = 3;
        let row = self.shape.row_bytes() as u64;
        let waiting = (self.delay.min(self.part.height as usize) + 1) as u64 * (row + 32);
        let own = Cost { memory: waiting, work: u64::from(self.part.height) * row * SAMPLE };
        own + self.stage.cost()
    }

    fn push(&mut self, row: &[u8], next: Next<'_>) -> Result<()> {
        let Region { x, y, width, height } = self.part;
        let is_inside = (y..y + height).contains(&self.taken);
        self.taken = (self.taken + 1) % self.shape.height;
        if !is_inside {
            return next(row);
        }
        let bytes = self.shape.pixel_bytes();
        let columns = x as usize * bytes..(x + width) as usize * bytes;
        self.waiting.push_back(row.to_vec());
        let Self { stage, waiting, .. } = self;
        stage.push(row.get(columns.clone()).unwrap_or_default(), &mut |changed| {
            let Some(mut row) = waiting.pop_front() else { return Ok(()) };
            if let Some(part) = row.get_mut(columns.clone()) {
                part.copy_from_slice(changed);
            }
            next(&row)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::adjust::blur::Blur;
    use crate::stage::tests::{gray, through};

    #[test]
    fn only_the_part_changes() {
        let image: Vec<u8> = (0..20 * 30).map(|i| (i * 37 % 251) as u8).collect();
        for part in [
            Region { x: 3, y: 4, width: 10, height: 20 },
            Region { x: 0, y: 0, width: 20, height: 30 },
            Region { x: 19, y: 29, width: 1, height: 1 },
        ] {
            let inner = gray(part.width, part.height);
            let blur = Blur::new(inner, 3.0);
            let delay = blur.delay();
            let stage = Part::new(gray(20, 30), part, Box::new(blur), delay);
            let rows = through(stage, gray(20, 30), &image);
            let inside = |i: usize| {
                let (x, y) = ((i % 20) as u32, (i / 20) as u32);
                (part.x..part.x + part.width).contains(&x) && (part.y..part.y + part.height).contains(&y)
            };
            let pixels = rows.iter().zip(&image).enumerate();
            assert!(pixels.clone().all(|(i, (a, b))| inside(i) || a == b));
            let cut: Vec<u8> = pixels.filter(|(i, _)| inside(*i)).map(|(_, (_, &b))| b).collect();
            let blurred: Vec<u8> =
                rows.iter().enumerate().filter(|(i, _)| inside(*i)).map(|(_, &a)| a).collect();
            assert_eq!(through(Blur::new(inner, 3.0), inner, &cut), blurred);
        }
    }
}
