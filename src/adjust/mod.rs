//! Adjustments of the resized image: stages for its detail, and one for its colours.

mod blur;
mod colors;
mod gauss;
mod part;
mod pixelate;
mod recolor;
mod sharpen;

use crate::geometry::Region;
use crate::stage::{Chain, Shape, Stage};
use crate::{Adjust, Factor, Obscure, Veil};
use blur::Blur;
use colors::{Colors, LUMA_WEIGHTS};
use part::Part;
use pixelate::Pixelate;
use recolor::Recolor;
use sharpen::{Gain, Sharpened};

/// Whether any rows wait for later ones.
pub(crate) fn delays(adjust: &Adjust) -> bool {
    let adjust = adjust.normalized();
    adjust.blur != Factor::ZERO
        || adjust.sharpen.is_some()
        || adjust.unsharp.is_some()
        || adjust.pixelate > 1
        || !adjust.obscure.is_empty()
}

/// Adds the stages that the options ask for, in the order of `docs/order.md`.
pub(crate) fn add(chain: &mut Chain, adjust: &Adjust) {
    let adjust = adjust.normalized();
    if adjust.blur != Factor::ZERO {
        chain.add(|shape| Blur::new(shape, adjust.blur.into()));
    }
    if let Some(sharpen) = adjust.sharpen {
        chain.add(|shape| Sharpened::new(shape, sharpen.sigma, Gain::of_edges(sharpen)));
    }
    if let Some(unsharp) = adjust.unsharp {
        chain.add(|shape| Sharpened::new(shape, unsharp.sigma, Gain::of_mask(unsharp)));
    }
    if adjust.pixelate > 1 {
        chain.add(|shape| Pixelate::new(shape, adjust.pixelate));
    }
    for obscure in &adjust.obscure {
        if let Some(part) = obscured(obscure, chain.shape()) {
            chain.add(|shape| veiled(shape, part, obscure.by));
        }
    }
    if let Some(colors) = Colors::new(&adjust) {
        chain.add(|shape| Recolor::new(shape, colors));
    }
}

/// The part of an image of this shape, if any of it lies inside and is changed.
fn obscured(obscure: &Obscure, shape: Shape) -> Option<Region> {
    let axis = |start: crate::Length, length: crate::Length, side: u32| {
        let start = start.of(side);
        let end = start.saturating_add(length.of(side).max(1)).min(side);
        (start < end).then(|| (start, end - start))
    };
    let (x, width) = axis(obscure.x, obscure.width, shape.width)?;
    let (y, height) = axis(obscure.y, obscure.height, shape.height)?;
    let changes = !matches!(obscure.by, Veil::Blur(Factor::ZERO) | Veil::Pixelate(0 | 1));
    changes.then_some(Region { x, y, width, height })
}

fn veiled(shape: Shape, part: Region, by: Veil) -> Part {
    let inner = Shape { width: part.width, height: part.height, ..shape };
    match by {
        Veil::Blur(sigma) => {
            let blur = Blur::new(inner, sigma.into());
            let delay = blur.delay();
            Part::new(shape, part, Box::new(blur) as Box<dyn Stage>, delay)
        }
        Veil::Pixelate(size) => {
            let squares = Pixelate::new(inner, size);
            let delay = squares.delay();
            Part::new(shape, part, Box::new(squares), delay)
        }
    }
}
