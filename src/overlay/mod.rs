//! Images that are laid over others: decoded and resized like any source, held whole, and mixed in row by row.

mod blend;
pub(crate) mod make;
mod stage;

pub(crate) use stage::Overlaid;

use crate::plan::{Placed, Plan};
use crate::stage::Shape;
use crate::{Overlay, Place};

/// An overlay, ready to be laid over rows.
#[derive(Debug)]
pub(crate) struct Picture {
    /// Its size and channels, with samples of 8 bits.
    pub shape: Shape,
    /// Its rows, one after the other.
    pub rows: Vec<u8>,
}

/// Overlays of a rendition, and what making them took.
#[derive(Debug, Default)]
pub(crate) struct Pictures {
    /// The pictures, the lowest first.
    pub pictures: Vec<Picture>,
    /// The most memory that decoding one of them needed, which need not be free in one piece now.
    pub memory: u64,
    /// The work done.
    pub work: u64,
}

impl Pictures {
    /// The bytes that stay as long as the rendition takes.
    pub(crate) fn held(&self, overlays: &[Overlay]) -> u64 {
        let files: u64 = overlays.iter().map(|overlay| overlay.image.len() as u64).sum();
        self.memory + files + self.pictures.iter().map(|picture| picture.rows.len() as u64).sum::<u64>()
    }
}

/// Where the left edges, or the upper ones, of an overlay lie in a rendition.
fn starts(place: Place, plan: &Plan, across: bool, part: u32) -> Vec<i64> {
    let side = if across { plan.width } else { plan.height };
    match place {
        Place::At(position) => {
            let placed = Placed { side, part, density: plan.density };
            vec![placed.start(position, across)]
        }
        Place::Tiled(x, y) => {
            let step = i64::from(part) + i64::from(if across { x } else { y });
            let middle = (i64::from(side) - i64::from(part)).div_euclid(2);
            let first = middle.rem_euclid(step) - step;
            (first..side.into()).step_by(step.max(1) as usize).collect()
        }
    }
}
